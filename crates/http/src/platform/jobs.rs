//! Background jobs.

use actix_web::{get, post};
use relais_app::Page;
use relais_app::platform::jobs;
use relais_app::platform::view::JobView;
use relais_domain::shared::ids::JobId;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::door::{Answer, Call, Item};

impl Item for JobView {
    fn version(&self) -> i32 {
        self.version
    }
}

/// The states that a job is listed by.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = JobState)]
pub enum StateFilter {
    /// Given up.
    Dead,
    /// Waits for its time.
    Ready,
    /// Claimed by a worker.
    Running,
}

impl StateFilter {
    const fn code(self) -> &'static str {
        match self {
            Self::Dead => "dead",
            Self::Ready => "ready",
            Self::Running => "running",
        }
    }
}

/// Which jobs.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct JobsQuery {
    /// In these states; `dead` are those that failed for good.
    #[param(inline)]
    state: Vec<StateFilter>,
    /// How many.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u64>,
    /// Where the page before ended.
    #[param(max_length = 400)]
    cursor: Option<String>,
}

/// List background jobs
///
/// In the order in which they were made. A job that failed ten times is `dead` and stays until somebody retries it. Jobs hold
/// ids, never anything personal.
#[utoipa::path(
    tag = "jobs",
    params(JobsQuery),
    responses((status = 200, description = "A page of jobs", body = Page<JobView>)),
    extensions(("x-permission" = json!("jobs:read")))
)]
#[get("/v1/jobs")]
pub async fn list_jobs(call: Call<JobsQuery>) -> Answer {
    let states: Vec<String> = call.query.state.iter().map(|state| state.code().to_owned()).collect();
    call.list(&jobs::list(&call.app, &call.caller, &states, &call.page()).await?)
}

/// Read a background job
///
/// What it does, when it is due, how often it was tried, and the code of its last failure.
#[utoipa::path(
    tag = "jobs",
    params(("id" = JobId, Path, description = "The job")),
    responses((status = 200, description = "The job", body = JobView)),
    extensions(("x-permission" = json!("jobs:read")))
)]
#[get("/v1/jobs/{id}")]
pub async fn read_job(call: Call) -> Answer {
    call.item(&jobs::one(&call.app, &call.caller, call.id()?).await?)
}

/// Try a dead job again
///
/// It is due at once, with all its tries before it. A job that is not dead answers 409 `job_not_dead`.
#[utoipa::path(
    tag = "jobs",
    params(("id" = JobId, Path, description = "The job")),
    responses((status = 200, description = "The job, ready again", body = JobView)),
    extensions(("x-permission" = json!("jobs:write")))
)]
#[post("/v1/jobs/{id}/retry")]
pub async fn retry_job(call: Call) -> Answer {
    let (done, job) = jobs::retry(&call.app, &call.caller, call.id()?).await?;
    call.effect(done, &job)
}
