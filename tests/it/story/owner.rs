//! What owners see of their entries: reports of readers, readings of contacts, the history.

use reqwest::Method;
use serde_json::{Value, json};

use super::reader::publishes;
use super::{COACHING, edits_service};
use crate::world::{Client, Engine, World};

async fn reports(who: &Client, service: &str, reason: &str) {
    who.post(&format!("/v1/services/{service}/report"), json!({"reason": reason, "note": "Volets fermés."})).await.with_status(204);
}

/// How many open reports somebody is shown on the service's page.
async fn open_reports(who: &Client, service: &str) -> Value {
    who.get(&format!("/v1/services/{service}")).await.good()["open_reports"].clone()
}

async fn warnings(world: &World) -> Vec<Value> {
    world.mails_arrive().await.into_iter().filter(|mail| mail["kind"] == "service_reported").collect()
}

async fn readings(admin: &Client, service: &str) -> Vec<(String, i64)> {
    let page = admin.get(&format!("/v1/services/{service}/contact-readings")).await.good();
    let days = page["items"].as_array().unwrap().iter();
    days.map(|day| (day["day"].as_str().unwrap().to_owned(), day["readings"].as_i64().unwrap())).collect()
}

both! {
    async fn what_readers_report_is_told_once_a_day_and_settled_by_the_owner(world) {
        let (admin, prescriber) = (world.persona("admin"), world.prescriber());
        let service = publishes(world, "Atelier fermé").await;
        let before = admin.get(&format!("/v1/services/{service}")).await.etag();
        reports(&world.anybody(), &service, "closed").await;
        reports(&prescriber, &service, "wrong_contact").await;
        let told = warnings(world).await;
        assert_eq!(told.len(), 1, "{told:?}");
        let text = told[0]["text"].as_str().unwrap();
        assert!(text.contains("Atelier fermé") && text.contains(&service) && !text.contains("Volets"), "{text}");

        assert_eq!(open_reports(&admin, &service).await, 2);
        assert_ne!(admin.get(&format!("/v1/services/{service}")).await.etag(), before, "its tag moves");
        for other in [&prescriber, &world.anybody(), &world.persona("reader")] {
            assert_eq!(open_reports(other, &service).await, Value::Null);
        }
        let path = format!("/v1/services/{service}/reports");
        let page = admin.get(&path).await.good();
        let kept: Vec<_> = page["items"].as_array().unwrap().iter().map(|one| (one["reason"].clone(), one["signed_in"].clone())).collect();
        assert_eq!(kept, [(json!("closed"), json!(false)), (json!("wrong_contact"), json!(true))]);
        assert!(!page.to_string().contains(prescriber.user()), "nobody is told who said it");
        prescriber.get(&path).await.refused(403, "permission_missing");
        world.anybody().get(&path).await.refused(401, "sign_in_required");

        let first = page["items"][0]["id"].as_str().unwrap();
        prescriber.send(Method::POST, &format!("{path}/{first}/settle"), None).await.refused(403, "permission_missing");
        let settled = admin.send(Method::POST, &format!("{path}/{first}/settle"), None).await.good();
        assert_eq!((&settled["state"], settled["settled_at"].is_string(), &settled["version"]), (&json!("settled"), true, &json!(2)));
        admin.send(Method::POST, &format!("{path}/{first}/settle"), None).await.refused(409, "already_settled");
        let other = publishes(world, "Un autre").await;
        admin.send(Method::POST, &format!("/v1/services/{other}/reports/{first}/settle"), None).await.refused(404, "not_found");
        assert_eq!(admin.get(&format!("{path}?state=open")).await.good()["items"].as_array().unwrap().len(), 1);
        assert_eq!(open_reports(&admin, &service).await, 1);

        world.moves_on("P1D").await;
        reports(&world.anybody(), &service, "other").await;
        let told = warnings(world).await;
        assert_eq!(told.len(), 2, "another day, another mail");
        assert!(told.iter().all(|mail| mail["recipient"] == "address_on_file"));

        // Once a member wants to be told of what comes in, it is told instead of the address on file.
        let members = format!("/v1/organisations/{}/members", admin.organisation());
        let page = admin.get(&members).await.good();
        let operator = page["items"].as_array().unwrap().iter().find(|member| member["user_id"] == world.operator().user()).unwrap().clone();
        admin.patches(&format!("{members}/{}", operator["id"].as_str().unwrap()), json!({"notified": true})).await.good();
        world.moves_on("P1D").await;
        reports(&world.anybody(), &service, "other").await;
        let told = warnings(world).await;
        assert_eq!((told.len(), &told[2]["to"], &told[2]["recipient"]), (3, &world.operator().persona["email"], &json!("account")));
    }

    async fn still_right_settles_what_is_open_and_nothing_else_does(world) {
        let admin = world.persona("admin");
        let service = publishes(world, "Atelier exact").await;
        reports(&world.anybody(), &service, "moved").await;
        reports(&world.prescriber(), &service, "wrong_content").await;
        edits_service(world, &service, json!({"summary": "Tous les lundis."})).await;
        admin.does_to_service("suspend", &service).await.good();
        admin.does_to_service("publish", &service).await.good();
        assert_eq!(open_reports(&admin, &service).await, 2);
        let confirmed = admin.does_to_service("confirm", &service).await.good();
        assert_eq!((&confirmed["open_reports"], confirmed["last_confirmed_at"].is_string()), (&json!(0), true));
        let page = admin.get(&format!("/v1/services/{service}/reports")).await.good();
        assert!(page["items"].as_array().unwrap().iter().all(|report| report["state"] == "settled"));
    }

    async fn only_what_is_public_is_reported(world) {
        let (admin, operator) = (world.persona("admin"), world.operator());
        let draft = admin.post("/v1/services", json!({"name": "En préparation"})).await.good()["id"].as_str().unwrap().to_owned();
        let body = json!({"reason": "closed"});
        world.anybody().post(&format!("/v1/services/{draft}/report"), body.clone()).await.refused(404, "not_found");
        admin.post(&format!("/v1/services/{draft}/report"), body.clone()).await.refused(409, "not_published");
        let actions = admin.get(&format!("/v1/services/{draft}/actions")).await.good();
        let report = actions["actions"].as_array().unwrap().iter().find(|action| action["act"] == "report").unwrap();
        assert_eq!((&report["allowed"], &report["blockers"][0]["code"]), (&json!(false), &json!("not_published")));
        let service = world.service(COACHING).await;
        operator.post(&format!("/v1/services/{service}/report"), json!({"reason": "nonsense"})).await.with_status(422);
    }

    async fn readings_of_a_contact_are_counted_by_day_and_none_is_lost(world) {
        let (admin, prescriber) = (world.persona("admin"), world.prescriber());
        let service = publishes(world, "Atelier discret").await;
        let path = format!("/v1/services/{service}/contact");
        assert!(readings(&admin, &service).await.is_empty());
        let tag = prescriber.get(&path).await.with_status(200).etag();
        prescriber.with("if-none-match", &tag).get(&path).await.with_status(304);
        prescriber.send(Method::HEAD, &path, None).await.with_status(200);
        world.anybody().get(&path).await.refused(401, "sign_in_required");
        assert_eq!(readings(&admin, &service).await.iter().map(|(_, count)| *count).collect::<Vec<_>>(), [1]);

        let many: Vec<_> = (0..20)
            .map(|_| {
                let (who, path) = (prescriber.clone(), path.clone());
                tokio::spawn(async move { who.get(&path).await.with_status(200) })
            })
            .collect();
        for one in many {
            one.await.unwrap();
        }
        assert_eq!(readings(&admin, &service).await[0].1, 21);
        world.moves_on("P2D").await;
        prescriber.get(&path).await.with_status(200);
        let days = readings(&admin, &service).await;
        assert_eq!(days.iter().map(|(_, count)| *count).collect::<Vec<_>>(), [1, 21]);
        assert!(days[0].0 > days[1].0, "the latest first: {days:?}");
        let first = admin.get(&format!("/v1/services/{service}/contact-readings?limit=1")).await.good();
        let next = first["next_cursor"].as_str().unwrap();
        let second = admin.get(&format!("/v1/services/{service}/contact-readings?limit=1&cursor={next}")).await.good();
        assert_eq!((&second["items"][0]["readings"], &second["next_cursor"]), (&json!(21), &Value::Null));
        prescriber.get(&format!("/v1/services/{service}/contact-readings")).await.refused(403, "permission_missing");
    }

    async fn the_history_tells_what_changed_and_by_whom_but_not_to_what(world) {
        let admin = world.persona("admin");
        let service = publishes(world, "Atelier mémoire").await;
        edits_service(world, &service, json!({
            "contact": {"name": "Ligne privée", "email": "prive@tremplin-lillois.example.org", "public": false},
            "capacity": {"total": 8, "free": 2, "valid_until": "2099-12-31"},
            "address": {"line1": "1 rue du Canal", "postal_code": "59000", "locality": "Lille", "country": "FR"}
        })).await;
        admin.does_to_service("suspend", &service).await.good();
        let path = format!("/v1/services/{service}/history");
        let answer = admin.get(&path).await;
        assert!(!answer.text.contains("prive@") && !answer.text.contains("Canal"), "{}", answer.text);
        let page = answer.good();
        let entries = page["items"].as_array().unwrap();
        assert_eq!(entries.iter().map(|entry| entry["act"].as_str().unwrap()).collect::<Vec<_>>(), ["suspend", "edit", "publish", "create"]);
        assert_eq!(entries[1]["fields"], json!(["address", "capacity", "contact"]));
        assert_eq!(entries[0]["fields"], json!(["state"]));
        assert_eq!((&entries[0]["by"]["kind"], &entries[0]["by"]["name"]), (&json!("user"), &admin.persona["name"]));
        let first = admin.get(&format!("{path}?limit=3")).await.good();
        let rest = admin.get(&format!("{path}?limit=3&cursor={}", first["next_cursor"].as_str().unwrap())).await.good();
        assert_eq!((rest["items"].as_array().unwrap().len(), &rest["items"][0]["act"]), (1, &json!("create")));
        world.prescriber().get(&path).await.refused(403, "permission_missing");
    }
}

/// Three a day for one service from one address, then none; from an account, the same.
async fn floods(engine: Engine) {
    let world = World::open_with(engine, &[("RELAIS_LIMITS", "on")]).await;
    let (service, other) = (publishes(&world, "Atelier visé").await, publishes(&world, "Atelier voisin").await);
    for who in [world.anybody(), world.prescriber()] {
        for _ in 0..3 {
            reports(&who, &service, "closed").await;
        }
        let refused = who.post(&format!("/v1/services/{service}/report"), json!({"reason": "closed"})).await.with_status(429);
        assert!(!refused.header("retry-after").is_empty());
        reports(&who, &other, "closed").await;
    }
    assert_eq!(open_reports(&world.persona("admin"), &service).await, 6);
    world.close().await;
}

#[tokio::test]
async fn a_flood_of_reports_is_stopped_on_sqlite() {
    floods(Engine::Sqlite).await;
}

#[tokio::test]
async fn a_flood_of_reports_is_stopped_on_postgres() {
    floods(Engine::Postgres).await;
}
