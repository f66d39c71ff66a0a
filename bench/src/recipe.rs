//! The statements of an operation, as they were captured from the server, with holes where each run differs.

use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::{Map, Value, json};

use crate::cast::Cast;
use crate::db::{self, Db};
use crate::directory::copies;
use crate::load::Op;
use crate::{Fault, Place, fill, pgbench, sqlite, timing};

/// The number of the referral that a run is about: the last twelve digits of its id, and of those of its need and person.
pub const NUMBER: &str = "{number}";
/// A name that nobody else has.
pub const NAME: &str = "{name}";

/// The hole of the n-th fresh id of a run.
pub fn fresh(index: usize) -> String {
    format!("{{fresh{index}}}")
}

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// As the server sent it to PostgreSQL.
    pub sql: String,
    /// With holes.
    pub params: Vec<Option<String>>,
}

impl Step {
    /// The inserts that the server sends to PostgreSQL as parts of one statement (`WITH a AS (INSERT …), … INSERT …`). Each keeps
    /// its own parameters, numbered from one. Any other statement is its only part.
    pub fn parts(&self) -> Vec<Self> {
        let Some(mut rest) = self.sql.strip_prefix("WITH ").filter(|sql| sql.contains("AS (INSERT ")) else { return vec![self.clone()] };
        let mut parts = vec![];
        while rest.starts_with('"') {
            let Some((_, inner)) = rest.split_once(" AS (") else { break };
            let mut depth = 1;
            let end = inner.find(|char| {
                depth += i32::from(char == '(') - i32::from(char == ')');
                depth == 0
            });
            let (part, after) = inner.split_at(end.unwrap_or(inner.len()));
            parts.push(part);
            rest = after.trim_start_matches([')', ',', ' ']);
        }
        parts.push(rest);
        let mut taken = 0;
        parts.into_iter().map(|sql| self.piece(sql, &mut taken)).collect()
    }

    /// An insert of many rows as several of as many rows as are wanted of them; `most` is what each may weigh, by the weight of its
    /// parameters. Anything else, and a row that is too heavy alone, stays whole.
    pub fn by_rows(&self, most: usize, weight: impl Fn(&str) -> usize) -> Vec<Self> {
        let Some((head, values)) = self.sql.split_once(" VALUES ").filter(|(head, _)| head.starts_with("INSERT ")) else {
            return vec![self.clone()];
        };
        let (mut rows, mut rest) = (vec![], values);
        while rest.starts_with('(') {
            let mut depth = 0;
            let end = rest.find(|char| {
                depth += i32::from(char == '(') - i32::from(char == ')');
                depth == 0
            });
            let (row, after) = rest.split_at(end.map_or(rest.len(), |end| end + 1));
            rows.push(row);
            rest = after;
            let Some(next) = after.strip_prefix(", ").filter(|next| next.starts_with('(')) else { break };
            rest = next;
        }
        let weighs = |step: &Self| step.params.iter().flatten().map(|value| weight(value)).sum::<usize>();
        let (mut found, mut group, mut heavy, mut taken, mut done) = (vec![], vec![], 0, 0, 0);
        let mut end = |group: &mut Vec<&str>| {
            let sql = format!("{head} VALUES {}{rest}", group.join(", "));
            group.clear();
            found.push(self.piece(&sql, &mut done));
        };
        for row in rows {
            let own = weighs(&self.piece(row, &mut taken));
            if !group.is_empty() && heavy + own > most {
                end(&mut group);
                heavy = 0;
            }
            heavy += own;
            group.push(row);
        }
        end(&mut group);
        found
    }

    /// A piece of the text as a statement with parameters of its own, numbered from one; `taken` counts those of the pieces before.
    fn piece(&self, sql: &str, taken: &mut usize) -> Self {
        let first = *taken;
        let mut own = String::new();
        for (index, piece) in sql.split('$').enumerate() {
            let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
            if index == 0 || digits == 0 {
                own.push_str(piece);
                continue;
            }
            *taken += 1;
            // Writing to a string cannot fail.
            let _ = write!(own, "${}{}", *taken - first, piece.get(digits..).unwrap_or_default());
        }
        Self { sql: own, params: self.params.get(first..*taken).unwrap_or_default().to_vec() }
    }
}

/// What one request runs.
#[derive(Clone, Debug)]
pub struct Recipe {
    /// All statements of a request, journals included, when the caller's rights were still known.
    pub statements: usize,
    /// How those of the request that had the most of them begin.
    pub most: Vec<String>,
    /// The statements to compare with.
    pub steps: Vec<Step>,
    /// How many fresh ids a run needs.
    pub fresh: usize,
}

impl Recipe {
    /// As JSON.
    pub fn to_json(&self) -> Value {
        let steps: Vec<_> = self.steps.iter().map(|step| json!({"sql": step.sql, "params": step.params})).collect();
        json!({"statements": self.statements, "most": self.most, "fresh": self.fresh, "steps": steps})
    }

    /// The recipe of an operation in a file, with the ids of this database.
    fn read(file: &PathBuf, op: Op, cast: &Cast) -> Result<Self, Fault> {
        let all: Map<String, Value> = serde_json::from_str(&std::fs::read_to_string(file)?)?;
        let known = all.get(op.name()).ok_or("this operation was not captured")?;
        let text = |value: &Value| value.as_str().map(|text| cast.show(text));
        let step = |step: &Value| Step {
            sql: step.get("sql").and_then(Value::as_str).unwrap_or_default().to_owned(),
            params: step.get("params").and_then(Value::as_array).into_iter().flatten().map(text).collect(),
        };
        Ok(Self {
            statements: known.get("statements").and_then(Value::as_u64).map_or(Ok(0), usize::try_from)?,
            most: vec![],
            fresh: known.get("fresh").and_then(Value::as_u64).map_or(Ok(0), usize::try_from)?,
            steps: known.get("steps").and_then(Value::as_array).into_iter().flatten().map(step).collect(),
        })
    }
}

/// Options of `bare`.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// What `capture` wrote
    #[arg(long)]
    recipe: PathBuf,
    #[arg(long, value_enum)]
    pub op: Op,
    #[arg(long, default_value_t = 10)]
    pub seconds: u64,
    #[arg(long, default_value_t = 16)]
    pub clients: u64,
    /// The first and the number of the pool's referrals that are taken
    #[arg(long, default_value_t = 0)]
    pub pool_from: u64,
    #[arg(long, default_value_t = 0)]
    pub pool_count: u64,
    /// `pgbench` by default
    #[arg(long, default_value = "pgbench")]
    pub pgbench: PathBuf,
    /// Where to write pgbench's script
    #[arg(long, default_value = ".")]
    pub folder: PathBuf,
    #[arg(long)]
    label: Vec<String>,
}

/// Which numbers the referrals of a run have.
#[derive(Clone, Copy, Debug)]
pub struct Numbers {
    /// The first.
    pub from: u64,
    /// How many there are.
    pub count: u64,
}

/// Runs the statements of an operation without the server and prints what was measured.
pub async fn bare(place: &Place, options: &Options) -> Result<(), Fault> {
    let mut db = Db::open(&place.database_url).await?;
    let cast = Cast::read(place, &mut db).await?;
    let recipe = Recipe::read(&options.recipe, options.op, &cast)?;
    let numbers = match options.op {
        op if op.uses_pool() => Numbers { from: crate::rows::POOL + options.pool_from, count: options.pool_count },
        Op::ServiceDetail => Numbers { from: copies::FIRST, count: copies::count(&mut db).await? },
        _ => Numbers { from: crate::rows::OPERATORS, count: u64::try_from(fill::operators_legs(&mut db).await?.len())? },
    };
    // Ids that are newer than all others, as those of the server.
    let millis = u64::try_from(db.now().await?.timestamp_millis())?;
    let head = format!("{:08x}-{:04x}-7000-8000-", millis >> 16, millis & 0xFFFF);
    drop(db);
    let line = if db::is_postgres(&place.database_url) {
        pgbench::run(&place.database_url, options, &recipe, numbers, &head)?
    } else {
        sqlite::run(&place.database_url, options, recipe.clone(), numbers, &head).await?
    };
    let line = timing::with(line, "statements", recipe.statements);
    let line = timing::with(line, "bare_statements", recipe.steps.len());
    timing::print(line, &options.label);
    Ok(())
}

/// Cuts a text at its holes: what stands between them, and the names of the holes.
pub fn cut(text: &str) -> Vec<Piece<'_>> {
    let (mut pieces, mut rest) = (vec![], text);
    while let Some((before, hole, after)) = next_hole(rest) {
        if !before.is_empty() {
            pieces.push(Piece::Text(before));
        }
        pieces.push(Piece::Hole(hole));
        rest = after;
    }
    if !rest.is_empty() || pieces.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

/// A part of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// The same in every run.
    Text(&'a str),
    /// Different in every run.
    Hole(&'a str),
}

fn next_hole(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(at) = text.get(from..)?.find('{').map(|at| at + from) {
        let rest = text.get(at + 1..)?;
        if let Some((hole, after)) = rest.split_once('}')
            && (hole == "number" || hole == "name" || hole.strip_prefix("fresh").is_some_and(|index| index.parse::<usize>().is_ok()))
        {
            return Some((text.get(..at)?, hole, after));
        }
        from = at + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_its_holes_only() {
        use Piece::{Hole, Text};
        assert_eq!(cut("leg:{fresh3}:x"), [Text("leg:"), Hole("fresh3"), Text(":x")]);
        assert_eq!(cut(r#"{"a":{"b":"{name}"}}"#), [Text(r#"{"a":{"b":""#), Hole("name"), Text(r#""}}"#)]);
        assert_eq!(cut(""), [Text("")]);
        assert_eq!(cut("{number}"), [Hole("number")]);
    }

    #[test]
    fn parts_of_one_statement_become_statements() {
        let sql = r#"WITH "part0" AS (INSERT INTO "a" ("x", "y") VALUES ($1, $2), ($3, $4)) , "part1" AS (INSERT INTO "b" ("x") VALUES ($5)) INSERT INTO "c" ("x") VALUES ($6) ON CONFLICT DO NOTHING"#;
        let step = Step { sql: sql.into(), params: (1..=6).map(|number| Some(number.to_string())).collect() };
        let parts = step.parts();
        let sql: Vec<_> = parts.iter().map(|part| part.sql.as_str()).collect();
        assert_eq!(
            sql,
            [
                r#"INSERT INTO "a" ("x", "y") VALUES ($1, $2), ($3, $4)"#,
                r#"INSERT INTO "b" ("x") VALUES ($1)"#,
                r#"INSERT INTO "c" ("x") VALUES ($1) ON CONFLICT DO NOTHING"#,
            ]
        );
        let params: Vec<_> = parts.iter().map(|part| part.params.len()).collect();
        assert_eq!((params, parts[1].params[0].as_deref()), (vec![4, 1, 1], Some("5")));
        let plain = Step { sql: "SELECT $1".into(), params: vec![None] };
        assert_eq!(plain.parts(), [plain]);
    }

    #[test]
    fn many_rows_become_statements_of_few() {
        let sql = r#"INSERT INTO "a" ("x", "y") VALUES ($1, NULL), (($2)::uuid, $3), ($4, $5) ON CONFLICT DO NOTHING"#;
        let step = Step { sql: sql.into(), params: (1..=5).map(|number| Some(number.to_string())).collect() };
        let cut = step.by_rows(3, |_| 1);
        let params = |step: &Step| step.params.iter().flatten().cloned().collect::<String>();
        assert_eq!(
            cut.iter().map(|step| (step.sql.as_str(), params(step))).collect::<Vec<_>>(),
            [
                (r#"INSERT INTO "a" ("x", "y") VALUES ($1, NULL), (($2)::uuid, $3) ON CONFLICT DO NOTHING"#, "123".to_owned()),
                (r#"INSERT INTO "a" ("x", "y") VALUES ($1, $2) ON CONFLICT DO NOTHING"#, "45".to_owned()),
            ]
        );
        assert_eq!(step.by_rows(9, |_| 1), std::slice::from_ref(&step));
        let other = Step { sql: "UPDATE a SET x = $1".into(), params: vec![None] };
        assert_eq!(other.by_rows(0, |_| 1), [other]);
    }
}
