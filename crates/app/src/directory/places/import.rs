//! Loading places from the official files: every good row in, every bad one in the report, all in one transaction.
//!
//! What the file lacks stays: a file may hold one country, or only the communes of old.

mod file;

use std::collections::{HashMap, HashSet};
use std::io::Read;

use relais_domain::directory::data_inclusion::ImportError;
use relais_domain::directory::{Place, PlaceKind, ZoneCode};
use relais_domain::identity::Actor;
use relais_domain::shared::Country;
use relais_persistence::Failure;
use relais_persistence::directory::{read, write};
use serde::Serialize;
use utoipa::ToSchema;

use self::file::{PlaceFile, Row};
use crate::directory::import::{attempts, unreadable};
use crate::{App, Refusal};

/// What became of the places of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlaceTally {
    /// New here, communes of old included.
    pub created: u64,
    /// Otherwise than here.
    pub updated: u64,
    /// As it was.
    pub unchanged: u64,
    /// Rows that say nothing of their own: communes of old that bear the code of their commune of today.
    pub passed_over: u64,
    /// Refused; the report says why.
    pub refused: u64,
}

/// One thing that is wrong with one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlaceLine {
    /// Its place in the file, from 0; the header does not count.
    pub index: u64,
    /// Its code, where it can be read.
    pub id: Option<String>,
    /// The field, as the file calls it; empty for the row as a whole.
    pub field: String,
    /// The stable code.
    pub code: &'static str,
    /// What was expected, in English. Never the value itself.
    pub detail: String,
}

/// What a load did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlacesReport {
    /// Nothing was written.
    pub dry_run: bool,
    /// The file was read to its end.
    pub complete: bool,
    /// The places.
    pub places: PlaceTally,
    /// Everything that was refused.
    pub errors: Vec<PlaceLine>,
}

/// Loads places from a file: JSON or a table, recognised by its beginning, perhaps compressed by gzip. The gazetteer of this
/// process is exchanged; others read the places again after the event `places.imported`. When nothing changes, nothing is
/// written.
///
/// # Errors
/// `file_unreadable` (400) when reading fails; `busy` (503). What is wrong with a row is in the report, by the codes of
/// [`ImportError`], and: `malformed_json`, `malformed_row`, `record_too_big`, `truncated`, `empty_file`, `unknown_format`,
/// `duplicate`, `other_country`, `unknown_parent`.
pub async fn import_places(app: &App, reader: impl Read, dry_run: bool) -> Result<PlacesReport, Refusal> {
    let load = Load::read(reader, dry_run)?;
    if dry_run {
        return Ok(load.against(read::places(&app.db).await?).report);
    }
    let written = attempts(async || write_all(app, load.clone()).await).await?;
    if written.report.places.created + written.report.places.updated > 0 {
        super::reload(app).await?;
    }
    Ok(written.report)
}

async fn write_all(app: &App, load: Load) -> Result<Settled, Failure> {
    let mut tx = app.db.write(&app.system_ctx(Actor::CommandLine, "import")).await?;
    let settled = load.against(read::places_in(&tx).await?);
    write::put_places(&mut tx, &settled.changed).await?;
    tx.commit().await?;
    Ok(settled)
}

/// The places of a file, before they are compared with those that are here.
#[derive(Clone, Debug)]
struct Load {
    report: PlacesReport,
    places: Vec<Taken>,
    known: HashMap<ZoneCode, usize>,
}

/// A place of the file.
#[derive(Clone, Debug)]
struct Taken {
    index: u64,
    place: Place,
    /// It is only one of the old codes of its commune: the file does not tell its name.
    listed: bool,
}

/// What is to be written, by code, and the report of it.
#[derive(Debug)]
struct Settled {
    report: PlacesReport,
    changed: Vec<Place>,
}

impl Load {
    fn read(reader: impl Read, dry_run: bool) -> Result<Self, Refusal> {
        let report = PlacesReport { dry_run, complete: true, places: PlaceTally::default(), errors: vec![] };
        let mut load = Self { report, places: vec![], known: HashMap::new() };
        let mut file = PlaceFile::open(reader).map_err(unreadable)?;
        loop {
            match file.next_row().map_err(unreadable)? {
                Row::End => return Ok(load),
                Row::Broken { index, code } => {
                    load.report.complete = false;
                    load.report.refuse(index, None, code);
                    return Ok(load);
                }
                Row::Bad { index, code } => load.report.refuse(index, None, code),
                Row::Wrong { index, id, errors } => load.report.refuse_all(index, id, errors),
                Row::Places { index, places } if places.is_empty() => {
                    load.report.places.passed_over += 1;
                    tracing::debug!(index, "a row says nothing of its own");
                }
                Row::Places { index, places } => {
                    let mut places = places.into_iter();
                    places.by_ref().take(1).for_each(|place| load.take(index, place, false));
                    places.for_each(|old| load.take(index, old, true));
                }
            }
        }
    }

    /// Takes a place in. A commune of today counts before one of old with its code; another row with the same code is refused,
    /// unless it is only the list of old codes of its commune.
    fn take(&mut self, index: u64, place: Place, listed: bool) {
        let old = place.kind == PlaceKind::Former;
        if listed && self.known.contains_key(&place.code) {
            return;
        }
        let before = self.known.get(&place.code).and_then(|at| self.places.get_mut(*at));
        match before {
            None => {
                self.known.insert(place.code.clone(), self.places.len());
                self.places.push(Taken { index, place, listed });
            }
            Some(before) if before.listed || (before.place.kind == PlaceKind::Former && !old) => *before = Taken { index, place, listed },
            Some(before) if old && before.place.kind != PlaceKind::Former => self.report.places.passed_over += 1,
            Some(_) => self.report.refuse(index, Some(place.code.to_string()), "duplicate"),
        }
    }

    fn against(self, here: Vec<Place>) -> Settled {
        let Self { mut report, places, known } = self;
        let here: HashMap<ZoneCode, Place> = here.into_iter().map(|place| (place.code.clone(), place)).collect();
        let elsewhere = |code: &ZoneCode, country: Country| here.get(code).is_some_and(|place| place.country != country);
        let foreign = places.iter().map(|taken| &taken.place).filter(|place| elsewhere(&place.code, place.country));
        let refused: HashSet<ZoneCode> = foreign.map(|place| place.code.clone()).collect();
        let leads = |parent: &ZoneCode| here.contains_key(parent) || (known.contains_key(parent) && !refused.contains(parent));
        let mut changed = vec![];
        for Taken { index, mut place, listed } in places {
            if let Some(before) = here.get(&place.code).filter(|_| listed) {
                place.name.clone_from(&before.name);
            }
            if refused.contains(&place.code) {
                report.refuse(index, Some(place.code.to_string()), "other_country");
            } else if place.kind == PlaceKind::Former && !place.parent.as_ref().is_some_and(leads) {
                report.refuse(index, Some(place.code.to_string()), "unknown_parent");
            } else {
                match here.get(&place.code) {
                    None => report.places.created += 1,
                    Some(before) if *before != place => report.places.updated += 1,
                    Some(_) => {
                        report.places.unchanged += 1;
                        continue;
                    }
                }
                changed.push(place);
            }
        }
        changed.sort_unstable_by(|left, right| left.code.cmp(&right.code));
        report.errors.sort_by_key(|line| line.index);
        Settled { report, changed }
    }
}

impl PlacesReport {
    fn refuse(&mut self, index: u64, id: Option<String>, code: &'static str) {
        let (field, detail) = words(code);
        self.places.refused += 1;
        self.errors.push(PlaceLine { index, id, field: field.to_owned(), code, detail: detail.to_owned() });
    }

    fn refuse_all(&mut self, index: u64, id: Option<String>, errors: Vec<ImportError>) {
        self.places.refused += 1;
        let line = |ImportError { field, code, detail }| PlaceLine { index, id: id.clone(), field, code, detail };
        self.errors.extend(errors.into_iter().map(line));
    }
}

/// The field and the words of a code that is ours.
fn words(code: &str) -> (&'static str, &'static str) {
    match code {
        "malformed_json" => ("", "expected a JSON object"),
        "malformed_row" => ("", "expected a line of text in UTF-8"),
        "record_too_big" => ("", "expected at most 1 MB"),
        "truncated" => ("", "the file breaks off here; what came before is taken"),
        "empty_file" => ("", "expected places"),
        "unknown_format" => ("", "expected a JSON array, one JSON object per line, or a table whose header names code and nom"),
        "duplicate" => ("code", "the file has a place with this code already"),
        "other_country" => ("code", "a place of another country has this code"),
        "unknown_parent" => ("parent", "there is no such commune, neither here nor in the file"),
        _ => ("", ""),
    }
}
