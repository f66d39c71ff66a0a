//! The stories of the field, on both databases: what people do in a day, and what they see of it.

mod access;
mod blank_form;
pub mod booklet;
mod chain;
mod clock;
pub mod consent;
mod counter;
mod data_inclusion;
mod day;
mod digest;
mod directory;
mod disclosure;
mod document;
mod eligibility;
mod entry;
mod erasure;
pub mod export;
mod file_sight;
mod filing;
mod filter;
mod finding;
mod forgotten;
mod founding;
mod handing_on;
mod held;
mod holiday;
mod hsds;
mod importing;
mod joining;
mod link;
mod mailbox;
mod many;
mod moderation;
mod notice;
mod operator;
mod owner;
mod parent;
mod pause;
mod person;
mod place;
mod prescriber;
mod reader;
mod receipt;
mod reference;
pub mod retrieval;
mod rights;
mod saved_view;
mod search;
mod sending;
mod sent;
mod sign_up;
mod statistics;
mod task;
mod thread;
mod told;
mod unit;
mod upload;
mod withdrawal;

use serde_json::{Value, json};

use crate::world::{World, ready_draft};

/// A service of the operator's structure.
pub const COACHING: &str = "Accompagnement renforcé";
/// The contact address of that service.
const DESK: &str = "equipe@tremplin-lillois.example.org";
/// Why a referral is sent although nothing is ticked, as `Client::sends` says it.
const OVERRIDE: &str = "vérifié en entretien";

/// A form that is ready to be sent, changed by a merge patch.
pub fn form(service: &str, family_name: &str, patch: Value) -> Value {
    let mut form = ready_draft(service, family_name);
    merge(&mut form, patch);
    form
}

fn merge(target: &mut Value, patch: Value) {
    match (target, patch) {
        (Value::Object(fields), Value::Object(changes)) => {
            for (name, change) in changes {
                merge(fields.entry(name).or_insert(Value::Null), change);
            }
        }
        (target, patch) => *target = patch,
    }
}

/// The codes of a refusal with the places that they name.
fn complaints(problem: &Value) -> Vec<(&str, &str)> {
    let errors = problem["errors"].as_array().unwrap().iter();
    let mut found: Vec<_> = errors.map(|error| (error["code"].as_str().unwrap(), error["pointer"].as_str().unwrap_or(""))).collect();
    found.sort_unstable();
    found
}

/// Noémie takes back what the demo left waiting for her organisation's verification: what is held from now on waits longest.
async fn holds_nothing_back(world: &World) {
    let noemie = world.persona("prescriber_2");
    for referral in noemie.lists("direction=sent&state=held").await {
        noemie.does("withdraw", &referral).await.good();
    }
}

/// The directory's owner changes the service.
async fn edits_service(world: &World, service: &str, patch: Value) {
    world.persona("admin").patches(&format!("/v1/services/{service}"), patch).await.good();
}

/// A form for a person who has an e-mail address as well.
fn with_email(service: &str, family_name: &str, email: &str) -> Value {
    form(service, family_name, json!({"person": {"email": email}}))
}
