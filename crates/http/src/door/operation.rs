//! What the door knows of each operation: read from the generated document, so that what is published is what is
//! enforced.

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::http::Method;
use serde_json::{Value, json};

use super::validate::Schema;

/// Who may come in at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// Nobody is asked; who sends a token must send a good one.
    Public,
    /// Somebody signed in, for whatever organisation or none.
    SignedIn,
    /// Somebody signed in who acts for an organisation, or the holder of an access link.
    Acting,
}

/// A parameter of the query.
#[derive(Debug)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// It must be there.
    pub required: bool,
    /// It may be repeated.
    pub list: bool,
    /// The JSON type that the text is read as.
    pub json_type: String,
    /// What it must be.
    pub schema: Schema,
}

/// One operation.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is one fact, asked for by its name")]
pub struct Operation {
    /// Its id, `verb_resource`.
    pub id: String,
    /// Who may come in.
    pub auth: Auth,
    /// The schema of its body, where it has one.
    pub body: Option<Schema>,
    /// A body must be there.
    pub body_required: bool,
    /// Its body is no JSON to be read whole, but a file that its handler takes in piece by piece.
    pub streamed: bool,
    /// The parameters of its query.
    pub query: Vec<Parameter>,
    /// It changes something under a version: `If-Match` is needed.
    pub needs_version: bool,
    /// A POST that keeps its effect for an idempotency key.
    pub keeps_effect: bool,
}

/// All operations, by method and route pattern.
#[derive(Debug, Default)]
pub struct Operations {
    by_route: HashMap<(Method, String), Arc<Operation>>,
    routes: Vec<(actix_web::dev::ResourceDef, String)>,
    written_out: HashMap<String, Vec<Method>>,
}

const METHODS: &[&str] = &["get", "post", "put", "patch", "delete"];

impl Operations {
    /// Reads the operations out of the document.
    ///
    /// # Errors
    /// A sentence that names the operation whose schema does not compile.
    pub fn read(document: &Value) -> Result<Self, String> {
        let components = document.get("components").cloned().unwrap_or_else(|| json!({}));
        let mut found = Self::default();
        let paths = document.get("paths").and_then(Value::as_object).cloned().unwrap_or_default();
        for (path, item) in &paths {
            found.routes.push((actix_web::dev::ResourceDef::new(path.as_str()), path.clone()));
            for method in METHODS {
                let Some(operation) = item.get(*method) else { continue };
                let read = read_operation(method, operation, &components)?;
                let method = Method::from_bytes(method.to_uppercase().as_bytes()).map_err(|error| error.to_string())?;
                if !path.contains('{') {
                    found.written_out.entry(path.clone()).or_default().push(method.clone());
                }
                found.by_route.insert((method, path.clone()), Arc::new(read));
            }
        }
        Ok(found)
    }

    /// The operation behind a method and a route pattern.
    pub fn find(&self, method: &Method, pattern: &str) -> Option<Arc<Operation>> {
        self.by_route.get(&(method.clone(), pattern.to_owned())).cloned()
    }

    /// The methods of a path that has no name in it.
    pub fn methods_written_out(&self, path: &str) -> Option<&Vec<Method>> {
        self.written_out.get(path)
    }

    /// The methods that a path answers; empty when there is no such path.
    pub fn methods_of(&self, path: &str) -> Vec<String> {
        let written_out = self.routes.iter().find(|(_, pattern)| pattern == path);
        let Some((_, pattern)) = written_out.or_else(|| self.routes.iter().find(|(route, _)| route.is_match(path))) else { return vec![] };
        let mut methods: Vec<_> =
            self.by_route.keys().filter(|(_, known)| known == pattern).map(|(method, _)| method.to_string()).collect();
        if methods.iter().any(|method| method == "GET") {
            methods.push("HEAD".to_owned());
        }
        methods.sort();
        methods
    }

    /// The ids of all operations.
    pub fn ids(&self) -> Vec<&str> {
        self.by_route.values().map(|operation| operation.id.as_str()).collect()
    }
}

fn read_operation(method: &str, operation: &Value, components: &Value) -> Result<Operation, String> {
    let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default().to_owned();
    let streamed = operation.get("x-streamed").and_then(Value::as_bool).unwrap_or(false);
    let body = operation.pointer("/requestBody/content/application~1json/schema").filter(|_| !streamed);
    let body = body.map(|schema| Schema::compile(schema, components)).transpose().map_err(|error| format!("{id}: {error}"))?;
    let body_required = operation.pointer("/requestBody/required").and_then(Value::as_bool).unwrap_or(false);
    let parameters = operation.get("parameters").and_then(Value::as_array).cloned().unwrap_or_default();
    let query = parameters
        .iter()
        .filter(|parameter| parameter.get("in").and_then(Value::as_str) == Some("query"))
        .map(|parameter| read_parameter(parameter, components).map_err(|error| format!("{id}: {error}")))
        .collect::<Result<_, _>>()?;
    let permission = operation.get("x-permission").and_then(Value::as_str).unwrap_or("signed_in");
    let auth = match permission {
        "public" => Auth::Public,
        "signed_in" => Auth::SignedIn,
        _ => Auth::Acting,
    };
    let flag = |name: &str| operation.get(name).and_then(Value::as_bool).unwrap_or(false);
    let needs_version = matches!(method, "put" | "patch" | "delete") && !flag("x-unversioned");
    let keeps_effect = method == "post" && !flag("x-no-idempotency");
    Ok(Operation { id, auth, body, body_required, streamed, query, needs_version, keeps_effect })
}

fn read_parameter(parameter: &Value, components: &Value) -> Result<Parameter, String> {
    let name = parameter.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let schema = parameter.get("schema").cloned().unwrap_or_else(|| json!({}));
    let resolved = resolve(&schema, components);
    let has_type = |value: &Value, wanted: &str| match value.get("type") {
        Some(Value::String(single)) => single == wanted,
        Some(Value::Array(several)) => several.iter().any(|one| one == wanted),
        _ => false,
    };
    let list = has_type(&resolved, "array");
    let item = if list { resolve(&resolved.get("items").cloned().unwrap_or_default(), components) } else { resolved };
    let json_type = ["integer", "number", "boolean"].into_iter().find(|wanted| has_type(&item, wanted)).unwrap_or("string");
    let required = parameter.get("required").and_then(Value::as_bool).unwrap_or(false);
    let schema = Schema::compile(&schema, components)?;
    Ok(Parameter { name, required, list, json_type: json_type.to_owned(), schema })
}

/// Follows a reference, and the one alternative that is not null.
fn resolve(schema: &Value, components: &Value) -> Value {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|reference| reference.rsplit('/').next()) {
        return components.pointer(&format!("/schemas/{name}")).map_or(Value::Null, |found| resolve(found, components));
    }
    for alternatives in ["oneOf", "anyOf"] {
        if let Some(some) = schema.get(alternatives).and_then(Value::as_array)
            && let Some(one) = some.iter().find(|one| one.get("type").and_then(Value::as_str) != Some("null"))
        {
            return resolve(one, components);
        }
    }
    schema.clone()
}
