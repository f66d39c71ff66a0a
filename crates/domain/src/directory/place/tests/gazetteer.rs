//! The gazetteer answers as one that looks at every place.

use proptest::prelude::*;

use super::*;
use crate::directory::{Gazetteer, Only, Zone, ZoneKind, holds_resident};

fn old(code: &str, name: &str, parent: &str) -> Place {
    Place { kind: PlaceKind::Former, parent: Some(parent.parse().unwrap()), ..commune(code, name, 0, &[]) }
}

fn north() -> Gazetteer {
    let mut sion = commune("54506", "Saxon-Sion", 80, &["54330"]);
    sion.departement = Some("54".parse().unwrap());
    Gazetteer::new(vec![
        commune("59350", "Lille", 236_710, &["59000", "59160", "59800"]),
        commune("62516", "Lillers", 10_000, &["62190"]),
        commune("59512", "Roubaix", 98_000, &["59100"]),
        commune("42218", "Saint-Étienne", 174_000, &["42000", "42100"]),
        commune("76575", "Saint-Étienne-du-Rouvray", 28_000, &["76800"]),
        commune("67482", "Strasbourg", 291_000, &["67000"]),
        commune("93066", "Saint-Denis", 113_000, &["93200"]),
        commune("01001", "L'Abergement-Clémenciat", 832, &["01400"]),
        commune("59368", "La Madeleine", 22_000, &["59110"]),
        commune("59328", "Lambersart", 28_000, &["59130"]),
        commune("33063", "Bordeaux", 260_000, &["33000"]),
        commune("69123", "Lyon", 522_250, &["69001", "69003"]),
        commune("69383", "Lyon 3e Arrondissement", 100_000, &["69003"]),
        commune("69386", "Lyon 6e Arrondissement", 50_000, &["69006"]),
        sion,
        old("59355", "Lomme", "59350"),
        old("59001", "Abancourt-le-Vieux", "59355"),
        old("59002", "Nulle-Part", "99999"),
    ])
}

fn names(places: &[Place]) -> Vec<&str> {
    places.iter().map(|place| place.name.as_str()).collect()
}

#[test]
fn completion_forgives_what_people_leave_out() {
    let north = north();
    let complete = |q: &str| {
        let found = north.complete(q, None, 3);
        names(&found).into_iter().map(ToOwned::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(complete("lil"), ["Lille", "Lillers"]);
    assert_eq!(complete("LILLE"), ["Lille", "Lillers"]);
    assert_eq!(complete("st etienne"), ["Saint-Étienne", "Saint-Étienne-du-Rouvray"]);
    assert_eq!(complete("Saint-E"), ["Saint-Étienne", "Saint-Étienne-du-Rouvray"]);
    assert_eq!(complete("saintetienne"), ["Saint-Étienne", "Saint-Étienne-du-Rouvray"]);
    assert_eq!(complete("st"), ["Strasbourg", "Saint-Étienne", "Saint-Denis"]);
    assert_eq!(complete("labergement"), ["L'Abergement-Clémenciat"]);
    assert_eq!(complete("clemenciat"), ["L'Abergement-Clémenciat"]);
    assert_eq!(complete("la m"), ["La Madeleine", "Lambersart"]);
    assert_eq!(complete("rouvray"), ["Saint-Étienne-du-Rouvray"]);
    assert_eq!(complete("lyon 3"), ["Lyon 3e Arrondissement"]);
    assert_eq!(complete("lyon"), ["Lyon", "Lyon 3e Arrondissement", "Lyon 6e Arrondissement"]);
    assert_eq!(complete("59"), ["Lille", "Roubaix", "Lambersart"]);
    assert_eq!(complete("59160"), ["Lille"]);
    assert_eq!(complete("lomme"), ["Lille"]);
    assert_eq!(complete("42100"), ["Saint-Étienne"]);
    for nothing in ["", " - ", "xyz", "nulle part", "99"] {
        assert!(complete(nothing).is_empty(), "{nothing}");
    }
}

#[test]
fn completion_keeps_to_a_country_and_a_postal_code() {
    let mut utrecht = commune("59351", "Utrecht", 360_000, &["3511", "3512"]);
    (utrecht.code, utrecht.country) = ("GM0344".parse().unwrap(), Country::Nl);
    let gazetteer = Gazetteer::new(vec![utrecht, commune("35110", "Utrec", 10, &["35110"])]);
    assert_eq!(names(&gazetteer.complete("utr", Some(Country::Nl), 9)), ["Utrecht"]);
    assert_eq!(names(&gazetteer.complete("3511", None, 9)), ["Utrecht", "Utrec"]);
    assert_eq!(names(&gazetteer.complete("3511 ab", None, 9)), ["Utrecht"]);
    assert!(gazetteer.complete("3511 ab", Some(Country::Fr), 9).is_empty());
    let only = Only { country: None, postal_code: Some("35110".parse().unwrap()) };
    assert_eq!(names(&gazetteer.complete_only("u", &only, 9)), ["Utrec"]);
    assert_eq!((names(&gazetteer.all(&only, 9)), gazetteer.all(&Only::default(), 1).len()), (vec!["Utrec"], 1));
    assert_eq!(names(&gazetteer.by_postal_code(Country::Nl, "3512 ZZ")), ["Utrecht"]);
    assert!(gazetteer.by_postal_code(Country::Fr, "3511").is_empty());
    assert_eq!(gazetteer.by_code("0344").map(|place| place.code.to_string()).as_deref(), Some("GM0344"));
}

#[test]
fn codes_lead_to_the_place_of_today() {
    let north = north();
    let code = |code: &str| north.by_code(code).map(|place| place.code.to_string());
    assert_eq!(code("59350").as_deref(), Some("59350"));
    assert_eq!(code("59355").as_deref(), Some("59350"), "an old code");
    assert_eq!(code("59001").as_deref(), Some("59350"), "an old code of an old one");
    assert_eq!((code("59002"), code("00000")), (None, None));
    let place = north.by_code("69383").unwrap();
    assert_eq!((place, north.len()), (commune("69383", "Lyon 3e Arrondissement", 100_000, &["69003"]), 18));
    let circle = Gazetteer::new(vec![old("59001", "Un", "59002"), old("59002", "Deux", "59001")]);
    assert_eq!(circle.by_code("59001"), None);
}

fn zone(kind: ZoneKind, code: &str) -> Zone {
    Zone { kind, code: code.parse().unwrap() }
}

#[test]
fn a_city_and_its_arrondissements_match_both_ways() {
    let north = north();
    let zones = |code: &str| north.zones_of(&north.by_code(code).unwrap());
    let holds = |kind, code: &str, lives: &str| holds_resident(&[zone(kind, code)], &zones(lives));
    for (lives, covered, expected) in [
        ("69383", "69123", true),
        ("69123", "69383", true),
        ("69383", "69386", false),
        ("59350", "59355", true),
        ("59355", "59350", true),
        ("59512", "59350", false),
    ] {
        assert_eq!(holds(ZoneKind::Commune, covered, lives), expected, "{lives} in {covered}");
    }
    for (kind, code) in [(ZoneKind::Epci, "200093201"), (ZoneKind::Departement, "59"), (ZoneKind::Region, "32"), (ZoneKind::Country, "FR")]
    {
        assert!(holds(kind, code, "59350"));
    }
    assert!(!holds(ZoneKind::Departement, "62", "59350"));
    assert!(!holds(ZoneKind::Departement, "32", "59350"), "a region is no département");
    assert!(!holds_resident(&[zone(ZoneKind::Country, "FR")], &[]));
    assert_eq!(north.zones_of_code("75111"), [zone(ZoneKind::Commune, "75111"), zone(ZoneKind::Commune, "75056")], "not loaded");
    assert_eq!(north.zones_of_code("59355"), zones("59350"));
}

#[test]
fn a_part_belongs_where_its_city_belongs() {
    let mut part = commune("69383", "Lyon 3e", 1, &[]);
    (part.epci, part.departement, part.region) = (None, None, None);
    let gazetteer = Gazetteer::new(vec![part.clone(), commune("69123", "Lyon", 2, &[])]);
    let zones = gazetteer.zones_of(&part);
    for (kind, code) in [(ZoneKind::Departement, "69"), (ZoneKind::Region, "32"), (ZoneKind::Epci, "200093201")] {
        assert!(zones.contains(&zone(kind, code)), "{zones:?}");
    }
}

#[test]
fn a_region_has_its_departements() {
    assert_eq!(north().departements_of("32").iter().map(ToString::to_string).collect::<Vec<_>>(), ["02", "59", "60", "62", "80"]);
    let mut lausanne = commune("59351", "Lausanne", 1, &[]);
    (lausanne.region, lausanne.departement) = (Some("VD".parse().unwrap()), Some("2225".parse().unwrap()));
    let gazetteer = Gazetteer::new(vec![lausanne]);
    assert_eq!(gazetteer.departements_of("VD").iter().map(ToString::to_string).collect::<Vec<_>>(), ["2225"]);
    assert!(gazetteer.departements_of("99").is_empty());
}

fn point() -> impl Strategy<Value = GeoPoint> {
    let anywhere = (-90.0..90.0_f64, -180.0..180.0_f64);
    let close = (48.0..49.0_f64, 2.0..3.0_f64);
    prop_oneof![anywhere, close].prop_map(|(latitude, longitude)| GeoPoint::new(latitude, longitude).unwrap())
}

fn world() -> impl Strategy<Value = Vec<Place>> {
    let name = "(Saint|Ste|St|La|L'|Le|Ab|Bé|Lil)[ -](a|b|é|lil|St){1,3}";
    let place = (name, 0_u32..5, proptest::option::of(point()), 1_u32..6);
    proptest::collection::vec(place, 0..60).prop_map(|places| {
        let numbered = places.into_iter().enumerate();
        let place = |(number, (name, population, point, postal)): (usize, (String, u32, Option<GeoPoint>, u32))| Place {
            point,
            ..commune(&format!("{}", 10_001 + number), &name, population, &[&format!("{postal}9000")])
        };
        numbered.map(place).collect()
    })
}

proptest! {
    #[test]
    fn the_nearest_are_those_that_looking_at_all_finds(places in world(), here in point(), limit in 0_usize..8) {
        let mut all: Vec<(f64, String)> =
            places.iter().filter_map(|place| Some((here.distance_km(place.point?), place.code.to_string()))).collect();
        all.sort_by(|left, right| left.0.total_cmp(&right.0).then(left.1.cmp(&right.1)));
        all.truncate(limit);
        let found = Gazetteer::new(places).nearest(here, limit);
        let found: Vec<(f64, String)> = found.into_iter().map(|(place, km)| (km, place.code.to_string())).collect();
        prop_assert_eq!(found, all);
    }

    #[test]
    fn completion_does_not_depend_on_how_places_were_loaded(places in world(), q in "(St|s|a|lil|l'|la b|1|29)", limit in 1_usize..12) {
        let mut turned = places.clone();
        turned.reverse();
        let (one, other) = (Gazetteer::new(places), Gazetteer::new(turned));
        let (all, some) = (one.complete(&q, None, 200), other.complete(&q, None, limit));
        prop_assert_eq!(&all[..limit.min(all.len())], &some[..], "fewer are the first of more");
        let mut codes: Vec<_> = all.iter().map(|place| place.code.clone()).collect();
        codes.sort();
        codes.dedup();
        prop_assert_eq!(codes.len(), all.len(), "each once");
    }
}
