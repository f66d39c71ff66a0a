//! What a gazetteer knows.

mod gazetteer;
mod read;

use super::*;

/// A commune of France with these words: code, name, population, postal codes.
pub fn commune(code: &str, name: &str, population: u32, postal_codes: &[&str]) -> Place {
    Place {
        code: code.parse().unwrap(),
        kind: if city_of(code).is_some() { PlaceKind::Arrondissement } else { PlaceKind::Commune },
        country: Country::Fr,
        name: name.parse().unwrap(),
        parent: city_of(code).map(|code| code.parse().unwrap()),
        departement: code[..2].parse().ok(),
        region: Some("32".parse().unwrap()),
        epci: Some("200093201".parse().unwrap()),
        point: None,
        population,
        postal_codes: postal_codes.iter().map(|code| code.parse().unwrap()).collect(),
    }
}

#[test]
fn arrondissements_have_their_city_by_rule() {
    for (code, city) in [
        ("75101", Some("75056")),
        ("75120", Some("75056")),
        ("75121", None),
        ("69381", Some("69123")),
        ("69390", None),
        ("13216", Some("13055")),
        ("13200", None),
        ("751010", None),
        ("59350", None),
    ] {
        assert_eq!(city_of(code), city, "{code}");
    }
}

#[test]
fn codes_have_the_form_of_their_country() {
    let code = |raw, country| place_code_of(raw, country).map(|code| code.to_string());
    assert_eq!(code("2a004", Country::Fr).as_deref(), Some("2A004"));
    assert_eq!(code("GM0344", Country::Nl), code("0344", Country::Nl));
    assert_eq!(code("5586", Country::Ch).as_deref(), Some("5586"));
    for (raw, country) in [("5586", Country::Fr), ("GM344", Country::Nl), ("59350", Country::Ch), ("", Country::Be), ("é", Country::De)] {
        assert_eq!(code(raw, country), None, "{raw}");
    }
    let postal = |raw, country| postal_code_of(raw, country).map(|code| code.to_string());
    assert_eq!(postal("3511 ab", Country::Nl).as_deref(), Some("3511"));
    assert_eq!(
        (postal("0511", Country::Nl), postal("351", Country::Nl), postal("59000", Country::Fr).as_deref()),
        (None, None, Some("59000"))
    );
}
