//! The records of a workbook (MS-XLS): one after the other, each with its kind and its length.

use crate::content::reader::Cursor;

/// The beginning of the workbook itself, and of each of its sheets.
const BEGINS: u16 = 0x0809;
const ENDS: u16 = 0x000a;
/// With what the rest is locked (`FilePass`).
const LOCK: u16 = 0x002f;
/// Where a sheet begins, and of which type it is (`BoundSheet8`).
const SHEET: u16 = 0x0085;
/// The types of sheets that run: macros of Excel 4, modules of Excel 5.
const RUNNING: [u8; 2] = [1, 6];
/// The type by which the beginning of such a sheet calls itself.
const MACROS: u16 = 0x0040;

struct Record<'a> {
    kind: u16,
    body: &'a [u8],
}

fn record<'a>(cursor: &mut Cursor<'a>) -> Option<Record<'a>> {
    let (kind, length) = (cursor.u16_le()?, cursor.u16_le()?);
    Some(Record { kind, body: cursor.take(usize::from(length))? })
}

/// The records of the workbook itself, which come before those of its sheets; none when it does not begin or end as one.
fn records(book: &[u8]) -> Option<Vec<Record<'_>>> {
    let mut cursor = Cursor::new(book, 0);
    let mut read = vec![record(&mut cursor).filter(|first| first.kind == BEGINS)?];
    loop {
        match record(&mut cursor)? {
            last if last.kind == ENDS => return Some(read),
            next => read.push(next),
        }
    }
}

/// Whether a password is needed; none for what is no workbook. One that Excel knows by heart counts as well: it is not tried here.
pub fn are_locked(book: &[u8]) -> Option<bool> {
    Some(records(book)?.iter().any(|record| record.kind == LOCK))
}

/// Whether one of its sheets runs. Nothing of the kind is seen in a locked workbook: its records are scrambled.
pub fn run(book: &[u8]) -> bool {
    let records = records(book).unwrap_or_default();
    let locked = records.iter().any(|record| record.kind == LOCK);
    !locked && records.iter().filter(|record| record.kind == SHEET).any(|sheet| runs(book, sheet.body).unwrap_or_default())
}

/// Whether this sheet runs, as the workbook says or as it says itself.
fn runs(book: &[u8], sheet: &[u8]) -> Option<bool> {
    let mut cursor = Cursor::new(sheet, 0);
    let begins = usize::try_from(cursor.u32_le()?).ok()?;
    cursor.byte()?;
    let listed = RUNNING.contains(&cursor.byte()?);
    let itself = record(&mut Cursor::new(book, begins)).filter(|first| first.kind == BEGINS);
    let called = itself.and_then(|first| Cursor::new(first.body, 2).u16_le());
    Some(listed || called == Some(MACROS))
}
