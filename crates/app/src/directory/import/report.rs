//! What an import did, and why records were refused.

use relais_domain::directory::RecordKind;
use relais_domain::directory::data_inclusion::ImportError;
use serde::Serialize;
use utoipa::ToSchema;

use super::Outcome;

/// How far an import has come.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// The kind of record that is read now.
    pub kind: RecordKind,
    /// How many of it were read.
    pub records: u64,
    /// How much of the file was read.
    pub bytes: u64,
    /// The size of the file.
    pub of_bytes: u64,
}

/// What became of the records of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Tally {
    /// New here.
    pub created: u64,
    /// Newer than here.
    pub updated: u64,
    /// Back in the feed, and public again.
    pub restored: u64,
    /// As it was.
    pub unchanged: u64,
    /// Refused; the report says why.
    pub refused: u64,
    /// Missing from a full feed, and suspended.
    pub suspended: u64,
}

impl Tally {
    /// How many records were read.
    pub const fn read(&self) -> u64 {
        self.created + self.updated + self.restored + self.unchanged + self.refused
    }
}

/// One thing that is wrong with one record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReportLine {
    /// The kind of record.
    pub kind: RecordKind,
    /// Its place in the file, from 0.
    pub index: u64,
    /// Its id, where it can be read.
    pub id: Option<String>,
    /// The field; empty for the record as a whole.
    pub field: String,
    /// The stable code.
    pub code: &'static str,
    /// What was expected, in English. Never the value itself.
    pub detail: String,
}

/// What an import did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportReport {
    /// Nothing was written.
    pub dry_run: bool,
    /// Both files were read to their end.
    pub complete: bool,
    /// The structures.
    pub structures: Tally,
    /// The services.
    pub services: Tally,
    /// Everything that was refused.
    pub errors: Vec<ReportLine>,
}

impl ImportReport {
    pub(super) fn new(dry_run: bool) -> Self {
        Self { dry_run, complete: true, structures: Tally::default(), services: Tally::default(), errors: Vec::new() }
    }

    pub(super) const fn tally(&mut self, kind: RecordKind) -> &mut Tally {
        match kind {
            RecordKind::Structure => &mut self.structures,
            RecordKind::Service => &mut self.services,
        }
    }

    pub(super) fn refuse(&mut self, kind: RecordKind, index: u64, id: Option<String>, code: &'static str) {
        let (field, detail) = words(code);
        self.tally(kind).refused += 1;
        self.errors.push(ReportLine { kind, index, id, field: field.to_owned(), code, detail: detail.to_owned() });
    }

    pub(super) fn refuse_all(&mut self, kind: RecordKind, index: u64, id: Option<String>, errors: Vec<ImportError>) {
        self.tally(kind).refused += 1;
        let line = |ImportError { field, code, detail }| ReportLine { kind, index, id: id.clone(), field, code, detail };
        self.errors.extend(errors.into_iter().map(line));
    }

    pub(super) fn count(&mut self, kind: RecordKind, index: u64, id: &str, outcome: Outcome) {
        let tally = self.tally(kind);
        match outcome {
            Outcome::Created => tally.created += 1,
            Outcome::Updated => tally.updated += 1,
            Outcome::Restored => tally.restored += 1,
            Outcome::Unchanged => tally.unchanged += 1,
            Outcome::NoStructure => self.refuse(kind, index, Some(id.to_owned()), "unknown_structure"),
        }
    }
}

/// The field and the words of a code that is ours.
fn words(code: &str) -> (&'static str, &'static str) {
    match code {
        "malformed_json" => ("", "expected a JSON object"),
        "record_too_big" => ("", "expected at most 1 MB"),
        "truncated" => ("", "the file ends within a record or without closing the array; nothing is taken for missing"),
        "empty_file" => ("", "expected a JSON array, or one object per line; nothing is taken for missing"),
        "duplicate" => ("id", "the feed has this record already"),
        "other_source" => ("source", "the feed may hold one source only"),
        "unknown_structure" => ("structure_id", "there is no such structure, neither here nor in the feed"),
        _ => ("", ""),
    }
}
