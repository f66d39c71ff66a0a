//! The façade of HSDS 3.1 (Open Referral): its paths, parameters and pages are the standard's own.

mod stream;

use actix_web::get;
use relais_app::directory::hsds::{self, HsdsFilter, HsdsMeta, HsdsPage, OrganizationFilter, Paged, Paging, SearchFilter, TermFilter};
use relais_domain::directory::hsds::{Organization, Service, ServiceAtLocation, Taxonomy, TaxonomyTerm};

use crate::door::{Answer, Call};

/// What the façade speaks
///
/// The version and profile of HSDS, and where the standard describes its interface.
#[utoipa::path(
    tag = "hsds",
    responses((status = 200, description = "The version and profile", body = HsdsMeta)),
    extensions(("x-permission" = json!("public")), ("x-facade" = json!("hsds")))
)]
#[get("/hsds/")]
pub async fn get_hsds(call: Call) -> Answer {
    call.plain(&hsds::META)
}

/// List services, as HSDS
///
/// The published services of organisations at work, in the order in which they came: what there is one of, everything with
/// `full`, or little with `minimal`. Conditions add up. With `format=ndjson` all of them, one a line.
#[utoipa::path(
    tag = "hsds",
    params(HsdsFilter, Paging),
    responses((status = 200, description = "A page of services; as ndjson a service a line", content(
        (HsdsPage<Service> = "application/json"),
        (Service = "application/x-ndjson"),
    ))),
    extensions(("x-permission" = json!("public")), ("x-facade" = json!("hsds")))
)]
#[get("/hsds/services")]
pub async fn list_hsds_services(call: Call<Paged<HsdsFilter>>) -> Answer {
    let listing = hsds::services(&call.app, call.caller.language, &call.query.filter)?;
    stream::answer(&call, listing, &call.query.paging).await
}

/// Read a service, as HSDS
///
/// Everything that it tells, also while it is temporarily closed. A private contact is left out.
#[utoipa::path(
    tag = "hsds",
    params(("id" = uuid::Uuid, Path, description = "The id of the service")),
    responses((status = 200, description = "The service", body = Service)),
    extensions(("x-permission" = json!("public")), ("x-facade" = json!("hsds")))
)]
#[get("/hsds/services/{id}")]
pub async fn get_hsds_service(call: Call) -> Answer {
    call.plain(&hsds::read_service(&call.app, call.caller.language, call.id()?).await?)
}

/// List organisations, as HSDS
///
/// The organisations at work, in the order in which they came. With `format=ndjson` all of them, one a line.
#[utoipa::path(
    tag = "hsds",
    params(OrganizationFilter, Paging),
    responses((status = 200, description = "A page of organisations; as ndjson an organisation a line", content(
        (HsdsPage<Organization> = "application/json"),
        (Organization = "application/x-ndjson"),
    ))),
    extensions(("x-permission" = json!("public")), ("x-facade" = json!("hsds")))
)]
#[get("/hsds/organizations")]
pub async fn list_hsds_organizations(call: Call<Paged<OrganizationFilter>>) -> Answer {
    let listing = hsds::organizations(&call.app, call.caller.language, &call.query.filter)?;
    stream::answer(&call, listing, &call.query.paging).await
}

/// Read an organisation, as HSDS
///
/// Everything that it tells everybody. Its services are listed by `organization_id`.
#[utoipa::path(
    tag = "hsds",
    params(("id" = uuid::Uuid, Path, description = "The id of the organisation")),
    responses((status = 200, description = "The organisation", body = Organization)),
    extensions(("x-permission" = json!("public")), ("x-facade" = json!("hsds")))
)]
#[get("/hsds/organizations/{id}")]
pub async fn get_hsds_organization(call: Call) -> Answer {
    call.plain(&hsds::read_organization(&call.app, call.caller.language, call.id()?).await?)
}

/// List services at their places, as HSDS
///
/// Each published service once for each place where it is given, and once as virtual when it is given from afar. With
/// `proximity` only the places that lie near enough.
#[utoipa::path(
    tag = "hsds",
    params(HsdsFilter, Paging),
    responses((status = 200, description = "A page of services at places; as ndjson one a line", content(
        (HsdsPage<ServiceAtLocation> = "application/json"),
        (ServiceAtLocation = "application/x-ndjson"),
    ))),
    extensions(("x-permission" = json!("public")), ("x-facade" = json!("hsds")))
)]
#[get("/hsds/service_at_locations")]
pub async fn list_hsds_service_at_locations(call: Call<Paged<HsdsFilter>>) -> Answer {
    let listing = hsds::service_at_locations(&call.app, call.caller.language, &call.query.filter)?;
    stream::answer(&call, listing, &call.query.paging).await
}

/// Read a service at one of its places, as HSDS
///
/// With the place, its address, and how the service is reached there.
#[utoipa::path(
    tag = "hsds",
    params(("id" = uuid::Uuid, Path, description = "The id of the service at the place")),
    responses((status = 200, description = "The service at the place", body = ServiceAtLocation)),
    extensions(("x-permission" = json!("public")), ("x-facade" = json!("hsds")))
)]
#[get("/hsds/service_at_locations/{id}")]
pub async fn get_hsds_service_at_location(call: Call) -> Answer {
    call.plain(&hsds::read_service_at_location(&call.app, call.caller.language, call.id()?).await?)
}

/// List taxonomies, as HSDS
///
/// The lists of codes that services are described by.
#[utoipa::path(
    tag = "hsds",
    params(SearchFilter, Paging),
    responses((status = 200, description = "A page of taxonomies; as ndjson one a line", content(
        (HsdsPage<Taxonomy> = "application/json"),
        (Taxonomy = "application/x-ndjson"),
    ))),
    extensions(("x-permission" = json!("public")), ("x-facade" = json!("hsds")))
)]
#[get("/hsds/taxonomies")]
pub async fn list_hsds_taxonomies(call: Call<Paged<SearchFilter>>) -> Answer {
    stream::plain(&call, &hsds::list_taxonomies(&call.query), &call.query.paging)
}

/// Read a taxonomy, as HSDS
///
/// What it is and where it is kept. Its terms are listed by `taxonomy_id`.
#[utoipa::path(
    tag = "hsds",
    params(("id" = uuid::Uuid, Path, description = "The id of the taxonomy")),
    responses((status = 200, description = "The taxonomy", body = Taxonomy)),
    extensions(("x-permission" = json!("public")), ("x-facade" = json!("hsds")))
)]
#[get("/hsds/taxonomies/{id}")]
pub async fn get_hsds_taxonomy(call: Call) -> Answer {
    call.plain(&hsds::read_taxonomy(call.id()?)?)
}

/// List terms of taxonomies, as HSDS
///
/// The codes with their names, broader ones before narrower ones.
#[utoipa::path(
    tag = "hsds",
    params(TermFilter, Paging),
    responses((status = 200, description = "A page of terms; as ndjson one a line", content(
        (HsdsPage<TaxonomyTerm> = "application/json"),
        (TaxonomyTerm = "application/x-ndjson"),
    ))),
    extensions(("x-permission" = json!("public")), ("x-facade" = json!("hsds")))
)]
#[get("/hsds/taxonomy_terms")]
pub async fn list_hsds_taxonomy_terms(call: Call<Paged<TermFilter>>) -> Answer {
    stream::plain(&call, &hsds::list_taxonomy_terms(call.caller.language, &call.query), &call.query.paging)
}

/// Read a term of a taxonomy, as HSDS
///
/// With its taxonomy.
#[utoipa::path(
    tag = "hsds",
    params(("id" = uuid::Uuid, Path, description = "The id of the term")),
    responses((status = 200, description = "The term", body = TaxonomyTerm)),
    extensions(("x-permission" = json!("public")), ("x-facade" = json!("hsds")))
)]
#[get("/hsds/taxonomy_terms/{id}")]
pub async fn get_hsds_taxonomy_term(call: Call) -> Answer {
    call.plain(&hsds::read_taxonomy_term(call.caller.language, call.id()?)?)
}
