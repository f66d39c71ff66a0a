//! The public face of organisations.

use actix_web::get;
use relais_app::directory::{self, view::StructureFilter, view::StructureView};
use relais_app::{Page, PageParams};

use crate::door::{Answer, Call, Item};

impl Item for StructureView {
    fn version(&self) -> i32 {
        self.version
    }

    /// The counts of services and branches change without the organisation's version.
    fn mask(&self) -> i32 {
        let counts = self.published_services.wrapping_mul(31).wrapping_add(self.branches);
        i32::try_from(counts & i64::from(i32::MAX)).unwrap_or(i32::MAX)
    }
}

/// List structures
///
/// The public face of the organisations at work, in the order in which they came. E-mail and phone are told when they are
/// public.
#[utoipa::path(
    tag = "directory",
    params(StructureFilter, PageParams),
    responses((status = 200, description = "A page of structures", body = Page<StructureView>)),
    extensions(("x-permission" = json!("public")))
)]
#[get("/v1/structures")]
pub async fn list_structures(call: Call<StructureFilter>) -> Answer {
    call.list(&directory::list_structures(&call.app, &call.caller, &call.query, &call.page()).await?)
}

/// Read a structure
///
/// The public face of one organisation, also when it is suspended or closed: its state says so.
#[utoipa::path(
    tag = "directory",
    params(("id" = uuid::Uuid, Path, description = "The id of the organisation")),
    responses((status = 200, description = "The structure", body = StructureView)),
    extensions(("x-permission" = json!("public")))
)]
#[get("/v1/structures/{id}")]
pub async fn get_structure(call: Call) -> Answer {
    call.item(&directory::read_structure(&call.app, call.id()?).await?)
}
