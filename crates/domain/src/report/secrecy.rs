//! What may be told of what was counted.
//!
//! No number between one and four is told, and none can be had by subtracting what is told: where a small number is held back from
//! a sum that is known, so are others, until what is held back together is at least five and nobody can say whose it is.

use super::figures::{Cell, Figures, Group, SpanFigures, StateCount, Statement, Tally, state};
use super::spans::Spans;

/// The fewest cases that anything is told of. None at all is told as none.
pub const LEAST: u64 = 5;

const fn is_small(count: u64) -> bool {
    count > 0 && count < LEAST
}

/// Which of several parts of a known sum are held back. Each part has as many numbers as its neighbours; each of them is a part of
/// a sum of its own, and they are told or held back together.
fn held_back(parts: &[Vec<u64>]) -> Vec<bool> {
    let mut held: Vec<bool> = parts.iter().map(|part| part.iter().any(|count| is_small(*count))).collect();
    loop {
        let hidden: Vec<&Vec<u64>> = parts.iter().zip(&held).filter(|(_, held)| **held).map(|(part, _)| part).collect();
        let columns = hidden.first().map_or(0, |part| part.len());
        let sums = (0..columns).map(|column| hidden.iter().filter_map(|part| part.get(column)).sum());
        let safe = hidden.len() != 1 && sums.into_iter().all(|sum: u64| !is_small(sum));
        if hidden.is_empty() || safe {
            return held;
        }
        // The smallest goes too: least is lost. What is empty would hide nothing.
        let weight = |part: &Vec<u64>| part.iter().sum::<u64>();
        let next = parts.iter().enumerate().filter(|(place, part)| !held.get(*place).copied().unwrap_or(true) && weight(part) > 0);
        let Some((place, _)) = next.min_by_key(|(_, part)| weight(part)) else { return held };
        if let Some(one) = held.get_mut(place) {
            *one = true;
        }
    }
}

fn span(spans: &Spans) -> Option<SpanFigures> {
    if spans.count() < LEAST {
        return None;
    }
    Some(SpanFigures { median_days: spans.median()?, p90_days: spans.ninetieth()? })
}

/// A share of two numbers, with two decimals.
fn share(accepted: u64, declined: u64) -> Option<f64> {
    let decided = accepted + declined;
    if decided < LEAST {
        return None;
    }
    // Numbers of referrals are far below what a float holds exactly.
    let float = |count: u64| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    Some((float(accepted) / float(decided) * 100.0).round() / 100.0)
}

fn figures(tally: &Tally, with_acceptance: bool) -> Figures {
    let acceptance = if with_acceptance { share(tally.accepted(), tally.declined()) } else { None };
    Figures { count: tally.count(), acceptance, first_answer: span(&tally.first_answer), decision: span(&tally.decision) }
}

/// The states of all cases: what is told, what is held back together, and whether acceptance tells nothing more.
fn states(tally: &Tally) -> (Vec<StateCount>, Option<u64>, bool) {
    let counted: Vec<_> = tally.states.iter().filter(|(_, count)| **count > 0).collect();
    let held = held_back(&counted.iter().map(|(_, count)| vec![**count]).collect::<Vec<_>>());
    let (mut told, mut accepted, mut declined, mut others) = (vec![], 0, 0, 0);
    for ((state, count), held) in counted.iter().zip(held) {
        if !held {
            told.push(StateCount { state: **state, count: **count });
        } else if state::ACCEPTED.contains(state) {
            accepted += **count;
        } else if state::DECLINED.contains(state) {
            declined += **count;
        } else {
            others += **count;
        }
    }
    // Acceptance with the states that are told gives what of the others was accepted, declined, and neither.
    let betrays = [accepted, declined, others].into_iter().any(is_small) || is_small(tally.accepted()) || is_small(tally.declined());
    let together = accepted + declined + others;
    (told, (together >= LEAST).then_some(together), !betrays)
}

/// Of which groups acceptance is told, beside that of all cases: the two numbers that it is made of are parts of known sums as well.
fn acceptances(tallies: &[&Tally]) -> Vec<bool> {
    let held = held_back(&tallies.iter().map(|tally| vec![tally.accepted(), tally.declined()]).collect::<Vec<_>>());
    held.into_iter().map(|held| !held).collect()
}

/// What is told. Groups stand in the order in which they come. Each case is in exactly one of them.
pub fn told(cells: Vec<Cell>) -> Statement {
    let mut all = Tally::default();
    for cell in &cells {
        all.merge(&cell.tally);
    }
    if is_small(all.count()) {
        return Statement::default();
    }
    let (states, other_states, tells_acceptance) = states(&all);
    let held = held_back(&cells.iter().map(|cell| vec![cell.tally.count()]).collect::<Vec<_>>());
    let (mut shown, mut rest) = (vec![], Tally::default());
    for (cell, held) in cells.into_iter().zip(held) {
        if held { rest.merge(&cell.tally) } else { shown.push(cell) }
    }
    let tallies: Vec<&Tally> = shown.iter().map(|cell| &cell.tally).chain([&rest]).collect();
    let mut acceptance = acceptances(&tallies);
    let rest_tells = acceptance.pop().unwrap_or(false);
    let groups = shown.iter().zip(acceptance).map(|(cell, tells)| Group {
        key: cell.key.clone(),
        label: cell.label.clone(),
        figures: figures(&cell.tally, tells && tells_acceptance),
    });
    let groups = groups.collect();
    let other_groups = (rest.count() >= LEAST).then(|| figures(&rest, rest_tells && tells_acceptance));
    Statement { total: Some(figures(&all, tells_acceptance)), states, other_states, groups, other_groups }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;
    use crate::referral::State;

    fn cell(key: &str, states: &[(State, u64)]) -> Cell {
        let mut tally = Tally { states: states.iter().copied().collect(), ..Tally::default() };
        for (place, (_, count)) in states.iter().enumerate() {
            tally.first_answer.add(10 * i64::try_from(place).unwrap(), *count);
        }
        Cell { key: Some(key.to_owned()), label: None, tally }
    }

    fn keys(statement: &Statement) -> Vec<(&str, u64)> {
        statement.groups.iter().map(|group| (group.key.as_deref().unwrap(), group.figures.count)).collect()
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
        assert_eq!(held_back(&counts.iter().map(|count| vec![*count]).collect::<Vec<_>>()), held);
    }

    #[test]
    fn fewer_than_five_cases_are_not_told_and_none_is_none() {
        assert_eq!(told(vec![cell("a", &[(State::Sent, 4)])]), Statement::default());
        let none = told(vec![]);
        assert_eq!((none.total.unwrap().count, none.groups.len()), (0, 0));
    }

    #[test]
    fn acceptance_leaves_out_what_was_passed_on() {
        let states = [(State::Accepted, 6), (State::Completed, 6), (State::Refused, 5), (State::Expired, 7), (State::Redirected, 9)];
        let total = told(vec![cell("a", &states)]).total.unwrap();
        assert_eq!((total.count, total.acceptance), (33, Some(0.5)));
        let one_refused = told(vec![cell("a", &[(State::Accepted, 9), (State::Refused, 1), (State::Sent, 9)])]);
        assert_eq!(one_refused.total.unwrap().acceptance, None, "nine of ten would tell the one");
    }

    #[test]
    fn small_groups_stand_together() {
        let cells = [("a", 12), ("b", 3), ("c", 8), ("d", 1)].map(|(key, count)| cell(key, &[(State::Sent, count)]));
        let statement = told(cells.into());
        assert_eq!(keys(&statement), [("a", 12)]);
        assert_eq!(statement.other_groups.unwrap().count, 12, "b and d are four: c hides them");
    }

    /// Whether a sum of told and held-back parts gives away a single number.
    fn is_safe(all: u64, told: &[u64], held: &[u64]) -> bool {
        let rest = all - told.iter().sum::<u64>();
        told.iter().all(|count| !is_small(*count)) && !is_small(rest) && (rest == 0 || held.iter().filter(|count| **count > 0).count() > 1)
    }

    proptest! {
        #[test]
        fn no_difference_tells_a_small_number(counts in prop::collection::vec(0_u64..15, 0..12)) {
            let all: u64 = counts.iter().sum();
            let held = held_back(&counts.iter().map(|count| vec![*count]).collect::<Vec<_>>());
            let of = |wanted: bool| counts.iter().zip(&held).filter(|(_, held)| **held == wanted).map(|(count, _)| *count).collect::<Vec<_>>();
            // One part alone is its own sum, which is told only from five on.
            prop_assume!(!is_small(all));
            prop_assert!(is_safe(all, &of(false), &of(true)), "{counts:?} {held:?}");
        }

        #[test]
        fn acceptances_of_groups_do_not_tell_the_one_that_was_refused(groups in prop::collection::vec((0_u64..12, 0_u64..12), 1..8)) {
            let cells = groups.iter().enumerate().map(|(place, (accepted, refused))| {
                cell(&place.to_string(), &[(State::Accepted, *accepted), (State::Refused, *refused)])
            });
            let statement = told(cells.collect());
            let Some(total) = statement.total else { return Ok(()) };
            let known = statement.groups.iter().filter(|group| group.figures.acceptance.is_some()).map(|group| {
                groups[group.key.as_deref().unwrap().parse::<usize>().unwrap()]
            });
            let known: Vec<_> = known.collect();
            for (accepted, refused) in &known {
                prop_assert!(!is_small(*accepted) && !is_small(*refused));
            }
            // All cases here are decided: a count and an acceptance give both numbers, of all and of each group.
            let sum = |of: fn(&(u64, u64)) -> u64| groups.iter().map(of).sum::<u64>() - known.iter().map(of).sum::<u64>();
            if total.acceptance.is_some() {
                let told_rest = statement.other_groups.as_ref().is_some_and(|rest| rest.acceptance.is_some());
                prop_assert!(told_rest || (!is_small(sum(|group| group.0)) && !is_small(sum(|group| group.1))), "{groups:?}");
            } else {
                prop_assert!(known.is_empty());
            }
        }
    }
}
