//! `relais import services` and `relais export services`.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::{SERVICES, STRUCTURES};
use crate::world::feed::{lines, service, structure, told, with};
use crate::world::tools::number;
use crate::world::{Copy, Engine};

/// The codes of a report: index, field, code.
fn complaints(report: &Value) -> Vec<(u64, &str, &str)> {
    let errors = report["errors"].as_array().unwrap().iter();
    errors.map(|error| (error["index"].as_u64().unwrap(), error["field"].as_str().unwrap(), error["code"].as_str().unwrap())).collect()
}

/// The tally of the services: new, updated, restored, unchanged, refused, suspended.
fn tally(report: &Value) -> [u64; 6] {
    ["created", "updated", "restored", "unchanged", "refused", "suspended"].map(|name| report["services"][name].as_u64().unwrap())
}

async fn bad_records(engine: Engine) {
    let copy = Copy::empty(engine).await;
    let structures = copy.writes("structures.ndjson", lines(&[structure(1)]));
    let mut feed = vec![
        service(1).to_string(),
        with(service(2), json!({"date_maj": "2999-01-01"})).to_string(),
        with(service(3), json!({"nom": "a\u{0}b"})).to_string(),
        with(service(4), json!({"frais_precisions": ""})).to_string(),
        with(service(5), json!({"thematiques": ["nulle-part"], "frais": "cher"})).to_string(),
        with(service(6), json!({"structure_id": "essai--s9"})).to_string(),
        service(1).to_string(),
        "{\"id\": ".to_owned(),
        with(service(8), json!({"telephone": "x".repeat(1_000_001)})).to_string(),
        with(service(9), json!({"id": "=essai--v9", "nom": "ab"})).to_string(),
        with(service(10), json!({"publics": ["tous-publics"], "zone_eligibilite": ["59999"]})).to_string(),
    ];
    feed.push("x".repeat(100_000_000));
    feed.push(service(12).to_string());
    let services = copy.writes("services.ndjson", feed.join("\n"));
    let csv = copy.folder.join("report.csv");
    let dry = copy.imports(&structures, &services, &["--dry-run"]);
    let report = copy.imports(&structures, &services, &["--report", csv.to_str().unwrap()]);
    assert_eq!(dry["errors"], report["errors"]);
    assert_eq!(
        complaints(&report),
        [
            (1, "date_maj", "in_the_future"),
            (2, "nom", "control_character"),
            (3, "frais_precisions", "empty"),
            (4, "thematiques/0", "unknown_code"),
            (4, "frais", "unknown_code"),
            (6, "id", "duplicate"),
            (7, "", "malformed_json"),
            (8, "", "record_too_big"),
            (9, "nom", "too_short"),
            (11, "", "record_too_big"),
            (5, "structure_id", "unknown_structure"),
        ]
    );
    assert_eq!((tally(&report), &report["error_count"]), ([3, 0, 0, 0, 10, 0], &json!(11)));
    let table = std::fs::read_to_string(&csv).unwrap();
    let rows: Vec<&str> = table.lines().collect();
    assert_eq!((rows[0], rows.len()), ("kind,index,id,field,code,detail", 12));
    assert!(rows.iter().any(|row| row.starts_with("service,9,'=essai--v9,nom,too_short,")), "{table}");
    let database = copy.connect().await;
    assert_eq!(number(&database, "SELECT count(*) FROM service").await, 3);
    assert_eq!(number(&database, "SELECT count(*) FROM search_document").await, 3);
    assert_eq!(number(&database, "SELECT count(*) FROM mutation_entry WHERE object_kind = 'service'").await, 3);
    database.close().await.unwrap();
    copy.drop_database().await;
}

async fn full_and_partial_feeds(engine: Engine) {
    let copy = Copy::empty(engine).await;
    let all: Vec<Value> = (1..=4).map(service).collect();
    assert_eq!(tally(&copy.imports_services(&all, &["--full"])), [4, 0, 0, 0, 0, 0]);
    let database = copy.connect().await;
    let journal = "SELECT (SELECT count(*) FROM mutation_entry) + (SELECT count(*) FROM event)";
    let before = number(&database, journal).await;
    let again = copy.imports_services(&all, &["--full"]);
    assert_eq!((tally(&again), &again["missing_looked_for"]), ([0, 0, 0, 4, 0, 0], &json!(true)));
    assert_eq!(number(&database, journal).await, before, "the same feed again says nothing new");

    // A partial feed, one that breaks off and one with a record that nobody can name take nothing for missing.
    assert_eq!(tally(&copy.imports_services(&all[..3], &[])), [0, 0, 0, 3, 0, 0]);
    let structures = copy.folder.join("structures.ndjson");
    let cut = copy.writes("cut.json", format!("[{}, {{\"id\": \"essai", all[0]));
    let report = copy.imports(&structures, &cut, &["--full"]);
    assert_eq!((tally(&report), &report["complete"]), ([0, 0, 0, 1, 1, 0], &json!(false)));
    let nameless = copy.writes("nameless.ndjson", format!("{}\n{{\"id\": \n", all[0]));
    let report = copy.imports(&structures, &nameless, &["--full"]);
    assert_eq!((tally(&report), &report["missing_looked_for"]), ([0, 0, 0, 1, 1, 0], &json!(false)));

    // What a full feed lacks is suspended, bad records are no missing ones; a newer date is news.
    let newer = with(all[0].clone(), json!({"date_maj": "2026-02-01", "nom": "Service nouveau"}));
    let bad = with(all[1].clone(), json!({"frais": "cher"}));
    let dry = copy.imports_services(&[newer.clone(), bad.clone()], &["--full", "--dry-run"]);
    let report = copy.imports_services(&[newer, bad], &["--full"]);
    assert_eq!((tally(&report), &dry["services"]), ([0, 1, 0, 0, 1, 2], &report["services"]));
    let suspended = "SELECT count(*) FROM service WHERE state = 'suspended' AND missing_since IS NOT NULL";
    assert_eq!(number(&database, suspended).await, 2);
    let report = copy.imports_services(&all, &[]);
    assert_eq!(tally(&report), [0, 0, 2, 2, 0, 0]);
    assert_eq!(number(&database, suspended).await, 0);
    assert_eq!(number(&database, "SELECT count(*) FROM service WHERE state = 'published' AND name = 'Service nouveau'").await, 1);
    database.close().await.unwrap();
    copy.drop_database().await;
}

async fn packed_and_retired(engine: Engine) {
    let copy = Copy::empty(engine).await;
    let (structures, services) = (copy.folder.join("structures.json"), copy.folder.join("services.json"));
    for (from, to) in [(STRUCTURES, &structures), (SERVICES, &services)] {
        std::fs::copy(from, to).unwrap();
        assert!(Command::new("gzip").arg(to).status().unwrap().success());
    }
    let packed = |path: &Path| path.with_extension("json.gz");
    let report = copy.imports(&packed(&structures), &packed(&services), &[]);
    assert_eq!((&report["complete"], report["errors"].as_array().unwrap().len()), (&json!(true), 0));
    let plain = copy.imports(Path::new(STRUCTURES), Path::new(SERVICES), &[]);
    assert_eq!(plain["services"]["unchanged"], report["services"]["created"]);
    let whole = std::fs::read(packed(&services)).unwrap();
    let cut = copy.writes("cut.json.gz", &whole[..whole.len() / 2]);
    let report = copy.imports(&packed(&structures), &cut, &["--full"]);
    assert_eq!((&report["complete"], &report["services"]["suspended"]), (&json!(false), &json!(0)));

    let old = json!({
        "source": "essai", "id": "essai--v0", "structure_id": "essai--s1", "nom": "Service d’avant", "date_maj": "2026-01-10",
        "presentation_detail": "Un accueil sans rendez-vous.", "frais": ["gratuit"]
    });
    let report = copy.imports_services(&[old, service(1)], &[]);
    assert_eq!((&report["services"]["translated"], &report["services"]["created"]), (&json!(1), &json!(2)), "{report}");
    copy.drop_database().await;
}

async fn round_trip(engine: Engine) {
    let (copy, other) = (Copy::empty(engine).await, Copy::empty(engine).await);
    copy.imports(Path::new(STRUCTURES), Path::new(SERVICES), &[]);
    let exported = copy.exports(&[]);
    for (file, records) in [(STRUCTURES, &exported.0), (SERVICES, &exported.1)] {
        let mut given: Vec<Value> = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        given.sort_by_key(|record| record["id"].to_string());
        assert_eq!(given.len(), records.len(), "{file}");
        for (given, record) in given.iter().zip(records) {
            assert_eq!(told(record), told(given), "{}", given["id"]);
        }
    }
    let (structures, services) = (copy.folder.join("out-structures.json"), copy.folder.join("out-services.json"));
    let report = other.imports(&structures, &services, &[]);
    assert_eq!(report["errors"], json!([]));
    assert_eq!(other.exports(&[]), exported);
    assert_eq!(other.exports(&["--source", "nobody"]), (vec![], vec![]));

    // What a feed lacks is not public; `--all` shows it.
    let less: Vec<Value> = exported.1.iter().skip(1).cloned().collect();
    let services = other.writes("less.json", json!(less).to_string());
    assert_eq!(other.imports(&structures, &services, &["--full"])["services"]["suspended"], 1);
    assert_eq!(other.exports(&[]).1, less);
    assert_eq!(other.exports(&["--all"]), exported);
    copy.drop_database().await;
    other.drop_database().await;
}

on_both! {
    every_bad_record_is_named_and_the_good_ones_are_in runs bad_records;
    what_a_full_feed_lacks_is_suspended_and_comes_back runs full_and_partial_feeds;
    a_feed_may_be_packed_or_of_the_retired_shape runs packed_and_retired;
    what_is_exported_is_what_was_imported runs round_trip;
}
