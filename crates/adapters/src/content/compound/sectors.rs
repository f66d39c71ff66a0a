//! The sectors of a compound file (MS-CFB): a small file system, of which only whole streams by their name are read. Every chain is
//! followed for no longer than there are sectors, so that nothing that is read is larger than the file.

use crate::content::reader::Cursor;

/// Where the header says what.
const HEADER: usize = 512;
const SHIFT: usize = 30;
const FIRST_OF_DIRECTORY: usize = 48;
const CUTOFF: usize = 56;
const FIRST_OF_SMALL: usize = 60;
const FIRST_OF_LISTS: usize = 68;
const LISTED: usize = 76;

/// Streams below this many bytes lie in small sectors, which lie in a stream of their own.
const SMALL_STREAM: u32 = 4096;
const SMALL_SECTOR: usize = 64;
/// An entry of the directory, and the kinds of it.
const ENTRY: usize = 128;
const STREAM: u8 = 2;
const ROOT: u8 = 5;
/// More streams of one name are in no file that a program wrote, and each may claim all of the sectors.
const MOST_NAMESAKES: usize = 4;
/// Numbers from here on are no sectors: ends of chains, free sectors.
const NONE: u32 = 0xffff_fffa;

/// An entry of the directory.
struct Entry {
    name: String,
    kind: u8,
    first: u32,
    size: usize,
}

impl Entry {
    fn of(bytes: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(bytes, 0);
        let name = cursor.take(64)?;
        // Its length counts bytes, and the zero at the end with them.
        let length = usize::from(cursor.u16_le()?).min(64);
        let kind = cursor.byte()?;
        let units = name.get(..length)?.chunks_exact(2).filter_map(|pair| <[u8; 2]>::try_from(pair).ok()).map(u16::from_le_bytes);
        let name = char::decode_utf16(units.take_while(|unit| *unit != 0)).map(|c| c.unwrap_or('\u{fffd}')).collect();
        let mut cursor = Cursor::new(bytes, 116);
        // No stream is larger than four gigabytes here; older programs leave anything in the rest of the size.
        let (first, size) = (cursor.u32_le()?, usize::try_from(cursor.u32_le()?).ok()?);
        Some(Self { name, kind, first, size })
    }
}

/// A compound file whose table and directory were read.
pub struct Sectors<'a> {
    bytes: &'a [u8],
    shift: u16,
    /// Which sector comes after each.
    next: Vec<u32>,
    entries: Vec<Entry>,
}

impl<'a> Sectors<'a> {
    pub fn of(bytes: &'a [u8]) -> Option<Self> {
        let shift = Cursor::new(bytes, SHIFT).u16_le().filter(|shift| matches!(shift, 9 | 12))?;
        Cursor::new(bytes, CUTOFF).u32_le().filter(|cutoff| *cutoff == SMALL_STREAM)?;
        let mut read = Self { bytes, shift, next: vec![], entries: vec![] };
        read.next = read.table()?;
        let directory = read.whole(Cursor::new(bytes, FIRST_OF_DIRECTORY).u32_le()?)?;
        read.entries = directory.chunks_exact(ENTRY).map(Entry::of).collect::<Option<_>>()?;
        Some(read)
    }

    /// The streams of these names, wherever they stand; none when one of them cannot be read, or there are too many.
    pub fn streams(&self, names: &[&str]) -> Option<Vec<Vec<u8>>> {
        let named = |entry: &&Entry| entry.kind == STREAM && names.iter().any(|name| entry.name.eq_ignore_ascii_case(name));
        let wanted: Vec<&Entry> = self.entries.iter().filter(named).collect();
        if wanted.len() > MOST_NAMESAKES {
            return None;
        }
        let small = Small::of(self)?;
        let stream = |entry: &Entry| {
            let is_small = entry.size < SMALL_STREAM as usize;
            let mut stream = if is_small { small.whole(entry.first) } else { self.whole(entry.first) }?;
            stream.truncate(entry.size);
            Some(stream)
        };
        wanted.into_iter().map(stream).collect()
    }

    /// One sector; the last of a file may be cut short.
    fn sector(&self, number: u32) -> Option<&'a [u8]> {
        let size = 1_usize << self.shift;
        let begins = usize::try_from(number).ok()?.checked_add(1)?.checked_mul(size)?;
        self.bytes.get(begins..begins.checked_add(size)?.min(self.bytes.len()))
    }

    fn count(&self) -> usize {
        self.bytes.len() >> self.shift
    }

    /// The table of which sector comes after which: the header names the first 109 of its own sectors, lists in sectors the others.
    fn table(&self) -> Option<Vec<u32>> {
        let mut named = numbers(self.bytes.get(LISTED..HEADER)?);
        let mut list = Cursor::new(self.bytes, FIRST_OF_LISTS).u32_le()?;
        while list < NONE {
            let mut further = numbers(self.sector(list)?);
            list = further.pop()?;
            named.extend(further);
            if named.len() > self.count() + HEADER {
                return None;
            }
        }
        named.retain(|number| *number < NONE);
        if named.len() > self.count() {
            return None;
        }
        Some(named.into_iter().map(|number| self.sector(number).map(numbers)).collect::<Option<Vec<_>>>()?.concat())
    }

    /// What lies in the sectors of a chain.
    fn whole(&self, first: u32) -> Option<Vec<u8>> {
        let chain = chain(&self.next, first, self.count() + 1)?;
        Some(chain.into_iter().map(|number| self.sector(number)).collect::<Option<Vec<_>>>()?.concat())
    }
}

/// The small sectors of a file.
struct Small {
    bytes: Vec<u8>,
    next: Vec<u32>,
}

impl Small {
    fn of(sectors: &Sectors<'_>) -> Option<Self> {
        let read = |first: u32| if first < NONE { sectors.whole(first) } else { Some(vec![]) };
        let next = numbers(&read(Cursor::new(sectors.bytes, FIRST_OF_SMALL).u32_le()?)?);
        let root = sectors.entries.iter().find(|entry| entry.kind == ROOT)?;
        Some(Self { bytes: read(root.first)?, next })
    }

    fn whole(&self, first: u32) -> Option<Vec<u8>> {
        let chain = chain(&self.next, first, self.bytes.len() / SMALL_SECTOR + 1)?;
        let sector = |number: u32| {
            let begins = usize::try_from(number).ok()?.checked_mul(SMALL_SECTOR)?;
            self.bytes.get(begins..begins.checked_add(SMALL_SECTOR)?.min(self.bytes.len()))
        };
        Some(chain.into_iter().map(sector).collect::<Option<Vec<_>>>()?.concat())
    }
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).filter_map(|four| <[u8; 4]>::try_from(four).ok()).map(u32::from_le_bytes).collect()
}

/// The sectors from the first on; none when there are more than can be: a chain that bites its tail.
fn chain(next: &[u32], first: u32, most: usize) -> Option<Vec<u32>> {
    let (mut chain, mut number) = (vec![], first);
    while number < NONE {
        chain.push(number);
        if chain.len() > most {
            return None;
        }
        number = *next.get(usize::try_from(number).ok()?)?;
    }
    Some(chain)
}
