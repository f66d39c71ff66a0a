//! From the upload to the end: what forbids a use, and when a file is erased.

use chrono::{DateTime, Months, TimeDelta, Utc};

use super::{DocumentState, MOST_PER_REFERRAL};
use crate::shared::Blocker;
use crate::shared::ids::DocumentId;

/// What is not attached to anything is kept for so long.
const UNATTACHED: TimeDelta = TimeDelta::hours(3);
/// After the end of the last referral that kept its reference.
const AFTER_THE_END: Months = Months::new(6);

/// A file that a referral refers to, as sending it has to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attached {
    /// The file.
    pub id: DocumentId,
    /// Which of the documents that the service asks for it is.
    pub code: Option<String>,
    /// Where it stands.
    pub state: DocumentState,
}

/// Until when a file is kept that nothing refers to.
pub fn unattached_until(now: DateTime<Utc>) -> DateTime<Utc> {
    now + UNATTACHED
}

/// When a file is erased whose last referral ended at `ended_at`.
pub fn erase_after(ended_at: DateTime<Utc>) -> DateTime<Utc> {
    ended_at.checked_add_months(AFTER_THE_END).unwrap_or(ended_at)
}

/// Why a file is not read: `document_pending` (409) in quarantine, `document_refused`, `document_erased` (409) without content.
pub fn blockers_to_read(state: DocumentState) -> Vec<Blocker> {
    match state {
        DocumentState::Clean => vec![],
        DocumentState::Pending => vec![Blocker::state("document_pending")],
        DocumentState::Refused => vec![Blocker::state("document_refused")],
        DocumentState::Erased => vec![Blocker::state("document_erased")],
    }
}

/// Where somebody stands towards a leg that refers to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// For who receives it and was told of it: whether somebody works with it, because it is open, or was handed over by who still
    /// sees it.
    pub open_to_receiver: Option<bool>,
    /// For who sends it and has the file: whether it left.
    pub left_sender: Option<bool>,
}

impl Standing {
    /// Whether the content is theirs to read: for the receiver of an open leg and for its former holder, for the sender until it leaves.
    fn reads(self) -> bool {
        self.open_to_receiver == Some(true) || self.left_sender == Some(false)
    }
}

/// Why a file that is seen through these legs is not read through any of them: `document_sent` (409) for the sender of one that left,
/// `not_open` (409) for a receiver whose leg has ended.
pub fn blockers_to_read_through(legs: &[Standing]) -> Vec<Blocker> {
    if legs.iter().any(|leg| leg.reads()) {
        return vec![];
    }
    let sent = legs.iter().any(|leg| leg.left_sender.is_some()) && legs.iter().all(|leg| leg.open_to_receiver.is_none());
    vec![if sent { Blocker::state("document_sent") } else { Blocker::state("not_open") }]
}

/// Why a file of one's own organisation is not attached: `document_pending` (409), `document_refused` and `document_erased` (422),
/// `too_many_documents` (422) beyond 20. `attached` is how many the referral has.
pub fn blockers_to_attach(state: DocumentState, attached: usize) -> Vec<Blocker> {
    let place = "/document_id";
    let mut found = vec![];
    match state {
        DocumentState::Clean => {}
        DocumentState::Pending => found.push(Blocker::state("document_pending").at(place)),
        DocumentState::Refused => found.push(Blocker::content("document_refused").at(place)),
        DocumentState::Erased => found.push(Blocker::content("document_erased").at(place)),
    }
    if attached >= MOST_PER_REFERRAL {
        found.push(Blocker::content("too_many_documents").at(place).with("max", MOST_PER_REFERRAL));
    }
    found
}

/// Why a file is not deleted: `document_sent` (409) once a referral left with it.
pub fn blockers_to_delete(sent: bool) -> Vec<Blocker> {
    if sent { vec![Blocker::state("document_sent")] } else { vec![] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sender_reads_until_it_is_sent_and_the_receiver_while_it_is_open() {
        for (left, open) in [(false, false), (true, true), (true, false)] {
            let codes =
                |standing: &[Standing]| blockers_to_read_through(standing).into_iter().map(|blocker| blocker.code).collect::<Vec<_>>();
            let sender = Standing { open_to_receiver: None, left_sender: Some(left) };
            assert_eq!(codes(&[sender]), if left { vec!["document_sent"] } else { vec![] });
            let receiver = Standing { open_to_receiver: Some(open), left_sender: None };
            assert_eq!(codes(&[receiver]), if open { vec![] } else { vec!["not_open"] });
            assert_eq!(codes(&[receiver, sender]).is_empty(), open || !left);
            let bystander = Standing { open_to_receiver: None, left_sender: None };
            assert_eq!(codes(&[bystander]), ["not_open"]);
        }
    }
}
