//! The directory in the words of the Human Services Data Specification 3.1 (HSDS, Open Referral): a pure mapping.
//!
//! No property is ever null or empty there: what is not told is left out. Every record has a UUID; those that have no row here
//! get one that follows from their owner, so that the same record has the same id on every day and every node.

mod hours;
mod ids;
mod organization;
mod place;
mod record;
mod service;
mod taxonomy;
mod words;

use chrono::NaiveDate;

use crate::{
    choice,
    shared::{Language, contact::Email},
};

pub use ids::{LAST_PLACE, REMOTE_PLACE, service_at_location_id, services_behind};
pub use organization::{Identifier, PublicOrganisation, organization};
pub use place::{service_at_location, service_at_locations};
pub use record::{
    Accessibility, Address, Attribute, Capacity, Contact, CostOption, LanguageSpoken, Location, LocationType, Organization,
    OrganizationIdentifier, Phone, RequiredDocument, Schedule, Service, ServiceArea, ServiceAtLocation, Status, Taxonomy, TaxonomyTerm,
    Unit, WebAddress,
};
pub use service::service;
pub use taxonomy::{Scheme, Term};

#[cfg(test)]
mod tests;

/// The version of the standard that is spoken.
pub const VERSION: &str = "3.1";
/// What is said of the profile: the standard as it is.
pub const PROFILE: &str = "https://docs.openreferral.org/en/v3.1.1/hsds/";
/// The standard's own description of the interface.
pub const OPENAPI: &str = "https://raw.githubusercontent.com/openreferral/specification/3.1/schema/openapi.json";

choice! {
    /// How much of a record is told.
    pub enum Detail {
        /// What must be told, and when it changed.
        Minimal = "minimal",
        /// What there is one of.
        Basic = "basic",
        /// Everything.
        Full = "full",
    }
}

/// How records are told: how much, on which day, in which language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manner {
    /// How much.
    pub detail: Detail,
    /// The day of the answer: capacities and suspensions depend on it.
    pub today: NaiveDate,
    /// The language of labels.
    pub language: Language,
}

/// A web address in the alphabet of URIs (RFC 3986): everything else is percent-encoded.
fn uri(address: &str) -> String {
    const ALLOWED: &[u8] = b"-._~:/?#@!$&'()*+,;=";
    let mut written = String::with_capacity(address.len());
    let mut fragments = 0;
    for (place, byte) in address.bytes().enumerate() {
        let is_escape = || address.as_bytes().get(place + 1..place + 3).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit));
        fragments += u32::from(byte == b'#');
        let plain = byte.is_ascii_alphanumeric() || ALLOWED.contains(&byte) || (byte == b'%' && is_escape());
        if plain && !(byte == b'#' && fragments > 1) {
            written.push(char::from(byte));
        } else {
            written.push('%');
            for digit in [byte >> 4, byte & 0xf] {
                written.extend(char::from_digit(u32::from(digit), 16).map(|digit| digit.to_ascii_uppercase()));
            }
        }
    }
    written
}

/// An e-mail address as the standard takes them: in ASCII. Others are left out.
fn email(address: &Email) -> Option<String> {
    address.as_str().is_ascii().then(|| address.to_string())
}
