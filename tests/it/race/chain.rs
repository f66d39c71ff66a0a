//! Two at once on a chain or on a broadcast: one need has one holder, whichever request was first.

use serde_json::json;

use super::balance::Balance;
use super::{SERVICE, base_of, decided, drafts, posts, refers, rounds};
use crate::world::Program;
use crate::world::tools::{number, patiently};

both! {
    async fn of_two_who_are_asked_at_once_one_has_the_person(world) {
        let other = Program::start(&world.copy, &[]);
        let services = [world.service(SERVICE).await, world.service_of("operator_2").await];
        for round in 0..rounds() {
            let draft = drafts(world, &services[0], round).await;
            let command = json!({"draft_id": draft, "service_ids": services, "override_reason": "vérifié en entretien"});
            let made = posts(&world.prescriber(), "/v1/broadcasts", command).await.with_status(201).good();
            let of = |service: &str| {
                let legs = made["items"].as_array().unwrap();
                legs.iter().find(|leg| leg["service"]["id"] == *service).unwrap()["id"].as_str().unwrap().to_owned()
            };
            let (first, second) = (of(&services[0]), of(&services[1]));
            let (here, there) = (world.operator(), world.client_at(base_of(world, &other, round), "operator_2"));
            let answers = tokio::join!(
                patiently(async || here.does("accept", &first).await),
                patiently(async || there.does("accept", &second).await),
            );
            let (winner, won, lost) = decided(answers, 409);
            assert_eq!(won.body["state"], "accepted");
            lost.refused(409, "not_open");
            let states = [world.prescriber().sees(&first).await, world.prescriber().sees(&second).await];
            let expected = if winner == 0 { ["accepted", "superseded"] } else { ["superseded", "accepted"] };
            assert_eq!(states, expected);
        }
        let database = world.copy.connect().await;
        let twice = "SELECT count(*) FROM (SELECT need_id FROM referral WHERE state = 'accepted' GROUP BY need_id HAVING count(*) > 1) AS taken";
        assert_eq!(number(&database, twice).await, 0);
    }

    async fn a_hand_over_and_an_answer_of_the_sender_do_not_both_happen(world) {
        let other = Program::start(&world.copy, &[]);
        let (service, lea) = (world.service(SERVICE).await, world.persona("operator_2").organisation().to_owned());
        let (mut redirects, mut balance) = (0, Balance::default());
        for round in 0..rounds() {
            let (holder, sender) = (world.operator(), world.client_at(base_of(world, &other, round), "prescriber"));
            let referral = refers(world, &service, round).await;
            let path = format!("/v1/referrals/{referral}/redirect");
            let command = json!({"organisation_id": lea, "code": "no_capacity", "person_agreed": true});
            let hand_over = balance.first(patiently(async || holder.post(&path, command.clone()).await));
            let withdraw = balance.second(patiently(async || sender.does("withdraw", &referral).await));
            let (winner, won, lost) = decided(tokio::join!(hand_over, withdraw), 409);
            balance.won_by(winner);
            let state = if winner == 0 { "redirected" } else { "withdrawn" };
            assert_eq!(won.body["state"], state);
            lost.refused(409, "not_open");
            redirects += i64::from(winner == 0);
        }
        balance.ends();
        let database = world.copy.connect().await;
        let next = "SELECT count(*) FROM referral WHERE kind = 'redirect' AND name_folded LIKE 'course%'";
        assert_eq!(number(&database, next).await, redirects, "one next leg for each hand-over, and none without");
        let lost = "SELECT count(*) FROM referral r WHERE r.name_folded LIKE 'course%' AND r.head AND r.state = 'redirected'";
        assert_eq!(number(&database, lost).await, 0, "no chain is without a leg that speaks for it");
    }

    async fn a_hand_over_and_its_expiry_leave_one_holder_and_the_sender_is_told_once(world) {
        let other = Program::start(&world.copy, &[]);
        let (service, lea) = (world.service(SERVICE).await, world.persona("operator_2"));
        // Days and not weeks to an end: five hundred rounds stay within the life of everything else.
        let clocks = format!("/v1/organisations/{}/clocks", world.operator().organisation());
        let admin = world.persona("admin");
        let tag = admin.get(&clocks).await.etag();
        admin.with("if-match", &tag).put(&clocks, json!({"remind_after_days": 1, "expire_sent_days": 2})).await.good();
        let mut balance = Balance::default();
        for round in 0..rounds() {
            let (holder, clock) = (world.operator(), world.client_at(base_of(world, &other, round), "prescriber"));
            let referral = refers(world, &service, round).await;
            let end: chrono::DateTime<chrono::Utc> = clock.reads(&referral).await.good()["expire_at"].as_str().unwrap().parse().unwrap();
            world.moves_to(end - chrono::TimeDelta::seconds(1)).await;
            let path = format!("/v1/referrals/{referral}/redirect");
            let command = json!({"organisation_id": lea.organisation(), "code": "no_capacity", "person_agreed": true});
            let redirect = balance.first(patiently(async || holder.post(&path, command.clone()).await));
            let advance = balance.second(patiently(async || clock.post("/v1/sandbox/clock", json!({"advance": "PT1M"})).await));
            let (tried, moved) = tokio::join!(redirect, advance);
            moved.good();
            let (winner, states) = if tried.status == 200 {
                (0, vec!["redirected", "sent"])
            } else {
                tried.refused(409, "not_open");
                (1, vec!["expired"])
            };
            balance.won_by(winner);
            let chain = clock.get(&format!("/v1/referrals/{referral}/chain")).await.good()["items"].as_array().unwrap().clone();
            assert_eq!(chain.iter().map(|leg| leg["state"].as_str().unwrap()).collect::<Vec<_>>(), states);
            let mut told = vec![];
            for leg in &chain {
                let read = clock.get(&format!("/v1/referrals/{}?include=notices", leg["id"].as_str().unwrap())).await.good();
                let to_sender = read["notices"].as_array().unwrap().iter().filter(|notice| notice["recipient"] == "sender");
                told.extend(to_sender.map(|notice| notice["kind"].as_str().unwrap().to_owned()).filter(|kind| kind != "sent"));
            }
            assert_eq!(told, [["redirected", "expired"][winner]], "the sender is told once what became of it");
            if let [_, next] = chain.as_slice() {
                posts(&clock, &format!("/v1/referrals/{}/withdraw", next["id"].as_str().unwrap()), json!({})).await.good();
            }
        }
        balance.ends();
    }
}
