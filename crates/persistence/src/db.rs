//! The database handle: one writer and many readers on SQLite, one pool on PostgreSQL.

mod failure;
mod record;
mod tx;

use std::path::PathBuf;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use relais_migrations::{Migrator, MigratorTrait as _};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, SqlxPostgresConnector, SqlxSqliteConnector, Statement};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::sync::Notify;

pub use failure::Failure;
pub use record::Record;
pub(crate) use tx::insert_all;
pub use tx::{Chance, Ctx, NewJob, Tx};

/// Which database engine is behind a handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// SQLite, in a file.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

/// The handle that use cases hold: `write` opens transactions, `read` answers questions.
#[derive(Clone, Debug)]
pub struct Db {
    write: DatabaseConnection,
    read: DatabaseConnection,
    engine: Engine,
    /// Where PostgreSQL is, for further pools.
    url: Option<Address>,
    jobs: Arc<Notify>,
    journals: Arc<Notify>,
}

/// Where PostgreSQL is. It may hold a password, so it is never printed.
#[derive(Clone)]
struct Address(Arc<str>);

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Address")
    }
}

const SQLITE_READERS: u32 = 8;
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

impl Db {
    /// Opens the database behind `url` (`sqlite:path` or `postgres://…`), making the SQLite file when it is missing,
    /// and asserts by read-back that the engine really runs with the settings that protect the data.
    ///
    /// # Errors
    /// [`Failure::Failed`] with a sentence for the operator of the installation.
    pub async fn open(url: &str, connections: u32) -> Result<Self, Failure> {
        let db = if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Self::open_postgres(url, connections).await?
        } else if url.starts_with("sqlite:") {
            Self::open_sqlite(url).await?
        } else {
            return Err(Failure::Failed("DATABASE_URL must begin with sqlite: or postgres://".into()));
        };
        db.assert_settings().await?;
        Ok(db)
    }

    async fn open_postgres(url: &str, connections: u32) -> Result<Self, Failure> {
        let connection = Self::postgres_pool(url, connections)?;
        connection.ping().await.map_err(|error| Failure::Failed(format!("PostgreSQL cannot be reached: {error}")))?;
        Ok(Self::with(connection.clone(), connection, Engine::Postgres, Some(Address(url.into()))))
    }

    /// A pool whose connections are opened when they are first needed, by the runtime that needs them.
    fn postgres_pool(url: &str, connections: u32) -> Result<DatabaseConnection, Failure> {
        let options = PgConnectOptions::from_str(url)
            .map_err(|_| Failure::Failed("DATABASE_URL is no PostgreSQL address".into()))?
            .application_name("relais")
            .statement_cache_capacity(500)
            .disable_statement_logging();
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(BUSY_TIMEOUT)
            .test_before_acquire(false)
            .connect_lazy_with(options);
        Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool))
    }

    async fn open_sqlite(url: &str) -> Result<Self, Failure> {
        let options = SqliteConnectOptions::from_str(url)
            .map_err(|_| Failure::Failed("DATABASE_URL is no SQLite address".into()))?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .statement_cache_capacity(500)
            .pragma("cache_size", "-16000")
            .disable_statement_logging();
        let cannot = |error: sqlx::Error| Failure::Failed(format!("the SQLite file cannot be opened: {error}"));
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(BUSY_TIMEOUT)
            .test_before_acquire(false)
            .connect_with(options.clone())
            .await
            .map_err(cannot)?;
        let readers = SqlitePoolOptions::new()
            .max_connections(SQLITE_READERS)
            .acquire_timeout(BUSY_TIMEOUT)
            .test_before_acquire(false)
            .connect_with(options.pragma("query_only", "ON"))
            .await
            .map_err(cannot)?;
        let write = SqlxSqliteConnector::from_sqlx_sqlite_pool(writer);
        let read = SqlxSqliteConnector::from_sqlx_sqlite_pool(readers);
        Ok(Self::with(write, read, Engine::Sqlite, None))
    }

    fn with(write: DatabaseConnection, read: DatabaseConnection, engine: Engine, url: Option<Address>) -> Self {
        Self { write, read, engine, url, jobs: Arc::new(Notify::new()), journals: Arc::new(Notify::new()) }
    }

    /// A handle to the same database for another thread. On PostgreSQL it opens up to `connections` of its own: a connection
    /// belongs to the runtime of the thread that opened it, so it answers there without waking another thread, and ends with it.
    #[must_use]
    pub fn for_thread(&self, connections: u32) -> Self {
        let own = self.url.as_ref().and_then(|url| Self::postgres_pool(&url.0, connections).ok());
        match own {
            Some(pool) => Self { write: pool.clone(), read: pool, ..self.clone() },
            None => self.clone(),
        }
    }

    async fn assert_settings(&self) -> Result<(), Failure> {
        let expected: &[(&str, &str)] = match self.engine {
            Engine::Sqlite => &[
                ("PRAGMA journal_mode", "wal"),
                ("PRAGMA synchronous", "2"),
                ("PRAGMA foreign_keys", "1"),
                ("PRAGMA busy_timeout", "5000"),
            ],
            Engine::Postgres => &[("SHOW server_encoding", "UTF8"), ("SHOW transaction_isolation", "read committed")],
        };
        for (question, wanted) in expected {
            let found = self.ask(question).await?;
            if found != *wanted {
                return Err(Failure::Failed(format!("the database answers {found:?} to {question}; Relais needs {wanted:?}")));
            }
        }
        Ok(())
    }

    async fn ask(&self, question: &str) -> Result<String, Failure> {
        let row = self.write.query_one_raw(Statement::from_string(self.backend(), question)).await?.ok_or(Failure::Missing)?;
        match row.try_get_by_index::<String>(0) {
            Ok(text) => Ok(text),
            Err(_) => Ok(row.try_get_by_index::<i32>(0)?.to_string()),
        }
    }

    fn backend(&self) -> DbBackend {
        match self.engine {
            Engine::Sqlite => DbBackend::Sqlite,
            Engine::Postgres => DbBackend::Postgres,
        }
    }

    /// The engine behind this handle.
    pub const fn engine(&self) -> Engine {
        self.engine
    }

    /// The connection for questions. Never written through.
    pub(crate) const fn reader(&self) -> &DatabaseConnection {
        &self.read
    }

    /// The connection for housekeeping writes outside any use case: migrations and maintenance.
    pub(crate) const fn writer(&self) -> &DatabaseConnection {
        &self.write
    }

    /// Opens a write transaction: BEGIN IMMEDIATE on SQLite, READ COMMITTED on PostgreSQL. Dropped means rolled back.
    ///
    /// # Errors
    /// [`Failure::Busy`] when no connection comes free in time.
    pub async fn write(&self, ctx: &Ctx) -> Result<Tx, Failure> {
        Tx::begin(self, ctx.clone()).await
    }

    /// Opens a transaction for looking only, for guards that are asked without being acted on. Roll it back.
    ///
    /// # Errors
    /// [`Failure::Busy`] when no connection comes free in time.
    pub async fn look(&self, ctx: &Ctx) -> Result<Tx, Failure> {
        Tx::look(self, ctx.clone()).await
    }

    /// Wakes whoever waits for new jobs on this node.
    pub fn wake_jobs(&self) {
        self.jobs.notify_waiters();
    }

    /// Waits until a transaction on this node has enqueued jobs.
    pub async fn jobs_enqueued(&self) {
        self.jobs.notified().await;
    }

    pub(crate) fn wake_journals(&self) {
        self.journals.notify_one();
    }

    /// Waits until a transaction on this node has written events or journal entries.
    pub async fn journals_written(&self) {
        self.journals.notified().await;
    }

    /// Brings the schema up to this program's version.
    ///
    /// # Errors
    /// [`Failure::Failed`] when a step fails; earlier steps stay.
    pub async fn migrate(&self) -> Result<(), Failure> {
        Migrator::up(&self.write, None).await.map_err(Failure::from)
    }

    /// Takes back the last `steps` steps of the schema.
    ///
    /// # Errors
    /// [`Failure::Failed`] when a step fails.
    pub async fn migrate_down(&self, steps: u32) -> Result<(), Failure> {
        Migrator::down(&self.write, Some(steps)).await.map_err(Failure::from)
    }

    /// The names of schema steps that this program knows and the database lacks.
    ///
    /// # Errors
    /// As any read.
    pub async fn pending_migrations(&self) -> Result<Vec<String>, Failure> {
        let pending = Migrator::get_pending_migrations(&self.write).await?;
        Ok(pending.iter().map(|step| step.name().to_owned()).collect())
    }

    /// Whether this is a database that this program has made: at least one of its schema steps was taken, and the file is
    /// whole (asked of SQLite only).
    ///
    /// # Errors
    /// As any read.
    pub async fn is_ours(&self) -> Result<bool, Failure> {
        let taken = Migrator::get_applied_migrations(&self.write).await?;
        let whole = self.engine == Engine::Postgres || self.ask("PRAGMA quick_check(1)").await? == "ok";
        Ok(whole && !taken.is_empty())
    }

    /// The file behind a SQLite address.
    ///
    /// # Errors
    /// [`Failure::Failed`] for any other address.
    pub fn sqlite_file(url: &str) -> Result<PathBuf, Failure> {
        let options = SqliteConnectOptions::from_str(url).map_err(|_| Failure::Failed("DATABASE_URL is no SQLite address".into()))?;
        Ok(options.get_filename().to_owned())
    }

    /// Folds the log of a SQLite database into its one file, which proves that nobody else holds it.
    ///
    /// # Errors
    /// [`Failure::Busy`] when another program holds it; [`Failure::Failed`] when it cannot be opened.
    pub async fn fold_alone(url: &str) -> Result<(), Failure> {
        let options = SqliteConnectOptions::from_str(url).map_err(|_| Failure::Failed("DATABASE_URL is no SQLite address".into()))?;
        // Only the last connection may leave WAL mode.
        let alone = options.journal_mode(SqliteJournalMode::Delete).busy_timeout(Duration::from_secs(1)).disable_statement_logging();
        let connection = alone.connect().await.map_err(|error| failure::from_sqlx(&error))?;
        connection.close().await.map_err(|error| failure::from_sqlx(&error))
    }

    /// Whether the database answers at all.
    ///
    /// # Errors
    /// [`Failure::Busy`] or [`Failure::Failed`] when it does not.
    pub async fn ping(&self) -> Result<(), Failure> {
        self.read.ping().await.map_err(Failure::from)
    }

    /// Copies a running SQLite database into `target`, consistent as of one moment.
    ///
    /// # Errors
    /// [`Failure::Failed`] on PostgreSQL, where `pg_dump` is the tool, or when the file cannot be written.
    pub async fn backup_to(&self, target: &str) -> Result<(), Failure> {
        if self.engine == Engine::Postgres {
            return Err(Failure::Failed("PostgreSQL is backed up with pg_dump; see docs/operations.md".into()));
        }
        // The write connection has no open transaction here; VACUUM INTO reads one consistent snapshot.
        let statement = Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO ?", [target.into()]);
        self.write.execute_raw(statement).await?;
        Ok(())
    }

    /// Closes all connections, checkpointing the SQLite log.
    pub async fn close(self) {
        for connection in [self.read, self.write] {
            if let Err(error) = connection.close().await {
                tracing::warn!(%error, "closing the database failed");
            }
        }
    }
}
