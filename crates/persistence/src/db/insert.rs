//! Inserting many rows.

use sea_orm::sea_query::{CommonTableExpression, InsertStatement, WithClause};
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel, Iterable as _, QueryTrait as _};

use super::{Engine, Failure, Open};

/// The most values one statement may bind: SQLite's limit is the lower of the two.
const MOST_BINDS: usize = 32_000;

/// Statements that insert rows and stay under the engines' limits, each with how many values it binds.
pub(crate) fn inserts<E>(rows: Vec<E::Model>) -> Vec<(InsertStatement, usize)>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel> + Clone,
    E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
{
    let columns = E::Column::iter().count();
    let chunks = rows.chunks(MOST_BINDS / columns.max(1));
    let insert = |chunk: &[E::Model]| {
        let rows = chunk.iter().cloned().map(|row| row.into_active_model().reset_all());
        (E::insert_many(rows).into_query(), chunk.len() * columns)
    };
    chunks.map(insert).collect()
}

/// Inserts rows.
pub(crate) async fn insert_all<E>(conn: &impl ConnectionTrait, rows: Vec<E::Model>) -> Result<(), Failure>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel> + Clone,
    E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
{
    for (insert, _) in inserts::<E>(rows) {
        conn.execute(&insert).await?;
    }
    Ok(())
}

/// Runs inserts one after another; on PostgreSQL as parts of one statement, which saves the way there and back for each.
pub(super) async fn all_at_once(conn: &Open, engine: Engine, mut inserts: Vec<(InsertStatement, usize)>) -> Result<(), Failure> {
    let fits = inserts.iter().map(|(_, binds)| binds).sum::<usize>() <= MOST_BINDS;
    if engine == Engine::Sqlite || !fits {
        for (insert, _) in inserts {
            conn.execute(&insert).await?;
        }
        return Ok(());
    }
    let Some((last, _)) = inserts.pop() else { return Ok(()) };
    if inserts.is_empty() {
        conn.execute(&last).await?;
        return Ok(());
    }
    let parts = inserts.into_iter().enumerate();
    let with = parts.fold(WithClause::new(), |mut with, (number, (insert, _))| {
        with.cte(CommonTableExpression::new().query(insert).table_name(format!("part{number}")).to_owned()).to_owned()
    });
    conn.execute(&last.with(with)).await?;
    Ok(())
}
