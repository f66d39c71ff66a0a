//! The query string: decoded strictly, typed by the operation's schema, validated with all violations at once.

use relais_domain::shared::Blocker;
use serde_json::{Map, Value};

use super::operation::{Operation, Parameter};
use super::strict::forbidden;

/// Decodes a query string into pairs.
fn pairs(query: &str) -> Result<Vec<(String, String)>, &'static str> {
    let mut found = vec![];
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        found.push((decode(name)?, decode(value)?));
    }
    Ok(found)
}

fn decode(raw: &str) -> Result<String, &'static str> {
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
                let (high, low) = (digit(rest.next()).ok_or("malformed_query")?, digit(rest.next()).ok_or("malformed_query")?);
                bytes.push(u8::try_from(high * 16 + low).unwrap_or(0));
            }
            other => bytes.push(other),
        }
    }
    let text = String::from_utf8(bytes).map_err(|_| "malformed_query")?;
    if text.chars().any(|c| forbidden(c) || c.is_control()) { Err("control_character") } else { Ok(text) }
}

/// Reads the query of an operation into a JSON object.
///
/// # Errors
/// The code of a query that cannot be decoded (400).
pub fn read(operation: &Operation, query: &str) -> Result<(Value, Vec<Blocker>), &'static str> {
    let mut violations = vec![];
    let mut fields: Map<String, Value> = Map::new();
    for (name, text) in pairs(query)? {
        let Some(parameter) = operation.query.iter().find(|parameter| parameter.name == name) else {
            violations.push(Blocker::content("unknown_field").at(format!("?{name}")));
            continue;
        };
        let value = typed(parameter, &text);
        match fields.get_mut(&name) {
            Some(Value::Array(items)) if parameter.list => items.push(value),
            Some(_) => violations.push(Blocker::content("repeated_parameter").at(format!("?{name}"))),
            None if parameter.list => {
                fields.insert(name, Value::Array(vec![value]));
            }
            None => {
                fields.insert(name, value);
            }
        }
    }
    for parameter in &operation.query {
        match fields.get(&parameter.name) {
            Some(value) => violations.extend(parameter.schema.violations(value, &format!("?{}", parameter.name))),
            None if parameter.required => violations.push(Blocker::content("required").at(format!("?{}", parameter.name))),
            None => {}
        }
    }
    Ok((Value::Object(fields), violations))
}

/// The text as the JSON type that the schema asks for; when it is not one, it stays a text and the schema refuses it.
fn typed(parameter: &Parameter, text: &str) -> Value {
    let parsed = match parameter.json_type.as_str() {
        "integer" => text.parse::<i64>().ok().map(Value::from),
        "number" => text.parse::<f64>().ok().filter(|number| number.is_finite()).map(Value::from),
        "boolean" => match text {
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            _ => None,
        },
        _ => None,
    };
    parsed.unwrap_or_else(|| Value::String(text.to_owned()))
}
