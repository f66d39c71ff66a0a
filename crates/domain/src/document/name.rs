//! The name of a file: data, never a path.

use unicode_normalization::UnicodeNormalization as _;

use super::FileType;
use crate::shared::{Blocked, Blocker, contains_nir};

crate::text! {
    /// The name of a file, as the person who uploaded it sees it.
    FileName, max = 64
}

/// Where the name stands in a refusal.
const PLACE: &str = "/name";

/// What makes a name look like a path, or like another name than it is.
fn is_unfit(c: char) -> bool {
    let turns_around = matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    c.is_control() || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | '\u{2028}' | '\u{2029}') || turns_around
}

/// Judges the name of a file.
///
/// # Errors
/// 422, all at once: `file_name_invalid` (empty, a path, control characters), `file_name_too_long` (over 64 characters),
/// `extension_missing`, `extension_forbidden`, `forbidden_identifier` (a French social security number).
pub fn judge_name(raw: &str) -> Result<(FileName, FileType), Blocked> {
    let name: String = raw.nfc().collect();
    let name = name.trim();
    let mut found = vec![];
    if name.is_empty() || name.starts_with('.') || name.contains("..") || name.chars().any(is_unfit) {
        found.push(Blocker::content("file_name_invalid").at(PLACE));
    }
    if name.chars().count() > FileName::MAX {
        found.push(Blocker::content("file_name_too_long").at(PLACE).with("max", FileName::MAX));
    }
    let ending = name.rsplit_once('.').filter(|(stem, ending)| !stem.trim().is_empty() && !ending.is_empty()).map(|(_, ending)| ending);
    let kind: Option<FileType> = ending.and_then(|ending| ending.to_lowercase().parse().ok());
    if ending.is_none() {
        found.push(Blocker::content("extension_missing").at(PLACE));
    } else if kind.is_none() {
        let allowed: Vec<&str> = FileType::ALL.iter().map(|kind| kind.code()).collect();
        found.push(Blocker::content("extension_forbidden").at(PLACE).with("allowed", allowed));
    }
    // An underscore stands for a space in names of files.
    if contains_nir(name) || contains_nir(&name.replace('_', " ")) {
        found.push(Blocker::content("forbidden_identifier").at(PLACE));
    }
    Blocked::unless_empty(found)?;
    match (name.parse(), kind) {
        (Ok(name), Some(kind)) => Ok((name, kind)),
        _ => Err(Blocker::content("file_name_invalid").at(PLACE).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("cv.pdf", FileType::Pdf)]
    #[case("  Pièce d’identité (recto).JPG ", FileType::Jpg)]
    #[case("relevé.v2.Xlsx", FileType::Xlsx)]
    fn good_names(#[case] raw: &str, #[case] kind: FileType) {
        let (name, found) = judge_name(raw).unwrap();
        assert_eq!((name.as_str(), found), (raw.trim(), kind));
    }

    #[rstest]
    #[case("", &["file_name_invalid", "extension_missing"])]
    #[case("cv", &["extension_missing"])]
    #[case("cv.", &["extension_missing"])]
    #[case(".pdf", &["file_name_invalid", "extension_missing"])]
    #[case("cv.exe", &["extension_forbidden"])]
    #[case("cv.docm", &["extension_forbidden"])]
    #[case("../../etc/cv.pdf", &["file_name_invalid"])]
    #[case("C:\\cv.pdf", &["file_name_invalid"])]
    #[case("cv\u{202e}fdp.pdf", &["file_name_invalid"])]
    #[case("cv\0.pdf", &["file_name_invalid"])]
    #[case("185057800608491.pdf", &["forbidden_identifier"])]
    #[case("carte_1_85_05_78_006_084_91.png", &["forbidden_identifier"])]
    #[case("a/185057800608491.exe", &["file_name_invalid", "extension_forbidden", "forbidden_identifier"])]
    fn bad_names(#[case] raw: &str, #[case] codes: &[&str]) {
        let found: Vec<_> = judge_name(raw).unwrap_err().0.into_iter().map(|blocker| blocker.code).collect();
        assert_eq!(found, codes, "{raw}");
    }

    #[test]
    fn a_name_has_64_characters_at_most() {
        assert!(judge_name(&format!("{}.pdf", "é".repeat(60))).is_ok());
        assert_eq!(judge_name(&format!("{}.pdf", "é".repeat(61))).unwrap_err().0[0].code, "file_name_too_long");
    }
}
