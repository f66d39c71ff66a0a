//! What of services is asked for.

use chrono::{DateTime, Utc};
use relais_domain::directory::search::Sort;
use relais_domain::directory::{AudienceCode, Fee, Reception, ServiceKind, ServiceState};
use relais_domain::shared::ids::OrganisationId;
use serde::Deserialize;
use utoipa::IntoParams;

/// What of services is asked for. A repeated parameter means "one of these"; different ones are joined by "and".
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct ServiceFilter {
    /// Words, all of which are found: in the name, the topics, whom it is for, the description. Accents, case, plurals and word
    /// stems in French, Dutch, German and English do not matter, nor does one typo in a word of five letters or more.
    #[param(required = false, value_type = String, max_length = 200)]
    pub q: Option<String>,
    /// The official code of the commune where the person lives: services that do not cover it are left out, and distances count
    /// from its centre unless `lat` and `lon` say otherwise.
    #[param(required = false, value_type = String, max_length = 16, example = "59350")]
    pub commune: Option<String>,
    /// Degrees north of the place from which distances count; with `lon`. Without `commune`, the nearest commune is taken for where
    /// the person lives.
    #[param(required = false, value_type = f64, minimum = -90, maximum = 90)]
    pub lat: Option<f64>,
    /// Degrees east; with `lat`.
    #[param(required = false, value_type = f64, minimum = -180, maximum = 180)]
    pub lon: Option<f64>,
    /// How far a service may be that receives people at its address, in kilometres.
    #[param(required = false, value_type = u32, minimum = 1, maximum = 100, default = 50)]
    pub radius_km: Option<u32>,
    /// A part of the map: west, south, east and north in degrees, divided by commas.
    #[param(required = false, value_type = String, max_length = 100, example = "2.9,50.5,3.3,50.8")]
    pub bbox: Option<String>,
    /// Offered by one of these organisations.
    #[param(required = false, max_items = 50)]
    pub organisation: Vec<OrganisationId>,
    /// What it gives.
    #[param(required = false, max_items = 50)]
    pub kind: Vec<ServiceKind>,
    /// A topic, or a category for all its topics, from the reference lists `topics` and `topic-categories`.
    #[param(required = false, max_items = 50)]
    pub topic: Vec<String>,
    /// For this audience; services for everyone are found too.
    #[param(required = false, max_items = 50)]
    pub audience: Vec<AudienceCode>,
    /// Free or paid.
    #[param(required = false, max_items = 50)]
    pub fee: Vec<Fee>,
    /// Where people are received; a service that does both is found by either.
    #[param(required = false, max_items = 50)]
    pub reception: Vec<Reception>,
    /// A network that its organisation belongs to, from the reference list `networks`.
    #[param(required = false, max_items = 50)]
    pub network: Vec<String>,
    /// A label that it carries, as written.
    #[param(required = false, max_items = 50)]
    pub label: Vec<String>,
    /// Whether referrals can be sent to it now.
    #[param(required = false, value_type = bool)]
    pub accepts_referrals: Option<bool>,
    /// Open at this moment of its own local time.
    #[param(required = false, value_type = String, max_length = 19, example = "2026-03-02T10:30")]
    pub open_at: Option<String>,
    /// Whether it has told that there is room, and still may be believed.
    #[param(required = false, value_type = bool)]
    pub has_capacity: Option<bool>,
    /// Changed here at this instant or later.
    #[param(required = false, value_type = DateTime<Utc>)]
    pub updated_since: Option<DateTime<Utc>>,
    /// The order; by relevance unless asked otherwise.
    #[param(required = false, inline, value_type = Sort)]
    pub sort: Option<Sort>,
    /// Whether to count what the whole result is made of.
    #[param(required = false, value_type = bool)]
    pub facets: Option<bool>,
    /// Where the service stands; published unless asked otherwise. Others than published are shown to those who may write them, in
    /// the order in which they came; places and words of more than the name cannot be asked then.
    #[param(required = false, max_items = 50)]
    pub state: Vec<ServiceState>,
}
