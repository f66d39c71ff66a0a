//! Reference lists.

use actix_web::get;
use relais_app::directory::{self, ReferenceList, ReferenceLists};

use crate::door::{Answer, Call};

/// List the reference lists
///
/// The names under which lists of codes can be read, each with its version and its number of entries. Cacheable; the tag changes with
/// the content.
#[utoipa::path(
    tag = "directory",
    responses(
        (status = 200, description = "The lists", body = ReferenceLists),
        (status = 304, description = "The reader has them"),
    ),
    extensions(("x-permission" = json!("public")))
)]
#[get("/v1/reference")]
pub async fn list_reference(call: Call) -> Answer {
    call.cacheable(&directory::references()?)
}

/// Read a reference list
///
/// Its codes with their labels in French, Dutch, German and English, and a description where the name does not say enough. A list
/// that somebody else publishes names its publisher and licence, and carries the version it was published with. Cacheable; the tag
/// changes with the content.
#[utoipa::path(
    tag = "directory",
    params(("list" = String, Path, description = "The name of the list", example = "topics")),
    responses(
        (status = 200, description = "The list", body = ReferenceList),
        (status = 304, description = "The reader has it"),
    ),
    extensions(("x-permission" = json!("public")))
)]
#[get("/v1/reference/{list}")]
pub async fn get_reference(call: Call) -> Answer {
    call.cacheable(&directory::reference(call.path_text("list")?)?)
}
