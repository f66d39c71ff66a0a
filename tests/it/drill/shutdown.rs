//! Told to stop, the program first says so, then finishes what it has begun, and ends well within its ten seconds.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::world::tools::{number, until};
use crate::world::{Copy, Engine, Program, ready_draft};

/// Asks for readiness on a connection of its own: the status, or nothing when nobody listens any more.
fn readiness(address: &str) -> Option<u16> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    stream.write_all(b"GET /health/ready HTTP/1.1\r\nHost: relais\r\nConnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.get(9..12)?.parse().ok()
}

async fn drill(engine: Engine) {
    let copy = Copy::make(engine).await;
    let mut program = Program::start(&copy, &[]);
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let health = crate::world::Client::new(http.clone(), program.base.clone(), Value::Null);
    // The client keeps this connection open and idle: it must not hold the program back.
    until("ready", Duration::from_mins(1), async || health.get("/health/ready").await.status == 200).await;
    let address = program.base.trim_start_matches("http://").to_owned();

    let page = health.with_token(copy.persona("prescriber")["token"].as_str().unwrap()).get("/v1/services?limit=200").await.good();
    let wanted = |service: &&Value| service["name"].as_str().unwrap().starts_with("Accompagnement renforcé");
    let service = page["items"].as_array().unwrap().iter().find(wanted).unwrap()["id"].as_str().unwrap().to_owned();
    let body = ready_draft(&service, "Crépuscule").to_string();
    let (first, rest) = body.as_bytes().split_at(body.len() / 2);
    let mut slow = TcpStream::connect(&address).unwrap();
    slow.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    let token = copy.persona("prescriber")["token"].as_str().unwrap().to_owned();
    let head = format!(
        "POST /v1/referrals HTTP/1.1\r\nHost: relais\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    slow.write_all(head.as_bytes()).unwrap();
    slow.write_all(first).unwrap();

    program.terminate();
    let told = Instant::now();
    let mut seen = vec![];
    while let Some(status) = readiness(&address) {
        seen.push(status);
        assert!(told.elapsed() < Duration::from_secs(8), "it still answers: {seen:?}");
    }
    assert_eq!(seen.last(), Some(&503), "it says that it is not ready before it hangs up: {seen:?}");
    slow.write_all(rest).unwrap();
    let mut answer = [0; 4096];
    let length = slow.read(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer[..length]);
    assert!(answer.starts_with("HTTP/1.1 201"), "a request in flight is finished: {answer} after {:?}: {}", told.elapsed(), program.log());
    while program.exit_code().is_none() {
        assert!(told.elapsed() < Duration::from_mins(1), "it does not end");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(program.exit_code(), Some(0), "{}", program.log());
    drop(slow);

    let database = copy.connect().await;
    assert_eq!(number(&database, "SELECT count(*) FROM person WHERE name_folded LIKE 'crepuscule%'").await, 1);
    assert_eq!(number(&database, "SELECT count(*) FROM job WHERE state = 'running'").await, 0, "no job is left in its hands");
    database.close().await.unwrap();
    copy.drop_database().await;
}

#[tokio::test]
async fn a_server_that_is_told_to_stop_finishes_first_on_sqlite() {
    drill(Engine::Sqlite).await;
}

#[tokio::test]
async fn a_server_that_is_told_to_stop_finishes_first_on_postgres() {
    drill(Engine::Postgres).await;
}

#[tokio::test]
async fn a_worker_that_is_told_to_stop_ends_well() {
    let copy = Copy::make(Engine::Sqlite).await;
    let mut worker = Program::work(&copy);
    worker.terminate();
    let told = Instant::now();
    while worker.exit_code().is_none() {
        assert!(told.elapsed() < Duration::from_mins(1), "it does not end");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(worker.exit_code(), Some(0), "{}", worker.log());
    copy.drop_database().await;
}
