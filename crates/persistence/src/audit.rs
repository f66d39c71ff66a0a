//! The journals: what was changed, who read what, and the order in which both became true.

pub mod access;
pub mod entity;
pub mod erase;
pub mod log;
pub mod read;
pub mod sequence;
pub mod verify;
pub mod view;

use aws_lc_rs::digest::{Context, SHA256};
use serde_json::Value;

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from(if half < 10 { b'0' + half } else { b'a' + half - 10 });
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]).collect()
}

/// SHA-256 over length-prefixed parts, hexadecimal: no two lists of parts share an input.
pub(crate) fn sha256(parts: &[&str]) -> String {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part.as_bytes());
    }
    hex(context.finish().as_ref())
}

/// The salted hash by which a sealed entry vouches for a value without holding it.
pub(crate) fn value_hash(salt: &str, field: &str, value: &Value) -> String {
    sha256(&[salt, field, &canonical(value)])
}

/// JSON with sorted keys: both engines give the same text back for what went in.
pub(crate) fn canonical(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<_> = map.iter().collect();
            keys.sort_by_key(|(key, _)| key.as_str());
            let inner: Vec<_> =
                keys.into_iter().map(|(key, value)| format!("{}:{}", Value::from(key.as_str()), canonical(value))).collect();
            format!("{{{}}}", inner.join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}
