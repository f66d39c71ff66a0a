//! Tasks: what an organisation has to do by hand for a referral.

use chrono::{DateTime, Days, Utc};

use crate::referral::State;
use crate::shared::Blocker;

crate::choice! {
    /// What is to be done.
    pub enum TaskKind {
        /// Tell the person what she would have been told by mail, had she an address.
        TellThePerson = "tell_the_person",
        /// Find out whether the person still needs the place for which she waits.
        WaitlistQuestion = "waitlist_question",
        /// Find out what became of a referral that was made by phone or mail.
        OutsideQuestion = "outside_question",
        /// See what is to be done for a person who wants to stop.
        PersonWishesToStop = "person_wishes_to_stop",
        /// See to it that those whom a mail did not reach are told.
        Undelivered = "undelivered",
    }
}

crate::choice! {
    /// Whether it is done.
    pub enum TaskState {
        /// To be done.
        Open = "open",
        /// Done.
        Done = "done",
    }
}

impl TaskKind {
    /// How many days there are to do it; afterwards the referral counts as overdue.
    const fn days(self) -> u64 {
        match self {
            Self::TellThePerson | Self::PersonWishesToStop | Self::Undelivered => 3,
            Self::WaitlistQuestion | Self::OutsideQuestion => 10,
        }
    }

    /// When it should be done.
    pub fn due_at(self, made: DateTime<Utc>) -> DateTime<Utc> {
        made.checked_add_days(Days::new(self.days())).unwrap_or(made)
    }

    /// Whether the referral itself has answered it by standing where it does.
    pub fn is_answered_by(self, state: State) -> bool {
        match self {
            Self::TellThePerson | Self::Undelivered => false,
            Self::WaitlistQuestion => state != State::Waitlisted,
            Self::OutsideQuestion => state != State::Sent,
            Self::PersonWishesToStop => state != State::Accepted,
        }
    }
}

/// `task_done_already` (409).
pub fn blockers_to_do(done: bool) -> Vec<Blocker> {
    if done { vec![Blocker::state("task_done_already")] } else { Vec::new() }
}

/// `task_not_done`, or `another_task_open` (409): one task of a kind is open for a referral at a time.
pub fn blockers_to_reopen(done: bool, another_open: bool) -> Vec<Blocker> {
    let mut blockers = Vec::new();
    blockers.extend((!done).then(|| Blocker::state("task_not_done")));
    blockers.extend((done && another_open).then(|| Blocker::state("another_task_open")));
    blockers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(blockers: &[Blocker]) -> Vec<&'static str> {
        blockers.iter().map(|blocker| blocker.code).collect()
    }

    #[test]
    fn a_task_is_done_once_and_opened_again_once() {
        assert_eq!(codes(&blockers_to_do(true)), ["task_done_already"]);
        assert!(blockers_to_do(false).is_empty());
        assert_eq!(codes(&blockers_to_reopen(false, true)), ["task_not_done"]);
        assert_eq!(codes(&blockers_to_reopen(true, true)), ["another_task_open"]);
        assert!(blockers_to_reopen(true, false).is_empty());
    }

    #[test]
    fn what_has_to_be_told_is_never_answered_by_the_referral() {
        for kind in TaskKind::ALL {
            let answered = State::ALL.iter().filter(|state| kind.is_answered_by(**state)).count();
            let by_hand = matches!(kind, TaskKind::TellThePerson | TaskKind::Undelivered);
            let expected = if by_hand { 0 } else { State::ALL.len() - 1 };
            assert_eq!(answered, expected, "{kind}");
        }
    }
}
