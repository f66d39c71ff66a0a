//! Passwords: what is acceptable as one. Hashing is elsewhere.

use std::fmt;

use serde::Deserialize;
use utoipa::openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type};

use crate::shared::{Blocker, Email, fold};

/// A password on its way in. It is never written out: neither as JSON nor in a log.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Password(String);

const SHORTEST: usize = 12;
const LONGEST: usize = 200;

impl Password {
    /// The bound, in Unicode scalar values.
    pub const MAX: usize = LONGEST;

    /// The password itself, as it was typed; spaces count.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for Password {
    fn from(typed: String) -> Self {
        Self(typed)
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

impl utoipa::PartialSchema for Password {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Password)))
            .min_length(Some(1))
            .max_length(Some(LONGEST))
            .into()
    }
}

impl utoipa::ToSchema for Password {}

/// Words that lists of stolen passwords begin with, folded and without digits or signs.
const COMMON: &[&str] = &[
    "password",
    "passwort",
    "wachtwoord",
    "motdepasse",
    "qwerty",
    "azerty",
    "qwertz",
    "qwertyuiop",
    "azertyuiop",
    "qwertzuiop",
    "letmein",
    "welcome",
    "bienvenue",
    "welkom",
    "willkommen",
    "iloveyou",
    "jetaime",
    "abc",
    "abcdef",
    "admin",
    "administrator",
    "administrateur",
    "changeme",
    "changezmoi",
    "secret",
    "relais",
    "soleil",
    "doudou",
    "dragon",
    "monkey",
    "football",
    "princess",
    "princesse",
    "sunshine",
    "superman",
    "loulou",
    "marseille",
];

/// Why a text may not be a new password: `password_too_weak` (422) at `pointer`, with `reason` one of `too_short`,
/// `is_email`, `common`. Length counts before anything else (NIST SP 800-63B §5.1.1.2); no rule about kinds of characters.
pub fn password_problems(password: &Password, email: &Email, pointer: &str) -> Vec<Blocker> {
    let weak = |reason: &str| vec![Blocker::content("password_too_weak").at(pointer).with("reason", reason).with("min", SHORTEST)];
    let length = password.0.chars().count();
    if !(SHORTEST..=LONGEST).contains(&length) {
        return weak("too_short");
    }
    let folded = fold(&password.0);
    let own = email.folded();
    if folded == own || Some(folded.as_str()) == own.split('@').next() {
        return weak("is_email");
    }
    if is_common(&folded) { weak("common") } else { Vec::new() }
}

/// A common word with digits and signs around it, however often it is repeated, or fewer than five different characters.
fn is_common(folded: &str) -> bool {
    let letters: String = folded.chars().filter(|c| c.is_alphabetic()).collect();
    let mut different: Vec<char> = folded.chars().collect();
    different.sort_unstable();
    different.dedup();
    let repeated =
        |word: &&str| !letters.is_empty() && letters.len().is_multiple_of(word.len()) && letters == word.repeat(letters.len() / word.len());
    different.len() < 5 || is_sequence(folded) || COMMON.iter().any(repeated)
}

/// Each character follows the one before it: "123456789012", "abcdefghijkl".
fn is_sequence(folded: &str) -> bool {
    let codes: Vec<u32> = folded.chars().map(u32::from).collect();
    codes.windows(2).all(|pair| matches!(pair, [a, b] if *b == a + 1 || (*a == u32::from('9') && *b == u32::from('0'))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("een lang wachtwoord", None)]
    #[case("correct horse battery", None)]
    #[case("Éléonore-1987-été", None)]
    #[case("kort", Some("too_short"))]
    #[case("Anne.Roy@Example.org", Some("is_email"))]
    #[case("Password123456", Some("common"))]
    #[case("motdepassemotdepasse", Some("common"))]
    #[case("aaaaaaaaaaaaaaaa", Some("common"))]
    #[case("123456789012", Some("common"))]
    #[case("azertyuiop12!", Some("common"))]
    fn passwords(#[case] typed: &str, #[case] reason: Option<&str>) {
        let email: Email = "anne.roy@example.org".parse().unwrap();
        let problems = password_problems(&Password(typed.to_owned()), &email, "/password");
        let found = problems.first().and_then(|problem| problem.params.get("reason")).and_then(|reason| reason.as_str());
        assert_eq!(found, reason);
    }

    #[test]
    fn it_is_not_written_out() {
        assert_eq!(format!("{:?}", Password("een lang wachtwoord".to_owned())), "Password(..)");
    }
}
