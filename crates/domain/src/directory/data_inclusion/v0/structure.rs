//! A structure of schema 0.

use serde_json::{Map, Value};

use super::{
    record::{add, kept, put, recoded, renamed, text, told},
    table::{TABLE, entry},
};

/// A structure of schema 0 in the names and codes of schema 1. The networks come from the labels and from the type; other labels,
/// topics and whether it is a branch have no successor.
pub fn translate_structure(record: &Value) -> Value {
    let Some(old) = record.as_object() else {
        return record.clone();
    };
    let mut new = kept(old, &TABLE.structure_fields);
    for field in ["description", "horaires_accueil", "accessibilite_lieu"] {
        put(&mut new, field, renamed(old, &TABLE.structure_fields, field));
    }
    put(&mut new, "reseaux_porteurs", networks(old));
    Value::Object(new)
}

fn networks(old: &Map<String, Value>) -> Option<Value> {
    let labels = told(old, "labels_nationaux");
    let mut networks = match labels {
        Some(Value::Array(labels)) => recoded(labels, &TABLE.labels),
        Some(other) => return Some(other.clone()),
        None => Vec::new(),
    };
    let of_type = text(old, "typologie").and_then(|code| entry(&TABLE.structure_types, code));
    of_type.into_iter().flat_map(|entry| &entry.v1).for_each(|code| add(&mut networks, code));
    (labels.is_some() || !networks.is_empty()).then(|| networks.into())
}
