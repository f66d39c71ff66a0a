//! What an import did, and why records were refused.

use std::io::Write;

use relais_domain::directory::RecordKind;
use relais_domain::directory::data_inclusion::ImportError;
use relais_persistence::directory::view::{Tallies, Tally};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Outcome;

/// How many errors a report keeps; the rest is counted.
pub const MOST_LINES: u64 = 10_000;

/// One thing that is wrong with one record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
    pub code: String,
    /// What was expected, in English. Never the value itself.
    pub detail: String,
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// Nothing was written.
    pub dry_run: bool,
    /// The numbers.
    #[serde(flatten)]
    pub tallies: Tallies,
    /// What was refused, the first ten thousand errors.
    pub errors: Vec<ReportLine>,
}

impl ImportReport {
    /// Writes the errors as CSV (RFC 4180), with a head. What a spreadsheet would take for a formula is a text.
    ///
    /// # Errors
    /// As the writer.
    pub fn write_csv(&self, to: impl Write) -> std::io::Result<()> {
        write_csv(&self.errors, to)
    }
}

/// Writes lines of a report as CSV.
pub(super) fn write_csv(lines: &[ReportLine], to: impl Write) -> std::io::Result<()> {
    let mut csv = csv::Writer::from_writer(to);
    csv.write_record(["kind", "index", "id", "field", "code", "detail"])?;
    for ReportLine { kind, index, id, field, code, detail } in lines {
        let texts = [id.as_deref().unwrap_or_default(), field.as_str(), code.as_str(), detail.as_str()].map(plain);
        let index = index.to_string();
        csv.write_record([kind.code(), &index].into_iter().chain(texts.iter().map(String::as_str)))?;
    }
    csv.flush()
}

/// A cell that no spreadsheet calculates: an apostrophe stands before what could begin a formula.
fn plain(text: &str) -> String {
    let risky = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if risky { format!("'{text}") } else { text.to_owned() }
}

/// What a batch adds to a report: the numbers as they are after it, and its lines.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    pub tallies: Tallies,
    pub lines: Vec<ReportLine>,
}

impl Draft {
    pub(super) const fn tally(&mut self, kind: RecordKind) -> &mut Tally {
        match kind {
            RecordKind::Structure => &mut self.tallies.structures,
            RecordKind::Service => &mut self.tallies.services,
        }
    }

    fn add(&mut self, line: ReportLine) {
        self.tallies.error_count += 1;
        if self.tallies.error_count <= MOST_LINES {
            self.lines.push(line);
        } else {
            self.tallies.errors_truncated = true;
        }
    }

    /// Refuses a record for a reason of the import itself.
    pub(super) fn refuse(&mut self, kind: RecordKind, index: u64, id: Option<String>, code: &str) {
        let (field, detail) = words(code);
        self.tally(kind).refused += 1;
        self.add(ReportLine { kind, index, id, field: field.to_owned(), code: code.to_owned(), detail: detail.to_owned() });
    }

    /// Refuses a record for all that is wrong with it.
    pub(super) fn refuse_all(&mut self, kind: RecordKind, index: u64, id: Option<&str>, errors: Vec<ImportError>) {
        self.tally(kind).refused += 1;
        for ImportError { field, code, detail } in errors {
            self.add(ReportLine { kind, index, id: id.map(ToOwned::to_owned), field, code: code.to_owned(), detail });
        }
    }

    /// Counts what became of a good record.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn line(id: &str) -> ReportLine {
        let text = |text: &str| text.to_owned();
        ReportLine {
            kind: RecordKind::Service,
            index: 3,
            id: Some(text(id)),
            field: text("nom"),
            code: text("too_long"),
            detail: text("a, \"b\""),
        }
    }

    #[test]
    fn no_cell_is_a_formula() {
        let lines: Vec<_> = ["=1+1", "+33", "-2", "@x", "\t=1", "\r=1", "plain", "a=b"].map(line).into();
        let mut told = vec![];
        write_csv(&lines, &mut told).unwrap();
        let mut csv = csv::Reader::from_reader(told.as_slice());
        let cells: Vec<String> = csv.records().map(|record| record.unwrap()[2].to_owned()).collect();
        assert_eq!(cells, ["'=1+1", "'+33", "'-2", "'@x", "'\t=1", "'\r=1", "plain", "a=b"]);
        assert!(
            String::from_utf8(told)
                .unwrap()
                .starts_with("kind,index,id,field,code,detail\nservice,3,'=1+1,nom,too_long,\"a, \"\"b\"\"\"\n")
        );
    }

    #[test]
    fn a_report_is_bounded_and_counts_on() {
        let mut draft = Draft::default();
        for index in 0..MOST_LINES + 5 {
            draft.refuse(RecordKind::Service, index, None, "malformed_json");
        }
        assert_eq!((draft.lines.len() as u64, draft.tallies.error_count), (MOST_LINES, MOST_LINES + 5));
        assert!(draft.tallies.errors_truncated);
        assert_eq!(draft.tallies.services.refused, MOST_LINES + 5);
    }
}
