//! Scenes of reports and exports.

use serde_json::json;

use super::{Scene, Stage, id_in};
use crate::world::Client;

impl Stage<'_> {
    /// Somebody who may take out what the operators' structure sent and received.
    pub async fn exporter(&self) -> Client {
        self.partner_with(&self.world.persona("admin"), &["referrals:read", "referrals:export"]).await
    }

    /// A file that was written for somebody: who, and where it is.
    async fn written(&self) -> (Client, String) {
        let exporter = self.exporter().await;
        let asked = exporter.post("/v1/exports", json!({"kind": "referrals", "format": "csv"})).await.with_status(202).good();
        self.world.moves_on("PT1M").await;
        let place = format!("/v1/exports/{}", id_in(&asked));
        (exporter, place)
    }
}

pub async fn scene(stage: &Stage<'_>, id: &str) -> Option<Scene> {
    Some(match id {
        "read_referral_statistics" => {
            Scene::of(stage.world.persona("colleague"), "/v1/reports/referrals?direction=received&group_by=state")
        }
        "export_referrals_csv" => Scene::of(stage.exporter().await, "/v1/reports/referrals.csv"),
        "create_export" => {
            let asked = json!({"kind": "referrals", "format": "xlsx"});
            Scene::of(stage.exporter().await, "/v1/exports").body(asked).or(json!({"format": "csv"}))
        }
        "read_export" => {
            let (exporter, place) = stage.written().await;
            Scene::of(exporter, place)
        }
        "read_export_content" => {
            let (exporter, place) = stage.written().await;
            Scene::of(exporter, format!("{place}/content"))
        }
        _ => return None,
    })
}
