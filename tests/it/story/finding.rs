//! Searching the directory: what is found, in which order, and what never is.

mod order;
mod place;
mod question;
mod sight;
mod text;

use serde_json::{Value, json};

use super::merge;
use crate::world::{Client, World};

/// What all services of these stories carry, so that they are found apart from the demo's.
const LABEL: &str = "essai";

/// A published service of the operators' structure, changed by a merge patch; remote and for everybody everywhere. Gives its id.
async fn offers(world: &World, name: &str, patch: Value) -> String {
    let service = drafts(world, name, patch).await;
    world.persona("admin").does_to_service("publish", &service).await.good();
    service
}

/// The same, not yet published.
async fn drafts(world: &World, name: &str, patch: Value) -> String {
    let mut service = json!({
        "name": name, "summary": "Sur rendez-vous.", "kind": "support", "reception": "remote", "fee": "free", "labels": [LABEL],
        "topics": ["sante--addictions"], "coverage": {"everywhere": true, "zones": []}, "update_frequency": "yearly",
        "contact": {"email": "essai@tremplin-lillois.example.org", "public": true}
    });
    merge(&mut service, patch);
    world.persona("admin").post("/v1/services", service).await.with_status(201).good()["id"].as_str().unwrap().to_owned()
}

/// Received at this place.
fn at(latitude: f64, longitude: f64) -> Value {
    json!({
        "reception": "on_site", "point": {"latitude": latitude, "longitude": longitude},
        "address": {"line1": "1 rue des Essais", "postal_code": "59000", "locality": "Lille", "country": "FR", "commune": "59350"}
    })
}

/// For people of one zone.
fn for_zone(kind: &str, code: &str) -> Value {
    json!({"coverage": {"everywhere": false, "zones": [{"kind": kind, "code": code}]}})
}

/// Two patches in one.
fn both_of(mut one: Value, other: Value) -> Value {
    merge(&mut one, other);
    one
}

/// The lines of these stories' services that a question finds, in their order.
async fn lines(who: &Client, question: &str) -> Vec<Value> {
    let page = who.get(&format!("/v1/services?label={LABEL}&limit=200&{question}")).await.good();
    page["items"].as_array().unwrap().clone()
}

/// Their names.
async fn found(who: &Client, question: &str) -> Vec<String> {
    lines(who, question).await.iter().map(|line| line["name"].as_str().unwrap().to_owned()).collect()
}

/// Their names in the order of the alphabet.
async fn found_sorted(who: &Client, question: &str) -> Vec<String> {
    let mut names = found(who, question).await;
    names.sort();
    names
}

/// The ids of everything in the directory that a question finds, in their order.
async fn ids(who: &Client, question: &str) -> Vec<String> {
    let (mut ids, mut cursor) = (vec![], String::new());
    loop {
        let page = who.get(&format!("/v1/services?limit=200&{question}{cursor}")).await.good();
        ids.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return ids,
        }
    }
}
