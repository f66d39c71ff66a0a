//! Budgets that hold over all nodes: tries of sign-in, renewals, exports.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ColumnTrait as _, QueryFilter as _};
use sea_orm::{ConnectionTrait as _, EntityTrait as _, Statement};

use super::entity::budget::{Column, Entity};
use crate::db::{Ctx, Db, Engine, Failure};

/// Counts one use and says how many there were in this period, this one included. Periods are of real time.
///
/// # Errors
/// As any write.
pub async fn spend(db: &Db, ctx: &Ctx, name: &str, subject: &str, period: TimeDelta) -> Result<i32, Failure> {
    let start = period_start(ctx.real_now, period);
    let tx = db.write(ctx).await?;
    let (a, b, c) = match db.engine() {
        Engine::Postgres => ("$1", "$2", "$3"),
        Engine::Sqlite => ("?", "?", "?"),
    };
    let sql = format!(
        "INSERT INTO budget (name, subject, period_start, used) VALUES ({a}, {b}, {c}, 1) \
         ON CONFLICT (name, subject, period_start) DO UPDATE SET used = budget.used + 1 RETURNING used"
    );
    let values: Vec<sea_orm::Value> = vec![name.into(), subject.into(), start.into()];
    let backend = tx.conn().get_database_backend();
    let row = tx.conn().query_one_raw(Statement::from_sql_and_values(backend, sql, values)).await?.ok_or(Failure::Missing)?;
    let used = row.try_get_by_index(0)?;
    tx.commit().await?;
    Ok(used)
}

/// How many uses this period has seen.
///
/// # Errors
/// As any read.
pub async fn used(db: &Db, ctx: &Ctx, name: &str, subject: &str, period: TimeDelta) -> Result<i32, Failure> {
    let id = (name.to_owned(), subject.to_owned(), period_start(ctx.real_now, period));
    Ok(Entity::find_by_id(id).one(db.reader()).await?.map_or(0, |row| row.used))
}

/// When the period that is running now ends.
pub fn period_end(now: DateTime<Utc>, period: TimeDelta) -> DateTime<Utc> {
    period_start(now, period) + period
}

fn period_start(now: DateTime<Utc>, period: TimeDelta) -> DateTime<Utc> {
    let seconds = period.num_seconds().max(1);
    DateTime::from_timestamp(now.timestamp() - now.timestamp().rem_euclid(seconds), 0).unwrap_or(now)
}

/// Forgets periods that began before `before`.
///
/// # Errors
/// As any write.
pub async fn forget(tx: &crate::db::Tx, before: DateTime<Utc>) -> Result<(), Failure> {
    Entity::delete_many().filter(Column::PeriodStart.lt(before)).exec(tx.conn()).await?;
    Ok(())
}
