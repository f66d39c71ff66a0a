//! The job table: claims that are safe with several nodes, back-off, dead letters.

use chrono::{DateTime, TimeDelta, Utc};
use relais_domain::shared::ids::JobId;
use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};

pub use super::entity::job::Model as Job;
use super::entity::job::{Column, Entity};
use crate::db::{Ctx, Db, Engine, Failure, Tx};

/// Claims up to `most` due jobs for `worker`, the longest due first. A claim lasts `lease`; a job whose worker died is due again after
/// it, and comes before the others.
///
/// # Errors
/// As any write.
pub async fn claim(db: &Db, ctx: &Ctx, worker: &str, most: u64, lease: TimeDelta) -> Result<Vec<Job>, Failure> {
    let ready = || Column::State.eq("ready").and(Column::RunAt.lte(ctx.now));
    let forsaken = || Column::State.eq("running").and(Column::ClaimedUntil.lt(ctx.real_now));
    if !(is_any(db, ready()).await? || is_any(db, forsaken()).await?) {
        return Ok(vec![]);
    }
    let tx = db.write(ctx).await?;
    // Each by itself: with both in one condition no index gives their order, and every job that is due would be read and sorted.
    let mut jobs = first(&tx, db.engine(), forsaken(), most).await?;
    let left = most.saturating_sub(u64::try_from(jobs.len()).unwrap_or(most));
    if left > 0 {
        jobs.extend(first(&tx, db.engine(), ready(), left).await?);
    }
    Entity::update_many()
        .col_expr(Column::State, Expr::val("running"))
        .col_expr(Column::ClaimedBy, Expr::val(worker))
        .col_expr(Column::ClaimedUntil, Expr::val(ctx.real_now + lease))
        .col_expr(Column::Version, ExprTrait::add(Expr::col(Column::Version), 1))
        .filter(Column::Id.is_in(jobs.iter().map(|job| job.id)))
        .exec(tx.conn())
        .await?;
    tx.commit().await?;
    let claimed = |job: Job| Job { state: "running".to_owned(), claimed_by: Some(worker.to_owned()), version: job.version + 1, ..job };
    Ok(jobs.into_iter().map(claimed).collect())
}

async fn is_any(db: &Db, which: Expr) -> Result<bool, Failure> {
    let any = Entity::find().select_only().column(Column::Id).filter(which).limit(1);
    Ok(any.into_tuple::<JobId>().one(db.reader()).await?.is_some())
}

/// The first of some jobs in the order of their claims, none of which another worker claims at this moment.
async fn first(tx: &Tx, engine: Engine, which: Expr, most: u64) -> Result<Vec<Job>, Failure> {
    let query =
        Entity::find().filter(which).order_by_asc(Column::RunAt).order_by_asc(Column::Priority).order_by_asc(Column::Id).limit(most);
    let query = match engine {
        Engine::Postgres => query.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked),
        Engine::Sqlite => query,
    };
    Ok(query.all(tx.conn()).await?)
}

/// Gives back what `worker` has claimed and not begun, untried.
///
/// # Errors
/// As any write.
pub async fn release(db: &Db, ctx: &Ctx, worker: &str, ids: Vec<JobId>) -> Result<(), Failure> {
    let tx = db.write(ctx).await?;
    Entity::update_many()
        .col_expr(Column::State, Expr::val("ready"))
        .col_expr(Column::ClaimedBy, Expr::val(None::<String>))
        .col_expr(Column::ClaimedUntil, Expr::val(None::<DateTime<Utc>>))
        .filter(Column::Id.is_in(ids))
        .filter(Column::ClaimedBy.eq(worker))
        .exec(tx.conn())
        .await?;
    tx.commit().await
}

/// Removes a job that is done, in the transaction of its effect where there is one. False when it was gone already: its claim had run
/// out, and another worker was done with it first. An effect that nothing else guards is then left out.
///
/// # Errors
/// As any write.
pub async fn done(tx: &Tx, id: JobId) -> Result<bool, Failure> {
    Ok(Entity::delete_many().filter(Column::Id.eq(id)).exec(tx.conn()).await?.rows_affected > 0)
}

/// Whether a job with this unique key waits or runs.
///
/// # Errors
/// As any read.
pub async fn is_planned(tx: &Tx, unique_key: &str) -> Result<bool, Failure> {
    let open = Entity::find().filter(Column::UniqueKey.eq(unique_key)).filter(Column::State.ne("dead"));
    Ok(open.one(tx.conn()).await?.is_some())
}

/// Gives a failed job back, to run at `run_at`, or buries it as a dead letter when `run_at` is `None`. `error` is a code,
/// never a text that could carry personal data. False when its claim had run out and another worker has it, or was done with it:
/// nothing is then to be given back.
///
/// # Errors
/// As any write.
pub async fn failed(tx: &Tx, job: &Job, error: &str, run_at: Option<DateTime<Utc>>) -> Result<bool, Failure> {
    let mut update = Entity::update_many()
        .col_expr(Column::State, Expr::val(if run_at.is_some() { "ready" } else { "dead" }))
        .col_expr(Column::Attempts, ExprTrait::add(Expr::col(Column::Attempts), 1))
        .col_expr(Column::Version, ExprTrait::add(Expr::col(Column::Version), 1))
        .col_expr(Column::LastError, Expr::val(error))
        .col_expr(Column::ClaimedBy, Expr::val(None::<String>))
        .col_expr(Column::ClaimedUntil, Expr::val(None::<DateTime<Utc>>))
        .col_expr(Column::UpdatedAt, Expr::val(tx.ctx().now));
    if let Some(run_at) = run_at {
        update = update.col_expr(Column::RunAt, Expr::val(run_at));
    }
    let mine = update.filter(Column::Id.eq(job.id)).filter(Column::ClaimedBy.eq(job.claimed_by.clone()));
    Ok(mine.exec(tx.conn()).await?.rows_affected > 0)
}

/// Renews the claims of `worker` on jobs that it has not come to yet, and says which are still its own.
///
/// # Errors
/// As any write.
pub async fn renew(db: &Db, ctx: &Ctx, worker: &str, ids: Vec<JobId>, lease: TimeDelta) -> Result<Vec<JobId>, Failure> {
    let tx = db.write(ctx).await?;
    let own = Condition::all().add(Column::Id.is_in(ids)).add(Column::State.eq("running")).add(Column::ClaimedBy.eq(worker));
    Entity::update_many().col_expr(Column::ClaimedUntil, Expr::val(ctx.real_now + lease)).filter(own.clone()).exec(tx.conn()).await?;
    let kept = Entity::find().filter(own).all(tx.conn()).await?;
    tx.commit().await?;
    Ok(kept.into_iter().map(|job| job.id).collect())
}

/// Puts a job back that has come further and has more to do: others that are due have their turn first, and its failures
/// until now count no more.
///
/// # Errors
/// As any write.
pub async fn again(tx: &Tx, id: JobId) -> Result<(), Failure> {
    Entity::update_many()
        .col_expr(Column::State, Expr::val("ready"))
        .col_expr(Column::Attempts, Expr::val(0))
        .col_expr(Column::Version, ExprTrait::add(Expr::col(Column::Version), 1))
        .col_expr(Column::ClaimedBy, Expr::val(None::<String>))
        .col_expr(Column::ClaimedUntil, Expr::val(None::<DateTime<Utc>>))
        .col_expr(Column::RunAt, Expr::val(tx.ctx().now))
        .col_expr(Column::UpdatedAt, Expr::val(tx.ctx().now))
        .filter(Column::Id.eq(id))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Notes how far a job of several steps has come, so that a second try does not repeat the first ones.
///
/// # Errors
/// As any write.
pub async fn progress(tx: &Tx, id: JobId, payload: serde_json::Value) -> Result<(), Failure> {
    Entity::update_many().col_expr(Column::Payload, Expr::val(payload)).filter(Column::Id.eq(id)).exec(tx.conn()).await?;
    Ok(())
}

/// Removes the waiting jobs with these unique keys: clocks that are taken back.
///
/// # Errors
/// As any write.
pub async fn cancel(tx: &Tx, unique_keys: Vec<String>) -> Result<(), Failure> {
    if unique_keys.is_empty() {
        return Ok(());
    }
    Entity::delete_many().filter(Column::UniqueKey.is_in(unique_keys)).filter(Column::State.ne("running")).exec(tx.conn()).await?;
    Ok(())
}

/// The earliest due time among waiting jobs.
///
/// # Errors
/// As any read.
pub async fn next_due(db: &Db) -> Result<Option<DateTime<Utc>>, Failure> {
    let job = Entity::find().filter(Column::State.eq("ready")).order_by_asc(Column::RunAt).one(db.writer()).await?;
    Ok(job.map(|job| job.run_at))
}

/// How many jobs are due at an instant or claimed by live workers. One statement: a job that ends between two of them may have left
/// another one behind, and neither would see it.
///
/// # Errors
/// As any read.
pub async fn unsettled(db: &Db, at: DateTime<Utc>, real_now: DateTime<Utc>) -> Result<u64, Failure> {
    let due = Column::State.eq("ready").and(Column::RunAt.lte(at));
    let running = Column::State.eq("running").and(Column::ClaimedUntil.gte(real_now));
    Ok(Entity::find().filter(due.or(running)).count(db.writer()).await?)
}
