//! Writes records in the shape of data·inclusion, schema 1.0.10: every key there, null where nothing is told.

use serde_json::{Map, Value, json};

use super::super::{
    codes::{OpenTo, Reception, WayIn},
    criterion::Criterion,
    imported::{ImportedService, ImportedStructure, SourceValues},
    parts::{Coverage, RequiredDocument, Zone, ZoneKind},
};
use super::{lists, parse_service, parse_structure};
use crate::shared::contact::{Country, GeoPoint, PostalAddress};

/// A structure as a record.
pub fn structure_record(structure: &ImportedStructure) -> Map<String, Value> {
    let read = |exact: &Value| parse_structure(exact).ok().map(|structure| plain_structure(&structure));
    exactly(plain_structure(structure), structure.source_values.as_ref(), read)
}

/// A service as a record. The contact is told only when it is public.
pub fn service_record(service: &ImportedService) -> Map<String, Value> {
    let read = |exact: &Value| parse_service(exact).ok().map(|service| plain_service(&service));
    exactly(plain_service(service), service.source_values.as_ref(), read)
}

fn plain_structure(structure: &ImportedStructure) -> Map<String, Value> {
    let ImportedStructure {
        source,
        source_id,
        source_url,
        updated_on,
        name,
        description,
        siret,
        website,
        email,
        phone,
        networks,
        address,
        point,
        opening_hours,
        accessibility,
        source_values: _,
    } = structure;
    let mut record = object(json!({
        "source": source,
        "id": source_id,
        "nom": name,
        "date_maj": updated_on,
        "lien_source": source_url,
        "siret": siret,
        "telephone": phone,
        "courriel": email,
        "site_web": website,
        "description": description,
        "horaires_accueil": opening_hours,
        "accessibilite_lieu": accessibility,
        "reseaux_porteurs": networks,
    }));
    record.append(&mut address_fields(address.as_ref(), *point));
    record
}

fn plain_service(service: &ImportedService) -> Map<String, Value> {
    let draft = &service.draft;
    let contact = draft.contact.as_ref().filter(|contact| contact.public);
    let audiences = draft.audiences.as_ref().map(|told| if told.is_empty() { json!([lists::EVERYONE]) } else { json!(told) });
    let mut record = object(json!({
        "source": service.source,
        "id": service.source_id,
        "structure_id": service.structure_id,
        "nom": draft.name,
        "description": described(service),
        "date_maj": service.updated_on,
        "lien_source": service.source_url,
        "type": draft.kind.map(super::super::codes::ServiceKind::national),
        "thematiques": draft.topics,
        "frais": draft.fee.map(super::super::codes::Fee::national),
        "frais_precisions": draft.fee_note,
        "publics": audiences,
        "publics_precisions": draft.audience_note,
        "conditions_acces": conditions(service),
        "contact_nom_prenom": contact.and_then(|contact| contact.name.as_ref()),
        "courriel": contact.and_then(|contact| contact.email.as_ref()),
        "telephone": contact.and_then(|contact| contact.phone.as_ref()),
        "modes_accueil": draft.reception.map(Reception::national),
        "zone_eligibilite": draft.coverage.as_ref().and_then(zones),
        "lien_mobilisation": draft.link,
        "modes_mobilisation": modes(draft.ways_in.as_deref()),
        "mobilisable_par": draft.open_to.as_ref().map(|told| told.iter().map(|who| OpenTo::national(*who)).collect::<Vec<_>>()),
        "mobilisation_precisions": draft.way_in_note,
        "horaires_accueil": draft.opening_hours,
        "volume_horaire_hebdomadaire": draft.hours_per_week,
        "nombre_semaines": draft.weeks,
    }));
    record.append(&mut address_fields(draft.address.as_ref(), draft.point));
    record
}

/// What the neutral fields cannot hold of a structure's record, or `None` when they hold all of it.
pub(super) fn beyond_structure(record: &Map<String, Value>, structure: &ImportedStructure) -> Option<SourceValues> {
    beyond(record, plain_structure(structure))
}

/// What the neutral fields cannot hold of a service's record.
pub(super) fn beyond_service(record: &Map<String, Value>, service: &ImportedService) -> Option<SourceValues> {
    beyond(record, plain_service(service))
}

fn beyond(record: &Map<String, Value>, written: Map<String, Value>) -> Option<SourceValues> {
    let told = |name: &String| record.get(name).cloned().unwrap_or(Value::Null);
    let different = written.into_iter().filter(|(name, value)| told(name) != *value);
    let values: Map<String, Value> = different.map(|(name, _)| (name.clone(), told(&name))).collect();
    (!values.is_empty()).then_some(SourceValues(values))
}

/// The record with the source's own values, when they still say what is held here: read and written plainly, they give the
/// same record. Otherwise somebody has changed it since.
fn exactly(
    record: Map<String, Value>,
    values: Option<&SourceValues>,
    read: impl Fn(&Value) -> Option<Map<String, Value>>,
) -> Map<String, Value> {
    let Some(SourceValues(values)) = values else { return record };
    let mut exact = record.clone();
    exact.extend(values.clone());
    let exact = Value::Object(exact);
    if read(&exact).as_ref() != Some(&record) {
        return record;
    }
    object(exact)
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// A record wants a description: the summary or the name stand in for a missing one.
fn described(service: &ImportedService) -> String {
    let draft = &service.draft;
    let told = draft.description.as_ref().map(ToString::to_string);
    told.or_else(|| draft.summary.as_ref().map(ToString::to_string)).unwrap_or_else(|| draft.name.to_string())
}

/// The one text of the conditions: as it came, while the criteria still say the same; else the criteria and documents by line.
fn conditions(service: &ImportedService) -> Option<String> {
    let draft = &service.draft;
    let raw = service.conditions.as_ref().map(super::super::parts::Conditions::as_str);
    if let Some(text) = raw
        && draft.criteria.as_deref() == Some(super::criteria(text).as_slice())
        && draft.documents.as_ref().is_none_or(Vec::is_empty)
    {
        return Some(text.to_owned());
    }
    let criteria = draft.criteria.iter().flatten().map(|Criterion { label, .. }| label.to_string());
    let documents = draft.documents.iter().flatten().map(|RequiredDocument { label, .. }| label.to_string());
    let lines: Vec<String> = criteria.chain(documents).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn modes(ways: Option<&[WayIn]>) -> Option<Vec<&'static str>> {
    let national: Vec<_> = ways?.iter().filter_map(|way| way.national()).collect();
    (!national.is_empty()).then_some(national)
}

/// The zones by their national codes. What France has no code for is left out; nothing but such zones is not told.
fn zones(coverage: &Coverage) -> Option<Vec<String>> {
    if coverage.is_everywhere() {
        return Some(vec!["france".to_owned()]);
    }
    let mut codes: Vec<String> = coverage.zones().iter().flat_map(zone).collect();
    codes.dedup();
    (!codes.is_empty()).then_some(codes)
}

fn zone(zone: &Zone) -> Vec<String> {
    let Zone { kind, code } = zone;
    let code = code.as_str();
    match kind {
        ZoneKind::Commune if code.len() == 5 => vec![code.to_owned()],
        ZoneKind::Epci if code.len() == 9 => vec![code.to_owned()],
        ZoneKind::Departement if matches!(code.len(), 2 | 3) => vec![code.to_owned()],
        ZoneKind::Region => super::super::place::departements_of(code).map(ToOwned::to_owned).collect(),
        ZoneKind::Country => lists::national_country(code).map(ToOwned::to_owned).into_iter().collect(),
        ZoneKind::Commune | ZoneKind::Epci | ZoneKind::Departement => Vec::new(),
    }
}

fn address_fields(address: Option<&PostalAddress>, point: Option<GeoPoint>) -> Map<String, Value> {
    let french = address.filter(|address| address.country == Country::Fr);
    let abroad = address.filter(|address| address.country != Country::Fr);
    let complement = match (french, abroad) {
        (Some(address), _) => address.line2.as_ref().map(ToString::to_string),
        (None, Some(address)) => Some(format!("{}-{} {}", address.country, address.postal_code, address.locality)),
        (None, None) => None,
    };
    object(json!({
        "adresse": address.map(|address| &address.line1),
        "complement_adresse": complement,
        "code_postal": french.map(|address| &address.postal_code),
        "commune": address.map(|address| &address.locality),
        "code_insee": french.and_then(|address| address.commune.as_ref()),
        "longitude": point.map(GeoPoint::longitude),
        "latitude": point.map(GeoPoint::latitude),
    }))
}
