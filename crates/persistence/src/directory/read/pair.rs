//! Services together with the organisations that offer them, as rows; and rows in the order in which they were asked for.

use relais_domain::shared::ids::ServiceId;
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, JoinType, QueryFilter as _, QuerySelect as _, Select};

use super::offered_by;
use crate::db::{Db, Failure};
use crate::directory::entity::service::{self, Column as S, Entity as Services};
use crate::identity::entity::organisation::{self, Entity as Organisations};

/// A service and who offers it.
pub(super) type Pair = (service::Model, organisation::Model);

fn whole((service, organisation): (service::Model, Option<organisation::Model>)) -> Result<Pair, Failure> {
    Ok((service, organisation.ok_or(Failure::Missing)?))
}

/// The services of a query that has joined the organisations.
pub(super) async fn pairs(db: &Db, query: Select<Services>) -> Result<Vec<Pair>, Failure> {
    query.select_also(Organisations).all(db.reader()).await?.into_iter().map(whole).collect()
}

/// As [`pairs`], the first only; [`Failure::Missing`] when there is none.
pub(super) async fn pair(db: &Db, query: Select<Services>) -> Result<Pair, Failure> {
    whole(query.select_also(Organisations).one(db.reader()).await?.ok_or(Failure::Missing)?)
}

/// These services, as far as a condition holds for them, in the order of the ids.
pub(super) async fn pairs_by_id(db: &Db, shown: Condition, ids: &[ServiceId]) -> Result<Vec<Pair>, Failure> {
    let query = Services::find().join(JoinType::InnerJoin, offered_by()).filter(shown).filter(S::Id.is_in(ids.iter().copied()));
    Ok(in_order(pairs(db, query).await?, ids, |(service, _)| service.id))
}

/// Rows in the order of the ids by which they were asked for.
pub(super) fn in_order<R, I: PartialEq>(mut rows: Vec<R>, ids: &[I], id_of: impl Fn(&R) -> I) -> Vec<R> {
    rows.sort_by_key(|row| {
        let own = id_of(row);
        ids.iter().position(|id| *id == own)
    });
    rows
}
