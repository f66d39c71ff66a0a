//! A service in a list.

use chrono::{DateTime, NaiveDate, Utc};
use relais_domain::directory::search::{OrganisationCard, SearchDocument};
use relais_domain::directory::{
    AudienceCode, Fee, Freshness, Label, Reception, ServiceKind, ServiceName, ServiceState, SourceKey, Summary, TopicCode,
};
use relais_domain::shared::ids::ServiceId;
use serde::Serialize;
use utoipa::ToSchema;

use super::{CapacityView, OfferedBy};

/// A service in a list: what a sender must know without opening it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ServiceItem {
    /// The id.
    pub id: ServiceId,
    /// Who offers it.
    pub organisation: OfferedBy,
    /// The name.
    pub name: ServiceName,
    /// One or two sentences.
    pub summary: Option<Summary>,
    /// What it gives.
    pub kind: Option<ServiceKind>,
    /// Its topics.
    pub topics: Option<Vec<TopicCode>>,
    /// Its audiences; empty for everyone.
    pub audiences: Option<Vec<AudienceCode>>,
    /// Labels that it carries.
    pub labels: Vec<Label>,
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
    /// How far its nearest place is, in kilometres with one decimal; null when it receives from afar or no place was asked.
    pub distance_km: Option<f64>,
    /// Whether referrals can be sent to it now.
    pub accepts_referrals: bool,
    /// Why not, as a code: `service_not_published`, `service_suspended`, `organisation_inactive`, `form_off`,
    /// `organisation_unverified`, `no_contact_email`.
    pub not_accepting_because: Option<&'static str>,
    /// How many documents it asks for; null when it has not told.
    pub documents_asked: Option<u32>,
    /// How many people it can take.
    pub capacity: CapacityView,
    /// Median days from a referral's sending to its answer, over the last half year; null without answers.
    pub median_days_to_answer: Option<f64>,
    /// How the entry stands against the promise to look it over.
    pub freshness: Freshness,
    /// When somebody looked it over last.
    pub fresh_on: NaiveDate,
    /// How good the entry is, from 0 to 1.
    pub quality: f64,
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
}

impl ServiceItem {
    /// A service as it stands in a list on a day.
    pub fn of(document: &SearchDocument, organisation: &OrganisationCard, distance_km: Option<f64>, today: NaiveDate) -> Self {
        let one = document;
        let refusal = one.refusal(organisation.receiving(today), today);
        let point = one.points.first();
        Self {
            id: one.id,
            organisation: OfferedBy::of(organisation),
            name: one.name.clone(),
            summary: one.summary.clone(),
            kind: one.kind,
            topics: one.topics.clone(),
            audiences: one.audiences.clone(),
            labels: one.labels.clone(),
            fee: one.fee,
            reception: one.reception,
            locality: one.locality.as_ref().map(ToString::to_string),
            postal_code: one.postal_code.as_ref().map(ToString::to_string),
            commune: one.commune.as_ref().map(ToString::to_string),
            latitude: point.map(|point| point.latitude()),
            longitude: point.map(|point| point.longitude()),
            distance_km,
            accepts_referrals: refusal.is_none(),
            not_accepting_because: refusal,
            documents_asked: one.documents_asked,
            capacity: CapacityView::on(one.capacity.as_ref(), today),
            median_days_to_answer: one.median_days,
            freshness: Freshness::of(one.update_frequency, one.fresh_on, today),
            fresh_on: one.fresh_on,
            quality: one.quality_on(today),
            contact_available: one.contact_available,
            state: one.state,
            source: one.source.clone(),
            created_at: one.created_at,
            updated_at: one.updated_at,
            version: one.version,
        }
    }
}
