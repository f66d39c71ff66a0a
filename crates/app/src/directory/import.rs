//! The import of a feed in the shape of data·inclusion: every good record in, every bad one in the report.
//!
//! A record is matched by its source and its id at the source. The same date changes nothing, a newer one updates. What a
//! full feed lacks is suspended, never deleted, and comes back with the feed. Records are written in transactions of at
//! most a hundred, so an interrupted import leaves the old or the new state of each, and a second run completes it.

pub(super) mod feed;
mod report;
mod services;
mod structures;

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use relais_domain::directory::data_inclusion::{self, ImportError};
use relais_domain::directory::{RecordKind, SourceKey};
use relais_domain::identity::Actor;
use relais_domain::shared::ids::OrganisationId;
use relais_persistence::directory::read::FeedKey;
use relais_persistence::{Ctx, Failure};
use serde_json::Value;

use self::feed::{Element, Feed};
pub use self::report::{ImportReport, Progress, ReportLine, Tally};
use crate::{App, Refusal};

/// How many records one transaction writes at most.
const BATCH: usize = 100;

/// Where the two files of a feed lie.
#[derive(Clone, Debug)]
pub struct ImportFiles {
    /// The structures: a JSON array, or one object per line.
    pub structures: PathBuf,
    /// The services, likewise.
    pub services: PathBuf,
}

/// How to import.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// Write nothing; give the same report.
    pub dry_run: bool,
    /// The feed is everything that its sources have: what it lacks is suspended.
    pub full: bool,
    /// The one source that the feed may hold; any when `None`.
    pub source: Option<SourceKey>,
}

/// What became of one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Created,
    Updated,
    Restored,
    Unchanged,
    NoStructure,
}

/// One record that was read well.
#[derive(Clone, Debug)]
struct Good<T> {
    index: u64,
    key: FeedKey,
    record: T,
}

/// An import under way.
struct Run<'a> {
    app: &'a App,
    options: &'a ImportOptions,
    progress: &'a mut (dyn FnMut(Progress) + Send),
    report: ImportReport,
    /// The organisations of this feed, so that a dry run knows those that it did not write.
    organisations: HashMap<FeedKey, OrganisationId>,
}

/// Which records of one kind a feed holds.
#[derive(Default)]
struct Present {
    /// Source and id, as they came: the good ones true, the bad ones false.
    records: HashMap<(String, String), bool>,
    sources: BTreeSet<SourceKey>,
}

impl Present {
    fn holds(&self, source: Option<&str>, id: Option<&str>) -> bool {
        source.zip(id).is_some_and(|(source, id)| self.records.contains_key(&(source.to_owned(), id.to_owned())))
    }

    fn has(&mut self, record: &Value) {
        let text = |name: &str| record.get(name).and_then(Value::as_str).map(|text| text.trim().to_owned());
        if let Some(key) = text("source").zip(text("id")) {
            self.records.entry(key).or_insert(false);
        }
    }

    /// Notes a good record; false when there was one before.
    fn takes(&mut self, key: &FeedKey) -> bool {
        self.sources.insert(key.0.clone());
        self.records.insert((key.0.to_string(), key.1.to_string()), true) != Some(true)
    }
}

/// Imports a feed. `progress` is called after every batch.
///
/// # Errors
/// `file_unreadable` (400) when a file cannot be opened or read; `busy` (503). What is wrong with a record is in the report, by
/// the codes of [`ImportError`], and: `malformed_json`, `record_too_big`, `truncated`, `empty_file`, `duplicate`,
/// `other_source`, `unknown_structure`.
pub async fn run(
    app: &App,
    files: &ImportFiles,
    options: &ImportOptions,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<ImportReport, Refusal> {
    let report = ImportReport::new(options.dry_run);
    let mut run = Run { app, options, progress, report, organisations: HashMap::new() };
    let structures = run.structures(&files.structures).await?;
    let services = run.services(&files.services).await?;
    if options.full && run.report.complete {
        run.suspend_missing_services(&services).await?;
        run.suspend_missing_structures(&structures).await?;
    }
    Ok(run.report)
}

pub(super) fn unreadable(error: std::io::Error) -> Refusal {
    tracing::warn!(%error, "a file of the feed cannot be read");
    Refusal::BadRequest("file_unreadable")
}

fn open(path: &Path) -> Result<(Feed<BufReader<File>>, u64), Refusal> {
    let file = File::open(path).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    Ok((Feed::new(BufReader::new(file)), size))
}

impl Run<'_> {
    fn ctx(&self) -> Ctx {
        self.app.system_ctx(Actor::CommandLine, "import")
    }

    /// Reads up to a batch of good records; what is bad goes to the report. `None` at the end.
    fn batch<T>(
        &mut self,
        kind: RecordKind,
        feed: &mut Feed<BufReader<File>>,
        present: &mut Present,
        parse: impl Fn(&Value) -> Result<(FeedKey, T), Vec<ImportError>>,
    ) -> Result<Option<Vec<Good<T>>>, Refusal> {
        let mut good = Vec::with_capacity(BATCH);
        while good.len() < BATCH {
            let (index, element) = match feed.next_element().map_err(unreadable)? {
                Element::End => return Ok((!good.is_empty()).then_some(good)),
                Element::Broken { index, code } => {
                    self.report.complete = false;
                    self.report.refuse(kind, index, None, code);
                    return Ok((!good.is_empty()).then_some(good));
                }
                Element::Bad { index, code } => {
                    self.report.refuse(kind, index, None, code);
                    continue;
                }
                Element::Record { index, value } => (index, value),
            };
            present.has(&element);
            let id = data_inclusion::record_id(&element).map(ToOwned::to_owned);
            match parse(&element) {
                Err(errors) => self.report.refuse_all(kind, index, id, errors),
                Ok((key, _)) if self.options.source.as_ref().is_some_and(|only| *only != key.0) => {
                    self.report.refuse(kind, index, id, "other_source");
                }
                Ok((key, _)) if !present.takes(&key) => self.report.refuse(kind, index, id, "duplicate"),
                Ok((key, record)) => good.push(Good { index, key, record }),
            }
        }
        Ok(Some(good))
    }

    fn tell(&mut self, kind: RecordKind, feed: &Feed<BufReader<File>>, size: u64) {
        let records = self.report.tally(kind).read();
        (self.progress)(Progress { kind, records, bytes: feed.bytes(), of_bytes: size });
    }

    /// The sources whose records may be missing.
    fn sources(&self, present: &Present) -> Vec<SourceKey> {
        self.options.source.clone().map_or_else(|| present.sources.iter().cloned().collect(), |only| vec![only])
    }
}

/// Runs a batch, and once more when two transactions waited for each other.
pub(super) async fn twice<T>(batch: impl AsyncFn() -> Result<T, Failure>) -> Result<T, Refusal> {
    match batch().await {
        Err(Failure::Deadlock) => Ok(batch().await?),
        other => Ok(other?),
    }
}
