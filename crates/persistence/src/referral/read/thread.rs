//! The thread of a leg.

use chrono::{DateTime, Utc};
use relais_domain::shared::ids::{MessageId, ReferralId};
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait as _, FromQueryResult as _};
use uuid::Uuid;

use super::super::view::MessageView;
use crate::db::{Db, Failure};
use crate::message::entity::message;

fn shown() -> SelectStatement {
    use message::Column as M;
    Query::select().columns([M::Id, M::OrganisationId, M::AuthorName, M::Kind, M::Body, M::CreatedAt]).from(message::Entity).take()
}

/// One message of a thread. The caller has checked that the leg is visible. Refused by [`Failure::Missing`] when it is of
/// another thread.
///
/// # Errors
/// As any read.
pub async fn message(db: &Db, id: ReferralId, message: MessageId) -> Result<MessageView, Failure> {
    use message::Column as M;
    let query = shown().and_where(Expr::col(M::ReferralId).eq(id)).and_where(Expr::col(M::Id).eq(message)).take();
    let statement = db.reader().get_database_backend().build(&query);
    MessageView::find_by_statement(statement).one(db.reader()).await?.ok_or(Failure::Missing)
}

/// One page of a thread, oldest first. The caller has checked that the leg is visible.
///
/// # Errors
/// As any read.
pub async fn messages(db: &Db, id: ReferralId, after: Option<(DateTime<Utc>, Uuid)>, limit: u64) -> Result<Vec<MessageView>, Failure> {
    use message::Column as M;
    let mut query = shown();
    query.and_where(Expr::col(M::ReferralId).eq(id));
    if let Some((at, last)) = after {
        query.and_where(Expr::tuple([Expr::col(M::CreatedAt), Expr::col(M::Id)]).gt(Expr::tuple([Expr::val(at), Expr::val(last)])));
    }
    query.order_by(M::CreatedAt, Order::Asc).order_by(M::Id, Order::Asc).limit(limit + 1);
    let statement = db.reader().get_database_backend().build(&query);
    Ok(MessageView::find_by_statement(statement).all(db.reader()).await?)
}

/// Whether the person took back the consent for the leg's receiver.
///
/// # Errors
/// As any read.
pub async fn consent_withdrawn(db: &Db, id: ReferralId) -> Result<bool, Failure> {
    use super::super::entity::referral;
    let query = Query::select()
        .expr(Expr::col(referral::Column::ConsentWithdrawnAt).is_not_null())
        .from(referral::Entity)
        .and_where(Expr::col(referral::Column::Id).eq(id))
        .take();
    let row = db.reader().query_one(&query).await?.ok_or(Failure::Missing)?;
    Ok(row.try_get_by_index(0)?)
}

/// How many messages a thread has.
///
/// # Errors
/// As any read.
pub async fn count_messages(db: &Db, id: ReferralId) -> Result<u64, Failure> {
    use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
    Ok(message::Entity::find().filter(message::Column::ReferralId.eq(id)).count(db.reader()).await?)
}
