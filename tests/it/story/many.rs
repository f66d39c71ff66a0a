//! One need at several services, one act on many referrals, and people who come to the counter.

use serde_json::{Value, json};

use super::{COACHING, OVERRIDE};
use crate::world::{World, about, whole};

/// A draft sent to Karim's and to Léa's service at once; gives the referral of each.
async fn broadcast(world: &World, family_name: &str) -> (String, String) {
    let prescriber = world.prescriber();
    let services = [world.service(COACHING).await, world.service_of("operator_2").await];
    let draft = prescriber.drafts(&services[0], family_name).await;
    let command = json!({"draft_id": draft, "service_ids": services, "override_reason": OVERRIDE});
    let made = prescriber.post("/v1/broadcasts", command).await.with_status(201).good();
    let legs = made["items"].as_array().unwrap();
    assert!(legs.iter().all(|leg| leg["state"] == "sent"), "{made}");
    assert_eq!(prescriber.get(&format!("/v1/broadcasts/{}", made["id"].as_str().unwrap())).await.good(), made);
    let at = |service: &str| legs.iter().find(|leg| leg["service"]["id"] == *service).unwrap()["id"].as_str().unwrap().to_owned();
    assert_eq!(at(&services[0]), draft, "the draft is the first of them");
    (at(&services[0]), at(&services[1]))
}

both! {
    async fn of_several_asked_the_first_to_accept_has_the_person_and_the_others_are_told(world) {
        let (prescriber, operator, lea) = (world.prescriber(), world.operator(), world.persona("operator_2"));
        let (first, second) = broadcast(world, "Camara").await;
        operator.reads(&second).await.refused(404, "not_found");
        let tried = operator.does_with("accept?dry_run=true", &first, json!({})).await.good();
        let told: Vec<_> = tried["notices"].as_array().unwrap().iter().map(|notice| &notice["kind"]).collect();
        assert!(!told.is_empty() && !told.contains(&&json!("superseded")), "whom else the sender asked is nobody's to know: {tried}");
        lea.does("waitlist", &second).await.good();
        operator.accepts(&first).await;
        assert_eq!(lea.sees(&second).await, "superseded");
        lea.does("accept", &second).await.refused(409, "not_open");
        assert!(lea.reads(&second).await.good()["remind_at"].is_null());
        assert_eq!(prescriber.sees(&second).await, "superseded");
        let mails = world.mails_arrive().await;
        let told: Vec<_> = mails.iter().filter(|mail| mail["kind"] == "superseded").collect();
        assert_eq!(told.iter().map(|mail| &mail["recipient"]).collect::<Vec<_>>(), ["receiver"], "the others are told: {told:?}");
        assert!(!whole(told[0]).contains("Camara"), "{}", told[0]);
        operator.completes(&first).await;

        let (first, second) = broadcast(world, "Konaté").await;
        operator.does_with("archive", &first, json!({"reason": "unreachable"})).await.good();
        assert_eq!(lea.sees(&second).await, "sent", "a refusal ends nothing but itself");
        lea.accepts(&second).await;
        operator.does("unarchive", &first).await.refused(409, "not_reversible");
    }

    async fn a_broadcast_goes_out_whole_or_not_at_all(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let service = world.service(COACHING).await;
        let draft = prescriber.drafts(&service, "Sylla").await;
        let tried = async |services: Value, status: u16, code: &str| {
            let command = json!({"draft_id": draft, "service_ids": services, "override_reason": OVERRIDE});
            prescriber.post("/v1/broadcasts", command).await.refused(status, code)
        };
        tried(json!([service, service]), 422, "duplicate_code").await;
        tried(json!([]), 422, "too_few").await;
        let problem = tried(json!([service, relais_adapters::ids::fresh()]), 422, "unknown_reference").await;
        assert_eq!(problem["errors"][0]["pointer"], "/service_ids/1");
        let other = world.service_of("operator_3").await;
        let admin = world.persona("platform_admin");
        admin.does_to_service("suspend", &other).await.good();
        let problem = tried(json!([service, other]), 409, "service_suspended").await;
        assert_eq!(problem["errors"][0]["pointer"], "/service_ids/1");
        assert_eq!(prescriber.sees(&draft).await, "draft");
        operator.finds_no_trace_of(&draft, "Sylla").await;
        let foreign = json!({"draft_id": draft, "service_ids": [service]});
        world.persona("prescriber_2").post("/v1/broadcasts", foreign).await.refused(422, "unknown_reference");
    }

    async fn one_act_on_many_has_one_result_each(world) {
        let (prescriber, operator, colleague) = (world.prescriber(), world.operator(), world.persona("colleague"));
        let service = world.service(COACHING).await;
        let mut ids = vec![];
        for name in ["Aubert", "Blin", "Colin"] {
            ids.push(prescriber.refers(&service, name).await);
        }
        operator.accepts(&ids[1]).await;
        let version = operator.reads(&ids[2]).await.good()["version"].as_i64().unwrap();
        let items = json!([{"id": ids[0]}, {"id": ids[1]}, {"id": ids[2], "version": version + 5}, {"id": relais_adapters::ids::fresh()}]);
        let body = json!({"act": "accept", "items": items, "accept": {"message": "Bienvenue"}});
        let keyed = operator.with("idempotency-key", "many-1");
        let done = keyed.post("/v1/referrals/bulk", body.clone()).await.good();
        let results: Vec<_> = done["items"].as_array().unwrap().iter().map(|item| (item["status"].clone(), item["problem"]["code"].clone())).collect();
        assert_eq!(results, [
            (json!(200), Value::Null), (json!(409), json!("already_decided")), (json!(412), json!("version_changed")), (json!(404), json!("not_found"))
        ]);
        assert_eq!(done["items"][0]["resource"]["state"], "accepted");
        let again = keyed.post("/v1/referrals/bulk", body).await;
        assert_eq!(again.header("idempotency-replayed"), "true");
        assert_eq!(again.good()["items"][0]["status"], 200, "what was done is not done again");
        let mails = world.mails_arrive().await;
        assert_eq!(about(&mails, &ids[0], "accepted", "sender").len(), 1);

        let assign = json!({"act": "assign", "items": [{"id": ids[0]}, {"id": ids[2]}], "assign": {"member_id": operator.user()}});
        let done = colleague.post("/v1/referrals/bulk", assign.clone()).await.good();
        assert!(done["items"].as_array().unwrap().iter().all(|item| item["resource"]["assignment"]["member_id"] == operator.user()));
        let stale = json!({"act": "assign", "items": [{"id": ids[0], "version": 99}], "assign": {}});
        let stale = colleague.post("/v1/referrals/bulk", stale).await.good();
        assert_eq!(stale["items"][0]["problem"]["code"], "version_changed");
        assert_eq!(operator.reads(&ids[0]).await.good()["assignment"]["member_id"], operator.user(), "and nothing was done");
        let refused = operator.post("/v1/referrals/bulk", assign).await.good();
        assert_eq!(refused["items"][0]["problem"]["code"], "permission_missing");
        let file = json!({"act": "archive", "items": [{"id": ids[2]}], "archive": {"reason": "unreachable"}});
        assert_eq!(operator.post("/v1/referrals/bulk", file).await.good()["items"][0]["resource"]["state"], "refused");
        operator.post("/v1/referrals/bulk", json!({"act": "archive", "items": [{"id": ids[2]}]})).await.refused(422, "required");
        let wrong = json!({"act": "accept", "items": [{"id": ids[2]}], "archive": {"reason": "other"}});
        operator.post("/v1/referrals/bulk", wrong).await.refused(422, "not_for_this_act");
    }

    async fn an_item_that_comes_twice_or_is_not_mine_harms_no_other(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let mine = prescriber.refers(&world.service(COACHING).await, "Durand").await;
        let foreign = prescriber.refers(&world.service_of("operator_2").await, "Etienne").await;
        let accept = |ids: &[&str]| json!({"act": "accept", "items": ids.iter().map(|id| json!({"id": id})).collect::<Vec<_>>(), "accept": {}});
        operator.post("/v1/referrals/bulk", accept(&[&mine, &mine])).await.refused(422, "duplicate_id");
        assert_eq!(operator.sees(&mine).await, "sent");
        let many: Vec<String> = (0..201).map(|_| relais_adapters::ids::fresh().to_string()).collect();
        operator.post("/v1/referrals/bulk", accept(&many.iter().map(String::as_str).collect::<Vec<_>>())).await.with_status(422);
        let done = operator.post("/v1/referrals/bulk", accept(&[&foreign, &mine])).await.good();
        assert_eq!((&done["items"][0]["status"], &done["items"][0]["problem"]["code"]), (&json!(404), &json!("not_found")));
        assert_eq!((&done["items"][1]["status"], &done["items"][1]["resource"]["state"]), (&json!(200), &json!("accepted")));
        assert_eq!(world.persona("operator_2").sees(&foreign).await, "sent");
    }

    async fn who_comes_to_the_counter_is_helped_without_a_sender(world) {
        let (prescriber, operator, lea) = (world.prescriber(), world.operator(), world.persona("operator_2"));
        let now = world.now().await;
        let walks_in = async |family: &str, patch: Value| {
            let mut body = json!({"start": "to_handle", "informed_at": now, "person": {"family_name": family, "given_name": "Awa", "phone": "0639980199"}});
            super::merge(&mut body, patch);
            operator.post("/v1/referrals/walk-in", body).await
        };
        let waiting = walks_in("Guichet", json!({"service_id": world.service(COACHING).await})).await.with_status(201).good();
        let id = waiting["id"].as_str().unwrap();
        assert_eq!((&waiting["kind"], &waiting["state"], &waiting["box"]), (&json!("walk_in"), &json!("sent"), &json!("to_handle")));
        assert_eq!((&waiting["remind_at"], &waiting["expire_at"]), (&Value::Null, &Value::Null));
        let in_charge = walks_in("Comptoir", json!({"start": "in_charge"})).await.with_status(201).good();
        assert_eq!((&in_charge["state"], &in_charge["box"]), (&json!("accepted"), &json!("in_charge")));
        walks_in("Futur", json!({"informed_at": now + chrono::TimeDelta::hours(2)})).await.refused(422, "in_the_future");
        walks_in("Ailleurs", json!({"service_id": world.service_of("operator_2").await})).await.refused(422, "not_own_service");
        walks_in("Sans", json!({"person": {"given_name": null}})).await.with_status(422);
        let person = json!({"family_name": "X", "given_name": "Y"});
        let body = json!({"start": "to_handle", "informed_at": now, "person": person});
        prescriber.post("/v1/referrals/walk-in", body).await.refused(403, "permission_missing");
        lea.finds_no_trace_of(id, "Guichet").await;

        operator.changes(id, json!({"person": {"phone": "0639980200"}})).await.good();
        world.moves_on("P200D").await;
        assert_eq!(operator.sees(id).await, "sent", "nothing reminds, nothing expires");
        operator.hands_over(id, &lea).await;
        let next = lea.box_of("to_handle").await.pop().unwrap();
        let seen = lea.reads(&next).await.good();
        assert_eq!((&seen["kind"], &seen["sender"]["id"]), (&json!("redirect"), &json!(operator.organisation())));
        lea.refuses(&next, "no_capacity").await;
        assert_eq!(operator.sees(id).await, "under_review");
        operator.does_with("archive", id, json!({"reason": "moved_away"})).await.good();
        assert_eq!(operator.sees(id).await, "refused");
        operator.completes(in_charge["id"].as_str().unwrap()).await;
    }
}
