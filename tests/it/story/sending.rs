//! What concerns a sender beside the form: an organisation on both sides of a referral, the files of a draft, corrections.

use serde_json::{Value, json};

use super::{COACHING, form};
use crate::world::tools::eventually;
use crate::world::{Client, World, about, ready_draft};

/// Inès leads the operators, and refers for them as well.
async fn on_both_sides(world: &World) -> Client {
    let (admin, colleague) = (world.persona("admin"), world.persona("colleague"));
    let own = colleague.organisation();
    let membership = colleague.membership_of(own).await.unwrap()["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/organisations/{own}/members/{membership}");
    let roles =
        json!({"roles": [{"role_id": admin.role_from(own, "operator_lead").await}, {"role_id": admin.role_from(own, "team_lead").await}]});
    let tag = admin.get(&path).await.etag();
    admin.with("if-match", &tag).put(&format!("{path}/roles"), roles).await.good();
    let service = world.service(COACHING).await;
    eventually("she refers", async || colleague.post("/v1/referrals", ready_draft(&service, "Essai")).await.status == 201).await;
    colleague
}

both! {
    async fn an_organisation_that_refers_to_itself_files_as_the_receiver(world) {
        let (lead, operator) = (on_both_sides(world).await, world.operator());
        let service = world.service(COACHING).await;
        let referral = lead.refers(&service, "Sow").await;
        let filed = lead.does_with("archive", &referral, json!({"reason": "moved_away"})).await.good();
        assert_eq!((&filed["state"], &filed["filing"]["reason"]), (&json!("refused"), &json!("moved_away")), "what waits is ended, not hidden");
        assert!(!operator.box_of("to_handle").await.contains(&referral));
        let back = lead.does("unarchive", &referral).await.good();
        assert_eq!((&back["state"], &back["filing"]), (&json!("sent"), &Value::Null));
        assert!(operator.box_of("to_handle").await.contains(&referral));

        lead.writes(&referral, json!({"body": "Rappelé ce matin"})).await.with_status(201);
        let mails = world.mails_arrive().await;
        assert_eq!(about(&mails, &referral, "message", "sender").len(), 1, "who handles it writes to who referred");
        assert!(about(&mails, &referral, "message", "receiver").is_empty());
    }

    async fn whoever_works_on_the_files_of_a_draft_keeps_it(world) {
        let prescriber = world.prescriber();
        let draft = prescriber.drafts(&world.service(COACHING).await, "Sow").await;
        world.moves_on("P29D").await;
        let before = prescriber.reads(&draft).await;
        let file = world.clean_file().await;
        prescriber.adds_document(&draft, &file, None).await.with_status(201);
        let after = prescriber.reads(&draft).await;
        assert_eq!(after.body["version"], before.body["version"], "what the draft says is the same");
        let known = prescriber.with("if-none-match", &before.etag()).reads(&draft).await;
        assert_eq!(known.status, 200, "but it lives longer");
        world.moves_on("P29D").await;
        let path = format!("/v1/referrals/{draft}/documents/{file}");
        prescriber.deletes(&path).await.with_status(204);
        world.moves_on("P29D").await;
        assert_eq!(prescriber.sees(&draft).await, "draft");
        world.moves_on("P2D").await;
        prescriber.reads(&draft).await.refused(404, "not_found");
    }

    async fn a_reported_acceptance_is_corrected_to_a_refusal(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let referral = prescriber.refers(&world.service(COACHING).await, "Sow").await;
        let today = world.now().await.date_naive();
        let said = json!({"decision": "accepted", "channel": "phone", "told_by": "Mme Roux", "on": today});
        prescriber.does_with("record-answer", &referral, said).await.good();
        assert_eq!(operator.sees(&referral).await, "accepted");
        let corrected = operator.does_with("refuse", &referral, json!({"codes": ["no_capacity"]})).await.good();
        assert_eq!((&corrected["state"], &corrected["box"]), (&json!("refused"), &json!("archived")));
        let seen = prescriber.reads(&referral).await.good();
        let answer = &seen["social"]["answer"];
        assert_eq!((&answer["reported"], &answer["refusal_codes"]), (&Value::Null, &json!(["no_capacity"])));
        assert_eq!(about(&world.mails_arrive().await, &referral, "refused", "sender").len(), 1);
        operator.refuses_in_vain(&referral).await;
    }

    async fn the_adviser_of_a_sent_referral_keeps_an_address_of_their_own(world) {
        let prescriber = world.prescriber();
        let referral = prescriber.refers_form(form(&world.service(COACHING).await, "Sow", json!({"person": {"email": "awa@example.org"}}))).await;
        let patch = json!({"person": {"email": prescriber.persona["email"]}});
        prescriber.changes(&referral, patch).await.refused(422, "email_of_adviser");
        assert_eq!(prescriber.reads(&referral).await.good()["contact"]["email"], "awa@example.org");
    }

    async fn what_is_kept_of_a_referral_is_stale_once_the_person_was_told(world) {
        let prescriber = world.prescriber();
        let referral = prescriber.refers(&world.service(COACHING).await, "Sow").await;
        let read = prescriber.reads(&referral).await;
        let task = read.body["tell_the_person"]["task_id"].as_str().expect("the person has no address").to_owned();
        assert_eq!(prescriber.with("if-none-match", &read.etag()).reads(&referral).await.status, 304);
        prescriber.send(reqwest::Method::POST, &format!("/v1/tasks/{task}/done"), None).await.good();
        let again = prescriber.with("if-none-match", &read.etag()).reads(&referral).await;
        assert_eq!((again.status.as_u16(), &again.body["tell_the_person"]), (200, &Value::Null));
    }
}
