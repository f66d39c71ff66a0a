//! The delays that an organisation chooses for what it receives.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Clocks, DayCount};
use crate::referral::WorkCalendar;
use crate::shared::Blocker;

/// What an organisation decides of the delays of the referrals it receives; what is null follows the platform. The delays of
/// drafts, of held referrals and of those made outside, of links, pauses, former holders, corrections, of taking back a filing and of
/// retention are the platform's alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, sea_orm::FromJsonQueryResult)]
#[serde(default, deny_unknown_fields)]
pub struct OrganisationClocks {
    /// Whether days are calendar days or working days.
    pub count: Option<DayCount>,
    /// By which public holidays; null for those of the organisation's country.
    pub calendar: Option<WorkCalendar>,
    /// Full days without an answer until it is reminded, and between two reminders.
    #[schema(minimum = 1, maximum = 365)]
    pub remind_after_days: Option<i32>,
    /// Days between reminders to the holder of a referral under review or on the waiting list.
    #[schema(minimum = 1, maximum = 365)]
    pub remind_holder_every_days: Option<i32>,
    /// Days until a sent referral expires.
    #[schema(minimum = 1, maximum = 365)]
    pub expire_sent_days: Option<i32>,
    /// Days until a referral under review expires.
    #[schema(minimum = 1, maximum = 365)]
    pub expire_review_days: Option<i32>,
    /// Days until a referral on the waiting list expires.
    #[schema(minimum = 1, maximum = 730)]
    pub expire_waitlist_days: Option<i32>,
    /// After how many days on the waiting list the sender is asked whether the help is still needed, twice.
    #[schema(value_type = Option<Vec<i32>>, min_items = 2, max_items = 2)]
    pub ask_sender_waitlist_days: Option<[i32; 2]>,
    /// After how many reminders in one state the lead is told; 0 for never.
    #[schema(minimum = 0, maximum = 20)]
    pub escalate_after_reminders: Option<i32>,
}

/// The longest delay of a referral that waits for an answer, and of one on the waiting list, in days.
const MOST: (i32, i32) = (365, 730);

/// The longest of the platform's other delays: twenty years.
const MOST_OF_OTHERS: i32 = 7300;

impl Clocks {
    /// Everything that is wrong with delays of the platform: as for those of an organisation, and `out_of_range` for the others.
    pub fn problems(&self) -> Vec<Blocker> {
        let as_own = OrganisationClocks {
            count: Some(self.count),
            calendar: Some(self.calendar.clone()),
            remind_after_days: Some(self.remind_after_days),
            remind_holder_every_days: Some(self.remind_holder_every_days),
            expire_sent_days: Some(self.expire_sent_days),
            expire_review_days: Some(self.expire_review_days),
            expire_waitlist_days: Some(self.expire_waitlist_days),
            ask_sender_waitlist_days: Some(self.ask_sender_waitlist_days),
            escalate_after_reminders: Some(self.escalate_after_reminders),
        };
        let others = [
            ("/ask_outside_days", self.ask_outside_days),
            ("/draft_days", self.draft_days),
            ("/held_days", self.held_days),
            ("/held_remind_days", self.held_remind_days),
            ("/link_days", self.link_days),
            ("/unarchive_days", self.unarchive_days),
            ("/correct_reported_days", self.correct_reported_days),
            ("/former_holder_days", self.former_holder_days),
            ("/retention_days", self.retention_days),
            ("/pause_days", self.pause_days),
            ("/pause_total_days", self.pause_total_days),
        ];
        let mut found = as_own.problems(self);
        let wrong = others.into_iter().filter(|(_, days)| !(1..=MOST_OF_OTHERS).contains(days));
        found.extend(wrong.map(|(pointer, _)| Blocker::content("out_of_range").at(pointer).with("min", 1).with("max", MOST_OF_OTHERS)));
        found
    }
}

impl OrganisationClocks {
    /// The platform's delays with what this organisation decided. `own_country` is whose holidays count when it chose none.
    #[must_use]
    pub fn over(&self, platform: &Clocks, own_country: Option<WorkCalendar>) -> Clocks {
        let Self {
            count,
            calendar,
            remind_after_days,
            remind_holder_every_days,
            expire_sent_days,
            expire_review_days,
            expire_waitlist_days,
            ask_sender_waitlist_days,
            escalate_after_reminders,
        } = self.clone();
        Clocks {
            count: count.unwrap_or(platform.count),
            calendar: calendar.or(own_country).unwrap_or_else(|| platform.calendar.clone()),
            remind_after_days: remind_after_days.unwrap_or(platform.remind_after_days),
            remind_holder_every_days: remind_holder_every_days.unwrap_or(platform.remind_holder_every_days),
            expire_sent_days: expire_sent_days.unwrap_or(platform.expire_sent_days),
            expire_review_days: expire_review_days.unwrap_or(platform.expire_review_days),
            expire_waitlist_days: expire_waitlist_days.unwrap_or(platform.expire_waitlist_days),
            ask_sender_waitlist_days: ask_sender_waitlist_days.unwrap_or(platform.ask_sender_waitlist_days),
            escalate_after_reminders: escalate_after_reminders.unwrap_or(platform.escalate_after_reminders),
            ..platform.clone()
        }
    }

    /// Everything that is wrong with it over the platform's delays: `out_of_range`, `unknown_subdivision`,
    /// `reminder_after_expiry` (a reminder that never comes), `not_in_order` (422).
    pub fn problems(&self, platform: &Clocks) -> Vec<Blocker> {
        let mut found = Vec::new();
        let mut bounded = |pointer: &str, value: Option<i32>, least: i32, most: i32| {
            if value.is_some_and(|value| value < least || value > most) {
                found.push(Blocker::content("out_of_range").at(pointer).with("min", least).with("max", most));
            }
        };
        bounded("/remind_after_days", self.remind_after_days, 1, MOST.0);
        bounded("/remind_holder_every_days", self.remind_holder_every_days, 1, MOST.0);
        bounded("/expire_sent_days", self.expire_sent_days, 1, MOST.0);
        bounded("/expire_review_days", self.expire_review_days, 1, MOST.0);
        bounded("/expire_waitlist_days", self.expire_waitlist_days, 1, MOST.1);
        bounded("/escalate_after_reminders", self.escalate_after_reminders, 0, 20);
        let questions = self.ask_sender_waitlist_days;
        for (index, days) in questions.into_iter().flatten().enumerate() {
            bounded(&format!("/ask_sender_waitlist_days/{index}"), Some(days), 1, MOST.1);
        }
        found.extend(self.calendar.iter().flat_map(|calendar| calendar.problems("/calendar/subdivision")));
        if !found.is_empty() {
            return found;
        }
        let all = self.over(platform, None);
        let late = |pointer: &str, first: i32, end: i32| {
            (first >= end).then(|| Blocker::content("reminder_after_expiry").at(pointer).with("days", first).with("expires_after", end))
        };
        found.extend(late("/remind_after_days", all.remind_after_days, all.expire_sent_days));
        found.extend(late("/remind_holder_every_days", all.remind_holder_every_days, all.expire_review_days));
        let [first, second] = all.ask_sender_waitlist_days;
        found.extend(late("/ask_sender_waitlist_days/1", second, all.expire_waitlist_days));
        if first >= second {
            found.push(Blocker::content("not_in_order").at("/ask_sender_waitlist_days"));
        }
        found
    }
}
