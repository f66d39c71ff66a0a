//! Reads one structure or one service in the shape of data·inclusion, schema 1.0.10, into neutral values.
//!
//! A record is taken whole or refused with everything that is wrong with it. Null means "not told", an empty list means
//! "none", `""` is refused. What the schema does not know is ignored. An address abroad is written with its
//! postal code and town in `complement_adresse`, in the international notation (`CH-1003 Lausanne`), because
//! `code_postal` takes French codes only.

mod address;
mod doc;
mod fields;
mod lists;
mod record;
mod shape;

pub mod v0;

use chrono::NaiveDate;
use serde_json::Value;

pub use self::doc::{DOC_LISTS, DocEntry, doc_list};
pub use self::lists::EVERYONE;
pub use self::record::{service_record, structure_record};
pub use self::shape::{ServiceRecord, StructureRecord};

use self::fields::Fields;
use super::{
    codes::{Fee, ServiceKind},
    criterion::{Criterion, MOST_CRITERIA},
    draft::ServiceDraft,
    imported::{ImportedService, ImportedStructure},
    parts::{Conditions, Contact, CriterionLabel},
    tokens::Slug,
};

/// The source of what was written here; its ids are `relais--` and the id here.
pub const HERE: &str = "relais";

/// Why a record of a feed is refused. The codes: `missing`, `wrong_type`, `empty`, `too_short`, `too_long`,
/// `control_character`, `invalid`, `unknown_code`, `duplicate`, `not_alone`, `incomplete`, `out_of_range`, `in_the_future`, and those of
/// [`IdentifierError`](crate::shared::IdentifierError).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportError {
    /// The field, followed by `/index` inside a list; empty for the record as a whole.
    pub field: String,
    /// The stable code.
    pub code: &'static str,
    /// What was expected, in English. Never the value itself.
    pub detail: String,
}

/// The record's own id, for the report, also when the record is refused.
pub fn record_id(record: &Value) -> Option<&str> {
    record.get("id").and_then(Value::as_str)
}

/// Why a record is refused whose producer changed it after `latest`: no producer knows what it will have changed. A date that
/// cannot be read is the parser's business.
pub fn in_the_future(record: &Value, latest: NaiveDate) -> Option<ImportError> {
    let told: NaiveDate = record.get("date_maj").and_then(Value::as_str)?.trim().parse().ok()?;
    let detail = || "expected a date that has come".to_owned();
    (told > latest).then(|| ImportError { field: "date_maj".to_owned(), code: "in_the_future", detail: detail() })
}

/// Reads one structure.
///
/// # Errors
/// Everything that is wrong with the record.
pub fn parse_structure(record: &Value) -> Result<ImportedStructure, Vec<ImportError>> {
    let mut fields = Fields::of(record)?;
    let source = fields.required("source");
    let source_id = fields.required("id");
    let name = fields.named("nom");
    let updated_on = fields.date("date_maj");
    let description = fields.described("description");
    let siret = fields.siret("siret");
    let website = fields.parsed("site_web", "a URL");
    let email = fields.parsed("courriel", "an e-mail address");
    let phone = fields.parsed("telephone", "one telephone number");
    let networks = lists::networks(&mut fields);
    let address = address::address(&mut fields);
    let point = address::point(&mut fields);
    let opening_hours = fields.bounded("horaires_accueil");
    let accessibility = fields.parsed("accessibilite_lieu", "a URL");
    let source_url = fields.parsed("lien_source", "a URL");
    let mut structure = fields.finish(move || {
        Some(ImportedStructure {
            source: source?,
            source_id: source_id?,
            source_url,
            updated_on: updated_on?,
            name: name?,
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
            source_values: None,
        })
    })?;
    structure.source_values = record.as_object().and_then(|record| record::beyond_structure(record, &structure));
    Ok(structure)
}

/// Reads one service.
///
/// # Errors
/// Everything that is wrong with the record.
pub fn parse_service(record: &Value) -> Result<ImportedService, Vec<ImportError>> {
    let mut fields = Fields::of(record)?;
    let source = fields.required("source");
    let source_id = fields.required("id");
    let structure_id = fields.required("structure_id");
    let updated_on = fields.date("date_maj");
    let draft = draft(&mut fields);
    let conditions: Option<Conditions> = fields.bounded("conditions_acces");
    let source_url = fields.parsed("lien_source", "a URL");
    let mut service = fields.finish(move || {
        let mut draft = draft?;
        draft.criteria = conditions.as_ref().map(|text| criteria(text.as_str()));
        Some(ImportedService {
            source: source?,
            source_id: source_id?,
            structure_id: structure_id?,
            source_url,
            updated_on: updated_on?,
            draft,
            conditions,
            source_values: None,
        })
    })?;
    service.source_values = record.as_object().and_then(|record| record::beyond_service(record, &service));
    Ok(service)
}

fn draft(fields: &mut Fields<'_>) -> Option<ServiceDraft> {
    let name = fields.named("nom");
    let description = fields.described("description");
    if description.is_none() {
        fields.must_be_there("description");
    }
    let contact = contact(fields);
    let content = ServiceDraft {
        description,
        kind: fields.coded("type", ServiceKind::from_national),
        topics: lists::topics(fields),
        audiences: lists::audiences(fields),
        audience_note: fields.bounded("publics_precisions"),
        fee: fields.coded("frais", Fee::from_national),
        fee_note: fields.bounded("frais_precisions"),
        reception: lists::reception(fields),
        address: address::address(fields),
        point: address::point(fields),
        coverage: lists::coverage(fields),
        ways_in: lists::ways_in(fields),
        open_to: lists::open_to(fields),
        way_in_note: fields.bounded("mobilisation_precisions"),
        opening_hours: fields.bounded("horaires_accueil"),
        link: fields.parsed("lien_mobilisation", "a URL"),
        contact,
        hours_per_week: fields.hours("volume_horaire_hebdomadaire"),
        weeks: fields.weeks("nombre_semaines"),
        ..ServiceDraft::named(name?)
    };
    Some(content)
}

/// The feed is open data, so the contact is public, unless the record says otherwise as it could in schema 0.
fn contact(fields: &mut Fields<'_>) -> Option<Contact> {
    let contact = Contact {
        name: fields.bounded("contact_nom_prenom"),
        email: fields.parsed("courriel", "an e-mail address"),
        phone: fields.parsed("telephone", "one telephone number"),
        public: fields.value("contact_public") != Some(&Value::Bool(false)),
    };
    (contact.name.is_some() || contact.is_reachable()).then_some(contact)
}

/// One criterion per line that says something. The kinds are not guessed, and nothing is obligatory, because the one text
/// mixes conditions, documents and remarks. A line beyond the bound of a label goes on in the next criterion; what is
/// beyond the most that a service may have stands in the text alone, which is kept.
fn criteria(conditions: &str) -> Vec<Criterion> {
    let mut criteria = Vec::new();
    for line in conditions.lines() {
        let mut rest = line.trim();
        while !rest.is_empty() && criteria.len() < MOST_CRITERIA {
            let (head, tail) = split_at_bound(rest, CriterionLabel::MAX);
            let label = head.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
            if let Ok(label) = label.parse() {
                criteria.push(Criterion::words(Slug::numbered(criteria.len() + 1), label, false));
            }
            rest = tail.trim_start();
        }
    }
    criteria
}

/// Splits after at most `max` characters, at the last white space when there is one.
fn split_at_bound(text: &str, max: usize) -> (&str, &str) {
    let Some((end, _)) = text.char_indices().nth(max) else {
        return (text, "");
    };
    let (head, _) = text.split_at(end);
    let cut = head.rfind(char::is_whitespace).filter(|cut| *cut > 0).unwrap_or(end);
    text.split_at(cut)
}

#[cfg(test)]
mod tests;
