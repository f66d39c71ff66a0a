//! Filing: each organisation puts a referral away for itself, and may end it by doing so, and take that back.

use serde_json::{Value, json};

use super::COACHING;
use crate::world::{Client, World, about, whole};

const NOTE: &str = "Dossier bleu au fond de l’armoire";

impl Client {
    async fn files(&self, referral: &str, command: Value) -> Value {
        self.does_with("archive", referral, command).await.good()
    }
}

async fn refers(world: &World, family_name: &str) -> String {
    world.prescriber().refers(&world.service(COACHING).await, family_name).await
}

both! {
    async fn filing_what_waits_refuses_it_and_takes_it_back_within_thirty_days(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let referral = refers(world, "Sow").await;
        operator.does("waitlist", &referral).await.good();
        let filed = operator.files(&referral, json!({"reason": "moved_away", "note": NOTE})).await;
        assert_eq!((&filed["state"], &filed["box"]), (&json!("refused"), &json!("archived")));
        assert_eq!((&filed["filing"]["reason"], &filed["filing"]["note"]), (&json!("moved_away"), &json!(NOTE)));
        let seen = prescriber.reads(&referral).await.good();
        assert_eq!((&seen["social"]["answer"]["refusal_codes"], &seen["filing"]), (&json!(["out_of_area"]), &json!(null)));
        operator.does_with("archive", &referral, json!({"reason": "other"})).await.refused(409, "already_archived");
        let mails = world.mails_arrive().await;
        assert_eq!(about(&mails, &referral, "refused", "sender").len(), 1);

        world.moves_on("P29D").await;
        assert!(operator.may(&referral).await.contains(&"unarchive".to_owned()));
        let back = operator.does("unarchive", &referral).await.good();
        assert_eq!((&back["state"], &back["box"], &back["filing"]), (&json!("waitlisted"), &json!("to_handle"), &json!(null)));
        let seen = prescriber.reads(&referral).await.good();
        assert_eq!((&seen["social"]["answer"]["refusal_codes"], &seen["ended_at"], &seen["decided_at"]), (&json!([]), &json!(null), &json!(null)));
        let days = back["expire_at"].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap() - world.now().await;
        assert_eq!(days.num_hours() / 24, 179, "the clocks start afresh");
        let mails = world.mails_arrive().await;
        assert_eq!((about(&mails, &referral, "reopened", "sender").len(), about(&mails, &referral, "reopened", "receiver").len()), (1, 0));
        operator.does("unarchive", &referral).await.refused(409, "not_archived");
        operator.accepts(&referral).await;
    }

    async fn after_thirty_days_or_when_something_followed_it_stays(world) {
        let operator = world.operator();
        let (late, followed) = (refers(world, "Sow").await, refers(world, "Diop").await);
        operator.files(&late, json!({"reason": "unreachable"})).await;
        world.moves_on("P30DT1H").await;
        let problem = operator.does("unarchive", &late).await.refused(409, "not_reversible");
        assert_eq!(problem["errors"][0]["params"]["cause"], "too_late");
        assert_eq!(operator.blockers_to("unarchive", &late).await, ["not_reversible"]);

        // Filed without an ending; then the clock ended it: only the filing is taken back.
        assert_eq!(operator.sees(&followed).await, "expired");
        operator.files(&followed, json!({"reason": "other"})).await;
        operator.does("unarchive", &followed).await.good();
        assert_eq!(operator.sees(&followed).await, "expired");
    }

    async fn filing_who_is_in_charge_completes_and_brings_back_what_was(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let referral = refers(world, "Sow").await;
        operator.accepts(&referral).await;
        let problem = operator.does_with("archive", &referral, json!({"reason": "other", "ending": "refuse"})).await.refused(422, "ending_not_possible");
        assert_eq!(problem["errors"][0]["pointer"], "/ending");
        let filed = operator.files(&referral, json!({"reason": "in_work_or_training"})).await;
        assert_eq!((&filed["state"], &filed["social"]["answer"]["outcome"]), (&json!("completed"), &json!("not_done")));
        operator.does("unarchive", &referral).await.good();
        let seen = prescriber.reads(&referral).await.good();
        assert_eq!((&seen["state"], &seen["social"]["answer"]["outcome"]), (&json!("accepted"), &json!(null)));
        operator.completes(&referral).await;
    }

    async fn filing_without_an_ending_leaves_the_clocks_running(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let referral = refers(world, "Sow").await;
        let waiting = operator.counts().await["to_handle"]["count"].as_i64().unwrap();
        let filed = operator.files(&referral, json!({"reason": "handled_elsewhere", "ending": "none"})).await;
        assert_eq!((&filed["state"], &filed["box"]), (&json!("sent"), &json!("archived")));
        assert!(operator.box_of("archived").await.contains(&referral) && !operator.box_of("to_handle").await.contains(&referral));
        assert_eq!(operator.counts().await["to_handle"]["count"], waiting - 1);
        assert_eq!(prescriber.reads(&referral).await.good()["box"], "to_handle", "the sender sees it waiting");
        operator.does("unarchive", &referral).await.good();
        assert!(operator.box_of("to_handle").await.contains(&referral));
        operator.files(&referral, json!({"reason": "handled_elsewhere", "ending": "none"})).await;
        world.moves_on("P11D").await;
        assert_eq!(about(&world.mails().await, &referral, "reminder", "receiver").len(), 1);
        world.moves_on("P20D").await;
        assert_eq!(prescriber.sees(&referral).await, "expired");
    }

    async fn what_has_ended_is_filed_only_and_each_side_for_itself(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let referral = refers(world, "Sow").await;
        operator.refuses(&referral, "no_capacity").await;
        let (version, mails) = (operator.reads(&referral).await.good()["version"].clone(), world.mails_arrive().await.len());
        prescriber.files(&referral, json!({"reason": "other", "note": NOTE})).await;
        operator.files(&referral, json!({"reason": "other"})).await;
        assert_eq!(operator.reads(&referral).await.good()["version"], version, "filing moves no version");
        assert_eq!(world.mails_arrive().await.len(), mails, "and tells nobody");
        prescriber.does("unarchive", &referral).await.good();
        assert_eq!(prescriber.reads(&referral).await.good()["filing"], json!(null));
        assert!(operator.reads(&referral).await.good()["filing"].is_object());
        assert_eq!(operator.sees(&referral).await, "refused");
    }

    async fn a_private_note_stays_behind_every_door(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let referral = refers(world, "Sow").await;
        operator.files(&referral, json!({"reason": "hospitalised", "note": NOTE})).await;
        assert_eq!(world.persona("colleague").reads(&referral).await.good()["filing"]["note"], NOTE, "colleagues read it");
        let reader = world.persona("reader").reads(&referral).await;
        assert!(!reader.text.contains(NOTE) && !reader.text.contains("hospitalised"), "who sees existence only reads no reason: {}", reader.text);
        assert!(!world.persona("reader").get("/v1/referrals?box=archived").await.text.contains("hospitalised"));

        let id = &referral;
        for path in [
            format!("/v1/referrals/{id}"), format!("/v1/referrals/{id}?include=notices"), format!("/v1/referrals/{id}/actions"),
            format!("/v1/referrals/{id}/messages"), "/v1/referrals?direction=sent&limit=200".to_owned(), "/v1/referrals/board".to_owned(),
        ] {
            let answer = prescriber.get(&path).await;
            assert!(answer.status.is_success() && !answer.text.contains(NOTE) && !answer.text.contains("hospitalised"), "{path}: {}", answer.text);
        }
        let search = prescriber.post("/v1/referrals/search", json!({"name": "Sow"})).await;
        assert!(search.text.contains(id) && !search.text.contains(NOTE));
        for answer in [prescriber.does("unarchive", id).await, prescriber.does("accept", id).await] {
            assert!(!answer.status.is_success() && !answer.text.contains(NOTE), "{}", answer.text);
        }
        assert!(world.mails_arrive().await.iter().all(|mail| !whole(mail).contains(NOTE)));
        assert!(world.program.log().is_empty() || !world.program.log().contains(NOTE));
        let journal = world.persona("platform_admin").get("/v1/audit/mutations?limit=200").await;
        assert!(!journal.text.contains(NOTE), "the journal's readers see no values of others");
    }

    async fn a_draft_that_was_filed_is_still_deleted_expires_and_is_sent(world) {
        let prescriber = world.prescriber();
        let service = world.service(COACHING).await;
        let [deleted, left, sent] = [prescriber.drafts(&service, "Sow").await, prescriber.drafts(&service, "Diop").await, prescriber.drafts(&service, "Ba").await];
        for draft in [&deleted, &left, &sent] {
            prescriber.files(draft, json!({"reason": "other", "note": NOTE})).await;
        }
        prescriber.deletes(&format!("/v1/referrals/{deleted}")).await.with_status(204);
        prescriber.reads(&deleted).await.refused(404, "not_found");

        let board = prescriber.board().await.get("sent").copied().unwrap_or_default();
        prescriber.sends(&sent).await;
        assert_eq!(prescriber.reads(&sent).await.good()["filing"], json!(null), "what is sent is no longer put away");
        assert_eq!(prescriber.board().await["sent"], board + 1);
        prescriber.does("unarchive", &sent).await.refused(409, "not_archived");

        world.moves_on("P31D").await;
        prescriber.reads(&left).await.refused(404, "not_found");
    }
}
