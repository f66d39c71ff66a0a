//! What a task asks to be told to a person who has no address.

use chrono::{DateTime, Utc};
use relais_domain::shared::ids::NoticeId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::entity::task;

/// What to tell the person, in her language where it is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Saying {
    /// What happened: the kind of notice.
    #[schema(value_type = relais_domain::message::NoticeKind, example = "accepted")]
    pub kind: String,
    /// When.
    pub at: DateTime<Utc>,
    /// In one line.
    pub subject: String,
    /// In full.
    pub text: String,
}

/// One notice that a task stands for.
#[derive(Clone, Debug, Deserialize)]
pub struct Told {
    /// The notice.
    pub notice_id: NoticeId,
    /// Its kind.
    pub kind: String,
    /// When it was decided.
    pub at: DateTime<Utc>,
}

/// The open task to tell the person, as the referral shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TellThePerson {
    /// The task to tick when it is done.
    pub task_id: Uuid,
    /// When it should be done.
    pub due_at: Option<DateTime<Utc>>,
    /// What to tell, in order.
    pub say: Vec<Saying>,
}

/// The notices that a task stands for, in order. What does not read is left out: the task stays.
pub fn told(row: &task::Model) -> Vec<Told> {
    let entries = row.notices.as_array().into_iter().flatten();
    entries.filter_map(|entry| Told::deserialize(entry).ok()).collect()
}
