//! OpenAPI 3.0.3 from 3.1.0, for client generators that do not read the newer notation.

use serde_json::{Map, Value, json};

use super::walk::{self, Object};

/// Keywords of schemas that 3.0 does not have and that can be left out: what is left accepts more, never less.
const UNKNOWN: &[&str] = &[
    "$schema",
    "$id",
    "$anchor",
    "$comment",
    "$defs",
    "definitions",
    "patternProperties",
    "propertyNames",
    "dependentSchemas",
    "dependentRequired",
    "unevaluatedProperties",
    "unevaluatedItems",
    "contains",
    "minContains",
    "maxContains",
    "if",
    "then",
    "else",
    "prefixItems",
    "contentMediaType",
    "contentEncoding",
    "contentSchema",
];

/// Renders a 3.1 document as 3.0.3.
pub fn to_3_0(document: &Value) -> Value {
    let mut rendered = document.clone();
    if let Some(fields) = rendered.as_object_mut() {
        fields.insert("openapi".into(), json!("3.0.3"));
        fields.remove("jsonSchemaDialect");
        fields.remove("webhooks");
    }
    if let Some(info) = rendered.get_mut("info").and_then(Value::as_object_mut) {
        info.remove("summary");
        if let Some(license) = info.get_mut("license").and_then(Value::as_object_mut)
            && let Some(Value::String(identifier)) = license.remove("identifier")
        {
            license.entry("url").or_insert_with(|| json!(format!("https://spdx.org/licenses/{identifier}.html")));
        }
    }
    if let Some(components) = rendered.get_mut("components").and_then(Value::as_object_mut) {
        components.remove("pathItems");
    }
    walk::each_schema(&mut rendered, &mut |schema| downgrade(schema));
    plain_references(&mut rendered);
    rendered
}

/// Outside schemas a reference stands alone.
fn plain_references(node: &mut Value) {
    match node {
        Value::Object(fields) => {
            if fields.get("$ref").is_some_and(|target| target.as_str().is_some_and(|target| !target.starts_with("#/components/schemas/"))) {
                fields.retain(|key, _| key == "$ref");
            }
            fields
                .iter_mut()
                .filter(|(key, _)| !matches!(key.as_str(), "example" | "examples" | "schema" | "schemas" | "value"))
                .for_each(|(_, value)| plain_references(value));
        }
        Value::Array(items) => items.iter_mut().for_each(plain_references),
        _ => {}
    }
}

/// One schema; those within it are done already.
fn downgrade(schema: &mut Object) {
    boolean_schemas(schema);
    constants(schema);
    examples(schema);
    bounds(schema);
    types(schema);
    alternatives(schema);
    for key in UNKNOWN {
        schema.remove(*key);
    }
    if walk::has_type(schema, "array") {
        schema.entry("items").or_insert_with(|| json!({}));
    }
    siblings(schema);
}

/// `true` as a schema is `{}`, `false` is its negation; only `additionalProperties` may be a boolean.
fn boolean_schemas(schema: &mut Object) {
    let plain = |value: &mut Value| match value {
        Value::Bool(true) => *value = json!({}),
        Value::Bool(false) => *value = json!({ "not": {} }),
        _ => {}
    };
    for key in ["items", "not"] {
        if let Some(inner) = schema.get_mut(key) {
            plain(inner);
        }
    }
    schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten().for_each(|(_, inner)| plain(inner));
    for key in ["allOf", "anyOf", "oneOf"] {
        schema.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten().for_each(plain);
    }
}

fn constants(schema: &mut Object) {
    if schema.contains_key("contentEncoding") {
        schema.entry("format").or_insert(json!("byte"));
    } else if schema.contains_key("contentMediaType") {
        schema.entry("format").or_insert(json!("binary"));
    }
    let Some(constant) = schema.remove("const") else { return };
    if !schema.contains_key("type") {
        let kind = match &constant {
            Value::String(_) => Some("string"),
            Value::Bool(_) => Some("boolean"),
            Value::Number(number) if number.is_f64() => Some("number"),
            Value::Number(_) => Some("integer"),
            _ => None,
        };
        schema.extend(kind.map(|kind| ("type".to_owned(), json!(kind))));
    }
    schema.insert("enum".into(), json!([constant]));
}

fn examples(schema: &mut Object) {
    if let Some(Value::Array(examples)) = schema.remove("examples")
        && let Some(first) = examples.into_iter().next()
    {
        schema.entry("example").or_insert(first);
    }
}

/// In 3.0 an exclusive bound is a flag beside the bound.
fn bounds(schema: &mut Object) {
    for (exclusive, plain) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        if let Some(bound) = schema.get(exclusive).filter(|bound| bound.is_number()).cloned() {
            schema.insert(plain.into(), bound);
            schema.insert(exclusive.into(), json!(true));
        }
    }
}

fn types(schema: &mut Object) {
    match schema.get("type").cloned() {
        Some(Value::String(single)) if single == "null" => {
            schema.remove("type");
            schema.insert("nullable".into(), json!(true));
            schema.entry("enum").or_insert(json!([null]));
        }
        Some(Value::Array(several)) => {
            let real: Vec<Value> = several.iter().filter(|one| *one != "null").cloned().collect();
            if real.len() < several.len() {
                schema.insert("nullable".into(), json!(true));
                allow_null_code(schema);
            }
            if let [single] = real.as_slice() {
                schema.insert("type".into(), single.clone());
            } else {
                schema.remove("type");
                if !real.is_empty() {
                    schema.insert("anyOf".into(), real.iter().map(one_type).collect());
                }
            }
        }
        _ => {}
    }
}

fn one_type(kind: &Value) -> Value {
    if kind == "array" { json!({ "type": "array", "items": {} }) } else { json!({ "type": kind }) }
}

/// A list of codes that may be null names null, too.
fn allow_null_code(schema: &mut Object) {
    if let Some(Value::Array(codes)) = schema.get_mut("enum")
        && !codes.contains(&Value::Null)
    {
        codes.push(Value::Null);
    }
}

/// "This or null" becomes this, nullable.
fn alternatives(schema: &mut Object) {
    for key in ["oneOf", "anyOf"] {
        let Some(Value::Array(all)) = schema.get(key) else { continue };
        let (nulls, real): (Vec<Value>, Vec<Value>) = all.iter().cloned().partition(is_null);
        if nulls.is_empty() {
            continue;
        }
        schema.remove(key);
        schema.insert("nullable".into(), json!(true));
        match real.as_slice() {
            [] => {
                schema.insert("enum".into(), json!([null]));
            }
            [Value::Object(single)] if single.contains_key("$ref") => {
                schema.insert("allOf".into(), json!([single]));
            }
            [Value::Object(single)] => {
                for (name, value) in single {
                    schema.entry(name.as_str()).or_insert_with(|| value.clone());
                }
                allow_null_code(schema);
            }
            _ => {
                schema.insert(key.into(), Value::Array(real));
            }
        }
    }
}

/// Already rendered: the null type stands as a nullable list of codes with null alone.
fn is_null(schema: &Value) -> bool {
    schema.get("type").is_some_and(|kind| kind == "null") || schema.get("enum").is_some_and(|codes| *codes == json!([null]))
}

/// A reference with words beside it becomes the one part of an `allOf`.
fn siblings(schema: &mut Object) {
    if schema.len() < 2 {
        return;
    }
    if let Some(target) = schema.remove("$ref") {
        let mut reference = Map::new();
        reference.insert("$ref".into(), target);
        match schema.get_mut("allOf") {
            Some(Value::Array(parts)) => parts.push(Value::Object(reference)),
            _ => {
                schema.insert("allOf".into(), json!([reference]));
            }
        }
    }
}
