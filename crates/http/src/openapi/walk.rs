//! Ways through a document: its operations, its schemas, what refers to what.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// A JSON object.
pub type Object = Map<String, Value>;

/// The methods that an operation may have.
pub const METHODS: &[&str] = &["get", "post", "put", "patch", "delete"];

const MAPS: &[&str] = &["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"];
const SINGLES: &[&str] = &[
    "items",
    "additionalProperties",
    "not",
    "if",
    "then",
    "else",
    "contains",
    "propertyNames",
    "unevaluatedProperties",
    "unevaluatedItems",
];
const LISTS: &[&str] = &["allOf", "anyOf", "oneOf", "prefixItems"];
/// What stands under these is data, not description.
const DATA: &[&str] = &["example", "examples", "default", "value", "enum", "const"];

/// Every operation: method, path, operation.
pub fn operations(document: &Value) -> Vec<(&str, &str, &Object)> {
    let mut found = vec![];
    for (path, item) in document.get("paths").and_then(Value::as_object).into_iter().flatten() {
        for method in METHODS {
            if let Some(operation) = item.get(*method).and_then(Value::as_object) {
                found.push((*method, path.as_str(), operation));
            }
        }
    }
    found
}

/// Changes every operation.
pub fn each_operation(document: &mut Value, mut visit: impl FnMut(&str, &str, &mut Object)) {
    for (path, item) in document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten() {
        for method in METHODS {
            if let Some(operation) = item.get_mut(*method).and_then(Value::as_object_mut) {
                visit(method, path, operation);
            }
        }
    }
}

/// Leaves out the operations that `unwanted` names, and the paths that are then empty.
pub fn drop_operations(paths: &mut Value, unwanted: impl Fn(&Object) -> bool) {
    let Some(paths) = paths.as_object_mut() else { return };
    for item in paths.values_mut().filter_map(Value::as_object_mut) {
        item.retain(|_, operation| !operation.as_object().is_some_and(&unwanted));
    }
    paths.retain(|_, item| METHODS.iter().any(|method| item.get(*method).is_some()));
}

/// Visits every schema under `node`, inner ones first.
pub fn each_schema(node: &mut Value, visit: &mut dyn FnMut(&mut Object)) {
    match node {
        Value::Object(fields) => {
            for (key, value) in fields {
                match key.as_str() {
                    "schema" => inside_out(value, visit),
                    "schemas" => value.as_object_mut().into_iter().flatten().for_each(|(_, schema)| inside_out(schema, visit)),
                    data if DATA.contains(&data) || data.starts_with("x-") => {}
                    _ => each_schema(value, visit),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| each_schema(item, visit)),
        _ => {}
    }
}

/// Visits a schema and those within it, inner ones first.
pub fn inside_out(schema: &mut Value, visit: &mut dyn FnMut(&mut Object)) {
    let Some(fields) = schema.as_object_mut() else { return };
    for key in MAPS {
        fields.get_mut(*key).and_then(Value::as_object_mut).into_iter().flatten().for_each(|(_, inner)| inside_out(inner, visit));
    }
    for key in SINGLES {
        if let Some(inner) = fields.get_mut(*key) {
            inside_out(inner, visit);
        }
    }
    for key in LISTS {
        fields.get_mut(*key).and_then(Value::as_array_mut).into_iter().flatten().for_each(|inner| inside_out(inner, visit));
    }
    visit(fields);
}

/// The name of the component schema that a reference names.
pub fn referred(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix("#/components/schemas/")
}

/// Follows references among the component schemas.
pub fn resolve<'a>(schema: &'a Value, schemas: &'a Value) -> &'a Value {
    let mut current = schema;
    for _ in 0..16 {
        match referred(current).and_then(|name| schemas.get(name)) {
            Some(next) => current = next,
            None => return current,
        }
    }
    current
}

/// A schema without its "or null" alternative, references followed.
pub fn substance<'a>(schema: &'a Value, schemas: &'a Value) -> &'a Value {
    let schema = resolve(schema, schemas);
    for key in ["oneOf", "anyOf", "allOf"] {
        let Some(alternatives) = schema.get(key).and_then(Value::as_array) else { continue };
        let mut real = alternatives.iter().filter(|one| one.get("type").and_then(Value::as_str) != Some("null"));
        if let (Some(one), None) = (real.next(), real.next()) {
            return substance(one, schemas);
        }
    }
    schema
}

/// Whether a schema's type is, or may be, `wanted`.
pub fn has_type(schema: &Object, wanted: &str) -> bool {
    match schema.get("type") {
        Some(Value::String(single)) => single == wanted,
        Some(Value::Array(several)) => several.iter().any(|one| one == wanted),
        _ => false,
    }
}

/// Whether a schema has a property, itself or in one of its parts.
pub fn has_property(schema: &Value, name: &str, schemas: &Value) -> bool {
    let schema = substance(schema, schemas);
    let own = schema.get("properties").is_some_and(|properties| properties.get(name).is_some());
    let parts = ["allOf", "oneOf", "anyOf"].into_iter().filter_map(|key| schema.get(key)?.as_array());
    own || parts.flatten().any(|part| has_property(part, name, schemas))
}

/// The names of component schemas that `node` refers to, directly.
fn references(node: &Value, found: &mut BTreeSet<String>) {
    match node {
        Value::Object(fields) => {
            found.extend(referred(node).map(ToOwned::to_owned));
            fields.iter().filter(|(key, _)| !key.starts_with("x-")).for_each(|(_, value)| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

/// The names of component schemas that can be reached from `roots`.
pub fn reachable<'a>(roots: impl IntoIterator<Item = &'a Value>, schemas: &Value) -> BTreeSet<String> {
    let mut waiting = BTreeSet::new();
    roots.into_iter().for_each(|root| references(root, &mut waiting));
    let mut found = BTreeSet::new();
    while let Some(name) = waiting.pop_first() {
        if let Some(schema) = schemas.get(&name).filter(|_| found.insert(name.clone())) {
            let mut next = BTreeSet::new();
            references(schema, &mut next);
            waiting.extend(next.into_iter().filter(|name| !found.contains(name)));
        }
    }
    found
}

/// Leaves out component schemas that nothing refers to.
pub fn prune_schemas(document: &mut Value) {
    let schemas = document.pointer("/components/schemas").cloned().unwrap_or_default();
    let roots = ["/paths", "/components/responses", "/components/parameters", "/components/headers"];
    let used = reachable(roots.into_iter().filter_map(|root| document.pointer(root)), &schemas);
    if let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        schemas.retain(|name, _| used.contains(name));
    }
}
