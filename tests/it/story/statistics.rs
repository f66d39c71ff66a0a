//! The figures: how much is accepted, how long answers take, and nobody to be found among them.

use chrono::{DateTime, Datelike as _, TimeZone as _, Utc};
use serde_json::{Value, json};

use super::reader::publishes;
use super::{COACHING, edits_service};
use crate::world::tools::eventually;
use crate::world::{Client, World};

/// The second day of a month that nothing has happened in: the world goes there. Gives the month.
pub async fn a_new_month(world: &World) -> String {
    let now: DateTime<Utc> = world.now().await;
    let months = now.year() * 12 + i32::try_from(now.month()).unwrap();
    let next = Utc.with_ymd_and_hms(months / 12, u32::try_from(months % 12).unwrap() + 1, 2, 9, 0, 0).unwrap();
    world.moves_to(next).await;
    next.format("%Y-%m").to_string()
}

impl Client {
    /// The figures of one month.
    pub async fn figures(&self, direction: &str, month: &str, more: &str) -> Value {
        self.get(&format!("/v1/reports/referrals?direction={direction}&from={month}&to={month}{more}")).await.good()
    }
}

async fn refers(world: &World, how_many: usize) -> Vec<String> {
    let service = world.service(COACHING).await;
    let mut referrals = vec![];
    for number in 0..how_many {
        let name = format!("Durand{}", char::from(b'a' + u8::try_from(number).unwrap()));
        referrals.push(world.prescriber().refers(&service, &name).await);
    }
    referrals
}

async fn hands_over(world: &World, referral: &str) {
    let to = world.persona("operator_2");
    let command = json!({"organisation_id": to.organisation(), "code": "closer_service", "person_agreed": true});
    world.operator().does_with("redirect", referral, command).await.good();
}

fn counts(list: &Value, name: &str) -> Vec<(String, i64)> {
    let items = list.as_array().unwrap().iter();
    let mut counts: Vec<_> =
        items.map(|item| (item[name].as_str().unwrap_or("none").to_owned(), item["count"].as_i64().unwrap())).collect();
    counts.sort();
    counts
}

fn counted(pairs: &[(&str, i64)]) -> Vec<(String, i64)> {
    pairs.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
}

both! {
    async fn a_lead_reads_what_was_received_and_the_platform_what_was_sent(world) {
        let (lead, operator) = (world.persona("colleague"), world.operator());
        let month = a_new_month(world).await;
        let referrals = refers(world, 16).await;
        world.moves_on("P1D").await;
        for referral in &referrals[11..] {
            hands_over(world, referral).await;
        }
        world.moves_on("P1D").await;
        for referral in &referrals[..6] {
            operator.accepts(referral).await;
        }
        operator.completes(&referrals[0]).await;
        world.moves_on("P1D").await;
        for referral in &referrals[6..11] {
            operator.refuses(referral, "no_capacity").await;
        }
        let received = lead.figures("received", &month, "").await;
        assert_eq!((&received["total"]["count"], &received["total"]["acceptance"]), (&json!(16), &json!(0.55)), "passed on is neither: {received}");
        assert_eq!(received["total"]["decision"], json!({"median_days": 2.0, "p90_days": 3.0}));
        assert_eq!(received["total"]["first_answer"], json!({"median_days": 2.0, "p90_days": 3.0}), "handing over is an answer too");
        assert_eq!((&received["from"], &received["to"], &received["least"], &received["groups"]), (&json!(month), &json!(month), &json!(5), &json!([])));
        // One was completed: with it, the next smallest are hidden.
        let told = counts(&received["states"], "state");
        let shown: i64 = told.iter().map(|(_, count)| count).sum();
        assert!(told.iter().all(|(state, count)| *count >= 5 && state != "completed"), "{told:?}");
        assert_eq!(received["other_states"], json!(16 - shown));
        let by_state = lead.figures("received", &month, "&group_by=state").await;
        assert_eq!(counts(&by_state["groups"], "key"), told, "the same partition is told the same way by every door");

        // The sender's chains: what was passed on waits at the next receiver.
        let platform = world.persona("platform_admin");
        let sent = platform.figures("sent", &month, "&group_by=state").await;
        assert_eq!(sent["total"]["count"], 16);
        assert!(counts(&sent["groups"], "key").iter().all(|(state, _)| state != "redirected"), "{sent}");
        let by_service = lead.figures("received", &month, "&group_by=service").await;
        assert_eq!(by_service["groups"][0]["label"].as_str().map(|name| name.starts_with(COACHING)), Some(true));
        assert_eq!(by_service["groups"][0]["count"], 16);
        let by_month = lead.get(&format!("/v1/reports/referrals?direction=received&to={month}&group_by=month")).await.good();
        let last = by_month["groups"].as_array().unwrap().last().unwrap();
        assert_eq!((&last["key"], &last["count"]), (&json!(month), &json!(16)));
        let by_year = lead.get(&format!("/v1/reports/referrals?direction=received&from={month}&to={month}&group_by=year")).await.good();
        assert_eq!(by_year["groups"][0]["key"], json!(month[..4]));
    }

    async fn a_return_starts_a_new_answer_time_for_the_holder_and_none_for_the_sender(world) {
        let (operator, lea) = (world.operator(), world.persona("operator_2"));
        let month = a_new_month(world).await;
        let referrals = refers(world, 5).await;
        world.moves_on("P1D").await;
        for referral in &referrals {
            hands_over(world, referral).await;
        }
        world.moves_on("P2D").await;
        for leg in lea.box_of("to_handle").await {
            lea.does_with("refuse", &leg, json!({"codes": ["no_capacity"]})).await;
        }
        world.moves_on("P2D").await;
        for referral in &referrals {
            assert_eq!(operator.sees(referral).await, "under_review", "it came back");
            operator.accepts(referral).await;
        }
        let received = world.persona("colleague").figures("received", &month, "").await;
        assert_eq!((&received["total"]["count"], &received["total"]["decision"]["median_days"]), (&json!(5), &json!(2.0)), "{received}");
        assert_eq!(received["states"], json!([{"state": "accepted", "count": 5}]));
        let sent = world.persona("platform_admin").figures("sent", &month, "").await;
        assert_eq!((&sent["total"]["count"], &sent["total"]["decision"]["median_days"]), (&json!(5), &json!(5.0)), "{sent}");
    }

    async fn what_was_handed_over_stays_in_the_figures_of_who_had_it(world) {
        let lea = world.persona("operator_2");
        let month = a_new_month(world).await;
        for referral in refers(world, 5).await {
            hands_over(world, &referral).await;
        }
        for leg in lea.box_of("to_handle").await {
            lea.does_with("accept", &leg, json!({})).await;
        }
        let figures = async || world.persona("colleague").figures("received", &month, "").await;
        let before = figures().await;
        assert_eq!(before["states"], json!([{"state": "redirected", "count": 5}]), "{before}");
        world.moves_on("P31D").await;
        let after = figures().await;
        assert_eq!((&after["states"], &after["total"]), (&before["states"], &before["total"]), "a month that is over changes no more");
    }

    async fn the_first_answer_that_a_sender_had_is_not_forgotten_by_a_return(world) {
        let (operator, lea) = (world.operator(), world.persona("operator_2"));
        let month = a_new_month(world).await;
        let referrals = refers(world, 5).await;
        world.moves_on("P1D").await;
        for referral in &referrals {
            operator.does("review", referral).await.good();
        }
        world.moves_on("P1D").await;
        for referral in &referrals {
            hands_over(world, referral).await;
        }
        world.moves_on("P2D").await;
        for leg in lea.box_of("to_handle").await {
            lea.does_with("refuse", &leg, json!({"codes": ["no_capacity"]})).await;
        }
        world.moves_on("P2D").await;
        for referral in &referrals {
            operator.accepts(referral).await;
        }
        let sent = world.persona("platform_admin").figures("sent", &month, "").await;
        assert_eq!((&sent["total"]["count"], &sent["total"]["first_answer"]["median_days"]), (&json!(5), &json!(1.0)), "{sent}");
        let received = world.persona("colleague").figures("received", &month, "").await;
        assert_eq!(received["total"]["first_answer"]["median_days"], json!(2.0), "the holder answers anew: {received}");
    }

    async fn the_first_answer_is_told_apart_from_the_decision_and_by_quarter(world) {
        let operator = world.operator();
        let month = a_new_month(world).await;
        let referrals = refers(world, 10).await;
        for (days, acts) in [(1, ("review", 0..8)), (4, ("accept", 0..8)), (4, ("review", 8..10)), (11, ("accept", 8..10))] {
            world.moves_on(&format!("P{days}D")).await;
            for referral in &referrals[acts.1] {
                operator.does(acts.0, referral).await.good();
            }
        }
        let (year, number) = month.split_once('-').unwrap();
        let quarter = format!("{year}-Q{}", (number.parse::<u32>().unwrap() - 1) / 3 + 1);
        for (who, direction) in [("platform_admin", "sent"), ("colleague", "received")] {
            let figures = world.persona(who).figures(direction, &month, "&group_by=quarter").await;
            assert_eq!(figures["total"]["first_answer"], json!({"median_days": 1.0, "p90_days": 9.0}), "{figures}");
            assert_eq!(figures["total"]["decision"], json!({"median_days": 5.0, "p90_days": 20.0}), "{figures}");
            assert_eq!((figures["groups"].as_array().unwrap().len(), &figures["groups"][0]["key"]), (1, &json!(quarter)));
            assert_eq!((&figures["groups"][0]["count"], &figures["groups"][0]["decision"]), (&json!(10), &figures["total"]["decision"]));
        }
    }

    async fn who_came_to_the_counter_is_counted_and_makes_nobody_look_quick(world) {
        let (operator, lea) = (world.operator(), world.persona("operator_2"));
        let service = publishes(world, "Permanence").await;
        edits_service(world, &service, json!({"form_enabled": true})).await;
        let month = a_new_month(world).await;
        let mut referrals = vec![];
        for name in ["Un", "Deux", "Trois", "Quatre", "Cinq"] {
            referrals.push(world.prescriber().refers(&service, name).await);
        }
        let walks_in = async |name: &str, start: &str| {
            let person = json!({"family_name": name, "given_name": "Awa"});
            let body = json!({"start": start, "informed_at": world.now().await, "service_id": service, "person": person});
            operator.post("/v1/referrals/walk-in", body).await.with_status(201).good()["id"].as_str().unwrap().to_owned()
        };
        for name in ["Six", "Sept", "Huit", "Neuf", "Dix", "Onze"] {
            walks_in(name, "in_charge").await;
        }
        let mut passed_on = vec![];
        for name in ["Douze", "Treize", "Quatorze", "Quinze", "Seize"] {
            passed_on.push(walks_in(name, "to_handle").await);
        }
        world.moves_on("P4D").await;
        for referral in &referrals[..4] {
            operator.accepts(referral).await;
        }
        for referral in &passed_on {
            hands_over(world, referral).await;
        }
        world.moves_on("P2D").await;
        let days_of = async || world.anybody().get(&format!("/v1/services/{service}")).await.good()["median_days_to_answer"].clone();
        assert_eq!(days_of().await, json!(null), "four are too few to tell, however many came to the counter");
        operator.accepts(&referrals[4]).await;
        for leg in lea.box_of("to_handle").await {
            lea.does("accept", &leg).await;
        }
        world.moves_on("P1D").await;
        eventually("how long answers take is measured", async || days_of().await == json!(4.0)).await;

        let received = world.persona("colleague").figures("received", &month, "").await;
        assert_eq!(received["total"]["count"], 16, "{received}");
        for figure in ["first_answer", "decision"] {
            assert_eq!(received["total"][figure], json!({"median_days": 4.0, "p90_days": 6.0}), "{figure}: {received}");
        }
        // What was handed over is sent from then on: two days until the next structure answered.
        let sent = world.persona("platform_admin").figures("sent", &month, "").await;
        assert_eq!((&sent["total"]["count"], &sent["total"]["first_answer"]), (&json!(10), &json!({"median_days": 3.0, "p90_days": 4.0})), "{sent}");
    }

    async fn who_is_fetched_and_taken_in_charge_in_one_makes_nobody_look_quick(world) {
        let (operator, lea) = (world.operator(), world.persona("operator_2"));
        let month = a_new_month(world).await;
        let (service, mut carriers) = (world.service_of("operator_2").await, vec![]);
        for name in ["Un", "Deux", "Trois", "Quatre", "Cinq", "Six"] {
            let referral = world.prescriber().refers(&service, name).await;
            let booklet = world.issues_booklet(&lea, 5).await;
            lea.does_to_booklet("assign", booklet["id"].as_str().unwrap(), json!({"referral_id": referral})).await.good();
            carriers.push((name, booklet["number"].clone()));
        }
        world.moves_on("P2D").await;
        for (name, number) in &carriers {
            let asked = json!({"family_name": name, "booklet_number": number, "take_in_charge": true});
            let moved = operator.post("/v1/retrievals", asked).await.with_status(201).good();
            assert_eq!(operator.sees(moved["referral_id"].as_str().unwrap()).await, "accepted");
        }
        let received = world.persona("colleague").figures("received", &month, "").await["total"].clone();
        assert_eq!((&received["count"], &received["first_answer"], &received["decision"]), (&json!(6), &json!(null), &json!(null)));
        let sent = world.persona("platform_admin").figures("sent", &month, "").await;
        assert_eq!(sent["total"]["first_answer"], json!({"median_days": 2.0, "p90_days": 2.0}), "to the sender it is an answer: {sent}");
    }

    async fn fewer_than_five_are_never_told_nor_found_by_subtraction(world) {
        let (lead, operator) = (world.persona("colleague"), world.operator());
        let month = a_new_month(world).await;
        let referrals = refers(world, 4).await;
        let few = lead.figures("received", &month, "&group_by=state").await;
        assert_eq!((&few["total"], &few["states"], &few["groups"], &few["other_groups"]), (&json!(null), &json!([]), &json!([]), &json!(null)));
        for referral in referrals.iter().take(2) {
            operator.refuses(referral, "duplicate").await;
        }
        let month = a_new_month(world).await;
        for (place, referral) in refers(world, 7).await.iter().enumerate() {
            operator.refuses(referral, if place < 5 { "no_capacity" } else { "out_of_area" }).await;
        }
        let by_reason = lead.figures("received", &month, "&group_by=reason").await;
        assert_eq!((&by_reason["total"]["count"], &by_reason["groups"]), (&json!(7), &json!([])), "seven less five would be two");
        assert_eq!(by_reason["other_groups"]["count"], 7);
        assert_eq!(by_reason["total"]["acceptance"], json!(0.0));
        assert_eq!(counts(&by_reason["states"], "state"), counted(&[("refused", 7)]));
        let both_months = lead.get("/v1/reports/referrals?direction=received&group_by=month").await.good();
        let keys: Vec<_> = both_months["groups"].as_array().unwrap().iter().map(|group| group["key"].clone()).collect();
        assert!(keys.iter().all(|key| key != "none"), "{keys:?}");
        assert!(both_months["groups"].as_array().unwrap().iter().all(|group| group["count"].as_i64().unwrap() >= 5));
    }

    async fn a_rare_reason_is_not_found_by_subtracting_the_others_from_what_was_refused(world) {
        let operator = world.operator();
        let month = a_new_month(world).await;
        for (place, referral) in refers(world, 16).await[5..].iter().enumerate() {
            operator.refuses(referral, if place < 9 { "no_capacity" } else { "out_of_area" }).await;
        }
        let figures = world.persona("colleague").figures("received", &month, "&group_by=reason").await;
        assert_eq!(counts(&figures["states"], "state"), counted(&[("refused", 11), ("sent", 5)]), "{figures}");
        assert_eq!(counts(&figures["groups"], "key"), counted(&[("none", 5)]), "eleven less nine would be two: {figures}");
        assert_eq!(figures["other_groups"]["count"], 11);
    }

    async fn who_may_count_counts_on_their_side_only(world) {
        let of = |direction: &str| format!("/v1/reports/referrals?direction={direction}");
        world.prescriber().get(&of("sent")).await.refused(403, "permission_missing");
        world.persona("reader").get(&of("received")).await.refused(403, "permission_missing");
        world.persona("colleague").get(&of("sent")).await.refused(403, "permission_missing");
        world.persona("prescriber_2").get(&of("received")).await.refused(403, "organisation_unverified");
        let lead = world.persona("colleague");
        lead.get("/v1/reports/referrals").await.refused(422, "required");
        lead.get(&format!("{}&from=2026-01-01", of("received"))).await.with_status(422);
        lead.get(&format!("{}&from=2026-13", of("received"))).await.with_status(422);
        lead.get(&format!("{}&from=2026-05&to=2026-04", of("received"))).await.refused(422, "period_reversed");
        lead.get(&format!("{}&from=1999-01&to=2026-04", of("received"))).await.refused(422, "out_of_range");
        lead.get(&format!("{}&service_id=0192f4e6-7a10-7000-8000-000000000001", of("received"))).await.with_status(422);
    }
}
