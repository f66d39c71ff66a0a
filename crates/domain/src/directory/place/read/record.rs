//! The record of the national geography service.

use serde_json::{Map, Value};

use super::{Names, Told, Wrong, place};
use crate::directory::data_inclusion::ImportError;
use crate::directory::place::{Place, PlaceKind, place_code_of};

const NAMES: Names = Names {
    country: "pays",
    code: "code",
    name: "nom",
    kind: "type",
    parent: "chefLieu",
    departement: "codeDepartement",
    region: "codeRegion",
    epci: "codeEpci",
    latitude: "centre",
    longitude: "centre",
    population: "population",
    postal_codes: "codesPostaux",
};
const FORMER_CODES: &str = "anciensCodes";

/// The code of a record, for the report, also when the record is refused.
pub fn place_code(record: &Value) -> Option<&str> {
    record.get(NAMES.code).and_then(Value::as_str).filter(|code| code.len() <= 16)
}

/// Reads one record: the place, followed by the communes of old whose codes it took over (`anciensCodes`).
///
/// # Errors
/// Everything that is wrong with the record.
pub fn parse_place(record: &Value) -> Result<Vec<Place>, Vec<ImportError>> {
    let mut wrong = Wrong::default();
    let Some(fields) = record.as_object() else {
        wrong.at("", "wrong_type", "expected an object");
        return Err(wrong.0);
    };
    let (latitude, longitude) = centre(fields, &mut wrong);
    let mut text = |name: &str| text(fields, name, &mut wrong);
    let told = Told {
        country: text(NAMES.country),
        code: text(NAMES.code),
        name: text(NAMES.name),
        kind: text(NAMES.kind),
        parent: text(NAMES.parent),
        departement: text(NAMES.departement),
        region: text(NAMES.region),
        epci: text(NAMES.epci),
        latitude,
        longitude,
        population: number(fields, NAMES.population, &mut wrong),
        postal_codes: texts(fields, NAMES.postal_codes, &mut wrong),
    };
    let former = texts(fields, FORMER_CODES, &mut wrong);
    let Some(place) = place(&told, &NAMES, wrong)? else { return Ok(vec![]) };
    let mut wrong = Wrong::default();
    let mut found = vec![];
    for (index, raw) in former.iter().enumerate() {
        match place_code_of(raw, place.country) {
            Some(code) if code == place.code => {}
            Some(code) => found.push(Place {
                code,
                kind: PlaceKind::Former,
                parent: Some(place.code.clone()),
                point: None,
                population: 0,
                postal_codes: vec![],
                ..place.clone()
            }),
            None => wrong.at(format!("{FORMER_CODES}/{index}"), "invalid", "expected the official code of a commune"),
        }
    }
    if !wrong.0.is_empty() {
        return Err(wrong.0);
    }
    found.insert(0, place);
    Ok(found)
}

fn told<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    fields.get(name).filter(|value| !value.is_null())
}

fn text(fields: &Map<String, Value>, name: &str, wrong: &mut Wrong) -> Option<String> {
    let value = told(fields, name)?;
    let text = value.as_str();
    if text.is_none() {
        wrong.at(name, "wrong_type", "expected a text or null");
    }
    text.filter(|text| !text.trim().is_empty()).map(ToOwned::to_owned)
}

fn number(fields: &Map<String, Value>, name: &str, wrong: &mut Wrong) -> Option<String> {
    let value = told(fields, name)?;
    if !value.is_number() {
        wrong.at(name, "wrong_type", "expected a number or null");
        return None;
    }
    Some(value.to_string())
}

fn texts(fields: &Map<String, Value>, name: &str, wrong: &mut Wrong) -> Vec<String> {
    let items = match told(fields, name) {
        None => return vec![],
        Some(Value::Array(items)) => items,
        Some(_) => {
            wrong.at(name, "wrong_type", "expected a list or null");
            return vec![];
        }
    };
    let mut texts = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        match item {
            Value::String(text) => texts.push(text.clone()),
            _ => wrong.at(format!("{name}/{index}"), "wrong_type", "expected a text"),
        }
    }
    texts
}

/// Latitude and longitude of a `GeoJSON` point, which names the longitude first (RFC 7946 §3.1.1).
fn centre(fields: &Map<String, Value>, wrong: &mut Wrong) -> (Option<String>, Option<String>) {
    let Some(point) = told(fields, NAMES.latitude) else { return (None, None) };
    let degrees = point.get("coordinates").and_then(Value::as_array).map(Vec::as_slice);
    if let Some([Value::Number(longitude), Value::Number(latitude), ..]) = degrees {
        return (Some(latitude.to_string()), Some(longitude.to_string()));
    }
    wrong.at(NAMES.latitude, "wrong_type", "expected a GeoJSON point");
    (None, None)
}
