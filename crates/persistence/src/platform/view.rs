//! What is read of the installation, as it is shown.

use chrono::{DateTime, Utc};
use relais_domain::shared::ids::JobId;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::entity::job;

/// A job of the background worker.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Job)]
pub struct JobView {
    /// Its id.
    pub id: JobId,
    /// What it does.
    #[schema(example = "notice")]
    pub kind: String,
    /// `ready` (waiting for its time), `running`, or `dead` (given up; it may be tried again).
    #[schema(example = "dead")]
    pub state: String,
    /// The ids that it works on.
    #[schema(value_type = Object)]
    pub payload: Value,
    /// Lower runs earlier.
    pub priority: i32,
    /// When it is due; business time.
    pub run_at: DateTime<Utc>,
    /// How often it was tried.
    pub attempts: i32,
    /// The code of the last failure.
    pub last_error: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Its version.
    pub version: i32,
}

impl From<job::Model> for JobView {
    fn from(row: job::Model) -> Self {
        let job::Model {
            id,
            kind,
            unique_key: _,
            payload,
            priority,
            run_at,
            attempts,
            state,
            claimed_by: _,
            claimed_until: _,
            last_error,
            created_at,
            updated_at,
            version,
        } = row;
        Self { id, kind, state, payload, priority, run_at, attempts, last_error, created_at, updated_at, version }
    }
}

/// What operations people measure of the jobs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobFigures {
    /// How many jobs there are in each state.
    pub by_state: Vec<(String, u64)>,
    /// When the job that waits longest was due.
    pub oldest_due: Option<DateTime<Utc>>,
}
