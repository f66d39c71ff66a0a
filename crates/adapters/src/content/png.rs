//! PNG (ISO 15948): keeps the chunks that a picture is made of, and none that tells of who made it.

use relais_domain::document::ContentFault;

use super::is_hostile_tail;
use super::jpeg::fits;
use super::reader::Cursor;

const MAGIC: &[u8] = b"\x89PNG\r\n\x1a\n";
/// What a picture is made of. Profiles of colour carry texts and are packed: they go as well.
const KEPT: [&[u8]; 11] = [b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs"];

pub fn inspect(bytes: &[u8]) -> Result<Vec<u8>, ContentFault> {
    if !bytes.starts_with(MAGIC) {
        return Err(ContentFault::Mismatch);
    }
    let mut cursor = Cursor::new(bytes, MAGIC.len());
    let (mut kept, mut data) = (MAGIC.to_vec(), false);
    loop {
        let begins = cursor.at();
        let (kind, body) = chunk(&mut cursor).ok_or(ContentFault::Mismatch)?;
        if (begins == MAGIC.len()) != (kind == b"IHDR") {
            return Err(ContentFault::Mismatch);
        }
        if kind == b"IHDR" {
            size(body).ok_or(ContentFault::Mismatch)?.then_some(()).ok_or(ContentFault::UnpackedTooBig)?;
        }
        data |= kind == b"IDAT";
        if KEPT.contains(&kind) {
            kept.extend_from_slice(bytes.get(begins..cursor.at()).unwrap_or_default());
        }
        if kind == b"IEND" {
            break;
        }
    }
    let tail = bytes.get(cursor.at()..).unwrap_or_default();
    if !data || is_hostile_tail(tail) { Err(ContentFault::Mismatch) } else { Ok(kept) }
}

/// The next chunk: its kind and what it holds. Its sum is not ours to check: a wrong one hurts nobody but its reader.
fn chunk<'a>(cursor: &mut Cursor<'a>) -> Option<(&'a [u8], &'a [u8])> {
    let length = usize::try_from(cursor.u32_be()?).ok()?;
    let kind = cursor.take(4)?;
    let body = cursor.take(length)?;
    cursor.take(4)?;
    kind.iter().all(u8::is_ascii_alphabetic).then_some((kind, body))
}

/// Whether the picture has a size that can be shown.
fn size(header: &[u8]) -> Option<bool> {
    let mut cursor = Cursor::new(header, 0);
    let (width, height) = (cursor.u32_be()?, cursor.u32_be()?);
    (header.len() == 13 && width > 0 && height > 0).then(|| fits(width, height))
}
