//! What readers keep of the directory and say of it, as it is shown.

use chrono::{DateTime, NaiveDate, Utc};
use relais_domain::directory::{
    Alert, BookmarkNote, ReportNote, ReportReason, ReportState, SearchName, ServiceKind, ServiceName, ServiceState, Summary,
};
use relais_domain::shared::ids::{BookmarkId, SavedSearchId, ServiceId, ServiceReportId};
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use utoipa::openapi::schema::AdditionalProperties;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};
use utoipa::{IntoParams as _, PartialSchema, ToSchema};

use super::{OfferedBy, ServiceFilter};
use crate::directory::entity::{contact_reading, saved_search, service_report};

/// A service in a few words. Nothing here is private, whatever has become of the service.
#[derive(Clone, Debug, Serialize, ToSchema, FromQueryResult)]
pub struct ServiceShort {
    /// The id.
    #[sea_orm(from_alias = "service_id")]
    pub id: ServiceId,
    /// Who offers it.
    #[sea_orm(nested)]
    pub organisation: OfferedBy,
    /// The name.
    #[sea_orm(from_alias = "service_name")]
    pub name: ServiceName,
    /// One or two sentences.
    pub summary: Option<Summary>,
    /// What it gives.
    pub kind: Option<ServiceKind>,
    /// The town.
    pub locality: Option<String>,
    /// Where it stands. One that is archived can no longer be read.
    #[sea_orm(from_alias = "service_state")]
    pub state: ServiceState,
    #[serde(skip)]
    #[sea_orm(from_alias = "service_version")]
    version: i32,
}

/// A service that I have marked to find it again.
#[derive(Clone, Debug, Serialize, ToSchema, FromQueryResult)]
#[schema(as = Bookmark)]
pub struct BookmarkView {
    /// The id.
    pub id: BookmarkId,
    /// The service, as it stands now.
    #[sea_orm(nested)]
    pub service: ServiceShort,
    /// What I noted beside it; only I read it.
    pub note: Option<BookmarkNote>,
    /// When I marked it.
    pub created_at: DateTime<Utc>,
    /// Counts the changes.
    pub version: i32,
}

impl BookmarkView {
    /// What of it can change without its own version: the service and its organisation.
    pub fn derived(&self) -> i32 {
        self.service.version.wrapping_mul(4096).wrapping_add(self.service.organisation.version)
    }
}

/// The parameters of the list of services, as an object: lists for parameters that may be repeated.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct SavedQuery(pub Map<String, Json>);

impl SavedQuery {
    /// What the list of services makes of it.
    ///
    /// # Errors
    /// When the list does not take it, or no longer.
    pub fn filter(&self) -> Result<ServiceFilter, serde_json::Error> {
        serde_json::from_value(Json::Object(self.0.clone()))
    }
}

impl<'de> Deserialize<'de> for SavedQuery {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let query = Self(Map::deserialize(deserializer)?);
        query.filter().map_err(serde::de::Error::custom)?;
        Ok(query)
    }
}

/// One property for each parameter of the list, so that the two cannot drift apart.
impl PartialSchema for SavedQuery {
    fn schema() -> RefOr<Schema> {
        let object = ObjectBuilder::new()
            .description(Some("The parameters of `GET /v1/services`; lists for those that may be repeated."))
            .additional_properties(Some(AdditionalProperties::FreeForm(false)));
        let parameters = ServiceFilter::into_params(|| None).into_iter();
        let told = parameters.filter_map(|parameter| Some((parameter.name, parameter.schema?)));
        told.fold(object, |object, (name, schema)| object.property(name, schema)).into()
    }
}

impl ToSchema for SavedQuery {}

/// A question to the directory that I ask again and again.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SavedSearch)]
pub struct SavedSearchView {
    /// The id.
    pub id: SavedSearchId,
    /// The name that I gave it.
    pub name: SearchName,
    /// What is asked.
    #[schema(value_type = SavedQuery)]
    pub query: Json,
    /// How often I am told of what is new.
    pub alert: Alert,
    /// Up to when I was told; from here on the next mail counts. Null when I am not told.
    pub alerted_at: Option<DateTime<Utc>>,
    /// When I saved it.
    pub created_at: DateTime<Utc>,
    /// When it changed last.
    pub updated_at: DateTime<Utc>,
    /// Counts the changes.
    pub version: i32,
}

impl From<saved_search::Model> for SavedSearchView {
    fn from(row: saved_search::Model) -> Self {
        let saved_search::Model { id, user_id: _, name, query, alert, alerted_at, created_at, updated_at, version } = row;
        Self { id, name, query, alert, alerted_at: alerted_at.filter(|_| alert != Alert::Off), created_at, updated_at, version }
    }
}

/// What a reader said of an entry. Nobody is asked who they are, and nobody is told.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ServiceReport)]
pub struct ServiceReportView {
    /// The id.
    pub id: ServiceReportId,
    /// The service.
    pub service_id: ServiceId,
    /// What is wrong.
    pub reason: ReportReason,
    /// More about it.
    pub note: Option<ReportNote>,
    /// Whether somebody signed in said it.
    pub signed_in: bool,
    /// Where it stands.
    pub state: ReportState,
    /// When it was said.
    pub created_at: DateTime<Utc>,
    /// When the owner settled it, or said that everything is right.
    pub settled_at: Option<DateTime<Utc>>,
    /// Counts the changes.
    pub version: i32,
}

impl From<service_report::Model> for ServiceReportView {
    fn from(row: service_report::Model) -> Self {
        let service_report::Model { id, service_id, organisation_id: _, reason, note, reported_by, state, created_at, settled_at, version } =
            row;
        Self { id, service_id, reason, note, signed_in: reported_by.is_some(), state, created_at, settled_at, version }
    }
}

/// How often the contact of a service was read on a day. Days without a reading are left out.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ContactReadings {
    /// The day.
    pub day: NaiveDate,
    /// How often.
    pub readings: i32,
}

impl From<contact_reading::Model> for ContactReadings {
    fn from(row: contact_reading::Model) -> Self {
        Self { day: row.day, readings: row.readings }
    }
}
