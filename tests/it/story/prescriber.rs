//! The prescriber's day until the referral is sent: the form, the draft, everything that stands against sending.

use reqwest::Method;
use serde_json::json;

use super::{COACHING, DESK, OVERRIDE, complaints, edits_service, form};
use crate::world::ready_draft;

both! {
    async fn a_form_that_contradicts_itself_is_refused_at_once_with_every_reason(world) {
        let prescriber = world.prescriber();
        let service = world.service(COACHING).await;
        let wrong = json!({
            "service_id": service,
            "person": {
                "family_name": "Sow", "contact_preferences": ["phone", "email", "other"], "employment_number": "1234",
                "birth_year": 1776, "household_size": 0
            },
            "audiences": ["demandeurs-emploi", "astronautes"], "criteria": ["c9", "c1"], "documents": [{"code": "passeport", "at_hand": true}]
        });
        let problem = prescriber.post("/v1/referrals", wrong).await.refused(422, "validation_failed");
        assert_eq!(complaints(&problem), [
            ("employment_number_invalid", "/person/employment_number"),
            ("out_of_range", "/person/birth_year"),
            ("out_of_range", "/person/household_size"),
            ("preference_needs_email", "/person/email"),
            ("preference_needs_phone", "/person/phone"),
            ("preference_needs_text", "/person/other_contact"),
            ("unknown_audience", "/audiences/1"),
            ("unknown_criterion", "/criteria/0"),
            ("unknown_document", "/documents/0/code"),
        ]);

        let desk = json!({"adviser": {"name": "Accueil", "email": "Accueil@lille.example.org"}, "person": {"email": "accueil@LILLE.example.org"}});
        let problem = prescriber.post("/v1/referrals", form(&service, "Sow", desk)).await.refused(422, "email_of_adviser");
        assert_eq!(complaints(&problem), [("email_of_adviser", "/person/email")]);
        let own = json!({"person": {"email": prescriber.persona["email"].as_str().unwrap().to_uppercase()}});
        let problem = prescriber.post("/v1/referrals", form(&service, "Sow", own)).await.refused(422, "email_of_adviser");
        assert_eq!(complaints(&problem), [("email_of_adviser", "/person/email")], "the adviser is whoever drafts");
        let twice = json!({"person": {"age_band": "25-34"}});
        let problem = prescriber.post("/v1/referrals", form(&service, "Sow", twice)).await.refused(422, "contradiction");
        assert_eq!(complaints(&problem), [("contradiction", "/person/age_band")], "one of the two");
        assert_eq!(prescriber.board().await["draft"], 1, "the demo's draft only: nothing was kept");
    }

    async fn what_the_server_owns_is_no_field_of_the_form(world) {
        let prescriber = world.prescriber();
        let service = world.service(COACHING).await;
        for (field, value) in [
            ("state", json!("accepted")), ("told_at", json!("2026-01-01T00:00:00Z")), ("sent_at", json!("2026-01-01T00:00:00Z")),
            ("refusal_codes", json!(["other"])), ("receiver", json!("x")), ("version", json!(7)), ("sender_organisation_id", json!(service)),
        ] {
            let mut body = ready_draft(&service, "Sow");
            body[field] = value;
            let problem = prescriber.post("/v1/referrals", body).await.refused(422, "unknown_field");
            assert_eq!(complaints(&problem), [("unknown_field", format!("/{field}").as_str())]);
        }
        let draft = prescriber.drafts(&service, "Sow").await;
        for field in ["state", "told_at", "decided_at", "refusal_codes", "receiver", "version"] {
            let problem = prescriber.changes(&draft, json!({(field): "x"})).await.refused(422, "unknown_field");
            assert_eq!(complaints(&problem), [("unknown_field", format!("/{field}").as_str())]);
        }
    }

    async fn a_social_security_number_is_refused_wherever_it_stands_and_never_repeated(world) {
        let prescriber = world.prescriber();
        let service = world.service(COACHING).await;
        let number = "2 84 05 59 350 012 55";
        for (pointer, patch) in [
            ("/situation", json!({"situation": format!("Sécu : {number}.")})),
            ("/reason", json!({"reason": number})),
            ("/person/other_contact", json!({"person": {"contact_preferences": ["other"], "other_contact": number}})),
        ] {
            let answer = prescriber.post("/v1/referrals", form(&service, "Sow", patch)).await;
            let said = answer.text.clone();
            let problem = answer.refused(422, "forbidden_identifier");
            assert!(complaints(&problem).contains(&("forbidden_identifier", pointer)));
            assert!(!said.contains("350") && !said.contains("284055935001255"), "the number is echoed: {said}");
        }
        // Where a name should stand, the place is told and not the name.
        for (pointer, patch) in [("", json!({number: "x"})), ("/person", json!({"person": {number: {"a": number}}}))] {
            let answer = prescriber.post("/v1/referrals", form(&service, "Sow", patch)).await;
            let said = answer.text.clone();
            let problem = answer.refused(422, "validation_failed");
            assert_eq!(complaints(&problem), [("forbidden_identifier", pointer), ("unknown_field", pointer)]);
            assert!(!said.contains("350"), "the number is echoed: {said}");
        }
        let asked = prescriber.get(&format!("/v1/referrals?{}=1", number.replace(' ', ""))).await;
        assert!(!asked.text.contains("284055935001255"), "the number is echoed: {}", asked.text);
        asked.refused(422, "unknown_field");
        assert_eq!(prescriber.board().await["draft"], 1, "the demo's draft only: nothing was kept");
        let log = world.program.log();
        assert!(!log.contains(number) && !log.contains("284055935001255"), "the number is logged");
    }

    async fn only_a_member_with_the_right_drafts_for_an_organisation(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let service = world.service(COACHING).await;
        let elsewhere = prescriber.with("x-organisation", operator.organisation());
        elsewhere.post("/v1/referrals", ready_draft(&service, "Sow")).await.refused(403, "not_a_member");
        let problem = operator.post("/v1/referrals", ready_draft(&service, "Sow")).await.refused(403, "permission_missing");
        assert_eq!(problem["errors"][0]["params"]["permission"], "referrals:write");
        world.anybody().post("/v1/referrals", ready_draft(&service, "Sow")).await.refused(401, "sign_in_required");
    }

    async fn a_draft_is_the_senders_own_changed_and_deleted_under_its_version(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let service = world.service(COACHING).await;
        let draft = prescriber.drafts(&service, "Sow").await;
        let path = format!("/v1/referrals/{draft}");
        let read = prescriber.reads(&draft).await;
        let first_tag = read.etag();
        let body = read.good();
        assert_eq!((&body["state"], &body["box"]), (&json!("draft"), &json!(null)));
        assert_eq!(body["service_contact"]["email"], DESK, "the draft carries the service's contact");
        assert_eq!(body["contact"]["adviser"]["name"], prescriber.persona["name"], "the adviser is whoever drafts");

        prescriber.send(Method::PATCH, &path, Some(json!({"reason": "Autre"}))).await.refused(428, "precondition_required");
        let changed = prescriber.changes(&draft, json!({"reason": "Veut devenir soudeuse", "situation": null, "person": {"commune": null}})).await.good();
        assert_eq!(changed["social"]["reason"], "Veut devenir soudeuse");
        assert_eq!(changed["social"]["situation"], json!(null), "null clears");
        assert_eq!(changed["identity_min"]["commune"], json!(null), "null clears inside too");
        assert_eq!(changed["identity"]["family_name"], "Sow", "absent keeps");
        let stale = prescriber.with("if-match", &first_tag).send(Method::PATCH, &path, Some(json!({"reason": "Trop tard"}))).await;
        assert_ne!(stale.etag(), first_tag);
        stale.refused(412, "version_changed");
        prescriber.changes(&draft, json!({"person": {"contact_preferences": ["email"]}})).await.refused(422, "preference_needs_email");

        operator.finds_no_trace_of(&draft, "Sow").await;
        prescriber.with("if-match", &first_tag).send(Method::DELETE, &path, None).await.refused(412, "version_changed");
        prescriber.deletes(&path).await.with_status(204);
        prescriber.reads(&draft).await.refused(404, "not_found");
        assert!(!prescriber.lists("direction=sent").await.contains(&draft));
        assert!(world.mails_arrive().await.iter().all(|mail| !mail["text"].as_str().unwrap().contains(&crate::world::short(&draft))));
    }

    async fn everything_that_stands_against_sending_is_said_at_once(world) {
        let prescriber = world.prescriber();
        let service = world.service(COACHING).await;
        let asked = json!({"documents": [{"code": "cv", "label": "CV", "obligatory": true}, {"code": "lettre", "label": "Lettre", "obligatory": false}]});
        edits_service(world, &service, asked).await;
        let draft = prescriber.drafts_form(json!({"service_id": service, "person": {"family_name": "Sow"}, "adviser": {}})).await;
        let problem = prescriber.does("send", &draft).await.refused(422, "validation_failed");
        let expected = [
            ("consent_missing", "/person_agreed"),
            ("consent_missing", "/person_informed"),
            ("criteria_not_met", "/criteria"),
            ("preferences_empty", "/person/contact_preferences"),
            ("required", "/adviser/email"),
            ("required", "/adviser/name"),
            ("required", "/person/given_name"),
            ("required_document_missing", "/documents"),
        ];
        assert_eq!(complaints(&problem), expected);
        let mut announced = prescriber.blockers_to("send", &draft).await;
        announced.sort_unstable();
        assert_eq!(announced, expected.map(|(code, _)| code), "the list of acts says the same");

        world.persona("admin").does_to_service("suspend", &service).await.good();
        let problem = prescriber.does("send", &draft).await.refused(409, "service_suspended");
        assert_eq!(complaints(&problem).len(), expected.len() + 1, "what is missing is still said");
        assert_eq!(prescriber.sees(&draft).await, "draft");
        world.persona("admin").does_to_service("publish", &service).await.good();

        prescriber.changes(&draft, json!({
            "adviser": {"name": "Accueil", "email": "accueil@lille.example.org"}, "criteria": ["c1"],
            "person": {"given_name": "Awa", "contact_preferences": ["via_adviser"]},
            "person_agreed": true, "person_informed": true, "documents": [{"code": "cv", "reason": "Perdu dans un incendie"}]
        })).await.good();
        let sent = prescriber.does("send", &draft).await.good();
        assert_eq!((&sent["state"], &sent["box"]), (&json!("sent"), &json!("to_handle")));
        let seen = world.operator().reads(&draft).await.good();
        assert_eq!(seen["documents"]["documents"][0]["reason"], "Perdu dans un incendie");
        assert_eq!(prescriber.does("send", &draft).await.refused(409, "already_sent")["errors"].as_array().unwrap().len(), 1);
    }

    async fn a_service_that_takes_no_referral_says_why(world) {
        let prescriber = world.prescriber();
        let closed = world.service("Réunion d’information : demander").await;
        let draft = prescriber.drafts(&closed, "Sow").await;
        assert_eq!(complaints(&prescriber.does("send", &draft).await.refused(409, "form_disabled")), [("form_disabled", "")]);

        let service = world.service(COACHING).await;
        let draft = prescriber.drafts(&service, "Sow").await;
        world.persona("admin").does_to_service("archive", &service).await.good();
        let problem = prescriber.does("send", &draft).await.refused(409, "service_not_published");
        assert_eq!(complaints(&problem), [("criteria_not_met", "/criteria"), ("service_not_published", "")]);
        prescriber.post("/v1/referrals", ready_draft(&service, "Sow")).await.refused(422, "unknown_reference");
        assert_eq!(prescriber.sees(&draft).await, "draft");
    }

    async fn who_meets_no_criterion_is_sent_with_a_reason_that_the_receiver_reads(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let service = world.service(COACHING).await;
        let draft = prescriber.drafts(&service, "Sow").await;
        prescriber.does("send", &draft).await.refused(422, "criteria_not_met");
        let sent = prescriber.sends(&draft).await;
        assert_eq!(sent["social"]["override_reason"], OVERRIDE);
        assert_eq!(operator.reads(&draft).await.good()["social"]["override_reason"], OVERRIDE);

        let ticked = prescriber.drafts_form(form(&service, "Ndiaye", json!({"audiences": ["demandeurs-emploi"]}))).await;
        prescriber.does("send", &ticked).await.good();
        let seen = operator.reads(&ticked).await.good();
        assert_eq!((&seen["social"]["override_reason"], &seen["social"]["audiences"]), (&json!(null), &json!(["demandeurs-emploi"])));
    }

    async fn trying_a_send_changes_nothing_and_tells_who_would_be_told(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let service = world.service(COACHING).await;
        let draft = prescriber.drafts(&service, "Sow").await;
        let before = prescriber.reads(&draft).await;
        let command = json!({"override_reason": "Essai"});
        let tried = prescriber.post(&format!("/v1/referrals/{draft}/send?dry_run=true"), command.clone()).await.with_status(200).good();
        assert_eq!(tried["would"], "send");
        let told = |answer: &serde_json::Value| {
            let notices = answer["notices"].as_array().unwrap().iter();
            let mut told: Vec<_> = notices.map(|notice| (notice["recipient"].to_string(), notice["kind"].to_string(), notice["channel"].to_string())).collect();
            told.sort_unstable();
            told
        };
        assert_eq!(told(&tried).len(), 3, "receiver, sender, and the person through a task: {tried}");

        let after = prescriber.reads(&draft).await;
        assert_eq!((before.etag(), &before.body), (after.etag(), &after.body));
        operator.reads(&draft).await.refused(404, "not_found");
        assert!(world.tasks(&draft).await.is_empty());
        assert_eq!(world.mails_arrive().await.iter().filter(|mail| mail["text"].as_str().unwrap().contains(&crate::world::short(&draft))).count(), 0);
        let key = prescriber.with("idempotency-key", "once");
        key.post(&format!("/v1/referrals/{draft}/send?dry_run=true"), command.clone()).await.good();

        let sent = key.post(&format!("/v1/referrals/{draft}/send"), command.clone()).await.good();
        assert_eq!(told(&sent), told(&tried), "what was foretold is what happens");
        let again = key.post(&format!("/v1/referrals/{draft}/send"), command).await;
        assert_eq!((again.status.as_u16(), again.header("idempotency-replayed")), (200, "true"));
        assert_eq!(world.tasks(&draft).await.len(), 1, "one task: tell the person");
        prescriber.post(&format!("/v1/referrals/{draft}/send?dry_run=true"), json!({})).await.refused(409, "already_sent");
    }

    async fn a_structure_that_nobody_can_write_to_or_that_was_shut_out_takes_no_referral(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let to = json!({"service_id": null, "receiver_organisation_id": operator.organisation()});
        let mute = prescriber.drafts_form(form("", "Sow", to)).await;
        let draft = prescriber.drafts(&world.service(COACHING).await, "Diop").await;
        world.persona("admin").patches(&format!("/v1/organisations/{}", operator.organisation()), json!({"email": null})).await.good();
        let problem = prescriber.does("send", &mute).await.refused(409, "no_contact_email");
        assert_eq!(complaints(&problem), [("no_contact_email", "")]);
        let path = format!("/v1/organisations/{}/block", operator.organisation());
        world.persona("moderator").post(&path, json!({"reason": "Structure fermée"})).await.good();
        let command = json!({"override_reason": "Vu"});
        let problem = prescriber.does_with("send", &draft, command).await.refused(409, "organisation_disabled");
        assert!(complaints(&problem).contains(&("organisation_disabled", "")), "{problem}");
        assert_eq!((prescriber.sees(&mute).await.as_str(), prescriber.sees(&draft).await.as_str()), ("draft", "draft"));
    }

    async fn an_age_band_stands_for_the_birth_year_where_only_that_is_known(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let service = world.service(COACHING).await;
        let young = json!([{"id": "age", "kind": "age", "label": "De 16 à 25 ans", "rule": {"min": 16, "max": 25}, "obligatory": true}]);
        edits_service(world, &service, json!({"criteria": young, "audiences": []})).await;
        let aged = |name: &str, band: &str| form(&service, name, json!({"person": {"birth_year": null, "age_band": band}}));
        let by_age = |sent: &serde_json::Value| {
            let judged = sent["social"]["eligibility"]["criteria"].as_array().unwrap();
            judged.iter().find(|one| one["id"] == "age").unwrap()["state"].clone()
        };
        let within = prescriber.drafts_form(aged("Sow", "18-24")).await;
        let sent = prescriber.does("send", &within).await.good();
        assert_eq!(by_age(&sent), "met");
        let seen = operator.reads(&within).await.good();
        assert_eq!((&seen["identity_min"]["age_band"], &seen["identity"]["birth_year"]), (&json!("18-24"), &json!(null)));
        let outside = prescriber.drafts_form(aged("Diop", "30-39")).await;
        prescriber.does("send", &outside).await.refused(422, "criterion_not_met");
        let astride = prescriber.drafts_form(aged("Ba", "25-34")).await;
        let sent = prescriber.does_with("send", &astride, json!({"override_reason": "Vu"})).await.good();
        assert_eq!(by_age(&sent), "unknown", "a band that lies astride decides nothing");
        for wrong in ["34-25", "jeune", "25"] {
            prescriber.post("/v1/referrals", aged("Ly", wrong)).await.with_status(422);
        }
    }
}
