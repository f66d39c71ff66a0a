//! The rows beside a leg, which move no version of it: filing, assignment, reading marks, consents, links.

use chrono::{DateTime, Utc};
use relais_domain::referral::Filing;
use relais_domain::shared::ids::{OrganisationId, ReferralId, UserId};
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict, Query};
use sea_orm::{ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _};

use super::super::entity::{access_link, reading_mark, referral, referral_assignment, referral_filing};
use super::Locked;
use crate::db::{Failure, Tx};
use crate::person::entity::consent;

/// An organisation's filing of a leg.
///
/// # Errors
/// As any read.
pub async fn filing_of(tx: &Tx, id: ReferralId, organisation: OrganisationId) -> Result<Option<Filing>, Failure> {
    let row = referral_filing::Entity::find_by_id((id, organisation)).one(tx.conn()).await?;
    Ok(row.map(|row| {
        let referral_filing::Model { referral_id: _, organisation_id: _, reason, note, before, version_after, filed_at } = row;
        Filing { reason, note, before, version_after, filed_at }
    }))
}

/// Files a leg for an organisation.
///
/// # Errors
/// [`Failure::Conflict`] when it is filed already.
pub async fn file(tx: &mut Tx, id: ReferralId, organisation: OrganisationId, filing: Filing) -> Result<(), Failure> {
    let Filing { reason, note, before, version_after, filed_at } = filing;
    let row = referral_filing::Model { referral_id: id, organisation_id: organisation, reason, note, before, version_after, filed_at };
    tx.create::<referral_filing::Entity>(row, "archive").await
}

/// Takes an organisation's filing back.
///
/// # Errors
/// As any write.
pub async fn unfile(tx: &mut Tx, id: ReferralId, organisation: OrganisationId) -> Result<(), Failure> {
    if let Some(row) = referral_filing::Entity::find_by_id((id, organisation)).one(tx.conn()).await? {
        tx.remove::<referral_filing::Entity>(row, "unarchive").await?;
    }
    Ok(())
}

/// Sets who handles a leg at its receiver; neither member nor unit takes the assignment away.
///
/// # Errors
/// As any write.
pub async fn assign(tx: &mut Tx, before: &Locked, assignment: referral_assignment::Model) -> Result<(), Failure> {
    let nobody = assignment.member_id.is_none() && assignment.unit_id.is_none();
    match before.assignment.clone() {
        Some(old) if nobody => tx.remove::<referral_assignment::Entity>(old, "assign").await,
        Some(old) => tx.save::<referral_assignment::Entity>(&old, assignment, "assign").await,
        None if nobody => Ok(()),
        None => tx.create::<referral_assignment::Entity>(assignment, "assign").await,
    }
}

/// Notes that a user has read a leg, or has not.
///
/// # Errors
/// As any write.
pub async fn mark(tx: &Tx, id: ReferralId, user: UserId, read_at: Option<DateTime<Utc>>) -> Result<(), Failure> {
    let Some(read_at) = read_at else {
        reading_mark::Entity::delete_by_id((id, user)).exec(tx.conn()).await?;
        return Ok(());
    };
    let row = reading_mark::Model { referral_id: id, user_id: user, read_at };
    let update = OnConflict::columns([reading_mark::Column::ReferralId, reading_mark::Column::UserId])
        .update_column(reading_mark::Column::ReadAt)
        .to_owned();
    reading_mark::Entity::insert(row.into_active_model().reset_all()).on_conflict(update).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// The consents to a referral.
///
/// # Errors
/// As any read.
pub async fn consents(tx: &Tx, id: ReferralId) -> Result<Vec<consent::Model>, Failure> {
    Ok(consent::Entity::find().filter(consent::Column::ReferralId.eq(id)).all(tx.conn()).await?)
}

/// Kills every access link of the legs that an organisation received.
///
/// # Errors
/// As any write.
pub async fn revoke_links_of_receiver(tx: &Tx, organisation: OrganisationId) -> Result<(), Failure> {
    let received = Query::select()
        .column(referral::Column::Id)
        .from(referral::Entity)
        .and_where(Expr::col(referral::Column::ReceiverOrganisationId).eq(organisation))
        .take();
    access_link::Entity::update_many()
        .col_expr(access_link::Column::RevokedAt, Expr::val(tx.ctx().now))
        .filter(access_link::Column::ReferralId.in_subquery(received))
        .filter(access_link::Column::RevokedAt.is_null())
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Kills every access link of a leg.
///
/// # Errors
/// As any write.
pub async fn revoke_links(tx: &Tx, id: ReferralId) -> Result<(), Failure> {
    access_link::Entity::update_many()
        .col_expr(access_link::Column::RevokedAt, Expr::val(tx.ctx().now))
        .filter(access_link::Column::ReferralId.eq(id))
        .filter(access_link::Column::RevokedAt.is_null())
        .exec(tx.conn())
        .await?;
    Ok(())
}
