//! Writing persons and what stands beside them: locks, consents, receipts, links.

use chrono::{DateTime, NaiveDate, Utc};
use relais_domain::referral::Referral;
use relais_domain::shared::ids::{ConsentId, IdentityLinkId, OrganisationId, PersonId, ReferralId};
use sea_orm::sea_query::{Expr, ExprTrait as _, LockType, Query};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
};

use super::entity::{consent, disclosure, identity_link, person};
use super::view::with_form;
use crate::db::{Engine, Failure, Tx};
use crate::identity::entity::organisation;
use crate::referral::entity::referral;

/// Locks a record and reads it.
///
/// # Errors
/// [`Failure::Missing`].
pub async fn lock(tx: &Tx, id: PersonId) -> Result<person::Model, Failure> {
    person::Entity::find_by_id(id).lock(LockType::Update).one(tx.conn()).await?.ok_or(Failure::Missing)
}

/// Reads a record without a lock.
///
/// # Errors
/// [`Failure::Missing`].
pub async fn find(tx: &Tx, id: PersonId) -> Result<person::Model, Failure> {
    person::Entity::find_by_id(id).one(tx.conn()).await?.ok_or(Failure::Missing)
}

/// Removes the record that a draft made, unless it says more than the draft does, another leg names it, or it is linked with another.
///
/// # Errors
/// As any write.
pub async fn let_go(tx: &mut Tx, id: PersonId, draft: &Referral, act: &str) -> Result<(), Failure> {
    use identity_link::Column as L;
    let row = lock(tx, id).await?;
    let other = referral::Entity::find().filter(referral::Column::PersonId.eq(id)).filter(referral::Column::Id.ne(draft.id));
    let linked = identity_link::Entity::find().filter(Condition::any().add(L::PersonId.eq(id)).add(L::OtherPersonId.eq(id)));
    let needed = other.one(tx.conn()).await?.is_some() || linked.one(tx.conn()).await?.is_some();
    let corrected = with_form(row.clone(), &draft.form.person) != row;
    if row.made_by != Some(draft.id) || corrected || needed {
        return Ok(());
    }
    tx.remove_and_forget::<person::Entity>(row, act).await
}

/// Lets the links of an organisation be changed by one transaction after the other: what is judged there is what is there.
///
/// # Errors
/// As any read.
pub async fn lock_links(tx: &Tx, id: OrganisationId) -> Result<(), Failure> {
    if tx.engine() == Engine::Postgres {
        // Weaker than a lock for update: whoever only refers to the organisation does not wait.
        let row = organisation::Entity::find_by_id(id).lock(LockType::NoKeyUpdate);
        row.one(tx.conn()).await?.ok_or(Failure::Missing)?;
    }
    Ok(())
}

/// Locks a link of a record.
///
/// # Errors
/// [`Failure::Missing`], also when it is of another.
pub async fn lock_link(tx: &Tx, person: PersonId, id: IdentityLinkId) -> Result<identity_link::Model, Failure> {
    use identity_link::Column as L;
    let query = identity_link::Entity::find_by_id(id).filter(Condition::any().add(L::PersonId.eq(person)).add(L::OtherPersonId.eq(person)));
    query.lock(LockType::Update).one(tx.conn()).await?.ok_or(Failure::Missing)
}

/// Closes the record that the receiver of a leg keeps from it, since the person took the consent back. The leg is locked.
///
/// # Errors
/// As any write.
pub async fn close_kept_from(tx: &mut Tx, receiver: OrganisationId, leg: ReferralId) -> Result<(), Failure> {
    use person::Column as C;
    let kept = person::Entity::find().filter(C::OrganisationId.eq(receiver)).filter(C::KeptFrom.eq(leg));
    let kept = kept.filter(C::ConsentWithdrawnAt.is_null()).lock(LockType::Update).one(tx.conn()).await?;
    let Some(before) = kept else { return Ok(()) };
    let now = tx.ctx().now;
    let after = person::Model { consent_withdrawn_at: Some(now), updated_at: now, ..before.clone() };
    tx.save::<person::Entity>(&before, after, "withdraw_consent").await
}

/// One consent of some records, as this transaction sees it.
///
/// # Errors
/// [`Failure::Missing`], also when it is of another.
pub async fn consent_of(tx: &Tx, people: &[PersonId], id: ConsentId) -> Result<consent::Model, Failure> {
    let query = consent::Entity::find_by_id(id).filter(consent::Column::PersonId.is_in(people.iter().copied()));
    query.one(tx.conn()).await?.ok_or(Failure::Missing)
}

/// The consents of some records for one recipient that were not withdrawn.
///
/// # Errors
/// As any read.
pub async fn consents_for(tx: &Tx, people: &[PersonId], recipient: Option<OrganisationId>) -> Result<Vec<consent::Model>, Failure> {
    use consent::Column as K;
    let query = consent::Entity::find()
        .filter(K::PersonId.is_in(people.iter().copied()))
        .filter(recipient.map_or_else(|| K::RecipientOrganisationId.is_null(), |recipient| K::RecipientOrganisationId.eq(recipient)))
        .filter(K::WithdrawnAt.is_null())
        .order_by_asc(K::Id);
    Ok(query.lock(LockType::Update).all(tx.conn()).await?)
}

/// The legs of some records that are addressed to one organisation, in the order in which they are to be locked.
///
/// # Errors
/// As any read.
pub async fn legs_to(tx: &Tx, people: &[PersonId], receiver: OrganisationId) -> Result<Vec<ReferralId>, Failure> {
    use referral::Column as R;
    let query = Query::select()
        .column(R::Id)
        .from(referral::Entity)
        .and_where(Expr::col(R::PersonId).is_in(people.iter().copied()))
        .and_where(Expr::col(R::ReceiverOrganisationId).eq(receiver))
        .order_by(R::NeedId, sea_orm::Order::Asc)
        .order_by(R::Id, sea_orm::Order::Asc)
        .take();
    tx.conn().query_all(&query).await?.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

/// Every leg of a record, in the order in which they are to be locked.
///
/// # Errors
/// As any read.
pub async fn legs_of(tx: &Tx, person: PersonId) -> Result<Vec<ReferralId>, Failure> {
    use referral::Column as R;
    let query = Query::select()
        .column(R::Id)
        .from(referral::Entity)
        .and_where(Expr::col(R::PersonId).eq(person))
        .order_by(R::NeedId, sea_orm::Order::Asc)
        .order_by(R::Id, sea_orm::Order::Asc)
        .take();
    tx.conn().query_all(&query).await?.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

/// The organisations that read some legs: their senders and their receivers.
///
/// # Errors
/// As any read.
pub async fn told_of(tx: &Tx, legs: &[ReferralId]) -> Result<Vec<OrganisationId>, Failure> {
    use referral::Column as R;
    let query = Query::select()
        .columns([R::SenderOrganisationId, R::ReceiverOrganisationId])
        .from(referral::Entity)
        .and_where(Expr::col(R::Id).is_in(legs.iter().copied()))
        .take();
    let mut told = vec![];
    for row in tx.conn().query_all(&query).await? {
        told.push(row.try_get_by_index(0)?);
        told.extend(row.try_get_by_index::<Option<OrganisationId>>(1)?);
    }
    told.sort_unstable();
    told.dedup();
    Ok(told)
}

/// The consent under which a leg is told its receiver: the last that stands.
///
/// # Errors
/// As any read.
pub async fn consent_to(tx: &Tx, leg: ReferralId) -> Result<Option<consent::Model>, Failure> {
    use consent::Column as K;
    let query = consent::Entity::find().filter(K::ReferralId.eq(leg)).filter(K::WithdrawnAt.is_null());
    Ok(query.order_by_desc(K::GivenAt).order_by_desc(K::Id).one(tx.conn()).await?)
}

/// Legs that ended, are not closed to their receiver, who has not lost sight of them either, and whose consents are all over: their last day was before `today`.
///
/// # Errors
/// As any read.
pub async fn legs_without_consent(db: &crate::Db, today: NaiveDate, most: u64) -> Result<Vec<ReferralId>, Failure> {
    use consent::Column as K;
    use referral::Column as R;
    let consents = || {
        let of_leg = Expr::col((consent::Entity, K::ReferralId)).eq(Expr::col((referral::Entity, R::Id)));
        let standing = Expr::col((consent::Entity, K::WithdrawnAt)).is_null();
        Query::select().expr(Expr::val(1)).from(consent::Entity).and_where(of_leg).and_where(standing).take()
    };
    let ends_on = || Expr::col((consent::Entity, K::EndsOn));
    let over = consents().and_where(ends_on().lt(today)).take();
    let standing = consents().and_where(ends_on().is_null().or(ends_on().gte(today))).take();
    let query = Query::select()
        .column(R::Id)
        .from(referral::Entity)
        .and_where(Expr::col((referral::Entity, R::EndedAt)).is_not_null())
        .and_where(Expr::col((referral::Entity, R::ConsentWithdrawnAt)).is_null())
        .and_where(Expr::col((referral::Entity, R::ReceiverLeftAt)).is_null())
        .and_where(Expr::col((referral::Entity, R::BlankedAt)).is_null())
        .and_where(Expr::exists(over))
        .and_where(Expr::exists(standing).not())
        .limit(most)
        .take();
    db.reader().query_all(&query).await?.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

/// Writes a receipt with this transaction.
pub fn disclose(tx: &mut Tx, receipt: disclosure::Model) {
    tx.create_last::<disclosure::Entity>(receipt, "disclose");
}

/// The first legs of chains in which everything ended before an instant, with something left to erase.
///
/// # Errors
/// As any read.
pub async fn chains_ended_before(db: &crate::Db, cutoff: DateTime<Utc>, most: u64) -> Result<Vec<ReferralId>, Failure> {
    use referral::Column as R;
    use sea_orm::sea_query::Alias;
    let leg = |column: R| Expr::col((Alias::new("leg"), column));
    let other = |column: R| Expr::col((Alias::new("other"), column));
    let alive = Query::select()
        .expr(Expr::val(1))
        .from_as(referral::Entity, Alias::new("other"))
        .and_where(other(R::RootId).eq(leg(R::RootId)))
        .and_where(other(R::EndedAt).is_null().or(other(R::EndedAt).gt(cutoff)))
        .take();
    let query = Query::select()
        .distinct()
        .expr(leg(R::RootId))
        .from_as(referral::Entity, Alias::new("leg"))
        .and_where(leg(R::BlankedAt).is_null())
        .and_where(leg(R::EndedAt).lte(cutoff))
        .and_where(Expr::exists(alive).not())
        .limit(most)
        .take();
    db.reader().query_all(&query).await?.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

/// The legs of a chain that are to be erased, with their persons; none when something of the chain is still alive.
///
/// # Errors
/// As any read.
pub async fn chain_to_erase(tx: &Tx, root: ReferralId, cutoff: DateTime<Utc>) -> Result<Vec<(ReferralId, Option<PersonId>)>, Failure> {
    let legs = referral::Entity::find().filter(referral::Column::RootId.eq(root)).all(tx.conn()).await?;
    let alive = legs.iter().any(|leg| leg.ended_at.is_none_or(|at| at > cutoff));
    if alive {
        return Ok(vec![]);
    }
    Ok(legs.into_iter().filter(|leg| leg.blanked_at.is_none()).map(|leg| (leg.id, leg.person_id)).collect())
}

fn no_leg_left(person: Expr, column: referral::Column) -> Expr {
    use referral::Column as R;
    let left = Query::select()
        .expr(Expr::val(1))
        .from(referral::Entity)
        .and_where(Expr::col((referral::Entity, column)).eq(person))
        .and_where(Expr::col((referral::Entity, R::BlankedAt)).is_null())
        .take();
    Expr::exists(left).not()
}

/// Those among some records of which no leg is left that was not erased.
///
/// # Errors
/// As any read.
pub async fn without_legs(tx: &Tx, people: &[PersonId]) -> Result<Vec<PersonId>, Failure> {
    use person::Column as C;
    if people.is_empty() {
        return Ok(vec![]);
    }
    let rows = person::Entity::find()
        .filter(C::Id.is_in(people.iter().copied()))
        .filter(C::BlankedAt.is_null())
        .filter(no_leg_left(Expr::col((person::Entity, C::Id)), referral::Column::PersonId))
        .all(tx.conn())
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// The records that nobody touched since an instant and of which no leg is left that was not erased.
fn untouched(cutoff: DateTime<Utc>) -> Select<person::Entity> {
    use person::Column as C;
    person::Entity::find()
        .filter(C::BlankedAt.is_null())
        .filter(C::UpdatedAt.lte(cutoff))
        .filter(no_leg_left(Expr::col((person::Entity, C::Id)), referral::Column::PersonId))
        .filter(no_leg_left(Expr::col((person::Entity, C::KeptFrom)), referral::Column::Id))
}

/// Some of the records that nobody touched since an instant and of which no leg is left that was not erased.
///
/// # Errors
/// As any read.
pub async fn untouched_since(db: &crate::Db, cutoff: DateTime<Utc>, most: u64) -> Result<Vec<PersonId>, Failure> {
    let rows = untouched(cutoff).limit(most).all(db.reader()).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Whether that is true of a record, as this transaction sees it.
///
/// # Errors
/// As any read.
pub async fn is_untouched(tx: &Tx, id: PersonId, cutoff: DateTime<Utc>) -> Result<bool, Failure> {
    Ok(untouched(cutoff).filter(person::Column::Id.eq(id)).one(tx.conn()).await?.is_some())
}
