//! The person takes a consent back: at once, by every door of the receiver.

use chrono::{DateTime, Utc};

use super::{Change, Clocks, Event, Referral, State};
use crate::shared::Blocker;

impl Referral {
    /// `consent_withdrawn` (409) where the person's consent for this receiver is gone: nothing more is told it.
    pub fn without_consent(&self) -> Option<Blocker> {
        self.consent_withdrawn_at.map(|_| self.state_blocker("consent_withdrawn"))
    }

    /// The consent for this receiver has come to its end, some time after the leg did: as if it were withdrawn, but nobody is told.
    /// `None` when there is nothing to close: the leg is open, or closed to its receiver already.
    #[must_use]
    pub fn outlive_consent(mut self, now: DateTime<Utc>) -> Option<Self> {
        if !self.state.has_ended() || self.consent_withdrawn_at.is_some() {
            return None;
        }
        self.consent_withdrawn_at = Some(now);
        Some(self)
    }

    /// The person withdrew the consent for this receiver. From now on it sees that the leg exists and nothing more; a leg that
    /// waits for its decision is withdrawn at the person's wish. One in charge stays there: its receiver ends the help. `None`
    /// when there is nothing to take back: a draft, or withdrawn already.
    #[must_use]
    pub fn lose_consent(mut self, clocks: &Clocks, now: DateTime<Utc>) -> Option<Change> {
        if self.state == State::Draft || self.consent_withdrawn_at.is_some() {
            return None;
        }
        let mut events = vec![Event::ConsentWithdrawn];
        if self.state == State::Held || self.state.is_to_handle() {
            self.enter(State::Withdrawn, clocks, now);
            events.push(Event::ReferralWithdrawn);
        }
        self.consent_withdrawn_at = Some(now);
        Some(Change { referral: self, events })
    }
}
