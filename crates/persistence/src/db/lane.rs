//! Connections of one thread to PostgreSQL, or those of the one writer or the readers of SQLite: kept open and handed out one by one.
//!
//! The driver's own pool asks the server for a sign of life each time that a connection comes back, a round trip as long as a
//! short query. Here a connection comes back as it is when its last statement was answered; one whose caller went away in
//! the middle is put in order first, and a broken one is closed.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sea_orm::sea_query::Values;
use sea_orm::{ConnAcquireErr, DbErr, ExecResult, QueryResult, RuntimeErr, Statement};
use sea_query_sqlx::SqlxValues;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How a connection is opened.
#[derive(Clone)]
pub(super) enum Way {
    Postgres(Box<PgConnectOptions>),
    Sqlite(Box<SqliteConnectOptions>),
}

/// An open connection.
pub(super) enum Wire {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

/// Connections, open and yet to be opened.
pub(super) struct Lane {
    way: Way,
    patience: Duration,
    permits: Arc<Semaphore>,
    /// The one that came back last goes out first: in quiet times few are in use, and their memory is warm.
    free: Mutex<Vec<Wire>>,
}

/// Connection addresses may hold a password: nothing of them is printed.
impl std::fmt::Debug for Lane {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lane").field("permits", &self.permits.available_permits()).finish_non_exhaustive()
    }
}

impl Lane {
    pub(super) fn new(way: Way, connections: u32, patience: Duration) -> Arc<Self> {
        let permits = Arc::new(Semaphore::new(usize::try_from(connections.max(1)).unwrap_or(1)));
        Arc::new(Self { way, patience, permits, free: Mutex::default() })
    }

    pub(super) const fn way(&self) -> &Way {
        &self.way
    }

    /// Another lane to the same place.
    pub(super) fn beside(&self, connections: u32) -> Arc<Self> {
        Self::new(self.way.clone(), connections, self.patience)
    }

    /// A connection, when one comes free in time.
    pub(super) async fn take(self: &Arc<Self>) -> Result<Held, DbErr> {
        let permit = if let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() {
            permit
        } else {
            let waiting = tokio::time::timeout(self.patience, Arc::clone(&self.permits).acquire_owned());
            let late = |_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout);
            waiting.await.map_err(late)?.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed))?
        };
        let kept = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let wire = match kept {
            Some(wire) => wire,
            None => self.open().await?,
        };
        Ok(Held { lane: Arc::clone(self), loan: Some((wire, permit)), in_transaction: false, failed: false })
    }

    async fn open(&self) -> Result<Wire, DbErr> {
        let opening = async {
            match &self.way {
                Way::Postgres(options) => options.connect().await.map(Wire::Postgres),
                Way::Sqlite(options) => options.connect().await.map(Wire::Sqlite),
            }
        };
        let opened = tokio::time::timeout(self.patience, opening).await;
        opened.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))?.map_err(failed)
    }

    fn keep(&self, wire: Wire) {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(wire);
    }

    /// Closes what is open and free. Nobody is handed a connection any more.
    pub(super) async fn close(&self) -> Result<(), DbErr> {
        self.permits.close();
        let open: Vec<_> = std::mem::take(&mut *self.free.lock().unwrap_or_else(PoisonError::into_inner));
        for wire in open {
            match wire {
                Wire::Postgres(wire) => wire.close().await,
                Wire::Sqlite(wire) => wire.close().await,
            }
            .map_err(failed)?;
        }
        Ok(())
    }
}

fn failed(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)))
}

/// Whether the connection can be used after such an answer.
fn is_sound<T>(answer: &Result<T, sqlx::Error>) -> bool {
    use sqlx::Error;
    match answer {
        // PostgreSQL: the server is going away, or ended the session.
        Err(Error::Database(error)) => !error.code().is_some_and(|code| code.starts_with("57P")),
        Err(Error::Io(_) | Error::Tls(_) | Error::Protocol(_) | Error::WorkerCrashed) => false,
        _ => true,
    }
}

impl Wire {
    async fn execute(&mut self, statement: Statement) -> Result<ExecResult, sqlx::Error> {
        let (sql, values) = parts(statement);
        match self {
            Self::Postgres(wire) => sqlx::query_with(AssertSqlSafe(sql), values).execute(wire).await.map(Into::into),
            Self::Sqlite(wire) => sqlx::query_with(AssertSqlSafe(sql), values).execute(wire).await.map(Into::into),
        }
    }

    async fn one(&mut self, statement: Statement) -> Result<Option<QueryResult>, sqlx::Error> {
        let (sql, values) = parts(statement);
        match self {
            Self::Postgres(wire) => sqlx::query_with(AssertSqlSafe(sql), values).fetch_optional(wire).await.map(|row| row.map(Into::into)),
            Self::Sqlite(wire) => sqlx::query_with(AssertSqlSafe(sql), values).fetch_optional(wire).await.map(|row| row.map(Into::into)),
        }
    }

    async fn all(&mut self, statement: Statement) -> Result<Vec<QueryResult>, sqlx::Error> {
        let (sql, values) = parts(statement);
        match self {
            Self::Postgres(wire) => {
                let rows = sqlx::query_with(AssertSqlSafe(sql), values).fetch_all(wire).await?;
                Ok(rows.into_iter().map(Into::into).collect())
            }
            Self::Sqlite(wire) => {
                let rows = sqlx::query_with(AssertSqlSafe(sql), values).fetch_all(wire).await?;
                Ok(rows.into_iter().map(Into::into).collect())
            }
        }
    }

    async fn plain(&mut self, sql: &str) -> Result<ExecResult, sqlx::Error> {
        match self {
            Self::Postgres(wire) => wire.execute(sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))).await.map(Into::into),
            Self::Sqlite(wire) => wire.execute(sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))).await.map(Into::into),
        }
    }

    async fn ping(&mut self) -> Result<(), sqlx::Error> {
        match self {
            Self::Postgres(wire) => wire.ping().await,
            Self::Sqlite(wire) => wire.ping().await,
        }
    }
}

fn parts(statement: Statement) -> (String, SqlxValues) {
    let Statement { sql, values, db_backend: _ } = statement;
    (sql, SqlxValues(values.unwrap_or_else(|| Values(vec![]))))
}

/// A connection that somebody works with.
pub(super) struct Held {
    lane: Arc<Lane>,
    loan: Option<(Wire, OwnedSemaphorePermit)>,
    in_transaction: bool,
    /// A statement of the open transaction failed.
    failed: bool,
}

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Held").field("in_transaction", &self.in_transaction).finish_non_exhaustive()
    }
}

impl Held {
    fn wire(&mut self) -> Result<&mut Wire, DbErr> {
        let gone = || DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed);
        self.loan.as_mut().map(|(wire, _)| wire).ok_or_else(gone)
    }

    /// Takes an answer over. A broken connection is closed at once.
    fn answered<T>(&mut self, answer: Result<T, sqlx::Error>) -> Result<T, DbErr> {
        self.failed |= answer.is_err();
        if !is_sound(&answer) {
            self.loan = None;
        }
        answer.map_err(failed)
    }

    pub(super) async fn execute(&mut self, statement: Statement) -> Result<ExecResult, DbErr> {
        let answer = self.wire()?.execute(statement).await;
        self.answered(answer)
    }

    pub(super) async fn one(&mut self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let answer = self.wire()?.one(statement).await;
        self.answered(answer)
    }

    pub(super) async fn all(&mut self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let answer = self.wire()?.all(statement).await;
        self.answered(answer)
    }

    pub(super) async fn plain(&mut self, sql: &str) -> Result<ExecResult, DbErr> {
        let answer = self.wire()?.plain(sql).await;
        self.answered(answer)
    }

    pub(super) async fn ping(&mut self) -> Result<(), DbErr> {
        let answer = self.wire()?.ping().await;
        self.answered(answer)
    }

    pub(super) async fn begin(&mut self, sql: &str) -> Result<(), DbErr> {
        self.in_transaction = true;
        self.plain(sql).await.map(|_| ())
    }

    /// Makes the transaction true. When that fails, what is left of it is taken back on the way home. One of whose statements
    /// failed is never committed: PostgreSQL would take it back and say nothing, SQLite would keep its half.
    pub(super) async fn commit(self) -> Result<(), DbErr> {
        if self.failed {
            return Err(DbErr::Custom("a statement of this transaction failed: it cannot be committed".to_owned()));
        }
        self.end("COMMIT").await
    }

    pub(super) async fn rollback(self) -> Result<(), DbErr> {
        self.end("ROLLBACK").await
    }

    async fn end(mut self, sql: &str) -> Result<(), DbErr> {
        self.plain(sql).await?;
        self.in_transaction = false;
        self.give_back();
        Ok(())
    }

    /// The last statement was answered: the next caller may have it.
    pub(super) fn give_back(mut self) {
        if let Some((wire, permit)) = self.loan.take() {
            self.lane.keep(wire);
            drop(permit);
        }
    }
}

impl Drop for Held {
    /// Whoever held it went away in the middle: an open transaction is taken back, a half-read answer read to its end.
    fn drop(&mut self) {
        let Some((mut wire, permit)) = self.loan.take() else { return };
        let (lane, in_transaction) = (Arc::clone(&self.lane), self.in_transaction);
        // Without a runtime the program is ending: closing the connection takes back as well.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn(async move {
            let in_order = if in_transaction { wire.plain("ROLLBACK").await.map(|_| ()) } else { wire.ping().await };
            if in_order.is_ok() && !lane.permits.is_closed() {
                lane.keep(wire);
            }
            drop(permit);
        });
    }
}
