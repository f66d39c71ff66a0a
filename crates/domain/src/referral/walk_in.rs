//! People who come to the counter without a sender, and referrals to several receivers at once.

use chrono::{DateTime, Utc};

use super::{Change, Clocks, Event, Kind, NewReferral, Offer, Origin, Referral, State};
use crate::shared::ids::ReferralId;
use crate::shared::{Blocked, Blocker};

crate::choice! {
    /// Where a walk-in begins.
    pub enum Start {
        /// The person is taken in charge at once.
        InCharge = "in_charge",
        /// Somebody still has to decide.
        ToHandle = "to_handle",
    }
}

/// A person who came to the counter.
#[derive(Clone, Debug, PartialEq)]
pub struct NewWalkIn {
    /// The leg; its sender and its receiver are the structure itself.
    pub new: NewReferral,
    /// Where it begins.
    pub start: Start,
    /// When the person was informed of what becomes of the data; not in the future.
    pub informed_at: DateTime<Utc>,
}

impl Referral {
    /// Enters a person who came to the counter: no sender, no adviser, no consent to a transfer, no reminder, no expiry.
    ///
    /// # Errors
    /// The content blockers of [`super::Form::problems`]; `required` for the person's names; `in_the_future` on `/informed_at`;
    /// `not_own_service` on `/service_id`.
    pub fn walk_in(walk_in: NewWalkIn, offer: Option<&Offer>, clocks: &Clocks, now: DateTime<Utc>) -> Result<Change, Blocked> {
        let NewWalkIn { new, start, informed_at } = walk_in;
        let own = new.sender_organisation_id;
        let mut blockers = new.content.form.problems(offer);
        blockers.extend(new.content.form.missing_names());
        if informed_at > now {
            blockers.push(Blocker::content("in_the_future").at("/informed_at"));
        }
        if offer.is_some_and(|offer| offer.organisation_id != own) {
            blockers.push(Blocker::content("not_own_service").at("/service_id"));
        }
        Blocked::unless_empty(blockers)?;
        let mut leg = Self::first_leg(new, Kind::WalkIn, Origin::WalkIn, now);
        leg.receiver_organisation_id = Some(own);
        leg.receiver_unit_id = offer.and_then(|offer| offer.unit_id);
        leg.snapshot = offer.map(|offer| offer.snapshot(now));
        leg.told_at = Some(now);
        leg.informed_at = Some(informed_at);
        let state = if start == Start::InCharge { State::Accepted } else { State::Sent };
        leg.enter(state, clocks, now);
        if start == Start::InCharge {
            leg.answered_at = Some(now);
            leg.decided_at = Some(now);
        }
        Ok(leg.became(Event::ReferralWalkedIn))
    }

    /// The draft as it is sent to one of several services: itself when it keeps its id, else a first leg of a chain of its own.
    #[must_use]
    pub fn addressed_to(self, id: ReferralId, offer: &Offer, now: DateTime<Utc>) -> Self {
        let (own, root_id) = (self.id == id, id);
        let leg = self.another_leg(id, offer, now);
        let created_at = if own { self.created_at } else { now };
        let version = if own { self.version } else { 1 };
        Self { root_id, snapshot: None, sent_at: None, created_at, version, ..leg }
    }
}
