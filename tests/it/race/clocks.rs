//! Clocks and tasks that two people move at once.

use chrono::Duration;
use reqwest::Method;
use serde_json::json;

use super::{SERVICE, base_of, decided, drafts, refers, rounds};
use crate::world::Program;
use crate::world::tools::{number, patiently};

both! {
    async fn a_pause_and_an_acceptance_leave_no_accepted_referral_paused(world) {
        let other = Program::start(&world.copy, &[]);
        let service = world.service(SERVICE).await;
        let until = world.now().await + Duration::days(20);
        let pause = json!({"reason": "En congé", "until": until});
        for round in 0..rounds() {
            let (receiver, sender) = (world.operator(), world.client_at(base_of(world, &other, round), "prescriber"));
            let referral = refers(world, &service, round).await;
            let path = format!("/v1/referrals/{referral}/pause-clock");
            let (accepted, paused) = tokio::join!(patiently(async || receiver.does("accept", &referral).await), patiently(async || sender.post(&path, pause.clone()).await));
            accepted.good();
            if paused.status != 200 {
                paused.refused(409, "already_decided");
            }
            let seen = sender.reads(&referral).await.good();
            assert_eq!((&seen["state"], &seen["paused"], &seen["expire_at"]), (&json!("accepted"), &json!(null), &json!(null)));
        }
        let database = world.copy.connect().await;
        let left = "SELECT count(*) FROM job j WHERE j.unique_key LIKE 'leg:%:pause_end:%' AND j.state = 'ready'";
        assert_eq!(number(&database, left).await, 0, "no end of a pause is left to come");
        database.close().await.unwrap();
    }

    async fn a_task_that_two_tick_or_open_at_once_moves_once(world) {
        let other = Program::start(&world.copy, &[]);
        let service = world.service(SERVICE).await;
        for round in 0..rounds() {
            let (here, there) = (world.prescriber(), world.client_at(base_of(world, &other, round), "prescriber"));
            let referral = refers(world, &service, round).await;
            let task = here.get(&format!("/v1/tasks?referral_id={referral}")).await.good()["items"][0]["id"].as_str().unwrap().to_owned();
            for (act, late, state) in [("done", "task_done_already", "done"), ("reopen", "task_not_done", "open")] {
                let path = format!("/v1/tasks/{task}/{act}");
                let both = tokio::join!(patiently(async || here.send(Method::POST, &path, None).await), patiently(async || there.send(Method::POST, &path, None).await));
                let (_, won, lost) = decided(both, 409);
                assert_eq!(won.body["state"], state);
                lost.refused(409, late);
            }
            let (done, reopen) = (format!("/v1/tasks/{task}/done"), format!("/v1/tasks/{task}/reopen"));
            let both = tokio::join!(patiently(async || here.send(Method::POST, &done, None).await), patiently(async || there.send(Method::POST, &reopen, None).await));
            both.0.good();
            // Opened again after it was done, or found open before.
            let expected = if both.1.status == 200 { "open" } else { both.1.refused(409, "task_not_done"); "done" };
            assert_eq!(here.get(&format!("/v1/tasks/{task}")).await.good()["state"], expected);
        }
        let unsent = drafts(world, &service, rounds() + 1).await;
        assert_eq!(world.prescriber().get(&format!("/v1/tasks?referral_id={unsent}")).await.good()["items"], json!([]));
    }
}
