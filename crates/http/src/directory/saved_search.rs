//! Saved searches.

use actix_web::{delete, get, patch, post};
use relais_app::directory::view::SavedSearchView;
use relais_app::directory::{self, SavedSearchCreate, SavedSearchPatch};
use relais_app::{Page, PageParams};

use crate::door::{Answer, Call, Item, NoQuery};

impl Item for SavedSearchView {
    fn version(&self) -> i32 {
        self.version
    }
}

/// List my saved searches
///
/// In the order in which I saved them.
#[utoipa::path(
    tag = "directory",
    params(PageParams),
    responses((status = 200, description = "A page of saved searches", body = Page<SavedSearchView>)),
    extensions(("x-permission" = json!("signed_in")))
)]
#[get("/v1/saved-searches")]
pub async fn list_saved_searches(call: Call) -> Answer {
    call.list(&directory::list_saved_searches(&call.app, &call.caller, &call.page()).await?)
}

/// Save a search
///
/// The query holds parameters of `GET /v1/services`, and is checked as they are. With an alert I am told by mail, every week or every
/// month, of the services that were published since; not when there are none. Up to a hundred searches.
#[utoipa::path(
    tag = "directory",
    request_body = SavedSearchCreate,
    responses((status = 201, description = "The saved search", body = SavedSearchView)),
    extensions(("x-permission" = json!("signed_in")))
)]
#[post("/v1/saved-searches")]
pub async fn create_saved_search(call: Call<NoQuery, SavedSearchCreate>) -> Answer {
    let done = directory::create_saved_search(&call.app, &call.caller, &call.body).await?;
    call.effect(done, &directory::read_saved_search(&call.app, &call.caller, done.id.into()).await?)
}

/// Read a saved search
#[utoipa::path(
    tag = "directory",
    params(("id" = uuid::Uuid, Path, description = "The saved search")),
    responses((status = 200, description = "The saved search", body = SavedSearchView)),
    extensions(("x-permission" = json!("signed_in")))
)]
#[get("/v1/saved-searches/{id}")]
pub async fn get_saved_search(call: Call) -> Answer {
    call.item(&directory::read_saved_search(&call.app, &call.caller, call.id()?).await?)
}

/// Change a saved search
///
/// What is absent stays; the query is replaced whole. `alert: none` ends the mails.
#[utoipa::path(
    tag = "directory",
    params(("id" = uuid::Uuid, Path, description = "The saved search")),
    request_body = SavedSearchPatch,
    responses((status = 200, description = "The saved search as it is now", body = SavedSearchView)),
    extensions(("x-permission" = json!("signed_in")))
)]
#[patch("/v1/saved-searches/{id}")]
pub async fn update_saved_search(call: Call<NoQuery, SavedSearchPatch>) -> Answer {
    let done = directory::update_saved_search(&call.app, &call.caller, call.id()?, &call.body).await?;
    call.effect(done, &directory::read_saved_search(&call.app, &call.caller, done.id.into()).await?)
}

/// Forget a saved search
#[utoipa::path(
    tag = "directory",
    params(("id" = uuid::Uuid, Path, description = "The saved search")),
    responses((status = 204, description = "It is forgotten")),
    extensions(("x-permission" = json!("signed_in")))
)]
#[delete("/v1/saved-searches/{id}")]
pub async fn delete_saved_search(call: Call) -> Answer {
    call.nothing(directory::delete_saved_search(&call.app, &call.caller, call.id()?).await?)
}
