//! Imports that are killed: a second run, or another worker, leads to the same end.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use reqwest::Method;
use sea_orm::{ConnectionTrait as _, DatabaseConnection};
use serde_json::{Value, json};

use crate::world::feed::{lines, service, structure, with};
use crate::world::tools::{is_full, number, size, until};
use crate::world::{Client, Copy, Engine, Program};

const SERVED: &str = "SELECT count(*) FROM service";

/// A feed of so many services, and of some that are bad.
fn feed(services: usize) -> (String, String) {
    let all = (0..services).map(|number| {
        let more = if number % 50 == 7 { json!({"frais": "cher"}) } else { json!({"frais_precisions": "Selon les revenus. ".repeat(10)}) };
        with(service(number), more)
    });
    (lines(&(1..=3).map(structure).collect::<Vec<_>>()), lines(&all.collect::<Vec<_>>()))
}

/// What an undisturbed import of a feed leads to.
async fn undisturbed(engine: Engine, (structures, services): &(String, String)) -> (Value, (Vec<Value>, Vec<Value>)) {
    let copy = Copy::empty(engine).await;
    let report = copy.imports(&copy.writes("s.ndjson", structures), &copy.writes("v.ndjson", services), &["--full"]);
    let exported = copy.exports(&[]);
    copy.drop_database().await;
    (report, exported)
}

async fn killed(copy: &Copy, database: &DatabaseConnection, structures: &Path, services: &Path, more: i64) {
    let target = number(database, SERVED).await + more;
    let files = [structures.to_str().unwrap(), services.to_str().unwrap()];
    let mut import = copy.command(&[&["import", "services", "--full"], &files[..]].concat(), &[]);
    let mut import = import.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    loop {
        if import.try_wait().unwrap().is_some() {
            return;
        }
        if number(database, SERVED).await >= target {
            break;
        }
    }
    import.kill().unwrap();
    import.wait().unwrap();
}

async fn command_drill(engine: Engine) {
    let feed = feed(size(6000, 900));
    let (_, wanted) = undisturbed(engine, &feed).await;
    let copy = Copy::empty(engine).await;
    let (structures, services): (PathBuf, PathBuf) = (copy.writes("s.ndjson", &feed.0), copy.writes("v.ndjson", &feed.1));
    assert!(copy.runs(&["migrate"]).status.success());
    let database = copy.connect().await;
    for round in 0..i64::try_from(size(20, 4)).unwrap() {
        killed(&copy, &database, &structures, &services, 1 + round * 37 % 211).await;
        let halves = "SELECT count(*) FROM service s WHERE NOT EXISTS (SELECT 1 FROM search_document d WHERE d.service_id = s.id) \
            OR (SELECT count(*) FROM mutation_entry e WHERE e.object_id = s.id) <> 1";
        assert_eq!(number(&database, halves).await, 0, "half-written after the kill");
    }
    copy.imports(&structures, &services, &["--full"]);
    assert_eq!(copy.exports(&[]), wanted);
    database.close().await.unwrap();
    copy.drop_database().await;
}

async fn job_drill(engine: Engine) {
    let feed = feed(size(6000, 900));
    let (report, wanted) = undisturbed(engine, &feed).await;
    let copy = Copy::make(engine).await;
    let database = copy.connect().await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let client = |program: &Program| Client::new(http.clone(), program.base.clone(), copy.persona("platform_admin"));
    let mut program = Program::start(&copy, &[]);
    let who = client(&program);
    let made = who.post("/v1/imports", json!({"format": "data-inclusion", "full": true})).await.good();
    let import = format!("/v1/imports/{}", made["id"].as_str().unwrap());
    for (name, text) in [("structures", &feed.0), ("services", &feed.1)] {
        who.send_text(Method::PUT, &format!("{import}/{name}"), Some(text.clone()), "application/x-ndjson").await.good();
    }
    who.send(Method::POST, &format!("{import}/start"), None).await.with_status(202);
    for round in 0..size(20, 3) {
        let before = number(&database, SERVED).await;
        let over = "SELECT count(*) FROM import_run WHERE state <> 'running'";
        // A claim outlives its worker by a minute.
        until("it goes on", Duration::from_mins(2), async || {
            number(&database, SERVED).await > before || number(&database, over).await == 1
        })
        .await;
        program.kill();
        // The long proof waits for one claim to lapse; the others are made to.
        if !(is_full() && round == 0) {
            database.execute_unprepared("UPDATE job SET claimed_until = created_at WHERE state = 'running'").await.unwrap();
        }
        program = Program::start(&copy, &[]);
    }
    let who = client(&program);
    until("it is done", Duration::from_mins(3), async || who.get(&import).await.good()["state"] == "done").await;
    let tallies = who.get(&import).await.good()["tallies"].clone();
    for kind in ["structures", "services"] {
        assert_eq!(tallies[kind], report[kind], "each record is counted once");
    }
    let lines = who.get(&format!("{import}/report?limit=200")).await.good();
    assert_eq!(lines["items"], report["errors"]);
    assert_eq!(copy.exports(&["--source", "essai"]), wanted);
    program.stop();
    database.close().await.unwrap();
    copy.drop_database().await;
}

#[tokio::test]
async fn an_import_that_is_killed_is_completed_by_the_next_on_sqlite() {
    command_drill(Engine::Sqlite).await;
}

#[tokio::test]
async fn an_import_that_is_killed_is_completed_by_the_next_on_postgres() {
    command_drill(Engine::Postgres).await;
}

#[tokio::test]
async fn another_worker_goes_on_with_an_import_on_sqlite() {
    job_drill(Engine::Sqlite).await;
}

#[tokio::test]
async fn another_worker_goes_on_with_an_import_on_postgres() {
    job_drill(Engine::Postgres).await;
}
