//! Small questions that other rooms ask inside their transactions.

use chrono::{DateTime, Utc};
use relais_domain::directory::OrganisationState;
use relais_domain::shared::ids::{OrganisationId, UserId};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::entity::{app_user, membership, organisation};
use crate::db::{Failure, Tx};

/// The name of an organisation's time zone.
///
/// # Errors
/// [`Failure::Missing`].
pub async fn time_zone_of(tx: &Tx, id: OrganisationId) -> Result<String, Failure> {
    Ok(organisation::Entity::find_by_id(id).one(tx.conn()).await?.ok_or(Failure::Missing)?.time_zone)
}

/// Whether a membership holds today. The zone is asked for only where it decides: it is a day ahead or behind at most.
///
/// # Errors
/// [`Failure::Missing`].
pub(crate) async fn holds_today(tx: &Tx, member: &membership::Model) -> Result<bool, Failure> {
    let (period, utc) = (member.period(), tx.ctx().now.date_naive());
    let mut around = [utc.pred_opt(), utc.succ_opt()].into_iter().flatten();
    if around.all(|day| period.contains(day) == period.contains(utc)) {
        return Ok(period.contains(utc));
    }
    let organisation = organisation::Entity::find_by_id(member.organisation_id).one(tx.conn()).await?.ok_or(Failure::Missing)?;
    Ok(period.contains(organisation.date_at(tx.ctx().now)))
}

/// Whether an organisation is at work.
///
/// # Errors
/// [`Failure::Missing`].
pub async fn state_of(tx: &Tx, id: OrganisationId) -> Result<OrganisationState, Failure> {
    Ok(organisation::Entity::find_by_id(id).one(tx.conn()).await?.ok_or(Failure::Missing)?.state)
}

/// What the clocks of an organisation's referrals ask about it.
#[derive(Clone, Debug)]
pub struct Timing {
    /// The name of its time zone.
    pub time_zone: String,
    /// Its country.
    pub country: String,
    /// The delays that it chose.
    pub clocks: Option<relais_domain::referral::OrganisationClocks>,
}

/// How an organisation counts time.
///
/// # Errors
/// [`Failure::Missing`].
pub async fn timing_of(tx: &Tx, id: OrganisationId) -> Result<Timing, Failure> {
    let organisation::Model { time_zone, country, clocks, .. } =
        organisation::Entity::find_by_id(id).one(tx.conn()).await?.ok_or(Failure::Missing)?;
    Ok(Timing { time_zone, country, clocks })
}

/// Whether a user is a member of an organisation today.
///
/// # Errors
/// As any read.
pub async fn is_member(tx: &Tx, organisation: OrganisationId, user: UserId) -> Result<bool, Failure> {
    let found = membership::Entity::find()
        .filter(membership::Column::OrganisationId.eq(organisation))
        .filter(membership::Column::UserId.eq(user))
        .one(tx.conn())
        .await?;
    match found {
        Some(row) => holds_today(tx, &row).await,
        None => Ok(false),
    }
}

/// Since when a user is a member of an organisation; none when they are not.
///
/// # Errors
/// As any read.
pub async fn member_since(tx: &Tx, organisation: OrganisationId, user: UserId) -> Result<Option<DateTime<Utc>>, Failure> {
    let of_user = membership::Entity::find().filter(membership::Column::UserId.eq(user));
    let row = of_user.filter(membership::Column::OrganisationId.eq(organisation)).one(tx.conn()).await?;
    Ok(row.map(|row| row.created_at))
}

/// The name and the e-mail address of a user.
///
/// # Errors
/// As any read.
pub async fn name_and_email(tx: &Tx, user: UserId) -> Result<Option<(String, String)>, Failure> {
    Ok(app_user::Entity::find_by_id(user).one(tx.conn()).await?.map(|row| (row.name, row.email)))
}

/// The names of those among some users who are or were members of an organisation.
///
/// # Errors
/// As any read.
pub async fn members_named(db: &crate::db::Db, organisation: OrganisationId, users: Vec<UserId>) -> Result<Vec<(UserId, String)>, Failure> {
    if users.is_empty() {
        return Ok(vec![]);
    }
    let of_organisation = membership::Entity::find().filter(membership::Column::OrganisationId.eq(organisation));
    let members = of_organisation.filter(membership::Column::UserId.is_in(users)).all(db.reader()).await?;
    let ids = members.into_iter().map(|member| member.user_id);
    let rows = app_user::Entity::find().filter(app_user::Column::Id.is_in(ids)).all(db.reader()).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

/// Who of an organisation chose to be told of what comes in, inside the transaction of an act; `None` when it has no members.
///
/// # Errors
/// As any read.
pub async fn notified_members(tx: &Tx, organisation: OrganisationId) -> Result<Option<Vec<UserId>>, Failure> {
    let today = organisation::Entity::find_by_id(organisation).one(tx.conn()).await?.ok_or(Failure::Missing)?.date_at(tx.ctx().now);
    let rows = membership::Entity::find().filter(membership::Column::OrganisationId.eq(organisation)).all(tx.conn()).await?;
    let members: Vec<_> = rows.into_iter().filter(|row| row.period().contains(today)).collect();
    Ok((!members.is_empty()).then(|| members.into_iter().filter(|row| row.notified).map(|row| row.user_id).collect()))
}

/// How somebody is named to others: the user's name, else the organisation's.
///
/// # Errors
/// [`Failure::Missing`].
pub async fn display_name(tx: &Tx, user: Option<UserId>, organisation: OrganisationId) -> Result<String, Failure> {
    if let Some(user) = user
        && let Some(row) = app_user::Entity::find_by_id(user).one(tx.conn()).await?
    {
        return Ok(row.name);
    }
    Ok(organisation::Entity::find_by_id(organisation).one(tx.conn()).await?.ok_or(Failure::Missing)?.name)
}

/// The organisation's roles that were made from templates: the template's code and the role.
///
/// # Errors
/// As any read.
pub async fn template_roles(tx: &Tx, organisation: OrganisationId) -> Result<Vec<(String, relais_domain::shared::ids::RoleId)>, Failure> {
    let rows =
        super::entity::role::Entity::find().filter(super::entity::role::Column::OrganisationId.eq(organisation)).all(tx.conn()).await?;
    Ok(rows.into_iter().filter_map(|row| Some((row.template?, row.id))).collect())
}

/// An organisation that a feed brought, by its name.
///
/// # Errors
/// As any read.
pub async fn imported(db: &crate::db::Db, source: &str, source_id: &str) -> Result<Option<organisation::Model>, Failure> {
    let query =
        organisation::Entity::find().filter(organisation::Column::Source.eq(source)).filter(organisation::Column::SourceId.eq(source_id));
    Ok(query.one(db.reader()).await?)
}

/// Whether anybody can sign in here.
///
/// # Errors
/// As any read.
pub async fn anybody(db: &crate::db::Db) -> Result<bool, Failure> {
    Ok(app_user::Entity::find().one(db.reader()).await?.is_some())
}
