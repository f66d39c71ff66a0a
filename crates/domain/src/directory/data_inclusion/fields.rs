//! Reads single fields of a record and collects what is wrong with them.

use std::str::FromStr;

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::ImportError;
use crate::{
    directory::parts::{Description, ServiceName, SourceKey},
    shared::{TextError, identifier::siret},
};

/// The shortest name of data·inclusion, in characters.
const NAME_MIN: usize = 3;
/// The shortest description of data·inclusion, in characters.
const DESCRIPTION_MIN: usize = 5;

/// NUL and its like: no text of a feed needs them, and PostgreSQL keeps no NUL.
fn is_forbidden(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\n' | '\r')
}

/// What the schema says of one list.
#[derive(Clone, Copy)]
pub(super) struct ListRule {
    may_be_empty: bool,
    unique: bool,
}

impl ListRule {
    /// Unique entries, or none.
    pub(super) const SET: Self = Self { may_be_empty: true, unique: true };
    /// Unique entries, at least one.
    pub(super) const SOME: Self = Self { may_be_empty: false, unique: true };
    /// At least one entry, which may be repeated.
    pub(super) const BAG: Self = Self { may_be_empty: false, unique: false };
}

/// A record with the errors found so far.
pub(super) struct Fields<'a> {
    object: &'a Map<String, Value>,
    errors: Vec<ImportError>,
}

impl<'a> Fields<'a> {
    pub(super) fn of(record: &'a Value) -> Result<Self, Vec<ImportError>> {
        match record.as_object() {
            Some(object) => Ok(Self { object, errors: Vec::new() }),
            None => Err(vec![ImportError { field: String::new(), code: "wrong_type", detail: "expected an object".into() }]),
        }
    }

    /// The record when nothing is wrong. A required field that is absent has left an error, so `build` gives a value then.
    pub(super) fn finish<T>(self, build: impl FnOnce() -> Option<T>) -> Result<T, Vec<ImportError>> {
        if !self.errors.is_empty() {
            return Err(self.errors);
        }
        build().ok_or(self.errors)
    }

    pub(super) fn refuse(&mut self, field: impl Into<String>, code: &'static str, detail: impl Into<String>) {
        let error = ImportError { field: field.into(), code, detail: detail.into() };
        // Two fields of ours may read one field of the feed.
        if !self.errors.contains(&error) {
            self.errors.push(error);
        }
    }

    fn refused(&self, field: &str) -> bool {
        self.errors.iter().any(|error| error.field == field)
    }

    /// The value when it is told.
    pub(super) fn value(&self, field: &str) -> Option<&'a Value> {
        self.object.get(field).filter(|value| !value.is_null())
    }

    /// The text when it is told; blank texts and other types are refused.
    pub(super) fn raw(&mut self, field: &str) -> Option<&'a str> {
        match self.value(field)? {
            Value::String(text) if text.trim().is_empty() => {
                self.refuse(field, "empty", "an empty text is not a value; use null");
                None
            }
            Value::String(text) if text.chars().any(is_forbidden) => {
                self.refuse(field, "control_character", TextError::ControlCharacter.to_string());
                None
            }
            Value::String(text) => Some(text),
            _ => {
                self.refuse(field, "wrong_type", "expected a text or null");
                None
            }
        }
    }

    /// Refuses the record when the field is neither told nor refused already.
    pub(super) fn must_be_there(&mut self, field: &str) {
        if self.value(field).is_none() && !self.refused(field) {
            self.refuse(field, "missing", "the field is required");
        }
    }

    pub(super) fn required(&mut self, field: &str) -> Option<SourceKey> {
        self.must_be_there(field);
        self.bounded(field)
    }

    /// A text with the bounds of its type.
    pub(super) fn bounded<T: FromStr<Err = TextError>>(&mut self, field: &str) -> Option<T> {
        match self.raw(field)?.parse() {
            Ok(text) => Some(text),
            Err(error) => {
                self.refuse_text(field, error);
                None
            }
        }
    }

    fn refuse_text(&mut self, field: &str, error: TextError) {
        let code = match error {
            TextError::Empty => "empty",
            TextError::TooLong { .. } => "too_long",
            TextError::ControlCharacter => "control_character",
        };
        self.refuse(field, code, error.to_string());
    }

    pub(super) fn named(&mut self, field: &str) -> Option<ServiceName> {
        self.must_be_there(field);
        let name: ServiceName = self.bounded(field)?;
        self.at_least(field, name.as_str(), NAME_MIN).then_some(name)
    }

    pub(super) fn described(&mut self, field: &str) -> Option<Description> {
        let text: Description = self.bounded(field)?;
        self.at_least(field, text.as_str(), DESCRIPTION_MIN).then_some(text)
    }

    fn at_least(&mut self, field: &str, text: &str, min: usize) -> bool {
        let enough = text.chars().count() >= min;
        if !enough {
            self.refuse(field, "too_short", format!("expected at least {min} characters"));
        }
        enough
    }

    /// A text that a type of its own reads.
    pub(super) fn parsed<T: FromStr>(&mut self, field: &str, expected: &str) -> Option<T> {
        let value = self.raw(field)?.trim().parse().ok();
        if value.is_none() {
            self.refuse(field, "invalid", format!("expected {expected}"));
        }
        value
    }

    /// One code of a closed list.
    pub(super) fn coded<T>(&mut self, field: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let value = read(self.raw(field)?);
        if value.is_none() {
            self.refuse(field, "unknown_code", "the code is not in the list");
        }
        value
    }

    /// The texts of a list with their index, when it is told. Other types and blank texts are refused, and what the
    /// schema forbids for this list.
    pub(super) fn texts(&mut self, field: &str, rule: ListRule) -> Option<Vec<(usize, &'a str)>> {
        let Some(items) = self.value(field)?.as_array() else {
            self.refuse(field, "wrong_type", "expected a list or null");
            return None;
        };
        if items.is_empty() && !rule.may_be_empty {
            self.refuse(field, "empty", "expected at least one entry; use null when it is not told");
            return None;
        }
        let mut texts: Vec<(usize, &str)> = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let place = format!("{field}/{index}");
            match item.as_str() {
                None => self.refuse(place, "wrong_type", "expected a text"),
                Some(text) if text.trim().is_empty() => self.refuse(place, "empty", "an empty text is not a value"),
                Some(text) if text.chars().any(is_forbidden) => {
                    self.refuse(place, "control_character", TextError::ControlCharacter.to_string());
                }
                Some(text) if rule.unique && texts.iter().any(|(_, known)| *known == text) => {
                    self.refuse(place, "duplicate", "the entry is there twice");
                }
                Some(text) => texts.push((index, text)),
            }
        }
        Some(texts)
    }

    /// The codes of a list when it is told; unknown ones are refused with their index.
    pub(super) fn codes<T>(&mut self, field: &str, rule: ListRule, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
        let texts = self.texts(field, rule)?;
        let mut codes = Vec::with_capacity(texts.len());
        for (index, text) in texts {
            match read(text) {
                Some(code) => codes.push(code),
                None => self.refuse(format!("{field}/{index}"), "unknown_code", "the code is not in the list"),
            }
        }
        Some(codes)
    }

    pub(super) fn date(&mut self, field: &str) -> Option<NaiveDate> {
        self.must_be_there(field);
        self.parsed(field, "a date, year-month-day")
    }

    /// A number when it is told.
    pub(super) fn number(&mut self, field: &str) -> Option<f64> {
        let number = self.value(field)?.as_f64();
        if number.is_none() {
            self.refuse(field, "wrong_type", "expected a number or null");
        }
        number
    }

    /// Hours per week, rounded to whole hours; what is told is never rounded down to nothing.
    pub(super) fn hours(&mut self, field: &str) -> Option<i32> {
        let hours = self.number(field)?;
        if !(0.0..=168.0).contains(&hours) {
            self.refuse(field, "out_of_range", "expected 0 to 168 hours");
            return None;
        }
        let whole = (0..=168).min_by(|a, b| (f64::from(*a) - hours).abs().total_cmp(&(f64::from(*b) - hours).abs()))?;
        Some(if hours > 0.0 { whole.max(1) } else { whole })
    }

    pub(super) fn weeks(&mut self, field: &str) -> Option<i32> {
        let value = self.value(field)?;
        let Some(weeks) = value.as_i64() else {
            self.refuse(field, "wrong_type", "expected a whole number or null");
            return None;
        };
        let weeks = i32::try_from(weeks).ok().filter(|weeks| (1..=520).contains(weeks));
        if weeks.is_none() {
            self.refuse(field, "out_of_range", "expected 1 to 520 weeks");
        }
        weeks
    }

    /// A SIRET number with its check digits.
    pub(super) fn siret(&mut self, field: &str) -> Option<String> {
        match siret(self.raw(field)?) {
            Ok(number) => Some(number),
            Err(error) => {
                self.refuse(field, error.code(), error.to_string());
                None
            }
        }
    }
}
