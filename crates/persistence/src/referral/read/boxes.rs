//! The receiver's boxes and the sender's board, counted.

use chrono::{DateTime, Utc};
use relais_domain::access::Rule;
use relais_domain::referral::InboxBox;
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, Order};
use sea_orm::{ColumnTrait as _, ConnectionTrait as _, FromQueryResult as _};

use super::super::entity::{reading_mark, referral, referral_assignment};
use super::super::view::{BoardCount, BoxCount, InboxCounts};
use super::Reader;
use super::legs::{LEG, leg, visible_legs};
use super::list::{Filter, count, is_overdue, looked_up, narrow, narrowed};
use crate::db::{Db, Failure};

/// How many archived ones are counted exactly.
const MOST_ARCHIVED: u64 = 1000;

/// The three boxes of a receiver, counted under its policy.
///
/// # Errors
/// As any read.
pub async fn inbox(db: &Db, rule: &Rule, reader: Reader, now: DateTime<Utc>) -> Result<InboxCounts, Failure> {
    let archived = Filter { in_box: Some(InboxBox::Archived), ..Filter::default() };
    let archived = count(db, rule, reader, &archived, MOST_ARCHIVED).await?;
    Ok(InboxCounts {
        to_handle: open_box(db, rule, reader, InboxBox::ToHandle, now).await?,
        in_charge: open_box(db, rule, reader, InboxBox::InCharge, now).await?,
        archived: BoxCount {
            count: i64::try_from(std::cmp::min(archived, MOST_ARCHIVED)).unwrap_or(0),
            count_is_exact: archived <= MOST_ARCHIVED,
            ..BoxCount::default()
        },
    })
}

async fn open_box(db: &Db, rule: &Rule, reader: Reader, one: InboxBox, now: DateTime<Utc>) -> Result<BoxCount, Failure> {
    let filter = Filter { in_box: Some(one), ..Filter::default() };
    let mut query = visible_legs(&narrowed(rule, reader, &filter), reader);
    narrow(&mut query, reader, &filter);
    let sum = |condition: Expr| {
        let one_or_none = sea_orm::sea_query::CaseStatement::new().case(condition, Expr::val(1)).finally(Expr::val(0));
        Expr::expr(sea_orm::sea_query::Func::coalesce([Expr::expr(one_or_none).sum(), Expr::val(0)])).cast_as(Alias::new("bigint"))
    };
    let overdue = is_overdue(reader, now);
    query.expr(Expr::cust("COUNT(*)")).expr(sum(is_unread(reader))).expr(sum(overdue)).expr(sum(is_mine(reader)));
    let row = db.reader().query_one(&query).await?.ok_or(Failure::Missing)?;
    let number = |index: usize| row.try_get_by_index::<i64>(index);
    Ok(BoxCount { count: number(0)?, count_is_exact: true, unread: number(1)?, overdue: number(2)?, mine: number(3)? })
}

/// The reader has not marked the leg as read.
fn is_unread(reader: Reader) -> Expr {
    use reading_mark::Column as M;
    looked_up(reading_mark::Entity, M::ReadAt, M::ReferralId, M::UserId.eq(reader.me())).is_null()
}

/// The leg is assigned to the reader.
fn is_mine(reader: Reader) -> Expr {
    use referral_assignment::Column as A;
    looked_up(referral_assignment::Entity, A::MemberId, A::ReferralId, A::MemberId.is_not_null()).eq(reader.me())
}

/// The sender's board: chains by the state of the leg that is open or ended last, filed ones left out.
///
/// # Errors
/// As any read.
pub async fn board(db: &Db, rule: &Rule, reader: Reader) -> Result<Vec<BoardCount>, Failure> {
    use referral::Column as C;
    let filter = Filter { sent_by_me: Some(true), filed: Some(false), ..Filter::default() };
    let mut query = visible_legs(&narrowed(rule, reader, &filter), reader);
    narrow(&mut query, reader, &filter);
    query
        .expr_as(leg(C::State), "state")
        .expr_as(Expr::cust("COUNT(*)"), "count")
        .group_by_col((Alias::new(LEG), C::State))
        .order_by((Alias::new(LEG), C::State), Order::Asc);
    let statement = db.reader().get_database_backend().build(&query);
    Ok(BoardCount::find_by_statement(statement).all(db.reader()).await?)
}
