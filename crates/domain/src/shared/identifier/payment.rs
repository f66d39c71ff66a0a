//! Account numbers and the references that a payment carries.

use super::{IdentifierError, all_digits, checked, compact, digits};

/// Lengths of an IBAN in the countries of SEPA (ISO 13616, SWIFT IBAN registry). Elsewhere 15 to 34 characters.
const IBAN_LENGTHS: &[(&str, usize)] = &[
    ("AD", 24),
    ("AL", 28),
    ("AT", 20),
    ("BE", 16),
    ("BG", 22),
    ("CH", 21),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DK", 18),
    ("EE", 20),
    ("ES", 24),
    ("FI", 18),
    ("FR", 27),
    ("GB", 22),
    ("GI", 23),
    ("GR", 27),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IS", 26),
    ("IT", 27),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("MC", 27),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MT", 31),
    ("NL", 18),
    ("NO", 15),
    ("PL", 28),
    ("PT", 25),
    ("RO", 24),
    ("RS", 22),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("VA", 22),
];

/// The length of an IBAN of a country, when it is known.
pub(in crate::shared) fn iban_length(country: &str) -> Option<usize> {
    IBAN_LENGTHS.iter().find(|(code, _)| *code == country).map(|(_, length)| *length)
}

/// The remainder by 97 of a text whose first four characters move to the end and whose letters count 10 to 35 (ISO 7064 MOD 97-10).
fn mod_97(text: &str) -> Option<u32> {
    let (head, tail) = text.split_at_checked(4)?;
    tail.chars().chain(head.chars()).try_fold(0, |rest, c| {
        let value = c.to_digit(36)?;
        Some((rest * if value > 9 { 100 } else { 10 } + value) % 97)
    })
}

/// Whether the characters 3 and 4 are check digits; 00, 01 and 99 are never computed (ISO 7064).
fn check_digits_exist(text: &str) -> bool {
    text.get(2..4).is_some_and(|check| all_digits(check) && ("02"..="98").contains(&check))
}

/// IBAN: country, two check digits modulo 97, account number; the length is that of the country (ISO 13616). Hyphens are ignored.
///
/// # Errors
/// What is wrong with it.
pub fn iban(raw: &str) -> Result<String, IdentifierError> {
    let text = compact(raw, &['-']);
    let country = text.get(..2).filter(|code| code.bytes().all(|b| b.is_ascii_uppercase())).ok_or(IdentifierError::Malformed)?;
    let length_fits = match iban_length(country) {
        Some(length) => text.len() == length,
        None => (15..=34).contains(&text.len()),
    };
    if !length_fits || !text.bytes().all(|b| b.is_ascii_alphanumeric()) || !text.get(2..4).is_some_and(all_digits) {
        return Err(IdentifierError::Malformed);
    }
    let holds = check_digits_exist(&text) && mod_97(&text) == Some(1);
    checked(text, holds)
}

/// Whether an account number is a QR-IBAN: a valid IBAN of Switzerland or Liechtenstein whose institution number lies in
/// 30000 to 31999 (SIX, Swiss Implementation Guidelines QR-bill). A payment to it needs a QR reference.
pub fn qr_iban(raw: &str) -> bool {
    iban(raw).is_ok_and(|iban| {
        (iban.starts_with("CH") || iban.starts_with("LI")) && iban.get(4..9).is_some_and(|iid| ("30000"..="31999").contains(&iid))
    })
}

/// QR reference: 27 digits, the last by modulo 10 recursive, not all zero (SIX, Swiss Implementation Guidelines QR-bill).
///
/// # Errors
/// What is wrong with it.
pub fn qr_reference(raw: &str) -> Result<String, IdentifierError> {
    const TABLE: [u32; 10] = [0, 9, 4, 6, 8, 2, 7, 1, 3, 5];
    let text = compact(raw, &[]);
    let digits = digits(&text, 27)?;
    if digits.iter().all(|d| *d == 0) {
        return Err(IdentifierError::Malformed);
    }
    // The carry after the last digit is zero exactly when that digit is the right one.
    let carry = digits.iter().fold(0_u32, |carry, digit| {
        let place = usize::try_from((carry + digit) % 10).unwrap_or_default();
        TABLE.get(place).copied().unwrap_or_default()
    });
    checked(text, carry == 0)
}

/// Creditor reference: RF, two check digits modulo 97, 1 to 21 letters or digits (ISO 11649).
///
/// # Errors
/// What is wrong with it.
pub fn rf_reference(raw: &str) -> Result<String, IdentifierError> {
    let text = compact(raw, &[]);
    let formed = text.starts_with("RF")
        && text.get(2..4).is_some_and(all_digits)
        && (5..=25).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric());
    if !formed {
        return Err(IdentifierError::Malformed);
    }
    let holds = check_digits_exist(&text) && mod_97(&text) == Some(1);
    checked(text, holds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const MALFORMED: Result<&str, IdentifierError> = Err(IdentifierError::Malformed);
    const CHECK: Result<&str, IdentifierError> = Err(IdentifierError::WrongCheckDigit);

    #[rstest]
    #[case(iban, "FR14 2004 1010 0505 0001 3M02 606", Ok("FR1420041010050500013M02606"))]
    #[case(iban, "ch93-0076-2011-6238-5295-7", Ok("CH9300762011623852957"))]
    #[case(iban, "NL91\u{a0}ABNA\u{202f}0417 1643 00", Ok("NL91ABNA0417164300"))]
    #[case(iban, "BE68539007547034", Ok("BE68539007547034"))]
    #[case(iban, "DE89370400440532013000", Ok("DE89370400440532013000"))]
    #[case(iban, "FR1420041010050500013M02607", CHECK)]
    #[case::transposed(iban, "BE68530907547034", CHECK)]
    #[case::wrong_length(iban, "FR142004101005050001", MALFORMED)]
    #[case(iban, "1234567890123456", MALFORMED)]
    #[case(iban, "FRXX20041010050500013M02606", MALFORMED)]
    #[case(iban, "BE6853900754703é", MALFORMED)]
    #[case(iban, "", MALFORMED)]
    #[case(qr_reference, "21 00000 00003 13947 14300 09017", Ok("210000000003139471430009017"))]
    #[case(qr_reference, "210000000003139471430009018", CHECK)]
    #[case(qr_reference, "21000000000313947143000901", MALFORMED)]
    #[case(qr_reference, "000000000000000000000000000", MALFORMED)]
    #[case(rf_reference, "RF18 5390 0754 7034", Ok("RF18539007547034"))]
    #[case(rf_reference, "rf471234567890", Ok("RF471234567890"))]
    #[case(rf_reference, "RF19539007547034", CHECK)]
    #[case(rf_reference, "RF18", MALFORMED)]
    #[case(rf_reference, "RF180000000000000000000000539007547034", MALFORMED)]
    #[case(rf_reference, "XF18539007547034", MALFORMED)]
    fn references(
        #[case] check: fn(&str) -> Result<String, IdentifierError>,
        #[case] raw: &str,
        #[case] expected: Result<&str, IdentifierError>,
    ) {
        assert_eq!(check(raw), expected.map(str::to_owned));
    }

    #[rstest]
    #[case("CH44 3199 9123 0008 8901 2", true)]
    #[case("CH7730000001250094239", true)]
    #[case("LI3131999000000000001", true)]
    #[case::above("CH7232000001250094239", false)]
    #[case::ordinary("CH9300762011623852957", false)]
    #[case::wrong_check("CH4531999123000889012", false)]
    #[case::other_country("FR1420041010050500013M02606", false)]
    fn qr_ibans(#[case] raw: &str, #[case] expected: bool) {
        assert_eq!(qr_iban(raw), expected);
    }

    proptest::proptest! {
        #[test]
        fn a_changed_digit_is_found(place in 4_usize..22, digit in 0_u32..10) {
            let valid = "DE89370400440532013000";
            let digit = char::from_digit(digit, 10).unwrap_or('0');
            let changed: String = valid.chars().enumerate().map(|(i, c)| if i == place { digit } else { c }).collect();
            proptest::prop_assert_eq!(iban(&changed).is_ok(), changed == valid);
        }
    }
}
