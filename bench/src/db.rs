//! The raw drivers: many rows at once, and the few questions that the bench has of its own.

use std::fmt::Write as _;
use std::str::FromStr as _;

use chrono::{DateTime, SecondsFormat, Utc};
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, PgConnection, Row as _, SqliteConnection};
use uuid::Uuid;

use crate::Fault;

/// One value.
#[derive(Clone, Debug)]
pub enum Cell {
    /// Nothing.
    Null,
    /// An id.
    Id(Uuid),
    /// A text, or JSON.
    Text(String),
    /// A number.
    Int(i64),
    /// A number with a fraction.
    Real(f64),
    /// Yes or no.
    Truth(bool),
    /// An instant.
    At(DateTime<Utc>),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// Rows for one table.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Names of the columns, separated by commas.
    pub columns: &'static str,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
}

/// A connection of either engine.
#[derive(Debug)]
pub enum Db {
    /// SQLite.
    Sqlite(Box<SqliteConnection>),
    /// PostgreSQL.
    Postgres(Box<PgConnection>),
}

/// Whether the address is PostgreSQL's.
pub fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres")
}

/// A SQLite connection with the settings of the server.
pub async fn sqlite(url: &str) -> Result<SqliteConnection, Fault> {
    let options = SqliteConnectOptions::from_str(url)?
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(std::time::Duration::from_secs(5))
        .statement_cache_capacity(500)
        .pragma("cache_size", "-16000")
        .disable_statement_logging();
    Ok(options.connect().await?)
}

/// An instant as the server writes it into SQLite.
pub fn sqlite_instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, false)
}

/// Binds a value to a SQLite statement.
pub fn bind<'q>(
    query: sqlx::query::Query<'q, sqlx::Sqlite, SqliteArguments>,
    cell: &Cell,
) -> sqlx::query::Query<'q, sqlx::Sqlite, SqliteArguments> {
    match cell {
        Cell::Null => query.bind(None::<String>),
        Cell::Id(id) => query.bind(id.as_bytes().to_vec()),
        Cell::Text(text) => query.bind(text.clone()),
        Cell::Int(number) => query.bind(*number),
        Cell::Real(number) => query.bind(*number),
        Cell::Truth(truth) => query.bind(*truth),
        Cell::At(at) => query.bind(sqlite_instant(*at)),
    }
}

/// A row of texts.
fn columns<const N: usize>(read: impl Fn(usize) -> Result<Option<String>, Fault>) -> Result<[Option<String>; N], Fault> {
    let mut texts = std::array::from_fn(|_| None);
    for (at, text) in texts.iter_mut().enumerate() {
        *text = read(at)?;
    }
    Ok(texts)
}

/// The most values that one SQLite statement binds.
const MOST_BINDS: usize = 32_000;

impl Db {
    /// Opens it.
    pub async fn open(url: &str) -> Result<Self, Fault> {
        if is_postgres(url) {
            return Ok(Self::Postgres(Box::new(PgConnection::connect(url).await?)));
        }
        Ok(Self::Sqlite(Box::new(sqlite(url).await?)))
    }

    /// Runs a statement.
    pub async fn run(&mut self, sql: &str) -> Result<(), Fault> {
        match self {
            Self::Sqlite(conn) => conn.execute(AssertSqlSafe(sql.to_owned())).await.map(|_| ())?,
            Self::Postgres(conn) => conn.execute(AssertSqlSafe(sql.to_owned())).await.map(|_| ())?,
        }
        Ok(())
    }

    /// The ids that a question finds.
    pub async fn ids(&mut self, sql: &str) -> Result<Vec<Uuid>, Fault> {
        match self {
            Self::Sqlite(conn) => {
                let rows = conn.fetch_all(AssertSqlSafe(sql.to_owned())).await?;
                rows.iter().map(|row| Ok(Uuid::from_slice(&row.try_get::<Vec<u8>, _>(0)?)?)).collect()
            }
            Self::Postgres(conn) => {
                let rows = conn.fetch_all(AssertSqlSafe(format!("SELECT id::text FROM ({sql}) AS found"))).await?;
                rows.iter().map(|row| Ok(row.try_get::<String, _>(0)?.parse()?)).collect()
            }
        }
    }

    /// A text that a question finds.
    pub async fn text(&mut self, sql: &str) -> Result<String, Fault> {
        Ok(match self {
            Self::Sqlite(conn) => conn.fetch_one(AssertSqlSafe(sql.to_owned())).await?.try_get(0)?,
            Self::Postgres(conn) => conn.fetch_one(AssertSqlSafe(sql.to_owned())).await?.try_get(0)?,
        })
    }

    /// The texts that a question finds, a row of `N` columns each.
    pub async fn texts<const N: usize>(&mut self, sql: &str) -> Result<Vec<[Option<String>; N]>, Fault> {
        let sql = AssertSqlSafe(sql.to_owned());
        let mut found = vec![];
        match self {
            Self::Sqlite(conn) => {
                for row in conn.fetch_all(sql).await? {
                    found.push(columns(|at| Ok(row.try_get(at)?))?);
                }
            }
            Self::Postgres(conn) => {
                for row in conn.fetch_all(sql).await? {
                    found.push(columns(|at| Ok(row.try_get(at)?))?);
                }
            }
        }
        Ok(found)
    }

    /// An id as a literal.
    pub fn literal(&self, id: Uuid) -> String {
        match self {
            Self::Sqlite(_) => format!("x'{}'", id.simple()),
            Self::Postgres(_) => format!("'{id}'"),
        }
    }

    /// What time the database says it is.
    pub async fn now(&mut self) -> Result<DateTime<Utc>, Fault> {
        let seconds = match self {
            Self::Sqlite(_) => self.text("SELECT strftime('%s','now')").await?,
            Self::Postgres(_) => self.text("SELECT extract(epoch FROM now())::bigint::text").await?,
        };
        DateTime::from_timestamp(seconds.parse()?, 123_457_000).ok_or_else(|| "the database's clock is odd".into())
    }

    /// Writes rows: COPY on PostgreSQL, statements of many rows on SQLite.
    pub async fn write(&mut self, table: Table) -> Result<(), Fault> {
        match self {
            Self::Sqlite(conn) => {
                let width = table.rows.first().map_or(1, Vec::len);
                for rows in table.rows.chunks(MOST_BINDS / width) {
                    let places = format!("({})", vec!["?"; width].join(","));
                    let all = vec![places.as_str(); rows.len()].join(",");
                    let sql = format!("INSERT INTO {} ({}) VALUES {all}", table.name, table.columns);
                    let query = rows.iter().flatten().fold(sqlx::query(AssertSqlSafe(sql)), bind);
                    query.execute(&mut **conn).await?;
                }
            }
            Self::Postgres(conn) => {
                let statement = format!("COPY {} ({}) FROM STDIN", table.name, table.columns);
                let mut copy = conn.copy_in_raw(&statement).await?;
                let mut text = String::new();
                for row in &table.rows {
                    copy_line(&mut text, row);
                }
                copy.send(text.as_bytes()).await?;
                copy.finish().await?;
            }
        }
        Ok(())
    }

    /// What a filled database needs before it is measured.
    pub async fn settle(&mut self) -> Result<(), Fault> {
        match self {
            Self::Sqlite(_) => {
                self.run("ANALYZE").await?;
                self.run("PRAGMA wal_checkpoint(TRUNCATE)").await
            }
            Self::Postgres(_) => {
                self.run("VACUUM (ANALYZE)").await?;
                self.run("CHECKPOINT").await
            }
        }
    }
}

/// One line of COPY's text format.
fn copy_line(into: &mut String, row: &[Cell]) {
    for (index, cell) in row.iter().enumerate() {
        if index > 0 {
            into.push('\t');
        }
        // Writing to a string cannot fail.
        let _ = match cell {
            Cell::Null => into.write_str("\\N"),
            Cell::Id(id) => write!(into, "{id}"),
            Cell::Text(text) => into.write_str(&text.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r")),
            Cell::Int(number) => write!(into, "{number}"),
            Cell::Real(number) => write!(into, "{number}"),
            Cell::Truth(truth) => into.write_str(if *truth { "t" } else { "f" }),
            Cell::At(at) => write!(into, "{}", at.to_rfc3339_opts(SecondsFormat::Micros, true)),
        };
    }
    into.push('\n');
}
