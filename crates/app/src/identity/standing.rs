//! Compiles what the database says of a session into a policy.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use relais_domain::access::{Grant, Permission, Policy, Scope, Side, Standing, Template, grants_of, unit_and_below};
use relais_domain::identity::{AccountState, Actor};
use relais_domain::shared::contact::Language;
use relais_domain::shared::ids::{AccessLinkId, OrganisationId, ServiceAccountId, SessionId, UnitId, UserId};
use relais_persistence::identity::{Membership, Organisation, Role, RoleAssignment, Session, standing as rows};
use serde_json::Value;
use uuid::Uuid;

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
    let mut grants = everybodys();
    grants.extend(platform_grants(user.platform_role.as_deref()));
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

async fn of_member(app: &App, membership: &Membership, organisation: &Organisation, mut grants: Vec<Grant>) -> Result<Standing, Refusal> {
    let day = today(app, organisation);
    let unit_tree = rows::units(&app.db, organisation.id).await?;
    for (assignment, role) in rows::held(&app.db, membership.id, day).await? {
        grants.extend(held_grants(&assignment, &role, &unit_tree));
    }
    let teams = rows::teams(&app.db, membership.id).await?;
    let mut departments: Vec<UnitId> = teams.iter().flat_map(|team| unit_and_below(*team, &unit_tree)).collect();
    departments.sort();
    departments.dedup();
    // Branches are asked for only when some role reaches them.
    let branches = if grants.iter().any(|grant| grant.with_branches) { rows::branches(&app.db, organisation.id).await? } else { vec![] };
    Ok(Standing {
        user: Some(membership.user_id),
        organisation: organisation.id,
        verified: organisation.verified_at.is_some(),
        teams,
        departments,
        unit_tree,
        branches,
        grants,
        link: None,
    })
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

/// Whoever signs in sees at least what the public sees.
fn everybodys() -> Vec<Grant> {
    vec![Grant::new(Permission::DirectoryRead, Scope::Platform, Side::Both, &[])]
}

/// What a role on the platform gives. A code that is no template of the platform gives nothing.
pub(super) fn platform_grants(code: Option<&str>) -> Vec<Grant> {
    let template =
        code.and_then(|code| code.parse().ok()).filter(|template| matches!(template, Template::Moderator | Template::PlatformAdmin));
    template.map(grants_of).unwrap_or_default()
}

/// The grants of a role as they are held through an assignment.
pub(super) fn held_grants(assignment: &RoleAssignment, role: &Role, tree: &[(UnitId, Option<UnitId>)]) -> Vec<Grant> {
    grants_in(&role.grants).into_iter().filter_map(|grant| grant.limited_to(assignment.unit_id, tree)).collect()
}

/// The entries of a stored role. An entry that this version cannot read gives nothing, and is told in the log.
pub(super) fn grants_in(stored: &Value) -> Vec<Grant> {
    let entries = stored.as_array().cloned().unwrap_or_default();
    let read = entries.into_iter().filter_map(|entry| match serde_json::from_value(entry) {
        Ok(grant) => Some(grant),
        Err(error) => {
            tracing::error!(%error, "an entry of a role cannot be read");
            None
        }
    });
    read.collect()
}

fn is_open(organisation: &Organisation) -> bool {
    !organisation.state.is_gone()
}

fn is_valid(app: &App, membership: &Membership, organisation: &Organisation) -> bool {
    let day = today(app, organisation);
    membership.valid_from <= day && membership.valid_to.is_none_or(|to| day <= to)
}

/// The business date in an organisation's zone.
pub(super) fn today(app: &App, organisation: &Organisation) -> NaiveDate {
    date_in(organisation, app.clock.now())
}

/// The date of an instant in an organisation's zone.
pub(super) fn date_in(organisation: &Organisation, at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&zone(organisation)).date_naive()
}

fn zone(organisation: &Organisation) -> Tz {
    organisation.time_zone.parse().unwrap_or(Tz::UTC)
}

fn acting(organisation: &Organisation) -> ActingFor {
    ActingFor { id: organisation.id, verified: organisation.verified_at.is_some(), time_zone: zone(organisation) }
}
