//! Mails about what saved searches find new. A daily job looks which are due; each is told once, and only when there is something.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use relais_adapters::search::{SelectOrder, Selection};
use relais_domain::message::NoticeKind;
use relais_domain::shared::ids::ServiceId;
use relais_persistence::directory::entity::saved_search::{Entity, Model};
use relais_persistence::directory::read;
use relais_persistence::directory::view::{SavedQuery, ServiceFilter};
use relais_persistence::platform::job::Job;
use relais_persistence::{Failure, NewJob, Tx};
use serde_json::json;

use super::search;
use crate::message::notify::{self, AccountSubject};
use crate::{App, Refusal, claim};

/// The kind of the daily job.
pub const ALERT_JOB: &str = "saved_search_alert";

const EVERY: TimeDelta = TimeDelta::days(1);
const LATE: i32 = 80;
const BATCH: u64 = 100;
/// What is being published at this very moment belongs to the next mail: its transaction may not have ended.
const MARGIN: TimeDelta = TimeDelta::minutes(1);
/// How many services one mail names.
const MOST_NAMED: usize = 10;
/// How many of what was published meanwhile are looked at, the newest.
const MOST_LOOKED_AT: u64 = 5_000;

/// What is new in the directory for one question.
struct NewServices {
    /// How many.
    count: u64,
    /// The first ten, the newest first.
    first: Vec<ServiceId>,
}

/// The services that a question finds and that were published, for the first time or again, after the first instant and not after
/// the second: what everybody finds.
///
/// # Errors
/// Those of the question (422); `search_warming` (503).
async fn new_services(app: &App, filter: &ServiceFilter, window: (DateTime<Utc>, DateTime<Utc>)) -> Result<NewServices, Refusal> {
    let published = read::published_between(&app.db, window, MOST_LOOKED_AT).await?;
    let query = search::question(app, filter)?;
    let among: HashSet<ServiceId> = published.iter().copied().collect();
    let all = Selection { order: SelectOrder::Id, offset: 0, limit: published.len() };
    let found = app.search.ask(move |engine| engine.select(&query, all, Some(&|id, _, _| among.contains(&id)))).await?;
    let mut ids: Vec<ServiceId> = found.services.iter().map(|one| one.document.id).collect();
    ids.sort_by_key(|id| published.iter().position(|other| other == id));
    let count = u64::try_from(ids.len()).unwrap_or(u64::MAX);
    ids.truncate(MOST_NAMED);
    Ok(NewServices { count, first: ids })
}

/// Plans the next look with this transaction. One that is planned already is left as it is.
pub(crate) fn plan(tx: &mut Tx) {
    let run_at = tx.ctx().now + EVERY;
    tx.enqueue(NewJob { kind: ALERT_JOB, unique_key: Some(ALERT_JOB.to_owned()), payload: json!({}), priority: LATE, run_at });
}

/// Tells of every search that is due, and plans the next look. Interrupted, it goes on where it stopped: who was told is not due.
///
/// # Errors
/// As any write.
pub(crate) async fn alert(app: &Arc<App>, job: &Job) -> Result<(), Refusal> {
    let mut after = None;
    loop {
        let some = read::searches_to_tell(&app.db, app.clock.now(), after, BATCH).await?;
        let Some(last) = some.last() else { break };
        after = Some(last.id);
        if !claim::hold(app, job).await? {
            return Ok(());
        }
        for search in some {
            tell(app, job, &search).await?;
        }
    }
    let Some(mut tx) = claim::end(app, job).await? else { return Ok(()) };
    plan(&mut tx);
    Ok(tx.commit().await?)
}

/// Enqueues the mail about one search, when it is due and there is something to tell.
async fn tell(app: &App, job: &Job, search: &Model) -> Result<(), Refusal> {
    let ctx = claim::ctx(app, job);
    let Some(since) = search.alerted_at.filter(|last| search.alert.is_due(*last, ctx.now)) else { return Ok(()) };
    let filter = serde_json::from_value(search.query.clone()).map(SavedQuery).and_then(|query| query.filter());
    let Ok(filter) = filter else {
        // A code that a list no longer holds: its owner sees it when the search is opened.
        tracing::warn!(search = %search.id, "a saved search cannot be asked any more");
        return Ok(());
    };
    let until = ctx.now - MARGIN;
    let found = match new_services(app, &filter, (since, until)).await {
        Err(Refusal::Blocked { .. }) => {
            tracing::warn!(search = %search.id, "a saved search names what is not known any more");
            return Ok(());
        }
        other => other?,
    };
    let mut tx = app.db.write(&ctx).await?;
    let before = match read::lock_search(&tx, None, search.id).await {
        Err(Failure::Missing) => return Ok(()),
        other => other?,
    };
    if before.version != search.version {
        // Its owner has just changed it: the next look asks the new question.
        return Ok(());
    }
    tx.save::<Entity>(&before, Model { alerted_at: Some(until), ..before.clone() }, "alert").await?;
    if found.count > 0 {
        let subject = AccountSubject::SavedSearch { user: before.user_id, search: before.id, found: found.count, services: found.first };
        notify::account(&mut tx, NoticeKind::SavedSearchAlert, subject);
    }
    Ok(tx.commit().await?)
}
