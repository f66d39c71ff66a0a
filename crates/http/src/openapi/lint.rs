//! The rules that a document keeps beyond being valid.

use std::collections::BTreeSet;

use relais_domain::access::Permission;
use serde_json::{Value, json};

use super::bounds::{is_bounded_text, requested};
use super::shared;
use super::tags::TAGS;
use super::walk::{self, Object};

/// The sentences of what is wrong, none when all is well.
pub fn lint(document: &Value) -> Vec<String> {
    let mut found = Found::default();
    let nothing = json!({});
    let schemas = document.pointer("/components/schemas").unwrap_or(&nothing);
    let mut ids = BTreeSet::new();
    for (method, path, operation) in walk::operations(document) {
        let id = text(operation, "operationId");
        let place = format!("{} {path}", method.to_uppercase());
        found.at(&place);
        found.unless(is_verb_resource(id), || format!("operationId `{id}` is not verb_resource"));
        found.unless(ids.insert(id.to_owned()), || format!("operationId `{id}` is taken"));
        head(operation, &mut found);
        facade(method, path, operation, &mut found);
        parameters(path, operation, &mut found);
        responses(operation, document, &mut found);
        ways(method, operation, schemas, &mut found);
        found.at(&place);
        bodies(operation, schemas, &mut found);
    }
    let closed = requested(document, schemas);
    for (name, schema) in schemas.as_object().into_iter().flatten() {
        found.at(&format!("schema {name}"));
        let mut schema = schema.clone();
        walk::inside_out(&mut schema, &mut |schema| property_words(schema, &mut found));
        if closed.contains(name) {
            walk::inside_out(&mut schema, &mut |schema| bounded(schema, &mut found));
        }
    }
    found.at("document");
    dangling(document, document, &mut found);
    found.sentences
}

#[derive(Default)]
struct Found {
    place: String,
    sentences: Vec<String>,
}

impl Found {
    fn at(&mut self, place: &str) {
        place.clone_into(&mut self.place);
    }

    fn unless(&mut self, fine: bool, sentence: impl FnOnce() -> String) {
        if !fine {
            self.sentences.push(format!("{}: {}", self.place, sentence()));
        }
    }
}

fn text<'a>(fields: &'a Object, name: &str) -> &'a str {
    fields.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn is_verb_resource(id: &str) -> bool {
    let words: Vec<&str> = id.split('_').collect();
    let word = |word: &&str| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()) && !word.is_empty();
    words.len() > 1 && words.iter().all(word)
}

fn head(operation: &Object, found: &mut Found) {
    let tags: Vec<&str> = operation.get("tags").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    found.unless(!tags.is_empty(), || "no tag".into());
    for tag in tags {
        found.unless(TAGS.iter().any(|(known, _)| *known == tag), || format!("the tag `{tag}` has no description (openapi/tags.rs)"));
    }
    let summary = text(operation, "summary");
    found.unless((1..=90).contains(&summary.chars().count()), || "the summary is missing or longer than 90 characters".into());
    found.unless(!text(operation, "description").is_empty(), || "no description".into());
    let permission = text(operation, "x-permission");
    let known = matches!(permission, "public" | "signed_in") || permission.parse::<Permission>().is_ok();
    found.unless(known, || format!("x-permission `{permission}` is neither `public`, `signed_in` nor a permission"));
    found.unless(operation.contains_key("security"), || "no security".into());
}

/// A façade is a way to read for everybody, under a path of its own.
fn facade(method: &str, path: &str, operation: &Object, found: &mut Found) {
    let under = path.split('/').nth(1).filter(|first| *first != "v1").unwrap_or_default();
    match operation.get("x-facade").and_then(Value::as_str) {
        Some(name) => {
            found.unless(name == under, || format!("the façade `{name}` is not under /{name}/"));
            found.unless(method == "get" && text(operation, "x-permission") == "public", || "a façade is for everybody to read".into());
        }
        None => found.unless(!operation.contains_key("x-facade"), || "x-facade is the name of a standard".into()),
    }
}

fn parameters(path: &str, operation: &Object, found: &mut Found) {
    for parameter in operation.get("parameters").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object) {
        if parameter.contains_key("$ref") {
            continue;
        }
        let name = text(parameter, "name");
        found.unless(!text(parameter, "description").is_empty(), || format!("the parameter `{name}` has no description"));
        match text(parameter, "in") {
            "path" => {
                let fine = matches!(name, "id" | "list" | "code" | "file" | "token") || name.ends_with("_id");
                found.unless(fine, || format!("the path parameter `{name}` is neither `id`, `…_id` nor `list`, `code`, `file`, `token`"));
                found.unless(path.contains(&format!("{{{name}}}")), || format!("the path has no `{name}`"));
            }
            "query" => {
                let schema = parameter.get("schema").cloned().unwrap_or_default();
                found.unless(schema.as_object().is_some_and(|schema| !schema.is_empty()), || {
                    format!("the parameter `{name}` has no schema")
                });
                let mut schema = schema;
                walk::inside_out(&mut schema, &mut |schema| bounded(schema, found));
            }
            _ => {}
        }
    }
}

fn responses(operation: &Object, document: &Value, found: &mut Found) {
    let all = operation.get("responses").and_then(Value::as_object);
    let statuses: Vec<&String> = all.into_iter().flatten().map(|(status, _)| status).collect();
    found.unless(statuses.iter().any(|status| status.starts_with('2')), || "no success".into());
    for (status, response) in all.into_iter().flatten() {
        let referred = response.get("$ref").and_then(Value::as_str).and_then(|target| document.pointer(target.trim_start_matches('#')));
        let response = referred.unwrap_or(response);
        let described = response.get("description").and_then(Value::as_str).is_some_and(|about| !about.is_empty());
        found.unless(described, || format!("{status} has no description"));
        let problem = response.pointer("/content/application~1problem+json").is_some();
        let refused = status.starts_with('4') || status.starts_with('5');
        let told = problem || shared::is_bare(status);
        found.unless(told || !refused || response.get("content").is_some(), || format!("{status} is no problem document"));
    }
}

/// Headers name places where something is: what was made or is being worked on, and a next page that GET reads. A file must be sent.
fn ways(method: &str, operation: &Object, schemas: &Value, found: &mut Found) {
    for (status, response) in operation.get("responses").and_then(Value::as_object).into_iter().flatten() {
        let declares = |name: &str| response.get("headers").is_some_and(|headers| headers.get(name).is_some());
        let body = response.pointer("/content/application~1json/schema");
        let resource = body.is_some_and(|schema| walk::has_property(schema, "version", schemas));
        let placed = status == "201" || (status == "202" && resource);
        found.unless(placed == declares("Location"), || {
            format!("{status} declares a Location where there is no place, or none where there is")
        });
        found.unless(method == "get" || !declares("Link"), || format!("{status} declares a Link that leads nowhere"));
    }
    let streamed = operation.get("x-streamed") == Some(&Value::Bool(true));
    let required = operation.get("requestBody").and_then(|body| body.get("required")) == Some(&Value::Bool(true));
    found.unless(required || !streamed, || "the file may be left out".into());
}

/// Bodies are closed and bounded; examples are what they claim to be.
fn bodies(operation: &Object, schemas: &Value, found: &mut Found) {
    let place = found.place.clone();
    let content = |node: Option<&Value>| node.and_then(|node| node.get("content")?.as_object()).cloned().unwrap_or_default();
    for (_, media) in content(operation.get("requestBody")) {
        let mut schema = media.get("schema").cloned().unwrap_or_default();
        walk::inside_out(&mut schema, &mut |schema| bounded(schema, found));
        found.at(&format!("{place} (request)"));
        example(&media, schemas, found);
        found.at(&place);
    }
    for (status, response) in operation.get("responses").and_then(Value::as_object).into_iter().flatten() {
        found.at(&format!("{place} ({status})"));
        content(Some(response)).values().for_each(|media| example(media, schemas, found));
    }
}

fn example(media: &Value, schemas: &Value, found: &mut Found) {
    let (Some(example), Some(schema)) = (media.get("example"), media.get("schema")) else { return };
    let mut schema = schema.clone();
    if let Some(fields) = schema.as_object_mut() {
        fields.insert("components".into(), json!({ "schemas": schemas }));
    }
    match jsonschema::draft202012::options().should_validate_formats(true).build(&schema) {
        Ok(validator) => {
            for error in validator.iter_errors(example).take(5) {
                found.unless(false, || format!("the example breaks its schema at `{}`: {error}", error.instance_path()));
            }
        }
        Err(error) => found.unless(false, || format!("the schema does not compile: {error}")),
    }
}

fn bounded(schema: &mut Object, found: &mut Found) {
    let composed = ["allOf", "oneOf", "anyOf"].iter().any(|key| schema.contains_key(*key));
    let open = schema.get("additionalProperties").is_none_or(|rest| *rest == json!(true));
    found.unless(composed || !schema.contains_key("properties") || !open, || "an object of a request is open".into());
    found.unless(!walk::has_type(schema, "string") || is_bounded_text(schema), || "a text of a request has no bound".into());
    found.unless(!walk::has_type(schema, "array") || schema.contains_key("maxItems"), || "a list of a request has no bound".into());
}

fn property_words(schema: &mut Object, found: &mut Found) {
    const WORDS: &[&str] = &["type", "description", "$ref", "oneOf", "anyOf", "allOf", "enum", "const"];
    for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let fine = WORDS.iter().any(|word| property.get(*word).is_some());
        found.unless(fine, || format!("the property `{name}` is neither typed nor described"));
    }
}

/// References lead somewhere.
fn dangling(node: &Value, document: &Value, found: &mut Found) {
    match node {
        Value::Object(fields) => {
            if let Some(target) = fields.get("$ref").and_then(Value::as_str) {
                let there = target.strip_prefix('#').is_some_and(|pointer| document.pointer(pointer).is_some());
                found.unless(there, || format!("nothing is at `{target}`"));
            }
            fields
                .iter()
                .filter(|(key, _)| !matches!(key.as_str(), "example" | "examples" | "value"))
                .for_each(|(_, value)| dangling(value, document, found));
        }
        Value::Array(items) => items.iter().for_each(|item| dangling(item, document, found)),
        _ => {}
    }
}
