//! What the clock does: reminders, questions, expiry, and that it does not matter in how many steps time passes.

use chrono::{DateTime, Duration, DurationRound as _, Timelike as _, Utc};
use serde_json::{Value, json};

use super::{COACHING, DESK, holds_nothing_back};
use crate::world::{World, about, ready_draft, short};

fn at(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

/// After how many whole days since `start` mails of one kind to one part came.
async fn days(world: &World, referral: &str, kind: &str, recipient: &str, start: DateTime<Utc>) -> Vec<i64> {
    let mails = world.mails().await;
    about(&mails, referral, kind, recipient).iter().map(|mail| (at(&mail["at"]) - start).num_days()).collect()
}

/// Everything that happens to five referrals and a draft in 70 days, told without ids.
async fn seventy_days(world: &World, start: DateTime<Utc>, steps: &[&str]) -> Vec<String> {
    let (prescriber, operator, noemie) = (world.prescriber(), world.operator(), world.persona("prescriber_2"));
    world.moves_to(start).await;
    holds_nothing_back(world).await;
    let service = world.service(COACHING).await;
    let mut names = vec![];
    for act in ["none", "review", "waitlist", "accept"] {
        let referral = prescriber.refers(&service, &format!("Famille {act}")).await;
        if act != "none" {
            operator.does(act, &referral).await.good();
        }
        names.push((short(&referral), act));
    }
    names.push((short(&noemie.refers(&service, "Famille held").await), "held"));
    prescriber.drafts(&service, "Famille draft").await;
    prescriber.post("/v1/referrals/outside", ready_draft(&service, "Famille outside")).await.with_status(201);
    let before = world.mails_arrive().await.len();
    for step in steps {
        world.moves_on(step).await;
    }
    let tell = |mail: &Value| {
        let text = mail["text"].as_str().unwrap();
        let which = names.iter().find(|(number, _)| text.contains(number)).map_or("other", |(_, act)| act);
        let hour = (at(&mail["at"]) - start).num_hours();
        format!(
            "{hour} {which} {} {} {}",
            mail["kind"].as_str().unwrap(),
            mail["recipient"].as_str().unwrap(),
            mail["to"].as_str().unwrap()
        )
    };
    world.mails().await[before..].iter().map(tell).collect()
}

both! {
    async fn the_receiver_is_reminded_at_eight_in_its_own_zone_on_the_tenth_and_twentieth_day(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        // No summer time there: eight o'clock is four in UTC all year.
        let organisation = format!("/v1/organisations/{}", operator.organisation());
        world.persona("admin").patches(&organisation, json!({"time_zone": "Indian/Reunion"})).await.good();
        let referral = prescriber.refers(&world.service(COACHING).await, "Sow").await;
        let seen = operator.reads(&referral).await.good();
        let (told, first) = (at(&seen["told_at"]), at(&seen["remind_at"]));
        assert_eq!((first.hour(), first.minute(), first.second()), (4, 0, 0));
        assert!(first - told >= Duration::days(10) && first - told < Duration::days(11), "{told} {first}");
        assert_eq!(at(&seen["expire_at"]) - told, Duration::days(30));

        world.moves_to(first - Duration::minutes(5)).await;
        assert!(about(&world.mails().await, &referral, "reminder", "receiver").is_empty());
        assert_eq!(operator.line("box=to_handle", &referral).await["overdue"], false);
        world.moves_to(first + Duration::minutes(1)).await;
        let seen = operator.reads(&referral).await.good();
        assert_eq!((at(&seen["remind_at"]), &seen["overdue"]), (first + Duration::days(10), &json!(true)));
        world.moves_on("P25D").await;
        let mails = world.mails().await;
        let times: Vec<_> = about(&mails, &referral, "reminder", "receiver").iter().map(|mail| at(&mail["at"]).duration_trunc(Duration::minutes(1)).unwrap()).collect();
        assert_eq!(times, [first, first + Duration::days(10)], "what the field says is what happens");
        assert_eq!(operator.sees(&referral).await, "expired");
        assert_eq!(operator.line("box=archived", &referral).await["overdue"], false);
    }

    async fn each_waiting_state_has_its_own_end(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let service = world.service(COACHING).await;
        for (act, state, days) in [(None, "sent", 30), (Some("review"), "under_review", 60), (Some("waitlist"), "waitlisted", 180)] {
            let referral = prescriber.refers(&service, &format!("Famille {state}")).await;
            world.moves_on("P3D").await;
            if let Some(act) = act {
                operator.does(act, &referral).await.good();
            }
            let seen = operator.reads(&referral).await.good();
            let end = at(&seen["expire_at"]);
            let since = if act.is_some() { world.now().await } else { at(&seen["told_at"]) };
            assert_eq!((end - since + Duration::minutes(1)).num_days(), days, "{state}");
            world.moves_to(end - Duration::minutes(2)).await;
            assert_eq!(prescriber.sees(&referral).await, state);
            world.moves_to(end + Duration::minutes(1)).await;
            let seen = prescriber.reads(&referral).await.good();
            assert_eq!((&seen["state"], &seen["expire_at"], &seen["remind_at"]), (&json!("expired"), &json!(null), &json!(null)));
            operator.does("accept", &referral).await.refused(409, "not_open");
            assert_eq!(about(&world.mails().await, &referral, "expired", "sender").len(), 1);
        }
    }

    async fn who_studies_or_keeps_a_list_is_reminded_every_twenty_days_and_the_sender_is_asked(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let service = world.service(COACHING).await;
        let (studied, listed) = (prescriber.refers(&service, "Sow").await, prescriber.refers(&service, "Diop").await);
        operator.does("review", &studied).await.good();
        operator.does("waitlist", &listed).await.good();
        let start = world.now().await - Duration::minutes(2);
        world.moves_on("P181D").await;
        assert_eq!(days(world, &studied, "holder_reminder", "receiver", start).await, [20, 40]);
        assert_eq!(days(world, &studied, "expired", "sender", start).await, [60]);
        assert_eq!(days(world, &listed, "holder_reminder", "receiver", start).await, [20, 40, 60, 80, 100, 120, 140, 160]);
        assert_eq!(days(world, &listed, "waitlist_question", "sender", start).await, [60, 120]);
        assert_eq!(days(world, &listed, "expired", "sender", start).await, [180]);
        let mails = world.mails().await;
        assert!(about(&mails, &listed, "reminder", "receiver").is_empty() && about(&mails, &listed, "waitlist_question", "receiver").is_empty());
        assert!(about(&mails, &listed, "holder_reminder", "receiver").iter().all(|mail| mail["to"] == DESK && !mail["text"].as_str().unwrap().contains("Diop")));
    }

    async fn a_decision_stops_the_clock(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let referral = prescriber.refers(&world.service(COACHING).await, "Sow").await;
        world.moves_on("P11D").await;
        operator.does("review", &referral).await.good();
        operator.accepts(&referral).await;
        let seen = operator.reads(&referral).await.good();
        assert_eq!((&seen["remind_at"], &seen["expire_at"]), (&json!(null), &json!(null)));
        world.moves_on("P400D").await;
        assert_eq!(operator.sees(&referral).await, "accepted");
        let mails = world.mails().await;
        assert_eq!(about(&mails, &referral, "reminder", "receiver").len(), 1, "the one before the decision");
        assert!(about(&mails, &referral, "holder_reminder", "receiver").is_empty());
    }

    async fn an_untouched_draft_goes_after_thirty_days_with_a_word_to_its_author(world) {
        let prescriber = world.prescriber();
        let service = world.service(COACHING).await;
        let (left, touched) = (prescriber.drafts(&service, "Sow").await, prescriber.drafts(&service, "Diop").await);
        let notices = async || world.mails().await.iter().filter(|mail| mail["kind"] == "draft_deleted").count();
        world.moves_on("P20D").await;
        let already = notices().await;
        prescriber.changes(&touched, json!({"reason": "Toujours d’actualité"})).await.good();
        world.moves_on("P9DT23H").await;
        assert_eq!(prescriber.sees(&left).await, "draft");
        world.moves_on("PT2H").await;
        prescriber.reads(&left).await.refused(404, "not_found");
        assert_eq!(prescriber.sees(&touched).await, "draft");
        let mails = world.mails().await;
        let told: Vec<_> = mails.iter().filter(|mail| mail["kind"] == "draft_deleted").collect();
        // The demo's own draft is of the same age.
        assert_eq!(told.len(), already + 2);
        for mail in told {
            assert_eq!(mail["to"], prescriber.persona["email"]);
            let text = mail["text"].as_str().unwrap();
            assert!(text.contains("Accompagnement renforcé") && !text.contains("Sow"), "{text}");
        }
        world.moves_on("P20D").await;
        prescriber.reads(&touched).await.refused(404, "not_found");
    }

    async fn one_jump_and_many_steps_tell_the_same_people_the_same_things_in_the_same_order(world) {
        let start = (world.now().await + Duration::days(2)).duration_trunc(Duration::days(1)).unwrap() + Duration::hours(10);
        let jump = seventy_days(world, start, &["P70D"]).await;
        let other = World::open(world.engine).await;
        let mut steps = vec!["P1D"; 33];
        steps.extend(["PT12H"; 8]);
        steps.extend(["P1W", "P3D", "P23D"]);
        let walk = seventy_days(&other, start, &steps).await;
        other.close().await;
        for (event, times) in [
            ("none reminder receiver", 2), ("none expired sender", 1), ("review holder_reminder receiver", 2), ("review expired receiver", 1),
            ("waitlist holder_reminder receiver", 3), ("waitlist waitlist_question sender", 1), ("held held_reminder moderator", 14),
            ("held withdrawn sender", 1), ("accept ", 0),
        ] {
            assert_eq!(jump.iter().filter(|line| line.contains(event)).count(), times, "{event} in {jump:#?}");
        }
        let hours: Vec<i64> = jump.iter().map(|line| line.split(' ').next().unwrap().parse().unwrap()).collect();
        assert!(hours.is_sorted(), "{jump:#?}");
        assert_eq!(jump, walk);
    }
}
