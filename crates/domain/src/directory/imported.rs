//! What a feed says of a structure and of a service, in neutral words, and how it enters the directory.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    codes::{NetworkCode, ServiceState},
    draft::ServiceDraft,
    parts::{Conditions, Description, OpeningHours, ServiceName, SourceKey},
    service::{Service, ServiceChange, ServiceEvent},
};
use crate::{
    choice,
    shared::{
        contact::{Country, Email, GeoPoint, Language, Phone, PostalAddress, Url},
        ids::{OrganisationId, ServiceId},
    },
};

choice! {
    /// The kinds of record of a feed.
    pub enum RecordKind {
        /// A structure.
        Structure = "structure",
        /// A service.
        Service = "service",
    }
}

choice! {
    /// The formats of feeds.
    pub enum ImportFormat {
        /// data·inclusion, version 1.
        DataInclusion = "data-inclusion",
    }
}

choice! {
    /// The life of an import over the API.
    pub enum ImportState {
        /// Its files are awaited.
        AwaitingFiles = "awaiting_files",
        /// It was started; a worker reads it or will soon.
        Running = "running",
        /// Both files were read, or one of them up to where it breaks off; the report says which.
        Done = "done",
        /// The worker gave up. What was written until then stays.
        Failed = "failed",
    }
}

/// A structure as a feed tells it. `None` means "not told".
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedStructure {
    /// The producer of the record.
    pub source: SourceKey,
    /// Its id at the producer, unique over all feeds (`source--id`).
    pub source_id: SourceKey,
    /// Its page at the producer.
    pub source_url: Option<Url>,
    /// When the producer changed it last.
    pub updated_on: NaiveDate,
    /// The name.
    pub name: ServiceName,
    /// The long text.
    pub description: Option<Description>,
    /// The SIRET number, checked.
    pub siret: Option<String>,
    /// The website.
    pub website: Option<Url>,
    /// The e-mail address.
    pub email: Option<Email>,
    /// The telephone number.
    pub phone: Option<Phone>,
    /// The networks it belongs to.
    pub networks: Option<Vec<NetworkCode>>,
    /// The address.
    pub address: Option<PostalAddress>,
    /// The place on the map.
    pub point: Option<GeoPoint>,
    /// Opening hours in the grammar of `OpenStreetMap`, as they came.
    pub opening_hours: Option<OpeningHours>,
    /// The page on the accessibility of the place.
    pub accessibility: Option<Url>,
    /// What the fields here cannot hold.
    pub source_values: Option<SourceValues>,
}

/// Where an organisation is at home when it has not said so itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Home {
    /// The country.
    pub country: Country,
    /// The language it is written to in.
    pub language: Language,
    /// The time zone, by its IANA name.
    pub time_zone: &'static str,
}

impl Home {
    /// What holds for most of a country.
    pub const fn of(country: Country) -> Self {
        let (language, time_zone) = match country {
            Country::Fr => (Language::Fr, "Europe/Paris"),
            Country::Ch => (Language::Fr, "Europe/Zurich"),
            Country::Nl => (Language::Nl, "Europe/Amsterdam"),
            Country::Be => (Language::Fr, "Europe/Brussels"),
            Country::De => (Language::De, "Europe/Berlin"),
        };
        Self { country, language, time_zone }
    }
}

impl ImportedStructure {
    /// The home that its address tells; France without one, because the feeds are French.
    pub fn home(&self) -> Home {
        Home::of(self.address.as_ref().map_or(Country::Fr, |address| address.country))
    }
}

/// A service as a feed tells it. `None` means "not told".
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedService {
    /// The producer of the record.
    pub source: SourceKey,
    /// Its id at the producer, unique over all feeds (`source--id`).
    pub source_id: SourceKey,
    /// The structure's id at the producer.
    pub structure_id: SourceKey,
    /// Its page at the producer.
    pub source_url: Option<Url>,
    /// When the producer changed it last.
    pub updated_on: NaiveDate,
    /// The content.
    pub draft: ServiceDraft,
    /// The access conditions as they came; the criteria of the content repeat them line by line.
    pub conditions: Option<Conditions>,
    /// What the fields here cannot hold.
    pub source_values: Option<SourceValues>,
}

/// Fields of a feed's record whose exact value the neutral fields cannot hold (a town without a street, an empty list where
/// nothing is told, an hour and a half), by the feed's own names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SourceValues(pub Map<String, Value>);

/// Town, commune and postal code of an entry, also when the feed tells no whole address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlaceNames {
    /// The town.
    pub locality: Option<String>,
    /// The official code of the commune.
    pub commune: Option<String>,
    /// The postal code.
    pub postal_code: Option<String>,
}

impl PlaceNames {
    /// From the address; without one, from what the feed told.
    pub fn of(address: Option<&PostalAddress>, values: Option<&SourceValues>) -> Self {
        if let Some(address) = address {
            return Self {
                locality: Some(address.locality.to_string()),
                commune: address.commune.as_ref().map(ToString::to_string),
                postal_code: Some(address.postal_code.to_string()),
            };
        }
        let told = |name: &str| values.and_then(|values| values.0.get(name)?.as_str()).map(|text| text.trim().to_owned());
        Self { locality: told("commune"), commune: told("code_insee"), postal_code: told("code_postal") }
    }
}

impl Service {
    /// A service of a feed that is new here: published as it comes.
    pub fn import(id: ServiceId, organisation_id: OrganisationId, imported: &ImportedService, now: DateTime<Utc>) -> ServiceChange {
        let mut service = Self::empty(id, organisation_id, imported.draft.name.clone(), now);
        service.fill(imported.draft.clone());
        service.state = ServiceState::Published;
        service.source = Some(imported.source.clone());
        service.source_id = Some(imported.source_id.clone());
        service.take_over(imported);
        ServiceChange { service, events: vec![ServiceEvent::Created, ServiceEvent::Published] }
    }

    /// Takes over what the feed says now, when the feed has changed it since. What a feed cannot tell (unit, summary,
    /// documents, link text, update frequency, form, capacity and the like) stays. With `back`, a service that was suspended because it
    /// was missing from the feed is published again. An archived service stays as it is.
    pub fn refresh(&self, imported: &ImportedService, back: bool, now: DateTime<Utc>) -> ServiceChange {
        let mut service = self.clone();
        let mut events = Vec::new();
        if self.state == ServiceState::Archived {
            return ServiceChange { service, events };
        }
        if self.source_updated_on.is_none_or(|known| known < imported.updated_on) {
            let kept = self.draft();
            let fields = service.fill(ServiceDraft {
                unit_id: kept.unit_id,
                summary: kept.summary,
                documents: kept.documents,
                link_text: kept.link_text,
                update_frequency: kept.update_frequency,
                form_enabled: kept.form_enabled,
                languages: kept.languages,
                criteria_mode: kept.criteria_mode,
                fee_amount: kept.fee_amount,
                other_places: kept.other_places,
                professional_ways_in: kept.professional_ways_in,
                capacity: kept.capacity,
                suspended_from: kept.suspended_from,
                labels: kept.labels,
                case_type: kept.case_type,
                ..imported.draft.clone()
            });
            service.take_over(imported);
            service.updated_at = now;
            events.push(ServiceEvent::Edited { fields });
        }
        if back && self.state == ServiceState::Suspended {
            service.state = ServiceState::Published;
            service.updated_at = now;
            events.push(ServiceEvent::Published);
        }
        ServiceChange { service, events }
    }

    /// What only a feed tells.
    fn take_over(&mut self, imported: &ImportedService) {
        self.source_updated_on = Some(imported.updated_on);
        self.source_url.clone_from(&imported.source_url);
        self.source_values.clone_from(&imported.source_values);
        self.conditions.clone_from(&imported.conditions);
    }
}
