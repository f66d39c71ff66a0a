mod examples_pass;
mod ways;

use actix_web::{App, HttpResponse, delete, get, patch, post};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::AppExt as _;

use crate::door::Operations;

use super::lint::lint;
use super::three_zero::to_3_0;
use super::{DocumentOptions, examples, finish, outline, walk};

/// Where a thing stands.
#[derive(Serialize, Deserialize, ToSchema)]
struct Place {
    street: String,
    number: Option<i32>,
}

/// A part of another body, flattened.
#[derive(Serialize, Deserialize, ToSchema)]
struct Shape {
    colour: Option<String>,
    #[schema(exclusive_minimum = 0)]
    weight: i32,
}

/// A way to be reached.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Way {
    Mail { address: String },
    At(Place),
}

/// What makes a thing.
#[derive(Serialize, Deserialize, ToSchema)]
struct NewThing {
    name: String,
    #[serde(flatten)]
    shape: Shape,
    place: Option<Place>,
    labels: Vec<String>,
    way: Option<Way>,
    #[schema(value_type = Object)]
    free: Value,
}

/// A thing.
#[derive(Serialize, Deserialize, ToSchema)]
struct Thing {
    id: uuid::Uuid,
    version: i32,
    made_at: chrono::DateTime<chrono::Utc>,
    place: Option<Place>,
    #[schema(example = json!({"a": 1}), value_type = Object)]
    free: Value,
    #[schema(no_recursion)]
    next: Option<Box<Thing>>,
}

/// A page of things.
#[derive(Serialize, Deserialize, ToSchema)]
struct Things {
    items: Vec<Thing>,
    next_cursor: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[expect(dead_code, reason = "only its schema is asked for")]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Keeps things of this colour.
    colour: Option<Vec<String>>,
    limit: Option<u64>,
    cursor: Option<String>,
}

/// Lists things.
#[utoipa::path(tag = "directory", params(Filter), extensions(("x-permission" = json!("public"))), responses((status = 200, description = "", body = Things)))]
#[get("/v1/things")]
async fn list_things() -> HttpResponse {
    HttpResponse::Ok().finish()
}

/// Makes a thing
#[utoipa::path(tag = "directory", request_body = NewThing, extensions(("x-permission" = json!("services:write"))), responses((status = 201, description = "Made.", body = Thing), (status = 409, description = "Taken.")))]
#[post("/v1/things")]
async fn create_thing() -> HttpResponse {
    HttpResponse::Ok().finish()
}

/// Reads a thing
#[utoipa::path(tag = "directory", params(("id" = uuid::Uuid, Path, description = "Which.")), extensions(("x-permission" = json!("directory:read"))), responses((status = 200, description = "The thing.", body = Thing)))]
#[get("/v1/things/{id}")]
async fn read_thing() -> HttpResponse {
    HttpResponse::Ok().finish()
}

/// Changes a thing
#[utoipa::path(tag = "directory", request_body = NewThing, extensions(("x-permission" = json!("services:write"))), responses((status = 200, description = "The thing.", body = Thing)))]
#[patch("/v1/things/{id}")]
async fn update_thing() -> HttpResponse {
    HttpResponse::Ok().finish()
}

/// Deletes a thing
#[utoipa::path(tag = "directory", extensions(("x-permission" = json!("services:write"))), responses((status = 204, description = "Gone.")))]
#[delete("/v1/things/{id}")]
async fn delete_thing() -> HttpResponse {
    HttpResponse::Ok().finish()
}

/// Takes a thing
#[utoipa::path(tag = "directory", extensions(("x-permission" = json!("services:publish"))), responses((status = 200, description = "The thing.", body = Thing)))]
#[post("/v1/things/{id}/take")]
async fn take_thing() -> HttpResponse {
    HttpResponse::Ok().finish()
}

/// Moves the clock
#[utoipa::path(tag = "sandbox", extensions(("x-permission" = json!("signed_in")), ("x-sandbox-only" = json!(true))), responses((status = 200, description = "The clock.", body = Place)))]
#[post("/v1/sandbox/clock")]
async fn move_clock() -> HttpResponse {
    HttpResponse::Ok().finish()
}

fn document(sandbox: bool) -> Value {
    let things = |config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>| {
        config.service(list_things).service(create_thing).service(read_thing).service(update_thing).service(delete_thing);
        config.service(take_thing).service(move_clock);
    };
    let explorer = |config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>| crate::explorer::routes(config, true);
    let (_, api) = App::new().into_utoipa_app().configure(things).configure(explorer).split_for_parts();
    finish(outline(api, &DocumentOptions { public_url: "http://127.0.0.1:8080".into(), version: "0.1.0".into(), sandbox }))
}

fn statuses<'a>(document: &'a Value, path: &str, method: &str) -> Vec<&'a str> {
    document["paths"][path][method]["responses"].as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn a_finished_document_keeps_the_rules() {
    let document = document(true);
    assert_eq!(lint(&document), Vec::<String>::new());
}

#[test]
fn the_documents_of_the_program_keep_the_rules() {
    for sandbox in [true, false] {
        let document = crate::server::document("http://127.0.0.1:8080", sandbox);
        if let (Ok(folder), true) = (std::env::var("RELAIS_SHOW_DOCUMENT"), sandbox) {
            std::fs::write(format!("{folder}/openapi.json"), serde_json::to_vec_pretty(&document).unwrap()).unwrap();
            std::fs::write(format!("{folder}/openapi-3.0.json"), serde_json::to_vec_pretty(&to_3_0(&document)).unwrap()).unwrap();
        }
        let found = lint(&document);
        assert!(found.is_empty(), "{}", found.join("\n"));
        let operations = Operations::read(&document).unwrap();
        let mut older = to_3_0(&document);
        let mut newer_constructs = vec![];
        walk::each_schema(&mut older, &mut |schema| newer(schema, &mut newer_constructs));
        assert_eq!(newer_constructs, Vec::<String>::new());
        let unknown: Vec<_> = examples::written().keys().filter(|id| sandbox && !operations.ids().contains(&id.as_str())).collect();
        assert!(unknown.is_empty(), "examples of no operation: {unknown:?}");
    }
}

#[test]
fn every_operation_says_all_that_it_can_answer() {
    let document = document(true);
    assert_eq!(statuses(&document, "/v1/things", "get"), ["200", "400", "401", "403", "422", "429", "431", "500", "503"]);
    assert_eq!(
        statuses(&document, "/v1/things", "post"),
        ["201", "400", "401", "403", "404", "408", "409", "413", "415", "422", "429", "431", "500", "503"]
    );
    assert_eq!(
        statuses(&document, "/v1/things/{id}", "get"),
        ["200", "304", "400", "401", "403", "404", "422", "429", "431", "500", "503"]
    );
    let patch = statuses(&document, "/v1/things/{id}", "patch");
    assert!(patch.contains(&"412") && patch.contains(&"428") && patch.contains(&"415"));
    let take = statuses(&document, "/v1/things/{id}/take", "post");
    assert!(take.contains(&"412") && !take.contains(&"428") && !take.contains(&"415"));
    assert_eq!(document["paths"]["/v1/things"]["post"]["responses"]["409"]["$ref"], "#/components/responses/Conflict");
    assert_eq!(document["paths"]["/v1/things"]["get"]["security"], json!([]));
    assert_eq!(document["paths"]["/v1/things/{id}"]["get"]["security"], json!([{ "bearer": [] }]));
}

#[test]
fn what_is_sent_is_closed_and_bounded() {
    let document = document(true);
    let new = &document["components"]["schemas"]["NewThing"];
    assert_eq!(new["additionalProperties"], false);
    assert!(new.get("allOf").is_none(), "the flattened part is merged");
    assert_eq!(new["properties"]["colour"]["maxLength"], 2000);
    assert_eq!(new["properties"]["labels"]["maxItems"], 200);
    assert_eq!(new["properties"]["weight"]["maximum"], i32::MAX);
    assert!(new["properties"]["weight"].get("minimum").is_none());
    assert!(new["properties"]["free"].get("additionalProperties").is_none());
    let parameters = document["paths"]["/v1/things"]["get"]["parameters"].as_array().unwrap();
    let limit = parameters.iter().find(|parameter| parameter["name"] == "limit").unwrap();
    assert_eq!((&limit["schema"]["type"], &limit["schema"]["maximum"]), (&json!("integer"), &json!(200)));
}

#[test]
fn the_door_reads_every_operation_of_the_document() {
    let document = document(true);
    for (_, path, operation) in walk::operations(&document) {
        let mut media = operation["responses"].as_object().unwrap().values().filter_map(|response| response["content"].as_object());
        assert!(media.all(|media| media.iter().all(|(name, body)| !name.ends_with("json") || body.get("example").is_some())), "{path}");
    }
}

#[test]
fn the_sandbox_stays_in_the_sandbox() {
    let document = document(false);
    assert!(document["paths"].get("/v1/sandbox/clock").is_none());
    assert!(document["paths"].get("/l").is_none());
    assert!(document["components"]["schemas"].get("Personas").is_none());
    assert!(document["tags"].as_array().unwrap().iter().all(|tag| tag["name"] != "sandbox"));
}

#[test]
fn written_examples_are_read() {
    let count: usize = examples::FILES
        .iter()
        .map(|file| serde_json::from_str::<std::collections::HashMap<String, examples::Written>>(file).unwrap().len())
        .sum();
    assert_eq!(examples::written().len(), count, "an operation has two examples");
}

/// Says where a construct stands that 3.0 does not know.
fn newer(schema: &mut walk::Object, found: &mut Vec<String>) {
    const NEWER: &[&str] = &[
        "const",
        "examples",
        "prefixItems",
        "contentEncoding",
        "contentMediaType",
        "unevaluatedProperties",
        "if",
        "$defs",
        "patternProperties",
    ];
    let text = serde_json::to_string(schema).unwrap();
    let mut report = |what: &str| found.push(format!("{what}: {text}"));
    NEWER.iter().filter(|key| schema.contains_key(**key)).for_each(|key| report(key));
    if schema.get("type").is_some_and(|kind| kind.as_str().is_none_or(|kind| kind == "null")) {
        report("type");
    }
    if ["exclusiveMinimum", "exclusiveMaximum"].iter().any(|key| schema.get(*key).is_some_and(Value::is_number)) {
        report("exclusive bound");
    }
    if schema.contains_key("$ref") && schema.len() > 1 {
        report("reference with company");
    }
    if schema.get("type") == Some(&json!("array")) && !schema.contains_key("items") {
        report("array without items");
    }
}

#[test]
fn the_older_rendering_holds_nothing_newer() {
    let mut older = to_3_0(&document(true));
    assert_eq!(older["openapi"], "3.0.3");
    assert_eq!(older["info"]["license"], json!({ "name": "Apache License 2.0", "url": "https://spdx.org/licenses/Apache-2.0.html" }));
    let mut found = vec![];
    walk::each_schema(&mut older, &mut |schema| newer(schema, &mut found));
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn every_newer_construct_has_an_older_form() {
    let render = |schema: Value| to_3_0(&json!({ "components": { "schemas": { "X": schema } } }))["components"]["schemas"]["X"].clone();
    let reference = || json!({ "$ref": "#/components/schemas/Y" });
    let cases = [
        (json!({ "type": ["string", "null"], "maxLength": 3 }), json!({ "type": "string", "maxLength": 3, "nullable": true })),
        (json!({ "type": ["string", "null"], "enum": ["a"] }), json!({ "type": "string", "enum": ["a", null], "nullable": true })),
        (json!({ "type": ["string", "integer"] }), json!({ "anyOf": [{ "type": "string" }, { "type": "integer" }] })),
        (
            json!({ "type": ["string", "integer", "null"] }),
            json!({ "nullable": true, "anyOf": [{ "type": "string" }, { "type": "integer" }] }),
        ),
        (json!({ "type": "null" }), json!({ "nullable": true, "enum": [null] })),
        (json!({ "oneOf": [{ "type": "null" }, reference()] }), json!({ "nullable": true, "allOf": [reference()] })),
        (
            json!({ "anyOf": [reference(), { "type": "null" }], "description": "d" }),
            json!({ "description": "d", "nullable": true, "allOf": [reference()] }),
        ),
        (json!({ "oneOf": [{ "type": "null" }, { "type": "integer" }] }), json!({ "nullable": true, "type": "integer" })),
        (
            json!({ "oneOf": [{ "type": "null" }, reference(), { "type": "string" }] }),
            json!({ "nullable": true, "oneOf": [reference(), { "type": "string" }] }),
        ),
        (
            json!({ "oneOf": [{ "type": "null" }, { "$ref": "#/components/schemas/Y", "description": "d" }] }),
            json!({ "nullable": true, "description": "d", "allOf": [reference()] }),
        ),
        (json!({ "const": "a" }), json!({ "type": "string", "enum": ["a"] })),
        (json!({ "type": "string", "examples": ["a", "b"] }), json!({ "type": "string", "example": "a" })),
        (
            json!({ "type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 9 }),
            json!({ "type": "integer", "exclusiveMinimum": true, "exclusiveMaximum": true, "minimum": 0, "maximum": 9 }),
        ),
        (json!({ "$ref": "#/components/schemas/Y", "description": "d" }), json!({ "description": "d", "allOf": [reference()] })),
        (json!({ "type": "array", "prefixItems": [{}], "items": false }), json!({ "type": "array", "items": { "not": {} } })),
        (json!({ "type": "string", "contentEncoding": "base64" }), json!({ "type": "string", "format": "byte" })),
        (
            json!({ "properties": { "type": { "const": 1 }, "const": true } }),
            json!({ "properties": { "type": { "type": "integer", "enum": [1] }, "const": {} } }),
        ),
        (
            json!({ "type": "object", "unevaluatedProperties": false, "default": { "const": 1 } }),
            json!({ "type": "object", "default": { "const": 1 } }),
        ),
    ];
    for (newer, older) in cases {
        assert_eq!(render(newer.clone()), older, "{newer}");
    }
}

#[test]
fn the_lint_finds_what_is_wrong() {
    let mut broken = document(true);
    broken["paths"]["/v1/things"]["post"]["operationId"] = json!("listthings");
    broken["paths"]["/v1/things"]["get"]["tags"] = json!([]);
    broken["paths"]["/v1/things/{id}"]["get"]["responses"]["200"]["description"] = json!("");
    broken["paths"]["/v1/things/{id}"]["patch"]["requestBody"]["content"]["application/json"]["example"] = json!({ "name": 1 });
    broken["components"]["schemas"]["NewThing"]["additionalProperties"] = json!(true);
    broken["components"]["schemas"]["NewThing"]["properties"]["name"] = json!({ "type": "string" });
    broken["paths"]["/v1/things/{id}/take"]["post"]["responses"]["409"]["$ref"] = json!("#/components/responses/Nothing");
    broken["paths"]["/v1/things"]["post"]["responses"]["201"]["headers"] = json!({ "Link": { "$ref": "#/components/headers/Link" } });
    broken["paths"]["/v1/things/{id}"]["patch"]["x-streamed"] = json!(true);
    broken["paths"]["/v1/things/{id}"]["patch"]["requestBody"]["required"] = json!(false);
    let found = lint(&broken).join("\n");
    let own = ["verb_resource", "no tag", "200 has no description", "breaks its schema", "is open", "no bound", "nothing is at"];
    for part in own.into_iter().chain(["declares a Location", "a Link that leads nowhere", "the file may be left out"]) {
        assert!(found.contains(part), "{part}\n{found}");
    }
}

/// The names under which the sources publish schemas: type, or the name that it gives itself.
fn published(text: &str) -> Vec<String> {
    let mut found = vec![];
    for derived in text.split("#[derive(").skip(1) {
        let Some((derives, rest)) = derived.split_once(")]") else { continue };
        let is_schema = derives.split(',').any(|one| one.trim() == "ToSchema");
        let head = rest.split(['{', ';']).next().unwrap_or_default();
        let own = head.split("#[schema(as = ").nth(1).and_then(|name| name.split(')').next());
        let type_name = ["pub struct ", "pub enum "]
            .iter()
            .find_map(|form| head.split(form).nth(1))
            .and_then(|name| name.split(['<', ' ', '(']).next());
        found.extend(own.or(type_name).filter(|_| is_schema).map(ToOwned::to_owned));
    }
    found
}

#[test]
fn no_two_schemas_have_one_name() {
    let mut waiting = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()];
    let mut names = std::collections::BTreeMap::<String, std::path::PathBuf>::new();
    let mut twice = vec![];
    while let Some(folder) = waiting.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && name != "target" && name != "tests" {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") && name != "tests.rs" {
                for schema in published(&std::fs::read_to_string(&path).unwrap()) {
                    twice.extend(
                        names
                            .insert(schema.clone(), path.clone())
                            .map(|other| format!("{schema}: {} and {}", other.display(), path.display())),
                    );
                }
            }
        }
    }
    assert!(names.len() > 20, "the sources were not read");
    assert!(twice.is_empty(), "one would hide the other; use #[schema(as = …)]: {twice:#?}");
}
