//! The people who are helped, as one organisation knows them.

mod disclosure;
mod duplicate;
mod keep;
mod link;
mod record;

use crate::referral::PersonForm;
use crate::shared::contact::{Country, Phone};

pub use duplicate::{DuplicateReason, Likeness, SHOWN_FROM, likeness};
pub use keep::{ConsentPurpose, EraseReason, blockers_to_erase};
pub use link::{MOST_JOINED, blockers_to_link, joined_with};

crate::text! {
    /// Why a consent was withdrawn, in words.
    PersonNote, max = 500, multiline
}

/// The phone and e-mail of a person as search keys, each between bars: `|+33612345678|a@example.org|`. None when
/// neither is known. A phone is kept in international form, as a number of `FR` when it carries no country code.
pub fn contact_keys(person: &PersonForm) -> Option<String> {
    let keys: Vec<_> = [person.phone.as_deref(), person.email.as_deref()].into_iter().flatten().map(contact_key).collect();
    (!keys.is_empty()).then(|| format!("|{}|", keys.join("|")))
}

/// One phone or e-mail as a search key.
pub fn contact_key(raw: &str) -> String {
    let raw = raw.trim();
    if raw.contains('@') {
        return raw.to_lowercase();
    }
    let parsed = raw.parse::<Phone>().ok().and_then(|phone| phone.e164(Country::Fr));
    parsed.unwrap_or_else(|| international(raw))
}

/// The international form of a number that no plan knows, such as those kept for films and demonstrations.
fn international(raw: &str) -> String {
    let abroad = raw.starts_with('+');
    let raw = if abroad || raw.starts_with("00") { raw.replacen("(0)", "", 1) } else { raw.to_owned() };
    let digits: String = raw.chars().filter(char::is_ascii_digit).collect();
    match (digits.strip_prefix("00"), digits.strip_prefix('0')) {
        _ if abroad => format!("+{digits}"),
        (Some(rest), _) => format!("+{rest}"),
        (None, Some(rest)) if rest.len() == 9 => format!("+33{rest}"),
        _ => digits,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_phone_has_the_same_key_however_it_is_written() {
        for written in ["+33 6.39.98.12.34", "0033 6 39 98 12 34", "+33 (0)6 39 98 12 34", "0639981234"] {
            assert_eq!(contact_key("06 39 98 12 34"), contact_key(written));
        }
        assert_ne!(contact_key("+41 79 555 01 23"), contact_key("079 555 01 23"));
        assert_eq!(contact_key("Ada@Example.ORG"), "ada@example.org");
    }
}
