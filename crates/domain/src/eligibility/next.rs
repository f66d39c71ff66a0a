//! Which question to ask next.

use super::evaluate::{Item, Leaf, Verdict, standings, verdict};
use super::reason::CriterionState;
use crate::directory::{CriteriaMode, CriterionKind, CriterionLabel, QuestionText, Rule, Slug, Test};

/// The question that can decide most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextQuestion {
    /// The criterion that it settles.
    pub criterion: Slug,
    /// What it asks about; none for a criterion in words only.
    pub kind: Option<CriterionKind>,
    /// The service's own question.
    pub question: Option<QuestionText>,
    /// The criterion in words.
    pub label: Option<CriterionLabel>,
}

/// The open criterion that can decide most: obligatory ones first; then the one with the most answers (met, not met) that settle the
/// verdict, then its own criterion; then the one whose fact other open criteria wait for as well; then the first.
pub(super) fn next_question(items: &[Item], mode: CriteriaMode, leaves: &[Leaf<'_>]) -> Option<NextQuestion> {
    let states: Vec<CriterionState> = standings(items, leaves).into_iter().map(|(state, _)| state).collect();
    let open = |leaf: &Leaf<'_>| is_open(items, mode, &states, leaves, leaf);
    let rank = |place: usize, leaf: &Leaf<'_>| {
        let (verdicts, criteria) = settled(items, mode, leaves, place);
        let waiting = leaves.iter().filter(|other| open(other) && same_fact(other, leaf)).count();
        let obligatory = items.get(leaf.item).is_some_and(|item| item.obligatory);
        (obligatory, verdicts, criteria, waiting, std::cmp::Reverse(place))
    };
    let candidates = leaves.iter().enumerate().filter(|(_, leaf)| open(leaf));
    let (_, best) = candidates.max_by_key(|(place, leaf)| rank(*place, leaf))?;
    let own = match best.test {
        Some(Test::Question(rule)) => Some(&rule.text),
        _ => None,
    };
    Some(NextQuestion {
        criterion: best.id.clone(),
        kind: best.test.map(Test::kind),
        question: best.question.or(own).cloned(),
        label: best.label.cloned(),
    })
}

/// Whether a leaf is unknown and its answer can still matter.
fn is_open(items: &[Item], mode: CriteriaMode, states: &[CriterionState], leaves: &[Leaf<'_>], leaf: &Leaf<'_>) -> bool {
    let (Some(item), Some(state)) = (items.get(leaf.item), states.get(leaf.item)) else { return false };
    let chosen = items.iter().zip(states).any(|(item, state)| !item.obligatory && *state == CriterionState::Met);
    let matters = item.obligatory || (mode == CriteriaMode::Any && !chosen);
    let spent = match &item.rule {
        Some(Rule::Count(rule)) => rule.group_of(leaf.id).is_some_and(|group| {
            let partners = leaves.iter().filter(|other| other.item == leaf.item && rule.group_of(other.id) == Some(group));
            partners.into_iter().any(|partner| partner.state == CriterionState::Met)
        }),
        _ => false,
    };
    leaf.state == CriterionState::Unknown && *state == CriterionState::Unknown && matters && !spent
}

/// How many of the two answers settle the verdict, and how many its criterion.
fn settled(items: &[Item], mode: CriteriaMode, leaves: &[Leaf<'_>], place: usize) -> (usize, usize) {
    let after = |state: CriterionState| {
        let mut leaves = leaves.to_vec();
        let item = leaves.get_mut(place).map(|leaf| {
            leaf.state = state;
            leaf.item
        });
        let states: Vec<CriterionState> = standings(items, &leaves).into_iter().map(|(state, _)| state).collect();
        let criterion = item.and_then(|item| states.get(item)).is_some_and(|state| *state != CriterionState::Unknown);
        (verdict(items, mode, &states) != Verdict::Unknown, criterion)
    };
    let outcomes = [after(CriterionState::Met), after(CriterionState::NotMet)];
    (outcomes.iter().filter(|(verdict, _)| *verdict).count(), outcomes.iter().filter(|(_, criterion)| *criterion).count())
}

/// Whether telling what settles one also tells what the other waits for.
fn same_fact(one: &Leaf<'_>, other: &Leaf<'_>) -> bool {
    match (one.test, other.test) {
        (Some(Test::Age(_)), Some(Test::Age(_)))
        | (Some(Test::Residence(_)), Some(Test::Residence(_)))
        | (Some(Test::Income(_)), Some(Test::Income(_))) => true,
        (Some(Test::Audience(one)), Some(Test::Audience(other))) => one == other,
        (Some(Test::Status(one)), Some(Test::Status(other))) => one == other,
        (Some(Test::Document(one)), Some(Test::Document(other))) => one == other,
        _ => one.id == other.id,
    }
}
