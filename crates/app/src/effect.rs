//! The frame around every change: one transaction, the idempotency key, the dry run, one retry after a deadlock.

use relais_persistence::Tx;
use relais_persistence::platform::idempotency::{self, Claim, Effect, Key};
use uuid::Uuid;

use crate::{App, Caller, Refusal};

/// What a change did, before the resource is read again for the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// The resource that was made or changed.
    pub id: Uuid,
    /// 200, 201 or 204.
    pub status: u16,
    /// The same request had this effect before; nothing happened now.
    pub replayed: bool,
}

impl Done {
    /// A resource was made (201).
    pub fn created(id: impl Into<Uuid>) -> Self {
        Self { id: id.into(), status: 201, replayed: false }
    }

    /// A resource was changed (200).
    pub fn changed(id: impl Into<Uuid>) -> Self {
        Self { id: id.into(), status: 200, replayed: false }
    }

    /// A resource is gone (204).
    pub fn gone(id: impl Into<Uuid>) -> Self {
        Self { id: id.into(), status: 204, replayed: false }
    }
}

/// Runs a change in one transaction. With an idempotency key, the second of two requests waits for the first and is then
/// told of its effect. A dry run does all of it and takes it back. A deadlock runs the whole once more.
///
/// # Errors
/// Whatever the change answers; then nothing was written.
pub async fn effect(app: &App, caller: &Caller, change: impl AsyncFn(&mut Tx) -> Result<Done, Refusal>) -> Result<Done, Refusal> {
    twice_at_most(app, caller, caller.key(), change).await
}

/// As [`effect`], for what changes for whom the caller acts when nothing is said: the key is the account's, so that the second
/// request meets the first although it comes from a member and that one did not.
///
/// # Errors
/// As [`effect`].
pub async fn effect_of_account(
    app: &App,
    caller: &Caller,
    change: impl AsyncFn(&mut Tx) -> Result<Done, Refusal>,
) -> Result<Done, Refusal> {
    twice_at_most(app, caller, caller.account_key(), change).await
}

/// The row of a request that does something to each of many, which have rows of their own: it tells another body under the same
/// key, and whether the request came before.
///
/// # Errors
/// `idempotency_key_reused` (422).
pub(crate) async fn of_many(app: &App, caller: &Caller) -> Result<Done, Refusal> {
    effect(app, caller, async |_| Ok(Done::changed(Uuid::nil()))).await
}

async fn twice_at_most(
    app: &App,
    caller: &Caller,
    owner: String,
    change: impl AsyncFn(&mut Tx) -> Result<Done, Refusal>,
) -> Result<Done, Refusal> {
    let _awaited = app.pulse.awaits();
    match once(app, caller, &owner, &change).await {
        Err(Refusal::Deadlock) => match once(app, caller, &owner, &change).await {
            Err(Refusal::Deadlock) => Err(Refusal::Busy),
            other => other,
        },
        other => other,
    }
}

async fn once(app: &App, caller: &Caller, owner: &str, change: &impl AsyncFn(&mut Tx) -> Result<Done, Refusal>) -> Result<Done, Refusal> {
    let key = caller.request.idempotency.as_ref().filter(|_| !caller.request.dry_run).map(|(key, body_hash)| Key {
        caller: owner.to_owned(),
        operation: caller.request.operation.clone(),
        key: key.clone(),
        body_hash: body_hash.clone(),
    });
    let mut tx = app.db.write(&app.ctx(caller)).await?;
    if let Some(key) = &key {
        match idempotency::claim(&tx, key).await? {
            Claim::Fresh => {}
            Claim::Reused => return Err(Refusal::invalid("idempotency_key_reused", "")),
            Claim::Replayed(Effect { status, resource_id }) => {
                let status = u16::try_from(status).unwrap_or(200);
                return Ok(Done { id: resource_id.unwrap_or_default(), status, replayed: true });
            }
        }
    }
    let done = change(&mut tx).await?;
    if caller.request.dry_run {
        if let Ok(mut preview) = caller.request.preview.lock() {
            preview.extend_from_slice(tx.told());
        }
        tx.rollback().await?;
        return Ok(Done { status: 200, ..done });
    }
    if let Some(key) = &key {
        idempotency::settle(&tx, key, Effect { status: i32::from(done.status), resource_id: Some(done.id) }).await?;
    }
    tx.commit().await?;
    Ok(done)
}
