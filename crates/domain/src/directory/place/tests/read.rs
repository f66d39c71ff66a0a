//! Both files give the same places, and say what is wrong with the others.

use serde_json::{Value, json};

use super::*;
use crate::directory::data_inclusion::ImportError;
use crate::directory::{PlaceColumns, parse_place};

const HEADER: &str = "code,nom,type,parent,departement,region,epci,latitude,longitude,population,codes_postaux";

fn row(line: &str) -> Result<Option<Place>, Vec<ImportError>> {
    PlaceColumns::of_header(HEADER).unwrap().parse(line)
}

fn wrong(errors: Vec<ImportError>) -> Vec<(String, &'static str)> {
    errors.into_iter().map(|error| (error.field, error.code)).collect()
}

#[test]
fn a_line_and_a_record_say_the_same() {
    let line = "59350,Lille,COM,,59,32,200093201,50.63108,3.04702,236710,59000 59800 59160";
    let mut record = json!({
        "nom": "Lille", "code": "59350", "codesPostaux": ["59800", "59000", "59160"], "codeEpci": "200093201",
        "codeDepartement": "59", "codeRegion": "32", "population": 236_710,
        "centre": {"type": "Point", "coordinates": [3.04702, 50.63108]}, "surface": 3469.4
    });
    let place = row(line).unwrap().unwrap();
    assert_eq!((place.kind, place.point, place.postal_codes.len()), (PlaceKind::Commune, GeoPoint::new(50.63108, 3.04702).ok(), 3));
    assert_eq!(parse_place(&record).unwrap(), std::slice::from_ref(&place));
    record["anciensCodes"] = json!(["59350", "59355"]);
    let found = parse_place(&record).unwrap();
    assert_eq!((&found[0], found.len(), found[1].kind), (&place, 2, PlaceKind::Former));
    assert_eq!((found[1].code.as_str(), found[1].parent.as_ref()), ("59355", Some(&place.code)));
}

#[test]
fn columns_are_found_by_their_names() {
    let columns = PlaceColumns::of_header("\u{feff}Nom;CODE;pays;nothing;codes_postaux").unwrap();
    let place = columns.parse("\"'s-Graveland; oud\";0344;nl;x;3511 3512").unwrap().unwrap();
    assert_eq!((place.name.as_str(), place.code.as_str(), place.country), ("'s-Graveland; oud", "GM0344", Country::Nl));
    assert_eq!((place.population, place.point, place.postal_codes.len()), (0, None, 2));
    assert_eq!(columns.code("a;0344;nl;x;"), Some("0344".to_owned()));
    for header in ["", "code", "{\"code\": 1, \"nom\": 2}", "code|nom", "nom,name"] {
        assert_eq!(PlaceColumns::of_header(header), None, "{header}");
    }
}

#[test]
fn parts_know_their_city_and_what_is_old_its_commune() {
    let kind = |line: &str| row(line).map(|place| place.map(|place| (place.kind, place.parent.map(|code| code.to_string()))));
    let city = |code: &str| Some(code.to_owned());
    assert_eq!(kind("69383,Lyon 3e,ARM,,69,84,,,,,69003"), Ok(Some((PlaceKind::Arrondissement, city("69123")))));
    assert_eq!(kind("69383,Lyon 3e,,,69,84,,,,,"), Ok(Some((PlaceKind::Arrondissement, city("69123")))));
    assert_eq!(kind("59355,Lomme,COMA,59350,59,32,,,,,"), Ok(Some((PlaceKind::Former, city("59350")))));
    assert_eq!(kind("01015,Arboys,COMD,01015,01,84,,,,,"), Ok(None), "the commune bears the code still");
    assert_eq!(kind("01015,Arboys,COM,01016,01,84,ZZZZZZZZZ,,,,"), Ok(Some((PlaceKind::Commune, None))));
    assert_eq!(wrong(kind("59355,Lomme,COMD,,,,,,,,").unwrap_err()), [("parent".to_owned(), "missing")]);
    assert_eq!(wrong(kind("59355,Lomme,ARM,,,,,,,,").unwrap_err()), [("parent".to_owned(), "missing")]);
    let arrondissement = json!({"nom": "Paris 11e", "code": "75111"});
    assert_eq!(parse_place(&arrondissement).unwrap()[0].parent.as_ref().map(ToString::to_string), city("75056"));
    let old = json!({"nom": "Lomme", "code": "59355", "type": "commune-associee", "chefLieu": "59350"});
    assert_eq!(parse_place(&old).unwrap()[0].kind, PlaceKind::Former);
}

#[test]
fn everything_wrong_with_a_line_is_named() {
    let bad = row("5935,,VILLE,x y,5 9,32,12,91,3,-4,1234 59000").unwrap_err();
    let expected = [
        ("code", "invalid"),
        ("nom", "missing"),
        ("parent", "invalid"),
        ("type", "unknown_code"),
        ("epci", "invalid"),
        ("departement", "invalid"),
        ("latitude", "out_of_range"),
        ("population", "invalid"),
        ("codes_postaux/0", "postal_code_invalid"),
    ];
    assert_eq!(wrong(bad), expected.map(|(field, code)| (field.to_owned(), code)));
    assert_eq!(wrong(row("59350,Lille,COM").unwrap_err()), [(String::new(), "malformed_row")]);
    assert_eq!(wrong(row("59350,\"Lille,COM,,59,32,,,,,").unwrap_err()), [(String::new(), "malformed_row")]);
    assert_eq!(wrong(row("59350,Li\u{0}lle,COM,,59,32,,,,,").unwrap_err()), [("nom".to_owned(), "control_character")]);
    assert_eq!(wrong(row("59350,Lille,COM,,59,32,,50.6,,,").unwrap_err()), [("longitude".to_owned(), "incomplete")]);
    assert_eq!(wrong(row("59350,Lille,COM,,59,32,,NaN,3,,").unwrap_err()), [("latitude".to_owned(), "out_of_range")]);
    let abroad = PlaceColumns::of_header("code,nom,country").unwrap().parse("1234,Rome,IT").unwrap_err();
    assert_eq!(wrong(abroad), [("pays".to_owned(), "invalid")]);
}

#[test]
fn everything_wrong_with_a_record_is_named() {
    let named = |record: Value| parse_place(&record).map_err(wrong).unwrap_err();
    let record = json!({"nom": 1, "code": "59350", "centre": [3, 50], "codesPostaux": "59000", "population": "many"});
    let expected =
        [("centre", "wrong_type"), ("nom", "wrong_type"), ("population", "wrong_type"), ("codesPostaux", "wrong_type"), ("nom", "missing")];
    assert_eq!(named(record), expected.map(|(field, code)| (field.to_owned(), code)));
    assert_eq!(named(json!([1])), [(String::new(), "wrong_type")]);
    assert_eq!(named(json!({"nom": "Lille", "code": "59350", "anciensCodes": ["x"]})), [("anciensCodes/0".to_owned(), "invalid")]);
    assert_eq!(named(json!({"nom": "Lille", "code": "59350", "population": 1.5})), [("population".to_owned(), "invalid")]);
    assert_eq!(named(json!({"nom": "Lille", "code": "59350", "codesPostaux": [59000]})), [("codesPostaux/0".to_owned(), "wrong_type")]);
}
