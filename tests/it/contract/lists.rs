//! Lists: bounded, in pages, each cursor for one question of one caller.

use reqwest::Method;
use serde_json::{Value, json};

use super::stage::{Scene, Stage};
use super::walk::Walk;
use crate::world::{Answer, Client, Operation};

/// Every operation that answers a page.
fn lists<'a>(stage: &'a Stage<'_>) -> impl Iterator<Item = &'a Operation> {
    stage.document.operations.iter().filter(|operation| operation.method == Method::GET && operation.asks_for("cursor"))
}

/// A scene whose list has two entries at least.
async fn filled(stage: &Stage<'_>, operation: &Operation) -> Scene {
    let scene = stage.scene(operation).await;
    let create = stage.document.operations.iter().find(|other| other.path == operation.path && other.method == Method::POST);
    if operation.id == "list_referral_messages" {
        scene.who.post(&scene.path, json!({"body": "Encore"})).await.with_status(201);
    } else if let Some(create) = create {
        for _ in 0..2 {
            let create_scene = stage.scene(create).await;
            stage.plays(create, &create_scene).await.with_status(201);
        }
    }
    scene
}

fn ids(page: &Value) -> Vec<Value> {
    page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect()
}

/// The address in a `Link` header, without the installation's own.
fn next_in(answer: &Answer) -> Option<String> {
    let link = answer.header("link");
    let (address, relation) = link.strip_prefix('<')?.split_once('>')?;
    assert_eq!(relation.trim_start_matches(';').trim(), "rel=\"next\"");
    Some(address.trim_start_matches("http://127.0.0.1:8080").to_owned())
}

/// All ids of a list, by following `Link`.
async fn followed(who: &Client, path: &str) -> Vec<Value> {
    let (mut found, mut next) = (vec![], Some(path.to_owned()));
    while let Some(path) = next {
        let page = who.get(&path).await.with_status(200);
        next = next_in(&page);
        assert_eq!(next.is_some(), page.body["next_cursor"].is_string(), "{path}: Link and next_cursor say the same");
        found.extend(ids(&page.body));
    }
    found
}

both! {
    async fn a_limit_is_between_1_and_200(world) {
        let stage = Stage::in_world(world).await;
        let mut walk = Walk::over(&stage.document);
        for operation in lists(&stage) {
            let scene = stage.scene(operation).await;
            for limit in ["0", "201", "-1", "1.5", "many", ""] {
                let answer = scene.who.get(&format!("{}?limit={limit}", scene.path)).await;
                walk.holds(answer.status == 422 && answer.body["errors"][0]["pointer"] == "?limit", &answer, "the limit is refused");
                walk.fits(&answer, "a limit");
            }
            for limit in ["1", "200"] {
                let answer = scene.who.get(&format!("{}?limit={limit}", scene.path)).await;
                walk.holds(answer.status == 200, &answer, "the limit is taken");
                walk.fits(&answer, "a page");
            }
        }
        walk.ends(100);
    }

    async fn pages_follow_each_other_by_link(world) {
        let stage = Stage::in_world(world).await;
        let mut longest = 0;
        for operation in lists(&stage) {
            let scene = filled(&stage, operation).await;
            let whole = scene.who.get(&format!("{}?limit=200", scene.path)).await.fits(&stage.document).good();
            let paged = followed(&scene.who, &format!("{}?limit=2", scene.path)).await;
            let whole = ids(&whole);
            // What came meanwhile stands at the end; journals, newest first, are written by reading them.
            let same = paged.starts_with(&whole);
            assert!(same || operation.path.starts_with("/v1/audit"), "{}: in pages {paged:?}, whole {whole:?}", operation.id);
            let mut once = paged.iter().map(ToString::to_string).collect::<Vec<_>>();
            once.sort();
            once.dedup();
            assert_eq!(once.len(), paged.len(), "{}: something stands in two pages", operation.id);
            longest = longest.max(paged.len());
        }
        assert!(longest > 20, "no list was long");
    }

    async fn a_search_goes_on_by_its_body_and_links_nowhere(world) {
        let operator = world.operator();
        let first = operator.post("/v1/referrals/search", json!({"filter": {"limit": 1}})).await.with_status(200);
        let next = json!({"filter": {"limit": 1, "cursor": first.body["next_cursor"]}});
        let second = operator.post("/v1/referrals/search", next).await.with_status(200);
        assert_ne!(ids(&first.body), ids(&second.body), "the second page is another");
        let people = world.prescriber().post("/v1/people/search", json!({"name": "dur", "limit": 1})).await.with_status(200);
        for page in [&first, &second, &people] {
            assert_eq!(page.header("link"), "", "{}", page.asked);
        }
    }

    async fn a_cursor_is_for_one_question_of_one_caller(world) {
        let stage = Stage::in_world(world).await;
        let mut walk = Walk::over(&stage.document);
        let (mut cursors, mut questions) = (0, 0);
        for operation in lists(&stage) {
            let scene = filled(&stage, operation).await;
            let broken = scene.who.get(&format!("{}?cursor=bm9uc2Vuc2U", scene.path)).await;
            walk.refused(&broken, 400, "invalid_cursor", "a cursor that nobody sealed");
            let page = scene.who.get(&format!("{}?limit=1", scene.path)).await.good();
            let Some(cursor) = page["next_cursor"].as_str() else { continue };
            cursors += 1;
            let longer = scene.who.get(&format!("{}?limit=2&cursor={cursor}", scene.path)).await;
            walk.holds(longer.status == 200, &longer, "another limit is the same question");
            for filter in stage.document.filters(operation) {
                let answer = scene.who.get(&format!("{}?limit=1&{filter}&cursor={cursor}", scene.path)).await;
                let foreign = answer.status == 403 || (answer.status == 400 && answer.body["code"] == "invalid_cursor");
                walk.holds(foreign, &answer, &format!("the cursor of another question than {filter}"));
                questions += 1;
            }
            let turned: String = cursor.chars().rev().collect();
            let answer = scene.who.get(&format!("{}?limit=1&cursor={turned}", scene.path)).await;
            walk.refused(&answer, 400, "invalid_cursor", "a cursor that was changed");
            let other = if operation.permission == "public" { world.operator() } else { world.persona("platform_admin") };
            if other.persona != scene.who.persona && operation.names().is_empty() && !operation.path.contains("audit") && !operation.path.contains("jobs") {
                let answer = other.get(&format!("{}?limit=1&cursor={cursor}", scene.path)).await;
                let foreign = answer.status == 403 || (answer.status == 400 && answer.body["code"] == "invalid_cursor");
                walk.holds(foreign, &answer, "the cursor of another caller");
            }
        }
        assert!(cursors >= 12, "{cursors} lists had a second page");
        assert!(questions >= 30, "{questions} other questions were asked");
        for (path, question) in [("/v1/referrals", "box=to_handle"), ("/v1/services", "accepts_referrals=true"), ("/v1/organisations", "verified=true")] {
            let operator = world.operator();
            let page = operator.get(&format!("{path}?limit=1&{question}")).await.good();
            let cursor = page["next_cursor"].as_str().unwrap();
            operator.get(&format!("{path}?limit=1&{question}&cursor={cursor}")).await.with_status(200);
            operator.get(&format!("{path}?limit=1&cursor={cursor}")).await.refused(400, "invalid_cursor");
        }
        walk.ends(40);
    }

    async fn a_count_is_told_when_it_is_asked_for(world) {
        let stage = Stage::in_world(world).await;
        let mut walk = Walk::over(&stage.document);
        for operation in lists(&stage).filter(|operation| operation.asks_for("count")) {
            let scene = filled(&stage, operation).await;
            let all = followed(&scene.who, &format!("{}?limit=200", scene.path)).await.len();
            let plain = scene.who.get(&format!("{}?limit=1", scene.path)).await;
            walk.holds(plain.body.get("count").is_none(), &plain, "no count unless asked");
            let counted = scene.who.get(&format!("{}?limit=1&count=true", scene.path)).await;
            walk.fits(&counted, "a counted page");
            walk.holds(counted.body["count"] == all && counted.body["count_is_exact"] == true, &counted, &format!("there are {all}"));
        }
        walk.ends(20);
    }
}
