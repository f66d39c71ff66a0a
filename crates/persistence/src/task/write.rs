//! Writing tasks. Everything runs in the caller's transaction.

use relais_domain::referral::State;
use relais_domain::shared::ids::{ReferralId, UserId};
use relais_domain::task::TaskKind;
use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use uuid::Uuid;

use crate::db::{Failure, Tx};
use crate::message::entity::task::{Column, Entity, Model};

/// A task as this transaction sees it, not locked: for the referral that is locked before it.
///
/// # Errors
/// As any read.
pub async fn find(tx: &Tx, id: Uuid) -> Result<Option<Model>, Failure> {
    Ok(Entity::find_by_id(id).one(tx.conn()).await?)
}

/// Locks a task and reads it. Its referral is locked already.
///
/// # Errors
/// [`Failure::Missing`].
pub async fn lock(tx: &Tx, id: Uuid) -> Result<Model, Failure> {
    Entity::find_by_id(id).lock(LockType::Update).one(tx.conn()).await?.ok_or(Failure::Missing)
}

/// Whether another task of the same kind is open for the same referral.
///
/// # Errors
/// As any read.
pub async fn another_open(tx: &Tx, task: &Model) -> Result<bool, Failure> {
    let open = Entity::find()
        .filter(Column::ReferralId.eq(task.referral_id))
        .filter(Column::OrganisationId.eq(task.organisation_id))
        .filter(Column::Kind.eq(task.kind.as_str()))
        .filter(Column::DoneAt.is_null())
        .filter(Column::Id.ne(task.id));
    Ok(open.one(tx.conn()).await?.is_some())
}

/// Ticks a task, or opens it again.
///
/// # Errors
/// [`Failure::Stale`] when it moved meanwhile.
pub async fn tick(tx: &mut Tx, before: &Model, by: Option<UserId>, done: bool) -> Result<(), Failure> {
    let now = tx.ctx().now;
    let after = Model { done_at: done.then_some(now), done_by: by.filter(|_| done), updated_at: now, ..before.clone() };
    let (act, event) = if done { ("do", "task_done") } else { ("reopen", "task_reopened") };
    tx.save::<Entity>(before, after, act).await?;
    tx.event(event, "task", before.id, Some(before.organisation_id));
    Ok(())
}

/// Ticks the open tasks of a referral that its state has answered.
///
/// # Errors
/// As any write.
pub async fn answered(tx: &mut Tx, referral: ReferralId, state: State) -> Result<(), Failure> {
    let kinds = TaskKind::ALL.iter().filter(|kind| kind.is_answered_by(state)).map(|kind| kind.code());
    let open = Entity::find().filter(Column::ReferralId.eq(referral)).filter(Column::Kind.is_in(kinds)).filter(Column::DoneAt.is_null());
    for task in open.all(tx.conn()).await? {
        tick(tx, &task, None, true).await?;
    }
    Ok(())
}
