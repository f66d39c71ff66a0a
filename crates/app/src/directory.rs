//! The directory: services, structures, places, search, reference lists, what is offered to referrals, and the import of feeds.

mod offer;
pub mod places;
mod reference;
pub mod search;
mod service;
mod structure;

pub mod import;
#[cfg(test)]
mod tests;

pub use offer::{offer, offer_in, organisation_offer, organisation_offer_in};
pub use reference::{ReferenceList, ReferenceListSummary, ReferenceLists, reference, references};
pub use service::{
    ServiceActions, archive_service, asked_by_service, confirm_service, create_service, list_services, publish_service, read_contact,
    read_service, service_actions, suspend_service, update_service,
};
pub use structure::{list_structures, read_structure};

pub use relais_persistence::directory::view;
