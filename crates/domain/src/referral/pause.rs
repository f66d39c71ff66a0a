//! Clocks that stand still.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Change, Clocks, Context, Event, NoteText, Party, Referral, State};
use crate::shared::{Blocked, Blocker, forbidden};

/// A pause of a leg's clocks. Kept as JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, sea_orm::FromJsonQueryResult)]
pub struct Pause {
    /// Why.
    pub reason: NoteText,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Until when at the latest.
    pub until: DateTime<Utc>,
    /// The reminder that was due then.
    pub remind_at: Option<DateTime<Utc>>,
    /// The end that was due then.
    pub expire_at: Option<DateTime<Utc>>,
    /// From when the clocks of the present state stand still; none when it is that of the pause itself.
    #[serde(default)]
    pub stood_from: Option<DateTime<Utc>>,
}

/// Why clocks are to stand still, and until when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PauseCommand {
    /// Why; shown to who may read the person's situation.
    pub reason: NoteText,
    /// When the clocks run on by themselves: at most 60 days from now, and 120 with all pauses before.
    pub until: DateTime<Utc>,
}

impl Pause {
    /// For how long clocks have stood still at `now`. A pause that nobody ended in time ended at its own end.
    fn lasted(&self, now: DateTime<Utc>) -> Duration {
        (now.min(self.until) - self.since).max(Duration::zero())
    }

    /// The instant from which the clocks of the present state stand still.
    pub(super) fn stood_from(&self) -> DateTime<Utc> {
        self.stood_from.unwrap_or(self.since)
    }
}

impl Referral {
    /// `not_the_sender` or `not_the_receiver` (403); `already_paused`, `no_clock_runs`, `pause_used_up`, or that no decision is
    /// expected (409).
    pub fn blockers_to_pause(&self, ctx: &Context<'_>) -> Vec<Blocker> {
        let mut blockers = self.blockers_of_the_parties(ctx.party);
        if self.pause.is_some() {
            blockers.push(self.state_blocker("already_paused"));
        } else if let Some(blocker) = self.to_handle_only() {
            blockers.push(blocker);
        } else if self.expire_at.is_none() {
            blockers.push(self.state_blocker("no_clock_runs"));
        } else if self.pause_left(ctx.clocks) <= Duration::zero() {
            blockers.push(self.state_blocker("pause_used_up").with("days", ctx.clocks.pause_total_days));
        }
        blockers
    }

    /// Lets reminders, questions and expiry stand still. Links, documents and retention go on.
    ///
    /// # Errors
    /// Those of [`Self::blockers_to_pause`]; `in_the_past`, `pause_too_long` on `/until`, `forbidden_identifier` on `/reason`
    /// (422).
    pub fn pause_clock(mut self, command: PauseCommand, ctx: &Context<'_>, now: DateTime<Utc>) -> Result<Change, Blocked> {
        let PauseCommand { reason, until } = command;
        let mut blockers = self.blockers_to_pause(ctx);
        let left = self.pause_left(ctx.clocks);
        let latest = now + left.min(Duration::days(i64::from(ctx.clocks.pause_days)));
        if until <= now {
            blockers.push(Blocker::content("in_the_past").at("/until"));
        } else if until > latest && left > Duration::zero() {
            let latest = latest.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
            blockers.push(Blocker::content("pause_too_long").at("/until").with("latest", latest));
        }
        blockers.extend(forbidden(&[("/reason", Some(reason.as_str()))]));
        Blocked::unless_empty(blockers)?;
        let (remind_at, expire_at) = (self.remind_at.take(), self.expire_at.take());
        self.pause = Some(Pause { reason, since: now, until, remind_at, expire_at, stood_from: None });
        self.updated_at = now;
        Ok(self.became(Event::ReferralClockPaused))
    }

    /// `not_the_sender` or `not_the_receiver` (403); `not_paused` (409).
    pub fn blockers_to_resume(&self, party: Party) -> Vec<Blocker> {
        let mut blockers = self.blockers_of_the_parties(party);
        if self.pause.is_none() {
            blockers.push(self.state_blocker("not_paused"));
        }
        blockers
    }

    /// Lets the clocks run on: everything that lay ahead comes later by the time that they stood still.
    ///
    /// # Errors
    /// Those of [`Self::blockers_to_resume`].
    pub fn resume_clock(mut self, ctx: &Context<'_>, now: DateTime<Utc>) -> Result<Change, Blocked> {
        Blocked::unless_empty(self.blockers_to_resume(ctx.party))?;
        self.run_on(ctx, now);
        self.updated_at = now;
        Ok(self.became(Event::ReferralClockResumed))
    }

    /// As [`Self::resume_clock`], by the clock at the end of the pause.
    ///
    /// # Errors
    /// `not_due` (409) before that.
    pub fn end_pause(mut self, ctx: &Context<'_>, now: DateTime<Utc>) -> Result<Change, Blocked> {
        if self.pause.as_ref().is_none_or(|pause| pause.until > now) {
            return Err(Blocked(vec![self.state_blocker("not_due")]));
        }
        self.run_on(ctx, now);
        Ok(self.became(Event::ReferralClockResumed))
    }

    /// Takes the pause off a leg that enters a state, and gives it back when it goes on there: while a decision is expected and its end
    /// has not come. Otherwise it ends without moving anything.
    pub(super) fn pause_beyond(&mut self, state: State, now: DateTime<Utc>) -> Option<Pause> {
        let pause = self.pause.take()?;
        if state.is_to_handle() && now < pause.until {
            return Some(pause);
        }
        self.paused_seconds = self.paused_seconds.saturating_add(pause.lasted(now).num_seconds());
        None
    }

    fn run_on(&mut self, ctx: &Context<'_>, now: DateTime<Utc>) {
        let Some(pause) = self.pause.take() else { return };
        self.paused_seconds = self.paused_seconds.saturating_add(pause.lasted(now).num_seconds());
        let lasted = (now.min(pause.until) - pause.stood_from()).max(Duration::zero());
        self.expire_at = pause.expire_at.map(|at| at + lasted);
        self.remind_at = pause.remind_at.map(|at| ctx.clocks.on_a_reminding_day(at + lasted, ctx.zone));
        self.remind_at = self.remind_at.filter(|at| self.expire_at.is_none_or(|end| *at < end));
        self.shift_plan(pause.stood_from(), lasted, ctx.clocks);
    }

    /// What is left of all pauses; less than a minute is nothing, as the seconds between a request and its pause add up to it.
    pub(super) fn pause_left(&self, clocks: &Clocks) -> Duration {
        let left = Duration::days(i64::from(clocks.pause_total_days)) - Duration::seconds(self.paused_seconds);
        if left < Duration::minutes(1) { Duration::zero() } else { left }
    }

    /// Refuses everybody but members of the sender and of a receiver that was told.
    fn blockers_of_the_parties(&self, party: Party) -> Vec<Blocker> {
        if party == Party::Sender { Vec::new() } else { self.receiver_only(party).into_iter().collect() }
    }
}
