//! A service of schema 0.

use serde_json::{Map, Value, json};

use super::{
    record::{add, joined, kept, lines, noted, put, recoded, renamed, text, told},
    table::{Code, TABLE, entry},
};
use crate::directory::parts::{AudienceNote, FeeNote};

const EVERYONE: &str = "tous-publics";
const USE_LINK: &str = "utiliser-lien-mobilisation";
const TO_PERSON: &str = "modes_orientation_beneficiaire";
const TO_PROFESSIONAL: &str = "modes_orientation_accompagnateur";

/// A service of schema 0 in the names and codes of schema 1.
///
/// Of several types the most specific is the kind; a service that costs some people something is paid; requirements, documents
/// and audiences that were conditions are the access conditions; a region is its départements.
pub fn translate_service(record: &Value) -> Value {
    let Some(old) = record.as_object() else {
        return record.clone();
    };
    let mut new = kept(old, &TABLE.service_fields);
    for field in ["description", "horaires_accueil", "lien_mobilisation"] {
        put(&mut new, field, renamed(old, &TABLE.service_fields, field));
    }
    put(&mut new, "type", kind(old));
    put(&mut new, "zone_eligibilite", zones(old));
    fees(old, &mut new);
    topics(old, &mut new);
    audiences(old, &mut new);
    ways_in(old, &mut new);
    // Schema 0 wrote no duration as zero weeks; schema 1 does not tell it.
    if new.get("nombre_semaines").is_some_and(|weeks| *weeks == 0) {
        new.insert("nombre_semaines".to_owned(), Value::Null);
    }
    Value::Object(new)
}

fn kind(old: &Map<String, Value>) -> Option<Value> {
    let types = match told(old, "types")? {
        Value::Array(types) => types,
        other => return Some(other.clone()),
    };
    let is = |code: &str, value: &Value| value == code;
    let unknown = types.iter().find(|told| !TABLE.kinds.iter().flat_map(|kind| &kind.v0).any(|code| is(code, told)));
    let known = || TABLE.kinds.iter().find(|kind| kind.v0.iter().any(|code| types.iter().any(|told| is(code, told))));
    unknown.cloned().or_else(|| known()?.v1.map(Value::from))
}

fn fees(old: &Map<String, Value>, new: &mut Map<String, Value>) {
    let other = told(old, "frais_autres");
    let Some(Value::Array(told)) = old.get("frais") else {
        put(new, "frais_precisions", other.cloned());
        return;
    };
    let known = |code: &Value| TABLE.fees.iter().find(|fee| code == fee.v0);
    let unknown = told.iter().find(|code| known(code).is_none());
    let fees: Vec<_> = TABLE.fees.iter().filter(|fee| told.iter().any(|code| code == fee.v0)).collect();
    // Paid stands first in the table.
    let fee = unknown.cloned().or_else(|| fees.first().map(|fee| fee.v1.into()));
    new.insert("frais".to_owned(), fee.unwrap_or_default());
    let notes: Vec<_> = fees.iter().filter_map(|fee| fee.note).collect();
    put(new, "frais_precisions", noted(&notes, other, FeeNote::MAX));
}

/// The entries of the topics that are told, without a bare category of which a topic is told too.
fn topics(old: &Map<String, Value>, new: &mut Map<String, Value>) {
    let Some(Value::Array(told)) = old.get("thematiques") else {
        return;
    };
    let within = |category: &str, code: &Value| {
        code.as_str().and_then(|code| code.strip_prefix(category)).is_some_and(|rest| rest.starts_with("--"))
    };
    let bare = |code: &Value| code.as_str().is_some_and(|code| told.iter().any(|other| within(code, other)));
    let precise: Vec<_> = told.iter().filter(|code| !bare(code)).cloned().collect();
    let topics = recoded(&precise, &TABLE.topics);
    let value = if topics.is_empty() && !told.is_empty() { Value::Null } else { topics.into() };
    new.insert("thematiques".to_owned(), value);
}

fn audiences(old: &Map<String, Value>, new: &mut Map<String, Value>) {
    let note = told(old, "profils_precisions");
    let profiles = told(old, "profils");
    let listed = profiles.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let entries: Vec<&Code> = listed.iter().filter_map(Value::as_str).filter_map(|code| entry(&TABLE.audiences, code)).collect();
    put(
        new,
        "publics",
        profiles.and_then(|profiles| if profiles.is_array() { audience_codes(old, listed) } else { Some(profiles.clone()) }),
    );
    let notes: Vec<_> = entries.iter().filter_map(|entry| entry.note).collect();
    put(new, "publics_precisions", noted(&notes, note, AudienceNote::MAX));
    let mut conditions = lines(old, &TABLE.service_fields, "conditions_acces");
    conditions.extend(entries.iter().filter_map(|entry| entry.condition));
    put(new, "conditions_acces", joined(&conditions));
}

/// Everyone stands alone. Topics that named an audience add it to those that are told.
fn audience_codes(old: &Map<String, Value>, profiles: &[Value]) -> Option<Value> {
    if profiles.iter().any(|code| code == EVERYONE) {
        return Some(json!([EVERYONE]));
    }
    let mut codes = recoded(profiles, &TABLE.audiences);
    if !profiles.is_empty() {
        let topics = told(old, "thematiques").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let named = topics.iter().filter_map(Value::as_str).filter_map(|code| entry(&TABLE.topics, code)?.audience);
        named.for_each(|audience| add(&mut codes, audience));
    }
    (!codes.is_empty()).then(|| codes.into())
}

fn ways_in(old: &Map<String, Value>, new: &mut Map<String, Value>) {
    put(new, "mobilisation_precisions", joined(&lines(old, &TABLE.service_fields, "mobilisation_precisions")));
    let (mut ways, mut open_to) = (Vec::new(), Vec::new());
    for (field, who) in [(TO_PERSON, "usagers"), (TO_PROFESSIONAL, "professionnels")] {
        match told(old, field) {
            Some(Value::Array(told)) if !told.is_empty() => {
                ways.extend(told.iter().cloned());
                open_to.push(Value::from(who));
            }
            Some(Value::Array(_)) | None => {}
            Some(other) => put(new, "modes_mobilisation", Some(other.clone())),
        }
    }
    let mut ways = recoded(&ways, &TABLE.ways_in);
    if text(new, "lien_mobilisation").is_some() && told(old, "lien_mobilisation").is_none() {
        add(&mut ways, USE_LINK);
    }
    put(new, "modes_mobilisation", (!ways.is_empty()).then(|| ways.into()));
    put(new, "mobilisable_par", (!open_to.is_empty()).then(|| open_to.into()));
}

/// The zone by its type: a region is its départements, the country is France. A region that the table lacks goes on as
/// `region-…`, because its bare code would read as a département.
fn zones(old: &Map<String, Value>) -> Option<Value> {
    let code = told(old, "zone_diffusion_code");
    match (text(old, "zone_diffusion_type"), code) {
        (Some("pays"), _) => Some(json!(["france"])),
        (Some("region"), Some(Value::String(region))) => {
            let departements = entry(&TABLE.regions, region.trim());
            Some(departements.map_or_else(|| json!([format!("region-{region}")]), |entry| json!(entry.v1)))
        }
        (_, code) => code.map(|code| json!([code])),
    }
}
