//! Memberships, roles and units as a change sees them, inside its own transaction.

use chrono::NaiveDate;
use relais_domain::identity::AccountState;
use relais_domain::shared::ids::{InvitationId, MembershipId, OrganisationId, RoleId, UnitId, UserId};
use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};

use crate::db::{Failure, Tx};
use crate::identity::entity::{app_user, invitation, membership, membership_unit, role, role_assignment, unit};
use crate::identity::{Invitation, Membership, Role, RoleAssignment, Unit, User};

/// Locks a membership of an organisation.
///
/// # Errors
/// As any read.
pub async fn lock_membership(tx: &Tx, organisation: OrganisationId, id: MembershipId) -> Result<Option<Membership>, Failure> {
    let query = membership::Entity::find_by_id(id).filter(membership::Column::OrganisationId.eq(organisation));
    Ok(query.lock(LockType::Update).one(tx.conn()).await?)
}

/// Locks the membership of a user in an organisation, ended or not.
///
/// # Errors
/// As any read.
pub async fn lock_membership_of(tx: &Tx, organisation: OrganisationId, user: UserId) -> Result<Option<Membership>, Failure> {
    let query = membership::Entity::find().filter(membership::Column::OrganisationId.eq(organisation));
    Ok(query.filter(membership::Column::UserId.eq(user)).lock(LockType::Update).one(tx.conn()).await?)
}

/// Every role of an organisation that an active member holds on a day for the whole organisation, with its holder.
///
/// # Errors
/// As any read.
pub async fn held_everywhere(tx: &Tx, organisation: OrganisationId, day: NaiveDate) -> Result<Vec<(UserId, Role)>, Failure> {
    let roles = role::Entity::find().filter(role::Column::OrganisationId.eq(organisation)).all(tx.conn()).await?;
    let open = Condition::any().add(role_assignment::Column::ValidTo.is_null()).add(role_assignment::Column::ValidTo.gte(day));
    let held = role_assignment::Entity::find()
        .filter(role_assignment::Column::RoleId.is_in(roles.iter().map(|role| role.id)))
        .filter(role_assignment::Column::UnitId.is_null())
        .filter(role_assignment::Column::ValidFrom.lte(day))
        .filter(open)
        .all(tx.conn())
        .await?;
    let running = Condition::any().add(membership::Column::ValidTo.is_null()).add(membership::Column::ValidTo.gte(day));
    let members = membership::Entity::find()
        .filter(membership::Column::OrganisationId.eq(organisation))
        .filter(membership::Column::ValidFrom.lte(day))
        .filter(running)
        .all(tx.conn())
        .await?;
    let disabled: Vec<UserId> = app_user::Entity::find()
        .select_only()
        .column(app_user::Column::Id)
        .filter(app_user::Column::State.ne(AccountState::Active.code()))
        .filter(app_user::Column::Id.is_in(members.iter().map(|member| member.user_id)))
        .into_tuple()
        .all(tx.conn())
        .await?;
    let found = held.into_iter().filter_map(|held| {
        let member = members.iter().find(|member| member.id == held.membership_id)?;
        let role = roles.iter().find(|role| role.id == held.role_id)?;
        (!disabled.contains(&member.user_id)).then(|| (member.user_id, role.clone()))
    });
    Ok(found.collect())
}

/// The roles of an organisation with these ids.
///
/// # Errors
/// As any read.
pub async fn roles_in(tx: &Tx, organisation: OrganisationId, ids: &[RoleId]) -> Result<Vec<Role>, Failure> {
    let query = role::Entity::find().filter(role::Column::OrganisationId.eq(organisation));
    Ok(query.filter(role::Column::Id.is_in(ids.iter().copied())).all(tx.conn()).await?)
}

/// Locks a role of an organisation.
///
/// # Errors
/// As any read.
pub async fn lock_role(tx: &Tx, organisation: OrganisationId, id: RoleId) -> Result<Option<Role>, Failure> {
    let query = role::Entity::find_by_id(id).filter(role::Column::OrganisationId.eq(organisation));
    Ok(query.lock(LockType::Update).one(tx.conn()).await?)
}

/// Locks a unit of an organisation.
///
/// # Errors
/// As any read.
pub async fn lock_unit(tx: &Tx, organisation: OrganisationId, id: UnitId) -> Result<Option<Unit>, Failure> {
    let query = unit::Entity::find_by_id(id).filter(unit::Column::OrganisationId.eq(organisation));
    Ok(query.lock(LockType::Update).one(tx.conn()).await?)
}

/// The units of an organisation, each with its parent.
///
/// # Errors
/// As any read.
pub async fn units_in(tx: &Tx, organisation: OrganisationId) -> Result<Vec<(UnitId, Option<UnitId>)>, Failure> {
    let query = unit::Entity::find().select_only().columns([unit::Column::Id, unit::Column::ParentId]);
    Ok(query.filter(unit::Column::OrganisationId.eq(organisation)).into_tuple().all(tx.conn()).await?)
}

/// What a member holds, of all days.
///
/// # Errors
/// As any read.
pub async fn assignments_of(tx: &Tx, membership: MembershipId) -> Result<Vec<RoleAssignment>, Failure> {
    let query = role_assignment::Entity::find().filter(role_assignment::Column::MembershipId.eq(membership));
    Ok(query.order_by_asc(role_assignment::Column::Id).all(tx.conn()).await?)
}

/// The units a member works in.
///
/// # Errors
/// As any read.
pub async fn units_of(tx: &Tx, membership: MembershipId) -> Result<Vec<UnitId>, Failure> {
    let query = membership_unit::Entity::find().filter(membership_unit::Column::MembershipId.eq(membership));
    Ok(query.all(tx.conn()).await?.into_iter().map(|row| row.unit_id).collect())
}

/// Sets the units a member works in. True when they changed.
///
/// # Errors
/// As any write.
pub async fn set_units(tx: &mut Tx, membership_id: MembershipId, units: &[UnitId]) -> Result<bool, Failure> {
    let before = units_of(tx, membership_id).await?;
    let gone: Vec<UnitId> = before.iter().copied().filter(|unit| !units.contains(unit)).collect();
    let new: Vec<UnitId> = units.iter().copied().filter(|unit| !before.contains(unit)).collect();
    for unit_id in gone.iter().copied() {
        tx.remove::<membership_unit::Entity>(membership_unit::Model { membership_id, unit_id }, "leave_unit").await?;
    }
    for unit_id in new.iter().copied() {
        tx.create::<membership_unit::Entity>(membership_unit::Model { membership_id, unit_id }, "join_unit").await?;
    }
    Ok(!gone.is_empty() || !new.is_empty())
}

/// Locks an invitation.
///
/// # Errors
/// As any read.
pub async fn lock_invitation(tx: &Tx, id: InvitationId) -> Result<Option<Invitation>, Failure> {
    Ok(invitation::Entity::find_by_id(id).lock(LockType::Update).one(tx.conn()).await?)
}

/// The invitations of an organisation that are neither accepted nor taken back, and may still be accepted.
///
/// # Errors
/// As any read.
pub async fn open_invitations(tx: &Tx, organisation: OrganisationId) -> Result<Vec<Invitation>, Failure> {
    let query = invitation::Entity::find()
        .filter(invitation::Column::OrganisationId.eq(organisation))
        .filter(invitation::Column::AcceptedAt.is_null())
        .filter(invitation::Column::RevokedAt.is_null())
        .filter(invitation::Column::ExpiresAt.gt(tx.ctx().real_now));
    Ok(query.order_by_asc(invitation::Column::Id).lock(LockType::Update).all(tx.conn()).await?)
}

/// The user with an e-mail address, in its folded form.
///
/// # Errors
/// As any read.
pub async fn user_with_email(tx: &Tx, folded: &str) -> Result<Option<User>, Failure> {
    Ok(app_user::Entity::find().filter(app_user::Column::EmailKey.eq(folded)).one(tx.conn()).await?)
}
