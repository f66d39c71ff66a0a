//! What callers send is closed and bounded: no unknown fields, no endless texts, lists or numbers.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::walk::{self, Object};

/// The bound of a text that has none of its own, in Unicode scalar values.
const LONGEST_TEXT: u32 = 2000;
/// The bound of a list that has none of its own.
const LONGEST_LIST: u32 = 200;
/// Formats that bound a text by themselves.
const SHORT_FORMATS: &[&str] = &["uuid", "date", "date-time", "time"];

/// Closes and bounds every schema that a request can reach.
pub fn bound_requests(document: &mut Value) {
    let mut schemas = document.pointer_mut("/components/schemas").map(Value::take).unwrap_or_default();
    let names = requested(document, &schemas);
    let before = schemas.clone();
    each_requested(document, &mut schemas, &names, &mut |schema| merge_parts(schema, &before));
    let names = requested(document, &schemas);
    each_requested(document, &mut schemas, &names, &mut bound);
    if let Some(place) = document.pointer_mut("/components/schemas") {
        *place = schemas;
    }
}

/// The schemas that stand in requests themselves.
fn request_roots(operation: &Object) -> Vec<&Value> {
    let bodies = operation.get("requestBody").and_then(|body| body.get("content")?.as_object());
    let bodies = bodies.into_iter().flatten().filter_map(|(_, media)| media.get("schema"));
    let parameters = operation.get("parameters").and_then(Value::as_array);
    let parameters = parameters.into_iter().flatten().filter_map(|parameter| parameter.get("schema"));
    bodies.chain(parameters).collect()
}

/// The component schemas that requests can reach.
pub fn requested(document: &Value, schemas: &Value) -> BTreeSet<String> {
    let roots: Vec<&Value> = walk::operations(document).into_iter().flat_map(|(_, _, operation)| request_roots(operation)).collect();
    walk::reachable(roots, schemas)
}

fn each_requested(document: &mut Value, schemas: &mut Value, names: &BTreeSet<String>, change: &mut dyn FnMut(&mut Object)) {
    walk::each_operation(document, |_, _, operation| {
        for key in ["requestBody", "parameters"] {
            if let Some(part) = operation.get_mut(key) {
                walk::each_schema(part, change);
            }
        }
    });
    let components = schemas.as_object_mut().into_iter().flatten();
    components.filter(|(name, _)| names.contains(*name)).for_each(|(_, schema)| walk::inside_out(schema, change));
}

/// Makes one object of an object that is put together from parts (a flattened struct): only then can it be closed.
fn merge_parts(schema: &mut Object, schemas: &Value) {
    let Some(parts) = schema.get("allOf").and_then(Value::as_array) else { return };
    if parts.len() < 2 && !schema.contains_key("properties") {
        return;
    }
    let mut merged = Parts::default();
    if !parts.iter().all(|part| merged.take(part, schemas)) || !merged.take(&Value::Object(without_all_of(schema)), schemas) {
        return;
    }
    schema.remove("allOf");
    schema.insert("type".into(), json!("object"));
    if !merged.required.is_empty() {
        schema.insert("required".into(), json!(merged.required));
    }
    schema.insert("properties".into(), Value::Object(merged.properties));
}

fn without_all_of(schema: &Object) -> Object {
    let kept = ["properties", "required"].into_iter().filter_map(|key| Some((key.to_owned(), schema.get(key)?.clone())));
    [("type".to_owned(), json!("object"))].into_iter().chain(kept).collect()
}

#[derive(Default)]
struct Parts {
    properties: Map<String, Value>,
    required: Vec<Value>,
}

impl Parts {
    /// Takes over a part; false when it is not a plain object.
    fn take(&mut self, part: &Value, schemas: &Value) -> bool {
        let Some(part) = walk::resolve(part, schemas).as_object() else { return false };
        if ["oneOf", "anyOf"].iter().any(|key| part.contains_key(*key)) {
            return false;
        }
        let inner = part.get("allOf").and_then(Value::as_array);
        if !inner.into_iter().flatten().all(|inner| self.take(inner, schemas)) {
            return false;
        }
        if inner.is_none() && !walk::has_type(part, "object") {
            return false;
        }
        self.properties.extend(part.get("properties").and_then(Value::as_object).cloned().unwrap_or_default());
        for name in part.get("required").and_then(Value::as_array).into_iter().flatten() {
            if !self.required.contains(name) {
                self.required.push(name.clone());
            }
        }
        true
    }
}

fn bound(schema: &mut Object) {
    if schema.contains_key("properties") && !["allOf", "oneOf", "anyOf"].iter().any(|key| schema.contains_key(*key)) {
        schema.entry("additionalProperties").or_insert(json!(false));
    }
    if walk::has_type(schema, "string") && !is_bounded_text(schema) {
        schema.insert("maxLength".into(), json!(LONGEST_TEXT));
    }
    if walk::has_type(schema, "array") {
        schema.entry("maxItems").or_insert(json!(LONGEST_LIST));
    }
    if walk::has_type(schema, "integer") && schema.get("format") == Some(&json!("int32")) {
        if !schema.contains_key("exclusiveMinimum") {
            schema.entry("minimum").or_insert(json!(i32::MIN));
        }
        if !schema.contains_key("exclusiveMaximum") {
            schema.entry("maximum").or_insert(json!(i32::MAX));
        }
    }
}

/// Whether a text has an end.
pub fn is_bounded_text(schema: &Object) -> bool {
    let listed = ["maxLength", "enum", "const", "x-extensible-enum"].iter().any(|key| schema.contains_key(*key));
    listed || schema.get("format").and_then(Value::as_str).is_some_and(|format| SHORT_FORMATS.contains(&format))
}
