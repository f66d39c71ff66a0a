//! The few words that the mapping adds, in the languages of Relais.

use crate::{directory::lists::Labels, shared::Language};

/// What a list calls something, in a language.
pub(super) const fn label(labels: Labels, language: Language) -> &'static str {
    match language {
        Language::Fr => labels.fr,
        Language::En => labels.en,
        Language::Nl => labels.nl,
        Language::De => labels.de,
    }
}

const fn words(fr: &'static str, en: &'static str, nl: &'static str, de: &'static str) -> Labels {
    Labels { fr, nl, de, en }
}

pub(super) const EVERYWHERE: Labels = words("Partout", "Everywhere", "Overal", "Überall");
pub(super) const PLACES: Labels = words("places", "places", "plaatsen", "Plätze");
pub(super) const WAITING: Labels = words("Liste d’attente", "Waiting list", "Wachtlijst", "Warteliste");
pub(super) const UNTIL: Labels = words("Valable jusqu’au", "Valid until", "Geldig tot en met", "Gültig bis");
pub(super) const PROFESSIONALS: Labels = words("Pour les professionnels", "For professionals", "Voor professionals", "Für Fachkräfte");
