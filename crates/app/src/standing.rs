//! What somebody may do today: the roles of a member compiled into a policy, for their own session and for what is written to them.

use chrono::NaiveDate;
use relais_domain::access::{Grant, Permission, Policy, Scope, Side, Standing, Template, grants_of, unit_and_below};
use relais_domain::identity::AccountState;
use relais_domain::shared::ids::{OrganisationId, UnitId, UserId};
use relais_persistence::identity::{Membership, Organisation, Role, RoleAssignment, User, standing as rows};
use serde_json::Value;

use crate::{App, Refusal};

/// What a user may do today as a member of an organisation, by their ids.
///
/// # Errors
/// As any read.
pub(crate) async fn of_ids(app: &App, user: UserId, organisation: OrganisationId) -> Result<Option<Policy>, Refusal> {
    match (rows::user(&app.db, user).await?, rows::organisation(&app.db, organisation).await?) {
        (Some(user), Some(organisation)) => of_user_at(app, &user, &organisation).await,
        _ => Ok(None),
    }
}

/// What a user may do today as a member of an organisation. Nothing once the account, the membership or the organisation has ended.
///
/// # Errors
/// As any read.
pub(crate) async fn of_user_at(app: &App, user: &User, organisation: &Organisation) -> Result<Option<Policy>, Refusal> {
    if user.state != AccountState::Active.code() || !is_open(organisation) {
        return Ok(None);
    }
    let membership = rows::membership(&app.db, user.id, organisation.id).await?;
    let Some(membership) = membership.filter(|membership| is_valid(app, membership, organisation)) else { return Ok(None) };
    Ok(Some(Policy::compile(of_member(app, &membership, organisation, grants_of_account(user)).await?)))
}

/// Where a member stands: the grants of the roles held today, the teams and what lies below them.
///
/// # Errors
/// As any read.
pub(crate) async fn of_member(
    app: &App,
    membership: &Membership,
    organisation: &Organisation,
    mut grants: Vec<Grant>,
) -> Result<Standing, Refusal> {
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

/// What an account has wherever it acts.
pub(crate) fn grants_of_account(user: &User) -> Vec<Grant> {
    let mut grants = everybodys();
    grants.extend(platform_grants(user.platform_role.as_deref()));
    grants
}

/// Whoever signs in sees at least what the public sees.
pub(crate) fn everybodys() -> Vec<Grant> {
    vec![Grant::new(Permission::DirectoryRead, Scope::Platform, Side::Both, &[])]
}

/// What a role on the platform gives. A code that is no template of the platform gives nothing.
pub(crate) fn platform_grants(code: Option<&str>) -> Vec<Grant> {
    let template =
        code.and_then(|code| code.parse().ok()).filter(|template| matches!(template, Template::Moderator | Template::PlatformAdmin));
    template.map(grants_of).unwrap_or_default()
}

/// The grants of a role as they are held through an assignment.
pub(crate) fn held_grants(assignment: &RoleAssignment, role: &Role, tree: &[(UnitId, Option<UnitId>)]) -> Vec<Grant> {
    grants_in(&role.grants).into_iter().filter_map(|grant| grant.limited_to(assignment.unit_id, tree)).collect()
}

/// The entries of a stored role. An entry that this version cannot read gives nothing, and is told in the log.
pub(crate) fn grants_in(stored: &Value) -> Vec<Grant> {
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

/// Whether an organisation is at work.
pub(crate) fn is_open(organisation: &Organisation) -> bool {
    !organisation.state.is_gone()
}

/// Whether a membership holds today.
pub(crate) fn is_valid(app: &App, membership: &Membership, organisation: &Organisation) -> bool {
    membership.period().contains(today(app, organisation))
}

/// The business date in an organisation's zone.
pub(crate) fn today(app: &App, organisation: &Organisation) -> NaiveDate {
    organisation.date_at(app.clock.now())
}
