//! The directory as a feed: records as they would be imported.

use std::collections::HashMap;

use relais_domain::directory::data_inclusion::HERE;
use relais_domain::directory::{ImportedService, ImportedStructure, OrganisationState, Service, SourceKey, SourceValues};
use relais_domain::shared::TextError;
use relais_domain::shared::ids::{OrganisationId, ServiceId};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, JoinType, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use serde_json::Value as Json;

use crate::db::{Db, Failure};
use crate::directory::entity::service::{self, Column as S, Entity as Services};
use crate::directory::view::contact_is_public;
use crate::directory::write::{point, service_of, told};
use crate::identity::entity::organisation::{self, Column as O, Entity as Organisations};

/// What is exported.
#[derive(Clone, Debug, Default)]
pub struct ExportFilter {
    /// From this source only.
    pub source: Option<SourceKey>,
    /// Also what the public does not see: drafts, suspended, archived, closed.
    pub all: bool,
}

fn unfit<E: std::fmt::Display>(error: E) -> Failure {
    Failure::Failed(format!("a record that no feed can hold: {error}"))
}

fn key(text: &str) -> Result<SourceKey, Failure> {
    text.parse().map_err(|error: TextError| unfit(error))
}

fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(text: Option<String>) -> Result<Option<T>, Failure> {
    text.map(|text| text.parse().map_err(unfit)).transpose()
}

/// Source and id of an organisation: its own in a feed, else one of this installation.
fn structure_key(row: &organisation::Model) -> Result<(SourceKey, SourceKey), Failure> {
    match (&row.source, &row.source_id) {
        (Some(source), Some(id)) => Ok((key(source)?, key(id)?)),
        _ => Ok((key(HERE)?, key(&format!("{HERE}--{}", row.id))?)),
    }
}

fn siret(identifiers: &Json) -> Option<String> {
    let one = identifiers.as_array()?.iter().find(|one| one.get("kind").and_then(Json::as_str) == Some("siret"))?;
    Some(one.get("value")?.as_str()?.to_owned())
}

/// The record of an organisation: its public face, so that e-mail and telephone are told when everybody may know them.
pub(super) fn structure_of(row: organisation::Model) -> Result<ImportedStructure, Failure> {
    let (source, source_id) = structure_key(&row)?;
    let public = contact_is_public(&row.settings, row.source.is_some());
    Ok(ImportedStructure {
        source,
        source_id,
        source_url: parsed(row.source_url)?,
        updated_on: row.source_updated_on.unwrap_or_else(|| row.updated_at.date_naive()),
        name: row.name.parse().map_err(unfit)?,
        description: parsed(row.description)?,
        siret: siret(&row.identifiers),
        website: parsed(row.website)?,
        email: parsed(row.email.filter(|_| public))?,
        phone: parsed(row.phone.filter(|_| public))?,
        networks: told(row.networks)?,
        address: told(row.address)?,
        point: point(row.latitude, row.longitude)?,
        opening_hours: parsed(row.opening_hours)?,
        accessibility: parsed(row.accessibility)?,
        source_values: told::<SourceValues>(row.source_values)?,
    })
}

/// The record of a service under its structure, from whose source it comes when it was written here: a feed holds both.
pub(super) fn record_of(service: &Service, structure: &organisation::Model) -> Result<ImportedService, Failure> {
    let (home, structure_id) = structure_key(structure)?;
    let (source, source_id) = match (&service.source, &service.source_id) {
        (Some(source), Some(id)) => (source.clone(), id.clone()),
        _ => (home, key(&format!("{HERE}--{}", service.id))?),
    };
    Ok(ImportedService {
        source,
        source_id,
        structure_id,
        source_url: service.source_url.clone(),
        updated_on: service.source_updated_on.unwrap_or_else(|| service.updated_at.date_naive()),
        draft: service.draft(),
        conditions: service.conditions.clone(),
        source_values: service.source_values.clone(),
    })
}

/// Up to `most` organisations, by id from `after` on, each with its id.
///
/// # Errors
/// As any read.
pub async fn exported_structures(
    db: &Db,
    filter: &ExportFilter,
    after: Option<OrganisationId>,
    most: u64,
) -> Result<Vec<(OrganisationId, ImportedStructure)>, Failure> {
    let wanted = Condition::all()
        .add_option((!filter.all).then(|| O::State.eq(OrganisationState::Active)))
        .add_option(filter.source.as_ref().map(|source| O::Source.eq(source.as_str())))
        .add_option(after.map(|after| O::Id.gt(after)));
    let rows = Organisations::find().filter(wanted).order_by_asc(O::Id).limit(most).all(db.reader()).await?;
    rows.into_iter().map(|row| Ok((row.id, structure_of(row)?))).collect()
}

/// Up to `most` services, by id from `after` on, each with its id.
///
/// # Errors
/// As any read.
pub async fn exported_services(
    db: &Db,
    filter: &ExportFilter,
    after: Option<ServiceId>,
    most: u64,
) -> Result<Vec<(ServiceId, ImportedService)>, Failure> {
    let wanted = Condition::all()
        .add_option((!filter.all).then(super::published))
        .add_option(filter.source.as_ref().map(|source| S::Source.eq(source.as_str())))
        .add_option(after.map(|after| S::Id.gt(after)));
    let query = Services::find().join(JoinType::InnerJoin, super::offered_by()).filter(wanted).order_by_asc(S::Id).limit(most);
    let rows = query.all(db.reader()).await?;
    let structures = Organisations::find().filter(O::Id.is_in(rows.iter().map(|row| row.organisation_id))).all(db.reader()).await?;
    let structures: HashMap<_, _> = structures.into_iter().map(|structure| (structure.id, structure)).collect();
    let record =
        |row: service::Model| Ok((row.id, record_of(&service_of(&row)?, structures.get(&row.organisation_id).ok_or(Failure::Missing)?)?));
    rows.into_iter().map(record).collect()
}
