//! How long receivers take to answer.

use chrono::{DateTime, Utc};
use relais_domain::shared::ids::ServiceId;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};

use crate::db::{Db, Failure};
use crate::referral::entity::referral::{Column, Entity};

/// The answers that services gave from an instant on: the service, when the referral was sent, when it was answered. By service.
///
/// # Errors
/// As any read.
pub async fn answers_since(db: &Db, since: DateTime<Utc>) -> Result<Vec<(ServiceId, DateTime<Utc>, DateTime<Utc>)>, Failure> {
    let query = Entity::find().select_only().columns([Column::ServiceId, Column::SentAt, Column::AnsweredAt]);
    let answered = query.filter(Column::AnsweredAt.gte(since)).filter(Column::SentAt.is_not_null()).filter(Column::ServiceId.is_not_null());
    Ok(answered.order_by_asc(Column::ServiceId).into_tuple().all(db.reader()).await?)
}
