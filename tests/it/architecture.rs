//! The house keeps its floors: arrows go down only, and each floor has the third-party crates that it has business with.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// What each floor may use: our own crates below it, then everybody else's.
const FLOORS: &[(&str, &[&str], &[&str])] = &[
    (
        "relais-domain",
        &[],
        &[
            "chrono",
            "csv",
            "opening-hours",
            "opening-hours-syntax",
            "phonenumber",
            "sea-orm",
            "serde",
            "serde_json",
            "thiserror",
            "unicode-normalization",
            "utoipa",
            "uuid",
            "validator",
        ],
    ),
    ("relais-migrations", &[], &["async-trait", "sea-orm-migration", "uuid"]),
    (
        "relais-persistence",
        &["relais-domain", "relais-migrations"],
        &[
            "async-trait",
            "aws-lc-rs",
            "base64",
            "chrono",
            // A membership begins and ends by the date of its organisation's zone.
            "chrono-tz",
            "sea-orm",
            "sea-query-sqlx",
            "serde",
            "serde_json",
            "sqlx",
            "thiserror",
            "tokio",
            "tracing",
            "utoipa",
            "uuid",
        ],
    ),
    (
        "relais-adapters",
        &["relais-domain"],
        &[
            "argon2",
            "aws-lc-rs",
            "base64",
            "chrono",
            // Packed documents are unpacked to be judged; sheets and letters are read by what XML and PDF are made of.
            "flate2",
            "futures-util",
            "jsonwebtoken",
            "lettre",
            "memchr",
            // The process that reads documents limits itself.
            "nix",
            "object_store",
            "pdf-extract",
            "quick-xml",
            "serde",
            "serde_json",
            "tantivy",
            "thiserror",
            "tokio",
            "totp-rs",
            "tracing",
            "uuid",
        ],
    ),
    (
        "relais-app",
        &["relais-domain", "relais-persistence", "relais-adapters"],
        &[
            "base64",
            "chrono",
            "chrono-tz",
            "csv",
            "flate2",
            "minijinja",
            "rust_xlsxwriter",
            "serde",
            "serde_json",
            "thiserror",
            "tokio",
            "tracing",
            "utoipa",
            "uuid",
        ],
    ),
    (
        "relais-http",
        &["relais-domain", "relais-app"],
        &[
            "actix-cors",
            "actix-web",
            "chrono",
            "futures-util",
            "governor",
            "jsonschema",
            "prometheus",
            "serde",
            "serde_json",
            "tokio",
            "tracing",
            "unicode-normalization",
            "utoipa",
            "utoipa-actix-web",
            "utoipa-swagger-ui",
            "uuid",
        ],
    ),
    (
        "relais-server",
        &["relais-domain", "relais-persistence", "relais-adapters", "relais-app", "relais-http"],
        &[
            "chrono",
            "clap",
            "indicatif",
            "tikv-jemallocator",
            "reqwest",
            "serde",
            "serde_json",
            "tokio",
            "tracing",
            "tracing-subscriber",
            "uuid",
        ],
    ),
    ("relais-bench", &[], &["chrono", "clap", "serde_json", "sqlx", "tokio", "uuid"]),
];

fn packages() -> BTreeMap<String, BTreeSet<String>> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let output = Command::new(cargo).args(["metadata", "--no-deps", "--format-version", "1", "--offline"]).output().unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap().iter().map(|package| {
        let needs = package["dependencies"].as_array().unwrap().iter().filter(|needed| needed["kind"].is_null());
        let needs = needs.map(|needed| needed["name"].as_str().unwrap().to_owned()).collect();
        (package["name"].as_str().unwrap().to_owned(), needs)
    });
    packages.collect()
}

#[test]
fn arrows_go_down_and_every_crate_has_business_on_its_floor() {
    let packages = packages();
    assert_eq!(packages.len(), FLOORS.len(), "a crate that is on no floor: {:?}", packages.keys());
    for (floor, below, others) in FLOORS {
        for needed in &packages[*floor] {
            let allowed = below.contains(&needed.as_str()) || others.contains(&needed.as_str());
            assert!(allowed, "{floor} must not use {needed}");
        }
    }
}

/// The rooms that a room may use on its own floor. Whoever adds a line here says why the house needs one more door.
const DOORS: &[(&str, &str, &[&str])] = &[
    ("domain", "directory", &["access"]),
    ("domain", "eligibility", &["directory"]),
    ("domain", "identity", &["access", "referral"]),
    // What a mail tells is what its reader may read.
    ("domain", "message", &["access"]),
    ("domain", "person", &["access", "referral"]),
    ("domain", "referral", &["document", "eligibility"]),
    ("domain", "report", &["referral"]),
    ("domain", "task", &["referral"]),
    ("persistence", "audit", &["access", "platform"]),
    ("persistence", "directory", &["access", "identity"]),
    // A file is held by the referrals that refer to it.
    ("persistence", "document", &["referral"]),
    ("persistence", "identity", &["access", "referral"]),
    ("persistence", "message", &["directory", "identity", "referral"]),
    // What is held on a person lies in all these rooms; the export and the erasure walk through them.
    ("persistence", "person", &["access", "audit", "document", "identity", "message", "referral"]),
    ("persistence", "platform", &["access", "identity"]),
    ("persistence", "report", &["access", "directory", "identity", "referral"]),
    ("persistence", "task", &["access", "message", "referral"]),
    ("persistence", "referral", &["access", "directory", "identity", "message", "person"]),
    // Owners and readers are told by mail of what happens to entries.
    ("app", "directory", &["document", "message"]),
    // A link to a file opens what its maker may read when it is opened.
    ("app", "document", &["identity", "message"]),
    // Whoever is forgotten is forgotten with their files.
    ("app", "person", &["document"]),
    ("app", "eligibility", &["directory"]),
    ("app", "identity", &["message"]),
    // The worker does what other rooms have left it to do: mails, clocks of referrals, imports, alerts, exports, files.
    ("app", "platform", &["directory", "document", "message", "person", "referral", "report"]),
    ("app", "task", &["message", "referral"]),
    // Files follow the legs that refer to them; whoever is referred is kept as a record, and what is told of them leaves a receipt.
    ("app", "referral", &["directory", "document", "eligibility", "identity", "message", "person"]),
    // What is taken out is what the list shows, to whoever asked, as long as they may.
    ("app", "report", &["identity", "message", "referral"]),
];

const ROOMS: &[&str] =
    &["access", "audit", "directory", "document", "eligibility", "identity", "message", "person", "platform", "referral", "report", "task"];

/// The Rust files of a floor, with the room that each is in.
fn files_of(floor: &str) -> Vec<(String, std::path::PathBuf)> {
    let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(floor).join("src");
    let mut folders = vec![source.clone()];
    let mut files = vec![];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") && !path.to_string_lossy().contains("tests") {
                let room = path.strip_prefix(&source).unwrap().iter().next().unwrap().to_string_lossy().trim_end_matches(".rs").to_owned();
                files.push((room, path));
            }
        }
    }
    files
}

/// The rooms that a file names as `crate::room` or `crate::{room, …}`.
fn rooms_named(text: &str) -> BTreeSet<&'static str> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let mentions = code.flat_map(|line| line.split("crate::").skip(1).map(|rest| rest.split(';').next().unwrap_or_default()));
    let mut named = BTreeSet::new();
    for mention in mentions {
        let words: Vec<_> = match mention.strip_prefix('{') {
            Some(list) => list.split(',').map(|item| item.trim().split("::").next().unwrap_or_default()).collect(),
            None => vec![mention.split("::").next().unwrap_or_default()],
        };
        let word_of = |word: &str| word.trim_matches(|c: char| !c.is_ascii_lowercase()).to_owned();
        named.extend(ROOMS.iter().filter(|room| words.iter().any(|word| word_of(word) == **room)).copied());
    }
    named
}

#[test]
fn rooms_use_one_another_through_the_known_doors_only() {
    for floor in ["domain", "persistence", "app", "http"] {
        for (room, path) in files_of(floor).into_iter().filter(|(room, _)| ROOMS.contains(&room.as_str())) {
            let text = std::fs::read_to_string(&path).unwrap();
            let doors = DOORS.iter().find(|(there, from, _)| *there == floor && *from == room).map_or(&[][..], |(_, _, to)| to);
            for other in rooms_named(&text).into_iter().filter(|other| *other != room) {
                assert!(doors.contains(&other), "{}: {room} must not use {other}", path.display());
            }
        }
    }
}

#[test]
fn use_cases_of_two_rooms_never_call_each_other_in_a_circle() {
    let doors: BTreeMap<_, _> = DOORS.iter().filter(|(floor, _, _)| *floor == "app").map(|(_, from, to)| (*from, *to)).collect();
    for start in doors.keys() {
        let mut reached = BTreeSet::new();
        let mut next: Vec<&str> = doors[start].to_vec();
        while let Some(room) = next.pop() {
            assert_ne!(room, *start, "a circle through {start}");
            if reached.insert(room) {
                next.extend(doors.get(room).copied().unwrap_or_default());
            }
        }
    }
}

/// All that is written here to run: Rust, SQL, scripts and pages.
fn sources() -> Vec<std::path::PathBuf> {
    let house = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut folders: Vec<_> = ["bench", "crates", "demo", "migrations", "scripts", "tests"].iter().map(|name| house.join(name)).collect();
    let mut files = vec![];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
            if path.is_dir() {
                folders.push(path);
            } else if ["rs", "sql", "sh", "py", "js", "css", "html"].contains(&ending) {
                files.push(path);
            }
        }
    }
    files
}

#[test]
fn nothing_is_left_for_later() {
    // Put together here, so that the test does not find itself.
    let marks = [["TO", "DO"], ["FIX", "ME"], ["to", "do!("], ["unimple", "mented!("]].map(|halves| halves.concat());
    let sources = sources();
    assert!(sources.iter().any(|path| path.ends_with("it/architecture.rs")) && sources.len() > 400, "only {} files", sources.len());
    for path in sources {
        let text = std::fs::read_to_string(&path).unwrap();
        for (line, words) in text.lines().enumerate() {
            let left = marks.iter().find(|mark| words.contains(mark.as_str()));
            assert_eq!(left, None, "{}:{}", path.display(), line + 1);
        }
    }
}
