//! How long receivers take to answer.

use chrono::{DateTime, Utc};
use relais_domain::referral::Kind;
use relais_domain::shared::ids::ServiceId;
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait as _};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};

use crate::db::{Db, Failure};
use crate::referral::entity::referral::{Column, Entity};

/// The answers that services gave from an instant on: the service, since when an answer was awaited, when it came. By service. A
/// leg that came back awaits a new answer; one that came back in charge has kept its former one. Nobody awaited an answer of who came to
/// the counter, or was fetched and taken in charge in one.
///
/// # Errors
/// As any read.
pub async fn answers_since(db: &Db, since: DateTime<Utc>) -> Result<Vec<(ServiceId, DateTime<Utc>, DateTime<Utc>)>, Failure> {
    let again = Expr::col(Column::ReturnedAt).lte(Expr::col(Column::AnsweredAt));
    let awaited = CaseStatement::new().case(again, Expr::col(Column::ReturnedAt)).finally(Expr::col(Column::ToldAt));
    let query = Entity::find().select_only().column(Column::ServiceId).expr(awaited).column(Column::AnsweredAt);
    let answered = query.filter(Column::AnsweredAt.gte(since)).filter(Column::ToldAt.is_not_null()).filter(Column::ServiceId.is_not_null());
    let at_once = Column::Kind.eq(Kind::Retrieval).and(Expr::col(Column::AnsweredAt).lte(Expr::col(Column::ToldAt)));
    let asked = answered.filter(Column::Kind.ne(Kind::WalkIn)).filter(at_once.not());
    Ok(asked.order_by_asc(Column::ServiceId).into_tuple().all(db.reader()).await?)
}
