//! Working days: the public holidays, an organisation's own delays, and reminders that come on working days only.

use chrono::{DateTime, Datelike as _, Duration, TimeZone as _, Timelike as _, Utc, Weekday};
use serde_json::{Value, json};

use super::{COACHING, complaints};
use crate::world::about;

fn at(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

fn dates(answer: &Value) -> Vec<&str> {
    answer["items"].as_array().unwrap().iter().map(|day| day["date"].as_str().unwrap()).collect()
}

/// A Monday afternoon, ten days before a Geneva Fast that is still to come: the Thursday after the first Sunday of September.
fn ten_days_before_the_geneva_fast(now: DateTime<Utc>) -> DateTime<Utc> {
    let monday_of = |year: i32| {
        let first = Utc.with_ymd_and_hms(year, 9, 1, 13, 0, 0).unwrap();
        let sunday = first + Duration::days(i64::from((7 - first.weekday().num_days_from_sunday()) % 7));
        sunday - Duration::days(6)
    };
    (now.year()..=now.year() + 1).map(monday_of).find(|monday| *monday > now + Duration::days(1)).unwrap()
}

both! {
    async fn holidays_are_public_named_in_four_languages_and_kept_by_their_readers(world) {
        let anybody = world.anybody();
        let answer = anybody.get("/v1/holidays?country=CH&subdivision=CH-VD&year=2026").await.with_status(200);
        assert!(answer.header("cache-control").contains("public"));
        let kept = anybody.with("if-none-match", &answer.etag()).get("/v1/holidays?country=CH&subdivision=CH-VD&year=2026").await;
        assert_eq!(kept.status, 304);
        let vaud = answer.good();
        assert_eq!(dates(&vaud), ["2026-01-01", "2026-01-02", "2026-04-03", "2026-04-06", "2026-05-14", "2026-05-25", "2026-08-01", "2026-09-21", "2026-12-25"]);
        let fast = vaud["items"].as_array().unwrap().iter().find(|day| day["date"] == "2026-09-21").unwrap();
        assert_eq!((&fast["labels"]["fr"], &fast["labels"]["de"], &fast["nationwide"]), (&json!("Lundi du Jeûne fédéral"), &json!("Bettagsmontag"), &json!(false)));
        assert_eq!(dates(&anybody.get("/v1/holidays?country=CH&year=2026").await.good()), ["2026-01-01", "2026-05-14", "2026-08-01", "2026-12-25"]);
        let strasbourg = anybody.get("/v1/holidays?country=FR&subdivision=FR-67&year=2026").await.good();
        assert!(dates(&strasbourg).contains(&"2026-04-03") && dates(&strasbourg).contains(&"2026-12-26"));
        for (query, code) in [
            ("country=BE&subdivision=BE-WAL&year=2026", "unknown_subdivision"), ("country=FR&year=1950", "out_of_range"),
            ("country=XX&year=2026", "unknown_code"), ("country=FR", "required"),
        ] {
            let refused = anybody.get(&format!("/v1/holidays?{query}")).await;
            assert_eq!(refused.status, 422, "{query}: {}", refused.text);
            assert!(refused.text.contains(code), "{query}: {}", refused.text);
        }
    }

    async fn an_organisation_that_counts_working_days_is_reminded_on_working_days_of_its_canton(world) {
        let (prescriber, operator, admin) = (world.prescriber(), world.operator(), world.persona("admin"));
        let path = format!("/v1/organisations/{}/clocks", operator.organisation());
        let before = operator.get(&path).await.with_status(200);
        assert_eq!((&before.body["effective"]["remind_after_days"], &before.body["effective"]["count"]), (&json!(10), &json!("calendar")));
        let own = json!({"count": "working", "calendar": {"country": "CH", "subdivision": "CH-GE"}, "remind_after_days": 5, "expire_sent_days": 20});
        let replaces = async |body: Value| {
            let tag = admin.get(&path).await.etag();
            admin.with("if-match", &tag).put(&path, body).await
        };
        admin.put(&path, own.clone()).await.refused(428, "precondition_required");
        admin.with("if-match", "\"99.0.fr\"").put(&path, own.clone()).await.refused(412, "version_changed");
        operator.with("if-match", &before.etag()).put(&path, own.clone()).await.refused(403, "permission_missing");
        let wrong = replaces(json!({"remind_after_days": 40, "calendar": {"country": "NL", "subdivision": "NL-NH"}, "ask_sender_waitlist_days": [1, 900]})).await;
        let wrong = wrong.refused(422, "validation_failed");
        assert_eq!(complaints(&wrong), [("out_of_range", "/ask_sender_waitlist_days/1"), ("unknown_subdivision", "/calendar/subdivision")]);
        replaces(json!({"remind_after_days": 40})).await.refused(422, "reminder_after_expiry");
        for pair in [[120, 60], [60, 60]] {
            let wrong = replaces(json!({"ask_sender_waitlist_days": pair})).await.refused(422, "not_in_order");
            assert_eq!(complaints(&wrong), [("not_in_order", "/ask_sender_waitlist_days")]);
        }
        let older = prescriber.refers(&world.service(COACHING).await, "Ancienne").await;
        let planned = operator.reads(&older).await.good();
        let set = replaces(own.clone()).await.good();
        assert_eq!((&set["own"]["remind_after_days"], &set["effective"]["expire_sent_days"], &set["effective"]["calendar"]["subdivision"]), (&json!(5), &json!(20), &json!("CH-GE")));
        assert_eq!(operator.reads(&older).await.good()["remind_at"], planned["remind_at"], "what was planned stays planned");

        let start = ten_days_before_the_geneva_fast(world.now().await);
        let on = |days: i64| (start + Duration::days(days)).date_naive();
        world.moves_to(start).await;
        let referral = prescriber.refers(&world.service(COACHING).await, "Sow").await;
        let seen = operator.reads(&referral).await.good();
        let (told, remind) = (at(&seen["told_at"]), at(&seen["remind_at"]));
        assert_eq!(remind.date_naive(), on(8), "five whole working days after Monday afternoon");
        assert_eq!(at(&seen["expire_at"]).date_naive(), on(29), "twenty working days, the Fast not counted");
        assert!(at(&seen["expire_at"]) - told > Duration::days(28));
        world.moves_on("P28D").await;
        let mails = world.mails().await;
        let reminded: Vec<DateTime<Utc>> = about(&mails, &referral, "reminder", "receiver").iter().map(|mail| at(&mail["at"])).collect();
        let days: Vec<_> = reminded.iter().map(chrono::DateTime::date_naive).collect();
        assert_eq!(days, [on(8), on(16), on(23)], "on the day of the Fast nobody works");
        assert!(reminded.iter().all(|at| !matches!(at.weekday(), Weekday::Sat | Weekday::Sun) && at.hour() == 6), "eight o'clock in Paris");
        let back = replaces(json!({})).await.good();
        assert_eq!((&back["own"]["count"], &back["effective"]["count"]), (&json!(null), &json!("calendar")));
    }

    async fn after_two_reminders_the_lead_is_told_once_in_each_state(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let service = world.service(COACHING).await;
        let (sent, listed) = (prescriber.refers(&service, "Sow").await, prescriber.refers(&service, "Diop").await);
        operator.does("waitlist", &listed).await.good();
        let start = world.now().await;
        world.moves_on("P29D").await;
        let mails = world.mails().await;
        let told = |referral: &str| -> Vec<(i64, String)> {
            let mut found: Vec<_> = about(&mails, referral, "escalated", "lead").iter().map(|mail| ((at(&mail["at"]) - start).num_days(), mail["to"].as_str().unwrap().to_owned())).collect();
            found.sort();
            found
        };
        let leads = told(&sent);
        assert!(!leads.is_empty() && leads.iter().all(|(day, _)| (19..=21).contains(day)), "{leads:?}");
        assert!(leads.iter().any(|(_, to)| *to == world.persona("colleague").persona["email"].as_str().unwrap()), "the lead of the receivers: {leads:?}");
        assert!(leads.iter().all(|(_, to)| *to != operator.persona["email"].as_str().unwrap()), "not who cannot assign: {leads:?}");
        assert!(told(&listed).is_empty(), "one reminder so far");
        let text = about(&mails, &sent, "escalated", "lead")[0]["text"].as_str().unwrap();
        assert!(!text.contains("Sow") && !text.contains("Awa"), "not the person: {text}");
        world.moves_on("P60D").await;
        let mails = world.mails().await;
        assert_eq!(about(&mails, &sent, "escalated", "lead").len(), leads.len(), "once");
        let once = about(&mails, &listed, "escalated", "lead").len();
        assert_eq!(once, leads.len(), "after the second reminder");
        operator.does("review", &listed).await.good();
        world.moves_on("P41D").await;
        assert_eq!(about(&world.mails().await, &listed, "escalated", "lead").len(), 2 * once, "another state, another word");
        operator.does("waitlist", &listed).await.good();
        world.moves_on("P50D").await;
        assert_eq!(about(&world.mails().await, &listed, "escalated", "lead").len(), 2 * once, "in this state it was told before");
    }
}
