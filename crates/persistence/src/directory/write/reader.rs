//! Counting what readers do.

use chrono::NaiveDate;
use relais_domain::shared::ids::ServiceId;
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{ActiveValue::Set, EntityTrait as _};

use crate::db::{Failure, Tx};
use crate::directory::entity::contact_reading::{ActiveModel, Column, Entity};

/// Counts one reading of a service's contact on a day. Readings at the same time wait for each other's row and all count.
///
/// # Errors
/// As any write.
pub async fn count_reading(tx: &Tx, service: ServiceId, day: NaiveDate) -> Result<(), Failure> {
    let one_more = Expr::col((Entity, Column::Readings)).add(1);
    let again = OnConflict::columns([Column::ServiceId, Column::Day]).value(Column::Readings, one_more).to_owned();
    let row = ActiveModel { service_id: Set(service), day: Set(day), readings: Set(1) };
    Entity::insert(row).on_conflict(again).exec_without_returning(tx.conn()).await?;
    Ok(())
}
