//! The directory in the shape of the API of data·inclusion, version 1, for everybody: always the public directory, whoever asks.

mod answer;
mod query;

use std::collections::HashMap;

use relais_adapters::search::{SelectOrder, Selection};
use relais_domain::directory::data_inclusion::{HERE, doc_list};
use relais_domain::shared::ids::{OrganisationId, ServiceId};
use relais_persistence::directory::read::data_inclusion::{self as read, Part};
use relais_persistence::directory::view::data_inclusion::RecordedService;

use super::reference::tagged;
use super::sight::Sight;
use crate::{App, Refusal};

pub use answer::{
    DataInclusionPage, DataInclusionSource, DetailedService, DetailedStructure, FoundService, ListedStructure, RecordKey, ScoredService,
};
pub use query::{AddressFilter, Numbered, Numbering, SearchFilter, ServiceMarks, ServicesFilter, StructuresFilter};
pub use relais_domain::directory::data_inclusion::DocEntry;

fn part(numbering: &Numbering) -> Part {
    let page = numbering.asked();
    Part { offset: page.offset(), limit: page.size }
}

/// Lists the structures, in the order in which they came.
///
/// # Errors
/// `unknown_code` (422).
pub async fn list_structures(app: &App, query: &Numbered<StructuresFilter>) -> Result<DataInclusionPage<ListedStructure>, Refusal> {
    let wanted = query.filter.wanted(app)?;
    let total = read::count_structures(&app.db, &wanted).await?;
    let found = read::structures(&app.db, &wanted, part(&query.numbering)).await?;
    let ids: Vec<OrganisationId> = found.iter().map(|structure| structure.id).collect();
    let (today, public) = (app.clock.now().date_naive(), Sight::public(app));
    let mut scores: HashMap<OrganisationId, Vec<f64>> = HashMap::new();
    for document in read::offered_documents(&app.db, public.eyes(), &ids).await? {
        scores.entry(document.organisation_id).or_default().push(document.quality_on(today));
    }
    let scores_of = |id| scores.get(id).map_or(&[][..], Vec::as_slice);
    let items = found.iter().map(|structure| ListedStructure::of(structure, scores_of(&structure.id))).collect();
    Ok(DataInclusionPage::of(items, total, &query.numbering))
}

/// Reads one structure by the id of its record, with its services.
///
/// # Errors
/// `not_found` (404).
pub async fn read_structure(app: &App, id: &str) -> Result<DetailedStructure, Refusal> {
    let structure = read::structure(&app.db, id).await?;
    let services = read::services_of_structure(&app.db, Sight::public(app).eyes(), structure.id).await?;
    Ok(DetailedStructure::of(&structure, &services, app.clock.now().date_naive()))
}

/// Lists the services, in the order in which they came.
///
/// # Errors
/// `unknown_code` (422).
pub async fn list_services(app: &App, query: &Numbered<ServicesFilter>) -> Result<DataInclusionPage<ScoredService>, Refusal> {
    let wanted = query.filter.wanted(app)?;
    let public = Sight::public(app);
    let total = read::count_services(&app.db, public.eyes(), &wanted).await?;
    let found = read::services(&app.db, public.eyes(), &wanted, part(&query.numbering)).await?;
    let today = app.clock.now().date_naive();
    let items = found.iter().map(|service| ScoredService::of(service, today)).collect();
    Ok(DataInclusionPage::of(items, total, &query.numbering))
}

/// Reads one service by the id of its record, with its structure.
///
/// # Errors
/// `not_found` (404).
pub async fn read_service(app: &App, id: &str) -> Result<DetailedService, Refusal> {
    let service = read::service(&app.db, Sight::public(app).eyes(), id).await?;
    Ok(DetailedService::of(&service, app.clock.now().date_naive()))
}

/// Kilometres to the next whole one.
const fn whole_kilometres(metres: u32) -> u32 {
    metres.saturating_add(500) / 1_000
}

/// Searches services: nearest first, then those without a distance; by id among equals.
///
/// # Errors
/// 422: `unknown_code`, also for a commune; `lat_lon_together`. 503: `search_warming`, `busy`.
pub async fn search_services(app: &App, query: &Numbered<SearchFilter>) -> Result<DataInclusionPage<FoundService>, Refusal> {
    let question = query.filter.question(app)?;
    let (offset, limit) = query.numbering.asked().window();
    let selection = Selection { order: SelectOrder::Sort, offset, limit };
    let selected = app.search.ask(move |engine| engine.select(&question, selection, None)).await?;
    let distances: HashMap<ServiceId, Option<u32>> =
        selected.services.iter().map(|found| (found.document.id, found.metres.map(whole_kilometres))).collect();
    let ids: Vec<ServiceId> = selected.services.iter().map(|found| found.document.id).collect();
    let today = app.clock.now().date_naive();
    let found = read::services_by_id(&app.db, Sight::public(app).eyes(), &ids).await?;
    let item = |service: &RecordedService| FoundService {
        distance: distances.get(&service.id).copied().flatten(),
        service: DetailedService::of(service, today),
    };
    Ok(DataInclusionPage::of(found.iter().map(item).collect(), selected.total, &query.numbering))
}

/// The sources of the public directory, with the tag of the answer.
///
/// # Errors
/// As any read.
pub async fn list_sources(app: &App) -> Result<(Vec<DataInclusionSource>, String), Refusal> {
    let found = read::sources(&app.db, Sight::public(app).eyes()).await?;
    let source = |slug: String| match slug.as_str() {
        HERE => DataInclusionSource { slug, nom: "Relais".to_owned(), description: Some("Saisi sur cette plateforme") },
        _ => DataInclusionSource { nom: slug.clone(), slug, description: None },
    };
    tagged(found.into_iter().map(source).collect())
}

/// One list of codes under the name that data·inclusion has for it, in French, with the tag of the answer.
///
/// # Errors
/// `not_found` (404).
pub fn read_doc(name: &str) -> Result<(Vec<DocEntry>, String), Refusal> {
    tagged(doc_list(name).ok_or(Refusal::NotFound)?)
}

#[cfg(test)]
mod tests {
    use super::whole_kilometres;

    #[test]
    fn kilometres_are_rounded_once() {
        assert_eq!([0, 499, 500, 1_449, 1_460, 12_499].map(whole_kilometres), [0, 0, 1, 1, 1, 12]);
    }
}
