//! Names in the languages of the platform.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::contact::Language;

/// A name or a short text in the four languages of the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReferenceLabels, description = "The names of an entry of a reference list.")]
pub struct Labels {
    /// French; verbatim where the list comes from data·inclusion.
    pub fr: &'static str,
    /// Dutch.
    pub nl: &'static str,
    /// German.
    pub de: &'static str,
    /// English.
    pub en: &'static str,
}

impl Labels {
    /// French, English, Dutch, German.
    pub(crate) const fn new(fr: &'static str, en: &'static str, nl: &'static str, de: &'static str) -> Self {
        Self { fr, nl, de, en }
    }

    /// The four languages, French first.
    pub const fn all(self) -> [&'static str; 4] {
        [self.fr, self.nl, self.de, self.en]
    }

    /// The text in a language.
    pub const fn in_language(self, language: Language) -> &'static str {
        match language {
            Language::Fr => self.fr,
            Language::Nl => self.nl,
            Language::De => self.de,
            Language::En => self.en,
        }
    }
}
