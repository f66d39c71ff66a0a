//! Every door at which a person's words could stand, asked by one recipient with every id there is.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};

use super::plant::Planted;
use super::words::found_in;
use crate::world::{Answer, Client};

/// The words that somebody finds, each with a door at which it stands.
pub type Found = BTreeMap<&'static str, String>;

/// What somebody is told at a door: the body and every header.
fn told(answer: &Answer) -> String {
    let headers: Vec<String> =
        answer.headers.iter().map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes()))).collect();
    format!("{}\n{}", headers.join("\n"), answer.text)
}

struct Look<'a> {
    who: &'a Client,
    found: Found,
}

impl Look<'_> {
    fn note(&mut self, door: &str, text: &str) {
        for word in found_in(text) {
            self.found.entry(word).or_insert_with(|| door.to_owned());
        }
    }

    async fn asks(&mut self, method: Method, door: &str, body: Option<Value>) -> Answer {
        let answer = self.who.send(method.clone(), door, body).await;
        assert!(answer.status.as_u16() < 500, "{door}: {} {}", answer.status, answer.text);
        self.note(&format!("{method} {door}"), &told(&answer));
        answer
    }

    async fn reads(&mut self, door: &str) -> Answer {
        self.asks(Method::GET, door, None).await
    }
}

/// Lists, counts, journals, figures, files, and what one is told of oneself.
const LISTS: &[&str] = &[
    "/v1/referrals?limit=200&count=true",
    "/v1/referrals?limit=200&direction=sent",
    "/v1/referrals?limit=200&direction=received&sort=told_at",
    "/v1/referrals?limit=200&box=to_handle",
    "/v1/referrals?limit=200&box=in_charge",
    "/v1/referrals?limit=200&box=archived",
    "/v1/referrals?limit=200&paused=true",
    "/v1/referrals/board",
    "/v1/inbox",
    "/v1/tasks?limit=200",
    "/v1/booklets?limit=200",
    "/v1/retrievals?limit=200",
    "/v1/saved-views?limit=200",
    "/v1/people?limit=200&count=true",
    "/v1/audit/accesses?limit=200",
    "/v1/audit/mutations?limit=200",
    "/v1/reports/referrals?direction=received",
    "/v1/reports/referrals?direction=sent",
    "/v1/reports/referrals.csv?direction=received",
    "/v1/reports/referrals.csv?direction=sent",
    "/v1/moderation/held?limit=200",
    "/v1/jobs?limit=200",
    "/v1/me",
    "/v1/access/explain",
];

/// Acts that are tried and not done, and refused acts: neither says more of the person than a reading.
const TRIED: &[&str] = &["accept", "complete", "withdraw", "refuse", "archive", "redirect", "record-answer", "review"];

/// Everything that somebody finds.
pub async fn everywhere(who: &Client, planted: &Planted) -> Found {
    let mut look = Look { who, found: Found::new() };
    for list in LISTS {
        look.reads(list).await;
    }
    for leg in &planted.legs {
        for door in ["", "/chain", "/documents", "/messages?limit=200", "/actions", "/duplicates", "?include=notices"] {
            look.reads(&format!("/v1/referrals/{leg}{door}")).await;
        }
        look.asks(Method::HEAD, &format!("/v1/referrals/{leg}"), None).await;
        look.reads(&format!("/v1/referrals/{leg}/documents/{}", planted.file)).await;
        look.reads(&format!("/v1/tasks?limit=200&referral_id={leg}")).await;
        look.reads(&format!("/v1/people?limit=200&referral_id={leg}")).await;
        for act in TRIED {
            look.asks(Method::POST, &format!("/v1/referrals/{leg}/{act}?dry_run=true"), Some(json!({}))).await;
        }
    }
    let tasks = look.reads("/v1/tasks?limit=200").await;
    for task in tasks.body["items"].as_array().cloned().unwrap_or_default() {
        look.reads(&format!("/v1/tasks/{}", task["id"].as_str().unwrap_or_default())).await;
    }
    for person in &planted.people {
        for door in ["", "/consents?limit=200", "/disclosures?limit=200", "/accesses?limit=200", "/duplicates", "/identity-links"] {
            look.reads(&format!("/v1/people/{person}{door}")).await;
        }
        look.asks(Method::POST, &format!("/v1/people/{person}/export"), None).await;
    }
    for (person, consent) in &planted.consents {
        look.reads(&format!("/v1/people/{person}/consents/{consent}")).await;
    }
    for booklet in &planted.booklets {
        look.reads(&format!("/v1/booklets/{booklet}")).await;
        look.reads(&format!("/v1/booklets/{booklet}/entries?limit=200")).await;
    }
    for retrieval in &planted.retrievals {
        look.reads(&format!("/v1/retrievals/{retrieval}")).await;
    }
    look.reads(&format!("/v1/broadcasts/{}", planted.need)).await;
    look.reads(&format!("/v1/documents/{}", planted.file)).await;
    look.reads(&format!("/v1/documents/{}/content", planted.file)).await;
    let link = look.asks(Method::POST, &format!("/v1/documents/{}/link", planted.file), None).await;
    if let Some(url) = link.body["url"].as_str() {
        look.reads(url.trim_start_matches("http://127.0.0.1:8080")).await;
    }
    for search in [json!({"name": "zorglubfam"}), json!({"contact": "0639987117"}), json!({"contact": "plantemail@example.org"})] {
        look.asks(Method::POST, "/v1/referrals/search", Some(search.clone())).await;
        look.asks(Method::POST, "/v1/people/search", Some(search)).await;
    }
    let replay = Client::with(who, "idempotency-key", "rejouer");
    let again = replay.post(&format!("/v1/referrals/{}/accept", planted.legs[0]), json!({"message": "ReponsePlantee"})).await;
    look.note("the replay", &told(&again));
    look.found
}
