//! Who reads one answer, knows the structure of what was counted, and subtracts.
//!
//! What was counted is a row of atoms: the cases of one group in one state. Every number that is told is a sum of atoms, so what can be
//! had from them by adding and subtracting, however cleverly, are the sums in their span. How the rule chooses what to hold back is not
//! held against it, nor are medians, which are no sums.

use super::*;
use crate::report::figures::state;

/// The cases of one group in one state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Atom {
    pub group: Option<String>,
    pub state: State,
    pub count: u64,
}

/// Atoms as the application gives them: as cells, the largest first.
pub fn cells(atoms: &[Atom]) -> Vec<Cell> {
    let mut groups: BTreeMap<Option<String>, Vec<(State, u64)>> = BTreeMap::new();
    for atom in atoms.iter().filter(|atom| atom.count > 0) {
        groups.entry(atom.group.clone()).or_default().push((atom.state, atom.count));
    }
    let cell = |(key, states): (Option<String>, Vec<(State, u64)>)| Cell {
        key,
        label: None,
        tally: Tally { states: states.into_iter().collect(), ..Tally::default() },
    };
    let mut cells: Vec<Cell> = groups.into_iter().map(cell).collect();
    cells.sort_by_key(|cell| std::cmp::Reverse(cell.tally.count()));
    cells
}

/// A sum of atoms: how often each is in it.
type Sum = Vec<i64>;

/// The sums that a statement tells. Where it tells acceptance, both of its numbers are taken for known, though it is rounded.
fn known(atoms: &[Atom], statement: &Statement) -> Vec<Sum> {
    let sum = |wanted: &dyn Fn(&Atom) -> bool| atoms.iter().map(|atom| i64::from(wanted(atom))).collect::<Sum>();
    let shown = |atom: &Atom| statement.groups.iter().any(|group| group.key == atom.group);
    let mut known = vec![];
    let mut learn = |figures: &Figures, wanted: &dyn Fn(&Atom) -> bool| {
        known.push(sum(wanted));
        if figures.acceptance.is_some() {
            known.push(sum(&|atom| wanted(atom) && state::ACCEPTED.contains(&atom.state)));
            known.push(sum(&|atom| wanted(atom) && state::DECLINED.contains(&atom.state)));
        }
    };
    let Some(total) = &statement.total else { return known };
    learn(total, &|_| true);
    for group in &statement.groups {
        learn(&group.figures, &|atom| atom.group == group.key);
    }
    if let Some(rest) = &statement.other_groups {
        learn(rest, &|atom| !shown(atom));
    }
    known.extend(statement.states.iter().map(|told| sum(&|atom| atom.state == told.state)));
    known
}

fn divisor(one: i64, other: i64) -> i64 {
    if other == 0 { one.abs() } else { divisor(other, one % other) }
}

/// What is left of a sum when multiples of others are taken away: nothing, if it is made of them.
fn reduced(mut sum: Sum, others: &[Sum]) -> Sum {
    for other in others {
        let place = other.iter().position(|times| *times != 0).unwrap();
        let (of_sum, of_other) = (sum[place], other[place]);
        for (one, times) in sum.iter_mut().zip(other) {
            *one = *one * of_other - times * of_sum;
        }
        let common = sum.iter().copied().fold(0, divisor).max(1);
        sum = sum.into_iter().map(|times| times / common).collect();
    }
    sum
}

fn is_nothing(sum: &Sum) -> bool {
    sum.iter().all(|times| *times == 0)
}

/// The sets of atoms whose sums can be had from what is told, by their places.
fn derived(atoms: &[Atom], known: Vec<Sum>) -> Vec<Vec<usize>> {
    // No sum of what is told divides atoms that are everywhere together.
    let mut together: BTreeMap<Vec<i64>, Vec<usize>> = BTreeMap::new();
    for place in 0..atoms.len() {
        together.entry(known.iter().map(|sum| sum[place]).collect()).or_default().push(place);
    }
    let together: Vec<Vec<usize>> = together.into_values().collect();
    let mut basis: Vec<Sum> = vec![];
    for sum in known {
        let sum = reduced(sum, &basis);
        if !is_nothing(&sum) {
            basis.push(sum);
        }
    }
    let sets = (1_u32..1 << together.len()).map(|chosen| {
        let parts = together.iter().enumerate().filter(|(bit, _)| chosen >> bit & 1 == 1);
        parts.flat_map(|(_, places)| places.clone()).collect::<Vec<_>>()
    });
    let sum = |places: &[usize]| (0..atoms.len()).map(|place| i64::from(places.contains(&place))).collect();
    sets.filter(|places| is_nothing(&reduced(sum(places), &basis))).collect()
}

/// What tells a number from one to four: a set of atoms whose sum is such a number and can be had from what is told.
pub fn finds(atoms: &[Atom], statement: &Statement) -> Option<Vec<Atom>> {
    let derived = derived(atoms, known(atoms, statement));
    let sum = |places: &[usize]| places.iter().map(|place| atoms[*place].count).sum::<u64>();
    if let Some(places) = derived.iter().find(|places| is_small(sum(places))) {
        return Some(places.iter().map(|place| atoms[*place].clone()).collect());
    }
    // Where there is nothing, there is nothing of anything: with that in mind, more can be had.
    let empty: Vec<usize> = derived.into_iter().filter(|places| sum(places) == 0).flatten().collect();
    let others = atoms.iter().enumerate().filter(|(place, _)| !empty.contains(place)).map(|(_, atom)| atom.clone());
    if empty.is_empty() { None } else { finds(&others.collect::<Vec<_>>(), statement) }
}
