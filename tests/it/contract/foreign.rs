//! What belongs to others: whoever has nothing to do with a record is told that there is none, and moves nothing of it.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;

use super::stage::Stage;
use super::walk::{SOME_TAG, Walk};
use crate::world::Operation;

/// Who has nothing to do with the records of the other scenes, although they do the same work: in another structure that receives, in
/// another that sends, and at the platform.
const STRANGERS: &[&str] = &["operator_3", "prescriber_2", "moderator"];

/// Records that are not one organisation's own: what is public, and what the platform keeps. Organisations, referrals and drafts of
/// services have walks of their own.
const NOT_ITS_OWN: &[&str] =
    &["/v1/organisations/", "/v1/referrals/", "/v1/services/", "/v1/structures/", "/v1/booklets/series/", "/v1/imports/", "/v1/jobs/"];

fn is_somebodys(operation: &Operation) -> bool {
    let own = !NOT_ITS_OWN.iter().any(|prefix| operation.path.starts_with(prefix));
    own && operation.permission != "public" && !operation.names().is_empty() && !operation.is_facade
}

both! {
    async fn what_is_somebody_s_own_is_not_there_for_others_and_stays_as_it_is(world) {
        let stage = Stage::in_world(world).await;
        let mut walk = Walk::over(&stage.document);
        let mut held = BTreeMap::new();
        for name in STRANGERS {
            let me = world.persona(name).get("/v1/me").await.good();
            let permissions = me["permissions"].as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned());
            held.insert(*name, permissions.collect::<Vec<_>>());
        }
        let mut resources = BTreeSet::new();
        for operation in stage.document.operations.iter().filter(|operation| is_somebodys(operation)) {
            resources.insert(operation.path.split('/').nth(2).unwrap().to_owned());
            let scene = stage.scene(operation).await;
            for name in STRANGERS {
                let stranger = world.persona(name);
                let stranger = if operation.is_versioned() { stranger.with("if-match", SOME_TAG) } else { stranger };
                let answer = scene.sent_by(&stranger, operation).await;
                // Who has not got the permission anywhere may be told so; who does the same work learns nothing.
                let told = operation.permission != "signed_in" && !held[name].contains(&operation.permission);
                if told || answer.body["code"] == "organisation_unverified" {
                    walk.holds(matches!(answer.status.as_u16(), 403 | 404), &answer, &format!("{}: closed to {name}", operation.id));
                    walk.fits(&answer, "a refusal");
                } else {
                    walk.refused(&answer, 404, "not_found", &format!("{}: a thing of others for {name}", operation.id));
                }
            }
            if operation.method != Method::GET {
                let answer = stage.plays(operation, &scene).await;
                walk.holds(answer.status.is_success(), &answer, "whose it is finds it as it was");
            }
        }
        for resource in ["booklets", "bookmarks", "broadcasts", "documents", "exports", "people", "retrievals", "saved-searches", "saved-views", "tasks"] {
            assert!(resources.contains(resource), "{resource} are somebody's own: {resources:?}");
        }
        walk.ends(130);
    }
}
