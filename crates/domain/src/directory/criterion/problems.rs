//! What is wrong with a list of criteria that its types cannot refuse.

use std::collections::HashSet;
use std::hash::Hash;

use super::{AgeRule, CountRule, Criterion, IncomeRule, Proof, QuestionRule, Rule, Test};
use crate::directory::tokens::Slug;
use crate::shared::{Blocker, Money};

/// The id under which the audiences of a service are judged.
pub const AUDIENCE_ID: &str = "audience";
/// The id under which the coverage of a service is judged.
pub const COVERAGE_ID: &str = "coverage";

/// The most criteria of a service, counted ones included.
pub const MOST_CRITERIA: usize = 50;
const OLDEST: i32 = 150;
const MOST_DAYS: i32 = 3650;

/// Everything that is wrong with criteria which stand at `pointer`: `too_many` (counted ones included), `duplicate` (an id that is
/// taken or the program's own, a repeated entry), `empty`, `incomplete` (a group of one, a question without or with two kinds of
/// answers), `out_of_range`, `unknown_criterion` (a group names one that is not counted).
pub fn criteria_problems(criteria: &[Criterion], pointer: &str) -> Vec<Blocker> {
    let mut found = Vec::new();
    let counted = |criterion: &Criterion| match &criterion.rule {
        Some(Rule::Count(count)) => count.of.len(),
        _ => 0,
    };
    if criteria.len() + criteria.iter().map(counted).sum::<usize>() > MOST_CRITERIA {
        found.push(Blocker::content("too_many").at(pointer).with("max", MOST_CRITERIA));
    }
    let mut ids = HashSet::new();
    for (index, criterion) in criteria.iter().enumerate() {
        let at = format!("{pointer}/{index}");
        unique(&mut ids, &criterion.id, &at, &mut found);
        proof(criterion.proof.as_ref(), &at, &mut found);
        match &criterion.rule {
            None => {}
            Some(Rule::Test(rule)) => test(rule, &at, &mut found),
            Some(Rule::Count(rule)) => count(rule, &at, &mut ids, &mut found),
        }
    }
    found
}

fn unique<'a>(ids: &mut HashSet<&'a Slug>, id: &'a Slug, at: &str, found: &mut Vec<Blocker>) {
    if matches!(id.as_str(), AUDIENCE_ID | COVERAGE_ID) || !ids.insert(id) {
        found.push(Blocker::content("duplicate").at(format!("{at}/id")));
    }
}

fn proof(proof: Option<&Proof>, at: &str, found: &mut Vec<Blocker>) {
    let days = proof.and_then(|proof| proof.valid_days);
    between(days, 1, MOST_DAYS, format!("{at}/proof/valid_days"), found);
}

fn between(value: Option<i32>, min: i32, max: i32, pointer: String, found: &mut Vec<Blocker>) {
    if value.is_some_and(|value| !(min..=max).contains(&value)) {
        found.push(Blocker::content("out_of_range").at(pointer).with("min", min).with("max", max));
    }
}

/// At least one entry, and none twice.
fn list<T: Eq + Hash>(entries: &[T], pointer: &str, found: &mut Vec<Blocker>) {
    if entries.is_empty() {
        found.push(Blocker::content("empty").at(pointer));
    }
    let mut seen = HashSet::new();
    let repeated = entries.iter().enumerate().filter(|(_, entry)| !seen.insert(*entry));
    found.extend(repeated.map(|(index, _)| Blocker::content("duplicate").at(format!("{pointer}/{index}"))));
}

fn test(rule: &Test, at: &str, found: &mut Vec<Blocker>) {
    match rule {
        Test::Age(rule) => age(rule, at, found),
        Test::Residence(rule) => list(&rule.zones, &format!("{at}/rule/zones"), found),
        Test::Audience(rule) => list(&rule.any_of, &format!("{at}/rule/any_of"), found),
        Test::Status(rule) => list(&rule.any_of, &format!("{at}/rule/any_of"), found),
        Test::Income(rule) => income(rule, at, found),
        Test::Document(_) => {}
        Test::Question(rule) => question(rule, at, found),
    }
}

fn age(rule: &AgeRule, at: &str, found: &mut Vec<Blocker>) {
    if rule.min.is_none() && rule.max.is_none() {
        found.push(Blocker::content("empty").at(format!("{at}/rule")));
    }
    between(rule.min, 0, OLDEST, format!("{at}/rule/min"), found);
    between(rule.max, rule.min.unwrap_or(0).clamp(0, OLDEST), OLDEST, format!("{at}/rule/max"), found);
}

/// No limit is below nothing, and a larger household never has a lower one.
fn income(rule: &IncomeRule, at: &str, found: &mut Vec<Blocker>) {
    let mut least = 0;
    for (index, limit) in rule.limits.iter().map(|limit| limit.minor()).enumerate() {
        if limit < least {
            let pointer = format!("{at}/rule/max_by_household/{}", index + 1);
            found.push(Blocker::content("out_of_range").at(pointer));
        }
        least = limit.max(least);
    }
    if rule.per_more.map(Money::minor).is_some_and(|more| more < 0) {
        found.push(Blocker::content("out_of_range").at(format!("{at}/rule/max_by_household/per_more")));
    }
}

fn question(rule: &QuestionRule, at: &str, found: &mut Vec<Blocker>) {
    if rule.expected.is_some() != rule.one_of.is_empty() {
        found.push(Blocker::content("incomplete").at(format!("{at}/rule")));
    }
    if !rule.one_of.is_empty() {
        list(&rule.one_of, &format!("{at}/rule/one_of"), found);
    }
}

fn count<'a>(rule: &'a CountRule, at: &str, ids: &mut HashSet<&'a Slug>, found: &mut Vec<Blocker>) {
    for (index, part) in rule.of.iter().enumerate() {
        let at = format!("{at}/rule/of/{index}");
        unique(ids, &part.id, &at, found);
        proof(part.proof.as_ref(), &at, found);
        if let Some(rule) = &part.rule {
            test(rule, &at, found);
        }
    }
    if rule.of.is_empty() {
        found.push(Blocker::content("empty").at(format!("{at}/rule/of")));
    } else {
        let most = i32::try_from(rule.counted(rule.of.iter().map(|part| &part.id))).unwrap_or(i32::MAX);
        between(Some(rule.at_least), 1, most, format!("{at}/rule/at_least"), found);
    }
    let mut grouped = HashSet::new();
    for (index, group) in rule.exclusive.iter().enumerate() {
        let at = format!("{at}/rule/exclusive/{index}");
        if group.len() < 2 {
            found.push(Blocker::content("incomplete").at(at.clone()));
        }
        for (place, id) in group.iter().enumerate() {
            if !rule.of.iter().any(|part| part.id == *id) {
                found.push(Blocker::content("unknown_criterion").at(format!("{at}/{place}")));
            } else if !grouped.insert(id) {
                found.push(Blocker::content("duplicate").at(format!("{at}/{place}")));
            }
        }
    }
}
