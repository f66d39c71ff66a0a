//! Sign-in with a password, or with the credentials of a partner platform; sign-out.

use chrono::{DateTime, TimeDelta, Utc};
use relais_adapters::{crypto, totp};
use relais_domain::access::Permission;
use relais_domain::identity::{AccountState, Actor, ClientName, OneTimeCode, Password, SecretText};
use relais_domain::shared::Email;
use relais_domain::shared::ids::UserId;
use relais_persistence::identity::{ServiceAccount, User, read, write};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::budget::Tries;
use super::session::{ACCESS_SECONDS, NewSession, REFRESH_LIFE, end, open, secret_hash, sign};
use crate::standing::grants_in;
use crate::{App, Caller, Done, Refusal, effect};

/// A sign-in with e-mail and password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginRequest {
    /// The e-mail address of the account.
    pub email: Email,
    /// The password.
    pub password: Password,
    /// The code of the authenticator app, when the account has one.
    #[serde(default)]
    pub totp: Option<OneTimeCode>,
}

/// The tokens of a session.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenPair {
    /// Send it as `Authorization: Bearer …`.
    pub access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Seconds until the access token expires.
    #[schema(example = 900)]
    pub expires_in: i64,
    /// Exchange it for the next pair when the access token expires. Each is good once.
    pub refresh_token: String,
    /// When the refresh token expires, in real time.
    pub refresh_expires_at: DateTime<Utc>,
}

impl TokenPair {
    pub(super) fn new(access_token: String, refresh_token: String, refresh_expires_at: DateTime<Utc>) -> Self {
        Self { access_token, token_type: "Bearer", expires_in: ACCESS_SECONDS, refresh_token, refresh_expires_at }
    }
}

/// The only way for a partner platform to sign in.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GrantType {
    /// OAuth 2.0 client credentials (RFC 6749 §4.4).
    ClientCredentials,
}

/// A sign-in of a partner platform.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientLogin {
    /// Always `client_credentials`.
    pub grant_type: GrantType,
    /// The id of the service account's client.
    pub client_id: ClientName,
    /// The secret that was shown once.
    pub client_secret: SecretText,
    /// The permissions wanted, with spaces between; all of the account's when absent.
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub scope: Option<String>,
}

/// The token of a partner platform. There is no refresh token: the credentials are good again.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClientTokens {
    /// Send it as `Authorization: Bearer …`.
    pub access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Seconds until it expires.
    #[schema(example = 900)]
    pub expires_in: i64,
    /// The permissions that it carries, with spaces between.
    #[schema(example = "referrals:read referrals:send")]
    pub scope: String,
}

/// Signs a person in. An unknown address takes as long as a known one.
///
/// # Errors
/// 401 `wrong_credentials`, `totp_required`, `totp_wrong`, `account_disabled`, `email_unconfirmed`; 429 after ten failures of an account or
/// fifty of an address within a quarter of an hour.
pub async fn login(app: &App, caller: &Caller, request: &LoginRequest) -> Result<TokenPair, Refusal> {
    let mut ctx = app.ctx(caller);
    let user = known_user(app, caller, &request.email, &request.password).await?;
    ctx.actor = Actor::User(user.id);
    let key = request.email.folded();
    let tries = Tries::of(app, &ctx, &key, caller.request.address.as_deref());
    let step = match second_factor(app, &user, request.totp.as_ref(), ctx.real_now) {
        Err(refusal @ Refusal::Unauthenticated("totp_wrong")) => return Err(tries.failed(refusal).await?),
        other => other?,
    };
    let mut tx = app.db.write(&ctx).await?;
    if let Some(step) = step
        && !write::take_totp_step(&tx, user.id, step).await?
    {
        tx.rollback().await?;
        return Err(tries.failed(Refusal::Unauthenticated("totp_wrong")).await?);
    }
    // Read again under a lock: the account may have been shut, or its password changed, during the check.
    let now = write::lock_user(&tx, user.id).await?.filter(|now| now.state == user.state && now.password_hash == user.password_hash);
    now.ok_or(Refusal::Unauthenticated("wrong_credentials"))?;
    let expires_at = ctx.real_now + REFRESH_LIFE;
    let client = caller.request.client.clone();
    let new = NewSession { who: ctx.actor, client, scope: None, expires_at, renewable: true };
    let (id, refresh_token) = open(app, &mut tx, new).await?;
    let access_token = sign(app, ctx.actor, id, ctx.real_now, ACCESS_SECONDS)?;
    tx.commit().await?;
    Ok(TokenPair::new(access_token, refresh_token.unwrap_or_default(), expires_at))
}

/// The active user behind an e-mail and a password, within the budgets of sign-in.
///
/// # Errors
/// 401 `wrong_credentials`; with the right password `account_disabled`, `email_unconfirmed`; 429.
pub(super) async fn known_user(app: &App, caller: &Caller, email: &Email, password: &Password) -> Result<User, Refusal> {
    let ctx = app.ctx(caller);
    let key = email.folded();
    let tries = Tries::of(app, &ctx, &key, caller.request.address.as_deref());
    tries.check().await?;
    let user = read::user_by_email(&app.db, &key).await?;
    let stored = user.as_ref().and_then(|user| user.password_hash.as_deref());
    let fits = app.passwords.verify(password.as_str(), stored).await;
    let Some(user) = user.filter(|_| fits) else {
        return Err(tries.failed(Refusal::Unauthenticated("wrong_credentials")).await?);
    };
    tries.check().await?;
    match user.state.parse() {
        Ok(AccountState::Active) => Ok(user),
        Ok(AccountState::Unconfirmed) => Err(Refusal::Unauthenticated("email_unconfirmed")),
        Ok(AccountState::Disabled) | Err(_) => Err(Refusal::Unauthenticated("account_disabled")),
    }
}

/// The step of the one-time code, when the account asks for one.
fn second_factor(app: &App, user: &User, code: Option<&OneTimeCode>, now: DateTime<Utc>) -> Result<Option<i64>, Refusal> {
    let Some(sealed) = user.totp_sealed.as_deref().filter(|_| user.totp_confirmed_at.is_some()) else { return Ok(None) };
    let code = code.ok_or(Refusal::Unauthenticated("totp_required"))?;
    let secret = open_totp(app, user.id, sealed)?;
    let step = totp::matching_step(&secret, &code.digits(), now.timestamp()).ok_or(Refusal::Unauthenticated("totp_wrong"))?;
    Ok(Some(step))
}

/// The secret of the authenticator app.
///
/// # Errors
/// [`Refusal::Failed`] when it was sealed with another key.
pub(super) fn open_totp(app: &App, user: UserId, sealed: &str) -> Result<String, Refusal> {
    let plain = app.keys.totp.open(user.0.as_bytes(), sealed).map_err(|error| Refusal::Failed(error.to_string()))?;
    String::from_utf8(plain).map_err(|error| Refusal::Failed(error.to_string()))
}

/// Signs a partner platform in.
///
/// # Errors
/// 401 `wrong_credentials`, `account_disabled`; 422 `invalid_scope`; 429 as [`login`].
pub async fn login_client(app: &App, caller: &Caller, request: &ClientLogin) -> Result<ClientTokens, Refusal> {
    let ClientLogin { grant_type: GrantType::ClientCredentials, client_id, client_secret, scope } = request;
    let mut ctx = app.ctx(caller);
    let tries = Tries::of(app, &ctx, client_id.as_str(), caller.request.address.as_deref());
    tries.check().await?;
    let account = read::service_account_by_client(&app.db, client_id.as_str()).await?;
    let given = secret_hash(client_secret.as_str());
    let fits = crypto::same(&given, account.as_ref().map_or("", |account| &account.secret_hash));
    let Some(account) = account.filter(|_| fits) else {
        return Err(tries.failed(Refusal::Unauthenticated("wrong_credentials")).await?);
    };
    if account.state != AccountState::Active.code() {
        return Err(Refusal::Unauthenticated("account_disabled"));
    }
    let scope = scope_of(&account, scope.as_deref())?;
    ctx.actor = Actor::ServiceAccount(account.id);
    ctx.on_behalf_of = Some(account.organisation_id);
    let mut tx = app.db.write(&ctx).await?;
    let expires_at = ctx.real_now + TimeDelta::seconds(ACCESS_SECONDS);
    let client = caller.request.client.clone();
    let new = NewSession { who: ctx.actor, client, scope: Some(scope.clone()), expires_at, renewable: false };
    let (id, _) = open(app, &mut tx, new).await?;
    let access_token = sign(app, ctx.actor, id, ctx.real_now, ACCESS_SECONDS)?;
    tx.commit().await?;
    Ok(ClientTokens { access_token, token_type: "Bearer", expires_in: ACCESS_SECONDS, scope })
}

/// The scope of a token: what was asked, when the account holds all of it.
fn scope_of(account: &ServiceAccount, asked: Option<&str>) -> Result<String, Refusal> {
    let mut held: Vec<Permission> = grants_in(&account.grants).iter().filter(|grant| !grant.deny).map(|grant| grant.permission).collect();
    held.sort();
    held.dedup();
    let codes = |permissions: &[Permission]| permissions.iter().map(|permission| permission.code()).collect::<Vec<_>>().join(" ");
    let Some(asked) = asked.filter(|asked| !asked.trim().is_empty()) else { return Ok(codes(&held)) };
    let wanted: Option<Vec<Permission>> = asked.split_whitespace().map(|code| code.parse().ok().filter(|one| held.contains(one))).collect();
    let mut wanted = wanted.ok_or_else(|| Refusal::invalid("invalid_scope", "/scope"))?;
    wanted.sort();
    wanted.dedup();
    Ok(codes(&wanted))
}

/// Ends the session of the token that was sent.
///
/// # Errors
/// As any write.
pub async fn logout(app: &App, caller: &Caller) -> Result<Done, Refusal> {
    let id = caller.session.ok_or(Refusal::Unauthenticated("sign_in_required"))?;
    effect(app, caller, async |tx| {
        let session = write::lock_session(tx, id).await?.ok_or(Refusal::NotFound)?;
        end(app, tx, session, "signed_out").await?;
        Ok(Done::gone(id.0))
    })
    .await
}
