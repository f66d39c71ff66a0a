//! Validation against the operation's own schema: all violations at once, each with a stable code and a pointer.

use std::sync::OnceLock;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{ValidationError, Validator};
use relais_domain::shared::Blocker;
use relais_domain::shared::nir::contains_nir;
use serde_json::{Map, Value, json};

/// A schema, compiled when it is first needed: start-up stays fast.
#[derive(Debug)]
pub struct Schema {
    source: Value,
    compiled: OnceLock<Option<Validator>>,
}

impl Schema {
    /// Takes over a schema of the document with the components that it refers to, and no others: there are hundreds of
    /// schemas, and each keeps its own source.
    ///
    /// # Errors
    /// When it is no object.
    pub fn compile(schema: &Value, components: &Value) -> Result<Self, String> {
        let mut source = schema.as_object().cloned().ok_or("a schema must be an object")?;
        let mut needed = Map::new();
        gather(schema, components, &mut needed);
        if !needed.is_empty() {
            source.insert("components".into(), json!({"schemas": needed}));
        }
        let mut source = Value::Object(source);
        close(&mut source);
        Ok(Self { source, compiled: OnceLock::new() })
    }

    fn validator(&self) -> Option<&Validator> {
        let build = || match jsonschema::draft202012::options().should_validate_formats(true).build(&self.source) {
            Ok(validator) => Some(validator),
            Err(error) => {
                tracing::error!(%error, "a schema of the document does not compile");
                None
            }
        };
        self.compiled.get_or_init(build).as_ref()
    }

    /// Whether the schema compiles; asked by the contract's tests.
    pub fn is_sound(&self) -> bool {
        self.validator().is_some()
    }

    /// Every violation of the schema by `value`; pointers begin with `base`.
    pub fn violations(&self, value: &Value, base: &str) -> Vec<Blocker> {
        let Some(validator) = self.validator() else {
            return vec![Blocker::content("schema_unavailable")];
        };
        let mut found = vec![];
        for error in validator.iter_errors(value) {
            collect(&error, base, &mut found);
        }
        found
    }
}

/// Adds the components that a schema refers to, and those that these refer to.
fn gather(schema: &Value, components: &Value, needed: &mut Map<String, Value>) {
    match schema {
        Value::Object(fields) => {
            let name = fields.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix("#/components/schemas/"));
            if let Some(name) = name.filter(|name| !needed.contains_key(*name))
                && let Some(found) = components.get("schemas").and_then(|schemas| schemas.get(name))
            {
                needed.insert(name.to_owned(), found.clone());
                gather(found, components, needed);
            }
            fields.values().for_each(|field| gather(field, components, needed));
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, components, needed)),
        _ => {}
    }
}

/// Input accepts only the codes of a list that output documents as extensible.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if let Some(codes) = fields.get("x-extensible-enum").cloned() {
                fields.insert("enum".into(), codes);
            }
            fields.values_mut().for_each(close);
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

fn collect(error: &ValidationError<'_>, base: &str, found: &mut Vec<Blocker>) {
    let pointer = format!("{base}{}", error.instance_path());
    let at = |code: &'static str| Blocker::content(code).at(pointer.clone());
    let blocker = match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            found.extend(unexpected.iter().map(|name| Blocker::content("unknown_field").at(format!("{pointer}/{}", escape(name)))));
            return;
        }
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            Blocker::content("required").at(format!("{pointer}/{}", escape(name)))
        }
        // "This or null": what is wrong is what the other alternative says.
        ValidationErrorKind::OneOfNotValid { context, .. } | ValidationErrorKind::AnyOf { context, .. } => {
            let telling = context.iter().filter(|branch| !branch.iter().any(is_about_null)).flatten().collect::<Vec<_>>();
            if telling.is_empty() {
                found.push(at("invalid"));
            }
            for error in telling {
                collect(error, base, found);
            }
            return;
        }
        ValidationErrorKind::Type { kind } => at("wrong_type").with("expected", type_name(kind)),
        ValidationErrorKind::Enum { options } => at("unknown_code").with("known", options.as_ref().clone()),
        ValidationErrorKind::MinLength { limit } => at("too_short").with("min", *limit),
        ValidationErrorKind::MaxLength { limit } => at("too_long").with("max", *limit),
        ValidationErrorKind::MinItems { limit } => at("too_few").with("min", *limit),
        ValidationErrorKind::MaxItems { limit } => at("too_many").with("max", *limit),
        ValidationErrorKind::Minimum { limit } => at("out_of_range").with("min", limit.clone()),
        ValidationErrorKind::Maximum { limit } => at("out_of_range").with("max", limit.clone()),
        ValidationErrorKind::Format { format } => at("invalid_format").with("format", format.clone()),
        ValidationErrorKind::Pattern { .. } => at("invalid_format"),
        ValidationErrorKind::UniqueItems => at("duplicate_item"),
        _ => at("invalid"),
    };
    found.push(blocker);
}

fn is_about_null(error: &ValidationError<'_>) -> bool {
    matches!(error.kind(), ValidationErrorKind::Type { kind: TypeKind::Single(one) } if one.to_string() == "null")
}

fn type_name(kind: &TypeKind) -> Value {
    match kind {
        TypeKind::Single(one) => json!(one.to_string()),
        TypeKind::Multiple(several) => json!(several.iter().map(|one| one.to_string()).collect::<Vec<_>>()),
    }
}

/// A name as a token of a JSON pointer (RFC 6901).
fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Pointers without the names that hold a French social-security number: they end where the name stood.
pub fn hush(found: &mut [Blocker]) {
    for pointer in found.iter_mut().filter_map(|blocker| blocker.pointer.as_mut()) {
        let kept: Vec<&str> = pointer.split('/').take_while(|token| !contains_nir(token)).collect();
        *pointer = kept.join("/");
    }
}

/// A French social-security number in any text or name is refused at the door, without echoing it. Of a name the place is told where it
/// stands.
pub fn forbidden_identifiers(value: &Value, pointer: &str, found: &mut Vec<Blocker>) {
    match value {
        Value::String(text) if contains_nir(text) => found.push(Blocker::content("forbidden_identifier").at(pointer)),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                forbidden_identifiers(item, &format!("{pointer}/{index}"), found);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                if contains_nir(name) {
                    found.push(Blocker::content("forbidden_identifier").at(pointer));
                    continue;
                }
                forbidden_identifiers(field, &format!("{pointer}/{}", escape(name)), found);
            }
        }
        _ => {}
    }
}
