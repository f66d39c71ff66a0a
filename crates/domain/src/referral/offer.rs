//! What a sender can ask of a receiver: the service as the directory offers it now, and as it was at sending.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::eligibility::{Asked, Rule};
use crate::shared::ids::{OrganisationId, ServiceId, UnitId};

/// A criterion of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfferedCriterion {
    /// Its code.
    pub id: String,
    /// Its name.
    pub label: String,
}

/// A document that a service asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AskedDocument {
    /// Its code.
    pub code: String,
    /// Its name.
    pub label: String,
    /// Without it, or a declared reason, nothing is sent.
    pub obligatory: bool,
}

/// A service as the directory offers it now. For a referral to an organisation without a service, the organisation's
/// contact in the same shape: `service_id` none, `published` and `form_enabled` true, no criteria, for everyone.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of the directory with a blocker of its own")]
pub struct Offer {
    /// The service; none for the organisation itself.
    pub service_id: Option<ServiceId>,
    /// The organisation that receives.
    pub organisation_id: OrganisationId,
    /// Its unit that runs the service.
    pub unit_id: Option<UnitId>,
    /// The version of the service; 0 for the organisation itself.
    pub version: i32,
    /// The name of the service, or of the organisation.
    pub name: String,
    /// It is published.
    pub published: bool,
    /// It takes nobody for now.
    pub suspended: bool,
    /// It accepts the platform's form.
    pub form_enabled: bool,
    /// Where referrals are announced.
    pub contact_email: Option<String>,
    /// Who answers.
    pub contact_name: Option<String>,
    /// Their phone.
    pub contact_phone: Option<String>,
    /// Where it is, on one line.
    pub address: Option<String>,
    /// Open to all audiences: nothing has to be ticked.
    pub for_everyone: bool,
    /// Codes of the audiences served.
    pub audiences: Vec<String>,
    /// Its criteria.
    pub criteria: Vec<OfferedCriterion>,
    /// The documents it asks for.
    pub documents: Vec<AskedDocument>,
    /// What of all this a person must meet, as it is judged.
    pub asks: Asked,
    /// Hours of help a week.
    pub hours_per_week: Option<i32>,
    /// How many weeks.
    pub weeks: Option<i32>,
    /// The receiving organisation is neither disabled nor blocked.
    pub organisation_active: bool,
}

/// What both sides see of the service as it was at sending. Kept as JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, sea_orm::FromJsonQueryResult)]
pub struct Snapshot {
    /// The name of the service, or of the organisation.
    pub name: String,
    /// Where it is.
    pub address: Option<String>,
    /// Who answers.
    pub contact_name: Option<String>,
    /// Their phone.
    pub contact_phone: Option<String>,
    /// Where the referral was announced.
    pub contact_email: Option<String>,
    /// The audiences served.
    pub audiences: Vec<String>,
    /// The criteria.
    pub criteria: Vec<OfferedCriterion>,
    /// The documents asked for.
    pub documents: Vec<AskedDocument>,
    /// Hours of help a week, frozen when the leg is accepted.
    pub hours_per_week: Option<i32>,
    /// How many weeks, frozen when the leg is accepted.
    pub weeks: Option<i32>,
    /// When it was taken.
    pub taken_at: DateTime<Utc>,
    /// The version of the service; 0 for the organisation itself.
    pub service_version: i32,
}

impl Offer {
    /// Whether an organisation knows of it: of what is published everybody does, of a draft only its own.
    pub fn is_known_to(&self, organisation: Option<OrganisationId>) -> bool {
        self.published || self.suspended || organisation == Some(self.organisation_id)
    }

    /// Whether the service has a criterion with this id, or one that counts it.
    pub(super) fn offers(&self, id: &str) -> bool {
        self.criteria.iter().any(|offered| offered.id == id) || self.counts(id)
    }

    /// Whether a criterion of the service counts one with this id.
    fn counts(&self, id: &str) -> bool {
        self.asks.criteria.iter().any(|criterion| match &criterion.rule {
            Some(Rule::Count(count)) => count.of.iter().any(|part| part.id.as_str() == id),
            _ => false,
        })
    }

    /// The snapshot to keep with a referral sent now. Hours and weeks are frozen later, at acceptance.
    pub fn snapshot(&self, now: DateTime<Utc>) -> Snapshot {
        Snapshot {
            name: self.name.clone(),
            address: self.address.clone(),
            contact_name: self.contact_name.clone(),
            contact_phone: self.contact_phone.clone(),
            contact_email: self.contact_email.clone(),
            audiences: self.audiences.clone(),
            criteria: self.criteria.clone(),
            documents: self.documents.clone(),
            hours_per_week: None,
            weeks: None,
            taken_at: now,
            service_version: self.version,
        }
    }
}

impl Snapshot {
    /// Whether a service is still at the version from which this was taken: then it offers what was promised, if the address is its own and
    /// not its organisation's, which changes by itself. Otherwise [`Snapshot::differs_from`] tells.
    pub fn is_of_version(&self, version: Option<i32>, names_address: bool) -> bool {
        version == Some(self.service_version) && names_address
    }

    /// Whether what was promised at sending differs from what is offered now. A new version that changed none of it
    /// is no change.
    pub fn differs_from(&self, offer: &Offer) -> bool {
        self.name != offer.name
            || self.address != offer.address
            || self.contact_name != offer.contact_name
            || self.contact_phone != offer.contact_phone
            || self.contact_email != offer.contact_email
            || self.audiences != offer.audiences
            || self.criteria != offer.criteria
            || self.documents != offer.documents
    }
}
