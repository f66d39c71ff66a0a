//! What may be told of what was counted.
//!
//! No number between one and four is told, and none can be had by subtracting what is told: where a small number is held back from
//! a sum that is known, so are others, until what is held back together is at least five and nobody can say whose it is. States and
//! groups divide the same cases, so what is told of the one is told to who reads the other.

use std::collections::BTreeMap;

use super::figures::{Cell, Figures, Group, GroupBy, SpanFigures, StateCount, Statement, Tally};
use super::spans::Spans;
use crate::referral::State;

/// The fewest cases that anything is told of. None at all is told as none.
pub const LEAST: u64 = 5;

const fn is_small(count: u64) -> bool {
    count > 0 && count < LEAST
}

/// Which parts of known sums are held back. A part has a number in each sum, and these are told or held back together. `beside` is
/// what is held back of each sum anyway.
fn held_back<const SUMS: usize>(beside: [u64; SUMS], parts: &[[u64; SUMS]]) -> Vec<bool> {
    let mut held: Vec<bool> = parts.iter().map(|part| part.iter().any(|count| is_small(*count))).collect();
    while let Some(one) = next_held(&beside, parts, &held).and_then(|place| held.get_mut(place)) {
        *one = true;
    }
    held
}

/// What goes next where too little is held back of a sum: the smallest part that adds to it, because least is lost. A part that is
/// held back alone shows here too, as the small number that it has.
fn next_held<const SUMS: usize>(beside: &[u64; SUMS], parts: &[[u64; SUMS]], held: &[bool]) -> Option<usize> {
    let of = |part: &[u64; SUMS], sum: usize| part.get(sum).copied().unwrap_or(0);
    let places = |wanted: bool| parts.iter().zip(held).enumerate().filter(move |(_, (_, held))| **held == wanted);
    let together = |sum: usize| of(beside, sum) + places(true).map(|(_, (part, _))| of(part, sum)).sum::<u64>();
    (0..SUMS).filter(|sum| is_small(together(*sum))).find_map(|sum| {
        let adding = places(false).filter(|(_, (part, _))| of(part, sum) > 0);
        adding.min_by_key(|(_, (part, _))| part.iter().sum::<u64>()).map(|(place, _)| place)
    })
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

/// What is told of the states of all cases.
struct States {
    told: Vec<StateCount>,
    held: BTreeMap<State, u64>,
    /// Whether acceptance tells nothing more.
    tell_acceptance: bool,
}

impl States {
    fn of(tally: &Tally) -> Self {
        let counted: Vec<_> = tally.states.iter().filter(|(_, count)| **count > 0).map(|(state, count)| (*state, *count)).collect();
        let held_back = held_back([0], &counted.iter().map(|(_, count)| [*count]).collect::<Vec<_>>());
        let (mut told, mut held) = (vec![], Tally::default());
        for ((state, count), is_held) in counted.into_iter().zip(held_back) {
            if is_held {
                held.states.insert(state, count);
            } else {
                told.push(StateCount { state, count });
            }
        }
        // Acceptance with the states that are told gives what of the others was accepted, declined, and neither.
        let betrays = held.outcomes().into_iter().chain([tally.accepted(), tally.declined()]).any(is_small);
        Self { told, held: held.states, tell_acceptance: !betrays }
    }

    fn together(&self) -> u64 {
        self.held.values().sum()
    }
}

/// Which groups are held back. Where a group is made of the cases of a state, or a state of those of groups, what is told of states is
/// told of groups, and neither may tell what the other holds back. A period or a service has cases in any state: nothing can be
/// subtracted across.
fn groups_held(by: Option<GroupBy>, cells: &[Cell], states: &States) -> Vec<bool> {
    match by {
        // The same parts of the same sum: they are told once.
        Some(GroupBy::State) => {
            let is_held = |cell: &Cell| cell.tally.states.iter().any(|(state, count)| *count > 0 && states.held.contains_key(state));
            cells.iter().map(is_held).collect()
        }
        Some(GroupBy::Reason) => reasons_held(cells, states),
        _ => held_back([0], &cells.iter().map(|cell| [cell.tally.count()]).collect::<Vec<_>>()),
    }
}

/// Who refuses says why, and nobody else does: reasons are parts of what was refused, and the group without one is all the rest.
fn reasons_held(cells: &[Cell], states: &States) -> Vec<bool> {
    let parts = cells.iter().map(|cell| [cell.tally.refused(), cell.tally.count() - cell.tally.refused()]);
    let Some(refused) = states.held.get(&State::Refused) else {
        // How many were refused is known, and so is how many were not.
        return held_back([0, 0], &parts.collect::<Vec<_>>());
    };
    // Known is the sum of reasons and of the other states that are held back. How many were not refused would divide it.
    let reasons: Vec<_> = parts.clone().map(|[refused, _]| [refused]).collect();
    let held = held_back([states.together() - refused], &reasons);
    held.into_iter().zip(parts).map(|(held, [_, others])| held || others > 0).collect()
}

/// Of which groups acceptance is told, beside that of all cases: the numbers that it is made of are parts of known sums as well, and
/// with the size of the group it gives what is neither.
fn acceptances(tallies: &[&Tally]) -> Vec<bool> {
    let held = held_back([0; 3], &tallies.iter().map(|tally| tally.outcomes()).collect::<Vec<_>>());
    held.into_iter().map(|held| !held).collect()
}

/// What is told of cases that are divided by something. Groups stand in the order in which they come. Each case is in exactly one of
/// them.
pub fn told(by: Option<GroupBy>, cells: Vec<Cell>) -> Statement {
    let mut all = Tally::default();
    for cell in &cells {
        all.merge(&cell.tally);
    }
    if is_small(all.count()) {
        return Statement::default();
    }
    let states = States::of(&all);
    let held = groups_held(by, &cells, &states);
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
        figures: figures(&cell.tally, tells && states.tell_acceptance),
    });
    let groups = groups.collect();
    let other_groups = (rest.count() >= LEAST).then(|| figures(&rest, rest_tells && states.tell_acceptance));
    let other_states = Some(states.together()).filter(|together| *together >= LEAST);
    Statement { total: Some(figures(&all, states.tell_acceptance)), states: states.told, other_states, groups, other_groups }
}

#[cfg(test)]
mod tests;
