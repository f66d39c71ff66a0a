//! Postal addresses.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::checked_string;
use crate::shared::Blocker;
use crate::shared::identifier::{all_digits, compact, insee_commune};

crate::choice! {
    /// A country whose formats Relais knows (ISO 3166-1 alpha-2). France includes its overseas departments and territories.
    pub enum Country {
        /// France.
        Fr = "FR",
        /// Switzerland.
        Ch = "CH",
        /// Netherlands.
        Nl = "NL",
        /// Belgium.
        Be = "BE",
        /// Germany.
        De = "DE",
    }
}

/// A postal code that is not one of its country.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the postal code is not valid")]
pub struct PostalCodeError;

checked_string! {
    /// A postal code. Reading one from JSON or the database checks only its alphabet; [`PostalCode::parse`] checks it for a country.
    PostalCode, max = 10, format = None, error = PostalCodeError, check = check_postal_code
}

fn check_postal_code(raw: &str) -> Result<String, PostalCodeError> {
    let raw = raw.trim();
    let formed = (1..=PostalCode::MAX).contains(&raw.len()) && raw.bytes().all(|b| b.is_ascii_alphanumeric() || b == b' ');
    if formed { Ok(raw.to_ascii_uppercase()) } else { Err(PostalCodeError) }
}

impl PostalCode {
    /// Reads a postal code of a country and brings it into its stored form: no spaces, except the one of the Netherlands.
    ///
    /// France 5 digits (01 to 95, 97x, 98x; La Poste), Switzerland 4 (1000 to 9999; Die Post), Netherlands 4 digits from 1000 and two
    /// letters that are not SA, SD or SS (`PostNL`), Belgium 4 digits, Germany 5.
    ///
    /// # Errors
    /// Not a postal code of that country.
    pub fn parse(raw: &str, country: Country) -> Result<Self, PostalCodeError> {
        let code = compact(raw, &[]);
        let digits = |count: usize| code.len() == count && all_digits(&code);
        let stored = match country {
            Country::Fr => (digits(5) && french_area(code.get(..2).unwrap_or_default())).then_some(code),
            Country::Ch => (digits(4) && !code.starts_with('0')).then_some(code),
            Country::Be => digits(4).then_some(code),
            Country::De => digits(5).then_some(code),
            Country::Nl => dutch(&code),
        };
        stored.map(Self).ok_or(PostalCodeError)
    }
}

/// The first two digits of a French postal code. Corsica is 20, whatever its departments are called.
fn french_area(area: &str) -> bool {
    ("01"..="95").contains(&area) || matches!(area, "97" | "98")
}

fn dutch(code: &str) -> Option<String> {
    let (number, letters) = code.split_at_checked(4)?;
    let formed = all_digits(number) && !number.starts_with('0') && letters.len() == 2 && letters.bytes().all(|b| b.is_ascii_uppercase());
    (formed && !matches!(letters, "SA" | "SD" | "SS")).then(|| format!("{number} {letters}"))
}

crate::text! {
    /// One line of an address: number and street, or a complement.
    AddressLine, max = 200
}

crate::text! {
    /// The name of a town or village in an address.
    Locality, max = 100
}

crate::text! {
    /// The official code of a commune in its country: INSEE (FR), BFS (CH), CBS (NL), NIS (BE), AGS (DE).
    CommuneCode, max = 12
}

/// A postal address.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostalAddress {
    /// Number and street.
    pub line1: AddressLine,
    /// Building, floor, care of.
    #[serde(default)]
    pub line2: Option<AddressLine>,
    /// The postal code, as its country writes it.
    pub postal_code: PostalCode,
    /// Town or village.
    pub locality: Locality,
    /// The official code of the commune. Never derived from the postal code: one postal code serves many communes.
    #[serde(default)]
    pub commune: Option<CommuneCode>,
    /// The country.
    pub country: Country,
}

impl PostalAddress {
    /// What is wrong with the address: `postal_code_invalid` at `/postal_code`, `commune_invalid` at `/commune`.
    pub fn problems(&self) -> Vec<Blocker> {
        self.problems_at("")
    }

    /// [`PostalAddress::problems`], with pointers under the place of the address in its body, such as `/address`.
    pub fn problems_at(&self, place: &str) -> Vec<Blocker> {
        let mut problems = Vec::new();
        let mut report = |code, field: &str| {
            problems.push(Blocker::content(code).at(format!("{place}/{field}")).with("country", self.country.code()));
        };
        if PostalCode::parse(self.postal_code.as_str(), self.country).is_err() {
            report("postal_code_invalid", "postal_code");
        }
        if self.commune.as_ref().is_some_and(|commune| commune.of(self.country).is_none()) {
            report("commune_invalid", "commune");
        }
        problems
    }

    /// The address with postal code and commune in the form in which they are stored; what is not valid stays as it is.
    #[must_use]
    pub fn normalised(mut self) -> Self {
        if let Ok(code) = PostalCode::parse(self.postal_code.as_str(), self.country) {
            self.postal_code = code;
        }
        self.commune = self.commune.map(|commune| commune.of(self.country).unwrap_or(commune));
        self
    }
}

impl CommuneCode {
    /// The code in its stored form, when it has the form of its country: INSEE for France, else 1 to 8 digits.
    fn of(&self, country: Country) -> Option<Self> {
        let code = match country {
            Country::Fr => insee_commune(&self.0).ok()?,
            Country::Ch | Country::Nl | Country::Be | Country::De => {
                let code = compact(&self.0, &[]);
                let length = match country {
                    Country::Ch => 1..=4,
                    Country::Nl => 4..=4,
                    Country::Be => 5..=5,
                    Country::Fr | Country::De => 8..=8,
                };
                (length.contains(&code.len()) && all_digits(&code)).then_some(code)?
            }
        };
        Some(Self(code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    #[rstest]
    #[case(Country::Fr, "75011", Some("75011"))]
    #[case(Country::Fr, " 75 011 ", Some("75011"))]
    #[case(Country::Fr, "01000", Some("01000"))]
    #[case(Country::Fr, "20200", Some("20200"))]
    #[case(Country::Fr, "97400", Some("97400"))]
    #[case(Country::Fr, "98800", Some("98800"))]
    #[case(Country::Fr, "00100", None)]
    #[case(Country::Fr, "96000", None)]
    #[case(Country::Fr, "99000", None)]
    #[case(Country::Fr, "7501", None)]
    #[case(Country::Fr, "2A004", None)]
    #[case(Country::Fr, "F-75011", None)]
    #[case(Country::Ch, "1003", Some("1003"))]
    #[case(Country::Ch, "0999", None)]
    #[case(Country::Ch, "12345", None)]
    #[case(Country::Nl, "1012ab", Some("1012 AB"))]
    #[case(Country::Nl, "1012 AB", Some("1012 AB"))]
    #[case(Country::Nl, "0112 AB", None)]
    #[case(Country::Nl, "1012 SS", None)]
    #[case(Country::Nl, "1012 SA", None)]
    #[case(Country::Nl, "1012 SD", None)]
    #[case(Country::Nl, "1012", None)]
    #[case(Country::Nl, "101é AB", None)]
    #[case(Country::Be, "1000", Some("1000"))]
    #[case(Country::Be, "10000", None)]
    #[case(Country::De, "01067", Some("01067"))]
    #[case(Country::De, "1067", None)]
    fn postal_codes(#[case] country: Country, #[case] raw: &str, #[case] expected: Option<&str>) {
        let code = PostalCode::parse(raw, country).ok();
        assert_eq!(code.as_ref().map(PostalCode::as_str), expected);
    }

    fn address(changes: Value) -> Result<PostalAddress, serde_json::Error> {
        let mut body = json!({"line1": "3 rue de l'Église", "postal_code": "75011", "locality": "Paris", "country": "FR"});
        if let (Some(body), Value::Object(changes)) = (body.as_object_mut(), changes) {
            body.extend(changes);
        }
        serde_json::from_value(body)
    }

    fn pointers(changes: Value) -> Vec<String> {
        let problems = address(changes).map(|address| address.problems_at("/address")).unwrap_or_default();
        problems.into_iter().filter_map(|problem| problem.pointer).collect()
    }

    #[test]
    fn every_problem_is_told_with_its_place() {
        assert!(pointers(json!({"commune": "75056"})).is_empty());
        assert_eq!(pointers(json!({"postal_code": "1234 AB"})), ["/address/postal_code"]);
        assert_eq!(pointers(json!({"country": "CH", "commune": "75056"})), ["/address/postal_code", "/address/commune"]);
        assert_eq!(pointers(json!({"commune": "20004"})), ["/address/commune"]);
        let root = address(json!({"postal_code": "99000"})).map(|address| address.problems()).unwrap_or_default();
        assert_eq!(root, [Blocker::content("postal_code_invalid").at("/postal_code").with("country", "FR")]);
    }

    #[rstest]
    #[case("CH", "1003", "5586", true)]
    #[case("CH", "8001", "261", true)]
    #[case("NL", "1012 AB", "0363", true)]
    #[case("NL", "1012 AB", "363", false)]
    #[case("BE", "1000", "21004", true)]
    #[case("DE", "10115", "11000000", true)]
    #[case("DE", "10115", "11000", false)]
    fn communes(#[case] country: &str, #[case] postal_code: &str, #[case] commune: &str, #[case] expected: bool) {
        let problems = pointers(json!({"country": country, "postal_code": postal_code, "commune": commune}));
        assert_eq!(problems.is_empty(), expected);
    }

    #[test]
    fn it_is_stored_in_normal_form() {
        let dutch = address(json!({"country": "NL", "postal_code": "1012ab"})).map(PostalAddress::normalised);
        assert_eq!(dutch.ok().map(|address| address.postal_code.to_string()), Some("1012 AB".to_owned()));
        let corsican = address(json!({"postal_code": "20000", "commune": "2a 004"})).map(PostalAddress::normalised);
        assert_eq!(corsican.ok().and_then(|address| address.commune).map(|code| code.to_string()), Some("2A004".to_owned()));
    }

    #[test]
    fn it_is_read_strictly() {
        assert!(address(json!({"city": "Paris"})).is_err());
        assert!(address(json!({"country": "US"})).is_err());
        assert!(address(json!({"postal_code": "75011\n"})).is_ok());
        assert!(address(json!({"postal_code": "<b>"})).is_err());
        assert!(address(json!({"line1": " "})).is_err());
        let schema = json!(<PostalAddress as utoipa::PartialSchema>::schema());
        assert_eq!(schema.pointer("/additionalProperties"), Some(&json!(false)));
        assert_eq!(schema.pointer("/required"), Some(&json!(["line1", "postal_code", "locality", "country"])));
    }

    proptest! {
        #[test]
        fn a_postal_code_reads_back(raw in "[0-9A-Za-z ]{4,8}", country in prop::sample::select(Country::ALL)) {
            if let Ok(code) = PostalCode::parse(&raw, country) {
                prop_assert_eq!(PostalCode::parse(code.as_str(), country), Ok(code.clone()));
                prop_assert_eq!(code.to_string().parse::<PostalCode>(), Ok(code));
            }
        }
    }
}
