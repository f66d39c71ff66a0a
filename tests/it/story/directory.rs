//! Finding a service, as a prescriber does before anything else.

use serde_json::json;

use super::{COACHING, edits_service};
use crate::world::ready_draft;

both! {
    async fn a_prescriber_finds_a_service_that_takes_referrals_and_whom_to_ask(world) {
        let prescriber = world.prescriber();
        let found = prescriber.get("/v1/services?accepts_referrals=true&topic=trouver-un-emploi--maintien-dans-lemploi&limit=200").await.good();
        let items = found["items"].as_array().unwrap();
        assert!(items.iter().all(|item| item["accepts_referrals"] == true && item["not_accepting_because"].is_null()));
        let service = items.iter().find(|item| item["name"].as_str().unwrap().starts_with(COACHING)).unwrap()["id"].as_str().unwrap().to_owned();
        let page = prescriber.get(&format!("/v1/services/{service}")).await.good();
        assert_eq!((&page["hours_per_week"], &page["weeks"], page["criteria"].as_array().unwrap().len()), (&json!(4), &json!(26), 3));
        let closed = prescriber.get("/v1/services?accepts_referrals=false&limit=200").await.good();
        assert!(closed["items"].as_array().unwrap().iter().all(|item| item["not_accepting_because"].is_string() && item["id"] != service.as_str()));
    }

    async fn a_private_contact_is_for_those_who_sign_in(world) {
        let service = world.service(COACHING).await;
        edits_service(world, &service, json!({"contact": {"name": "Ligne privée", "email": "prive@tremplin-lillois.example.org", "public": false}})).await;
        let path = format!("/v1/services/{service}");
        let public = world.anybody().get(&path).await;
        assert!(public.status.is_success() && !public.text.contains("prive@") && !public.text.contains("Ligne privée"), "{}", public.text);
        world.anybody().get(&format!("{path}/contact")).await.refused(401, "sign_in_required");
        assert_eq!(world.prescriber().get(&format!("{path}/contact")).await.good()["contact"]["email"], "prive@tremplin-lillois.example.org");
        let draft = world.prescriber().drafts(&service, "Sow").await;
        assert_eq!(world.prescriber().reads(&draft).await.good()["service_contact"]["email"], "prive@tremplin-lillois.example.org");
    }

    async fn a_suspended_service_is_seen_with_the_reason_and_a_draft_service_by_its_house_only(world) {
        let (prescriber, admin) = (world.prescriber(), world.persona("admin"));
        let service = world.service(COACHING).await;
        admin.does_to_service("suspend", &service).await.good();
        let page = prescriber.get(&format!("/v1/services/{service}")).await.good();
        assert_eq!((&page["state"], &page["accepts_referrals"], &page["not_accepting_because"]), (&json!("suspended"), &json!(false), &json!("service_suspended")));
        let draft = prescriber.drafts(&service, "Sow").await;
        prescriber.does_with("send", &draft, json!({"override_reason": "Vu"})).await.refused(409, "service_suspended");

        let fresh = admin.post("/v1/services", json!({"name": "Atelier en préparation"})).await.with_status(201).good();
        let id = fresh["id"].as_str().unwrap();
        prescriber.get(&format!("/v1/services/{id}")).await.refused(404, "not_found");
        prescriber.post("/v1/referrals", ready_draft(id, "Sow")).await.refused(422, "unknown_reference");
        prescriber.send(reqwest::Method::POST, &format!("/v1/services/{service}/publish"), None).await.refused_for_want_of_right();
        admin.does_to_service("publish", &service).await.good();
        prescriber.does_with("send", &draft, json!({"override_reason": "Vu"})).await.good();
    }
}
