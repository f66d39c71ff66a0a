//! A parent and its branches: it reads what a role says, and does nothing in the name of a branch or of whom a branch refers to.

use reqwest::Method;
use serde_json::{Value, json};

use super::export::{WHO, place_of, with_export, with_role};
use super::withdrawal::{person_of, way_back};
use crate::world::tools::eventually;
use crate::world::{Client, World};

/// Hangs the organisation of somebody under that of the operators.
async fn becomes_a_branch(world: &World, who: &Client) {
    let boss = world.persona("platform_admin");
    let branch = format!("/v1/organisations/{}", who.organisation());
    let tag = boss.get(&branch).await.etag();
    let under = json!({"parent_id": world.persona("admin").organisation()});
    boss.with("if-match", &tag).send(Method::PATCH, &branch, Some(under)).await.good();
}

/// A member of the parent with a role that reaches the branches.
async fn head_office(world: &World, permissions: &[(&str, &[&str])]) -> Client {
    let grant = |(permission, categories): &(&str, &[&str])| json!({"permission": permission, "scope": "organisation", "side": "both", "categories": categories, "with_branches": true});
    with_role(world, "Tête de réseau", permissions.iter().map(grant).collect::<Value>()).await
}

/// A member of the parent does not wait for its role longer than a session is remembered.
async fn reaches(who: &Client, referral: &str) {
    eventually("the role reaches the branch", async || who.reads(referral).await.status == 200).await;
}

both! {
    async fn it_reads_a_branch_by_a_role_that_says_so_and_its_files_end_with_what_the_branch_may_read(world) {
        let (prescriber, lea) = (world.prescriber(), world.persona("operator_2"));
        let referral = prescriber.refers(&world.service_of("operator_2").await, "Zorglub").await;
        becomes_a_branch(world, &lea).await;
        with_export(world, WHO).await.reads(&referral).await.refused(404, "not_found");

        let head = head_office(world, &[("referrals:read", WHO), ("referrals:export", &[])]).await;
        reaches(&head, &referral).await;
        let place = place_of(&head.post("/v1/exports", json!({"kind": "referrals", "format": "csv"})).await.with_status(202));
        world.moves_on("PT1M").await;
        assert!(head.get(&format!("{place}/content")).await.with_status(200).text.contains("Zorglub"));
        let back = way_back(&prescriber, &person_of(&prescriber, &referral).await).await;
        prescriber.post(&back, json!({})).await.good();
        head.get(&format!("{place}/content")).await.refused(409, "export_expired");
    }

    async fn it_neither_answers_for_whom_its_branch_refers_to_nor_reads_more_than_the_branch(world) {
        let (prescriber, lea) = (world.prescriber(), world.persona("operator_2"));
        let service = world.service_of("operator_2").await;
        let (waiting, helped) = (prescriber.refers(&service, "Diop").await, prescriber.refers(&service, "Sow").await);
        lea.accepts(&helped).await;
        let step = json!({"id": "0192f4e6-7a10-7000-8000-000000000001", "label": "AtelierConfidentiel", "place": "Salle12", "attended": true});
        lea.agrees(&helped, json!({"steps": [step]})).await;
        becomes_a_branch(world, &prescriber).await;
        let all = ["existence", "identity_min", "identity", "contact", "social", "documents"];
        let acts = ["send", "handle", "archive", "message", "assign", "write"].map(|act| format!("referrals:{act}"));
        let mut roles: Vec<(&str, &[&str])> = acts.iter().map(|act| (act.as_str(), &all[..])).collect();
        roles.push(("referrals:read", &all));
        let head = head_office(world, &roles).await;
        reaches(&head, &waiting).await;

        assert_eq!(head.may(&waiting).await, [""; 0]);
        let tries = [
            ("archive", json!({"reason": "unreachable"})),
            ("archive", json!({"reason": "unreachable", "ending": "none"})),
            ("accept", json!({})),
            ("refuse", json!({"codes": ["no_capacity"]})),
            ("withdraw", json!({})),
            ("messages", json!({"body": "Au nom d’une autre", "to": ["person"]})),
            ("pause-clock", json!({"reason": "Congés", "until": world.now().await + chrono::Duration::days(3)})),
        ];
        for (act, command) in tries {
            head.does_with(act, &waiting, command).await.with_status(403);
        }
        head.does_with("complete", &helped, json!({"outcome": "not_done"})).await.with_status(403);
        let bulk = json!({"act": "archive", "items": [{"id": waiting}, {"id": helped}], "archive": {"reason": "unreachable"}});
        let results = head.post("/v1/referrals/bulk", bulk).await.good();
        assert!(results["items"].as_array().unwrap().iter().all(|one| one["status"] == 403), "{results}");
        assert_eq!((lea.sees(&waiting).await, lea.sees(&helped).await), ("sent".to_owned(), "accepted".to_owned()));
        assert_eq!(lea.thread(&waiting).await, [""; 0]);

        let seen = head.reads(&helped).await;
        assert!(!seen.text.contains("AtelierConfidentiel") && !seen.text.contains("Salle12"), "{}", seen.text);
        let steps = seen.good()["social"]["answer"]["path"].clone();
        assert_eq!((steps.as_array().unwrap().len(), &steps[0]["attended"]), (1, &json!(true)), "as its branch, it sees that they came");
    }
}
