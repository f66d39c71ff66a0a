//! The directory in the words of HSDS 3.1 (Open Referral), for everybody: always the public directory, whoever asks.

mod page;
mod postcode;
mod query;
mod record;
mod taxonomy;

use relais_domain::directory::hsds::{
    self, Detail, Manner, Organization, Scheme, Service, ServiceAtLocation, Term, service_at_location, services_behind,
};
use relais_domain::shared::Blocker;
use relais_domain::shared::contact::Language;
use relais_domain::shared::ids::{OrganisationId, ServiceId};
use relais_persistence::directory::read::hsds as read;
use relais_persistence::directory::view::hsds::Wanted;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::sight::Sight;
use crate::{App, Refusal};

use postcode::PostcodeArea;

pub use page::HsdsPage;
pub use query::{HsdsFilter, HsdsFormat, OrganizationFilter, Paged, Paging, SearchFilter, TermFilter};
pub use record::{Chunk, Listing, Record};
pub use relais_persistence::directory::view::hsds::Found;
pub use taxonomy::{list_taxonomies, list_taxonomy_terms, read_taxonomy, read_taxonomy_term};

/// What this interface speaks.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct HsdsMeta {
    /// The version of HSDS.
    #[schema(example = "3.1")]
    pub version: &'static str,
    /// The profile of HSDS.
    #[schema(format = "uri")]
    pub profile: &'static str,
    /// The description of the interface by the standard.
    #[schema(format = "uri")]
    pub openapi_url: &'static str,
}

/// What this interface speaks.
pub const META: HsdsMeta = HsdsMeta { version: hsds::VERSION, profile: hsds::PROFILE, openapi_url: hsds::OPENAPI };

fn manner(app: &App, detail: Detail, language: Language) -> Manner {
    Manner { detail, today: app.clock.now().date_naive(), language }
}

/// The list of services that is asked for.
///
/// # Errors
/// `invalid_format` (422) for an instant, `required` (422) for the postcode of a proximity.
pub fn services(app: &App, language: Language, filter: &HsdsFilter) -> Result<Listing<Service>, Refusal> {
    Ok(Listing::of(wanted(app, filter)?, manner(app, filter.detail(), language)))
}

/// The list of services at their places that is asked for.
///
/// # Errors
/// As [`services`].
pub fn service_at_locations(app: &App, language: Language, filter: &HsdsFilter) -> Result<Listing<ServiceAtLocation>, Refusal> {
    Ok(Listing::of(wanted(app, filter)?, manner(app, filter.detail(), language)))
}

/// The list of organisations that is asked for.
///
/// # Errors
/// None of its own.
pub fn organizations(app: &App, language: Language, filter: &OrganizationFilter) -> Result<Listing<Organization>, Refusal> {
    let OrganizationFilter { search, taxonomy_term_id, taxonomy_id, full } = filter;
    let marks = marks(*taxonomy_term_id, *taxonomy_id);
    let wanted = marks.map(|(term, scheme)| Wanted { search: search.clone(), term, scheme, ..Wanted::default() });
    let detail = if *full == Some(true) { Detail::Full } else { Detail::Basic };
    Ok(Listing::of(wanted, manner(app, detail, language)))
}

/// The term and the taxonomy behind two ids; `None` when one of them is of nothing: then nothing has it.
fn marks(term: Option<Uuid>, scheme: Option<Uuid>) -> Option<(Option<Term>, Option<Scheme>)> {
    let known_term = term.map(Term::by_id);
    let known_scheme = scheme.map(Scheme::by_id);
    if known_term == Some(None) || known_scheme == Some(None) { None } else { Some((known_term.flatten(), known_scheme.flatten())) }
}

/// What must hold; `None` when nothing can be found: an id or a postal code that nothing has.
fn wanted(app: &App, filter: &HsdsFilter) -> Result<Option<Wanted>, Refusal> {
    let modified_from = filter.modified_from()?;
    let HsdsFilter { search, taxonomy_term_id, taxonomy_id, organization_id, postcode, proximity, .. } = filter;
    if proximity.is_some() && postcode.is_none() {
        return Err(Refusal::Blocked { blockers: vec![Blocker::content("required").at("?postcode")], allowed: vec![] });
    }
    let Some((term, scheme)) = marks(*taxonomy_term_id, *taxonomy_id) else { return Ok(None) };
    let organisation = organization_id.map(OrganisationId::from);
    let mut wanted = Wanted { search: search.clone(), term, scheme, organisation, modified_from, ..Wanted::default() };
    if let Some(code) = postcode {
        let Some(PostcodeArea { zones, middle }) = PostcodeArea::of(&app.places.now(), code) else { return Ok(None) };
        if let Some(metres) = proximity {
            let Some(middle) = middle else { return Ok(None) };
            wanted.within = Some((middle, *metres));
        }
        wanted.lives_in = Some(zones);
    }
    Ok(Some(wanted))
}

/// One service in full.
///
/// # Errors
/// `not_found` (404).
pub async fn read_service(app: &App, language: Language, id: ServiceId) -> Result<Service, Refusal> {
    let (service, organisation) = read::offered_one(&app.db, Sight::public(app).eyes(), &[id]).await?;
    Ok(hsds::service(&service, &organisation, manner(app, Detail::Full, language)))
}

/// One service at one of its places, in full.
///
/// # Errors
/// `not_found` (404).
pub async fn read_service_at_location(app: &App, language: Language, id: Uuid) -> Result<ServiceAtLocation, Refusal> {
    let behind = services_behind(id);
    let ids: Vec<ServiceId> = behind.iter().map(|(service, _)| *service).collect();
    let (service, organisation) = read::offered_one(&app.db, Sight::public(app).eyes(), &ids).await?;
    let number = behind.iter().find(|(known, _)| *known == service.id).map(|(_, number)| *number).ok_or(Refusal::NotFound)?;
    service_at_location(&service, &organisation, number, manner(app, Detail::Full, language)).ok_or(Refusal::NotFound)
}

/// One organisation in full.
///
/// # Errors
/// `not_found` (404).
pub async fn read_organization(app: &App, language: Language, id: OrganisationId) -> Result<Organization, Refusal> {
    let organisation = read::public_face_of(&app.db, id).await?;
    Ok(hsds::organization(&organisation, manner(app, Detail::Full, language)))
}
