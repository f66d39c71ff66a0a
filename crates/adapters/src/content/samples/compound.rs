//! Compound files of Word and Excel until 2003, with their table, their directory and their streams.

const FREE: u32 = 0xffff_ffff;
const END: u32 = 0xffff_fffe;
const TABLE: u32 = 0xffff_fffd;

/// Sectors of one size, and which comes after which.
struct Sectors {
    size: usize,
    body: Vec<u8>,
    next: Vec<u32>,
}

impl Sectors {
    const fn of(size: usize) -> Self {
        Self { size, body: vec![], next: vec![] }
    }

    /// Puts this into sectors of its own; gives the first of them.
    fn put(&mut self, bytes: &[u8]) -> u32 {
        let first = u32::try_from(self.next.len()).unwrap();
        let count = u32::try_from(bytes.len().div_ceil(self.size)).unwrap();
        self.next.extend((1..=count).map(|place| if place == count { END } else { first + place }));
        self.body.extend(bytes);
        self.body.resize(self.next.len() * self.size, 0);
        if count == 0 { END } else { first }
    }

    fn table(&self) -> Vec<u8> {
        let mut table: Vec<u8> = self.next.iter().flat_map(|number| number.to_le_bytes()).collect();
        table.resize(table.len().next_multiple_of(512), 0xff);
        table
    }
}

fn entry(name: &str, kind: u8, [right, child, first]: [u32; 3], size: usize) -> Vec<u8> {
    let mut wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let length = u16::try_from(wide.len() + 2).unwrap().to_le_bytes();
    wide.resize(64, 0);
    let beside = [FREE, right, child].map(u32::to_le_bytes).concat();
    [&wide[..], &length, &[kind, 1], &beside, &[0; 36], &first.to_le_bytes(), &(size as u64).to_le_bytes()].concat()
}

/// A compound file with these streams: small ones share sectors, large ones do not.
pub fn compound_of(streams: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let (mut large, mut small) = (Sectors::of(512), Sectors::of(64));
    large.put(&[0; 512]);
    let mut directory = vec![];
    for (place, (name, bytes)) in (1_u32..).zip(streams) {
        let first = if bytes.len() < 4096 { small.put(bytes) } else { large.put(bytes) };
        let right = if place as usize == streams.len() { FREE } else { place + 1 };
        directory.extend(entry(name, 2, [right, FREE, first], bytes.len()));
    }
    let root = large.put(&small.body);
    let directory = [entry("Root Entry", 5, [FREE, 1, root], small.body.len()), directory].concat();
    let (small_table, directory) = (large.put(&small.table()), large.put(&directory));
    large.next[0] = TABLE;
    let table = large.table();
    assert_eq!(table.len(), 512, "one sector lists them all");
    large.body[..512].copy_from_slice(&table);
    let head = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    let versions = [0x3e_u16, 3, 0xfffe, 9, 6, 0, 0, 0].map(u16::to_le_bytes).concat();
    let firsts = [0, 1, directory, 0, 4096, small_table, 1, END, 0, 0].map(u32::to_le_bytes).concat();
    [&head[..], &[0; 16], &versions, &firsts, &[0xff; 432], &large.body].concat()
}

/// A compound file with streams of these names, which hold as little as their programs take.
pub fn compound(names: &[&str]) -> Vec<u8> {
    let least = |name: &str| match name {
        "WordDocument" => letter(0),
        "Workbook" | "Book" => book(&[]),
        _ => vec![0; 8],
    };
    compound_of(&names.iter().map(|name| (*name, least(name))).collect::<Vec<_>>())
}

/// The beginning of a text of Word with these flags.
pub fn letter(flags: u16) -> Vec<u8> {
    [&[0xec, 0xa5, 0xc1, 0, 0, 0, 0, 0, 0, 0][..], &flags.to_le_bytes(), &[0; 20]].concat()
}

/// One record of a workbook.
pub fn record(kind: u16, body: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &u16::try_from(body.len()).unwrap().to_le_bytes(), body].concat()
}

/// The beginning of a part of a workbook, of this type.
pub fn beginning(kind: u8) -> Vec<u8> {
    record(0x0809, &[0, 6, kind, 0, 0, 0, 0, 0])
}

/// A workbook with these records, and no sheets.
pub fn book(records: &[Vec<u8>]) -> Vec<u8> {
    [beginning(5), records.concat(), record(0x000a, &[])].concat()
}

/// The record that lists a sheet: where it begins and of which type it is.
pub fn sheet_of(begins: u32, kind: u8) -> Vec<u8> {
    record(0x0085, &[&begins.to_le_bytes()[..], &[0, kind, 2, 0, b'M', b'1']].concat())
}
