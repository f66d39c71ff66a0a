//! What is read of the directory, as it is shown.

mod reader;
mod service;
mod structure;

use chrono::{DateTime, NaiveDate, Utc};
use relais_domain::directory::{
    Acceptance, AudienceCode, Fee, OrganisationState, Receiving, Reception, ServiceKind, ServiceName, ServiceState, SourceKey, Summary,
    TopicCode,
};
use relais_domain::shared::ids::{OrganisationId, ServiceId};
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::{IntoParams, ToSchema};

pub use reader::{BookmarkView, ContactReadings, SavedQuery, SavedSearchView, ServiceReportView, ServiceShort};
pub use service::{CapacityView, ContactView, ServiceContact, ServiceView};
pub use structure::{StructureFilter, StructureView};

/// What of services is asked for. A repeated parameter means "one of these".
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct ServiceFilter {
    /// Words of the name, in any order; accents and case do not matter.
    #[param(required = false, value_type = String, max_length = 200)]
    pub q: Option<String>,
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
    /// Where the service stands; published unless asked otherwise. Others than published are shown to those who may write them.
    #[param(required = false, max_items = 50)]
    pub state: Vec<ServiceState>,
    /// The town of its address; accents and case do not matter.
    #[param(required = false, max_items = 50)]
    pub locality: Vec<String>,
    /// The official code of the commune of its address.
    #[param(required = false, max_items = 50)]
    pub commune: Vec<String>,
    /// Whether referrals can be sent to it now.
    #[param(required = false, value_type = bool)]
    pub accepts_referrals: Option<bool>,
}

/// Who offers a service.
#[derive(Clone, Debug, Serialize, ToSchema, FromQueryResult)]
pub struct OfferedBy {
    /// The organisation.
    #[sea_orm(from_alias = "organisation_id")]
    pub id: OrganisationId,
    /// Its name.
    #[sea_orm(from_alias = "organisation_name")]
    pub name: String,
    /// Where it stands.
    #[sea_orm(from_alias = "organisation_state")]
    pub state: OrganisationState,
    /// Whether a moderator has verified it.
    #[sea_orm(from_alias = "organisation_verified")]
    pub verified: bool,
    #[serde(skip)]
    #[sea_orm(from_alias = "organisation_version")]
    version: i32,
}

/// What decides whether referrals can be sent, as columns.
#[derive(Clone, Debug, FromQueryResult)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own in the database")]
pub struct AcceptanceRow {
    state: ServiceState,
    form_enabled: bool,
    source: Option<SourceKey>,
    has_contact_email: bool,
    organisation_state: OrganisationState,
    organisation_verified: bool,
    organisation_takes_forms: bool,
    has_members: bool,
    suspended_from: Option<NaiveDate>,
}

impl AcceptanceRow {
    /// The facts as the domain takes them.
    pub fn facts(&self, today: NaiveDate) -> Acceptance {
        Acceptance {
            state: self.state.on(self.suspended_from, today),
            form_enabled: self.form_enabled,
            imported: self.source.is_some(),
            has_contact_email: self.has_contact_email,
            organisation: Receiving {
                active: self.organisation_state == OrganisationState::Active,
                has_members: self.has_members,
                verified: self.organisation_verified,
                takes_forms: self.organisation_takes_forms,
            },
        }
    }

    /// What of an answer can change without the service's own version, in one number.
    fn tag(&self, organisation_version: i32, today: NaiveDate) -> i32 {
        let reason = self.facts(today).refusal().map_or(0, |code| code.bytes().fold(0_i32, |sum, byte| sum + i32::from(byte)));
        organisation_version.wrapping_mul(4096).wrapping_add(reason)
    }
}

/// A service in a list.
#[derive(Clone, Debug, Serialize, ToSchema, FromQueryResult)]
pub struct ServiceItem {
    /// The id.
    pub id: ServiceId,
    /// Who offers it.
    #[sea_orm(nested)]
    pub organisation: OfferedBy,
    /// The name.
    pub name: ServiceName,
    /// One or two sentences.
    pub summary: Option<Summary>,
    /// What it gives.
    pub kind: Option<ServiceKind>,
    /// Its topics.
    #[schema(value_type = Option<Vec<TopicCode>>)]
    pub topics: Option<Json>,
    /// Its audiences; empty for everyone.
    #[schema(value_type = Option<Vec<AudienceCode>>)]
    pub audiences: Option<Json>,
    /// Free or paid.
    pub fee: Option<Fee>,
    /// Where people are received.
    pub reception: Option<Reception>,
    /// The town.
    pub locality: Option<String>,
    /// The postal code.
    pub postal_code: Option<String>,
    /// The official code of the commune.
    pub commune: Option<String>,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
    /// Whether referrals can be sent to it now.
    #[sea_orm(skip)]
    pub accepts_referrals: bool,
    /// Why not, as a code: `service_not_published`, `service_suspended`, `organisation_inactive`, `form_off`,
    /// `organisation_unverified`, `no_contact_email`.
    #[sea_orm(skip)]
    pub not_accepting_because: Option<&'static str>,
    /// How many documents it asks for; null when it has not told.
    #[sea_orm(skip)]
    pub documents_asked: Option<usize>,
    /// Whether it has a contact; a private one is read by `GET …/contact`.
    pub contact_available: bool,
    /// Where it stands.
    pub state: ServiceState,
    /// The feed it came from; null when written here.
    pub source: Option<SourceKey>,
    /// When it came into this directory.
    pub created_at: DateTime<Utc>,
    /// When it changed here last.
    pub updated_at: DateTime<Utc>,
    /// Counts the changes.
    pub version: i32,
    #[serde(skip)]
    documents: Option<Json>,
    #[serde(skip)]
    #[sea_orm(nested)]
    acceptance: AcceptanceRow,
}

impl ServiceItem {
    /// Fills what is not a column.
    pub(crate) fn completed(mut self, today: NaiveDate) -> Self {
        self.not_accepting_because = self.acceptance.facts(today).refusal();
        self.accepts_referrals = self.not_accepting_because.is_none();
        self.documents_asked = self.documents.as_ref().and_then(Json::as_array).map(Vec::len);
        self
    }
}
