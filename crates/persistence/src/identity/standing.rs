//! What a session's standing is built from: who, where, with which roles. Read at most once a second per session.

use chrono::NaiveDate;
use relais_domain::directory::OrganisationState;
use relais_domain::shared::ids::{AccessLinkId, MembershipId, OrganisationId, ServiceAccountId, SessionId, UnitId, UserId};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};

use super::entity::{app_user, membership, membership_unit, organisation, role, role_assignment, service_account, session, unit};
use super::{Membership, Organisation, Role, RoleAssignment, ServiceAccount, Session, User};
use crate::db::{Db, Failure};
use crate::referral::entity::access_link;
use crate::referral::link::receiver_with_key;

/// No account works for more organisations than this at once, and no organisation has more units.
const MOST: u64 = 1000;

/// A session.
///
/// # Errors
/// As any read.
pub async fn session(db: &Db, id: SessionId) -> Result<Option<Session>, Failure> {
    Ok(session::Entity::find_by_id(id).one(db.reader()).await?)
}

/// A user.
///
/// # Errors
/// As any read.
pub async fn user(db: &Db, id: UserId) -> Result<Option<User>, Failure> {
    Ok(app_user::Entity::find_by_id(id).one(db.reader()).await?)
}

/// A partner platform's account.
///
/// # Errors
/// As any read.
pub async fn service_account(db: &Db, id: ServiceAccountId) -> Result<Option<ServiceAccount>, Failure> {
    Ok(service_account::Entity::find_by_id(id).one(db.reader()).await?)
}

/// An organisation.
///
/// # Errors
/// As any read.
pub async fn organisation(db: &Db, id: OrganisationId) -> Result<Option<Organisation>, Failure> {
    Ok(organisation::Entity::find_by_id(id).one(db.reader()).await?)
}

/// An access link, with the organisation that its referral was addressed to; none when that leg has ended or its receiver was shut
/// out.
///
/// # Errors
/// As any read.
pub async fn link(db: &Db, id: AccessLinkId) -> Result<Option<(access_link::Model, Organisation)>, Failure> {
    let Some(link) = access_link::Entity::find_by_id(id).one(db.reader()).await? else { return Ok(None) };
    let receiver = receiver_with_key(db.reader(), link.referral_id).await?;
    Ok(receiver.map(|receiver| (link, receiver)))
}

/// The membership of a user in an organisation, also when it has ended.
///
/// # Errors
/// As any read.
pub async fn membership(db: &Db, user: UserId, organisation: OrganisationId) -> Result<Option<Membership>, Failure> {
    let of_user = membership::Entity::find().filter(membership::Column::UserId.eq(user));
    Ok(of_user.filter(membership::Column::OrganisationId.eq(organisation)).one(db.reader()).await?)
}

/// The memberships of a user, ended ones too, each with its organisation.
///
/// # Errors
/// As any read.
pub async fn memberships(db: &Db, user: UserId) -> Result<Vec<(Membership, Organisation)>, Failure> {
    let found = membership::Entity::find()
        .filter(membership::Column::UserId.eq(user))
        .order_by_asc(membership::Column::CreatedAt)
        .order_by_asc(membership::Column::Id)
        .limit(MOST)
        .all(db.reader())
        .await?;
    let ids = found.iter().map(|membership| membership.organisation_id);
    let organisations = organisation::Entity::find().filter(organisation::Column::Id.is_in(ids)).all(db.reader()).await?;
    let whole = found.into_iter().filter_map(|membership| {
        let organisation = organisations.iter().find(|one| one.id == membership.organisation_id)?.clone();
        Some((membership, organisation))
    });
    Ok(whole.collect())
}

/// The roles that a member holds on a day, with the assignment that gives each.
///
/// # Errors
/// As any read.
pub async fn held(db: &Db, membership: MembershipId, day: NaiveDate) -> Result<Vec<(RoleAssignment, Role)>, Failure> {
    let open = Condition::any().add(role_assignment::Column::ValidTo.is_null()).add(role_assignment::Column::ValidTo.gte(day));
    let assignments = role_assignment::Entity::find()
        .filter(role_assignment::Column::MembershipId.eq(membership))
        .filter(role_assignment::Column::ValidFrom.lte(day))
        .filter(open)
        .order_by_asc(role_assignment::Column::CreatedAt)
        .limit(MOST)
        .all(db.reader())
        .await?;
    let ids = assignments.iter().map(|assignment| assignment.role_id);
    let roles = role::Entity::find().filter(role::Column::Id.is_in(ids)).all(db.reader()).await?;
    let whole = assignments.into_iter().filter_map(|assignment| {
        let role = roles.iter().find(|role| role.id == assignment.role_id)?.clone();
        Some((assignment, role))
    });
    Ok(whole.collect())
}

/// The units of an organisation, each with its parent.
///
/// # Errors
/// As any read.
pub async fn units(db: &Db, organisation: OrganisationId) -> Result<Vec<(UnitId, Option<UnitId>)>, Failure> {
    let query = unit::Entity::find().select_only().columns([unit::Column::Id, unit::Column::ParentId]);
    Ok(query.filter(unit::Column::OrganisationId.eq(organisation)).limit(MOST).into_tuple().all(db.reader()).await?)
}

/// The units that a member works in.
///
/// # Errors
/// As any read.
pub async fn teams(db: &Db, membership: MembershipId) -> Result<Vec<UnitId>, Failure> {
    let query = membership_unit::Entity::find().select_only().column(membership_unit::Column::UnitId);
    Ok(query.filter(membership_unit::Column::MembershipId.eq(membership)).limit(MOST).into_tuple().all(db.reader()).await?)
}

/// The branches of an organisation that are verified and at work.
///
/// # Errors
/// As any read.
pub async fn branches(db: &Db, organisation: OrganisationId) -> Result<Vec<OrganisationId>, Failure> {
    let query = organisation::Entity::find().select_only().column(organisation::Column::Id);
    Ok(query
        .filter(organisation::Column::ParentId.eq(organisation))
        .filter(organisation::Column::VerifiedAt.is_not_null())
        .filter(organisation::Column::State.eq(OrganisationState::Active))
        .limit(MOST)
        .into_tuple()
        .all(db.reader())
        .await?)
}
