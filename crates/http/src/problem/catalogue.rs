//! Every code of the API with its usual status and its words. `GET /v1/errors` lists it.

use relais_domain::shared::contact::Language;
use serde::Serialize;
use utoipa::ToSchema;

use super::codes::{self, Entry};

/// A code as the catalogue shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ErrorCode {
    /// The stable code.
    #[schema(example = "not_found")]
    pub code: &'static str,
    /// The status with which it usually comes.
    #[schema(example = 404)]
    pub status: u16,
    /// One line.
    #[schema(example = "Not found")]
    pub title: &'static str,
    /// What it means and what to do.
    #[schema(example = "There is no such thing for you: it does not exist, or you have no access to it.")]
    pub detail: &'static str,
}

fn find(code: &str) -> Option<&'static Entry> {
    codes::entries().find(|entry| entry.0 == code)
}

/// The usual status of a code.
pub fn status_of(code: &str) -> Option<u16> {
    find(code).map(|entry| entry.1)
}

/// One line about a code. A code that is not in the catalogue speaks for itself; a test keeps that from happening.
pub fn title(code: &str, language: Language) -> &'static str {
    find(code).map_or("The request was refused", |entry| worded(entry, language))
}

fn worded(entry: &Entry, language: Language) -> &'static str {
    if language == Language::Fr { entry.3 } else { entry.2 }
}

/// What a code means and what to do, in English.
pub fn detail(code: &str, language: Language) -> Option<&'static str> {
    find(code).filter(|entry| language != Language::Fr && !entry.4.is_empty()).map(|entry| entry.4)
}

fn shown(entry: &Entry, language: Language) -> ErrorCode {
    ErrorCode { code: entry.0, status: entry.1, title: worded(entry, language), detail: entry.4 }
}

/// The whole catalogue in a language, by status and then by code.
pub fn all(language: Language) -> Vec<ErrorCode> {
    let mut found: Vec<_> = codes::entries().map(|entry| shown(entry, language)).collect();
    found.sort_by_key(|entry| (entry.status, entry.code));
    found
}

/// One code of the catalogue.
pub fn one(code: &str, language: Language) -> Option<ErrorCode> {
    find(code).map(|entry| shown(entry, language))
}
