//! A copy of a running SQLite database, and the way back from it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use super::http;
use crate::world::tools::{errors, number};
use crate::world::{Client, Copy, Engine, Program, ready_draft};

async fn service_of(who: &Client) -> String {
    let page = who.get("/v1/services?limit=200").await.good();
    let wanted = |service: &&Value| service["name"].as_str().unwrap().starts_with("Accompagnement renforcé");
    page["items"].as_array().unwrap().iter().find(wanted).unwrap()["id"].as_str().unwrap().to_owned()
}

/// Makes referrals until it is told to stop; gives their ids.
async fn load(who: Client, service: String, name: &'static str, stop: Arc<AtomicBool>) -> Vec<String> {
    let mut made = vec![];
    for number in 0_u32.. {
        if stop.load(Ordering::SeqCst) {
            break;
        }
        let letters: String =
            number.to_string().chars().map(|digit| char::from(b'a' + u8::try_from(digit.to_digit(10).unwrap()).unwrap())).collect();
        let draft = ready_draft(&service, &format!("{name}{letters}"));
        let mut answer = who.post("/v1/referrals", draft.clone()).await;
        while answer.status == 503 {
            answer = who.post("/v1/referrals", draft.clone()).await;
        }
        let answer = answer.good();
        made.push(answer["id"].as_str().unwrap().to_owned());
    }
    made
}

async fn run(copy: &Copy, arguments: &[&str]) -> std::process::Output {
    let mut command = copy.command(arguments, &[]);
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

fn path(file: &Path) -> &str {
    file.to_str().unwrap()
}

#[tokio::test]
async fn a_copy_made_under_load_is_a_whole_database_elsewhere() {
    let copy = Copy::make(Engine::Sqlite).await;
    let program = Program::start(&copy, &[]);
    let who = Client::new(http(), program.base.clone(), copy.persona("prescriber"));
    let service = service_of(&who).await;
    let before = who.refers(&service, "Avant").await;
    let stop = Arc::new(AtomicBool::new(false));
    let busy = ["Foule", "Presse"].map(|name| tokio::spawn(load(who.clone(), service.clone(), name, Arc::clone(&stop))));

    let file = copy.folder.join("copy.db");
    let made = run(&copy, &["backup", path(&file)]).await;
    stop.store(true, Ordering::SeqCst);
    assert_eq!(made.status.code(), Some(0), "{}", errors(&made));
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "others cannot read it");
    for client in busy {
        assert!(!client.await.unwrap().is_empty(), "there was no load");
    }
    let again = run(&copy, &["backup", path(&file)]).await;
    assert_eq!(again.status.code(), Some(2), "{}", errors(&again));

    let other = Copy::empty(Engine::Sqlite).await;
    std::fs::copy(copy.folder.join("master.key"), other.folder.join("master.key")).unwrap();
    let restored = run(&other, &["restore", path(&file)]).await;
    assert_eq!(restored.status.code(), Some(0), "{}", errors(&restored));
    let verified = other.tells(&["audit", "verify", "--json"]);
    assert_eq!(verified["ok"], true, "{verified}");
    let twin = Program::start(&other, &[]);
    let there = Client::new(http(), twin.base.clone(), copy.persona("prescriber"));
    assert_eq!(there.reads(&before).await.good()["identity"]["family_name"], "Avant");
    let after = there.refers(&service, "Après").await;
    who.reads(&after).await.refused(404, "not_found");
    twin.stop();
    program.stop();
    other.drop_database().await;
    copy.drop_database().await;
}

#[tokio::test]
async fn what_would_lose_data_is_refused_and_changes_nothing() {
    let copy = Copy::make(Engine::Sqlite).await;
    let file = copy.folder.join("copy.db");
    assert_eq!(run(&copy, &["backup", path(&file)]).await.status.code(), Some(0));
    let program = Program::start(&copy, &[]);
    let who = Client::new(http(), program.base.clone(), copy.persona("prescriber"));
    let service = service_of(&who).await;
    let late = who.refers(&service, "Tardive").await;

    let held = run(&copy, &["restore", path(&file)]).await;
    assert_eq!(held.status.code(), Some(2), "{}", errors(&held));
    who.reads(&late).await.good();
    program.kill();

    let garbage = copy.folder.join("garbage.db");
    std::fs::write(&garbage, "not a database at all, but long enough to look at ".repeat(200)).unwrap();
    let foreign = copy.folder.join("foreign.db");
    let url = format!("sqlite:{}?mode=rwc", foreign.display());
    let database = sea_orm::Database::connect(url).await.unwrap();
    sea_orm::ConnectionTrait::execute_unprepared(&database, "CREATE TABLE other (id integer)").await.unwrap();
    database.close().await.unwrap();
    let cut = copy.folder.join("cut.db");
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&cut, &whole[..whole.len() / 2]).unwrap();
    let missing = copy.folder.join("missing.db");
    for (bad, code) in [(&garbage, 2), (&foreign, 2), (&cut, 2), (&missing, 1)] {
        let refused = run(&copy, &["restore", path(bad)]).await;
        assert_eq!(refused.status.code(), Some(code), "{}: {}", bad.display(), errors(&refused));
    }
    let beside: Vec<_> = std::fs::read_dir(&copy.folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(beside.iter().all(|name| !name.contains("restor")), "{beside:?}");

    let database = copy.connect().await;
    assert_eq!(number(&database, "SELECT count(*) FROM person WHERE name_folded LIKE 'tardive%'").await, 1, "nothing has changed");
    database.close().await.unwrap();

    // What the killed server had not folded in yet is in the old database that is kept.
    let restored = run(&copy, &["restore", path(&file)]).await;
    assert_eq!(restored.status.code(), Some(0), "{}", errors(&restored));
    let database = copy.connect().await;
    assert_eq!(number(&database, "SELECT count(*) FROM person WHERE name_folded LIKE 'tardive%'").await, 0);
    database.close().await.unwrap();
    let kept = copy.folder.join("relais.db.before-restore-1");
    let database = sea_orm::Database::connect(format!("sqlite:{}", kept.display())).await.unwrap();
    assert_eq!(number(&database, "SELECT count(*) FROM person WHERE name_folded LIKE 'tardive%'").await, 1);
    database.close().await.unwrap();
    copy.drop_database().await;
}

#[tokio::test]
async fn postgres_has_tools_of_its_own() {
    let copy = Copy::empty(Engine::Postgres).await;
    let file = copy.folder.join("copy.db");
    for (command, tool) in [("backup", "pg_dump"), ("restore", "pg_restore")] {
        let refused = run(&copy, &[command, path(&file)]).await;
        assert_eq!(refused.status.code(), Some(2), "{command}: {}", errors(&refused));
        assert!(errors(&refused).contains(tool), "{}", errors(&refused));
        assert!(!file.exists());
    }
    copy.drop_database().await;
}
