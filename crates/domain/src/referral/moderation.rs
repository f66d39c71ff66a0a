//! Warnings for moderators: what looks like a test, or like somebody who refers to themselves. They never block.

use chrono::{DateTime, Duration, Utc};

use super::{Form, ReasonText, Warning};
use crate::shared::{PersonName, fold, fold_name, fold_text};

/// For how many days a member is very new.
const NEW_FOR_DAYS: i64 = 3;
/// Names that people make up when they try something out.
const TEST_NAMES: &[&str] = &[
    "test",
    "tests",
    "teste",
    "tester",
    "testeur",
    "testing",
    "essai",
    "toto",
    "tata",
    "titi",
    "tutu",
    "foo",
    "foobar",
    "dummy",
    "fake",
    "asdf",
    "azerty",
    "qwerty",
    "qwertz",
    "xxx",
    "proef",
    "mustermann",
];
/// Words and turns of a reason that stand for no need. `essai` alone is none of them: a trial period is a reason.
const TEST_REASONS: &[&str] =
    &["ceci est un test", "c est un test", "this is a test", "dit is een test", "das ist ein test", "lorem ipsum"];

/// What moderation looks at when a referral is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModerationFacts {
    /// Who sends is a member of the receiving organisation.
    pub sender_is_member_of_receiver: bool,
    /// Since when who sends is a member of the sending organisation; none for a service account.
    pub member_since: Option<DateTime<Utc>>,
    /// The name of who sends.
    pub sender_name: Option<String>,
    /// The e-mail of who sends.
    pub sender_email: Option<String>,
}

/// What a moderator should look at, each at most once, in the order of the list.
pub fn warnings(form: &Form, facts: &ModerationFacts, now: DateTime<Utc>) -> Vec<Warning> {
    let person = &form.person;
    let given = person.given_name.as_ref().map(PersonName::as_str).unwrap_or_default();
    let family = person.family_name.as_ref().map(PersonName::as_str).unwrap_or_default();
    let new = facts.member_since.is_some_and(|since| now - since < Duration::days(NEW_FOR_DAYS));
    let emails = person.email.as_deref().zip(facts.sender_email.as_deref()).is_some_and(|(one, other)| emails_alike(one, other));
    let names = facts.sender_name.as_deref().is_some_and(|sender| names_alike(family, given, sender));
    let test = is_test_name(family) || is_test_name(given) || form.reason.as_ref().is_some_and(is_test_reason);
    let found = [
        (facts.sender_is_member_of_receiver, Warning::SenderIsMemberOfReceiver),
        (new, Warning::VeryNewMember),
        (emails, Warning::EmailsAlike),
        (names, Warning::NamesAlike),
        (test, Warning::TestWords),
    ];
    found.into_iter().filter_map(|(holds, warning)| holds.then_some(warning)).collect()
}

/// The same mailbox, or the same name before the `@` when it is long enough to say something.
fn emails_alike(one: &str, other: &str) -> bool {
    let (Some((one_name, one_host)), Some((other_name, other_host))) = (mailbox(one), mailbox(other)) else { return false };
    one_name == other_name && (one_host == other_host || one_name.chars().count() >= 6)
}

/// The name before the `@` without tag, dots, hyphens and digits at its end, and the host.
fn mailbox(email: &str) -> Option<(String, String)> {
    let email = email.trim().to_lowercase();
    let (name, host) = email.rsplit_once('@')?;
    let name = name.split('+').next().unwrap_or_default();
    let letters: String = name.chars().filter(|c| !matches!(c, '.' | '-' | '_')).collect();
    let letters = letters.trim_end_matches(|c: char| c.is_ascii_digit());
    let kept = if letters.is_empty() { name } else { letters };
    Some((kept.to_owned(), host.to_owned()))
}

/// Family and given name, in either order, are the sender's.
fn names_alike(family: &str, given: &str, sender: &str) -> bool {
    let (family, given, sender) = (fold_name(family), fold_name(given), fold_name(sender));
    !family.is_empty() && !given.is_empty() && (sender == format!("{family}{given}") || sender == format!("{given}{family}"))
}

fn is_test_name(name: &str) -> bool {
    fold_text(name).split(' ').any(|word| TEST_NAMES.contains(&word.trim_end_matches(|c: char| c.is_ascii_digit())))
}

fn is_test_reason(reason: &ReasonText) -> bool {
    let folded = fold(reason.as_str());
    let words: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let joined = words.join(" ");
    (!words.is_empty() && words.iter().all(|word| TEST_NAMES.contains(word))) || TEST_REASONS.iter().any(|turn| joined.contains(turn))
}
