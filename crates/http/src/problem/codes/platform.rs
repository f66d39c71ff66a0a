//! Codes of the installation: jobs, the sandbox and its clock.

use super::Entry;

/// The codes.
pub const CODES: &[Entry] = &[
    Entry("clock_is_moving", 409, "The clock is being moved", "L’horloge est en train d’avancer", "Wait until the other move is done."),
    Entry(
        "job_not_dead",
        409,
        "The job has not failed for good",
        "La tâche n’a pas définitivement échoué",
        "Only a dead job is run again by hand: one that has failed ten times.",
    ),
    Entry(
        "advance_or_to",
        422,
        "Say by how much or until when, not both",
        "Indiquez une durée ou une date, pas les deux",
        "Send `advance` or `to`.",
    ),
    Entry("clock_backwards", 422, "The clock goes forward only", "L’horloge ne recule pas", "Reset the sandbox to begin again."),
    Entry(
        "clock_too_far",
        422,
        "That is too far ahead",
        "C’est trop loin dans le futur",
        "At most three years in one request, and a hundred years ahead of real time. Reset the sandbox to begin again.",
    ),
    Entry("invalid_duration", 422, "This is not a duration", "Ce n’est pas une durée", "Use ISO 8601, for example `P10D` or `PT2H`."),
];
