//! Saving the organisations of a feed.

use chrono::{DateTime, Utc};
use relais_domain::access::Ceiling;
use relais_domain::directory::{ImportedStructure, OrganisationState, PlaceNames};
use relais_domain::shared::fold_text;
use relais_domain::shared::ids::OrganisationId;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value as Json, json};

use crate::db::{Db, Engine, Failure, Tx};
use crate::identity::entity::organisation::{Entity, Model};

/// Tells PostgreSQL how large the tables of a feed have become. It notices by itself within a minute; until then it searches whole
/// tables for what it believes to be few rows. SQLite does not plan by size here.
///
/// # Errors
/// As any read.
pub async fn measure_tables(db: &Db) -> Result<(), Failure> {
    if db.engine() == Engine::Postgres {
        db.reader().execute_unprepared("ANALYZE organisation, service, search_document").await?;
    }
    Ok(())
}

/// Inserts organisations that a feed brought: at work, not verified, without members, with the ordinary ceiling.
///
/// # Errors
/// [`Failure::Conflict`] when a place in the feed is taken.
pub async fn create_structures(tx: &mut Tx, all: Vec<(OrganisationId, &ImportedStructure)>) -> Result<(), Failure> {
    let mut rows = Vec::with_capacity(all.len());
    for (id, imported) in all {
        rows.push(new_structure(tx.ctx().now, id, imported)?);
        tx.event("organisation.created", "organisation", id.0, Some(id));
    }
    tx.create_all::<Entity>(rows, "create").await
}

fn new_structure(now: DateTime<Utc>, id: OrganisationId, imported: &ImportedStructure) -> Result<Model, Failure> {
    let home = imported.home();
    let ceiling = super::json(Some(Ceiling::ordinary()))?.unwrap_or_default();
    let empty = Model {
        country: home.country.code().to_owned(),
        language: home.language.code().to_owned(),
        time_zone: home.time_zone.to_owned(),
        ceiling,
        source: Some(imported.source.to_string()),
        source_id: Some(imported.source_id.to_string()),
        ..Model::new(id, imported.name.to_string(), now)
    };
    told_by(empty, imported)
}

/// Takes over what the feed says of an organisation now, and its state.
///
/// # Errors
/// [`Failure::Stale`] when somebody else moved it meanwhile.
pub async fn refresh_structure(tx: &mut Tx, before: &Model, imported: &ImportedStructure, state: OrganisationState) -> Result<(), Failure> {
    let mut after = told_by(before.clone(), imported)?;
    after.state = state;
    after.updated_at = tx.ctx().now;
    tx.save_because::<Entity>(before, after, "edit", Some("imported")).await?;
    tx.event("organisation.edited", "organisation", before.id.0, Some(before.id));
    Ok(())
}

/// Moves an organisation because a feed lacks it or has it again; `reason` is the code for the journal.
///
/// # Errors
/// [`Failure::Stale`] when somebody else moved it meanwhile.
pub async fn set_structure_state(tx: &mut Tx, before: &Model, state: OrganisationState, reason: &str) -> Result<(), Failure> {
    let after = Model { state, updated_at: tx.ctx().now, ..before.clone() };
    tx.save_because::<Entity>(before, after, "edit", Some(reason)).await?;
    tx.event("organisation.edited", "organisation", before.id.0, Some(before.id));
    Ok(())
}

fn told_by(before: Model, imported: &ImportedStructure) -> Result<Model, Failure> {
    let address = imported.address.clone();
    let place = PlaceNames::of(address.as_ref(), imported.source_values.as_ref());
    Ok(Model {
        name: imported.name.to_string(),
        name_folded: fold_text(imported.name.as_str()),
        description: imported.description.as_ref().map(ToString::to_string),
        identifiers: with_siret(&before.identifiers, imported.siret.as_deref()),
        email: imported.email.as_ref().map(ToString::to_string),
        phone: imported.phone.as_ref().map(ToString::to_string),
        website: imported.website.as_ref().map(ToString::to_string),
        locality_folded: place.locality.as_deref().map(fold_text),
        locality: place.locality,
        commune: place.commune,
        address: super::json(address)?,
        latitude: imported.point.map(relais_domain::shared::GeoPoint::latitude),
        longitude: imported.point.map(relais_domain::shared::GeoPoint::longitude),
        source_updated_on: Some(imported.updated_on),
        networks: super::json(imported.networks.clone())?,
        opening_hours: imported.opening_hours.as_ref().map(ToString::to_string),
        accessibility: imported.accessibility.as_ref().map(ToString::to_string),
        source_url: imported.source_url.as_ref().map(ToString::to_string),
        source_values: super::json(imported.source_values.clone())?,
        ..before
    })
}

/// The identifiers with the SIRET number of the feed, others as they were.
fn with_siret(before: &Json, siret: Option<&str>) -> Json {
    let known = before.as_array().cloned().unwrap_or_default();
    let others = known.into_iter().filter(|one| one.get("kind").and_then(Json::as_str) != Some("siret"));
    let told = siret.map(|value| json!({"kind": "siret", "value": value}));
    Json::Array(others.chain(told).collect())
}
