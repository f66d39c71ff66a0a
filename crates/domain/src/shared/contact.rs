//! How to reach someone: e-mail, web address, telephone, postal address, place, and the language to write in.

mod address;
mod geo;
mod phone;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use validator::{ValidateEmail, ValidateUrl};

pub use address::{AddressLine, CommuneCode, Country, Locality, PostalAddress, PostalCode, PostalCodeError};
pub use geo::{EARTH_RADIUS, GeoPoint, GeoPointError};
pub use phone::{Phone, PhoneError, PhoneKind};

crate::choice! {
    /// A language in which Relais writes (ISO 639-1).
    pub enum Language {
        /// French.
        Fr = "fr",
        /// Dutch.
        Nl = "nl",
        /// German.
        De = "de",
        /// English.
        En = "en",
    }
}

impl Language {
    /// The language for a code or tag such as `fr` or `nl-BE`; English for any other.
    pub fn nearest(tag: &str) -> Self {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.iter().copied().find(|language| primary.eq_ignore_ascii_case(language.code())).unwrap_or(Self::En)
    }
}

/// Why an e-mail or web address was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContactError {
    /// Longer than the bound.
    #[error("the address is too long")]
    TooLong,
    /// Not an address of its kind.
    #[error("the address is not valid")]
    Malformed,
}

/// Defines a string type that its own function checks and brings into its stored form.
macro_rules! checked_string {
    ($(#[$meta:meta])* $name:ident, max = $max:literal, format = $format:expr, error = $error:ty, check = $check:path) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The bound on the length.
            pub const MAX: usize = $max;

            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $error;
            fn from_str(raw: &str) -> ::std::result::Result<Self, Self::Err> {
                $check(raw).map(Self)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                let raw = <::std::borrow::Cow<'de, str> as ::serde::Deserialize>::deserialize(deserializer)?;
                raw.parse().map_err(::serde::de::Error::custom)
            }
        }

        $crate::string_value!($name);

        impl ::utoipa::PartialSchema for $name {
            fn schema() -> ::utoipa::openapi::RefOr<::utoipa::openapi::Schema> {
                let format: Option<&str> = $format;
                ::utoipa::openapi::ObjectBuilder::new()
                    .schema_type(::utoipa::openapi::Type::String)
                    .format(format.map(|name| ::utoipa::openapi::SchemaFormat::Custom(name.to_owned())))
                    .min_length(Some(1))
                    .max_length(Some($max))
                    .into()
            }
        }

        impl ::utoipa::ToSchema for $name {}
    };
}
use checked_string;

checked_string! {
    /// An e-mail address (HTML Living Standard, valid e-mail address; RFC 5321 for the lengths, 254 octets).
    ///
    /// The domain is lower-cased and may be internationalised; the local part is kept as written. Address literals in brackets and
    /// every control character or space are refused, so a value never breaks a mail header.
    Email, max = 254, format = Some("idn-email"), error = ContactError, check = check_email
}

impl Email {
    /// The form in which two addresses are compared: all lower case. Mail boxes that differ only in case do not exist in practice.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

fn check_email(raw: &str) -> Result<String, ContactError> {
    let raw = raw.trim();
    if raw.len() > Email::MAX {
        return Err(ContactError::TooLong);
    }
    let (local, domain) = raw.rsplit_once('@').ok_or(ContactError::Malformed)?;
    let domain: String = domain.nfkc().flat_map(char::to_lowercase).nfkc().collect();
    let named = domain.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-') || is_combining_mark(c));
    let email = format!("{local}@{domain}");
    if !named || !email.validate_email() {
        return Err(ContactError::Malformed);
    }
    if email.len() > Email::MAX { Err(ContactError::TooLong) } else { Ok(email) }
}

checked_string! {
    /// A web address: `http` or `https` with a host, without a password in it (WHATWG URL).
    Url, max = 2000, format = Some("uri"), error = ContactError, check = check_url
}

fn check_url(raw: &str) -> Result<String, ContactError> {
    let raw = raw.trim();
    if raw.chars().count() > Url::MAX {
        return Err(ContactError::TooLong);
    }
    let (scheme, rest) = raw.split_once("://").ok_or(ContactError::Malformed)?;
    let scheme = scheme.to_ascii_lowercase();
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let clean = !raw.chars().any(|c| c.is_control() || c.is_whitespace() || matches!(c, '\\' | '<' | '>' | '"'));
    let web = matches!(scheme.as_str(), "http" | "https") && !authority.is_empty() && !authority.contains('@');
    let url = format!("{scheme}://{rest}");
    if web && clean && url.validate_url() { Ok(url) } else { Err(ContactError::Malformed) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    const MALFORMED: Result<&str, ContactError> = Err(ContactError::Malformed);

    #[rstest]
    #[case(" Anne.Roy@Example.ORG ", Ok("Anne.Roy@example.org"))]
    #[case("o'neil+relais@sub.example.org", Ok("o'neil+relais@sub.example.org"))]
    #[case("info@Müller.DE", Ok("info@müller.de"))]
    #[case::decomposed_domain("info@mu\u{308}ller.de", Ok("info@müller.de"))]
    #[case::full_width_domain("info@ｅxample.org", Ok("info@example.org"))]
    #[case("", MALFORMED)]
    #[case("anne", MALFORMED)]
    #[case("@example.org", MALFORMED)]
    #[case("anne@", MALFORMED)]
    #[case("a b@example.org", MALFORMED)]
    #[case("anne@example.org.", MALFORMED)]
    #[case("anne@exa_mple.org", MALFORMED)]
    #[case("a@b@example.org", MALFORMED)]
    #[case::header_in_local("anne\r\nBcc: x@example.org", MALFORMED)]
    #[case::header_before_literal("anne@x\r\nBcc: y@[127.0.0.1]", MALFORMED)]
    #[case::literal("anne@[127.0.0.1]", MALFORMED)]
    #[case::soft_hyphen("anne@exam\u{ad}ple.org", MALFORMED)]
    #[case::joiner("anne@exam\u{200d}ple.org", MALFORMED)]
    #[case::two_addresses("anne@example.org,bob@example.org", MALFORMED)]
    fn emails(#[case] raw: &str, #[case] expected: Result<&str, ContactError>) {
        assert_eq!(raw.parse::<Email>().map(|email| email.to_string()), expected.map(str::to_owned));
    }

    #[test]
    fn an_email_has_a_bound() {
        let of = |length: usize| format!("a@{}.{}.{}.{}.org", "b".repeat(60), "c".repeat(60), "d".repeat(60), "e".repeat(length - 189));
        assert_eq!(of(245).len(), 245);
        assert!(of(245).parse::<Email>().is_ok());
        assert_eq!(format!("{}{}", "a".repeat(10), of(245)).parse::<Email>(), Err(ContactError::TooLong));
    }

    #[test]
    fn emails_compare_without_case() {
        let folded = |raw: &str| raw.parse::<Email>().map(|email| email.folded());
        assert_eq!(folded("Anne.ROY@example.org"), folded("anne.roy@EXAMPLE.org"));
    }

    #[rstest]
    #[case("https://example.org", Ok("https://example.org"))]
    #[case(" HTTP://Example.org/a?b=c#d ", Ok("http://Example.org/a?b=c#d"))]
    #[case("https://example.org/@anne", Ok("https://example.org/@anne"))]
    #[case("https://exämple.org/été", Ok("https://exämple.org/été"))]
    #[case("http://localhost:8080", Ok("http://localhost:8080"))]
    #[case("ftp://example.org", MALFORMED)]
    #[case("javascript:alert(1)", MALFORMED)]
    #[case("javascript://example.org/%0aalert(1)", MALFORMED)]
    #[case("data:text/html,x", MALFORMED)]
    #[case("example.org", MALFORMED)]
    #[case("//example.org", MALFORMED)]
    #[case("https://", MALFORMED)]
    #[case("https:///path", MALFORMED)]
    #[case("https:example.org", MALFORMED)]
    #[case("https://anne:secret@example.org", MALFORMED)]
    #[case("https://example.org\\@evil.org", MALFORMED)]
    #[case("https://exa mple.org", MALFORMED)]
    #[case("https://example.org/\r\nSet-Cookie: a", MALFORMED)]
    #[case("https://example.org/\"><script>", MALFORMED)]
    #[case("https://example.org:99999", MALFORMED)]
    fn urls(#[case] raw: &str, #[case] expected: Result<&str, ContactError>) {
        assert_eq!(raw.parse::<Url>().map(|url| url.to_string()), expected.map(str::to_owned));
    }

    #[test]
    fn a_url_has_a_bound() {
        let of = |length: usize| format!("https://example.org/{}", "a".repeat(length - 20));
        assert!(of(2000).parse::<Url>().is_ok());
        assert_eq!(of(2001).parse::<Url>(), Err(ContactError::TooLong));
    }

    #[test]
    fn json_and_database_hold_the_text() {
        let email: Option<Email> = serde_json::from_str(r#""Anne@EXAMPLE.org""#).ok();
        let written = email.as_ref().map(|email| serde_json::json!(email));
        assert_eq!(written, Some(serde_json::json!("Anne@example.org")));
        let value = email.map(sea_orm::Value::from);
        assert_eq!(value, Some(sea_orm::Value::from("Anne@example.org")));
        assert!(serde_json::from_str::<Email>("12").is_err());
        assert!(serde_json::from_str::<Language>(r#""it""#).is_err());
    }

    #[test]
    fn a_language_that_is_not_written_becomes_english() {
        assert_eq!(["fr", "fr-BE", "FR_fr"].map(Language::nearest), [Language::Fr; 3]);
        assert_eq!(["nl", "nl-BE", "de", "DE_at"].map(Language::nearest), [Language::Nl, Language::Nl, Language::De, Language::De]);
        assert_eq!(["en", "it", "", "fro"].map(Language::nearest), [Language::En; 4]);
    }

    proptest! {
        #[test]
        fn an_email_reads_back(raw in "[a-zA-Z0-9.+_-]{1,10}@[a-zA-ZÀ-ž\\PC]{1,10}\\.[a-zA-Z]{2,5}") {
            if let Ok(email) = raw.parse::<Email>() {
                prop_assert!(!email.as_str().chars().any(|c| c.is_control() || c.is_whitespace()));
                prop_assert_eq!(email.to_string().parse::<Email>(), Ok(email));
            }
        }

        #[test]
        fn a_url_reads_back(raw in "https?://\\PC{1,30}") {
            if let Ok(url) = raw.parse::<Url>() {
                prop_assert_eq!(url.to_string().parse::<Url>(), Ok(url));
            }
        }
    }
}
