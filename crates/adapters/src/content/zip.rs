//! Zip (APPNOTE 6.3), as office programs write it: no second disk, no 64-bit sizes, no locks, nothing before, after or between.

use std::io::{self, Read as _};

use flate2::read::DeflateDecoder;
use relais_domain::document::{ContentFault, FileType, MOST_ENTRIES, MOST_RATIO, MOST_UNPACKED};

use super::reader::Cursor;

const END_RECORD: u32 = 0x0605_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const LOCAL: u32 = 0x0403_4b50;
const END_LENGTH: usize = 22;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// Below this an entry may be packed however well.
const SMALL: u64 = 1024 * 1024;

/// One entry.
#[derive(Clone, Debug)]
struct Entry {
    name: String,
    method: u16,
    packed: usize,
    unpacked: u64,
    /// Where its local header begins.
    at: usize,
    /// Where its packed bytes begin.
    begins: usize,
}

/// A zip whose every entry was found where it should be.
#[derive(Debug)]
pub struct Archive<'a> {
    bytes: &'a [u8],
    entries: Vec<Entry>,
}

impl<'a> Archive<'a> {
    /// Reads the directory.
    ///
    /// # Errors
    /// `Mismatch` for what is no such zip, `UnpackedTooBig` for what says so of itself.
    pub fn open(bytes: &'a [u8]) -> Result<Self, ContentFault> {
        let (count, length, begins) = end_record(bytes).ok_or(ContentFault::Mismatch)?;
        if count > MOST_ENTRIES {
            return Err(ContentFault::UnpackedTooBig);
        }
        let directory = bytes.len() - END_LENGTH;
        if begins + length != directory || count == 0 {
            return Err(ContentFault::Mismatch);
        }
        let mut cursor = Cursor::new(bytes, begins);
        let mut entries = vec![];
        for _ in 0..count {
            entries.push(entry(bytes, &mut cursor).ok_or(ContentFault::Mismatch)?);
        }
        if cursor.at() != directory || !lie_in_a_row(&mut entries, begins) {
            return Err(ContentFault::Mismatch);
        }
        let total: u64 = entries.iter().map(|entry| entry.unpacked).sum();
        let swells = |entry: &Entry| entry.unpacked > SMALL && entry.unpacked / (entry.packed as u64).max(1) > MOST_RATIO;
        if total > MOST_UNPACKED || entries.iter().any(swells) {
            return Err(ContentFault::UnpackedTooBig);
        }
        Ok(Self { bytes, entries })
    }

    /// The names of its entries.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.name.as_str())
    }

    /// Unpacks one entry, up to the size that it claims.
    ///
    /// # Errors
    /// `Mismatch` when it cannot be unpacked, `UnpackedTooBig` when there is more in it than it claims.
    pub fn read(&self, name: &str) -> Result<Vec<u8>, ContentFault> {
        let entry = self.entries.iter().find(|entry| entry.name == name).ok_or(ContentFault::Mismatch)?;
        self.unpack(entry)
    }

    fn unpack(&self, entry: &Entry) -> Result<Vec<u8>, ContentFault> {
        let mut unpacked = vec![];
        self.pour(entry, &mut unpacked)?;
        Ok(unpacked)
    }

    /// Unpacks one entry into something, which is given no more than a byte beyond what the entry claims.
    fn pour(&self, entry: &Entry, into: &mut impl io::Write) -> Result<(), ContentFault> {
        let packed = entry.begins.checked_add(entry.packed).and_then(|end| self.bytes.get(entry.begins..end));
        let packed = packed.ok_or(ContentFault::Mismatch)?;
        let poured = match entry.method {
            STORED => io::copy(&mut packed.take(entry.unpacked + 1), into),
            _ => io::copy(&mut DeflateDecoder::new(packed).take(entry.unpacked + 1), into),
        };
        match poured.map_err(|_| ContentFault::Mismatch)?.cmp(&entry.unpacked) {
            std::cmp::Ordering::Equal => Ok(()),
            std::cmp::Ordering::Greater => Err(ContentFault::UnpackedTooBig),
            std::cmp::Ordering::Less => Err(ContentFault::Mismatch),
        }
    }

    /// Whether every entry holds what it claims to: a bomb lies about itself. Nothing of it is kept.
    fn keeps_its_word(&self) -> Result<(), ContentFault> {
        self.entries.iter().try_for_each(|entry| self.pour(entry, &mut io::sink()))
    }
}

/// The end record, which ends where the file ends: how many entries, how long the directory, where it begins.
fn end_record(bytes: &[u8]) -> Option<(usize, usize, usize)> {
    let mut cursor = Cursor::new(bytes, bytes.len().checked_sub(END_LENGTH)?);
    let signed = cursor.u32_le()? == END_RECORD;
    let (disk, first) = (cursor.u16_le()?, cursor.u16_le()?);
    let (here, all) = (cursor.u16_le()?, cursor.u16_le()?);
    let (length, begins, comment) = (cursor.u32_le()?, cursor.u32_le()?, cursor.u16_le()?);
    let whole = signed && disk == 0 && first == 0 && here == all && comment == 0;
    whole.then_some((usize::from(all), usize::try_from(length).ok()?, usize::try_from(begins).ok()?))
}

/// One record of the directory, with the local header that it points to.
fn entry(bytes: &[u8], cursor: &mut Cursor<'_>) -> Option<Entry> {
    if cursor.u32_le()? != CENTRAL {
        return None;
    }
    cursor.take(4)?;
    let (flags, method) = (cursor.u16_le()?, cursor.u16_le()?);
    cursor.take(8)?;
    let (packed, unpacked) = (cursor.u32_le()?, cursor.u32_le()?);
    let (name, extra, comment) = (cursor.u16_le()?, cursor.u16_le()?, cursor.u16_le()?);
    let disk = cursor.u16_le()?;
    cursor.take(6)?;
    let at = usize::try_from(cursor.u32_le()?).ok()?;
    let name = cursor.take(usize::from(name))?;
    cursor.take(usize::from(extra) + usize::from(comment))?;
    let locked = flags & 0x2041 != 0;
    if locked || disk != 0 || !matches!(method, STORED | DEFLATED) || packed == u32::MAX || unpacked == u32::MAX {
        return None;
    }
    let mut local = Cursor::new(bytes, at);
    let signed = local.u32_le()? == LOCAL;
    local.take(4)?;
    let same_method = local.u16_le()? == method;
    local.take(16)?;
    let (name_length, extra) = (local.u16_le()?, local.u16_le()?);
    let same_name = local.take(usize::from(name_length))? == name;
    local.take(usize::from(extra))?;
    let name = String::from_utf8(name.to_vec()).ok().filter(|name| is_fit(name))?;
    let packed = usize::try_from(packed).ok()?;
    (signed && same_method && same_name).then_some(Entry { name, method, packed, unpacked: unpacked.into(), at, begins: local.at() })
}

/// A name that leads nowhere else.
fn is_fit(name: &str) -> bool {
    let climbs = name.split('/').any(|part| part == ".." || part == ".");
    !name.is_empty() && !name.starts_with('/') && !climbs && !name.contains(['\\', ':']) && !name.chars().any(char::is_control)
}

/// Whether the entries fill the file from its first byte to the directory, one after the other, each under a name of its own.
/// Between two there may be a data descriptor (12 or 16 bytes), and no more.
fn lie_in_a_row(entries: &mut [Entry], directory: usize) -> bool {
    entries.sort_by_key(|entry| entry.at);
    let mut names: Vec<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
    names.sort_unstable();
    let twice = names.windows(2).any(|pair| matches!(pair, [one, other] if one == other));
    let ends = entries.iter().map(|entry| entry.begins + entry.packed);
    let next = entries.iter().skip(1).map(|entry| entry.at).chain([directory]);
    let gaps = ends.zip(next).all(|(end, next)| next.checked_sub(end).is_some_and(|gap| matches!(gap, 0 | 12 | 16)));
    !twice && gaps && entries.first().is_some_and(|first| first.at == 0)
}

/// Whether the entries are those of this type.
fn is_of_type(kind: FileType, archive: &Archive<'_>) -> Result<bool, ContentFault> {
    let has = |wanted: &str| archive.names().any(|name| name == wanted);
    let says = |wanted: &[u8]| {
        let first = archive.entries.first().is_some_and(|first| first.name == "mimetype" && first.method == STORED);
        Ok(first && has("content.xml") && archive.read("mimetype")? == wanted)
    };
    match kind {
        FileType::Docx => Ok(has("[Content_Types].xml") && has("word/document.xml")),
        FileType::Xlsx => Ok(has("[Content_Types].xml") && has("xl/workbook.xml")),
        FileType::Odt => says(b"application/vnd.oasis.opendocument.text"),
        FileType::Ods => says(b"application/vnd.oasis.opendocument.spreadsheet"),
        _ => Ok(false),
    }
}

/// What runs, or what is a file of its own, by its place.
fn is_active(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let places = ["basic/", "scripts/", "word/embeddings/", "xl/embeddings/", "word/activex/", "xl/activex/", "xl/macrosheets/"];
    let ending = lower.rsplit_once('.').map_or("", |(_, ending)| ending);
    let runs = matches!(ending, "exe" | "dll" | "js" | "vbs" | "bat" | "cmd" | "ps1" | "hta" | "jar" | "sh" | "lnk" | "zip" | "ole");
    // A document within the document: Word shows some of them as if they were its own pages.
    let office = ["doc", "dot", "xls", "xlt", "xlw", "ppt", "pps", "pot"].iter().any(|family| ending.starts_with(family));
    let document = matches!(
        ending,
        "odt"
            | "ods"
            | "odp"
            | "odg"
            | "odf"
            | "ott"
            | "ots"
            | "fodt"
            | "fods"
            | "pdf"
            | "rtf"
            | "htm"
            | "html"
            | "xhtml"
            | "mht"
            | "mhtml"
            | "eml"
            | "msg"
    );
    runs || office
        || document
        || lower.ends_with("vbaproject.bin")
        || lower.ends_with("vbadata.xml")
        || places.iter().any(|place| lower.starts_with(place))
}

pub fn inspect(kind: FileType, bytes: &[u8]) -> Result<(), ContentFault> {
    let archive = Archive::open(bytes)?;
    if !is_of_type(kind, &archive)? {
        return Err(ContentFault::Mismatch);
    }
    archive.keeps_its_word()?;
    let enabled = match kind {
        FileType::Docx | FileType::Xlsx => {
            super::position(&archive.read("[Content_Types].xml")?.to_ascii_lowercase(), b"macroenabled").is_some()
        }
        _ => false,
    };
    if enabled || archive.names().any(is_active) {
        return Err(ContentFault::Active);
    }
    Ok(())
}
