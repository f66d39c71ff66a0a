//! The few words that the mapping adds, in the languages of Relais.

use crate::shared::Labels;

pub(super) const EVERYWHERE: Labels = Labels::new("Partout", "Everywhere", "Overal", "Überall");
pub(super) const PLACES: Labels = Labels::new("places", "places", "plaatsen", "Plätze");
pub(super) const WAITING: Labels = Labels::new("Liste d’attente", "Waiting list", "Wachtlijst", "Warteliste");
pub(super) const UNTIL: Labels = Labels::new("Valable jusqu’au", "Valid until", "Geldig tot en met", "Gültig bis");
pub(super) const PROFESSIONALS: Labels =
    Labels::new("Pour les professionnels", "For professionals", "Voor professionals", "Für Fachkräfte");
