//! The directory: structures, their services, and the reference lists that describe them.
//!
//! The model is neutral. The code types map to the national codes of data·inclusion, whose records [`data_inclusion`] reads.

mod actions;
mod codes;
mod criterion;
mod draft;
mod history;
mod hours;
mod imported;
mod lists;
mod parts;
mod place;
mod publishing;
mod quality;
mod reader;
mod search_words;
mod service;
mod tokens;

pub mod data_inclusion;
pub mod hsds;
pub mod search;

pub use actions::{ServiceAct, ServiceAction};
pub use codes::{
    AudienceCode, CriteriaMode, Fee, NetworkCode, OpenTo, OrganisationState, Reception, ServiceKind, ServiceState, TopicCode,
    UpdateFrequency, WayIn,
};
pub use criterion::{
    AUDIENCE_ID, AgeRule, AnswerChoice, AudienceRule, COVERAGE_ID, CountRule, CountedCriterion, Criterion, CriterionKind, DocumentRule,
    ExpectedAnswer, IncomePeriod, IncomeRule, MOST_CRITERIA, Proof, QuestionRule, QuestionText, ResidenceRule, Rule, StatusRule, Test,
    criteria_problems,
};
pub use draft::{NewService, ServiceDraft, ServicePatch};
pub use history::field_of_column;
pub use imported::{Home, ImportFormat, ImportState, ImportedService, ImportedStructure, PlaceNames, RecordKind, SourceValues};
pub use lists::{Entry, Labels, List, REFERENCE_LISTS, reference, reference_list};
pub use parts::{
    AudienceNote, Capacity, Conditions, Contact, ContactName, Coverage, CoverageError, CriterionLabel, Description, DocumentCode,
    DocumentLabel, FeeNote, Label, LanguageTag, OpeningHours, RequiredDocument, ServiceName, ServicePlace, SourceKey, Summary, WayInNote,
    Zone, ZoneKind, holds_resident,
};
pub use place::{
    Gazetteer, Only, Place, PlaceColumns, PlaceKind, city_of, departement_name, parse_place, place_code, place_code_of, postal_code_of,
    region_name,
};
pub use publishing::{Acceptance, Receiving, Told};
pub use quality::{Freshness, Quality, QualityFacts, fresh_on};
pub use reader::{
    Alert, BookmarkNote, MOST_BOOKMARKS, MOST_SAVED_SEARCHES, ReportNote, ReportReason, ReportState, SearchName, blockers_to_bookmark,
    blockers_to_save_search,
};
pub use search_words::search_words;
pub use service::{Service, ServiceChange, ServiceEvent};
pub use tokens::{BadToken, Slug, ZoneCode};

#[cfg(test)]
mod tests;
