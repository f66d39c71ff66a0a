//! Labels as data.

use super::{ArchiveReason, Outcome, RedirectCode, RefusalCode, State};
use crate::shared::Labels;

impl State {
    /// What the state is called.
    pub const fn labels(self) -> Labels {
        match self {
            Self::Draft => state::DRAFT,
            Self::Held => state::HELD,
            Self::Blocked => state::BLOCKED,
            Self::Sent => state::SENT,
            Self::UnderReview => state::UNDER_REVIEW,
            Self::Waitlisted => state::WAITLISTED,
            Self::Accepted => state::ACCEPTED,
            Self::Completed => state::COMPLETED,
            Self::Refused => state::REFUSED,
            Self::Expired => state::EXPIRED,
            Self::Withdrawn => state::WITHDRAWN,
            Self::Redirected => state::REDIRECTED,
            Self::Superseded => state::SUPERSEDED,
        }
    }
}

impl Outcome {
    /// What the outcome is called.
    pub const fn labels(self) -> Labels {
        match self {
            Self::Done => outcome::DONE,
            Self::Partly => outcome::PARTLY,
            Self::NotDone => outcome::NOT_DONE,
        }
    }
}

impl ArchiveReason {
    /// What the reason is called.
    pub const fn labels(self) -> Labels {
        match self {
            Self::PersonDeclined => archive::PERSON_DECLINED,
            Self::PersonUnable => archive::PERSON_UNABLE,
            Self::PersonStopped => archive::PERSON_STOPPED,
            Self::MovedAway => archive::MOVED_AWAY,
            Self::Hospitalised => archive::HOSPITALISED,
            Self::Deceased => archive::DECEASED,
            Self::InWorkOrTraining => archive::IN_WORK_OR_TRAINING,
            Self::Unreachable => archive::UNREACHABLE,
            Self::HandledElsewhere => archive::HANDLED_ELSEWHERE,
            Self::Other => archive::OTHER,
        }
    }
}

impl RefusalCode {
    /// What the reason is called.
    pub const fn labels(self) -> Labels {
        match self {
            Self::PersonUnreachable => refusal::PERSON_UNREACHABLE,
            Self::PersonAbsent => refusal::PERSON_ABSENT,
            Self::PersonEmployed => refusal::PERSON_EMPLOYED,
            Self::PersonInTraining => refusal::PERSON_IN_TRAINING,
            Self::NotEligible => refusal::NOT_ELIGIBLE,
            Self::CannotTravel => refusal::CANNOT_TRAVEL,
            Self::NotInterested => refusal::NOT_INTERESTED,
            Self::OtherObstacles => refusal::OTHER_OBSTACLES,
            Self::NoCapacity => refusal::NO_CAPACITY,
            Self::Duplicate => refusal::DUPLICATE,
            Self::OutOfArea => refusal::OUT_OF_AREA,
            Self::PersonDeclined => refusal::PERSON_DECLINED,
            Self::Other => refusal::OTHER,
        }
    }
}

impl RedirectCode {
    /// What the reason is called.
    pub const fn labels(self) -> Labels {
        match self {
            Self::NeedNotCovered => redirect::NEED_NOT_COVERED,
            Self::NoCapacity => refusal::NO_CAPACITY,
            Self::OutOfArea => refusal::OUT_OF_AREA,
            Self::Language => redirect::LANGUAGE,
            Self::PersonAsked => redirect::PERSON_ASKED,
            Self::CloserService => redirect::CLOSER_SERVICE,
            Self::Other => refusal::OTHER,
        }
    }
}

mod state {
    use super::Labels;

    pub(super) const DRAFT: Labels = Labels::new("Brouillon", "Draft", "Concept", "Entwurf");
    pub(super) const HELD: Labels =
        Labels::new("En attente de vérification", "Held until verified", "Wacht op verificatie", "Wartet auf Prüfung");
    pub(super) const BLOCKED: Labels = Labels::new("Bloquée", "Blocked", "Geblokkeerd", "Gesperrt");
    pub(super) const SENT: Labels = Labels::new("Envoyée", "Sent", "Verzonden", "Gesendet");
    pub(super) const UNDER_REVIEW: Labels = Labels::new("À l'étude", "Under review", "In beoordeling", "In Prüfung");
    pub(super) const WAITLISTED: Labels =
        Labels::new("Sur liste d'attente", "On the waiting list", "Op de wachtlijst", "Auf der Warteliste");
    pub(super) const ACCEPTED: Labels = Labels::new("Prise en charge", "Accepted", "Aanvaard", "Angenommen");
    pub(super) const COMPLETED: Labels = Labels::new("Terminée", "Completed", "Afgerond", "Abgeschlossen");
    pub(super) const REFUSED: Labels = Labels::new("Refusée", "Refused", "Geweigerd", "Abgelehnt");
    pub(super) const EXPIRED: Labels = Labels::new("Expirée", "Expired", "Verlopen", "Abgelaufen");
    pub(super) const WITHDRAWN: Labels = Labels::new("Retirée", "Withdrawn", "Ingetrokken", "Zurückgezogen");
    pub(super) const REDIRECTED: Labels = Labels::new("Réorientée", "Redirected", "Doorverwezen", "Weitergeleitet");
    pub(super) const SUPERSEDED: Labels = Labels::new("Acceptée ailleurs", "Accepted elsewhere", "Elders aanvaard", "Anderswo angenommen");
}

mod outcome {
    use super::Labels;

    pub(super) const DONE: Labels = Labels::new("Réalisé", "Done", "Gedaan", "Erledigt");
    pub(super) const PARTLY: Labels = Labels::new("Réalisé en partie", "Partly done", "Gedeeltelijk gedaan", "Teilweise erledigt");
    pub(super) const NOT_DONE: Labels = Labels::new("Non réalisé", "Not done", "Niet gedaan", "Nicht erledigt");
}

mod archive {
    use super::Labels;

    pub(super) const PERSON_DECLINED: Labels = Labels::new(
        "La personne ne souhaite pas l'aide",
        "The person does not want the help",
        "De persoon wil de hulp niet",
        "Die Person möchte die Hilfe nicht",
    );
    pub(super) const PERSON_UNABLE: Labels = Labels::new(
        "La personne n'est pas en mesure",
        "The person is not able to",
        "De persoon is er niet toe in staat",
        "Die Person ist dazu nicht in der Lage",
    );
    pub(super) const PERSON_STOPPED: Labels =
        Labels::new("La personne a arrêté", "The person stopped", "De persoon is gestopt", "Die Person hat aufgehört");
    pub(super) const MOVED_AWAY: Labels = Labels::new("Déménagement", "Moved away", "Verhuisd", "Weggezogen");
    pub(super) const HOSPITALISED: Labels = Labels::new("Hospitalisation", "In hospital", "Opgenomen", "Im Krankenhaus");
    pub(super) const DECEASED: Labels = Labels::new("Décès", "Deceased", "Overleden", "Verstorben");
    pub(super) const IN_WORK_OR_TRAINING: Labels =
        Labels::new("En emploi ou en formation", "In work or training", "Aan het werk of in opleiding", "In Arbeit oder Ausbildung");
    pub(super) const UNREACHABLE: Labels = Labels::new("Injoignable", "Cannot be reached", "Onbereikbaar", "Nicht erreichbar");
    pub(super) const HANDLED_ELSEWHERE: Labels = Labels::new("Suivie ailleurs", "Helped elsewhere", "Elders geholpen", "Anderswo betreut");
    pub(super) const OTHER: Labels = Labels::new("Autre", "Other", "Andere", "Anderes");
}

mod refusal {
    use super::Labels;

    pub(super) const PERSON_UNREACHABLE: Labels = Labels::new(
        "La personne est injoignable",
        "The person cannot be reached",
        "De persoon is onbereikbaar",
        "Die Person ist nicht erreichbar",
    );
    pub(super) const PERSON_ABSENT: Labels = Labels::new(
        "La personne ne s'est pas présentée",
        "The person did not come",
        "De persoon is niet komen opdagen",
        "Die Person ist nicht erschienen",
    );
    pub(super) const PERSON_EMPLOYED: Labels =
        Labels::new("La personne est en emploi", "The person is in work", "De persoon heeft werk", "Die Person hat Arbeit");
    pub(super) const PERSON_IN_TRAINING: Labels = Labels::new(
        "La personne est en formation",
        "The person is in training",
        "De persoon volgt een opleiding",
        "Die Person ist in Ausbildung",
    );
    pub(super) const NOT_ELIGIBLE: Labels = Labels::new(
        "La personne ne remplit pas les conditions",
        "The person does not meet the conditions",
        "De persoon voldoet niet aan de voorwaarden",
        "Die Person erfüllt die Bedingungen nicht",
    );
    pub(super) const CANNOT_TRAVEL: Labels = Labels::new(
        "La personne ne peut pas se déplacer",
        "The person cannot travel",
        "De persoon kan zich niet verplaatsen",
        "Die Person kann nicht anreisen",
    );
    pub(super) const NOT_INTERESTED: Labels = Labels::new(
        "La personne n'est pas intéressée",
        "The person is not interested",
        "De persoon heeft geen interesse",
        "Die Person ist nicht interessiert",
    );
    pub(super) const OTHER_OBSTACLES: Labels = Labels::new(
        "D'autres freins sont à lever d'abord",
        "Other obstacles come first",
        "Eerst moeten andere hindernissen weg",
        "Zuerst sind andere Hindernisse zu beheben",
    );
    pub(super) const NO_CAPACITY: Labels = Labels::new("Plus de place", "No place left", "Geen plaats", "Kein Platz frei");
    pub(super) const DUPLICATE: Labels = Labels::new("Demande en double", "Duplicate request", "Dubbele aanvraag", "Doppelte Anfrage");
    pub(super) const OUT_OF_AREA: Labels =
        Labels::new("Hors du territoire", "Outside the area", "Buiten het gebied", "Außerhalb des Gebiets");
    pub(super) const PERSON_DECLINED: Labels =
        Labels::new("La personne a décliné", "The person declined", "De persoon heeft geweigerd", "Die Person hat abgelehnt");
    pub(super) const OTHER: Labels = Labels::new("Autre raison", "Another reason", "Een andere reden", "Ein anderer Grund");
}

mod redirect {
    use super::Labels;

    pub(super) const NEED_NOT_COVERED: Labels = Labels::new(
        "Le service ne répond pas à ce besoin",
        "The service does not meet this need",
        "De dienst beantwoordt deze nood niet",
        "Das Angebot deckt diesen Bedarf nicht",
    );
    pub(super) const LANGUAGE: Labels = Labels::new(
        "Personne ne parle sa langue chez nous",
        "Nobody here speaks their language",
        "Niemand spreekt hier de taal van de persoon",
        "Hier spricht niemand die Sprache der Person",
    );
    pub(super) const PERSON_ASKED: Labels =
        Labels::new("La personne l'a demandé", "The person asked for it", "De persoon vroeg erom", "Die Person hat darum gebeten");
    pub(super) const CLOSER_SERVICE: Labels = Labels::new(
        "Un service est plus proche",
        "Another service is closer",
        "Een andere dienst is dichterbij",
        "Ein Angebot liegt näher",
    );
}
