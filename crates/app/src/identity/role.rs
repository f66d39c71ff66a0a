//! Roles of an organisation: named sets of grants, within the ceiling.

use relais_domain::access::{Grant, Permission, Resource, Template, blockers_to_write_role, grants_of};
use relais_domain::identity::RoleName;
use relais_domain::shared::Blocked;
use relais_domain::shared::ids::{OrganisationId, RoleId, UserId};
use relais_persistence::identity::entity::role;
use relais_persistence::identity::view::RoleView;
use relais_persistence::identity::{Organisation, Role, read, standing, write};
use relais_persistence::{Failure, Tx};
use serde::Deserialize;
use utoipa::ToSchema;

use super::assign::administrators;
use super::organisation::{ceiling_of, stored_grants};
use super::place::within;
use crate::standing::grants_in;
use crate::{App, Caller, Done, Page, PageRequest, Refusal, effect};

/// A new role.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleCreate {
    /// The name.
    pub name: RoleName,
    /// The template it is made from.
    #[serde(default)]
    pub template: Option<Template>,
    /// What it gives and takes away; what the template gives when absent.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub grants: Option<Vec<Grant>>,
}

/// A change of a role. What is absent stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RolePatch {
    /// The name.
    #[schema(value_type = RoleName, required = false)]
    pub name: Option<RoleName>,
    /// What it gives and takes away.
    #[schema(value_type = Vec<Grant>, required = false, max_items = 200)]
    pub grants: Option<Vec<Grant>>,
}

/// The roles of an organisation, the oldest first.
///
/// # Errors
/// 404; 403 `permission_missing`.
pub async fn list_roles(app: &App, caller: &Caller, id: OrganisationId, page: &PageRequest) -> Result<Page<RoleView>, Refusal> {
    within(app, caller, id, Resource::Organisation, Permission::RolesRead).await?;
    let rows = read::roles(&app.db, id, page.after(app, caller)?, page.limit + 1).await?;
    let count = page.count_with(async |most| read::roles(&app.db, id, None, most).await).await?;
    Ok(page
        .page(app, caller, rows.into_iter().map(RoleView::from).collect(), |view: &RoleView| (view.created_at, view.id.0))?
        .counted(count))
}

/// One role.
///
/// # Errors
/// 404; 403 `permission_missing`.
pub async fn read_role(app: &App, caller: &Caller, organisation: OrganisationId, id: RoleId) -> Result<RoleView, Refusal> {
    within(app, caller, organisation, Resource::Organisation, Permission::RolesRead).await?;
    Ok(read::role(&app.db, organisation, id).await?.ok_or(Refusal::NotFound)?.into())
}

/// Checks that the caller may write a role with these grants.
async fn judge(caller: &Caller, tx: &Tx, organisation: &Organisation, held: bool, grants: &[Grant]) -> Result<(), Blocked> {
    let others =
        administrators(tx, organisation).await.map(|all| all.into_iter().filter(|user| Some(*user) != caller.actor.user()).count());
    let ceiling = ceiling_of(organisation);
    match (others, ceiling) {
        (Ok(others), Ok(ceiling)) => {
            Blocked::unless_empty(blockers_to_write_role(caller.policy.standing(), held, grants, &ceiling, others))
        }
        // Unreadable: nothing is allowed.
        _ => Err(relais_domain::shared::Blocker::permission("above_ceiling").into()),
    }
}

/// Makes a role.
///
/// # Errors
/// 404; 403 `permission_missing`, `above_ceiling`, `outside_unit`, `second_administrator_needed`; 422 `required` without
/// template and grants.
pub async fn create_role(app: &App, caller: &Caller, organisation: OrganisationId, body: &RoleCreate) -> Result<Done, Refusal> {
    let (organisation, _) = within(app, caller, organisation, Resource::Organisation, Permission::RolesWrite).await?;
    let grants = body.grants.clone().or_else(|| body.template.map(grants_of)).ok_or_else(|| Refusal::invalid("required", "/grants"))?;
    effect(app, caller, async |tx| {
        write::lock_organisation(tx, organisation.id).await?;
        judge(caller, tx, &organisation, false, &grants).await?;
        let ctx = tx.ctx().clone();
        let id: RoleId = ctx.fresh();
        let row = Role {
            id,
            organisation_id: organisation.id,
            name: body.name.to_string(),
            template: body.template.map(|template| template.code().to_owned()),
            grants: stored_grants(&grants)?,
            created_at: ctx.now,
            updated_at: ctx.now,
            version: 1,
        };
        tx.create::<role::Entity>(row, "create").await?;
        Ok(Done::created(id.0))
    })
    .await
}

/// Whether the caller holds a role, on whatever day.
async fn is_mine(tx: &Tx, organisation: OrganisationId, user: UserId, role: RoleId) -> Result<bool, Refusal> {
    let Some(member) = write::lock_membership_of(tx, organisation, user).await? else { return Ok(false) };
    Ok(write::assignments_of(tx, member.id).await?.iter().any(|held| held.role_id == role))
}

/// Changes a role; who holds it has the new grants within a second.
///
/// # Errors
/// 404; 403 `permission_missing`, `own_assignment`, `above_ceiling`, `outside_unit`, `second_administrator_needed`; 409
/// `last_administrator`; 412.
pub async fn update_role(app: &App, caller: &Caller, organisation: OrganisationId, id: RoleId, patch: &RolePatch) -> Result<Done, Refusal> {
    read_role(app, caller, organisation, id).await?;
    let (organisation, _) = within(app, caller, organisation, Resource::Organisation, Permission::RolesWrite).await?;
    let user = caller.user()?;
    let done = effect(app, caller, async |tx| {
        write::lock_organisation(tx, organisation.id).await?;
        let before = write::lock_role(tx, organisation.id, id).await?.ok_or(Refusal::NotFound)?;
        let grants = patch.grants.clone().unwrap_or_else(|| grants_in(&before.grants));
        let held = is_mine(tx, organisation.id, user, id).await?;
        let outcome = judge(caller, tx, &organisation, held, &grants).await;
        caller.judged(before.version, outcome)?;
        let name = patch.name.as_ref().map_or(before.name.clone(), ToString::to_string);
        let administered = !administrators(tx, &organisation).await?.is_empty();
        let after = Role { name, grants: stored_grants(&grants)?, updated_at: tx.ctx().now, ..before.clone() };
        tx.save::<role::Entity>(&before, after, "update").await?;
        if administered && administrators(tx, &organisation).await?.is_empty() {
            return Err(Blocked::from(relais_domain::shared::Blocker::state("last_administrator")).into());
        }
        Ok(Done::changed(id.0))
    })
    .await?;
    app.sessions.clear();
    Ok(done)
}

/// Removes a role that nobody holds and no invitation gives.
///
/// # Errors
/// 404; 403 `permission_missing`, `outside_unit`; 409 `role_in_use`; 412.
pub async fn delete_role(app: &App, caller: &Caller, organisation: OrganisationId, id: RoleId) -> Result<Done, Refusal> {
    read_role(app, caller, organisation, id).await?;
    let (organisation, _) = within(app, caller, organisation, Resource::Organisation, Permission::RolesWrite).await?;
    effect(app, caller, async |tx| {
        let before = write::lock_role(tx, organisation.id, id).await?.ok_or(Refusal::NotFound)?;
        let outcome = judge(caller, tx, &organisation, false, &[]).await;
        caller.judged(before.version, outcome)?;
        match tx.remove::<role::Entity>(before, "delete").await {
            Err(Failure::Conflict(_)) => Err(Refusal::Conflict("role_in_use")),
            other => Ok(other.map(|()| Done::gone(id.0))?),
        }
    })
    .await
}

/// The grants that a session has, by where they come from.
pub(super) async fn sources(app: &App, caller: &Caller) -> Result<Vec<(Option<Role>, Vec<Grant>)>, Refusal> {
    let mut found = vec![];
    let (Some(user), Some(acting)) = (caller.actor.user(), &caller.acting_for) else { return Ok(found) };
    let memberships = standing::memberships(&app.db, user).await?;
    if let Some((membership, organisation)) = memberships.into_iter().find(|(_, organisation)| organisation.id == acting.id) {
        let tree = &caller.policy.standing().unit_tree;
        for (assignment, role) in standing::held(&app.db, membership.id, crate::standing::today(app, &organisation)).await? {
            let grants = crate::standing::held_grants(&assignment, &role, tree);
            found.push((Some(role), grants));
        }
    }
    let platform = standing::user(&app.db, user).await?.and_then(|user| user.platform_role);
    found.push((None, crate::standing::platform_grants(platform.as_deref())));
    Ok(found)
}
