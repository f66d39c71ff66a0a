//! Small questions that other rooms ask about services.

use relais_domain::shared::ids::ServiceId;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::entity::service::{Column, Entity};
use crate::db::{Db, Failure};

/// The service that a feed brought under an id of its own.
///
/// # Errors
/// As any read.
pub async fn imported(db: &Db, source: &str, source_id: &str) -> Result<Option<ServiceId>, Failure> {
    let found = Entity::find().filter(Column::Source.eq(source)).filter(Column::SourceId.eq(source_id)).one(db.reader()).await?;
    Ok(found.map(|row| row.id))
}
