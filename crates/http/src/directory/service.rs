//! Services.

use actix_web::{get, patch, post};
use relais_app::PageParams;
use relais_app::directory::search::{ServiceMap, ServicePage};
use relais_app::directory::view::{ServiceContact, ServiceFilter, ServiceView};
use relais_app::directory::{self, ServiceActions};
use relais_domain::directory::{NewService, ServicePatch};

use crate::door::{Answer, Call, Item, NoQuery};

impl Item for ServiceView {
    fn version(&self) -> i32 {
        self.version
    }

    /// Whether it takes referrals, its organisation's name and its blank forms change without its own version.
    fn mask(&self) -> i32 {
        // Where blank forms lie stands beside the service.
        let forms = serde_json::to_vec(&self.documents).unwrap_or_default();
        let forms = forms.iter().fold(17_i32, |digest, byte| digest.wrapping_mul(31).wrapping_add(i32::from(*byte)));
        (self.derived() ^ forms) & i32::MAX
    }
}

impl Item for ServiceContact {
    fn version(&self) -> i32 {
        self.version
    }
}

/// Search services
///
/// The published services of organisations at work that fit a person: their commune is covered, the place is in range or the
/// service receives from afar. Without `sort`, by how well words, distance and quality fit; with a place, one remote service
/// stands after every two on site. Each item tells whether it takes referrals now and why not, how many documents it asks for,
/// whether there is room, and how long answers take. With `state`, who may write services also sees the drafts, suspended
/// and archived ones of the own organisation, in the order in which they came.
#[utoipa::path(
    tag = "directory",
    params(ServiceFilter, PageParams),
    responses((status = 200, description = "A page of services", body = ServicePage)),
    extensions(("x-permission" = json!("public")))
)]
#[get("/v1/services")]
pub async fn list_services(call: Call<ServiceFilter>) -> Answer {
    let found = directory::list_services(&call.app, &call.caller, &call.query, &call.page()).await?;
    call.linked(found.page.next_cursor.as_deref(), &found)
}

/// Show services on a map
///
/// The published services that receive people in a part of the map, with the filters of the search; `bbox` is required. At most
/// 2 000 points; above that, services close together become clusters. Cacheable.
#[utoipa::path(
    tag = "directory",
    params(ServiceFilter),
    responses(
        (status = 200, description = "Points and clusters", body = ServiceMap),
        (status = 304, description = "The reader has it"),
    ),
    extensions(("x-permission" = json!("public")))
)]
#[get("/v1/services/map")]
pub async fn get_service_map(call: Call<ServiceFilter>) -> Answer {
    call.cacheable_for(60, &directory::search::service_map(&call.app, &call.caller, &call.query).await?)
}

/// Create a service
///
/// Makes a draft of the organisation that I act for. Only the name is needed; publishing demands more. Absent or null means
/// "not told", an empty list means "none", and for audiences "everyone".
#[utoipa::path(
    tag = "directory",
    request_body = NewService,
    responses((status = 201, description = "The draft", body = ServiceView)),
    extensions(("x-permission" = json!("services:write")))
)]
#[post("/v1/services")]
pub async fn create_service(call: Call<NoQuery, NewService>) -> Answer {
    let (done, service) = directory::create_service(&call.app, &call.caller, call.body.clone()).await?;
    call.effect(done, &service)
}

/// Read a service
///
/// Everything that it tells, also while it is suspended. A private contact is blank here; `contact_available` says whether
/// there is one to be read by `GET /v1/services/{id}/contact`.
#[utoipa::path(
    tag = "directory",
    params(("id" = uuid::Uuid, Path, description = "The id of the service")),
    responses((status = 200, description = "The service", body = ServiceView)),
    extensions(("x-permission" = json!("public")))
)]
#[get("/v1/services/{id}")]
pub async fn get_service(call: Call) -> Answer {
    call.item(&directory::read_service(&call.app, &call.caller, call.id()?).await?)
}

/// Change a service
///
/// A merge patch: absent keeps, null clears, lists are replaced whole. A public service that was written here keeps what
/// publishing demanded.
#[utoipa::path(
    tag = "directory",
    params(("id" = uuid::Uuid, Path, description = "The id of the service")),
    request_body = ServicePatch,
    responses((status = 200, description = "The service as it is now", body = ServiceView)),
    extensions(("x-permission" = json!("services:write")))
)]
#[patch("/v1/services/{id}")]
pub async fn update_service(call: Call<NoQuery, ServicePatch>) -> Answer {
    let (done, service) = directory::update_service(&call.app, &call.caller, call.id()?, &call.body).await?;
    call.effect(done, &service)
}

/// Publish a service
///
/// For the first time or after a suspension. Everything that is missing is named at once.
#[utoipa::path(
    tag = "directory",
    params(("id" = uuid::Uuid, Path, description = "The id of the service")),
    responses((status = 200, description = "The published service", body = ServiceView)),
    extensions(("x-permission" = json!("services:publish")))
)]
#[post("/v1/services/{id}/publish")]
pub async fn publish_service(call: Call) -> Answer {
    let (done, service) = directory::publish_service(&call.app, &call.caller, call.id()?).await?;
    call.effect(done, &service)
}

/// Suspend a service
///
/// It takes no new referrals and leaves the list, but can still be read. Publishing it again ends the suspension.
#[utoipa::path(
    tag = "directory",
    params(("id" = uuid::Uuid, Path, description = "The id of the service")),
    responses((status = 200, description = "The suspended service", body = ServiceView)),
    extensions(("x-permission" = json!("services:publish")))
)]
#[post("/v1/services/{id}/suspend")]
pub async fn suspend_service(call: Call) -> Answer {
    let (done, service) = directory::suspend_service(&call.app, &call.caller, call.id()?).await?;
    call.effect(done, &service)
}

/// Confirm a service
///
/// Says that everything it tells is still right: it counts as fresh from today on, and what readers reported is settled.
#[utoipa::path(
    tag = "directory",
    params(("id" = uuid::Uuid, Path, description = "The id of the service")),
    responses((status = 200, description = "The confirmed service", body = ServiceView)),
    extensions(("x-permission" = json!("services:write")))
)]
#[post("/v1/services/{id}/confirm")]
pub async fn confirm_service(call: Call) -> Answer {
    let (done, service) = directory::confirm_service(&call.app, &call.caller, call.id()?).await?;
    call.effect(done, &service)
}

/// Archive a service
///
/// Takes it out of the directory for good. Its referrals stay as they are.
#[utoipa::path(
    tag = "directory",
    params(("id" = uuid::Uuid, Path, description = "The id of the service")),
    responses((status = 200, description = "The archived service", body = ServiceView)),
    extensions(("x-permission" = json!("services:publish")))
)]
#[post("/v1/services/{id}/archive")]
pub async fn archive_service(call: Call) -> Answer {
    let (done, service) = directory::archive_service(&call.app, &call.caller, call.id()?).await?;
    call.effect(done, &service)
}

/// What can be done to a service
///
/// Every act with what stands against it. The same codes come back when it is tried.
#[utoipa::path(
    tag = "directory",
    params(("id" = uuid::Uuid, Path, description = "The id of the service")),
    responses((status = 200, description = "The acts", body = ServiceActions)),
    extensions(("x-permission" = json!("directory:read")))
)]
#[get("/v1/services/{id}/actions")]
pub async fn get_service_actions(call: Call) -> Answer {
    call.plain(&directory::service_actions(&call.app, &call.caller, call.id()?).await?)
}

/// Read the contact of a service
///
/// Also when it is private, for whoever is signed in. Each reading is counted for the service and the day; a copy that is still
/// good (304) and HEAD are not.
#[utoipa::path(
    tag = "directory",
    params(("id" = uuid::Uuid, Path, description = "The id of the service")),
    responses((status = 200, description = "Whom to ask", body = ServiceContact)),
    extensions(("x-permission" = json!("signed_in")))
)]
#[get("/v1/services/{id}/contact")]
pub async fn get_service_contact(call: Call) -> Answer {
    let contact = directory::read_contact(&call.app, &call.caller, call.id()?).await?;
    if !call.knows(&contact) && !call.is_head() {
        directory::count_contact_reading(&call.app, &call.caller, contact.id).await?;
    }
    call.item(&contact)
}
