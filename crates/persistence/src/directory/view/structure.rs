//! The public face of organisations.

use chrono::{DateTime, NaiveDate, Utc};
use relais_domain::directory::OrganisationState;
use relais_domain::shared::PostalAddress;
use relais_domain::shared::ids::OrganisationId;
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::{IntoParams, ToSchema};

/// What of structures is asked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct StructureFilter {
    /// Words of the name, in any order; accents and case do not matter.
    #[param(required = false, value_type = String, max_length = 200)]
    pub q: Option<String>,
    /// Whether a moderator has verified it.
    #[param(required = false, value_type = bool)]
    pub verified: Option<bool>,
    /// The branches of this organisation.
    #[param(required = false, value_type = uuid::Uuid)]
    pub parent: Option<OrganisationId>,
    /// It belongs to one of these networks.
    #[param(required = false, max_items = 50)]
    pub network: Vec<String>,
    /// The town of its address; accents and case do not matter.
    #[param(required = false, max_items = 50)]
    pub locality: Vec<String>,
    /// The official code of the commune of its address.
    #[param(required = false, max_items = 50)]
    pub commune: Vec<String>,
}

/// The public face of an organisation.
#[derive(Clone, Debug, Serialize, ToSchema, FromQueryResult)]
pub struct StructureView {
    /// The id of the organisation.
    pub id: OrganisationId,
    /// The organisation that this is a branch of.
    pub parent_id: Option<OrganisationId>,
    /// How many branches it has that are at work.
    pub branches: i64,
    /// The name.
    pub name: String,
    /// The long text.
    pub description: Option<String>,
    /// Where it stands.
    pub state: OrganisationState,
    /// Whether a moderator has verified it.
    pub verified: bool,
    /// The town.
    pub locality: Option<String>,
    /// The country (ISO 3166-1 alpha-2).
    pub country: String,
    /// The address.
    #[schema(value_type = Option<PostalAddress>)]
    pub address: Option<Json>,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
    /// The website.
    pub website: Option<String>,
    /// The e-mail address, when it is public.
    pub email: Option<String>,
    /// The telephone number, when it is public.
    pub phone: Option<String>,
    /// Official numbers and the like.
    #[schema(value_type = Vec<Object>)]
    pub identifiers: Json,
    /// The networks it belongs to, by their codes in the reference list `networks`.
    #[schema(value_type = Option<Vec<String>>)]
    pub networks: Option<Json>,
    /// When it is open, in the grammar of `OpenStreetMap`; what does not follow it is shown as it came.
    pub opening_hours: Option<String>,
    /// The page on the accessibility of its place.
    pub accessibility: Option<String>,
    /// Whether its services may take referrals by the form.
    pub referral_form: bool,
    /// How many services it has published.
    pub published_services: i64,
    /// The feed it came from; null when it was entered here.
    pub source: Option<String>,
    /// Its id in that feed.
    pub source_id: Option<String>,
    /// Its page at the source.
    pub source_url: Option<String>,
    /// When the source changed it last.
    pub source_updated_on: Option<NaiveDate>,
    /// When it came into this directory.
    pub created_at: DateTime<Utc>,
    /// When it changed here last.
    pub updated_at: DateTime<Utc>,
    /// Counts the changes.
    pub version: i32,
    #[serde(skip)]
    settings: Json,
}

/// Whether everybody may know e-mail and phone. A feed is open data; an organisation of this platform decides by its setting
/// `contact_public`.
pub(crate) fn contact_is_public(settings: &Json, imported: bool) -> bool {
    settings.get("contact_public").and_then(Json::as_bool).unwrap_or(imported)
}

impl StructureView {
    /// Blanks what its organisation does not make public.
    pub(crate) fn completed(mut self) -> Self {
        if !contact_is_public(&self.settings, self.source.is_some()) {
            self.email = None;
            self.phone = None;
        }
        self
    }
}
