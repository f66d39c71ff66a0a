use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::{ROOMS, entries};

/// What stands before a code in the sources.
const FORMS: &[&str] = &[
    "Blocker::state(\"",
    "Blocker::content(\"",
    "Blocker::permission(\"",
    "state_blocker(\"",
    "Barred(\"",
    "BadRequest(\"",
    "Conflict(\"",
    "Unauthenticated(\"",
    "Missing(\"",
    "Refusal::invalid(\"",
    "blocked(\"",
    "Self::invalid(\"",
    "report(\"",
];

/// Places that hand on codes in other ways: file, what stands before the code.
const OTHERS: &[(&str, &[&str])] = &[
    ("http/src/door/strict.rs", &["=> \""]),
    ("http/src/door/validate.rs", &["at(\""]),
    ("http/src/door/parameters.rs", &["ok_or(\"", "map_err(|_| \"", "Err(\""]),
    (
        "http/src/problem.rs",
        &["NotFound => (\"", "(_) => (\"", "{ .. } => (\"", "Required => (\"", "Deadlock => (\"", "Warming => (\"", "StoreAway => (\""],
    ),
    (
        "domain/src/document.rs",
        &[
            "Mismatch = \"",
            "UnpackedTooBig = \"",
            "Active = \"",
            "MalwareFound = \"",
            "Unreadable = \"",
            "NotChecked = \"",
            "ActiveContent = \"",
        ],
    ),
    ("domain/src/referral/leg.rs", &["State::Held => \"", "State::Refused => \"", "Superseded => \""]),
    ("domain/src/referral/answer.rs", &["UnderReview, \"", "Waitlisted, \""]),
    ("domain/src/referral/form.rs", &["is_none(), \""]),
    ("domain/src/directory/publishing.rs", &["Some(\""]),
    ("domain/src/shared/identifier.rs", &["Malformed => \"", "WrongCheckDigit => \"", "Forbidden => \""]),
    ("app/src/identity/standing.rs", &["Link(_)) { \"", "else { \""]),
];

fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "target" && name != "tests") {
                sources(&path, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
            found.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
        }
    }
}

fn codes_after(text: &str, form: &str) -> Vec<String> {
    // A call may be broken over lines.
    let squeezed = text.split_whitespace().collect::<Vec<_>>().join(" ").replace("( \"", "(\"");
    let candidates = squeezed.split(form).skip(1).filter_map(|rest| rest.split('"').next());
    candidates
        .filter(|code| !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'))
        .map(ToOwned::to_owned)
        .collect()
}

#[test]
fn every_code_of_the_sources_is_in_the_catalogue() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut files = vec![];
    ["domain", "app", "persistence", "http"]
        .iter()
        .map(|name| crates.join(name).join("src"))
        .filter(|folder| folder.is_dir())
        .for_each(|folder| sources(&folder, &mut files));
    let known: BTreeSet<&str> = entries().map(|entry| entry.0).collect();
    let mut missing = BTreeSet::new();
    for (path, text) in &files {
        let own = OTHERS.iter().filter(|(file, _)| path.replace('\\', "/").ends_with(file)).flat_map(|(_, forms)| forms.iter());
        for form in FORMS.iter().chain(own) {
            let codes = codes_after(text, form);
            missing.extend(codes.into_iter().filter(|code| !known.contains(code.as_str())).map(|code| format!("{code} ({path})")));
        }
    }
    assert!(missing.is_empty(), "not in the catalogue: {missing:#?}");
}

#[test]
fn the_catalogue_is_sound() {
    let mut seen = BTreeSet::new();
    for entry in entries() {
        let super::Entry(code, status, english, french, advice) = entry;
        assert!(seen.insert(*code), "{code} is there twice");
        assert!((400..=599).contains(status), "{code}");
        for words in [english, french, advice] {
            assert!(!words.is_empty() && words.trim() == *words, "{code}");
        }
        assert!(!english.ends_with('.') && !french.ends_with('.') && advice.ends_with('.'), "{code}");
        assert!(!french.contains('\'') && !french.contains(" :") && !french.contains(" ;") && !french.contains(" ?"), "{code}: {french}");
    }
    for room in ROOMS {
        let order: Vec<_> = room.iter().map(|entry| (entry.1, entry.0)).collect();
        assert!(order.is_sorted(), "{order:?}");
    }
}
