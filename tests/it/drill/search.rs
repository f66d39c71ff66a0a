//! Search on two nodes: what one writes the other finds, also when the first ends before it says so.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::world::tools::eventually;
use crate::world::{Client, Program};

/// From the answer to a write until every node finds it, on a machine that has nothing else to do.
const SOON: Duration = Duration::from_secs(1);
/// What one that tests many things at once may need.
const TOLERANCE: Duration = Duration::from_secs(30);

/// A draft that lacks nothing; gives its path.
async fn drafts(admin: &Client, name: &str) -> String {
    let body = json!({
        "name": name, "summary": "Tous les mardis.", "kind": "workshop", "reception": "remote", "fee": "free",
        "topics": ["choisir-un-metier--confirmer-son-choix-de-metier"], "coverage": {"everywhere": true, "zones": []},
        "update_frequency": "yearly"
    });
    let made = admin.post("/v1/services", body).await.with_status(201).good();
    format!("/v1/services/{}", made["id"].as_str().unwrap())
}

async fn publishes(admin: &Client, draft: &str) {
    let tag = admin.get(draft).await.etag();
    admin.with("if-match", &tag).send(reqwest::Method::POST, &format!("{draft}/publish"), None).await.good();
}

async fn finds(who: &Client, question: &str) -> bool {
    !who.get(&format!("/v1/services?limit=1&{question}")).await.good()["items"].as_array().unwrap().is_empty()
}

/// Asks until the answer is as expected, and tells how long that took.
async fn soon(who: &Client, question: &str, expected: bool, written: Instant) {
    loop {
        let asked = Instant::now();
        if finds(who, question).await == expected {
            if asked - written > SOON {
                eprintln!("search: {question} came late, after {:?}", asked - written);
            }
            return;
        }
        assert!(asked - written < TOLERANCE, "{question}: not {expected} after {:?}", asked - written);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

both! {
    async fn what_one_node_publishes_the_other_finds_within_a_second(world) {
        let other = Program::start(&world.copy, &[]);
        let (admin, there) = (world.persona("admin"), world.anybody_at(&other.base));
        for round in 0..5 {
            let word = format!("zephyr{round}x");
            let draft = drafts(&admin, &format!("Atelier {word}")).await;
            let question = format!("q={word}");
            publishes(&admin, &draft).await;
            assert!(finds(&world.anybody(), &question).await, "at once where it was written");
            soon(&there, &question, true, Instant::now()).await;
            let tag = admin.get(&draft).await.etag();
            admin.with("if-match", &tag).send(reqwest::Method::POST, &format!("{draft}/suspend"), None).await.good();
            soon(&there, &question, false, Instant::now()).await;
        }
    }

    async fn a_node_that_dies_after_its_answer_has_said_enough(world) {
        for round in 0..3 {
            let dying = Program::start(&world.copy, &[]);
            let admin = world.persona("admin").at(&dying.base);
            let word = format!("boreal{round}x");
            let draft = drafts(&admin, &format!("Atelier {word}")).await;
            publishes(&admin, &draft).await;
            let written = Instant::now();
            dying.kill();
            soon(&world.anybody(), &format!("q={word}"), true, written).await;
        }
    }

    async fn places_that_come_while_nodes_run_are_known_to_all(world) {
        let other = Program::start(&world.copy, &[]);
        let nodes = [world.anybody(), world.anybody_at(&other.base)];
        for node in &nodes {
            node.get("/v1/services?commune=62041").await.refused(422, "unknown_code");
        }
        let file = world.copy.writes("arras.csv", "code,nom,pays,departement,region,latitude,longitude\n62041,Arras,FR,62,32,50.2930,2.7819\n");
        let report = world.copy.tells(&["import", "places", file.to_str().unwrap(), "--json"]);
        assert_eq!(report["places"]["created"], 1, "{report}");
        for node in &nodes {
            eventually("the new commune is known", async || node.get("/v1/services?commune=62041").await.status == 200).await;
            let near = node.get("/v1/services?commune=62041&radius_km=100&sort=distance&limit=1").await.good();
            assert!(near["items"][0]["distance_km"].as_f64().is_some_and(|km| (30.0..50.0).contains(&km)), "{near}");
        }
    }

    async fn a_reset_empties_search_on_every_node(world) {
        let other = Program::start(&world.copy, &[]);
        let nodes = [world.anybody(), world.anybody_at(&other.base)];
        for node in &nodes {
            assert!(finds(node, "").await);
        }
        world.persona("platform_admin").send(reqwest::Method::POST, "/v1/sandbox/reset", None).await.with_status(204);
        for node in &nodes {
            eventually("nothing is left to be found", async || {
                let answer = node.get("/v1/services?limit=1&facets=true&count=true").await;
                answer.status == 200 && answer.body["count"] == 0 && answer.body["facets"]["kinds"] == Value::Array(vec![])
            })
            .await;
        }
    }
}
