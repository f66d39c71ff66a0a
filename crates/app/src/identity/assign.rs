//! Giving and taking roles: nobody rises by it, nobody goes above the ceiling, and somebody always administers.

use chrono::NaiveDate;
use relais_domain::access::{Grant, Permission, Resource, blockers_to_assign};
use relais_domain::identity::{blockers_to_end_administration, is_administration};
use relais_domain::shared::ids::{MembershipId, OrganisationId, RoleId, UnitId, UserId};
use relais_domain::shared::{Blocked, Blocker, Period};
use relais_persistence::Tx;
use relais_persistence::identity::entity::{account_token, membership, role_assignment};
use relais_persistence::identity::{AccountToken, Membership, Organisation, Role, RoleAssignment, read, write};
use serde::Deserialize;
use utoipa::ToSchema;

use super::organisation::ceiling_of;
use super::place::within;
use super::session::secret_hash;
use crate::standing::grants_in;
use crate::{App, Caller, Done, Refusal, effect};

/// A role that a member is to hold.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleHeld {
    /// The role.
    pub role_id: RoleId,
    /// The unit it is limited to, with those below; the whole organisation when absent.
    #[serde(default)]
    pub unit_id: Option<UnitId>,
    /// The first day; today when absent.
    #[serde(default)]
    pub valid_from: Option<NaiveDate>,
    /// The last day; no end when absent.
    #[serde(default)]
    pub valid_to: Option<NaiveDate>,
}

/// All the roles that a member is to hold. What is not in the list is taken away.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RolesHeld {
    /// The roles.
    #[schema(max_items = 50)]
    pub roles: Vec<RoleHeld>,
}

/// A second administrator agrees to a role.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgreeToRole {
    /// The role.
    pub role_id: RoleId,
    /// The unit it is to be limited to.
    #[serde(default)]
    pub unit_id: Option<UnitId>,
}

/// A role in a place, as it is to be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wish {
    pub(super) role_id: RoleId,
    pub(super) unit_id: Option<UnitId>,
}

/// Checks that roles may be given and taken. The organisation must be locked.
///
/// # Errors
/// 403 with every reason; 422 `unknown_reference`.
pub(super) async fn judge(
    caller: &Caller,
    tx: &mut Tx,
    organisation: &Organisation,
    target: UserId,
    given: &[Wish],
    taken: &[Wish],
    pointer: fn(usize, &str) -> String,
) -> Result<(), Refusal> {
    let assigner = caller.user()?;
    let ids: Vec<RoleId> = given.iter().map(|wish| wish.role_id).collect();
    let roles = write::roles_in(tx, organisation.id, &ids).await?;
    let units = write::units_in(tx, organisation.id).await?;
    let ceiling = ceiling_of(organisation)?;
    let others = administrators(tx, organisation).await?.into_iter().filter(|user| *user != assigner).count();
    let mut blockers = vec![];
    for (place, wish) in given.iter().enumerate() {
        let Some(role) = roles.iter().find(|role| role.id == wish.role_id) else {
            return Err(Refusal::unknown_reference(pointer(place, "role_id")));
        };
        if wish.unit_id.is_some_and(|unit| !units.iter().any(|(known, _)| *known == unit)) {
            return Err(Refusal::unknown_reference(pointer(place, "unit_id")));
        }
        let grants = grants_in(&role.grants);
        let asked = |others| blockers_to_assign(caller.policy.standing(), assigner, target, &grants, wish.unit_id, &ceiling, others);
        let mut found = asked(others);
        let wanting = found.iter().any(|blocker| blocker.code == "second_administrator_needed");
        if wanting && found.len() == 1 && agreed(tx, organisation, assigner, target, role, wish.unit_id).await? {
            found = asked(0);
        }
        blockers.extend(found.into_iter().filter(|blocker| !blockers.contains(blocker)).collect::<Vec<_>>());
    }
    for wish in taken {
        // Taking asks no more than reaching the place: a role above a lowered ceiling can always be taken.
        let found = blockers_to_assign(caller.policy.standing(), assigner, target, &[], wish.unit_id, &ceiling, 0);
        blockers.extend(found.into_iter().filter(|blocker| !blockers.contains(blocker)).collect::<Vec<_>>());
    }
    Ok(Blocked::unless_empty(blockers)?)
}

/// Who administers the whole organisation today.
pub(super) async fn administrators(tx: &Tx, organisation: &Organisation) -> Result<Vec<UserId>, Refusal> {
    let held = write::held_everywhere(tx, organisation.id, organisation.date_at(tx.ctx().now)).await?;
    let mut users: Vec<UserId> =
        held.into_iter().filter(|(_, role)| is_administration(&grants_in(&role.grants))).map(|(user, _)| user).collect();
    users.sort();
    users.dedup();
    Ok(users)
}

/// Checks that somebody else administers the organisation when `user` no longer does.
///
/// # Errors
/// 409 `last_administrator`.
pub(super) async fn leaves_an_administrator(tx: &Tx, organisation: &Organisation, user: UserId) -> Result<(), Refusal> {
    let all = administrators(tx, organisation).await?;
    let others = all.iter().filter(|one| **one != user).count();
    Ok(Blocked::unless_empty(blockers_to_end_administration(all.contains(&user), others))?)
}

/// Replaces the roles of a member.
///
/// # Errors
/// 404; 403 `permission_missing`, `own_assignment`, `above_ceiling`, `outside_unit`, `second_administrator_needed`; 409
/// `last_administrator`; 412; 422 `unknown_reference`, `period_reversed`, `duplicate_item`.
pub async fn assign_roles(
    app: &App,
    caller: &Caller,
    organisation: OrganisationId,
    id: MembershipId,
    body: &RolesHeld,
) -> Result<Done, Refusal> {
    let (organisation, rule) = within(app, caller, organisation, Resource::Member, Permission::RolesRead).await?;
    read::member(&app.db, &rule, organisation.id, id).await?.ok_or(Refusal::NotFound)?;
    within(app, caller, organisation.id, Resource::Organisation, Permission::RolesWrite).await?;
    let done = effect(app, caller, async |tx| {
        write::lock_organisation(tx, organisation.id).await?;
        let member = write::lock_membership(tx, organisation.id, id).await?.ok_or(Refusal::NotFound)?;
        caller.saw(member.version)?;
        replace(caller, tx, &organisation, &member, &body.roles).await?;
        let after = Membership { updated_at: tx.ctx().now, ..member.clone() };
        tx.save::<membership::Entity>(&member, after, "assign_roles").await?;
        tx.event("member.roles_changed", "membership", id.0, Some(organisation.id));
        Ok(Done::changed(id.0))
    })
    .await?;
    app.sessions.clear();
    Ok(done)
}

async fn replace(
    caller: &Caller,
    tx: &mut Tx,
    organisation: &Organisation,
    member: &Membership,
    wanted: &[RoleHeld],
) -> Result<(), Refusal> {
    let today = organisation.date_at(tx.ctx().now);
    let held = write::assignments_of(tx, member.id).await?;
    let target: Vec<RoleAssignment> = wanted.iter().map(|wish| as_row(tx, member.id, wish, &held, today)).collect();
    Blocked::unless_empty(problems(&target))?;
    let same = |a: &RoleAssignment, b: &RoleAssignment| {
        (a.role_id, a.unit_id, a.valid_from, a.valid_to) == (b.role_id, b.unit_id, b.valid_from, b.valid_to)
    };
    let gone: Vec<RoleAssignment> = held.iter().filter(|old| !target.iter().any(|new| same(old, new))).cloned().collect();
    let new: Vec<RoleAssignment> = target.into_iter().filter(|new| !held.iter().any(|old| same(old, new))).collect();
    let wishes = |rows: &[RoleAssignment]| rows.iter().map(|row| Wish { role_id: row.role_id, unit_id: row.unit_id }).collect::<Vec<_>>();
    judge(caller, tx, organisation, member.user_id, &wishes(&new), &wishes(&gone), |place, field| format!("/roles/{place}/{field}"))
        .await?;
    let before = administrators(tx, organisation).await?;
    for row in gone {
        tx.remove::<role_assignment::Entity>(row, "take_role").await?;
    }
    for row in new {
        tx.create::<role_assignment::Entity>(row, "give_role").await?;
    }
    if before.contains(&member.user_id) && administrators(tx, organisation).await?.is_empty() {
        return Err(Blocked::from(Blocker::state("last_administrator")).into());
    }
    Ok(())
}

/// A wish as a row. Without a first day, one that is held already keeps its own.
fn as_row(tx: &Tx, membership_id: MembershipId, wish: &RoleHeld, held: &[RoleAssignment], today: NaiveDate) -> RoleAssignment {
    let known = held.iter().find(|held| held.role_id == wish.role_id && held.unit_id == wish.unit_id);
    let valid_from = wish.valid_from.or(known.map(|known| known.valid_from)).unwrap_or(today);
    let (role_id, unit_id, valid_to) = (wish.role_id, wish.unit_id, wish.valid_to);
    RoleAssignment { id: tx.ctx().fresh(), membership_id, role_id, unit_id, valid_from, valid_to, created_at: tx.ctx().now }
}

fn problems(rows: &[RoleAssignment]) -> Vec<Blocker> {
    let mut found = vec![];
    for (place, row) in rows.iter().enumerate() {
        let at = format!("/roles/{place}");
        let period = Period { from: row.valid_from, to: row.valid_to };
        found.extend(period.problems().into_iter().map(|problem| problem.at(format!("{at}/valid_to"))));
        let twice = rows.iter().take(place).any(|other| {
            let theirs = Period { from: other.valid_from, to: other.valid_to };
            (other.role_id, other.unit_id) == (row.role_id, row.unit_id) && theirs.overlaps(&period)
        });
        found.extend(twice.then(|| Blocker::content("duplicate_item").at(at)));
    }
    found
}

const AGREEMENT: &str = "role_agreement";
/// For how long an agreement can be used, in real time.
const AGREEMENT_LIFE: chrono::TimeDelta = chrono::TimeDelta::days(7);

/// What was agreed to: this role as it is now, for this member, in this place.
fn agreement_hash(organisation: &Organisation, by: UserId, target: UserId, role: &Role, unit: Option<UnitId>) -> String {
    let unit = unit.map(|unit| unit.to_string()).unwrap_or_default();
    secret_hash(&format!("{AGREEMENT}\n{}\n{by}\n{target}\n{}\n{}\n{unit}", organisation.id, role.id, role.version))
}

/// Whether another administrator has agreed; the agreement is then used up.
async fn agreed(
    tx: &mut Tx,
    organisation: &Organisation,
    assigner: UserId,
    target: UserId,
    role: &Role,
    unit: Option<UnitId>,
) -> Result<bool, Refusal> {
    for other in administrators(tx, organisation).await? {
        if other == assigner || other == target {
            continue;
        }
        let found = write::account_token_in(tx, &agreement_hash(organisation, other, target, role, unit)).await?;
        if let Some(found) = found.filter(|found| found.expires_at > tx.ctx().real_now)
            && write::use_account_token(tx, found.id).await?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Agrees, as a second administrator, that a member is given a role with health data or the export. Another
/// administrator can then give it, once, within seven days.
///
/// # Errors
/// 404; 403 `permission_missing`, `own_assignment`, `above_ceiling`, `outside_unit`; 422 `unknown_reference`.
pub async fn agree_to_role(
    app: &App,
    caller: &Caller,
    organisation: OrganisationId,
    id: MembershipId,
    body: &AgreeToRole,
) -> Result<Done, Refusal> {
    let (organisation, reach) = within(app, caller, organisation, Resource::Member, Permission::RolesRead).await?;
    let member = read::member(&app.db, &reach, organisation.id, id).await?.ok_or(Refusal::NotFound)?;
    within(app, caller, organisation.id, Resource::Organisation, Permission::RolesWrite).await?;
    let by = caller.user()?;
    effect(app, caller, async |tx| {
        let role = write::roles_in(tx, organisation.id, &[body.role_id]).await?.pop();
        let role = role.ok_or_else(|| Refusal::unknown_reference("/role_id"))?;
        let grants: Vec<Grant> = grants_in(&role.grants);
        let ceiling = ceiling_of(&organisation)?;
        let blockers = blockers_to_assign(caller.policy.standing(), by, member.user_id, &grants, body.unit_id, &ceiling, 0);
        Blocked::unless_empty(blockers)?;
        let ctx = tx.ctx().clone();
        let token_hash = agreement_hash(&organisation, by, member.user_id, &role, body.unit_id);
        let expires_at = ctx.real_now + AGREEMENT_LIFE;
        if let Some(before) = write::account_token_in(tx, &token_hash).await? {
            let after = AccountToken { expires_at, used_at: None, ..before.clone() };
            tx.save::<account_token::Entity>(&before, after, "agree_to_role").await?;
        } else {
            let row = AccountToken {
                id: ctx.fresh(),
                user_id: by,
                purpose: AGREEMENT.to_owned(),
                token_hash,
                expires_at,
                used_at: None,
                created_at: ctx.real_now,
            };
            tx.create::<account_token::Entity>(row, "agree_to_role").await?;
        }
        Ok(Done::gone(id.0))
    })
    .await
}
