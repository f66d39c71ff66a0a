//! Saved views: filters of the lists of referrals that a user has named, for themselves or for others at work.

use crate::shared::Blocker;

/// How many views one user saves at most for one organisation.
pub const MOST_SAVED_VIEWS: u64 = 100;

crate::text! {
    /// The name that a user gives to a view.
    ViewName, max = 150
}

crate::choice! {
    /// Who finds a saved view in their list.
    pub enum SharedWith {
        /// Only who saved it.
        Nobody = "nobody",
        /// The members of one unit.
        Unit = "unit",
        /// All members of the organisation.
        Organisation = "organisation",
    }
}

/// Why a user may not save one more view: `too_many_saved_views` (409).
pub fn blockers_to_save_view(kept: u64) -> Vec<Blocker> {
    if kept < MOST_SAVED_VIEWS {
        return Vec::new();
    }
    vec![Blocker::state("too_many_saved_views").with("max", MOST_SAVED_VIEWS)]
}

/// Why a view is not shared like this. `may_assign` is whether who shares gives referrals to others: only they share.
/// `permission_missing` (403); `required`, `unit_not_expected` on `/unit_id` (422).
pub fn blockers_to_share_view(shared: SharedWith, has_unit: bool, may_assign: bool) -> Vec<Blocker> {
    let mut blockers = Vec::new();
    if shared != SharedWith::Nobody && !may_assign {
        blockers.push(Blocker::permission("permission_missing").with("permission", "referrals:assign"));
    }
    match (shared, has_unit) {
        (SharedWith::Unit, false) => blockers.push(Blocker::content("required").at("/unit_id")),
        (SharedWith::Nobody | SharedWith::Organisation, true) => blockers.push(Blocker::content("unit_not_expected").at("/unit_id")),
        _ => {}
    }
    blockers
}
