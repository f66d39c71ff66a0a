//! The background worker: claims due jobs and runs them one after another; beside it the sequencer, which gives events
//! and journal entries their place.
//!
//! A job deletes its own row in the transaction of its effect. A job that fails, or panics, is put back with a growing
//! wait and buried after ten tries, or after five days in which no mail could leave; it never stops the loop. None of these futures has to be `Send`.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use relais_domain::identity::Actor;
use relais_persistence::Ctx;
use relais_persistence::audit::sequence as sequencer;
use relais_persistence::platform::job::{self, Job};
use tokio::sync::watch;
use tokio::time::sleep;

use super::{housekeeping, responsiveness};
use crate::claim::{self, LEASE};
use crate::directory::alert;
use crate::directory::import;
use crate::document;
use crate::message::{deliver, notify};
use crate::person::retention;
use crate::referral::{self, clock};
use crate::report;
use crate::setback::Setback;
use crate::{App, Refusal};

/// Claims that wait behind slow jobs are renewed when they are this old.
const RENEW_AFTER: TimeDelta = TimeDelta::seconds(20);
const BATCH: u64 = 10;
/// While several people wait for their changes, the worker rests after each job for as long as the job took, but no longer than
/// this: people first, mails a little later.
const MOST_ROOM: Duration = Duration::from_millis(100);
const POLL: Duration = Duration::from_secs(1);
const SEQUENCE_POLL: Duration = Duration::from_millis(500);
const SEQUENCE_DEBOUNCE: Duration = Duration::from_millis(50);
/// Another node may have rotated the signing keys.
const KEYS_AGE: TimeDelta = TimeDelta::minutes(5);

/// How long ago this process's worker last took a turn; none when it never did.
pub fn worker_age(app: &App) -> Option<TimeDelta> {
    Some((app.clock.real_now() - app.pulse.last_turn()?).max(TimeDelta::zero()))
}

/// Runs what is due, until nothing more is. Returns how many jobs were run, whether they came through or not.
///
/// # Errors
/// When jobs cannot be claimed: the database is busy or away.
pub async fn run_due(app: &Arc<App>, worker: &str) -> Result<usize, Refusal> {
    let mut ran = 0;
    loop {
        match run_batch(app, worker, &|| false).await? {
            0 => return Ok(ran),
            some => ran += some,
        }
    }
}

/// Claims some of what is due and runs it, giving back what is left when it is told to stop.
async fn run_batch(app: &Arc<App>, worker: &str, stopped: &dyn Fn() -> bool) -> Result<usize, Refusal> {
    let mut claimed_at = app.clock.real_now();
    app.pulse.beat(claimed_at);
    let ctx = app.system_ctx(Actor::Clock, worker);
    let mut waiting = VecDeque::from(job::claim(&app.db, &ctx, worker, BATCH, LEASE).await?);
    let mut ran = 0;
    while let Some(job) = waiting.pop_front() {
        let ctx = app.system_ctx(Actor::Clock, worker);
        let left = || std::iter::once(job.id).chain(waiting.iter().map(|job| job.id)).collect();
        if stopped() {
            job::release(&app.db, &ctx, worker, left()).await?;
            break;
        }
        if ctx.real_now - claimed_at > RENEW_AFTER {
            let own = job::renew(&app.db, &ctx, worker, left(), LEASE).await?;
            claimed_at = ctx.real_now;
            waiting.retain(|job| own.contains(&job.id));
            if !own.contains(&job.id) {
                continue;
            }
        }
        app.pulse.beat(ctx.real_now);
        let begun = Instant::now();
        run(app, &job).await;
        ran += 1;
        if app.pulse.is_crowded() {
            sleep(begun.elapsed().min(MOST_ROOM)).await;
        }
    }
    Ok(ran)
}

/// Runs one job, whatever becomes of it.
async fn run(app: &Arc<App>, job: &Job) {
    let Err(setback) = survive(Box::pin(handle(app, job))).await else { return };
    // Nobody would plan a chore anew that was given up: it is tried again for as long as it takes.
    let wait = if housekeeping::CHORES.contains(&job.kind.as_str()) {
        Some(setback.wait_always(job.attempts))
    } else {
        setback.wait(job.attempts)
    };
    tracing::warn!(job = %job.id, kind = job.kind, code = setback.code, tries = job.attempts + 1, again = wait.is_some(), "a job did not come through");
    if let Err(error) = put_back(app, job, setback, wait).await {
        // Its claim runs out, and then it is tried again.
        tracing::error!(job = %job.id, %error, "a failed job could not be put back");
    }
}

async fn handle(app: &Arc<App>, job: &Job) -> Result<(), Setback> {
    match job.kind.as_str() {
        notify::NOTICE_JOB => deliver::notice(app, job).await,
        notify::ACCOUNT_JOB => deliver::account(app, job).await,
        notify::DIGEST_JOB => Box::pin(deliver::digest(app, job)).await,
        "referral_clock" => Ok(Box::pin(clock::tick(app, job)).await?),
        referral::RENEWAL_JOB => Ok(referral::renewed(app, job).await?),
        referral::FORSAKEN_JOB => Ok(Box::pin(referral::forsaken_meanwhile(app, job)).await?),
        referral::CLAIM_JOB => Ok(Box::pin(referral::claim_due(app, job)).await?),
        alert::ALERT_JOB => Ok(Box::pin(alert::alert(app, job)).await?),
        import::IMPORT_JOB => Box::pin(import::work(app, job)).await,
        document::CHECK_JOB => Box::pin(document::check(app, job)).await,
        document::DUE_JOB => Ok(Box::pin(document::due(app, job)).await?),
        document::BLOB_JOB => Ok(Box::pin(document::erase_blob(app, job)).await?),
        document::SWEEP_JOB => Ok(Box::pin(document::sweep(app, job)).await?),
        responsiveness::MEASURE_JOB => Ok(Box::pin(responsiveness::measure(app, job)).await?),
        retention::RETENTION_JOB => Ok(Box::pin(retention::forget(app, job)).await?),
        report::EXPORT_JOB => Box::pin(report::work(app, job)).await,
        report::ERASE_JOB => Ok(report::erase(app, job).await?),
        housekeeping::TIDY_JOB => Ok(housekeeping::tidy(app, job).await?),
        housekeeping::ROTATE_JOB => Ok(housekeeping::rotate_keys(app, job).await?),
        _ => Err(Setback::never("unknown_kind")),
    }
}

async fn put_back(app: &App, job: &Job, setback: Setback, wait: Option<TimeDelta>) -> Result<(), Refusal> {
    let mut tx = app.db.write(&claim::ctx(app, job)).await?;
    let again_at = wait.map(|wait| tx.ctx().now + wait);
    if !job::failed(&tx, job, setback.code, again_at).await? {
        return Ok(());
    }
    if again_at.is_none() && matches!(job.kind.as_str(), notify::NOTICE_JOB | notify::DIGEST_JOB) {
        deliver::gave_up(app, &mut tx, job, setback.code).await?;
    }
    if again_at.is_none() && job.kind == import::IMPORT_JOB {
        import::gave_up(&mut tx, job, setback.code).await?;
    }
    if again_at.is_none() && job.kind == report::EXPORT_JOB {
        report::gave_up(&mut tx, job, setback.code).await?;
    }
    if again_at.is_none() && job.kind == document::CHECK_JOB {
        document::gave_up(&mut tx, job).await?;
    }
    Ok(tx.commit().await?)
}

/// Turns a panic of a job into a setback.
async fn survive(work: impl Future<Output = Result<(), Setback>>) -> Result<(), Setback> {
    let mut work = pin!(work);
    std::future::poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
        Ok(poll) => poll,
        Err(_) => Poll::Ready(Err(Setback::later("panicked"))),
    })
    .await
}

/// Works until told to stop, or until nobody is left to tell. A job that runs then is finished first.
pub async fn work(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let name = format!("worker-{}", (crate::state::CHANCE.id)());
    let mut chores = Chores { scheduled: false, keys_read: app.clock.real_now() };
    while !*stop.borrow() {
        let mut enqueued = pin!(app.db.jobs_enqueued());
        // Asked once before the turn, so that what is enqueued during it is not missed.
        let woken = std::future::poll_fn(|context| Poll::Ready(enqueued.as_mut().poll(context).is_ready())).await;
        let in_order = tokio::select! {
            changed = stop.changed() => if changed.is_err() { return } else { continue },
            guard = app.pulse.turn.lock() => guard,
        };
        let ran = turn(&app, &name, &mut chores, &|| *stop.borrow()).await;
        drop(in_order);
        match ran {
            Ok(0) if !woken => tokio::select! {
                changed = stop.changed() => if changed.is_err() { return },
                () = &mut enqueued => {}
                () = sleep(POLL) => {}
            },
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "the worker could not take its turn");
                sleep(POLL).await;
            }
        }
    }
}

/// What a worker does besides jobs.
struct Chores {
    scheduled: bool,
    keys_read: DateTime<Utc>,
}

async fn turn(app: &Arc<App>, name: &str, chores: &mut Chores, stopped: &dyn Fn() -> bool) -> Result<usize, Refusal> {
    app.read_clock().await?;
    let ctx = app.system_ctx(Actor::Clock, name);
    if !chores.scheduled {
        housekeeping::schedule(app, &ctx).await?;
        chores.scheduled = true;
    }
    if ctx.real_now - chores.keys_read > KEYS_AGE {
        app.keys.refresh(&app.db, &ctx).await?;
        chores.keys_read = ctx.real_now;
    }
    run_batch(app, name, stopped).await
}

/// Keeps the clock of a node in step that runs no worker, until told to stop.
pub async fn follow_clock(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(error) = app.read_clock().await {
            tracing::warn!(%error, "the clock could not be read");
        }
        tokio::select! {
            changed = stop.changed() => if changed.is_err() { return },
            () = sleep(POLL) => {}
        }
    }
}

/// Gives events and journal entries their place until told to stop. Safe on any number of nodes.
pub async fn sequence(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let ctx: Ctx = app.system_ctx(Actor::Clock, "sequencer");
        match sequencer::pass(&app.db, &ctx).await {
            Ok(0) => {}
            Ok(_) => {
                sleep(SEQUENCE_DEBOUNCE).await;
                continue;
            }
            Err(error) => tracing::warn!(%error, "the sequencer could not take its turn"),
        }
        tokio::select! {
            changed = stop.changed() => if changed.is_err() { return },
            () = app.db.journals_written() => {}
            () = sleep(SEQUENCE_POLL) => {}
        }
        sleep(SEQUENCE_DEBOUNCE).await;
    }
}
