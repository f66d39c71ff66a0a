//! How a user becomes a member and comes to a role.

use relais_domain::shared::ids::{MembershipId, RoleId, UnitId, UserId};
use relais_persistence::Tx;
use relais_persistence::identity::entity::{membership, role_assignment};
use relais_persistence::identity::{Membership, Organisation, RoleAssignment, write};

use super::standing::date_in;
use crate::Refusal;

/// Makes a user a member from today on; an ended membership runs again.
///
/// # Errors
/// As any write.
pub(super) async fn join(tx: &mut Tx, organisation: &Organisation, user_id: UserId) -> Result<MembershipId, Refusal> {
    let now = tx.ctx().now;
    let today = date_in(organisation, now);
    if let Some(before) = write::lock_membership_of(tx, organisation.id, user_id).await? {
        let id = before.id;
        if before.valid_to.is_some_and(|to| to < today) {
            let after = Membership { valid_from: today, valid_to: None, updated_at: now, ..before.clone() };
            tx.save::<membership::Entity>(&before, after, "rejoin").await?;
        }
        return Ok(id);
    }
    let id: MembershipId = tx.ctx().fresh();
    let row = Membership {
        id,
        organisation_id: organisation.id,
        user_id,
        valid_from: today,
        valid_to: None,
        notified: false,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    tx.create::<membership::Entity>(row, "join").await?;
    tx.event("member.joined", "membership", id.0, Some(organisation.id));
    Ok(id)
}

/// Gives a member a role from today on, unless the member holds it there already.
///
/// # Errors
/// As any write.
pub(super) async fn give(
    tx: &mut Tx,
    organisation: &Organisation,
    membership_id: MembershipId,
    role_id: RoleId,
    unit_id: Option<UnitId>,
) -> Result<(), Refusal> {
    let today = date_in(organisation, tx.ctx().now);
    let held = write::assignments_of(tx, membership_id).await?;
    if held.iter().any(|held| held.role_id == role_id && held.unit_id == unit_id && held.valid_to.is_none_or(|to| to >= today)) {
        return Ok(());
    }
    let row = RoleAssignment {
        id: tx.ctx().fresh(),
        membership_id,
        role_id,
        unit_id,
        valid_from: today,
        valid_to: None,
        created_at: tx.ctx().now,
    };
    Ok(tx.create::<role_assignment::Entity>(row, "give_role").await?)
}

/// Adds a unit to those that a member works in.
///
/// # Errors
/// As any write.
pub(super) async fn work_in(tx: &mut Tx, membership: MembershipId, unit: UnitId) -> Result<(), Refusal> {
    let mut units = write::units_of(tx, membership).await?;
    if !units.contains(&unit) {
        units.push(unit);
        write::set_units(tx, membership, &units).await?;
    }
    Ok(())
}
