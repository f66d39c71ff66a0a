//! Compiles what the database says of a session into a policy.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use relais_domain::access::{Permission, Policy, Standing, Template, grants_of};
use relais_domain::identity::{AccountState, Actor};
use relais_domain::shared::contact::Language;
use relais_domain::shared::ids::{AccessLinkId, OrganisationId, ServiceAccountId, SessionId, UserId};
use relais_persistence::identity::{Membership, Organisation, Session, standing as rows};
use uuid::Uuid;

use crate::standing::{everybodys, grants_in, grants_of_account, is_open, is_valid, of_member};
use crate::{ActingFor, App, Refusal};

/// What is known of a session.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) actor: Actor,
    pub(super) acting_for: Option<ActingFor>,
    pub(super) policy: Arc<Policy>,
    pub(super) language: Language,
    pub(super) expires_at: DateTime<Utc>,
}

impl Known {
    /// The code for a session whose time is over.
    pub(super) fn when_over(&self) -> &'static str {
        if matches!(self.actor, Actor::Link(_)) { "link_session_expired" } else { "session_ended" }
    }
}

const NOT_A_MEMBER: Refusal = Refusal::Barred("not_a_member");

/// Reads a session and everything that its rights depend on.
///
/// # Errors
/// As [`super::enter`].
pub(super) async fn read(app: &App, id: SessionId, wanted: Option<OrganisationId>) -> Result<Known, Refusal> {
    let ended = Refusal::Unauthenticated("session_ended");
    let session = rows::session(&app.db, id).await?.ok_or_else(|| ended.clone())?;
    if let Some(link) = session.access_link_id {
        return of_link(app, &session, link).await;
    }
    if session.revoked_at.is_some() || session.expires_at <= app.clock.real_now() {
        return Err(ended);
    }
    match (session.user_id, session.service_account_id) {
        (Some(user), _) => of_user(app, &session, user, wanted).await,
        (None, Some(account)) => of_service_account(app, &session, account, wanted).await,
        (None, None) => Err(ended),
    }
}

async fn of_user(app: &App, session: &Session, id: UserId, wanted: Option<OrganisationId>) -> Result<Known, Refusal> {
    let disabled = Refusal::Unauthenticated("account_disabled");
    let user = rows::user(&app.db, id).await?.ok_or_else(|| disabled.clone())?;
    if user.state != AccountState::Active.code() {
        return Err(disabled);
    }
    let chosen = choose(app, rows::memberships(&app.db, id).await?, wanted)?;
    let grants = grants_of_account(&user);
    let language = |code: &str| code.parse().unwrap_or(Language::En);
    let (acting_for, standing, language) = match chosen {
        None => (None, Standing { user: Some(id), grants, ..nowhere() }, language(&user.language)),
        Some((membership, organisation)) => {
            let standing = of_member(app, &membership, &organisation, grants).await?;
            (Some(acting(&organisation)), standing, language(&user.language))
        }
    };
    let policy = Arc::new(Policy::compile(standing));
    Ok(Known { actor: Actor::User(id), acting_for, policy, language, expires_at: session.expires_at })
}

/// The membership under which a user acts: the one asked for, or the only one.
fn choose(
    app: &App,
    all: Vec<(Membership, Organisation)>,
    wanted: Option<OrganisationId>,
) -> Result<Option<(Membership, Organisation)>, Refusal> {
    let mut active: Vec<_> = all.into_iter().filter(|(membership, organisation)| is_valid(app, membership, organisation)).collect();
    if let Some(wanted) = wanted {
        let found = active.into_iter().find(|(_, organisation)| organisation.id == wanted).ok_or(NOT_A_MEMBER)?;
        return if is_open(&found.1) { Ok(Some(found)) } else { Err(Refusal::Barred("organisation_disabled")) };
    }
    active.retain(|(_, organisation)| is_open(organisation));
    Ok(if active.len() == 1 { active.pop() } else { None })
}

async fn of_service_account(app: &App, session: &Session, id: ServiceAccountId, wanted: Option<OrganisationId>) -> Result<Known, Refusal> {
    let disabled = Refusal::Unauthenticated("account_disabled");
    let account = rows::service_account(&app.db, id).await?.filter(|account| account.state == AccountState::Active.code());
    let account = account.ok_or_else(|| disabled.clone())?;
    let organisation = rows::organisation(&app.db, account.organisation_id).await?.ok_or(disabled)?;
    if wanted.is_some_and(|wanted| wanted != organisation.id) {
        return Err(NOT_A_MEMBER);
    }
    if !is_open(&organisation) {
        return Err(Refusal::Barred("organisation_disabled"));
    }
    let mut grants = grants_in(&account.grants);
    if let Some(scope) = &session.scope {
        let asked: Vec<Permission> = scope.split(' ').filter_map(|code| code.parse().ok()).collect();
        grants.retain(|grant| grant.deny || asked.contains(&grant.permission));
    }
    grants.extend(everybodys());
    let standing = Standing {
        organisation: organisation.id,
        verified: organisation.verified_at.is_some(),
        unit_tree: rows::units(&app.db, organisation.id).await?,
        branches: rows::branches(&app.db, organisation.id).await?,
        grants,
        ..nowhere()
    };
    let policy = Arc::new(Policy::compile(standing));
    let language = organisation.language.parse().unwrap_or(Language::En);
    Ok(Known {
        actor: Actor::ServiceAccount(id),
        acting_for: Some(acting(&organisation)),
        policy,
        language,
        expires_at: session.expires_at,
    })
}

async fn of_link(app: &App, session: &Session, id: AccessLinkId) -> Result<Known, Refusal> {
    let over = Refusal::Unauthenticated("link_session_expired");
    let (link, receiver) = rows::link(&app.db, id).await?.ok_or_else(|| over.clone())?;
    let dead = session.revoked_at.is_some() || session.expires_at <= app.clock.real_now();
    if dead || link.revoked_at.is_some() || link.expires_at <= app.clock.now() {
        return Err(over);
    }
    let standing = Standing { grants: grants_of(Template::AccessLink), link: Some(link.referral_id), ..nowhere() };
    let language = receiver.language.parse().unwrap_or(Language::En);
    let policy = Arc::new(Policy::compile(standing));
    Ok(Known { actor: Actor::Link(id), acting_for: None, policy, language, expires_at: session.expires_at })
}

fn nowhere() -> Standing {
    Standing {
        user: None,
        organisation: OrganisationId(Uuid::nil()),
        verified: false,
        teams: vec![],
        departments: vec![],
        unit_tree: vec![],
        branches: vec![],
        grants: vec![],
        link: None,
    }
}

fn acting(organisation: &Organisation) -> ActingFor {
    ActingFor { id: organisation.id, verified: organisation.verified_at.is_some(), time_zone: organisation.zone() }
}
