//! The compound files of Word and Excel until 2003 (MS-CFB): header and names of its streams.

use relais_domain::document::{ContentFault, FileType};

use super::{is_zip_too, position};

const MAGIC: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// A name of a stream as the directory of the file writes it.
fn wide(name: &str) -> Vec<u8> {
    name.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn holds(bytes: &[u8], name: &str) -> bool {
    position(bytes, &wide(name)).is_some()
}

pub fn inspect(kind: FileType, bytes: &[u8]) -> Result<(), ContentFault> {
    let own = match kind {
        FileType::Doc => holds(bytes, "WordDocument"),
        _ => holds(bytes, "Workbook") || holds(bytes, "Book\0"),
    };
    let locked = holds(bytes, "EncryptedPackage");
    if !bytes.starts_with(MAGIC) || bytes.len() < 1536 || !own || locked || is_zip_too(bytes) {
        return Err(ContentFault::Mismatch);
    }
    // `ObjectPool` and `MBD…` hold embedded files, `_VBA_PROJECT` the macros.
    if ["_VBA_PROJECT", "ObjectPool", "Ole10Native", "MBD0"].iter().any(|name| holds(bytes, name)) {
        return Err(ContentFault::Active);
    }
    Ok(())
}
