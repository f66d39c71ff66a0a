//! Identity links: two records that are the same person.

use actix_web::{delete, get, post};
use relais_app::Page;
use relais_app::page::PageParams;
use relais_app::person::view::IdentityLinkView;
use relais_app::person::{self, LinkCommand};
use relais_domain::shared::ids::{IdentityLinkId, PersonId};

use crate::door::{Answer, Call, NoQuery};
use crate::server::Register;

pub(super) fn routes(config: &mut impl Register) {
    config.service(list_identity_links).service(create_identity_link).service(read_identity_link).service(delete_identity_link);
}

/// List the identity links of a person
///
/// Those that touch this record, the oldest first.
#[utoipa::path(tag = "people", params(("id" = PersonId, Path, description = "The record"), PageParams),
    responses((status = 200, description = "A page", body = Page<IdentityLinkView>)), extensions(("x-permission" = json!("people:read"))))]
#[get("/v1/people/{id}/identity-links")]
async fn list_identity_links(call: Call) -> Answer {
    call.list(&person::links(&call.app, &call.caller, call.id()?, call.page()).await?)
}

/// Link two records of the same person
///
/// Both of your organisation. A link joins what is shown and moves neither record: taking it away gives both back exactly. Records
/// that are joined already, directly or over others, are not linked again.
#[utoipa::path(tag = "people", params(("id" = PersonId, Path, description = "The record")), request_body = LinkCommand,
    responses((status = 201, description = "The link", body = IdentityLinkView)), extensions(("x-permission" = json!("people:write"))))]
#[post("/v1/people/{id}/identity-links")]
async fn create_identity_link(call: Call<NoQuery, LinkCommand>) -> Answer {
    let id = call.id()?;
    let done = person::create_link(&call.app, &call.caller, id, call.body).await?;
    call.effect(done, &person::one_link(&call.app, &call.caller, id, done.id.into()).await?)
}

/// Read an identity link
///
/// One that does not touch this record is not found.
#[utoipa::path(tag = "people",
    params(("id" = PersonId, Path, description = "The record"), ("link_id" = IdentityLinkId, Path, description = "The link")),
    responses((status = 200, description = "The link", body = IdentityLinkView)), extensions(("x-permission" = json!("people:read"))))]
#[get("/v1/people/{id}/identity-links/{link_id}")]
async fn read_identity_link(call: Call) -> Answer {
    call.item(&person::one_link(&call.app, &call.caller, call.id()?, call.path_id("link_id")?).await?)
}

/// Take an identity link away
///
/// Both records are what they were.
#[utoipa::path(tag = "people",
    params(("id" = PersonId, Path, description = "The record"), ("link_id" = IdentityLinkId, Path, description = "The link")),
    responses((status = 204, description = "The link is gone")), extensions(("x-permission" = json!("people:write"))))]
#[delete("/v1/people/{id}/identity-links/{link_id}")]
async fn delete_identity_link(call: Call) -> Answer {
    call.nothing(person::delete_link(&call.app, &call.caller, call.id()?, call.path_id("link_id")?).await?)
}
