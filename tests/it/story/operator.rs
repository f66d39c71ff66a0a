//! The operator's day: the inbox, studying, answering, accompanying, assigning, reading marks.

use serde_json::{Value, json};

use super::{COACHING, complaints};
use crate::world::{Client, about};

impl Client {
    /// Tries both decisions on a leg that is decided for good.
    pub async fn refuses_in_vain(&self, referral: &str) {
        self.does_with("refuse", referral, json!({"codes": ["other"]})).await.refused(409, "already_decided");
        self.does("accept", referral).await.refused(409, "already_decided");
    }
}

/// `count`, `unread`, `overdue`, `mine` of a box.
pub fn numbers(counts: &Value, name: &str) -> [i64; 4] {
    ["count", "unread", "overdue", "mine"].map(|part| counts[name][part].as_i64().unwrap())
}

both! {
    async fn the_inbox_counts_what_waits_what_is_unread_overdue_and_mine(world) {
        let (prescriber, operator, colleague) = (world.prescriber(), world.operator(), world.persona("colleague"));
        let service = world.service(COACHING).await;
        let [count, unread, overdue, mine] = numbers(&operator.counts().await, "to_handle");
        let older = prescriber.refers(&service, "Sow").await;
        world.moves_on("PT1H").await;
        let newer = prescriber.refers(&service, "Diop").await;
        assert_eq!(numbers(&operator.counts().await, "to_handle"), [count + 2, unread + 2, overdue, mine]);
        let waiting = operator.box_of("to_handle").await;
        assert_eq!(&waiting[waiting.len() - 2..], [older.clone(), newer.clone()], "who waits longest stands first");

        operator.reads(&older).await.good();
        operator.box_of("to_handle").await;
        assert_eq!(numbers(&operator.counts().await, "to_handle")[1], unread + 2, "reading marks nothing");
        operator.marks(&older, true).await;
        assert_eq!(numbers(&operator.counts().await, "to_handle")[1], unread + 1);
        assert_eq!(numbers(&colleague.counts().await, "to_handle")[1], unread + 2, "each member has marks of their own");
        assert!(!operator.lists("box=to_handle&unread=true").await.contains(&older));
        assert_eq!(operator.line("box=to_handle", &older).await["unread"], false);
        operator.marks(&older, false).await;
        assert_eq!(operator.line("box=to_handle", &older).await["unread"], true);

        colleague.does_with("assign", &older, json!({"member_id": operator.user()})).await.good();
        assert_eq!(numbers(&operator.counts().await, "to_handle")[3], mine + 1);
        assert_eq!(numbers(&colleague.counts().await, "to_handle")[3], 0);
        world.moves_on("P11D").await;
        assert_eq!(operator.line("box=to_handle", &older).await["overdue"], true);
        let [_, _, late, _] = numbers(&operator.counts().await, "to_handle");
        let lines = operator.get("/v1/referrals?box=to_handle&limit=200").await.good();
        let shown = lines["items"].as_array().unwrap().iter().filter(|line| line["overdue"] == true).count();
        assert_eq!(i64::try_from(shown).unwrap(), late, "the count and the list agree");

        let [count, _, _, in_charge_mine] = numbers(&operator.counts().await, "in_charge");
        operator.accepts(&older).await;
        assert_eq!(numbers(&operator.counts().await, "in_charge"), [count + 1, count + 1, 0, in_charge_mine + 1]);
        let archived = operator.counts().await["archived"]["count"].as_i64().unwrap();
        operator.refuses(&newer, "no_capacity").await;
        assert_eq!(operator.counts().await["archived"], json!({"count": archived + 1, "count_is_exact": true, "unread": 0, "overdue": 0, "mine": 0}));
    }

    async fn a_mark_is_no_change_of_the_referral_yet_what_was_kept_of_it_is_stale(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let referral = prescriber.refers(&world.service(COACHING).await, "Sow").await;
        let unread = operator.reads(&referral).await;
        let tag = unread.etag();
        assert_eq!(operator.with("if-none-match", &tag).reads(&referral).await.status, 304);
        operator.marks(&referral, true).await;
        let read = operator.with("if-none-match", &tag).reads(&referral).await;
        assert_eq!((read.status.as_u16(), &read.body["unread"]), (200, &json!(false)));
        assert_eq!(read.body["version"], unread.body["version"], "no version moves");
        operator.with("if-match", &tag).does("review", &referral).await.good();
        operator.with("if-match", &tag).does("waitlist", &referral).await.refused(412, "version_changed");
    }

    async fn a_referral_is_studied_put_on_the_list_and_taken_in_charge_with_a_path(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let referral = prescriber.refers(&world.service(COACHING).await, "Sow").await;
        let studied = operator.does("review", &referral).await.good();
        assert_eq!((&studied["state"], &studied["box"]), (&json!("under_review"), &json!("to_handle")));
        assert!(studied["answered_at"].is_string() && studied["decided_at"].is_null());
        operator.does("review", &referral).await.refused(409, "already_under_review");
        operator.does("waitlist", &referral).await.good();
        operator.does("waitlist", &referral).await.refused(409, "already_waitlisted");
        assert_eq!(prescriber.sees(&referral).await, "waitlisted");

        let (first, second) = (relais_adapters::ids::fresh(), relais_adapters::ids::fresh());
        let step = |id: uuid::Uuid, attended: bool| json!({"id": id, "label": "Atelier CV", "units": 2, "attended": attended});
        let bad = json!({"path": [step(first, false), {"id": first, "label": "Immersion", "units": -1}]});
        let problem = operator.does_with("accept", &referral, bad).await;
        assert_eq!(problem.status, 422, "{}", problem.text);
        let strange = json!({"path": [{"id": first, "label": "Immersion", "service_id": relais_adapters::ids::fresh()}]});
        let problem = operator.does_with("accept", &referral, strange).await.refused(422, "unknown_reference");
        assert_eq!(complaints(&problem), [("unknown_reference", "/path/0/service_id")]);
        assert_eq!(prescriber.sees(&referral).await, "waitlisted");
        let taken = operator.does_with("accept", &referral, json!({"message": "À lundi 9 h", "path": [step(first, false)]})).await.good();
        assert_eq!((&taken["state"], &taken["box"]), (&json!("accepted"), &json!("in_charge")));
        let seen = prescriber.reads(&referral).await.good();
        assert_eq!(seen["social"]["answer"]["message"], "À lundi 9 h");
        let session = &seen["social"]["answer"]["path"][0];
        assert_eq!((&session["id"], &session["attended"]), (&json!(first), &json!(false)));
        for agreed in ["label", "service_id", "place", "units"] {
            assert_eq!(session[agreed], json!(null), "{agreed} is between the person and the receiver");
        }
        assert_eq!(taken["social"]["answer"]["path"][0]["label"], "Atelier CV");
        assert_eq!(seen["answered_at"], studied["answered_at"], "the first answer stays the first");

        let path = format!("/v1/referrals/{referral}/path");
        operator.put(&path, json!({"steps": []})).await.refused(428, "precondition_required");
        let tag = operator.reads(&referral).await.etag();
        let strange = json!({"id": first, "label": "Immersion", "service_id": relais_adapters::ids::fresh()});
        let problem = operator.with("if-match", &tag).put(&path, json!({"steps": [step(first, true), strange]})).await.refused(422, "validation_failed");
        assert_eq!(complaints(&problem), [("duplicate_id", "/steps/1/id"), ("unknown_reference", "/steps/1/service_id")]);
        operator.with("if-match", &tag).put(&path, json!({"steps": [step(first, true), step(second, false)]})).await.good();
        operator.with("if-match", &tag).put(&path, json!({"steps": []})).await.refused(412, "version_changed");
        let steps = prescriber.reads(&referral).await.good()["social"]["answer"]["path"].clone();
        assert_eq!((steps.as_array().unwrap().len(), &steps[0]["attended"], &steps[1]["attended"]), (2, &json!(true), &json!(false)));
        let tag = prescriber.reads(&referral).await.etag();
        prescriber.with("if-match", &tag).put(&path, json!({"steps": []})).await.refused(403, "permission_missing");

        let done = operator.does_with("complete", &referral, json!({"outcome": "partly", "text": "Trois séances sur quatre"})).await.good();
        assert_eq!((&done["state"], &done["box"]), (&json!("completed"), &json!("archived")));
        let seen = prescriber.reads(&referral).await.good();
        assert_eq!((&seen["social"]["answer"]["outcome"], &seen["social"]["answer"]["outcome_text"]), (&json!("partly"), &json!("Trois séances sur quatre")));
        let tag = operator.reads(&referral).await.etag();
        operator.with("if-match", &tag).put(&path, json!({"steps": []})).await.refused(409, "not_accepted");
        operator.does_with("complete", &referral, json!({"outcome": "done"})).await.refused(409, "not_accepted");
        let mails = world.mails_arrive().await;
        for kind in ["reviewed", "waitlisted", "accepted", "completed"] {
            assert_eq!(about(&mails, &referral, kind, "sender").len(), 1, "{kind}");
        }
        assert!(about(&mails, &referral, "completed", "sender")[0]["text"].as_str().unwrap().contains("Trois séances"));
    }

    async fn a_refusal_gives_its_reasons(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let service = world.service(COACHING).await;
        let referral = prescriber.refers(&service, "Sow").await;
        assert_eq!(complaints(&operator.does("refuse", &referral).await.refused(422, "required")), [("required", "/codes")]);
        operator.does_with("refuse", &referral, json!({"codes": ["bad_mood"]})).await.with_status(422);
        operator.does_with("refuse", &referral, json!({"codes": ["other", "other"]})).await.refused(422, "duplicate_code");
        operator.does_with("refuse", &referral, json!({"codes": ["out_of_area", "no_capacity"]})).await.good();
        let seen = prescriber.reads(&referral).await.good();
        assert_eq!(seen["social"]["answer"]["refusal_codes"], json!(["out_of_area", "no_capacity"]));
        operator.does("accept", &referral).await.refused(409, "already_decided");

        let personal = prescriber.refers(&service, "Diop").await;
        operator.does_with("refuse", &personal, json!({"codes": ["no_capacity"], "message": "Rappelez en mars"})).await.good();
        let mails = world.mails_arrive().await;
        let standard = about(&mails, &referral, "refused", "sender");
        let own = about(&mails, &personal, "refused", "sender");
        assert_eq!((standard.len(), own.len()), (1, 1));
        assert!(own[0]["text"].as_str().unwrap().contains("Rappelez en mars"));
        assert!(!standard[0]["text"].as_str().unwrap().contains("out_of_area"), "people read words, not codes");
    }

    async fn who_handles_it_is_the_receivers_business_alone(world) {
        let (prescriber, operator, colleague) = (world.prescriber(), world.operator(), world.persona("colleague"));
        let referral = prescriber.refers(&world.service(COACHING).await, "Sow").await;
        let (before, tag) = { let read = prescriber.reads(&referral).await; (read.body.clone(), read.etag()) };
        operator.does_with("assign", &referral, json!({"member_id": operator.user()})).await.refused(403, "permission_missing");
        colleague.does_with("assign", &referral, json!({"member_id": prescriber.user()})).await.refused(422, "unknown_reference");
        colleague.does_with("assign", &referral, json!({"unit_id": relais_adapters::ids::fresh()})).await.refused(422, "unknown_reference");
        colleague.does_with("assign", &referral, json!({"member_id": operator.user()})).await.good();
        assert_eq!(operator.reads(&referral).await.good()["assignment"]["member_id"], operator.user());
        assert_eq!(operator.lists(&format!("box=to_handle&assigned_to={}", operator.user())).await, [referral.clone()]);

        let after = prescriber.reads(&referral).await;
        assert_eq!((&after.body, after.etag()), (&before, tag), "the sender sees nothing move");
        assert_eq!(prescriber.lists(&format!("assigned_to={}", operator.user())).await, Vec::<String>::new(), "nor by a filter");
        let search = json!({"name": "Sow", "filter": {"assigned_to": operator.user()}});
        assert_eq!(prescriber.searches(search).await, Vec::<String>::new(), "nor by a search");

        let unit = world.persona("admin").post(&format!("/v1/organisations/{}/units", operator.organisation()), json!({"name": "Équipe Fives"})).await;
        let unit = unit.with_status(201).good()["id"].clone();
        colleague.does_with("assign", &referral, json!({"member_id": operator.user(), "unit_id": unit})).await.refused(422, "one_assignee_only");
        colleague.does_with("assign", &referral, json!({"unit_id": unit})).await.good();
        assert_eq!(operator.reads(&referral).await.good()["assignment"], json!({"member_id": null, "unit_id": unit}));
        colleague.does_with("assign", &referral, json!({})).await.good();
        assert_eq!(operator.reads(&referral).await.good()["assignment"], json!(null));
        operator.refuses(&referral, "other").await;
        colleague.does_with("assign", &referral, json!({"member_id": operator.user()})).await.refused(409, "not_open");
    }
}
