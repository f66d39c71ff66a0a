//! Records of a feed, good and bad.

use chrono::{DateTime, Utc};
use rstest::rstest;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::{
    directory::{Coverage, Reception, Service, ServiceEvent, ServiceState, WayIn, ZoneKind},
    shared::ids::{OrganisationId, ServiceId},
};

fn with(base: Value, more: Value) -> Value {
    let mut record = base;
    record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    record
}

fn a_service(more: Value) -> Value {
    let least = json!({
        "source": "dora", "id": "dora--1", "structure_id": "dora--s", "nom": "Atelier CV", "description": "Écrire un CV.",
        "date_maj": "2026-02-14"
    });
    with(least, more)
}

fn a_structure(more: Value) -> Value {
    with(json!({"source": "dora", "id": "dora--s", "nom": "Le Tournesol", "date_maj": "2026-02-14"}), more)
}

fn service(more: Value) -> ImportedService {
    parse_service(&a_service(more)).unwrap()
}

#[test]
fn the_least_record_tells_nothing_more() {
    let imported = service(json!({}));
    assert_eq!(imported.draft.audiences, None);
    assert_eq!(imported.draft.topics, None);
    assert_eq!(imported.draft.coverage, None);
    assert_eq!(imported.draft.contact, None);
    assert_eq!(imported.draft.criteria, None);
    assert_eq!(parse_structure(&a_structure(json!({}))).unwrap().siret, None);
}

#[test]
fn null_empty_and_everyone_stay_apart() {
    assert_eq!(service(json!({"publics": null})).draft.audiences, None);
    assert_eq!(service(json!({"publics": ["tous-publics"]})).draft.audiences, Some(Vec::new()));
    assert_eq!(service(json!({"thematiques": []})).draft.topics, Some(Vec::new()));
    assert_eq!(service(json!({"modes_accueil": []})).draft.reception, None);
}

#[rstest]
#[case(json!(["en-presentiel"]), Reception::OnSite)]
#[case(json!(["a-distance"]), Reception::Remote)]
#[case(json!(["en-presentiel", "a-distance"]), Reception::Both)]
fn receptions_are_read(#[case] told: Value, #[case] expected: Reception) {
    assert_eq!(service(json!({"modes_accueil": told})).draft.reception, Some(expected));
}

#[rstest]
#[case("france", ZoneKind::Country, "FR")]
#[case("99100", ZoneKind::Country, "FR")]
#[case("99140", ZoneKind::Country, "CH")]
#[case("99135", ZoneKind::Country, "NL")]
#[case("99401", ZoneKind::Country, "99401")]
#[case("59350", ZoneKind::Commune, "59350")]
#[case("2A004", ZoneKind::Commune, "2A004")]
#[case("2B", ZoneKind::Departement, "2B")]
#[case("974", ZoneKind::Departement, "974")]
#[case("200093201", ZoneKind::Epci, "200093201")]
fn zones_are_recognised_by_their_form(#[case] told: &str, #[case] kind: ZoneKind, #[case] code: &str) {
    let coverage: Coverage = service(json!({"zone_eligibilite": [told, told]})).draft.coverage.unwrap();
    let zones: Vec<_> = coverage.zones().iter().map(|zone| (zone.kind, zone.code.as_str())).collect();
    assert_eq!(zones, [(kind, code)]);
}

#[test]
fn conditions_become_criteria_line_by_line_and_stay_as_they_came() {
    let text = format!("Être majeur\n\n  Pièce d’identité  \n{}", "mot ".repeat(200));
    let imported = service(json!({"conditions_acces": text}));
    assert_eq!(imported.conditions.as_ref().map(Conditions::as_str), Some(text.trim()));
    let criteria = imported.draft.criteria.unwrap();
    let labels: Vec<_> = criteria.iter().map(|criterion| (criterion.id.as_str(), criterion.label.as_str())).collect();
    assert_eq!(labels[..2], [("c1", "Être majeur"), ("c2", "Pièce d’identité")]);
    assert_eq!(labels.len(), 4);
    assert_eq!(format!("{} {}", labels[2].1, labels[3].1), "mot ".repeat(200).trim());
    assert!(criteria.iter().all(|criterion| !criterion.obligatory));
}

#[test]
fn an_address_abroad_is_read_from_its_complement() {
    let place = |complement: &str, town: &str| {
        let record = json!({"adresse": "Europalaan 74", "complement_adresse": complement, "commune": town});
        service(record).draft.address.map(|address| (address.country.code(), address.postal_code.to_string()))
    };
    assert_eq!(place("NL-3526 KS Utrecht", "Utrecht"), Some(("NL", "3526 KS".to_owned())));
    assert_eq!(place("CH-1003 Lausanne", "Lausanne"), Some(("CH", "1003".to_owned())));
    assert_eq!(place("Bâtiment B", "Lille"), None);
}

#[rstest]
#[case(json!({"nom": "CV"}), "nom", "too_short")]
#[case(json!({"nom": null}), "nom", "missing")]
#[case(json!({"nom": ""}), "nom", "empty")]
#[case(json!({"nom": "n".repeat(151)}), "nom", "too_long")]
#[case(json!({"description": null}), "description", "missing")]
#[case(json!({"description": "abc"}), "description", "too_short")]
#[case(json!({"structure_id": null}), "structure_id", "missing")]
#[case(json!({"date_maj": "14/02/2026"}), "date_maj", "invalid")]
#[case(json!({"frais": "pass-numerique"}), "frais", "unknown_code")]
#[case(json!({"frais": ""}), "frais", "empty")]
#[case(json!({"frais": 3}), "frais", "wrong_type")]
#[case(json!({"thematiques": ["numerique--acquerir-un-equipement", "numerique"]}), "thematiques/1", "unknown_code")]
#[case(json!({"publics": []}), "publics", "empty")]
#[case(json!({"publics": ["tous-publics", "jeunes"]}), "publics", "not_alone")]
#[case(json!({"publics": ["jeunes", "jeunes"]}), "publics/1", "duplicate")]
#[case(json!({"zone_eligibilite": []}), "zone_eligibilite", "empty")]
#[case(json!({"zone_eligibilite": ["59350", "Lille!"]}), "zone_eligibilite/1", "unknown_code")]
#[case(json!({"modes_mobilisation": "telephoner"}), "modes_mobilisation", "wrong_type")]
#[case(json!({"courriel": "personne"}), "courriel", "invalid")]
#[case(json!({"lien_mobilisation": "javascript:alert(1)"}), "lien_mobilisation", "invalid")]
#[case(json!({"latitude": 50.6}), "longitude", "incomplete")]
#[case(json!({"latitude": 150.6, "longitude": 3.0}), "latitude", "out_of_range")]
#[case(json!({"code_postal": "00100"}), "code_postal", "invalid")]
#[case(json!({"code_insee": "x"}), "code_insee", "invalid")]
#[case(json!({"nombre_semaines": 0}), "nombre_semaines", "out_of_range")]
#[case(json!({"volume_horaire_hebdomadaire": -1}), "volume_horaire_hebdomadaire", "out_of_range")]
#[case(json!({"conditions_acces": "a\u{0}b"}), "conditions_acces", "control_character")]
#[case(json!({"complement_adresse": "CH-1003 Lau\u{0}sanne", "adresse": "1 rue du Lac", "commune": "Lausanne"}), "complement_adresse", "control_character")]
#[case(json!({"courriel": "a\u{0}@example.org"}), "courriel", "control_character")]
#[case(json!({"publics": ["jeu\u{0}nes"]}), "publics/0", "control_character")]
fn a_bad_record_says_what_is_wrong(#[case] more: Value, #[case] field: &str, #[case] code: &str) {
    let errors = parse_service(&a_service(more)).unwrap_err();
    let first = errors.first().unwrap();
    assert_eq!((first.field.as_str(), first.code), (field, code), "{errors:?}");
}

#[test]
fn networks_are_checked_codes() {
    let networks = |told: Value| parse_structure(&a_structure(json!({"reseaux_porteurs": told}))).map(|structure| structure.networks);
    assert_eq!(networks(json!(null)), Ok(None));
    assert_eq!(networks(json!(["mission-locale"])), Ok(Some(vec!["mission-locale".parse().unwrap()])));
    for (told, field, code) in [
        (json!(["caf", "mission-locales"]), "reseaux_porteurs/1", "unknown_code"),
        (json!(["caf", "caf"]), "reseaux_porteurs/1", "duplicate"),
        (json!("caf"), "reseaux_porteurs", "wrong_type"),
    ] {
        let errors = networks(told).unwrap_err();
        assert_eq!((errors[0].field.as_str(), errors[0].code), (field, code));
    }
}

#[test]
fn all_errors_come_at_once_and_a_record_is_an_object() {
    let errors = parse_service(&json!({"frais": "x"})).unwrap_err();
    assert_eq!(errors.len(), 7, "{errors:?}");
    assert_eq!(parse_service(&json!([])).unwrap_err().first().unwrap().code, "wrong_type");
    let errors = parse_structure(&a_structure(json!({"siret": "12345678901234"}))).unwrap_err();
    assert_eq!(errors.first().unwrap().code, "identifier_check_digit");
    assert_eq!(record_id(&a_service(json!({"nom": null}))), Some("dora--1"));
}

#[test]
fn a_record_changed_after_tomorrow_is_refused() {
    let latest = "2026-03-02".parse().unwrap();
    let told = |date: &str| in_the_future(&a_service(json!({"date_maj": date})), latest).map(|error| (error.field, error.code));
    assert_eq!(told("2026-03-02"), None);
    assert_eq!(told("2026-03-03"), Some(("date_maj".to_owned(), "in_the_future")));
    assert_eq!(told("soon"), None);
}

#[test]
fn a_feed_updates_what_it_tells_and_leaves_the_rest() {
    let now = |day: u32| -> DateTime<Utc> { format!("2026-03-{day:02}T09:00:00Z").parse().unwrap() };
    let first = service(json!({"modes_mobilisation": ["telephoner"]}));
    let created = Service::import(ServiceId(Uuid::nil()), OrganisationId(Uuid::nil()), &first, now(1)).service;
    assert_eq!(created.state, ServiceState::Published);
    assert_eq!(created.ways_in, Some(vec![WayIn::Phone]));
    let ours = Service { form_enabled: true, ..created };
    assert!(ours.refresh(&first, false, now(2)).events.is_empty());
    let newer = service(json!({"nom": "Atelier CV et lettre", "date_maj": "2026-03-01"}));
    let change = ours.refresh(&newer, false, now(3));
    assert_eq!(change.events, [ServiceEvent::Edited { fields: vec!["name", "ways_in"] }]);
    assert!(change.service.form_enabled);
    let gone = change.service.suspend(now(4)).unwrap().service;
    assert!(gone.refresh(&newer, false, now(5)).events.is_empty());
    let back = gone.refresh(&newer, true, now(5));
    assert_eq!((back.service.state, back.events), (ServiceState::Published, vec![ServiceEvent::Published]));
}

#[test]
fn the_demo_directory_can_be_read() {
    let records = |text: &str| serde_json::from_str::<Vec<Value>>(text).unwrap();
    let structures = records(include_str!("../../../../../demo/structures.json"));
    let services = records(include_str!("../../../../../demo/services.json"));
    assert!(structures.len() >= 18 && services.len() >= 48);
    for record in &structures {
        let structure = parse_structure(record).unwrap_or_else(|errors| panic!("{:?}: {errors:?}", record_id(record)));
        assert!(structure.address.is_some() && structure.point.is_some(), "{:?}", record_id(record));
    }
    for record in &services {
        let service = parse_service(record).unwrap_or_else(|errors| panic!("{:?}: {errors:?}", record_id(record)));
        assert!(structures.iter().any(|structure| record_id(structure) == Some(service.structure_id.as_str())));
        let on_site = service.draft.reception.is_some_and(Reception::is_on_site);
        assert_eq!(service.draft.address.is_some(), on_site, "{:?}", record_id(record));
    }
}

/// What of a record is told: nulls are as good as nothing there.
fn told(record: &serde_json::Map<String, Value>) -> serde_json::Map<String, Value> {
    record.clone().into_iter().filter(|(_, value)| !value.is_null()).collect()
}

#[rstest]
#[case::least(json!({}))]
#[case::town_without_a_street(json!({"commune": "Lille", "code_postal": "59000", "code_insee": "59350"}))]
#[case::hour_and_a_half(json!({"volume_horaire_hebdomadaire": 1.5, "nombre_semaines": 3}))]
#[case::whole_hours(json!({"volume_horaire_hebdomadaire": 4}))]
#[case::empty_lists(json!({"modes_accueil": [], "thematiques": []}))]
#[case::everyone(json!({"publics": ["tous-publics"]}))]
#[case::order(json!({"zone_eligibilite": ["62", "59", "59"], "modes_accueil": ["en-presentiel", "a-distance"]}))]
#[case::country(json!({"zone_eligibilite": ["france"]}))]
#[case::phone(json!({"telephone": "03 20 00 00 00", "contact_nom_prenom": "Accueil", "courriel": "a@example.org"}))]
#[case::conditions(json!({"conditions_acces": "Avoir 18 ans\n\n- Habiter le Nord "}))]
#[case::abroad(json!({"adresse": "1 rue du Lac", "complement_adresse": "CH-1003 Lausanne", "commune": "Lausanne", "zone_eligibilite": ["99140"]}))]
#[case::ways(json!({"modes_mobilisation": ["telephoner", "se-presenter"], "mobilisable_par": ["usagers"], "mobilisation_precisions": "Sonner"}))]
fn a_service_is_written_as_it_was_read(#[case] more: Value) {
    let record = a_service(more);
    let written = service_record(&parse_service(&record).unwrap());
    assert_eq!(told(&written), told(record.as_object().unwrap()));
    assert_eq!(written.len(), 33, "every key is there");
}

#[rstest]
#[case(json!({}))]
#[case(json!({"siret": "07068309900017", "site_web": "https://example.org", "reseaux_porteurs": ["ccas-cias"]}))]
#[case(json!({"adresse": "1 rue du Lac", "commune": "Lille", "code_postal": "59000", "latitude": 50.63, "longitude": 3.06}))]
fn a_structure_is_written_as_it_was_read(#[case] more: Value) {
    let record = a_structure(more);
    let Ok(structure) = parse_structure(&record) else { panic!("{:?}", parse_structure(&record)) };
    assert_eq!(told(&structure_record(&structure)), told(record.as_object().unwrap()));
}

#[test]
fn what_was_changed_here_is_written_as_it_is_here() {
    let mut imported = service(json!({"telephone": "03 20 00 00 00", "volume_horaire_hebdomadaire": 1.5}));
    imported.draft.hours_per_week = Some(6);
    let written = service_record(&imported);
    assert_eq!(written["volume_horaire_hebdomadaire"], 6);
    let contact = imported.draft.contact.as_mut().unwrap();
    contact.public = false;
    assert_eq!(service_record(&imported)["telephone"], Value::Null, "a private contact is told by no door");
}
