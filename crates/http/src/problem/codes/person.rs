//! Codes of persons: their records, consents, links, and how they are forgotten.

use super::Entry;

/// The codes.
pub const CODES: &[Entry] = &[
    Entry(
        "already_kept",
        409,
        "Your organisation keeps a record of this person already",
        "Votre organisation tient déjà une fiche de cette personne",
        "`params.person_id` names it.",
    ),
    Entry(
        "already_linked",
        409,
        "The two records are joined already",
        "Ces deux fiches sont déjà reliées",
        "Directly, or over other records.",
    ),
    Entry("already_withdrawn", 409, "The consent was withdrawn already", "Le consentement est déjà retiré", "Nothing is left to do."),
    Entry(
        "consent_withdrawn",
        409,
        "The person withdrew the consent for this receiver",
        "La personne a retiré son accord pour ce destinataire",
        "Nothing more about the person is told the receiver. It still ends the help.",
    ),
    Entry(
        "open_referral",
        409,
        "A referral of this person is still open",
        "Une orientation de cette personne est encore ouverte",
        "Withdraw or end it first; delete drafts. `params.count` says how many there are.",
    ),
    Entry(
        "person_erased",
        409,
        "What was held on this person is erased",
        "Les données de cette personne sont effacées",
        "Enter the person anew if they come back.",
    ),
    Entry(
        "too_many_linked",
        409,
        "Too many records would be joined",
        "Trop de fiches seraient reliées",
        "At most `params.max` records are joined as one person.",
    ),
    Entry("same_person_record", 422, "This is the same record", "C’est la même fiche", "Name another record of the same person."),
];
