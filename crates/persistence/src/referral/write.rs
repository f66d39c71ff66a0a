//! Writing referrals, under their locks.

mod beside;
mod booklets;
mod chain;
mod mapping;

use relais_domain::access::{Facts, Field, Operand};
use relais_domain::referral::Referral;
use relais_domain::shared::ids::{OrganisationId, ReferralId};
use sea_orm::sea_query::{Expr, ExprTrait as _, LockType, Query};
use sea_orm::{ColumnTrait as _, Condition, ConnectionTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};

use super::entity::{need, reading_mark, referral, referral_assignment, referral_filing};
use crate::db::{Engine, Failure, Tx};
use crate::person::write as people;

use mapping::to_next_row;
pub use mapping::{to_domain, to_row};

pub use chain::{Forsaken, forsaken_by, holders, rivals, taken_elsewhere};

pub use beside::{assign, consents, file, filing_of, mark, revoke_links, revoke_links_of_receiver, unfile};
pub use booklets::{
    booklet_entry, has_protected_record, is_carried, is_drawn, legs_carrying, lock_booklet, lock_retrieval, next_number, open_claim,
    retrieval_in, take_numbers,
};

/// Of how many people of one name a duplicate is looked for.
const MOST_NAMESAKES: u64 = 200;

/// A leg under its lock: the row as it was read, the aggregate, and who is assigned.
#[derive(Clone, Debug)]
pub struct Locked {
    /// The row.
    pub row: referral::Model,
    /// The aggregate.
    pub leg: Referral,
    /// Who handles it at the receiver.
    pub assignment: Option<referral_assignment::Model>,
}

impl Facts for Locked {
    fn value(&self, field: Field) -> Option<Operand> {
        let leg = &self.leg;
        let uuid = |id: uuid::Uuid| Some(Operand::Uuid(id));
        match field {
            Field::Id => uuid(leg.id.0),
            Field::State => Some(Operand::Text(leg.state.code().to_owned())),
            Field::SenderOrganisation => uuid(leg.sender_organisation_id.0),
            Field::SenderUnit => uuid(leg.sender_unit_id?.0),
            Field::SentBy => uuid(leg.sent_by?.0),
            Field::Adviser => uuid(leg.adviser_id?.0),
            Field::ReceiverOrganisation => uuid(leg.receiver_organisation_id?.0),
            Field::ReceiverUnit => uuid(leg.receiver_unit_id?.0),
            Field::AssignedMember => uuid(self.assignment.as_ref()?.member_id?.0),
            Field::AssignedTeam => uuid(self.assignment.as_ref()?.unit_id?.0),
            Field::ToldAt => Some(Operand::Text(leg.told_at?.to_rfc3339())),
            Field::ReceiverLeft => Some(Operand::Text(leg.receiver_left_at?.to_rfc3339())),
            Field::ConsentWithdrawn => Some(Operand::Text(leg.consent_withdrawn_at?.to_rfc3339())),
            Field::KeptFrom | Field::Organisation | Field::Unit | Field::User => None,
        }
    }
}

/// Locks the need, then the leg, and reads it. The order is the same everywhere, so that acts wait and never lock up.
///
/// # Errors
/// [`Failure::Missing`].
pub async fn lock(tx: &Tx, id: ReferralId) -> Result<Locked, Failure> {
    if tx.engine() == Engine::Postgres {
        let of_leg = Query::select()
            .column(referral::Column::NeedId)
            .from(referral::Entity)
            .and_where(Expr::col(referral::Column::Id).eq(id))
            .take();
        let lock = Query::select()
            .column(need::Column::Id)
            .from(need::Entity)
            .and_where(Expr::col(need::Column::Id).in_subquery(of_leg))
            .lock(LockType::Update)
            .take();
        tx.conn().query_one(&lock).await?;
    }
    let row = referral::Entity::find_by_id(id).lock(LockType::Update).one(tx.conn()).await?.ok_or(Failure::Missing)?;
    let assignment = referral_assignment::Entity::find_by_id(id).one(tx.conn()).await?;
    let leg = to_domain(row.clone())?;
    Ok(Locked { row, leg, assignment })
}

/// Reads a leg as this transaction sees it, without a lock.
///
/// # Errors
/// [`Failure::Missing`].
pub async fn find(tx: &Tx, id: ReferralId) -> Result<Locked, Failure> {
    let row = referral::Entity::find_by_id(id).one(tx.conn()).await?.ok_or(Failure::Missing)?;
    let assignment = referral_assignment::Entity::find_by_id(id).one(tx.conn()).await?;
    let leg = to_domain(row.clone())?;
    Ok(Locked { row, leg, assignment })
}

/// Inserts a new leg and its need.
///
/// # Errors
/// [`Failure::Conflict`] when the id is taken.
pub async fn create(tx: &mut Tx, leg: Referral) -> Result<(), Failure> {
    let created_at = leg.created_at;
    tx.create::<need::Entity>(need::Model { id: leg.need_id, created_at }, "created").await?;
    tx.create::<referral::Entity>(to_row(leg), "created").await
}

/// Inserts one more leg of a need that is there.
///
/// # Errors
/// [`Failure::Conflict`] when the id is taken.
pub async fn add(tx: &mut Tx, leg: Referral, act: &str) -> Result<(), Failure> {
    tx.create::<referral::Entity>(to_row(leg), act).await
}

/// Saves what a command made of a leg.
///
/// # Errors
/// [`Failure::Stale`] when it moved meanwhile.
pub async fn save(tx: &mut Tx, before: &Locked, after: Referral, act: &str, reason: Option<&str>) -> Result<(), Failure> {
    tx.save_because::<referral::Entity>(&before.row, to_next_row(after, before), act, reason).await
}

/// Notes that somebody worked on a draft beside its row, such as on its files. Its version stands: what it says is the same.
///
/// # Errors
/// As any write.
pub async fn touch(tx: &Tx, draft: &Referral) -> Result<(), Failure> {
    referral::Entity::update_many()
        .col_expr(referral::Column::UpdatedAt, Expr::val(draft.updated_at))
        .col_expr(referral::Column::ExpireAt, Expr::val(draft.expire_at))
        .filter(referral::Column::Id.eq(draft.id))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Deletes a draft with the rows beside it, and the record of the person that it made, unless something else needs that. The
/// journal keeps that it was deleted, and nothing of what it said.
///
/// # Errors
/// [`Failure::Stale`] when it is gone already.
pub async fn delete_draft(tx: &mut Tx, draft: Locked, act: &str) -> Result<(), Failure> {
    let (id, need_id) = (draft.leg.id, draft.leg.need_id);
    reading_mark::Entity::delete_many().filter(reading_mark::Column::ReferralId.eq(id)).exec(tx.conn()).await?;
    for filing in referral_filing::Entity::find().filter(referral_filing::Column::ReferralId.eq(id)).all(tx.conn()).await? {
        tx.remove_and_forget::<referral_filing::Entity>(filing, act).await?;
    }
    crate::message::entity::notice::Entity::delete_many()
        .filter(crate::message::entity::notice::Column::ReferralId.eq(id))
        .exec(tx.conn())
        .await?;
    tx.remove_and_forget::<referral::Entity>(draft.row, act).await?;
    need::Entity::delete_many().filter(need::Column::Id.eq(need_id)).exec(tx.conn()).await?;
    match draft.leg.person_id {
        Some(person_id) => people::let_go(tx, person_id, &draft.leg, act).await,
        None => Ok(()),
    }
}

/// The open legs that an organisation sent, or received and was told of, for what a leg asks for (its service, or without one its
/// receiver), under the same folded name: candidates for a duplicate. The newest first.
///
/// # Errors
/// As any read.
pub async fn same_name(tx: &Tx, organisation: OrganisationId, leg: &Referral, name_folded: &str) -> Result<Vec<Locked>, Failure> {
    use referral::Column as C;
    let open =
        relais_domain::referral::State::ALL.iter().filter(|state| state.is_open() && **state != relais_domain::referral::State::Draft);
    let received = Condition::all().add(C::ReceiverOrganisationId.eq(organisation)).add(C::ToldAt.is_not_null());
    let query = referral::Entity::find()
        .filter(Condition::any().add(C::SenderOrganisationId.eq(organisation)).add(received))
        .filter(C::NameFolded.eq(name_folded))
        .filter(C::State.is_in(open.map(|state| state.code())))
        .filter(C::Id.ne(leg.id))
        .order_by_desc(C::CreatedAt)
        .limit(MOST_NAMESAKES);
    let query = match (leg.service_id, leg.receiver_organisation_id) {
        (Some(service), _) => query.filter(C::ServiceId.eq(service)),
        (None, Some(receiver)) => query.filter(C::ServiceId.is_null()).filter(C::ReceiverOrganisationId.eq(receiver)),
        (None, None) => return Ok(vec![]),
    };
    let rows = query.all(tx.conn()).await?;
    let ids = rows.iter().map(|row| row.id);
    let assigned = referral_assignment::Entity::find().filter(referral_assignment::Column::ReferralId.is_in(ids)).all(tx.conn()).await?;
    let locked = rows.into_iter().map(|row| {
        let assignment = assigned.iter().find(|assignment| assignment.referral_id == row.id).cloned();
        Ok(Locked { leg: to_domain(row.clone())?, row, assignment })
    });
    locked.collect()
}

/// The held leg of an organisation that waits longest.
///
/// # Errors
/// As any read.
pub async fn longest_held(tx: &Tx, sender: OrganisationId) -> Result<Option<ReferralId>, Failure> {
    use referral::Column as C;
    let query = Query::select()
        .column(C::Id)
        .from(referral::Entity)
        .and_where(C::SenderOrganisationId.eq(sender))
        .and_where(C::State.eq("held"))
        .order_by(C::StateSince, sea_orm::Order::Asc)
        .order_by(C::Id, sea_orm::Order::Asc)
        .limit(1)
        .take();
    Ok(tx.conn().query_one(&query).await?.map(|row| row.try_get_by_index(0)).transpose()?)
}

/// The ids of an organisation's held legs, oldest first.
///
/// # Errors
/// As any read.
pub async fn held_of(tx: &Tx, sender: OrganisationId) -> Result<Vec<ReferralId>, Failure> {
    use referral::Column as C;
    let query = Query::select()
        .column(C::Id)
        .from(referral::Entity)
        .and_where(C::SenderOrganisationId.eq(sender))
        .and_where(C::State.eq("held"))
        .order_by(C::CreatedAt, sea_orm::Order::Asc)
        .take();
    tx.conn().query_all(&query).await?.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}
