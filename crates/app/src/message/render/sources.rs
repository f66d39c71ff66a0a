//! The texts, embedded. A text is chosen by kind and recipient; see [`source`].

use relais_domain::message::{NoticeKind, Recipient};

use super::Language;

/// One text in every language.
pub(super) struct Source {
    name: &'static str,
    fr: &'static str,
    nl: &'static str,
    de: &'static str,
    en: &'static str,
}

macro_rules! source {
    ($name:literal) => {
        Source {
            name: $name,
            fr: include_str!(concat!("../templates/fr/", $name, ".txt")),
            nl: include_str!(concat!("../templates/nl/", $name, ".txt")),
            de: include_str!(concat!("../templates/de/", $name, ".txt")),
            en: include_str!(concat!("../templates/en/", $name, ".txt")),
        }
    };
}

/// Turns of phrase that every text may use; they are set before each block of it.
pub(super) const PHRASES: Source = source!("phrases");
/// The first paragraph of every text.
pub(super) const GREETING: Source = source!("greeting");
/// The last paragraph of every text.
pub(super) const FOOTER: Source = source!("footer");
/// The page that every HTML rendering is put into.
pub(super) const LAYOUT: &str = include_str!("../templates/layout.html");

const SOURCES: &[Source] = &[
    source!("accepted_person"),
    source!("accepted_receiver"),
    source!("accepted_sender"),
    source!("access_link"),
    source!("account_confirmation"),
    source!("account_exists"),
    source!("answer_recorded_receiver"),
    source!("answer_recorded_sender"),
    source!("blocked_sender"),
    source!("claim_lapsed"),
    source!("claim_lapsed_receiver"),
    source!("claim_lapsed_sender"),
    source!("claim_objected"),
    source!("claim_objected_receiver"),
    source!("claim_objected_sender"),
    source!("claimed_person"),
    source!("claimed_receiver"),
    source!("claimed_sender"),
    source!("completed_sender"),
    source!("consent_withdrawn"),
    source!("contact_changed"),
    source!("digest"),
    source!("document_refused"),
    source!("draft_deleted"),
    source!("email_changed"),
    source!("email_confirmation"),
    source!("escalated"),
    source!("expired_person"),
    source!("expired_receiver"),
    source!("expired_sender"),
    source!("export_ready"),
    source!("held_reminder"),
    source!("held_sender"),
    source!("holder_reminder"),
    source!("invitation"),
    source!("join_accepted"),
    source!("join_refused"),
    source!("join_requested"),
    source!("message"),
    source!("message_person"),
    source!("organisation_verification"),
    source!("outside_question"),
    source!("password_changed"),
    source!("password_reset"),
    source!("redirected_person"),
    source!("redirected_receiver"),
    source!("redirected_sender"),
    source!("refused_person"),
    source!("refused_sender"),
    source!("reminder"),
    source!("reopened_sender"),
    source!("retrieved_claimant"),
    source!("retrieved_lead"),
    source!("retrieved_person"),
    source!("retrieved_receiver"),
    source!("retrieved_sender"),
    source!("returned_person"),
    source!("returned_receiver"),
    source!("returned_sender"),
    source!("reviewed_sender"),
    source!("saved_search_alert"),
    source!("sent_outside_adviser"),
    source!("sent_receiver"),
    source!("sent_sender"),
    source!("sent_to_person"),
    source!("service_reported"),
    source!("session_reuse_alert"),
    source!("superseded"),
    source!("waitlist_question"),
    source!("waitlisted_sender"),
    source!("withdrawn_person"),
    source!("withdrawn_receiver"),
    source!("withdrawn_sender"),
];

impl Source {
    pub(super) const fn name(&self) -> &'static str {
        self.name
    }

    pub(super) const fn text(&self, language: Language) -> &'static str {
        match language {
            Language::Fr => self.fr,
            Language::Nl => self.nl,
            Language::De => self.de,
            Language::En => self.en,
        }
    }
}

/// The text for a kind and a recipient: `<kind>_<recipient>`, for an adviser else that of the sender, else `<kind>`.
pub(super) fn source(kind: NoticeKind, recipient: Recipient) -> Option<&'static Source> {
    let adviser = matches!(recipient, Recipient::Adviser | Recipient::OutsideAdviser);
    let find = |name: &str| SOURCES.iter().find(|source| source.name == name);
    find(&format!("{kind}_{recipient}"))
        .or_else(|| if adviser { find(&format!("{kind}_sender")) } else { None })
        .or_else(|| find(kind.code()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_used() {
        let used: Vec<_> =
            relais_domain::message::pairs().into_iter().filter_map(|(kind, recipient)| source(kind, recipient).map(Source::name)).collect();
        for source in SOURCES {
            assert!(used.contains(&source.name), "{} is used by no notice", source.name);
        }
    }
}
