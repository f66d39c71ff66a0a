//! Saved views of the lists of referrals.

use crate::server::Register;
use actix_web::{delete, get, patch, post};
use relais_app::referral::view::SavedViewView;
use relais_app::referral::{self, SavedViewCreate, SavedViewPatch};
use relais_app::{Page, PageParams};

use crate::door::{Answer, Call, Item, NoQuery};

impl Item for SavedViewView {
    fn version(&self) -> i32 {
        self.version
    }

    fn mask(&self) -> i32 {
        i32::from(self.mine)
    }
}

pub(super) fn routes(config: &mut impl Register) {
    config
        .service(list_saved_views)
        .service(create_saved_view)
        .service(get_saved_view)
        .service(update_saved_view)
        .service(delete_saved_view);
}

/// List my saved views
///
/// Those that I saved for the acting organisation, and those that are shared with me, in the order in which they were saved.
#[utoipa::path(tag = "inbox", params(PageParams), responses((status = 200, description = "A page", body = Page<SavedViewView>)),
    extensions(("x-permission" = json!("referrals:read"))))]
#[get("/v1/saved-views")]
async fn list_saved_views(call: Call) -> Answer {
    call.list(&referral::list_saved_views(&call.app, &call.caller, &call.page()).await?)
}

/// Save a view
///
/// The query holds parameters of `GET /v1/referrals` but those of a page, and is checked as they are. Up to a hundred views. Who may
/// assign referrals may share it with a unit or the whole organisation: everybody sees in it what they may see.
#[utoipa::path(tag = "inbox", request_body = SavedViewCreate, responses((status = 201, description = "The view", body = SavedViewView)),
    extensions(("x-permission" = json!("referrals:read"))))]
#[post("/v1/saved-views")]
async fn create_saved_view(call: Call<NoQuery, SavedViewCreate>) -> Answer {
    let done = referral::create_saved_view(&call.app, &call.caller, &call.body).await?;
    call.effect(done, &referral::read_saved_view(&call.app, &call.caller, done.id.into()).await?)
}

/// Read a saved view
#[utoipa::path(tag = "inbox", params(("id" = relais_domain::shared::ids::SavedViewId, Path, description = "The view")),
    responses((status = 200, description = "The view", body = SavedViewView)), extensions(("x-permission" = json!("referrals:read"))))]
#[get("/v1/saved-views/{id}")]
async fn get_saved_view(call: Call) -> Answer {
    call.item(&referral::read_saved_view(&call.app, &call.caller, call.id()?).await?)
}

/// Change a saved view
///
/// Only who saved it. What is absent stays; the query is replaced whole, and so is with whom it is shared.
#[utoipa::path(tag = "inbox", params(("id" = relais_domain::shared::ids::SavedViewId, Path, description = "The view")), request_body = SavedViewPatch,
    responses((status = 200, description = "The view as it is now", body = SavedViewView)), extensions(("x-permission" = json!("referrals:read"))))]
#[patch("/v1/saved-views/{id}")]
async fn update_saved_view(call: Call<NoQuery, SavedViewPatch>) -> Answer {
    let done = referral::update_saved_view(&call.app, &call.caller, call.id()?, &call.body).await?;
    call.effect(done, &referral::read_saved_view(&call.app, &call.caller, done.id.into()).await?)
}

/// Forget a saved view
///
/// Only who saved it.
#[utoipa::path(tag = "inbox", params(("id" = relais_domain::shared::ids::SavedViewId, Path, description = "The view")),
    responses((status = 204, description = "It is forgotten")), extensions(("x-permission" = json!("referrals:read"))))]
#[delete("/v1/saved-views/{id}")]
async fn delete_saved_view(call: Call) -> Answer {
    call.nothing(referral::delete_saved_view(&call.app, &call.caller, call.id()?).await?)
}
