//! The head of a text of Word (FIB of MS-DOC).

use crate::content::reader::Cursor;

/// How a text begins since Word 97, and in Word 6 and 95.
const BEGINNINGS: [u16; 2] = [0xa5ec, 0xa5dc];
/// Where the flags stand, and the one that says that the text is locked (`fEncrypted`).
const FLAGS: usize = 0x0a;
const LOCKED: u16 = 0x0100;

/// Whether a password is needed; none for what is no text of Word.
pub fn is_locked(stream: &[u8]) -> Option<bool> {
    BEGINNINGS.contains(&Cursor::new(stream, 0).u16_le()?).then_some(())?;
    Some(Cursor::new(stream, FLAGS).u16_le()? & LOCKED != 0)
}
