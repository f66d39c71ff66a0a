//! What an installation does for itself: forgetting what has had its time, and rotating its signing key.
//!
//! Both follow real time, whatever the sandbox's clock says: each job carries the real instant before which it waits.

use chrono::{DateTime, TimeDelta, Utc};
use relais_persistence::audit::erase;
use relais_persistence::message::write as message;
use relais_persistence::platform::job::Job;
use relais_persistence::platform::{budget, housekeeping, idempotency};
use relais_persistence::{Ctx, NewJob, Tx};
use serde_json::json;

use super::responsiveness;
use crate::directory::alert;
use crate::person::retention;
use crate::{App, Refusal, claim, document, report};

/// The kind of the daily job that forgets.
pub const TIDY_JOB: &str = "housekeeping";
/// The kind of the job that rotates the signing key.
pub const ROTATE_JOB: &str = "rotate_keys";

/// The jobs that plan themselves anew, and that nobody else plans while the installation runs.
pub(super) const CHORES: [&str; 6] =
    [TIDY_JOB, ROTATE_JOB, alert::ALERT_JOB, document::SWEEP_JOB, responsiveness::MEASURE_JOB, retention::RETENTION_JOB];

const TIDY_EVERY: TimeDelta = TimeDelta::days(1);
const ROTATE_EVERY: TimeDelta = TimeDelta::days(30);
const KEEP_IDEMPOTENCY: TimeDelta = TimeDelta::days(7);
const KEEP_BUDGETS: TimeDelta = TimeDelta::days(2);
const KEEP_SIGN_INS: TimeDelta = TimeDelta::days(7);
/// A mail system gives up after five days at the latest; what it sends back later names nothing any more.
const KEEP_DIGESTED: TimeDelta = TimeDelta::days(30);
const LAST: i32 = 90;

/// Makes sure that they are planned, the daily look at saved searches, and the daily forgetting. Calling it again changes nothing.
///
/// # Errors
/// As any write.
pub async fn schedule(app: &App, ctx: &Ctx) -> Result<(), Refusal> {
    let mut tx = app.db.write(ctx).await?;
    plan_all(&mut tx);
    Ok(tx.commit().await?)
}

/// Plans all of them with this transaction.
pub(super) fn plan_all(tx: &mut Tx) {
    plan(tx, TIDY_JOB, TIDY_EVERY);
    plan(tx, ROTATE_JOB, ROTATE_EVERY);
    alert::plan(tx);
    document::plan(tx);
    responsiveness::plan(tx);
    retention::plan(tx);
}

fn plan(tx: &mut Tx, kind: &'static str, wait: TimeDelta) {
    let payload = json!({"not_before": tx.ctx().real_now + wait});
    tx.enqueue(NewJob { kind, unique_key: Some(kind.to_owned()), payload, priority: LAST, run_at: tx.ctx().now + wait });
}

/// How long the job still has to wait in real time, when the clock of the sandbox ran ahead.
fn too_early(job: &Job, real_now: DateTime<Utc>) -> Option<TimeDelta> {
    let not_before = job.payload.get("not_before").and_then(|at| serde_json::from_value::<DateTime<Utc>>(at.clone()).ok())?;
    Some(not_before - real_now).filter(|wait| *wait > TimeDelta::zero())
}

/// Forgets idempotency keys after seven days, budgets of past periods, sign-ins that ended, which summary told what, and accounts that
/// nobody confirmed; notes exports whose process died as broken off. Plans itself again.
///
/// # Errors
/// As any write.
pub async fn tidy(app: &App, job: &Job) -> Result<(), Refusal> {
    let Some(mut tx) = claim::end(app, job).await? else { return Ok(()) };
    let real_now = tx.ctx().real_now;
    if too_early(job, real_now).is_none() {
        idempotency::forget(&tx, real_now - KEEP_IDEMPOTENCY).await?;
        budget::forget(&tx, real_now - KEEP_BUDGETS).await?;
        housekeeping::forget_ended_sign_ins(&tx, real_now - KEEP_SIGN_INS).await?;
        message::forget_digested(&tx, tx.ctx().now - KEEP_DIGESTED).await?;
        let unconfirmed = housekeeping::forget_unconfirmed(&tx).await?;
        erase::erase_values_of(&tx, &unconfirmed.into_iter().map(|user| user.0).collect::<Vec<_>>()).await?;
    }
    report::sweep(&mut tx).await?;
    plan(&mut tx, TIDY_JOB, TIDY_EVERY);
    Ok(tx.commit().await?)
}

/// Makes a new signing key every thirty days; the former is read for one more day. Plans itself again.
///
/// # Errors
/// As any write.
pub async fn rotate_keys(app: &App, job: &Job) -> Result<(), Refusal> {
    let Some(mut tx) = claim::end(app, job).await? else { return Ok(()) };
    let wait = too_early(job, tx.ctx().real_now);
    plan(&mut tx, ROTATE_JOB, wait.unwrap_or(ROTATE_EVERY));
    let ctx = tx.ctx().clone();
    // The plan first: a crash between the two skips one rotation and never rotates in a circle.
    tx.commit().await?;
    if wait.is_none() {
        app.keys.rotate(&app.db, &ctx).await?;
    }
    Ok(())
}
