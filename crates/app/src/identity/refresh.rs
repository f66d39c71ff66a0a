//! Refresh tokens: rotated at each use, with a grace for two requests at once, and detection of a token used twice.
//!
//! A token is `session.secret.tag`. The first secret is 256 random bits; the next is a MAC of the token before, so the
//! successor of a token can be computed again without being stored, and still cannot be guessed from the database and
//! the keys together. The tag tells a token that was once issued, however old, from one that never was: only an issued
//! one ends the session. The database holds hashes of the current token and of the one before.

use chrono::TimeDelta;
use relais_adapters::crypto;
use relais_domain::identity::{AccountState, Actor, SecretText};
use relais_domain::message::NoticeKind;
use relais_domain::shared::ids::SessionId;
use relais_persistence::Tx;
use relais_persistence::identity::entity::session;
use relais_persistence::identity::{Session, write};
use serde::Deserialize;
use utoipa::ToSchema;

use super::session::{ACCESS_SECONDS, REFRESH_LIFE, sign};
use super::sign_in::TokenPair;
use crate::message::notify::{self, AccountSubject};
use crate::{App, Caller, Refusal};

/// What a refresh asks.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshRequest {
    /// The refresh token that came with the last access token.
    pub refresh_token: SecretText,
}

/// For this long the same old token gives its successor again: two requests at once, an answer that was lost.
const GRACE: TimeDelta = TimeDelta::seconds(10);

pub(super) fn hash(token: &str) -> String {
    crypto::sha256(&[b"refresh\n", token.as_bytes()])
}

fn mac(app: &App, session: SessionId, purpose: &str, text: &str) -> String {
    crypto::hmac_sha256(app.keys.link_token(session.0).as_bytes(), format!("{purpose}\n{text}").as_bytes())
}

fn seal(app: &App, session: SessionId, secret: &str) -> String {
    let tag = mac(app, session, "refresh tag", secret);
    format!("{}.{secret}.{tag}", session.0.simple())
}

/// The first token of a session.
pub(super) fn first(app: &App, session: SessionId) -> String {
    seal(app, session, &crypto::token())
}

/// The one token that follows another.
fn successor(app: &App, session: SessionId, token: &str) -> String {
    seal(app, session, &mac(app, session, "refresh next", token))
}

/// The session that a token was issued for; nothing for a text that was never issued.
fn session_of(app: &App, token: &str) -> Option<SessionId> {
    let (id, rest) = token.split_once('.')?;
    let (secret, tag) = rest.split_once('.')?;
    let session: SessionId = id.parse().ok()?;
    crypto::same(&mac(app, session, "refresh tag", secret), tag).then_some(session)
}

enum Outcome {
    Answer(TokenPair),
    Reused(SessionId),
}

/// Gives a new access token and the successor of the refresh token.
///
/// The same token again within ten seconds from the same client gets the same successor. Later, the session ends at
/// once, and its owner is told.
///
/// # Errors
/// 401 `invalid_refresh_token`, `session_ended`, `account_disabled`, `refresh_token_reused`.
pub async fn refresh(app: &App, caller: &Caller, request: &RefreshRequest) -> Result<TokenPair, Refusal> {
    let token = request.refresh_token.as_str();
    let id = session_of(app, token).ok_or(Refusal::Unauthenticated("invalid_refresh_token"))?;
    let mut tx = app.db.write(&app.ctx(caller)).await?;
    let outcome = rotate(app, &mut tx, caller, id, token).await?;
    tx.commit().await?;
    match outcome {
        Outcome::Answer(pair) => Ok(pair),
        Outcome::Reused(session) => {
            app.sessions.forget(session);
            Err(Refusal::Unauthenticated("refresh_token_reused"))
        }
    }
}

async fn rotate(app: &App, tx: &mut Tx, caller: &Caller, id: SessionId, token: &str) -> Result<Outcome, Refusal> {
    let now = tx.ctx().real_now;
    let session = write::lock_session(tx, id).await?.ok_or(Refusal::Unauthenticated("invalid_refresh_token"))?;
    if session.revoked_at.is_some() || session.expires_at <= now {
        return Err(Refusal::Unauthenticated("session_ended"));
    }
    let user = match session.user_id {
        Some(user) => write::user_in(tx, user).await?.filter(|user| user.state == AccountState::Active.code()),
        None => None,
    };
    let user = user.ok_or(Refusal::Unauthenticated("account_disabled"))?;
    let given = Some(hash(token));
    let next = successor(app, id, token);
    let expires_at = if given == session.refresh_hash {
        let expires_at = now + REFRESH_LIFE;
        let after = Session {
            refresh_hash: Some(hash(&next)),
            previous_hash: given,
            rotated_at: Some(now),
            last_used_at: now,
            client: caller.request.client.clone(),
            expires_at,
            ..session.clone()
        };
        tx.save::<session::Entity>(&session, after, "refresh").await?;
        expires_at
    } else if given == session.previous_hash && in_grace(&session, caller, now) {
        session.expires_at
    } else {
        notify::account(tx, NoticeKind::SessionReuseAlert, AccountSubject::User(user.id));
        tx.event("session.reuse_detected", "session", id.0, None);
        write::revoke_session(tx, session, "refresh_token_reused").await?;
        return Ok(Outcome::Reused(id));
    };
    let access_token = sign(app, Actor::User(user.id), id, now, ACCESS_SECONDS)?;
    Ok(Outcome::Answer(TokenPair::new(access_token, next, expires_at)))
}

fn in_grace(session: &Session, caller: &Caller, now: chrono::DateTime<chrono::Utc>) -> bool {
    session.client == caller.request.client && session.rotated_at.is_some_and(|at| now - at <= GRACE)
}
