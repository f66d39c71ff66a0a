//! What is kept of an import under way: nothing when it reads files on this machine, and everything that another worker needs
//! to go on when it was asked for over the API.

use std::path::PathBuf;

use relais_domain::directory::{RecordKind, SourceKey};
use relais_domain::shared::ids::ImportId;
use relais_persistence::directory::import::{self, Run as Row};
use relais_persistence::directory::view::{Kept, RunOptions, Tallies};
use relais_persistence::{Ctx, Failure, Tx};
use serde::{Deserialize, Serialize};

use super::feed::Mark;
use super::report::Draft;
use super::seen::SeenOfBoth;
use super::source::Reader;
use super::{ImportOptions, ImportReport, Run};
use crate::{App, Refusal};

/// The file of parts that holds the keys of the structures, and of the services.
const SEEN: [&str; 2] = ["seen-structures", "seen-services"];
/// The file of parts that holds the lines of the report.
pub(super) const REPORT: &str = "report";

/// What is done now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Phase {
    #[default]
    Structures,
    Services,
    MissingServices,
    MissingStructures,
    Done,
}

/// Where an import stands between two batches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Place {
    pub phase: Phase,
    /// In the file that is read.
    pub mark: Mark,
    /// The number of the next batch: no two workers do the same one.
    pub batch: i32,
    /// Which of the sources is looked through for what is missing, and after which id at the source.
    pub source: usize,
    pub after: Option<String>,
    pub structure_sources: Vec<SourceKey>,
    pub service_sources: Vec<SourceKey>,
    pub nameless: bool,
}

impl Place {
    /// The next batch, from this mark on.
    pub(super) fn at(&self, mark: Mark) -> Self {
        Self { mark, batch: self.batch + 1, ..self.clone() }
    }

    /// The next batch, at the beginning of something else.
    pub(super) fn begins(&self, phase: Phase) -> Self {
        Self { phase, source: 0, after: None, ..self.at(Mark::default()) }
    }

    /// With what has to be known of the feed beside its keys.
    pub(super) fn remembering(&self, seen: &SeenOfBoth) -> Self {
        Self {
            structure_sources: seen.structures.sources.iter().cloned().collect(),
            service_sources: seen.services.sources.iter().cloned().collect(),
            nameless: seen.structures.nameless || seen.services.nameless,
            ..self.clone()
        }
    }
}

/// Where the files are, and what is kept.
pub(super) enum Keeper {
    /// Files of this machine; nothing is kept.
    Files { structures: PathBuf, services: PathBuf },
    /// An import of the API.
    Row { id: ImportId, kept: Box<Kept> },
}

impl Keeper {
    /// The file of one kind, from where the import stands.
    pub(super) fn reader(&self, app: &App, kind: RecordKind, place: &Place) -> Result<Reader, Refusal> {
        match (self, kind) {
            (Self::Files { structures, .. }, RecordKind::Structure) => Reader::file(structures),
            (Self::Files { services, .. }, RecordKind::Service) => Reader::file(services),
            (Self::Row { id, kept }, kind) => {
                let upload = if kind == RecordKind::Structure { &kept.structures } else { &kept.services };
                let upload = upload.as_ref().ok_or(Refusal::BadRequest("file_unreadable"))?;
                Ok(Reader::upload(&app.db, *id, upload, place.mark))
            }
        }
    }

    pub(super) const fn is_kept(&self) -> bool {
        matches!(self, Self::Row { .. })
    }

    /// Keeps what a batch leaves behind.
    pub(super) async fn keep(&self, tx: &Tx, run: &Run<'_>, draft: &Draft, place: &Place) -> Result<(), Failure> {
        let Self::Row { id, kept } = self else { return Ok(()) };
        let (number, [structures, services]) = (run.place.batch, SEEN);
        let seen = if run.place.phase == Phase::Structures { structures } else { services };
        import::put_part(tx, *id, seen, number, run.fresh.clone()).await?;
        if !draft.lines.is_empty() {
            import::put_part(tx, *id, REPORT, number, json(&draft.lines)?.to_string().into_bytes()).await?;
        }
        let kept = Kept { progress: run.progress(), place: json(place)?, ..(**kept).clone() };
        if import::note(tx, *id, json(&kept)?, json(&draft.tallies)?).await? { Ok(()) } else { Err(Failure::Missing) }
    }
}

pub(super) fn json(value: &impl Serialize) -> Result<serde_json::Value, Failure> {
    serde_json::to_value(value).map_err(|error| Failure::Failed(error.to_string()))
}

pub(super) fn told<T: serde::de::DeserializeOwned>(value: serde_json::Value) -> Result<T, Refusal> {
    serde_json::from_value(value).map_err(|error| Refusal::Failed(format!("an import's row: {error}")))
}

impl<'a> Run<'a> {
    /// An import of the API, where the last worker left it.
    pub(super) async fn resume(app: &'a App, ctx: Ctx, row: Row) -> Result<Self, Refusal> {
        let RunOptions { source, full, dry_run } = told(row.options)?;
        let kept: Kept = row.progress.map(told).transpose()?.unwrap_or_default();
        let place: Place = if kept.place.is_null() { Place::default() } else { told(kept.place.clone())? };
        let tallies: Tallies = row.report.map(told).transpose()?.unwrap_or_default();
        let keeper = Keeper::Row { id: row.id, kept: Box::new(kept) };
        let mut run = Run::begin(app, ctx, ImportOptions { dry_run, full, source }, keeper);
        run.report = ImportReport { dry_run, tallies, errors: vec![] };
        let [structures, services] = SEEN;
        for (seen, file) in [(&mut run.seen.structures, structures), (&mut run.seen.services, services)] {
            for part in import::parts(&app.db, row.id, file).await? {
                seen.recalls(&part);
            }
        }
        run.seen.structures.sources = place.structure_sources.iter().cloned().collect();
        run.seen.services.sources = place.service_sources.iter().cloned().collect();
        run.seen.services.nameless = place.nameless;
        run.place = place;
        Ok(run)
    }
}
