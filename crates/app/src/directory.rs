//! The directory: services, structures, places, search, reference lists, what readers keep of them and say of them, what is offered
//! to referrals, and the import of feeds.

mod blank_form;
mod bookmark;
mod offer;
mod owner;
pub mod places;
mod reference;
mod report;
mod saved_search;
pub mod search;
mod service;
mod sight;
mod structure;

pub mod alert;
pub mod data_inclusion;
pub mod export;
pub mod hsds;
pub mod import;
#[cfg(test)]
mod tests;

pub use blank_form::{blank_form, upload_form};
pub use bookmark::{BookmarkCreate, BookmarkPatch, create_bookmark, delete_bookmark, list_bookmarks, read_bookmark, update_bookmark};
pub use offer::{known_offer_in, offer, offer_in, organisation_offer, organisation_offer_in};
pub use owner::{DoneBy, HistoryEntry, contact_readings, count_contact_reading, history};
pub(crate) use reference::tagged;
pub use reference::{ReferenceList, ReferenceListSummary, ReferenceLists, reference, references};
pub use report::{ReportCreate, list_reports, report_service, settle_report};
pub use saved_search::{
    SavedSearchCreate, SavedSearchPatch, create_saved_search, delete_saved_search, list_saved_searches, read_saved_search,
    update_saved_search,
};
pub use service::{
    ServiceActions, archive_service, asked_by_service, confirm_service, create_service, list_services, publish_service, read_contact,
    read_service, service_actions, suspend_service, update_service,
};
pub use structure::{list_structures, read_structure};

pub use relais_persistence::directory::view;
