//! Work integration in France (IAE) as plain data: one criterion of level 1, or several of level 2: two for some kinds of
//! structure, three for others. The criteria are public; the words are ours.

use proptest::prelude::*;

use super::*;
use crate::directory::{CriteriaMode, Rule, criteria_problems};

/// The rule for a kind of structure that asks for so many criteria of level 2.
fn iae(level_2: i32) -> Asked {
    let mut list = criteria(serde_json::from_str(include_str!("iae.json")).unwrap());
    if let Some(Rule::Count(rule)) = &mut list[1].rule {
        rule.at_least = level_2;
    }
    Asked { mode: CriteriaMode::Any, ..Asked { criteria: list, ..Asked::default() } }
}

const LEVEL_1: [&str; 4] = ["rsa", "ass", "aah", "demandeur-emploi-24-mois"];
const LEVEL_2: [&str; 9] = [
    "sortant-ase",
    "demandeur-emploi-12-mois",
    "rqth",
    "parent-isole",
    "heberge",
    "refugie",
    "resident-frr",
    "resident-qpv",
    "sortant-detention",
];

/// Somebody of 35 of whom everything is told: these statuses and no others, no obstacle.
fn person(statuses: &[&str], age: i32) -> Known {
    let all = LEVEL_1.iter().chain(&LEVEL_2).chain(&["boe", "sans-hebergement", "protection-subsidiaire", "demandeur-asile"]);
    let none: Vec<_> = all.filter(|status| !statuses.contains(status)).collect();
    known(json!({
        "age": age, "statuses": statuses, "not_statuses": none,
        "answers": {"low-diploma": "niveau 5", "french": false, "mobility": false}
    }))
}

fn verdict(asked: &Asked, known: &Known) -> Verdict {
    evaluate(asked, known, &[], today()).verdict
}

#[test]
fn the_rule_is_plain_data_without_a_fault() {
    for level_2 in [2, 3] {
        assert!(criteria_problems(&iae(level_2).criteria, "/criteria").is_empty());
    }
}

#[test]
fn young_and_old_count_once() {
    let rule = iae(2);
    assert_eq!(verdict(&rule, &person(&["resident-qpv"], 24)), Verdict::Eligible);
    assert_eq!(verdict(&rule, &person(&[], 24)), Verdict::NotEligible);
    let Some(Rule::Count(count)) = &rule.criteria[1].rule else { panic!("level 2 counts") };
    let ids: Vec<_> = count.of.iter().map(|part| &part.id).filter(|id| ["senior", "junior"].contains(&id.as_str())).collect();
    assert_eq!((ids.len(), count.counted(ids)), (2, 1));
}

#[test]
fn a_proof_grows_old() {
    let with = |issued: &str| {
        let mut known = person(&["rsa"], 35);
        known.facts.documents = serde_json::from_value(json!([{"code": "attestation-rsa", "issued_on": issued}])).unwrap();
        evaluate(&iae(2), &known, &[], today())
    };
    let (fresh, stale) = (with("2026-02-01"), with("2025-02-01"));
    assert_eq!((fresh.verdict, stale.verdict), (Verdict::Eligible, Verdict::Eligible), "the proof is to be renewed, the fact holds");
    assert_eq!((fresh.documents_missing.len(), stale.documents_missing[0].as_str()), (0, "attestation-rsa"));
}

#[test]
fn the_questions_lead_to_an_answer() {
    let rule = iae(2);
    let first = evaluate(&rule, &Known::default(), &[], today());
    assert_eq!((first.verdict, next(&first)), (Verdict::Unknown, Some("rsa")), "one criterion of level 1 settles it");
    let young = evaluate(&rule, &known(json!({"age": 24, "not_statuses": LEVEL_1})), &[], today());
    assert_eq!((standing(&young, "level-1"), standing(&young, "level-2")), (("not_met", "too_few_left"), ("unknown", "more_needed")));
    assert_eq!(next(&young), Some("low-diploma"), "one more settles it, and age is known");
}

proptest! {
    #[test]
    fn one_of_level_1_or_enough_of_level_2(
        one in prop::sample::subsequence(LEVEL_1.to_vec(), 0..=4),
        two in prop::sample::subsequence(LEVEL_2.to_vec(), 0..=9),
        age in 16..70i32,
        level_2 in 2..=3i32,
    ) {
        let statuses: Vec<_> = one.iter().chain(&two).copied().collect();
        let by_age = usize::from(age >= 50 || age <= 25);
        let enough = !one.is_empty() || two.len() + by_age >= usize::try_from(level_2).unwrap();
        let expected = if enough { Verdict::Eligible } else { Verdict::NotEligible };
        prop_assert_eq!(verdict(&iae(level_2), &person(&statuses, age)), expected);
    }

    #[test]
    fn who_may_enter_where_three_are_asked_may_enter_where_two_are(
        statuses in prop::sample::subsequence(LEVEL_2.to_vec(), 0..=9),
        age in 16..70i32,
    ) {
        let known = person(&statuses, age);
        if verdict(&iae(3), &known) == Verdict::Eligible {
            prop_assert_eq!(verdict(&iae(2), &known), Verdict::Eligible);
        }
    }
}
