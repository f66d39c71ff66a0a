//! National identifiers of organisations and persons, and the check digits that catch a mistyped one.
//!
//! Every validator takes what a person typed and returns the compact form that is stored. Spaces (with U+00A0, U+202F) are always
//! ignored; dots, hyphens and slashes only where a function says so. Account numbers and payment references are in a module of their own.

mod payment;

use crate::choice;
use crate::shared::nir::contains_nir;

pub(super) use payment::iban_length;
pub use payment::{iban, qr_iban, qr_reference, rf_reference};

/// Why an identifier was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum IdentifierError {
    /// Not the length, prefix or alphabet of its kind.
    #[error("the identifier does not have the form of its kind")]
    Malformed,
    /// The form is right, the check digit is not: most often a typing error.
    #[error("the check digit of the identifier is wrong")]
    WrongCheckDigit,
    /// It holds a French social security number, which is never kept.
    #[error("a social security number is not kept")]
    Forbidden,
}

impl IdentifierError {
    /// The stable code, for a blocker.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "identifier_malformed",
            Self::WrongCheckDigit => "identifier_check_digit",
            Self::Forbidden => "identifier_forbidden",
        }
    }
}

choice! {
    /// The kinds of identifier that an organisation may hold.
    pub enum IdentifierKind {
        /// French company number (INSEE, Sirene register).
        Siren = "siren",
        /// French establishment number (INSEE, Sirene register).
        Siret = "siret",
        /// French associations (Répertoire national des associations).
        Rna = "rna",
        /// French home care declaration (services à la personne, Code du travail L7232-1-1).
        Sap = "sap",
        /// Swiss enterprise number (UID, ordonnance 431.031).
        CheUid = "che_uid",
        /// Dutch Chamber of Commerce number (`KvK`).
        Kvk = "kvk",
        /// Any other identifier, kept as it is.
        Other = "other",
    }
}

impl IdentifierKind {
    /// Checks an identifier of this kind and gives its compact form.
    ///
    /// `other` is trimmed, 1 to 50 characters without control characters, and refused when it holds a NIR.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(self, raw: &str) -> Result<String, IdentifierError> {
        match self {
            Self::Siren => siren(raw),
            Self::Siret => siret(raw),
            Self::Rna => rna(raw),
            Self::Sap => sap(raw),
            Self::CheUid => che_uid(raw),
            Self::Kvk => kvk(raw),
            Self::Other if contains_nir(raw) => Err(IdentifierError::Forbidden),
            Self::Other => crate::shared::check_text(raw, 50, false).map_err(|_| IdentifierError::Malformed),
        }
    }
}

/// Whether a character is a space that people put inside an identifier: U+0020, U+00A0, U+202F.
pub(super) const fn is_inner_space(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{202f}')
}

/// Trims, removes inner spaces and the characters of `ignored`, and upper-cases.
pub(crate) fn compact(raw: &str, ignored: &[char]) -> String {
    raw.trim().chars().filter(|c| !is_inner_space(*c) && !ignored.contains(c)).map(|c| c.to_ascii_uppercase()).collect()
}

/// The decimal digits of a text, when it holds exactly `count` of them and nothing else.
pub(super) fn digits(text: &str, count: usize) -> Result<Vec<u32>, IdentifierError> {
    let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(10)).collect();
    digits.filter(|digits| digits.len() == count).ok_or(IdentifierError::Malformed)
}

/// `Ok` when a check digit holds.
pub(super) fn checked(text: String, holds: bool) -> Result<String, IdentifierError> {
    if holds { Ok(text) } else { Err(IdentifierError::WrongCheckDigit) }
}

/// Whether the text is ASCII digits only.
pub(crate) fn all_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// The Luhn check (ISO/IEC 7812-1): every second digit from the right counts double, cross-summed.
fn luhn(digits: &[u32]) -> bool {
    let double = |d: u32| if d > 4 { 2 * d - 9 } else { 2 * d };
    let sum: u32 = digits.iter().rev().enumerate().map(|(i, d)| if i % 2 == 1 { double(*d) } else { *d }).sum();
    sum.is_multiple_of(10)
}

/// The sum of digits, each times its weight.
fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(d, w)| d * w).sum()
}

fn is_zero(digits: &[u32]) -> bool {
    digits.iter().all(|d| *d == 0)
}

/// SIREN, the French company number: 9 digits, Luhn, not all zero (INSEE; Code de commerce R123-221).
///
/// # Errors
/// What is wrong with it.
pub fn siren(raw: &str) -> Result<String, IdentifierError> {
    let text = compact(raw, &[]);
    let digits = digits(&text, 9)?;
    if is_zero(&digits) {
        return Err(IdentifierError::Malformed);
    }
    checked(text, luhn(&digits))
}

/// SIRET, the French establishment number: a valid SIREN and 5 digits, Luhn over all 14 (INSEE; Code de commerce R123-221).
///
/// The establishments of La Poste (SIREN 356000000) outnumber what Luhn allows: their digits sum to a multiple of 5 instead,
/// except for the head office 35600000000048.
///
/// # Errors
/// What is wrong with it.
pub fn siret(raw: &str) -> Result<String, IdentifierError> {
    let text = compact(raw, &[]);
    let digits = digits(&text, 14)?;
    let company = siren(text.get(..9).unwrap_or_default())?;
    let holds =
        if company == "356000000" && text != "35600000000048" { digits.iter().sum::<u32>().is_multiple_of(5) } else { luhn(&digits) };
    checked(text, holds)
}

/// RNA, the French number of an association: W and 9 digits; in Corsica W2A or W2B and 7 digits; overseas W9, a letter and
/// 7 digits (arrêté du 14 octobre 2009, Répertoire national des associations).
///
/// # Errors
/// [`IdentifierError::Malformed`]; the number has no check digit.
pub fn rna(raw: &str) -> Result<String, IdentifierError> {
    let text = compact(raw, &[]);
    let rest = text.strip_prefix('W').ok_or(IdentifierError::Malformed)?;
    let (area, serial) = rest.split_at_checked(2).ok_or(IdentifierError::Malformed)?;
    let letter = |c: char| c.is_ascii_uppercase();
    let area_fits = all_digits(area) || area == "2A" || area == "2B" || area.strip_prefix('9').is_some_and(|c| c.starts_with(letter));
    if area_fits && serial.len() == 7 && all_digits(serial) { Ok(text) } else { Err(IdentifierError::Malformed) }
}

/// SAP, the French home care number: SAP and a valid SIREN, with an optional slash or spaces between (Code du travail L7232-1-1).
///
/// # Errors
/// What is wrong with it.
pub fn sap(raw: &str) -> Result<String, IdentifierError> {
    let text = compact(raw, &[]);
    let rest = text.strip_prefix("SAP").ok_or(IdentifierError::Malformed)?;
    siren(rest.strip_prefix('/').unwrap_or(rest)).map(|siren| format!("SAP{siren}"))
}

/// The code of a French commune: department (01 to 95 except 20, 2A, 2B, 97x, 98x) and commune (INSEE, Code officiel géographique).
///
/// # Errors
/// [`IdentifierError::Malformed`]; the code has no check digit and is not looked up.
pub fn insee_commune(raw: &str) -> Result<String, IdentifierError> {
    let text = compact(raw, &[]);
    let (department, commune) = text.split_at_checked(2).ok_or(IdentifierError::Malformed)?;
    let department_fits = match department {
        "2A" | "2B" | "97" | "98" => true,
        _ => all_digits(department) && department != "20" && ("01"..="95").contains(&department),
    };
    let numbered = commune.len() == 3 && all_digits(commune) && commune != "000";
    if department_fits && numbered { Ok(text) } else { Err(IdentifierError::Malformed) }
}

/// AHV/AVS, the Swiss social insurance number: 756, 9 digits and the EAN-13 check digit (RAVS, RS 831.101, art. 133). Dots are ignored.
///
/// # Errors
/// What is wrong with it.
pub fn ahv(raw: &str) -> Result<String, IdentifierError> {
    let text = compact(raw, &['.']);
    let digits = digits(&text, 13)?;
    if !text.starts_with("756") {
        return Err(IdentifierError::Malformed);
    }
    let sum = weighted(&digits, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]);
    checked(text, sum.is_multiple_of(10))
}

/// BSN, the Dutch citizen service number: 9 digits, 9a+8b+7c+6d+5e+4f+3g+2h−i divisible by 11, not zero (Wabb; Logisch Ontwerp BRP).
/// With 8 digits a leading zero is added. Dots are ignored.
///
/// # Errors
/// What is wrong with it.
pub fn bsn(raw: &str) -> Result<String, IdentifierError> {
    let mut text = compact(raw, &['.']);
    if text.len() == 8 {
        text.insert(0, '0');
    }
    let digits = digits(&text, 9)?;
    if is_zero(&digits) {
        return Err(IdentifierError::Malformed);
    }
    // Minus one is ten modulo eleven.
    let sum = weighted(&digits, &[9, 8, 7, 6, 5, 4, 3, 2, 10]);
    checked(text, sum.is_multiple_of(11))
}

/// UID, the Swiss enterprise number: CHE and 9 digits, the last by weights 5,4,3,2,7,6,5,4 modulo 11; a check of 10 does not exist
/// (ordonnance sur l'IDE, RS 431.031; eCH-0097). Dots and hyphens are ignored, and a suffix MWST, TVA or IVA is dropped: it tells
/// that the enterprise pays tax on value added and is not part of the number.
///
/// # Errors
/// What is wrong with it.
pub fn che_uid(raw: &str) -> Result<String, IdentifierError> {
    let text = compact(raw, &['.', '-']);
    let rest = text.strip_prefix("CHE").ok_or(IdentifierError::Malformed)?;
    let number = ["MWST", "TVA", "IVA"].iter().find_map(|suffix| rest.strip_suffix(suffix)).unwrap_or(rest);
    let digits = digits(number, 9)?;
    if is_zero(&digits) {
        return Err(IdentifierError::Malformed);
    }
    // The check digit completes the sum to a multiple of eleven; as a single digit it can never be ten.
    let sum = weighted(&digits, &[5, 4, 3, 2, 7, 6, 5, 4, 1]);
    checked(format!("CHE{number}"), sum.is_multiple_of(11))
}

/// `KvK`, the Dutch Chamber of Commerce number: 8 digits without a check digit (Handelsregisterwet 2007).
///
/// # Errors
/// [`IdentifierError::Malformed`].
pub fn kvk(raw: &str) -> Result<String, IdentifierError> {
    let text = compact(raw, &[]);
    let digits = digits(&text, 8)?;
    if is_zero(&digits) { Err(IdentifierError::Malformed) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const MALFORMED: Result<&str, IdentifierError> = Err(IdentifierError::Malformed);
    const CHECK: Result<&str, IdentifierError> = Err(IdentifierError::WrongCheckDigit);

    #[rstest]
    #[case(IdentifierKind::Siren, "732829320", Ok("732829320"))]
    #[case(IdentifierKind::Siren, " 732 829\u{a0}320 ", Ok("732829320"))]
    #[case(IdentifierKind::Siren, "732\u{202f}829\u{202f}320", Ok("732829320"))]
    #[case(IdentifierKind::Siren, "732829321", CHECK)]
    #[case(IdentifierKind::Siren, "000000000", MALFORMED)]
    #[case(IdentifierKind::Siren, "73282932", MALFORMED)]
    #[case(IdentifierKind::Siren, "732.829.320", MALFORMED)]
    #[case(IdentifierKind::Siren, "73282932O", MALFORMED)]
    #[case(IdentifierKind::Siren, "٧٣٢٨٢٩٣٢٠", MALFORMED)]
    #[case(IdentifierKind::Siren, "", MALFORMED)]
    #[case(IdentifierKind::Siret, "732 829 320 00074", Ok("73282932000074"))]
    #[case(IdentifierKind::Siret, "12000101100002", Ok("12000101100002"))]
    #[case(IdentifierKind::Siret, "73282932000075", CHECK)]
    #[case::wrong_siren_right_luhn(IdentifierKind::Siret, "73282932100073", CHECK)]
    #[case(IdentifierKind::Siret, "00000000000000", MALFORMED)]
    #[case(IdentifierKind::Siret, "732829320", MALFORMED)]
    #[case::post_head_office(IdentifierKind::Siret, "35600000000048", Ok("35600000000048"))]
    #[case::post_by_sum(IdentifierKind::Siret, "35600000000001", Ok("35600000000001"))]
    #[case::post_by_luhn_only(IdentifierKind::Siret, "35600000000014", CHECK)]
    #[case(IdentifierKind::Rna, "w751 212517", Ok("W751212517"))]
    #[case(IdentifierKind::Rna, "W2A1234567", Ok("W2A1234567"))]
    #[case(IdentifierKind::Rna, "W2B1234567", Ok("W2B1234567"))]
    #[case(IdentifierKind::Rna, "W9C1000123", Ok("W9C1000123"))]
    #[case(IdentifierKind::Rna, "W2C1234567", MALFORMED)]
    #[case(IdentifierKind::Rna, "W75121251", MALFORMED)]
    #[case(IdentifierKind::Rna, "7512125170", MALFORMED)]
    #[case(IdentifierKind::Rna, "W9é1000123", MALFORMED)]
    #[case(IdentifierKind::Sap, "SAP732829320", Ok("SAP732829320"))]
    #[case(IdentifierKind::Sap, "sap / 732 829 320", Ok("SAP732829320"))]
    #[case(IdentifierKind::Sap, "SAP732829321", CHECK)]
    #[case(IdentifierKind::Sap, "SAP//732829320", MALFORMED)]
    #[case(IdentifierKind::Sap, "732829320", MALFORMED)]
    #[case(IdentifierKind::CheUid, "CHE-109.109.359", Ok("CHE109109359"))]
    #[case(IdentifierKind::CheUid, "CHE-116.028.803 MWST", Ok("CHE116028803"))]
    #[case(IdentifierKind::CheUid, "che105748336 tva", Ok("CHE105748336"))]
    #[case(IdentifierKind::CheUid, "CHE-109.109.359 VAT", MALFORMED)]
    #[case(IdentifierKind::CheUid, "CHE109109358", CHECK)]
    #[case::check_of_ten(IdentifierKind::CheUid, "CHE100000160", CHECK)]
    #[case(IdentifierKind::CheUid, "CHE000000000", MALFORMED)]
    #[case(IdentifierKind::CheUid, "109109359", MALFORMED)]
    #[case(IdentifierKind::Kvk, "1234 5678", Ok("12345678"))]
    #[case(IdentifierKind::Kvk, "1234567", MALFORMED)]
    #[case(IdentifierKind::Kvk, "00000000", MALFORMED)]
    #[case(IdentifierKind::Other, "  FINESS 750000001 ", Ok("FINESS 750000001"))]
    #[case(IdentifierKind::Other, "1 85 05 78 006 084 91", Err(IdentifierError::Forbidden))]
    #[case(IdentifierKind::Other, " ", MALFORMED)]
    fn kinds(#[case] kind: IdentifierKind, #[case] raw: &str, #[case] expected: Result<&str, IdentifierError>) {
        assert_eq!(kind.check(raw), expected.map(str::to_owned));
    }

    #[rstest]
    #[case(ahv, "756.9217.9231.28", Ok("7569217923128"))]
    #[case(ahv, "756 1234 5678 97", Ok("7561234567897"))]
    #[case(ahv, "7569217923129", CHECK)]
    #[case(ahv, "7559217923128", MALFORMED)]
    #[case(ahv, "756921792312", MALFORMED)]
    #[case(bsn, "111222333", Ok("111222333"))]
    #[case(bsn, "1234.56.782", Ok("123456782"))]
    #[case(bsn, "53000043", Ok("053000043"))]
    #[case(bsn, "123456783", CHECK)]
    #[case(bsn, "000000000", MALFORMED)]
    #[case(bsn, "1234567", MALFORMED)]
    #[case(insee_commune, "75056", Ok("75056"))]
    #[case(insee_commune, "2a004", Ok("2A004"))]
    #[case(insee_commune, "2B033", Ok("2B033"))]
    #[case(insee_commune, "97411", Ok("97411"))]
    #[case(insee_commune, "98818", Ok("98818"))]
    #[case(insee_commune, "20004", MALFORMED)]
    #[case(insee_commune, "00123", MALFORMED)]
    #[case(insee_commune, "96001", MALFORMED)]
    #[case(insee_commune, "99109", MALFORMED)]
    #[case(insee_commune, "75000", MALFORMED)]
    #[case(insee_commune, "2C004", MALFORMED)]
    #[case(insee_commune, "7505", MALFORMED)]
    fn persons_and_places(
        #[case] check: fn(&str) -> Result<String, IdentifierError>,
        #[case] raw: &str,
        #[case] expected: Result<&str, IdentifierError>,
    ) {
        assert_eq!(check(raw), expected.map(str::to_owned));
    }

    #[test]
    fn luhn_finds_every_wrong_digit() {
        for place in 0..9 {
            for digit in '0'..='9' {
                let changed: String = "732829320".chars().enumerate().map(|(i, c)| if i == place { digit } else { c }).collect();
                assert_eq!(siren(&changed).is_ok(), changed == "732829320", "{changed}");
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn a_checked_identifier_checks_again(raw in "(SAP|CHE|W)?[0-9 .-]{7,16}") {
            for kind in IdentifierKind::ALL {
                if let Ok(compact) = kind.check(&raw) {
                    proptest::prop_assert_eq!(kind.check(&compact), Ok(compact));
                }
            }
        }

        #[test]
        fn no_text_breaks_a_validator(raw in "\\PC{0,40}") {
            for kind in IdentifierKind::ALL {
                let _ = kind.check(&raw);
            }
            for check in [ahv, bsn, insee_commune, iban, qr_reference, rf_reference] {
                let _ = check(&raw);
            }
        }
    }
}
