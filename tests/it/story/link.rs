//! Access links: the key in a mail opens one referral, for a while, and nothing else.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{COACHING, DESK, edits_service};
use crate::world::{Client, World, about, key_in};

/// A fresh referral and the key that its mail took to the service's address.
async fn key_of(world: &World, family_name: &str) -> (String, String) {
    let referral = world.prescriber().refers(&world.service(COACHING).await, family_name).await;
    let mails = world.mails_arrive().await;
    let told = about(&mails, &referral, "sent", "receiver");
    assert_eq!((told.len(), &told[0]["to"]), (1, &json!(DESK)));
    (referral, key_in(told[0]))
}

async fn exchange(world: &World, key: &str) -> crate::world::Answer {
    world.anybody().post("/v1/links/exchange", json!({"token": key})).await
}

/// Rights are cached for a second at most: asks until the session is over.
async fn is_over(session: &Client, referral: &str) {
    let begun = Instant::now();
    let mut answer = session.reads(referral).await;
    while answer.status.is_success() && begun.elapsed() < Duration::from_secs(30) {
        answer = session.reads(referral).await;
    }
    answer.refused(401, "link_session_expired");
}

async fn renew(world: &World, referral: &str) {
    let answer = world.anybody().post("/v1/links/renew", json!({"referral_id": referral})).await.with_status(202);
    assert_eq!(answer.text, "", "the answer tells nothing");
}

async fn links_sent(world: &World) -> Vec<serde_json::Value> {
    world.mails_arrive().await.into_iter().filter(|mail| mail["kind"] == "access_link").collect()
}

both! {
    async fn a_key_opens_one_referral_any_number_of_times_and_no_other(world) {
        let (referral, key) = key_of(world, "Sow").await;
        let other = world.prescriber().refers(&world.service(COACHING).await, "Diop").await;
        let opened = exchange(world, &key).await.with_status(200).good();
        assert_eq!((&opened["referral_id"], &opened["token_type"], &opened["expires_in"]), (&json!(referral), &json!("Bearer"), &json!(1800)));
        let (first, second) = (world.opens(&key).await, world.opens(&key).await);
        for session in [&first, &second] {
            let seen = session.reads(&referral).await.good();
            assert_eq!((&seen["identity"]["family_name"], &seen["contact"]["phone"]), (&json!("Sow"), &json!("06 39 98 12 34")));
            assert_eq!((&seen["identity"]["person_id"], &seen["hidden"]), (&json!(null), &json!([])));
            assert_eq!(session.lists("").await, [referral.clone()], "its list is that one");
            assert_eq!(session.searches(json!({"name": "Diop"})).await, Vec::<String>::new());
        }
        first.reads(&other).await.refused(404, "not_found");
        for door in ["actions", "messages"] {
            first.get(&format!("/v1/referrals/{other}/{door}")).await.refused(404, "not_found");
        }
        first.does("accept", &other).await.refused(404, "not_found");
        first.writes(&other, json!({"body": "Bonjour"})).await.refused(404, "not_found");
        first.post("/v1/referrals", json!({"person": {}})).await.refused_for_want_of_right();
        for path in ["/v1/organisations", "/v1/me"] {
            let answer = first.get(path).await;
            assert!(!answer.text.contains("Diop") && answer.status.as_u16() < 500, "{path}: {}", answer.text);
        }
        for wrong in ["x", &"A".repeat(43), &format!("{key}A")] {
            exchange(world, wrong).await.refused(404, "link_not_valid");
        }
        first.get(&format!("/v1/referrals/{referral}")).await.good();
    }

    async fn a_key_answers_for_the_receiver_but_does_not_run_its_office(world) {
        let (referral, key) = key_of(world, "Sow").await;
        let (session, prescriber) = (world.opens(&key).await, world.prescriber());
        let may = session.may(&referral).await;
        assert_eq!(may, ["review", "waitlist", "accept", "refuse", "message"]);
        session.does_with("archive", &referral, json!({"reason": "other"})).await.refused(403, "permission_missing");
        session.does_with("assign", &referral, json!({})).await.refused(403, "permission_missing");
        session.does("withdraw", &referral).await.refused(403, "permission_missing");
        session.does("review", &referral).await.good();
        assert_eq!(prescriber.sees(&referral).await, "under_review");
        session.does("waitlist", &referral).await.good();
        session.writes(&referral, json!({"body": "Il reste une place en mars"})).await.with_status(201);
        assert_eq!(prescriber.thread(&referral).await, ["Il reste une place en mars"]);
        assert_eq!(session.does("accept", &referral).await.good()["state"], "accepted");
        let tag = session.reads(&referral).await.etag();
        let path = session.with("if-match", &tag).put(&format!("/v1/referrals/{referral}/path"), json!({"steps": []})).await;
        path.refused(403, "not_the_receiver");
        assert_eq!(session.may(&referral).await, ["complete", "message"]);
        session.does_with("complete", &referral, json!({"outcome": "done"})).await.good();
        assert_eq!(prescriber.sees(&referral).await, "completed");
        is_over(&session, &referral).await;
        exchange(world, &key).await.refused(404, "link_not_valid");
    }

    async fn a_key_dies_with_the_referral(world) {
        let (refused, key) = key_of(world, "Sow").await;
        let session = world.opens(&key).await;
        session.does_with("refuse", &refused, json!({"codes": ["no_capacity"]})).await.good();
        is_over(&session, &refused).await;
        exchange(world, &key).await.refused(404, "link_not_valid");

        let (withdrawn, key) = key_of(world, "Diop").await;
        let session = world.opens(&key).await;
        world.prescriber().does("withdraw", &withdrawn).await.good();
        is_over(&session, &withdrawn).await;
        let mails = world.mails_arrive().await;
        let told = about(&mails, &withdrawn, "withdrawn", "receiver");
        assert_eq!(key_in(told[0]), format!("referral.{withdrawn}"), "no key to what has ended");
    }

    async fn a_key_lives_eight_days_and_its_session_no_longer(world) {
        let (referral, key) = key_of(world, "Sow").await;
        world.moves_on("P7DT23H").await;
        let session = world.opens(&key).await;
        session.reads(&referral).await.good();
        world.moves_on("PT1H").await;
        let (expired, unknown) = (exchange(world, &key).await, exchange(world, "nobody-made-this").await);
        let shape = |answer: &crate::world::Answer| { let mut body = answer.body.clone(); body["instance"] = json!(null); body };
        assert_eq!(shape(&expired), shape(&unknown), "expired and unknown are one answer");
        expired.refused(404, "link_not_valid");
        is_over(&session, &referral).await;

        // The reminder brings a fresh one.
        world.moves_on("P3D").await;
        let mails = world.mails().await;
        let fresh = key_in(about(&mails, &referral, "reminder", "receiver")[0]);
        assert_ne!(fresh, key);
        world.opens(&fresh).await.does("accept", &referral).await.good();
    }

    async fn a_fresh_key_goes_to_the_services_own_address_three_times_a_day(world) {
        let (referral, key) = key_of(world, "Sow").await;
        renew(world, &referral).await;
        let sent = links_sent(world).await;
        assert_eq!((sent.len(), &sent[0]["to"]), (1, &json!(DESK)));
        assert!(!crate::world::whole(&sent[0]).contains("Sow"));
        let fresh = key_in(&sent[0]);
        exchange(world, &key).await.refused(404, "link_not_valid");
        world.opens(&fresh).await.reads(&referral).await.good();
        for _ in 0..4 {
            renew(world, &referral).await;
        }
        let sent = links_sent(world).await;
        assert_eq!((sent.len(), sent.iter().filter(|mail| mail["to"] == DESK).count()), (3, 3));
        let last = sent.iter().map(key_in).collect::<Vec<_>>();
        assert!(exchange(world, &last[0]).await.status == 404 && exchange(world, &last[2]).await.status == 200, "the newest replaces the rest");
    }

    async fn asking_for_a_key_tells_nothing_of_what_there_is(world) {
        let (prescriber, service) = (world.prescriber(), world.service(COACHING).await);
        let draft = prescriber.drafts(&service, "Sow").await;
        let held = world.persona("prescriber_2").refers(&service, "Sow").await;
        let ended = prescriber.refers(&service, "Diop").await;
        world.operator().refuses(&ended, "other").await;
        let waits = prescriber.refers(&service, "Fall").await;
        let mut answers = vec![];
        for referral in [&draft, &held, &ended, &relais_adapters::ids::fresh().to_string(), &waits] {
            let answer = world.anybody().post("/v1/links/renew", json!({"referral_id": referral})).await.with_status(202);
            let mut names: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
            names.sort();
            answers.push((answer.text, names));
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        let sent = links_sent(world).await;
        assert_eq!((sent.len(), &sent[0]["to"]), (1, &json!(DESK)), "only what waits for an answer gets a link");
        assert_eq!(about(&sent, &waits, "access_link", "receiver").len(), 1);
    }

    async fn a_fresh_key_goes_where_the_service_is_reached_today_and_ends_all_that_went_out_before(world) {
        let (referral, first) = key_of(world, "Sow").await;
        let service = world.service(COACHING).await;
        let elsewhere = "nouvelle-adresse@tremplin-lillois.example.org";
        edits_service(world, &service, json!({"contact": {"name": "Accueil", "email": elsewhere, "public": false}})).await;
        world.opens(&first).await.reads(&referral).await.good();
        renew(world, &referral).await;
        let sent = links_sent(world).await;
        assert_eq!((sent.len(), &sent[0]["to"]), (1, &json!(elsewhere)), "the snapshot says where it was, the service where it is");
        exchange(world, &first).await.refused(404, "link_not_valid");
        world.opens(&key_in(&sent[0])).await.does("accept", &referral).await.good();
    }

    async fn a_key_dies_with_its_receiver(world) {
        let (referral, key) = key_of(world, "Sow").await;
        let session = world.opens(&key).await;
        session.reads(&referral).await.good();
        let path = format!("/v1/organisations/{}/block", world.operator().organisation());
        world.persona("moderator").post(&path, json!({"reason": "Structure fermée"})).await.good();
        is_over(&session, &referral).await;
        let (closed, unknown) = (exchange(world, &key).await, exchange(world, "nobody-made-this").await);
        let shape = |answer: &crate::world::Answer| { let mut body = answer.body.clone(); body["instance"] = json!(null); body };
        assert_eq!(shape(&closed), shape(&unknown), "shut out and unknown are one answer");
        closed.refused(404, "link_not_valid");

        renew(world, &referral).await;
        assert!(links_sent(world).await.is_empty(), "no fresh key");
        world.moves_on("P12D").await;
        assert!(about(&world.mails().await, &referral, "reminder", "receiver").is_empty(), "nobody is reminded there");
    }

    async fn a_key_that_was_made_too_late_opens_nothing(world) {
        let (referral, key) = key_of(world, "Sow").await;
        world.prescriber().does("withdraw", &referral).await.good();
        // A mail that was being written while the referral ended brings a key that nobody revoked.
        let database = world.copy.connect().await;
        sea_orm::ConnectionTrait::execute_unprepared(&database, "UPDATE access_link SET revoked_at = NULL").await.unwrap();
        database.close().await.unwrap();
        exchange(world, &key).await.refused(404, "link_not_valid");
    }
}
