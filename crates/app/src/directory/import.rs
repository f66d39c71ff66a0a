//! The import of a feed in the shape of data·inclusion: every good record in, every bad one in the report.
//!
//! A record is matched by its source and its id at the source. The same date changes nothing, a newer one updates. What a
//! full feed lacks is suspended, never deleted, and comes back with the feed. Records are written in transactions of at
//! most a hundred, so an interrupted import leaves the old or the new state of each, and a second run completes it. One
//! that a worker does for the API notes its place in each of these transactions, so that another worker can go on.

pub(super) mod feed;
mod job;
mod keep;
mod missing;
mod report;
mod runs;
mod seen;
mod services;
mod source;
mod structures;
mod upload;

use std::collections::HashMap;
use std::path::PathBuf;

use chrono::{NaiveDate, TimeDelta};
use relais_domain::directory::data_inclusion::{self, ImportError};
use relais_domain::directory::{RecordKind, SourceKey};
use relais_domain::shared::ids::OrganisationId;
use relais_persistence::directory::read::FeedKey;
use relais_persistence::directory::write;
use relais_persistence::{Ctx, Failure, Tx};
use serde_json::Value;

use self::feed::Element;
use self::keep::{Keeper, Phase, Place};
use self::report::Draft;
pub use self::report::{ImportReport, MOST_LINES, ReportLine};
pub use self::runs::{ImportForm, create, delete, list, read, report, report_csv, start};
use self::seen::SeenOfBoth;
use self::source::Reader;
pub(super) use self::source::unreadable;
pub use self::upload::{Packing, accepts_upload, upload};
pub(crate) use self::{job::IMPORT_JOB, job::gave_up, job::work};
use crate::{App, Refusal};
pub use relais_persistence::directory::view::{ImportView, Progress, Tallies, Tally};

/// How many records one transaction writes at most: on SQLite nobody else writes meanwhile.
const BATCH: usize = 100;
/// From so many records on, and at each tenfold of it, the database is told that its tables have grown.
const MANY: u64 = 500;
/// How often a batch is tried when somebody else's transaction stands against it.
const TRIES: u32 = 3;

/// Where the two files of a feed lie.
#[derive(Clone, Debug)]
pub struct ImportFiles {
    /// The structures: a JSON array, or one object per line; packed by gzip or not.
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

/// Records that were read together, and how the report stands after those that were refused.
struct Batch<T> {
    good: Vec<Good<T>>,
    draft: Draft,
    next: Place,
}

/// An import under way.
struct Run<'a> {
    app: &'a App,
    ctx: Ctx,
    options: ImportOptions,
    keeper: Keeper,
    report: ImportReport,
    place: Place,
    reader: Option<Reader>,
    seen: SeenOfBoth,
    /// The keys of the batch under way, to be kept with it.
    fresh: Vec<u8>,
    /// Organisations that this run has met: a cache, no more.
    organisations: HashMap<FeedKey, OrganisationId>,
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
    let keeper = Keeper::Files { structures: files.structures.clone(), services: files.services.clone() };
    // Both can be opened, or nothing is written.
    keeper.reader(app, RecordKind::Service, &Place::default())?;
    let ctx = app.system_ctx(relais_domain::identity::Actor::CommandLine, "import");
    let mut run = Run::begin(app, ctx, options.clone(), keeper);
    while run.step().await? {
        run.progress().into_iter().for_each(&mut *progress);
    }
    Ok(run.report)
}

impl<'a> Run<'a> {
    fn begin(app: &'a App, ctx: Ctx, options: ImportOptions, keeper: Keeper) -> Self {
        let report = ImportReport { dry_run: options.dry_run, ..ImportReport::default() };
        let (seen, organisations) = (SeenOfBoth::default(), HashMap::new());
        Self { app, ctx, options, keeper, report, place: Place::default(), reader: None, seen, fresh: vec![], organisations }
    }

    /// Does one batch. False when there is nothing left to do.
    async fn step(&mut self) -> Result<bool, Refusal> {
        let before = self.written();
        match self.place.phase {
            Phase::Structures => self.structures().await?,
            Phase::Services => self.services().await?,
            Phase::MissingServices => self.missing_services().await?,
            Phase::MissingStructures => self.missing_structures().await?,
            Phase::Done => {}
        }
        let (after, done) = (self.written(), self.place.phase == Phase::Done);
        if after >= MANY && !self.options.dry_run && (done || after.ilog10() > before.max(1).ilog10()) {
            write::measure_tables(&self.app.db).await?;
        }
        Ok(!done)
    }

    /// How many records this run has written.
    fn written(&self) -> u64 {
        self.report.tallies.structures.written() + self.report.tallies.services.written()
    }

    /// How far the file is that is read now.
    fn progress(&self) -> Option<Progress> {
        let (kind, tally) = match self.place.phase {
            Phase::Structures => (RecordKind::Structure, self.report.tallies.structures),
            _ => (RecordKind::Service, self.report.tallies.services),
        };
        let (bytes, of_bytes) = self.reader.as_ref()?.progress();
        Some(Progress { kind, records: tally.read(), bytes, of_bytes })
    }

    /// Reads up to a batch of good records; what is bad goes to the draft of the report.
    async fn read<T>(
        &mut self,
        kind: RecordKind,
        parse: impl Fn(&Value) -> Result<(FeedKey, T), Vec<ImportError>>,
    ) -> Result<Batch<T>, Refusal> {
        let mut reader = match self.reader.take() {
            Some(reader) => reader,
            None => self.keeper.reader(self.app, kind, &self.place)?,
        };
        let (mut good, mut ended) = (Vec::with_capacity(BATCH), false);
        let mut draft = Draft { tallies: self.report.tallies, lines: vec![] };
        let latest = self.ctx.now.date_naive() + TimeDelta::days(1);
        // What is refused takes its time as well.
        for _ in 0..10 * BATCH {
            match reader.next().await? {
                Element::End => ended = true,
                Element::Broken { index, code } => {
                    draft.tallies.complete = false;
                    draft.refuse(kind, index, None, code);
                    ended = true;
                }
                Element::Bad { index, code } => {
                    self.seen.of(kind).nameless = true;
                    draft.refuse(kind, index, None, code);
                }
                Element::Record { index, value } => good.extend(self.judge((kind, index), &value, latest, &mut draft, &parse)),
            }
            if ended || good.len() >= BATCH {
                break;
            }
        }
        let next = if ended { self.after(kind, draft.tallies.complete) } else { self.place.at(reader.mark()) };
        self.fresh = self.seen.of(kind).fresh();
        self.reader = (!ended).then_some(reader);
        Ok(Batch { good, draft, next })
    }

    /// A good record, or none and a word in the report.
    fn judge<T>(
        &mut self,
        (kind, index): (RecordKind, u64),
        record: &Value,
        latest: NaiveDate,
        draft: &mut Draft,
        parse: impl Fn(&Value) -> Result<(FeedKey, T), Vec<ImportError>>,
    ) -> Option<Good<T>> {
        let translated = data_inclusion::v0::is_v0(record).then(|| match kind {
            RecordKind::Structure => data_inclusion::v0::translate_structure(record),
            RecordKind::Service => data_inclusion::v0::translate_service(record),
        });
        draft.tally(kind).translated += u64::from(translated.is_some());
        let record = translated.as_ref().unwrap_or(record);
        let seen = self.seen.of(kind);
        seen.has(record);
        let id = data_inclusion::record_id(record);
        let parsed = match (parse(record), data_inclusion::in_the_future(record, latest)) {
            (Ok(parsed), None) => Ok(parsed),
            (Ok(_), Some(late)) => Err(vec![late]),
            (Err(errors), late) => Err(errors.into_iter().chain(late).collect()),
        };
        match parsed {
            Err(errors) => draft.refuse_all(kind, index, id, errors),
            Ok((key, _)) if self.options.source.as_ref().is_some_and(|only| *only != key.0) => {
                draft.refuse(kind, index, id.map(ToOwned::to_owned), "other_source");
            }
            Ok((key, _)) if !seen.takes(&key) => draft.refuse(kind, index, id.map(ToOwned::to_owned), "duplicate"),
            Ok((key, record)) => return Some(Good { index, key, record }),
        }
        None
    }

    /// What comes after a file.
    fn after(&self, kind: RecordKind, complete: bool) -> Place {
        let nameless = self.seen.structures.nameless || self.seen.services.nameless;
        let phase = match kind {
            RecordKind::Structure => Phase::Services,
            RecordKind::Service if self.options.full && complete && !nameless => Phase::MissingServices,
            RecordKind::Service => Phase::Done,
        };
        self.place.begins(phase)
    }

    /// A transaction: one that only looks when nothing is to be written.
    async fn open(&self) -> Result<Tx, Failure> {
        if self.options.dry_run { self.app.db.look(&self.ctx).await } else { self.app.db.write(&self.ctx).await }
    }

    /// Ends a batch: what it wrote becomes true together with what is kept of it.
    async fn settle(&self, tx: Tx, draft: &Draft, next: &Place) -> Result<(), Failure> {
        let place = next.remembering(&self.seen);
        if !self.options.dry_run {
            self.keeper.keep(&tx, self, draft, &place).await?;
            return tx.commit().await;
        }
        tx.rollback().await?;
        if self.keeper.is_kept() {
            let tx = self.app.db.write(&self.ctx).await?;
            self.keeper.keep(&tx, self, draft, &place).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// A batch is done: the run stands after it.
    fn stands(&mut self, draft: Draft, next: Place) {
        self.report.tallies = draft.tallies;
        self.report.errors.extend(draft.lines);
        self.fresh.clear();
        self.place = next;
    }
}

/// Runs a batch, and again when somebody else's transaction stood against it: both waited for each other, or the other was first.
pub(super) async fn attempts<T>(batch: impl AsyncFn() -> Result<T, Failure>) -> Result<T, Refusal> {
    let mut tried = 1;
    loop {
        match batch().await {
            Err(Failure::Deadlock | Failure::Stale | Failure::Conflict(_) | Failure::Busy) if tried < TRIES => tried += 1,
            other => return Ok(other?),
        }
    }
}
