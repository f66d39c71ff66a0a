//! Takes a record apart and puts the translated one together.

use serde_json::{Map, Value};

use super::table::{Code, Field, entry};

/// The record without its retired fields. Its ids carry their source, as those of schema 1 do.
pub(super) fn kept(old: &Map<String, Value>, retired: &[Field]) -> Map<String, Value> {
    let stays = |name: &str| retired.iter().all(|field| field.v0 != name);
    let mut new: Map<_, _> = old.iter().filter(|(name, _)| stays(name)).map(|(name, value)| (name.clone(), value.clone())).collect();
    for name in ["id", "structure_id"] {
        if let Some(id) = sourced(old, name) {
            new.insert(name.to_owned(), id.into());
        }
    }
    new
}

/// An id with its source before it, unless it is there already.
fn sourced(old: &Map<String, Value>, field: &str) -> Option<String> {
    let (source, id) = (text(old, "source")?, text(old, field)?);
    let complete = id.strip_prefix(source).is_some_and(|rest| rest.starts_with("--"));
    (!complete).then(|| format!("{source}--{id}"))
}

/// The retired names of a field, in the order in which they count.
pub(super) fn names(retired: &[Field], field: &str) -> Vec<&'static str> {
    retired.iter().filter(|name| name.v1 == Some(field)).map(|name| name.v0).collect()
}

/// Sets a field that the record does not tell in the names of schema 1.
pub(super) fn put(new: &mut Map<String, Value>, field: &str, value: Option<Value>) {
    if let Some(value) = value
        && new.get(field).is_none_or(Value::is_null)
    {
        new.insert(field.to_owned(), value);
    }
}

/// A field that is told.
pub(super) fn told<'a>(old: &'a Map<String, Value>, field: &str) -> Option<&'a Value> {
    old.get(field).filter(|value| !value.is_null())
}

/// A text that says something.
pub(super) fn text<'a>(old: &'a Map<String, Value>, field: &str) -> Option<&'a str> {
    old.get(field)?.as_str().map(str::trim).filter(|text| !text.is_empty())
}

/// What the retired names of a field tell: the first that says something, else the first that is told.
pub(super) fn renamed(old: &Map<String, Value>, retired: &[Field], field: &str) -> Option<Value> {
    let says = |value: &&Value| value.as_str().is_none_or(|text| !text.trim().is_empty());
    let values: Vec<_> = names(retired, field).into_iter().filter_map(|name| told(old, name)).collect();
    values.iter().copied().find(says).or_else(|| values.first().copied()).cloned()
}

/// The texts of the retired names of a field, which hold one text or a list of them, each once.
pub(super) fn lines<'a>(old: &'a Map<String, Value>, retired: &[Field], field: &str) -> Vec<&'a str> {
    let mut lines = Vec::new();
    for value in names(retired, field).into_iter().filter_map(|name| told(old, name)) {
        let items = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        for line in items.iter().filter_map(Value::as_str).map(str::trim) {
            if !line.is_empty() && !lines.contains(&line) {
                lines.push(line);
            }
        }
    }
    lines
}

/// Lines as one text.
pub(super) fn joined(lines: &[&str]) -> Option<Value> {
    (!lines.is_empty()).then(|| lines.join("\n").into())
}

/// A text after the notes that a code leaves; alone where both together would break its bound, in characters.
pub(super) fn noted(notes: &[&str], text: Option<&Value>, bound: usize) -> Option<Value> {
    let Some(text) = text else {
        return joined(notes);
    };
    let whole = text.as_str().map(|text| [notes, &[text]].concat().join("\n"));
    Some(whole.filter(|whole| whole.chars().count() <= bound).map_or_else(|| text.clone(), Value::from))
}

/// Adds a code that is not there yet.
pub(super) fn add(codes: &mut Vec<Value>, code: &str) {
    if !codes.iter().any(|known| known == code) {
        codes.push(code.into());
    }
}

/// The successors of codes, each once; what the table lacks goes on as it is.
pub(super) fn recoded(items: &[Value], table: &[Code]) -> Vec<Value> {
    let mut codes = Vec::with_capacity(items.len());
    for item in items {
        match item.as_str().and_then(|code| entry(table, code)) {
            Some(entry) => entry.v1.iter().for_each(|code| add(&mut codes, code)),
            None if codes.contains(item) => {}
            None => codes.push(item.clone()),
        }
    }
    codes
}
