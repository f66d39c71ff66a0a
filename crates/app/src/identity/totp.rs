//! The authenticator app of an account: set up, confirmed by a first code, switched off with the password.

use relais_adapters::totp;
use relais_domain::identity::{OneTimeCode, Password};
use relais_domain::shared::{Blocked, Blocker};
use relais_persistence::Tx;
use relais_persistence::identity::User;
use relais_persistence::identity::entity::app_user;
use relais_persistence::identity::write;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::budget::Tries;
use super::password::proven;
use super::sign_in::open_totp;
use crate::{App, Caller, Done, Refusal, effect};

/// A secret to enter in an authenticator app. It is shown once.
#[derive(Debug, Serialize, ToSchema)]
pub struct TotpSecret {
    /// The secret, base32.
    pub secret: String,
    /// The same as an address that the app reads, for a QR code.
    #[schema(example = "otpauth://totp/Relais:anne%40example.org?secret=…&issuer=Relais")]
    pub otpauth_url: String,
}

/// The first code that the app shows.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmTotp {
    /// Six digits.
    pub code: OneTimeCode,
}

/// The proof that switches the authenticator app off.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisableTotp {
    /// The password of the account.
    pub password: Password,
}

async fn locked(tx: &Tx, caller: &Caller) -> Result<User, Refusal> {
    write::lock_user(tx, caller.user()?).await?.ok_or(Refusal::NotFound)
}

fn blocked(code: &'static str) -> Refusal {
    Blocked::from(Blocker::state(code)).into()
}

/// Makes a new secret. It counts only once a code of it was confirmed.
///
/// # Errors
/// 409 `totp_already_active`.
pub async fn start_totp(app: &App, caller: &Caller) -> Result<TotpSecret, Refusal> {
    let id = caller.user()?;
    let secret = totp::new_secret();
    let sealed = app.keys.totp.seal(id.0.as_bytes(), secret.as_bytes()).map_err(|error| Refusal::Failed(error.to_string()))?;
    let mut tx = app.db.write(&app.ctx(caller)).await?;
    let before = locked(&tx, caller).await?;
    if before.totp_confirmed_at.is_some() {
        return Err(blocked("totp_already_active"));
    }
    let otpauth_url = totp::address(&secret, &before.email).map_err(|error| Refusal::Failed(error.to_string()))?;
    let after = User { totp_sealed: Some(sealed), totp_last_step: None, updated_at: tx.ctx().now, ..before.clone() };
    tx.save::<app_user::Entity>(&before, after, "start_totp").await?;
    tx.commit().await?;
    Ok(TotpSecret { secret, otpauth_url })
}

/// Confirms the secret with a first code. From now on a code is asked for at sign-in.
///
/// # Errors
/// 409 `totp_not_started`, `totp_already_active`; 422 `totp_code_wrong`; 429 as sign-in.
pub async fn confirm_totp(app: &App, caller: &Caller, confirm: &ConfirmTotp) -> Result<Done, Refusal> {
    let ctx = app.ctx(caller);
    let key = caller.user()?.to_string();
    let tries = Tries::of(app, &ctx, &key, caller.request.address.as_deref());
    tries.check().await?;
    let outcome = effect(app, caller, async |tx| {
        let before = locked(tx, caller).await?;
        if before.totp_confirmed_at.is_some() {
            return Err(blocked("totp_already_active"));
        }
        let sealed = before.totp_sealed.as_deref().ok_or_else(|| blocked("totp_not_started"))?;
        let now = tx.ctx().real_now;
        let step = totp::matching_step(&open_totp(app, before.id, sealed)?, &confirm.code.digits(), now.timestamp());
        let step = step.ok_or_else(|| Refusal::invalid("totp_code_wrong", "/code"))?;
        let after = User { totp_confirmed_at: Some(now), totp_last_step: Some(step), updated_at: tx.ctx().now, ..before.clone() };
        tx.save::<app_user::Entity>(&before, after, "confirm_totp").await?;
        Ok(Done::gone(before.id.0))
    })
    .await;
    match outcome {
        Err(Refusal::Blocked { blockers, allowed }) if blockers.iter().any(|blocker| blocker.code == "totp_code_wrong") => {
            Err(tries.failed(Refusal::Blocked { blockers, allowed }).await?)
        }
        other => other,
    }
}

/// Switches the authenticator app off.
///
/// # Errors
/// 409 `totp_not_active`; 422 `wrong_password`; 429 as sign-in.
pub async fn disable_totp(app: &App, caller: &Caller, disable: &DisableTotp) -> Result<Done, Refusal> {
    proven(app, caller, &disable.password, "/password").await?;
    effect(app, caller, async |tx| {
        let before = locked(tx, caller).await?;
        if before.totp_confirmed_at.is_none() {
            return Err(blocked("totp_not_active"));
        }
        let after = User { totp_sealed: None, totp_confirmed_at: None, totp_last_step: None, updated_at: tx.ctx().now, ..before.clone() };
        tx.save::<app_user::Entity>(&before, after, "disable_totp").await?;
        Ok(Done::gone(before.id.0))
    })
    .await
}
