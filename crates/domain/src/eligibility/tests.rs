//! Eligibility by example and by law.

mod iae;
mod laws;
mod rules;

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::*;
use crate::directory::{Coverage, Zone};

fn today() -> NaiveDate {
    "2026-03-10".parse().unwrap()
}

fn criteria(value: Value) -> Vec<Criterion> {
    serde_json::from_value(value).unwrap()
}

fn known(value: Value) -> Known {
    serde_json::from_value(value).unwrap()
}

fn zones(value: Value) -> Vec<Zone> {
    serde_json::from_value(value).unwrap()
}

fn asked(value: Value) -> Asked {
    Asked { criteria: criteria(value), ..Asked::default() }
}

/// Lille, with everything that contains it.
fn lille() -> Vec<Zone> {
    zones(json!([
        {"kind": "commune", "code": "59350"}, {"kind": "epci", "code": "200093201"}, {"kind": "departement", "code": "59"},
        {"kind": "region", "code": "32"}, {"kind": "country", "code": "FR"}
    ]))
}

fn in_zones(value: Value) -> Coverage {
    Coverage::zones_only(zones(value)).unwrap()
}

/// How one criterion stands, and why.
fn standing(evaluation: &Evaluation, id: &str) -> (&'static str, &'static str) {
    let one = evaluation.criteria.iter().find(|one| one.id.as_str() == id).unwrap();
    (one.state.code(), one.reason.code.code())
}

fn next(evaluation: &Evaluation) -> Option<&str> {
    evaluation.next_question.as_ref().map(|next| next.criterion.as_str())
}
