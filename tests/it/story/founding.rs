//! Founding an organisation, and branches of a parent.

use reqwest::Method;
use serde_json::{Value, json};

use super::complaints;
use crate::world::{Answer, Client, World};

const SIRET: &str = "73282932000074";

async fn founds(who: &Client, fields: Value) -> Answer {
    let mut body = json!({"name": "Maison de quartier des Tilleuls", "country": "FR"});
    super::merge(&mut body, fields);
    who.post("/v1/structures", body).await
}

async fn branch(who: &Client, name: &str, parent: &str) -> String {
    founds(who, json!({"name": name, "parent_id": parent})).await.with_status(201).good()["id"].as_str().unwrap().to_owned()
}

/// The SIRET of an organisation.
async fn siret_of(world: &World, organisation: &str) -> String {
    let seen = world.operator().get(&format!("/v1/organisations/{organisation}")).await.good();
    let found = seen["identifiers"].as_array().unwrap().iter().find(|one| one["kind"] == "siret");
    found.expect("it has a SIRET")["value"].as_str().unwrap().to_owned()
}

/// Moves an organisation under another, or out.
async fn moves(who: &Client, organisation: &str, parent: Value) -> Answer {
    let who = who.with("x-organisation", organisation);
    who.patches(&format!("/v1/organisations/{organisation}"), json!({"parent_id": parent})).await
}

both! {
    async fn a_place_that_nobody_knows_is_founded_by_whoever_works_there(world) {
        let founder = world.newcomer("fondatrice@arrivants.example.org").await;
        let address = json!({"line1": "12 rue des Tilleuls", "postal_code": "59000", "locality": "Lille", "country": "FR"});
        let fields = json!({"identifiers": [{"kind": "siret", "value": "732 829 320 00074"}], "address": address, "email": "accueil@tilleuls.example.org"});
        let answer = founds(&founder, fields.clone()).await.with_status(201);
        let location = answer.header("location").to_owned();
        let face = answer.good();
        let id = face["id"].as_str().unwrap();
        assert!(location.ends_with(&format!("/v1/structures/{id}")), "{location}");
        assert_eq!((&face["state"], &face["verified"], &face["locality"]), (&json!("active"), &json!(false), &json!("Lille")));
        assert_eq!((&face["parent_id"], &face["branches"], &face["email"]), (&Value::Null, &json!(0), &Value::Null));
        assert_eq!(founder.membership_of(id).await.unwrap()["verified"], false);
        let inside = founder.get(&format!("/v1/organisations/{id}")).await.good();
        assert_eq!((&inside["email"], &inside["time_zone"]), (&json!("accueil@tilleuls.example.org"), &json!("Europe/Paris")));
        assert_eq!(inside["identifiers"], json!([{"kind": "siret", "value": SIRET}]));
        founder.get("/v1/inbox").await.refused(403, "organisation_unverified");

        let other = world.newcomer("second@arrivants.example.org").await;
        let problem = founds(&other, fields).await.refused(409, "structure_exists");
        assert_eq!(problem["errors"][0]["params"]["structure_id"], id);
        assert_eq!(problem["errors"][0]["pointer"], "/identifiers/0/value");
        assert_eq!(other.joins(id).await["state"], "pending");
    }

    async fn what_the_directory_has_is_joined_not_founded_again(world) {
        let founder = world.newcomer("fondatrice@arrivants.example.org").await;
        let known = world.operator().organisation().to_owned();
        let siret = siret_of(world, &known).await;
        let problem = founds(&founder, json!({"identifiers": [{"kind": "rna", "value": "W751212517"}, {"kind": "siret", "value": siret}]})).await.refused(409, "structure_exists");
        assert_eq!((&problem["errors"][0]["params"]["structure_id"], &problem["errors"][0]["pointer"]), (&json!(known), &json!("/identifiers/1/value")));
        let wrong = json!({
            "identifiers": [{"kind": "siret", "value": "73282932000075"}],
            "address": {"line1": "1 rue", "postal_code": "ABC", "locality": "Lille", "country": "FR"}
        });
        let problem = founds(&founder, wrong).await.refused(422, "validation_failed");
        assert_eq!(complaints(&problem), [("identifier_check_digit", "/identifiers/0/value"), ("postal_code_invalid", "/address/postal_code")]);
        founds(&world.persona("partner"), json!({})).await.refused(403, "not_a_user");
        founds(&world.anybody(), json!({})).await.refused(401, "sign_in_required");
        assert!(founder.get("/v1/me").await.good()["memberships"].as_array().unwrap().is_empty(), "nothing was half made");
    }

    async fn one_key_founds_and_joins_once_although_the_caller_then_acts_for_it(world) {
        let founder = world.newcomer("fondatrice@arrivants.example.org").await;
        let keyed = founder.with("idempotency-key", "founded-once");
        let first = founds(&keyed, json!({})).await.with_status(201).good();
        let again = founds(&keyed, json!({})).await.with_status(201);
        assert_eq!((again.header("idempotency-replayed"), &again.body["id"]), ("true", &first["id"]));
        assert_eq!(founder.get("/v1/me").await.good()["memberships"].as_array().unwrap().len(), 1);
        let path = format!("/v1/structures/{}/join", world.unjoined().await[0]);
        let joined = keyed.post(&path, json!({})).await.with_status(201).good();
        let again = keyed.post(&path, json!({})).await.with_status(201);
        assert_eq!((again.header("idempotency-replayed"), &again.body["id"]), ("true", &joined["id"]));
    }

    async fn branches_hang_under_what_one_administers(world) {
        let founder = world.newcomer("fondatrice@arrivants.example.org").await;
        let head = founds(&founder, json!({})).await.with_status(201).good()["id"].as_str().unwrap().to_owned();
        let one = branch(&founder, "Antenne nord", &head).await;
        let two = branch(&founder, "Antenne sud", &head).await;
        let face = world.anybody().get(&format!("/v1/structures/{head}")).await;
        let before = face.etag();
        assert_eq!(face.good()["branches"], 2);
        let listed = world.anybody().get(&format!("/v1/structures?parent={head}&count=true")).await.good();
        let names: Vec<_> = listed["items"].as_array().unwrap().iter().map(|branch| branch["name"].as_str().unwrap()).collect();
        assert_eq!((names, &listed["count"], &listed["items"][0]["parent_id"]), (vec!["Antenne nord", "Antenne sud"], &json!(2), &json!(head)));
        let below = branch(&founder, "Permanence", &one).await;
        founds(&founder, json!({"parent_id": below})).await.refused(422, "branch_too_deep");
        founds(&founder, json!({"parent_id": world.operator().organisation()})).await.refused(403, "permission_missing");
        let nobody = relais_adapters::ids::fresh().to_string();
        founds(&founder, json!({"parent_id": nobody})).await.refused(422, "unknown_reference");
        assert_eq!(world.anybody().get(&format!("/v1/structures?parent={nobody}")).await.good()["items"], json!([]));

        moves(&founder, &head, json!(below)).await.refused(422, "branch_circle");
        moves(&founder, &head, json!(head)).await.refused(422, "branch_circle");
        moves(&founder, &one, json!(two)).await.refused(422, "branch_too_deep");
        assert_eq!(moves(&founder, &two, Value::Null).await.good()["parent_id"], Value::Null);
        let face = world.anybody().get(&format!("/v1/structures/{head}")).await;
        assert_ne!(face.etag(), before, "the tag follows the count");
        assert_eq!(face.good()["branches"], 1);
        let stranger = world.persona("admin");
        moves(&stranger, stranger.organisation(), json!(head)).await.refused(403, "permission_missing");
        let shut = world.persona("prescriber_3").organisation().to_owned();
        let boss = world.persona("platform_admin");
        let path = format!("/v1/organisations/{two}");
        let tag = boss.get(&path).await.etag();
        boss.with("if-match", &tag).send(Method::PATCH, &path, Some(json!({"parent_id": shut}))).await.refused(409, "organisation_blocked");
    }
}
