//! What a postal code says of where somebody lives.

use std::collections::BTreeSet;

use relais_domain::directory::{Gazetteer, Place, Zone};
use relais_domain::shared::{Country, GeoPoint};

/// A postal code: the zones in which somebody lives who has it, and the middle of its places.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PostcodeArea {
    /// The zones, each once.
    pub zones: Vec<Zone>,
    /// The middle of its places; `None` when no point of them is known.
    pub middle: Option<GeoPoint>,
}

impl PostcodeArea {
    /// What is known of a postal code, of whatever country it is one; `None` when no place has it.
    pub(super) fn of(gazetteer: &Gazetteer, code: &str) -> Option<Self> {
        let places: Vec<Place> = Country::ALL.iter().flat_map(|country| gazetteer.by_postal_code(*country, code)).collect();
        // A city has the postal codes of all its arrondissements, but who names the code of one does not live in the others.
        let divided = |place: &&Place| places.iter().any(|part| part.parent.as_ref() == Some(&place.code));
        let whole: Vec<&Place> = places.iter().filter(|place| !divided(place)).collect();
        let zones: BTreeSet<Zone> = whole.iter().flat_map(|place| gazetteer.zones_of(place)).collect();
        // Between two countries there is no middle: the first that has a place with this code and a point is meant.
        let points = |places: &mut dyn Iterator<Item = &Place>| places.filter_map(|place| place.point).collect::<Vec<_>>();
        let middle = Country::ALL.iter().find_map(|country| {
            let here = |place: &&Place| place.country == *country;
            middle(&points(&mut whole.iter().copied().filter(here))).or_else(|| middle(&points(&mut places.iter().filter(here))))
        });
        (!places.is_empty()).then(|| Self { zones: zones.into_iter().collect(), middle })
    }
}

/// The mean of points that lie near each other.
fn middle(points: &[GeoPoint]) -> Option<GeoPoint> {
    let number = f64::from(u32::try_from(points.len()).ok()?);
    let (north, east) = points.iter().fold((0.0, 0.0), |(north, east), point| (north + point.latitude(), east + point.longitude()));
    GeoPoint::new(north / number, east / number).ok()
}

#[cfg(test)]
mod tests {
    use relais_domain::directory::PlaceKind;

    use super::*;

    fn place(code: &str, (departement, region): (&str, &str), point: Option<(f64, f64)>, postal_codes: &[&str]) -> Place {
        Place {
            code: code.parse().unwrap(),
            kind: PlaceKind::Commune,
            country: Country::Fr,
            name: "Quelque part".parse().unwrap(),
            parent: None,
            departement: Some(departement.parse().unwrap()),
            region: Some(region.parse().unwrap()),
            epci: None,
            point: point.map(|(latitude, longitude)| GeoPoint::new(latitude, longitude).unwrap()),
            population: 1,
            postal_codes: postal_codes.iter().map(|code| code.parse().unwrap()).collect(),
        }
    }

    fn part(kind: PlaceKind, code: &str, parent: &str, point: Option<(f64, f64)>, postal_codes: &[&str]) -> Place {
        Place { kind, parent: Some(parent.parse().unwrap()), ..place(code, ("69", "84"), point, postal_codes) }
    }

    fn world() -> Gazetteer {
        let brussels = Place { country: Country::Be, ..place("21004", ("21000", "BE-BRU"), Some((50.8, 4.4)), &["1000"]) };
        let lausanne = Place { country: Country::Ch, ..place("5586", ("2225", "VD"), None, &["1000", "1003"]) };
        let utrecht = Place { country: Country::Nl, ..place("GM0344", ("UT", "NL-UT"), None, &["3511"]) };
        Gazetteer::new(vec![
            place("59350", ("59", "32"), Some((50.0, 3.0)), &["59000", "59160"]),
            place("59009", ("59", "32"), Some((50.5, 3.5)), &["59000"]),
            part(PlaceKind::Former, "59355", "59350", None, &[]),
            place("69123", ("69", "84"), Some((45.0, 4.0)), &["69003", "69006"]),
            part(PlaceKind::Arrondissement, "69383", "69123", Some((45.5, 4.5)), &["69003"]),
            part(PlaceKind::Arrondissement, "69386", "69123", None, &["69006"]),
            brussels,
            lausanne,
            utrecht,
        ])
    }

    fn zones(code: &str) -> Vec<String> {
        let area = PostcodeArea::of(&world(), code);
        area.map(|area| area.zones.iter().map(|zone| format!("{}:{}", zone.kind, zone.code)).collect()).unwrap_or_default()
    }

    fn middle_of(code: &str) -> Option<(f64, f64)> {
        let middle = PostcodeArea::of(&world(), code)?.middle?;
        Some((middle.latitude(), middle.longitude()))
    }

    #[test]
    fn several_communes_of_one_code_count_together() {
        let north = ["departement:59", "region:32", "country:FR"];
        assert_eq!(zones(" 59000 "), [&["commune:59009", "commune:59350", "commune:59355"][..], &north].concat());
        assert_eq!(zones("59160"), [&["commune:59350", "commune:59355"][..], &north].concat(), "a code of old counts as today's");
        assert_eq!((middle_of("59000"), middle_of("59160")), (Some((50.25, 3.25)), Some((50.0, 3.0))));
    }

    #[test]
    fn the_code_of_an_arrondissement_is_not_that_of_its_neighbours() {
        let wider = ["departement:69", "region:84", "country:FR"];
        assert_eq!(zones("69003"), [&["commune:69123", "commune:69383"][..], &wider].concat());
        assert_eq!((middle_of("69003"), middle_of("69006")), (Some((45.5, 4.5)), Some((45.0, 4.0))));
    }

    #[test]
    fn a_code_may_be_one_of_several_countries_or_of_none() {
        let found = zones("1000");
        assert!(found.contains(&"commune:21004".to_owned()) && found.contains(&"commune:5586".to_owned()), "{found:?}");
        assert_eq!(middle_of("1000"), Some((50.8, 4.4)), "no place lies between two countries");
        assert_eq!(zones("3511 AB"), zones("3511"));
        assert_eq!((zones("3511").len(), middle_of("3511")), (4, None));
        for nothing in ["01234", "", "?", "5900"] {
            assert_eq!(PostcodeArea::of(&world(), nothing), None, "{nothing}");
        }
    }
}
