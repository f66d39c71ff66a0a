//! The directory as a feed in the shape of data·inclusion: what is told here can be imported elsewhere.

use std::io::{self, Write};

use relais_domain::directory::data_inclusion::{service_record, structure_record};
use relais_persistence::Failure;
use relais_persistence::directory::read::{exported_services, exported_structures};
use serde_json::{Map, Value};

pub use relais_persistence::directory::read::ExportFilter;

use crate::{App, Refusal};

/// How many records are read at once.
const PAGE: u64 = 200;

/// How many records were written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// Structures.
    pub structures: u64,
    /// Services.
    pub services: u64,
}

/// A JSON array that is written record by record.
struct Array<W> {
    to: W,
    records: u64,
}

fn unwritable(error: impl Into<io::Error>) -> Refusal {
    Refusal::Failed(format!("the export cannot be written: {}", error.into()))
}

impl<W: Write> Array<W> {
    const fn of(to: W) -> Self {
        Self { to, records: 0 }
    }

    fn add(&mut self, record: &Map<String, Value>) -> Result<(), Refusal> {
        let before: &[u8] = if self.records == 0 { b"[\n" } else { b",\n" };
        self.to.write_all(before).map_err(unwritable)?;
        serde_json::to_writer(&mut self.to, record).map_err(unwritable)?;
        self.records += 1;
        Ok(())
    }

    fn end(mut self) -> Result<u64, Refusal> {
        let end: &[u8] = if self.records == 0 { b"[]\n" } else { b"\n]\n" };
        self.to.write_all(end).and_then(|()| self.to.flush()).map_err(unwritable)?;
        Ok(self.records)
    }
}

/// Writes the structures and the services of the public directory as two JSON arrays, page by page. A private contact is told
/// by no export. What was written here has the source `relais`, services of a feed's structure that structure's source.
///
/// # Errors
/// `busy` (503); a failure when a writer does not take it.
pub async fn export_data_inclusion(
    app: &App,
    filter: &ExportFilter,
    structures: impl Write,
    services: impl Write,
) -> Result<Exported, Refusal> {
    let page = async |after| exported_structures(&app.db, filter, after, PAGE).await;
    let structures = write_all(structures, page, structure_record).await?;
    let page = async |after| exported_services(&app.db, filter, after, PAGE).await;
    Ok(Exported { structures, services: write_all(services, page, service_record).await? })
}

/// Writes all records, page by page, each page after the last id of the one before; says how many there were.
async fn write_all<I: Copy, T>(
    to: impl Write,
    page: impl AsyncFn(Option<I>) -> Result<Vec<(I, T)>, Failure>,
    record: impl Fn(&T) -> Map<String, Value>,
) -> Result<u64, Refusal> {
    let mut array = Array::of(to);
    let mut after = None;
    loop {
        let some = page(after).await?;
        let Some((last, _)) = some.last() else { break };
        after = Some(*last);
        some.iter().try_for_each(|(_, one)| array.add(&record(one)))?;
    }
    array.end()
}
