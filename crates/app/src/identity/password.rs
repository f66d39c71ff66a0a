//! Passwords: change, and reset by mail.

use chrono::TimeDelta;
use relais_domain::identity::{AccountState, Actor, Password, SecretText, password_problems};
use relais_domain::message::NoticeKind;
use relais_domain::shared::ids::{SessionId, UserId};
use relais_domain::shared::{Blocked, Email};
use relais_persistence::Tx;
use relais_persistence::identity::entity::{account_token, app_user};
use relais_persistence::identity::write::{self, SessionsOf};
use relais_persistence::identity::{AccountToken, User, read, standing};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::budget::Tries;
use super::session::secret_hash;
use crate::message::notify::{self, AccountSubject};
use crate::{App, Caller, Done, Refusal, effect};

/// A change of one's own password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The password that is good now.
    pub current_password: Password,
    /// The new one: 12 to 200 characters.
    pub new_password: Password,
}

/// Somebody forgot a password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetRequest {
    /// The e-mail address of the account.
    pub email: Email,
}

/// A new password with the token from the mail.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmReset {
    /// The token from the mail.
    pub token: SecretText,
    /// The new password: 12 to 200 characters.
    pub password: Password,
}

const PURPOSE: &str = "password_reset";
/// How long a mailed token is good, in real time.
const RESET_LIFE: TimeDelta = TimeDelta::hours(1);

fn bad_token() -> Refusal {
    Refusal::invalid("invalid_reset_token", "/token")
}

/// The address of an account as a value of the vocabulary.
pub(super) fn email_of(user: &User) -> Result<Email, Refusal> {
    user.email.parse().map_err(|_| Refusal::Failed("an account has no valid address".into()))
}

/// The hash of an acceptable new password.
///
/// # Errors
/// 422 `password_too_weak` at `pointer`.
pub(super) async fn hashed(app: &App, password: &Password, email: &Email, pointer: &str) -> Result<String, Refusal> {
    Blocked::unless_empty(password_problems(password, email, pointer))?;
    app.passwords.hash(password.as_str()).await.map_err(|error| Refusal::Failed(error.to_string()))
}

/// The signed-in user, when `password` is theirs; counted as a try of sign-in.
///
/// # Errors
/// 422 `wrong_password` at `pointer`; 429.
pub(super) async fn proven(app: &App, caller: &Caller, password: &Password, pointer: &str) -> Result<User, Refusal> {
    let ctx = app.ctx(caller);
    let user = standing::user(&app.db, caller.user()?).await?.ok_or(Refusal::NotFound)?;
    let tries = Tries::of(app, &ctx, &user.email_key, caller.request.address.as_deref());
    tries.check().await?;
    if !app.passwords.verify(password.as_str(), user.password_hash.as_deref()).await {
        return Err(tries.failed(Refusal::invalid("wrong_password", pointer)).await?);
    }
    tries.check().await?;
    Ok(user)
}

/// Sets a password, ends the user's other sessions and tells them.
async fn set(app: &App, tx: &mut Tx, user: UserId, hash: String, kept: Option<SessionId>, act: &str) -> Result<(), Refusal> {
    let before = write::lock_user(tx, user).await?.ok_or(Refusal::NotFound)?;
    let after = User { password_hash: Some(hash), updated_at: tx.ctx().now, ..before.clone() };
    tx.save::<app_user::Entity>(&before, after, act).await?;
    write::revoke_sessions(tx, SessionsOf::User(user, kept), "password_changed").await?;
    notify::account(tx, NoticeKind::PasswordChanged, AccountSubject::User(user));
    app.sessions.clear();
    Ok(())
}

/// Changes one's own password. All other sessions end.
///
/// # Errors
/// 422 `wrong_password`, `password_too_weak`; 429 as sign-in.
pub async fn change_password(app: &App, caller: &Caller, change: &ChangePassword) -> Result<Done, Refusal> {
    let user = proven(app, caller, &change.current_password, "/current_password").await?;
    let hash = hashed(app, &change.new_password, &email_of(&user)?, "/new_password").await?;
    let done = effect(app, caller, async |tx| {
        set(app, tx, user.id, hash.clone(), caller.session, "change_password").await?;
        Ok(Done::gone(user.id.0))
    })
    .await?;
    // Once more after the commit: a request in between may have read the sessions as they were.
    app.sessions.clear();
    Ok(done)
}

/// Sends a mail with a token when the address belongs to an account; the answer never tells.
///
/// # Errors
/// As any write.
pub async fn request_reset(app: &App, caller: &Caller, request: &ResetRequest) -> Result<(), Refusal> {
    let ctx = app.ctx(caller);
    let key = request.email.folded();
    let allowed = Tries::of(app, &ctx, &key, caller.request.address.as_deref()).may_reset().await?;
    let user = read::user_by_email(&app.db, &key).await?;
    let user = user.filter(|user| allowed && user.state == AccountState::Active.code());
    let mut tx = app.db.write(&ctx).await?;
    if let Some(user) = user {
        let id: Uuid = ctx.fresh();
        let row = AccountToken {
            id,
            user_id: user.id,
            purpose: PURPOSE.to_owned(),
            token_hash: secret_hash(&app.keys.link_token(id)),
            expires_at: ctx.real_now + RESET_LIFE,
            used_at: None,
            created_at: ctx.real_now,
        };
        tx.create::<account_token::Entity>(row, "request_password_reset").await?;
        notify::account(&mut tx, NoticeKind::PasswordReset, AccountSubject::AccountToken { user: user.id, token: id });
    }
    // An unknown address takes the same transactions as a known one.
    Ok(tx.commit().await?)
}

/// Sets a new password with a mailed token. All sessions end.
///
/// # Errors
/// 422 `invalid_reset_token`, `password_too_weak`.
pub async fn confirm_reset(app: &App, caller: &Caller, confirm: &ConfirmReset) -> Result<Done, Refusal> {
    let token = read::account_token(&app.db, &secret_hash(confirm.token.as_str())).await?;
    let now = app.clock.real_now();
    let good = |token: &AccountToken| token.purpose == PURPOSE && token.used_at.is_none() && token.expires_at > now;
    let token = token.filter(good).ok_or_else(bad_token)?;
    let user =
        standing::user(&app.db, token.user_id).await?.filter(|user| user.state == AccountState::Active.code()).ok_or_else(bad_token)?;
    let hash = hashed(app, &confirm.password, &email_of(&user)?, "/password").await?;
    let mut ctx = app.ctx(caller);
    ctx.actor = Actor::User(user.id);
    let mut tx = app.db.write(&ctx).await?;
    if !write::use_account_token(&tx, token.id).await? {
        return Err(bad_token());
    }
    set(app, &mut tx, user.id, hash, None, "reset_password").await?;
    tx.commit().await?;
    app.sessions.clear();
    Ok(Done::gone(user.id.0))
}
