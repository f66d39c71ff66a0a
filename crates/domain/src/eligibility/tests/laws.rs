//! What holds for every service and every person.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::directory::{CriteriaMode, Rule};

const STATUSES: [&str; 3] = ["rsa", "ass", "aah"];
const AUDIENCES: [&str; 3] = ["jeunes", "seniors", "familles"];

fn test() -> impl Strategy<Value = Value> {
    prop_oneof![
        (0..60i32, 0..30i32).prop_map(|(min, more)| json!({"kind": "age", "rule": {"min": min, "max": min + more}})),
        prop::sample::subsequence(STATUSES.to_vec(), 1..=3).prop_map(|any_of| json!({"kind": "status", "rule": {"any_of": any_of}})),
        prop::sample::subsequence(AUDIENCES.to_vec(), 1..=3).prop_map(|any_of| json!({"kind": "audience", "rule": {"any_of": any_of}})),
        prop::sample::select(vec!["59350", "75056"])
            .prop_map(|code| json!({"kind": "residence", "rule": {"zones": [{"kind": "commune", "code": code}]}})),
        (1..20i32, 0..10i32, prop::option::of(0..5i32)).prop_map(|(one, more, per_more)| {
            let mut limits = json!({"1": format!("{one}00.00"), "2": format!("{}00.00", one + more)});
            if let Some(per_more) = per_more {
                limits["per_more"] = json!(format!("{}.00", per_more * 100));
            }
            json!({"kind": "income", "rule": {"max_by_household": limits, "period": "month", "currency": "EUR"}})
        }),
        Just(json!({"kind": "document", "rule": {"code": "d"}, "proof": {"document": "d", "valid_days": 90}})),
        Just(json!({"kind": "question", "rule": {"text": "?", "expected": "yes"}})),
        Just(json!({})),
    ]
}

fn service() -> impl Strategy<Value = (Vec<Value>, bool)> {
    let one = prop_oneof![
        3 => (test(), any::<bool>()).prop_map(|(test, obligatory)| (test, Vec::new(), obligatory)),
        1 => (prop::collection::vec(test(), 2..5), any::<bool>()).prop_map(|(parts, obligatory)| (json!({"kind": "count"}), parts, obligatory)),
    ];
    (prop::collection::vec((one, 1..4i32), 0..6), any::<bool>()).prop_map(|(list, any)| {
        let named = list.into_iter().enumerate().map(|(n, ((mut criterion, parts, obligatory), at_least))| {
            criterion["id"] = json!(format!("c{n}"));
            criterion["label"] = json!("X");
            criterion["obligatory"] = json!(obligatory);
            if !parts.is_empty() {
                let of: Vec<Value> = parts
                    .into_iter()
                    .enumerate()
                    .map(|(m, mut part)| {
                        part["id"] = json!(format!("c{n}-{m}"));
                        part["label"] = json!("Y");
                        part
                    })
                    .collect();
                criterion["rule"] = json!({"at_least": at_least, "of": of, "exclusive": [[format!("c{n}-0"), format!("c{n}-1")]]});
            }
            criterion
        });
        (named.collect(), any)
    })
}

/// A person of whom everything is true at once, as facts that can be told one by one.
fn person() -> impl Strategy<Value = Vec<Value>> {
    let flags = prop::collection::vec(any::<bool>(), 12);
    (0..90i32, 1..6i32, 0..4000i32, 0..200i64, flags).prop_map(|(age, size, income, old, flags)| {
        let born = today() - chrono::Months::new(u32::try_from(age * 12 + 5).unwrap());
        let mut facts = vec![
            json!({"birth_year": chrono::Datelike::year(&born)}),
            json!({ "birth_date": born }),
            json!({ "age": age }),
            json!({"commune": "59350"}),
            json!({ "household_size": size }),
            json!({"income": {"amount": income.to_string(), "currency": "EUR", "period": "month"}}),
        ];
        let mut flags = flags.into_iter();
        let mut listed = |codes: [&str; 3], yes: &str, no: &str| {
            for code in codes {
                facts.push(json!({ (if flags.next().unwrap() { yes } else { no }): [code] }));
            }
        };
        listed(STATUSES, "statuses", "not_statuses");
        listed(AUDIENCES, "audiences", "not_audiences");
        facts.push(if flags.next().unwrap() {
            json!({"documents": [{"code": "d", "issued_on": today() - chrono::Days::new(u64::try_from(old).unwrap())}]})
        } else {
            json!({"documents": [{"code": "d", "at_hand": false}]})
        });
        for n in 0..6 {
            facts.push(json!({"answers": {format!("c{n}"): n % 2 == 0}}));
            facts.push(json!({"answers": {format!("c{n}-0"): n % 2 == 1, format!("c{n}-1"): true, format!("c{n}-2"): false}}));
        }
        facts
    })
}

/// What is known when these facts are told.
fn told<'a>(facts: impl Iterator<Item = &'a Value>) -> Known {
    let mut all = json!({});
    for (name, value) in facts.flat_map(|fact| fact.as_object().unwrap()) {
        match (&mut all[name], value) {
            (Value::Array(known), Value::Array(more)) => known.extend(more.iter().cloned()),
            (Value::Object(known), Value::Object(more)) => known.extend(more.clone()),
            (known, value) => *known = value.clone(),
        }
    }
    known(all)
}

fn look(list: &[Value], any: bool, known: &Known) -> Evaluation {
    let mode = if any { CriteriaMode::Any } else { CriteriaMode::All };
    let asked = Asked { mode, ..asked(json!(list)) };
    assert!(known.problems(today()).is_empty(), "{:?}", known.problems(today()));
    let zones = if known.commune.is_some() { lille() } else { vec![] };
    evaluate(&asked, known, &zones, today())
}

fn states(evaluation: &Evaluation) -> BTreeMap<String, CriterionState> {
    evaluation.criteria.iter().map(|one| (one.id.to_string(), one.state)).collect()
}

proptest! {
    #[test]
    fn telling_more_keeps_what_is_decided((list, any) in service(), facts in person(), first in any::<u64>(), more in any::<u64>()) {
        let some = |mask: u64| told(facts.iter().enumerate().filter(|(bit, _)| mask >> bit & 1 == 1).map(|(_, fact)| fact));
        let (before, after) = (look(&list, any, &some(first)), look(&list, any, &some(first | more)));
        let later = states(&after);
        for (id, state) in states(&before).into_iter().filter(|(_, state)| *state != CriterionState::Unknown) {
            prop_assert_eq!(later[&id], state, "{}", id);
        }
        if before.verdict != Verdict::Unknown {
            prop_assert_eq!(after.verdict, before.verdict);
        }
    }

    #[test]
    fn the_order_of_criteria_changes_nothing((list, any) in service(), facts in person(), mask in any::<u64>(), turn in 0..6usize) {
        let known = told(facts.iter().enumerate().filter(|(bit, _)| mask >> bit & 1 == 1).map(|(_, fact)| fact));
        let mut turned = list.clone();
        turned.rotate_left(if list.is_empty() { 0 } else { turn % list.len() });
        turned.iter_mut().filter_map(|one| one.pointer_mut("/rule/of")).for_each(|of| of.as_array_mut().unwrap().reverse());
        let (one, other) = (look(&list, any, &known), look(&turned, any, &known));
        prop_assert_eq!(states(&one), states(&other));
        prop_assert_eq!(one.verdict, other.verdict);
        prop_assert_eq!(one.next_question.is_some(), other.next_question.is_some());
    }

    #[test]
    fn obligatory_ones_decide_and_the_others_are_wishes_or_a_choice((list, any) in service(), facts in person(), mask in any::<u64>()) {
        let known = told(facts.iter().enumerate().filter(|(bit, _)| mask >> bit & 1 == 1).map(|(_, fact)| fact));
        let evaluation = look(&list, any, &known);
        let tops = || evaluation.criteria.iter().filter(|one| one.within.is_none());
        let (must, choice): (Vec<_>, Vec<_>) = tops().partition(|one| one.obligatory);
        let all = |list: &[&Judged], state| list.iter().all(|one| one.state == state);
        let some = |list: &[&Judged], state| list.iter().any(|one| one.state == state);
        let chosen = !any || choice.is_empty() || some(&choice, CriterionState::Met);
        let refused = any && !choice.is_empty() && all(&choice, CriterionState::NotMet);
        let expected = if some(&must, CriterionState::NotMet) || refused {
            Verdict::NotEligible
        } else if all(&must, CriterionState::Met) && chosen {
            Verdict::Eligible
        } else {
            Verdict::Unknown
        };
        prop_assert_eq!(evaluation.verdict, expected);
        prop_assert_eq!(evaluation.blocking.is_empty(), !some(&must, CriterionState::NotMet));
        prop_assert_eq!(evaluation.next_question.is_some(), expected == Verdict::Unknown);
    }

    #[test]
    fn whoever_meets_all_meets_any((list, _) in service(), facts in person()) {
        let known = told(facts.iter());
        let (all, any) = (look(&list, false, &known), look(&list, true, &known));
        let choice = any.criteria.iter().any(|one| !one.obligatory && one.within.is_none() && one.state == CriterionState::Met);
        if all.verdict == Verdict::Eligible && choice {
            prop_assert_eq!(any.verdict, Verdict::Eligible);
        }
        if all.verdict == Verdict::NotEligible {
            prop_assert_eq!(any.verdict, Verdict::NotEligible, "what must be met must be met either way");
        }
    }

    #[test]
    fn a_criterion_survives_its_json((list, _) in service()) {
        let read = criteria(json!(list));
        prop_assert_eq!(criteria(serde_json::to_value(&read).unwrap()), read.clone());
        prop_assert_eq!(read.iter().filter(|one| matches!(one.rule, Some(Rule::Count(_)))).count(), list.iter().filter(|one| one["kind"] == "count").count());
    }
}
