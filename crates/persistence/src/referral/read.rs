//! Reading referrals: one predicate and one mask for the detail, the lists, the counts and the search.

mod thread;

use chrono::{DateTime, Utc};
use relais_domain::access::{Category, Field, Rule};
use relais_domain::referral::{InboxBox, State};
use relais_domain::shared::ids::{OrganisationId, ReferralId, ServiceId, UserId};
use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait as _, IntoIden, JoinType, LikeExpr, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait as _, FromQueryResult as _};
use uuid::Uuid;

use super::entity::{reading_mark, referral, referral_assignment, referral_filing};
use super::view::{BoardCount, BoxCount, InboxCounts, LegRow};
use crate::access;
use crate::db::{Db, Failure};
use crate::directory::entity::service;
use crate::identity::entity::{app_user, organisation};

pub use thread::{count_messages, messages};

/// Who reads: decides the filing, the reading mark and the side.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reader {
    /// For which organisation.
    pub organisation: Option<OrganisationId>,
    /// Which user; none for service accounts and links.
    pub user: Option<UserId>,
}

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
    /// Made, or told to the receiver, at or after.
    pub from: Option<DateTime<Utc>>,
    /// Made, or told to the receiver, before.
    pub to: Option<DateTime<Utc>>,
    /// Nobody touched it since.
    pub untouched_since: Option<DateTime<Utc>>,
    /// Not marked as read by me.
    pub unread: bool,
    /// The folded name begins with this; runs under the narrowed rule.
    pub name: Option<String>,
    /// The phone or e-mail is this; runs under the narrowed rule.
    pub contact: Option<String>,
}

const LEG: &str = "leg";

fn leg(column: referral::Column) -> Expr {
    Expr::col((Alias::new(LEG), column))
}

fn at(table: &'static str, column: impl IntoIden) -> Expr {
    Expr::col((Alias::new(table), column.into_iden()))
}

/// The columns that the policy's fields stand for.
fn columns(field: Field) -> Option<Expr> {
    use referral::Column as C;
    Some(match field {
        Field::Id => leg(C::Id),
        Field::State => leg(C::State),
        Field::SenderOrganisation => leg(C::SenderOrganisationId),
        Field::SenderUnit => leg(C::SenderUnitId),
        Field::SentBy => leg(C::SentBy),
        Field::Adviser => leg(C::AdviserId),
        Field::ReceiverOrganisation => leg(C::ReceiverOrganisationId),
        Field::ReceiverUnit => leg(C::ReceiverUnitId),
        Field::AssignedMember => at("assignment", referral_assignment::Column::MemberId),
        Field::AssignedTeam => at("assignment", referral_assignment::Column::UnitId),
        Field::ToldAt => leg(C::ToldAt),
        Field::Organisation | Field::Unit | Field::User => return None,
    })
}

/// The tables around a leg, joined for one reader, under one rule.
fn visible_legs(rule: &Rule, reader: Reader) -> SelectStatement {
    use referral::Column as C;
    let mut query = Query::select();
    let filing = Cond::all()
        .add(at("filing", referral_filing::Column::ReferralId).eq(leg(C::Id)))
        .add(at("filing", referral_filing::Column::OrganisationId).eq(reader.organisation.unwrap_or(OrganisationId(Uuid::nil()))));
    let mark = Cond::all()
        .add(at("mark", reading_mark::Column::ReferralId).eq(leg(C::Id)))
        .add(at("mark", reading_mark::Column::UserId).eq(reader.user.unwrap_or(UserId(Uuid::nil()))));
    query
        .from_as(referral::Entity, Alias::new(LEG))
        .join_as(
            JoinType::LeftJoin,
            referral_assignment::Entity,
            Alias::new("assignment"),
            at("assignment", referral_assignment::Column::ReferralId).eq(leg(C::Id)),
        )
        .join_as(JoinType::LeftJoin, referral_filing::Entity, Alias::new("filing"), filing)
        .join_as(JoinType::LeftJoin, reading_mark::Entity, Alias::new("mark"), mark)
        .and_where(access::visible(rule, columns));
    query
}

fn full_rows(rule: &Rule, reader: Reader) -> SelectStatement {
    use referral::Column as C;
    let mut query = visible_legs(rule, reader);
    let own = [
        C::Id,
        C::NeedId,
        C::RootId,
        C::ParentId,
        C::Kind,
        C::Origin,
        C::State,
        C::SenderOrganisationId,
        C::SentBy,
        C::ReceiverOrganisationId,
        C::ServiceId,
        C::PersonId,
        C::Form,
        C::Snapshot,
        C::OverrideReason,
        C::SentAt,
        C::ToldAt,
        C::AnsweredAt,
        C::DecidedAt,
        C::EndedAt,
        C::RemindAt,
        C::RemindersSent,
        C::ExpireAt,
        C::RefusalCodes,
        C::AnswerMessage,
        C::Outcome,
        C::OutcomeText,
        C::Reported,
        C::Path,
        C::BlockedReason,
        C::CreatedAt,
        C::UpdatedAt,
        C::Version,
    ];
    for column in own {
        query.column((Alias::new(LEG), column));
    }
    query
        .join_as(
            JoinType::InnerJoin,
            organisation::Entity,
            Alias::new("sender"),
            at("sender", organisation::Column::Id).eq(leg(C::SenderOrganisationId)),
        )
        .join_as(
            JoinType::LeftJoin,
            organisation::Entity,
            Alias::new("receiver"),
            at("receiver", organisation::Column::Id).eq(leg(C::ReceiverOrganisationId)),
        )
        .join_as(JoinType::LeftJoin, service::Entity, Alias::new("asked"), at("asked", service::Column::Id).eq(leg(C::ServiceId)))
        .join_as(JoinType::LeftJoin, app_user::Entity, Alias::new("adviser"), at("adviser", app_user::Column::Id).eq(leg(C::AdviserId)))
        .expr_as(at("adviser", app_user::Column::Name), "adviser_name")
        .expr_as(at("adviser", app_user::Column::Email), "adviser_email")
        .expr_as(at("adviser", app_user::Column::Phone), "adviser_phone")
        .expr_as(at("sender", organisation::Column::Name), "sender_name")
        .expr_as(at("receiver", organisation::Column::Name), "receiver_name")
        .expr_as(at("asked", service::Column::Name), "service_name")
        .expr_as(at("asked", service::Column::Version), "service_version")
        .expr_as(at("asked", service::Column::ContactName), "service_contact_name")
        .expr_as(at("asked", service::Column::ContactEmail), "service_contact_email")
        .expr_as(at("asked", service::Column::ContactPhone), "service_contact_phone")
        .expr_as(at("assignment", referral_assignment::Column::MemberId), "assigned_member")
        .expr_as(at("assignment", referral_assignment::Column::UnitId), "assigned_unit")
        .expr_as(at("filing", referral_filing::Column::FiledAt), "filed_at")
        .expr_as(at("filing", referral_filing::Column::Reason), "filed_reason")
        .expr_as(at("filing", referral_filing::Column::Note), "filed_note")
        .expr_as(at("mark", reading_mark::Column::ReadAt), "read_at")
        .expr_as(access::mask(rule, columns), "mask");
    query
}

/// One referral, as the policy shows it. Refused by [`Failure::Missing`] when it hides it.
///
/// # Errors
/// As any read.
pub async fn one(db: &Db, rule: &Rule, reader: Reader, id: ReferralId) -> Result<LegRow, Failure> {
    let query = full_rows(rule, reader).and_where(leg(referral::Column::Id).eq(id)).take();
    let statement = db.reader().get_database_backend().build(&query);
    LegRow::find_by_statement(statement).one(db.reader()).await?.ok_or(Failure::Missing)
}

/// Every leg that a rule shows, with its mask, by the query of the lists: what random worlds compare with [`Rule::decide`].
///
/// # Errors
/// As any read.
#[doc(hidden)]
pub async fn decisions(db: &Db, rule: &Rule, reader: Reader) -> Result<Vec<(ReferralId, i32)>, Failure> {
    let mut query = full_rows(rule, reader);
    query.clear_selects().column((Alias::new(LEG), referral::Column::Id)).expr(access::mask(rule, columns));
    let rows = db.reader().query_all(&query).await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
}

/// The instant by which a list is ordered: told for what I received, made for the rest.
fn place(filter: &Filter) -> Expr {
    if filter.sent_by_me == Some(false) || filter.in_box.is_some() {
        leg(referral::Column::ToldAt)
    } else {
        leg(referral::Column::CreatedAt)
    }
}

/// One page of a list: oldest first for the receiver's boxes, newest first otherwise.
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
) -> Result<Vec<LegRow>, Failure> {
    let narrowed = narrowed(rule, filter);
    let mut query = full_rows(&narrowed, reader);
    narrow(&mut query, reader, filter);
    let oldest_first = oldest_first(filter);
    let key = || Expr::tuple([place(filter), leg(referral::Column::Id)]);
    if let Some((at, id)) = after {
        let last = Expr::tuple([Expr::val(at), Expr::val(id)]);
        query.and_where(if oldest_first { key().gt(last) } else { key().lt(last) });
    }
    let order = if oldest_first { Order::Asc } else { Order::Desc };
    query.order_by_expr(place(filter), order.clone()).order_by((Alias::new(LEG), referral::Column::Id), order).limit(limit + 1);
    let statement = db.reader().get_database_backend().build(&query);
    Ok(LegRow::find_by_statement(statement).all(db.reader()).await?)
}

/// Whether the list is read from its oldest end.
pub fn oldest_first(filter: &Filter) -> bool {
    filter.in_box.is_some_and(|one| one != InboxBox::Archived)
}

/// The instant and id that place a row in the list.
pub fn place_of(row: &LegRow, filter: &Filter) -> (DateTime<Utc>, Uuid) {
    let received = filter.sent_by_me == Some(false) || filter.in_box.is_some();
    (if received { row.told_at.unwrap_or(row.created_at) } else { row.created_at }, row.id.0)
}

/// Counts the rows of a list, up to `most` and one more.
///
/// # Errors
/// As any read.
pub async fn count(db: &Db, rule: &Rule, reader: Reader, filter: &Filter, most: u64) -> Result<u64, Failure> {
    let mut inner = visible_legs(&narrowed(rule, filter), reader);
    narrow(&mut inner, reader, filter);
    inner.expr(Expr::val(1)).limit(most + 1);
    let query = Query::select().expr(Expr::cust("COUNT(*)")).from_subquery(inner, Alias::new("found")).take();
    let row = db.reader().query_one(&query).await?.ok_or(Failure::Missing)?;
    Ok(u64::try_from(row.try_get_by_index::<i64>(0)?).unwrap_or(0))
}

/// Searching by name or contact tells who a row is about, so it runs on rows whose content is open only.
fn narrowed(rule: &Rule, filter: &Filter) -> Rule {
    let mut narrowed = rule.clone();
    if filter.name.is_some() {
        narrowed = narrowed.narrowed_to(Category::Identity);
    }
    if filter.contact.is_some() {
        narrowed = narrowed.narrowed_to(Category::Contact);
    }
    narrowed
}

fn narrow(query: &mut SelectStatement, reader: Reader, filter: &Filter) {
    use referral::Column as C;
    let mine = reader.organisation.unwrap_or(OrganisationId(Uuid::nil()));
    match filter.sent_by_me {
        Some(true) => query.and_where(leg(C::SenderOrganisationId).eq(mine)),
        Some(false) => query.and_where(leg(C::ReceiverOrganisationId).eq(mine)).and_where(leg(C::ToldAt).is_not_null()),
        None => query,
    };
    if let Some(one) = filter.in_box {
        in_box(query, mine, one);
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
    if let Some(member) = filter.assigned_to {
        // Assignments are the receiver's alone: a sender who asks for them finds nothing.
        let own = leg(C::ReceiverOrganisationId).eq(mine).and(leg(C::ToldAt).is_not_null());
        query.and_where(own).and_where(at("assignment", referral_assignment::Column::MemberId).eq(member));
    }
    if let Some(from) = filter.from {
        query.and_where(place(filter).gte(from));
    }
    if let Some(to) = filter.to {
        query.and_where(place(filter).lt(to));
    }
    if let Some(since) = filter.untouched_since {
        query.and_where(leg(C::UpdatedAt).lt(since));
    }
    if filter.unread {
        query.and_where(at("mark", reading_mark::Column::ReadAt).is_null());
    }
    if let Some(name) = &filter.name {
        // A range instead of LIKE, which differs between the engines.
        query.and_where(leg(C::NameFolded).gte(name.as_str())).and_where(leg(C::NameFolded).lt(format!("{name}\u{10FFFF}")));
        if name.is_empty() {
            query.and_where(Expr::val(1).eq(0));
        }
    }
    if let Some(contact) = &filter.contact {
        let literal: String = contact.chars().flat_map(|c| matches!(c, '%' | '_' | '\\').then_some('\\').into_iter().chain([c])).collect();
        query.and_where(leg(C::ContactKeys).like(LikeExpr::new(format!("%|{literal}|%")).escape('\\')));
    }
}

fn in_box(query: &mut SelectStatement, mine: OrganisationId, one: InboxBox) {
    use referral::Column as C;
    query.and_where(leg(C::ReceiverOrganisationId).eq(mine));
    let (lies_in, filed) = (leg(C::InboxBox).eq(one.code()), at("filing", referral_filing::Column::FiledAt));
    if one == InboxBox::Archived {
        query.and_where(leg(C::InboxBox).is_not_null()).cond_where(Cond::any().add(lies_in).add(filed.is_not_null()));
    } else {
        query.and_where(lies_in).and_where(filed.is_null());
    }
}

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
    use referral::Column as C;
    let mut query = visible_legs(rule, reader);
    narrow(&mut query, reader, &Filter { in_box: Some(one), ..Filter::default() });
    let sum = |condition: Expr| {
        let one_or_none = sea_orm::sea_query::CaseStatement::new().case(condition, Expr::val(1)).finally(Expr::val(0));
        Expr::expr(sea_orm::sea_query::Func::coalesce([Expr::expr(one_or_none).sum(), Expr::val(0)])).cast_as(Alias::new("bigint"))
    };
    let overdue = leg(C::RemindersSent).gt(0).or(leg(C::RemindAt).lte(now));
    let overdue = if one == InboxBox::ToHandle { overdue } else { Expr::val(1).eq(0) };
    query.expr(Expr::cust("COUNT(*)")).expr(sum(at("mark", reading_mark::Column::ReadAt).is_null())).expr(sum(overdue)).expr(sum(at(
        "assignment",
        referral_assignment::Column::MemberId,
    )
    .eq(reader.user.unwrap_or(UserId(Uuid::nil())))));
    let row = db.reader().query_one(&query).await?.ok_or(Failure::Missing)?;
    let number = |index: usize| row.try_get_by_index::<i64>(index);
    Ok(BoxCount { count: number(0)?, count_is_exact: true, unread: number(1)?, overdue: number(2)?, mine: number(3)? })
}

/// The sender's board: chains by the state of the leg that is open or ended last, filed ones left out.
///
/// # Errors
/// As any read.
pub async fn board(db: &Db, rule: &Rule, reader: Reader) -> Result<Vec<BoardCount>, Failure> {
    use referral::Column as C;
    let mut query = visible_legs(rule, reader);
    narrow(&mut query, reader, &Filter { sent_by_me: Some(true), ..Filter::default() });
    query
        .and_where(at("filing", referral_filing::Column::FiledAt).is_null())
        .expr_as(leg(C::State), "state")
        .expr_as(Expr::cust("COUNT(*)"), "count")
        .group_by_col((Alias::new(LEG), C::State))
        .order_by((Alias::new(LEG), C::State), Order::Asc);
    let statement = db.reader().get_database_backend().build(&query);
    Ok(BoardCount::find_by_statement(statement).all(db.reader()).await?)
}
