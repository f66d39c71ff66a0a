//! Examples made from schemas: always the same ones, plausible enough to read, valid by the schema.

use serde_json::{Map, Value, json};

use super::walk;

/// What texts with these names look like; the first name that the field's name ends with is taken.
const WORDS: &[(&str, &str)] = &[
    ("email", "camille.durand@example.org"),
    ("phone", "+33145678901"),
    ("family_name", "Durand"),
    ("given_name", "Camille"),
    ("display_name", "Camille Durand"),
    ("user_name", "Camille Durand"),
    ("contact_name", "Camille Durand"),
    ("adviser_name", "Camille Durand"),
    ("name", "Atelier du Canal"),
    ("title", "Help with housing"),
    ("line1", "12 rue du Canal"),
    ("street", "12 rue du Canal"),
    ("address", "12 rue du Canal, 93200 Saint-Denis"),
    ("postal_code", "93200"),
    ("city", "Saint-Denis"),
    ("locality", "Saint-Denis"),
    ("commune", "93066"),
    ("country", "FR"),
    ("time_zone", "Europe/Paris"),
    ("language", "fr"),
    ("currency", "EUR"),
    ("amount", "123.45"),
    ("password", "correct horse battery staple"),
    ("token", "eyJhbGciOiJFZERTQSJ9.e30.c2lnbmF0dXJl"),
    ("cursor", "b3BhcXVl"),
    ("url", "https://www.example.org/"),
    ("website", "https://www.example.org/"),
    ("link", "https://www.example.org/"),
    ("totp", "123456"),
    ("client_id", "planning-software"),
    ("client_secret", "k3Jx9vQ2mT7wZ4bN8sR6"),
    ("scope", "directory:read referrals:send"),
    ("employment_number", "12345678901"),
    ("age_band", "25-34"),
    ("reason", "Looks for work and has no way to get to interviews."),
    ("situation", "Lives with two children; childcare until 16:30."),
    ("message", "We called and agreed on a first meeting."),
    ("body", "Is a place free before the summer?"),
    ("note", "Best reached in the morning."),
    ("text", "The first three meetings took place."),
    ("told_by", "The reception desk"),
    ("place", "Room 2, first floor"),
    ("label", "First meeting"),
    ("summary", "Help with the first steps towards work."),
    ("description", "Individual meetings and a weekly workshop."),
    ("audience", "job_seekers"),
    ("criteria", "no_driving_licence"),
    ("criterion", "no_driving_licence"),
    ("status", "job_seeker"),
    ("code", "123456"),
];

/// The deepest that an example goes.
const DEEPEST: usize = 12;

/// An example of a schema.
pub fn sample(schema: &Value, schemas: &Value) -> Value {
    of(schema, schemas, "", 0)
}

fn of(schema: &Value, schemas: &Value, name: &str, depth: usize) -> Value {
    if let Some(given) = given(schema) {
        return given;
    }
    let name = walk::referred(schema).filter(|_| name.is_empty()).unwrap_or(name);
    let resolved = walk::resolve(schema, schemas);
    if let Some(given) = given(resolved) {
        return given;
    }
    if depth > DEEPEST {
        return Value::Null;
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(alternatives) = resolved.get(key).and_then(Value::as_array) {
            let real = alternatives.iter().find(|one| one.get("type").and_then(Value::as_str) != Some("null"));
            let chosen = real.map_or(Value::Null, |one| of(one, schemas, name, depth + 1));
            return match (chosen, resolved.get("properties")) {
                (Value::Object(chosen), Some(_)) => {
                    let Value::Object(mut own) = object(resolved, schemas, name, depth) else { return Value::Object(chosen) };
                    own.extend(chosen);
                    Value::Object(own)
                }
                (chosen, _) => chosen,
            };
        }
    }
    if let Some(parts) = resolved.get("allOf").and_then(Value::as_array) {
        return all(resolved, parts, schemas, name, depth);
    }
    let kind = match resolved.get("type") {
        Some(Value::String(single)) => single.as_str(),
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).find(|one| *one != "null").unwrap_or("null"),
        _ if resolved.get("properties").is_some() => "object",
        _ => "any",
    };
    match kind {
        "object" => object(resolved, schemas, name, depth),
        "array" => array(resolved, schemas, name, depth),
        "integer" => integer(resolved, name),
        "number" => number(schema, name),
        "boolean" => json!(true),
        "string" => text(resolved, name),
        "any" => json!({}),
        _ => Value::Null,
    }
}

/// What the schema itself gives: a constant, an example, a default, the first code of a list.
fn given(schema: &Value) -> Option<Value> {
    let first = |key: &str| schema.get(key).and_then(Value::as_array).and_then(|items| items.first()).cloned();
    let own = |key: &str| schema.get(key).cloned();
    own("const").or_else(|| own("example")).or_else(|| first("examples")).or_else(|| first("enum")).or_else(|| first("x-extensible-enum"))
}

fn all(schema: &Value, parts: &[Value], schemas: &Value, name: &str, depth: usize) -> Value {
    let mut merged = Map::new();
    for part in parts {
        match of(part, schemas, name, depth + 1) {
            Value::Object(fields) => merged.extend(fields),
            other => return other,
        }
    }
    if let Value::Object(own) = object(schema, schemas, name, depth) {
        merged.extend(own);
    }
    Value::Object(merged)
}

/// What is required always, what is optional as long as it does not go too deep.
fn object(schema: &Value, schemas: &Value, owner: &str, depth: usize) -> Value {
    let required = schema.get("required").and_then(Value::as_array);
    let is_required = |name: &str| required.is_some_and(|names| names.iter().any(|one| one == name));
    let mut fields = Map::new();
    for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        if is_required(name) || depth < 4 {
            // What is called alike is told apart by whose it is: an id, a name.
            let known = if matches!(name.as_str(), "id" | "name") { format!("{owner}_{name}").to_ascii_lowercase() } else { name.clone() };
            fields.insert(name.clone(), of(property, schemas, &known, depth + 1));
        }
    }
    Value::Object(fields)
}

fn array(schema: &Value, schemas: &Value, name: &str, depth: usize) -> Value {
    let least = schema.get("minItems").and_then(Value::as_u64).unwrap_or(0);
    if schema.get("maxItems").and_then(Value::as_u64) == Some(0) || (depth > 6 && least == 0) {
        return json!([]);
    }
    let items = schema.get("items").cloned().unwrap_or_default();
    let item = of(&items, schemas, name.trim_end_matches('s'), depth + 1);
    Value::Array((0..least.max(1)).map(|_| item.clone()).collect())
}

fn integer(schema: &Value, name: &str) -> Value {
    let usual = match name {
        "version" | "household_size" => 3,
        "status" => 200,
        "expires_in" => 900,
        "birth_year" => 1987,
        "hours_per_week" => 4,
        "weeks" => 12,
        _ => 1,
    };
    let bound = |key: &str| schema.get(key).and_then(Value::as_i64);
    let low = bound("minimum").or_else(|| bound("exclusiveMinimum").map(|least| least + 1)).unwrap_or(i64::MIN);
    let high = bound("maximum").or_else(|| bound("exclusiveMaximum").map(|most| most - 1)).unwrap_or(i64::MAX);
    json!(usual.max(low).min(high))
}

fn number(schema: &Value, name: &str) -> Value {
    let usual = match name {
        "latitude" => 48.936,
        "longitude" => 2.357,
        name if name.contains("quali") => 0.85,
        _ => 1.5,
    };
    let bound = |key: &str, none: f64| schema.get(key).and_then(Value::as_f64).unwrap_or(none);
    json!(f64::max(usual, bound("minimum", f64::MIN)).min(bound("maximum", f64::MAX)))
}

/// An id that says when it was made, different for each name.
fn id(name: &str) -> String {
    let number = name.bytes().fold(0_u32, |sum, byte| (sum * 31 + u32::from(byte)) % 9973);
    format!("019cad8f-ac00-7000-8000-{number:012}")
}

fn text(schema: &Value, name: &str) -> Value {
    let bound = |key: &str| schema.get(key).and_then(Value::as_u64).and_then(|bound| usize::try_from(bound).ok());
    let plain = match schema.get("format").and_then(Value::as_str) {
        Some("uuid") => id(name),
        Some("date") => "2026-03-02".to_owned(),
        Some("date-time") => "2026-03-02T09:30:00Z".to_owned(),
        Some("time") => "09:30:00Z".to_owned(),
        Some("email") => "camille.durand@example.org".to_owned(),
        Some("uri" | "url") => "https://www.example.org/".to_owned(),
        _ => {
            let lower = name.to_ascii_lowercase();
            WORDS.iter().find(|(ending, _)| lower.ends_with(ending)).map_or_else(|| "text".to_owned(), |(_, word)| (*word).to_owned())
        }
    };
    let most = bound("maxLength").unwrap_or(usize::MAX);
    let mut cut: String = plain.chars().take(most).collect();
    while cut.chars().count() < bound("minLength").unwrap_or(0) {
        cut.push('x');
    }
    json!(cut)
}
