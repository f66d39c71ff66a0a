//! Reading retrievals: the claimant's own, and those of legs that the holder may read.

use chrono::{DateTime, Utc};
use relais_domain::access::Rule;
use relais_domain::referral::RetrievalState;
use relais_domain::shared::ids::RetrievalId;
use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait as _, JoinType, Query, SelectStatement};
use sea_orm::{ConnectionTrait as _, FromQueryResult as _, Order};
use uuid::Uuid;

use super::super::entity::{referral, retrieval};
use super::super::view::RetrievalRow;
use super::Reader;
use super::legs::{at, leg, visible_legs};
use crate::db::{Db, Failure};
use crate::identity::entity::organisation;

/// From which side retrievals are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetrievalSide {
    /// What my organisation asked for.
    Claimant,
    /// What others asked of my organisation.
    Holder,
}

/// What a list of retrievals is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct RetrievalFilter {
    /// Where they stand; any when empty.
    pub states: Vec<RetrievalState>,
    /// One side; both when none.
    pub side: Option<RetrievalSide>,
}

const COLUMNS: &[retrieval::Column] = &{
    use retrieval::Column as C;
    [
        C::Id,
        C::State,
        C::ClaimantOrganisationId,
        C::HolderOrganisationId,
        C::ReferralId,
        C::NextReferralId,
        C::ServiceId,
        C::TakeInCharge,
        C::UrgentReason,
        C::Objection,
        C::DueAt,
        C::DecidedAt,
        C::CreatedAt,
        C::UpdatedAt,
        C::Version,
    ]
};

fn column(column: retrieval::Column) -> Expr {
    at("one", column)
}

fn in_sight(legs: &Rule, reader: Reader, side: Option<RetrievalSide>) -> SelectStatement {
    use retrieval::Column as C;
    let me = reader.mine();
    let named = |name: &'static str, of: C| (Alias::new(name), at(name, organisation::Column::Id).eq(column(of)));
    let mut query = Query::select();
    query.columns(COLUMNS.iter().map(|column| (Alias::new("one"), *column))).from_as(retrieval::Entity, Alias::new("one"));
    for (name, of) in [("claimant", C::ClaimantOrganisationId), ("holder", C::HolderOrganisationId)] {
        let (alias, joined) = named(name, of);
        query.join_as(JoinType::InnerJoin, organisation::Entity, alias, joined);
        query.expr_as(at(name, organisation::Column::Name), Alias::new(format!("{name}_name")));
    }
    let held = at("held", referral::Column::Id).eq(column(C::ReferralId));
    query.join_as(JoinType::InnerJoin, referral::Entity, Alias::new("held"), held);
    let withdrawn =
        at("held", referral::Column::ConsentWithdrawnAt).is_not_null().or(at("held", referral::Column::BlankedAt).is_not_null());
    query.expr_as(withdrawn, "withdrawn");
    let claimed = column(C::ClaimantOrganisationId).eq(me);
    let mut seen = visible_legs(legs, reader);
    seen.expr(leg(referral::Column::Id)).and_where(leg(referral::Column::Id).eq(column(C::ReferralId)));
    let held = column(C::HolderOrganisationId).eq(me).and(Expr::exists(seen));
    match side {
        Some(RetrievalSide::Claimant) => query.and_where(claimed),
        Some(RetrievalSide::Holder) => query.and_where(held),
        None => query.cond_where(Cond::any().add(claimed).add(held)),
    };
    query
}

/// Up to `most` retrievals, in the order in which they were asked for.
///
/// # Errors
/// As any read.
pub async fn retrievals(
    db: &Db,
    legs: &Rule,
    reader: Reader,
    filter: &RetrievalFilter,
    after: Option<(DateTime<Utc>, Uuid)>,
    most: u64,
) -> Result<Vec<RetrievalRow>, Failure> {
    use retrieval::Column as C;
    let mut query = in_sight(legs, reader, filter.side);
    if !filter.states.is_empty() {
        query.and_where(column(C::State).is_in(filter.states.iter().map(|state| state.code())));
    }
    if let Some((at, id)) = after {
        let place = Expr::tuple([column(C::CreatedAt), column(C::Id)]);
        query.and_where(place.gt(Expr::tuple([Expr::val(at), Expr::val(id)])));
    }
    query.order_by_expr(column(C::CreatedAt), Order::Asc).order_by_expr(column(C::Id), Order::Asc).limit(most);
    let statement = db.reader().get_database_backend().build(&query);
    Ok(RetrievalRow::find_by_statement(statement).all(db.reader()).await?)
}

/// One retrieval.
///
/// # Errors
/// [`Failure::Missing`] when neither side shows it.
pub async fn retrieval(db: &Db, legs: &Rule, reader: Reader, id: RetrievalId) -> Result<RetrievalRow, Failure> {
    let mut query = in_sight(legs, reader, None);
    query.and_where(column(retrieval::Column::Id).eq(id));
    let statement = db.reader().get_database_backend().build(&query);
    RetrievalRow::find_by_statement(statement).one(db.reader()).await?.ok_or(Failure::Missing)
}
