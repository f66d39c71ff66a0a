//! What the bytes of a file say: whether they are of the type that its name claims, what they unpack to, and what is taken out of
//! them before they are kept.
//!
//! Every parser here is strict: what it does not understand is not of the type. Nothing is executed, and nothing is unpacked to
//! more than the limits of `domain::document`.

mod compound;
mod jpeg;
mod pdf;
mod png;
mod reader;
#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
mod zip;

use relais_domain::document::{ContentFault, Family, FileType};

pub(crate) use compound::is_legible;
pub(crate) use zip::Archive;

/// Judges the bytes of a file. Gives what is kept of them: images lose what tells where and by whom they were taken, and whatever
/// stands behind the end of a file is cut off.
///
/// # Errors
/// What the bytes say against it.
pub fn inspect(kind: FileType, bytes: Vec<u8>) -> Result<Vec<u8>, ContentFault> {
    let family = kind.family();
    let twofold = |bytes: &[u8]| family != Family::Packed && is_zip_too(bytes);
    if twofold(&bytes) {
        return Err(ContentFault::Mismatch);
    }
    let kept = match family {
        Family::Pdf => pdf::inspect(bytes),
        Family::Compound => compound::inspect(kind, &bytes).map(|()| bytes),
        Family::Packed => zip::inspect(kind, &bytes).map(|()| bytes),
        Family::Jpeg => jpeg::inspect(&bytes),
        Family::Png => png::inspect(&bytes),
    }?;
    // Padding behind a file keeps what stands before it out of the reach of who looks for a zip, until it is cut off.
    if twofold(&kept) { Err(ContentFault::Mismatch) } else { Ok(kept) }
}

/// How far from its end a zip is looked for by programs that unpack: the end record and its longest comment.
const ZIP_TAIL: usize = 22 + 65_535;

/// Whether the bytes are read as a zip as well: programs look for its end, not for its beginning.
fn is_zip_too(bytes: &[u8]) -> bool {
    let tail = bytes.get(bytes.len().saturating_sub(ZIP_TAIL)..).unwrap_or_default();
    position(tail, b"PK\x05\x06").is_some()
}

/// What stands behind the end of a file and is more than padding.
fn is_hostile_tail(tail: &[u8]) -> bool {
    const SIGNS: [&[u8]; 10] =
        [b"PK\x03\x04", b"PK\x05\x06", b"%PDF-", b"<?php", b"<script", b"<html", b"<svg", b"#!/", b"\x7fELF", b"Rar!\x1a\x07"];
    let lower = tail.to_ascii_lowercase();
    let sign = |sign: &&[u8]| position(&lower, &sign.to_ascii_lowercase()).is_some();
    SIGNS.iter().any(sign) || tail.trim_ascii_start().starts_with(b"MZ")
}

/// Whether the bytes are a file that some program opens by itself: a document, an archive, a program.
pub(crate) fn is_file_of_its_own(bytes: &[u8]) -> bool {
    const SIGNS: [&[u8]; 8] = [
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"%PDF-",
        b"{\\rtf",
        b"Rar!\x1a\x07",
        b"7z\xbc\xaf\x27\x1c",
        b"\x7fELF",
        b"MIME-Version:",
    ];
    SIGNS.iter().any(|sign| bytes.starts_with(sign)) || (bytes.starts_with(b"MZ") && bytes.len() > 64)
}

fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, wanted)
}

fn last_position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    memchr::memmem::rfind(bytes, wanted)
}
