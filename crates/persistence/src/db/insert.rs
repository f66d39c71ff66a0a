//! Inserting many rows.

use sea_orm::sea_query::{CommonTableExpression, Expr, InsertStatement, Query, WithClause};
use sea_orm::{ActiveModelTrait, ColumnTrait as _, ConnectionTrait, EntityTrait, IntoActiveModel, Iterable as _, ModelTrait};

use super::{Engine, Failure, Open};

/// The most values one statement may bind: SQLite's limit is the lower of the two.
const MOST_BINDS: usize = 32_000;

/// Rows of one statement at most: many rows are many statements of the same words, which the engine has to read once.
const MOST_ROWS: usize = 500;
/// Beyond this many values, one statement of several parts costs more to read than the ways there and back that it saves.
const MOST_TOGETHER: usize = 6_000;

/// Statements that insert rows and stay under the engines' limits, each with how many values it binds.
pub(crate) fn inserts<E>(rows: Vec<E::Model>) -> Vec<(InsertStatement, usize)>
where
    E: EntityTrait,
    E::Model: ModelTrait<Entity = E> + IntoActiveModel<E::ActiveModel> + Clone,
    E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
{
    let columns = E::Column::iter().count().max(1);
    let insert = |chunk: &[E::Model]| {
        let mut insert = Query::insert();
        insert.into_table(E::default().table_ref()).columns(E::Column::iter());
        for row in chunk {
            insert.values_panic(E::Column::iter().map(|column| column.save_as(Expr::val(row.get(column)))));
        }
        (insert, chunk.len() * columns)
    };
    rows.chunks(MOST_ROWS.min(MOST_BINDS / columns)).map(insert).collect()
}

/// Inserts rows.
pub(crate) async fn insert_all<E>(conn: &impl ConnectionTrait, rows: Vec<E::Model>) -> Result<(), Failure>
where
    E: EntityTrait,
    E::Model: ModelTrait<Entity = E> + IntoActiveModel<E::ActiveModel> + Clone,
    E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
{
    for (insert, _) in inserts::<E>(rows) {
        conn.execute(&insert).await?;
    }
    Ok(())
}

/// Runs inserts one after another; on PostgreSQL as parts of one statement, which saves the way there and back for each.
pub(super) async fn all_at_once(conn: &Open, engine: Engine, mut inserts: Vec<(InsertStatement, usize)>) -> Result<(), Failure> {
    let fits = inserts.iter().map(|(_, binds)| binds).sum::<usize>() <= MOST_TOGETHER;
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
    let mut with = WithClause::new();
    for (number, (insert, _)) in inserts.into_iter().enumerate() {
        let mut part = CommonTableExpression::new();
        part.query(insert).table_name(format!("part{number}"));
        with.cte(part);
    }
    conn.execute(&last.with(with)).await?;
    Ok(())
}
