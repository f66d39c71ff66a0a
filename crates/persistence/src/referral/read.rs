//! Reading referrals: one predicate and one mask for the detail, the lists, the counts and the search.

mod answers;
mod booklets;
mod boxes;
mod carriers;
mod legs;
mod list;
mod moderation;
mod person;
mod retrievals;
mod saved_views;
mod thread;

use std::collections::BTreeMap;

use relais_domain::access::{Mask, Rule};
use relais_domain::shared::ids::{OrganisationId, ReferralId, UserId};
use sea_orm::sea_query::{ExprTrait as _, SelectStatement};
use sea_orm::{ConnectionTrait as _, FromQueryResult as _};
use uuid::Uuid;

use super::entity::referral;
use super::view::LegRow;
use crate::access;
use crate::db::{Db, Failure};
pub(crate) use legs::{at, columns, counted_legs, leg, visible_legs};

pub use answers::answers_since;
pub use booklets::{BookletFilter, booklet, booklet_entries, booklet_in, booklets, one_series, readable, series};
pub use boxes::{board, inbox};
pub use carriers::{Carrier, carriers};
pub use list::{Filter, Place, count, oldest_first, page, place_of};
pub use moderation::moderated;
pub use person::open_of_people;
pub use retrievals::{RetrievalFilter, RetrievalSide, retrieval, retrievals};
pub use saved_views::{ViewReader, kept_views, lock_view, saved_view, saved_views};
pub use thread::{consent_withdrawn, count_messages, message, messages};

/// Who reads: decides the filing, the reading mark and the side.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reader {
    /// For which organisation.
    pub organisation: Option<OrganisationId>,
    /// Which user; none for service accounts and links.
    pub user: Option<UserId>,
}

impl Reader {
    /// The organisation as a query asks for it: without one, an id that nobody has.
    pub(crate) fn mine(self) -> OrganisationId {
        self.organisation.unwrap_or(OrganisationId(Uuid::nil()))
    }

    /// The user as a query asks for them: without one, an id that nobody has.
    pub(crate) fn me(self) -> UserId {
        self.user.unwrap_or(UserId(Uuid::nil()))
    }
}

fn whole_legs(rule: &Rule, reader: Reader) -> SelectStatement {
    let mut query = legs::visible_legs(rule, reader);
    legs::select_line(&mut query, rule, reader);
    legs::select_rest(&mut query);
    query
}

/// One referral, as the policy shows it. Refused by [`Failure::Missing`] when it hides it.
///
/// # Errors
/// As any read.
pub async fn one(db: &Db, rule: &Rule, reader: Reader, id: ReferralId) -> Result<LegRow, Failure> {
    let query = whole_legs(rule, reader).and_where(leg(referral::Column::Id).eq(id)).take();
    let statement = db.reader().get_database_backend().build(&query);
    LegRow::find_by_statement(statement).one(db.reader()).await?.ok_or(Failure::Missing)
}

/// The first leg of the chain that a leg stands in. Refused by [`Failure::Missing`] when a rule hides the leg.
///
/// # Errors
/// As any read.
pub async fn root_of(db: &Db, rule: &Rule, reader: Reader, id: ReferralId) -> Result<ReferralId, Failure> {
    let mut query = legs::visible_legs(rule, reader);
    query.expr(leg(referral::Column::RootId)).and_where(leg(referral::Column::Id).eq(id));
    let row = db.reader().query_one(&query).await?.ok_or(Failure::Missing)?;
    Ok(row.try_get_by_index(0)?)
}

/// What of one referral a rule shows. Refused by [`Failure::Missing`] when it hides it.
///
/// # Errors
/// As any read.
pub async fn mask(db: &Db, rule: &Rule, reader: Reader, id: ReferralId) -> Result<Mask, Failure> {
    let mut query = legs::visible_legs(rule, reader);
    query.expr(access::mask(rule, legs::columns)).and_where(leg(referral::Column::Id).eq(id));
    let row = db.reader().query_one(&query).await?.ok_or(Failure::Missing)?;
    Ok(Mask::from_bits(row.try_get_by_index(0)?))
}

/// What a rule shows of each of some legs; those that it does not show are left out.
///
/// # Errors
/// As any read.
pub async fn masks(db: &Db, rule: &Rule, reader: Reader, ids: Vec<ReferralId>) -> Result<BTreeMap<ReferralId, Mask>, Failure> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut query = legs::visible_legs(rule, reader);
    query.expr(leg(referral::Column::Id)).expr(access::mask(rule, legs::columns)).and_where(leg(referral::Column::Id).is_in(ids));
    let rows = db.reader().query_all(&query).await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, Mask::from_bits(row.try_get_by_index(1)?)))).collect()
}

/// Every leg that a rule shows, with its mask, by the query of the lists: what random worlds compare with [`Rule::decide`].
///
/// # Errors
/// As any read.
#[doc(hidden)]
pub async fn decisions(db: &Db, rule: &Rule, reader: Reader) -> Result<Vec<(ReferralId, i32)>, Failure> {
    let mut query = whole_legs(rule, reader);
    query.clear_selects().expr(leg(referral::Column::Id)).expr(access::mask(rule, legs::columns));
    let rows = db.reader().query_all(&query).await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
}
