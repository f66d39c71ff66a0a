//! The French social security number (NIR), which Relais refuses: it may not be kept outside a purpose named by decree
//! (Loi Informatique et Libertés, article 30; décret 2019-341).

use super::identifier::{iban, iban_length, is_inner_space};

/// The characters of a NIR: 13 that carry meaning and a key of 2.
const LENGTH: usize = 15;

/// Whether a text holds a NIR with the right structure and key.
///
/// The 15 characters may be parted by one space, dot or hyphen between any two, and are not preceded or followed by a digit.
/// What stands in a valid IBAN or in a UUID is not taken for a NIR. Structure: sex (1, 2, 3, 4, 7, 8), year, month (01 to 12, 20 to 42, 50 to 99),
/// department (or 2A, 2B), commune, serial, key = 97 − (the first 13 modulo 97) with 2A read as 19 and 2B as 18
/// (INSEE, Code officiel du NIR; décret 82-103).
pub fn contains_nir(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let mut before: Option<char> = None;
    for (start, first) in chars.iter().enumerate() {
        let free = !before.is_some_and(|c| c.is_ascii_digit());
        before = Some(*first);
        if free && matches!(first, '1'..='4' | '7' | '8') && nir_at(&chars, start) {
            return true;
        }
    }
    false
}

/// A separator that people put between the groups of a NIR.
const fn is_separator(c: char) -> bool {
    is_inner_space(c) || matches!(c, '.' | '-' | '\u{2010}' | '\u{2011}')
}

/// Whether a NIR begins at a place.
fn nir_at(chars: &[char], start: usize) -> bool {
    let mut compact = String::with_capacity(LENGTH);
    let mut parted = true;
    let mut end = start;
    for c in chars.get(start..).unwrap_or_default() {
        if compact.len() == LENGTH {
            if c.is_ascii_digit() {
                return false;
            }
            break;
        }
        if is_separator(*c) && !parted {
            parted = true;
        } else if c.is_ascii_alphanumeric() {
            compact.push(c.to_ascii_uppercase());
            parted = false;
        } else {
            return false;
        }
        end += 1;
    }
    is_nir(&compact) && !within_iban(chars, start, end) && !within_uuid(chars, start, end)
}

/// Structure and key of a compact NIR.
fn is_nir(compact: &str) -> bool {
    let number = |from: usize, to: usize| compact.get(from..to).filter(|part| part.bytes().all(|b| b.is_ascii_digit()));
    if compact.len() != LENGTH || !compact.starts_with(['1', '2', '3', '4', '7', '8']) || number(0, 5).is_none() {
        return false;
    }
    let month_fits =
        number(3, 5).and_then(|month| month.parse::<u8>().ok()).is_some_and(|month| matches!(month, 1..=12 | 20..=42 | 50..=99));
    let department = match compact.get(5..7) {
        Some("2A") => Some("19"),
        Some("2B") => Some("18"),
        _ => number(5, 7),
    };
    let (Some(birth), Some(department), Some(serial), Some(key)) = (number(0, 5), department, number(7, 13), number(13, 15)) else {
        return false;
    };
    let body = format!("{birth}{department}{serial}").parse::<u64>();
    let key = key.parse::<u64>();
    month_fits && matches!((body, key), (Ok(body), Ok(key)) if key == 97 - body % 97)
}

/// Whether the characters from `start` to `end` lie inside a valid IBAN: a French IBAN in groups of four ends with fifteen
/// characters that stand free, and one in two hundred would have the structure and key of a NIR.
fn within_iban(chars: &[char], start: usize, end: usize) -> bool {
    // 34 characters at most, each with a separator.
    let earliest = start.saturating_sub(68);
    (earliest..start).any(|from| iban_from(chars.get(from..).unwrap_or_default()).is_some_and(|length| from + length >= end))
}

/// The lengths of the groups of a UUID.
const UUID_GROUPS: [usize; 5] = [8, 4, 4, 4, 12];
/// Its characters, hyphens included.
const UUID_LENGTH: usize = 36;

/// Whether the characters from `start` to `end` lie inside a UUID. Ids that are made at the same time begin alike: for some
/// seconds one in a thousand has the structure and key of a NIR.
fn within_uuid(chars: &[char], start: usize, end: usize) -> bool {
    let earliest = end.saturating_sub(UUID_LENGTH);
    (earliest..=start).any(|from| is_uuid_at(chars, from))
}

/// Whether a UUID of RFC 9562 stands free at a place: hyphens, version and variant where they belong.
fn is_uuid_at(chars: &[char], from: usize) -> bool {
    let at = |place: usize| chars.get(from + place).copied();
    let free = |c: Option<&char>| c.is_none_or(|c| !c.is_ascii_alphanumeric());
    let mut place = 0;
    for (group, length) in UUID_GROUPS.into_iter().enumerate() {
        if group > 0 {
            if at(place) != Some('-') {
                return false;
            }
            place += 1;
        }
        if !(place..place + length).all(|place| at(place).is_some_and(|c| c.is_ascii_hexdigit())) {
            return false;
        }
        place += length;
    }
    let versioned = matches!(at(14), Some('1'..='8')) && matches!(at(19), Some('8' | '9' | 'a' | 'b' | 'A' | 'B'));
    versioned && free(chars.get(from + place)) && free(from.checked_sub(1).and_then(|before| chars.get(before)))
}

/// The number of characters, separators included, of the IBAN that begins a text.
fn iban_from(chars: &[char]) -> Option<usize> {
    let country: String = chars.get(..2)?.iter().map(char::to_ascii_uppercase).collect();
    let wanted = iban_length(&country)?;
    let mut compact = String::with_capacity(wanted);
    for (place, c) in chars.iter().enumerate() {
        if c.is_ascii_alphanumeric() {
            compact.push(*c);
        } else if !is_separator(*c) {
            return None;
        }
        if compact.len() == wanted {
            return iban(&compact).ok().map(|_| place + 1);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("185057800608491")]
    #[case("1 85 05 78 006 084 91")]
    #[case("2-69-05-49-588-157-80")]
    #[case("1.85.05.78.006.084.91")]
    #[case("1\u{a0}85\u{a0}05\u{a0}78\u{a0}006\u{a0}084\u{a0}91")]
    #[case("1\u{202f}85\u{202f}05\u{202f}78\u{202f}006\u{202f}084\u{202f}91")]
    #[case("1 8 5 0 5 7 8 0 0 6 0 8 4 9 1")]
    #[case::corsica_south("185052A00608435")]
    #[case::corsica_north("2 85 05 2b 006 084 12")]
    #[case::provisional("785017800608418")]
    #[case::foreign_birth("899127800608440")]
    #[case::unknown_month("1 85 50 78 006 084 35")]
    #[case::fictitious_month("185207800608440")]
    #[case::key_97("185057800607897")]
    #[case("Mme Roy (n° 269054958815780), rappeler lundi")]
    #[case("NIR:185057800608491.")]
    #[case("NIR185057800608491")]
    #[case("dossier 12 185057800608491")]
    #[case::nearly_a_uuid("1a22766-6745-7702-96fb-2dc1cd078ee1")]
    #[case::no_version("01a22766-6745-0702-31fb-2dc1cd078ee1 1 85 05 78 006 084 91")]
    #[case::beside_a_uuid("01890a5d-ac96-774b-bcce-b302099a8057 1 85 05 78 006 084 91")]
    #[case::after_a_phone("06 12 34 56 78 - 1850578006084 91")]
    fn found(#[case] text: &str) {
        assert!(contains_nir(text));
    }

    #[rstest]
    #[case::empty("")]
    #[case::wrong_key("185057800608492")]
    #[case::sex_of_five("585057800608491")]
    #[case::month_of_thirteen("185137800608425")]
    #[case::month_of_forty_three("185437800608420")]
    #[case::two_separators("1  85 05 78 006 084 91")]
    #[case::other_separator("1/85/05/78/006/084/91")]
    #[case::too_short("18505780060849")]
    #[case::digit_before("9185057800608491")]
    #[case::digit_after("1850578006084910")]
    #[case::corsica_elsewhere("1 85 05 78 00 2A 084 91")]
    #[case::corsica_with_plain_key("185052A00608491")]
    #[case::french_phone("01 42 76 40 40")]
    #[case::two_phones("01 42 76 40 40 / 06 12 34 56 78")]
    #[case::two_phones_in_a_row("01 42 76 40 40 06 12 34 56 78")]
    #[case::international_phone("+33 1 42 76 40 40")]
    #[case::overseas_phone("00262 692 12 34 56")]
    #[case::siret("732 829 320 00074")]
    #[case::compact_siret("73282932000074")]
    #[case::iban("FR14 2004 1010 0505 0001 3M02 606")]
    #[case::iban_swiss("CH93 0076 2011 6238 5295 7")]
    #[case::iban_german("DE89370400440532013000")]
    #[case::iban_that_ends_like_a_nir("FR90 3000 6000 185 0578 0060 8491")]
    #[case::iban_in_other_groups("Compte FR90-30006000-185057800608491, merci")]
    #[case::american_express("3782 822463 10005")]
    #[case::american_express_compact("371449635398431")]
    #[case::another_card("378734493671000")]
    #[case::card_of_sixteen("4970 1012 3456 7890")]
    #[case::qr_reference("21 00000 00003 13947 14300 09017")]
    #[case::uuid("01890a5d-ac96-774b-bcce-b302099a8057")]
    #[case::uuid_with_structure_and_key("01a22766-6745-7702-96fb-2dc1cd078ee1")]
    #[case::in_capitals_in_a_text("(01A22766-6745-7702-96FB-2DC1CD078EE1), merci")]
    #[case::in_an_address("https://relais.example/v1/referrals/01a22766-6745-7702-96fb-2dc1cd078ee1/chain")]
    fn left_alone(#[case] text: &str) {
        assert!(!contains_nir(text));
    }

    fn valid_nir() -> impl Strategy<Value = String> {
        let sex = prop::sample::select(vec!['1', '2', '3', '4', '7', '8']);
        let month = prop_oneof![1_u8..=12, 20_u8..=42, 50_u8..=99];
        let department = prop_oneof!["[0-9]{2}", Just("2A".to_owned()), Just("2B".to_owned())];
        (sex, 0_u8..100, month, department, 0_u32..1_000_000).prop_map(|(sex, year, month, department, serial)| {
            let number = match department.as_str() {
                "2A" => "19",
                "2B" => "18",
                other => other,
            };
            let body: u64 = format!("{sex}{year:02}{month:02}{number}{serial:06}").parse().unwrap_or_default();
            format!("{sex}{year:02}{month:02}{department}{serial:06}{:02}", 97 - body % 97)
        })
    }

    fn separators() -> impl Strategy<Value = Vec<&'static str>> {
        prop::collection::vec(prop::sample::select(vec!["", "", " ", "\u{a0}", "\u{202f}", ".", "-"]), 14)
    }

    proptest! {
        #[test]
        fn every_nir_in_a_text_is_found(
            nir in valid_nir(),
            separators in separators(),
            before in "(\\PC{0,30}[^0-9])?",
            after in "([^0-9]\\PC{0,30})?",
        ) {
            let mut written = String::new();
            for (place, c) in nir.chars().enumerate() {
                written.push(c);
                written.push_str(separators.get(place).copied().unwrap_or_default());
            }
            let text = format!("{before}{written}{after}");
            prop_assert!(contains_nir(&text));
        }

        #[test]
        fn a_wrong_key_is_no_nir(nir in valid_nir(), shift in 1_u32..97) {
            let (body, key) = nir.split_at(13);
            let key: u32 = key.parse().unwrap_or_default();
            let text = format!("{body}{:02}", (key - 1 + shift) % 97 + 1);
            prop_assert!(!contains_nir(&text));
        }

        #[test]
        fn no_uuid_is_a_nir(bits in any::<u128>(), time in 0_u64..1 << 48) {
            let seven = (bits & !(0xffff_ffff_ffff << 80)) | (u128::from(time) << 80);
            let text = uuid::Builder::from_u128(seven).with_variant(uuid::Variant::RFC4122).with_version(uuid::Version::SortRand);
            prop_assert!(!contains_nir(&text.into_uuid().to_string()));
        }

        #[test]
        fn no_text_breaks_the_scanner(text in "\\PC{0,200}") {
            contains_nir(&text);
        }
    }
}
