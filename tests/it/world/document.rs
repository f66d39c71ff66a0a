//! The contract as the program serves it: its operations, and whether an answer is what they promise.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};

use jsonschema::Validator;
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::Answer;

/// One operation of the document.
#[derive(Clone, Debug)]
pub struct Operation {
    pub id: String,
    pub method: Method,
    /// The pattern, `/v1/things/{id}`.
    pub path: String,
    /// `public`, `signed_in` or a permission.
    pub permission: String,
    pub sandbox_only: bool,
    /// It keeps the conventions of a standard, not ours.
    pub is_facade: bool,
    raw: Value,
}

/// The served document.
pub struct Document {
    pub value: Value,
    pub operations: Vec<Operation>,
    closed: Value,
    compiled: Mutex<HashMap<String, Arc<Validator>>>,
}

impl Operation {
    /// The names in the path, in order.
    pub fn names(&self) -> Vec<&str> {
        self.path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
    }

    /// The path with the same text in place of every name.
    pub fn path_with(&self, text: &str) -> String {
        self.names().into_iter().fold(self.path.clone(), |path, name| path.replace(&format!("{{{name}}}"), text))
    }

    pub fn has_body(&self) -> bool {
        self.raw.get("requestBody").is_some()
    }

    pub fn body_required(&self) -> bool {
        self.raw["requestBody"]["required"] == true
    }

    /// A body that the document itself gives as an example.
    pub fn example(&self) -> Option<Value> {
        self.raw.pointer("/requestBody/content/application~1json/example").cloned()
    }

    /// Whether it documents an answer with this status.
    pub fn answers(&self, status: u16) -> bool {
        self.raw["responses"].get(status.to_string()).is_some()
    }

    /// Its body is a file that is taken in piece by piece.
    pub fn is_streamed(&self) -> bool {
        self.raw["x-streamed"] == true
    }

    /// PUT, PATCH, DELETE under a version.
    pub fn is_versioned(&self) -> bool {
        self.answers(428)
    }

    /// A POST that may carry `Idempotency-Key`.
    pub fn keeps_effect(&self) -> bool {
        self.takes("#/components/parameters/IdempotencyKey")
    }

    fn takes(&self, reference: &str) -> bool {
        self.raw["parameters"].as_array().unwrap().iter().any(|parameter| parameter["$ref"] == reference)
    }

    /// Whether its query has this parameter.
    pub fn asks_for(&self, name: &str) -> bool {
        self.raw["parameters"].as_array().unwrap().iter().any(|parameter| parameter["in"] == "query" && parameter["name"] == name)
    }

    fn matches(&self, path: &str) -> bool {
        let (pattern, path): (Vec<&str>, Vec<&str>) = (self.path.split('/').collect(), path.split('/').collect());
        pattern.len() == path.len() && pattern.iter().zip(&path).all(|(part, given)| part.starts_with('{') || part == given)
    }
}

impl Document {
    pub fn of(value: Value) -> Self {
        let mut operations = vec![];
        for (path, item) in value["paths"].as_object().unwrap() {
            for (method, raw) in item.as_object().unwrap() {
                let text = |name: &str| raw[name].as_str().unwrap_or_default().to_owned();
                operations.push(Operation {
                    id: text("operationId"),
                    method: method.to_uppercase().parse().unwrap(),
                    path: path.clone(),
                    permission: text("x-permission"),
                    sandbox_only: raw["x-sandbox-only"] == true,
                    is_facade: raw.get("x-facade").is_some(),
                    raw: raw.clone(),
                });
            }
        }
        let mut closed = value["components"]["schemas"].clone();
        let parts = parts_of(&closed);
        for (name, schema) in closed.as_object_mut().unwrap() {
            close(schema, parts.contains(name));
        }
        Self { value, operations, closed, compiled: Mutex::default() }
    }

    pub fn operation(&self, id: &str) -> &Operation {
        self.operations.iter().find(|operation| operation.id == id).unwrap_or_else(|| panic!("no operation {id}"))
    }

    /// What narrows a list, each with a value that it takes: `name=value`. What is free text, or says how the answer is written, is left out.
    pub fn filters(&self, operation: &Operation) -> Vec<String> {
        let written = ["limit", "cursor", "count", "include", "sort", "format", "facets"];
        let parameters = operation.raw["parameters"].as_array().unwrap().iter();
        let own = parameters.filter(|one| one["in"] == "query" && one["name"].as_str().is_some_and(|name| !written.contains(&name)));
        own.filter_map(|one| Some(format!("{}={}", one["name"].as_str()?, self.sample(&one["schema"])?))).collect()
    }

    /// A value that a schema takes, where it is not free text.
    fn sample(&self, schema: &Value) -> Option<String> {
        if let Some(name) = schema["$ref"].as_str().and_then(|place| place.strip_prefix("#/components/schemas/")) {
            return self.sample(&self.value["components"]["schemas"][name]);
        }
        let codes = schema["x-extensible-enum"].as_array().or(schema["enum"].as_array());
        if let Some(code) = codes.and_then(|codes| codes.last()?.as_str()) {
            return Some(code.to_owned());
        }
        match (schema["type"].as_str()?, schema["format"].as_str()) {
            ("array", _) => self.sample(&schema["items"]),
            ("boolean", _) => Some("true".to_owned()),
            ("string", Some("date-time")) => Some("2020-01-01T00:00:00Z".to_owned()),
            ("string", Some("uuid")) => Some("0192f4e6-0000-7000-8000-00000000dead".to_owned()),
            _ => None,
        }
    }

    /// The operation that a path means; a path that is written out comes before one with names.
    pub fn meant_by(&self, method: &Method, path: &str) -> Option<&Operation> {
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let method = if *method == Method::HEAD { &Method::GET } else { method };
        let found = self.operations.iter().filter(|operation| operation.method == *method && operation.matches(path));
        found.min_by_key(|operation| operation.names().len())
    }

    /// The methods that a path answers, as `Allow` names them.
    pub fn methods_of(&self, pattern: &str) -> BTreeSet<String> {
        let methods = self.operations.iter().filter(|operation| operation.path == pattern).map(|operation| operation.method.to_string());
        let mut methods: BTreeSet<String> = methods.collect();
        if methods.contains("GET") {
            methods.insert("HEAD".into());
        }
        methods
    }

    fn response<'a>(&'a self, operation: &'a Operation, status: u16) -> Option<&'a Value> {
        let response = operation.raw["responses"].get(status.to_string())?;
        match response["$ref"].as_str() {
            Some(target) => self.value.pointer(target.trim_start_matches('#')),
            None => Some(response),
        }
    }

    /// Everything about an answer that the document does not promise.
    pub fn objections(&self, answer: &Answer) -> Vec<String> {
        let status = answer.status.as_u16();
        // It is declared for whatever may fail, and nothing may.
        if status == 500 {
            return vec![format!("it failed: {}", answer.text)];
        }
        // A path that is written out has methods of its own.
        let written_out = self.methods_of(&answer.path);
        if status == 405 && !written_out.is_empty() && !written_out.contains(answer.method.as_str()) {
            return vec![];
        }
        let Some(operation) = self.meant_by(&answer.method, &answer.path) else {
            return if matches!(status, 404 | 405) {
                vec![]
            } else {
                vec![format!("no operation is documented for it, and it answered {status}")]
            };
        };
        let Some(response) = self.response(operation, status) else {
            return vec![format!("{} does not document {status}", operation.id)];
        };
        let declared = answer.header("content-type").split(';').next().unwrap_or_default().to_owned();
        let Some(content) = response.get("content").and_then(Value::as_object) else {
            return if answer.text.is_empty() { vec![] } else { vec![format!("{} {status} has a body and documents none", operation.id)] };
        };
        if answer.method == Method::HEAD {
            return vec![];
        }
        let Some(media) = content.get(&declared) else { return vec![format!("{} {status} does not document {declared}", operation.id)] };
        if !declared.ends_with("json") {
            return vec![];
        }
        let name = format!("{} {status} {declared}", operation.id);
        let validator = self.validator(&name, &media["schema"]);
        // A document, or one on each line.
        let bodies = match declared.as_str() {
            "application/x-ndjson" => answer.text.lines().map(|line| serde_json::from_str(line).unwrap_or(Value::Null)).collect(),
            _ => vec![answer.body.clone()],
        };
        let errors = bodies.iter().flat_map(|body| validator.iter_errors(body));
        let mut found: Vec<String> = errors.map(|error| format!("{name} at `{}`: {error}", error.instance_path())).collect();
        found.truncate(5);
        found
    }

    fn validator(&self, name: &str, schema: &Value) -> Arc<Validator> {
        let mut compiled = self.compiled.lock().unwrap();
        let build = || {
            let mut schema = schema.clone();
            close(&mut schema, false);
            schema["components"] = json!({"schemas": self.closed});
            Arc::new(jsonschema::draft202012::options().should_validate_formats(true).build(&schema).unwrap())
        };
        compiled.entry(name.to_owned()).or_insert_with(build).clone()
    }
}

impl Answer {
    /// The same answer, when it is what the document promises for its operation: status, media type, body, and no
    /// field that is not documented.
    #[track_caller]
    pub fn fits(self, document: &Document) -> Self {
        let objections = document.objections(&self);
        assert!(objections.is_empty(), "{}: {} {}\n{}", self.asked, self.status, self.text, objections.join("\n"));
        self
    }
}

/// What stands under these is data, not description.
const DATA: &[&str] = &["example", "examples", "default", "enum", "const"];

/// The schemas that others are put together from: closed by who takes them in.
fn parts_of(schema: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    match schema {
        Value::Object(fields) => {
            for part in fields.get("allOf").and_then(Value::as_array).into_iter().flatten() {
                found.extend(part["$ref"].as_str().and_then(|target| target.rsplit('/').next()).map(ToOwned::to_owned));
            }
            fields.values().for_each(|inner| found.extend(parts_of(inner)));
        }
        Value::Array(items) => items.iter().for_each(|inner| found.extend(parts_of(inner))),
        _ => {}
    }
    found
}

/// Forbids fields that are not described. An answer may grow in a later version; the document grows with it.
fn close(schema: &mut Value, is_part: bool) {
    let Value::Object(fields) = schema else { return };
    close_inner(fields);
    let composed = ["allOf", "oneOf", "anyOf"].iter().any(|key| fields.contains_key(*key));
    if is_part || fields.contains_key("additionalProperties") || !(fields.contains_key("properties") || fields.contains_key("allOf")) {
        return;
    }
    let word = if composed { "unevaluatedProperties" } else { "additionalProperties" };
    fields.insert(word.to_owned(), Value::Bool(false));
}

fn close_inner(fields: &mut Map<String, Value>) {
    let has_properties = fields.contains_key("properties");
    for (key, inner) in fields.iter_mut().filter(|(key, _)| !DATA.contains(&key.as_str())) {
        match (key.as_str(), inner) {
            ("properties", Value::Object(properties)) => properties.values_mut().for_each(|property| close(property, false)),
            ("allOf", Value::Array(parts)) => parts.iter_mut().for_each(|part| close(part, true)),
            ("oneOf" | "anyOf", Value::Array(parts)) => parts.iter_mut().for_each(|part| close(part, has_properties)),
            ("items" | "additionalProperties", inner) => close(inner, false),
            _ => {}
        }
    }
}
