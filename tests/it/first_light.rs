//! The shortest story that touches every floor: find, refer, accept, read the mail, move the clock.

use serde_json::json;

both! {
    async fn a_person_is_referred_taken_in_charge_and_told_about_it(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let service = world.service("Accompagnement renforcé").await;

        let referral = prescriber.drafts(&service, "Sow").await;
        operator.reads(&referral).await.refused(404, "not_found");
        let sent = prescriber.sends(&referral).await;
        assert_eq!(sent["state"], "sent");

        assert!(operator.box_of("to_handle").await.contains(&referral));
        let seen = operator.reads(&referral).await.good();
        assert_eq!(seen["identity"]["family_name"], "Sow");
        assert_eq!(seen["identity"]["employment_number"], json!(null));

        operator.accepts(&referral).await;
        assert_eq!(prescriber.sees(&referral).await, "accepted");
        let again = operator.does("accept", &referral).await.refused(409, "already_decided");
        assert!(again["errors"][0]["params"]["allowed_acts"].as_array().unwrap().contains(&json!("complete")));

        let mails = world.mails_arrive().await;
        let told = |kind: &str, recipient: &str| mails.iter().any(|mail| mail["kind"] == kind && mail["recipient"] == recipient);
        assert!(told("sent", "receiver") && told("sent", "sender") && told("accepted", "sender"));
        let to_receiver = mails.iter().filter(|mail| mail["recipient"] == "receiver" && mail["kind"] == "sent");
        assert!(to_receiver.clone().count() > 0);
        for mail in to_receiver {
            assert!(!mail["text"].as_str().unwrap().contains("Sow"), "the receiver's mail names the person");
        }
    }

    async fn who_does_not_answer_is_reminded_and_then_the_referral_expires(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let service = world.service("Accompagnement renforcé").await;
        let referral = prescriber.refers(&service, "Keïta").await;
        let reminders = |mails: &[serde_json::Value]| {
            let short = referral[referral.len() - 8..].to_uppercase();
            mails.iter().filter(|mail| mail["kind"] == "reminder" && mail["text"].as_str().unwrap().contains(&short)).count()
        };

        world.moves_on("P9D").await;
        assert_eq!(reminders(&world.mails().await), 0);
        world.moves_on("P22D").await;
        assert_eq!(reminders(&world.mails().await), 2);
        assert_eq!(prescriber.sees(&referral).await, "expired");
        operator.does("accept", &referral).await.refused(409, "not_open");
    }
}
