//! What a sender does once the referral has left: its snapshot, the contact, duplicates, the board, withdrawing, recording an
//! answer that came by phone, referrals made outside.

use serde_json::json;

use super::consent::{person_of, takes_back};
use super::{COACHING, DESK, complaints, edits_service, form};
use crate::world::{about, ready_draft, short, whole};

both! {
    async fn both_sides_see_the_service_as_it_was_and_that_it_changed_since(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let service = world.service(COACHING).await;
        let referral = prescriber.refers(&service, "Sow").await;
        let before = operator.reads(&referral).await;
        let tag = before.etag();
        assert_eq!(before.good()["service_changed"], false);

        let admin = world.persona("admin");
        admin.does_to_service("suspend", &service).await.good();
        admin.does_to_service("publish", &service).await.good();
        assert_eq!(operator.reads(&referral).await.good()["service_changed"], false, "what was promised is what is offered");

        edits_service(world, &service, json!({"name": "Accompagnement nouveau", "hours_per_week": 9, "criteria": []})).await;
        for side in [&prescriber, &operator] {
            let seen = side.reads(&referral).await.good();
            assert_eq!(seen["service_changed"], true);
            assert_eq!(seen["snapshot"]["name"], "Accompagnement renforcé vers l’emploi");
            assert_eq!(seen["snapshot"]["contact_email"], DESK);
            assert_eq!(seen["snapshot"]["criteria"].as_array().unwrap().len(), 3);
        }
        let again = operator.with("if-none-match", &tag).reads(&referral).await;
        assert_eq!(again.status, 200, "what the reader kept is no longer true");

        operator.accepts(&referral).await;
        let seen = prescriber.reads(&referral).await.good();
        assert_eq!(seen["snapshot"]["hours_per_week"], 9, "hours are frozen when the person is taken in charge");
        edits_service(world, &service, json!({"hours_per_week": 2})).await;
        assert_eq!(prescriber.reads(&referral).await.good()["snapshot"]["hours_per_week"], 9);
    }

    async fn what_the_form_says_of_consent_and_protection_is_read_back_by_the_sender_alone(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let more = json!({"person_agreed": false, "person": {"protected": true}});
        let draft = prescriber.drafts_form(form(&world.service(COACHING).await, "Sow", more)).await;
        let said = |seen: &serde_json::Value| ["/social/person_agreed", "/social/person_informed", "/identity/protected"].map(|at| seen.pointer(at).unwrap().clone());
        assert_eq!(said(&prescriber.reads(&draft).await.good()), [json!(false), json!(true), json!(true)]);
        prescriber.changes(&draft, json!({"person_agreed": true})).await.good();
        prescriber.sends(&draft).await;
        assert_eq!(said(&prescriber.reads(&draft).await.good()), [json!(true), json!(true), json!(true)]);
        assert_eq!(said(&operator.reads(&draft).await.good()), [json!(null), json!(null), json!(null)]);
    }

    async fn a_referral_to_a_structure_tells_when_the_structure_changed(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let to = json!({"service_id": null, "receiver_organisation_id": operator.organisation()});
        let referral = prescriber.refers_form(form("", "Sow", to)).await;
        assert_eq!(prescriber.reads(&referral).await.good()["service_changed"], false);
        let path = format!("/v1/organisations/{}", operator.organisation());
        world.persona("admin").patches(&path, json!({"email": "nouveau@tremplin-lillois.example.org"})).await.good();
        for side in [&prescriber, &operator] {
            assert_eq!(side.reads(&referral).await.good()["service_changed"], true);
        }
    }

    async fn after_sending_only_the_contact_changes_and_the_receiver_is_told(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let service = world.service(COACHING).await;
        let referral = prescriber.refers(&service, "Sow").await;
        let told_before = operator.reads(&referral).await.good()["told_at"].clone();

        let problem = prescriber.changes(&referral, json!({
            "reason": "Autre chose", "person": {"family_name": "Autre", "phone": "0639981299"}, "person_agreed": false
        })).await.refused(409, "already_sent");
        assert_eq!(complaints(&problem), [("already_sent", "/person"), ("already_sent", "/person_agreed"), ("already_sent", "/reason")]);
        assert_eq!(operator.reads(&referral).await.good()["contact"]["phone"], "06 39 98 12 34", "nothing of a refused change is kept");
        prescriber.changes(&referral, json!({"person": {"contact_preferences": []}})).await.refused(422, "preferences_empty");
        operator.changes(&referral, json!({"person": {"phone": "0639981299"}})).await.refused(403, "permission_missing");

        let patch = json!({"person": {"phone": "0639981299", "contact_preferences": ["other"], "other_contact": "Chez sa sœur"}});
        prescriber.changes(&referral, patch).await.good();
        let seen = operator.reads(&referral).await.good();
        assert_eq!((&seen["contact"]["phone"], &seen["contact"]["other_contact"]), (&json!("0639981299"), &json!("Chez sa sœur")));
        assert_eq!((&seen["state"], &seen["told_at"]), (&json!("sent"), &told_before), "no clock is moved");
        assert_eq!(operator.searches(json!({"contact": "+33 6 39 98 12 99"})).await, [referral.clone()]);
        let mails = world.mails_arrive().await;
        let told = about(&mails, &referral, "contact_changed", "receiver");
        assert_eq!(told.len(), 1);
        let text = whole(told[0]);
        assert!(["0639981299", "06 39 98", "sœur", "Sow", "Awa"].iter().all(|word| !text.contains(word)), "{text}");

        operator.refuses(&referral, "no_capacity").await;
        prescriber.changes(&referral, json!({"person": {"phone": "0639981200"}})).await.refused(409, "not_open");
    }

    async fn a_probable_duplicate_is_asked_about_once(world) {
        let prescriber = world.prescriber();
        let service = world.service(COACHING).await;
        let first = prescriber.refers(&service, "Ben Saïd").await;
        let twin = prescriber.drafts_form(form(&service, "BEN-SAID", json!({"person": {"given_name": "awa", "phone": "+33639981234"}}))).await;
        let command = json!({"override_reason": "Vu"});
        prescriber.does_with("send", &twin, command.clone()).await.refused(409, "probable_duplicate");
        assert!(prescriber.blockers_to("send", &twin).await.contains(&"probable_duplicate".to_owned()));
        let other_phone = form(&service, "Ben Saïd", json!({"person": {"phone": "0639980000"}}));
        let homonym = prescriber.drafts_form(other_phone).await;
        prescriber.does_with("send", &homonym, command.clone()).await.good();

        // Asked of another service, or of somebody else without one, it is another referral.
        let elsewhere = prescriber.drafts(&world.service_of("operator_2").await, "Ben Saïd").await;
        prescriber.does_with("send", &elsewhere, command.clone()).await.good();
        for persona in ["operator", "operator_2"] {
            let to = json!({"service_id": null, "receiver_organisation_id": world.persona(persona).organisation()});
            let structure = prescriber.drafts_form(form("", "Ben Saïd", to.clone())).await;
            prescriber.does("send", &structure).await.good();
            let again = prescriber.drafts_form(form("", "Ben Saïd", to)).await;
            prescriber.does("send", &again).await.refused(409, "probable_duplicate");
        }
        // Two of whom neither phone, e-mail nor number is known are taken for one.
        let unmarked = json!({"person": {"phone": null, "contact_preferences": ["via_adviser"]}});
        let unknown = prescriber.drafts_form(form(&service, "Ould", unmarked.clone())).await;
        prescriber.does_with("send", &unknown, command.clone()).await.good();
        let same = prescriber.drafts_form(form(&service, "Ould", unmarked)).await;
        prescriber.does_with("send", &same, command.clone()).await.refused(409, "probable_duplicate");

        // Another sender hears nothing of referrals that it may not read.
        let stranger = world.persona("prescriber_2").drafts(&service, "Ben Saïd").await;
        world.persona("prescriber_2").does_with("send", &stranger, command.clone()).await.good();

        prescriber.does_with("send", &twin, json!({"override_reason": "Vu", "accept_duplicate": true})).await.good();
        world.operator().refuses(&first, "duplicate").await;
        world.operator().refuses(&twin, "duplicate").await;
        let third = prescriber.drafts(&service, "Ben Saïd").await;
        prescriber.does_with("send", &third, command).await.good();
    }

    async fn the_board_and_the_list_show_what_was_sent_until_it_is_filed(world) {
        let prescriber = world.prescriber();
        let service = world.service(COACHING).await;
        let before = prescriber.board().await;
        let draft = prescriber.drafts(&service, "Sow").await;
        let sent = prescriber.refers(&service, "Diop").await;
        let after = prescriber.board().await;
        assert_eq!((after["draft"], after["sent"]), (before["draft"] + 1, before["sent"] + 1));
        let listed = prescriber.lists("direction=sent").await;
        assert_eq!(&listed[..2], [sent.clone(), draft.clone()], "the newest first");
        assert_eq!(prescriber.lists("direction=sent&state=draft").await.first(), Some(&draft));
        assert_eq!(i64::try_from(listed.len()).unwrap(), after.values().sum::<i64>());
        assert_eq!(prescriber.lists("direction=received").await, Vec::<String>::new());
        let counted = prescriber.get("/v1/referrals?direction=sent&count=true&limit=1").await.good();
        assert_eq!((&counted["count"], &counted["count_is_exact"]), (&json!(listed.len()), &json!(true)));

        prescriber.does("withdraw", &sent).await.good();
        prescriber.does_with("archive", &sent, json!({"reason": "handled_elsewhere", "note": "Vu avec Rose"})).await.good();
        let filed = prescriber.board().await;
        assert_eq!(filed.get("withdrawn"), before.get("withdrawn"), "what is filed leaves the board");
        assert_eq!(prescriber.line("direction=sent", &sent).await["filing"]["note"], "Vu avec Rose");
        assert_eq!(world.operator().reads(&sent).await.good()["filing"], json!(null), "the sender's filing is the sender's");
        assert_eq!(world.persona("prescriber_2").lists("direction=sent&state=withdrawn").await, Vec::<String>::new());
    }

    async fn a_referral_is_taken_back_while_it_waits(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let service = world.service(COACHING).await;
        let referral = prescriber.refers(&service, "Sow").await;
        operator.does("review", &referral).await.good();
        operator.does("withdraw", &referral).await.refused(403, "permission_missing");
        let gone = prescriber.does_with("withdraw", &referral, json!({"message": "Elle déménage"})).await.good();
        assert_eq!((&gone["state"], &gone["box"]), (&json!("withdrawn"), &json!("archived")));
        let seen = operator.reads(&referral).await.good();
        assert_eq!((&seen["state"], &seen["social"]["answer"]["message"]), (&json!("withdrawn"), &json!("Elle déménage")));
        assert!(operator.box_of("archived").await.contains(&referral));
        assert!(!operator.box_of("to_handle").await.contains(&referral));
        operator.does("accept", &referral).await.refused(409, "not_open");
        prescriber.does("withdraw", &referral).await.refused(409, "not_open");
        let mails = world.mails_arrive().await;
        assert_eq!(about(&mails, &referral, "withdrawn", "receiver").len(), 1);
        assert!(!about(&mails, &referral, "withdrawn", "receiver")[0]["text"].as_str().unwrap().contains("Sow"));

        let kept = prescriber.refers(&service, "Diop").await;
        operator.accepts(&kept).await;
        let problem = prescriber.does("withdraw", &kept).await.refused(409, "already_decided");
        let allowed = problem["errors"][0]["params"]["allowed_acts"].as_array().unwrap();
        assert!(allowed.contains(&json!("message")) && !allowed.contains(&json!("withdraw")), "{allowed:?}");
    }

    async fn an_answer_by_phone_is_recorded_and_the_receiver_may_correct_it(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let service = world.service(COACHING).await;
        let referral = prescriber.refers(&service, "Sow").await;
        let today = world.now().await.date_naive();
        let tomorrow = today.succ_opt().unwrap().succ_opt().unwrap();
        let said = json!({"decision": "refused", "codes": ["no_capacity"], "channel": "phone", "told_by": "Mathieu", "on": today, "note": "Complet"});
        let wrong = json!({"decision": "refused", "channel": "phone", "told_by": "Mathieu", "on": tomorrow});
        let problem = prescriber.does_with("record-answer", &referral, wrong).await.refused(422, "validation_failed");
        assert_eq!(complaints(&problem), [("in_the_future", "/on"), ("required", "/codes")]);
        let accepted = json!({"decision": "accepted", "codes": ["other"], "channel": "phone", "told_by": "Mathieu", "on": today});
        prescriber.does_with("record-answer", &referral, accepted).await.refused(422, "not_for_acceptance");
        operator.does_with("record-answer", &referral, said.clone()).await.refused(403, "permission_missing");

        prescriber.does_with("record-answer", &referral, said).await.good();
        let seen = operator.reads(&referral).await.good();
        assert_eq!((&seen["state"], &seen["social"]["answer"]["refusal_codes"]), (&json!("refused"), &json!(["no_capacity"])));
        let reported = &seen["social"]["answer"]["reported"];
        assert_eq!((&reported["channel"], &reported["told_by"], &reported["note"]), (&json!("phone"), &json!("Mathieu"), &json!("Complet")));
        let mails = world.mails_arrive().await;
        let told = about(&mails, &referral, "answer_recorded", "receiver");
        assert_eq!(told.len(), 1);
        assert!(!whole(told[0]).contains("Sow") && about(&mails, &referral, "refused", "sender").is_empty(), "nobody is told twice");

        world.moves_on("P29D").await;
        assert!(operator.may(&referral).await.contains(&"accept".to_owned()));
        operator.accepts(&referral).await;
        let seen = prescriber.reads(&referral).await.good();
        assert_eq!((&seen["state"], &seen["social"]["answer"]["reported"]), (&json!("accepted"), &json!(null)));
        assert_eq!(seen["ended_at"], json!(null));
        assert_eq!(about(&world.mails_arrive().await, &referral, "accepted", "sender").len(), 1);
        operator.refuses_in_vain(&referral).await;

        let late = prescriber.refers(&service, "Diop").await;
        let yes = json!({"decision": "accepted", "channel": "email", "told_by": "Mathieu", "on": today});
        prescriber.does_with("record-answer", &late, yes).await.good();
        assert_eq!(prescriber.sees(&late).await, "accepted");
        world.moves_on("P31D").await;
        operator.refuses_in_vain(&late).await;
        operator.completes(&late).await;
    }

    async fn what_was_noted_by_phone_is_not_corrected_once_the_consent_is_gone(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let referral = prescriber.refers(&world.service(COACHING).await, "Sow").await;
        let today = world.now().await.date_naive();
        let said = json!({"decision": "refused", "codes": ["no_capacity"], "channel": "phone", "told_by": "Mathieu", "on": today});
        prescriber.does_with("record-answer", &referral, said).await.good();
        takes_back(&prescriber, &person_of(&prescriber, &referral).await).await;
        operator.does("accept", &referral).await.refused(409, "consent_withdrawn");
        assert_eq!(prescriber.sees(&referral).await, "refused");
    }

    async fn a_referral_made_by_phone_is_noted_and_asked_about_after_ten_days(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let service = world.service(COACHING).await;
        let nameless = json!({"service_id": service, "person": {"contact_preferences": []}});
        let problem = prescriber.post("/v1/referrals/outside", nameless).await.refused(422, "validation_failed");
        assert_eq!(complaints(&problem), [("required", "/person/family_name"), ("required", "/person/given_name")]);

        let noted = prescriber.post("/v1/referrals/outside", ready_draft(&service, "Sow")).await.with_status(201).good();
        let referral = noted["id"].as_str().unwrap().to_owned();
        assert_eq!((&noted["kind"], &noted["origin"], &noted["state"], &noted["told_at"]), (&json!("outside"), &json!("outside"), &json!("sent"), &json!(null)));
        assert!(prescriber.lists("direction=sent").await.contains(&referral));
        operator.finds_no_trace_of(&referral, "Sow").await;
        prescriber.writes(&referral, json!({"body": "Bonjour"})).await.refused(409, "no_receiver");

        world.moves_on("P9D").await;
        assert!(world.tasks(&referral).await.is_empty());
        world.moves_on("P1DT1H").await;
        let tasks = world.tasks(&referral).await;
        assert_eq!(tasks.len(), 1);
        assert_eq!((tasks[0].kind.as_str(), tasks[0].organisation_id.to_string().as_str()), ("outside_question", prescriber.organisation()));
        world.moves_on("P60D").await;
        assert_eq!(prescriber.sees(&referral).await, "sent", "it never expires");
        assert_eq!(world.tasks(&referral).await.len(), 1, "it is asked once");
        assert!(world.mails().await.iter().all(|mail| !mail["text"].as_str().unwrap().contains(&short(&referral))), "nobody is written to");

        let today = world.now().await.date_naive();
        let yes = json!({"decision": "accepted", "channel": "phone", "told_by": "L’accueil", "on": today});
        prescriber.does_with("complete", &referral, json!({"outcome": "done"})).await.refused(409, "not_accepted");
        prescriber.does_with("record-answer", &referral, yes).await.good();
        operator.reads(&referral).await.refused(404, "not_found");

        // Nobody else can tell that it is over: without that it would be kept for ever.
        assert!(prescriber.may(&referral).await.contains(&"complete".to_owned()));
        operator.does_with("complete", &referral, json!({"outcome": "done"})).await.refused(404, "not_found");
        prescriber.completes(&referral).await;
        assert_ne!(prescriber.reads(&referral).await.good()["ended_at"], json!(null));
    }
}
