//! Places.

use actix_web::get;
use relais_app::directory::places::{self, PlaceList, PlaceQuery, PlaceView};

use crate::door::{Answer, Call};

/// Find places
///
/// Communes and the arrondissements of Paris, Lyon and Marseille. `q` completes what was typed: the whole name first, then names
/// that begin so, then names of which a word begins so; among equals the larger. `lat` and `lon` give the nearest ones with their
/// distance. `postal_code` and `country` narrow either; `postal_code` alone lists its places. Cacheable.
#[utoipa::path(
    tag = "directory",
    params(PlaceQuery),
    responses(
        (status = 200, description = "The places, best first", body = PlaceList),
        (status = 304, description = "The reader has them"),
    ),
    extensions(("x-permission" = json!("public")))
)]
#[get("/v1/places")]
pub async fn list_places(call: Call<PlaceQuery>) -> Answer {
    call.cacheable(&places::list_places(&call.app, &call.query)?)
}

/// Read a place
///
/// By its official code. The code of a commune of old answers the commune of today that took it in. Cacheable.
#[utoipa::path(
    tag = "directory",
    params(("id" = String, Path, description = "The official code of the place", example = "59350")),
    responses(
        (status = 200, description = "The place", body = PlaceView),
        (status = 304, description = "The reader has it"),
    ),
    extensions(("x-permission" = json!("public")))
)]
#[get("/v1/places/{id}")]
pub async fn get_place(call: Call) -> Answer {
    call.cacheable(&places::read_place(&call.app, call.path_text("id")?)?)
}
