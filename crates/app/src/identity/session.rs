//! Sessions: the row behind every token.

use chrono::{DateTime, TimeDelta, Utc};
use relais_adapters::crypto;
use relais_domain::identity::Actor;
use relais_domain::shared::ids::{AccessLinkId, SessionId};
use relais_persistence::identity::entity::session;
use relais_persistence::identity::{Session, write};
use relais_persistence::{Ctx, Tx};

use super::refresh;
use crate::{App, Refusal};

/// How long an access token lives, in seconds of real time.
pub(super) const ACCESS_SECONDS: i64 = 900;
/// How long a refresh token lives, in real time.
pub(super) const REFRESH_LIFE: TimeDelta = TimeDelta::days(30);

/// What a new session is made of.
#[derive(Debug)]
pub(super) struct NewSession {
    pub(super) who: Actor,
    pub(super) client: Option<String>,
    pub(super) scope: Option<String>,
    pub(super) expires_at: DateTime<Utc>,
    /// Whether it gets a refresh token.
    pub(super) renewable: bool,
}

/// Opens a session. Gives its id and, when it is renewable, its first refresh token.
///
/// # Errors
/// As any write; [`Refusal::Failed`] for an actor that has no account.
pub(super) async fn open(app: &App, tx: &mut Tx, new: NewSession) -> Result<(SessionId, Option<String>), Refusal> {
    let ctx = tx.ctx().clone();
    let id: SessionId = ctx.fresh();
    let token = new.renewable.then(|| refresh::first(app, id));
    let (user_id, service_account_id, access_link_id) = match new.who {
        Actor::User(user) => (Some(user), None, None),
        Actor::ServiceAccount(account) => (None, Some(account), None),
        Actor::Link(link) => (None, None, Some(link)),
        Actor::Clock | Actor::CommandLine | Actor::Nobody => return Err(Refusal::Failed("a session needs an account".into())),
    };
    let row = Session {
        id,
        user_id,
        service_account_id,
        access_link_id,
        refresh_hash: token.as_deref().map(refresh::hash),
        previous_hash: None,
        rotated_at: None,
        client: new.client,
        scope: new.scope,
        created_at: ctx.real_now,
        last_used_at: ctx.real_now,
        expires_at: new.expires_at,
        revoked_at: None,
        revoked_because: None,
        version: 1,
    };
    tx.create::<session::Entity>(row, "sign_in").await?;
    Ok((id, token))
}

/// Signs an access token for a session, no longer than the session itself.
///
/// # Errors
/// [`Refusal::Failed`] without a signing key.
pub(super) fn sign(app: &App, who: Actor, session: SessionId, now: DateTime<Utc>, life_seconds: i64) -> Result<String, Refusal> {
    let subject = who.id().ok_or_else(|| Refusal::Failed("a token needs an account".into()))?;
    let signed = app.keys.tokens.sign(subject, session.0, now.timestamp(), life_seconds);
    signed.map_err(|error| Refusal::Failed(format!("the access token cannot be signed: {error}")))
}

/// Opens a session of a user, service account or access link that cannot be renewed, and gives its access token. Both end
/// after `life_seconds` of real time.
///
/// # Errors
/// As any write; [`Refusal::Failed`] for an actor that has no account.
pub async fn issue_token(app: &App, ctx: &Ctx, who: Actor, life_seconds: i64) -> Result<String, Refusal> {
    let mut tx = app.db.write(ctx).await?;
    let token = open_short(app, &mut tx, who, life_seconds).await?;
    tx.commit().await?;
    Ok(token)
}

/// Opens a session over the one referral of an access link, in the transaction that used the link.
///
/// # Errors
/// As any write.
pub async fn open_link_session(app: &App, tx: &mut Tx, link: AccessLinkId, life_seconds: i64) -> Result<String, Refusal> {
    open_short(app, tx, Actor::Link(link), life_seconds).await
}

async fn open_short(app: &App, tx: &mut Tx, who: Actor, life_seconds: i64) -> Result<String, Refusal> {
    let now = tx.ctx().real_now;
    let expires_at = now + TimeDelta::seconds(life_seconds);
    let (id, _) = open(app, tx, NewSession { who, client: None, scope: None, expires_at, renewable: false }).await?;
    sign(app, who, id, now, life_seconds)
}

/// Ends a session and forgets it on this node.
///
/// # Errors
/// As any write.
pub(super) async fn end(app: &App, tx: &mut Tx, session: Session, because: &str) -> Result<(), Refusal> {
    let id = session.id;
    if session.revoked_at.is_none() {
        write::revoke_session(tx, session, because).await?;
    }
    app.sessions.forget(id);
    Ok(())
}

/// The hash under which a mailed or shown secret is stored.
pub(super) fn secret_hash(secret: &str) -> String {
    crypto::sha256(&[secret.as_bytes()])
}
