//! The sequencer: gives committed events and mutation entries their place, and seals the journals. Entries of the access journal
//! are written by one task a node, in batches, and get place and seal at once.
//!
//! Ids are taken before commit, so the order of ids is not the order of commits. Whoever reads onwards (search, sync,
//! verify) reads places, which are given under the lock of one row a journal: it is safe on any number of nodes.

use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{ColumnTrait as _, ConnectionTrait as _, EntityTrait, QueryFilter as _, QueryOrder as _, QuerySelect as _, Statement};

use super::entity::{access_entry, event, mutation_entry, sequence_state};
use super::{canonical, sha256};
use crate::db::{Ctx, Db, Engine, Failure, Tx};

/// How many rows one pass places at most; the next pass follows at once when there are more.
const PASS: u64 = 500;

/// Places and seals what was committed since the last pass. Returns how many rows were placed.
///
/// # Errors
/// As any write; nothing was placed then.
pub async fn pass(db: &Db, ctx: &Ctx) -> Result<usize, Failure> {
    if !anything_unplaced(db).await? {
        return Ok(0);
    }
    let tx = db.write(ctx).await?;
    let placed = place_events(&tx).await? + seal_mutations(&tx).await?;
    tx.commit().await?;
    Ok(placed)
}

async fn anything_unplaced(db: &Db) -> Result<bool, Failure> {
    let sql = "SELECT 1 WHERE EXISTS (SELECT 1 FROM event WHERE position IS NULL) \
               OR EXISTS (SELECT 1 FROM mutation_entry WHERE position IS NULL)";
    let reader = db.reader();
    Ok(reader.query_one_raw(Statement::from_string(reader.get_database_backend(), sql)).await?.is_some())
}

pub(super) async fn end_of(tx: &Tx, name: &str) -> Result<sequence_state::Model, Failure> {
    sequence_state::Entity::find_by_id(name.to_owned()).lock(LockType::Update).one(tx.conn()).await?.ok_or(Failure::Missing)
}

pub(super) async fn store_end(tx: &Tx, end: sequence_state::Model) -> Result<(), Failure> {
    sequence_state::Entity::update_many()
        .col_expr(sequence_state::Column::LastPosition, Expr::val(end.last_position))
        .col_expr(sequence_state::Column::LastSeal, Expr::val(end.last_seal))
        .filter(sequence_state::Column::Name.eq(end.name))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Writes place and seal of many rows in one statement per engine's own way of joining values.
async fn place(tx: &Tx, table: &str, rows: Vec<(uuid::Uuid, i64, Option<String>)>) -> Result<(), Failure> {
    for chunk in rows.chunks(200) {
        let sealed = chunk.iter().any(|(_, _, seal)| seal.is_some());
        let mut sql = String::new();
        let mut values: Vec<sea_orm::Value> = vec![];
        let slot = |values: &Vec<sea_orm::Value>| match tx.engine() {
            Engine::Postgres => format!("${}", values.len()),
            Engine::Sqlite => "?".to_owned(),
        };
        for (id, position, seal) in chunk {
            sql.push_str(if sql.is_empty() { "" } else { ", " });
            values.push((*id).into());
            sql.push('(');
            sql.push_str(&slot(&values));
            values.push((*position).into());
            sql.push_str(", ");
            sql.push_str(&slot(&values));
            values.push(seal.clone().unwrap_or_default().into());
            sql.push_str(", ");
            sql.push_str(&slot(&values));
            sql.push(')');
        }
        let set = if sealed { "position = placed.p, seal = placed.s" } else { "position = placed.p" };
        let statement = format!("WITH placed (i, p, s) AS (VALUES {sql}) UPDATE {table} SET {set} FROM placed WHERE {table}.id = placed.i");
        tx.conn().execute_raw(Statement::from_sql_and_values(tx.conn().get_database_backend(), statement, values)).await?;
    }
    Ok(())
}

async fn place_events(tx: &Tx) -> Result<usize, Failure> {
    let mut end = end_of(tx, "event").await?;
    let rows =
        event::Entity::find().filter(event::Column::Position.is_null()).order_by_asc(event::Column::Id).limit(PASS).all(tx.conn()).await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let placed: Vec<_> = rows.iter().zip(end.last_position + 1..).map(|(row, position)| (row.id, position, None)).collect();
    end.last_position += i64::try_from(placed.len()).unwrap_or(0);
    let count = placed.len();
    place(tx, "event", placed).await?;
    store_end(tx, end).await?;
    Ok(count)
}

async fn seal_mutations(tx: &Tx) -> Result<usize, Failure> {
    let mut end = end_of(tx, "mutation").await?;
    let filter = mutation_entry::Column::Position.is_null();
    let rows = mutation_entry::Entity::find().filter(filter).order_by_asc(mutation_entry::Column::Id).limit(PASS).all(tx.conn()).await?;
    let mut placed = vec![];
    for row in &rows {
        end.last_position += 1;
        end.last_seal = mutation_seal(&end.last_seal, end.last_position, row);
        placed.push((row.id, end.last_position, Some(end.last_seal.clone())));
    }
    let count = placed.len();
    if count > 0 {
        place(tx, "mutation_entry", placed).await?;
        store_end(tx, end).await?;
    }
    Ok(count)
}

fn text_of<T: ToString>(value: Option<&T>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

/// The seal of an entry: a hash over the seal before it, its place and everything it says.
pub(super) fn mutation_seal(previous: &str, position: i64, row: &mutation_entry::Model) -> String {
    let mutation_entry::Model {
        id,
        position: _,
        seal: _,
        at,
        business_at,
        actor_kind,
        actor_id,
        organisation_id,
        request_id,
        purpose,
        object_kind,
        object_id,
        act,
        reason,
        fields,
    } = row;
    sha256(&[
        previous,
        &position.to_string(),
        &id.to_string(),
        &at.timestamp_micros().to_string(),
        &business_at.timestamp_micros().to_string(),
        actor_kind,
        &text_of(actor_id.as_ref()),
        &text_of(organisation_id.as_ref()),
        request_id,
        &text_of(purpose.as_ref()),
        object_kind,
        &object_id.to_string(),
        act,
        &text_of(reason.as_ref()),
        &canonical(fields),
    ])
}

/// The seal of an entry of the access journal, made as that of a mutation.
pub(super) fn access_seal(previous: &str, position: i64, row: &access_entry::Model) -> String {
    let access_entry::Model {
        id,
        position: _,
        seal: _,
        at,
        business_at,
        actor_kind,
        actor_id,
        organisation_id,
        request_id,
        purpose,
        operation,
        outcome,
        categories,
        object_kind,
        object_ids,
    } = row;
    sha256(&[
        previous,
        &position.to_string(),
        &id.to_string(),
        &at.timestamp_micros().to_string(),
        &business_at.timestamp_micros().to_string(),
        actor_kind,
        &text_of(actor_id.as_ref()),
        &text_of(organisation_id.as_ref()),
        request_id,
        &text_of(purpose.as_ref()),
        operation,
        outcome,
        &canonical(categories),
        object_kind,
        &canonical(object_ids),
    ])
}
