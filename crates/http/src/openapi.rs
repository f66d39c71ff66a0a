//! The OpenAPI document: what the handlers declare about themselves, completed by what holds for every operation.
//!
//! Handlers say what only they know (summary, schemas, permission, their own statuses); the rest follows from the
//! contract and is added here, so that it is written once. The door enforces what stands in the finished document.

pub mod lint;
pub mod three_zero;

mod bounds;
mod examples;
mod operation;
mod sample;
mod shared;
mod tags;
#[cfg(test)]
mod tests;
mod walk;

use serde_json::{Map, Value, json};
use utoipa::openapi::{ComponentsBuilder, OpenApi};

use crate::problem::{Problem, ProblemError};

/// For which installation a document is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentOptions {
    /// Where clients reach the API, without a slash at the end.
    pub public_url: String,
    /// The version of the program.
    pub version: String,
    /// Whether the sandbox's own operations are part of it.
    pub sandbox: bool,
}

const ABOUT: &str = "The open back end for social care: a directory of services, referrals between organisations, and the case file that \
follows. Every error is a problem document (RFC 9457) whose `code` is explained under `/errors/{code}`. What \
changes something by POST takes an `Idempotency-Key`, what has versions an `ETag`, and lists are paged with `limit` and `cursor`. Lists of codes may grow: clients \
accept codes that they do not know. HEAD follows GET.";

/// Completes what the handlers declared by what holds for every operation: all that the door enforces.
pub fn outline(api: OpenApi, options: &DocumentOptions) -> Value {
    let mut collected = serde_json::to_value(&api).unwrap_or_default();
    let mut paths = take(&mut collected, "paths");
    if !options.sandbox {
        walk::drop_operations(&mut paths, |operation| operation.get("x-sandbox-only") == Some(&Value::Bool(true)));
    }
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Relais",
            "description": ABOUT,
            "license": { "name": "Apache License 2.0", "identifier": "Apache-2.0" },
            "version": options.version,
        },
        "servers": [{ "url": options.public_url, "description": "This installation" }],
        "tags": [],
        "paths": paths,
        "components": components(take(&mut collected, "components")),
    });
    let schemas = document.pointer("/components/schemas").cloned().unwrap_or_default();
    walk::each_operation(&mut document, |_, _, operation| operation::tell_stream(operation));
    walk::each_operation(&mut document, |method, path, operation| operation::enrich(method, path, operation, &schemas));
    walk::each_schema(&mut document, &mut plain_defaults);
    bounds::bound_requests(&mut document);
    document
}

/// Makes an outline the whole document (OpenAPI 3.1.0): examples, tags, and no schema that nothing uses.
pub fn finish(mut document: Value) -> Value {
    examples::attach(&mut document);
    walk::prune_schemas(&mut document);
    let used = tags::used(&document);
    if let Some(place) = document.get_mut("tags") {
        *place = used;
    }
    document
}

/// A default that says "absent" is no news, and older generators stumble over it.
fn plain_defaults(schema: &mut walk::Object) {
    if schema.get("default").is_some_and(|default| default.is_null() || default.is_object()) {
        schema.remove("default");
    }
}

fn take(value: &mut Value, key: &str) -> Value {
    value.get_mut(key).map_or_else(|| Value::Object(Map::new()), Value::take)
}

/// The collected schemas with what all operations share.
fn components(mut collected: Value) -> Value {
    let own = ComponentsBuilder::new().schema_from::<Problem>().schema_from::<ProblemError>().build();
    let own = serde_json::to_value(&own).unwrap_or_default();
    let mut schemas = take(&mut collected, "schemas");
    if let (Some(schemas), Some(own)) = (schemas.as_object_mut(), own.get("schemas").and_then(Value::as_object)) {
        schemas.extend(own.clone());
        schemas.sort_keys();
    }
    json!({
        "schemas": schemas,
        "responses": shared::responses(),
        "parameters": shared::parameters(),
        "headers": shared::headers(),
        "securitySchemes": shared::security_schemes(),
    })
}
