//! From the headers of a request to who calls, for whom, and with what rights.

use std::sync::Arc;
use std::time::Instant;

use relais_adapters::token::{Claims, TokenError};
use relais_domain::access::Policy;
use relais_domain::identity::Actor;
use relais_domain::shared::contact::Language;
use relais_domain::shared::ids::{OrganisationId, SessionId};

use super::standing::{self, Known};
use crate::{App, Caller, Refusal, Request};

/// What a request says of its caller.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    /// The access token.
    pub bearer: Option<String>,
    /// The organisation that the caller wants to act for (`X-Organisation`).
    pub organisation: Option<OrganisationId>,
    /// The language that the request asks for.
    pub language: Option<Language>,
}

/// The language of answers to nobody in particular.
const PUBLIC_LANGUAGE: Language = Language::En;

/// Finds out who calls. Without a token it is the public. Rights are those of the database, at most one second old.
///
/// An `X-Organisation` header chooses the organisation; without one, the only active membership does; with several
/// memberships and no header the caller acts for none.
///
/// # Errors
/// 401 `token_expired`, `invalid_token`, `session_ended`, `account_disabled`, `link_session_expired`; 403
/// `not_a_member`, `organisation_disabled`.
pub async fn enter(app: &Arc<App>, credentials: Credentials, request: Request) -> Result<Caller, Refusal> {
    let Credentials { bearer, organisation, language } = credentials;
    let Some(bearer) = bearer else {
        return Ok(Caller {
            actor: Actor::Nobody,
            session: None,
            acting_for: None,
            policy: Arc::new(Policy::public()),
            language: language.unwrap_or(PUBLIC_LANGUAGE),
            request,
        });
    };
    let now = app.clock.real_now();
    let claims = read_token(app, &bearer, now.timestamp()).await?;
    let key = (claims.sid.into(), organisation);
    let known = if let Some(known) = app.sessions.get(&key) {
        known
    } else {
        let begun = Instant::now();
        let known = Arc::new(standing::read(app, key.0, organisation).await?);
        app.sessions.put(key, begun, Arc::clone(&known));
        known
    };
    if known.expires_at <= now {
        return Err(Refusal::Unauthenticated(known.when_over()));
    }
    if known.actor.id() != Some(claims.sub) {
        return Err(Refusal::Unauthenticated("invalid_token"));
    }
    Ok(Caller {
        actor: known.actor,
        session: Some(key.0),
        acting_for: known.acting_for.clone(),
        policy: Arc::clone(&known.policy),
        language: language.unwrap_or(known.language),
        request,
    })
}

/// The caller behind a session, for what was begun in it: as [`enter`], without a token. Rights are those of now.
///
/// # Errors
/// As [`enter`].
pub async fn of_session(app: &App, session: SessionId, organisation: Option<OrganisationId>, request: Request) -> Result<Caller, Refusal> {
    let known = standing::read(app, session, organisation).await?;
    if known.expires_at <= app.clock.real_now() {
        return Err(Refusal::Unauthenticated(known.when_over()));
    }
    let Known { actor, acting_for, policy, language, expires_at: _ } = known;
    Ok(Caller { actor, session: Some(session), acting_for, policy, language, request })
}

/// Reads a token, looking once for a key that another node may have made.
async fn read_token(app: &App, bearer: &str, now: i64) -> Result<Claims, Refusal> {
    let mut read = app.keys.tokens.read(bearer, now);
    if read == Err(TokenError::UnknownKey) && app.keys.look_again(&app.db, &app.system_ctx(Actor::Nobody, "keys")).await? {
        read = app.keys.tokens.read(bearer, now);
    }
    read.map_err(|error| match error {
        TokenError::Expired => Refusal::Unauthenticated("token_expired"),
        TokenError::UnknownKey | TokenError::Invalid => Refusal::Unauthenticated("invalid_token"),
    })
}
