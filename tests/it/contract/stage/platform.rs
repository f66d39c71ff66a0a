//! Scenes of the installation: documentation, health, jobs, journals, sandbox.

use sea_orm::{ConnectionTrait as _, Database};
use serde_json::json;

use super::{Scene, Stage, id_in};

/// What anybody may read, and where.
const PUBLIC: &[(&str, &str)] = &[
    ("get_jwks", "/.well-known/jwks.json"),
    ("read_explorer", "/docs"),
    ("read_explorer_file", "/docs/relais.css"),
    ("read_error", "/errors/not_found"),
    ("read_liveness", "/health/live"),
    ("read_readiness", "/health/ready"),
    ("read_link_page", "/l"),
    ("read_openapi", "/openapi.json"),
    ("read_openapi_3_0", "/openapi-3.0.json"),
    ("list_errors", "/v1/errors"),
    ("list_personas", "/v1/sandbox/personas"),
];

impl Stage<'_> {
    /// A job that has given up.
    async fn dead_job(&self) -> String {
        // Nothing in the sandbox fails ten times by itself: the row is written as a failing mail server would leave it.
        let database = Database::connect(&self.world.copy.database_url).await.unwrap();
        let change = "UPDATE job SET state = 'dead', attempts = 10, last_error = 'gone' WHERE kind = 'referral_clock' AND state = 'ready'";
        database.execute_unprepared(change).await.unwrap();
        database.close().await.unwrap();
        let dead = self.world.persona("platform_admin").get("/v1/jobs?state=dead").await.good();
        id_in(&dead["items"][0])
    }
}

pub async fn scene(stage: &Stage<'_>, id: &str) -> Option<Scene> {
    if let Some((_, path)) = PUBLIC.iter().find(|(known, _)| *known == id) {
        return Some(Scene::of(stage.world.anybody(), *path));
    }
    let platform_admin = stage.world.persona("platform_admin");
    Some(match id {
        "list_jobs" => Scene::of(platform_admin, "/v1/jobs"),
        "read_job" => {
            let jobs = platform_admin.get("/v1/jobs").await.good();
            Scene::of(platform_admin, format!("/v1/jobs/{}", id_in(&jobs["items"][0])))
        }
        "report_bounce" => Scene::of(platform_admin, "/v1/notices/bounces")
            .body(json!({"message_id": "<01890a5d-ac96-774b-bcce-b302099a8057.contact@relais.example.org>"}))
            .or(json!({"message_id": "<01890a5d-ac96-774b-bcce-b302099a8058.contact@relais.example.org>"})),
        "retry_job" => Scene::of(platform_admin, format!("/v1/jobs/{}/retry", stage.dead_job().await)),
        "list_mutations" => Scene::of(platform_admin, "/v1/audit/mutations"),
        "list_accesses" => Scene::of(platform_admin, "/v1/audit/accesses"),
        "read_sandbox_clock" => Scene::of(stage.world.operator(), "/v1/sandbox/clock"),
        "move_sandbox_clock" => Scene::of(stage.world.operator(), "/v1/sandbox/clock").body(json!({"advance": "PT1M"})),
        "list_sandbox_mailbox" | "clear_sandbox_mailbox" => Scene::of(stage.world.operator(), "/v1/sandbox/mailbox"),
        "reset_sandbox" => Scene::of(platform_admin, "/v1/sandbox/reset"),
        _ => return None,
    })
}
