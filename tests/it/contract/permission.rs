//! Who may: each operation is closed to whoever lacks its permission, and says which one it is.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::stage::{Scene, Stage};
use super::walk::{Walk, errors};
use crate::world::{Client, Operation};

/// Everybody of the demo who works for a verified organisation or a partner.
const PEOPLE: &[&str] = &["prescriber", "operator", "operator_2", "colleague", "reader", "admin", "moderator", "platform_admin", "partner"];

/// Operations whose record cannot be seen without the permission that they name: 404 instead of 403.
const UNSEEN: &[(&str, &str)] = &[
    ("read_referral", "without `referrals:read` no referral exists"),
    ("list_referral_actions", "without `referrals:read` no referral exists"),
    ("list_referral_duplicates", "without `referrals:read` no referral exists"),
    ("read_task", "a task is seen by who sees its referral"),
    ("read_referral_chain", "without `referrals:read` no referral exists"),
    ("set_reading_mark", "without `referrals:read` no referral exists"),
    ("read_export", "an export exists for whoever asked for it"),
    ("read_export_content", "an export exists for whoever asked for it"),
    ("list_referral_documents", "without `referrals:read` no referral exists"),
    ("read_referral_document", "without `referrals:read` no referral exists"),
    ("get_document", "a file is seen through referrals, or by who may write them"),
    ("get_document_content", "a file is seen through referrals, or by who may write them"),
    ("link_document", "a file is seen through referrals, or by who may write them"),
    ("delete_document", "a file is seen through referrals, or by who may write them"),
];

/// Permissions that nobody can lack.
const HELD_BY_ALL: &[(&str, &str)] = &[("directory:read", "the published directory is everybody's")];

/// Operations that are for people: an account of a partner platform is told to sign in as somebody.
const FOR_PEOPLE: &[(&str, &str)] = &[("create_organisation", "operator"), ("set_reading_mark", "admin")];

/// All that an organisation's clerk reads and a member of it may be given.
const CLERK: &[&str] = &["directory:read", "organisations:read", "members:read", "roles:read", "referrals:read", "people:read"];

/// What somebody may do, as `GET /v1/me` tells it.
async fn permissions(who: &Client) -> Vec<String> {
    let me = who.get("/v1/me").await.good();
    me["permissions"].as_array().unwrap().iter().map(|permission| permission.as_str().unwrap().to_owned()).collect()
}

fn is_general(operation: &Operation) -> bool {
    matches!(operation.permission.as_str(), "public" | "signed_in")
}

impl Stage<'_> {
    /// Somebody who sees what the operation is about and lacks exactly its permission.
    async fn somebody_without(&self, operation: &Operation) -> Client {
        if let Some((_, persona)) = FOR_PEOPLE.iter().find(|(id, _)| *id == operation.id) {
            return self.world.persona(persona);
        }
        let permission = operation.permission.as_str();
        if permission == "jobs:write" {
            return self.partner_with(&self.world.persona("platform_admin"), &["jobs:read"]).await;
        }
        let kept: Vec<&str> = CLERK.iter().copied().filter(|one| *one != permission).collect();
        self.partner_with(&self.world.persona("admin"), &kept).await
    }

    /// A scene that a clerk of the receiving organisation sees: what is the sender's alone is done to what was sent.
    async fn scene_in_sight(&self, operation: &Operation) -> Scene {
        let scene = self.scene(operation).await;
        if matches!(operation.permission.as_str(), "referrals:write" | "referrals:send") && operation.path.contains("{id}") {
            let path = operation.path_with(&self.sent().await);
            return Scene { versioned_by: None, ..scene }.at(path);
        }
        if matches!(operation.permission.as_str(), "people:write" | "people:export" | "people:erase") && operation.path.contains("{id}") {
            let path = operation.path_with(&self.kept().await);
            return Scene { versioned_by: None, ..scene }.at(path);
        }
        if matches!(operation.id.as_str(), "finish_task" | "reopen_task") {
            let path = self.task_of_receiver().await;
            let act = if operation.id == "finish_task" { "done" } else { "reopen" };
            return scene.at(format!("{path}/{act}"));
        }
        if matches!(operation.permission.as_str(), "services:write" | "services:publish") && operation.path.contains("{id}") {
            let path = operation.path_with(&self.open_service().await);
            return Scene { versioned_by: None, ..scene }.at(path);
        }
        scene
    }
}

both! {
    async fn who_lacks_the_permission_is_told_its_name(world) {
        let stage = Stage::in_world(world).await;
        let mut walk = Walk::over(&stage.document);
        for operation in stage.document.operations.iter().filter(|operation| !is_general(operation)) {
            let someone = stage.somebody_without(operation).await;
            if HELD_BY_ALL.iter().any(|(permission, _)| *permission == operation.permission) {
                assert!(permissions(&someone).await.contains(&operation.permission));
                continue;
            }
            assert!(!permissions(&someone).await.contains(&operation.permission), "{} is held by who should lack it", operation.permission);
            let scene = stage.scene_in_sight(operation).await.by(&someone);
            let versioned = operation.is_versioned().then_some(("if-match", "\"1.0.fr\""));
            let who = versioned.iter().fold(scene.who.clone(), |who, (name, value)| who.with(name, value));
            let answer = who.send(operation.method.clone(), &scene.path, scene.body).await;
            if UNSEEN.iter().any(|(id, _)| *id == operation.id) {
                walk.refused(&answer, 404, "not_found", "a record out of sight");
                continue;
            }
            walk.refused(&answer, 403, "permission_missing", "a missing permission");
            let named = errors(&answer.body).any(|error| error["params"]["permission"] == operation.permission.as_str());
            walk.holds(named, &answer, &format!("the permission {} is named", operation.permission));
        }
        walk.ends(120);
    }

    async fn nobody_does_what_they_lack_the_permission_for(world) {
        let stage = Stage::in_world(world).await;
        let mut walk = Walk::over(&stage.document);
        let mut held = BTreeMap::new();
        for name in PEOPLE {
            held.insert(*name, permissions(&world.persona(name)).await);
        }
        for operation in stage.document.operations.iter().filter(|operation| !is_general(operation)) {
            let scene = stage.scene(operation).await;
            let lacking: Vec<_> = held.iter().filter(|(_, permissions)| !permissions.contains(&operation.permission)).collect();
            assert!(!lacking.is_empty() || matches!(operation.permission.as_str(), "directory:read" | "organisations:read"), "everybody has {}", operation.permission);
            for (name, _) in lacking {
                let someone = world.persona(name);
                let someone = if operation.is_versioned() { someone.with("if-match", "\"1.0.fr\"") } else { someone };
                let answer = someone.send(operation.method.clone(), &scene.path, scene.body.clone()).await;
                let closed = matches!(answer.status.as_u16(), 403 | 404) || (answer.status == 401 && *name == "partner");
                walk.holds(closed, &answer, &format!("{name} has no {}", operation.permission));
                walk.fits(&answer, "a refusal");
            }
        }
        walk.ends(300);
    }

    async fn what_is_done_for_a_signed_in_person_is_refused_without_an_organisation_to_act_for(world) {
        let (operator, stranger) = (world.operator(), world.prescriber().organisation().to_owned());
        operator.with("x-organisation", &stranger).get("/v1/me").await.refused(403, "not_a_member");
        operator.with("x-organisation", "nonsense").get("/v1/inbox").await.refused(403, "not_a_member");
        let acting = operator.with("x-organisation", operator.organisation()).get("/v1/me").await.good();
        assert_eq!(acting["acting_for"]["organisation_id"], operator.organisation());
        assert_eq!(acting["mode"]["sandbox"], json!(true));
        assert_ne!(acting["permissions"], Value::Null);
    }
}
