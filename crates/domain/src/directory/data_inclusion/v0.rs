//! Turns a record in the retired names and codes of data·inclusion, schema 0.x, into one in the names and codes of schema 1.
//!
//! The correspondence is data (`data/data-inclusion-v0.json`): the one that data·inclusion published when it changed over itself,
//! with the departures marked there. Only names and codes are translated. A code that schema 0 does not know goes on as it is,
//! so that reading the record refuses it; so does a value of the wrong type. What a record tells in the names of schema 1 stays.
//!
//! Two fields of schema 0 have no successor but say something that must not be lost, and stay in the record: `contact_public`,
//! which [`parse_service`](super::parse_service) reads, and `date_suspension`.

mod record;
mod service;
mod structure;
mod table;

use serde_json::Value;

use self::table::TABLE;
pub use self::{service::translate_service, structure::translate_structure};

/// A retired name that still is one of schema 1, of the other kind of record.
const ALIVE: &str = "thematiques";

/// Whether a record uses a retired field name, or tells its fees as the list of schema 0. A record that tells none of them reads
/// the same in both versions but for its ids, which schema 0 writes without their source: a feed is of one version as a whole.
pub fn is_v0(record: &Value) -> bool {
    let retired = |name: &str| TABLE.structure_fields.iter().chain(&TABLE.service_fields).any(|field| field.v0 == name && name != ALIVE);
    record.as_object().is_some_and(|fields| fields.get("frais").is_some_and(Value::is_array) || fields.keys().any(|name| retired(name)))
}

#[cfg(test)]
mod tests;
