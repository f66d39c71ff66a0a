//! PDF (ISO 32000): its frame only. What it says is read elsewhere, in a process of its own.

use relais_domain::document::ContentFault;

use super::{is_hostile_tail, is_zip_too, last_position, position};

const END: &[u8] = b"%%EOF";

/// A PDF begins with its header at the first byte and ends with its mark; the first is stricter than readers are, because a file
/// that begins otherwise is something else to other programs.
pub fn inspect(mut bytes: Vec<u8>) -> Result<Vec<u8>, ContentFault> {
    let version = bytes.strip_prefix(b"%PDF-").and_then(|rest| rest.first());
    let end = last_position(&bytes, END).map(|at| at + END.len());
    let (Some(b'1' | b'2'), Some(end)) = (version, end) else { return Err(ContentFault::Mismatch) };
    let tail = bytes.get(end..).unwrap_or_default();
    if is_zip_too(&bytes) || is_hostile_tail(tail) {
        return Err(ContentFault::Mismatch);
    }
    if holds_program(&bytes) {
        return Err(ContentFault::Active);
    }
    bytes.truncate(end);
    bytes.push(b'\n');
    Ok(bytes)
}

/// Whether it starts programs or carries files, as far as its bytes say it openly. Forms of administrations calculate with scripts of
/// their own: these are not counted.
fn holds_program(bytes: &[u8]) -> bool {
    [&b"/Launch"[..], b"/EmbeddedFile", b"/RichMedia"].iter().any(|name| position(bytes, name).is_some())
}
