//! One operation, completed: what follows from its method, path, permission and schemas.

use relais_domain::document::FileType;
use serde_json::{Map, Value, json};

use super::shared;
use super::walk::{self, Object};

/// What the rest is derived from.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is one fact, asked for by its name")]
struct Facts {
    method: String,
    permission: String,
    has_path_parameter: bool,
    has_body: bool,
    /// PUT, PATCH, DELETE under a version.
    versioned: bool,
    /// A POST that keeps its effect for a key.
    keeps_effect: bool,
    /// A POST that only reads.
    search: bool,
    /// The success is a resource with a version.
    item: bool,
    /// The success is a page.
    list: bool,
    /// 304 is declared by the handler.
    not_modified: bool,
    /// The act answers 200 with a versioned resource of the path.
    act: bool,
}

/// The body of an operation that takes in a file piece by piece: nothing of it is read at the door.
pub fn tell_stream(operation: &mut Object) {
    if operation.get("x-streamed") == Some(&Value::Bool(true)) {
        let feeds = ["application/json", "application/x-ndjson", "application/gzip"];
        let files = FileType::ALL.iter().map(|kind| kind.media_type()).chain(["application/octet-stream"]);
        let names: Vec<&str> = if operation.contains_key("x-file") { files.collect() } else { feeds.to_vec() };
        let media: Map<String, Value> = names.into_iter().map(|name| (name.to_owned(), json!({ "schema": {} }))).collect();
        let body = json!({ "description": "The file.", "required": true, "content": media });
        operation.insert("requestBody".into(), body);
    }
}

fn success(operation: &Object) -> impl Iterator<Item = (&String, &Value)> {
    operation.get("responses").and_then(Value::as_object).into_iter().flatten().filter(|(status, _)| status.starts_with('2'))
}

fn facts(method: &str, path: &str, operation: &Object, schemas: &Value) -> Facts {
    let flag = |name: &str| operation.get(name) == Some(&Value::Bool(true));
    let shows = |name: &str| {
        let bodies = success(operation).filter_map(|(_, response)| response.pointer("/content/application~1json/schema"));
        bodies.into_iter().any(|schema| walk::has_property(schema, name, schemas))
    };
    let has_path_parameter = path.contains('{');
    let keeps_effect = method == "post" && !flag("x-no-idempotency");
    let list = shows("next_cursor");
    // A façade keeps its standard's conventions: what is called version there counts no changes.
    let item = shows("version") && !list && method != "delete" && !operation.contains_key("x-facade");
    Facts {
        method: method.to_owned(),
        permission: operation.get("x-permission").and_then(Value::as_str).unwrap_or("signed_in").to_owned(),
        has_path_parameter,
        has_body: operation.contains_key("requestBody"),
        versioned: matches!(method, "put" | "patch" | "delete") && !flag("x-unversioned"),
        keeps_effect,
        search: method == "post" && path.ends_with("/search"),
        item,
        list,
        not_modified: operation.get("responses").is_some_and(|responses| responses.get("304").is_some()),
        act: keeps_effect && has_path_parameter && item && success(operation).any(|(status, _)| status == "200"),
    }
}

impl Facts {
    fn public(&self) -> bool {
        self.permission == "public"
    }

    fn acting(&self) -> bool {
        !matches!(self.permission.as_str(), "public" | "signed_in")
    }

    fn conditional(&self) -> bool {
        self.method == "get" && (self.item || self.not_modified)
    }

    fn refusals(&self) -> Vec<u16> {
        let writes = self.method != "get" && !self.search;
        let possible = [
            (400, true),
            (401, true),
            (403, true),
            (404, self.has_path_parameter || self.keeps_effect),
            (408, self.has_body),
            (409, writes),
            (412, self.versioned || self.act),
            (413, self.has_body),
            (415, self.has_body),
            (422, true),
            (428, self.versioned),
            (429, true),
            (431, true),
            (500, true),
            (503, true),
        ];
        possible.into_iter().filter(|(_, can)| *can).map(|(status, _)| status).collect()
    }

    fn request_headers(&self) -> Vec<&'static str> {
        let possible = [
            ("Organisation", self.acting()),
            ("Purpose", self.acting()),
            ("IdempotencyKey", self.keeps_effect),
            ("IfMatch", self.versioned),
            ("IfMatchOptional", self.act),
            ("IfNoneMatch", self.conditional()),
            ("AcceptLanguage", true),
            ("RequestId", true),
        ];
        possible.into_iter().filter(|(_, takes)| *takes).map(|(name, _)| name).collect()
    }

    fn response_headers(&self, status: &str) -> Vec<(&'static str, &'static str)> {
        let possible = [
            ("X-Request-Id", "RequestId", true),
            ("RateLimit", "RateLimit", true),
            ("RateLimit-Policy", "RateLimitPolicy", true),
            ("ETag", "ETag", status != "204" && (self.item || (self.not_modified && matches!(status, "200" | "304")))),
            // A 202 that answers a resource says where to watch it; one that answers a bare "accepted" has no such place.
            ("Location", "Location", status == "201" || (status == "202" && self.item)),
            // The cursor of a search goes into its body: no address leads to the next page.
            ("Link", "Link", self.list && self.method == "get" && status == "200"),
            ("Idempotency-Replayed", "Replayed", self.keeps_effect),
        ];
        possible.into_iter().filter(|(_, _, sent)| *sent).map(|(name, component, _)| (name, component)).collect()
    }
}

/// Completes one operation.
pub fn enrich(method: &str, path: &str, operation: &mut Object, schemas: &Value) {
    let facts = facts(method, path, operation, schemas);
    operation.insert("security".into(), if facts.public() { json!([]) } else { json!([{ "bearer": [] }]) });
    describe(operation, &facts);
    complete_parameters(path, operation, &facts);
    let streamed = operation.get("x-streamed") == Some(&Value::Bool(true));
    if let Some(body) = operation.get_mut("requestBody").and_then(Value::as_object_mut) {
        body.entry("description").or_insert_with(|| json!("The body, as JSON."));
        // A file has no schema to tell from whether it must be there: it must, as `tell_stream` has said.
        if !streamed {
            body.insert("required".into(), json!(asks_for_something(body, schemas)));
        }
        merge_patch_too(body, &facts);
    }
    complete_responses(operation, &facts);
    extensions_last(operation);
}

/// Extensions are collected in no order: two prints of one program are the same text.
fn extensions_last(operation: &mut Object) {
    let named = operation.iter().filter(|(name, _)| name.starts_with("x-"));
    let mut extensions: Vec<_> = named.map(|(name, value)| (name.clone(), value.clone())).collect();
    extensions.sort_by(|(left, _), (right, _)| left.cmp(right));
    operation.retain(|name, _| !name.starts_with("x-"));
    operation.extend(extensions);
}

/// Whether a body has a field that must be there. One that has none may be left out: it means the same as `{}`.
fn asks_for_something(body: &Object, schemas: &Value) -> bool {
    let schema = body.get("content").and_then(|content| content.pointer("/application~1json/schema"));
    let named = schema.and_then(|schema| schema.get("$ref")).and_then(Value::as_str).and_then(|name| name.rsplit('/').next());
    let schema = named.map_or(schema, |name| schemas.get(name));
    schema.and_then(|schema| schema.get("required")).and_then(Value::as_array).is_some_and(|fields| !fields.is_empty())
}

/// A body of PATCH may be declared as JSON Merge Patch.
fn merge_patch_too(body: &mut Object, facts: &Facts) {
    if facts.method != "patch" {
        return;
    }
    if let Some(content) = body.get_mut("content").and_then(Value::as_object_mut)
        && let Some(json) = content.get("application/json").cloned()
    {
        content.insert("application/merge-patch+json".into(), json);
    }
}

fn describe(operation: &mut Object, facts: &Facts) {
    let text = |name: &str| operation.get(name).and_then(Value::as_str).unwrap_or_default().trim().to_owned();
    let summary = text("summary").trim_end_matches('.').to_owned();
    let own = Some(text("description")).filter(|text| !text.is_empty()).unwrap_or_else(|| format!("{summary}."));
    let who = match facts.permission.as_str() {
        "public" => "Public: nobody is asked who they are.".to_owned(),
        "signed_in" => "For anybody who is signed in.".to_owned(),
        permission => format!("Needs the permission `{permission}`."),
    };
    operation.insert("summary".into(), json!(summary));
    operation.insert("description".into(), json!(format!("{own}\n\n{who}")));
}

/// The parameters in one order: path, query, headers.
fn complete_parameters(path: &str, operation: &mut Object, facts: &Facts) {
    let mut declared = match operation.remove("parameters") {
        Some(Value::Array(declared)) => declared,
        _ => vec![],
    };
    let is = |parameter: &Value, place: &str, name: &str| {
        parameter.get("in").and_then(Value::as_str) == Some(place) && parameter.get("name").and_then(Value::as_str) == Some(name)
    };
    let names = path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    for name in names {
        if !declared.iter().any(|parameter| is(parameter, "path", name)) {
            declared.push(json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }));
        }
    }
    for parameter in &mut declared {
        complete_parameter(parameter);
    }
    let place = |parameter: &Value| match parameter.get("in").and_then(Value::as_str) {
        Some("path") => 0,
        Some("query") => 1,
        _ => 2,
    };
    declared.sort_by_key(place);
    declared.extend(facts.request_headers().into_iter().map(|name| json!({ "$ref": format!("#/components/parameters/{name}") })));
    operation.insert("parameters".into(), Value::Array(declared));
}

fn complete_parameter(parameter: &mut Value) {
    let Some(fields) = parameter.as_object_mut() else { return };
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (name, place) = (text("name"), text("in"));
    if text("description").is_empty() {
        fields.insert("description".into(), json!(about(&name, &place)));
    }
    let Some(schema) = fields.get_mut("schema") else { return };
    without_null(schema);
    let Some(schema) = schema.as_object_mut() else { return };
    if place == "path" && walk::has_type(schema, "string") && !schema.contains_key("format") {
        if name == "id" || name.ends_with("_id") {
            schema.insert("format".into(), json!("uuid"));
        } else {
            schema.entry("maxLength").or_insert(json!(200));
        }
    }
    if name == "limit" {
        schema.insert("minimum".into(), json!(1));
        schema.insert("maximum".into(), json!(200));
        schema.insert("default".into(), json!(50));
    }
}

fn about(name: &str, place: &str) -> String {
    match (place, name) {
        ("path", "id") => "The id of the resource.".to_owned(),
        ("path", _) if name.ends_with("_id") => format!("The id of the {}.", name.trim_end_matches("_id").replace('_', " ")),
        (_, "limit") => "How many items a page holds.".to_owned(),
        (_, "cursor") => "`next_cursor` of the page before.".to_owned(),
        (_, "count") => "Also count the items.".to_owned(),
        (_, "dry_run") => "Check everything, change nothing.".to_owned(),
        (_, "sort") => "The field to sort by; `-field` for descending.".to_owned(),
        (_, "include") => "What else to show with each item.".to_owned(),
        ("query", _) => format!("Keeps items whose `{name}` is this."),
        _ => format!("The {}.", name.replace('_', " ")),
    }
}

/// A parameter that is not sent is absent, never null.
fn without_null(schema: &mut Value) {
    let Some(fields) = schema.as_object_mut() else { return };
    if let Some(Value::Array(types)) = fields.get_mut("type") {
        types.retain(|one| one != "null");
        if let [single] = types.as_slice() {
            let single = single.clone();
            fields.insert("type".into(), single);
        }
    }
    for key in ["oneOf", "anyOf"] {
        let real = match fields.get_mut(key) {
            Some(Value::Array(alternatives)) => {
                alternatives.retain(|one| one.get("type").and_then(Value::as_str) != Some("null"));
                if let [Value::Object(single)] = alternatives.as_slice() { Some(single.clone()) } else { None }
            }
            _ => None,
        };
        if let Some(real) = real {
            fields.remove(key);
            fields.extend(real);
        }
    }
}

fn complete_responses(operation: &mut Object, facts: &Facts) {
    let declared = match operation.remove("responses") {
        Some(Value::Object(declared)) => declared,
        _ => Map::new(),
    };
    let mut all: Vec<(String, Value)> = vec![];
    for (status, mut response) in declared {
        let refused = status.starts_with('4') || status.starts_with('5');
        let shared = status.parse().ok().and_then(shared::refusal);
        if let Some(name) = shared.filter(|_| refused && response.get("content").is_none()) {
            all.push((status, json!({ "$ref": format!("#/components/responses/{name}") })));
            continue;
        }
        if let Some(fields) = response.as_object_mut() {
            if fields.get("description").and_then(Value::as_str).unwrap_or_default().is_empty() {
                fields.insert("description".into(), json!(usual(&status)));
            }
            let headers = fields.entry("headers").or_insert_with(|| json!({}));
            for (name, component) in facts.response_headers(&status) {
                if let Some(headers) = headers.as_object_mut() {
                    headers.entry(name).or_insert_with(|| json!({ "$ref": format!("#/components/headers/{component}") }));
                }
            }
        }
        all.push((status, response));
    }
    if facts.conditional() && !facts.not_modified {
        let headers =
            json!({ "ETag": { "$ref": "#/components/headers/ETag" }, "X-Request-Id": { "$ref": "#/components/headers/RequestId" } });
        all.push(("304".into(), json!({ "description": "The caller has this version.", "headers": headers })));
    }
    for status in facts.refusals() {
        let text = status.to_string();
        if let Some(name) = shared::refusal(status).filter(|_| !all.iter().any(|(known, _)| *known == text)) {
            all.push((text, json!({ "$ref": format!("#/components/responses/{name}") })));
        }
    }
    all.sort_by(|(left, _), (right, _)| left.cmp(right));
    operation.insert("responses".into(), Value::Object(all.into_iter().collect()));
}

fn usual(status: &str) -> &'static str {
    match status {
        "201" => "Made.",
        "202" => "Accepted; it goes on in the background.",
        "204" => "Done; there is nothing to say.",
        "304" => "The caller has this version.",
        _ => "Done.",
    }
}
