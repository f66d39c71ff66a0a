//! Retrieval: a person stands at the counter with a booklet, and the file is at another structure.

use chrono::{DateTime, Utc};

use super::send::closed_doors;
use super::{Holder, Kind, Offer, Party, Referral, State, WorkCalendar, Zone, after_working_days};
use crate::shared::ids::OrganisationId;
use crate::shared::{Blocker, fold_name, unfit_for_mail};

/// How many working days the holder of an accepted leg has to object.
pub const DAYS_TO_OBJECT: u32 = 2;
/// How often one user tries at most, an hour.
pub const TRIES_AN_HOUR: i32 = 5;
/// How often one organisation tries at most, a day.
pub const TRIES_A_DAY: i32 = 30;

crate::text! {
    /// Why a file cannot wait for the holder's word, or why the holder objects.
    RetrievalReason, max = 1000, multiline
}

crate::choice! {
    /// Where a retrieval stands.
    pub enum RetrievalState {
        /// The holder has taken the person in charge, and may still object.
        Claimed = "claimed",
        /// The file moved.
        Moved = "moved",
        /// The holder objected in time.
        Objected = "objected",
        /// The leg ended or moved elsewhere meanwhile.
        Lapsed = "lapsed",
    }
}

/// How a file that was found comes to the structure that asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// At once: nobody had taken the person in charge.
    AtOnce,
    /// At once, because it cannot wait; the lead of the holder is told.
    Urgent,
    /// When the holder has not objected in time.
    Claim,
}

impl Referral {
    /// By which way an organisation retrieves this leg, when the person at its counter has this family name; none when it does
    /// not: the name is another, the person or the referral is protected, the file is its own, the leg is not open or was told to
    /// nobody, or the person withdrew the consent. `protected` is what the person's own record says.
    pub fn retrieved_by(&self, claimant: OrganisationId, family_name: &str, protected: bool, urgent: bool) -> Option<Way> {
        let folded = fold_name(family_name);
        let same_name = self.form.person.family_name.as_ref().is_some_and(|name| name.folded() == folded) && !folded.is_empty();
        let own = self.receiver_organisation_id == Some(claimant);
        let hidden = protected || self.form.person.protected || self.consent_withdrawn_at.is_some() || self.blanked_at.is_some();
        let reached = self.has_receiver() && self.kind != Kind::Outside;
        if !same_name || own || hidden || !reached {
            return None;
        }
        match self.state {
            State::Sent | State::UnderReview | State::Waitlisted => Some(Way::AtOnce),
            State::Accepted if urgent => Some(Way::Urgent),
            State::Accepted => Some(Way::Claim),
            _ => None,
        }
    }

    /// Whether an organisation cannot get this leg because it has another of the same need, or handed this very chain over before.
    /// `holders` are the other legs of the need.
    pub fn is_closed_to(&self, claimant: OrganisationId, holders: &[Holder]) -> bool {
        let handed_over = |holder: &Holder| holder.root == self.root_id && holder.state == State::Redirected;
        holders.iter().filter(|holder| holder.organisation == claimant).any(|holder| holder.state.is_open() || handed_over(holder))
    }
}

/// Until when the holder may object: the same hour of the second working day after the claim, by the holder's own calendar.
pub fn objection_ends(claimed_at: DateTime<Utc>, calendar: &WorkCalendar, zone: &dyn Zone) -> DateTime<Utc> {
    after_working_days(claimed_at, DAYS_TO_OBJECT, calendar, zone)
}

/// Why nobody retrieves a file for this service or organisation, whatever the file: its own doors are closed (409), or the reason does
/// not fit into a mail (422).
pub fn blockers_to_retrieve(offer: &Offer, reason: Option<&RetrievalReason>) -> Vec<Blocker> {
    let unfit = unfit_for_mail(&[("/urgent/reason", reason.map(RetrievalReason::as_str))]);
    closed_doors(offer).into_iter().chain(unfit).collect()
}

/// `not_the_receiver` (403) for anybody but the holder; `claim_closed` (409) once the retrieval is decided or its time is over;
/// `forbidden_identifier`, `markup_not_allowed` on `/reason` (422).
pub fn blockers_to_object(
    state: RetrievalState,
    due_at: Option<DateTime<Utc>>,
    reason: &RetrievalReason,
    party: Party,
    now: DateTime<Utc>,
) -> Vec<Blocker> {
    let mut blockers = Vec::new();
    if party != Party::Receiver {
        blockers.push(Blocker::permission("not_the_receiver"));
    }
    if state != RetrievalState::Claimed || due_at.is_some_and(|due| due <= now) {
        blockers.push(Blocker::state("claim_closed").with("state", state.code()));
    }
    blockers.extend(unfit_for_mail(&[("/reason", Some(reason.as_str()))]));
    blockers
}
