//! What owners see of their entries.

use actix_web::get;
use relais_app::directory::view::ContactReadings;
use relais_app::directory::{self, HistoryEntry};
use relais_app::{Page, PageParams};

use crate::door::{Answer, Call};

/// List readings of a contact
///
/// How often the contact of a service of one's own was read, by day, the latest first. Days without a reading are left out.
#[utoipa::path(
    tag = "directory",
    params(("id" = uuid::Uuid, Path, description = "The id of the service"), PageParams),
    responses((status = 200, description = "A page of days", body = Page<ContactReadings>)),
    extensions(("x-permission" = json!("services:write")))
)]
#[get("/v1/services/{id}/contact-readings")]
pub async fn list_contact_readings(call: Call) -> Answer {
    call.list(&directory::contact_readings(&call.app, &call.caller, call.id()?, &call.page()).await?)
}

/// Read the history of a service
///
/// What was done to a service of one's own, the newest first: which fields changed, never what they held; by whom, with the names of
/// members of its organisation only.
#[utoipa::path(
    tag = "directory",
    params(("id" = uuid::Uuid, Path, description = "The id of the service"), PageParams),
    responses((status = 200, description = "A page of changes", body = Page<HistoryEntry>)),
    extensions(("x-permission" = json!("services:write")))
)]
#[get("/v1/services/{id}/history")]
pub async fn get_service_history(call: Call) -> Answer {
    call.list(&directory::history(&call.app, &call.caller, call.id()?, &call.page()).await?)
}
