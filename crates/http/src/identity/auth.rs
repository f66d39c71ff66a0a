//! Sign-in and everything that leads to tokens.

use actix_web::{get, post};
use relais_app::Done;
use relais_app::identity::{self, ClientLogin, ClientTokens, ConfirmReset, LoginRequest, RefreshRequest, ResetRequest, TokenPair};
use serde::Serialize;
use utoipa::ToSchema;

use crate::door::{Answer, Call, NoQuery};

/// Sign in
///
/// Gives an access token for 15 minutes and a refresh token for 30 days. An account with an authenticator app answers
/// `totp_required` until `totp` is sent too. Ten failures of an account, or fifty of an address, within a quarter of an
/// hour end in 429.
#[utoipa::path(
    tag = "identity",
    request_body = LoginRequest,
    responses((status = 200, description = "The tokens of a new session", body = TokenPair)),
    extensions(("x-permission" = json!("public")), ("x-no-idempotency" = json!(true)))
)]
#[post("/v1/auth/login")]
pub async fn open_session(call: Call<NoQuery, LoginRequest>) -> Answer {
    call.plain(&identity::login(&call.app, &call.caller, &call.body).await?)
}

/// Renew the tokens
///
/// Each refresh token is good once. The same token again within ten seconds from the same client gives the same
/// successor; later it ends the session and tells its owner.
#[utoipa::path(
    tag = "identity",
    request_body = RefreshRequest,
    responses((status = 200, description = "The next pair of tokens", body = TokenPair)),
    extensions(("x-permission" = json!("public")), ("x-no-idempotency" = json!(true)))
)]
#[post("/v1/auth/refresh")]
pub async fn refresh_session(call: Call<NoQuery, RefreshRequest>) -> Answer {
    call.plain(&identity::refresh(&call.app, &call.caller, &call.body).await?)
}

/// Sign out
///
/// Ends the session of the token that was sent. Its access token stops working at once.
#[utoipa::path(
    tag = "identity",
    responses((status = 204, description = "The session is over")),
    extensions(("x-permission" = json!("signed_in")), ("x-no-idempotency" = json!(true)))
)]
#[post("/v1/auth/logout")]
pub async fn close_session(call: Call) -> Answer {
    call.nothing(identity::logout(&call.app, &call.caller).await?)
}

/// Sign in as a partner platform
///
/// OAuth 2.0 client credentials, as JSON. The token lives 15 minutes and carries the permissions that were asked for,
/// never more than the service account has.
#[utoipa::path(
    tag = "identity",
    request_body = ClientLogin,
    responses((status = 200, description = "An access token", body = ClientTokens)),
    extensions(("x-permission" = json!("public")), ("x-no-idempotency" = json!(true)))
)]
#[post("/v1/auth/token")]
pub async fn issue_client_token(call: Call<NoQuery, ClientLogin>) -> Answer {
    call.plain(&identity::login_client(&call.app, &call.caller, &call.body).await?)
}

/// What is always answered to a request for a new password.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResetAsked {
    /// Always true: the answer does not tell whether the address has an account.
    pub accepted: bool,
}

/// Ask for a new password
///
/// A mail with a token, good for one hour, leaves when the address belongs to an account. The answer is the same either
/// way.
#[utoipa::path(
    tag = "identity",
    request_body = ResetRequest,
    responses((status = 202, description = "If there is such an account, a mail is on its way", body = ResetAsked)),
    extensions(("x-permission" = json!("public")), ("x-no-idempotency" = json!(true)))
)]
#[post("/v1/auth/password-reset")]
pub async fn request_password_reset(call: Call<NoQuery, ResetRequest>) -> Answer {
    identity::request_reset(&call.app, &call.caller, &call.body).await?;
    let done = Done { id: uuid::Uuid::nil(), status: 202, replayed: false };
    call.effect_plain(done, &ResetAsked { accepted: true })
}

/// Set a new password with the token from the mail
///
/// All sessions of the account end.
#[utoipa::path(
    tag = "identity",
    request_body = ConfirmReset,
    responses((status = 204, description = "The password is set")),
    extensions(("x-permission" = json!("public")), ("x-no-idempotency" = json!(true)))
)]
#[post("/v1/auth/password-reset/confirm")]
pub async fn confirm_password_reset(call: Call<NoQuery, ConfirmReset>) -> Answer {
    call.nothing(identity::confirm_reset(&call.app, &call.caller, &call.body).await?)
}

/// Read the public keys of access tokens
///
/// A JSON Web Key Set (RFC 7517). Keys change with an overlap of a day: read it again when a token names an unknown key.
#[utoipa::path(
    tag = "identity",
    responses((status = 200, description = "The keys", body = Object)),
    extensions(("x-permission" = json!("public")))
)]
#[get("/.well-known/jwks.json")]
pub async fn get_jwks(call: Call) -> Answer {
    call.plain(&identity::jwks(&call.app))
}
