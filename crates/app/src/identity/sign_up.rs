//! Signing up: an account that counts once its address is confirmed.
//!
//! The answer and the work are the same whether the address has an account or not. Whoever confirms gives the password of the
//! sign-up as well as the token from the mail: an account that somebody opened on another's address stays shut although its
//! owner follows the link.

use chrono::TimeDelta;
use relais_domain::identity::{AccountState, Actor, FullName, Password, SecretText, password_problems};
use relais_domain::message::NoticeKind;
use relais_domain::shared::contact::Language;
use relais_domain::shared::ids::UserId;
use relais_domain::shared::{Blocked, Email};
use relais_persistence::Tx;
use relais_persistence::identity::entity::{account_token, app_user};
use relais_persistence::identity::{AccountToken, User, read, standing, write};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::budget::Tries;
use super::password::hashed;
use super::session::secret_hash;
use crate::message::notify::{self, AccountSubject};
use crate::setup::{self, NewUser};
use crate::{App, Caller, Done, Refusal};

/// Somebody wants an account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignUp {
    /// The e-mail address. A mail with a token goes there.
    pub email: Email,
    /// The name, as others will see it.
    pub name: FullName,
    /// The password: 12 to 200 characters.
    pub password: Password,
    /// The language in which mails are written; that of the request when absent.
    #[serde(default)]
    pub language: Option<Language>,
}

/// An address is confirmed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmEmail {
    /// The token from the mail.
    pub token: SecretText,
    /// The password that was chosen at sign-up.
    pub password: Password,
}

const PURPOSE: &str = "confirm_email";
/// How long a mailed token is good, in real time.
const LIFE: TimeDelta = TimeDelta::hours(24);

fn bad_token() -> Refusal {
    Refusal::invalid("invalid_confirmation_token", "/token")
}

/// Opens an account that cannot be used before its address is confirmed, and sends the token there. A later sign-up with the
/// same address takes the place of one that was not confirmed. An address with an account gets a mail that says so. Beyond the
/// budgets nothing is sent; the answer never tells.
///
/// # Errors
/// 422 `password_too_weak`.
pub async fn sign_up(app: &App, caller: &Caller, new: &SignUp) -> Result<(), Refusal> {
    let ctx = app.ctx(caller);
    Blocked::unless_empty(password_problems(&new.password, &new.email, "/password"))?;
    let key = new.email.folded();
    if !Tries::of(app, &ctx, &key, caller.request.address.as_deref()).may_sign_up().await? {
        return Ok(());
    }
    // An address that has an account costs the same work and the same transactions as a new one.
    let hash = hashed(app, &new.password, &new.email, "/password").await?;
    let language = new.language.unwrap_or(caller.language);
    let mut tx = app.db.write(&ctx).await?;
    match write::user_with_email(&tx, &key).await? {
        None => {
            let user = NewUser { email: new.email.clone(), name: new.name.to_string(), language, platform_role: None };
            let id = setup::add_account(&mut tx, user, hash, AccountState::Unconfirmed).await?;
            send_token(app, &mut tx, id).await?;
        }
        Some(user) if user.state == AccountState::Unconfirmed.code() => again(app, &mut tx, user.id, new, language, hash).await?,
        Some(user) => notify::account(&mut tx, NoticeKind::AccountExists, AccountSubject::User(user.id)),
    }
    Ok(tx.commit().await?)
}

/// The same address once more: what was typed last counts, and only the last mail opens anything.
async fn again(app: &App, tx: &mut Tx, id: UserId, new: &SignUp, language: Language, hash: String) -> Result<(), Refusal> {
    let before = write::lock_user(tx, id).await?.filter(|user| user.state == AccountState::Unconfirmed.code());
    let Some(before) = before else { return Ok(()) };
    let after = User {
        email: new.email.to_string(),
        name: new.name.to_string(),
        language: language.code().to_owned(),
        password_hash: Some(hash),
        updated_at: tx.ctx().now,
        ..before.clone()
    };
    tx.save::<app_user::Entity>(&before, after, "sign_up").await?;
    write::use_account_tokens(tx, id, PURPOSE).await?;
    send_token(app, tx, id).await
}

async fn send_token(app: &App, tx: &mut Tx, user: UserId) -> Result<(), Refusal> {
    let ctx = tx.ctx().clone();
    let id: Uuid = ctx.fresh();
    let row = AccountToken {
        id,
        user_id: user,
        purpose: PURPOSE.to_owned(),
        token_hash: secret_hash(&app.keys.link_token(id)),
        expires_at: ctx.real_now + LIFE,
        used_at: None,
        created_at: ctx.real_now,
    };
    tx.create::<account_token::Entity>(row, "sign_up").await?;
    notify::account(tx, NoticeKind::AccountConfirmation, AccountSubject::AccountToken { user, token: id });
    Ok(())
}

/// Confirms the address of an account, once. Sign in next.
///
/// # Errors
/// 422 `invalid_confirmation_token`, `wrong_password`; 429 as sign-in.
pub async fn confirm_email(app: &App, caller: &Caller, confirm: &ConfirmEmail) -> Result<Done, Refusal> {
    let mut ctx = app.ctx(caller);
    let token = read::account_token(&app.db, &secret_hash(confirm.token.as_str())).await?;
    let good = |token: &AccountToken| token.purpose == PURPOSE && token.used_at.is_none() && token.expires_at > ctx.real_now;
    let token = token.filter(good).ok_or_else(bad_token)?;
    let user = standing::user(&app.db, token.user_id).await?;
    let user = user.filter(|user| user.state == AccountState::Unconfirmed.code()).ok_or_else(bad_token)?;
    proven(app, caller, &user, &confirm.password).await?;
    ctx.actor = Actor::User(user.id);
    let mut tx = app.db.write(&ctx).await?;
    let now = write::lock_user(&tx, user.id).await?.filter(|now| now.state == user.state && now.password_hash == user.password_hash);
    let now = now.ok_or_else(bad_token)?;
    if !write::use_account_token(&tx, token.id).await? {
        return Err(bad_token());
    }
    let after = User { state: AccountState::Active.code().to_owned(), updated_at: ctx.now, ..now.clone() };
    tx.save::<app_user::Entity>(&now, after, "confirm_email").await?;
    tx.commit().await?;
    Ok(Done::gone(user.id.0))
}

/// The password of the sign-up; counted as a try of sign-in.
async fn proven(app: &App, caller: &Caller, user: &User, password: &Password) -> Result<(), Refusal> {
    let ctx = app.ctx(caller);
    let tries = Tries::of(app, &ctx, &user.email_key, caller.request.address.as_deref());
    tries.check().await?;
    if !app.passwords.verify(password.as_str(), user.password_hash.as_deref()).await {
        return Err(tries.failed(Refusal::invalid("wrong_password", "/password")).await?);
    }
    tries.check().await
}

/// Makes an unconfirmed account count for whoever has shown by another mail that its address is theirs: with their password, and
/// their name when they gave one.
///
/// # Errors
/// As any write.
pub(super) async fn confirmed(tx: &mut Tx, before: User, name: Option<FullName>, hash: String) -> Result<(), Refusal> {
    let after = User {
        name: name.map_or_else(|| before.name.clone(), |name| name.to_string()),
        password_hash: Some(hash),
        state: AccountState::Active.code().to_owned(),
        updated_at: tx.ctx().now,
        ..before.clone()
    };
    tx.save::<app_user::Entity>(&before, after, "confirm_email").await?;
    Ok(write::use_account_tokens(tx, before.id, PURPOSE).await?)
}
