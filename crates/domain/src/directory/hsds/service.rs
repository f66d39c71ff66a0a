//! Services.

use uuid::Uuid;

use super::hours::{Hours, weekly};
use super::ids::{common, owned};
use super::organization::{PublicOrganisation, organization};
use super::place::service_at_locations;
use super::record::{
    Capacity, Contact, CostOption, LanguageSpoken, Phone, RequiredDocument, Schedule, Service as Record, ServiceArea, Status, Unit,
    WebAddress,
};
use super::taxonomy::attributes;
use super::words::{EVERYWHERE, PLACES, PROFESSIONALS, UNTIL, WAITING};
use super::{Detail, Manner, email, uri};
use crate::{
    directory::{
        codes::{Fee, OrganisationState, ServiceState, WayIn},
        lists::reference_list,
        parts::{Coverage, Zone},
        service::Service,
    },
    shared::Language,
};

/// A service as a record of HSDS.
pub fn service(service: &Service, organisation: &PublicOrganisation, manner: Manner) -> Record {
    let record = Record {
        id: service.id.0,
        name: service.name.to_string(),
        status: status(service, organisation, manner),
        last_modified: Some(service.updated_at),
        ..Record::default()
    };
    match manner.detail {
        Detail::Minimal => record,
        Detail::Basic => basic(record, service, organisation, manner),
        Detail::Full => full(basic(record, service, organisation, manner), service, organisation, manner),
    }
}

fn status(service: &Service, organisation: &PublicOrganisation, manner: Manner) -> Status {
    match (service.state.on(service.suspended_from, manner.today), organisation.state) {
        (ServiceState::Draft | ServiceState::Archived, _) | (_, OrganisationState::Closed | OrganisationState::Blocked) => Status::Inactive,
        (ServiceState::Suspended, _) | (_, OrganisationState::Suspended) => Status::TemporarilyClosed,
        (ServiceState::Published, OrganisationState::Active) => Status::Active,
    }
}

/// What there is one of.
fn basic(record: Record, service: &Service, organisation: &PublicOrganisation, manner: Manner) -> Record {
    let summary = service.summary.as_ref().map(ToString::to_string);
    let confirmed = service.last_confirmed_at.map(|at| at.date_naive());
    Record {
        organization_id: Some(organisation.id.0),
        description: service.description.as_ref().map(ToString::to_string).or(summary),
        url: service.link.as_ref().map(|link| uri(link.as_str())),
        email: public_contact(service).and_then(|contact| email(contact.email.as_ref()?)),
        application_process: application_process(service, manner.language),
        fees_description: service.fee_note.as_ref().map(ToString::to_string),
        accreditations: joined(service.labels.iter().flatten().map(ToString::to_string), "; "),
        eligibility_description: eligibility(service),
        assured_date: confirmed.max(service.source_updated_on),
        organization: Some(organization(organisation, Manner { detail: Detail::Basic, ..manner })),
        ..record
    }
}

/// Everything.
fn full(record: Record, service: &Service, organisation: &PublicOrganisation, manner: Manner) -> Record {
    let Manner { language, .. } = manner;
    let page = service.source_url.as_ref().map(|page| WebAddress {
        id: owned(service.id.0, "url:source"),
        url: uri(page.as_str()),
        label: service.source.as_ref().map(ToString::to_string),
        service_id: Some(service.id.0),
        ..WebAddress::default()
    });
    Record {
        organization: Some(organization(organisation, manner)),
        additional_urls: page.into_iter().collect(),
        phones: phones(service),
        schedules: schedules(service),
        service_areas: service_areas(service, language),
        service_at_locations: service_at_locations(service, organisation, manner),
        languages: languages(service),
        cost_options: cost_option(service, language).into_iter().collect(),
        required_documents: required_documents(service),
        contacts: contacts(service),
        capacities: capacity(service, manner).into_iter().collect(),
        attributes: attributes(service, language),
        ..record
    }
}

/// Texts in one, or nothing when there are none.
fn joined(texts: impl Iterator<Item = String>, between: &str) -> Option<String> {
    let texts: Vec<String> = texts.filter(|text| !text.is_empty()).collect();
    (!texts.is_empty()).then(|| texts.join(between))
}

/// Who is meant, and the conditions: as a feed told them, or one criterion a line.
fn eligibility(service: &Service) -> Option<String> {
    let note = service.audience_note.iter().map(ToString::to_string);
    let told = service.conditions.as_ref().map(ToString::to_string);
    let criteria = || {
        joined(
            service.criteria.iter().flatten().map(|criterion: &crate::directory::criterion::Criterion| criterion.label.to_string()),
            "\n",
        )
    };
    joined(note.chain(told.or_else(criteria)), "\n")
}

/// The ways in, one line; then those of professionals, where they differ; then the words of the service.
fn application_process(service: &Service, language: Language) -> Option<String> {
    let list = reference_list("ways-in").unwrap_or_default();
    let named = |way: &WayIn| list.iter().find(|entry| entry.code == way.code()).map(|entry| entry.labels.in_language(language).to_owned());
    let ways = |told: &Option<Vec<WayIn>>| joined(told.iter().flatten().filter_map(named), ", ");
    let professionals = ways(&service.professional_ways_in).map(|ways| format!("{}: {ways}", PROFESSIONALS.in_language(language)));
    let note = service.way_in_note.as_ref().map(ToString::to_string);
    joined([ways(&service.ways_in), professionals, note].into_iter().flatten(), "\n")
}

/// Whom to ask, when everybody may know.
fn public_contact(service: &Service) -> Option<&crate::directory::parts::Contact> {
    service.contact.as_ref().filter(|contact| contact.public)
}

/// The public contact.
pub(super) fn contacts(service: &Service) -> Vec<Contact> {
    let told = public_contact(service).filter(|contact| contact.name.is_some() || contact.is_reachable());
    let record = told.map(|contact| Contact {
        id: owned(service.id.0, "contact"),
        service_id: Some(service.id.0),
        name: contact.name.as_ref().map(ToString::to_string),
        email: contact.email.as_ref().and_then(email),
        phones: phones(service),
    });
    record.into_iter().collect()
}

/// The telephone number of the public contact.
pub(super) fn phones(service: &Service) -> Vec<Phone> {
    let number = public_contact(service).and_then(|contact| contact.phone.as_ref());
    let record = number.map(|number| Phone {
        id: owned(service.id.0, "phone"),
        number: number.to_string(),
        service_id: Some(service.id.0),
        contact_id: Some(owned(service.id.0, "contact")),
        ..Phone::default()
    });
    record.into_iter().collect()
}

/// The opening hours.
pub(super) fn schedules(service: &Service) -> Vec<Schedule> {
    let Some(text) = service.opening_hours.as_ref().map(super::super::parts::OpeningHours::as_str) else { return Vec::new() };
    let of_service = schedules_of(service.id.0, text, &weekly(text)).into_iter();
    of_service.map(|schedule| Schedule { service_id: Some(service.id.0), ..schedule }).collect()
}

/// One record per rule; the text itself where the rules do not say all of it.
pub(super) fn schedules_of(owner: Uuid, text: &str, hours: &Hours) -> Vec<Schedule> {
    let words = (!hours.whole).then(|| text.to_owned());
    if hours.rules.is_empty() {
        let description = Some(text.to_owned());
        return vec![Schedule { id: owned(owner, "schedule"), description, ..Schedule::default() }];
    }
    let rules = hours.rules.iter().map(|rule| Schedule {
        id: owned(owner, &format!("schedule:{}:{}-{}", rule.days, rule.opens, rule.closes.as_deref().unwrap_or_default())),
        freq: Some("WEEKLY".to_owned()),
        wkst: Some("MO".to_owned()),
        byday: Some(rule.days.clone()),
        opens_at: Some(rule.opens.clone()),
        closes_at: rule.closes.clone(),
        description: words.clone(),
        ..Schedule::default()
    });
    rules.collect()
}

/// The coverage: one area per zone, one without an extent for everywhere, none when it is not told.
pub(super) fn service_areas(service: &Service, language: Language) -> Vec<ServiceArea> {
    let id = service.id.0;
    let everywhere = || ServiceArea {
        id: owned(id, "area"),
        service_id: Some(id),
        name: Some(EVERYWHERE.in_language(language).to_owned()),
        ..ServiceArea::default()
    };
    let area = |Zone { kind, code }: &Zone| ServiceArea {
        id: owned(id, &format!("area:{kind}:{code}")),
        service_id: Some(id),
        name: Some(format!("{kind} {code}")),
        extent: Some(code.to_string()),
        extent_type: Some("text".to_owned()),
    };
    match &service.coverage {
        None => Vec::new(),
        Some(coverage) if coverage.is_everywhere() => vec![everywhere()],
        Some(coverage) => Coverage::zones(coverage).iter().map(area).collect(),
    }
}

fn languages(service: &Service) -> Vec<LanguageSpoken> {
    let id = service.id.0;
    let spoken = |tag: &crate::directory::parts::LanguageTag| LanguageSpoken {
        id: owned(id, &format!("language:{tag}")),
        service_id: Some(id),
        code: Some(tag.to_string()),
    };
    service.languages.iter().map(spoken).collect()
}

fn cost_option(service: &Service, language: Language) -> Option<CostOption> {
    if service.fee.is_none() && service.fee_amount.is_none() {
        return None;
    }
    let named =
        |fee: Fee| reference_list("fees")?.iter().find(|entry| entry.code == fee.code()).map(|entry| entry.labels.in_language(language));
    let amount = service.fee_amount.and_then(|money| money.amount().parse().ok());
    Some(CostOption {
        id: owned(service.id.0, "cost"),
        service_id: Some(service.id.0),
        option: service.fee.and_then(named).map(ToOwned::to_owned),
        currency: service.fee_amount.map(|money| money.currency().code().to_owned()),
        amount: amount.or((service.fee == Some(Fee::Free)).then_some(0.0)),
        amount_description: service.fee_note.as_ref().map(ToString::to_string),
    })
}

fn required_documents(service: &Service) -> Vec<RequiredDocument> {
    let id = service.id.0;
    let document = |told: &crate::directory::parts::RequiredDocument| RequiredDocument {
        id: owned(id, &format!("document:{}", told.code)),
        service_id: Some(id),
        document: Some(told.label.to_string()),
        uri: told.form.as_ref().map(|form| uri(form.as_str())),
    };
    service.documents.iter().flatten().map(document).collect()
}

/// What is free, while that holds and is told.
fn capacity(service: &Service, manner: Manner) -> Option<Capacity> {
    let told = service.capacity.as_ref().filter(|capacity| capacity.holds_on(manner.today))?;
    let unit = Unit { id: common("unit:places"), name: PLACES.in_language(manner.language).to_owned() };
    let until = format!("{} {}", UNTIL.in_language(manner.language), told.valid_until);
    let waiting = told.waiting_list.map(|number| format!("{}: {number}", WAITING.in_language(manner.language)));
    Some(Capacity {
        id: owned(service.id.0, "capacity"),
        unit_id: Some(unit.id),
        unit,
        available: f64::from(told.free?),
        updated: service.updated_at,
        service_id: Some(service.id.0),
        maximum: told.total.map(f64::from),
        description: joined([Some(until), waiting].into_iter().flatten(), "; "),
    })
}
