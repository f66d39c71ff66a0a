//! The compound files of Word and Excel until 2003 (MS-CFB): header, names of its streams, and what the beginnings of the main ones say.

mod fib;
mod sectors;
mod sheets;

use relais_domain::document::{ContentFault, FileType};

use super::position;
use sectors::Sectors;

const MAGIC: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
/// The streams that hold the text of Word, and the sheets of Excel since 97 and before.
const LETTER: &str = "WordDocument";
const SHEETS: [&str; 2] = ["Workbook", "Book"];

/// A name of a stream as the directory of the file writes it, in small letters.
fn wide(name: &str) -> Vec<u8> {
    name.to_ascii_lowercase().encode_utf16().flat_map(u16::to_le_bytes).collect()
}

pub fn inspect(kind: FileType, bytes: &[u8]) -> Result<(), ContentFault> {
    // Programs find a stream whether its name is written in capitals or not. Only letters change, so no other name begins to match.
    let lower = bytes.to_ascii_lowercase();
    let holds = |name: &str| position(&lower, &wide(name)).is_some();
    let own = match kind {
        FileType::Doc => holds(LETTER),
        _ => holds("Workbook") || holds("Book\0"),
    };
    if !bytes.starts_with(MAGIC) || bytes.len() < 1536 || !own || holds("EncryptedPackage") {
        return Err(ContentFault::Mismatch);
    }
    // `ObjectPool` and `MBD…` hold embedded files, `_VBA_PROJECT` the macros since 97; those of before are sheets.
    if ["_VBA_PROJECT", "ObjectPool", "Ole10Native", "MBD0"].iter().any(|name| holds(name)) || has_macro_sheet(bytes) {
        return Err(ContentFault::Active);
    }
    Ok(())
}

/// Whether somebody without a password can read what it says. A file whose streams are not found is one that nobody here can read.
pub fn is_legible(kind: FileType, bytes: &[u8]) -> bool {
    let legible = |names: &[&str], locked: fn(&[u8]) -> Option<bool>| {
        let streams = Sectors::of(bytes).and_then(|sectors| sectors.streams(names));
        // Of two streams of one name a program opens one: all of them have to be legible.
        streams.is_some_and(|streams| !streams.is_empty() && streams.iter().all(|stream| locked(stream) == Some(false)))
    };
    match kind {
        FileType::Doc => legible(&[LETTER], fib::is_locked),
        _ => legible(&SHEETS, sheets::are_locked),
    }
}

/// Whether a workbook has sheets of macros. What cannot be read says nothing here: it is refused where the text is read.
fn has_macro_sheet(bytes: &[u8]) -> bool {
    let books = Sectors::of(bytes).and_then(|sectors| sectors.streams(&SHEETS)).unwrap_or_default();
    books.iter().any(|book| sheets::run(book))
}
