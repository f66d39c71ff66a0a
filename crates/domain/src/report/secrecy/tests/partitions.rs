//! States and groups together: what the one tells does not betray what the other holds back.

use super::attacker::{Atom, cells, finds};
use super::*;

const STATES: [State; 6] = [State::Sent, State::Accepted, State::Completed, State::Expired, State::Withdrawn, State::Refused];

fn atom(group: Option<&str>, state: State, count: u64) -> Atom {
    Atom { group: group.map(str::to_owned), state, count }
}

/// The cases of some states, and what was refused by reason: a reason is of the refused, and these have one.
fn of_reasons(others: &[u64], reasons: &[u64]) -> Vec<Atom> {
    let others = STATES.iter().zip(others).map(|(state, count)| atom(None, *state, *count));
    let reasons = ["a", "b", "c", "d"].iter().zip(reasons).map(|(reason, count)| atom(Some(reason), State::Refused, *count));
    others.chain(reasons).collect()
}

fn of_states(counts: &[u64]) -> Vec<Atom> {
    STATES.iter().zip(counts).map(|(state, count)| atom(Some(state.code()), *state, *count)).collect()
}

/// Groups that have cases in any state, such as months.
fn of_any(groups: &[Vec<u64>]) -> Vec<Atom> {
    let group = |(key, counts): (&&str, &Vec<u64>)| {
        let key = key.to_string();
        STATES.iter().skip(1).zip(counts.clone()).map(move |(state, count)| atom(Some(&key), *state, count)).collect::<Vec<_>>()
    };
    ["a", "b", "c"].iter().zip(groups).flat_map(group).collect()
}

/// Small numbers and ties, where things go wrong.
fn counts(how_many: std::ops::Range<usize>) -> impl Strategy<Value = Vec<u64>> {
    prop::collection::vec(prop_oneof![1_u64..5, 4_u64..8, 0_u64..20], how_many)
}

fn betrays(by: GroupBy, atoms: &[Atom]) -> Option<(Statement, Vec<Atom>)> {
    let statement = told(Some(by), cells(atoms));
    finds(atoms, &statement).map(|found| (statement, found))
}

/// Groups and states that occur at all: the attacker knows which.
fn occurring(atoms: &[Atom]) -> Vec<Atom> {
    let of = |wanted: &dyn Fn(&Atom) -> bool| atoms.iter().filter(|atom| wanted(atom)).map(|atom| atom.count).sum::<u64>() > 0;
    let occurs = |atom: &&Atom| of(&|other| other.group == atom.group) && of(&|other| other.state == atom.state);
    atoms.iter().filter(occurs).cloned().collect()
}

#[test]
fn the_attacker_finds_what_partitions_that_are_held_back_each_for_itself_tell() {
    let reasons = of_reasons(&[5], &[9, 2]);
    let mut statement = told(Some(GroupBy::Service), cells(&reasons));
    assert_eq!(keys(&statement), [("a", 9)], "the rule for groups that are no parts of a state");
    assert_eq!(finds(&reasons, &statement), Some(vec![atom(Some("b"), State::Refused, 2)]));
    let states = of_states(&[3, 0, 0, 6, 0, 6]);
    statement = told(Some(GroupBy::State), cells(&states));
    assert_eq!(finds(&states, &statement), None);
    statement.groups[0].key = Some("refused".to_owned());
    assert!(finds(&states, &statement).is_some_and(|found| found.iter().map(|atom| atom.count).sum::<u64>() == 3));
}

proptest! {
    #[test]
    fn reasons_and_states_together_tell_no_small_number(others in counts(0..6), reasons in counts(0..5)) {
        let atoms = occurring(&of_reasons(&others, &reasons));
        prop_assert_eq!(betrays(GroupBy::Reason, &atoms), None);
    }

    #[test]
    fn what_was_not_refused_is_told_whenever_what_was_refused_is(others in counts(1..6), reasons in counts(1..5)) {
        let statement = told(Some(GroupBy::Reason), cells(&of_reasons(&others, &reasons)));
        let refused = statement.states.iter().any(|told| told.state == State::Refused);
        let others = others.iter().sum::<u64>();
        prop_assert!(!refused || others == 0 || keys(&statement).contains(&("none", others)));
    }

    #[test]
    fn states_as_groups_and_as_states_tell_no_small_number(counts in counts(1..7)) {
        let atoms = occurring(&of_states(&counts));
        prop_assert_eq!(betrays(GroupBy::State, &atoms), None);
    }

    #[test]
    fn groups_of_any_state_and_states_tell_no_small_number(groups in prop::collection::vec(counts(4..5), 1..4)) {
        let atoms = occurring(&of_any(&groups));
        prop_assert_eq!(betrays(GroupBy::Month, &atoms), None);
    }
}
