//! A territory loads its feed over the API.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use reqwest::Method;
use serde_json::{Value, json};

use super::{COACHING, complaints};
use crate::world::feed::{lines, service, structure, with};
use crate::world::tools::number;
use crate::world::{Client, World};

/// Makes an import; gives its path.
async fn makes(who: &Client, more: Value) -> String {
    let mut form = json!({"format": "data-inclusion"});
    form.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = who.post("/v1/imports", form).await.with_status(201);
    assert_eq!(made.body["state"], "awaiting_files");
    format!("/v1/imports/{}", made.body["id"].as_str().unwrap())
}

/// Gives an import its files, starts it and waits for its end.
async fn loads(world: &World, import: &str, structures: &[Value], services: &[Value]) -> Value {
    let who = world.persona("platform_admin");
    who.put(&format!("{import}/structures"), json!(structures)).await.good();
    who.send_text(Method::PUT, &format!("{import}/services"), Some(lines(services)), "application/x-ndjson").await.good();
    let started = who.send(Method::POST, &format!("{import}/start"), None).await.with_status(202);
    assert!(started.header("location").ends_with(import) && started.body["state"] == "running");
    world.moves_on("PT1M").await;
    who.get(import).await.good()
}

fn gzipped(text: &str) -> Vec<u8> {
    let mut child = Command::new("gzip").arg("-c").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    child.wait_with_output().unwrap().stdout
}

both! {
    async fn a_feed_is_loaded_and_its_report_is_read(world) {
        let who = world.persona("platform_admin");
        let import = makes(&who, json!({"source": "essai", "full": true})).await;
        let services: Vec<Value> = (1..=250).map(service).chain([with(service(0), json!({"id": "@v0", "frais": "cher"}))]).collect();
        let done = loads(world, &import, &[structure(1)], &services).await;
        assert_eq!((&done["state"], &done["progress"]), (&json!("done"), &Value::Null), "{done}");
        let tallies = &done["tallies"];
        assert_eq!((&tallies["services"]["created"], &tallies["services"]["refused"], &tallies["error_count"]), (&json!(250), &json!(1), &json!(1)));
        assert_eq!(tallies["missing_looked_for"], true);
        let report = who.get(&format!("{import}/report?limit=1&count=true")).await.good();
        assert_eq!((&report["items"][0]["index"], &report["items"][0]["code"], &report["count"]), (&json!(250), &json!("unknown_code"), &json!(1)));
        let table = who.get(&format!("{import}/report?format=csv")).await.with_status(200);
        assert!(table.header("content-type").starts_with("text/csv"));
        assert!(table.text.contains("\nservice,250,'@v0,frais,unknown_code,"), "{}", table.text);
        let database = world.copy.connect().await;
        assert_eq!(number(&database, "SELECT count(*) FROM import_part WHERE file <> 'report'").await, 0, "the files are erased");
        assert_eq!(number(&database, "SELECT count(*) FROM service WHERE source = 'essai' AND state = 'published'").await, 250);

        // The next full feed lacks most; then the import itself goes and what it brought stays.
        let next = makes(&who, json!({"source": "essai", "full": true, "dry_run": true})).await;
        let dry = loads(world, &next, &[structure(1)], &services[..10]).await;
        assert_eq!((&dry["tallies"]["services"]["suspended"], &dry["tallies"]["services"]["unchanged"]), (&json!(240), &json!(10)));
        assert_eq!(number(&database, "SELECT count(*) FROM service WHERE source = 'essai' AND state = 'published'").await, 250);
        let next = makes(&who, json!({"source": "essai", "full": true})).await;
        let real = loads(world, &next, &[structure(1)], &services[..10]).await;
        assert_eq!(real["tallies"], dry["tallies"]);
        assert_eq!(number(&database, "SELECT count(*) FROM service WHERE source = 'essai' AND state = 'suspended'").await, 240);
        assert_eq!(who.get("/v1/imports?count=true").await.good()["count"], 3);
        who.deletes(&import).await.with_status(204);
        who.get(&import).await.refused(404, "not_found");
        assert_eq!(number(&database, "SELECT count(*) FROM import_part").await, 0);
        assert_eq!(number(&database, "SELECT count(*) FROM service WHERE source = 'essai'").await, 250);
        database.close().await.unwrap();
    }

    async fn an_import_takes_two_files_once(world) {
        let who = world.persona("platform_admin");
        let import = makes(&who, json!({})).await;
        let start = format!("{import}/start");
        let lacking = who.send(Method::POST, &start, None).await.refused(422, "validation_failed");
        assert_eq!(complaints(&lacking), [("file_missing", ""), ("file_missing", "")]);
        let path = format!("{import}/structures");
        who.send_text(Method::PUT, &path, Some("a,b".into()), "text/csv").await.refused(415, "unsupported_media_type");
        let text = lines(&[structure(1)]);
        let packed = who.send_bytes(Method::PUT, &path, gzipped(&text), "application/gzip").await.good();
        assert_eq!(packed["structures_bytes"], text.len());
        who.send_bytes(Method::PUT, &path, b"no gzip at all".to_vec(), "application/gzip").await.refused(400, "malformed_gzip");
        let cut = gzipped(&text);
        let encoded = who.with("content-encoding", "gzip");
        encoded.send_bytes(Method::PUT, &path, cut[..cut.len() - 4].to_vec(), "application/json").await.refused(400, "malformed_gzip");
        assert_eq!(who.get(&import).await.good()["structures_bytes"], text.len(), "the file before is still the one");
        let both = lines(&[structure(1), structure(2)]);
        who.send_text(Method::PUT, &path, Some(both.clone()), "application/json").await.good();
        encoded.send_bytes(Method::PUT, &format!("{import}/services"), gzipped(&lines(&[service(1)])), "application/x-ndjson").await.good();
        let database = world.copy.connect().await;
        assert_eq!(number(&database, "SELECT count(*) FROM import_part").await, 2, "what was replaced or refused is erased");
        database.close().await.unwrap();
        who.send(Method::POST, &start, None).await.with_status(202);
        who.send(Method::POST, &start, None).await.refused(409, "import_started");
        who.send_text(Method::PUT, &path, Some(text), "application/json").await.refused(409, "import_started");
        world.moves_on("PT1M").await;
        assert_eq!(who.get(&import).await.good()["tallies"]["structures"]["created"], 2);
    }

    async fn an_upload_that_is_cut_off_changes_nothing(world) {
        let who = world.persona("platform_admin");
        let import = makes(&who, json!({})).await;
        let mut wire = TcpStream::connect(world.program.base.trim_start_matches("http://")).unwrap();
        let token = who.persona["token"].as_str().unwrap();
        let head = format!("PUT {import}/services HTTP/1.1\r\nHost: relais\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: 5000000\r\n\r\n");
        wire.write_all(head.as_bytes()).unwrap();
        wire.write_all(lines(&(0..9000).map(service).collect::<Vec<_>>()).get(..2_000_000).unwrap().as_bytes()).unwrap();
        wire.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = String::new();
        let _ = wire.read_to_string(&mut answer);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{answer}");
        assert_eq!(who.get(&import).await.good()["services_bytes"], Value::Null);
        let database = world.copy.connect().await;
        assert_eq!(number(&database, "SELECT count(*) FROM import_part").await, 0);
        database.close().await.unwrap();
    }

    async fn imports_belong_to_those_who_run_the_platform(world) {
        let import = makes(&world.persona("platform_admin"), json!({})).await;
        world.anybody().get(&import).await.refused(401, "sign_in_required");
        for persona in ["admin", "prescriber", "operator", "moderator"] {
            let who = world.persona(persona);
            who.get("/v1/imports").await.refused(403, "permission_missing");
            who.get(&import).await.refused(403, "permission_missing");
            who.post("/v1/imports", json!({"format": "data-inclusion"})).await.refused(403, "permission_missing");
            who.put(&format!("{import}/services"), json!([])).await.refused(403, "permission_missing");
            who.send(Method::POST, &format!("{import}/start"), None).await.refused(403, "permission_missing");
            who.with("if-match", "\"1.0.fr\"").send(Method::DELETE, &import, None).await.refused(403, "permission_missing");
        }
    }

    async fn a_service_that_its_feed_lacks_keeps_its_referrals_and_its_house_stays_open(world) {
        let service = world.service(COACHING).await;
        let prescriber = world.prescriber();
        let referral = prescriber.refers(&service, "Lacombe").await;
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo");
        let (structures, services) = (folder.join("structures.json"), folder.join("services.json"));
        let all: Vec<Value> = serde_json::from_slice(&std::fs::read(&services).unwrap()).unwrap();
        let less: Vec<Value> = all.iter().filter(|record| !record["nom"].as_str().unwrap().starts_with(COACHING)).cloned().collect();
        let report = world.copy.imports(&structures, &world.copy.writes("less.json", json!(less).to_string()), &["--full"]);
        assert!(report["services"]["suspended"].as_u64().unwrap() >= 1, "{report}");
        assert_eq!(report["structures"]["suspended"], 0);
        assert_eq!(prescriber.get(&format!("/v1/services/{service}")).await.good()["state"], "suspended");
        assert_eq!(prescriber.sees(&referral).await, "sent");
        world.operator().accepts(&referral).await;
        world.copy.imports(&structures, &services, &["--full"]);
        let back = prescriber.get(&format!("/v1/services/{service}")).await.good();
        assert_eq!((&back["state"], &back["accepts_referrals"]), (&json!("published"), &json!(true)));
        assert_eq!(prescriber.sees(&referral).await, "accepted");
    }
}
