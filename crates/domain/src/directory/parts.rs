//! What a service is made of: its texts, criteria, documents, contact and coverage.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::tokens::ZoneCode;
use crate::{
    choice,
    shared::contact::{Email, GeoPoint, Phone, PostalAddress, Url},
    text,
};

text! {
    /// The name of a service or of a structure.
    ServiceName, max = 150
}
text! {
    /// One or two sentences for lists.
    Summary, max = 280
}
text! {
    /// The long text of a service or of a structure.
    Description, max = 10_000, multiline
}
text! {
    /// The name of a contact.
    ContactName, max = 150
}
text! {
    /// What a fee is made of.
    FeeNote, max = 500, multiline
}
text! {
    /// Who is meant, in words.
    AudienceNote, max = 1_000, multiline
}
text! {
    /// A short label, for example of a link.
    Label, max = 150
}
text! {
    /// A criterion in words.
    CriterionLabel, max = 500
}
text! {
    /// The code of a document, ours or a national one.
    DocumentCode, max = 64
}
text! {
    /// The name of a document.
    DocumentLabel, max = 300
}
text! {
    /// The name of a feed, or an id within it.
    SourceKey, max = 250
}
text! {
    /// Opening hours in the grammar of `OpenStreetMap`; what does not follow it is kept as it came.
    OpeningHours, max = 10_000, multiline
}
text! {
    /// How one gets in, in words.
    WayInNote, max = 10_000, multiline
}
text! {
    /// The access conditions of a feed, as they came.
    Conditions, max = 10_000, multiline
}
text! {
    /// A language tag (BCP 47), for example `fr` or `nl-BE`.
    LanguageTag, max = 35
}

/// A document that the service asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequiredDocument {
    /// The code of the document, unique within the service.
    pub code: DocumentCode,
    /// The document's name.
    pub label: DocumentLabel,
    /// Whether a referral needs it.
    #[serde(default)]
    pub obligatory: bool,
    /// Where the blank form is, when there is one to fill in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<Url>,
}

/// One more place where people are received, beside the address.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServicePlace {
    /// The address.
    pub address: PostalAddress,
    /// The place on the map.
    #[serde(default)]
    pub point: Option<GeoPoint>,
}

/// How many people a service can take now. After `valid_until` nobody knows any more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Capacity {
    /// Places in all.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100_000)]
    pub total: Option<i32>,
    /// Places that are free.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100_000)]
    pub free: Option<i32>,
    /// People on the waiting list.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100_000)]
    pub waiting_list: Option<i32>,
    /// The last day on which this holds.
    pub valid_until: NaiveDate,
}

impl Capacity {
    /// Whether it still holds on a day.
    pub fn holds_on(&self, today: NaiveDate) -> bool {
        today <= self.valid_until
    }

    /// The last day on which there is room; none when no place is free.
    pub fn room_until(&self) -> Option<NaiveDate> {
        self.free.filter(|free| *free > 0).map(|_| self.valid_until)
    }
}

/// Whom to ask. A private contact is blank for anonymous readers, in every answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// The person or the desk.
    #[serde(default)]
    pub name: Option<ContactName>,
    /// The e-mail address.
    #[serde(default)]
    pub email: Option<Email>,
    /// The telephone number.
    #[serde(default)]
    pub phone: Option<Phone>,
    /// Whether everyone may see it.
    #[serde(default)]
    pub public: bool,
}

impl Contact {
    /// Whether there is any way to reach someone.
    pub fn is_reachable(&self) -> bool {
        self.email.is_some() || self.phone.is_some()
    }
}

choice! {
    /// The level of a zone.
    pub enum ZoneKind {
        /// A commune, by its national code.
        Commune = "commune",
        /// A French group of communes, by its SIREN number.
        Epci = "epci",
        /// A French département.
        Departement = "departement",
        /// A region or canton.
        Region = "region",
        /// A country, by its ISO 3166-1 code where we know it, else by its national code.
        Country = "country",
    }
}

/// One zone of a coverage.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Zone {
    /// The level.
    pub kind: ZoneKind,
    /// The code at that level.
    pub code: ZoneCode,
}

/// Whether one of these zones holds somebody who lives in `lives_in`: the commune and all that it lies in.
pub fn holds_resident(zones: &[Zone], lives_in: &[Zone]) -> bool {
    zones.iter().any(|zone| lives_in.contains(zone))
}

/// Where the people live whom a service receives. A service without coverage has not told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "RawCoverage")]
pub struct Coverage {
    /// Whether it is open to people from everywhere; `zones` is then empty.
    #[schema(required = false)]
    everywhere: bool,
    /// The zones, at least one unless `everywhere`.
    #[schema(required = false)]
    zones: Vec<Zone>,
}

/// A coverage that says nothing, or says both "everywhere" and zones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CoverageError {
    /// Neither everywhere nor a zone.
    #[error("a coverage has at least one zone, or says everywhere")]
    Empty,
    /// Everywhere, and zones too.
    #[error("a coverage that says everywhere has no zones")]
    EverywhereAndZones,
}

impl Coverage {
    /// Open to people from everywhere.
    pub const EVERYWHERE: Self = Self { everywhere: true, zones: Vec::new() };

    /// Open to people from these zones.
    ///
    /// # Errors
    /// [`CoverageError::Empty`] without a zone.
    pub fn zones_only(zones: Vec<Zone>) -> Result<Self, CoverageError> {
        if zones.is_empty() { Err(CoverageError::Empty) } else { Ok(Self { everywhere: false, zones }) }
    }

    /// Whether it is open to people from everywhere.
    pub fn is_everywhere(&self) -> bool {
        self.everywhere
    }

    /// The zones; empty when open to people from everywhere.
    pub fn zones(&self) -> &[Zone] {
        &self.zones
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCoverage {
    #[serde(default)]
    everywhere: bool,
    #[serde(default)]
    zones: Vec<Zone>,
}

impl TryFrom<RawCoverage> for Coverage {
    type Error = CoverageError;
    fn try_from(raw: RawCoverage) -> Result<Self, Self::Error> {
        match (raw.everywhere, raw.zones.is_empty()) {
            (true, true) => Ok(Self::EVERYWHERE),
            (true, false) => Err(CoverageError::EverywhereAndZones),
            (false, _) => Self::zones_only(raw.zones),
        }
    }
}
