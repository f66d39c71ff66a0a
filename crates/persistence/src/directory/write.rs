//! Saving services and imported organisations, and the way between a row and the domain's value.

mod import;
mod place;
mod reader;
mod search;

use chrono::{DateTime, Utc};
use relais_domain::directory::{Capacity, Contact, Coverage, PlaceNames, Service, ServiceChange, ServiceEvent};
use relais_domain::shared::{Currency, GeoPoint, Money, PostalAddress, fold_text};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::entity::service::{Entity, Model};
use crate::db::{Failure, Tx};

pub use import::{create_structures, measure_tables, refresh_structure, set_structure_state};
pub use place::put_places;
pub use reader::count_reading;
pub use search::{complete_search_documents, services_with_median, set_median_days};

/// A JSON column as a value; NULL is "not told".
pub(super) fn told<T: DeserializeOwned>(column: Option<Json>) -> Result<Option<T>, Failure> {
    let read = |value| serde_json::from_value(value).map_err(|error| Failure::Failed(format!("a JSON column: {error}")));
    column.map(read).transpose()
}

/// A value as a JSON column.
pub(super) fn json<T: Serialize>(value: Option<T>) -> Result<Option<Json>, Failure> {
    let write = |value| serde_json::to_value(value).map_err(|error| Failure::Failed(format!("a JSON column: {error}")));
    value.map(write).transpose()
}

/// The point of two columns; both are told or neither.
pub(super) fn point(latitude: Option<f64>, longitude: Option<f64>) -> Result<Option<GeoPoint>, Failure> {
    let point = latitude.zip(longitude).map(|(latitude, longitude)| GeoPoint::new(latitude, longitude));
    point.transpose().map_err(|error| Failure::Failed(error.to_string()))
}

/// The service behind a row.
///
/// # Errors
/// [`Failure::Failed`] when a column holds what the domain refuses.
pub fn service_of(row: &Model) -> Result<Service, Failure> {
    let row = row.clone();
    let contact = Contact { name: row.contact_name, email: row.contact_email, phone: row.contact_phone, public: row.contact_public };
    let (total, free, waiting_list) = (row.capacity_total, row.capacity_free, row.waiting_list);
    let capacity = row.capacity_valid_until.map(|valid_until| Capacity { total, free, waiting_list, valid_until });
    Ok(Service {
        id: row.id,
        organisation_id: row.organisation_id,
        unit_id: row.unit_id,
        name: row.name,
        summary: row.summary,
        description: row.description,
        kind: row.kind,
        topics: told(row.topics)?,
        audiences: told(row.audiences)?,
        audience_note: row.audience_note,
        criteria: told(row.criteria)?,
        criteria_mode: row.criteria_mode,
        documents: told(row.documents)?,
        fee: row.fee,
        fee_note: row.fee_note,
        fee_amount: amount(row.fee_amount, row.fee_currency)?,
        reception: row.reception,
        address: told::<PostalAddress>(row.address)?,
        other_places: told(row.other_places)?,
        point: point(row.latitude, row.longitude)?,
        coverage: told::<Coverage>(row.coverage)?,
        ways_in: told(row.ways_in)?,
        professional_ways_in: told(row.professional_ways_in)?,
        open_to: told(row.open_to)?,
        way_in_note: row.way_in_note,
        link: row.link,
        link_text: row.link_text,
        contact: (contact != Contact::default()).then_some(contact),
        opening_hours: row.opening_hours,
        hours_per_week: row.hours_per_week,
        weeks: row.weeks,
        capacity,
        suspended_from: row.suspended_from,
        update_frequency: row.update_frequency,
        form_enabled: row.form_enabled,
        state: row.state,
        source: row.source,
        source_id: row.source_id,
        source_updated_on: row.source_updated_on,
        source_url: row.source_url,
        source_values: told(row.source_values)?,
        conditions: row.conditions,
        languages: told(Some(row.languages))?.unwrap_or_default(),
        labels: told(row.labels)?,
        case_type: row.case_type,
        last_confirmed_at: row.last_confirmed_at,
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
    })
}

/// The two columns of an amount.
pub(super) fn amount(minor: Option<i64>, currency: Option<Currency>) -> Result<Option<Money>, Failure> {
    let both = minor.zip(currency).map(|(minor, currency)| Money::from_minor(minor, currency));
    both.transpose().map_err(|error| Failure::Failed(error.to_string()))
}

/// What a row keeps beyond the domain's value.
#[derive(Clone, Copy, Debug, Default)]
struct Kept {
    median_days: Option<f64>,
    published_at: Option<DateTime<Utc>>,
    missing_since: Option<DateTime<Utc>>,
}

#[expect(clippy::too_many_lines, reason = "one line for each field, so that none is forgotten")]
fn row_of(service: Service, kept: Kept) -> Result<Model, Failure> {
    let Service {
        id,
        organisation_id,
        unit_id,
        name,
        summary,
        description,
        kind,
        topics,
        audiences,
        audience_note,
        criteria,
        criteria_mode,
        documents,
        fee,
        fee_note,
        fee_amount,
        reception,
        address,
        point,
        other_places,
        coverage,
        ways_in,
        professional_ways_in,
        open_to,
        way_in_note,
        link,
        link_text,
        contact,
        opening_hours,
        hours_per_week,
        weeks,
        capacity,
        suspended_from,
        update_frequency,
        form_enabled,
        state,
        source,
        source_id,
        source_updated_on,
        source_url,
        source_values,
        conditions,
        languages,
        labels,
        case_type,
        last_confirmed_at,
        created_at,
        updated_at,
        version,
    } = service;
    let Contact { name: contact_name, email: contact_email, phone: contact_phone, public: contact_public } = contact.unwrap_or_default();
    let place = PlaceNames::of(address.as_ref(), source_values.as_ref());
    Ok(Model {
        id,
        organisation_id,
        unit_id,
        name_folded: fold_text(name.as_str()),
        name,
        summary,
        description,
        kind,
        topics: json(topics)?,
        audiences: json(audiences)?,
        audience_note,
        criteria: json(criteria)?,
        documents: json(documents)?,
        fee,
        fee_note,
        reception,
        locality_folded: place.locality.as_deref().map(fold_text),
        locality: place.locality,
        commune: place.commune,
        postal_code: place.postal_code,
        address: json(address)?,
        latitude: point.map(GeoPoint::latitude),
        longitude: point.map(GeoPoint::longitude),
        coverage: json(coverage)?,
        ways_in: json(ways_in)?,
        link,
        link_text,
        contact_name,
        contact_email,
        contact_phone,
        contact_public,
        hours_per_week,
        weeks,
        update_frequency,
        form_enabled,
        languages: json(Some(languages))?.unwrap_or_default(),
        state,
        published_at: kept.published_at,
        missing_since: kept.missing_since,
        source,
        source_id,
        source_updated_on,
        created_at,
        updated_at,
        version,
        labels: json(labels)?,
        criteria_mode,
        fee_amount: fee_amount.map(Money::minor),
        fee_currency: fee_amount.map(Money::currency),
        opening_hours,
        open_to: json(open_to)?,
        way_in_note,
        professional_ways_in: json(professional_ways_in)?,
        conditions,
        source_url,
        source_values: json(source_values)?,
        capacity_total: capacity.as_ref().and_then(|capacity| capacity.total),
        capacity_free: capacity.as_ref().and_then(|capacity| capacity.free),
        waiting_list: capacity.as_ref().and_then(|capacity| capacity.waiting_list),
        capacity_valid_until: capacity.as_ref().map(|capacity| capacity.valid_until),
        suspended_from,
        other_places: json(other_places)?,
        last_confirmed_at,
        case_type,
        median_days: kept.median_days,
    })
}

/// Whether a change comes from a feed, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Because {
    /// Somebody did it here.
    Told,
    /// A feed says so.
    Imported,
    /// A full feed lacks it.
    Missing,
}

impl Because {
    const fn reason(self) -> Option<&'static str> {
        match self {
            Self::Told => None,
            Self::Imported => Some("imported"),
            Self::Missing => Some("missing_from_feed"),
        }
    }
}

fn events(tx: &mut Tx, change: &ServiceChange) {
    for event in &change.events {
        tx.event(event.code(), "service", change.service.id.0, Some(change.service.organisation_id));
    }
}

/// Inserts a new service with its events.
///
/// # Errors
/// [`Failure::Conflict`] when its id or its place in a feed is taken.
pub async fn create(tx: &mut Tx, change: ServiceChange) -> Result<(), Failure> {
    create_all(tx, vec![change]).await
}

/// As [`create`], for many services at once.
///
/// # Errors
/// [`Failure::Conflict`] when an id or a place in a feed is taken.
pub async fn create_all(tx: &mut Tx, changes: Vec<ServiceChange>) -> Result<(), Failure> {
    search::leave_all(tx, changes.iter().map(|change| (&change.service, None)))?;
    let mut rows = Vec::with_capacity(changes.len());
    for change in changes {
        events(tx, &change);
        let published = change.events.contains(&ServiceEvent::Published).then(|| tx.ctx().now);
        rows.push(row_of(change.service, Kept { published_at: published, ..Kept::default() })?);
    }
    tx.create_all::<Entity>(rows, "create").await
}

/// Saves a changed service with its events. Nothing is written when nothing happened.
///
/// # Errors
/// [`Failure::Stale`] when somebody else moved it meanwhile.
pub async fn save(tx: &mut Tx, before: &Model, change: ServiceChange, act: &str, because: Because) -> Result<(), Failure> {
    if change.events.is_empty() {
        return Ok(());
    }
    events(tx, &change);
    let now = tx.ctx().now;
    let published = change.events.contains(&ServiceEvent::Published);
    let moved = published || change.events.contains(&ServiceEvent::Suspended) || change.events.contains(&ServiceEvent::Archived);
    let kept = Kept {
        median_days: before.median_days,
        published_at: if published { Some(now) } else { before.published_at },
        missing_since: match because {
            Because::Missing => Some(now),
            Because::Told | Because::Imported if moved => None,
            Because::Told | Because::Imported => before.missing_since,
        },
    };
    // The save raises the version, and search shows it.
    let service = Service { version: before.version + 1, ..change.service.clone() };
    search::leave(tx, &service, before.median_days)?;
    let after = row_of(change.service, kept)?;
    tx.save_because::<Entity>(before, after, act, because.reason()).await
}
