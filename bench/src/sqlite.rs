//! The comparison on SQLite: the captured statements through the raw driver, prepared. Eight readers, or the one writer.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{AssertSqlSafe, SqliteConnection};
use uuid::Uuid;

use crate::Fault;
use crate::chance::Chance;
use crate::db::{self, Cell};
use crate::recipe::{self, Numbers, Options, Piece, Recipe, Step};
use crate::timing::Timing;

const READERS: u64 = 8;
/// How statements end that lock what they read.
const LOCKS: &[&str] = &[" FOR UPDATE", " FOR SHARE"];

/// What fills the holes of one run.
struct Run {
    number: u64,
    name: String,
    head: String,
    first_fresh: u64,
}

impl Run {
    fn text(&self, value: &str) -> String {
        let mut text = String::new();
        for piece in recipe::cut(value) {
            match piece {
                Piece::Text(same) => text.push_str(same),
                Piece::Hole("number") => text.push_str(&self.number.to_string()),
                Piece::Hole("name") => text.push_str(&self.name),
                Piece::Hole(fresh) => {
                    let index: u64 = fresh.trim_start_matches("fresh").parse().unwrap_or(0);
                    // Writing to a string cannot fail.
                    let _ = write!(text, "{}{:012}", self.head, self.first_fresh + index);
                }
            }
        }
        text
    }
}

/// The value that the server would bind on SQLite, where PostgreSQL's log shows this text.
fn cell(text: String) -> Cell {
    if text == "t" || text == "f" {
        return Cell::Truth(text == "t");
    }
    if text.len() == 36
        && let Ok(id) = text.parse::<Uuid>()
    {
        return Cell::Id(id);
    }
    if let Ok(at) = DateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S%.f%#z") {
        return Cell::At(at.with_timezone(&Utc));
    }
    match text.parse::<i64>() {
        Ok(number) if !text.starts_with('0') || text == "0" => Cell::Int(number),
        _ => Cell::Text(text),
    }
}

/// The statement as the server writes it for SQLite; none for the lock that it does not take there.
fn dialect(step: &Step) -> Option<Step> {
    let unlocked = LOCKS.iter().find_map(|lock| step.sql.strip_suffix(lock));
    if unlocked.is_some() && step.sql.contains("FROM \"need\"") {
        return None;
    }
    let mut sql = unlocked.unwrap_or(&step.sql).to_owned();
    if sql == "BEGIN" {
        "BEGIN IMMEDIATE".clone_into(&mut sql);
    }
    for index in 1..=step.params.len() {
        // `?12` is read whole, so that the order does not matter here.
        sql = sql.replace(&format!("${index}"), &format!("?{index}"));
    }
    Some(Step { sql, params: step.params.clone() })
}

async fn once(conn: &mut SqliteConnection, steps: &[Step], run: &Run) -> Result<(), sqlx::Error> {
    for step in steps {
        let cells = step.params.iter().map(|param| param.as_ref().map_or(Cell::Null, |value| cell(run.text(value))));
        let query = cells.fold(sqlx::query(AssertSqlSafe(step.sql.as_str())), |query, cell| db::bind(query, &cell));
        query.fetch_all(&mut *conn).await?;
    }
    Ok(())
}

/// Loops over the statements and measures.
pub async fn run(url: &str, options: &Options, recipe: Recipe, numbers: Numbers, head: &str) -> Result<Value, Fault> {
    let steps: Arc<Vec<Step>> = Arc::new(recipe.steps.iter().flat_map(Step::parts).filter_map(|step| dialect(&step)).collect());
    let writes = options.op.is_act();
    let loops = if writes { 1 } else { READERS };
    let (begun, seconds) = (Instant::now(), Duration::from_secs(options.seconds));
    let mut tasks = vec![];
    for reader in 0..loops {
        let (steps, head, fresh, op) = (Arc::clone(&steps), head.to_owned(), recipe.fresh as u64, options.op);
        let mut conn = db::sqlite(url).await?;
        tasks.push(tokio::spawn(async move {
            let (mut timing, mut chance, mut turn) = (Timing::default(), Chance::new(reader), 0);
            while begun.elapsed() < seconds && (!op.uses_pool() || turn < numbers.count) {
                let number = numbers.from + if op.uses_pool() { turn } else { chance.below(numbers.count) };
                let run = Run { number, name: chance.letters(), head: head.clone(), first_fresh: turn * fresh };
                let from = Instant::now();
                if let Err(error) = once(&mut conn, &steps, &run).await {
                    timing.wrong(error.to_string());
                    if writes {
                        break;
                    }
                }
                timing.add(from.elapsed());
                turn += 1;
            }
            timing
        }));
    }
    let mut all = Timing::default();
    for task in tasks {
        all.join(task.await?);
    }
    Ok(all.line("bare", options.op.name(), begun.elapsed()))
}
