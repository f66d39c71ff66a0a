//! What readers keep of the directory, and what they say of it: bookmarks, saved searches, reports that an entry is out of
//! date.

use chrono::{DateTime, Days, Months, Utc};

use super::{codes::ServiceState, service::Service};
use crate::{
    choice,
    shared::{Blocker, ids::BookmarkId},
    text,
};

/// How many services one user marks at most.
pub const MOST_BOOKMARKS: u64 = 1_000;
/// How many searches one user saves at most.
pub const MOST_SAVED_SEARCHES: u64 = 100;

text! {
    /// What a user notes beside a bookmark, for themselves.
    BookmarkNote, max = 1_000, multiline
}
text! {
    /// The name that a user gives to a saved search.
    SearchName, max = 150
}
text! {
    /// What a reader says of an entry that is out of date.
    ReportNote, max = 1_000, multiline
}

choice! {
    /// How often a user is told of services that a saved search finds new.
    pub enum Alert {
        /// Never.
        Off = "none",
        /// Every seven days.
        Weekly = "weekly",
        /// Every month, on the day of the last one.
        Monthly = "monthly",
    }
}

impl Alert {
    /// When the next mail is due, counted from the last one; `None` when nobody asked for any.
    pub fn due_after(self, last: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::Off => None,
            Self::Weekly => last.checked_add_days(Days::new(7)),
            Self::Monthly => last.checked_add_months(Months::new(1)),
        }
    }

    /// Whether a mail is due now.
    pub fn is_due(self, last: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        self.due_after(last).is_some_and(|due| due <= now)
    }
}

choice! {
    /// What is wrong with an entry.
    pub enum ReportReason {
        /// It is closed or does not exist any more.
        Closed = "closed",
        /// It is somewhere else now.
        Moved = "moved",
        /// Nobody answers under what it tells.
        WrongContact = "wrong_contact",
        /// What it tells is not right.
        WrongContent = "wrong_content",
        /// What the note says.
        Other = "other",
    }
}

choice! {
    /// Where a report stands.
    pub enum ReportState {
        /// Nobody has looked at it yet.
        Open = "open",
        /// The owner has looked at it, or has said since that everything is right.
        Settled = "settled",
    }
}

impl ReportState {
    /// Why a report may not be settled: `already_settled` (409).
    pub fn blockers_to_settle(self) -> Vec<Blocker> {
        match self {
            Self::Open => Vec::new(),
            Self::Settled => vec![Blocker::state("already_settled")],
        }
    }
}

impl Service {
    /// Why nobody can report it: `not_published`, `archived` (409).
    pub fn blockers_to_report(&self) -> Vec<Blocker> {
        match self.state {
            ServiceState::Published | ServiceState::Suspended => Vec::new(),
            ServiceState::Draft => vec![Blocker::state("not_published")],
            ServiceState::Archived => vec![Blocker::state("archived")],
        }
    }
}

/// Why a user may not mark a service: `already_bookmarked` (409, `params.bookmark_id` names the mark), `too_many_bookmarks` (409).
pub fn blockers_to_bookmark(known: Option<BookmarkId>, kept: u64) -> Vec<Blocker> {
    match known {
        Some(known) => vec![Blocker::state("already_bookmarked").with("bookmark_id", known.to_string())],
        None if kept >= MOST_BOOKMARKS => vec![Blocker::state("too_many_bookmarks").with("max", MOST_BOOKMARKS)],
        None => Vec::new(),
    }
}

/// Why a user may not save one more search: `too_many_saved_searches` (409).
pub fn blockers_to_save_search(kept: u64) -> Vec<Blocker> {
    if kept < MOST_SAVED_SEARCHES {
        return Vec::new();
    }
    vec![Blocker::state("too_many_saved_searches").with("max", MOST_SAVED_SEARCHES)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn an_alert_is_due_a_week_or_a_month_after_the_last() {
        let last = at("2026-01-31T08:00:00Z");
        assert_eq!(Alert::Off.due_after(last), None);
        assert_eq!(Alert::Weekly.due_after(last), Some(at("2026-02-07T08:00:00Z")));
        assert_eq!(Alert::Monthly.due_after(last), Some(at("2026-02-28T08:00:00Z")), "a month without a 31st ends earlier");
        assert!(!Alert::Weekly.is_due(last, at("2026-02-07T07:59:59Z")) && Alert::Weekly.is_due(last, at("2026-02-07T08:00:00Z")));
        assert!(!Alert::Off.is_due(last, at("2036-01-01T00:00:00Z")));
    }

    #[test]
    fn a_service_is_marked_once_and_not_endlessly() {
        let codes = |blockers: Vec<Blocker>| blockers.iter().map(|blocker| blocker.code).collect::<Vec<_>>();
        assert!(blockers_to_bookmark(None, MOST_BOOKMARKS - 1).is_empty());
        assert_eq!(codes(blockers_to_bookmark(None, MOST_BOOKMARKS)), ["too_many_bookmarks"]);
        let known = BookmarkId(uuid::Uuid::nil());
        assert_eq!(codes(blockers_to_bookmark(Some(known), MOST_BOOKMARKS)), ["already_bookmarked"]);
        assert!(blockers_to_save_search(MOST_SAVED_SEARCHES - 1).is_empty());
        assert_eq!(codes(blockers_to_save_search(MOST_SAVED_SEARCHES)), ["too_many_saved_searches"]);
    }

    #[test]
    fn a_report_is_settled_once() {
        assert!(ReportState::Open.blockers_to_settle().is_empty());
        assert_eq!(ReportState::Settled.blockers_to_settle()[0].code, "already_settled");
    }
}
