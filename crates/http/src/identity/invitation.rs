//! Invitations, and accounts of partner platforms.

use actix_web::{delete, get, post};
use relais_app::identity::view::{InvitationView, ServiceAccountView};
use relais_app::identity::{self, AcceptInvitation, AcceptedInvitation, InvitationCreate, ServiceAccountCreate, ServiceAccountSecret};
use relais_app::{Page, PageParams};

use crate::door::{Answer, Call, Item, NoQuery};

impl Item for InvitationView {
    fn version(&self) -> i32 {
        self.version
    }
}

impl Item for ServiceAccountView {
    fn version(&self) -> i32 {
        self.version
    }
}

/// List invitations
#[utoipa::path(
    tag = "invitations",
    params(("id" = uuid::Uuid, Path, description = "The organisation"), PageParams),
    responses((status = 200, description = "A page of invitations, the oldest first", body = Page<InvitationView>)),
    extensions(("x-permission" = json!("members:read")))
)]
#[get("/v1/organisations/{id}/invitations")]
pub async fn list_invitations(call: Call) -> Answer {
    call.list(&identity::list_invitations(&call.app, &call.caller, call.id()?, &call.page()).await?)
}

/// Invite somebody
///
/// A mail with a token leaves, good for seven days. The rules of giving a role hold.
#[utoipa::path(
    tag = "invitations",
    params(("id" = uuid::Uuid, Path, description = "The organisation")),
    request_body = InvitationCreate,
    responses((status = 201, description = "The invitation", body = InvitationView)),
    extensions(("x-permission" = json!("members:write")))
)]
#[post("/v1/organisations/{id}/invitations")]
pub async fn create_invitation(call: Call<NoQuery, InvitationCreate>) -> Answer {
    let organisation = call.id()?;
    let done = identity::create_invitation(&call.app, &call.caller, organisation, &call.body).await?;
    call.effect(done, &identity::read_invitation(&call.app, &call.caller, organisation, done.id.into()).await?)
}

/// Read an invitation
#[utoipa::path(
    tag = "invitations",
    params(
        ("id" = uuid::Uuid, Path, description = "The organisation"),
        ("invitation_id" = uuid::Uuid, Path, description = "The invitation")
    ),
    responses((status = 200, description = "The invitation", body = InvitationView)),
    extensions(("x-permission" = json!("members:read")))
)]
#[get("/v1/organisations/{id}/invitations/{invitation_id}")]
pub async fn get_invitation(call: Call) -> Answer {
    call.item(&identity::read_invitation(&call.app, &call.caller, call.id()?, call.path_id("invitation_id")?).await?)
}

/// Take an invitation back
#[utoipa::path(
    tag = "invitations",
    params(
        ("id" = uuid::Uuid, Path, description = "The organisation"),
        ("invitation_id" = uuid::Uuid, Path, description = "The invitation")
    ),
    responses((status = 204, description = "It can no longer be accepted")),
    extensions(("x-permission" = json!("members:write")))
)]
#[delete("/v1/organisations/{id}/invitations/{invitation_id}")]
pub async fn delete_invitation(call: Call) -> Answer {
    call.nothing(identity::revoke_invitation(&call.app, &call.caller, call.id()?, call.path_id("invitation_id")?).await?)
}

/// Accept an invitation
///
/// With the token from the mail. An address that has an account gives its password; a new one gives a name and a password
/// of its own. Sign in next.
#[utoipa::path(
    tag = "invitations",
    params(("id" = uuid::Uuid, Path, description = "The invitation")),
    request_body = AcceptInvitation,
    responses((status = 200, description = "The new membership", body = AcceptedInvitation)),
    extensions(("x-permission" = json!("public")), ("x-no-idempotency" = json!(true)))
)]
#[post("/v1/invitations/{id}/accept")]
pub async fn accept_invitation(call: Call<NoQuery, AcceptInvitation>) -> Answer {
    call.plain(&identity::accept_invitation(&call.app, &call.caller, call.id()?, &call.body).await?)
}

/// List service accounts
#[utoipa::path(
    tag = "organisations",
    params(("id" = uuid::Uuid, Path, description = "The organisation"), PageParams),
    responses((status = 200, description = "A page of accounts of partner platforms, the oldest first", body = Page<ServiceAccountView>)),
    extensions(("x-permission" = json!("service_accounts:write")))
)]
#[get("/v1/organisations/{id}/service-accounts")]
pub async fn list_service_accounts(call: Call) -> Answer {
    call.list(&identity::list_service_accounts(&call.app, &call.caller, call.id()?, &call.page()).await?)
}

/// Make a service account
///
/// The secret is shown this once. The same request again answers `secret_already_shown`.
#[utoipa::path(
    tag = "organisations",
    params(("id" = uuid::Uuid, Path, description = "The organisation")),
    request_body = ServiceAccountCreate,
    responses((status = 201, description = "The account with its secret", body = ServiceAccountSecret)),
    extensions(("x-permission" = json!("service_accounts:write")))
)]
#[post("/v1/organisations/{id}/service-accounts")]
pub async fn create_service_account(call: Call<NoQuery, ServiceAccountCreate>) -> Answer {
    let (done, shown) = identity::create_service_account(&call.app, &call.caller, call.id()?, &call.body).await?;
    call.effect_plain(done, &shown)
}

/// Read a service account
#[utoipa::path(
    tag = "organisations",
    params(
        ("id" = uuid::Uuid, Path, description = "The organisation"),
        ("service_account_id" = uuid::Uuid, Path, description = "The service account")
    ),
    responses((status = 200, description = "The account", body = ServiceAccountView)),
    extensions(("x-permission" = json!("service_accounts:write")))
)]
#[get("/v1/organisations/{id}/service-accounts/{service_account_id}")]
pub async fn get_service_account(call: Call) -> Answer {
    let account = call.path_id("service_account_id")?;
    call.item(&identity::read_service_account(&call.app, &call.caller, call.id()?, account).await?)
}

/// Close a service account
///
/// For good. Its tokens stop working at once.
#[utoipa::path(
    tag = "organisations",
    params(
        ("id" = uuid::Uuid, Path, description = "The organisation"),
        ("service_account_id" = uuid::Uuid, Path, description = "The service account")
    ),
    responses((status = 204, description = "The account is closed")),
    extensions(("x-permission" = json!("service_accounts:write")))
)]
#[delete("/v1/organisations/{id}/service-accounts/{service_account_id}")]
pub async fn delete_service_account(call: Call) -> Answer {
    let account = call.path_id("service_account_id")?;
    call.nothing(identity::close_service_account(&call.app, &call.caller, call.id()?, account).await?)
}

/// Replace the secret of a service account
///
/// The new one is shown this once; tokens got with the old one stop working at once.
#[utoipa::path(
    tag = "organisations",
    params(
        ("id" = uuid::Uuid, Path, description = "The organisation"),
        ("service_account_id" = uuid::Uuid, Path, description = "The service account")
    ),
    responses((status = 200, description = "The account with its new secret", body = ServiceAccountSecret)),
    extensions(("x-permission" = json!("service_accounts:write")))
)]
#[post("/v1/organisations/{id}/service-accounts/{service_account_id}/rotate-secret")]
pub async fn rotate_service_account_secret(call: Call) -> Answer {
    let account = call.path_id("service_account_id")?;
    let (done, shown) = identity::rotate_secret(&call.app, &call.caller, call.id()?, account).await?;
    call.effect_plain(done, &shown)
}
