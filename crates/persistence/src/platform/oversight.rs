//! Jobs as people look at them: lists, one job, another try for a dead letter, figures.

use chrono::{DateTime, Utc};
use relais_domain::access::Rule;
use relais_domain::shared::ids::JobId;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select};
use uuid::Uuid;

use super::entity::job::{Column, Entity, Model};
use super::view::{JobFigures, JobView};
use crate::access::{self, Columns};
use crate::db::{Db, Failure, Tx};

/// A job belongs to the installation, not to an organisation: only a rule that reaches everything reaches it.
const COLUMNS: Columns = |_| None;

fn visible(rule: &Rule) -> Select<Entity> {
    Entity::find().filter(access::visible(rule, COLUMNS))
}

/// Jobs in the order in which they were made.
///
/// # Errors
/// As any read.
pub async fn list(
    db: &Db,
    rule: &Rule,
    states: &[String],
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: u64,
) -> Result<Vec<JobView>, Failure> {
    let mut query = visible(rule);
    if !states.is_empty() {
        query = query.filter(Column::State.is_in(states));
    }
    if let Some((at, id)) = after {
        let same_instant = Condition::all().add(Column::CreatedAt.eq(at)).add(Column::Id.gt(id));
        query = query.filter(Condition::any().add(Column::CreatedAt.gt(at)).add(same_instant));
    }
    let rows = query.order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).limit(limit).all(db.reader()).await?;
    Ok(rows.into_iter().map(JobView::from).collect())
}

/// One job.
///
/// # Errors
/// [`Failure::Missing`] when it does not exist or the rule hides it.
pub async fn one(db: &Db, rule: &Rule, id: JobId) -> Result<JobView, Failure> {
    visible(rule).filter(Column::Id.eq(id)).one(db.reader()).await?.map(JobView::from).ok_or(Failure::Missing)
}

/// One job, inside the transaction of an act on it.
///
/// # Errors
/// As [`one`].
pub async fn for_act(tx: &Tx, rule: &Rule, id: JobId) -> Result<Model, Failure> {
    visible(rule).filter(Column::Id.eq(id)).one(tx.conn()).await?.ok_or(Failure::Missing)
}

/// Makes a dead letter ready at once, with all its tries before it. Shows it as it then stands: once committed, a worker may
/// finish and remove it at any moment.
///
/// # Errors
/// As any write.
pub async fn revive(tx: &mut Tx, before: Model) -> Result<JobView, Failure> {
    let now = tx.ctx().now;
    let after = Model { state: "ready".to_owned(), attempts: 0, run_at: now, updated_at: now, ..before.clone() };
    tx.save::<Entity>(&before, after.clone(), "retry").await?;
    Ok(JobView::from(Model { version: before.version + 1, ..after }))
}

/// Counts by state, and the longest wait.
///
/// # Errors
/// As any read.
pub async fn figures(db: &Db, now: DateTime<Utc>) -> Result<JobFigures, Failure> {
    let counted =
        Entity::find().select_only().column(Column::State).column_as(Expr::col(Column::Id).count(), "count").group_by(Column::State);
    let by_state: Vec<(String, i64)> = counted.into_tuple().all(db.reader()).await?;
    let due = Entity::find().filter(Column::State.eq("ready")).filter(Column::RunAt.lte(now)).order_by_asc(Column::RunAt);
    let oldest_due = due.one(db.reader()).await?.map(|job| job.run_at);
    let by_state = by_state.into_iter().map(|(state, count)| (state, u64::try_from(count).unwrap_or(0))).collect();
    Ok(JobFigures { by_state, oldest_due })
}
