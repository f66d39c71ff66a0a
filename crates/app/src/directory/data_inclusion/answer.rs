//! Answers as the API of data·inclusion has them.

use chrono::NaiveDate;
use relais_domain::directory::data_inclusion::{ServiceRecord, StructureRecord};
use relais_persistence::directory::view::data_inclusion::{RecordedService, RecordedStructure};
use serde::Serialize;
use utoipa::ToSchema;

use super::query::Numbering;

/// A page of a list, with the counts of the whole list.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DataInclusionPage<T> {
    /// The records.
    pub items: Vec<T>,
    /// How many records there are in all.
    pub total: u64,
    /// The number of this page, from 1.
    pub page: u64,
    /// How many records a page has at most.
    pub size: u64,
    /// How many pages there are.
    pub pages: u64,
}

impl<T> DataInclusionPage<T> {
    pub(super) fn of(items: Vec<T>, total: u64, numbering: &Numbering) -> Self {
        let page = numbering.asked();
        Self { items, total, page: page.number, size: page.size, pages: page.pages(total) }
    }
}

/// A service with its quality.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = DataInclusionService)]
pub struct ScoredService {
    #[serde(flatten)]
    record: ServiceRecord,
    /// How good the entry is, from 0 to 1.
    #[schema(minimum = 0, maximum = 1, example = 0.83)]
    score_qualite: f64,
}

/// A service with its quality and the structure that offers it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = DataInclusionDetailedService)]
pub struct DetailedService {
    #[serde(flatten)]
    service: ScoredService,
    /// The structure that offers it.
    structure: StructureRecord,
}

/// A service that a search found.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = DataInclusionFound)]
pub struct FoundService {
    /// The service.
    pub(super) service: DetailedService,
    /// Kilometres to its nearest place; null when it receives from afar only, or when no place was asked.
    #[schema(required)]
    pub(super) distance: Option<u32>,
}

/// Where another record of the same structure is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DataInclusionKey)]
pub struct RecordKey {
    /// Who produced it.
    pub source: String,
    /// Its id.
    pub id: String,
}

/// A structure in a list.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = DataInclusionListedStructure)]
pub struct ListedStructure {
    #[serde(flatten)]
    record: StructureRecord,
    /// The mean of the quality of its services; 0 without services.
    #[schema(minimum = 0, maximum = 1, example = 0.83)]
    score_qualite: f64,
    /// Other records of the same structure. This directory does not look for them: always empty.
    doublons: Vec<RecordKey>,
}

/// A structure with its services.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = DataInclusionDetailedStructure)]
pub struct DetailedStructure {
    #[serde(flatten)]
    record: StructureRecord,
    /// The mean of the quality of its services; 0 without services.
    #[schema(minimum = 0, maximum = 1, example = 0.83)]
    score_qualite: f64,
    /// Other records of the same structure. This directory does not look for them: always empty.
    doublons: Vec<StructureRecord>,
    /// Its services.
    services: Vec<ScoredService>,
}

/// A source of records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DataInclusionSource)]
pub struct DataInclusionSource {
    /// Its name in records and filters.
    #[schema(example = "dora")]
    pub slug: String,
    /// Its name for readers.
    pub nom: String,
    /// What it is.
    #[schema(required)]
    pub description: Option<&'static str>,
}

/// The mean of the quality of services, with two decimals; 0 without services.
pub(super) fn mean(scores: &[f64]) -> f64 {
    let count = u32::try_from(scores.len()).unwrap_or(u32::MAX);
    if count == 0 { 0.0 } else { (scores.iter().sum::<f64>() / f64::from(count) * 100.0).round() / 100.0 }
}

impl ScoredService {
    pub(super) fn of(service: &RecordedService, today: NaiveDate) -> Self {
        let entry = &service.service;
        let score_qualite = entry.quality_facts().quality().score(entry.fresh_on(), today);
        Self { record: ServiceRecord::from(&service.record), score_qualite }
    }
}

impl DetailedService {
    pub(super) fn of(service: &RecordedService, today: NaiveDate) -> Self {
        Self { service: ScoredService::of(service, today), structure: StructureRecord::from(&service.structure) }
    }
}

impl ListedStructure {
    pub(super) fn of(structure: &RecordedStructure, scores: &[f64]) -> Self {
        Self { record: StructureRecord::from(&structure.record), score_qualite: mean(scores), doublons: Vec::new() }
    }
}

impl DetailedStructure {
    pub(super) fn of(structure: &RecordedStructure, services: &[RecordedService], today: NaiveDate) -> Self {
        let services: Vec<ScoredService> = services.iter().map(|service| ScoredService::of(service, today)).collect();
        let scores: Vec<f64> = services.iter().map(|service| service.score_qualite).collect();
        let record = StructureRecord::from(&structure.record);
        Self { record, score_qualite: mean(&scores), doublons: Vec::new(), services }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_structure_is_as_good_as_its_services_on_average() {
        assert!((mean(&[0.5, 0.8, 0.82]) - 0.71).abs() < 1e-9);
        assert!(mean(&[]).abs() < 1e-9);
    }

    #[test]
    fn pages_are_counted() {
        let page = |page, size, total| {
            let page = DataInclusionPage::<i32>::of(vec![], total, &Numbering { page, size });
            (page.page, page.size, page.pages)
        };
        assert_eq!(page(None, None, 101), (1, 100, 2));
        assert_eq!(page(Some(3), Some(2), 4), (3, 2, 2));
        assert_eq!(page(Some(1), Some(1_000), 0), (1, 1_000, 0));
    }
}
