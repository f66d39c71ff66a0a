//! The hold that a worker has on its jobs, its signs of life, and whom it leaves room.

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use relais_domain::identity::Actor;
use relais_persistence::platform::job::{self, Job};
use relais_persistence::{Ctx, Tx};
use tokio::sync::Mutex;

use crate::{App, Refusal};

/// How long a claim holds. A job whose worker died is due again after it.
pub(crate) const LEASE: TimeDelta = TimeDelta::seconds(60);

/// Signs of life of this process's worker.
#[derive(Debug, Default)]
pub struct Pulse {
    last_turn: AtomicI64,
    /// Changes that somebody waits for now.
    awaited: AtomicUsize,
    /// Held for each turn of the worker, and by whoever moves the clock: jobs then run in one place, in order.
    pub(crate) turn: Mutex<()>,
}

impl Pulse {
    /// Somebody waits for a change, until what is returned is dropped.
    pub(crate) fn awaits(&self) -> Awaited<'_> {
        self.awaited.fetch_add(1, Ordering::Relaxed);
        Awaited(self)
    }

    /// Whether several people wait for changes now: background work then leaves them room.
    pub(crate) fn is_crowded(&self) -> bool {
        self.awaited.load(Ordering::Relaxed) > 1
    }

    /// The worker is at it.
    pub(crate) fn beat(&self, real_now: DateTime<Utc>) {
        self.last_turn.store(real_now.timestamp_micros(), Ordering::Relaxed);
    }

    /// When it last was; none when it never was.
    pub(crate) fn last_turn(&self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp_micros(self.last_turn.load(Ordering::Relaxed)).filter(|at| at.timestamp() > 0)
    }
}

/// A change that somebody waits for.
#[derive(Debug)]
pub(crate) struct Awaited<'a>(&'a Pulse);

impl Drop for Awaited<'_> {
    fn drop(&mut self) {
        self.0.awaited.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The context of what a job does: the clock's, under the name of the job.
pub(crate) fn ctx(app: &App, job: &Job) -> Ctx {
    app.system_ctx(Actor::Clock, &format!("job-{}", job.id))
}

/// The last transaction of a job: with it the job is done. None when another worker was done with it first, after the claim ran out:
/// nothing is then left to do.
///
/// # Errors
/// As any write.
pub(crate) async fn end(app: &App, job: &Job) -> Result<Option<Tx>, Refusal> {
    let tx = app.db.write(&ctx(app, job)).await?;
    Ok(job::done(&tx, job.id).await?.then_some(tx))
}

/// A job that has nothing to do.
///
/// # Errors
/// As any write.
pub(crate) async fn end_idle(app: &App, job: &Job) -> Result<(), Refusal> {
    match end(app, job).await? {
        Some(tx) => Ok(tx.commit().await?),
        None => Ok(()),
    }
}

/// Holds on to a job that takes its time. False when the claim has run out and another worker has it.
///
/// # Errors
/// As any write.
pub(crate) async fn hold(app: &App, job: &Job) -> Result<bool, Refusal> {
    let worker = job.claimed_by.as_deref().unwrap_or_default();
    let ctx = app.system_ctx(Actor::Clock, worker);
    app.pulse.beat(ctx.real_now);
    Ok(!job::renew(&app.db, &ctx, worker, vec![job.id], LEASE).await?.is_empty())
}
