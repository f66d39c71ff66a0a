//! Scenes of clocks and tasks.

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

use super::{Scene, Stage};

impl Stage<'_> {
    /// A pause of some days from now.
    pub async fn pause(&self, days: i64) -> Value {
        let now: DateTime<Utc> = self.world.now().await;
        json!({"reason": "Hospitalisée", "until": now + Duration::days(days)})
    }

    /// The open task to tell the person of a referral that was just sent.
    async fn task(&self) -> String {
        let referral = self.sent().await;
        let prescriber = self.world.prescriber();
        let page = prescriber.get(&format!("/v1/tasks?referral_id={referral}")).await.good();
        format!("/v1/tasks/{}", page["items"][0]["id"].as_str().unwrap())
    }
}

impl Stage<'_> {
    /// An open task of the receiving organisation: the person wishes to stop.
    pub async fn task_of_receiver(&self) -> String {
        let referral = self.accepted().await;
        let wish = json!({"kind": "person_wishes_to_stop", "body": "Souhaite arrêter"});
        self.world.prescriber().writes(&referral, wish).await.with_status(201);
        let page = self.world.operator().get(&format!("/v1/tasks?referral_id={referral}")).await.good();
        format!("/v1/tasks/{}", page["items"][0]["id"].as_str().unwrap())
    }
}

pub async fn scene(stage: &Stage<'_>, id: &str) -> Option<Scene> {
    let (prescriber, operator) = (stage.world.prescriber(), stage.world.operator());
    Some(match id {
        "pause_referral_clock" => {
            let path = format!("/v1/referrals/{}/pause-clock", stage.sent().await);
            Scene::of(operator, path).body(stage.pause(10).await).or(json!({"reason": "En congé"}))
        }
        "resume_referral_clock" => {
            let referral = stage.sent().await;
            operator.does_with("pause-clock", &referral, stage.pause(10).await).await.good();
            Scene::of(operator, format!("/v1/referrals/{referral}/resume-clock"))
        }
        "pause_person_clocks" => {
            let referral = stage.sent().await;
            let person = prescriber.reads(&referral).await.good()["identity"]["person_id"].as_str().unwrap().to_owned();
            Scene::of(prescriber, format!("/v1/people/{person}/pause-clocks")).body(stage.pause(10).await).or(json!({"reason": "En congé"}))
        }
        "resume_person_clocks" => {
            let referral = stage.sent().await;
            prescriber.does_with("pause-clock", &referral, stage.pause(10).await).await.good();
            let person = prescriber.reads(&referral).await.good()["identity"]["person_id"].as_str().unwrap().to_owned();
            Scene::of(prescriber, format!("/v1/people/{person}/resume-clocks"))
        }
        "list_holidays" => Scene::of(stage.world.anybody(), "/v1/holidays?country=CH&subdivision=CH-VD&year=2026"),
        "list_tasks" => {
            for _ in 0..2 {
                stage.sent().await;
            }
            Scene::of(prescriber, "/v1/tasks")
        }
        "read_task" => Scene::of(prescriber, stage.task().await),
        "finish_task" => Scene::of(prescriber, format!("{}/done", stage.task().await)),
        "reopen_task" => {
            let task = stage.task().await;
            prescriber.send(reqwest::Method::POST, &format!("{task}/done"), None).await.good();
            Scene::of(prescriber, format!("{task}/reopen"))
        }
        _ => return None,
    })
}
