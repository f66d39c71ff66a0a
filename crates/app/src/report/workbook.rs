//! Workbooks, written row by row into a file that nobody else can open.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use rust_xlsxwriter::{Workbook, Worksheet};

use super::rows::COLUMNS;
use crate::Refusal;

/// Rows that one sheet has room for, its head among them.
const MOST_ROWS: u32 = 1_048_576;

/// A workbook under way. Rows go to a file without a name as they come; cells are texts, never formulas.
pub(super) struct Sheet {
    workbook: Workbook,
    next: u32,
}

fn failed(error: impl Into<Box<dyn std::error::Error>>) -> Refusal {
    Refusal::Failed(format!("the workbook cannot be written: {}", error.into()))
}

impl Sheet {
    pub(super) fn begin(folder: &Path) -> Result<Self, Refusal> {
        std::fs::create_dir_all(folder).map_err(failed)?;
        let mut workbook = Workbook::new();
        workbook.set_tempdir(folder).map_err(failed)?;
        workbook.add_worksheet_with_constant_memory().map_err(failed)?.set_name("referrals").map_err(failed)?;
        let mut sheet = Self { workbook, next: 0 };
        sheet.row(&COLUMNS)?;
        Ok(sheet)
    }

    /// Adds a row. Refused by `too_many_rows` when the sheet is full.
    pub(super) fn row(&mut self, cells: &[impl AsRef<str>]) -> Result<(), Refusal> {
        if self.next >= MOST_ROWS {
            return Err(Refusal::invalid("too_many_rows", ""));
        }
        let row = self.next;
        let worksheet: &mut Worksheet = self.workbook.worksheet_from_index(0).map_err(failed)?;
        for (column, cell) in (0_u16..).zip(cells) {
            worksheet.write_string(row, column, cell.as_ref()).map_err(failed)?;
        }
        self.next += 1;
        Ok(())
    }

    /// Packs the workbook. Takes a while: not for a thread that answers.
    pub(super) fn pack(mut self, folder: &Path, name: &str) -> Result<Packed, Refusal> {
        let path = folder.join(name);
        let mut file = File::options().read(true).write(true).create(true).truncate(true).open(&path).map_err(failed)?;
        // The name goes at once: a program that dies leaves nothing behind.
        std::fs::remove_file(&path).map_err(failed)?;
        self.workbook.save_to_writer(&mut file).map_err(failed)?;
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        Ok(Packed(file))
    }
}

/// A packed workbook.
pub(super) struct Packed(File);

impl Packed {
    /// The next piece of at most so many bytes; empty at the end.
    pub(super) fn piece(&mut self, most: u64) -> Result<Vec<u8>, Refusal> {
        let mut piece = vec![];
        (&mut self.0).take(most).read_to_end(&mut piece).map_err(failed)?;
        Ok(piece)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_that_is_full_is_given_up_at_once() {
        let folder = std::env::temp_dir().join(format!("relais-full-workbook-{}", std::process::id()));
        let mut sheet = Sheet { next: MOST_ROWS - 1, ..Sheet::begin(&folder).unwrap() };
        sheet.row(&["the last"]).unwrap();
        let refused = crate::setback::Setback::from(sheet.row(&["one too many"]).unwrap_err());
        assert_eq!((refused.code, refused.again), ("too_many_rows", false));
        drop(sheet);
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_workbook_is_packed_and_leaves_no_file() {
        let folder = std::env::temp_dir().join(format!("relais-workbook-{}", std::process::id()));
        let mut sheet = Sheet::begin(&folder).unwrap();
        sheet.row(&["=1+1", "é"]).unwrap();
        let mut packed = sheet.pack(&folder, "one.xlsx").unwrap();
        assert!(packed.piece(1 << 20).unwrap().starts_with(b"PK\x03\x04"));
        assert!(packed.piece(1 << 20).unwrap().is_empty());
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
        std::fs::remove_dir(&folder).unwrap();
    }
}
