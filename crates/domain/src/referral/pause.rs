//! Clocks that stand still.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::NoteText;

/// A pause of a leg's clocks. Kept as JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, sea_orm::FromJsonQueryResult)]
pub struct Pause {
    /// Why.
    pub reason: NoteText,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Until when at the latest.
    pub until: DateTime<Utc>,
    /// The reminder that was due then.
    pub remind_at: Option<DateTime<Utc>>,
    /// The end that was due then.
    pub expire_at: Option<DateTime<Utc>>,
}
