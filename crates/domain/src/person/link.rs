//! Links between records of the same person. A link joins what is shown and moves no row, so that taking it away gives both back
//! exactly as they are.
//!
//! Links of one organisation form a forest: two records that are joined already, directly or over others, are not linked again.
//! So each link that goes parts its group in exactly two.

use std::collections::BTreeSet;

use crate::shared::Blocker;
use crate::shared::ids::PersonId;

/// How many records are joined at most.
pub const MOST_JOINED: usize = 20;

/// The records that are joined with one, itself among them.
pub fn joined_with(start: PersonId, links: &[(PersonId, PersonId)]) -> BTreeSet<PersonId> {
    let mut found = BTreeSet::from([start]);
    let mut next = vec![start];
    while let Some(here) = next.pop() {
        for (one, other) in links {
            let there = if *one == here {
                *other
            } else if *other == here {
                *one
            } else {
                continue;
            };
            if found.insert(there) {
                next.push(there);
            }
        }
    }
    found
}

/// Why two records are not linked: `same_person_record` (422), `already_linked`, `too_many_linked` (409). `links` are those of
/// the organisation that touch either group.
pub fn blockers_to_link(one: PersonId, other: PersonId, links: &[(PersonId, PersonId)]) -> Vec<Blocker> {
    if one == other {
        return vec![Blocker::content("same_person_record").at("/other_id")];
    }
    let group = joined_with(one, links);
    if group.contains(&other) {
        return vec![Blocker::state("already_linked")];
    }
    let size = group.len() + joined_with(other, links).len();
    let too_many = size > MOST_JOINED;
    too_many.then(|| Blocker::state("too_many_linked").with("max", MOST_JOINED)).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn person(n: u128) -> PersonId {
        PersonId(Uuid::from_u128(n))
    }

    proptest! {
        #[test]
        fn links_form_a_forest_and_each_parts_in_two(tries in proptest::collection::vec((1..=9u128, 1..=9u128), 0..40)) {
            let mut links: Vec<(PersonId, PersonId)> = vec![];
            for (one, other) in tries {
                let (one, other) = (person(one), person(other));
                if blockers_to_link(one, other, &links).is_empty() {
                    links.push((one, other));
                }
            }
            let groups: BTreeSet<_> = (1..=9).map(|n| joined_with(person(n), &links)).collect();
            prop_assert_eq!(links.len(), 9 - groups.len(), "a forest has one link less than records, for each group");
            for index in 0..links.len() {
                let mut rest = links.clone();
                let (one, other) = rest.remove(index);
                let (left, right) = (joined_with(one, &rest), joined_with(other, &rest));
                prop_assert!(left.is_disjoint(&right));
                let whole: BTreeSet<_> = left.union(&right).copied().collect();
                prop_assert_eq!(whole, joined_with(one, &links));
            }
        }
    }

    #[test]
    fn every_reason_has_its_code() {
        let links: Vec<_> = (1..20).map(|n| (person(n), person(n + 1))).collect();
        let code = |one, other| blockers_to_link(person(one), person(other), &links).first().map(|blocker| blocker.code);
        assert_eq!(code(1, 1), Some("same_person_record"));
        assert_eq!(code(1, 20), Some("already_linked"));
        assert_eq!(code(1, 30), Some("too_many_linked"));
        assert_eq!(code(30, 31), None);
    }
}
