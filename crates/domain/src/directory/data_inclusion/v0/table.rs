//! The correspondence of schema 0 and schema 1, as data.

use std::sync::LazyLock;

use serde::Deserialize;

/// The file. It holds no escapes, so that its texts are borrowed and not copied.
pub(super) const FILE: &str = include_str!("../../../../data/data-inclusion-v0.json");

/// A file that could not be read would leave the tables empty; a test reads it.
pub(super) static TABLE: LazyLock<Table> = LazyLock::new(|| serde_json::from_str(FILE).unwrap_or_default());

#[derive(Default, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub(super) struct Table {
    pub(super) structure_fields: Vec<Field>,
    pub(super) service_fields: Vec<Field>,
    pub(super) kinds: Vec<Kind>,
    pub(super) fees: Vec<Fee>,
    pub(super) audiences: Vec<Code>,
    pub(super) ways_in: Vec<Code>,
    pub(super) topics: Vec<Code>,
    pub(super) labels: Vec<Code>,
    pub(super) structure_types: Vec<Code>,
    pub(super) regions: Vec<Code>,
}

/// A retired field and its successor, if there is one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Field {
    pub(super) v0: &'static str,
    pub(super) v1: Option<&'static str>,
}

/// A kind of schema 1 and the types of schema 0 that are it, the more specific kinds first.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kind {
    pub(super) v1: Option<&'static str>,
    #[serde(borrow)]
    pub(super) v0: Vec<&'static str>,
}

/// A fee of schema 0, with what its successor no longer says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fee {
    pub(super) v0: &'static str,
    pub(super) v1: &'static str,
    #[serde(default)]
    pub(super) note: Option<&'static str>,
}

/// A code of schema 0 and its successors; none when nothing corresponds.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Code {
    pub(super) v0: &'static str,
    #[serde(borrow)]
    pub(super) v1: Vec<&'static str>,
    /// What the successors no longer say.
    #[serde(default)]
    pub(super) note: Option<&'static str>,
    /// The condition that an old audience was.
    #[serde(default)]
    pub(super) condition: Option<&'static str>,
    /// The audience that an old topic was.
    #[serde(default)]
    pub(super) audience: Option<&'static str>,
    /// Whether it departs from the published correspondence.
    #[serde(default, rename = "ours")]
    pub(super) _ours: bool,
}

/// The entry of a code.
pub(super) fn entry<'a>(codes: &'a [Code], code: &str) -> Option<&'a Code> {
    codes.iter().find(|entry| entry.v0 == code)
}
