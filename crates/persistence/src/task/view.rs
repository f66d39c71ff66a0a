//! Tasks as they are shown.

use chrono::{DateTime, Utc};
use relais_domain::shared::ids::{ReferralId, UserId};
use relais_domain::task::{TaskKind, TaskState};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::message::entity::task;
use crate::message::view::Saying;

/// Something that an organisation has to do by hand for a referral.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Task)]
pub struct TaskView {
    /// Its id.
    pub id: Uuid,
    /// Its version.
    pub version: i32,
    /// What is to be done.
    #[schema(value_type = TaskKind)]
    pub kind: String,
    /// Whether it is done.
    pub state: TaskState,
    /// For which referral.
    pub referral_id: Option<ReferralId>,
    /// When it should be done.
    pub due_at: Option<DateTime<Utc>>,
    /// It is open and its time has passed.
    pub late: bool,
    /// When it was done.
    pub done_at: Option<DateTime<Utc>>,
    /// By whom; null when the referral itself answered it.
    pub done_by: Option<UserId>,
    /// The words for the person, for `tell_the_person`, when read alone by who may know how to reach her; else null.
    pub say: Option<Vec<Saying>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it changed last.
    pub updated_at: DateTime<Utc>,
}

impl TaskView {
    /// A row as it is shown at an instant.
    pub fn of(row: task::Model, now: DateTime<Utc>) -> Self {
        let task::Model {
            id,
            organisation_id: _,
            referral_id,
            kind,
            notices: _,
            due_at,
            done_at,
            done_by,
            created_at,
            updated_at,
            version,
        } = row;
        let state = if done_at.is_some() { TaskState::Done } else { TaskState::Open };
        let late = done_at.is_none() && due_at.is_some_and(|at| at <= now);
        Self { id, version, kind, state, referral_id, due_at, late, done_at, done_by, say: None, created_at, updated_at }
    }
}
