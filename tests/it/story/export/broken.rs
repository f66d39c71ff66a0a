//! Exports that do not come to their end: the reader goes away, a process dies, a right is lost meanwhile.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use sea_orm::{ConnectionTrait as _, DatabaseBackend, Statement};
use serde_json::{Value, json};

use super::{COACHING, WHO, cell, exports_in, gives, rows, with_export};
use crate::world::tools::until;
use crate::world::{Client, Program, World};

/// More than a connection holds that nobody reads from, at more than a thousand bytes each.
const MANY: i64 = 9000;
const PATIENCE: Duration = Duration::from_secs(30);

/// So many referrals to the operators, each paused for a long reason.
async fn many_referrals(world: &World) {
    let prescriber = world.prescriber();
    let referral = prescriber.refers(&world.service(COACHING).await, "Sow").await;
    let until = world.now().await + chrono::Duration::days(20);
    prescriber.does_with("pause-clock", &referral, json!({"reason": "x".repeat(1000), "until": until})).await.good();
    let database = world.copy.connect().await;
    let backend = database.get_database_backend();
    let (id, fresh) = match backend {
        DatabaseBackend::Sqlite => (format!("X'{}'", referral.replace('-', "")), "randomblob(16)"),
        _ => (format!("'{referral}'"), "gen_random_uuid()"),
    };
    let one = Statement::from_string(backend, format!("SELECT * FROM referral WHERE id = {id}"));
    let names = database.query_one_raw(one).await.unwrap().unwrap().column_names();
    let copied: Vec<String> =
        names.iter().map(|name| if name == "id" || name == "root_id" { "fresh.id".to_owned() } else { format!("r.\"{name}\"") }).collect();
    let copy = format!(
        "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {MANY}), \
         fresh AS MATERIALIZED (SELECT {fresh} AS id FROM series) \
         INSERT INTO referral ({}) SELECT {} FROM referral r, fresh WHERE r.id = {id}",
        names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", "),
        copied.join(", ")
    );
    database.execute_unprepared(&copy).await.unwrap();
    database.close().await.unwrap();
}

/// Somebody who may take out the reasons of pauses as well.
async fn exporter_of_all(world: &World) -> Client {
    with_export(world, &["existence", "identity_min", "identity", "social"]).await
}

/// Begins to read a list and stops in the middle: the connection, whose other end cannot go on.
fn begins_to_read(base: &str, who: &Client) -> TcpStream {
    let mut stream = TcpStream::connect(base.trim_start_matches("http://")).unwrap();
    let token = who.persona["token"].as_str().unwrap();
    let ask = format!("GET /v1/reports/referrals.csv?direction=received HTTP/1.1\r\nHost: relais\r\nAuthorization: Bearer {token}\r\n\r\n");
    stream.write_all(ask.as_bytes()).unwrap();
    let mut begun = vec![0; 64 * 1024];
    stream.read_exact(&mut begun).unwrap();
    assert!(begun.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&begun[..200]));
    stream
}

/// The last export: its state, its rows, why it failed.
async fn last(world: &World) -> (String, i64, Option<String>) {
    exports_in(world).await.pop().unwrap()
}

/// Has a file written; gives its place.
async fn asks(who: &Client) -> String {
    let asked = who.post("/v1/exports", json!({"kind": "referrals", "format": "csv", "filter": {"direction": "received"}})).await;
    format!("/v1/exports/{}", asked.with_status(202).good()["id"].as_str().unwrap())
}

/// The role that sees hardly anything.
async fn modest_role(world: &World) -> Value {
    let admin = world.persona("admin");
    let roles = admin.get(&format!("/v1/organisations/{}/roles?limit=200", admin.organisation())).await.good();
    roles["items"].as_array().unwrap().iter().find(|role| role["template"] == "reader").unwrap()["id"].clone()
}

both! {
    async fn of_a_list_whose_reader_goes_away_is_noted_what_has_left(world) {
        many_referrals(world).await;
        let exporter = exporter_of_all(world).await;
        let reading = begins_to_read(&world.program.base, &exporter);
        until("rows have left", PATIENCE, async || last(world).await.1 > 0).await;
        assert_eq!(last(world).await.0, "running");
        drop(reading);
        until("the end is noted", PATIENCE, async || last(world).await.0 != "running").await;
        let (state, rows, because) = last(world).await;
        assert_eq!((state.as_str(), because.as_deref()), ("failed", Some("reader_gone")));
        assert!(rows > 0 && rows < MANY, "{rows} rows");
        until("the sequencer has placed it", PATIENCE, async || {
            let changes = exporter.get("/v1/audit/mutations?limit=50").await.good();
            let acts = changes["items"].as_array().unwrap().iter().filter(|entry| entry["object_kind"] == "export");
            acts.map(|entry| entry["act"].as_str().unwrap().to_owned()).collect::<Vec<_>>() == ["end", "create"]
        })
        .await;
    }

    async fn a_list_whose_process_died_does_not_run_for_ever(world) {
        many_referrals(world).await;
        let exporter = exporter_of_all(world).await;
        let other = Program::start(&world.copy, &[("RELAIS_WORKER", "false")]);
        let reading = begins_to_read(&other.base, &exporter);
        until("rows have left", PATIENCE, async || last(world).await.1 > 0).await;
        other.kill();
        drop(reading);
        let (state, rows, _) = last(world).await;
        assert!(state == "running" && rows > 0 && rows < MANY, "{state}, {rows} rows");
        world.moves_on("P1DT2H").await;
        assert_eq!(last(world).await, ("failed".to_owned(), rows, Some("interrupted".to_owned())));
    }

    async fn a_file_whose_worker_died_is_written_anew_by_another(quiet) {
        let world = World::open_with(quiet.engine, &[("RELAIS_WORKER", "false")]).await;
        let referral = world.prescriber().refers(&world.service(COACHING).await, "Sow").await;
        let exporter = with_export(&world, WHO).await;
        let place = asks(&exporter).await;
        exporter.get(&format!("{place}/content")).await.refused(409, "export_not_ready");
        let database = world.copy.connect().await;
        let half = if database.get_database_backend() == DatabaseBackend::Sqlite { "X'00'" } else { "'\\x00'::bytea" };
        for step in [
            "UPDATE export SET state = 'running'".to_owned(),
            format!("INSERT INTO export_part (export_id, number, bytes) SELECT id, 0, {half} FROM export"),
            "UPDATE job SET state = 'running', claimed_by = 'dead', claimed_until = created_at WHERE kind = 'export'".to_owned(),
        ] {
            database.execute_unprepared(&step).await.unwrap();
        }
        database.close().await.unwrap();
        exporter.get(&format!("{place}/content")).await.refused(409, "export_not_ready");
        let worker = Program::work(&world.copy);
        until("it is written", PATIENCE, async || exporter.get(&place).await.good()["state"] == "done").await;
        let file = exporter.get(&format!("{place}/content")).await.with_status(200);
        assert!(file.text.starts_with("id,"), "nothing of the first try is left");
        assert_eq!(cell(&rows(&file.text), &referral, "family_name"), "Sow");
        worker.stop();
        world.close().await;
    }

    async fn what_was_asked_for_is_not_written_without_the_right_or_the_session(quiet) {
        for lost in ["session_ended", "permission_missing"] {
            let world = World::open_with(quiet.engine, &[("RELAIS_WORKER", "false")]).await;
            let exporter = with_export(&world, WHO).await;
            asks(&exporter).await;
            if lost == "session_ended" {
                exporter.send(reqwest::Method::POST, "/v1/auth/logout", None).await.with_status(204);
            } else {
                gives(&world, modest_role(&world).await).await;
            }
            let worker = Program::work(&world.copy);
            until("it is given up", PATIENCE, async || last(&world).await.0 == "failed").await;
            assert_eq!(last(&world).await.2.as_deref(), Some(lost));
            let database = world.copy.connect().await;
            assert_eq!(crate::world::tools::number(&database, "SELECT count(*) FROM export_part").await, 0);
            database.close().await.unwrap();
            worker.stop();
            world.close().await;
        }
    }
}
