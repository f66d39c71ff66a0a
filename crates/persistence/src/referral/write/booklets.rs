//! Writing booklets: numbers that are given once, the ledger, and the legs that a booklet leads to.

use std::collections::BTreeSet;

use relais_domain::referral::{BookletNumber, Referral, State};
use relais_domain::shared::ids::{BookletEntryId, BookletId, PersonId, ReferralId, RetrievalId};
use sea_orm::sea_query::{Alias, CaseStatement, Expr, ExprTrait as _, LockType, Query};
use sea_orm::{ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, Order, QueryFilter as _, QuerySelect as _, Statement};
use uuid::Uuid;

use super::super::entity::{booklet, booklet_entry, referral, retrieval};
use super::to_domain;
use crate::db::{Engine, Failure, Tx};
use crate::person::entity::{identity_link, person};

/// The place of the next number, under the lock under which numbers are given.
///
/// # Errors
/// As any write.
pub async fn next_number(tx: &Tx) -> Result<i64, Failure> {
    take_numbers(tx, 0).await
}

/// Takes so many numbers; gives the place of the next after them. They are never given again.
///
/// # Errors
/// As any write.
pub async fn take_numbers(tx: &Tx, count: i32) -> Result<i64, Failure> {
    let (a, b) = match tx.engine() {
        Engine::Postgres => ("$1", "$2"),
        Engine::Sqlite => ("?", "?"),
    };
    let sql = format!(
        "INSERT INTO booklet_counter (name, next) VALUES ('number', {a}) \
         ON CONFLICT (name) DO UPDATE SET next = booklet_counter.next + {b} RETURNING next"
    );
    let (first, more) = (i64::from(count), i64::from(count));
    let statement = Statement::from_sql_and_values(tx.conn().get_database_backend(), sql, [first.into(), more.into()]);
    let row = tx.conn().query_one_raw(statement).await?.ok_or(Failure::Missing)?;
    Ok(row.try_get_by_index(0)?)
}

/// A booklet, locked.
///
/// # Errors
/// [`Failure::Missing`].
pub async fn lock_booklet(tx: &Tx, id: BookletId) -> Result<booklet::Model, Failure> {
    booklet::Entity::find_by_id(id).lock(LockType::Update).one(tx.conn()).await?.ok_or(Failure::Missing)
}

/// An entry of a booklet's ledger.
///
/// # Errors
/// As any read.
pub async fn booklet_entry(tx: &Tx, of: BookletId, id: BookletEntryId) -> Result<Option<booklet_entry::Model>, Failure> {
    Ok(booklet_entry::Entity::find_by_id(id).filter(booklet_entry::Column::BookletId.eq(of)).one(tx.conn()).await?)
}

/// Whether units were drawn for a step of a leg's path, and not given back. Asked under the lock of the leg.
///
/// # Errors
/// As any read.
pub async fn is_drawn(tx: &Tx, leg: ReferralId, step: Uuid) -> Result<bool, Failure> {
    use booklet_entry::Column as E;
    let query = booklet_entry::Entity::find().filter(E::ReferralId.eq(leg)).filter(E::StepId.eq(step)).filter(E::Kind.eq("use"));
    Ok(query.filter(E::ReversedBy.is_null()).one(tx.conn()).await?.is_some())
}

/// Whether the person of a leg carries a booklet: they got it by a leg of the same chain, or by another of the same person.
///
/// # Errors
/// As any read.
pub async fn is_carried(tx: &Tx, booklet: &booklet::Model, leg: &Referral) -> Result<bool, Failure> {
    let Some(given) = booklet.referral_id else { return Ok(false) };
    let given = referral::Entity::find_by_id(given).one(tx.conn()).await?;
    Ok(given.is_some_and(|given| given.root_id == leg.root_id || (given.person_id.is_some() && given.person_id == leg.person_id)))
}

/// A booklet by its number, and the legs that wait for their receiver or are taken in charge, of the person who carries it: those
/// of the chain by which the person got it first, then the oldest. The same statement is run for a number that nobody carries.
///
/// # Errors
/// As any read.
pub async fn legs_carrying(tx: &Tx, number: &BookletNumber) -> Result<Vec<(BookletId, Referral)>, Failure> {
    use referral::Column as C;
    let at = |table: &'static str, column: C| Expr::col((Alias::new(table), column));
    let same_chain = || at("leg", C::RootId).eq(at("given", C::RootId));
    let same_person = at("leg", C::PersonId).eq(at("given", C::PersonId));
    let receivers = State::ALL.iter().filter(|state| state.is_to_handle() || **state == State::Accepted).map(|state| state.code());
    let of_number = booklet::Column::ReferralId.into_expr().eq(at("given", C::Id));
    let first = CaseStatement::new().case(same_chain(), Expr::val(0)).finally(Expr::val(1));
    let query = Query::select()
        .expr(booklet::Column::Id.into_expr())
        .expr(at("leg", C::Id))
        .from(booklet::Entity)
        .join_as(sea_orm::JoinType::InnerJoin, referral::Entity, Alias::new("given"), of_number)
        .join_as(sea_orm::JoinType::InnerJoin, referral::Entity, Alias::new("leg"), same_chain().or(same_person))
        .and_where(booklet::Column::Number.into_expr().eq(number.as_str()))
        .and_where(at("leg", C::State).is_in(receivers))
        .and_where(at("leg", C::ToldAt).is_not_null())
        .order_by_expr(Expr::expr(first), Order::Asc)
        .order_by_expr(at("leg", C::ToldAt), Order::Asc)
        .order_by_expr(at("leg", C::Id), Order::Asc)
        .limit(20)
        .take();
    let mut found = vec![];
    for row in tx.conn().query_all(&query).await? {
        let (booklet, leg): (BookletId, ReferralId) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        if let Some(row) = referral::Entity::find_by_id(leg).one(tx.conn()).await? {
            found.push((booklet, to_domain(row)?));
        }
    }
    Ok(found)
}

/// Whether a record of a leg's person is protected: the sender's, one that a holder in the chain keeps, or one that is linked with
/// any of them as the same person.
///
/// # Errors
/// As any read.
pub async fn has_protected_record(tx: &Tx, leg: &Referral) -> Result<bool, Failure> {
    use identity_link::Column as L;
    use person::Column as P;
    let chain = |column: referral::Column| {
        Query::select().column(column).from(referral::Entity).and_where(referral::Column::RootId.into_expr().eq(leg.root_id)).take()
    };
    let of_chain = P::Id.in_subquery(chain(referral::Column::PersonId)).or(P::KeptFrom.in_subquery(chain(referral::Column::Id)));
    let mut fresh: Vec<person::Model> = person::Entity::find().filter(of_chain).all(tx.conn()).await?;
    let mut known = BTreeSet::new();
    while !fresh.is_empty() {
        if fresh.iter().any(|record| record.protected) {
            return Ok(true);
        }
        let ids: Vec<PersonId> = fresh.iter().map(|record| record.id).collect();
        known.extend(ids.iter().copied());
        let links = identity_link::Entity::find().filter(L::PersonId.is_in(ids.iter().copied()).or(L::OtherPersonId.is_in(ids)));
        let linked: BTreeSet<PersonId> =
            links.all(tx.conn()).await?.into_iter().flat_map(|link| [link.person_id, link.other_person_id]).collect();
        let beyond: Vec<PersonId> = linked.difference(&known).copied().collect();
        fresh = if beyond.is_empty() { vec![] } else { person::Entity::find().filter(P::Id.is_in(beyond)).all(tx.conn()).await? };
    }
    Ok(false)
}

/// The claim that waits for its time on a leg, if any.
///
/// # Errors
/// As any read.
pub async fn open_claim(tx: &Tx, leg: ReferralId) -> Result<Option<retrieval::Model>, Failure> {
    use retrieval::Column as R;
    let query = retrieval::Entity::find().filter(R::ReferralId.eq(leg)).filter(R::State.eq("claimed"));
    Ok(query.lock(LockType::Update).one(tx.conn()).await?)
}

/// A retrieval as it stands, without a lock: to find out which leg to lock first.
///
/// # Errors
/// [`Failure::Missing`].
pub async fn retrieval_in(tx: &Tx, id: RetrievalId) -> Result<retrieval::Model, Failure> {
    retrieval::Entity::find_by_id(id).one(tx.conn()).await?.ok_or(Failure::Missing)
}

/// A retrieval, locked; its leg is locked before.
///
/// # Errors
/// [`Failure::Missing`].
pub async fn lock_retrieval(tx: &Tx, id: RetrievalId) -> Result<retrieval::Model, Failure> {
    retrieval::Entity::find_by_id(id).lock(LockType::Update).one(tx.conn()).await?.ok_or(Failure::Missing)
}
