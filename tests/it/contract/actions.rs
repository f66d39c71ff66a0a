//! Actions: what is said to be possible is accepted, what is said to be blocked is refused for the same reasons.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::{Value, json};

use super::stage::Stage;
use super::walk::{Walk, errors};
use crate::world::{Answer, Client, World};

/// Who asks.
const PEOPLE: &[&str] = &["prescriber", "prescriber_2", "operator", "reader", "operator_2", "colleague"];

/// Every state that somebody can still read: who was blocked reads nothing, see below.
const STATES: &[&str] = &[
    "draft",
    "held",
    "sent",
    "under_review",
    "waitlisted",
    "accepted",
    "completed",
    "refused",
    "expired",
    "withdrawn",
    "redirected",
    "superseded",
];

/// One referral of the demo in each state.
async fn referrals(world: &World) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for sender in ["prescriber", "prescriber_2"] {
        let page = world.persona(sender).get("/v1/referrals?direction=sent&limit=200").await.good();
        for item in page["items"].as_array().unwrap() {
            found.entry(item["state"].as_str().unwrap().to_owned()).or_insert_with(|| item["id"].as_str().unwrap().to_owned());
        }
    }
    found
}

/// One that the operators' neighbours were asked at the same time, and that the operators took first.
async fn superseded(world: &World, stage: &Stage<'_>) -> String {
    let made = world.prescriber().post("/v1/broadcasts", stage.broadcast().await).await.with_status(201).good();
    let legs = made["items"].as_array().unwrap();
    let of = |organisation: &str| legs.iter().find(|leg| leg["receiver"]["id"] == organisation).unwrap()["id"].as_str().unwrap().to_owned();
    world.operator().accepts(&of(world.operator().organisation())).await;
    of(world.persona("operator_2").organisation())
}

/// An act with a command that asks for nothing special.
struct Attempt {
    method: Method,
    path: String,
    body: Option<Value>,
    dry: bool,
}

fn attempt(act: &str, referral: &str, today: &str, elsewhere: &str) -> Attempt {
    let record = format!("/v1/referrals/{referral}");
    let (method, path, body) = match act {
        "patch" => return Attempt { method: Method::PATCH, path: record, body: Some(json!({})), dry: false },
        "delete" => return Attempt { method: Method::DELETE, path: record, body: None, dry: false },
        "message" => {
            return Attempt {
                method: Method::POST,
                path: format!("{record}/messages"),
                body: Some(json!({"body": "Bonjour"})),
                dry: false,
            };
        }
        "path" => (Method::PUT, "path".to_owned(), Some(json!({"steps": []}))),
        "refuse" => (Method::POST, act.to_owned(), Some(json!({"codes": ["other"], "message": "Désolés."}))),
        "archive" => (Method::POST, act.to_owned(), Some(json!({"reason": "moved_away"}))),
        "redirect" => {
            let command = json!({"organisation_id": elsewhere, "code": "no_capacity", "person_agreed": true});
            (Method::POST, act.to_owned(), Some(command))
        }
        "pause_clock" => {
            let until = format!("{}T12:00:00Z", today.parse::<chrono::NaiveDate>().unwrap() + chrono::Days::new(9));
            (Method::POST, "pause-clock".to_owned(), Some(json!({"reason": "En congé", "until": until})))
        }
        "resume_clock" => (Method::POST, "resume-clock".to_owned(), None),
        "complete" => (Method::POST, act.to_owned(), Some(json!({"outcome": "done"}))),
        "record_answer" => {
            let answer = json!({"decision": "accepted", "channel": "phone", "told_by": "L’accueil", "on": today});
            (Method::POST, "record-answer".to_owned(), Some(answer))
        }
        "send" | "assign" | "accept" | "withdraw" => (Method::POST, act.to_owned(), Some(json!({}))),
        _ => (Method::POST, act.to_owned(), None),
    };
    Attempt { method, path: format!("{record}/{path}?dry_run=true"), body, dry: true }
}

impl Attempt {
    async fn by(&self, who: &Client, tag: &str) -> Answer {
        let who = if self.method == Method::POST { who.clone() } else { who.with("if-match", tag) };
        who.send(self.method.clone(), &self.path, self.body.clone()).await
    }
}

fn set_of<'a>(codes: impl Iterator<Item = &'a Value>) -> BTreeSet<String> {
    codes.map(|code| code.as_str().unwrap().to_owned()).collect()
}

/// The status of the first kind among blockers, in the contract's order.
fn status_of(blockers: &[Value]) -> u16 {
    let has = |kind: &str| blockers.iter().any(|blocker| blocker["kind"] == kind);
    if has("permission") {
        403
    } else if has("state") {
        409
    } else {
        422
    }
}

/// The acts that neither a permission nor the state forbids: what they lack can be added.
fn possible(actions: &[Value]) -> BTreeSet<String> {
    let only_content = |action: &&Value| action["blockers"].as_array().unwrap().iter().all(|blocker| blocker["kind"] == "content");
    set_of(actions.iter().filter(only_content).map(|action| &action["act"]))
}

/// Tries one act as the list of acts tells it.
fn compare(walk: &mut Walk<'_>, action: &Value, possible: &BTreeSet<String>, answer: &Answer, whose: &str) {
    let act = action["act"].as_str().unwrap();
    let blockers = action["blockers"].as_array().unwrap();
    walk.fits(answer, whose);
    if action["allowed"] == true {
        walk.holds(answer.status.is_success() && blockers.is_empty(), answer, &format!("{whose}: {act} is allowed"));
        return;
    }
    let told = set_of(blockers.iter().map(|blocker| &blocker["code"]));
    let met = set_of(errors(&answer.body).map(|error| &error["code"]));
    walk.holds(answer.status == status_of(blockers) && told == met, answer, &format!("{whose}: {act} is blocked by {told:?}"));
    if answer.status == 409 {
        let named = set_of(answer.body.pointer("/errors/0/params/allowed_acts").and_then(Value::as_array).into_iter().flatten());
        walk.holds(named == *possible, answer, &format!("{whose}: {act} names what is possible, {possible:?}"));
    }
}

both! {
    async fn what_is_said_to_be_possible_is_accepted_and_nothing_else(world) {
        let stage = Stage::in_world(world).await;
        let mut walk = Walk::over(&stage.document);
        let mut found = referrals(world).await;
        found.insert("complete_draft".into(), stage.complete_draft().await);
        let redirected = stage.sent().await;
        let to = json!({"organisation_id": world.persona("operator_2").organisation(), "code": "no_capacity", "person_agreed": true});
        world.operator().does_with("redirect", &redirected, to).await.good();
        found.insert("redirected".into(), redirected);
        found.insert("superseded".into(), superseded(world, &stage).await);
        found.insert("archived".into(), stage.archived().await);
        let paused = stage.sent().await;
        world.operator().does_with("pause-clock", &paused, stage.pause(10).await).await.good();
        found.insert("paused".into(), paused);
        let today = world.operator().get("/v1/sandbox/clock").await.good()["now"].as_str().unwrap()[..10].to_owned();
        let elsewhere = world.persona("operator_3").organisation().to_owned();
        let (mut visible, mut allowed_somewhere) = (0, BTreeSet::new());
        for state in STATES.iter().chain(&["complete_draft", "archived", "paused"]) {
            let referral = found.get(*state).unwrap_or_else(|| panic!("the demo has no referral that is {state}: {found:?}"));
            for name in PEOPLE {
                let who = world.persona(name);
                let actions = who.get(&format!("/v1/referrals/{referral}/actions")).await;
                if !actions.status.is_success() {
                    walk.holds(matches!(actions.status.as_u16(), 403 | 404), &actions, "out of sight");
                    continue;
                }
                visible += 1;
                walk.fits(&actions, "the acts");
                let items = actions.body["items"].as_array().unwrap().clone();
                let possible = possible(&items);
                for action in &items {
                    let act = action["act"].as_str().unwrap();
                    if action["allowed"] == true {
                        allowed_somewhere.insert(act.to_owned());
                    }
                    if act == "delete" && action["allowed"] == true {
                        continue;
                    }
                    let tag = who.reads(referral).await.etag();
                    let attempt = attempt(act, referral, &today, &elsewhere);
                    let before = who.sees(referral).await;
                    let answer = attempt.by(&who, &tag).await;
                    compare(&mut walk, action, &possible, &answer, &format!("{name}, {state}"));
                    walk.holds(!attempt.dry || who.sees(referral).await == before, &answer, "a dry run changes nothing");
                }
            }
        }
        let draft = stage.draft().await;
        assert!(world.prescriber().may(&draft).await.contains(&"delete".to_owned()));
        world.prescriber().deletes(&format!("/v1/referrals/{draft}")).await.with_status(204);
        assert!(visible >= 25, "{visible} views of referrals");
        assert!(allowed_somewhere.len() >= 15, "allowed somewhere: {allowed_somewhere:?}");
        walk.ends(600);
    }

    async fn who_was_shut_out_does_nothing_any_more(world) {
        let database = world.copy.connect().await;
        let blocked = crate::world::tools::number(&database, "SELECT count(*) FROM referral WHERE state = 'blocked'").await;
        assert!(blocked > 0, "the demo has a blocked referral");
        let shut_out = world.persona("prescriber_3");
        let answer = shut_out.get("/v1/referrals").await;
        assert!(answer.status == 403 || answer.body["code"] == "organisation_required", "{}: {}", answer.status, answer.text);
    }

    async fn the_acts_of_a_service_are_what_they_are_said_to_be(world) {
        let stage = Stage::in_world(world).await;
        let mut walk = Walk::over(&stage.document);
        let admin = world.persona("admin");
        for steps in [&[][..], &["publish"][..], &["publish", "suspend"][..], &["publish", "archive"][..]] {
            for name in ["admin", "moderator", "operator", "reader"] {
                for act in ["edit", "publish", "suspend", "archive"] {
                    let path = stage.service_draft().await;
                    for step in steps {
                        admin.send(Method::POST, &format!("{path}/{step}"), None).await.good();
                    }
                    let who = world.persona(name);
                    let actions = who.get(&format!("{path}/actions")).await;
                    if actions.status == 404 {
                        continue;
                    }
                    walk.fits(&actions, "the acts");
                    let items = actions.body["actions"].as_array().unwrap().clone();
                    let action = items.iter().find(|item| item["act"] == act).unwrap();
                    let answer = if act == "edit" {
                        who.with("if-match", &who.get(&path).await.etag()).send(Method::PATCH, &path, Some(json!({"fee": "free"}))).await
                    } else {
                        who.send(Method::POST, &format!("{path}/{act}"), None).await
                    };
                    compare(&mut walk, action, &possible(&items), &answer, &format!("{name}, after {steps:?}"));
                }
            }
        }
        walk.ends(40);
    }
}
