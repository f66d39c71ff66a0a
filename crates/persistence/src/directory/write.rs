//! Saving services and imported organisations, and the way between a row and the domain's value.

mod import;
mod place;

use chrono::{DateTime, Utc};
use relais_domain::directory::{Contact, Coverage, Service, ServiceChange, ServiceEvent};
use relais_domain::shared::{GeoPoint, PostalAddress, fold_text};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::entity::service::{Entity, Model};
use crate::db::{Failure, Tx};

pub use import::{create_structure, refresh_structure, set_structure_state};
pub use place::put_places;

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

/// The service behind a row.
///
/// # Errors
/// [`Failure::Failed`] when a column holds what the domain refuses.
pub fn service_of(row: &Model) -> Result<Service, Failure> {
    let row = row.clone();
    let contact = Contact { name: row.contact_name, email: row.contact_email, phone: row.contact_phone, public: row.contact_public };
    let point = row.latitude.zip(row.longitude).map(|(latitude, longitude)| GeoPoint::new(latitude, longitude));
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
        documents: told(row.documents)?,
        fee: row.fee,
        fee_note: row.fee_note,
        reception: row.reception,
        address: told::<PostalAddress>(row.address)?,
        point: point.transpose().map_err(|error| Failure::Failed(error.to_string()))?,
        coverage: told::<Coverage>(row.coverage)?,
        ways_in: told(row.ways_in)?,
        link: row.link,
        link_text: row.link_text,
        contact: (contact != Contact::default()).then_some(contact),
        hours_per_week: row.hours_per_week,
        weeks: row.weeks,
        update_frequency: row.update_frequency,
        form_enabled: row.form_enabled,
        state: row.state,
        source: row.source,
        source_id: row.source_id,
        source_updated_on: row.source_updated_on,
        languages: told(Some(row.languages))?.unwrap_or_default(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
    })
}

/// What a row keeps beyond the domain's value.
#[derive(Clone, Copy, Debug, Default)]
struct Kept {
    published_at: Option<DateTime<Utc>>,
    missing_since: Option<DateTime<Utc>>,
}

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
        documents,
        fee,
        fee_note,
        reception,
        address,
        point,
        coverage,
        ways_in,
        link,
        link_text,
        contact,
        hours_per_week,
        weeks,
        update_frequency,
        form_enabled,
        state,
        source,
        source_id,
        source_updated_on,
        languages,
        created_at,
        updated_at,
        version,
    } = service;
    let Contact { name: contact_name, email: contact_email, phone: contact_phone, public: contact_public } = contact.unwrap_or_default();
    let locality = address.as_ref().map(|address| address.locality.to_string());
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
        locality_folded: locality.as_deref().map(fold_text),
        locality,
        commune: address.as_ref().and_then(|address| address.commune.as_ref()).map(ToString::to_string),
        postal_code: address.as_ref().map(|address| address.postal_code.to_string()),
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
    events(tx, &change);
    let published = change.events.contains(&ServiceEvent::Published).then(|| tx.ctx().now);
    let row = row_of(change.service, Kept { published_at: published, missing_since: None })?;
    tx.create::<Entity>(row, "create").await
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
        published_at: if published { Some(now) } else { before.published_at },
        missing_since: match because {
            Because::Missing => Some(now),
            Because::Told | Because::Imported if moved => None,
            Because::Told | Because::Imported => before.missing_since,
        },
    };
    let after = row_of(change.service, kept)?;
    tx.save_because::<Entity>(before, after, act, because.reason()).await
}
