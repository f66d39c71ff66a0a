//! Codes of the directory and of taking over its data.

use super::Entry;

/// The codes.
pub const CODES: &[Entry] = &[
    Entry(
        "file_unreadable",
        400,
        "The file cannot be read",
        "Le fichier est illisible",
        "Check that it exists, may be read, and holds JSON in UTF-8.",
    ),
    Entry("already_published", 409, "The service is published already", "Le service est déjà publié", "Nothing is left to do."),
    Entry("already_suspended", 409, "The service is suspended already", "Le service est déjà suspendu", "Nothing is left to do."),
    Entry("archived", 409, "The service is archived", "Le service est archivé", "What is archived is not changed. Make a new service."),
    Entry(
        "form_disabled",
        409,
        "The service takes no referrals here",
        "Le service ne reçoit pas d’orientations ici",
        "Use the contacts of the service.",
    ),
    Entry(
        "form_off",
        409,
        "The service takes no referrals here",
        "Le service ne reçoit pas d’orientations ici",
        "Use the contacts of the service.",
    ),
    Entry(
        "no_contact_email",
        409,
        "The service cannot be reached",
        "Le service n’est pas joignable",
        "Nobody of it has an account, and it has no e-mail address. Call it.",
    ),
    Entry("not_published", 409, "The service is not published", "Le service n’est pas publié", "Publish it first."),
    Entry(
        "organisation_inactive",
        409,
        "The organisation does not take part now",
        "L’organisation ne participe pas actuellement",
        "Look for another service.",
    ),
    Entry(
        "service_not_published",
        409,
        "The service is not published",
        "Le service n’est pas publié",
        "Look for another service; this one is a draft or archived.",
    ),
    Entry(
        "service_suspended",
        409,
        "The service takes nobody for the time being",
        "Le service n’accueille personne pour le moment",
        "Look for another service, or wait until it resumes.",
    ),
    Entry(
        "commune_invalid",
        422,
        "This is not a code of a commune",
        "Ce n’est pas un code de commune",
        "Use the official code of the country, for France the INSEE code.",
    ),
    Entry("empty", 422, "The entry is empty", "L’entrée est vide", "Fill it in or leave it out."),
    Entry("incomplete", 422, "The entry is incomplete", "L’entrée est incomplète", "Some fields go together: send all of them or none."),
    Entry("missing", 422, "A field of the standard is missing", "Un champ du standard manque", "Add it to the file."),
    Entry(
        "not_alone",
        422,
        "This code stands alone",
        "Ce code ne se combine pas",
        "It means everybody. Remove the other codes, or this one.",
    ),
    Entry(
        "postal_code_invalid",
        422,
        "This is not a postal code of the country",
        "Ce n’est pas un code postal de ce pays",
        "`params.country` names the country.",
    ),
    Entry(
        "required_to_publish",
        422,
        "This is needed before publication",
        "Cette information est nécessaire à la publication",
        "Fill in the field that the pointer names, then publish.",
    ),
];
