//! Signing up, joining an organisation, founding one, leaving.

use actix_web::{delete, get, post};
use relais_app::directory::{self, view::StructureView};
use relais_app::identity::view::JoinRequestView;
use relais_app::identity::{self, AcceptJoinRequest, ConfirmEmail, JoinStructure, RefuseJoinRequest, SignUp, StructureCreate};
use relais_app::{Done, Page, PageParams};
use relais_domain::identity::JoinState;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::door::{Answer, Call, Item, NoQuery};

impl Item for JoinRequestView {
    fn version(&self) -> i32 {
        self.version
    }

    /// Names and addresses change without the request's version.
    fn mask(&self) -> i32 {
        let shown = serde_json::to_vec(&(&self.name, &self.email, &self.organisation_name)).unwrap_or_default();
        shown.iter().fold(17_i32, |digest, byte| digest.wrapping_mul(31).wrapping_add(i32::from(*byte))) & i32::MAX
    }
}

/// Where requests stand, whoever made them.
const REQUESTS: &str = "/v1/join-requests";

/// What is always answered to a sign-up.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignUpAsked {
    /// Always true: the answer does not tell whether the address had an account.
    pub accepted: bool,
}

/// What of requests to join is asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct JoinRequestQuery {
    /// In one of these states.
    #[param(required = false, max_items = 10)]
    pub state: Vec<JoinState>,
}

/// Sign up
///
/// Opens an account that can be used once its address is confirmed: a mail with a token leaves, good for 24 hours. An address
/// that has an account gets a mail that says so instead. The answer is the same either way. Signing up again before the
/// confirmation takes the place of the first time. Until then signing in with the right password answers `email_unconfirmed`.
#[utoipa::path(
    tag = "joining",
    request_body = SignUp,
    responses((status = 202, description = "A mail is on its way", body = SignUpAsked)),
    extensions(("x-permission" = json!("public")), ("x-no-idempotency" = json!(true)))
)]
#[post("/v1/auth/sign-up")]
pub async fn sign_up(call: Call<NoQuery, SignUp>) -> Answer {
    identity::sign_up(&call.app, &call.caller, &call.body).await?;
    let done = Done { id: uuid::Uuid::nil(), status: 202, replayed: false };
    call.effect_plain(done, &SignUpAsked { accepted: true })
}

/// Confirm the address of a new account
///
/// With the token from the mail and the password of the sign-up: the token shows whose address it is, the password that it was
/// they who signed up. Sign in next.
#[utoipa::path(
    tag = "joining",
    request_body = ConfirmEmail,
    responses((status = 204, description = "The account can be used")),
    extensions(("x-permission" = json!("public")), ("x-no-idempotency" = json!(true)))
)]
#[post("/v1/auth/confirm-email")]
pub async fn confirm_email(call: Call<NoQuery, ConfirmEmail>) -> Answer {
    call.nothing(identity::confirm_email(&call.app, &call.caller, &call.body).await?)
}

/// Make an organisation of my own
///
/// For a place that the directory does not know yet. I administer it at once; it is not verified. A SIRET that is there already
/// is refused with `structure_exists`, whose `params.structure_id` names the organisation to join instead. A branch hangs under
/// an organisation that I administer; a tree has three levels at most.
#[utoipa::path(
    tag = "joining",
    request_body = StructureCreate,
    responses((status = 201, description = "The public face of the new organisation", body = StructureView)),
    extensions(("x-permission" = json!("signed_in")))
)]
#[post("/v1/structures")]
pub async fn create_structure(call: Call<NoQuery, StructureCreate>) -> Answer {
    let done = identity::create_structure(&call.app, &call.caller, &call.body).await?;
    call.effect(done, &directory::read_structure(&call.app, done.id.into()).await?)
}

/// Join an organisation
///
/// Where nobody is a member yet and nobody has been invited, I become the administrator at once: the request that is answered is
/// `accepted`, and the organisation awaits its verification. Else the request is `pending`: the administrators are told and
/// decide.
#[utoipa::path(
    tag = "joining",
    params(("id" = uuid::Uuid, Path, description = "The organisation")),
    request_body = JoinStructure,
    responses((status = 201, description = "The request, accepted or pending", body = JoinRequestView)),
    extensions(("x-permission" = json!("signed_in")))
)]
#[post("/v1/structures/{id}/join")]
pub async fn join_structure(call: Call<NoQuery, JoinStructure>) -> Answer {
    let done = identity::join_structure(&call.app, &call.caller, call.id()?, &call.body).await?;
    call.effect_in(REQUESTS, done, &identity::read_join_request(&call.app, &call.caller, done.id.into()).await?)
}

/// List requests to join an organisation
#[utoipa::path(
    tag = "joining",
    params(("id" = uuid::Uuid, Path, description = "The organisation"), JoinRequestQuery, PageParams),
    responses((status = 200, description = "A page of requests, the oldest first", body = Page<JoinRequestView>)),
    extensions(("x-permission" = json!("members:read")))
)]
#[get("/v1/organisations/{id}/join-requests")]
pub async fn list_join_requests(call: Call<JoinRequestQuery>) -> Answer {
    let states = &call.query.state;
    call.list(&identity::list_join_requests(&call.app, &call.caller, call.id()?, states, &call.page()).await?)
}

/// List my requests to join
#[utoipa::path(
    tag = "joining",
    params(PageParams),
    responses((status = 200, description = "A page of my requests, the oldest first", body = Page<JoinRequestView>)),
    extensions(("x-permission" = json!("signed_in")))
)]
#[get("/v1/me/join-requests")]
pub async fn list_my_join_requests(call: Call) -> Answer {
    call.list(&identity::my_join_requests(&call.app, &call.caller, &call.page()).await?)
}

/// Read a request to join
///
/// For whoever made it, and for those who read the members of the organisation (`members:read`).
#[utoipa::path(
    tag = "joining",
    params(("id" = uuid::Uuid, Path, description = "The request")),
    responses((status = 200, description = "The request", body = JoinRequestView)),
    extensions(("x-permission" = json!("signed_in")))
)]
#[get("/v1/join-requests/{id}")]
pub async fn get_join_request(call: Call) -> Answer {
    call.item(&identity::read_join_request(&call.app, &call.caller, call.id()?).await?)
}

/// Accept a request to join
///
/// Whoever asked is a member from now on, with this role, and is told. The rules of giving a role hold.
#[utoipa::path(
    tag = "joining",
    params(("id" = uuid::Uuid, Path, description = "The request")),
    request_body = AcceptJoinRequest,
    responses((status = 200, description = "The accepted request", body = JoinRequestView)),
    extensions(("x-permission" = json!("members:write")))
)]
#[post("/v1/join-requests/{id}/accept")]
pub async fn accept_join_request(call: Call<NoQuery, AcceptJoinRequest>) -> Answer {
    let done = identity::accept_join_request(&call.app, &call.caller, call.id()?, &call.body).await?;
    call.effect(done, &identity::read_join_request(&call.app, &call.caller, done.id.into()).await?)
}

/// Refuse a request to join
///
/// Whoever asked is told, with the reason when there is one.
#[utoipa::path(
    tag = "joining",
    params(("id" = uuid::Uuid, Path, description = "The request")),
    request_body = RefuseJoinRequest,
    responses((status = 200, description = "The refused request", body = JoinRequestView)),
    extensions(("x-permission" = json!("members:write")))
)]
#[post("/v1/join-requests/{id}/refuse")]
pub async fn refuse_join_request(call: Call<NoQuery, RefuseJoinRequest>) -> Answer {
    let done = identity::refuse_join_request(&call.app, &call.caller, call.id()?, &call.body).await?;
    call.effect(done, &identity::read_join_request(&call.app, &call.caller, done.id.into()).await?)
}

/// Take my request to join back
#[utoipa::path(
    tag = "joining",
    params(("id" = uuid::Uuid, Path, description = "The request")),
    responses((status = 200, description = "The request, taken back", body = JoinRequestView)),
    extensions(("x-permission" = json!("signed_in")))
)]
#[post("/v1/join-requests/{id}/withdraw")]
pub async fn withdraw_join_request(call: Call) -> Answer {
    let done = identity::withdraw_join_request(&call.app, &call.caller, call.id()?).await?;
    call.effect(done, &identity::read_join_request(&call.app, &call.caller, done.id.into()).await?)
}

/// Leave an organisation
///
/// Ends a membership of mine; its roles are gone at once. The last administrator cannot leave.
#[utoipa::path(
    tag = "joining",
    params(("membership_id" = uuid::Uuid, Path, description = "The membership, as `GET /v1/me` names it")),
    responses((status = 204, description = "I am no longer a member")),
    extensions(("x-permission" = json!("signed_in")), ("x-unversioned" = json!(true)))
)]
#[delete("/v1/me/memberships/{membership_id}")]
pub async fn delete_my_membership(call: Call) -> Answer {
    call.nothing(identity::leave(&call.app, &call.caller, call.path_id("membership_id")?).await?)
}
