//! Roles and units of an organisation; what a permission rests on.

use actix_web::{delete, get, patch, post};
use relais_app::identity::view::{RoleView, UnitView};
use relais_app::identity::{self, ExplanationView, RoleCreate, RolePatch, UnitCreate, UnitPatch};
use relais_app::{Page, PageParams};
use relais_domain::access::Permission;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::door::{Answer, Call, Item, NoQuery};

impl Item for RoleView {
    fn version(&self) -> i32 {
        self.version
    }
}

impl Item for UnitView {
    fn version(&self) -> i32 {
        self.version
    }
}

/// List roles
#[utoipa::path(
    tag = "access",
    params(("id" = uuid::Uuid, Path, description = "The organisation"), PageParams),
    responses((status = 200, description = "A page of roles, the oldest first", body = Page<RoleView>)),
    extensions(("x-permission" = json!("roles:read")))
)]
#[get("/v1/organisations/{id}/roles")]
pub async fn list_roles(call: Call) -> Answer {
    call.list(&identity::list_roles(&call.app, &call.caller, call.id()?, &call.page()).await?)
}

/// Make a role
///
/// From a template, or from grants of its own, within the organisation's ceiling.
#[utoipa::path(
    tag = "access",
    params(("id" = uuid::Uuid, Path, description = "The organisation")),
    request_body = RoleCreate,
    responses((status = 201, description = "The new role", body = RoleView)),
    extensions(("x-permission" = json!("roles:write")))
)]
#[post("/v1/organisations/{id}/roles")]
pub async fn create_role(call: Call<NoQuery, RoleCreate>) -> Answer {
    let organisation = call.id()?;
    let done = identity::create_role(&call.app, &call.caller, organisation, &call.body).await?;
    call.effect(done, &identity::read_role(&call.app, &call.caller, organisation, done.id.into()).await?)
}

/// Read a role
#[utoipa::path(
    tag = "access",
    params(
        ("id" = uuid::Uuid, Path, description = "The organisation"),
        ("role_id" = uuid::Uuid, Path, description = "The role")
    ),
    responses((status = 200, description = "The role", body = RoleView)),
    extensions(("x-permission" = json!("roles:read")))
)]
#[get("/v1/organisations/{id}/roles/{role_id}")]
pub async fn get_role(call: Call) -> Answer {
    call.item(&identity::read_role(&call.app, &call.caller, call.id()?, call.path_id("role_id")?).await?)
}

/// Change a role
///
/// Who holds it has the new grants within a second. Nobody changes a role that they hold themselves.
#[utoipa::path(
    tag = "access",
    params(
        ("id" = uuid::Uuid, Path, description = "The organisation"),
        ("role_id" = uuid::Uuid, Path, description = "The role")
    ),
    request_body = RolePatch,
    responses((status = 200, description = "The role as it is now", body = RoleView)),
    extensions(("x-permission" = json!("roles:write")))
)]
#[patch("/v1/organisations/{id}/roles/{role_id}")]
pub async fn update_role(call: Call<NoQuery, RolePatch>) -> Answer {
    let (organisation, role) = (call.id()?, call.path_id("role_id")?);
    let done = identity::update_role(&call.app, &call.caller, organisation, role, &call.body).await?;
    call.effect(done, &identity::read_role(&call.app, &call.caller, organisation, role).await?)
}

/// Delete a role
///
/// Only one that nobody holds and no invitation gives.
#[utoipa::path(
    tag = "access",
    params(
        ("id" = uuid::Uuid, Path, description = "The organisation"),
        ("role_id" = uuid::Uuid, Path, description = "The role")
    ),
    responses((status = 204, description = "The role is gone")),
    extensions(("x-permission" = json!("roles:write")))
)]
#[delete("/v1/organisations/{id}/roles/{role_id}")]
pub async fn delete_role(call: Call) -> Answer {
    call.nothing(identity::delete_role(&call.app, &call.caller, call.id()?, call.path_id("role_id")?).await?)
}

/// List units
#[utoipa::path(
    tag = "organisations",
    params(("id" = uuid::Uuid, Path, description = "The organisation"), PageParams),
    responses((status = 200, description = "A page of units, the oldest first", body = Page<UnitView>)),
    extensions(("x-permission" = json!("members:read")))
)]
#[get("/v1/organisations/{id}/units")]
pub async fn list_units(call: Call) -> Answer {
    call.list(&identity::list_units(&call.app, &call.caller, call.id()?, &call.page()).await?)
}

/// Make a unit
#[utoipa::path(
    tag = "organisations",
    params(("id" = uuid::Uuid, Path, description = "The organisation")),
    request_body = UnitCreate,
    responses((status = 201, description = "The new unit", body = UnitView)),
    extensions(("x-permission" = json!("units:write")))
)]
#[post("/v1/organisations/{id}/units")]
pub async fn create_unit(call: Call<NoQuery, UnitCreate>) -> Answer {
    let organisation = call.id()?;
    let done = identity::create_unit(&call.app, &call.caller, organisation, &call.body).await?;
    call.effect(done, &identity::read_unit(&call.app, &call.caller, organisation, done.id.into()).await?)
}

/// Read a unit
#[utoipa::path(
    tag = "organisations",
    params(
        ("id" = uuid::Uuid, Path, description = "The organisation"),
        ("unit_id" = uuid::Uuid, Path, description = "The unit")
    ),
    responses((status = 200, description = "The unit", body = UnitView)),
    extensions(("x-permission" = json!("members:read")))
)]
#[get("/v1/organisations/{id}/units/{unit_id}")]
pub async fn get_unit(call: Call) -> Answer {
    call.item(&identity::read_unit(&call.app, &call.caller, call.id()?, call.path_id("unit_id")?).await?)
}

/// Change a unit
///
/// Its name, or its place: all below it moves along.
#[utoipa::path(
    tag = "organisations",
    params(
        ("id" = uuid::Uuid, Path, description = "The organisation"),
        ("unit_id" = uuid::Uuid, Path, description = "The unit")
    ),
    request_body = UnitPatch,
    responses((status = 200, description = "The unit as it is now", body = UnitView)),
    extensions(("x-permission" = json!("units:write")))
)]
#[patch("/v1/organisations/{id}/units/{unit_id}")]
pub async fn update_unit(call: Call<NoQuery, UnitPatch>) -> Answer {
    let (organisation, unit) = (call.id()?, call.path_id("unit_id")?);
    let done = identity::update_unit(&call.app, &call.caller, organisation, unit, &call.body).await?;
    call.effect(done, &identity::read_unit(&call.app, &call.caller, organisation, unit).await?)
}

/// Delete a unit
///
/// Only one that nothing refers to.
#[utoipa::path(
    tag = "organisations",
    params(
        ("id" = uuid::Uuid, Path, description = "The organisation"),
        ("unit_id" = uuid::Uuid, Path, description = "The unit")
    ),
    responses((status = 204, description = "The unit is gone")),
    extensions(("x-permission" = json!("units:write")))
)]
#[delete("/v1/organisations/{id}/units/{unit_id}")]
pub async fn delete_unit(call: Call) -> Answer {
    call.nothing(identity::delete_unit(&call.app, &call.caller, call.id()?, call.path_id("unit_id")?).await?)
}

/// Which permission to explain.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExplainQuery {
    /// The permission.
    #[param(inline)]
    pub permission: Permission,
}

/// Explain a permission
///
/// Which of my grants give it, how far, and which take it.
#[utoipa::path(
    tag = "access",
    params(ExplainQuery),
    responses((status = 200, description = "What the permission rests on", body = ExplanationView)),
    extensions(("x-permission" = json!("signed_in")))
)]
#[get("/v1/access/explain")]
pub async fn explain_access(call: Call<ExplainQuery>) -> Answer {
    call.plain(&identity::explain(&call.app, &call.caller, call.query.permission).await?)
}
