//! Members of an organisation and the roles they hold.

use actix_web::{delete, get, patch, post, put};
use relais_app::identity::view::MemberView;
use relais_app::identity::{self, AgreeToRole, MemberPatch, RolesHeld};
use relais_app::{Page, PageParams};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::door::{Answer, Call, Item, NoQuery};

impl Item for MemberView {
    fn version(&self) -> i32 {
        self.version
    }

    /// Names and accounts change without the membership's version.
    fn mask(&self) -> i32 {
        let shown = serde_json::to_vec(&(&self.name, &self.email, &self.phone, &self.account, &self.roles)).unwrap_or_default();
        shown.iter().fold(17_i32, |digest, byte| digest.wrapping_mul(31).wrapping_add(i32::from(*byte))) & i32::MAX
    }
}

/// What of members is asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct MemberQuery {
    /// Whether to list those too whose membership does not run today.
    #[param(required = false, value_type = bool)]
    pub ended: Option<bool>,
}

/// List members
#[utoipa::path(
    tag = "organisations",
    params(("id" = uuid::Uuid, Path, description = "The organisation"), MemberQuery, PageParams),
    responses((status = 200, description = "A page of members, the oldest first", body = Page<MemberView>)),
    extensions(("x-permission" = json!("members:read")))
)]
#[get("/v1/organisations/{id}/members")]
pub async fn list_members(call: Call<MemberQuery>) -> Answer {
    let ended = call.query.ended.unwrap_or(false);
    call.list(&identity::list_members(&call.app, &call.caller, call.id()?, ended, &call.page()).await?)
}

/// Read a member
#[utoipa::path(
    tag = "organisations",
    params(
        ("id" = uuid::Uuid, Path, description = "The organisation"),
        ("member_id" = uuid::Uuid, Path, description = "The membership")
    ),
    responses((status = 200, description = "The member", body = MemberView)),
    extensions(("x-permission" = json!("members:read")))
)]
#[get("/v1/organisations/{id}/members/{member_id}")]
pub async fn get_member(call: Call) -> Answer {
    call.item(&identity::read_member(&call.app, &call.caller, call.id()?, call.path_id("member_id")?).await?)
}

/// Change a member
///
/// The last day, the units, and whether mails for the organisation go to the member too.
#[utoipa::path(
    tag = "organisations",
    params(
        ("id" = uuid::Uuid, Path, description = "The organisation"),
        ("member_id" = uuid::Uuid, Path, description = "The membership")
    ),
    request_body = MemberPatch,
    responses((status = 200, description = "The member as it is now", body = MemberView)),
    extensions(("x-permission" = json!("members:write")))
)]
#[patch("/v1/organisations/{id}/members/{member_id}")]
pub async fn update_member(call: Call<NoQuery, MemberPatch>) -> Answer {
    let (organisation, member) = (call.id()?, call.path_id("member_id")?);
    let done = identity::update_member(&call.app, &call.caller, organisation, member, &call.body).await?;
    call.effect(done, &identity::read_member(&call.app, &call.caller, organisation, member).await?)
}

/// End a membership
///
/// Its roles are taken at once. The last administrator cannot leave.
#[utoipa::path(
    tag = "organisations",
    params(
        ("id" = uuid::Uuid, Path, description = "The organisation"),
        ("member_id" = uuid::Uuid, Path, description = "The membership")
    ),
    responses((status = 204, description = "The membership has ended")),
    extensions(("x-permission" = json!("members:write")))
)]
#[delete("/v1/organisations/{id}/members/{member_id}")]
pub async fn delete_member(call: Call) -> Answer {
    call.nothing(identity::end_membership(&call.app, &call.caller, call.id()?, call.path_id("member_id")?).await?)
}

/// Set the roles of a member
///
/// What is not in the list is taken away. Nobody changes their own roles, and no role goes beyond the organisation's ceiling.
/// A role with health data or the export needs a second administrator, when there is one.
#[utoipa::path(
    tag = "access",
    params(
        ("id" = uuid::Uuid, Path, description = "The organisation"),
        ("member_id" = uuid::Uuid, Path, description = "The membership")
    ),
    request_body = RolesHeld,
    responses((status = 200, description = "The member with the roles", body = MemberView)),
    extensions(("x-permission" = json!("roles:write")))
)]
#[put("/v1/organisations/{id}/members/{member_id}/roles")]
pub async fn replace_member_roles(call: Call<NoQuery, RolesHeld>) -> Answer {
    let (organisation, member) = (call.id()?, call.path_id("member_id")?);
    let done = identity::assign_roles(&call.app, &call.caller, organisation, member, &call.body).await?;
    call.effect(done, &identity::read_member(&call.app, &call.caller, organisation, member).await?)
}

/// Agree to a role as second administrator
///
/// Another administrator can then give this role to this member, once, within seven days.
#[utoipa::path(
    tag = "access",
    params(
        ("id" = uuid::Uuid, Path, description = "The organisation"),
        ("member_id" = uuid::Uuid, Path, description = "The membership")
    ),
    request_body = AgreeToRole,
    responses((status = 204, description = "The agreement is kept")),
    extensions(("x-permission" = json!("roles:write")))
)]
#[post("/v1/organisations/{id}/members/{member_id}/role-agreements")]
pub async fn agree_to_member_role(call: Call<NoQuery, AgreeToRole>) -> Answer {
    let (organisation, member) = (call.id()?, call.path_id("member_id")?);
    call.nothing(identity::agree_to_role(&call.app, &call.caller, organisation, member, &call.body).await?)
}
