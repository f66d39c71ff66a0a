//! The chain: how a leg is handed over, how it comes back, and which leg speaks for the chain.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Before, NoteText, RedirectCode, ToldBy};
use crate::shared::ids::{OrganisationId, ReferralId};

/// Who spoke with the next receiver before the hand-over, when, and with whom.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Contacted {
    /// Who called or wrote.
    pub by: ToldBy,
    /// When.
    pub at: DateTime<Utc>,
    /// Who answered.
    pub with: ToldBy,
}

/// How a leg was handed over, kept with the leg that was. Kept as JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, sea_orm::FromJsonQueryResult)]
pub struct HandOver {
    /// The leg that lives on.
    pub next_id: ReferralId,
    /// Who received it.
    pub to: OrganisationId,
    /// Why; none for a retrieval.
    pub code: Option<RedirectCode>,
    /// A word to the next receiver.
    pub note: Option<NoteText>,
    /// Who was spoken with before.
    pub contacted: Option<Contacted>,
    /// The documents passed on.
    pub documents: Vec<Uuid>,
    /// The leg as it was, to come back to.
    pub before: Before,
}
