//! The lists of a record: topics, audiences, coverage, receptions, ways in, networks.

use super::fields::{Fields, ListRule};
use crate::directory::{
    codes::{AudienceCode, NetworkCode, OpenTo, Reception, TopicCode, WayIn},
    parts::{Coverage, Zone, ZoneKind},
};

/// "Everyone", which stands alone and is the empty list here.
pub const EVERYONE: &str = "tous-publics";

pub(super) fn topics(fields: &mut Fields<'_>) -> Option<Vec<TopicCode>> {
    fields.codes("thematiques", ListRule::SET, |code| code.parse().ok())
}

pub(super) fn audiences(fields: &mut Fields<'_>) -> Option<Vec<AudienceCode>> {
    let told = fields.texts("publics", ListRule::SOME)?;
    if told.iter().any(|(_, code)| *code == EVERYONE) {
        if told.len() == 1 {
            return Some(Vec::new());
        }
        fields.refuse("publics", "not_alone", format!("{EVERYONE} stands alone"));
        return None;
    }
    fields.codes("publics", ListRule::SOME, |code| code.parse().ok())
}

pub(super) fn reception(fields: &mut Fields<'_>) -> Option<Reception> {
    fields.codes("modes_accueil", ListRule::SET, Reception::from_national)?.into_iter().reduce(Reception::and)
}

pub(super) fn ways_in(fields: &mut Fields<'_>) -> Option<Vec<WayIn>> {
    fields.codes("modes_mobilisation", ListRule::SOME, WayIn::from_national)
}

pub(super) fn open_to(fields: &mut Fields<'_>) -> Option<Vec<OpenTo>> {
    fields.codes("mobilisable_par", ListRule::SOME, OpenTo::from_national)
}

pub(super) fn networks(fields: &mut Fields<'_>) -> Option<Vec<NetworkCode>> {
    fields.codes("reseaux_porteurs", ListRule::SET, |code| code.parse().ok())
}

pub(super) fn coverage(fields: &mut Fields<'_>) -> Option<Coverage> {
    let mut zones = fields.codes("zone_eligibilite", ListRule::BAG, zone)?;
    zones.sort();
    zones.dedup();
    Coverage::zones_only(zones).ok()
}

/// Reads one code of the French official geographic code: a country, an EPCI, a département or a commune, by its form.
fn zone(code: &str) -> Option<Zone> {
    let ascii = code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let digits = code.bytes().all(|byte| byte.is_ascii_digit());
    let (kind, code) = match code.len() {
        _ if code == "france" => (ZoneKind::Country, "FR"),
        5 if is_country(code) => (ZoneKind::Country, country(code)),
        9 if digits => (ZoneKind::Epci, code),
        2 | 3 if ascii => (ZoneKind::Departement, code),
        5 if ascii => (ZoneKind::Commune, code),
        _ => return None,
    };
    Some(Zone { kind, code: code.parse().ok()? })
}

/// `99` and three digits from 000 to 599.
fn is_country(code: &str) -> bool {
    code.strip_prefix("99")
        .is_some_and(|rest| rest.starts_with(|c: char| ('0'..='5').contains(&c)) && rest.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The countries whose ISO 3166-1 code stands for their national code here: France and its neighbours.
const COUNTRIES: &[(&str, &str)] = &[
    ("99100", "FR"),
    ("99109", "DE"),
    ("99127", "IT"),
    ("99131", "BE"),
    ("99134", "ES"),
    ("99135", "NL"),
    ("99137", "LU"),
    ("99140", "CH"),
];

/// The ISO 3166-1 code of France and its neighbours; other countries keep their national code.
fn country(code: &str) -> &str {
    COUNTRIES.iter().find(|(national, _)| *national == code).map_or(code, |(_, iso)| iso)
}

/// The national code of a country: France has a word of its own.
pub(super) fn national_country(code: &str) -> Option<&str> {
    if code == "FR" {
        return Some("france");
    }
    let listed = COUNTRIES.iter().find(|(_, iso)| *iso == code).map(|(national, _)| *national);
    listed.or_else(|| is_country(code).then_some(code))
}
