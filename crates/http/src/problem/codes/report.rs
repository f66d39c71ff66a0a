//! Codes of reports and exports.

use super::Entry;

/// The codes.
pub const CODES: &[Entry] = &[
    Entry(
        "export_expired",
        409,
        "The file is no longer kept",
        "Le fichier n’est plus conservé",
        "Files are kept for 24 hours, and no longer than what is in them may be read as it was: a right that changed, a consent that was withdrawn or a person who was erased ends them. What was streamed is not kept at all. Ask for a new export.",
    ),
    Entry(
        "export_not_ready",
        409,
        "The file is not ready",
        "Le fichier n’est pas prêt",
        "Wait until `state` of the export is `done`; when it is `failed`, ask for a new one.",
    ),
    Entry(
        "too_many_rows",
        422,
        "The workbook cannot hold so many rows",
        "Le classeur ne peut pas contenir autant de lignes",
        "A sheet holds 1 048 575 rows. Narrow the filter, or take the list out as CSV.",
    ),
];
