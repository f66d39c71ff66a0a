//! One's own account.

use actix_web::{delete, get, patch, post, put};
use relais_app::identity::{self, ChangePassword, ConfirmTotp, DisableTotp, MePatch, MeView, SessionView, TotpSecret};
use relais_app::{Page, PageParams};

use crate::door::{Answer, Call, Item, NoQuery};

impl Item for MeView {
    fn version(&self) -> i32 {
        self.version
    }

    /// Memberships and permissions change without the account's version; a digest of them keeps tags honest.
    fn mask(&self) -> i32 {
        let shown = serde_json::to_vec(&(&self.acting_for, &self.memberships, &self.permissions, &self.referral_id)).unwrap_or_default();
        shown.iter().fold(17_i32, |digest, byte| digest.wrapping_mul(31).wrapping_add(i32::from(*byte))) & i32::MAX
    }
}

/// Who am I?
///
/// My account, the organisations I belong to, for whom this request acts and what I may do there.
#[utoipa::path(
    tag = "identity",
    responses((status = 200, description = "Who calls", body = MeView)),
    extensions(("x-permission" = json!("signed_in")))
)]
#[get("/v1/me")]
pub async fn get_me(call: Call) -> Answer {
    call.item(&identity::me(&call.app, &call.caller).await?)
}

/// Change my account
///
/// Name, phone, language, and whether mails come in one a day. What is absent stays, null clears.
#[utoipa::path(
    tag = "identity",
    request_body = MePatch,
    responses((status = 200, description = "My account as it is now", body = MeView)),
    extensions(("x-permission" = json!("signed_in")))
)]
#[patch("/v1/me")]
pub async fn update_me(call: Call<NoQuery, MePatch>) -> Answer {
    let done = identity::update_me(&call.app, &call.caller, &call.body).await?;
    call.effect(done, &identity::me(&call.app, &call.caller).await?)
}

/// List where I am signed in
#[utoipa::path(
    tag = "identity",
    params(PageParams),
    responses((status = 200, description = "My live sessions, the oldest first", body = Page<SessionView>)),
    extensions(("x-permission" = json!("signed_in")))
)]
#[get("/v1/me/sessions")]
pub async fn list_my_sessions(call: Call) -> Answer {
    call.list(&identity::my_sessions(&call.app, &call.caller, &call.page()).await?)
}

/// End one of my sessions
///
/// Its tokens stop working at once.
#[utoipa::path(
    tag = "identity",
    params(("session_id" = uuid::Uuid, Path, description = "The session")),
    responses((status = 204, description = "The session is over")),
    extensions(("x-permission" = json!("signed_in")), ("x-unversioned" = json!(true)))
)]
#[delete("/v1/me/sessions/{session_id}")]
pub async fn delete_my_session(call: Call) -> Answer {
    let session = call.path_id("session_id")?;
    call.nothing(identity::end_session(&call.app, &call.caller, session).await?)
}

/// Change my password
///
/// The new one has 12 to 200 characters, is not my e-mail address and not a common one. All my other sessions end.
#[utoipa::path(
    tag = "identity",
    request_body = ChangePassword,
    responses((status = 204, description = "The password is changed")),
    extensions(("x-permission" = json!("signed_in")), ("x-unversioned" = json!(true)))
)]
#[put("/v1/me/password")]
pub async fn change_my_password(call: Call<NoQuery, ChangePassword>) -> Answer {
    call.nothing(identity::change_password(&call.app, &call.caller, &call.body).await?)
}

/// Start with an authenticator app
///
/// Gives a secret, shown once. It counts only after `POST /v1/me/totp/confirm`.
#[utoipa::path(
    tag = "identity",
    responses((status = 200, description = "The secret", body = TotpSecret)),
    extensions(("x-permission" = json!("signed_in")), ("x-no-idempotency" = json!(true)))
)]
#[post("/v1/me/totp")]
pub async fn start_totp(call: Call) -> Answer {
    call.plain(&identity::start_totp(&call.app, &call.caller).await?)
}

/// Confirm the authenticator app
///
/// With the first code that the app shows. From then on sign-in asks for a code.
#[utoipa::path(
    tag = "identity",
    request_body = ConfirmTotp,
    responses((status = 204, description = "The authenticator app is set up")),
    extensions(("x-permission" = json!("signed_in")), ("x-no-idempotency" = json!(true)))
)]
#[post("/v1/me/totp/confirm")]
pub async fn confirm_totp(call: Call<NoQuery, ConfirmTotp>) -> Answer {
    call.nothing(identity::confirm_totp(&call.app, &call.caller, &call.body).await?)
}

/// Switch the authenticator app off
///
/// The password proves that it is me.
#[utoipa::path(
    tag = "identity",
    request_body = DisableTotp,
    responses((status = 204, description = "Sign-in asks for no code any more")),
    extensions(("x-permission" = json!("signed_in")), ("x-no-idempotency" = json!(true)))
)]
#[post("/v1/me/totp/disable")]
pub async fn disable_totp(call: Call<NoQuery, DisableTotp>) -> Answer {
    call.nothing(identity::disable_totp(&call.app, &call.caller, &call.body).await?)
}
