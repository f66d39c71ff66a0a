//! Versions: what is changed is changed under the version that was seen.

use reqwest::Method;

use super::stage::Stage;
use super::walk::Walk;

const STALE: &str = "\"999.0.fr\"";

both! {
    async fn a_change_names_the_version_that_it_is_based_on(world) {
        let stage = Stage::in_world(world).await;
        let mut walk = Walk::over(&stage.document);
        for operation in stage.document.operations.iter().filter(|operation| operation.is_versioned()) {
            assert!([Method::PUT, Method::PATCH, Method::DELETE].contains(&operation.method), "{} needs If-Match", operation.id);
            let scene = stage.scene(operation).await;
            let answer = scene.who.send(operation.method.clone(), &scene.path, scene.body.clone()).await;
            walk.refused(&answer, 428, "precondition_required", "no version");
            for tag in ["*", "W/\"1.0.fr\"", "\"1.0.fr\", \"2.0.fr\"", "1", "\"\"", "\"one\""] {
                walk.refused(&stage.sends(operation, &scene, &[("if-match", tag)]).await, 400, "invalid_if_match", "no strong tag");
            }
            let now = stage.tag(&scene).await.unwrap();
            let answer = stage.sends(operation, &scene, &[("if-match", STALE)]).await;
            walk.refused(&answer, 412, "version_changed", "another version");
            let version = |tag: &str| tag.trim_matches('"').split('.').next().unwrap_or_default().to_owned();
            walk.holds(!answer.etag().is_empty() && version(&answer.etag()) == version(&now), &answer, &format!("the refusal tells the version {now}"));
            walk.holds(stage.tag(&scene).await.unwrap() == now, &answer, "nothing changed");
            let told = answer.etag();
            let answer = scene.who.with("if-match", &told).send(operation.method.clone(), &scene.path, scene.body.clone()).await;
            walk.holds(answer.status.is_success(), &answer, "under the version that was told it succeeds");
        }
        walk.ends(120);
    }

    async fn an_act_may_name_a_version_and_then_minds_it(world) {
        let stage = Stage::in_world(world).await;
        let mut walk = Walk::over(&stage.document);
        let acts = stage.document.operations.iter().filter(|operation| operation.method == Method::POST && operation.answers(412));
        for operation in acts {
            let scene = stage.scene(operation).await;
            let answer = scene.who.with("if-match", STALE).send(Method::POST, &scene.path, scene.body.clone()).await;
            walk.refused(&answer, 412, "version_changed", "an act on another version");
            let told = answer.etag();
            let answer = scene.who.with("if-match", &told).send(Method::POST, &scene.path, scene.body.clone()).await;
            walk.holds(answer.status.is_success(), &answer, "under the version that was told it succeeds");
        }
        walk.ends(30);
    }
}
