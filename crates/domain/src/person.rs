//! The people who are helped, as one organisation knows them.

use crate::referral::PersonForm;
use crate::shared::contact::{Country, Phone};

/// The phone and e-mail of a person as search keys, each between bars: `|+33612345678|a@example.org|`. None when
/// neither is known. A phone is kept in E.164 form where it is a number of `FR` or carries its country code, otherwise as
/// its digits.
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
    parsed.unwrap_or_else(|| raw.chars().filter(char::is_ascii_digit).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_phone_has_the_same_key_however_it_is_written() {
        assert_eq!(contact_key("06 39 98 12 34"), contact_key("+33 6.39.98.12.34"));
        assert_eq!(contact_key("Ada@Example.ORG"), "ada@example.org");
    }
}
