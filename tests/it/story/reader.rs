//! What readers keep of the directory: bookmarks, saved searches and their mails.

use serde_json::{Value, json};

use super::{COACHING, complaints, edits_service};
use crate::world::{Client, World, whole};

/// A published service of the operators' organisation.
pub async fn publishes(world: &World, name: &str) -> String {
    let admin = world.persona("admin");
    let body = json!({
        "name": name, "summary": "Tous les mardis.", "kind": "workshop", "reception": "remote", "fee": "free",
        "topics": ["choisir-un-metier--confirmer-son-choix-de-metier"], "coverage": {"everywhere": true, "zones": []},
        "update_frequency": "yearly", "contact": {"email": "atelier@tremplin-lillois.example.org", "public": false}
    });
    let service = admin.post("/v1/services", body).await.with_status(201).good()["id"].as_str().unwrap().to_owned();
    admin.does_to_service("publish", &service).await.good();
    service
}

async fn marks(who: &Client, service: &str) -> Value {
    who.post("/v1/bookmarks", json!({"service_id": service})).await.with_status(201).good()
}

async fn saves(who: &Client, query: Value, alert: &str) -> String {
    let body = json!({"name": "Nouveautés", "query": query, "alert": alert});
    let saved = who.post("/v1/saved-searches", body).await.with_status(201).good();
    format!("/v1/saved-searches/{}", saved["id"].as_str().unwrap())
}

/// The mails about saved searches so far.
async fn alerts(world: &World) -> Vec<Value> {
    world.mails().await.into_iter().filter(|mail| mail["kind"] == "saved_search_alert").collect()
}

both! {
    async fn a_bookmark_stays_whatever_becomes_of_its_service(world) {
        let (prescriber, admin) = (world.prescriber(), world.persona("admin"));
        let service = world.service(COACHING).await;
        let mark = marks(&prescriber, &service).await;
        let path = format!("/v1/bookmarks/{}", mark["id"].as_str().unwrap());
        let seen = || async { prescriber.get(&path).await };
        assert_eq!((&mark["service"]["id"], &mark["service"]["state"]), (&json!(service), &json!("published")));
        let first = seen().await.etag();

        admin.does_to_service("suspend", &service).await.good();
        let suspended = seen().await;
        assert_ne!(suspended.etag(), first, "its tag moves with the service");
        assert_eq!(suspended.good()["service"]["state"], "suspended");
        admin.does_to_service("archive", &service).await.good();
        prescriber.get(&format!("/v1/services/{service}")).await.refused(404, "not_found");
        let listed = prescriber.get("/v1/bookmarks").await.good()["items"][0].clone();
        assert_eq!((&listed["service"]["state"], &listed["service"]["name"]), (&json!("archived"), &mark["service"]["name"]));
        // Marked already is told before that it is out of sight.
        let again = prescriber.post("/v1/bookmarks", json!({"service_id": service})).await.refused(409, "already_bookmarked");
        assert_eq!(again["errors"][0]["params"]["bookmark_id"], mark["id"]);
        prescriber.deletes(&path).await.with_status(204);
        prescriber.post("/v1/bookmarks", json!({"service_id": service})).await.refused(422, "unknown_reference");
    }

    async fn bookmarks_are_their_owners_own(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let service = world.service(COACHING).await;
        let mark = marks(&prescriber, &service).await;
        let path = format!("/v1/bookmarks/{}", mark["id"].as_str().unwrap());
        let noted = prescriber.patches(&path, json!({"note": "Demander Mme Roux"})).await.good();
        assert_eq!((&noted["note"], &noted["version"]), (&json!("Demander Mme Roux"), &json!(2)));
        assert_eq!(prescriber.patches(&path, json!({})).await.good()["note"], "Demander Mme Roux");
        operator.get(&path).await.refused(404, "not_found");
        operator.with("if-match", "\"2.0.fr\"").send(reqwest::Method::DELETE, &path, None).await.refused(404, "not_found");
        assert_eq!(operator.get("/v1/bookmarks").await.good()["items"], json!([]));
        let theirs = marks(&operator, &service).await;
        assert_eq!((theirs["note"].is_null(), theirs["id"] == mark["id"]), (true, false));
        assert_eq!(prescriber.patches(&path, json!({"note": null})).await.good()["note"], Value::Null);

        let draft = world.persona("admin").post("/v1/services", json!({"name": "En préparation"})).await.good();
        prescriber.post("/v1/bookmarks", json!({"service_id": draft["id"]})).await.refused(422, "unknown_reference");
        marks(&world.persona("admin"), draft["id"].as_str().unwrap()).await;
        world.anybody().get("/v1/bookmarks").await.refused(401, "sign_in_required");
        world.persona("partner").get("/v1/bookmarks").await.refused(403, "not_a_user");
    }

    async fn a_saved_search_is_checked_as_the_list_is(world) {
        let prescriber = world.prescriber();
        let save = async |query: Value| prescriber.post("/v1/saved-searches", json!({"name": "Ateliers", "query": query})).await;
        for (query, code, pointer) in [
            (json!({"nonsense": "1"}), "unknown_field", "/query/nonsense"),
            (json!({"limit": 10}), "unknown_field", "/query/limit"),
            (json!({"fee": "free"}), "wrong_type", "/query/fee"),
            (json!({"fee": ["cheap"]}), "unknown_code", "/query/fee/0"),
            (json!({"accepts_referrals": "true"}), "wrong_type", "/query/accepts_referrals"),
            (json!({"topic": ["numerique--nonsense"]}), "unknown_code", "/query/topic"),
        ] {
            let refused = save(query).await.with_status(422).body;
            assert_eq!(complaints(&refused), [(code, pointer)], "{refused}");
        }
        let query = json!({"q": "atelier", "topic": ["choisir-un-metier"], "accepts_referrals": true});
        let saved = save(query.clone()).await.with_status(201).good();
        assert_eq!((&saved["query"], &saved["alert"], &saved["alerted_at"]), (&query, &json!("none"), &Value::Null));
        let path = format!("/v1/saved-searches/{}", saved["id"].as_str().unwrap());
        let told = prescriber.patches(&path, json!({"alert": "monthly", "name": "Ateliers ouverts"})).await.good();
        assert_eq!((&told["name"], &told["query"], told["alerted_at"].is_string()), (&json!("Ateliers ouverts"), &query, true));
        assert_eq!(complaints(&prescriber.patches(&path, json!({"query": {"topic": ["x"]}})).await.with_status(422).body), [("unknown_code", "/query/topic")]);
        world.operator().get(&path).await.refused(404, "not_found");
        prescriber.deletes(&path).await.with_status(204);
        prescriber.get(&path).await.refused(404, "not_found");
    }

    async fn who_asks_for_it_is_told_each_week_of_what_is_new_and_of_nothing_else(world) {
        let prescriber = world.prescriber();
        publishes(world, "Atelier déjà là").await;
        let search = saves(&prescriber, json!({"q": "atelier"}), "weekly").await;
        world.moves_on("P9D").await;
        assert!(alerts(world).await.is_empty(), "nothing is new");

        let (first, _) = (publishes(world, "Atelier <couture>").await, publishes(world, "Chorale").await);
        let hidden = publishes(world, "Atelier retiré").await;
        world.persona("admin").does_to_service("archive", &hidden).await.good();
        world.moves_on("P1D").await;
        assert!(alerts(world).await.is_empty(), "the week is not over");
        world.moves_on("P8D").await;
        let told = alerts(world).await;
        assert_eq!(told.len(), 1, "{told:?}");
        let (mail, words) = (&told[0], whole(&told[0]));
        assert_eq!(mail["to"], prescriber.persona["email"]);
        assert!(mail["text"].as_str().unwrap().contains("Atelier <couture>") && words.contains(&format!("service.{first}")), "{words}");
        assert!(words.contains("Atelier &lt;couture&gt;") && !words.contains("Chorale") && !words.contains("déjà là") && !words.contains("retiré"), "{words}");
        assert!(mail["text"].as_str().unwrap().contains("1 nouveau service"), "{words}");

        world.moves_on("P9D").await;
        assert_eq!(alerts(world).await.len(), 1, "told once");
        publishes(world, "Atelier vélo").await;
        prescriber.patches(&search, json!({"alert": "none"})).await.good();
        world.moves_on("P30D").await;
        assert_eq!(alerts(world).await.len(), 1, "who has had enough is left alone");
    }

    async fn a_monthly_mail_names_ten_and_counts_the_rest(world) {
        let prescriber = world.prescriber();
        saves(&prescriber, json!({"q": "module", "fee": ["free"]}), "monthly").await;
        for number in 1..=12 {
            publishes(world, &format!("Module {number}")).await;
        }
        world.moves_on("P20D").await;
        assert!(alerts(world).await.is_empty());
        world.moves_on("P13D").await;
        let told = alerts(world).await;
        assert_eq!(told.len(), 1);
        let text = told[0]["text"].as_str().unwrap();
        assert_eq!(text.matches("- Module").count(), 10, "{text}");
        assert!(text.contains("12 nouveaux services") && text.contains("Et 2 de plus"), "{text}");
    }

    async fn a_private_contact_is_blank_by_every_door(world) {
        let (prescriber, admin) = (world.prescriber(), world.persona("admin"));
        let service = world.service(COACHING).await;
        edits_service(world, &service, json!({"contact": {"name": "Ligne privée", "email": "prive@tremplin-lillois.example.org", "phone": "+33320000001", "public": false}})).await;
        marks(&prescriber, &service).await;
        let organisation = prescriber.get(&format!("/v1/services/{service}")).await.good()["organisation"]["id"].as_str().unwrap().to_owned();
        for (who, path) in [
            (&world.anybody(), format!("/v1/services/{service}")),
            (&prescriber, format!("/v1/services/{service}")),
            (&admin, format!("/v1/services/{service}")),
            (&world.anybody(), "/v1/services?limit=200".to_owned()),
            (&prescriber, "/v1/services?limit=200".to_owned()),
            (&prescriber, "/v1/bookmarks".to_owned()),
            (&admin, format!("/v1/services/{service}/history")),
            (&world.anybody(), format!("/v1/structures/{organisation}")),
        ] {
            let answer = who.get(&path).await;
            let leaks = ["prive@", "Ligne privée", "320000001"].iter().any(|word| answer.text.contains(word));
            assert!(answer.status.is_success() && !leaks, "{path}: {}", answer.text);
        }
        let page = world.anybody().get(&format!("/v1/services/{service}")).await.good();
        assert_eq!((&page["contact_available"], &page["contact"]["email"]), (&json!(true), &Value::Null));
    }
}
