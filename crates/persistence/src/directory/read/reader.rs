//! What readers keep of the directory and say of it.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use relais_domain::directory::{Alert, ReportState, ServiceState};
use relais_domain::shared::ids::{BookmarkId, SavedSearchId, ServiceId, ServiceReportId, UserId};
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait as _, LockType, Query, SelectStatement, SubQueryStatement};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, JoinType, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, RelationDef,
    Select,
};

use super::{After, Eyes, columns, offered_by, readable};
use crate::access::condition;
use crate::db::{Db, Failure, Tx};
use crate::directory::entity::service::{Column as S, Entity as Services};
use crate::directory::entity::{bookmark, contact_reading, saved_search, service_report};
use crate::directory::view::BookmarkView;
use crate::identity::entity::organisation::{self, Column as O};

/// Whether a service is seen, in the transaction of an act.
///
/// # Errors
/// As any read.
pub async fn sees(tx: &Tx, eyes: Eyes<'_>, id: ServiceId) -> Result<bool, Failure> {
    let query = Services::find().join(JoinType::InnerJoin, offered_by()).filter(readable(eyes)).filter(S::Id.eq(id));
    Ok(query.count(tx.conn()).await? > 0)
}

/// The open reports of a service, for those who may write it; NULL for others.
pub(super) fn open_reports_of(eyes: Eyes<'_>) -> Expr {
    use service_report::{Column, Entity};
    let open: SelectStatement = Query::select()
        .expr(Expr::cust("COUNT(*)"))
        .from(Entity)
        .and_where(Expr::col((Entity, Column::ServiceId)).equals((Services, S::Id)))
        .and_where(Column::State.eq(ReportState::Open))
        .take();
    let open = Expr::SubQuery(None, Box::new(SubQueryStatement::SelectStatement(open)));
    Expr::expr(CaseStatement::new().case(condition(&eyes.writing.visible(), columns), open))
}

fn marked() -> RelationDef {
    bookmark::Entity::belongs_to(Services).from(bookmark::Column::ServiceId).to(S::Id).into()
}

fn bookmarks_of(user: UserId) -> Select<bookmark::Entity> {
    use bookmark::Column as B;
    bookmark::Entity::find()
        .select_only()
        .columns([B::Id, B::Note, B::CreatedAt, B::Version])
        .expr_as(S::Id.into_expr(), "service_id")
        .expr_as(S::Name.into_expr(), "service_name")
        .expr_as(S::Summary.into_expr(), "summary")
        .expr_as(S::Kind.into_expr(), "kind")
        .expr_as(S::Locality.into_expr(), "locality")
        .expr_as(S::State.into_expr(), "service_state")
        .expr_as(S::Version.into_expr(), "service_version")
        .expr_as(O::Id.into_expr(), "organisation_id")
        .expr_as(O::Name.into_expr(), "organisation_name")
        .expr_as(O::State.into_expr(), "organisation_state")
        .expr_as(O::Version.into_expr(), "organisation_version")
        .expr_as(O::VerifiedAt.is_not_null(), "organisation_verified")
        .join(JoinType::InnerJoin, marked())
        .join(JoinType::InnerJoin, Services::belongs_to(organisation::Entity).from(S::OrganisationId).to(O::Id).into())
        .filter(B::UserId.eq(user))
}

/// Up to `most` bookmarks of a user, from `after` on, in the order in which they were made.
///
/// # Errors
/// As any read.
pub async fn bookmarks(db: &Db, user: UserId, after: After, most: u64) -> Result<Vec<BookmarkView>, Failure> {
    use bookmark::Column as B;
    let mut query = bookmarks_of(user).order_by_asc(B::CreatedAt).order_by_asc(B::Id).limit(most);
    if let Some((at, id)) = after {
        let place = Expr::tuple([B::CreatedAt.into_expr(), B::Id.into_expr()]);
        query = query.filter(place.gt(Expr::tuple([Expr::val(at), Expr::val(id)])));
    }
    Ok(query.into_model::<BookmarkView>().all(db.reader()).await?)
}

/// One bookmark of a user.
///
/// # Errors
/// [`Failure::Missing`], also when it is somebody else's.
pub async fn bookmark(db: &Db, user: UserId, id: BookmarkId) -> Result<BookmarkView, Failure> {
    let query = bookmarks_of(user).filter(bookmark::Column::Id.eq(id));
    query.into_model::<BookmarkView>().one(db.reader()).await?.ok_or(Failure::Missing)
}

/// The bookmark that a user has of a service, and how many bookmarks they have in all.
///
/// # Errors
/// As any read.
pub async fn kept_bookmarks(tx: &Tx, user: UserId, service: ServiceId) -> Result<(Option<BookmarkId>, u64), Failure> {
    let own = || bookmark::Entity::find().filter(bookmark::Column::UserId.eq(user));
    let known = own().filter(bookmark::Column::ServiceId.eq(service)).one(tx.conn()).await?;
    Ok((known.map(|row| row.id), own().count(tx.conn()).await?))
}

/// A user's bookmark, locked.
///
/// # Errors
/// [`Failure::Missing`], also when it is somebody else's.
pub async fn lock_bookmark(tx: &Tx, user: UserId, id: BookmarkId) -> Result<bookmark::Model, Failure> {
    let query = bookmark::Entity::find_by_id(id).filter(bookmark::Column::UserId.eq(user)).lock(LockType::Update);
    query.one(tx.conn()).await?.ok_or(Failure::Missing)
}

fn searches_of(user: UserId) -> Select<saved_search::Entity> {
    saved_search::Entity::find().filter(saved_search::Column::UserId.eq(user))
}

/// Up to `most` saved searches of a user, from `after` on, in the order in which they were saved.
///
/// # Errors
/// As any read.
pub async fn saved_searches(db: &Db, user: UserId, after: After, most: u64) -> Result<Vec<saved_search::Model>, Failure> {
    use saved_search::Column as Q;
    let mut query = searches_of(user).order_by_asc(Q::CreatedAt).order_by_asc(Q::Id).limit(most);
    if let Some((at, id)) = after {
        let place = Expr::tuple([Q::CreatedAt.into_expr(), Q::Id.into_expr()]);
        query = query.filter(place.gt(Expr::tuple([Expr::val(at), Expr::val(id)])));
    }
    Ok(query.all(db.reader()).await?)
}

/// One saved search of a user.
///
/// # Errors
/// [`Failure::Missing`], also when it is somebody else's.
pub async fn saved_search(db: &Db, user: UserId, id: SavedSearchId) -> Result<saved_search::Model, Failure> {
    searches_of(user).filter(saved_search::Column::Id.eq(id)).one(db.reader()).await?.ok_or(Failure::Missing)
}

/// How many searches a user has saved.
///
/// # Errors
/// As any read.
pub async fn kept_searches(tx: &Tx, user: UserId) -> Result<u64, Failure> {
    Ok(searches_of(user).count(tx.conn()).await?)
}

/// A saved search, locked; of a user, or whoever's when none is named.
///
/// # Errors
/// [`Failure::Missing`], also when it is somebody else's.
pub async fn lock_search(tx: &Tx, user: Option<UserId>, id: SavedSearchId) -> Result<saved_search::Model, Failure> {
    let mut query = saved_search::Entity::find_by_id(id).lock(LockType::Update);
    if let Some(user) = user {
        query = query.filter(saved_search::Column::UserId.eq(user));
    }
    query.one(tx.conn()).await?.ok_or(Failure::Missing)
}

/// The shortest time between two mails about one search.
const SHORTEST: TimeDelta = TimeDelta::days(7);

/// Up to `most` searches whose owners are to be told of what is new, or soon, in the order of their ids.
///
/// # Errors
/// As any read.
pub async fn searches_to_tell(
    db: &Db,
    now: DateTime<Utc>,
    after: Option<SavedSearchId>,
    most: u64,
) -> Result<Vec<saved_search::Model>, Failure> {
    use saved_search::Column as Q;
    let mut query = saved_search::Entity::find().filter(Q::Alert.ne(Alert::Off)).filter(Q::AlertedAt.lte(now - SHORTEST));
    if let Some(after) = after {
        query = query.filter(Q::Id.gt(after));
    }
    Ok(query.order_by_asc(Q::Id).limit(most).all(db.reader()).await?)
}

/// Up to `most` services that were published, for the first time or again, after the first instant and not after the second, the
/// newest first.
///
/// # Errors
/// As any read.
pub async fn published_between(db: &Db, (since, until): (DateTime<Utc>, DateTime<Utc>), most: u64) -> Result<Vec<ServiceId>, Failure> {
    let published = S::PublishedAt.gt(since).and(S::PublishedAt.lte(until));
    let query = Services::find().select_only().column(S::Id).filter(S::State.eq(ServiceState::Published)).filter(published);
    Ok(query.order_by_desc(S::PublishedAt).order_by_asc(S::Id).limit(most).into_tuple().all(db.reader()).await?)
}

/// Up to `most` reports of a service in these states (in all when none is named), from `after` on, in the order in which they came.
///
/// # Errors
/// As any read.
pub async fn reports(
    db: &Db,
    service: ServiceId,
    states: &[ReportState],
    after: After,
    most: u64,
) -> Result<Vec<service_report::Model>, Failure> {
    use service_report::Column as R;
    let mut query = service_report::Entity::find().filter(R::ServiceId.eq(service));
    if !states.is_empty() {
        query = query.filter(R::State.is_in(states.iter().copied()));
    }
    if let Some((at, id)) = after {
        let place = Expr::tuple([R::CreatedAt.into_expr(), R::Id.into_expr()]);
        query = query.filter(place.gt(Expr::tuple([Expr::val(at), Expr::val(id)])));
    }
    Ok(query.order_by_asc(R::CreatedAt).order_by_asc(R::Id).limit(most).all(db.reader()).await?)
}

/// Whether somebody has reported a service from an instant on.
///
/// # Errors
/// As any read.
pub async fn report_exists_since(tx: &Tx, service: ServiceId, since: DateTime<Utc>) -> Result<bool, Failure> {
    let query = service_report::Entity::find().filter(service_report::Column::ServiceId.eq(service));
    Ok(query.filter(service_report::Column::CreatedAt.gte(since)).one(tx.conn()).await?.is_some())
}

/// A report of a service.
///
/// # Errors
/// [`Failure::Missing`].
pub async fn report(db: &Db, service: ServiceId, id: ServiceReportId) -> Result<service_report::Model, Failure> {
    let query = service_report::Entity::find_by_id(id).filter(service_report::Column::ServiceId.eq(service));
    query.one(db.reader()).await?.ok_or(Failure::Missing)
}

/// A report of a service, locked.
///
/// # Errors
/// [`Failure::Missing`].
pub async fn lock_report(tx: &Tx, service: ServiceId, id: ServiceReportId) -> Result<service_report::Model, Failure> {
    let query = service_report::Entity::find_by_id(id).filter(service_report::Column::ServiceId.eq(service)).lock(LockType::Update);
    query.one(tx.conn()).await?.ok_or(Failure::Missing)
}

/// The reports of a service that nobody has settled, locked.
///
/// # Errors
/// As any read.
pub async fn open_reports(tx: &Tx, service: ServiceId) -> Result<Vec<service_report::Model>, Failure> {
    use service_report::Column as R;
    let query = service_report::Entity::find().filter(R::ServiceId.eq(service)).filter(R::State.eq(ReportState::Open));
    Ok(query.order_by_asc(R::Id).lock(LockType::Update).all(tx.conn()).await?)
}

/// Up to `most` days on which the contact of a service was read, before `before`, the latest first.
///
/// # Errors
/// As any read.
pub async fn contact_readings(
    db: &Db,
    service: ServiceId,
    before: Option<NaiveDate>,
    most: u64,
) -> Result<Vec<contact_reading::Model>, Failure> {
    use contact_reading::Column as C;
    let mut query = contact_reading::Entity::find().filter(C::ServiceId.eq(service));
    if let Some(before) = before {
        query = query.filter(C::Day.lt(before));
    }
    Ok(query.order_by_desc(C::Day).limit(most).all(db.reader()).await?)
}
