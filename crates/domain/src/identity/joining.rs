//! How somebody comes into an organisation on their own initiative, and how organisations become branches of others.

use crate::shared::Blocker;

crate::choice! {
    /// Where a request to join an organisation stands.
    pub enum JoinState {
        /// It waits for an administrator of the organisation.
        Pending = "pending",
        /// Whoever asked is a member.
        Accepted = "accepted",
        /// An administrator said no.
        Refused = "refused",
        /// Whoever asked took it back.
        Withdrawn = "withdrawn",
    }
}

crate::text! {
    /// What somebody writes to the administrators of an organisation that they want to join, or what these answer.
    JoinMessage, max = 1000, multiline
}

/// How many organisations somebody may be waiting for at once.
pub const MOST_PENDING: usize = 10;

/// How many levels a tree of organisations has: a head office, its branches, and theirs.
pub const MOST_LEVELS: usize = 3;

/// How somebody comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entrance {
    /// At once, as the first administrator.
    FirstMember,
    /// With the consent of an administrator.
    Request,
}

impl Entrance {
    /// The first member of an organisation comes in at once. Where somebody is a member already, or has been invited and may
    /// still come, an administrator decides: nobody takes an organisation from under those who were asked to run it.
    pub const fn of(has_members: bool, has_open_invitations: bool) -> Self {
        if has_members || has_open_invitations { Self::Request } else { Self::FirstMember }
    }
}

/// Whether an organisation takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// It does, or has paused.
    Open,
    /// It has closed for good.
    Closed,
    /// The platform has shut it out.
    Blocked,
}

impl Door {
    fn blockers(self) -> Vec<Blocker> {
        match self {
            Self::Open => vec![],
            Self::Closed => vec![Blocker::state("organisation_disabled")],
            Self::Blocked => vec![Blocker::state("organisation_blocked")],
        }
    }
}

/// Why somebody may not join an organisation, or ask to: `organisation_blocked`, `organisation_disabled` (it is closed),
/// `already_member`, `join_request_pending`, `too_many_join_requests` with [`MOST_PENDING`] others waiting (409).
pub fn blockers_to_join(door: Door, is_member: bool, is_waiting: bool, waiting_elsewhere: usize) -> Vec<Blocker> {
    let mut blockers = door.blockers();
    blockers.extend(is_member.then(|| Blocker::state("already_member")));
    blockers.extend(is_waiting.then(|| Blocker::state("join_request_pending")));
    let many = !is_waiting && waiting_elsewhere >= MOST_PENDING;
    blockers.extend(many.then(|| Blocker::state("too_many_join_requests").with("max", MOST_PENDING)));
    blockers
}

/// Why a request to join may not be accepted, refused or taken back now: `join_request_settled` (409).
pub fn blockers_to_settle(state: JoinState) -> Vec<Blocker> {
    let settled = state != JoinState::Pending;
    settled.then(|| Blocker::state("join_request_settled").with("state", state.code())).into_iter().collect()
}

/// Why an organisation may not become a branch of another: `organisation_blocked`, `organisation_disabled` (409) when the other
/// takes no part any more; `branch_circle` (422) when it lies below the organisation itself; `branch_too_deep` (422) when the
/// tree would have more than [`MOST_LEVELS`] levels. `above` counts the levels down to the other one, `below` those from the
/// organisation on; each includes its own.
pub fn blockers_to_place_under(door: Door, circle: bool, above: usize, below: usize) -> Vec<Blocker> {
    let mut blockers = door.blockers();
    if circle {
        blockers.push(Blocker::content("branch_circle").at("/parent_id"));
    } else if above + below > MOST_LEVELS {
        blockers.push(Blocker::content("branch_too_deep").at("/parent_id").with("max", MOST_LEVELS));
    }
    blockers
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn codes(blockers: &[Blocker]) -> Vec<&str> {
        blockers.iter().map(|blocker| blocker.code).collect()
    }

    #[rstest]
    #[case(false, false, Entrance::FirstMember)]
    #[case(true, false, Entrance::Request)]
    #[case(false, true, Entrance::Request)]
    #[case(true, true, Entrance::Request)]
    fn only_into_an_empty_organisation_that_expects_nobody(#[case] members: bool, #[case] invited: bool, #[case] expected: Entrance) {
        assert_eq!(Entrance::of(members, invited), expected);
    }

    #[rstest]
    #[case(blockers_to_join(Door::Open, false, false, 9), &[])]
    #[case(blockers_to_join(Door::Open, false, false, 10), &["too_many_join_requests"])]
    #[case(blockers_to_join(Door::Open, false, true, 10), &["join_request_pending"])]
    #[case(blockers_to_join(Door::Blocked, true, false, 0), &["organisation_blocked", "already_member"])]
    #[case(blockers_to_join(Door::Closed, false, false, 0), &["organisation_disabled"])]
    fn who_may_not_ask(#[case] blockers: Vec<Blocker>, #[case] expected: &[&str]) {
        assert_eq!(codes(&blockers), expected);
    }

    #[test]
    fn a_request_is_settled_once() {
        for state in JoinState::ALL {
            assert_eq!(blockers_to_settle(*state).is_empty(), *state == JoinState::Pending, "{state}");
        }
    }

    #[rstest]
    #[case(1, 1, false, &[])]
    #[case(2, 1, false, &[])]
    #[case(1, 2, false, &[])]
    #[case(3, 1, false, &["branch_too_deep"])]
    #[case(2, 2, false, &["branch_too_deep"])]
    #[case(2, 2, true, &["branch_circle"])]
    fn a_tree_has_three_levels(#[case] above: usize, #[case] below: usize, #[case] circle: bool, #[case] expected: &[&str]) {
        assert_eq!(codes(&blockers_to_place_under(Door::Open, circle, above, below)), expected);
    }
}
