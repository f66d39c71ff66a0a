//! JPEG (ISO 10918): keeps what a picture is made of, and none of what a camera or a program says of itself, the place or the
//! author. Which side is up is kept: a photograph of a letter would lie on its side without.

use relais_domain::document::{ContentFault, LONGEST_SIDE, MOST_PIXELS};

use super::is_hostile_tail;
use super::reader::Cursor;

const START: u8 = 0xd8;
const END: u8 = 0xd9;
const SCAN: u8 = 0xda;
const COMMENT: u8 = 0xfe;

/// Whether a picture of this size is shown without filling the memory of whoever looks at it.
pub(super) fn fits(width: u32, height: u32) -> bool {
    width <= LONGEST_SIDE && height <= LONGEST_SIDE && u64::from(width) * u64::from(height) <= MOST_PIXELS
}

pub fn inspect(bytes: &[u8]) -> Result<Vec<u8>, ContentFault> {
    let mut picture = Picture { kept: vec![0xff, START], side: None, sized: false, scanned: false };
    let mut cursor = Cursor::new(bytes, 0);
    if cursor.take(2) != Some(&[0xff, START]) {
        return Err(ContentFault::Mismatch);
    }
    loop {
        let marker = marker(&mut cursor).ok_or(ContentFault::Mismatch)?;
        if marker == END {
            break;
        }
        picture.takes(bytes, marker, &mut cursor)?;
    }
    let tail = bytes.get(cursor.at()..).unwrap_or_default();
    if !(picture.sized && picture.scanned) || is_hostile_tail(tail) {
        return Err(ContentFault::Mismatch);
    }
    Ok(picture.whole())
}

/// The next marker; any number of fill bytes may stand before it.
fn marker(cursor: &mut Cursor<'_>) -> Option<u8> {
    if cursor.byte()? != 0xff {
        return None;
    }
    loop {
        match cursor.byte()? {
            0xff => {}
            0 => return None,
            marker => return Some(marker),
        }
    }
}

/// What is kept of a picture.
struct Picture {
    kept: Vec<u8>,
    /// Which side is up, when it is not the first.
    side: Option<u8>,
    sized: bool,
    scanned: bool,
}

impl Picture {
    /// Takes one segment.
    fn takes(&mut self, bytes: &[u8], marker: u8, cursor: &mut Cursor<'_>) -> Result<(), ContentFault> {
        // A picture within a picture, or a restart outside a scan.
        if matches!(marker, START | 0xd0..=0xd7 | 0x01) {
            return Err(ContentFault::Mismatch);
        }
        let begins = cursor.at();
        let length = cursor.u16_be().and_then(|length| length.checked_sub(2)).ok_or(ContentFault::Mismatch)?;
        let body = cursor.take(usize::from(length)).ok_or(ContentFault::Mismatch)?;
        if is_frame(marker) {
            let (width, height) = size(body).ok_or(ContentFault::Mismatch)?;
            if !fits(width, height) {
                return Err(ContentFault::UnpackedTooBig);
            }
            self.sized = true;
        }
        if marker == 0xe1 {
            self.side = self.side.or_else(|| side(body));
        }
        if is_kept(marker, body) {
            self.kept.extend_from_slice(&[0xff, marker]);
            self.kept.extend_from_slice(bytes.get(begins..cursor.at()).unwrap_or_default());
        }
        if marker == SCAN {
            self.scanned = true;
            let scan = scan(bytes, cursor).ok_or(ContentFault::Mismatch)?;
            self.kept.extend_from_slice(scan);
        }
        Ok(())
    }

    fn whole(mut self) -> Vec<u8> {
        self.kept.extend_from_slice(&[0xff, END]);
        let Some(side) = self.side else { return self.kept };
        // The first segment of what is kept is the JFIF header, where there is one; what says which side is up comes after it.
        let after = match self.kept.get(2..6) {
            Some([0xff, 0xe0, high, low]) => 4 + usize::from(u16::from_be_bytes([*high, *low])),
            _ => 2,
        };
        self.kept.splice(after..after, upright(side));
        self.kept
    }
}

/// Frames: they say how large the picture is.
const fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf)
}

/// All that is no application's and no comment; of applications' the three that colours depend on.
fn is_kept(marker: u8, body: &[u8]) -> bool {
    match marker {
        0xe0 => body.starts_with(b"JFIF\0") && body.len() == 14,
        0xe2 => body.starts_with(b"ICC_PROFILE\0"),
        0xee => body.starts_with(b"Adobe") && body.len() == 12,
        0xe1..=0xef | COMMENT => false,
        _ => true,
    }
}

fn size(body: &[u8]) -> Option<(u32, u32)> {
    let mut cursor = Cursor::new(body, 1);
    let (height, width) = (cursor.u16_be()?, cursor.u16_be()?);
    (height > 0 && width > 0).then_some((width.into(), height.into()))
}

/// The coded picture up to the next marker that is no restart and no escaped byte.
fn scan<'a>(bytes: &'a [u8], cursor: &mut Cursor<'_>) -> Option<&'a [u8]> {
    let begins = cursor.at();
    let rest = bytes.get(begins..)?;
    let mut pairs = rest.windows(2).enumerate();
    let (length, _) = pairs.find(|(_, pair)| matches!(pair, [0xff, marker] if !matches!(marker, 0 | 0xff | 0xd0..=0xd7)))?;
    cursor.take(length)?;
    rest.get(..length)
}

/// Which side is up, by the Exif segment (tag 0x0112 of the first directory).
fn side(body: &[u8]) -> Option<u8> {
    let tiff = body.strip_prefix(b"Exif\0\0")?;
    let little = tiff.starts_with(b"II*\0");
    if !little && !tiff.starts_with(b"MM\0*") {
        return None;
    }
    let short = |cursor: &mut Cursor<'_>| if little { cursor.u16_le() } else { cursor.u16_be() };
    let long = |cursor: &mut Cursor<'_>| if little { cursor.u32_le() } else { cursor.u32_be() };
    let directory = usize::try_from(long(&mut Cursor::new(tiff, 4))?).ok()?;
    let mut cursor = Cursor::new(tiff, directory);
    let count = short(&mut cursor)?;
    for _ in 0..count {
        let (tag, kind) = (short(&mut cursor)?, short(&mut cursor)?);
        long(&mut cursor)?;
        let value = short(&mut cursor)?;
        cursor.take(2)?;
        if tag == 0x0112 && kind == 3 {
            return u8::try_from(value).ok().filter(|side| matches!(side, 2..=8));
        }
    }
    None
}

/// An Exif segment that says nothing but which side is up.
fn upright(side: u8) -> Vec<u8> {
    let mut segment = vec![0xff, 0xe1, 0, 34];
    segment.extend_from_slice(b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0");
    segment.push(side);
    segment.extend_from_slice(&[0, 0, 0, 0, 0, 0]);
    segment
}
