//! Who may keep a record of a person, and who may erase one.

use crate::referral::{Referral, State};
use crate::shared::Blocker;
use crate::shared::ids::OrganisationId;

impl Referral {
    /// Why an organisation may not keep a record of its own of the person of a leg: `not_the_receiver` (403); `not_accepted`,
    /// `consent_withdrawn`, `person_erased` (409). Whoever took the person in charge has a reason to remember them.
    pub fn blockers_to_keep_record(&self, organisation: OrganisationId) -> Vec<Blocker> {
        let receives = self.has_receiver() && self.receiver_organisation_id == Some(organisation);
        let mut blockers: Vec<Blocker> = (!receives).then(|| Blocker::permission("not_the_receiver")).into_iter().collect();
        if !matches!(self.state, State::Accepted | State::Completed) {
            blockers.push(Blocker::state("not_accepted").with("state", self.state.code()));
        }
        blockers.extend(self.without_consent());
        if self.blanked_at.is_some() {
            blockers.push(Blocker::state("person_erased"));
        }
        blockers
    }
}

crate::choice! {
    /// For what a consent was given, or something was disclosed.
    pub enum ConsentPurpose {
        /// To be referred to one organisation.
        Referral = "referral",
        /// To be referred to several at once.
        Broadcast = "broadcast",
        /// To be handed over by who had the person.
        Redirect = "redirect",
        /// To be taken over at another counter.
        Retrieval = "retrieval",
    }
}

crate::choice! {
    /// Why a person is erased before the time.
    pub enum EraseReason {
        /// The person asks for it.
        PersonAsked = "person_asked",
        /// The record was made by mistake.
        Mistake = "mistake",
        /// What it was kept for is over.
        NoLongerNeeded = "no_longer_needed",
    }
}

/// Why a person is not erased now: `open_referral` (409) while somebody is still expected to help; `person_erased` (409) when they
/// are already.
pub fn blockers_to_erase(open_legs: usize, erased: bool) -> Vec<Blocker> {
    let mut blockers = vec![];
    if open_legs > 0 {
        blockers.push(Blocker::state("open_referral").with("count", open_legs));
    }
    if erased {
        blockers.push(Blocker::state("person_erased"));
    }
    blockers
}
