//! The agreed path, as each side sees it.

use chrono::{DateTime, Utc};
use relais_domain::referral::{PathLabel, PathPlace, PathStep};
use relais_domain::shared::ids::ServiceId;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// One step of the agreed path.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AgreedStep)]
pub struct PathStepView {
    /// The step, unique in its path.
    pub id: Uuid,
    /// Its name; null for who only referred, as are service, place and units.
    pub label: Option<PathLabel>,
    /// The service that gives it.
    pub service_id: Option<ServiceId>,
    /// When it begins.
    pub starts_at: Option<DateTime<Utc>>,
    /// Where.
    pub place: Option<PathPlace>,
    /// How many units of help it takes.
    pub units: Option<i32>,
    /// The person came.
    pub attended: bool,
}

impl PathStepView {
    /// What a reader sees of a step: all of it, or that there is one, when, and whether the person came.
    pub(crate) fn of(step: PathStep, session_only: bool) -> Self {
        let PathStep { id, label, service_id, starts_at, place, units, attended } = step;
        let all = !session_only;
        Self {
            id,
            label: Some(label).filter(|_| all),
            service_id: service_id.filter(|_| all),
            starts_at,
            place: place.filter(|_| all),
            units: units.filter(|_| all),
            attended,
        }
    }
}
