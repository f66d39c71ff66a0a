//! What search knows of a service and of its organisation.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::directory::data_inclusion::HERE;
use crate::directory::{
    Acceptance, AudienceCode, AudienceNote, Capacity, Coverage, Description, Fee, FeeNote, Label, LanguageTag, OrganisationState, Quality,
    Receiving, Reception, ServiceKind, ServiceName, ServiceState, SourceKey, Summary, TopicCode, UpdateFrequency, WayIn,
};
use crate::shared::{
    contact::{CommuneCode, GeoPoint, Language, Locality, PostalCode},
    ids::{OrganisationId, ServiceId, UnitId},
    period::Period,
};

/// A service as search knows it: one JSON document per service. `None` means "not told".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct SearchDocument {
    /// The service.
    pub id: ServiceId,
    /// Its organisation.
    pub organisation_id: OrganisationId,
    /// The unit that runs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_id: Option<UnitId>,
    /// The language of its organisation: its words are stemmed in it, and in the one that its text seems to be in.
    pub language: Language,
    /// The name.
    pub name: ServiceName,
    /// One or two sentences for lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Summary>,
    /// The long text; the engine indexes it and lets go of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Description>,
    /// Who is meant, in words; the engine indexes it and lets go of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience_note: Option<AudienceNote>,
    /// What it gives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ServiceKind>,
    /// Its topics.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topics: Option<Vec<TopicCode>>,
    /// Its audiences; empty for everyone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audiences: Option<Vec<AudienceCode>>,
    /// Its labels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<Label>,
    /// Free or paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee: Option<Fee>,
    /// What the fee is made of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee_note: Option<FeeNote>,
    /// Where people are received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reception: Option<Reception>,
    /// Its places on the map, the main one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<GeoPoint>,
    /// Town or village.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locality: Option<Locality>,
    /// The postal code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<PostalCode>,
    /// The commune.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commune: Option<CommuneCode>,
    /// Where the people live whom it receives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coverage: Option<Coverage>,
    /// The languages spoken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<LanguageTag>,
    /// The opening hours in the grammar of OpenStreetMap, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opening_hours: Option<String>,
    /// How one gets in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ways_in: Option<Vec<WayIn>>,
    /// Referrals come in through the form.
    #[serde(default)]
    pub form_enabled: bool,
    /// It came from a feed.
    #[serde(default)]
    pub imported: bool,
    /// Its contact has an e-mail address.
    #[serde(default)]
    pub has_contact_email: bool,
    /// There is somebody to ask, public or not.
    #[serde(default)]
    pub contact_available: bool,
    /// How many documents it asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documents_asked: Option<u32>,
    /// The room it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<Capacity>,
    /// From this day on it is not found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspended_from: Option<NaiveDate>,
    /// Median days to a first answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub median_days: Option<f64>,
    /// How good the entry is apart from its age: the mean of the criteria that apply, from 0 to 1.
    pub(super) quality: f64,
    /// How many criteria apply.
    pub(super) quality_parts: u8,
    /// The latest of: the source's date, our last change, the last confirmation.
    pub fresh_on: NaiveDate,
    /// How often its owner promises to look it over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update_frequency: Option<UpdateFrequency>,
    /// The feed it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceKey>,
    /// Where it stands; only published ones are found.
    pub state: ServiceState,
    /// When it came into this directory.
    pub created_at: DateTime<Utc>,
    /// When it changed here last.
    pub updated_at: DateTime<Utc>,
    /// Counts the saves.
    pub version: i32,
}

/// An organisation as search knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationCard {
    /// The organisation.
    pub id: OrganisationId,
    /// Its name.
    pub name: String,
    /// Where it stands; services of active ones only are found.
    pub state: OrganisationState,
    /// A moderator verified it.
    pub verified: bool,
    /// It takes referrals by the form at all.
    #[serde(default)]
    pub takes_forms: bool,
    /// Counts the saves.
    pub version: i32,
    /// The feed it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The codes of its networks.
    #[serde(default)]
    pub networks: Vec<String>,
    /// The days on which it has members.
    #[serde(default)]
    pub members: Vec<Period>,
}

impl OrganisationCard {
    /// What of it decides whether its services take referrals on a day.
    pub fn receiving(&self, today: NaiveDate) -> Receiving {
        Receiving {
            active: self.state == OrganisationState::Active,
            has_members: self.members.iter().any(|days| days.contains(today)),
            verified: self.verified,
            takes_forms: self.takes_forms,
        }
    }
}

impl SearchDocument {
    /// How good the entry is, apart from its age.
    pub fn quality(&self) -> Quality {
        Quality::from_mean(self.quality, self.quality_parts)
    }

    /// How good the entry is on a day, from 0 to 1 with two decimals.
    pub fn quality_on(&self, today: NaiveDate) -> f64 {
        self.quality().score(self.fresh_on, today)
    }

    /// The feed that it counts to: its own, that of its organisation, or this directory.
    pub fn source_under<'a>(&'a self, organisation: &'a OrganisationCard) -> &'a str {
        self.source.as_ref().map(SourceKey::as_str).or(organisation.source.as_deref()).unwrap_or(HERE)
    }

    /// Why it takes no referrals on a day; see [`Acceptance::refusal`].
    pub fn refusal(&self, organisation: Receiving, today: NaiveDate) -> Option<&'static str> {
        let acceptance = Acceptance {
            state: self.state.on(self.suspended_from, today),
            form_enabled: self.form_enabled,
            imported: self.imported,
            has_contact_email: self.has_contact_email,
            organisation,
        };
        acceptance.refusal()
    }
}
