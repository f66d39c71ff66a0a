//! PDF (ISO 32000): its frame only. What it says is read elsewhere, in a process of its own.

use relais_domain::document::ContentFault;

use super::{is_hostile_tail, last_position, position};

const END: &[u8] = b"%%EOF";

/// A PDF begins with its header at the first byte and ends with its mark; the first is stricter than readers are, because a file
/// that begins otherwise is something else to other programs.
pub fn inspect(mut bytes: Vec<u8>) -> Result<Vec<u8>, ContentFault> {
    let version = bytes.strip_prefix(b"%PDF-").and_then(|rest| rest.first());
    let end = last_position(&bytes, END).map(|at| at + END.len());
    let (Some(b'1' | b'2'), Some(end)) = (version, end) else { return Err(ContentFault::Mismatch) };
    let tail = bytes.get(end..).unwrap_or_default();
    if is_hostile_tail(tail) {
        return Err(ContentFault::Mismatch);
    }
    if holds_program(&bytes) {
        return Err(ContentFault::Active);
    }
    bytes.truncate(end);
    bytes.push(b'\n');
    Ok(bytes)
}

/// Whether it starts programs or carries files, as far as its bytes say it openly, a letter by its number (`/L#61unch`) included; what is
/// packed is found by whoever reads the text. Forms of administrations calculate with scripts of their own: these are not counted.
fn holds_program(bytes: &[u8]) -> bool {
    let says = |bytes: &[u8]| [&b"/Launch"[..], b"/EmbeddedFile", b"/RichMedia"].iter().any(|name| position(bytes, name).is_some());
    says(bytes) || (bytes.contains(&b'#') && says(&spelt_out(bytes)))
}

/// The bytes with every `#` and two hexadecimal digits as the byte that they stand for (ISO 32000-1, 7.3.5).
fn spelt_out(bytes: &[u8]) -> Vec<u8> {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16)).and_then(|digit| u8::try_from(digit).ok());
    let (mut spelt, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(byte) = bytes.get(at) {
        let numbered = (*byte == b'#').then(|| digit(bytes.get(at + 1)).zip(digit(bytes.get(at + 2)))).flatten();
        spelt.push(numbered.map_or(*byte, |(high, low)| high * 16 + low));
        at += if numbered.is_some() { 3 } else { 1 };
    }
    spelt
}
