//! The door: what every operation asks before it looks at any record.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use super::stage::{Scene, Stage};
use super::walk::{WITHOUT_A_DOOR, Walk, carries_body, errors, plain};
use crate::world::{Answer, Client, Operation};

/// What is wrong with a body by itself, whatever it is sent to.
const ITS_OWN_FAULT: &[&str] = &[
    "advance_or_to",
    "contradiction",
    "identifier_check_digit",
    "identifier_malformed",
    "invalid_id",
    "not_for_this_act",
    "not_in_order",
    "one_assignee_only",
    "period_reversed",
    "reminder_after_expiry",
    "unit_not_expected",
    "unknown_code",
    "unknown_field",
    "unknown_subdivision",
    "wrong_type",
];

async fn asks(who: &Client, operation: &Operation, path: &str, headers: &[(&str, &str)], body: Option<Value>) -> Answer {
    let who = headers.iter().fold(who.clone(), |who, (name, value)| who.with(name, value));
    who.send(operation.method.clone(), path, body).await
}

/// Sends a text as it is.
async fn sends_text(who: &Client, operation: &Operation, text: &str, media_type: &str) -> Answer {
    let (path, headers, _) = plain(operation);
    let who = headers.iter().fold(who.clone(), |who, (name, value)| who.with(name, value));
    who.send_text(operation.method.clone(), &path, Some(text.to_owned()), media_type).await
}

/// Tokens that nobody was given: nonsense, a good one with another signature, another claim, no algorithm.
fn forged(good: &str) -> Vec<String> {
    let mut parts = good.split('.');
    let (head, claims, signature) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
    let turned: String = signature.chars().rev().collect();
    let other: String = claims.chars().rev().collect();
    vec![
        "nonsense".into(),
        format!("{head}.{claims}.{turned}"),
        format!("{head}.{other}.{signature}"),
        format!("eyJhbGciOiJub25lIn0.{claims}."),
    ]
}

both! {
    async fn who_is_not_signed_in_is_asked_to_sign_in_and_a_forged_token_opens_nothing(world) {
        let stage = Stage::in_world(world).await;
        let mut walk = Walk::over(&stage.document);
        let forged = forged(world.operator().persona["token"].as_str().unwrap());
        for operation in &stage.document.operations {
            let (path, headers, body) = plain(operation);
            if operation.permission != "public" {
                let answer = asks(&world.anybody(), operation, &path, &headers, body.clone()).await;
                walk.refused(&answer, 401, "sign_in_required", "no token");
                walk.holds(answer.header("www-authenticate").starts_with("Bearer"), &answer, "the challenge is Bearer");
            }
            if WITHOUT_A_DOOR.contains(&operation.id.as_str()) {
                continue;
            }
            for token in &forged {
                let answer = asks(&world.anybody().with_token(token), operation, &path, &headers, body.clone()).await;
                walk.refused(&answer, 401, "invalid_token", "a forged token");
            }
        }
        walk.ends(450);
    }

    async fn what_no_operation_knows_is_named(world) {
        let stage = Stage::in_world(world).await;
        let mut walk = Walk::over(&stage.document);
        let caller = world.persona("platform_admin");
        for operation in &stage.document.operations {
            if WITHOUT_A_DOOR.contains(&operation.id.as_str()) {
                continue;
            }
            let (path, headers, body) = plain(operation);
            let answer = asks(&caller, operation, &format!("{path}?nonsense=1"), &headers, body.clone()).await;
            walk.refused(&answer, 422, "unknown_field", "an unknown parameter");
            walk.holds(errors(&answer.body).any(|error| error["pointer"] == "?nonsense"), &answer, "the parameter is named");
            let Some(mut body) = body else { continue };
            body["nonsense"] = json!(1);
            let answer = asks(&caller, operation, &path, &headers, Some(body)).await;
            walk.refused(&answer, 422, "unknown_field", "an unknown field");
            walk.holds(errors(&answer.body).any(|error| error["pointer"] == "/nonsense"), &answer, "the field is named");
        }
        walk.ends(280);
    }

    async fn a_body_is_small_json_where_one_is_expected_and_nowhere_else(world) {
        let stage = Stage::in_world(world).await;
        let mut walk = Walk::over(&stage.document);
        let caller = world.persona("platform_admin");
        let large = format!("{{\"nonsense\": \"{}\"}}", "x".repeat(1024 * 1024));
        for operation in stage.document.operations.iter().filter(|operation| carries_body(&operation.method) && !operation.is_streamed()) {
            if !operation.has_body() {
                let answer = sends_text(&caller, operation, "{}", "application/json").await;
                walk.refused(&answer, 400, "body_not_expected", "a body where none is expected");
                continue;
            }
            let answer = sends_text(&caller, operation, "{\"nonsense\":", "application/json").await;
            walk.refused(&answer, 400, "malformed_json", "half a body");
            let answer = sends_text(&caller, operation, "{\"a\": 1, \"a\": 2}", "application/json").await;
            walk.refused(&answer, 400, "duplicate_key", "a key twice");
            let answer = sends_text(&caller, operation, &format!("{}{}", "[".repeat(65), "]".repeat(65)), "application/json").await;
            walk.refused(&answer, 400, "too_deep", "a deep body");
            let answer = sends_text(&caller, operation, "{\"a\": \"\\u0000\"}", "application/json").await;
            walk.refused(&answer, 400, "control_character", "a NUL");
            let answer = sends_text(&caller, operation, "{}", "text/plain").await;
            walk.refused(&answer, 415, "unsupported_media_type", "another media type");
            let answer = sends_text(&caller, operation, &large, "application/json").await;
            walk.refused(&answer, 413, "body_too_big", "a body over 1 MB");
            if operation.body_required() {
                let (path, headers, _) = plain(operation);
                let answer = asks(&caller, operation, &path, &headers, None).await;
                walk.refused(&answer, 400, "body_missing", "no body");
            }
        }
        walk.ends(280);
    }

    async fn a_documented_example_is_not_wrong_in_itself(world) {
        let stage = Stage::in_world(world).await;
        let mut walk = Walk::over(&stage.document);
        for operation in stage.document.operations.iter().filter(|operation| !operation.is_streamed() && !operation.sandbox_only) {
            let Some(example) = operation.example() else { continue };
            let scene = Scene { body: Some(example), ..stage.scene(operation).await };
            let answer = stage.plays(operation, &scene).await;
            let is_own = |error: &Value| ITS_OWN_FAULT.iter().any(|code| error["code"] == *code);
            walk.holds(!errors(&answer.body).any(is_own), &answer, "an example that the document itself gives");
        }
        walk.ends(60);
    }

    async fn another_method_is_told_which_there_are(world) {
        let stage = Stage::in_world(world).await;
        let mut walk = Walk::over(&stage.document);
        let patterns: BTreeSet<&str> = stage.document.operations.iter().map(|operation| operation.path.as_str()).collect();
        for pattern in patterns {
            let operation = stage.document.operations.iter().find(|operation| operation.path == pattern).unwrap();
            let known = stage.document.methods_of(pattern);
            for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
                if known.contains(method.as_str()) {
                    continue;
                }
                // With a token and without: the route is judged before the identity.
                for caller in [world.anybody(), world.operator()] {
                    let answer = caller.send(method.clone(), &operation.path_with("0192f4e6-0000-7000-8000-00000000dead"), None).await;
                    walk.refused(&answer, 405, "method_not_allowed", "another method");
                    let allowed: BTreeSet<String> = answer.header("allow").split(", ").map(ToOwned::to_owned).collect();
                    walk.holds(allowed == known, &answer, &format!("Allow names {known:?}, not {allowed:?}"));
                }
            }
        }
        walk.ends(400);
    }
}
