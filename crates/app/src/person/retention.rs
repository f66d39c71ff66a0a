//! Forgetting by the clock: some time after the end of a chain its contents are erased.

use chrono::{DateTime, TimeDelta, Utc};
use relais_domain::shared::ids::{PersonId, ReferralId};
use relais_persistence::person::held::{self, Whose};
use relais_persistence::person::write;
use relais_persistence::platform::job::Job;
use relais_persistence::referral::write as legs;
use relais_persistence::{Failure, NewJob, Tx};
use serde_json::json;

use crate::{App, Refusal, claim, document, reactions};

/// The kind of the daily job.
pub const RETENTION_JOB: &str = "retention";

const EVERY: TimeDelta = TimeDelta::days(1);
const LAST: i32 = 90;
/// Chains and records of one question.
const BATCH: u64 = 100;

/// Plans the next look with this transaction. One that is planned already is left as it is.
pub fn plan(tx: &mut Tx) {
    let run_at = tx.ctx().now + EVERY;
    tx.enqueue(NewJob { kind: RETENTION_JOB, unique_key: Some(RETENTION_JOB.to_owned()), payload: json!({}), priority: LAST, run_at });
}

/// Erases what has had its time, chain by chain and each in a transaction of its own, then records of which nothing is left; plans
/// itself again. On two nodes at once, the second finds nothing more to erase.
///
/// # Errors
/// As any write.
pub async fn forget(app: &App, job: &Job) -> Result<(), Refusal> {
    if !end_consents(app, job).await? {
        return Ok(());
    }
    let cutoff = app.clock.now() - TimeDelta::days(i64::from(app.settings.clocks.retention_days));
    let mut erased = 0;
    loop {
        let chains = write::chains_ended_before(&app.db, cutoff, BATCH).await?;
        if chains.is_empty() {
            break;
        }
        for root in chains {
            if !claim::hold(app, job).await? {
                return Ok(());
            }
            erased += forget_chain(app, job, root, cutoff).await?;
        }
    }
    loop {
        let people = write::untouched_since(&app.db, cutoff, BATCH).await?;
        if people.is_empty() {
            break;
        }
        for person in people {
            if !claim::hold(app, job).await? {
                return Ok(());
            }
            erased += forget_record(app, job, person, cutoff).await?;
        }
    }
    if erased > 0 {
        app.db.drop_former_pages().await?;
    }
    let Some(mut tx) = claim::end(app, job).await? else { return Ok(()) };
    plan(&mut tx);
    Ok(tx.commit().await?)
}

/// Closes legs to their receivers when the consents for them are over. False when another worker has the job.
async fn end_consents(app: &App, job: &Job) -> Result<bool, Refusal> {
    let today = app.clock.now().date_naive();
    loop {
        let legs = write::legs_without_consent(&app.db, today, BATCH).await?;
        if legs.is_empty() {
            return Ok(true);
        }
        for leg in legs {
            if !claim::hold(app, job).await? {
                return Ok(false);
            }
            let mut tx = app.db.write(&claim::ctx(app, job)).await?;
            reactions::consent_ended(&mut tx, leg).await?;
            tx.commit().await?;
        }
    }
}

async fn forget_chain(app: &App, job: &Job, root: ReferralId, cutoff: DateTime<Utc>) -> Result<usize, Refusal> {
    let mut tx = app.db.write(&claim::ctx(app, job)).await?;
    match legs::lock(&tx, root).await {
        Err(Failure::Missing) => return Ok(0),
        locked => locked?,
    };
    let ended = write::chain_to_erase(&tx, root, cutoff).await?;
    let about: Vec<ReferralId> = ended.iter().map(|(leg, _)| *leg).collect();
    let mut people: Vec<PersonId> = ended.iter().filter_map(|(_, person)| *person).collect();
    people.sort_unstable();
    people.dedup();
    if about.is_empty() {
        return Ok(0);
    }
    document::forgotten(&mut tx, &about).await?;
    held::forget(&mut tx, Whose { people: &[], legs: &about }, "forget", None).await?;
    let readers = write::told_of(&tx, &about).await?;
    reactions::less_is_read(&mut tx, &readers).await?;
    // Whoever is named by no other leg is forgotten with the chain. Under their locks: a draft that names them at this moment waits.
    for person in &people {
        write::lock(&tx, *person).await?;
    }
    let people = write::without_legs(&tx, &people).await?;
    if !people.is_empty() {
        held::forget(&mut tx, Whose { people: &people, legs: &[] }, "forget", None).await?;
    }
    tx.commit().await?;
    Ok(about.len())
}

async fn forget_record(app: &App, job: &Job, person: PersonId, cutoff: DateTime<Utc>) -> Result<usize, Refusal> {
    let mut tx = app.db.write(&claim::ctx(app, job)).await?;
    match write::lock(&tx, person).await {
        Err(Failure::Missing) => return Ok(0),
        locked => locked?,
    };
    // Somebody may have touched or named it before it was locked.
    if !write::is_untouched(&tx, person, cutoff).await? {
        return Ok(0);
    }
    held::forget(&mut tx, Whose { people: &[person], legs: &[] }, "forget", None).await?;
    tx.commit().await?;
    Ok(1)
}
