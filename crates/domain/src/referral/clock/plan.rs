//! What the clock has planned for a leg besides its reminder and its end, fixed when the leg enters a state: a change of the
//! delays holds for what starts after it, and no planned thing is lost or done twice by it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Clocks, after};
use crate::referral::{Origin, Referral, State};

/// A question to the sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Which one since the leg entered its state, from 1.
    pub n: i32,
    /// When.
    pub at: DateTime<Utc>,
}

/// What is planned for a leg in its state. Kept as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, sea_orm::FromJsonQueryResult)]
#[serde(default)]
pub struct Plan {
    /// The next reminder to its holder, or, while it is held, to the moderators.
    pub remind_at: Option<DateTime<Utc>>,
    /// What the sender is asked and when.
    pub questions: Vec<Question>,
    /// The states in which the lead of the receiving unit was told: once in each.
    pub escalated: Vec<State>,
}

impl Plan {
    /// What a leg that enters a state now has before it. Who was told that it takes long is kept.
    fn on_entering(self, leg: &Referral, clocks: &Clocks) -> Self {
        let (since, state) = (leg.state_since, leg.state);
        let numbered = |days: &[i32], at: &dyn Fn(i32) -> DateTime<Utc>| {
            (1..).zip(days).map(|(n, days)| Question { n, at: at(*days) }).collect::<Vec<_>>()
        };
        let remind_at = match state {
            State::Held => Some(after(since, clocks.held_remind_days.max(1))),
            State::UnderReview | State::Waitlisted => Some(clocks.counted(since, clocks.remind_holder_every_days.max(1))),
            _ => None,
        };
        let questions = match state {
            State::Waitlisted => numbered(&clocks.ask_sender_waitlist_days, &|days| clocks.counted(since, days)),
            State::Sent if leg.origin == Origin::Outside => numbered(&[clocks.ask_outside_days], &|days| after(since, days)),
            _ => Vec::new(),
        };
        Self { remind_at, questions, escalated: self.escalated }
    }
}

impl Referral {
    /// The leg's plan. One that entered its state before there were plans has what the delays say, counted in calendar days
    /// as they were then.
    pub(super) fn plan_or(&self, clocks: &Clocks) -> Plan {
        if let Some(plan) = &self.plan {
            return plan.clone();
        }
        let then = Clocks { count: super::DayCount::Calendar, ..clocks.clone() };
        let mut plan = Plan::default().on_entering(self, &then);
        let every = match self.state {
            State::Held => clocks.held_remind_days,
            _ => clocks.remind_holder_every_days,
        };
        let n = self.reminders_sent.saturating_add(1);
        plan.remind_at = plan.remind_at.map(|_| after(self.state_since, every.max(1).saturating_mul(n)));
        plan
    }

    /// Plans afresh for the state that the leg has just entered.
    pub(in crate::referral) fn plan_anew(&mut self, clocks: &Clocks) {
        let former = self.plan.take().unwrap_or_default();
        self.plan = Some(former.on_entering(self, clocks));
    }

    /// After a reminder: the next one is as far from it as it was from the one before, however late it was sent.
    pub(super) fn plan_next_reminder(&mut self, clocks: &Clocks) {
        let next = |at: DateTime<Utc>| match self.state {
            State::Held => after(at, clocks.held_remind_days.max(1)),
            _ => clocks.counted(at, clocks.remind_holder_every_days.max(1)),
        };
        let mut plan = self.plan.clone().unwrap_or_else(|| {
            let reminded = Self { reminders_sent: self.reminders_sent.saturating_sub(1), ..self.clone() };
            reminded.plan_or(clocks)
        });
        plan.remind_at = plan.remind_at.map(next);
        self.plan = Some(plan);
    }

    /// Whether the reminder that was just counted is the one after which the lead is told. Noted in the plan: once per state.
    pub(super) fn escalated(&mut self, clocks: &Clocks) -> bool {
        let enough = clocks.escalate_after_reminders > 0 && self.reminders_sent >= clocks.escalate_after_reminders;
        let state = self.state;
        let plan = self.plan.get_or_insert_default();
        let now = enough && state.is_to_handle() && !plan.escalated.contains(&state);
        if now {
            plan.escalated.push(state);
        }
        now
    }

    /// Moves what lies ahead of `since` by some time. A question whose time had come before stays where it is: put already, or owed.
    pub(in crate::referral) fn shift_plan(&mut self, since: DateTime<Utc>, by: chrono::Duration, clocks: &Clocks) {
        let mut plan = self.plan_or(clocks);
        plan.remind_at = plan.remind_at.map(|at| at + by);
        for one in plan.questions.iter_mut().filter(|one| one.at > since) {
            one.at += by;
        }
        self.plan = Some(plan);
    }
}
