//! How a user becomes a member and comes to a role.

use relais_domain::identity::JoinState;
use relais_domain::shared::ids::{MembershipId, RoleId, UnitId, UserId};
use relais_persistence::Tx;
use relais_persistence::identity::entity::{join_request, membership, organisation, role_assignment};
use relais_persistence::identity::{JoinRequest, Membership, Organisation, RoleAssignment, write};

use super::organisation::FIRST_ROLES;
use crate::{Refusal, setup};

/// Makes a user a member from today on; an ended membership runs again, without its roles.
///
/// # Errors
/// As any write.
pub(super) async fn join(tx: &mut Tx, organisation: &Organisation, user_id: UserId) -> Result<MembershipId, Refusal> {
    let now = tx.ctx().now;
    let today = organisation.date_at(now);
    if let Some(before) = write::lock_membership_of(tx, organisation.id, user_id).await? {
        let id = before.id;
        if before.valid_to.is_some_and(|to| to < today) {
            // What was held before does not come back by itself.
            for held in write::assignments_of(tx, id).await? {
                tx.remove::<role_assignment::Entity>(held, "take_role").await?;
            }
            write::set_units(tx, id, &[]).await?;
            let after = Membership { valid_from: today, valid_to: None, updated_at: now, ..before.clone() };
            tx.save::<membership::Entity>(&before, after, "rejoin").await?;
            tx.event("member.joined", "membership", id.0, Some(organisation.id));
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

/// Makes a user the first member of an organisation: its administrator and team lead. It awaits verification from then on,
/// also when a moderator had verified it before: nobody knows yet who its members are now.
///
/// # Errors
/// As any write.
pub(super) async fn begin(tx: &mut Tx, organisation: &Organisation, user_id: UserId) -> Result<MembershipId, Refusal> {
    let id = join(tx, organisation, user_id).await?;
    for (template, role_id) in setup::standard_roles(tx, organisation.id).await? {
        if FIRST_ROLES.contains(&template) {
            give(tx, organisation, id, role_id, None).await?;
        }
    }
    if organisation.verified_at.is_some() {
        let after = Organisation { verified_at: None, updated_at: tx.ctx().now, ..organisation.clone() };
        tx.save::<organisation::Entity>(organisation, after, "await_verification").await?;
        tx.event("organisation.edited", "organisation", organisation.id.0, Some(organisation.id));
    }
    Ok(id)
}

/// Settles the request of a user who has become a member by another way.
///
/// # Errors
/// As any write.
pub(super) async fn settle_request(tx: &mut Tx, organisation: &Organisation, user_id: UserId) -> Result<(), Refusal> {
    let Some(before) = write::lock_pending_request(tx, organisation.id, user_id).await? else { return Ok(()) };
    let now = tx.ctx().now;
    let after = JoinRequest { state: JoinState::Accepted, decided_at: Some(now), updated_at: now, ..before.clone() };
    tx.save::<join_request::Entity>(&before, after, "settle").await?;
    tx.event("join_request.accepted", "join_request", before.id.0, Some(organisation.id));
    Ok(())
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
    let today = organisation.date_at(tx.ctx().now);
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
