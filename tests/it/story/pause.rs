//! Clocks that stand still: who lets them, for how long, what still happens, and where a paused referral stands in the box.

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

use super::{COACHING, complaints};
use crate::world::{Client, World, about};

const REASON: &str = "Hospitalisée jusqu’à la fin du mois";

fn at(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap_or_else(|| panic!("no instant: {value}")).parse().unwrap()
}

async fn pauses(who: &Client, referral: &str, until: DateTime<Utc>) -> Value {
    who.does_with("pause-clock", referral, json!({"reason": REASON, "until": until})).await.good()
}

async fn in_days(world: &World, days: i64) -> DateTime<Utc> {
    world.now().await + Duration::days(days)
}

fn near(one: DateTime<Utc>, other: DateTime<Utc>) -> bool {
    (one - other).abs() < Duration::minutes(2)
}

both! {
    async fn while_paused_nobody_is_reminded_and_afterwards_everything_comes_later_by_that_time(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let service = world.service(COACHING).await;
        let (paused, running) = (prescriber.refers(&service, "Sow").await, prescriber.refers(&service, "Diop").await);
        let listed = prescriber.refers(&service, "Kaba").await;
        operator.does("waitlist", &listed).await.good();
        let start = world.now().await;
        let before = prescriber.reads(&paused).await.good();
        world.moves_on("P5D").await;
        let until = in_days(world, 30).await;
        let seen = pauses(&prescriber, &paused, until).await;
        assert_eq!((&seen["remind_at"], &seen["expire_at"]), (&json!(null), &json!(null)));
        assert_eq!(operator.reads(&paused).await.good()["overdue"], false);
        assert!(near(at(&seen["paused"]["until"]), until) && near(at(&seen["paused"]["since"]), start + Duration::days(5)));
        assert_eq!((&seen["paused"]["reason"], &operator.reads(&paused).await.good()["paused"]["reason"]), (&json!(REASON), &json!(REASON)));
        let reader = world.persona("reader").reads(&paused).await.good();
        assert_eq!((&reader["paused"]["until"], &reader["paused"]["reason"]), (&seen["paused"]["until"], &json!(null)), "why is not for everybody");
        pauses(&operator, &listed, until).await;

        world.moves_to(until - Duration::minutes(5)).await;
        let mails = world.mails().await;
        for quiet in [&paused, &listed] {
            for kind in ["reminder", "holder_reminder", "expired"] {
                assert!(about(&mails, quiet, kind, "receiver").is_empty(), "{kind} while paused");
            }
        }
        assert_eq!(about(&mails, &running, "reminder", "receiver").len(), 2);
        assert_eq!((operator.sees(&paused).await, operator.sees(&running).await), ("sent".to_owned(), "expired".to_owned()));

        world.moves_to(until + Duration::minutes(1)).await;
        let after = prescriber.reads(&paused).await.good();
        assert_eq!(after["paused"], json!(null), "it ends by itself");
        for field in ["remind_at", "expire_at"] {
            let moved = at(&after[field]) - at(&before[field]);
            assert!((moved - Duration::days(30)).abs() < Duration::minutes(2), "{field} moved by {moved}");
        }
        world.moves_on("P200D").await;
        let mails = world.mails().await;
        let days = |referral: &str, kind: &str, to: &str| -> Vec<i64> {
            about(&mails, referral, kind, to).iter().map(|mail| (at(&mail["at"]) + Duration::minutes(2) - start).num_days()).collect()
        };
        assert_eq!(about(&mails, &paused, "reminder", "receiver").len(), 2);
        assert_eq!(days(&paused, "expired", "sender"), [60]);
        assert_eq!(days(&listed, "waitlist_question", "sender"), [90, 150]);
        assert_eq!(days(&listed, "holder_reminder", "receiver"), [50, 70, 90, 110, 130, 150, 170, 190]);
        assert_eq!(days(&listed, "expired", "sender"), [210]);
    }

    async fn a_pause_has_bounds_and_both_sides_may_end_it(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let referral = prescriber.refers(&world.service(COACHING).await, "Sow").await;
        let tries = async |until: DateTime<Utc>| prescriber.does_with("pause-clock", &referral, json!({"reason": REASON, "until": until})).await;
        let late = tries(in_days(world, 61).await).await.refused(422, "pause_too_long");
        assert_eq!(complaints(&late), [("pause_too_long", "/until")]);
        tries(in_days(world, -1).await).await.refused(422, "in_the_past");
        prescriber.does_with("pause-clock", &referral, json!({"reason": REASON})).await.refused(422, "required");
        prescriber.does_with("pause-clock", &referral, json!({"reason": "2 69 05 49 588 157 80", "until": in_days(world, 1).await})).await.refused(422, "forbidden_identifier");
        let resume = format!("/v1/referrals/{referral}/resume-clock");
        prescriber.send(reqwest::Method::POST, &resume, None).await.refused(409, "not_paused");
        let tried = prescriber.with("accept-language", "fr").does_with("pause-clock?dry_run=true", &referral, json!({"reason": REASON, "until": in_days(world, 3).await})).await.good();
        assert_eq!((&tried["would"], &prescriber.reads(&referral).await.good()["paused"]), (&json!("pause_clock"), &json!(null)));
        for stranger in [world.persona("operator_2"), world.persona("prescriber_2")] {
            stranger.does_with("pause-clock", &referral, json!({"reason": REASON, "until": in_days(world, 3).await})).await.refused(404, "not_found");
        }
        world.persona("reader").does_with("pause-clock", &referral, json!({"reason": REASON, "until": in_days(world, 3).await})).await.refused(403, "permission_missing");

        let version = prescriber.reads(&referral).await.good()["version"].clone();
        let paused = pauses(&prescriber, &referral, in_days(world, 60).await).await;
        assert!(paused["version"].as_i64() > version.as_i64(), "both sides see it");
        assert!(operator.may(&referral).await.contains(&"resume_clock".to_owned()));
        operator.does_with("pause-clock", &referral, json!({"reason": REASON, "until": in_days(world, 3).await})).await.refused(409, "already_paused");
        world.moves_on("P59D").await;
        operator.does("resume-clock", &referral).await.good();
        pauses(&operator, &referral, in_days(world, 60).await).await;
        world.moves_on("P61D").await;
        assert_eq!(prescriber.reads(&referral).await.good()["paused"], json!(null));
        let left = prescriber.does_with("pause-clock", &referral, json!({"reason": REASON, "until": in_days(world, 3).await})).await.refused(422, "pause_too_long");
        assert!(left["errors"][0]["params"]["latest"].is_string(), "a day of the hundred and twenty is left");

        operator.accepts(&referral).await;
        operator.does_with("pause-clock", &referral, json!({"reason": REASON, "until": in_days(world, 3).await})).await.refused(409, "already_decided");
    }

    async fn a_pause_goes_on_while_a_decision_is_expected(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let service = world.service(COACHING).await;
        let referral = prescriber.refers(&service, "Sow").await;
        let until = in_days(world, 20).await;
        let paused = pauses(&prescriber, &referral, until).await["paused"].clone();
        world.moves_on("P2D").await;
        operator.does("review", &referral).await.good();
        world.moves_on("P2D").await;
        operator.does("waitlist", &referral).await.good();
        let seen = operator.reads(&referral).await.good();
        assert_eq!((&seen["state"], &seen["paused"], &seen["expire_at"]), (&json!("waitlisted"), &paused, &json!(null)));
        world.moves_to(until + Duration::minutes(1)).await;
        let seen = operator.reads(&referral).await.good();
        assert!(seen["paused"].is_null() && near(at(&seen["expire_at"]), until + Duration::days(180)), "the whole delay of the state begins then");
        world.moves_on("P19D").await;
        assert!(about(&world.mails().await, &referral, "holder_reminder", "receiver").is_empty());
        world.moves_on("P2D").await;
        assert_eq!(about(&world.mails().await, &referral, "holder_reminder", "receiver").len(), 1);
        let left = prescriber.does_with("pause-clock", &referral, json!({"reason": REASON, "until": in_days(world, 61).await})).await;
        left.refused(422, "pause_too_long");
    }

    async fn a_decision_or_a_hand_over_ends_a_pause(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let service = world.service(COACHING).await;
        let (decided, passed_on) = (prescriber.refers(&service, "Sow").await, prescriber.refers(&service, "Ba").await);
        for referral in [&decided, &passed_on] {
            pauses(&prescriber, referral, in_days(world, 20).await).await;
        }
        assert_eq!(operator.accepts(&decided).await["paused"], json!(null));
        let command = json!({"organisation_id": world.persona("operator_2").organisation(), "code": "closer_service", "person_agreed": true});
        assert_eq!(operator.does_with("redirect", &passed_on, command).await.good()["paused"], json!(null));
        let next = prescriber.reads(&passed_on).await.good()["hand_over"]["next_id"].as_str().unwrap().to_owned();
        let next = prescriber.reads(&next).await.good();
        assert_eq!((&next["state"], &next["paused"]), (&json!("sent"), &json!(null)));
        assert!(next["remind_at"].is_string(), "the next structure is reminded");

        let outside = prescriber.post("/v1/referrals/outside", crate::world::ready_draft(&service, "Diop")).await.with_status(201).good();
        let outside = outside["id"].as_str().unwrap();
        prescriber.does_with("pause-clock", outside, json!({"reason": REASON, "until": in_days(world, 3).await})).await.refused(409, "no_clock_runs");
    }

    async fn when_all_days_are_used_there_is_no_other_pause(world) {
        let prescriber = world.prescriber();
        let referral = prescriber.refers(&world.service(COACHING).await, "Sow").await;
        for _ in 0..2 {
            pauses(&prescriber, &referral, in_days(world, 60).await).await;
            world.moves_on("P61D").await;
        }
        let again = json!({"reason": REASON, "until": in_days(world, 1).await});
        let used = prescriber.does_with("pause-clock", &referral, again).await.refused(409, "pause_used_up");
        assert_eq!(used["errors"][0]["params"]["days"], 120);
        assert_eq!(prescriber.blockers_to("pause_clock", &referral).await, ["pause_used_up"]);
    }

    async fn in_the_box_paused_ones_stand_last_on_every_page(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let service = world.service(COACHING).await;
        let mut referrals = vec![];
        for name in ["Un", "Deux", "Trois", "Quatre", "Cinq"] {
            referrals.push(prescriber.refers(&service, name).await);
        }
        let until = in_days(world, 20).await;
        for paused in [3, 0, 1] {
            pauses(&operator, &referrals[paused], until).await;
        }
        let ours = |found: Vec<String>| found.into_iter().filter(|id| referrals.contains(id)).collect::<Vec<_>>();
        let expected: Vec<String> = [2, 4, 0, 1, 3].map(|number: usize| referrals[number].clone()).into();
        assert_eq!(ours(operator.lists("box=to_handle").await), expected);
        assert_eq!(ours(operator.lists("box=to_handle&paused=true").await), expected[2..]);
        assert_eq!(ours(operator.lists("box=to_handle&paused=false").await), expected[..2]);
        let mut walked = vec![];
        let mut next = Some(String::new());
        while let Some(cursor) = next {
            let page = operator.get(&format!("/v1/referrals?box=to_handle&limit=2{cursor}")).await.good();
            walked.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()));
            next = page["next_cursor"].as_str().map(|cursor| format!("&cursor={cursor}"));
        }
        assert_eq!(ours(walked), expected);
        let sent: Vec<String> = referrals.iter().rev().cloned().collect();
        assert_eq!(ours(prescriber.lists("direction=sent").await), sent, "the sender's own list keeps its order");
    }

    async fn everything_of_one_person_is_paused_at_once_one_result_each(world) {
        let prescriber = world.prescriber();
        let first = prescriber.refers(&world.service(COACHING).await, "Sow").await;
        let person = prescriber.reads(&first).await.good()["identity"]["person_id"].as_str().unwrap().to_owned();
        let path = format!("/v1/people/{person}/pause-clocks");
        let command = json!({"reason": REASON, "until": in_days(world, 20).await});
        let results = prescriber.with("idempotency-key", "pause-all").post(&path, command.clone()).await.good();
        assert_eq!((&results["items"][0]["id"], &results["items"][0]["status"], &results["items"][0]["problem"]), (&json!(first), &json!(200), &json!(null)));
        assert!(results["items"][0]["resource"]["paused"]["reason"] == REASON && results["items"].as_array().unwrap().len() == 1);
        let again = prescriber.with("idempotency-key", "pause-all").post(&path, command.clone()).await.good();
        assert_eq!(again["items"][0]["status"], 200, "the same key, the same effect");
        let twice = prescriber.post(&path, command.clone()).await.good();
        assert_eq!((&twice["items"][0]["status"], &twice["items"][0]["problem"]["code"], &twice["items"][0]["resource"]), (&json!(409), &json!("already_paused"), &json!(null)));
        for stranger in [world.operator(), world.persona("prescriber_2")] {
            stranger.post(&path, command.clone()).await.refused(404, "not_found");
        }
    }

    async fn every_open_referral_of_a_person_stands_still_and_runs_on_for_sender_and_receiver(world) {
        let (prescriber, operator, lea) = (world.prescriber(), world.operator(), world.persona("operator_2"));
        let (coaching, elsewhere) = (world.service(COACHING).await, world.service_of("operator_2").await);
        let helped = prescriber.refers(&coaching, "Traoré").await;
        operator.accepts(&helped).await;
        let kept = operator.post("/v1/people", json!({"referral_id": helped})).await.with_status(201).good();
        let record = prescriber.reads(&helped).await.good()["identity"]["person_id"].clone();
        let again = async |service: &str, person: &Value| {
            let mut draft = crate::world::ready_draft(service, "x");
            draft["person"] = json!({"contact_preferences": ["phone"], "phone": "06 39 98 12 34"});
            draft["person_id"] = person.clone();
            let draft = prescriber.drafts_form(draft).await;
            prescriber.does_with("send", &draft, json!({"override_reason": "Vu", "accept_duplicate": true})).await.good();
            draft
        };
        let (here, there) = (again(&coaching, &record).await, again(&elsewhere, &record).await);
        // A second record of the same person at the sender's, joined with the first.
        let other = prescriber.post("/v1/people", json!({"family_name": "Traore", "given_name": "Awa"})).await.with_status(201).good()["id"].clone();
        let joined = prescriber.post(&format!("/v1/people/{}/identity-links", record.as_str().unwrap()), json!({"other_id": other})).await;
        joined.with_status(201);
        let by_the_other = again(&elsewhere, &other).await;

        let command = json!({"reason": REASON, "until": in_days(world, 20).await});
        let does = async |who: &Client, person: &Value, act: &str| {
            let path = format!("/v1/people/{}/{act}", person.as_str().unwrap());
            let answer = who.send(reqwest::Method::POST, &path, (act == "pause-clocks").then(|| command.clone())).await.good();
            let results = answer["items"].as_array().unwrap().iter();
            results.map(|one| (one["id"].as_str().unwrap().to_owned(), one["status"].as_i64().unwrap(), one["problem"]["code"].as_str().unwrap_or("").to_owned())).collect::<Vec<_>>()
        };
        let each = |legs: &[&String], status: i64, code: &str| legs.iter().map(|leg| ((*leg).clone(), status, code.to_owned())).collect::<Vec<_>>();
        let before = operator.reads(&here).await.good()["expire_at"].clone();
        assert_eq!(does(&operator, &kept["id"], "pause-clocks").await, each(&[&here], 200, ""), "what it received for whom it helps");
        assert_eq!(lea.reads(&there).await.good()["paused"], json!(null), "what another received is not its own");
        let all = [&here, &there, &by_the_other];
        let mut paused = each(&all, 200, "");
        paused[0] = (here.clone(), 409, "already_paused".to_owned());
        assert_eq!(does(&prescriber, &record, "pause-clocks").await, paused, "by both records, each for itself");
        assert_eq!(does(&prescriber, &other, "pause-clocks").await, each(&all, 409, "already_paused"), "by the other record the same");
        world.moves_on("P5D").await;
        let keyed = prescriber.with("idempotency-key", "run-on");
        for _ in 0..2 {
            assert_eq!(does(&keyed, &other, "resume-clocks").await, each(&all, 200, ""), "the same key, the same effect");
        }
        assert!(near(at(&operator.reads(&here).await.good()["expire_at"]), at(&before) + Duration::days(5)));
        assert_eq!(does(&operator, &kept["id"], "resume-clocks").await, each(&[&here], 409, "not_paused"));
        for stranger in [&lea, &world.persona("prescriber_2")] {
            stranger.send(reqwest::Method::POST, &format!("/v1/people/{}/resume-clocks", record.as_str().unwrap()), None).await.refused(404, "not_found");
        }
    }
}
