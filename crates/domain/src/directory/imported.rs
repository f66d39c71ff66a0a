//! What a feed says of a structure and of a service, in neutral words, and how it enters the directory.

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    codes::{NetworkCode, ServiceState},
    draft::ServiceDraft,
    parts::{Description, ServiceName, SourceKey},
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
    /// Who may turn to a service.
    pub enum OpenTo {
        /// The person alone.
        Person = "person",
        /// A professional for the person.
        Professional = "professional",
    }
}

impl OpenTo {
    /// The code of data·inclusion (`personnes-mobilisatrices`).
    pub const fn national(self) -> &'static str {
        match self {
            Self::Person => "usagers",
            Self::Professional => "professionnels",
        }
    }

    /// The value behind a code of data·inclusion.
    pub fn from_national(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|who| who.national() == code)
    }
}

choice! {
    /// The kinds of record of a feed.
    pub enum RecordKind {
        /// A structure.
        Structure = "structure",
        /// A service.
        Service = "service",
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
    pub opening_hours: Option<String>,
    /// The page on the accessibility of the place.
    pub accessibility: Option<Url>,
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
    pub conditions: Option<String>,
    /// Opening hours in the grammar of `OpenStreetMap`, as they came.
    pub opening_hours: Option<String>,
    /// How one gets in, in words.
    pub way_in_note: Option<String>,
    /// Who may turn to it.
    pub open_to: Option<Vec<OpenTo>>,
}

impl Service {
    /// A service of a feed that is new here: published as it comes.
    pub fn import(id: ServiceId, organisation_id: OrganisationId, imported: &ImportedService, now: DateTime<Utc>) -> ServiceChange {
        let mut service = Self::empty(id, organisation_id, imported.draft.name.clone(), now);
        service.fill(imported.draft.clone());
        service.state = ServiceState::Published;
        service.source = Some(imported.source.clone());
        service.source_id = Some(imported.source_id.clone());
        service.source_updated_on = Some(imported.updated_on);
        ServiceChange { service, events: vec![ServiceEvent::Created, ServiceEvent::Published] }
    }

    /// Takes over what the feed says now, when the feed has changed it since. What a feed cannot tell (unit, summary,
    /// documents, link text, update frequency, form, languages) stays. With `back`, a service that was suspended because it
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
                ..imported.draft.clone()
            });
            service.source_updated_on = Some(imported.updated_on);
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
}
