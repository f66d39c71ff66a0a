//! Lists of legs: what they are narrowed to, their pages and their counts.

use chrono::{DateTime, Utc};
use relais_domain::access::{Category, Field, Operand, Rule};
use relais_domain::referral::{BookletNumber, InboxBox, Kind, State};
use relais_domain::shared::ids::{NeedId, OrganisationId, ReferralId, ServiceId, UnitId, UserId};
use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait as _, LikeExpr, Order, Query, SelectStatement};
use sea_orm::{ColumnTrait as _, ConnectionTrait as _, EntityTrait, FromQueryResult as _};
use uuid::Uuid;

use super::super::entity::referral::Column as C;
use super::super::entity::{reading_mark, referral_assignment, referral_filing};
use super::super::view::LineRow;
use super::Reader;
use super::booklets::carries;
use super::legs::{LEG, at, has_late_task, leg, picked_legs, select_line, visible_legs};
use crate::db::{Db, Engine, Failure};
use crate::message::entity::message;

/// What a list is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Legs that my organisation sent, or that it received; both when none.
    pub sent_by_me: Option<bool>,
    /// One box of the receiver.
    pub in_box: Option<InboxBox>,
    /// States; any when empty.
    pub states: Vec<State>,
    /// Services; any when empty.
    pub services: Vec<ServiceId>,
    /// Sending organisations; any when empty.
    pub senders: Vec<OrganisationId>,
    /// Assigned to this member.
    pub assigned_to: Option<UserId>,
    /// Assigned to this unit.
    pub assigned_unit: Option<UnitId>,
    /// Assigned to nobody.
    pub unassigned: bool,
    /// Made, or told to the receiver, at or after.
    pub from: Option<DateTime<Utc>>,
    /// Made, or told to the receiver, before.
    pub to: Option<DateTime<Utc>>,
    /// Nobody touched it since.
    pub untouched_since: Option<DateTime<Utc>>,
    /// Whose clocks stand still, or run; both when none.
    pub paused: Option<bool>,
    /// Not marked as read by me.
    pub unread: bool,
    /// Overdue at this instant, as their lines say.
    pub overdue_at: Option<DateTime<Utc>>,
    /// Filed by my organisation, or not; both when none.
    pub filed: Option<bool>,
    /// The legs of one chain, oldest first.
    pub chain: Option<ReferralId>,
    /// The legs of one need.
    pub need: Option<NeedId>,
    /// The folded name begins with this; runs under the narrowed rule.
    pub name: Option<String>,
    /// The phone or e-mail is this; runs under the narrowed rule.
    pub contact: Option<String>,
    /// The person carries the booklet with this number; runs under the rule narrowed by the identity.
    pub booklet: Option<BookletNumber>,
}

/// The instant by which a list is ordered: told for what I received, made for the rest.
fn place(filter: &Filter) -> Expr {
    if filter.sent_by_me == Some(false) || filter.in_box.is_some() { leg(C::ToldAt) } else { leg(C::CreatedAt) }
}

/// Where a row stands in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sea_orm::FromQueryResult)]
pub struct Place {
    /// Its clocks stand still; counts in boxes that are read from their oldest end.
    pub paused: bool,
    /// The instant of its order.
    pub at: DateTime<Utc>,
    /// Its id.
    pub id: Uuid,
}

/// One page of a list: oldest first and paused last for the receiver's open boxes, newest first otherwise.
///
/// # Errors
/// As any read.
pub async fn page(
    db: &Db,
    rule: &Rule,
    reader: Reader,
    filter: &Filter,
    after: Option<Place>,
    limit: u64,
) -> Result<Vec<LineRow>, Failure> {
    let narrowed = narrowed(rule, reader, filter);
    let mut keys = visible_legs(&narrowed, reader);
    narrow(&mut keys, reader, filter);
    if let Some(after) = after {
        keys.and_where(beyond(filter, after));
    }
    in_order(&mut keys, filter);
    keys.expr_as(leg(C::Id), "id").limit(limit + 1);
    if db.engine() == Engine::Postgres
        && let Some(rows) = in_two_steps(db, &narrowed, reader, filter, keys.clone()).await?
    {
        return Ok(rows);
    }
    let mut query = picked_legs(keys, reader);
    select_line(&mut query, &narrowed, reader);
    in_order(&mut query, filter);
    let statement = db.reader().get_database_backend().build(&query);
    Ok(LineRow::find_by_statement(statement).all(db.reader()).await?)
}

/// The keys of a page first, then its rows by their ids. PostgreSQL plans a page in one statement anew for each request, because it
/// depends on whose box it is; that takes it longer than the page itself, and rows by their ids have one plan for all. None when
/// somebody moved one of the rows between the two: the page would have a hole, or end in the wrong place.
async fn in_two_steps(
    db: &Db,
    rule: &Rule,
    reader: Reader,
    filter: &Filter,
    mut keys: SelectStatement,
) -> Result<Option<Vec<LineRow>>, Failure> {
    keys.expr_as(leg(C::Paused), "paused").expr_as(place(filter), "at");
    let keys = Place::find_by_statement(db.reader().get_database_backend().build(&keys)).all(db.reader()).await?;
    if keys.is_empty() {
        return Ok(Some(vec![]));
    }
    let mut query = visible_legs(rule, reader);
    query.and_where(leg(C::Id).is_in(keys.iter().map(|key| key.id)));
    select_line(&mut query, rule, reader);
    in_order(&mut query, filter);
    let rows = LineRow::find_by_statement(db.reader().get_database_backend().build(&query)).all(db.reader()).await?;
    // The rule was told on whose side the rows are: what it did not ask is looked at here.
    let on_side = |row: &LineRow| match side(filter) {
        Some(Field::SenderOrganisation) => reader.organisation == Some(row.head.sender_organisation_id),
        Some(_) => reader.organisation == row.head.receiver_organisation_id,
        None => true,
    };
    let is_same = rows.len() == keys.len() && rows.iter().zip(&keys).all(|(row, key)| place_of(row, filter) == *key && on_side(row));
    Ok(is_same.then_some(rows))
}

/// The rows that come after a place.
fn beyond(filter: &Filter, Place { paused, at, id }: Place) -> Expr {
    let (mut key, mut last) = (vec![place(filter), leg(C::Id)], vec![Expr::val(at), Expr::val(id)]);
    let oldest_first = oldest_first(filter);
    if oldest_first {
        key.insert(0, leg(C::Paused));
        last.insert(0, Expr::val(paused));
    }
    let (key, last) = (Expr::tuple(key), Expr::tuple(last));
    if oldest_first { key.gt(last) } else { key.lt(last) }
}

fn in_order(query: &mut SelectStatement, filter: &Filter) {
    let oldest_first = oldest_first(filter);
    let order = if oldest_first { Order::Asc } else { Order::Desc };
    if oldest_first {
        query.order_by((Alias::new(LEG), C::Paused), Order::Asc);
    }
    query.order_by_expr(place(filter), order.clone()).order_by((Alias::new(LEG), C::Id), order);
}

/// Whether the list is read from its oldest end.
pub fn oldest_first(filter: &Filter) -> bool {
    filter.chain.is_some() || filter.in_box.is_some_and(|one| one != InboxBox::Archived)
}

/// What places a row in the list.
pub fn place_of(row: &LineRow, filter: &Filter) -> Place {
    let (head, received) = (&row.head, filter.sent_by_me == Some(false) || filter.in_box.is_some());
    let at = if received { head.told_at.unwrap_or(head.created_at) } else { head.created_at };
    Place { paused: head.pause.is_some(), at, id: head.id.0 }
}

/// Counts the rows of a list, up to `most` and one more.
///
/// # Errors
/// As any read.
pub async fn count(db: &Db, rule: &Rule, reader: Reader, filter: &Filter, most: u64) -> Result<u64, Failure> {
    let mut inner = visible_legs(&narrowed(rule, reader, filter), reader);
    narrow(&mut inner, reader, filter);
    inner.expr(Expr::val(1)).limit(most + 1);
    let query = Query::select().expr(Expr::cust("COUNT(*)")).from_subquery(inner, Alias::new("found")).take();
    let row = db.reader().query_one(&query).await?.ok_or(Failure::Missing)?;
    Ok(u64::try_from(row.try_get_by_index::<i64>(0)?).unwrap_or(0))
}

/// On which side of its rows the reader's organisation stands, when a filter says so.
fn side(filter: &Filter) -> Option<Field> {
    match filter.sent_by_me {
        Some(true) => Some(Field::SenderOrganisation),
        Some(false) => Some(Field::ReceiverOrganisation),
        None => filter.in_box.map(|_| Field::ReceiverOrganisation),
    }
}

/// The rule as far as the filter does not answer it. Searching by name or contact tells who a row is about, so it runs on rows whose
/// content is open only.
pub(super) fn narrowed(rule: &Rule, reader: Reader, filter: &Filter) -> Rule {
    let mut narrowed = match (side(filter), reader.organisation) {
        (Some(side), Some(mine)) => rule.given(side, &Operand::Uuid(mine.0)),
        _ => rule.clone(),
    };
    if filter.name.is_some() || filter.booklet.is_some() {
        narrowed = narrowed.narrowed_to(Category::Identity);
    }
    if filter.contact.is_some() {
        narrowed = narrowed.narrowed_to(Category::Contact);
    }
    narrowed
}

pub(super) fn narrow(query: &mut SelectStatement, reader: Reader, filter: &Filter) {
    use referral_assignment::Column as A;
    let assignment = |column: A| at("assignment", column);
    let mine = reader.mine();
    match filter.sent_by_me {
        // One line per chain; whoever came to the counter was sent by nobody.
        Some(true) => query
            .and_where(leg(C::SenderOrganisationId).eq(mine))
            .and_where(leg(C::Head).eq(true))
            .and_where(leg(C::Kind).ne(Kind::WalkIn.code())),
        Some(false) => query.and_where(leg(C::ReceiverOrganisationId).eq(mine)).and_where(leg(C::ToldAt).is_not_null()),
        None => query,
    };
    if let Some(one) = filter.in_box {
        in_box(query, mine, one);
    }
    if let Some(need) = filter.need {
        query.and_where(leg(C::NeedId).eq(need));
    }
    if let Some(root) = filter.chain {
        query.and_where(leg(C::RootId).eq(root));
    }
    if !filter.states.is_empty() {
        query.and_where(leg(C::State).is_in(filter.states.iter().map(|state| state.code())));
    }
    if !filter.services.is_empty() {
        query.and_where(leg(C::ServiceId).is_in(filter.services.iter().copied()));
    }
    if !filter.senders.is_empty() {
        query.and_where(leg(C::SenderOrganisationId).is_in(filter.senders.iter().copied()));
    }
    let own = || leg(C::ReceiverOrganisationId).eq(mine).and(leg(C::ToldAt).is_not_null());
    if filter.assigned_to.is_some() || filter.assigned_unit.is_some() || filter.unassigned {
        // Assignments are the receiver's alone: a sender who asks for them finds nothing.
        query.and_where(own());
    }
    if let Some(member) = filter.assigned_to {
        query.and_where(assignment(A::MemberId).eq(member));
    }
    if let Some(unit) = filter.assigned_unit {
        query.and_where(assignment(A::UnitId).eq(unit));
    }
    if filter.unassigned {
        query.and_where(assignment(A::AssignedAt).is_null());
    }
    if let Some(from) = filter.from {
        query.and_where(place(filter).gte(from));
    }
    if let Some(to) = filter.to {
        query.and_where(place(filter).lt(to));
    }
    if let Some(since) = filter.untouched_since {
        query.and_where(leg(C::UpdatedAt).lt(since)).and_where(Expr::exists(written_since(since)).not());
        let assigned = assignment(A::AssignedAt).gte(since).and(own());
        query.cond_where(Cond::any().add(assignment(A::AssignedAt).is_null()).add(assigned.not()));
    }
    if let Some(paused) = filter.paused {
        query.and_where(leg(C::Paused).eq(paused));
    }
    if filter.unread {
        query.and_where(at("mark", reading_mark::Column::ReadAt).is_null());
    }
    if let Some(now) = filter.overdue_at {
        query.and_where(is_overdue(reader, now));
    }
    if let Some(filed) = filter.filed {
        let filing = at("filing", referral_filing::Column::ReferralId);
        query.and_where(if filed { filing.is_not_null() } else { filing.is_null() });
    }
    if let Some(name) = &filter.name {
        // A range instead of LIKE, which differs between the engines.
        query.and_where(leg(C::NameFolded).gte(name.as_str())).and_where(leg(C::NameFolded).lt(format!("{name}\u{10FFFF}")));
        if name.is_empty() {
            query.and_where(Expr::val(1).eq(0));
        }
    }
    if let Some(number) = &filter.booklet {
        query.and_where(carries(number.as_str()));
    }
    if let Some(contact) = &filter.contact {
        let literal: String = contact.chars().flat_map(|c| matches!(c, '%' | '_' | '\\').then_some('\\').into_iter().chain([c])).collect();
        query.and_where(leg(C::ContactKeys).like(LikeExpr::new(format!("%|{literal}|%")).escape('\\')));
    }
}

/// A reminder was sent or its time has passed while a decision is expected, or a task of the reader's organisation is late.
pub(super) fn is_overdue(reader: Reader, now: DateTime<Utc>) -> Expr {
    let waits = leg(C::InboxBox).eq(InboxBox::ToHandle.code()).and(leg(C::Pause).is_null());
    let unanswered = waits.and(leg(C::RemindersSent).gt(0).or(leg(C::RemindAt).lte(now)));
    unanswered.or(has_late_task(reader, now))
}

/// What was written in the thread of a leg since an instant: by the index of the threads, for the few legs that are left.
fn written_since(since: DateTime<Utc>) -> SelectStatement {
    use message::Column as M;
    let said = |column: M| Expr::col((message::Entity, column));
    let of_leg = said(M::ReferralId).eq(leg(C::Id));
    Query::select().expr(Expr::val(1)).from(message::Entity).and_where(of_leg).and_where(said(M::CreatedAt).gte(since)).take()
}

fn in_box(query: &mut SelectStatement, mine: OrganisationId, one: InboxBox) {
    query.and_where(leg(C::ReceiverOrganisationId).eq(mine));
    let lies_in = leg(C::InboxBox).eq(one.code());
    if one == InboxBox::Archived {
        query.and_where(leg(C::InboxBox).is_not_null()).cond_where(Cond::any().add(lies_in).add(filed_by(mine).is_not_null()));
    } else {
        query.and_where(lies_in).and_where(filed_by(mine).is_null());
    }
}

/// Something where an organisation filed the leg. Looked up for each leg that is left, not joined: beside many filed ones a database may
/// take it for cheaper to read all of them.
fn filed_by(organisation: OrganisationId) -> Expr {
    use referral_filing::Column as F;
    looked_up(referral_filing::Entity, F::FiledAt, F::ReferralId, F::OrganisationId.eq(organisation))
}

/// A column of the one row that another table has for the leg, by its key.
pub(super) fn looked_up<E: EntityTrait>(table: E, wanted: E::Column, of_leg: E::Column, whose: Expr) -> Expr {
    let of_leg = of_leg.into_expr().eq(leg(C::Id));
    let row = Query::select().column(wanted.as_column_ref()).from(table.table_ref()).and_where(of_leg).and_where(whose).take();
    Expr::SubQuery(None, Box::new(row.into()))
}
