//! What the clock does to a leg when a due time comes.

use chrono::DateTime;
use relais_domain::message::NoticeKind;
use relais_domain::referral::{Act, Change, DueJob, DueKind, Event, Party, Referral};
use relais_domain::shared::Blocked;
use relais_domain::shared::ids::ReferralId;
use relais_domain::task::TaskKind;
use relais_persistence::platform::job::Job;
use relais_persistence::referral::write;
use relais_persistence::{Failure, Tx};
use serde::Deserialize;

use super::reactions;
use super::terms::Terms;
use crate::message::notify::{self, About};
use crate::{App, Refusal, claim};

#[derive(Deserialize)]
struct Due {
    referral_id: ReferralId,
    kind: DueKind,
    n: i32,
    at: i64,
}

/// Runs one due time of a leg. It may be claimed twice or on two nodes: whoever takes the job's row away does it, and what the leg
/// says decides, under its lock. A leg that moved on meanwhile is left alone; where the delays changed meanwhile, it waits for the
/// time that they imply now.
///
/// # Errors
/// As any write; the job is then tried again.
pub async fn tick(app: &App, job: &Job) -> Result<(), Refusal> {
    let due: Due = serde_json::from_value(job.payload.clone()).map_err(|error| Refusal::Failed(error.to_string()))?;
    let Some(mut tx) = claim::end(app, job).await? else { return Ok(()) };
    match write::lock(&tx, due.referral_id).await {
        Err(Failure::Missing) => {}
        Err(other) => return Err(other.into()),
        Ok(locked) => {
            let at = DateTime::from_timestamp_micros(due.at).unwrap_or_default();
            let planned = DueJob { kind: due.kind, at, n: due.n };
            if locked.leg.is_due(&planned, &app.settings.clocks, tx.ctx().now) {
                run(app, &mut tx, locked, due.kind).await?;
            } else if let Some(instead) = locked.leg.due_instead(&planned, &app.settings.clocks) {
                reactions::enqueue(&mut tx, locked.leg.id, instead);
            }
        }
    }
    tx.commit().await?;
    Ok(())
}

async fn run(app: &App, tx: &mut Tx, locked: write::Locked, kind: DueKind) -> Result<(), Refusal> {
    let terms = Terms::of_leg(app, tx, &locked.leg).await?;
    match kind {
        DueKind::WaitlistQuestion => tell(tx, &locked.leg, NoticeKind::WaitlistQuestion).await,
        DueKind::OutsideQuestion => tell(tx, &locked.leg, NoticeKind::OutsideQuestion).await,
        _ => {
            let change = moved(&terms, locked.leg.clone(), kind, tx)?;
            if change.events.contains(&Event::DraftExpired) {
                reactions::follow(app, tx, Some(&locked.leg), &change).await?;
                return Ok(write::delete_draft(tx, locked, "expire").await?);
            }
            let act = match kind {
                DueKind::PauseEnd => Act::ResumeClock.code(),
                _ if kind.is_reminder() => "remind",
                _ => "expire",
            };
            write::save(tx, &locked, change.referral.clone(), act, None).await?;
            reactions::follow(app, tx, Some(&locked.leg), &change).await
        }
    }
}

fn moved(terms: &Terms, leg: Referral, kind: DueKind, tx: &Tx) -> Result<Change, Blocked> {
    let now = tx.ctx().now;
    match kind {
        DueKind::PauseEnd => leg.end_pause(&terms.context(Party::Clock), now),
        _ if kind.is_reminder() => leg.remind(&terms.clocks, &terms.zone, now),
        _ => leg.expire(&terms.clocks, now),
    }
}

async fn tell(tx: &mut Tx, leg: &Referral, kind: NoticeKind) -> Result<(), Refusal> {
    notify::referral(tx, leg, kind, About::default()).await?;
    if kind == NoticeKind::WaitlistQuestion {
        notify::task(tx, leg.sender_organisation_id, leg.id, TaskKind::WaitlistQuestion.code(), None).await?;
    }
    Ok(())
}
