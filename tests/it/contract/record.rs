//! Records: every operation succeeds as documented, and what is foreign or unknown is one 404.

use reqwest::Method;
use serde_json::Value;

use super::stage::{Scene, Stage};
use super::walk::{NOBODYS, SOME_TAG, Walk};
use crate::world::{Answer, Operation};

/// Operations after which nothing else can be asked.
const LAST: &str = "reset_sandbox";

/// Organisations are public to whoever is signed in: only what hangs on them can be out of sight.
const IN_SIGHT: &[(&str, u16)] = &[
    ("get_organisation_clocks", 200),
    ("set_organisation_clocks", 403),
    ("get_organisation", 200),
    ("update_organisation", 403),
    ("verify_organisation", 403),
    ("block_organisation", 403),
];

/// The problem without what is the request's own.
fn same_for_all(answer: &Answer) -> Value {
    let mut body = answer.body.clone();
    body["instance"] = Value::Null;
    body
}

/// A scene at another path, under some version.
async fn tried(operation: &Operation, scene: &Scene, path: &str) -> Answer {
    let who = if operation.is_versioned() { scene.who.with("if-match", SOME_TAG) } else { scene.who.clone() };
    who.send(operation.method.clone(), path, scene.body.clone()).await
}

/// The paths of a scene with one of its ids replaced.
fn with_other_ids(operation: &Operation, scene: &Scene, other: &str) -> Vec<String> {
    let (path, query) = scene.path.split_once('?').unwrap_or((&scene.path, ""));
    let given: Vec<&str> = path.split('/').collect();
    let places = operation.path.split('/').enumerate().filter(|(_, part)| part.starts_with('{')).map(|(place, _)| place);
    let replaced = |place: usize| {
        let mut parts = given.clone();
        parts[place] = other;
        if query.is_empty() { parts.join("/") } else { format!("{}?{query}", parts.join("/")) }
    };
    places.map(replaced).collect()
}

both! {
    async fn every_operation_succeeds_as_documented(world) {
        let stage = Stage::in_world(world).await;
        let mut walk = Walk::over(&stage.document);
        let (last, most): (Vec<_>, Vec<_>) = stage.document.operations.iter().partition(|operation| operation.id == LAST);
        for operation in most.into_iter().chain(last) {
            let scene = stage.scene(operation).await;
            let tag = stage.tag(&scene).await;
            let who = tag.iter().fold(scene.who.clone(), |who, tag| who.with("if-match", tag));
            let answer = scene.sent_by(&who, operation).await;
            walk.holds(answer.status.is_success(), &answer, "the scene succeeds");
            walk.fits(&answer, "the answer");
            if answer.body.get("version").is_some() && operation.method != Method::DELETE && !operation.is_facade {
                walk.holds(answer.etag().starts_with('"'), &answer, "a versioned answer has a strong tag");
            }
            // A 202 without an id is the same for everybody: there is nothing to look at.
            if answer.status == 201 || (answer.status == 202 && answer.body.get("id").is_some()) {
                let place = answer.header("location").trim_start_matches("http://127.0.0.1:8080").to_owned();
                walk.holds(place.starts_with("/v1/"), &answer, "what is made, or begun, says where it is");
                let found = scene.who.get(&place).await;
                walk.holds(found.status == 200, &found, &format!("{} is found at its Location", operation.id));
                let id = answer.body.get("id").or(answer.body.pointer("/service_account/id"));
                walk.holds(found.body.get("id") == id, &found, "what stands there is the same thing");
            }
        }
        walk.ends(170);
    }

    async fn an_unknown_and_a_malformed_id_are_the_same_404(world) {
        let stage = Stage::in_world(world).await;
        let mut walk = Walk::over(&stage.document);
        // The key of a download is no id: what opens nothing is one answer of its own.
        let by_id = |operation: &&Operation| !operation.names().is_empty() && operation.id != "download_document";
        for operation in stage.document.operations.iter().filter(by_id) {
            let scene = stage.scene(operation).await;
            let unknown = with_other_ids(operation, &scene, NOBODYS);
            let malformed = with_other_ids(operation, &scene, "not-an-id");
            for (unknown, malformed) in unknown.iter().zip(&malformed) {
                let (unknown, malformed) = (tried(operation, &scene, unknown).await, tried(operation, &scene, malformed).await);
                walk.refused(&unknown, 404, "not_found", "an unknown id");
                walk.refused(&malformed, 404, "not_found", "a malformed id");
                walk.holds(same_for_all(&unknown) == same_for_all(&malformed), &malformed, "both are one answer");
            }
        }
        walk.ends(200);
    }

    async fn what_hangs_on_another_organisation_is_not_there(world) {
        let stage = Stage::in_world(world).await;
        let mut walk = Walk::over(&stage.document);
        let admin = world.persona("admin");
        for operation in stage.document.operations.iter().filter(|operation| operation.path.starts_with("/v1/organisations/{id}")) {
            let scene = stage.foreign_scene(operation).await.unwrap().by(&admin);
            let answer = tried(operation, &scene, &scene.path).await;
            match IN_SIGHT.iter().find(|(id, _)| *id == operation.id) {
                Some((_, status)) => walk.has_status(&answer, *status, "a public organisation"),
                None => walk.refused(&answer, 404, "not_found", "a thing of another organisation"),
            }
            if operation.names().len() > 1 {
                // Nor under one's own organisation.
                let foreign = scene.path.split('/').nth(3).unwrap();
                let answer = tried(operation, &scene, &scene.path.replace(foreign, admin.organisation())).await;
                walk.refused(&answer, 404, "not_found", "a foreign thing under one's own organisation");
            }
        }
        walk.ends(40);
    }

    async fn a_referral_between_others_is_not_there(world) {
        let stage = Stage::in_world(world).await;
        let mut walk = Walk::over(&stage.document);
        for operation in stage.document.operations.iter().filter(|operation| operation.path.starts_with("/v1/referrals/{id}")) {
            let scene = stage.scene(operation).await;
            for stranger in ["operator_2", "prescriber_2", "moderator", "platform_admin"] {
                let answer = tried(operation, &scene.clone().by(&world.persona(stranger)), &scene.path).await;
                walk.refused(&answer, 404, "not_found", "a referral between others");
            }
        }
        walk.ends(60);
    }

    async fn a_draft_of_another_directory_and_the_session_of_another_are_not_there(world) {
        let stage = Stage::in_world(world).await;
        let mut walk = Walk::over(&stage.document);
        for operation in stage.document.operations.iter().filter(|operation| operation.path.starts_with("/v1/services/{id}")) {
            let scene = stage.scene(operation).await.by(&world.persona("operator_2"));
            let path = operation.path_with(stage.service_draft().await.rsplit('/').next().unwrap());
            let answer = tried(operation, &scene, &path).await;
            walk.refused(&answer, 404, "not_found", "a draft of others");
        }
        let operation = stage.document.operation("delete_my_session");
        let scene = stage.scene(operation).await.by(&world.operator());
        let answer = tried(operation, &scene, &scene.path).await;
        walk.refused(&answer, 404, "not_found", "a session of somebody else");
        walk.ends(8);
    }
}
