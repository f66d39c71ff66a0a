//! The legs of one person.

use relais_domain::access::Rule;
use relais_domain::referral::State;
use relais_domain::shared::ids::{PersonId, ReferralId};
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Alias, ExprTrait as _, Order};

use super::super::entity::referral;
use super::Reader;
use super::legs::{LEG, leg, visible_legs};
use crate::db::{Db, Failure};

/// The legs of a person that wait for a decision, as far as a rule shows them, oldest first.
///
/// # Errors
/// As any read.
pub async fn open_of_person(db: &Db, rule: &Rule, reader: Reader, person: PersonId, most: u64) -> Result<Vec<ReferralId>, Failure> {
    use referral::Column as C;
    let waiting = State::ALL.iter().filter(|state| state.is_to_handle()).map(|state| state.code());
    let mut query = visible_legs(rule, reader);
    query
        .expr(leg(C::Id))
        .and_where(leg(C::PersonId).eq(person))
        .and_where(leg(C::State).is_in(waiting))
        .order_by((Alias::new(LEG), C::CreatedAt), Order::Asc)
        .order_by((Alias::new(LEG), C::Id), Order::Asc)
        .limit(most);
    db.reader().query_all(&query).await?.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}
