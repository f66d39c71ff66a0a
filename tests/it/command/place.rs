//! `relais import places`.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::world::tools::{errors, number};
use crate::world::{Copy, Engine};

const PLACES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../demo/places.csv");

fn tally(report: &Value) -> (u64, u64, u64, u64) {
    let count = |name: &str| report["places"][name].as_u64().unwrap();
    (count("created"), count("updated"), count("unchanged"), count("refused"))
}

pub async fn places(engine: Engine) {
    let copy = Copy::empty(engine).await;
    let import = ["import", "places", PLACES, "--json"];
    let mut dry = copy.tells(&[&import[..], &["--dry-run"]].concat());
    let database = copy.connect().await;
    for table in ["place", "event"] {
        assert_eq!(number(&database, &format!("SELECT count(*) FROM {table}")).await, 0, "a dry run wrote to {table}");
    }
    let first = copy.tells(&import);
    assert_eq!((&dry["dry_run"], &first["dry_run"]), (&json!(true), &json!(false)));
    dry["dry_run"] = json!(false);
    assert_eq!(dry, first, "a dry run gives the same report");
    let (created, updated, unchanged, refused) = tally(&first);
    assert!(created >= 60 && (updated, unchanged, refused) == (0, 0, 0), "{first}");
    assert_eq!(number(&database, "SELECT count(*) FROM place").await.unsigned_abs(), created);
    let events = "SELECT count(*) FROM event WHERE kind = 'places.imported'";
    assert_eq!(number(&database, events).await, 1, "a load is one event");
    assert_eq!(tally(&copy.tells(&import)), (0, 0, created, 0));
    assert_eq!(number(&database, events).await, 1, "the second changes nothing");

    let file = copy.folder.join("places.txt");
    let load = |text: &[u8]| {
        std::fs::write(&file, text).unwrap();
        copy.tells(&["import", "places", file.to_str().unwrap(), "--json"])
    };
    let bad = load(b"nom;code;longitude;latitude\nBondues;59090;3.0942;50.7028\nNulle Part;59xyz;3;50\nLoin;59091;3;\n;59092;;\n");
    assert_eq!(tally(&bad), (1, 0, 0, 3), "{bad}");
    let lines: Vec<_> =
        bad["errors"].as_array().unwrap().iter().map(|line| (line["index"].as_u64().unwrap(), line["field"].as_str().unwrap())).collect();
    assert_eq!(lines, [(1, "code"), (2, "latitude"), (3, "nom")]);
    let cut = load(b"[{\"code\": \"59090\", \"nom\": \"Bondues\"}, {\"code\": \"590");
    assert_eq!((&cut["complete"], &cut["errors"][0]["code"], tally(&cut)), (&json!(false), &json!("truncated"), (0, 1, 0, 1)));
    for (text, code) in [(&b""[..], "empty_file"), (b"\x00\x01\x02", "unknown_format"), (b"\x1f\x8b\x08\x00", "truncated")] {
        let none = load(text);
        assert_eq!((&none["errors"][0]["code"], &none["complete"]), (&json!(code), &json!(false)));
    }
    let printed = copy.runs(&["import", "places", PLACES]);
    let said = String::from_utf8(printed.stdout).unwrap();
    assert!(said.starts_with("places ") && said.contains(" unchanged"), "{said}");
    let missing = copy.runs(&["import", "places", "/nowhere/places.csv"]);
    assert_eq!((missing.status.code(), missing.stdout.is_empty()), (Some(1), true), "{}", errors(&missing));
    many(&copy, &file);
    database.close().await.unwrap();
    copy.drop_database().await;
}

/// More rows than one statement takes go in whole, and once.
fn many(copy: &Copy, file: &std::path::Path) {
    let mut text = "code,nom,pays\n".to_owned();
    for number in 0..9_000 {
        writeln!(text, "GM{number:04},Plaats {number},NL").unwrap();
    }
    std::fs::write(file, text).unwrap();
    let report = copy.tells(&["import", "places", file.to_str().unwrap(), "--json"]);
    let (created, updated, unchanged, refused) = tally(&report);
    assert_eq!((created + updated, unchanged, refused), (9_000, 0, 0));
    assert_eq!(tally(&copy.tells(&["import", "places", file.to_str().unwrap(), "--json"])), (0, 0, 9_000, 0));
}
