//! The sandbox: a clock that can be moved forward, a mailbox that keeps what would have left, and a way back to nothing.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use relais_domain::access::{Condition, Permission, Resource};
use relais_domain::identity::Actor;
use relais_persistence::Ctx;
use relais_persistence::message::read::{self, MailboxFilter};
use relais_persistence::message::view::KeptMailView;
use relais_persistence::message::write;
use relais_persistence::platform::{housekeeping as content, instance, job};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{duration, housekeeping, worker};
use crate::{App, Caller, Page, PageRequest, Refusal};

/// The farthest that one request moves the clock.
const FARTHEST: TimeDelta = TimeDelta::days(3 * 366);
/// The farthest that business time runs ahead of real time.
const MOST_AHEAD: TimeDelta = TimeDelta::days(100 * 365);
/// Jobs that another node runs are waited for in steps of this length, and no longer than a claim holds.
const WAIT: Duration = Duration::from_millis(20);
const MOST_WAITS: u32 = 4000;

/// The two clocks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SandboxClock)]
pub struct ClockView {
    /// Business time: reminders, expiry and "today" follow it.
    pub now: DateTime<Utc>,
    /// Real time: tokens, sessions and one-time codes follow it.
    pub real_now: DateTime<Utc>,
    /// How far business time runs ahead.
    pub offset_seconds: i64,
}

/// How to move the clock: one of the two.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SandboxClockMove)]
pub struct Advance {
    /// By how much: an ISO 8601 duration of weeks, days, hours and minutes.
    #[serde(default)]
    #[schema(example = "P10D", max_length = 40)]
    pub advance: Option<String>,
    /// To this instant.
    #[serde(default)]
    pub to: Option<DateTime<Utc>>,
}

/// What moving the clock did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SandboxClockMoved)]
pub struct Advanced {
    /// Business time now.
    pub now: DateTime<Utc>,
    /// How many jobs came due on the way and were run: reminders, expiries, their mails.
    pub jobs_run: u64,
}

fn sandbox_only(app: &App) -> Result<(), Refusal> {
    if app.settings.sandbox { Ok(()) } else { Err(Refusal::NotFound) }
}

/// Reads both clocks.
///
/// # Errors
/// 404 outside the sandbox.
pub async fn clock(app: &App) -> Result<ClockView, Refusal> {
    sandbox_only(app)?;
    app.read_clock().await?;
    Ok(ClockView { now: app.clock.now(), real_now: app.clock.real_now(), offset_seconds: app.clock.offset().num_seconds() })
}

/// Moves business time forward, stepping through the due times on the way in their order: at each, everything that is due
/// runs to its end, mails included, before the clock moves on.
///
/// # Errors
/// 422 `advance_or_to` unless exactly one is given, `invalid_duration`, `clock_backwards`, `clock_too_far` (more than three
/// years at once, or a hundred years ahead); 409 `clock_is_moving` when another node moves it meanwhile; 404 outside the sandbox.
pub async fn advance(app: &Arc<App>, caller: &Caller, command: &Advance) -> Result<Advanced, Refusal> {
    sandbox_only(app)?;
    let _in_order = app.pulse.turn.lock().await;
    app.read_clock().await?;
    let target = target(app.clock.now(), app.clock.real_now(), command)?;
    let mut steps = Steps { app, name: format!("clock-{}", caller.request.id), ran: 0 };
    steps.settle(app.clock.now()).await?;
    while let Some(due) = job::next_due(&app.db).await?.filter(|due| *due <= target) {
        steps.move_to(due).await?;
        steps.settle(due).await?;
    }
    steps.move_to(target).await?;
    Ok(Advanced { now: app.clock.now(), jobs_run: steps.ran })
}

fn target(now: DateTime<Utc>, real_now: DateTime<Utc>, command: &Advance) -> Result<DateTime<Utc>, Refusal> {
    let too_far = |pointer| Refusal::invalid("clock_too_far", pointer);
    let (target, pointer) = match (&command.advance, command.to) {
        (Some(text), None) => {
            let by = duration::parse(text).ok_or_else(|| Refusal::invalid("invalid_duration", "/advance"))?;
            (now.checked_add_signed(by).ok_or_else(|| too_far("/advance"))?, "/advance")
        }
        (None, Some(to)) => (to, "/to"),
        _ => return Err(Refusal::invalid("advance_or_to", "")),
    };
    if target < now {
        return Err(Refusal::invalid("clock_backwards", pointer));
    }
    if target - now > FARTHEST || target - real_now > MOST_AHEAD {
        return Err(too_far(pointer));
    }
    Ok(target)
}

/// The way of the clock from one due time to the next.
struct Steps<'a> {
    app: &'a Arc<App>,
    name: String,
    ran: u64,
}

impl Steps<'_> {
    /// Sets business time, never back. The offset must still be the one that this process left: two nodes that move the
    /// clock at once would each skip what the other passes.
    async fn move_to(&self, at: DateTime<Utc>) -> Result<(), Refusal> {
        let app = self.app;
        let tx = app.db.write(&app.system_ctx(Actor::Clock, &self.name)).await?;
        if instance::lock_offset(&tx).await? != app.clock.offset() {
            return Err(Refusal::Conflict("clock_is_moving"));
        }
        let offset = micros(at - app.clock.real_now()).max(app.clock.offset());
        instance::set_offset(&tx, offset).await?;
        tx.commit().await?;
        app.clock.set_offset(offset);
        Ok(())
    }

    /// Runs what is due until nothing is, and waits for what other nodes run.
    async fn settle(&mut self, at: DateTime<Utc>) -> Result<(), Refusal> {
        let app = self.app;
        for _ in 0..MOST_WAITS {
            let ran = worker::run_due(app, &self.name).await?;
            self.ran += u64::try_from(ran).unwrap_or(0);
            if job::unsettled(&app.db, at, app.clock.real_now()).await? == 0 {
                return Ok(());
            }
            tokio::time::sleep(WAIT).await;
        }
        Err(Refusal::Busy)
    }
}

/// What the database keeps of a span.
fn micros(span: TimeDelta) -> TimeDelta {
    TimeDelta::microseconds(span.num_microseconds().unwrap_or(0))
}

/// The mails that were kept instead of sent, newest last.
///
/// # Errors
/// 404 outside the sandbox; 400 `invalid_cursor`.
pub async fn mailbox(app: &App, caller: &Caller, filter: &MailboxFilter, request: &PageRequest) -> Result<Page<KeptMailView>, Refusal> {
    sandbox_only(app)?;
    let rows = read::mailbox(&app.db, filter, request.after(app, caller)?, request.limit + 1).await?;
    request.page(app, caller, rows, |mail| (mail.at, mail.id))
}

/// Empties the mailbox.
///
/// # Errors
/// 404 outside the sandbox; else as any write.
pub async fn empty_mailbox(app: &App, caller: &Caller) -> Result<(), Refusal> {
    sandbox_only(app)?;
    let tx = app.db.write(&app.ctx(caller)).await?;
    write::empty_mailbox(&tx).await?;
    Ok(tx.commit().await?)
}

/// Empties the sandbox but for its keys, and sets business time back to real time. The demo can then run again. Needs
/// `jobs:write` on the whole platform; the caller's own account is gone with the rest.
///
/// # Errors
/// 404 outside the sandbox; 403 `permission_missing`.
pub async fn reset(app: &App, caller: &Caller) -> Result<(), Refusal> {
    sandbox_only(app)?;
    if caller.may(Resource::Organisation, Permission::JobsWrite)?.visible() != Condition::Always {
        return Err(Refusal::Forbidden(Permission::JobsWrite));
    }
    let _in_order = app.pulse.turn.lock().await;
    // What is planned anew is planned by the clock that comes after.
    let ctx = app.ctx(caller);
    let mut tx = app.db.write(&Ctx { now: ctx.real_now, ..ctx }).await?;
    content::empty(&tx).await?;
    tx.event("sandbox.reset", "instance", uuid::Uuid::nil(), None);
    housekeeping::plan_all(&mut tx);
    tx.commit().await?;
    app.sessions.clear();
    app.read_clock().await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn code(refusal: Refusal) -> &'static str {
        match refusal {
            Refusal::Blocked { blockers, .. } => blockers[0].code,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_clock_goes_forward_and_not_too_far() {
        let now = at("2026-03-01T10:00:00Z");
        let by = |text: &str| target(now, now, &Advance { advance: Some(text.to_owned()), to: None });
        let to = |text: &str| target(now, now, &Advance { advance: None, to: Some(at(text)) });
        assert_eq!(by("P31D").unwrap(), at("2026-04-01T10:00:00Z"));
        assert_eq!(to("2026-03-01T10:00:00Z").unwrap(), now);
        assert_eq!(code(by("P-1D").unwrap_err()), "invalid_duration");
        assert_eq!(code(by("P200W").unwrap_err()), "clock_too_far");
        assert_eq!(code(to("2026-03-01T09:59:59Z").unwrap_err()), "clock_backwards");
        assert_eq!(code(to("2030-03-01T00:00:00Z").unwrap_err()), "clock_too_far");
        assert_eq!(code(target(now, now, &Advance::default()).unwrap_err()), "advance_or_to");
        let far_ahead = at("2125-12-31T00:00:00Z");
        assert_eq!(code(target(far_ahead, now, &Advance { advance: Some("P365D".into()), to: None }).unwrap_err()), "clock_too_far");
    }
}
