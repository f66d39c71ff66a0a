//! The message that goes with a reason when nobody wrote one: ours in four languages, and an organisation's own.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::identifiers::unfit_for_mail;
use super::{ArchiveReason, RedirectCode, RefusalCode};
use crate::shared::{Blocker, Labels, Language};

mod texts;

crate::choice! {
    /// The lists whose reasons have a suggested message, by their names among the reference lists.
    pub enum ReasonList {
        /// Why a receiver refuses.
        Refusal = "refusal-codes",
        /// Why a receiver hands over.
        Redirect = "redirect-codes",
        /// Why an organisation files a referral away.
        Archive = "archive-reasons",
    }
}

crate::text! {
    /// A message of an organisation's own for a reason.
    SuggestedText, max = 1000, multiline
}

/// An organisation's own message for a reason, in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnMessage {
    /// The list that the reason is from.
    pub list: ReasonList,
    /// The reason.
    #[schema(min_length = 1, max_length = 40, example = "no_capacity")]
    pub code: String,
    /// The language of the text.
    pub language: Language,
    /// The text.
    pub text: SuggestedText,
}

impl RefusalCode {
    /// The text that goes out when the receiver wrote none.
    pub const fn suggested_message(self) -> Labels {
        texts::refusal(self)
    }
}

impl RedirectCode {
    /// The word to the next receiver that is suggested.
    pub const fn suggested_message(self) -> Labels {
        texts::redirect(self)
    }
}

impl ArchiveReason {
    /// The message that is suggested when the archiving ends the referral.
    pub const fn suggested_message(self) -> Labels {
        texts::archive(self)
    }
}

/// Whether the list has such a reason.
fn known(list: ReasonList, code: &str) -> bool {
    match list {
        ReasonList::Refusal => code.parse::<RefusalCode>().is_ok(),
        ReasonList::Redirect => code.parse::<RedirectCode>().is_ok(),
        ReasonList::Archive => code.parse::<ArchiveReason>().is_ok(),
    }
}

/// Why these messages may not be kept, each at `/settings/messages/n`: `unknown_code`, `duplicate`, `markup_not_allowed`,
/// `forbidden_identifier` (422).
pub fn blockers_to_own_messages(messages: &[OwnMessage]) -> Vec<Blocker> {
    let mut blockers = Vec::new();
    for (place, one) in messages.iter().enumerate() {
        let at = format!("/settings/messages/{place}");
        if !known(one.list, &one.code) {
            blockers.push(Blocker::content("unknown_code").at(format!("{at}/code")));
        }
        let same = |other: &OwnMessage| (other.list, &other.code, other.language) == (one.list, &one.code, one.language);
        if messages.iter().take(place).any(same) {
            blockers.push(Blocker::content("duplicate").at(at.clone()));
        }
        blockers.extend(unfit_for_mail(&[(format!("{at}/text").as_str(), Some(one.text.as_str()))]));
    }
    blockers
}

/// The text that goes with a refusal when the receiver wrote none: its own in this language, else ours.
pub fn refusal_message(own: &[OwnMessage], code: RefusalCode, language: Language) -> String {
    let fits = |one: &&OwnMessage| one.list == ReasonList::Refusal && one.code == code.code() && one.language == language;
    own.iter().find(fits).map_or_else(|| code.suggested_message().in_language(language).to_owned(), |one| one.text.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(list: ReasonList, code: &str, text: &str) -> OwnMessage {
        OwnMessage { list, code: code.to_owned(), language: Language::Fr, text: text.parse().unwrap() }
    }

    #[test]
    fn every_suggestion_is_fit_to_be_sent_in_every_language() {
        let refusals = RefusalCode::ALL.iter().map(|code| code.suggested_message());
        let redirects = RedirectCode::ALL.iter().map(|code| code.suggested_message());
        let archives = ArchiveReason::ALL.iter().map(|code| code.suggested_message());
        for text in refusals.chain(redirects).chain(archives).flat_map(Labels::all) {
            assert!(text.parse::<SuggestedText>().is_ok() && !text.contains("  "), "{text}");
            assert_eq!(unfit_for_mail(&[("/text", Some(text))]), [], "{text}");
        }
    }

    #[test]
    fn an_own_message_takes_the_place_of_ours_in_its_language_only() {
        let mine = [own(ReasonList::Refusal, "no_capacity", "Complet jusqu'en mai.")];
        assert_eq!(refusal_message(&mine, RefusalCode::NoCapacity, Language::Fr), "Complet jusqu'en mai.");
        let ours = RefusalCode::NoCapacity.suggested_message();
        assert_eq!(refusal_message(&mine, RefusalCode::NoCapacity, Language::De), ours.de);
        assert_ne!(refusal_message(&mine, RefusalCode::Other, Language::Fr), "Complet jusqu'en mai.");
    }

    #[test]
    fn what_may_not_be_kept_is_named_all_at_once() {
        let wrong = [
            own(ReasonList::Redirect, "language", "Bien à vous"),
            own(ReasonList::Redirect, "language", "Encore"),
            own(ReasonList::Archive, "no_capacity", "{{ person_name }}"),
            own(ReasonList::Refusal, "other", "<img src=x onerror=alert(1)>"),
        ];
        let codes: Vec<_> = blockers_to_own_messages(&wrong).into_iter().map(|blocker| blocker.code).collect();
        assert_eq!(codes, ["duplicate", "unknown_code", "markup_not_allowed", "markup_not_allowed"]);
        assert!("x".repeat(1001).parse::<SuggestedText>().is_err());
    }
}
