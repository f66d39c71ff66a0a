//! The program as operations people use it: commands, what they print, and with which code they end.

macro_rules! on_both {
    ($($name:ident runs $story:ident;)+) => {$(
        mod $name {
            #[tokio::test]
            async fn sqlite() {
                super::$story(crate::world::Engine::Sqlite).await;
            }

            #[tokio::test]
            async fn postgres() {
                super::$story(crate::world::Engine::Postgres).await;
            }
        }
    )+};
}

mod backup;
mod config;
mod export;
mod import;
mod place;
mod search;

use std::net::TcpListener;
use std::time::Duration;

use serde_json::{Value, json};

use self::place::places;
use crate::world::tools::{errors, number, until};
use crate::world::{Client, Copy, Engine, Program};

const STRUCTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../demo/structures.json");
const SERVICES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../demo/services.json");

/// What an act of somebody leaves a trace in. Sessions and the journals grow with every token.
const BUSINESS: &[&str] = &[
    "organisation",
    "app_user",
    "unit",
    "membership",
    "role",
    "role_assignment",
    "service_account",
    "service",
    "place",
    "need",
    "person",
    "referral",
    "consent",
    "message",
    "notice",
    "task",
    "access_link",
    "sandbox_mail",
    "event",
    "job",
];

fn http() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

async fn counts(copy: &Copy) -> Vec<(String, i64)> {
    let database = copy.connect().await;
    let mut counts = vec![];
    for table in BUSINESS {
        counts.push(((*table).to_owned(), number(&database, &format!("SELECT count(*) FROM {table}")).await));
    }
    database.close().await.unwrap();
    counts
}

async fn demo(engine: Engine) {
    let copy = Copy::make(engine).await;
    let before = counts(&copy).await;
    let (first, second) = (copy.tells(&["demo", "--json"]), copy.tells(&["demo", "--json"]));
    assert_eq!(counts(&copy).await, before, "a second run changes nothing");
    let personas = first["personas"].as_object().unwrap();
    for wanted in [
        "prescriber",
        "prescriber_2",
        "operator",
        "operator_2",
        "operator_3",
        "colleague",
        "reader",
        "admin",
        "moderator",
        "platform_admin",
        "partner",
    ] {
        assert!(personas.contains_key(wanted), "{wanted}");
    }
    let program = Program::start(&copy, &[]);
    for (name, persona) in personas {
        let (mut one, mut other) = (persona.clone(), second["personas"][name].clone());
        assert_ne!(one["token"], other["token"], "{name}: tokens are fresh");
        for token in [&one["token"], &other["token"]] {
            let me = Client::new(http(), program.base.clone(), json!({"token": token})).get("/v1/me").await.good();
            // The third prescriber's organisation was blocked in the demo's story.
            let acts_for = if name == "prescriber_3" { &Value::Null } else { &persona["organisation_id"] };
            assert_eq!(&me["acting_for"]["organisation_id"], acts_for, "{name}");
        }
        for answer in [&mut one, &mut other] {
            answer.as_object_mut().unwrap().remove("token");
        }
        assert_eq!(one, other, "{name}");
    }
    program.stop();
    copy.drop_database().await;

    let copy = Copy::empty(engine).await;
    let outside = copy.command(&["demo", "--json"], &[("RELAIS_SANDBOX", "")]).output().unwrap();
    assert_eq!(outside.status.code(), Some(2), "{}", errors(&outside));
    assert!(errors(&outside).contains("RELAIS_SANDBOX"), "{}", errors(&outside));
    let added = copy.runs_with_input(&["user", "add", "--email", "seule@example.org", "--name", "Seule"], "une phrase assez longue\n");
    assert_eq!(added.status.code(), Some(0), "{}", errors(&added));
    let refused = copy.runs(&["demo", "--json"]);
    assert_eq!(refused.status.code(), Some(2), "{}", errors(&refused));
    assert!(refused.stdout.is_empty());
    let database = copy.connect().await;
    assert_eq!(number(&database, "SELECT count(*) FROM organisation").await, 0);
    database.close().await.unwrap();
    copy.drop_database().await;
}

async fn imports(engine: Engine) {
    let copy = Copy::empty(engine).await;
    let import = ["import", "services", STRUCTURES, SERVICES, "--json"];
    let mut dry = copy.tells(&[&import[..], &["--dry-run"]].concat());
    let database = copy.connect().await;
    for table in ["organisation", "service", "mutation_entry"] {
        assert_eq!(number(&database, &format!("SELECT count(*) FROM {table}")).await, 0, "a dry run wrote to {table}");
    }
    let first = copy.tells(&import);
    assert_eq!((&dry["dry_run"], &first["dry_run"]), (&json!(true), &json!(false)));
    dry["dry_run"] = json!(false);
    assert_eq!(dry, first, "a dry run gives the same report");
    assert!(first["structures"]["created"].as_u64().unwrap() >= 15 && first["services"]["created"].as_u64().unwrap() >= 40, "{first}");
    let entries = number(&database, "SELECT count(*) FROM mutation_entry").await;
    let second = copy.tells(&import);
    for kind in ["structures", "services"] {
        assert_eq!(second[kind]["unchanged"], first[kind]["created"]);
        for changed in ["created", "updated", "restored", "suspended"] {
            assert_eq!(second[kind][changed], 0, "{kind} {changed}");
        }
    }
    assert_eq!(number(&database, "SELECT count(*) FROM mutation_entry").await, entries, "the second changes nothing");

    let services: Value = serde_json::from_str(&std::fs::read_to_string(SERVICES).unwrap()).unwrap();
    let mut good = services[0].clone();
    good["id"] = json!("relais-demo--une-ligne-de-plus");
    let (mut nameless, mut lost) = (good.clone(), good.clone());
    nameless["id"] = json!("relais-demo--sans-nom");
    nameless.as_object_mut().unwrap().remove("nom");
    lost["id"] = json!("relais-demo--sans-structure");
    lost["structure_id"] = json!("relais-demo--nulle-part");
    let feed = [good.to_string(), nameless.to_string(), "{\"id\": ".into(), lost.to_string(), "[]".into()].join("\n");
    let file = copy.folder.join("services.ndjson");
    std::fs::write(&file, feed).unwrap();
    let report = copy.tells(&["import", "services", STRUCTURES, file.to_str().unwrap(), "--json"]);
    assert_eq!((&report["services"]["created"], &report["services"]["refused"]), (&json!(1), &json!(4)), "{report}");
    let bad: Vec<_> = report["errors"].as_array().unwrap().iter().map(|error| error["index"].as_u64().unwrap()).collect();
    for line in 1..5 {
        assert!(bad.contains(&line), "line {line} is not named: {report}");
    }
    database.close().await.unwrap();
    copy.drop_database().await;
}

async fn worker_apart(engine: Engine) {
    let copy = Copy::make(engine).await;
    let program = Program::start(&copy, &[("RELAIS_WORKER", "false")]);
    let who = Client::new(http(), program.base.clone(), copy.persona("prescriber"));
    who.get("/health/ready").await.good();
    let page = who.get("/v1/services?limit=200").await.good();
    let wanted = |service: &&Value| service["name"].as_str().unwrap().starts_with("Accompagnement renforcé");
    let service = page["items"].as_array().unwrap().iter().find(wanted).unwrap()["id"].as_str().unwrap().to_owned();
    let referral = who.refers(&service, "Atelier").await;
    let number_of = crate::world::short(&referral);
    let arrived = async || {
        let mails = who.get("/v1/sandbox/mailbox?kind=sent&limit=200").await.good();
        mails["items"].as_array().unwrap().iter().any(|mail| mail["text"].as_str().unwrap().contains(&number_of))
    };
    assert!(!arrived().await, "nobody was there to write it");
    let database = copy.connect().await;
    let unplaced = "SELECT count(*) FROM mutation_entry WHERE position IS NULL";
    let worker = Program::work(&copy);
    until("the mail arrives", Duration::from_mins(1), arrived).await;
    until("the entries get their place", Duration::from_mins(1), async || number(&database, unplaced).await == 0).await;
    worker.stop();
    program.stop();
    database.close().await.unwrap();
    copy.drop_database().await;
}

async fn schema(engine: Engine) {
    let copy = Copy::empty(engine).await;
    let pending = copy.tells(&["migrate", "--pending", "--json"])["pending"].as_array().unwrap().len();
    assert!(pending > 0);
    assert_eq!(copy.tells(&["migrate", "--json"]), json!({"pending": []}));
    assert_eq!(copy.tells(&["migrate", "--json"]), json!({"pending": []}), "again is the same");
    let all = pending.to_string();
    assert_eq!(copy.tells(&["migrate", "--down", &all, "--json"])["pending"].as_array().unwrap().len(), pending);
    assert_eq!(copy.tells(&["migrate", "--json"]), json!({"pending": []}));
    copy.drop_database().await;
}

on_both! {
    the_demo_fills_an_empty_sandbox_once runs demo;
    an_import_twice_changes_nothing_and_names_bad_lines runs imports;
    places_go_in_once_and_bad_rows_are_named runs places;
    a_worker_alone_does_the_jobs_of_a_server_without_one runs worker_apart;
    the_schema_goes_up_and_down_and_up runs schema;
}

#[tokio::test]
async fn the_contract_is_printed_in_both_renderings() {
    let copy = Copy::empty(Engine::Sqlite).await;
    let (new, old) = (copy.tells(&["openapi"]), copy.tells(&["openapi", "--three-zero"]));
    assert_eq!((&new["openapi"], &old["openapi"]), (&json!("3.1.0"), &json!("3.0.3")));
    let paths = |document: &Value| document["paths"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(paths(&new), paths(&old));
    assert!(new["paths"]["/v1/referrals/{id}/accept"]["post"]["operationId"] == "accept_referral");
    let written = copy.runs(&["openapi", "--write", copy.folder.to_str().unwrap()]);
    assert_eq!(written.status.code(), Some(0), "{}", errors(&written));
    for (file, document) in [("openapi.json", &new), ("openapi-3.0.json", &old)] {
        let text = std::fs::read_to_string(copy.folder.join(file)).unwrap();
        assert_eq!(&serde_json::from_str::<Value>(&text).unwrap(), document);
    }
    assert!(!copy.folder.join("relais.db").exists(), "printing the contract makes no database");
    copy.drop_database().await;
}

#[tokio::test]
async fn health_and_metrics_are_told_where_they_are_asked_for() {
    let copy = Copy::make(Engine::Sqlite).await;
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let program = Program::start(&copy, &[("RELAIS_METRICS_BIND", &free)]);
    let nobody = Client::new(http(), program.base.clone(), Value::Null);
    until("ready", Duration::from_mins(1), async || nobody.get("/health/ready").await.status == 200).await;
    let bind = program.base.trim_start_matches("http://").to_owned();
    let ready = copy.command(&["health"], &[("RELAIS_BIND", &bind)]).output().unwrap();
    assert_eq!((ready.status.code(), ready.stdout.as_slice()), (Some(0), &b"ready\n"[..]), "{}", errors(&ready));

    let who = Client::new(http(), program.base.clone(), copy.persona("operator"));
    let referral = who.get("/v1/referrals?limit=1").await.good()["items"][0]["id"].as_str().unwrap().to_owned();
    who.reads(&referral).await.good();
    nobody.get("/metrics").await.refused(404, "not_found");
    let metrics = Client::new(http(), format!("http://{free}"), Value::Null).get("/metrics").await.with_status(200).text;
    assert!(metrics.contains("relais_http_requests_total{method=\"GET\",route=\"/v1/referrals/{id}\",status=\"2xx\"} 1"), "{metrics}");
    assert!(metrics.contains("relais_database_up 1") && metrics.contains("relais_jobs{state=\"dead\"} 0"), "{metrics}");
    assert!(!metrics.contains(&referral), "an id is no label");
    program.stop();

    let silent = copy.command(&["health"], &[("RELAIS_BIND", &bind)]).output().unwrap();
    assert_eq!(silent.status.code(), Some(1), "nobody answers there any more");
    copy.drop_database().await;
}

#[tokio::test]
async fn a_user_is_added_with_a_password_from_standard_input() {
    let copy = Copy::make(Engine::Sqlite).await;
    let organisation = copy.persona("operator")["organisation_id"].as_str().unwrap().to_owned();
    let add = [
        "user",
        "add",
        "--email",
        "nadia@example.org",
        "--name",
        "Nadia",
        "--organisation",
        &organisation,
        "--roles",
        "operator",
        "--json",
    ];
    for (password, why) in [("court\n", "password"), ("\n", "password"), ("", "password")] {
        let refused = copy.runs_with_input(&add, password);
        assert_eq!(refused.status.code(), Some(2), "{password:?}: {}", errors(&refused));
        assert!(errors(&refused).contains(why), "{}", errors(&refused));
    }
    let added = copy.runs_with_input(&add, "une phrase assez longue\n");
    assert_eq!(added.status.code(), Some(0), "{}", errors(&added));
    let user: Value = serde_json::from_slice(&added.stdout).unwrap();
    assert!(!format!("{}{}", errors(&added), user).contains("phrase"), "the password is not repeated");
    let twice = copy.runs_with_input(&add, "une phrase assez longue\n");
    assert_eq!(twice.status.code(), Some(2), "{}", errors(&twice));
    let unknown = copy.runs_with_input(&[&add[..8], &["--roles", "roi"]].concat(), "une phrase assez longue\n");
    assert_eq!(unknown.status.code(), Some(2), "{}", errors(&unknown));

    let program = Program::start(&copy, &[]);
    let nobody = Client::new(http(), program.base.clone(), Value::Null);
    let login = json!({"email": "nadia@example.org", "password": "une phrase assez longue"});
    let pair = nobody.post("/v1/auth/login", login).await.good();
    let me = nobody.with_token(pair["access_token"].as_str().unwrap()).get("/v1/me").await.good();
    assert_eq!((&me["user"]["id"], &me["acting_for"]["organisation_id"]), (&user["user_id"], &json!(organisation)));
    assert!(me["permissions"].as_array().unwrap().contains(&json!("referrals:handle")), "{me}");
    program.stop();
    copy.drop_database().await;
}
