//! The mapping, row by row.

use rstest::rstest;
use serde_json::{Value, json};
use uuid::Uuid;

use super::hours::weekly;
use super::*;
use crate::directory::draft::MOST_PLACES;
use crate::directory::{OrganisationState, Service as Neutral, ServiceDraft, ServiceState};
use crate::shared::ids::{OrganisationId, ServiceId};

const SERVICE: ServiceId = ServiceId(Uuid::from_u128(0x019c_ad8f_ac00_7000_8000_0000_0000_0001));
const OWNER: OrganisationId = OrganisationId(Uuid::from_u128(0x019c_ad8f_ac00_7000_8000_0000_0000_0002));

fn neutral(fields: Value) -> Neutral {
    let mut all = json!({"name": "Auto-école sociale"});
    all.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    // A feed may tell hours that do not follow the grammar, and then they are there; who writes here may not.
    let hours = all.as_object_mut().unwrap().remove("opening_hours");
    let draft: ServiceDraft = serde_json::from_value(all).unwrap();
    let mut made = Neutral::create(SERVICE, OWNER, draft, "2026-03-01T09:00:00Z".parse().unwrap()).unwrap().service;
    made.opening_hours = hours.map(|hours| hours.as_str().unwrap().parse().unwrap());
    made.state = ServiceState::Published;
    made
}

fn owner() -> PublicOrganisation {
    PublicOrganisation {
        id: OWNER,
        name: "Roue libre".into(),
        description: None,
        state: OrganisationState::Active,
        parent_id: None,
        identifiers: vec![],
        website: None,
        email: None,
        phone: None,
        address: None,
        point: None,
        opening_hours: None,
        accessibility: None,
        source: None,
        source_url: None,
    }
}

fn manner(detail: Detail) -> Manner {
    Manner { detail, today: "2026-03-02".parse().unwrap(), language: Language::Fr }
}

fn full(fields: Value) -> Value {
    json!(service(&neutral(fields), &owner(), manner(Detail::Full)))
}

/// A service that tells everything.
fn rich() -> Value {
    json!({
        "summary": "Préparer le permis", "description": "En petit groupe.", "kind": "training",
        "topics": ["mobilite--preparer-un-permis"], "audiences": ["jeunes"], "audience_note": "De 18 à 25 ans",
        "criteria": [{"id": "a", "label": "Habiter Lille"}, {"id": "b", "label": "Être inscrit"}],
        "documents": [{"code": "id", "label": "Carte d’identité", "form": "https://example.org/é"}],
        "fee": "paid", "fee_note": "Selon les revenus", "fee_amount": {"amount": "12.50", "currency": "EUR"},
        "reception": "both",
        "address": {"line1": "14 rue des Sarrazins", "line2": "Bât. B", "postal_code": "59000", "locality": "Lille", "commune": "59350", "country": "FR"},
        "point": {"latitude": 50.62, "longitude": 3.05},
        "other_places": [{"address": {"line1": "1 Marktplatz", "postal_code": "8001", "locality": "Zürich", "country": "CH"}}],
        "coverage": {"zones": [{"kind": "commune", "code": "59350"}, {"kind": "region", "code": "32"}]},
        "ways_in": ["phone", "link"], "professional_ways_in": ["referral_form"], "way_in_note": "Avant midi",
        "link": "https://exämple.org/é t".replace(' ', "+"), "link_text": "S’inscrire",
        "contact": {"name": "Awa Sow", "email": "awa@example.org", "phone": "03 20 00 00 00", "public": true},
        "opening_hours": "Mo-Fr 09:00-12:00,14:00-17:00; We 09:00-12:00",
        "capacity": {"total": 10, "free": 2, "waiting_list": 3, "valid_until": "2026-03-02"},
        "languages": ["fr", "nl-BE"], "labels": ["Cité de l’emploi"]
    })
}

/// Whether nothing is null, and no text, list or object empty.
fn is_told(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty() && items.iter().all(is_told),
        Value::Object(fields) => !fields.is_empty() && fields.values().all(is_told),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

#[rstest]
#[case(json!({}))]
#[case(rich())]
#[case(json!({"audiences": [], "topics": [], "criteria": [], "documents": [], "ways_in": [], "labels": [], "other_places": [], "contact": {"public": true}}))]
fn no_property_is_null_or_empty(#[case] fields: Value) {
    for detail in Detail::ALL {
        let record = json!(service(&neutral(fields.clone()), &owner(), manner(*detail)));
        assert!(is_told(&record), "{record}");
        for place in service_at_locations(&neutral(fields.clone()), &owner(), manner(*detail)) {
            assert!(is_told(&json!(place)));
        }
        assert!(is_told(&json!(organization(&owner(), manner(*detail)))));
    }
}

#[test]
fn minimal_is_what_must_be_told() {
    let record = json!(service(&neutral(rich()), &owner(), manner(Detail::Minimal)));
    let told = json!({"id": SERVICE.0, "name": "Auto-école sociale", "status": "active", "last_modified": "2026-03-01T09:00:00Z"});
    assert_eq!(record, told);
}

#[test]
fn basic_has_no_lists() {
    let record = json!(service(&neutral(rich()), &owner(), manner(Detail::Basic)));
    assert!(record.as_object().unwrap().values().all(|value| !value.is_array()));
    assert_eq!(record["organization"], json!({"id": OWNER.0, "name": "Roue libre", "description": "Roue libre"}));
}

#[rstest]
#[case("/description", json!("En petit groupe."))]
#[case("/organization_id", json!(OWNER.0))]
#[case("/url", json!("https://ex%C3%A4mple.org/%C3%A9+t"))]
#[case("/email", json!("awa@example.org"))]
#[case("/application_process", json!("Téléphoner, Utiliser le lien de mobilisation\nPour les professionnels: Remplir le formulaire d’orientation\nAvant midi"))]
#[case("/fees_description", json!("Selon les revenus"))]
#[case("/accreditations", json!("Cité de l’emploi"))]
#[case("/eligibility_description", json!("De 18 à 25 ans\nHabiter Lille\nÊtre inscrit"))]
#[case("/last_modified", json!("2026-03-01T09:00:00Z"))]
#[case("/cost_options/0/option", json!("Payant"))]
#[case("/cost_options/0/amount", json!(12.5))]
#[case("/cost_options/0/currency", json!("EUR"))]
#[case("/cost_options/0/amount_description", json!("Selon les revenus"))]
#[case("/required_documents/0/document", json!("Carte d’identité"))]
#[case("/required_documents/0/uri", json!("https://example.org/%C3%A9"))]
#[case("/languages/1/code", json!("nl-BE"))]
#[case("/contacts/0/name", json!("Awa Sow"))]
#[case("/contacts/0/phones/0/number", json!("03 20 00 00 00"))]
#[case("/phones/0/number", json!("03 20 00 00 00"))]
#[case("/service_areas/0/extent", json!("59350"))]
#[case("/service_areas/1/name", json!("region 32"))]
#[case("/capacities/0/available", json!(2.0))]
#[case("/capacities/0/maximum", json!(10.0))]
#[case("/capacities/0/unit/name", json!("places"))]
#[case("/capacities/0/description", json!("Valable jusqu’au 2026-03-02; Liste d’attente: 3"))]
#[case("/service_at_locations/0/location/location_type", json!("physical"))]
#[case("/service_at_locations/0/location/latitude", json!(50.62))]
#[case("/service_at_locations/0/location/addresses/0/address_1", json!("14 rue des Sarrazins"))]
#[case("/service_at_locations/0/location/addresses/0/address_2", json!("Bât. B"))]
#[case("/service_at_locations/0/location/addresses/0/state_province", json!("59"))]
#[case("/service_at_locations/0/location/addresses/0/address_type", json!("physical"))]
#[case("/service_at_locations/1/location/addresses/0/state_province", json!("CH"))]
#[case("/service_at_locations/2/location/location_type", json!("virtual"))]
#[case("/service_at_locations/2/location/url", json!("https://ex%C3%A4mple.org/%C3%A9+t"))]
#[case("/schedules/0/byday", json!("MO,TU,WE,TH,FR"))]
#[case("/schedules/0/opens_at", json!("09:00"))]
#[case("/schedules/1/byday", json!("MO,TU,TH,FR"))]
#[case("/schedules/1/closes_at", json!("17:00"))]
fn each_row_of_the_mapping(#[case] pointer: &str, #[case] expected: Value) {
    let record = full(rich());
    assert_eq!(record.pointer(pointer), Some(&expected), "{record:#}");
}

#[test]
fn topics_audiences_kind_fee_and_reception_are_attributes() {
    let record = full(rich());
    let told = |attribute: &Value| {
        let term = &attribute["taxonomy_term"];
        assert_eq!((&attribute["link_id"], &attribute["link_entity"]), (&record["id"], &json!("service")));
        assert_eq!(attribute["taxonomy_term_id"], term["id"]);
        (term["taxonomy"].as_str().unwrap().to_owned(), term["code"].as_str().unwrap().to_owned())
    };
    let attributes: Vec<_> = record["attributes"].as_array().unwrap().iter().map(told).collect();
    let expected = [
        ("thematiques", "mobilite--preparer-un-permis"),
        ("publics", "jeunes"),
        ("types-services", "formation"),
        ("frais", "payant"),
        ("modes-accueil", "a-distance"),
        ("modes-accueil", "en-presentiel"),
    ];
    assert_eq!(attributes, expected.map(|(scheme, code)| (scheme.to_owned(), code.to_owned())));
}

#[test]
fn a_private_contact_is_nowhere() {
    let mut fields = rich();
    fields["contact"]["public"] = json!(false);
    let text = full(fields).to_string();
    assert!(!text.contains("awa@") && !text.contains("Awa") && !text.contains("03 20 00") && !text.contains("\"contacts\""), "{text}");
}

#[test]
fn a_capacity_is_told_while_it_holds() {
    let later = Manner { today: "2026-03-03".parse().unwrap(), ..manner(Detail::Full) };
    let record = json!(service(&neutral(rich()), &owner(), later));
    assert_eq!(record.get("capacities"), None);
    let mut fields = rich();
    fields["capacity"]["free"] = Value::Null;
    assert_eq!(full(fields).get("capacities"), None, "the standard asks for the number that is free");
}

#[rstest]
#[case(ServiceState::Published, None, OrganisationState::Active, "active")]
#[case(ServiceState::Published, Some("2026-03-03"), OrganisationState::Active, "active")]
#[case(ServiceState::Published, Some("2026-03-02"), OrganisationState::Active, "temporarily closed")]
#[case(ServiceState::Suspended, None, OrganisationState::Active, "temporarily closed")]
#[case(ServiceState::Published, None, OrganisationState::Suspended, "temporarily closed")]
#[case(ServiceState::Archived, None, OrganisationState::Active, "inactive")]
#[case(ServiceState::Published, None, OrganisationState::Closed, "inactive")]
fn status_follows_service_and_organisation(
    #[case] state: ServiceState,
    #[case] suspended_from: Option<&str>,
    #[case] organisation: OrganisationState,
    #[case] expected: &str,
) {
    let told = Neutral { state, suspended_from: suspended_from.map(|day| day.parse().unwrap()), ..neutral(json!({})) };
    let owner = PublicOrganisation { state: organisation, ..owner() };
    assert_eq!(json!(service(&told, &owner, manner(Detail::Minimal)))["status"], expected);
}

#[rstest]
#[case(json!({"coverage": {"everywhere": true}}), "/service_areas/0/name", Some(json!("Partout")))]
#[case(json!({"coverage": {"everywhere": true}}), "/service_areas/0/extent", None)]
#[case(json!({}), "/service_areas", None)]
#[case(json!({"fee": "free"}), "/cost_options/0/amount", Some(json!(0.0)))]
#[case(json!({}), "/cost_options", None)]
#[case(json!({"summary": "En bref"}), "/description", Some(json!("En bref")))]
#[case(json!({"reception": "remote", "address": rich()["address"]}), "/service_at_locations/0/location/location_type", Some(json!("virtual")))]
#[case(json!({"reception": "remote", "address": rich()["address"]}), "/service_at_locations/1", None)]
#[case(json!({"opening_hours": "sur rendez-vous"}), "/schedules/0/description", Some(json!("sur rendez-vous")))]
#[case(json!({"opening_hours": "sur rendez-vous"}), "/schedules/0/freq", None)]
#[case(json!({"contact": {"email": "info@müller.de", "public": true}}), "/email", None)]
fn what_is_not_told_is_left_out(#[case] fields: Value, #[case] pointer: &str, #[case] expected: Option<Value>) {
    let record = full(fields);
    assert_eq!(record.pointer(pointer), expected.as_ref(), "{record:#}");
}

#[test]
fn an_organisation_tells_its_public_face() {
    let told = PublicOrganisation {
        description: Some("Garage associatif".into()),
        parent_id: Some(OWNER),
        identifiers: vec![Identifier { kind: "siret".into(), value: "73282932000074".into() }],
        website: Some("https://example.org".into()),
        email: Some("info@example.org".into()),
        phone: Some("0320000000".into()),
        opening_hours: Some("Mo 09:00-12:00".into()),
        accessibility: Some("https://acceslibre.example.org/x".into()),
        source: Some("dora".into()),
        source_url: Some("https://dora.example.org/1".into()),
        ..owner()
    };
    let record = json!(organization(&told, manner(Detail::Full)));
    let expected = [
        ("/description", "Garage associatif"),
        ("/website", "https://example.org"),
        ("/email", "info@example.org"),
        ("/phones/0/number", "0320000000"),
        ("/organization_identifiers/0/identifier_type", "siret"),
        ("/organization_identifiers/0/identifier", "73282932000074"),
        ("/locations/0/schedules/0/byday", "MO"),
        ("/locations/0/accessibility/0/url", "https://acceslibre.example.org/x"),
        ("/additional_websites/0/label", "dora"),
    ];
    for (pointer, text) in expected {
        assert_eq!(record.pointer(pointer), Some(&json!(text)), "{pointer}");
    }
    assert_eq!(record["parent_organization_id"], json!(OWNER.0));
}

#[rstest]
#[case("24/7", &[("MO,TU,WE,TH,FR,SA,SU", "00:00", Some("00:00"))], true)]
#[case("Mo-We 09:00-12:00", &[("MO,TU,WE", "09:00", Some("12:00"))], true)]
#[case("Fr-Mo 20:00-02:00", &[("MO,FR,SA,SU", "20:00", Some("02:00"))], true)]
#[case("Mo-Fr 09:00-17:00; We off", &[("MO,TU,TH,FR", "09:00", Some("17:00"))], true)]
#[case("Mo 09:00-12:00, Mo 14:00-16:00", &[("MO", "09:00", Some("12:00")), ("MO", "14:00", Some("16:00"))], true)]
#[case("Mo-Fr 09:00-17:00; PH off", &[("MO,TU,WE,TH,FR", "09:00", Some("17:00"))], false)]
#[case("Sa 10:00+", &[("SA", "10:00", None)], true)]
#[case("Mo 09:00-12:00 \"sur rendez-vous\"", &[("MO", "09:00", Some("12:00"))], false)]
#[case("Mo[1] 09:00-12:00", &[], false)]
#[case("Jul-Aug Mo 09:00-12:00", &[], false)]
#[case("sunrise-sunset", &[], false)]
#[case("le matin", &[], false)]
fn opening_hours_are_weekly_rules(#[case] text: &str, #[case] expected: &[(&str, &str, Option<&str>)], #[case] whole: bool) {
    let hours = weekly(text);
    let rules: Vec<_> = hours.rules.iter().map(|rule| (rule.days.as_str(), rule.opens.as_str(), rule.closes.as_deref())).collect();
    assert_eq!((rules.as_slice(), hours.whole), (expected, whole));
}

#[test]
fn a_place_leads_back_to_its_service_and_to_no_neighbour() {
    assert_eq!(usize::from(LAST_PLACE), MOST_PLACES);
    let neighbour = ServiceId(Uuid::from_u128(SERVICE.0.as_u128() + 1));
    for number in [0, 1, LAST_PLACE, REMOTE_PLACE] {
        let id = service_at_location_id(SERVICE, number);
        let behind = services_behind(id);
        assert!(behind.contains(&(SERVICE, number)));
        assert!(!behind.iter().any(|(service, _)| *service == neighbour));
        assert_eq!(id.get_version_num(), 8);
        assert_eq!(id.get_variant(), uuid::Variant::RFC4122);
    }
    assert_eq!(services_behind(SERVICE.0), []);
}

#[test]
fn terms_and_taxonomies_are_found_by_their_ids() {
    let mut ids: Vec<Uuid> = Term::all().map(|term| term.id()).chain(Scheme::ALL.iter().map(|scheme| scheme.id())).collect();
    let number = ids.len();
    ids.sort();
    ids.dedup();
    assert!(number == ids.len() && number > 100, "{number}");
    for term in Term::all() {
        assert_eq!(Term::by_id(term.id()), Some(term));
        let record = term.record(Language::De, true);
        assert!(is_told(&json!(record)));
        assert_eq!(record.taxonomy_detail.unwrap().id, term.scheme.id());
        assert!(record.parent_id.is_none_or(|parent| Term::by_id(parent).is_some_and(|parent| parent.scheme == term.scheme)));
    }
    assert_eq!(Scheme::by_id(Scheme::Topics.id()), Some(Scheme::Topics));
    assert_eq!((Term::by_id(OWNER.0), Scheme::by_id(OWNER.0)), (None, None));
}

#[test]
fn the_same_record_has_the_same_ids_every_day() {
    let later = Manner { today: "2026-03-01".parse().unwrap(), ..manner(Detail::Full) };
    assert_eq!(json!(service(&neutral(rich()), &owner(), later)), full(rich()));
}

#[rstest]
#[case("https://example.org/a%20b", "https://example.org/a%20b")]
#[case("https://example.org/100%", "https://example.org/100%25")]
#[case("https://example.org/#a#b", "https://example.org/#a%23b")]
#[case("https://example.org/{x}|[y]", "https://example.org/%7Bx%7D%7C%5By%5D")]
fn addresses_are_written_in_the_alphabet_of_uris(#[case] told: &str, #[case] expected: &str) {
    assert_eq!(uri(told), expected);
}
