//! The reference lists of the directory as data: codes and labels, for the API and for checking input.

mod short;
mod topics;

use serde::Serialize;
use utoipa::ToSchema;

/// The names of an entry of a reference list. French and English are always there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ReferenceLabels)]
pub struct Labels {
    /// French; verbatim where the list comes from data·inclusion.
    pub fr: &'static str,
    /// English.
    pub en: &'static str,
    /// Dutch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nl: Option<&'static str>,
    /// German.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub de: Option<&'static str>,
}

/// One entry of a reference list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ReferenceEntry)]
pub struct Entry {
    /// The stable code.
    pub code: &'static str,
    /// Its names.
    pub labels: Labels,
}

const fn entry(code: &'static str, fr: &'static str, en: &'static str, nl: &'static str, de: &'static str) -> Entry {
    Entry { code, labels: Labels { fr, en, nl: Some(nl), de: Some(de) } }
}

const fn topic(code: &'static str, fr: &'static str, en: &'static str) -> Entry {
    Entry { code, labels: Labels { fr, en, nl: None, de: None } }
}

/// The names that [`reference_list`] knows.
pub const REFERENCE_LISTS: &[&str] = &["topic-categories", "topics", "audiences", "service-kinds", "fees", "receptions", "ways-in"];

/// A reference list by its name, or `None` when there is no such list.
pub fn reference_list(name: &str) -> Option<&'static [Entry]> {
    match name {
        "topic-categories" => Some(short::CATEGORIES),
        "topics" => Some(topics::TOPICS),
        "audiences" => Some(short::AUDIENCES),
        "service-kinds" => Some(short::KINDS),
        "fees" => Some(short::FEES),
        "receptions" => Some(short::RECEPTIONS),
        "ways-in" => Some(short::WAYS_IN),
        _ => None,
    }
}

/// The list's own spelling of a code, when the list holds it.
pub(super) fn listed(name: &str, code: &str) -> Option<&'static str> {
    reference_list(name)?.iter().find(|entry| entry.code == code).map(|entry| entry.code)
}

/// The codes of a list.
pub(super) fn codes(name: &str) -> Vec<&'static str> {
    reference_list(name).unwrap_or_default().iter().map(|entry| entry.code).collect()
}
