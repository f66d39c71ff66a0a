//! The installation's one row: the offset of business time and the demo's marks.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _};

use super::entity::instance::{Column, Entity};
use crate::db::{Db, Failure, Tx};

/// The offset of business time, as the database holds it.
///
/// # Errors
/// As any read.
pub async fn offset(db: &Db) -> Result<TimeDelta, Failure> {
    let row = Entity::find_by_id(1).one(db.reader()).await?.ok_or(Failure::Missing)?;
    Ok(TimeDelta::microseconds(row.offset_micros))
}

/// Locks the installation's row and reads the offset: one node moves the clock at a time.
///
/// # Errors
/// As any read.
pub async fn lock_offset(tx: &Tx) -> Result<TimeDelta, Failure> {
    let row = Entity::find_by_id(1).lock(LockType::Update).one(tx.conn()).await?.ok_or(Failure::Missing)?;
    Ok(TimeDelta::microseconds(row.offset_micros))
}

/// Holds the installation's row until the transaction ends, for what must be looked up and made one after the other: whether
/// an organisation is there already, and what stands above it.
///
/// # Errors
/// As any read.
pub async fn one_at_a_time(tx: &Tx) -> Result<(), Failure> {
    lock_offset(tx).await.map(|_| ())
}

/// Sets the offset.
///
/// # Errors
/// As any write.
pub async fn set_offset(tx: &Tx, offset: TimeDelta) -> Result<(), Failure> {
    let micros = offset.num_microseconds().ok_or_else(|| Failure::Failed("the clock's offset is out of range".into()))?;
    Entity::update_many().col_expr(Column::OffsetMicros, Expr::val(micros)).filter(Column::Id.eq(1)).exec(tx.conn()).await?;
    Ok(())
}

/// What the demo noted about itself, when it has run here.
///
/// # Errors
/// As any read.
pub async fn demo(db: &Db) -> Result<Option<serde_json::Value>, Failure> {
    Ok(Entity::find_by_id(1).one(db.reader()).await?.ok_or(Failure::Missing)?.demo)
}

/// Notes that the demo has run.
///
/// # Errors
/// As any write.
pub async fn note_demo(tx: &Tx, demo: serde_json::Value, at: DateTime<Utc>) -> Result<(), Failure> {
    Entity::update_many()
        .col_expr(Column::Demo, Expr::val(demo))
        .col_expr(Column::SeededAt, Expr::val(at))
        .filter(Column::Id.eq(1))
        .exec(tx.conn())
        .await?;
    Ok(())
}
