//! What moderators count: organisations whose referrals are held back or carry warnings.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use relais_domain::directory::OrganisationState;
use relais_domain::referral::{State, Warning};
use relais_domain::shared::ids::OrganisationId;
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Alias, CaseStatement, Cond, Expr, ExprTrait as _, JoinType, Order, Query};
use uuid::Uuid;

use super::super::entity::referral;
use super::super::view::{ModeratedOrganisation, WarningCount};
use super::legs::{LEG, at, leg};
use crate::db::{Db, Failure};
use crate::identity::entity::organisation;

/// The states in which something can still be done about a referral.
fn open() -> impl Iterator<Item = &'static str> {
    State::ALL.iter().filter(|state| state.is_open()).map(|state| state.code())
}

/// Whether a leg carries a warning. Both engines compare the empty list in its one way of writing.
fn warned() -> Expr {
    Expr::cust("leg.warnings <> '[]'")
}

/// Up to `most` organisations that are not blocked, those with the oldest first.
///
/// # Errors
/// As any read.
pub async fn moderated(db: &Db, after: Option<(DateTime<Utc>, Uuid)>, most: u64) -> Result<Vec<ModeratedOrganisation>, Failure> {
    use organisation::Column as O;
    use referral::Column as C;
    let count = |condition: Expr| {
        let one = CaseStatement::new().case(condition, Expr::val(1)).finally(Expr::val(0));
        Expr::expr(Expr::expr(one).sum()).cast_as(Alias::new("bigint"))
    };
    let held = || leg(C::State).eq(State::Held.code());
    let oldest = || Expr::expr(leg(C::SentAt).min());
    let mut query = Query::select();
    query
        .expr(at("sender", O::Id))
        .expr(at("sender", O::Name))
        .expr(at("sender", O::VerifiedAt).is_not_null())
        .expr(count(held()))
        .expr(count(warned()))
        .expr(oldest())
        .from_as(referral::Entity, Alias::new(LEG))
        .join_as(JoinType::InnerJoin, organisation::Entity, Alias::new("sender"), at("sender", O::Id).eq(leg(C::SenderOrganisationId)))
        .and_where(at("sender", O::State).ne(OrganisationState::Blocked.code()))
        .and_where(leg(C::State).is_in(open()))
        .and_where(leg(C::SentAt).is_not_null())
        .cond_where(Cond::any().add(held()).add(warned()))
        .add_group_by([at("sender", O::Id), at("sender", O::Name), at("sender", O::VerifiedAt)])
        .order_by_expr(oldest(), Order::Asc)
        .order_by_expr(at("sender", O::Id), Order::Asc)
        .limit(most);
    if let Some((since, id)) = after {
        let place = Expr::tuple([oldest(), at("sender", O::Id)]);
        query.and_having(place.gt(Expr::tuple([Expr::val(since), Expr::val(id)])));
    }
    let mut found = vec![];
    for row in db.reader().query_all(&query).await? {
        let number = |index: usize| Ok::<_, Failure>(u64::try_from(row.try_get_by_index::<i64>(index)?).unwrap_or(0));
        found.push(ModeratedOrganisation {
            id: row.try_get_by_index(0)?,
            name: row.try_get_by_index(1)?,
            verified: row.try_get_by_index(2)?,
            held: number(3)?,
            warned: number(4)?,
            oldest: row.try_get_by_index(5)?,
            warnings: vec![],
        });
    }
    let mut counted = warnings_of(db, found.iter().map(|one| one.id).collect()).await?;
    for one in &mut found {
        let codes = counted.remove(&one.id).unwrap_or_default().into_iter();
        one.warnings = codes.map(|(code, count)| WarningCount { code, count }).collect();
    }
    Ok(found)
}

/// The warnings on the open legs of some organisations, counted by their codes.
async fn warnings_of(db: &Db, ids: Vec<OrganisationId>) -> Result<BTreeMap<OrganisationId, BTreeMap<Warning, u64>>, Failure> {
    use referral::Column as C;
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut query = Query::select();
    query
        .expr(leg(C::SenderOrganisationId))
        .expr(leg(C::Warnings))
        .expr(Expr::cust("COUNT(*)"))
        .from_as(referral::Entity, Alias::new(LEG))
        .and_where(leg(C::SenderOrganisationId).is_in(ids))
        .and_where(leg(C::State).is_in(open()))
        .and_where(warned())
        .add_group_by([leg(C::SenderOrganisationId), leg(C::Warnings)]);
    let mut counted: BTreeMap<OrganisationId, BTreeMap<Warning, u64>> = BTreeMap::new();
    for row in db.reader().query_all(&query).await? {
        let (sender, codes): (OrganisationId, serde_json::Value) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let count = u64::try_from(row.try_get_by_index::<i64>(2)?).unwrap_or(0);
        let codes: Vec<Warning> = serde_json::from_value(codes).unwrap_or_default();
        let of_sender = counted.entry(sender).or_default();
        codes.into_iter().for_each(|code| *of_sender.entry(code).or_default() += count);
    }
    Ok(counted)
}
