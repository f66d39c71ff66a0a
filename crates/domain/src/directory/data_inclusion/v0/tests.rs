//! Records of schema 0 become records of schema 1 that the parser takes.

use std::collections::HashSet;

use rstest::rstest;
use serde_json::{Value, json};

use super::{table::*, *};
use crate::directory::{
    Fee, NetworkCode, Reception, ServiceKind, WayIn,
    data_inclusion::{parse_service, parse_structure},
    lists::listed,
};

fn with(base: Value, more: Value) -> Value {
    let mut record = base;
    record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    record
}

fn service(more: Value) -> Value {
    let least = json!({
        "source": "dora", "id": "17", "structure_id": "4", "nom": "Auto-école sociale", "presentation_detail": "Code et conduite.",
        "date_maj": "2024-05-02"
    });
    translate_service(&with(least, more))
}

fn structure(more: Value) -> Value {
    translate_structure(&with(json!({"source": "dora", "id": "4", "nom": "Le Tournesol", "date_maj": "2024-05-02"}), more))
}

#[test]
fn the_table_is_read_and_leads_to_codes_that_exist() {
    let table: Table = serde_json::from_str(FILE).unwrap();
    let lead = |codes: &[Code], list: &str| {
        assert!(!codes.is_empty());
        let unique: HashSet<_> = codes.iter().map(|code| code.v0).collect();
        assert_eq!(unique.len(), codes.len(), "{list}");
        for code in codes {
            assert!(code.v1.iter().all(|known| listed(list, known).is_some()), "{list}: {} leads nowhere", code.v0);
        }
    };
    lead(&table.topics, "topics");
    lead(&table.audiences, "audiences");
    lead(&table.labels, "networks");
    lead(&table.structure_types, "networks");
    assert!(table.topics.iter().filter_map(|topic| topic.audience).all(|code| listed("audiences", code).is_some()));
    assert!(table.kinds.iter().filter_map(|kind| kind.v1).all(|code| ServiceKind::from_national(code).is_some()));
    assert!(table.fees.iter().all(|fee| Fee::from_national(fee.v1).is_some()));
    assert!(table.ways_in.iter().flat_map(|way| &way.v1).all(|code| WayIn::from_national(code).is_some()));
    assert_eq!(table.regions.len(), 18);
    assert_eq!(table.regions.iter().map(|region| region.v1.len()).sum::<usize>(), 101);
}

#[test]
fn every_successor_of_a_retired_field_is_written() {
    let full = service(json!({
        "types": ["formation"], "profils": ["femmes"], "profils_precisions": "p", "frais": ["payant"], "frais_autres": "f",
        "pre_requis": ["a"], "prise_rdv": "https://x.example.org", "recurrence": "Mo", "modes_orientation_beneficiaire": ["telephoner"],
        "modes_orientation_beneficiaire_autres": "o", "zone_diffusion_type": "departement", "zone_diffusion_code": "59"
    }));
    let whole = structure(json!({
        "labels_nationaux": ["caf"], "presentation_detail": "Texte", "horaires_ouverture": "Mo", "accessibilite": "https://x.example.org"
    }));
    for (fields, record) in [(&TABLE.service_fields, full), (&TABLE.structure_fields, whole)] {
        for field in fields {
            assert!(record.get(field.v0).is_none(), "{} is retired", field.v0);
            assert!(field.v1.is_none_or(|name| !record[name].is_null()), "{} is lost", field.v0);
        }
        assert!(!is_v0(&record));
    }
}

#[test]
fn a_service_of_schema_0_reads_as_one_of_schema_1() {
    let record = service(json!({
        "presentation_resume": "Le permis en petit groupe", "types": ["accompagnement", "formation"],
        "thematiques": ["mobilite", "mobilite--preparer-son-permis-de-conduire-se-reentrainer-a-la-conduite", "illettrisme--permis-conduire"],
        "frais": ["gratuit-sous-conditions"], "frais_autres": "Selon le quotient familial", "profils": ["beneficiaires-rsa", "jeunes-16-26"],
        "profils_precisions": "Avec un projet", "pre_requis": ["Avoir 18 ans"], "justificatifs": ["Pièce d’identité"], "cumulable": true,
        "modes_accueil": ["en-presentiel"], "adresse": "3 rue du Port", "commune": "Lille", "code_postal": "59000", "code_insee": "59350",
        "zone_diffusion_type": "region", "zone_diffusion_code": "32", "zone_diffusion_nom": "Hauts-de-France",
        "modes_orientation_beneficiaire": ["telephoner"], "modes_orientation_accompagnateur": ["envoyer-un-mail-avec-une-fiche-de-prescription", "autre"],
        "modes_orientation_accompagnateur_autres": "Voir avec l’équipe", "page_web": "https://roue.example.org/permis",
        "courriel": "a@roue.example.org", "nombre_semaines": 0, "date_suspension": "2027-01-01"
    }));
    let read = parse_service(&record).unwrap();
    assert_eq!((read.source_id.as_str(), read.structure_id.as_str()), ("dora--17", "dora--4"));
    let draft = read.draft;
    assert_eq!((draft.kind, draft.fee, draft.reception), (Some(ServiceKind::Training), Some(Fee::Free), Some(Reception::OnSite)));
    assert_eq!(record["thematiques"], json!(["mobilite--preparer-un-permis"]));
    assert_eq!(record["publics"], json!(["beneficiaires-des-minimas-sociaux", "jeunes"]));
    assert_eq!(record["publics_precisions"], "Avec un projet");
    assert_eq!(record["frais_precisions"], "Gratuit sous conditions\nSelon le quotient familial");
    assert_eq!(record["conditions_acces"], "Avoir 18 ans\nPièce d’identité");
    assert_eq!(record["modes_mobilisation"], json!(["telephoner", "envoyer-un-courriel", "utiliser-lien-mobilisation"]));
    assert_eq!(record["mobilisable_par"], json!(["usagers", "professionnels"]));
    assert_eq!(record["mobilisation_precisions"], "Voir avec l’équipe");
    assert_eq!(record["zone_eligibilite"], json!(["02", "59", "60", "62", "80"]));
    assert_eq!((record["description"].as_str(), record["date_suspension"].as_str()), (Some("Code et conduite."), Some("2027-01-01")));
    assert!(draft.contact.unwrap().public);
}

#[rstest]
#[case(json!(["accueil"]), json!("information"))]
#[case(json!(["information", "aide-materielle", "aide-financiere"]), json!("aide-financiere"))]
#[case(json!(["numerique"]), json!("atelier"))]
#[case(json!(["autonomie", "formation"]), json!("aide-materielle"))]
#[case(json!(["financement"]), json!("aide-financiere"))]
#[case(json!(["delegation"]), json!(null))]
#[case(json!([]), json!(null))]
#[case(json!(["formation", "magie"]), json!("magie"))]
#[case(json!(7), json!(7))]
fn the_most_specific_type_is_the_kind(#[case] types: Value, #[case] kind: Value) {
    assert_eq!(service(json!({"types": types})).get("type").cloned().unwrap_or_default(), kind);
}

#[rstest]
#[case(json!(["gratuit"]), json!("gratuit"), json!(null))]
#[case(json!(["payant", "gratuit"]), json!("payant"), json!(null))]
#[case(json!(["adhesion"]), json!("payant"), json!("Adhésion"))]
#[case(json!(["pass-numerique"]), json!("gratuit"), json!("Pass numérique accepté"))]
#[case(json!(["gratuit-sous-conditions", "adhesion"]), json!("payant"), json!("Adhésion\nGratuit sous conditions"))]
#[case(json!([]), json!(null), json!(null))]
#[case(json!(["troc"]), json!("troc"), json!(null))]
fn fees_are_free_or_paid_with_a_note(#[case] fees: Value, #[case] fee: Value, #[case] note: Value) {
    let record = service(json!({"frais": fees}));
    assert_eq!((record["frais"].clone(), record.get("frais_precisions").cloned().unwrap_or_default()), (fee, note));
}

#[rstest]
#[case(json!({"profils": ["tous-publics", "femmes"]}), json!(["tous-publics"]))]
#[case(json!({"profils": ["alternants", "etudiants", "salaries"]}), json!(["etudiants", "actifs"]))]
#[case(json!({"profils": ["sortants-de-detention"]}), json!(["personnes-en-situation-juridique-specifique"]))]
#[case(json!({"profils": ["adultes"]}), json!(null))]
#[case(json!({"profils": []}), json!(null))]
#[case(json!({"profils": null, "thematiques": ["handicap"]}), json!(null))]
#[case(json!({"profils": ["femmes"], "thematiques": ["handicap"]}), json!(["femmes", "personnes-en-situation-de-handicap"]))]
#[case(json!({"profils": ["tous-publics"], "thematiques": ["handicap"]}), json!(["tous-publics"]))]
#[case(json!({"profils": ["martiens", 3]}), json!(["martiens", 3]))]
fn profiles_are_audiences(#[case] more: Value, #[case] audiences: Value) {
    assert_eq!(service(more).get("publics").cloned().unwrap_or_default(), audiences);
}

#[test]
fn a_profile_without_an_audience_stays_in_words() {
    let record = service(json!({"profils": ["adultes", "femmes", "locataires"], "profils_precisions": "En ville", "pre_requis": null}));
    assert_eq!(record["publics"], json!(["femmes"]));
    assert_eq!(record["publics_precisions"], "Adultes\nEn ville");
    assert_eq!(record["conditions_acces"], "Le bénéficiaire doit être locataire.");
    let long = "x".repeat(1_000);
    assert_eq!(service(json!({"profils": ["adultes"], "profils_precisions": long}))["publics_precisions"], long);
}

#[rstest]
#[case(json!(["numerique"]), 4)]
#[case(json!(["numerique", "numerique--acceder-a-du-materiel"]), 1)]
#[case(json!(["gestion-financiere", "sante--addictions"]), 6)]
#[case(json!(["sante--bien-etre-psychologique", "sante--sante-mentale"]), 1)]
#[case(json!([]), 0)]
fn topics_are_recoded_and_a_bare_category_is_all_its_topics(#[case] told: Value, #[case] count: usize) {
    let read = parse_service(&service(json!({"thematiques": told}))).unwrap();
    assert_eq!(read.draft.topics.map(|topics| topics.len()), Some(count));
}

#[test]
fn topics_that_nothing_corresponds_to_are_not_told_and_unknown_ones_are_refused() {
    assert_eq!(service(json!({"thematiques": ["handicap"]}))["thematiques"], Value::Null);
    let errors = parse_service(&service(json!({"thematiques": ["mobilite--louer-un-vehicule", "magie--noire"]}))).unwrap_err();
    assert_eq!(errors.iter().map(|error| (error.field.as_str(), error.code)).collect::<Vec<_>>(), [("thematiques/1", "unknown_code")]);
}

#[rstest]
#[case(json!({"zone_diffusion_type": "pays", "zone_diffusion_code": null}), json!(["france"]))]
#[case(json!({"zone_diffusion_type": "commune", "zone_diffusion_code": "59350"}), json!(["59350"]))]
#[case(json!({"zone_diffusion_type": "epci", "zone_diffusion_code": "200093201"}), json!(["200093201"]))]
#[case(json!({"zone_diffusion_type": "region", "zone_diffusion_code": "31"}), json!(["region-31"]))]
#[case(json!({"zone_diffusion_type": "departement"}), json!(null))]
#[case(json!({}), json!(null))]
fn a_zone_is_read_by_its_type(#[case] more: Value, #[case] zones: Value) {
    assert_eq!(service(more).get("zone_eligibilite").cloned().unwrap_or_default(), zones);
}

#[test]
fn a_private_contact_stays_private() {
    let record = service(json!({"types": ["atelier"], "contact_public": false, "courriel": "a@roue.example.org"}));
    assert!(!parse_service(&record).unwrap().draft.contact.unwrap().public);
}

#[test]
fn a_structure_of_schema_0_reads_as_one_of_schema_1() {
    let record = structure(json!({
        "typologie": "CCAS", "labels_nationaux": ["conseiller-numerique", "caf", "apec"], "labels_autres": ["Ville amie"], "rna": "W123456789",
        "presentation_resume": "Un centre social.", "horaires_ouverture": "Mo-Fr 09:00-12:00", "thematiques": ["mobilite"], "antenne": false,
        "accessibilite": "https://acceslibre.example.org/x"
    }));
    let read = parse_structure(&record).unwrap();
    let networks: Vec<_> = read.networks.unwrap().into_iter().map(NetworkCode::code).collect();
    assert_eq!(networks, ["conseillers-numeriques", "caf", "ccas-cias"]);
    assert_eq!(
        (read.source_id.as_str(), read.opening_hours.as_ref().map(crate::directory::OpeningHours::as_str)),
        ("dora--4", Some("Mo-Fr 09:00-12:00"))
    );
    assert_eq!(read.description.unwrap().as_str(), "Un centre social.");
    assert!(read.accessibility.is_some() && record.get("thematiques").is_none());
}

#[test]
fn networks_stay_untold_empty_or_unknown_as_they_were() {
    let networks = |more| parse_structure(&structure(more)).map(|read| read.networks.map(|networks| networks.len()));
    assert_eq!(networks(json!({"labels_nationaux": null, "typologie": "ASSO"})), Ok(None));
    assert_eq!(networks(json!({"labels_nationaux": [], "typologie": "ASSO"})), Ok(Some(0)));
    assert_eq!(networks(json!({"labels_nationaux": null, "typologie": "MDS"})), Ok(Some(2)));
    let errors = networks(json!({"labels_nationaux": ["caf", "inconnu"]})).unwrap_err();
    assert_eq!((errors[0].field.as_str(), errors[0].code), ("reseaux_porteurs/1", "unknown_code"));
}

#[test]
fn what_schema_1_tells_stays_and_translating_twice_changes_nothing() {
    let record = service(json!({"types": ["atelier"], "type": "formation", "frais": "payant", "frais_autres": "5 €", "id": "dora--17"}));
    assert_eq!(
        (record["type"].as_str(), record["frais"].as_str(), record["id"].as_str()),
        (Some("formation"), Some("payant"), Some("dora--17"))
    );
    assert_eq!(record["frais_precisions"], "5 €");
    assert_eq!(translate_service(&record), record);
    assert_eq!(translate_service(&json!([1])), json!([1]));
    assert_eq!(translate_structure(&json!("x")), json!("x"));
}

#[rstest]
#[case(json!({"types": null}), true)]
#[case(json!({"frais": ["gratuit"]}), true)]
#[case(json!({"labels_nationaux": []}), true)]
#[case(json!({"frais": "gratuit", "thematiques": [], "publics": null, "contact_public": true}), false)]
#[case(json!({}), false)]
#[case(json!("types"), false)]
fn a_retired_name_tells_the_version(#[case] record: Value, #[case] old: bool) {
    assert_eq!(is_v0(&record), old);
}

#[test]
fn the_demo_is_of_schema_1() {
    for file in [include_str!("../../../../../../demo/structures.json"), include_str!("../../../../../../demo/services.json")] {
        let records: Vec<Value> = serde_json::from_str(file).unwrap();
        assert!(!records.is_empty() && !records.iter().any(is_v0));
    }
}
