//! Consents: what a person agreed to, receipts of what was told to whom, and taking it back by every door.

use relais_persistence::message::entity::{notice, sandbox_mail};
use relais_persistence::platform::entity::job;
use sea_orm::{ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _, Set};
use serde_json::{Value, json};

use super::{COACHING, form, with_email};
use crate::world::{Client, World, about, key_in};

const DRIVING: &str = "Auto-école sociale";

pub async fn person_of(who: &Client, referral: &str) -> String {
    who.reads(referral).await.good()["identity"]["person_id"].as_str().unwrap().to_owned()
}

async fn consents(who: &Client, person: &str) -> Vec<Value> {
    who.get(&format!("/v1/people/{person}/consents")).await.good()["items"].as_array().unwrap().clone()
}

/// The only consent of a person, withdrawn.
pub async fn takes_back(who: &Client, person: &str) -> Value {
    let consent = consents(who, person).await[0].clone();
    let path = format!("/v1/people/{person}/consents/{}/withdraw", consent["id"].as_str().unwrap());
    who.post(&path, json!({"reason": "Ne veut plus."})).await.good()
}

/// Nothing of the person is behind any door of the receiver; that there was a referral is.
async fn sees_existence_only(who: &Client, referral: &str, planted: &[&str]) {
    let answer = who.reads(referral).await;
    let lists = who.get("/v1/referrals?direction=received&limit=200").await.text;
    for word in planted {
        assert!(!answer.text.contains(word), "{word} in {}", answer.text);
        assert!(!lists.contains(word), "{word} in a list");
        let found = who.searches(json!({"name": word})).await;
        assert!(!found.contains(&referral.to_owned()), "found by {word}");
    }
    let seen = answer.good();
    assert_eq!(seen["hidden"], json!(["identity", "identity_min", "contact", "social", "documents"]));
    assert_eq!(
        (&seen["identity"], &seen["contact"], &seen["social"], &seen["documents"]),
        (&json!(null), &json!(null), &json!(null), &json!(null))
    );
    who.get(&format!("/v1/referrals/{referral}/messages")).await.refused(409, "consent_withdrawn");
    assert!(!who.searches(json!({"contact": "06 39 98 12 34"})).await.contains(&referral.to_owned()));
}

async fn two_to_one(world: &World) -> (String, String, String) {
    let prescriber = world.prescriber();
    let service = world.service(COACHING).await;
    let waiting = prescriber.refers_form(with_email(&service, "Zorglub", "zorglub@example.org")).await;
    let person = person_of(&prescriber, &waiting).await;
    let again = form(&service, "Zorglub", json!({"person_id": person, "reason": "Un second besoin"}));
    let draft = prescriber.drafts_form(again).await;
    prescriber.does_with("send", &draft, json!({"override_reason": "Vu", "accept_duplicate": true})).await.good();
    (person, waiting, draft)
}

both! {
    async fn a_withdrawn_consent_closes_every_door_of_the_receiver_at_once(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let (person, waiting, in_charge) = two_to_one(world).await;
        operator.accepts(&in_charge).await;
        operator.writes(&in_charge, json!({"body": "Rendez-vous avec Zorglub"})).await.with_status(201);
        let mails = world.mails_arrive().await;
        let link = world.opens(&key_in(about(&mails, &in_charge, "sent", "receiver")[0])).await;
        let kept_tag = operator.reads(&in_charge).await.etag();
        let withdrawn = takes_back(&prescriber, &person).await;
        assert_eq!((withdrawn["withdrawn_at"].is_string(), &withdrawn["withdrawal_reason"]), (true, &json!("Ne veut plus.")));
        assert!(consents(&prescriber, &person).await.iter().all(|consent| consent["withdrawn_at"].is_string()), "for this recipient, all of them");
        let planted = ["Zorglub", "zorglub@", "06 39 98 12 34", "Un second besoin", "Hébergée"];
        assert_eq!((operator.sees(&waiting).await, operator.sees(&in_charge).await), ("withdrawn".to_owned(), "accepted".to_owned()));
        for referral in [&waiting, &in_charge] {
            for who in [&operator, &world.persona("colleague")] {
                sees_existence_only(who, referral, &planted).await;
            }
        }
        let seen = link.reads(&in_charge).await;
        assert!(planted.iter().all(|word| !seen.text.contains(word)), "{}", seen.text);
        link.get(&format!("/v1/referrals/{in_charge}/messages")).await.refused(409, "consent_withdrawn");
        assert_eq!(operator.with("if-none-match", &kept_tag).reads(&in_charge).await.status, 200, "what it kept is not what is there");
        operator.writes(&in_charge, json!({"body": "Bonjour"})).await.refused(409, "consent_withdrawn");
        operator.post("/v1/people", json!({"referral_id": in_charge})).await.refused(409, "consent_withdrawn");
        operator.get(&format!("/v1/referrals/{in_charge}/duplicates")).await.refused(403, "permission_missing");
        assert!(!operator.may(&in_charge).await.contains(&"message".to_owned()));

        // The sender keeps sight of all; the receiver is asked to end the help, and does.
        assert_eq!(prescriber.reads(&in_charge).await.good()["identity"]["family_name"], "Zorglub");
        assert_eq!(prescriber.thread(&in_charge).await.len(), 1);
        let tasks = world.tasks(&in_charge).await;
        assert!(tasks.iter().any(|task| task.kind == "person_wishes_to_stop" && task.organisation_id.to_string() == operator.organisation()));
        let mails = world.mails_arrive().await;
        assert_eq!((about(&mails, &waiting, "withdrawn", "receiver").len(), about(&mails, &in_charge, "consent_withdrawn", "receiver").len()), (1, 1));
        operator.completes(&in_charge).await;
        let path = format!("/v1/people/{person}/consents/{}/withdraw", withdrawn["id"].as_str().unwrap());
        prescriber.post(&path, json!({})).await.refused(409, "already_withdrawn");
    }

    async fn a_mail_that_waited_is_not_sent_once_the_person_took_the_consent_back(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let referral = prescriber.refers(&world.service(COACHING).await, "Sow").await;
        operator.accepts(&referral).await;
        prescriber.writes(&referral, json!({"body": "MessagePlante"})).await.with_status(201);
        let id: relais_domain::shared::ids::ReferralId = referral.parse().unwrap();
        let mails = world.mails_arrive().await;
        assert_eq!(about(&mails, &referral, "message", "receiver").len(), 1);
        takes_back(&prescriber, &person_of(&prescriber, &referral).await).await;

        // The mail server was down all the while: the same notice waits still.
        let database = world.copy.connect().await;
        let of_leg = notice::Entity::find().filter(notice::Column::ReferralId.eq(id)).filter(notice::Column::Kind.eq("message"));
        let waiting = of_leg.filter(notice::Column::Recipient.eq("receiver")).one(&database).await.unwrap().unwrap();
        sandbox_mail::Entity::delete_many().exec(&database).await.unwrap();
        notice::ActiveModel { id: Set(waiting.id), state: Set("pending".to_owned()), sent_at: Set(None), ..Default::default() }.update(&database).await.unwrap();
        let now = world.now().await;
        let job = job::Model {
            id: relais_adapters::ids::fresh().into(),
            kind: "notice".to_owned(),
            unique_key: None,
            payload: json!({"notice_id": waiting.id}),
            priority: 10,
            run_at: now,
            attempts: 0,
            state: "ready".to_owned(),
            claimed_by: None,
            claimed_until: None,
            last_error: None,
            created_at: now,
            updated_at: now,
            version: 1,
        };
        job.into_active_model().reset_all().insert(&database).await.unwrap();
        assert!(world.mails_arrive().await.iter().all(|mail| mail["kind"] != "message"), "only the wish itself is told");
        let dropped = notice::Entity::find_by_id(waiting.id).one(&database).await.unwrap().unwrap();
        assert_eq!((dropped.state.as_str(), dropped.error_code.as_deref()), ("dropped", Some("consent_withdrawn")));
        database.close().await.unwrap();
    }

    async fn taking_back_is_for_one_recipient_and_a_new_referral_is_a_new_consent(world) {
        let (prescriber, operator, elsewhere) = (world.prescriber(), world.operator(), world.persona("operator_2"));
        let (person, waiting, _) = two_to_one(world).await;
        let driving = world.service(DRIVING).await;
        let other = prescriber.refers_form(form(&driving, "Zorglub", json!({"person_id": person}))).await;
        let given = consents(&prescriber, &person).await;
        let to_elsewhere = given.iter().find(|consent| consent["referral_id"] == json!(other)).unwrap();
        let to_operator = given.iter().find(|consent| consent["referral_id"] == json!(waiting)).unwrap();
        assert_eq!((&to_elsewhere["recipient_organisation_id"], &to_elsewhere["purpose"], &to_elsewhere["ends_on"]), (&json!(elsewhere.organisation()), &json!("referral"), &json!(null)));
        let path = |consent: &Value| format!("/v1/people/{person}/consents/{}/withdraw", consent["id"].as_str().unwrap());
        operator.post(&path(to_operator), json!({})).await.refused(404, "not_found");
        world.persona("prescriber_2").post(&path(to_operator), json!({})).await.refused(404, "not_found");
        prescriber.with("if-match", "\"9.0.fr\"").post(&path(to_operator), json!({})).await.refused(412, "version_changed");
        assert_eq!(operator.sees(&waiting).await, "sent", "a refused withdrawal changes nothing");
        prescriber.post(&path(to_operator), json!({})).await.good();
        assert_eq!(elsewhere.reads(&other).await.good()["identity"]["family_name"], "Zorglub", "another recipient is not concerned");
        let anew = prescriber.drafts_form(form(&world.service(COACHING).await, "Zorglub", json!({"person_id": person}))).await;
        prescriber.sends(&anew).await;
        assert_eq!(operator.reads(&anew).await.good()["identity"]["family_name"], "Zorglub", "whoever agrees again is helped again");
        assert_eq!(operator.reads(&waiting).await.good()["identity"], json!(null));
    }

    async fn a_receipt_is_written_whenever_another_organisation_is_told(world) {
        let (prescriber, operator, held_sender) = (world.prescriber(), world.operator(), world.persona("prescriber_2"));
        let service = world.service(COACHING).await;
        let receipts = async |who: &Client, person: &str| who.get(&format!("/v1/people/{person}/disclosures")).await.good()["items"].as_array().unwrap().clone();
        let draft = prescriber.drafts(&service, "Sow").await;
        let person = person_of(&prescriber, &draft).await;
        assert!(receipts(&prescriber, &person).await.is_empty(), "a draft tells nobody");
        prescriber.sends(&draft).await;
        prescriber.changes(&draft, json!({"person": {"phone": "0639981299"}})).await.good();
        let told = receipts(&prescriber, &person).await;
        assert_eq!(told.iter().map(|one| one["because"].as_str().unwrap()).collect::<Vec<_>>(), ["referral_contact_changed", "referral_sent"]);
        let first = &told[1];
        assert_eq!((&first["recipient_organisation_id"], &first["organisation_id"], &first["referral_id"]), (&json!(operator.organisation()), &json!(prescriber.organisation()), &json!(draft)));
        assert_eq!(first["categories"], json!(["identity_min", "contact", "identity", "social"]));
        assert_eq!(first["consent_id"], consents(&prescriber, &person).await[0]["id"]);

        // While it is held back nobody is told; a moderator's word tells.
        let held = held_sender.refers(&service, "Diop").await;
        let waiting = person_of(&held_sender, &held).await;
        assert!(receipts(&held_sender, &waiting).await.is_empty());
        world.persona("moderator").send(reqwest::Method::POST, &format!("/v1/organisations/{}/verify", held_sender.organisation()), None).await.good();
        assert_eq!(receipts(&held_sender, &waiting).await.len(), 1);

        // Who of the house read it.
        prescriber.reads(&draft).await.good();
        operator.reads(&draft).await.good();
        let readings = prescriber.get(&format!("/v1/people/{person}/accesses?limit=200")).await.good();
        let readings = readings["items"].as_array().unwrap();
        assert!(readings.iter().any(|entry| entry["operation"].as_str().unwrap().starts_with("read_referral") && entry["actor_id"] == json!(prescriber.user())));
        assert!(readings.iter().all(|entry| entry["organisation_id"] == json!(prescriber.organisation())), "other houses tell their own");
    }

    async fn withdrawing_and_accepting_at_once_end_in_one_of_two_ways(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let service = world.service(COACHING).await;
        for round in 0..6 {
            let referral = prescriber.refers(&service, &format!("Course{}", char::from(b'a' + round))).await;
            let person = person_of(&prescriber, &referral).await;
            let consent = consents(&prescriber, &person).await[0]["id"].as_str().unwrap().to_owned();
            let path = format!("/v1/people/{person}/consents/{consent}/withdraw");
            let (back, yes) = tokio::join!(prescriber.post(&path, json!({})), operator.does("accept", &referral));
            back.with_status(200);
            let accepted = yes.status == 200;
            assert!(accepted || yes.status == 409, "{}", yes.text);
            assert_eq!(operator.sees(&referral).await, if accepted { "accepted" } else { "withdrawn" });
            assert_eq!(operator.reads(&referral).await.good()["identity"], json!(null));
            let stops = world.tasks(&referral).await.iter().filter(|task| task.kind == "person_wishes_to_stop").count();
            assert_eq!(stops, usize::from(accepted));
        }
    }
}
