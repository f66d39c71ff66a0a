//! The legs of one person.

use relais_domain::access::Rule;
use relais_domain::referral::State;
use relais_domain::shared::ids::{PersonId, ReferralId};
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, JoinType, Order, Query};

use super::super::entity::referral;
use super::Reader;
use super::legs::{LEG, at, leg, visible_legs};
use crate::db::{Db, Failure};
use crate::person::entity::person;

/// The legs of some records of one person that wait for a decision, as far as a rule shows them, oldest first: those that were sent with
/// one of these records, or with the same as the leg from which one was kept.
///
/// # Errors
/// As any read.
pub async fn open_of_people(db: &Db, rule: &Rule, reader: Reader, people: &[PersonId], most: u64) -> Result<Vec<ReferralId>, Failure> {
    use referral::Column as C;
    let of_kept = Query::select()
        .expr(at("received", C::PersonId))
        .from(person::Entity)
        .join_as(
            JoinType::InnerJoin,
            referral::Entity,
            Alias::new("received"),
            at("received", C::Id).eq(Expr::col((person::Entity, person::Column::KeptFrom))),
        )
        .and_where(Expr::col((person::Entity, person::Column::Id)).is_in(people.iter().copied()))
        .and_where(at("received", C::PersonId).is_not_null())
        .take();
    let waiting = State::ALL.iter().filter(|state| state.is_to_handle()).map(|state| state.code());
    let mut query = visible_legs(rule, reader);
    query
        .expr(leg(C::Id))
        .and_where(leg(C::PersonId).is_in(people.iter().copied()).or(leg(C::PersonId).in_subquery(of_kept)))
        .and_where(leg(C::State).is_in(waiting))
        .order_by((Alias::new(LEG), C::CreatedAt), Order::Asc)
        .order_by((Alias::new(LEG), C::Id), Order::Asc)
        .limit(most);
    db.reader().query_all(&query).await?.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}
