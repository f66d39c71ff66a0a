mod attacker;
mod partitions;

use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn cell(key: Option<&str>, states: &[(State, u64)]) -> Cell {
    let mut tally = Tally { states: states.iter().copied().collect(), ..Tally::default() };
    for (place, (_, count)) in states.iter().enumerate() {
        tally.first_answer.add(10 * i64::try_from(place).unwrap(), *count);
    }
    Cell { key: key.map(str::to_owned), label: None, tally }
}

fn keys(statement: &Statement) -> Vec<(&str, u64)> {
    statement.groups.iter().map(|group| (group.key.as_deref().unwrap_or("none"), group.figures.count)).collect()
}

fn states(statement: &Statement) -> Vec<(&str, u64)> {
    statement.states.iter().map(|one| (one.state.code(), one.count)).collect()
}

fn by_state(states: &[(State, u64)]) -> Statement {
    told(Some(GroupBy::State), states.iter().map(|one| cell(Some(one.0.code()), &[*one])).collect())
}

/// What was refused, by reason, and what was not.
fn by_reason(reasons: &[(&str, u64)], none: &[(State, u64)]) -> Statement {
    let reasons = reasons.iter().map(|(reason, count)| cell(Some(reason), &[(State::Refused, *count)]));
    told(Some(GroupBy::Reason), reasons.chain([cell(None, none)]).collect())
}

#[rstest]
#[case(&[10, 7], &[false, false])]
#[case(&[10, 7, 4], &[false, true, true])]
#[case(&[10, 7, 3, 2], &[false, false, true, true])]
#[case(&[10, 7, 2, 2], &[false, true, true, true])]
#[case(&[10, 4], &[true, true])]
#[case(&[4], &[true])]
#[case(&[10, 0], &[false, false])]
fn what_is_small_hides_among_others(#[case] counts: &[u64], #[case] held: &[bool]) {
    assert_eq!(held_back([0], &counts.iter().map(|count| [*count]).collect::<Vec<_>>()), held);
}

#[rstest]
#[case(&[[9, 0], [0, 5], [2, 0]], [0, 0], &[true, false, true])]
#[case(&[[6, 0], [9, 0], [0, 5]], [3, 0], &[true, false, false])]
#[case(&[[6, 0], [9, 0], [0, 5]], [5, 0], &[false, false, false])]
fn what_is_small_hides_among_parts_of_its_own_sum(#[case] parts: &[[u64; 2]], #[case] beside: [u64; 2], #[case] held: &[bool]) {
    assert_eq!(held_back(beside, parts), held);
}

#[test]
fn fewer_than_five_cases_are_not_told_and_none_is_none() {
    assert_eq!(told(None, vec![cell(None, &[(State::Sent, 4)])]), Statement::default());
    let none = told(None, vec![]);
    assert_eq!((none.total.unwrap().count, none.groups.len()), (0, 0));
}

#[test]
fn acceptance_leaves_out_what_was_passed_on() {
    let states = [(State::Accepted, 6), (State::Completed, 6), (State::Refused, 5), (State::Expired, 7), (State::Redirected, 9)];
    let total = told(None, vec![cell(None, &states)]).total.unwrap();
    assert_eq!((total.count, total.acceptance), (33, Some(0.5)));
    let one_refused = told(None, vec![cell(None, &[(State::Accepted, 9), (State::Refused, 1), (State::Sent, 9)])]);
    assert_eq!(one_refused.total.unwrap().acceptance, None, "nine of ten would tell the one");
}

#[test]
fn small_groups_stand_together() {
    let cells = [("a", 12), ("b", 3), ("c", 8), ("d", 1)].map(|(key, count)| cell(Some(key), &[(State::Sent, count)]));
    let statement = told(Some(GroupBy::Service), cells.into());
    assert_eq!(keys(&statement), [("a", 12)]);
    assert_eq!(statement.other_groups.unwrap().count, 12, "b and d are four: c hides them");
}

#[test]
fn a_rare_reason_hides_among_reasons_when_it_is_known_how_many_were_refused() {
    let statement = by_reason(&[("a", 9), ("b", 2)], &[(State::Sent, 5)]);
    assert_eq!(states(&statement), [("sent", 5), ("refused", 11)]);
    assert_eq!(keys(&statement), [("none", 5)], "eleven less nine would be two, and five more that were not refused hide nothing");
    assert_eq!(statement.other_groups.unwrap().count, 11);
}

#[test]
fn reasons_do_not_tell_a_state_that_is_held_back() {
    let statement = by_reason(&[("a", 6)], &[(State::Sent, 3), (State::Accepted, 8)]);
    assert_eq!((states(&statement), statement.other_states), (vec![("accepted", 8)], Some(9)));
    assert_eq!(keys(&statement), [], "six were refused, and nine less six would be three");
    let statement = by_reason(&[("a", 6), ("b", 9)], &[(State::Sent, 3), (State::Accepted, 20)]);
    assert_eq!((states(&statement), statement.other_states), (vec![("accepted", 20)], Some(18)));
    assert_eq!(keys(&statement), [("b", 9)], "what was sent hides in what has reason a");
    assert_eq!(statement.other_groups.unwrap().count, 29);
}

#[test]
fn states_are_told_as_groups_as_they_are_told_as_states() {
    // The order of the states and that of the size disagree on which six hides the three.
    let statement = by_state(&[(State::Expired, 6), (State::Refused, 6), (State::Sent, 3)]);
    assert_eq!((states(&statement), statement.other_states), (vec![("expired", 6)], Some(9)));
    assert_eq!(keys(&statement), [("expired", 6)]);
    assert_eq!(statement.other_groups.unwrap().count, 9);
}

#[test]
fn acceptance_and_size_of_a_group_do_not_tell_how_few_are_undecided() {
    let group = |key, sent| cell(Some(key), &[(State::Accepted, 6), (State::Refused, 5), (State::Sent, sent)]);
    let statement = told(Some(GroupBy::Service), vec![group("a", 2), group("b", 5), group("c", 9)]);
    let acceptance: Vec<_> = statement.groups.iter().map(|group| group.figures.acceptance).collect();
    assert_eq!(acceptance, [None, None, Some(0.55)], "six of eleven in thirteen leave two; b hides them");
}

proptest! {
    #[test]
    fn no_difference_tells_a_small_number(counts in prop::collection::vec(0_u64..15, 0..12)) {
        let all: u64 = counts.iter().sum();
        let held = held_back([0], &counts.iter().map(|count| [*count]).collect::<Vec<_>>());
        let of = |wanted: bool| counts.iter().zip(&held).filter(|(_, held)| **held == wanted).map(|(count, _)| *count).collect::<Vec<_>>();
        // One part alone is its own sum, which is told only from five on.
        prop_assume!(!is_small(all));
        prop_assert!(is_safe(all, &of(false), &of(true)), "{counts:?} {held:?}");
    }
}

/// Whether a sum of told and held-back parts gives away a single number.
fn is_safe(all: u64, told: &[u64], held: &[u64]) -> bool {
    let rest = all - told.iter().sum::<u64>();
    told.iter().all(|count| !is_small(*count)) && !is_small(rest) && (rest == 0 || held.iter().filter(|count| **count > 0).count() > 1)
}
