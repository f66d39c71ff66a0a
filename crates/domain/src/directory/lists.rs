//! The reference lists of the directory, read from the data files of the crate: codes and labels, for the API and for checking
//! input.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use crate::shared::Labels;

/// One entry of a reference list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReferenceEntry)]
pub struct Entry {
    /// The stable code.
    pub code: &'static str,
    /// Its names.
    pub labels: Labels,
    /// What is meant, where the name does not say enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Labels>,
    /// For reasons: the message that is suggested, and goes out when nobody wrote one. An organisation may set its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Labels>,
}

/// A reference list with where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// Its name.
    #[serde(rename = "list")]
    pub name: &'static str,
    /// The version of the list: that of the schema it was published with, or ours.
    pub version: &'static str,
    /// Who publishes it under which licence; `None` when it is ours.
    pub attribution: Option<&'static str>,
    /// Its entries, in their order.
    pub entries: Vec<Entry>,
}

macro_rules! data_files {
    ($($name:literal),+ $(,)?) => {
        /// The names that [`reference_list`] knows.
        pub const REFERENCE_LISTS: &[&str] = &[$($name),+];

        /// The files, in the same order. They hold no escapes, so that their texts are borrowed and not copied.
        pub(super) const FILES: &[&str] = &[$(include_str!(concat!("../../data/", $name, ".json"))),+];
    };
}

data_files! {
    "topic-categories",
    "topics",
    "audiences",
    "service-kinds",
    "fees",
    "receptions",
    "ways-in",
    "who-may-turn",
    "networks",
    "update-frequencies",
    "service-states",
}

/// A file that could not be read would be missing here; a test reads every one.
static LISTS: LazyLock<Vec<List>> = LazyLock::new(|| FILES.iter().filter_map(|file| serde_json::from_str(file).ok()).collect());

/// A reference list with its version and attribution by its name, or `None` when there is no such list.
pub fn reference(name: &str) -> Option<&'static List> {
    LISTS.iter().find(|list| list.name == name)
}

/// The entries of a reference list by its name, or `None` when there is no such list.
pub fn reference_list(name: &str) -> Option<&'static [Entry]> {
    reference(name).map(|list| list.entries.as_slice())
}

/// The list's own spelling of a code, when the list holds it.
pub(super) fn listed(name: &str, code: &str) -> Option<&'static str> {
    reference_list(name)?.iter().find(|entry| entry.code == code).map(|entry| entry.code)
}

/// The codes of a list.
pub(super) fn codes(name: &str) -> Vec<&'static str> {
    reference_list(name).unwrap_or_default().iter().map(|entry| entry.code).collect()
}

#[cfg(test)]
mod tests;
