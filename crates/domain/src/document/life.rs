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
