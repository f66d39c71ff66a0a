//! The façade of the API of data·inclusion, version 1: its paths, parameters and pages are the standard's own.

use actix_web::get;
use relais_app::directory::data_inclusion::{
    self, AddressFilter, DataInclusionPage, DataInclusionSource, DetailedService, DetailedStructure, DocEntry, FoundService,
    ListedStructure, Numbered, Numbering, ScoredService, SearchFilter, ServiceMarks, ServicesFilter, StructuresFilter,
};

use crate::door::{Answer, Call};

/// List structures, as data·inclusion
///
/// The structures at work, in the order in which they came, each as one record: every key is there, null where nothing is told.
#[utoipa::path(
    tag = "data-inclusion",
    params(StructuresFilter, AddressFilter, Numbering),
    responses((status = 200, description = "A page of structures", body = DataInclusionPage<ListedStructure>)),
    extensions(("x-permission" = json!("public")), ("x-facade" = json!("data-inclusion")))
)]
#[get("/data-inclusion/v1/structures")]
pub async fn list_data_inclusion_structures(call: Call<Numbered<StructuresFilter>>) -> Answer {
    call.plain(&data_inclusion::list_structures(&call.app, &call.query).await?)
}

/// Read a structure, as data·inclusion
///
/// By the id of its record, with its published services.
#[utoipa::path(
    tag = "data-inclusion",
    params(("id" = String, Path, description = "The id of the record", example = "dora--1f2a")),
    responses((status = 200, description = "The structure", body = DetailedStructure)),
    extensions(("x-permission" = json!("public")), ("x-facade" = json!("data-inclusion")))
)]
#[get("/data-inclusion/v1/structures/{id}")]
pub async fn get_data_inclusion_structure(call: Call) -> Answer {
    call.plain(&data_inclusion::read_structure(&call.app, call.path_text("id")?).await?)
}

/// List services, as data·inclusion
///
/// The published services of structures at work, in the order in which they came, each as one record: every key is there, null
/// where nothing is told. A record that came from a feed says what its feed said; a private contact is null.
#[utoipa::path(
    tag = "data-inclusion",
    params(AddressFilter, ServiceMarks, Numbering),
    responses((status = 200, description = "A page of services", body = DataInclusionPage<ScoredService>)),
    extensions(("x-permission" = json!("public")), ("x-facade" = json!("data-inclusion")))
)]
#[get("/data-inclusion/v1/services")]
pub async fn list_data_inclusion_services(call: Call<Numbered<ServicesFilter>>) -> Answer {
    call.plain(&data_inclusion::list_services(&call.app, &call.query).await?)
}

/// Read a service, as data·inclusion
///
/// By the id of its record, with its structure.
#[utoipa::path(
    tag = "data-inclusion",
    params(("id" = String, Path, description = "The id of the record", example = "dora--7c3e")),
    responses((status = 200, description = "The service", body = DetailedService)),
    extensions(("x-permission" = json!("public")), ("x-facade" = json!("data-inclusion")))
)]
#[get("/data-inclusion/v1/services/{id}")]
pub async fn get_data_inclusion_service(call: Call) -> Answer {
    call.plain(&data_inclusion::read_service(&call.app, call.path_text("id")?).await?)
}

/// Search services, as data·inclusion
///
/// The published services that cover a commune and receive within 50 km of it or from afar: nearest first, in whole kilometres,
/// then those without a distance. Without a place all services fit, and none has a distance.
#[utoipa::path(
    tag = "data-inclusion",
    params(SearchFilter, ServiceMarks, Numbering),
    responses((status = 200, description = "A page of services", body = DataInclusionPage<FoundService>)),
    extensions(("x-permission" = json!("public")), ("x-facade" = json!("data-inclusion")))
)]
#[get("/data-inclusion/v1/search/services")]
pub async fn search_data_inclusion_services(call: Call<Numbered<SearchFilter>>) -> Answer {
    call.plain(&data_inclusion::search_services(&call.app, &call.query).await?)
}

/// List sources, as data·inclusion
///
/// The feeds of which the public directory holds anything; `relais` is what was written here. Cacheable.
#[utoipa::path(
    tag = "data-inclusion",
    responses(
        (status = 200, description = "The sources", body = Vec<DataInclusionSource>),
        (status = 304, description = "The reader has them"),
    ),
    extensions(("x-permission" = json!("public")), ("x-facade" = json!("data-inclusion")))
)]
#[get("/data-inclusion/v1/sources")]
pub async fn list_data_inclusion_sources(call: Call) -> Answer {
    call.cacheable_for(60, &data_inclusion::list_sources(&call.app).await?)
}

/// Read a list of codes, as data·inclusion
///
/// The codes of records with their French names: `thematiques`, `categories`, `publics`, `types-services`, `frais`, `modes-accueil`,
/// `modes-mobilisation`, `personnes-mobilisatrices`, `reseaux-porteurs`. Cacheable.
#[utoipa::path(
    tag = "data-inclusion",
    params(("list" = String, Path, description = "The name of the list", example = "frais")),
    responses(
        (status = 200, description = "The codes", body = Vec<DocEntry>),
        (status = 304, description = "The reader has them"),
    ),
    extensions(("x-permission" = json!("public")), ("x-facade" = json!("data-inclusion")))
)]
#[get("/data-inclusion/v1/doc/{list}")]
pub async fn get_data_inclusion_doc(call: Call) -> Answer {
    call.cacheable(&data_inclusion::read_doc(call.path_text("list")?)?)
}
