//! The delays of the platform, and what the clock does to a leg.

mod delays;
mod plan;

use chrono::{DateTime, Days, Duration, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::holiday::{CalendarCountry, WorkCalendar, after_working_days};
use super::{Change, Event, Kind, Origin, Referral, State};
use crate::shared::{Blocked, Blocker};

/// The hour of the day, in the receiver's zone, at which receivers are reminded.
const REMINDER_HOUR: u32 = 8;

/// A time zone, as far as the clocks need one.
pub trait Zone {
    /// The civil date at that instant.
    fn local_date(&self, at: DateTime<Utc>) -> NaiveDate;

    /// The instant of a full hour (0 to 23) of a civil date. An hour that the change to summer time skips is the first
    /// instant after it; one that comes twice is its first.
    fn at_local(&self, date: NaiveDate, hour: u32) -> DateTime<Utc>;
}

/// The delays, in days. Settings of the platform, overridable per organisation (see [`OrganisationClocks`]); the defaults are
/// those that users of DORA know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sea_orm::FromJsonQueryResult)]
#[serde(default, deny_unknown_fields)]
pub struct Clocks {
    /// Full days without an answer until the receiver is reminded, and between two reminders.
    pub remind_after_days: i32,
    /// Days between reminders to the holder of a leg under review or on the waiting list.
    pub remind_holder_every_days: i32,
    /// Days until a sent leg expires.
    pub expire_sent_days: i32,
    /// Days until a leg under review expires.
    pub expire_review_days: i32,
    /// Days until a leg on the waiting list expires.
    pub expire_waitlist_days: i32,
    /// After how many days on the waiting list the sender is asked whether the help is still needed.
    pub ask_sender_waitlist_days: [i32; 2],
    /// After how many days the sender is asked what became of a referral made outside the platform.
    pub ask_outside_days: i32,
    /// Untouched days until a draft is deleted.
    pub draft_days: i32,
    /// Days until a held leg is withdrawn.
    pub held_days: i32,
    /// Days between reminders to moderators of a held leg.
    pub held_remind_days: i32,
    /// Life of an access link, in days.
    pub link_days: i32,
    /// Days in which a filing can be taken back.
    pub unarchive_days: i32,
    /// Days in which the receiver may correct an answer that the sender reported.
    pub correct_reported_days: i32,
    /// Days in which a former holder still reads what it handed over.
    pub former_holder_days: i32,
    /// Days from the end until names, contacts, numbers and free texts are blanked.
    pub retention_days: i32,
    /// After how many reminders in one state the lead of the receiving unit is told; 0 for never.
    pub escalate_after_reminders: i32,
    /// How many days one pause lasts at most.
    pub pause_days: i32,
    /// How many days all pauses of a leg last at most, together.
    pub pause_total_days: i32,
    /// Whether the delays of a leg that waits for its receiver are counted in calendar days or in working days.
    pub count: DayCount,
    /// By which public holidays working days are counted.
    pub calendar: WorkCalendar,
    /// How far the receiver's civil time is ahead of UTC, in minutes, where days are counted without its zone at hand.
    #[serde(skip)]
    #[schema(ignore)]
    pub offset_minutes: i32,
}

crate::choice! {
    /// How days are counted.
    pub enum DayCount {
        /// Every day.
        Calendar = "calendar",
        /// Neither weekends nor public holidays.
        Working = "working",
    }
}

impl Default for Clocks {
    fn default() -> Self {
        Self {
            remind_after_days: 10,
            remind_holder_every_days: 20,
            expire_sent_days: 30,
            expire_review_days: 60,
            expire_waitlist_days: 180,
            ask_sender_waitlist_days: [60, 120],
            ask_outside_days: 10,
            draft_days: 30,
            held_days: 30,
            held_remind_days: 2,
            link_days: 8,
            unarchive_days: 30,
            correct_reported_days: 30,
            former_holder_days: 30,
            retention_days: 730,
            escalate_after_reminders: 2,
            pause_days: 60,
            pause_total_days: 120,
            count: DayCount::Calendar,
            calendar: WorkCalendar::of(CalendarCountry::Fr),
            offset_minutes: 0,
        }
    }
}

impl Clocks {
    /// When the clock ends a leg that enters this state now; none where no clock runs.
    pub fn end_of(&self, state: State, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let days = match state {
            State::Draft => return Some(after(now, self.draft_days)),
            State::Held => return Some(after(now, self.held_days)),
            State::Sent => self.expire_sent_days,
            State::UnderReview => self.expire_review_days,
            State::Waitlisted => self.expire_waitlist_days,
            State::Blocked
            | State::Accepted
            | State::Completed
            | State::Refused
            | State::Expired
            | State::Withdrawn
            | State::Redirected
            | State::Superseded => return None,
        };
        Some(self.counted(now, days))
    }

    /// An instant so many days after another, as this leg counts days.
    pub(super) fn counted(&self, from: DateTime<Utc>, days: i32) -> DateTime<Utc> {
        match self.count {
            DayCount::Calendar => after(from, days),
            DayCount::Working => {
                after_working_days(from, u32::try_from(days).unwrap_or(0), &self.calendar, &FixedOffset { minutes: self.offset_minutes })
            }
        }
    }

    /// 08:00 in the receiver's zone on the first day that is at least the reminder's full days after `since`. Days are
    /// civil days, so a change of summer time moves nothing; where working days are counted, it is a working day.
    pub fn next_reminder(&self, since: DateTime<Utc>, zone: &dyn Zone) -> DateTime<Utc> {
        let day = zone.local_date(since);
        if self.count == DayCount::Working {
            let begun = self.calendar.is_working(day) && since > zone.at_local(day, REMINDER_HOUR);
            let days = u32::try_from(self.remind_after_days.max(1)).unwrap_or(1) + u32::from(begun);
            return zone.at_local(self.calendar.working_days_after(day, days), REMINDER_HOUR);
        }
        let begun = since > zone.at_local(day, REMINDER_HOUR);
        let days = u64::try_from(self.remind_after_days.max(1)).unwrap_or(1) + u64::from(begun);
        zone.at_local(day.checked_add_days(Days::new(days)).unwrap_or(day), REMINDER_HOUR)
    }

    /// The instant itself, or, where working days are counted and it is on none, eight o'clock on the next.
    pub(super) fn on_a_reminding_day(&self, at: DateTime<Utc>, zone: &dyn Zone) -> DateTime<Utc> {
        let day = zone.local_date(at);
        if self.count == DayCount::Calendar || self.calendar.is_working(day) {
            return at;
        }
        zone.at_local(self.calendar.working_from(day), REMINDER_HOUR)
    }
}

/// A zone that knows no summer time.
struct FixedOffset {
    minutes: i32,
}

impl Zone for FixedOffset {
    fn local_date(&self, at: DateTime<Utc>) -> NaiveDate {
        (at + Duration::minutes(i64::from(self.minutes))).date_naive()
    }

    fn at_local(&self, date: NaiveDate, hour: u32) -> DateTime<Utc> {
        let midnight = date.and_time(chrono::NaiveTime::MIN).and_utc();
        midnight + Duration::hours(i64::from(hour)) - Duration::minutes(i64::from(self.minutes))
    }
}

/// An instant some days later; days of 24 hours.
pub(super) fn after(from: DateTime<Utc>, days: i32) -> DateTime<Utc> {
    from.checked_add_signed(Duration::days(i64::from(days))).unwrap_or(from)
}

pub use delays::OrganisationClocks;
pub use plan::{Plan, Question};

crate::choice! {
    /// What the clock has to do for a leg.
    pub enum DueKind {
        /// Delete an untouched draft, with a notice: `expire`.
        DraftExpiry = "draft_expiry",
        /// Remind the moderators of a held leg: `remind`.
        HeldReminder = "held_reminder",
        /// Withdraw a held leg: `expire`.
        HeldExpiry = "held_expiry",
        /// Remind the receiver: `remind`.
        Reminder = "reminder",
        /// Remind the holder of a leg under review or on the waiting list: `remind`.
        HolderReminder = "holder_reminder",
        /// Ask the sender whether a place is still needed. Changes nothing on the leg.
        WaitlistQuestion = "waitlist_question",
        /// Ask the sender what became of a referral made outside. Changes nothing on the leg.
        OutsideQuestion = "outside_question",
        /// End a leg that nobody answered: `expire`.
        Expiry = "expiry",
        /// Let clocks run on whose pause has reached its end: `end_pause`.
        PauseEnd = "pause_end",
        /// Take what was handed over out of its former holder's sight: `expire`.
        HolderLeaves = "holder_leaves",
    }
}

impl DueKind {
    /// Carried out by `remind`.
    pub const fn is_reminder(self) -> bool {
        matches!(self, Self::HeldReminder | Self::Reminder | Self::HolderReminder)
    }

    /// Carried out by `expire`.
    pub const fn is_ending(self) -> bool {
        matches!(self, Self::DraftExpiry | Self::HeldExpiry | Self::Expiry | Self::HolderLeaves)
    }
}

/// One thing that the clock has to do, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueJob {
    /// What.
    pub kind: DueKind,
    /// When.
    pub at: DateTime<Utc>,
    /// Which one of its kind since the leg entered its state, from 1.
    pub n: i32,
}

impl DueJob {
    /// Unique per leg, kind, number and time: clocks that start afresh, or that a pause moves, make another job, and
    /// the old one finds itself no longer implied.
    pub fn key(&self) -> String {
        format!("{}:{}:{}", self.kind, self.n, self.at.timestamp_micros())
    }
}

impl Referral {
    /// The jobs that the leg implies as it stands, whether their time has come or not. Enqueue each under its key.
    pub fn due(&self, clocks: &Clocks) -> Vec<DueJob> {
        let once = |kind: DueKind, at: Option<DateTime<Utc>>| at.map(|at| DueJob { kind, at, n: 1 });
        let plan = self.plan_or(clocks);
        let questions = |kind: DueKind| plan.questions.iter().map(move |one| DueJob { kind, at: one.at, n: one.n });
        if let Some(pause) = &self.pause {
            // A question whose time had come before is put although its job comes late: who asked already took the job away.
            let owed = questions(DueKind::WaitlistQuestion).filter(|due| due.at <= pause.stood_from());
            return once(DueKind::PauseEnd, Some(pause.until)).into_iter().chain(owed).collect();
        }
        let next = self.reminders_sent.saturating_add(1);
        let before_the_end = |at: &DateTime<Utc>| self.expire_at.is_some_and(|end| *at < end);
        let reminder = |kind: DueKind| plan.remind_at.filter(before_the_end).map(|at| DueJob { kind, at, n: next });
        let mut jobs: Vec<DueJob> = Vec::new();
        match self.state {
            _ if self.kind == Kind::WalkIn && self.state.is_open() => {}
            State::Draft => jobs.extend(once(DueKind::DraftExpiry, self.expire_at)),
            State::Held => {
                jobs.extend(reminder(DueKind::HeldReminder));
                jobs.extend(once(DueKind::HeldExpiry, self.expire_at));
            }
            State::Sent if self.origin == Origin::Outside => jobs.extend(questions(DueKind::OutsideQuestion)),
            State::Sent => {
                jobs.extend(self.remind_at.map(|at| DueJob { kind: DueKind::Reminder, at, n: next }));
                jobs.extend(once(DueKind::Expiry, self.expire_at));
            }
            State::UnderReview => {
                jobs.extend(reminder(DueKind::HolderReminder));
                jobs.extend(once(DueKind::Expiry, self.expire_at));
            }
            State::Waitlisted => {
                jobs.extend(reminder(DueKind::HolderReminder));
                jobs.extend(questions(DueKind::WaitlistQuestion));
                jobs.extend(once(DueKind::Expiry, self.expire_at));
            }
            State::Redirected => jobs.extend(once(DueKind::HolderLeaves, self.holder_leaves_at())),
            _ => {}
        }
        jobs
    }

    /// Whether the leg still implies a job and its time has come: what a job asks before it does anything.
    pub fn is_due(&self, job: &DueJob, clocks: &Clocks, now: DateTime<Utc>) -> bool {
        job.at <= now && self.due(clocks).contains(job)
    }

    /// What a job gives way to that comes at another time than the leg implies now, because the delays changed meanwhile. None when
    /// nothing of its kind lies ahead any more. What is written on the leg itself was enqueued when it was written.
    pub fn due_instead(&self, job: &DueJob, clocks: &Clocks) -> Option<DueJob> {
        let moved = |due: &DueJob| due.kind == job.kind && due.n == job.n && due.at != job.at;
        let written = self.plan.is_some() && matches!(job.kind, DueKind::WaitlistQuestion | DueKind::OutsideQuestion);
        self.due(clocks).into_iter().find(moved).filter(|_| !written)
    }

    /// `not_due` (409) unless a reminder's time has come.
    pub fn blockers_to_remind(&self, clocks: &Clocks, now: DateTime<Utc>) -> Vec<Blocker> {
        self.not_due_unless(DueKind::is_reminder, clocks, now)
    }

    /// Counts a reminder and sets the next one. A reminder that went out on its day counts from its hour, so that the
    /// seconds it was late do not push the next one by a day.
    ///
    /// # Errors
    /// `not_due`.
    pub fn remind(mut self, clocks: &Clocks, zone: &dyn Zone, now: DateTime<Utc>) -> Result<Change, Blocked> {
        Blocked::unless_empty(self.blockers_to_remind(clocks, now))?;
        self.reminders_sent = self.reminders_sent.saturating_add(1);
        if let Some(planned) = self.remind_at {
            let since = if zone.local_date(planned) == zone.local_date(now) { planned } else { now };
            self.set_reminder(clocks, zone, since);
        }
        self.plan_next_reminder(clocks);
        let mut events = vec![Event::ReferralReminded];
        events.extend(self.escalated(clocks).then_some(Event::ReferralEscalated));
        Ok(Change { referral: self, events })
    }

    /// `not_due` (409) unless the time to end has come.
    pub fn blockers_to_expire(&self, clocks: &Clocks, now: DateTime<Utc>) -> Vec<Blocker> {
        self.not_due_unless(DueKind::is_ending, clocks, now)
    }

    /// Ends the leg by the clock: expired, or withdrawn when it was held. A draft keeps its state: on `draft_expired` the row is
    /// deleted. A leg that was handed over keeps it too: its former holder loses sight of it.
    ///
    /// # Errors
    /// `not_due`.
    pub fn expire(mut self, clocks: &Clocks, now: DateTime<Utc>) -> Result<Change, Blocked> {
        Blocked::unless_empty(self.blockers_to_expire(clocks, now))?;
        Ok(match self.state {
            State::Draft => self.became(Event::DraftExpired),
            State::Held => {
                self.enter(State::Withdrawn, clocks, now);
                self.became(Event::ReferralWithdrawn)
            }
            State::Redirected => {
                self.receiver_left_at = Some(now);
                self.became(Event::ReferralLeft)
            }
            _ => {
                self.enter(State::Expired, clocks, now);
                self.became(Event::ReferralExpired)
            }
        })
    }

    /// Plans the next reminder to the receiver, unless the leg expires before it.
    pub(super) fn set_reminder(&mut self, clocks: &Clocks, zone: &dyn Zone, since: DateTime<Utc>) {
        if self.kind == Kind::WalkIn {
            return;
        }
        let at = clocks.next_reminder(since, zone);
        self.remind_at = self.expire_at.is_none_or(|end| at < end).then_some(at);
    }

    fn not_due_unless(&self, wanted: fn(DueKind) -> bool, clocks: &Clocks, now: DateTime<Utc>) -> Vec<Blocker> {
        let due = self.due(clocks).iter().any(|job| wanted(job.kind) && job.at <= now);
        if due { Vec::new() } else { vec![self.state_blocker("not_due")] }
    }
}
