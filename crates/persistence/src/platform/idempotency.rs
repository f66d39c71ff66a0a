//! Repeated requests: the first takes the key inside its own transaction, the second waits for it and then replays.

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _};
use uuid::Uuid;

use super::entity::idempotency::{Column, Entity, Model};
use crate::db::{Failure, Tx};

/// A key as one caller gave it for one operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Who calls.
    pub caller: String,
    /// The operation, and the path's ids.
    pub operation: String,
    /// The key itself.
    pub key: String,
    /// A hash of the body: the same key with another body is refused.
    pub body_hash: String,
}

/// What the key stood for before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect {
    /// The status that was answered.
    pub status: i32,
    /// The resource that was made or changed.
    pub resource_id: Option<Uuid>,
}

/// What claiming a key gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// The key is new: go on, and call [`settle`] with the effect.
    Fresh,
    /// The effect happened before.
    Replayed(Effect),
    /// The key was used with another body.
    Reused,
}

/// Claims a key in this transaction; waits for another transaction that holds it.
///
/// # Errors
/// As any write.
pub async fn claim(tx: &Tx, key: &Key) -> Result<Claim, Failure> {
    let row = Model {
        caller: key.caller.clone(),
        operation: key.operation.clone(),
        key: key.key.clone(),
        body_hash: key.body_hash.clone(),
        status: 0,
        resource_id: None,
        version: None,
        created_at: tx.ctx().real_now,
    };
    let ignore = OnConflict::new().do_nothing().to_owned();
    let inserted = Entity::insert(row.into_active_model().reset_all()).on_conflict(ignore).exec_without_returning(tx.conn()).await?;
    if inserted == 1 {
        return Ok(Claim::Fresh);
    }
    let id = (key.caller.clone(), key.operation.clone(), key.key.clone());
    let kept = Entity::find_by_id(id).one(tx.conn()).await?.ok_or(Failure::Missing)?;
    if kept.body_hash == key.body_hash {
        Ok(Claim::Replayed(Effect { status: kept.status, resource_id: kept.resource_id }))
    } else {
        Ok(Claim::Reused)
    }
}

/// Writes the effect beside the key, in the effect's own transaction.
///
/// # Errors
/// As any write.
pub async fn settle(tx: &Tx, key: &Key, effect: Effect) -> Result<(), Failure> {
    Entity::update_many()
        .col_expr(Column::Status, Expr::val(effect.status))
        .col_expr(Column::ResourceId, Expr::val(effect.resource_id))
        .filter(Column::Caller.eq(key.caller.as_str()))
        .filter(Column::Operation.eq(key.operation.as_str()))
        .filter(Column::Key.eq(key.key.as_str()))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Forgets keys older than `before` (real time). Returns how many.
///
/// # Errors
/// As any write.
pub async fn forget(tx: &Tx, before: chrono::DateTime<chrono::Utc>) -> Result<u64, Failure> {
    Ok(Entity::delete_many().filter(Column::CreatedAt.lt(before)).exec(tx.conn()).await?.rows_affected)
}
