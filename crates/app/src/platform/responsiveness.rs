//! How long services take to answer, measured once a day from the referrals that they answered: from telling the receiver, or from
//! the leg's coming back. Nothing is told of fewer than five.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use relais_domain::referral::median_days;
use relais_domain::report::LEAST;
use relais_domain::shared::ids::ServiceId;
use relais_persistence::directory::write;
use relais_persistence::platform::job::Job;
use relais_persistence::referral::read;
use relais_persistence::{NewJob, Tx};
use serde_json::json;

use crate::{App, Refusal, claim};

/// The kind of the daily job.
pub const MEASURE_JOB: &str = "measure_answers";

const EVERY: TimeDelta = TimeDelta::days(1);
/// Only what was answered in the last half year counts.
const WINDOW: TimeDelta = TimeDelta::days(182);
const LAST: i32 = 90;
const BATCH: usize = 200;

/// Plans the next measure with this transaction. One that is planned already is left as it is.
pub(super) fn plan(tx: &mut Tx) {
    let run_at = tx.ctx().now + EVERY;
    tx.enqueue(NewJob { kind: MEASURE_JOB, unique_key: Some(MEASURE_JOB.to_owned()), payload: json!({}), priority: LAST, run_at });
}

/// Measures anew, writes what differs, and plans itself again.
///
/// # Errors
/// As any write.
pub(super) async fn measure(app: &App, job: &Job) -> Result<(), Refusal> {
    let measured = medians(&read::answers_since(&app.db, app.clock.now() - WINDOW).await?);
    let known: BTreeMap<ServiceId, f64> = write::services_with_median(&app.db).await?.into_iter().collect();
    let gone = known.keys().filter(|id| !measured.contains_key(id)).map(|id| (*id, None));
    let new = measured.iter().filter(|(id, days)| known.get(id) != Some(*days)).map(|(id, days)| (*id, Some(*days)));
    for some in gone.chain(new).collect::<Vec<_>>().chunks(BATCH) {
        let mut tx = app.db.write(&claim::ctx(app, job)).await?;
        write::set_median_days(&mut tx, some).await?;
        tx.commit().await?;
    }
    let Some(mut tx) = claim::end(app, job).await? else { return Ok(()) };
    plan(&mut tx);
    Ok(tx.commit().await?)
}

fn medians(answers: &[(ServiceId, DateTime<Utc>, DateTime<Utc>)]) -> BTreeMap<ServiceId, f64> {
    let of_one = |some: &[(ServiceId, DateTime<Utc>, DateTime<Utc>)]| {
        let (id, ..) = some.first()?;
        if (some.len() as u64) < LEAST {
            return None;
        }
        Some((*id, median_days(some.iter().map(|(_, awaited, answered)| *answered - *awaited))?))
    };
    answers.chunk_by(|one, other| one.0 == other.0).filter_map(of_one).collect()
}
