//! How a reason is called, and the message that goes with it when nobody wrote one: ours in four languages, and an organisation's
//! own.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ArchiveReason, RedirectCode, RefusalCode};
use crate::shared::{Blocker, Labels, Language, unfit_for_mail};

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

crate::text! {
    /// An organisation's own name for a reason.
    ReasonLabel, max = 100
}

/// An organisation's own words for a reason, in one language: a label, a message, or both.
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
    /// The message; ours when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<SuggestedText>,
    /// How the reason is called; as we call it when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<ReasonLabel>,
}

/// A reason of one of the lists, with what we say about it.
#[derive(Clone, Copy, Debug)]
pub struct Reason {
    list: ReasonList,
    code: &'static str,
    label: Labels,
    message: Labels,
}

impl From<RefusalCode> for Reason {
    fn from(code: RefusalCode) -> Self {
        Self { list: ReasonList::Refusal, code: code.code(), label: code.labels(), message: code.suggested_message() }
    }
}

impl From<RedirectCode> for Reason {
    fn from(code: RedirectCode) -> Self {
        Self { list: ReasonList::Redirect, code: code.code(), label: code.labels(), message: code.suggested_message() }
    }
}

impl From<ArchiveReason> for Reason {
    fn from(code: ArchiveReason) -> Self {
        Self { list: ReasonList::Archive, code: code.code(), label: code.labels(), message: code.suggested_message() }
    }
}

impl Reason {
    /// The text that goes with it when nobody wrote one: the organisation's own in this language, else ours.
    pub fn message(self, own: &[OwnMessage], language: Language) -> String {
        let text = self.own(own, language).and_then(|one| one.text.as_ref());
        text.map_or_else(|| self.message.in_language(language).to_owned(), ToString::to_string)
    }

    /// How it is called: by the organisation in this language, else by us.
    pub fn label(self, own: &[OwnMessage], language: Language) -> String {
        let label = self.own(own, language).and_then(|one| one.label.as_ref());
        label.map_or_else(|| self.label.in_language(language).to_owned(), ToString::to_string)
    }

    fn own(self, own: &[OwnMessage], language: Language) -> Option<&OwnMessage> {
        own.iter().find(|one| one.list == self.list && one.code == self.code && one.language == language)
    }
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

/// Why these messages may not be kept, each at `/settings/messages/n`: `unknown_code`, `duplicate`, `required` when there is
/// neither message nor label, `markup_not_allowed`, `forbidden_identifier` (422).
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
        if one.text.is_none() && one.label.is_none() {
            blockers.push(Blocker::content("required").at(format!("{at}/text")));
        }
        blockers.extend(unfit_for_mail(&[
            (format!("{at}/text").as_str(), one.text.as_ref().map(SuggestedText::as_str)),
            (format!("{at}/label").as_str(), one.label.as_ref().map(ReasonLabel::as_str)),
        ]));
    }
    blockers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(list: ReasonList, code: &str, text: &str) -> OwnMessage {
        OwnMessage { list, code: code.to_owned(), language: Language::Fr, text: Some(text.parse().unwrap()), label: None }
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
        let full = Reason::from(RefusalCode::NoCapacity);
        assert_eq!(full.message(&mine, Language::Fr), "Complet jusqu'en mai.");
        assert_eq!(full.message(&mine, Language::De), RefusalCode::NoCapacity.suggested_message().de);
        assert_eq!(full.label(&mine, Language::Fr), RefusalCode::NoCapacity.labels().fr, "a message alone leaves the label");
        assert_ne!(Reason::from(RefusalCode::Other).message(&mine, Language::Fr), "Complet jusqu'en mai.");
        let same_word = Reason::from(RedirectCode::NoCapacity);
        assert_eq!(same_word.message(&mine, Language::Fr), RedirectCode::NoCapacity.suggested_message().fr, "each list has its own");
    }

    #[test]
    fn an_own_label_leaves_our_message() {
        let label = Some("Parti vivre ailleurs".parse().unwrap());
        let mine = [OwnMessage { text: None, label, ..own(ReasonList::Archive, "moved_away", "x") }];
        let away = Reason::from(ArchiveReason::MovedAway);
        assert_eq!(away.label(&mine, Language::Fr), "Parti vivre ailleurs");
        assert_eq!(away.message(&mine, Language::Fr), ArchiveReason::MovedAway.suggested_message().fr);
        assert_eq!(blockers_to_own_messages(&mine), []);
        let empty = [OwnMessage { text: None, ..own(ReasonList::Archive, "moved_away", "x") }];
        assert_eq!(blockers_to_own_messages(&empty).first().map(|blocker| blocker.code), Some("required"));
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
