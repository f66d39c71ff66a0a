//! The directory: structures, their services, and the reference lists that describe them.
//!
//! The model is neutral. The code types map to the national codes of data·inclusion, whose records [`data_inclusion`] reads.

mod actions;
mod codes;
mod draft;
mod history;
mod hours;
mod imported;
mod lists;
mod parts;
mod publishing;
mod quality;
mod reader;
mod service;
mod territory;
mod tokens;

pub mod data_inclusion;

pub use actions::{ServiceAct, ServiceAction};
pub use codes::{
    AudienceCode, CriteriaMode, Fee, OpenTo, OrganisationState, Reception, ServiceKind, ServiceState, TopicCode, UpdateFrequency, WayIn,
};
pub use draft::{NewService, ServiceDraft, ServicePatch};
pub use history::field_of_column;
pub use imported::{Home, ImportedService, ImportedStructure, PlaceNames, RecordKind, SourceValues};
pub use lists::{Entry, Labels, REFERENCE_LISTS, reference_list};
pub use parts::{
    AudienceNote, Capacity, Conditions, Contact, ContactName, Coverage, CoverageError, Criterion, CriterionLabel, Description,
    DocumentCode, DocumentLabel, FeeNote, Label, LanguageTag, OpeningHours, RequiredDocument, ServiceName, ServicePlace, SourceKey,
    Summary, WayInNote, Zone, ZoneKind,
};
pub use publishing::{Acceptance, Receiving, Told};
pub use quality::{Freshness, Quality, QualityFacts};
pub use reader::{
    Alert, BookmarkNote, MOST_BOOKMARKS, MOST_SAVED_SEARCHES, ReportNote, ReportReason, ReportState, SearchName, blockers_to_bookmark,
    blockers_to_save_search,
};
pub use service::{Service, ServiceChange, ServiceEvent};
pub use territory::departements_of;
pub use tokens::{BadToken, Slug, ZoneCode};

#[cfg(test)]
mod tests;
