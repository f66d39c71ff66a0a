//! The few words that the mapping adds, in the languages of Relais.

use crate::{directory::lists::Labels, shared::Language};

/// What a list calls something, in a language; in English when the list has no word of that language.
pub(super) fn label(labels: Labels, language: Language) -> &'static str {
    match language {
        Language::Fr => labels.fr,
        Language::En => labels.en,
        Language::Nl => labels.nl.unwrap_or(labels.en),
        Language::De => labels.de.unwrap_or(labels.en),
    }
}

/// The language in which [`label`] answers.
pub(super) fn language_of(labels: Labels, language: Language) -> Language {
    match language {
        Language::Nl if labels.nl.is_none() => Language::En,
        Language::De if labels.de.is_none() => Language::En,
        told => told,
    }
}

const fn words(fr: &'static str, en: &'static str, nl: &'static str, de: &'static str) -> Labels {
    Labels { fr, en, nl: Some(nl), de: Some(de) }
}

pub(super) const EVERYWHERE: Labels = words("Partout", "Everywhere", "Overal", "Überall");
pub(super) const PLACES: Labels = words("places", "places", "plaatsen", "Plätze");
pub(super) const WAITING: Labels = words("Liste d’attente", "Waiting list", "Wachtlijst", "Warteliste");
pub(super) const UNTIL: Labels = words("Valable jusqu’au", "Valid until", "Geldig tot en met", "Gültig bis");
pub(super) const PROFESSIONALS: Labels = words("Pour les professionnels", "For professionals", "Voor professionals", "Für Fachkräfte");
