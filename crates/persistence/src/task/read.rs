//! Reading tasks: each through its referral, by the referral's own predicate.

use chrono::{DateTime, Utc};
use relais_domain::access::{Mask, Rule};
use relais_domain::shared::ids::{OrganisationId, ReferralId};
use relais_domain::task::{TaskKind, TaskState};
use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait as _, JoinType, Order, Query, SelectStatement};
use sea_orm::{ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, FromQueryResult as _, Iterable as _, QueryFilter as _};
use uuid::Uuid;

use crate::access;
use crate::db::{Db, Failure};
use crate::message::entity::task;
use crate::referral::entity::{referral, referral_assignment};
use crate::referral::read::{Reader, at, columns, leg, visible_legs};

pub use task::Model as TaskRow;

/// What a list of tasks is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of referrals that the reader handles, sent or advises on.
    pub mine: bool,
    /// Kinds; any when empty.
    pub kinds: Vec<TaskKind>,
    /// Open or done; both when none.
    pub state: Option<TaskState>,
    /// Due at or after.
    pub due_from: Option<DateTime<Utc>>,
    /// Due before.
    pub due_to: Option<DateTime<Utc>>,
    /// Of this referral.
    pub referral: Option<ReferralId>,
}

const TASK: &str = "task";

/// The tasks of an organisation whose referral a rule shows.
fn visible(rule: &Rule, reader: Reader) -> SelectStatement {
    let organisation = reader.mine();
    let own = Cond::all()
        .add(at(TASK, task::Column::ReferralId).eq(leg(referral::Column::Id)))
        .add(at(TASK, task::Column::OrganisationId).eq(organisation));
    let mut query = visible_legs(rule, reader);
    query.join_as(JoinType::InnerJoin, task::Entity, Alias::new(TASK), own);
    query
}

fn select(query: &mut SelectStatement) {
    query.columns(task::Column::iter().map(|column| (Alias::new(TASK), column)));
}

fn narrow(query: &mut SelectStatement, reader: Reader, filter: &Filter) {
    use referral::Column as C;
    if filter.mine {
        let user = reader.user.map_or_else(Uuid::nil, |user| user.0);
        let as_sender = leg(C::SentBy).eq(user).or(leg(C::AdviserId).eq(user));
        let sent = leg(C::SenderOrganisationId).eq(at(TASK, task::Column::OrganisationId)).and(as_sender);
        let handled = leg(C::ReceiverOrganisationId)
            .eq(at(TASK, task::Column::OrganisationId))
            .and(at("assignment", referral_assignment::Column::MemberId).eq(user));
        query.and_where(sent.or(handled));
    }
    if !filter.kinds.is_empty() {
        query.and_where(at(TASK, task::Column::Kind).is_in(filter.kinds.iter().map(|kind| kind.code())));
    }
    match filter.state {
        Some(TaskState::Open) => query.and_where(at(TASK, task::Column::DoneAt).is_null()),
        Some(TaskState::Done) => query.and_where(at(TASK, task::Column::DoneAt).is_not_null()),
        None => query,
    };
    if let Some(from) = filter.due_from {
        query.and_where(at(TASK, task::Column::DueAt).gte(from));
    }
    if let Some(to) = filter.due_to {
        query.and_where(at(TASK, task::Column::DueAt).lt(to));
    }
    if let Some(referral) = filter.referral {
        query.and_where(at(TASK, task::Column::ReferralId).eq(referral));
    }
}

/// One page of tasks, the oldest first.
///
/// # Errors
/// As any read.
pub async fn page(
    db: &Db,
    rule: &Rule,
    reader: Reader,
    filter: &Filter,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: u64,
) -> Result<Vec<TaskRow>, Failure> {
    let mut query = visible(rule, reader);
    select(&mut query);
    narrow(&mut query, reader, filter);
    if let Some((made, id)) = after {
        let key = Expr::tuple([at(TASK, task::Column::CreatedAt), at(TASK, task::Column::Id)]);
        query.and_where(key.gt(Expr::tuple([Expr::val(made), Expr::val(id)])));
    }
    query
        .order_by((Alias::new(TASK), task::Column::CreatedAt), Order::Asc)
        .order_by((Alias::new(TASK), task::Column::Id), Order::Asc)
        .limit(limit + 1);
    let statement = db.reader().get_database_backend().build(&query);
    Ok(TaskRow::find_by_statement(statement).all(db.reader()).await?)
}

/// Counts the tasks of a list, up to `most` and one more.
///
/// # Errors
/// As any read.
pub async fn count(db: &Db, rule: &Rule, reader: Reader, filter: &Filter, most: u64) -> Result<u64, Failure> {
    let mut inner = visible(rule, reader);
    narrow(&mut inner, reader, filter);
    inner.expr(Expr::val(1)).limit(most + 1);
    let query = Query::select().expr(Expr::cust("COUNT(*)")).from_subquery(inner, Alias::new("found")).take();
    let row = db.reader().query_one(&query).await?.ok_or(Failure::Missing)?;
    Ok(u64::try_from(row.try_get_by_index::<i64>(0)?).unwrap_or(0))
}

/// One task, and what of its referral a rule shows. Refused by [`Failure::Missing`] when it hides it.
///
/// # Errors
/// As any read.
pub async fn one(db: &Db, rule: &Rule, reader: Reader, id: Uuid) -> Result<(TaskRow, Mask), Failure> {
    let mut query = visible(rule, reader);
    select(&mut query);
    query.expr_as(access::mask(rule, columns), "mask").and_where(at(TASK, task::Column::Id).eq(id));
    let row = db.reader().query_one(&query).await?.ok_or(Failure::Missing)?;
    Ok((TaskRow::from_query_result(&row, "")?, Mask::from_bits(row.try_get("", "mask")?)))
}

/// The open task of a kind that an organisation has for a referral. The caller has checked that the referral may be read.
///
/// # Errors
/// As any read.
pub async fn open_of(db: &Db, referral: ReferralId, organisation: OrganisationId, kind: TaskKind) -> Result<Option<TaskRow>, Failure> {
    let open = task::Entity::find()
        .filter(task::Column::ReferralId.eq(referral))
        .filter(task::Column::OrganisationId.eq(organisation))
        .filter(task::Column::Kind.eq(kind.code()))
        .filter(task::Column::DoneAt.is_null());
    Ok(open.one(db.reader()).await?)
}
