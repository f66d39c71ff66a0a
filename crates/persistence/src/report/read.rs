//! Reading reports.

mod statistics;

use relais_domain::shared::ids::{ExportId, OrganisationId};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::entity::{export, export_part};
use crate::db::{Db, Failure};

pub use statistics::{Division, Question, cells};

/// An export that an account asked for on behalf of an organisation. Refused by [`Failure::Missing`] to anybody else.
///
/// # Errors
/// As any read.
pub async fn export_of(db: &Db, id: ExportId, organisation: OrganisationId, account: Uuid) -> Result<export::Model, Failure> {
    let mine = export::Entity::find_by_id(id).filter(export::Column::OrganisationId.eq(organisation));
    mine.filter(export::Column::CreatedBy.eq(account)).one(db.reader()).await?.ok_or(Failure::Missing)
}

/// An export, for the worker that writes it.
///
/// # Errors
/// As any read.
pub async fn export(db: &Db, id: ExportId) -> Result<Option<export::Model>, Failure> {
    Ok(export::Entity::find_by_id(id).one(db.reader()).await?)
}

/// A piece of the file, by its number from 0; none after the last.
///
/// # Errors
/// As any read.
pub async fn part(db: &Db, id: ExportId, number: i32) -> Result<Option<Vec<u8>>, Failure> {
    Ok(export_part::Entity::find_by_id((id, number)).one(db.reader()).await?.map(|part| part.bytes))
}
