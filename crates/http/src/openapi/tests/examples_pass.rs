//! Examples of requests are what the program takes: by the schema as the door reads it, and by the guards that need no record.

use actix_web::http::Method;
use relais_domain::eligibility::Known;
use relais_domain::identity::{OrganisationIdentifier, checked_identifiers};
use relais_domain::referral::{Clocks, Form, OrganisationClocks, OwnMessage, PersonForm, blockers_to_own_messages};
use relais_domain::shared::Blocker;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::walk;
use crate::door::Operations;

fn program() -> Value {
    crate::server::document("http://127.0.0.1:8080", true)
}

/// The example of an operation's body.
fn example(operation: &walk::Object) -> Option<&Value> {
    operation.get("requestBody")?.pointer("/content/application~1json/example")
}

/// The examples of all bodies, by operation.
fn examples(document: &Value) -> Vec<(&str, &Value)> {
    let all = walk::operations(document).into_iter();
    all.filter_map(|(_, _, operation)| Some((operation["operationId"].as_str()?, example(operation)?))).collect()
}

/// The part of an operation's example at a pointer.
fn part<T: DeserializeOwned>(document: &Value, id: &str, pointer: &str) -> T {
    let found = examples(document).into_iter().find(|(known, _)| *known == id).and_then(|(_, example)| example.pointer(pointer));
    serde_json::from_value(found.unwrap_or_else(|| panic!("{id} has no {pointer}")).clone()).unwrap_or_else(|error| panic!("{id}: {error}"))
}

/// Unlike a validator of the document, the door refuses codes that it does not know, and forbidden identifiers.
#[test]
fn the_door_takes_every_example() {
    let document = program();
    let operations = Operations::read(&document).unwrap();
    let mut checked = 0;
    for (method, path, operation) in walk::operations(&document) {
        let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        let known = operations.find(&method, path).unwrap();
        let (Some(body), Some(example)) = (&known.body, example(operation)) else { continue };
        assert_eq!(body.violations(example, ""), Vec::<Blocker>::new(), "{}", known.id);
        checked += 1;
    }
    assert!(checked > 60, "{checked} examples were checked");
}

/// An id of the caller's own is good for a day: no example has one.
#[test]
fn no_example_brings_an_id_that_grew_old() {
    let document = program();
    let with_id: Vec<&str> = examples(&document).into_iter().filter(|(_, example)| example.get("id").is_some()).map(|(id, _)| id).collect();
    assert_eq!(with_id, Vec::<&str>::new());
}

#[test]
fn the_example_of_a_bulk_brings_the_command_of_its_act_alone() {
    let document = program();
    let body: Value = part(&document, "act_on_referrals", "");
    let given: Vec<&str> = ["accept", "assign", "archive"].into_iter().filter(|act| body.get(*act).is_some()).collect();
    assert_eq!(json!(given), json!([body["act"]]));
}

#[test]
fn the_examples_of_forms_contradict_nothing() {
    let document = program();
    for id in ["create_referral", "record_outside_referral", "enter_walk_in"] {
        let person: PersonForm = part(&document, id, "/person");
        let form = Form { person, ..Form::default() };
        assert_eq!(form.problems(None), vec![], "{id}");
    }
    let known: Known = part(&document, "evaluate_eligibility", "");
    assert_eq!(known.problems(chrono::NaiveDate::from_ymd_opt(2026, 6, 1).unwrap()), vec![]);
}

#[test]
fn the_examples_of_organisations_are_consistent() {
    let document = program();
    let clocks: OrganisationClocks = part(&document, "set_organisation_clocks", "");
    assert_eq!(clocks.problems(&Clocks::default()), vec![]);
    let identifiers: Vec<OrganisationIdentifier> = part(&document, "create_organisation", "/details/identifiers");
    assert!(checked_identifiers(&identifiers).is_ok());
    let messages: Vec<OwnMessage> = part(&document, "update_organisation", "/settings/messages");
    assert_eq!(blockers_to_own_messages(&messages), vec![]);
}

/// Each of these pairs is one thing or the other.
#[test]
fn no_example_says_both_of_two_things() {
    const EITHER: &[(&str, &str)] = &[
        ("birth_year", "age_band"),
        ("age", "birth_date"),
        ("advance", "to"),
        ("untouched_since", "untouched_days"),
        ("assigned_to", "unassigned"),
        ("assigned_unit", "unassigned"),
        ("member_id", "unit_id"),
        ("service_id", "organisation_id"),
    ];
    fn both(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                let pairs = EITHER.iter().filter(|(one, other)| fields.contains_key(*one) && fields.contains_key(*other));
                found.extend(pairs.map(|(one, other)| format!("{one} and {other}")));
                fields.values().for_each(|inner| both(inner, found));
            }
            Value::Array(items) => items.iter().for_each(|item| both(item, found)),
            _ => {}
        }
    }
    let document = program();
    for (id, example) in examples(&document) {
        let mut found = vec![];
        both(example, &mut found);
        assert!(found.is_empty(), "{id}: {}", found.join(", "));
    }
}
