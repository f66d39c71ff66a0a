use rstest::rstest;

use super::*;
use crate::directory::{CriteriaMode, criteria_problems};
use crate::shared::contact::Language;

/// One criterion `x` of a kind, judged.
fn judged(kind: &str, rule: Value, told: Value) -> (&'static str, &'static str) {
    let asked = asked(
        json!([{"id": "x", "kind": kind, "rule": rule, "label": "X", "obligatory": true, "proof": {"document": "d", "valid_days": 90}}]),
    );
    standing(&evaluate(&asked, &known(told), &[], today()), "x")
}

#[rstest]
#[case(json!({}), "unknown", "age_not_told")]
#[case(json!({"age": 24}), "met", "age_within")]
#[case(json!({"age": 15}), "not_met", "age_below")]
#[case(json!({"age": 26}), "not_met", "age_above")]
#[case::birthday_today(json!({"birth_date": "2010-03-10"}), "met", "age_within")]
#[case::birthday_tomorrow(json!({"birth_date": "2010-03-11"}), "not_met", "age_below")]
#[case::last_day_of_25(json!({"birth_date": "2000-03-11"}), "met", "age_within")]
#[case::turned_26(json!({"birth_date": "2000-03-10"}), "not_met", "age_above")]
#[case::within_whichever_day(json!({"birth_year": 2003}), "met", "age_within")]
#[case::the_day_decides(json!({"birth_year": 2000}), "unknown", "age_not_told")]
#[case::the_age_decides(json!({"birth_year": 2000, "age": 25}), "met", "age_within")]
fn an_age_has_bounds_that_belong_to_it(#[case] told: Value, #[case] state: &str, #[case] reason: &str) {
    assert_eq!(judged("age", json!({"min": 16, "max": 25}), told), (state, reason));
}

#[rstest]
#[case("16-25", "met", "age_within")]
#[case("10-15", "not_met", "age_below")]
#[case("26-34", "not_met", "age_above")]
#[case::astride("25-34", "unknown", "age_not_told")]
fn an_age_band_decides_unless_it_lies_astride(#[case] band: &str, #[case] state: &str, #[case] reason: &str) {
    let asked = asked(json!([{"id": "x", "kind": "age", "rule": {"min": 16, "max": 25}, "label": "X", "obligatory": true}]));
    let known = Known { age_band: Some(band.parse().unwrap()), ..Known::default() };
    assert_eq!(standing(&evaluate(&asked, &known, &[], today()), "x"), (state, reason));
}

#[rstest]
#[case(json!({}), "unknown", "not_told")]
#[case(json!({"statuses": ["ass"]}), "met", "belongs")]
#[case(json!({"not_statuses": ["rsa"]}), "unknown", "not_told")]
#[case(json!({"not_statuses": ["rsa", "ass"], "statuses": ["aah"]}), "not_met", "belongs_to_none")]
fn one_status_of_several_is_enough(#[case] told: Value, #[case] state: &str, #[case] reason: &str) {
    assert_eq!(judged("status", json!({"any_of": ["rsa", "ass"]}), told), (state, reason));
}

#[rstest]
#[case(json!({}), "unknown", "income_not_told")]
#[case::low_for_anybody(json!({"income": {"amount": "1200.00", "currency": "EUR", "period": "month"}}), "met", "income_within")]
#[case::depends(json!({"income": {"amount": "1500.00", "currency": "EUR", "period": "month"}}), "unknown", "household_not_told")]
#[case::alone(json!({"household_size": 1, "income": {"amount": "1500", "currency": "EUR", "period": "month"}}), "not_met", "income_above")]
#[case::of_two(json!({"household_size": 2, "income": {"amount": "1500", "currency": "EUR", "period": "month"}}), "met", "income_within")]
#[case::of_four(json!({"household_size": 4, "income": {"amount": "2600.00", "currency": "EUR", "period": "month"}}), "met", "income_within")]
#[case::a_cent(json!({"household_size": 4, "income": {"amount": "2600.01", "currency": "EUR", "period": "month"}}), "not_met", "income_above")]
#[case::by_the_year(json!({"household_size": 1, "income": {"amount": "14400.00", "currency": "EUR", "period": "year"}}), "met", "income_within")]
#[case::abroad(json!({"income": {"amount": "1", "currency": "CHF", "period": "month"}}), "unknown", "currency_differs")]
fn an_income_is_measured_by_the_household(#[case] told: Value, #[case] state: &str, #[case] reason: &str) {
    let rule = json!({"max_by_household": {"1": "1200.00", "2": "1800.00", "per_more": "400.00"}, "period": "month", "currency": "EUR"});
    assert_eq!(judged("income", rule, told), (state, reason));
}

#[test]
fn without_more_per_head_the_last_limit_holds_for_larger_households() {
    let rule = || json!({"max_by_household": {"1": "1000.00", "2": "1500.00"}, "period": "month", "currency": "EUR"});
    let told = |size: Option<i32>, amount: &str| {
        let mut told = json!({"income": {"amount": amount, "currency": "EUR", "period": "month"}});
        if let Some(size) = size {
            told["household_size"] = json!(size);
        }
        judged("income", rule(), told).0
    };
    assert_eq!((told(Some(7), "1500.00"), told(Some(7), "1500.01")), ("met", "not_met"));
    assert_eq!(told(None, "1500.01"), "not_met", "no household may have more");
}

#[rstest]
#[case(json!({}), "unknown", "document_not_told")]
#[case(json!({"documents": [{"code": "d"}]}), "unknown", "document_date_not_told")]
#[case(json!({"documents": [{"code": "d", "at_hand": false}]}), "not_met", "document_not_at_hand")]
#[case(json!({"documents": [{"code": "d", "issued_on": "2025-12-10"}]}), "met", "document_at_hand")]
#[case(json!({"documents": [{"code": "d", "issued_on": "2025-12-09"}]}), "not_met", "document_expired")]
fn a_document_grows_old(#[case] told: Value, #[case] state: &str, #[case] reason: &str) {
    assert_eq!(judged("document", json!({"code": "d"}), told), (state, reason));
}

#[rstest]
#[case(json!({"text": "Permis ?", "expected": "no"}), json!({}), "unknown", "not_answered")]
#[case(json!({"text": "Permis ?", "expected": "no"}), json!(false), "met", "answered_as_expected")]
#[case(json!({"text": "Permis ?", "expected": "no"}), json!(true), "not_met", "answered_otherwise")]
#[case(json!({"text": "Permis ?", "expected": "yes"}), json!("oui"), "unknown", "answer_not_understood")]
#[case(json!({"text": "Niveau ?", "one_of": ["Débutant", "A1"]}), json!("debutant"), "met", "answered_as_expected")]
#[case(json!({"text": "Niveau ?", "one_of": ["Débutant", "A1"]}), json!("B2"), "not_met", "answered_otherwise")]
fn an_answer_is_compared(#[case] rule: Value, #[case] answer: Value, #[case] state: &str, #[case] reason: &str) {
    let told = if answer.is_object() { json!({}) } else { json!({"answers": {"x": answer}}) };
    assert_eq!(judged("question", rule, told), (state, reason));
}

#[test]
fn who_lives_elsewhere_is_known_only_of_who_is_known_whole() {
    let rule =
        asked(json!([{"id": "x", "kind": "residence", "rule": {"zones": [{"kind": "epci", "code": "200040715"}]}, "label": "Grenoble"}]));
    let of = |zones: &[Zone]| standing(&evaluate(&rule, &Known::default(), zones, today()), "x").1;
    assert_eq!(of(&[]), "home_not_told");
    assert_eq!(of(&lille()), "lives_elsewhere");
    assert_eq!(of(&zones(json!([{"kind": "commune", "code": "59350"}]))), "zone_not_known");
    assert_eq!(of(&zones(json!([{"kind": "epci", "code": "200093201"}]))), "lives_elsewhere");
    assert_eq!(of(&zones(json!([{"kind": "country", "code": "CH"}]))), "lives_elsewhere");
    assert_eq!(of(&zones(json!([{"kind": "epci", "code": "200040715"}]))), "lives_there");
}

#[test]
fn words_are_decided_by_an_answer_alone() {
    let asked = asked(json!([{"id": "c1", "label": "Motivation", "obligatory": true}]));
    let unknown = evaluate(&asked, &Known::default(), &[], today());
    assert_eq!((unknown.verdict, standing(&unknown, "c1"), next(&unknown)), (Verdict::Unknown, ("unknown", "words_only"), Some("c1")));
    let yes = evaluate(&asked, &known(json!({"answers": {"c1": true}})), &[], today());
    assert_eq!((yes.verdict, standing(&yes, "c1")), (Verdict::Eligible, ("met", "said_to_be_met")));
    let no = evaluate(&asked, &known(json!({"answers": {"c1": false}})), &[], today());
    assert_eq!((no.verdict, no.blocking), (Verdict::NotEligible, vec!["c1".parse().unwrap()]));
}

#[test]
fn a_person_of_24_in_a_commune_that_is_not_covered_is_told_so() {
    let age = json!([{"id": "age", "kind": "age", "rule": {"min": 16, "max": 25}, "label": "16–25 ans", "obligatory": true}]);
    let coverage = Some(in_zones(json!([{"kind": "commune", "code": "38185"}, {"kind": "departement", "code": "73"}])));
    let asked = Asked { coverage, ..asked(age) };
    let evaluation = evaluate(&asked, &known(json!({"age": 24, "commune": "59350"})), &lille(), today());
    assert_eq!(evaluation.verdict, Verdict::NotEligible);
    assert_eq!((standing(&evaluation, "age").0, standing(&evaluation, "coverage")), ("met", ("not_met", "lives_elsewhere")));
    assert_eq!(evaluation.blocking, vec!["coverage".parse().unwrap()]);
    let words = evaluation.in_words(asked, Language::De);
    assert_eq!(words.criteria[0].label, "Wohnt im Einzugsgebiet des Angebots");
    assert_eq!((words.criteria[0].reason.label.as_str(), words.next_question), ("Die Person wohnt anderswo", None));
}

#[test]
fn what_is_not_obligatory_is_a_wish_or_a_choice() {
    let list = json!([
        {"id": "a", "label": "A", "obligatory": true}, {"id": "b", "label": "B"}, {"id": "c", "label": "C"}
    ]);
    let verdict = |mode, answers: Value| {
        let asked = Asked { mode, ..asked(list.clone()) };
        evaluate(&asked, &known(json!({ "answers": answers })), &[], today()).verdict
    };
    for (answers, all, any) in [
        (json!({"a": true}), Verdict::Eligible, Verdict::Unknown),
        (json!({"a": true, "b": false, "c": false}), Verdict::Eligible, Verdict::NotEligible),
        (json!({"a": true, "c": true}), Verdict::Eligible, Verdict::Eligible),
        (json!({"a": false, "b": true, "c": true}), Verdict::NotEligible, Verdict::NotEligible),
        (json!({"b": true}), Verdict::Unknown, Verdict::Unknown),
    ] {
        assert_eq!((verdict(CriteriaMode::All, answers.clone()), verdict(CriteriaMode::Any, answers.clone())), (all, any), "{answers}");
    }
}

#[test]
fn the_next_question_is_the_one_that_decides_most() {
    let list = json!([
        {"id": "wish", "label": "Souhait"},
        {"id": "young", "kind": "age", "rule": {"min": 16}, "label": "16 ans", "obligatory": true},
        {"id": "licence", "kind": "question", "rule": {"text": "A-t-elle le permis ?", "expected": "no"}, "label": "Sans permis", "obligatory": true},
        {"id": "adult", "kind": "age", "rule": {"max": 25}, "label": "25 ans", "obligatory": true}
    ]);
    let asked = Asked { coverage: Some(in_zones(json!([{"kind": "commune", "code": "59350"}]))), ..asked(list) };
    let ask = |told: Value, zones: &[Zone]| {
        let words = evaluate(&asked, &known(told), zones, today()).in_words(asked.clone(), Language::Fr);
        words.next_question.map(|next| (next.criterion.to_string(), next.text))
    };
    let is = |id: &str, text: &str| Some((id.to_owned(), text.to_owned()));
    assert_eq!(ask(json!({}), &[]), is("young", "Quel âge a la personne ?"), "one answer settles two criteria");
    assert_eq!(ask(json!({"age": 24}), &[]), is("coverage", "Dans quelle commune la personne habite-t-elle ?"));
    assert_eq!(ask(json!({"age": 24}), &lille()), is("licence", "A-t-elle le permis ?"));
    assert_eq!(ask(json!({"age": 24, "answers": {"licence": false}}), &lille()), None, "wishes are not asked");
    assert_eq!(ask(json!({"age": 40}), &[]), None, "the verdict is known");
}

#[test]
fn missing_documents_are_the_obligatory_ones_and_the_proofs_of_what_is_met() {
    let list = json!([
        {"id": "rsa", "kind": "status", "rule": {"any_of": ["rsa"]}, "label": "RSA", "proof": {"document": "caf", "valid_days": 90}},
        {"id": "aah", "kind": "status", "rule": {"any_of": ["aah"]}, "label": "AAH", "proof": {"document": "mdph"}},
        {"id": "lease", "kind": "document", "rule": {"code": "lease"}, "label": "Bail", "obligatory": true}
    ]);
    let documents = json!([{"code": "id", "label": "Pièce", "obligatory": true}, {"code": "cv", "label": "CV", "obligatory": false}]);
    let asked = Asked { documents: serde_json::from_value(documents).unwrap(), ..asked(list) };
    let missing = |told: Value| {
        let evaluation = evaluate(&asked, &known(told), &[], today());
        evaluation.documents_missing.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(missing(json!({})), ["id", "lease"]);
    assert_eq!(missing(json!({"statuses": ["rsa"]})), ["id", "lease", "caf"]);
    let told = json!({"statuses": ["rsa"], "documents": [{"code": "id"}, {"code": "lease"}, {"code": "caf", "issued_on": "2026-03-01"}]});
    assert_eq!(missing(told), [""; 0]);
    let old = json!({"statuses": ["rsa"], "documents": [{"code": "id"}, {"code": "lease"}, {"code": "caf", "issued_on": "2025-03-01"}]});
    assert_eq!(missing(old), ["caf"]);
}

#[test]
fn nothing_asked_takes_everybody() {
    let evaluation = evaluate(&Asked::default(), &Known::default(), &[], today());
    assert_eq!((evaluation.verdict, evaluation.criteria.len(), next(&evaluation)), (Verdict::Eligible, 0, None));
    let everywhere = Asked { coverage: Some(Coverage::EVERYWHERE), ..Asked::default() };
    assert_eq!(evaluate(&everywhere, &Known::default(), &[], today()).verdict, Verdict::Eligible);
}

#[rstest]
#[case(json!({"birth_date": "2026-03-11"}), "in_the_future", "/birth_date")]
#[case(json!({"birth_date": "1800-01-01"}), "out_of_range", "/birth_date")]
#[case(json!({"birth_date": "2000-01-01", "age": 12}), "contradiction", "/age")]
#[case(json!({"birth_date": "2000-01-01", "birth_year": 1999}), "contradiction", "/birth_year")]
#[case(json!({"household_size": 0}), "out_of_range", "/household_size")]
#[case(json!({"statuses": ["rsa"], "not_statuses": ["ass", "rsa"]}), "contradiction", "/not_statuses/1")]
#[case(json!({"documents": [{"code": "d"}, {"code": "d", "at_hand": false}]}), "duplicate", "/documents/1/code")]
#[case(json!({"documents": [{"code": "d", "issued_on": "2026-04-01"}]}), "in_the_future", "/documents/0/issued_on")]
fn what_is_told_must_be_possible(#[case] told: Value, #[case] code: &str, #[case] pointer: &str) {
    let problems = known(told).problems(today());
    assert_eq!(problems.iter().map(|one| (one.code, one.pointer.as_deref().unwrap())).collect::<Vec<_>>(), [(code, pointer)]);
}

#[rstest]
#[case::reserved(json!([{"id": "coverage", "label": "X"}]), "duplicate", "/criteria/0/id")]
#[case::twice(json!([{"id": "a", "label": "X"}, {"id": "n", "kind": "count", "rule": {"at_least": 1, "of": [{"id": "a", "label": "Y"}]}, "label": "N"}]), "duplicate", "/criteria/1/rule/of/0/id")]
#[case::upside_down(json!([{"id": "a", "kind": "age", "rule": {"min": 26, "max": 25}, "label": "X"}]), "out_of_range", "/criteria/0/rule/max")]
#[case::no_bound(json!([{"id": "a", "kind": "age", "rule": {}, "label": "X"}]), "empty", "/criteria/0/rule")]
#[case::nowhere(json!([{"id": "a", "kind": "residence", "rule": {"zones": []}, "label": "X"}]), "empty", "/criteria/0/rule/zones")]
#[case::repeated(json!([{"id": "a", "kind": "status", "rule": {"any_of": ["rsa", "rsa"]}, "label": "X"}]), "duplicate", "/criteria/0/rule/any_of/1")]
#[case::falling(json!([{"id": "a", "kind": "income", "rule": {"max_by_household": {"1": "9.00", "2": "8.00"}, "period": "month", "currency": "EUR"}, "label": "X"}]), "out_of_range", "/criteria/0/rule/max_by_household/2")]
#[case::no_answer(json!([{"id": "a", "kind": "question", "rule": {"text": "?"}, "label": "X"}]), "incomplete", "/criteria/0/rule")]
#[case::too_much(json!([{"id": "n", "kind": "count", "rule": {"at_least": 2, "of": [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}], "exclusive": [["a", "b"]]}, "label": "N"}]), "out_of_range", "/criteria/0/rule/at_least")]
#[case::stranger(json!([{"id": "n", "kind": "count", "rule": {"at_least": 1, "of": [{"id": "a", "label": "A"}], "exclusive": [["a", "z"]]}, "label": "N"}]), "unknown_criterion", "/criteria/0/rule/exclusive/0/1")]
#[case::long_life(json!([{"id": "a", "label": "X", "proof": {"document": "d", "valid_days": 0}}]), "out_of_range", "/criteria/0/proof/valid_days")]
fn criteria_at_odds_with_themselves_are_refused(#[case] list: Value, #[case] code: &str, #[case] pointer: &str) {
    let problems = criteria_problems(&criteria(list), "/criteria");
    assert_eq!(problems.iter().map(|one| (one.code, one.pointer.as_deref().unwrap())).collect::<Vec<_>>(), [(code, pointer)]);
}

#[test]
fn fifty_criteria_are_enough() {
    let many = |count: usize| (0..count).map(|n| json!({"id": format!("c{n}"), "label": "X"})).collect::<Value>();
    assert!(criteria_problems(&criteria(many(50)), "/criteria").is_empty());
    assert_eq!(criteria_problems(&criteria(many(51)), "/criteria")[0].code, "too_many");
}

#[rstest]
#[case(json!({"id": "a", "label": "X", "kind": "age"}))]
#[case(json!({"id": "a", "label": "X", "rule": {"min": 1}}))]
#[case(json!({"id": "a", "label": "X", "kind": "age", "rule": {"minimum": 1}}))]
#[case(json!({"id": "a", "label": "X", "kind": "age", "rule": {"any_of": ["rsa"]}}))]
#[case(json!({"id": "a", "label": "X", "kind": "weather", "rule": {}}))]
#[case(json!({"id": "a", "label": "X", "kind": "audience", "rule": {"any_of": ["astronautes"]}}))]
#[case(json!({"id": "a", "label": "X", "kind": "income", "rule": {"max_by_household": {"2": "1.00"}, "period": "month", "currency": "EUR"}}))]
#[case(json!({"id": "a", "label": "X", "kind": "income", "rule": {"max_by_household": {"1": "1.001"}, "period": "month", "currency": "EUR"}}))]
#[case(json!({"id": "a", "label": "X", "kind": "count", "rule": {"at_least": 1, "of": [{"id": "b", "label": "B", "kind": "count", "rule": {"at_least": 1, "of": []}}]}}))]
fn a_criterion_outside_its_vocabulary_is_none(#[case] value: Value) {
    assert!(serde_json::from_value::<Criterion>(value).is_err());
}

#[test]
fn a_criterion_survives_its_json_and_old_ones_stay_readable() {
    let old = json!({"id": "c1", "label": "Être inscrit", "obligatory": false});
    assert_eq!(serde_json::to_value(criteria(json!([old.clone()]))).unwrap(), json!([old]), "a program before this one reads it too");
    let all = json!([
        {"id": "a", "kind": "income", "rule": {"max_by_household": {"1": "1200.00", "per_more": "400.00"}, "period": "year", "currency": "CHF"},
         "label": "Revenu", "obligatory": true, "question": "Combien ?", "proof": {"document": "impots", "valid_days": 365}},
        {"id": "b", "kind": "question", "rule": {"text": "Niveau ?", "one_of": ["A1"]}, "label": "Niveau", "obligatory": false},
        {"id": "n", "kind": "count", "rule": {"at_least": 1, "of": [{"id": "r", "kind": "audience", "rule": {"any_of": ["jeunes"]}, "label": "Jeunes"}]},
         "label": "Un", "obligatory": false}
    ]);
    assert_eq!(serde_json::to_value(criteria(all.clone())).unwrap(), all);
}

#[test]
fn every_reason_has_words_in_four_languages() {
    for code in ReasonCode::ALL {
        let words: Vec<_> = Language::ALL.iter().map(|language| code.text().in_language(*language)).collect();
        assert!(words.iter().all(|words| !words.is_empty()), "{code}");
        let shared = ReasonCode::ALL.iter().filter(|other| other.text() == code.text()).count();
        assert_eq!(shared, 1, "{code} says what another says");
    }
}
