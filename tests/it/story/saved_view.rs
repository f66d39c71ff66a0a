//! Saved views: filters under a name, one's own or shared by who gives work to others.

use reqwest::Method;
use serde_json::{Value, json};

use super::COACHING;
use crate::world::{Client, World};

async fn names(who: &Client) -> Vec<String> {
    let page = who.get("/v1/saved-views?limit=200").await.good();
    page["items"].as_array().unwrap().iter().map(|view| view["name"].as_str().unwrap().to_owned()).collect()
}

async fn saves(who: &Client, body: Value) -> String {
    let made = who.post("/v1/saved-views", body).await.with_status(201).good();
    format!("/v1/saved-views/{}", made["id"].as_str().unwrap())
}

async fn unit(world: &World) -> String {
    let admin = world.persona("admin");
    let path = format!("/v1/organisations/{}/units", admin.organisation());
    admin.post(&path, json!({"name": "Équipe emploi"})).await.with_status(201).good()["id"].as_str().unwrap().to_owned()
}

both! {
    async fn a_view_is_ones_own_until_a_lead_shares_it(world) {
        let (operator, lead, reader, lea) = (world.operator(), world.persona("colleague"), world.persona("reader"), world.persona("operator_2"));
        let service = world.service(COACHING).await;
        let query = json!({"box": "to_handle", "state": ["sent", "waitlisted"], "service_id": [service], "unread": true});
        let mine = saves(&operator, json!({"name": "À traiter", "query": query})).await;
        let seen = operator.get(&mine).await.good();
        assert_eq!((&seen["query"], &seen["shared"], &seen["mine"]), (&query, &json!("nobody"), &json!(true)));
        lead.get(&mine).await.refused(404, "not_found");
        operator.post("/v1/saved-views", json!({"name": "Pour tous", "query": {}, "shared": "organisation"})).await.refused(403, "permission_missing");

        let shared = saves(&lead, json!({"name": "En retard", "query": {"untouched_since": "2026-01-01T00:00:00Z"}, "shared": "organisation"})).await;
        for who in [&operator, &reader] {
            let found = who.get(&shared).await.good();
            assert_eq!((&found["name"], &found["mine"]), (&json!("En retard"), &json!(false)));
            who.patches(&shared, json!({"name": "Pris"})).await.refused(403, "not_your_view");
            who.deletes(&shared).await.refused(403, "not_your_view");
        }
        assert_eq!((names(&operator).await, names(&reader).await), (vec!["À traiter".to_owned(), "En retard".to_owned()], vec!["En retard".to_owned()]));
        lea.get(&shared).await.refused(404, "not_found");
        assert_eq!(names(&lea).await, Vec::<String>::new());

        let unit = unit(world).await;
        lead.patches(&shared, json!({"shared": "unit"})).await.refused(422, "required");
        lead.patches(&shared, json!({"shared": "unit", "unit_id": world.persona("operator_2").organisation()})).await.refused(422, "unknown_reference");
        let narrowed = lead.patches(&shared, json!({"shared": "unit", "unit_id": unit})).await.good();
        assert_eq!((&narrowed["unit_id"], &narrowed["version"]), (&json!(unit), &json!(2)));
        operator.get(&shared).await.refused(404, "not_found");
        lead.with("if-match", "\"1.0.fr\"").send(Method::DELETE, &shared, None).await.refused(412, "version_changed");
        lead.deletes(&shared).await.with_status(204);
        assert_eq!(names(&lead).await, Vec::<String>::new());
    }

    async fn a_view_holds_what_the_list_takes_and_nothing_of_a_page_or_a_person(world) {
        let operator = world.operator();
        for wrong in [json!({"cursor": "x"}), json!({"limit": 5}), json!({"count": true}), json!({"name": "Diallo"}), json!({"box": "attic"}), json!({"state": "sent"})] {
            let answer = operator.post("/v1/saved-views", json!({"name": "Vue", "query": wrong})).await;
            assert_eq!(answer.status, 422, "{wrong}: {}", answer.text);
        }
        world.persona("admin").get("/v1/saved-views").await.refused(403, "permission_missing");
        world.persona("partner").get("/v1/saved-views").await.refused(403, "not_a_user");
        for n in 0..100 {
            saves(&operator, json!({"name": format!("Vue {n}"), "query": {"direction": "received"}})).await;
        }
        operator.post("/v1/saved-views", json!({"name": "De trop", "query": {}})).await.refused(409, "too_many_saved_views");
        assert_eq!(operator.get("/v1/saved-views?count=true").await.good()["count"], 100);
    }
}
