//! `kill -9` under load. Whatever was acknowledged is there, whole; whatever was not is done once when it is asked again; and
//! the program is ready again without help.

use std::collections::BTreeMap;
use std::time::Duration;

use sea_orm::{ConnectionTrait as _, DatabaseConnection};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::world::tools::{is_full, number, sequenced, size, until};
use crate::world::{Answer, Client, Copy, Engine, Program, ready_draft, short};

const CLIENTS: usize = 6;
/// A server that was killed is ready again within this time.
const READY: Duration = Duration::from_mins(1);

/// One referral that somebody means to make and send, and what they have been told of it.
#[derive(Clone, Debug)]
struct Deed {
    name: String,
    made: Option<String>,
    sent: bool,
}

impl Deed {
    fn new(number: usize) -> Self {
        let letter = |digit: usize| char::from(b'a' + u8::try_from(digit % 26).unwrap());
        let name = format!("Orage{}{}{}{}", letter(number / 17_576), letter(number / 676), letter(number / 26), letter(number));
        Self { name, made: None, sent: false }
    }

    /// Goes on where it stands, with the keys that it had from the start. False when there was no answer.
    async fn goes_on(&mut self, who: &Client, service: &str) -> bool {
        let with_key = |act: &str| who.with("idempotency-key", &format!("{act}-{}", self.name));
        if self.made.is_none() {
            let Some(answer) = tries(&with_key("make"), "/v1/referrals", &ready_draft(service, &self.name)).await else { return false };
            self.made = Some(answer.with_status(201).good()["id"].as_str().unwrap().to_owned());
        }
        if !self.sent {
            let path = format!("/v1/referrals/{}/send", self.made.as_ref().unwrap());
            let Some(answer) = tries(&with_key("send"), &path, &json!({"override_reason": "orage"})).await else { return false };
            assert_eq!(answer.with_status(200).good()["state"], "sent");
            self.sent = true;
        }
        true
    }
}

/// Asks until there is an answer that is not "busy", or none at all.
async fn tries(who: &Client, path: &str, body: &Value) -> Option<Answer> {
    loop {
        let answer = who.tries(path, body).await?;
        if answer.status != 503 {
            return Some(answer);
        }
    }
}

/// The scene of the drill: a database, and the program that is killed on it again and again.
struct Scene {
    copy: Copy,
    program: Option<Program>,
    http: reqwest::Client,
    service: String,
}

impl Scene {
    async fn open(engine: Engine) -> Self {
        let copy = Copy::make(engine).await;
        let program = Some(Program::start(&copy, &[]));
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(90)).build().unwrap();
        let mut scene = Self { copy, program, http, service: String::new() };
        let page = scene.client("prescriber").get("/v1/services?limit=200").await.good();
        let wanted = |service: &&Value| service["name"].as_str().unwrap().starts_with("Accompagnement renforcé");
        page["items"].as_array().unwrap().iter().find(wanted).unwrap()["id"].as_str().unwrap().clone_into(&mut scene.service);
        scene
    }

    fn client(&self, persona: &str) -> Client {
        Client::new(self.http.clone(), self.program.as_ref().unwrap().base.clone(), self.copy.persona(persona))
    }

    /// Kills the program and starts it again; it is ready without anybody's help.
    async fn dies_and_comes_back(&mut self) {
        self.program.take().unwrap().kill();
        if !is_full() {
            // The jobs that it held are free a minute later; in an ordinary run that minute is over at once.
            let database = self.copy.connect().await;
            database.execute_unprepared("UPDATE job SET claimed_until = created_at WHERE state = 'running'").await.unwrap();
            database.close().await.unwrap();
        }
        self.program = Some(Program::start(&self.copy, &[]));
        let health = self.client("prescriber");
        until("ready again", READY, async || health.get("/health/ready").await.status == 200).await;
    }

    async fn close(mut self) {
        self.program.take().unwrap().stop();
        self.copy.drop_database().await;
    }
}

/// Lets several clients work until the program has answered `acts` times, kills it, and gives the deeds as they stood.
async fn storm(scene: &mut Scene, begin: usize, acts: usize) -> Vec<Deed> {
    let (answered, mut answers) = mpsc::unbounded_channel();
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let (who, service, answered) = (scene.client("prescriber"), scene.service.clone(), answered.clone());
        clients.spawn(async move {
            let mut deeds = vec![];
            for number in 0.. {
                let mut deed = Deed::new(begin + number * CLIENTS + client);
                let through = deed.goes_on(&who, &service).await;
                deeds.push(deed);
                if !through {
                    break;
                }
                // Nobody counts any more once the program is being killed.
                let _ = answered.send(());
            }
            deeds
        });
    }
    for _ in 0..acts {
        answers.recv().await.unwrap();
    }
    scene.dies_and_comes_back().await;
    let mut deeds = vec![];
    while let Some(done) = clients.join_next().await {
        deeds.extend(done.unwrap());
    }
    deeds
}

/// How many of the deeds' referrals lack something that belongs to a sent one.
async fn halves(database: &DatabaseConnection) -> BTreeMap<&'static str, i64> {
    let lacking = [
        ("a snapshot", "r.snapshot IS NULL OR r.sent_at IS NULL OR r.told_at IS NULL"),
        ("one consent", "(SELECT count(*) FROM consent c WHERE c.referral_id = r.id) <> 1"),
        ("one entry of its making", "(SELECT count(*) FROM mutation_entry e WHERE e.object_id = r.id AND e.act = 'created') <> 1"),
        ("one entry of its sending", "(SELECT count(*) FROM mutation_entry e WHERE e.object_id = r.id AND e.act = 'send') <> 1"),
        ("one event of its sending", "(SELECT count(*) FROM event v WHERE v.object_id = r.id AND v.kind = 'referral_sent') <> 1"),
        ("its three notices", "(SELECT count(*) FROM notice n WHERE n.referral_id = r.id AND n.kind LIKE 'sent%') <> 3"),
        ("its person", "(SELECT count(*) FROM person p WHERE p.id = r.person_id AND p.name_folded LIKE 'orage%') <> 1"),
        ("its need", "(SELECT count(*) FROM need d WHERE d.id = r.need_id) <> 1"),
    ];
    let mut found = BTreeMap::new();
    for (what, condition) in lacking {
        let sql = format!("SELECT count(*) FROM referral r WHERE r.name_folded LIKE 'orage%' AND r.state = 'sent' AND ({condition})");
        found.insert(what, number(database, &sql).await);
    }
    found.retain(|_, count| *count > 0);
    found
}

/// The mails of one kind: for each referral that they name, to whom how often.
fn mails_by_referral(mails: &[Value], kind: &str) -> BTreeMap<String, BTreeMap<String, usize>> {
    let mut found: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for mail in mails.iter().filter(|mail| mail["kind"] == kind) {
        let text = mail["text"].as_str().unwrap();
        let (_, number) = text.rsplit_once("Référence\u{a0}: ").unwrap_or_else(|| panic!("a mail without a reference: {text}"));
        let number: String = number.chars().take(8).collect();
        let to = format!("{} {}", mail["recipient"], mail["to"]);
        *found.entry(number).or_default().entry(to).or_default() += 1;
    }
    found
}

async fn all_mails(client: &Client) -> Vec<Value> {
    let (mut mails, mut cursor) = (vec![], String::new());
    loop {
        let page = client.get(&format!("/v1/sandbox/mailbox?limit=200{cursor}")).await.good();
        mails.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return mails,
        }
    }
}

/// Every deed had its mails, each once, to the same people as the first.
fn each_has_its_mails(mails: &[Value], kind: &str, deeds: &[Deed]) {
    let by_referral = mails_by_referral(mails, kind);
    let first = &by_referral[&short(deeds[0].made.as_ref().unwrap())];
    assert!(first.values().all(|count| *count == 1), "{first:?}");
    for deed in deeds {
        assert_eq!(by_referral.get(&short(deed.made.as_ref().unwrap())), Some(first), "{kind} of {}", deed.name);
    }
}

async fn drill(engine: Engine) {
    let mut scene = Scene::open(engine).await;
    let database = scene.copy.connect().await;
    let mut deeds: Vec<Deed> = vec![];
    for round in 0..size(20, 2) {
        let begin = round * 1000;
        let mut fresh = storm(&mut scene, begin, 7 + round * 5 % 13).await;
        let who = scene.client("prescriber");
        for deed in &fresh {
            if let Some(referral) = &deed.made {
                let read = who.reads(referral).await.good();
                assert_eq!(read["identity"]["family_name"], deed.name.as_str(), "acknowledged, and gone");
                assert!(!deed.sent || read["state"] == "sent" && read["snapshot"].is_object(), "acknowledged, and not sent: {read}");
            }
        }
        assert_eq!(halves(&database).await, BTreeMap::new(), "half-written after the kill");
        for deed in &mut fresh {
            assert!(deed.goes_on(&who, &scene.service).await);
        }
        deeds.extend(fresh);
    }

    let made = number(&database, "SELECT count(*) FROM referral WHERE name_folded LIKE 'orage%'").await;
    assert_eq!(made, i64::try_from(deeds.len()).unwrap(), "each key has one effect");
    assert_eq!(number(&database, "SELECT count(*) FROM person WHERE name_folded LIKE 'orage%'").await, made);
    assert_eq!(halves(&database).await, BTreeMap::new());

    jobs_die_too(&mut scene, &database, &deeds).await;
    sequenced(&database).await;
    let verified = scene.copy.tells(&["audit", "verify", "--json"]);
    assert_eq!(verified["ok"], true, "{verified}");
    assert_eq!(verified["mutations"], number(&database, "SELECT count(*) FROM mutation_entry").await);
    assert_eq!(verified["accesses"], number(&database, "SELECT count(*) FROM access_entry").await);
    database.close().await.unwrap();
    scene.close().await;
}

/// Mails of committed acts arrive once, also when the program dies while it sends reminders.
async fn jobs_die_too(scene: &mut Scene, database: &DatabaseConnection, deeds: &[Deed]) {
    let reminded = "SELECT count(*) FROM referral WHERE name_folded LIKE 'orage%' AND reminders_sent > 0";
    let who = scene.client("prescriber");
    let now = who.get("/v1/sandbox/clock").await.good()["now"].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    let target = json!({"to": now + chrono::TimeDelta::days(12)});
    for _ in 0..size(4, 1) {
        let (who, target) = (scene.client("prescriber"), target.clone());
        let before = number(database, reminded).await;
        let moving = tokio::spawn(async move { who.tries("/v1/sandbox/clock", &target).await });
        until("reminders leave", Duration::from_secs(90), async || {
            moving.is_finished() || number(database, reminded).await > before + i64::try_from(deeds.len() / 6).unwrap()
        })
        .await;
        scene.dies_and_comes_back().await;
    }
    let who = scene.client("prescriber");
    who.post("/v1/sandbox/clock", target).await.good();
    who.post("/v1/sandbox/clock", json!({"advance": "PT1M"})).await.good();
    assert_eq!(number(database, "SELECT count(*) FROM job WHERE state = 'dead'").await, 0);
    let waiting = "SELECT count(*) FROM notice WHERE channel = 'mail' AND state = 'pending'";
    assert_eq!(number(database, waiting).await, 0, "a notice was left behind");
    let mails = all_mails(&who).await;
    each_has_its_mails(&mails, "sent", deeds);
    each_has_its_mails(&mails, "reminder", deeds);
}

#[tokio::test]
async fn what_was_acknowledged_survives_kills_on_sqlite() {
    drill(Engine::Sqlite).await;
}

#[tokio::test]
async fn what_was_acknowledged_survives_kills_on_postgres() {
    drill(Engine::Postgres).await;
}
