//! Telephone numbers: the text as it was given, and what it means.

use phonenumber::{Mode, country::Id};

use super::{Country, checked_string};

/// Why a telephone number was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// More than 50 characters.
    #[error("the telephone number is too long")]
    TooLong,
    /// Without a digit, or with a control character.
    #[error("the text is not a telephone number")]
    Malformed,
}

checked_string! {
    /// A telephone number as it was given: "01 42 76 40 40", "3919", "+41 44 123 45 67 (matin)". JSON and database hold that text;
    /// its meaning depends on the region and is computed by [`Phone::kind`] and [`Phone::e164`].
    Phone, max = 50, format = None, error = PhoneError, check = check_phone
}

fn check_phone(raw: &str) -> Result<String, PhoneError> {
    let raw = raw.trim();
    if raw.chars().count() > Phone::MAX {
        return Err(PhoneError::TooLong);
    }
    let formed = raw.bytes().any(|b| b.is_ascii_digit()) && !raw.chars().any(char::is_control);
    if formed { Ok(raw.to_owned()) } else { Err(PhoneError::Malformed) }
}

/// What a telephone number is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PhoneKind {
    /// A number of the international plan (ITU-T E.164): plus sign and digits.
    E164(String),
    /// A short number, dialled only inside its country: the digits alone.
    Short(String),
    /// A text with digits that is neither, kept as it is.
    Unparsed,
}

/// What national numbers of the French overseas regions begin with, and the country code that each takes (ARCEP, plan national de
/// numérotation, décision 2018-0881). Only for 508, Saint-Pierre-et-Miquelon, the code replaces these digits.
const FRENCH_OVERSEAS: &[(&str, &str)] = &[
    ("0262", "262"),
    ("0263", "262"),
    ("0692", "262"),
    ("0693", "262"), // La Réunion
    ("0269", "262"),
    ("0639", "262"), // Mayotte
    ("0590", "590"),
    ("0690", "590"),
    ("0691", "590"), // Guadeloupe, Saint-Martin, Saint-Barthélemy
    ("0594", "594"),
    ("0694", "594"), // Guyane
    ("0596", "596"),
    ("0696", "596"),
    ("0697", "596"), // Martinique
    ("0508", "508"),
];

impl Phone {
    /// What the number is, when a number without a country code belongs to `region`.
    pub fn kind(&self, region: Country) -> PhoneKind {
        let Some(dialled) = dialled(&self.0) else {
            return PhoneKind::Unparsed;
        };
        if is_short(&dialled, region) {
            return PhoneKind::Short(dialled);
        }
        let number = match dialled.strip_prefix('+').or_else(|| dialled.strip_prefix("00")) {
            Some(digits) => valid_e164(None, &format!("+{digits}")),
            None => overseas(&dialled, region).or_else(|| valid_e164(Some(region.phone_id()), &dialled)),
        };
        number.map_or(PhoneKind::Unparsed, PhoneKind::E164)
    }

    /// The number in the international plan, when it has one.
    pub fn e164(&self, region: Country) -> Option<String> {
        match self.kind(region) {
            PhoneKind::E164(number) => Some(number),
            PhoneKind::Short(_) | PhoneKind::Unparsed => None,
        }
    }
}

/// The digits to dial, with a leading plus sign if there is one. None when the text holds anything but a number.
fn dialled(raw: &str) -> Option<String> {
    // « +33 (0)1 … » writes the trunk prefix that callers from abroad leave out.
    let raw = if raw.starts_with('+') || raw.starts_with("00") { raw.replacen("(0)", "", 1) } else { raw.to_owned() };
    let mut dialled = String::with_capacity(raw.len());
    for c in raw.chars() {
        match c {
            '0'..='9' => dialled.push(c),
            '+' if dialled.is_empty() => dialled.push(c),
            '.' | '-' | '/' | '(' | ')' | '\u{2010}'..='\u{2013}' => {}
            _ if c.is_whitespace() => {}
            _ => return None,
        }
    }
    Some(dialled)
}

/// Short numbers by country. All: 112 and 116xxx (decision 2007/116/EC). France: 1x, 1xx, 1xxx, 3xxx, 118xxx (ARCEP, décision
/// 2018-0881). Switzerland: 1xx, 18xx (OFCOM, RS 784.101.113). Netherlands: 1xx, 18xx, 14 0xx (ACM, nummerplan). Belgium: 1xx, 1xxx
/// (IBPT). Germany: 11x, 118xx (`BNetzA`).
fn is_short(dialled: &str, region: Country) -> bool {
    let begins = |prefix: &str| dialled.starts_with(prefix);
    if dialled == "112" || (begins("116") && dialled.len() == 6) {
        return true;
    }
    match (region, dialled.len()) {
        (Country::Fr, 2 | 3) | (Country::Be, 3 | 4) | (Country::Ch | Country::Nl, 3) => begins("1"),
        (Country::Fr, 4) => begins("1") || begins("3"),
        (Country::Ch | Country::Nl, 4) => begins("18"),
        (Country::Fr, 6) | (Country::De, 5) => begins("118"),
        (Country::Nl, 5 | 6) => begins("140"),
        (Country::De, 3) => begins("11"),
        _ => false,
    }
}

/// The international form of a number of a French overseas region.
fn overseas(dialled: &str, region: Country) -> Option<String> {
    let (prefix, code) = FRENCH_OVERSEAS.iter().find(|(prefix, _)| region == Country::Fr && dialled.starts_with(prefix))?;
    let trunk = if *code == "508" { prefix } else { "0" };
    valid_e164(None, &format!("+{code}{}", dialled.strip_prefix(trunk)?))
}

/// The E.164 form of a number that the plan of its country knows.
fn valid_e164(region: Option<Id>, dialled: &str) -> Option<String> {
    // Fifteen digits and two of a prefix at most; the parser is not asked about anything else.
    if !(4..=17).contains(&dialled.len()) {
        return None;
    }
    let e164 = |region, dialled: &str| {
        let number = phonenumber::parse(region, dialled).ok()?;
        number.is_valid().then(|| number.format().mode(Mode::E164).to_string())
    };
    let number = e164(region, dialled)?;
    // Germany assigns longer numbers than E.164 allows, and some plans strip a trunk prefix twice: such a number is not kept.
    (number.len() <= 16 && e164(None, &number).as_ref() == Some(&number)).then_some(number)
}

impl Country {
    const fn phone_id(self) -> Id {
        match self {
            Self::Fr => Id::FR,
            Self::Ch => Id::CH,
            Self::Nl => Id::NL,
            Self::Be => Id::BE,
            Self::De => Id::DE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn kind(raw: &str, region: Country) -> Result<PhoneKind, PhoneError> {
        raw.parse::<Phone>().map(|phone| phone.kind(region))
    }

    #[rstest]
    #[case("01 42 76 40 40", Country::Fr, "+33142764040")]
    #[case("01.42.76.40.40", Country::Fr, "+33142764040")]
    #[case("06\u{a0}12\u{202f}34 56 78", Country::Fr, "+33612345678")]
    #[case("+33 (0)1 42 76 40 40", Country::Ch, "+33142764040")]
    #[case("0033142764040", Country::Fr, "+33142764040")]
    #[case::freephone("0 800 840 800", Country::Fr, "+33800840800")]
    #[case::guadeloupe("0590 20 12 34", Country::Fr, "+590590201234")]
    #[case::guadeloupe_mobile("0690 00 12 34", Country::Fr, "+590690001234")]
    #[case::guyane("0594 29 12 34", Country::Fr, "+594594291234")]
    #[case::guyane_mobile("0694 20 12 34", Country::Fr, "+594694201234")]
    #[case::martinique("0596 30 12 34", Country::Fr, "+596596301234")]
    #[case::martinique_mobile("0696 20 12 34", Country::Fr, "+596696201234")]
    #[case::reunion("0262 16 12 34", Country::Fr, "+262262161234")]
    #[case::reunion_mobile("0692 12 34 56", Country::Fr, "+262692123456")]
    #[case::mayotte("0269 61 12 34", Country::Fr, "+262269611234")]
    #[case::mayotte_mobile("0639 01 23 45", Country::Fr, "+262639012345")]
    #[case::saint_pierre("0508 41 12 34", Country::Fr, "+508411234")]
    #[case("044 668 18 00", Country::Ch, "+41446681800")]
    #[case("+41 44 668 18 00", Country::Fr, "+41446681800")]
    #[case("020 555 1111", Country::Nl, "+31205551111")]
    #[case("06-12345678", Country::Nl, "+31612345678")]
    #[case::dutch_service_number("0900-8844", Country::Nl, "+319008844")]
    #[case("02 552 12 34", Country::Be, "+3225521234")]
    #[case("0470 12 34 56", Country::Be, "+32470123456")]
    #[case("030/901820", Country::De, "+4930901820")]
    #[case("+351 21 123 4567", Country::Fr, "+351211234567")]
    fn international(#[case] raw: &str, #[case] region: Country, #[case] expected: &str) {
        assert_eq!(kind(raw, region), Ok(PhoneKind::E164(expected.to_owned())));
    }

    #[rstest]
    #[case("15", Country::Fr, "15")]
    #[case("115", Country::Fr, "115")]
    #[case("39 19", Country::Fr, "3919")]
    #[case("3624", Country::Fr, "3624")]
    #[case("116 117", Country::Fr, "116117")]
    #[case("118 218", Country::Fr, "118218")]
    #[case("143", Country::Ch, "143")]
    #[case("112", Country::Nl, "112")]
    #[case("14 020", Country::Nl, "14020")]
    #[case("107", Country::Be, "107")]
    #[case("116 111", Country::De, "116111")]
    fn short(#[case] raw: &str, #[case] region: Country, #[case] expected: &str) {
        assert_eq!(kind(raw, region), Ok(PhoneKind::Short(expected.to_owned())));
        assert_eq!(raw.parse::<Phone>().ok().and_then(|phone| phone.e164(region)), None);
    }

    #[rstest]
    #[case("01 42 76 40 40 poste 12", Country::Fr)]
    #[case("01 42 76", Country::Fr)]
    #[case("99 99 99 99 99", Country::Fr)]
    #[case("3919", Country::Ch)]
    #[case("+1", Country::Fr)]
    #[case("+999 123 456 789", Country::Fr)]
    #[case("+33 0000000000000000", Country::Fr)]
    fn unparsed(#[case] raw: &str, #[case] region: Country) {
        assert_eq!(kind(raw, region), Ok(PhoneKind::Unparsed));
    }

    #[rstest]
    #[case("", PhoneError::Malformed)]
    #[case("appeler", PhoneError::Malformed)]
    #[case("01\n42", PhoneError::Malformed)]
    #[case("012345678901234567890123456789012345678901234567890", PhoneError::TooLong)]
    fn refused(#[case] raw: &str, #[case] expected: PhoneError) {
        assert_eq!(raw.parse::<Phone>(), Err(expected));
    }

    #[test]
    fn the_text_is_kept() {
        let phone: Option<Phone> = serde_json::from_str(r#"" 01 42 76 40 40 (matin)""#).ok();
        assert_eq!(phone.map(|phone| phone.to_string()), Some("01 42 76 40 40 (matin)".to_owned()));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn an_international_number_is_its_own_form(raw in "(\\+|00|0)?[0-9]{2,18}", region in prop::sample::select(Country::ALL)) {
            if let Some(number) = raw.parse::<Phone>().ok().and_then(|phone| phone.e164(region)) {
                prop_assert!(number.starts_with('+') && (5..=16).contains(&number.len()));
                let again = number.parse::<Phone>().ok().and_then(|phone| phone.e164(Country::De));
                prop_assert_eq!(again, Some(number));
            }
        }

        #[test]
        fn no_text_breaks_the_parser(raw in "[+0-9 ().\\PC]{0,50}", region in prop::sample::select(Country::ALL)) {
            let _ = raw.parse::<Phone>().map(|phone| phone.kind(region));
        }
    }
}
