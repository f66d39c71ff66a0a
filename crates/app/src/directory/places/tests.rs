//! Files of places go in whole, in part, or not at all.

use std::io::Write as _;
use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;
use relais_domain::directory::PlaceKind;

use super::*;
use crate::directory::tests::app;

const DEMO: &[u8] = include_bytes!("../../../../../demo/places.csv");

async fn load(app: &App, text: &str) -> PlacesReport {
    import_places(app, text.as_bytes(), false).await.unwrap()
}

fn codes(report: &PlacesReport) -> Vec<(u64, &str, &str)> {
    report.errors.iter().map(|line| (line.index, line.field.as_str(), line.code)).collect()
}

fn named(app: &Arc<App>, q: &str) -> Vec<String> {
    let query = PlaceQuery { q: Some(q.into()), ..PlaceQuery::default() };
    list_places(app, &query).unwrap().0.items.into_iter().map(|place| place.name.to_string()).collect()
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(vec![], Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

#[tokio::test]
async fn the_demo_goes_in_once_and_is_there_after_a_new_start() {
    let app = app("places-once").await;
    let dry = import_places(&app, DEMO, true).await.unwrap();
    assert!(dry.complete && dry.errors.is_empty() && dry.places.created >= 60, "{dry:?}");
    assert!(app.places.now().is_empty() && read::places(&app.db).await.unwrap().is_empty(), "a dry run writes nothing");
    let first = import_places(&app, packed(DEMO).as_slice(), false).await.unwrap();
    assert_eq!(PlacesReport { dry_run: true, ..first.clone() }, dry, "compressed or not");
    assert_eq!(app.places.now().len() as u64, first.places.created);
    let again = import_places(&app, DEMO, false).await.unwrap();
    assert_eq!(again.places, PlaceTally { unchanged: first.places.created, ..PlaceTally::default() });
    let before = app.places.now();
    reload(&app).await.unwrap();
    assert_eq!((before.len(), before.by_code("59350")), (app.places.now().len(), app.places.now().by_code("59350")));
}

#[tokio::test]
async fn what_a_later_file_says_counts_and_what_it_lacks_stays() {
    let app = app("places-later").await;
    load(&app, "code,nom,population\n59350,Lille,1\n59355,Lomme,2\n59512,Roubaix,3\n").await;
    let merged = load(&app, r#"[{"code": "59350", "nom": "Lille", "population": 9, "anciensCodes": ["59355"]}]"#).await;
    assert_eq!(merged.places, PlaceTally { updated: 2, ..PlaceTally::default() });
    assert_eq!(app.places.now().by_code("59355").unwrap().population, 9);
    assert_eq!(named(&app, "roubaix"), ["Roubaix"]);
    let kinds: Vec<_> = read::places(&app.db).await.unwrap().into_iter().filter(|place| place.kind == PlaceKind::Former).collect();
    assert_eq!(kinds.len(), 1);
}

#[tokio::test]
async fn bad_rows_are_named_and_the_good_ones_go_in() {
    let app = app("places-bad").await;
    load(&app, "code,nom,pays\n5586,Lausanne,CH\n").await;
    let big = "x".repeat(1_000_001);
    let table = format!(
        "code,nom,type,parent,pays\n59350,Lille,COM,,\n\n5935,Lille,COM,,\n59350,Encore,COM,,\n59512,{big},COM,,\n\
         59355,Lomme,COMA,59350,\n59356,Perdue,COMA,59999,\n59351,Ro\u{0}ubaix,COM,,\n5586,Faux,COM,,NL\n59353,trop court\n59009,Ascq,COM,,\n"
    );
    let report = load(&app, &table).await;
    let expected = [
        (1, "code", "invalid"),
        (2, "code", "duplicate"),
        (3, "", "record_too_big"),
        (5, "parent", "unknown_parent"),
        (6, "nom", "control_character"),
        (8, "", "malformed_row"),
    ];
    assert_eq!(codes(&report), expected);
    assert_eq!((report.places.created, report.places.refused, report.complete), (4, 6, true), "{report:?}");
    let clash = load(&app, "code,nom,pays\n59350,Lille-en-Belgique,BE\n").await;
    assert_eq!(codes(&clash), [(0, "code", "other_country")]);
    let json = load(&app, "[{\"code\": \"59368\", \"nom\": \"La Madeleine\"}, {\"nom\": 1}, {\"a\": }, 7, {\"code\": \"59").await;
    assert_eq!(
        codes(&json),
        [
            (1, "nom", "wrong_type"),
            (1, "code", "missing"),
            (1, "nom", "missing"),
            (2, "", "malformed_json"),
            (3, "", "wrong_type"),
            (4, "", "truncated")
        ]
    );
    assert_eq!((json.complete, named(&app, "madeleine")), (false, vec!["La Madeleine".to_owned()]), "the good part is done");
}

#[tokio::test]
async fn what_is_no_file_of_places_says_so() {
    let app = app("places-none").await;
    let whole = packed(DEMO);
    for (bytes, code) in [
        (&b""[..], "empty_file"),
        (b" \n\n", "empty_file"),
        (b"a,b,c\n1,2,3\n", "unknown_format"),
        (b"\xff\xfe,\x00", "unknown_format"),
        (&whole[..whole.len() / 2], "truncated"),
    ] {
        let report = import_places(&app, bytes, true).await.unwrap();
        assert_eq!((report.errors.last().unwrap().code, report.complete), (code, false));
    }
    let latin = import_places(&app, &b"code,nom\n59350,Lille\n42218,Saint-\xc9tienne\n"[..], true).await.unwrap();
    assert_eq!((codes(&latin), latin.places.created), (vec![(1, "", "malformed_row")], 1));
}

#[tokio::test]
async fn questions_are_answered_or_refused() {
    let app = app("places-asked").await;
    import_places(&app, DEMO, false).await.unwrap();
    let ask = |query: PlaceQuery| list_places(&app, &query).map(|(list, tag)| (list.items, tag));
    let refused = |query: PlaceQuery| match ask(query).unwrap_err() {
        Refusal::Blocked { blockers, .. } => (blockers[0].code, blockers[0].pointer.clone().unwrap()),
        other => panic!("{other:?}"),
    };
    let (q, lat, lon) = (Some("Lille".to_owned()), Some(50.63), Some(3.05));
    assert_eq!(refused(PlaceQuery::default()), ("no_question", "?q".into()));
    assert_eq!(refused(PlaceQuery { lat, ..PlaceQuery::default() }), ("lat_lon_together", "?lon".into()));
    assert_eq!(refused(PlaceQuery { lon, q: q.clone(), ..PlaceQuery::default() }), ("lat_lon_together", "?lat".into()));
    assert_eq!(refused(PlaceQuery { lat, lon, q: q.clone(), ..PlaceQuery::default() }), ("one_question", "?q".into()));
    let (near, tag) = ask(PlaceQuery { lat, lon, limit: Some(2), ..PlaceQuery::default() }).unwrap();
    assert_eq!((near.len(), near[0].name.as_str(), near[0].distance_km), (2, "Lille", Some(0.2)));
    assert_eq!(tag, ask(PlaceQuery { lat, lon, limit: Some(2), ..PlaceQuery::default() }).unwrap().1);
    let (abroad, _) = ask(PlaceQuery { lat, lon, country: Some(Country::Nl), limit: Some(1), ..PlaceQuery::default() }).unwrap();
    assert_eq!(abroad[0].country, Country::Nl);
    for (code, name) in [("59800", "Lille"), ("1700", "Fribourg"), ("3511 AB", "Utrecht")] {
        let (found, _) = ask(PlaceQuery { postal_code: Some(code.into()), ..PlaceQuery::default() }).unwrap();
        assert_eq!(found[0].name.as_str(), name, "{code}");
    }
    assert!(ask(PlaceQuery { postal_code: Some("?".into()), ..PlaceQuery::default() }).unwrap().0.is_empty());
    let (lille, _) = read_place(&app, "59355").unwrap();
    assert_eq!((lille.code.as_str(), lille.departement_name, lille.region_name), ("59350", Some("Nord"), Some("Hauts-de-France")));
    assert_eq!(read_place(&app, "00000").unwrap_err(), Refusal::NotFound);
}
