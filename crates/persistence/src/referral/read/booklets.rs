//! Reading booklets: those of an organisation, those that the person of a leg carries, and their ledgers.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use relais_domain::access::{Field, Rule};
use relais_domain::referral::{BookletNumber, BookletState};
use relais_domain::shared::ids::{BookletId, BookletSeriesId, ReferralId};
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, JoinType, Query, SelectStatement};
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _};
use uuid::Uuid;

use super::super::entity::{booklet, booklet_entry, booklet_series, referral};
use super::Reader;
use super::legs::{at, leg, visible_legs};
use crate::access;
use crate::db::{Db, Failure, Tx};

/// Where a page begins: the instant and id of the last row of the page before.
type After = Option<(DateTime<Utc>, Uuid)>;

/// A booklet belongs to the organisation to which it was issued, and to no unit.
fn columns(field: Field) -> Option<Expr> {
    (field == Field::Organisation).then(|| Expr::col((booklet::Entity, booklet::Column::OrganisationId)))
}

/// What a list of booklets is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct BookletFilter {
    /// Where they stand; any when empty.
    pub states: Vec<BookletState>,
    /// Those that the person of this leg carries, to whomever they were issued.
    pub carried_by: Option<ReferralId>,
    /// The one with this number.
    pub number: Option<BookletNumber>,
}

/// The legs by which persons of the legs in `seen` got booklets: the same chain, or another of the same person.
fn given_to_persons_of(mut seen: SelectStatement) -> SelectStatement {
    let same_chain = at("given", referral::Column::RootId).eq(leg(referral::Column::RootId));
    let same_person = at("given", referral::Column::PersonId).eq(leg(referral::Column::PersonId));
    seen.join_as(JoinType::InnerJoin, referral::Entity, Alias::new("given"), same_chain.or(same_person));
    seen.expr(at("given", referral::Column::Id)).take()
}

/// Up to `most` booklets, in the order in which they were issued: those that `own` reaches, or those that the person of a leg
/// carries that `legs` shows.
///
/// # Errors
/// As any read.
pub async fn booklets(
    db: &Db,
    (own, legs): (&Rule, &Rule),
    reader: Reader,
    filter: &BookletFilter,
    after: After,
    most: u64,
) -> Result<Vec<booklet::Model>, Failure> {
    use booklet::Column as B;
    let mut query = booklet::Entity::find();
    query = match filter.carried_by {
        Some(id) => {
            let mut seen = visible_legs(legs, reader);
            seen.and_where(leg(referral::Column::Id).eq(id));
            query.filter(B::ReferralId.in_subquery(given_to_persons_of(seen)))
        }
        None => query.filter(access::visible(own, columns)),
    };
    if !filter.states.is_empty() {
        query = query.filter(B::State.is_in(filter.states.iter().copied()));
    }
    if let Some(number) = &filter.number {
        query = query.filter(B::Number.eq(number.as_str()));
    }
    if let Some((at, id)) = after {
        let place = Expr::tuple([Expr::col((booklet::Entity, B::CreatedAt)), Expr::col((booklet::Entity, B::Id))]);
        query = query.filter(place.gt(Expr::tuple([Expr::val(at), Expr::val(id)])));
    }
    Ok(query.order_by_asc(B::CreatedAt).order_by_asc(B::Id).limit(most).all(db.reader()).await?)
}

/// One booklet that `own` reaches, or that the person of some leg carries that `legs` shows.
///
/// # Errors
/// [`Failure::Missing`].
pub async fn booklet(db: &Db, rules: (&Rule, &Rule), reader: Reader, id: BookletId) -> Result<booklet::Model, Failure> {
    in_sight(db.reader(), rules, reader, id).await
}

/// As [`booklet`], in the transaction of an act.
///
/// # Errors
/// As [`booklet`].
pub async fn booklet_in(tx: &Tx, rules: (&Rule, &Rule), reader: Reader, id: BookletId) -> Result<booklet::Model, Failure> {
    in_sight(tx.conn(), rules, reader, id).await
}

async fn in_sight(
    conn: &impl ConnectionTrait,
    (own, legs): (&Rule, &Rule),
    reader: Reader,
    id: BookletId,
) -> Result<booklet::Model, Failure> {
    let carried = booklet::Column::ReferralId.in_subquery(given_to_persons_of(visible_legs(legs, reader)));
    let mine = booklet::Entity::find_by_id(id).filter(access::visible(own, columns)).one(conn).await?;
    match mine {
        Some(row) => Ok(row),
        None => booklet::Entity::find_by_id(id).filter(carried).one(conn).await?.ok_or(Failure::Missing),
    }
}

/// Those among some legs that a rule shows.
///
/// # Errors
/// As any read.
pub async fn readable(db: &Db, rule: &Rule, reader: Reader, ids: Vec<ReferralId>) -> Result<BTreeSet<ReferralId>, Failure> {
    if ids.is_empty() {
        return Ok(BTreeSet::new());
    }
    let mut query = visible_legs(rule, reader);
    query.expr(leg(referral::Column::Id)).and_where(leg(referral::Column::Id).is_in(ids));
    let rows = db.reader().query_all(&query).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

/// Up to `most` entries of a booklet's ledger, in their order.
///
/// # Errors
/// As any read.
pub async fn booklet_entries(db: &Db, id: BookletId, after: After, most: u64) -> Result<Vec<booklet_entry::Model>, Failure> {
    use booklet_entry::Column as E;
    let mut query = booklet_entry::Entity::find().filter(E::BookletId.eq(id));
    if let Some((at, id)) = after {
        let place = Expr::tuple([E::CreatedAt.into_expr(), E::Id.into_expr()]);
        query = query.filter(place.gt(Expr::tuple([Expr::val(at), Expr::val(id)])));
    }
    Ok(query.order_by_asc(E::CreatedAt).order_by_asc(E::Id).limit(most).all(db.reader()).await?)
}

/// Up to `most` series, in the order in which they were issued.
///
/// # Errors
/// As any read.
pub async fn series(db: &Db, after: After, most: u64) -> Result<Vec<booklet_series::Model>, Failure> {
    use booklet_series::Column as S;
    let mut query = booklet_series::Entity::find();
    if let Some((at, id)) = after {
        let place = Expr::tuple([S::CreatedAt.into_expr(), S::Id.into_expr()]);
        query = query.filter(place.gt(Expr::tuple([Expr::val(at), Expr::val(id)])));
    }
    Ok(query.order_by_asc(S::CreatedAt).order_by_asc(S::Id).limit(most).all(db.reader()).await?)
}

/// One series.
///
/// # Errors
/// [`Failure::Missing`].
pub async fn one_series(db: &Db, id: BookletSeriesId) -> Result<booklet_series::Model, Failure> {
    booklet_series::Entity::find_by_id(id).one(db.reader()).await?.ok_or(Failure::Missing)
}

/// A condition on legs: their person carries the booklet with this number.
pub(super) fn carries(number: &str) -> Expr {
    let given = |column: referral::Column| {
        let of_number = booklet::Entity::find()
            .select_only()
            .column(booklet::Column::ReferralId)
            .filter(booklet::Column::Number.eq(number))
            .filter(booklet::Column::ReferralId.is_not_null())
            .into_query();
        let mut legs = Query::select();
        legs.expr(at("giving", column)).from_as(referral::Entity, Alias::new("giving"));
        legs.and_where(at("giving", referral::Column::Id).in_subquery(of_number)).and_where(at("giving", column).is_not_null());
        legs
    };
    let same_chain = leg(referral::Column::RootId).in_subquery(given(referral::Column::RootId));
    same_chain.or(leg(referral::Column::PersonId).in_subquery(given(referral::Column::PersonId)))
}
