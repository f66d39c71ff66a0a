//! One mail a day in place of many, for those who like it so.

use serde_json::{Value, json};

use super::COACHING;
use super::mailbox::takes_every_role;
use crate::world::{Client, World};

/// The mails to somebody since the last look, as their kinds.
async fn news(world: &World, who: &Client, seen: &mut usize) -> Vec<Value> {
    let mails = world.mails_arrive().await;
    let fresh = mails[*seen..].iter().filter(|mail| mail["to"] == who.persona["email"]).cloned().collect();
    *seen = mails.len();
    fresh
}

fn kinds(mails: &[Value]) -> Vec<&str> {
    mails.iter().map(|mail| mail["kind"].as_str().unwrap()).collect()
}

both! {
    async fn who_likes_it_gets_one_mail_in_the_morning_and_what_cannot_wait_at_once(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let mut seen = world.mails_arrive().await.len();
        let changed = prescriber.patches("/v1/me", json!({"digest": true})).await.good();
        assert_eq!(changed["user"]["digest"], true);

        let service = world.service(COACHING).await;
        let (first, second) = (prescriber.refers(&service, "Zorglub").await, prescriber.refers(&service, "Quetzalcoatl").await);
        operator.does("review", &first).await.good();
        assert_eq!(kinds(&news(world, &prescriber, &mut seen).await), [""; 0], "everything waits for the morning");
        let path = format!("/v1/referrals/{first}?include=notices");
        let notices = prescriber.get(&path).await.good()["notices"].clone();
        let mine = notices.as_array().unwrap().iter().filter(|notice| notice["recipient"] == "sender");
        assert!(mine.into_iter().all(|notice| notice["state"] == "collected"), "{notices}");

        world.moves_on("P1D").await;
        let morning = news(world, &prescriber, &mut seen).await;
        assert_eq!(kinds(&morning), ["digest"], "one mail");
        let text = morning[0]["text"].as_str().unwrap();
        assert_eq!((text.matches(&format!("referral.{first}")).count(), text.matches(&format!("referral.{second}")).count()), (2, 1), "{text}");
        assert!(morning[0]["subject"].as_str().unwrap().contains('3'), "{}", morning[0]["subject"]);
        assert!(!morning[0].to_string().contains("Zorglub") && !morning[0].to_string().contains("Quetzalcoatl"), "no name in {text}");
        let notices = prescriber.get(&path).await.good()["notices"].clone();
        assert!(notices.as_array().unwrap().iter().all(|notice| notice["state"] != "collected"), "{notices}");

        world.moves_on("P1D").await;
        assert_eq!(kinds(&news(world, &prescriber, &mut seen).await), [""; 0], "no mail about nothing");

        operator.does_with("accept", &second, json!({})).await.good();
        prescriber.patches("/v1/me", json!({"digest": false})).await.good();
        operator.does("waitlist", &first).await.good();
        let at_once = news(world, &prescriber, &mut seen).await;
        assert!(at_once.iter().any(|mail| mail["kind"] == "waitlisted"), "{:?}", kinds(&at_once));
        world.moves_on("P1D").await;
        let rest = news(world, &prescriber, &mut seen).await;
        let told = kinds(&at_once).into_iter().chain(kinds(&rest)).filter(|kind| *kind == "accepted" || *kind == "digest").count();
        assert_eq!(told, 1, "what waited is told once, whatever was chosen meanwhile");
    }
    async fn a_summary_that_lost_its_only_reader_is_seen_to_have_told_nobody(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        prescriber.patches("/v1/me", json!({"digest": true})).await.good();
        let referral = prescriber.refers(&world.service(COACHING).await, "Zorglub").await;
        operator.does_with("refuse", &referral, json!({"codes": ["no_capacity"]})).await.good();
        let mut seen = world.mails_arrive().await.len();
        takes_every_role(world, &prescriber).await;
        world.moves_on("P1D").await;
        assert_eq!(kinds(&news(world, &prescriber, &mut seen).await), [""; 0], "who may not read it is not told");
        let tasks = world.tasks(&referral).await;
        let missed: Vec<_> = tasks.iter().filter(|task| task.kind == "undelivered").collect();
        assert_eq!((missed.len(), missed[0].notices.as_array().unwrap().len()), (1, 2), "somebody else of the sender has it to do");
    }
}
