//! Organisations.

use actix_web::{get, patch, post};
use relais_app::identity::view::OrganisationView;
use relais_app::identity::{self, BlockOrganisation, OrganisationCreate, OrganisationFilter, OrganisationPatch};
use relais_app::{Page, PageParams};
use relais_domain::directory::OrganisationState;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::door::{Answer, Call, Item, NoQuery};

impl Item for OrganisationView {
    fn version(&self) -> i32 {
        self.version
    }

    fn mask(&self) -> i32 {
        i32::from(self.administration.is_some())
    }
}

/// What of organisations is asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct OrganisationQuery {
    /// Words of the name, in any order; accents and case do not matter.
    #[param(required = false, value_type = String, min_length = 1, max_length = 150)]
    pub name: Option<String>,
    /// In one of these states.
    #[param(required = false, max_items = 10)]
    pub state: Vec<OrganisationState>,
    /// Whether a moderator has verified it.
    #[param(required = false, value_type = bool)]
    pub verified: Option<bool>,
}

/// List organisations
///
/// All organisations of the installation, the oldest first. What only their administrators and moderators see is null for others.
#[utoipa::path(
    tag = "organisations",
    params(OrganisationQuery, PageParams),
    responses((status = 200, description = "A page of organisations", body = Page<OrganisationView>)),
    extensions(("x-permission" = json!("organisations:read")))
)]
#[get("/v1/organisations")]
pub async fn list_organisations(call: Call<OrganisationQuery>) -> Answer {
    let OrganisationQuery { name, state, verified } = &call.query;
    let filter = OrganisationFilter { name: name.clone(), states: state.clone(), verified: *verified };
    call.list(&identity::list_organisations(&call.app, &call.caller, &filter, &call.page()).await?)
}

/// Make an organisation
///
/// Makes it with its standard roles and invites its first member as administrator and team lead. Only who writes
/// organisations on the whole platform may. It is not verified yet.
#[utoipa::path(
    tag = "organisations",
    request_body = OrganisationCreate,
    responses((status = 201, description = "The new organisation", body = OrganisationView)),
    extensions(("x-permission" = json!("organisations:write")))
)]
#[post("/v1/organisations")]
pub async fn create_organisation(call: Call<NoQuery, OrganisationCreate>) -> Answer {
    let done = identity::create_organisation(&call.app, &call.caller, &call.body).await?;
    call.effect(done, &identity::read_organisation(&call.app, &call.caller, done.id.into()).await?)
}

/// Read an organisation
#[utoipa::path(
    tag = "organisations",
    params(("id" = uuid::Uuid, Path, description = "The organisation")),
    responses((status = 200, description = "The organisation", body = OrganisationView)),
    extensions(("x-permission" = json!("organisations:read")))
)]
#[get("/v1/organisations/{id}")]
pub async fn get_organisation(call: Call) -> Answer {
    call.item(&identity::read_organisation(&call.app, &call.caller, call.id()?).await?)
}

/// Change an organisation
///
/// What is absent stays, null clears.
#[utoipa::path(
    tag = "organisations",
    params(("id" = uuid::Uuid, Path, description = "The organisation")),
    request_body = OrganisationPatch,
    responses((status = 200, description = "The organisation as it is now", body = OrganisationView)),
    extensions(("x-permission" = json!("organisations:write")))
)]
#[patch("/v1/organisations/{id}")]
pub async fn update_organisation(call: Call<NoQuery, OrganisationPatch>) -> Answer {
    let done = identity::update_organisation(&call.app, &call.caller, call.id()?, &call.body).await?;
    call.effect(done, &identity::read_organisation(&call.app, &call.caller, done.id.into()).await?)
}

/// Verify an organisation
///
/// Its members see from now on what is addressed to it, and the referrals it held back leave. The address on file is told.
#[utoipa::path(
    tag = "organisations",
    params(("id" = uuid::Uuid, Path, description = "The organisation")),
    responses((status = 200, description = "The verified organisation", body = OrganisationView)),
    extensions(("x-permission" = json!("organisations:verify")))
)]
#[post("/v1/organisations/{id}/verify")]
pub async fn verify_organisation(call: Call) -> Answer {
    let done = identity::verify_organisation(&call.app, &call.caller, call.id()?).await?;
    call.effect(done, &identity::read_organisation(&call.app, &call.caller, done.id.into()).await?)
}

/// Shut an organisation out
///
/// Its members no longer act for it; the referrals it held back are refused with the reason.
#[utoipa::path(
    tag = "organisations",
    params(("id" = uuid::Uuid, Path, description = "The organisation")),
    request_body = BlockOrganisation,
    responses((status = 200, description = "The blocked organisation", body = OrganisationView)),
    extensions(("x-permission" = json!("organisations:verify")))
)]
#[post("/v1/organisations/{id}/block")]
pub async fn block_organisation(call: Call<NoQuery, BlockOrganisation>) -> Answer {
    let done = identity::block_organisation(&call.app, &call.caller, call.id()?, &call.body).await?;
    call.effect(done, &identity::read_organisation(&call.app, &call.caller, done.id.into()).await?)
}
