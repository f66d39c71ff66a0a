//! Organisations that are not verified yet: what they send is held, what was sent to them is not shown.

use serde_json::{Value, json};

use super::{COACHING, form, holds_nothing_back};
use crate::world::{Client, World, about, short, whole};

/// Noémie's organisation waits for its verification.
async fn holds(world: &World, family_name: &str) -> (Client, String) {
    let noemie = world.persona("prescriber_2");
    let referral = noemie.drafts(&world.service(COACHING).await, family_name).await;
    let sent = noemie.sends(&referral).await;
    assert_eq!((&sent["state"], &sent["told_at"], &sent["box"]), (&json!("held"), &json!(null), &json!(null)));
    (noemie, referral)
}

async fn judges(world: &World, act: &str, organisation: &str, command: Option<Value>) {
    let path = format!("/v1/organisations/{organisation}/{act}");
    world.persona("moderator").send(reqwest::Method::POST, &path, command).await.good();
}

/// What the operator could notice of anything new.
async fn surface(operator: &Client) -> (Value, Vec<String>, Vec<String>) {
    (operator.counts().await, operator.box_of("to_handle").await, operator.lists("direction=received").await)
}

both! {
    async fn what_an_unverified_organisation_sends_exists_for_nobody_else(world) {
        let operator = world.operator();
        let before = surface(&operator).await;
        let (noemie, referral) = holds(world, "Zidane").await;
        operator.finds_no_trace_of(&referral, "Zidane").await;
        world.persona("reader").reads(&referral).await.refused(404, "not_found");
        assert_eq!(surface(&operator).await, before);
        assert_eq!(operator.searches(json!({"contact": "06 39 98 12 34"})).await, Vec::<String>::new());
        let mails = world.mails_arrive().await;
        let of_it: Vec<_> = mails.iter().filter(|mail| mail["text"].as_str().unwrap().contains(&short(&referral))).collect();
        assert_eq!(of_it.len(), 1, "only the sender is written to");
        assert_eq!((&of_it[0]["kind"], &of_it[0]["to"]), (&json!("held"), &noemie.persona["email"]));
        let why = of_it[0]["text"].as_str().unwrap();
        assert!(why.contains("vérifiée") && why.contains("Association Passerelle"), "why, and what to do: {why}");

        assert_eq!(noemie.sees(&referral).await, "held");
        noemie.writes(&referral, json!({"body": "Bonjour"})).await.refused(409, "not_sent");
        noemie.changes(&referral, json!({"person": {"phone": "0639981299"}})).await.good();
        assert_eq!(noemie.reads(&referral).await.good()["contact"]["phone"], "0639981299");
        assert!(world.mails_arrive().await.iter().all(|mail| mail["kind"] != "contact_changed"));
        noemie.does("withdraw", &referral).await.good();
        operator.finds_no_trace_of(&referral, "Zidane").await;
        let mails = world.mails_arrive().await;
        assert!(about(&mails, &referral, "withdrawn", "receiver").is_empty() && about(&mails, &referral, "withdrawn", "person").is_empty());
        assert_eq!(about(&mails, &referral, "withdrawn", "sender").len(), 1);
    }

    async fn its_members_see_nothing_that_was_sent_to_it(world) {
        let (prescriber, noemie) = (world.prescriber(), world.persona("prescriber_2"));
        noemie.get("/v1/inbox").await.refused(403, "organisation_unverified");
        for query in ["box=to_handle", "box=archived", "direction=received"] {
            noemie.get(&format!("/v1/referrals?{query}")).await.refused(403, "organisation_unverified");
        }
        let direct = form("", "Sow", json!({"service_id": null, "receiver_organisation_id": noemie.organisation()}));
        let referral = prescriber.drafts_form(direct).await;
        let sent = prescriber.does("send", &referral).await.good();
        assert_eq!((&sent["state"], &sent["snapshot"]["name"]), (&json!("sent"), &json!("Association Passerelle")));
        noemie.finds_no_trace_of(&referral, "Sow").await;
        let mails = world.mails_arrive().await;
        let told = about(&mails, &referral, "sent", "receiver");
        assert_eq!(told.len(), 1, "the address on file alone is told");
        assert_eq!(told[0]["to"], "contact.passerelle@demo.example.org");
    }

    async fn once_verified_it_is_sent_and_the_clocks_start_now(world) {
        let operator = world.operator();
        let (noemie, referral) = holds(world, "Zidane").await;
        world.moves_on("P9D").await;
        world.operator().post(&format!("/v1/organisations/{}/verify", noemie.organisation()), json!({})).await.refused_for_want_of_right();
        judges(world, "verify", noemie.organisation(), None).await;
        let now = world.now().await;
        let seen = operator.reads(&referral).await.good();
        assert_eq!((&seen["state"], &seen["box"], &seen["identity"]["family_name"]), (&json!("sent"), &json!("to_handle"), &json!("Zidane")));
        let at = |field: &str| seen[field].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
        assert!((now - at("told_at")).num_minutes() < 5 && (now - at("sent_at")).num_days() == 9);
        assert_eq!((at("expire_at") - at("told_at")).num_days(), 30);
        assert!((10..=11).contains(&(at("remind_at") - at("told_at")).num_days()));
        assert!(operator.box_of("to_handle").await.contains(&referral));
        let mails = world.mails_arrive().await;
        for (kind, recipient) in [("sent", "receiver"), ("sent", "sender")] {
            assert_eq!(about(&mails, &referral, kind, recipient).len(), 1, "{kind} to {recipient}");
        }
        let address = mails.iter().filter(|mail| mail["kind"] == "organisation_verification" && mail["to"] == "contact.passerelle@demo.example.org");
        assert_eq!(address.count(), 1, "the address on file learns of it");
        noemie.get("/v1/inbox").await.good();
        let next = noemie.refers(&world.service(COACHING).await, "Sow").await;
        assert_eq!(noemie.sees(&next).await, "sent");
        world.moves_on("P22D").await;
        assert_eq!(operator.sees(&referral).await, "sent", "the days before do not count");
        operator.accepts(&referral).await;
    }

    async fn once_shut_out_it_is_blocked_and_its_members_read_why(world) {
        let operator = world.operator();
        let before = surface(&operator).await;
        let (noemie, referral) = holds(world, "Zidane").await;
        judges(world, "block", noemie.organisation(), Some(json!({"reason": "Adresse introuvable au registre"}))).await;
        noemie.reads(&referral).await.refused_for_want_of_right();
        operator.finds_no_trace_of(&referral, "Zidane").await;
        assert_eq!(surface(&operator).await, before);
        let mails = world.mails_arrive().await;
        let told: Vec<_> = mails.iter().filter(|mail| mail["kind"] == "blocked" && mail["to"] == noemie.persona["email"]).collect();
        assert_eq!(told.len(), 1);
        assert_eq!(told[0]["to"], noemie.persona["email"]);
        assert!(told[0]["text"].as_str().unwrap().contains("Adresse introuvable au registre"));
        assert!(!whole(told[0]).contains("Zidane"));
        world.moves_on("P40D").await;
        let later = world.mails().await;
        assert!(later.iter().filter(|mail| whole(mail).contains(&short(&referral))).count() == 1, "held, and nothing after");
    }

    async fn moderators_are_reminded_every_second_day_until_it_is_withdrawn(world) {
        holds_nothing_back(world).await;
        let (noemie, referral) = holds(world, "Zidane").await;
        let reminders = async || about(&world.mails().await, &referral, "held_reminder", "moderator").len();
        world.moves_on("P1DT23H").await;
        assert_eq!(reminders().await, 0);
        for n in 1..=3 {
            world.moves_on("P2D").await;
            assert_eq!(reminders().await, n);
        }
        let mails = world.mails().await;
        let reminder = about(&mails, &referral, "held_reminder", "moderator")[0];
        assert_eq!(reminder["to"], world.persona("moderator").persona["email"]);
        let text = whole(reminder);
        assert!(text.contains("Association Passerelle") && ["Zidane", "Awa", "06 39 98", "Tremplin", "Accompagnement"].iter().all(|word| !text.contains(word)), "{text}");

        world.moves_on("P22D").await;
        assert_eq!(noemie.sees(&referral).await, "held");
        world.moves_on("P1D").await;
        assert_eq!((noemie.sees(&referral).await.as_str(), reminders().await), ("withdrawn", 14));
        world.operator().reads(&referral).await.refused(404, "not_found");
        let mails = world.mails().await;
        assert_eq!(about(&mails, &referral, "withdrawn", "sender").len(), 1);
        assert!(about(&mails, &referral, "withdrawn", "receiver").is_empty());
        judges(world, "verify", noemie.organisation(), None).await;
        assert_eq!(noemie.sees(&referral).await, "withdrawn", "what was withdrawn is not sent later");
    }

    async fn what_waited_for_a_receiver_that_was_shut_out_ends_untold(world) {
        let operator = world.operator();
        let (noemie, referral) = holds(world, "Zidane").await;
        judges(world, "block", operator.organisation(), Some(json!({"reason": "Structure fermée"}))).await;
        judges(world, "verify", noemie.organisation(), None).await;
        let seen = noemie.reads(&referral).await.good();
        assert_eq!((&seen["state"], &seen["told_at"]), (&json!("withdrawn"), &json!(null)));
        let mails = world.mails_arrive().await;
        assert_eq!(about(&mails, &referral, "withdrawn", "sender").len(), 1, "its sender learns of it");
        let of_it: Vec<_> = mails.iter().filter(|mail| whole(mail).contains(&short(&referral)) && mail["to"] != noemie.persona["email"]).collect();
        assert!(of_it.is_empty(), "nobody else: {of_it:?}");
    }
}
