//! Bookmarks.

use actix_web::{delete, get, patch, post};
use relais_app::directory::view::BookmarkView;
use relais_app::directory::{self, BookmarkCreate, BookmarkPatch};
use relais_app::{Page, PageParams};

use crate::door::{Answer, Call, Item, NoQuery};

impl Item for BookmarkView {
    fn version(&self) -> i32 {
        self.version
    }

    /// The service that it marks changes without its own version.
    fn mask(&self) -> i32 {
        self.derived() & i32::MAX
    }
}

/// List my bookmarks
///
/// The services that I have marked, in the order in which I did. One that is suspended or archived stays: its state says so.
#[utoipa::path(
    tag = "directory",
    params(PageParams),
    responses((status = 200, description = "A page of bookmarks", body = Page<BookmarkView>)),
    extensions(("x-permission" = json!("signed_in")))
)]
#[get("/v1/bookmarks")]
pub async fn list_bookmarks(call: Call) -> Answer {
    call.list(&directory::list_bookmarks(&call.app, &call.caller, &call.page()).await?)
}

/// Mark a service
///
/// To find it again; up to a thousand. A service that is marked already is 409 `already_bookmarked`, and `params.bookmark_id` names
/// the mark.
#[utoipa::path(
    tag = "directory",
    request_body = BookmarkCreate,
    responses((status = 201, description = "The bookmark", body = BookmarkView)),
    extensions(("x-permission" = json!("signed_in")))
)]
#[post("/v1/bookmarks")]
pub async fn create_bookmark(call: Call<NoQuery, BookmarkCreate>) -> Answer {
    let done = directory::create_bookmark(&call.app, &call.caller, &call.body).await?;
    call.effect(done, &directory::read_bookmark(&call.app, &call.caller, done.id.into()).await?)
}

/// Read a bookmark
#[utoipa::path(
    tag = "directory",
    params(("id" = uuid::Uuid, Path, description = "The bookmark")),
    responses((status = 200, description = "The bookmark", body = BookmarkView)),
    extensions(("x-permission" = json!("signed_in")))
)]
#[get("/v1/bookmarks/{id}")]
pub async fn get_bookmark(call: Call) -> Answer {
    call.item(&directory::read_bookmark(&call.app, &call.caller, call.id()?).await?)
}

/// Change a bookmark
///
/// Its note. What is absent stays, null clears.
#[utoipa::path(
    tag = "directory",
    params(("id" = uuid::Uuid, Path, description = "The bookmark")),
    request_body = BookmarkPatch,
    responses((status = 200, description = "The bookmark as it is now", body = BookmarkView)),
    extensions(("x-permission" = json!("signed_in")))
)]
#[patch("/v1/bookmarks/{id}")]
pub async fn update_bookmark(call: Call<NoQuery, BookmarkPatch>) -> Answer {
    let done = directory::update_bookmark(&call.app, &call.caller, call.id()?, &call.body).await?;
    call.effect(done, &directory::read_bookmark(&call.app, &call.caller, done.id.into()).await?)
}

/// Take a mark away
#[utoipa::path(
    tag = "directory",
    params(("id" = uuid::Uuid, Path, description = "The bookmark")),
    responses((status = 204, description = "The mark is gone")),
    extensions(("x-permission" = json!("signed_in")))
)]
#[delete("/v1/bookmarks/{id}")]
pub async fn delete_bookmark(call: Call) -> Answer {
    call.nothing(directory::delete_bookmark(&call.app, &call.caller, call.id()?).await?)
}
