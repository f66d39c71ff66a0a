//! Examples of requests and answers: written ones by operation id, generated ones for the rest.

use std::collections::HashMap;
use std::sync::OnceLock;

use relais_domain::shared::merge_patch;
use serde::Deserialize;
use serde_json::{Value, json};

use super::sample::sample;
use super::walk::{self, Object};

/// What is written down about one operation.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    /// A body that a caller may send.
    pub request: Option<Value>,
    /// The answer when it succeeds.
    pub response: Option<Value>,
    /// The operation whose answer this one's is like; `response` is then what differs (RFC 7396).
    pub response_like: Option<String>,
}

impl Written {
    /// The answer, put together.
    fn answer(&self) -> Option<Value> {
        let Some(base) = &self.response_like else { return self.response.clone() };
        let mut answer = written().get(base)?.response.clone()?;
        if let Some(different) = &self.response {
            merge_patch(&mut answer, different);
        }
        Some(answer)
    }
}

/// The files, by capability.
pub const FILES: &[&str] = &[
    include_str!("examples/identity.json"),
    include_str!("examples/directory.json"),
    include_str!("examples/person.json"),
    include_str!("examples/referral.json"),
    include_str!("examples/platform.json"),
];

/// Every written example by operation id.
pub fn written() -> &'static HashMap<String, Written> {
    static WRITTEN: OnceLock<HashMap<String, Written>> = OnceLock::new();
    WRITTEN.get_or_init(|| FILES.iter().filter_map(|file| serde_json::from_str::<HashMap<String, Written>>(file).ok()).flatten().collect())
}

/// Gives every JSON body of the document an example.
pub fn attach(document: &mut Value) {
    let schemas = document.pointer("/components/schemas").cloned().unwrap_or_default();
    walk::each_operation(document, |_, _, operation| attach_to(operation, &schemas));
}

fn attach_to(operation: &mut Object, schemas: &Value) {
    let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default();
    let own = written().get(id).cloned().unwrap_or_default();
    let answer = own.answer();
    if let Some(content) = operation.get_mut("requestBody").and_then(|body| body.get_mut("content")) {
        illustrate(content, own.request.as_ref(), schemas);
    }
    for (status, response) in operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten() {
        if let Some(content) = response.get_mut("content") {
            illustrate(content, answer.as_ref().filter(|_| status.starts_with('2')), schemas);
        }
    }
}

fn illustrate(content: &mut Value, own: Option<&Value>, schemas: &Value) {
    for (media_type, media) in content.as_object_mut().into_iter().flatten() {
        let Some(media) = media.as_object_mut().filter(|media| !media.contains_key("example") && !media.contains_key("examples")) else {
            continue;
        };
        let json_like = media_type.ends_with("json");
        let schema = media.get("schema").cloned().unwrap_or_else(|| json!({}));
        if let Some(example) = own.filter(|_| json_like).cloned().or_else(|| json_like.then(|| sample(&schema, schemas))) {
            media.insert("example".into(), example);
        }
    }
}
