//! Keys: a request that is sent twice with the same `Idempotency-Key` has one effect.

use serde_json::Value;

use super::stage::{Scene, Stage};
use super::walk::Walk;
use crate::world::{Answer, Operation, pdf};

/// A secret is shown once: the second request is told so instead.
const SECRET: &[&str] = &["create_service_account", "rotate_service_account_secret"];

/// What was set off goes on by itself: the worker takes the job.
const MOVES_ON: &[&str] = &["retry_job", "start_import", "upload_document", "create_export"];

/// Where new things are listed, when not in the plain list.
const LISTED_BY: &[(&str, &str)] = &[("create_service", "&state=draft")];

async fn under_key(operation: &Operation, scene: &Scene, key: &str, body: Option<Value>) -> Answer {
    let who = scene.who.with("idempotency-key", key);
    match (&scene.file, body) {
        (Some((bytes, media_type)), None) => who.send_bytes(operation.method.clone(), &scene.path, bytes.clone(), media_type).await,
        (Some((_, media_type)), Some(_)) => {
            who.send_bytes(operation.method.clone(), &scene.path, pdf("Un autre parcours"), media_type).await
        }
        (None, body) => who.send(operation.method.clone(), &scene.path, body).await,
    }
}

/// The operation that lists what this one creates, when it counts.
fn list_of<'a>(stage: &'a Stage<'_>, operation: &Operation) -> Option<&'a Operation> {
    stage
        .document
        .operations
        .iter()
        .find(|other| other.path == operation.path && other.method == reqwest::Method::GET && other.asks_for("count"))
}

/// How many there are, following the pages.
async fn counted(operation: &Operation, scene: &Scene) -> usize {
    let filter = LISTED_BY.iter().find(|(id, _)| *id == operation.id).map_or("", |(_, filter)| filter);
    let (mut number, mut cursor) = (0, String::new());
    loop {
        let page = scene.who.get(&format!("{}?limit=200{filter}{cursor}", scene.path)).await.good();
        number += page["items"].as_array().unwrap().len();
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return number,
        }
    }
}

both! {
    async fn one_key_is_one_effect(world) {
        let stage = Stage::in_world(world).await;
        let mut walk = Walk::over(&stage.document);
        for operation in stage.document.operations.iter().filter(|operation| operation.keeps_effect()) {
            let scene = stage.scene(operation).await;
            let lists = list_of(&stage, operation).is_some();
            let before = if lists { counted(operation, &scene).await } else { 0 };
            let first = under_key(operation, &scene, "one-key", scene.body.clone()).await;
            walk.holds(first.status.is_success() && first.header("idempotency-replayed").is_empty(), &first, "the first has an effect");
            let again = under_key(operation, &scene, "one-key", scene.body.clone()).await;
            if MOVES_ON.contains(&operation.id.as_str()) && again.status == 404 {
                // The worker has done the job and removed it: there is nothing to show any more.
                walk.refused(&again, 404, "not_found", "the replay about what is gone");
            } else if SECRET.contains(&operation.id.as_str()) {
                walk.refused(&again, 409, "secret_already_shown", "a secret the second time");
            } else {
                walk.fits(&again, "the replay");
                walk.holds(again.status == first.status, &again, "the replay has the same status");
                walk.holds(again.header("idempotency-replayed") == "true", &again, "the replay says that it is one");
                walk.holds(again.body.get("id") == first.body.get("id"), &again, "the replay is about the same thing");
                let same = again.body.get("version") == first.body.get("version") || MOVES_ON.contains(&operation.id.as_str());
                walk.holds(same, &again, "the replay moves no version");
                walk.holds(again.header("location") == first.header("location"), &again, "the replay names the same place");
            }
            if lists {
                let after = counted(operation, &scene).await;
                walk.holds(after == before + 1, &again, &format!("{before} became {after}"));
            }
            if operation.has_body() || scene.file.is_some() {
                let other = scene.other.clone().or(scene.file.as_ref().map(|_| Value::Null)).unwrap_or_else(|| panic!("the scene of {} has no other body", operation.id));
                let answer = under_key(operation, &scene, "one-key", Some(other)).await;
                walk.refused(&answer, 422, "idempotency_key_reused", "the same key with another body");
            }
        }
        walk.ends(130);
    }

    async fn a_refusal_is_not_kept_under_its_key(world) {
        let stage = Stage::in_world(world).await;
        let mut walk = Walk::over(&stage.document);
        for operation in stage.document.operations.iter().filter(|operation| operation.keeps_effect()) {
            let scene = stage.scene(operation).await;
            let refused = if operation.answers(412) && operation.id != "assign_referral" {
                let stale = Scene { who: scene.who.with("if-match", "\"999.0.fr\""), ..scene.clone() };
                under_key(operation, &stale, "tried-again", scene.body.clone()).await
            } else {
                let wrong = Scene { path: format!("{}?nonsense=1", scene.path), ..scene.clone() };
                under_key(operation, &wrong, "tried-again", scene.body.clone()).await
            };
            walk.holds(refused.status.is_client_error(), &refused, "it is refused first");
            let answer = under_key(operation, &scene, "tried-again", scene.body.clone()).await;
            walk.holds(answer.status.is_success() && answer.header("idempotency-replayed").is_empty(), &answer, "tried again, it is done");
        }
        walk.ends(40);
    }

    async fn a_referral_that_lacked_something_is_sent_under_the_same_key(world) {
        let stage = Stage::in_world(world).await;
        let prescriber = world.prescriber();
        let mut form = crate::world::ready_draft(&stage.open_service().await, &stage.family_name());
        form["person_informed"] = false.into();
        let draft = prescriber.drafts_form(form).await;
        let keyed = prescriber.with("idempotency-key", "send-it");
        keyed.does("send", &draft).await.with_status(422);
        prescriber.changes(&draft, serde_json::json!({"person_informed": true})).await.good();
        let reason = serde_json::json!({"override_reason": "vérifié en entretien"});
        let sent = keyed.does_with("send", &draft, reason.clone()).await;
        assert_eq!(sent.header("idempotency-replayed"), "");
        assert_eq!(sent.good()["state"], "sent");
        assert_eq!(keyed.does_with("send", &draft, reason).await.with_status(200).header("idempotency-replayed"), "true");
    }

    async fn a_key_is_a_callers_own_and_well_formed(world) {
        let stage = Stage::in_world(world).await;
        let operation = stage.document.operation("create_referral");
        let scene = stage.scene(operation).await;
        let mine = under_key(operation, &scene, "shared-word", scene.body.clone()).await.with_status(201).good();
        let partner = Scene { who: world.persona("prescriber_2"), ..stage.scene(operation).await };
        let theirs = under_key(operation, &partner, "shared-word", partner.body.clone()).await.with_status(201);
        assert_eq!(theirs.header("idempotency-replayed"), "");
        assert_ne!(theirs.good()["id"], mine["id"]);
        let long = "k".repeat(256);
        for key in ["", "two words", "clé", long.as_str()] {
            let answer = under_key(operation, &scene, key, scene.body.clone()).await;
            answer.refused(400, "invalid_idempotency_key");
        }
        let longest = "k".repeat(255);
        under_key(operation, &scene, &longest, scene.body.clone()).await.with_status(201);
    }
}
