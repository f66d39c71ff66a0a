//! The database handle: one writer and many readers on SQLite, the connections of one thread on PostgreSQL.

mod conn;
mod failure;
mod insert;
mod lane;
mod record;
mod tx;

use std::path::PathBuf;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use relais_migrations::{Migrator, MigratorTrait as _};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, DbErr, SqlxPostgresConnector, SqlxSqliteConnector, Statement};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::sync::Notify;

use conn::{Desk, Open};
use lane::{Lane, Way};

pub use failure::Failure;
pub(crate) use insert::{insert_all, inserts};
pub use record::Record;
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
    write: Desk,
    read: Desk,
    engine: Engine,
    jobs: Arc<Notify>,
    journals: Arc<Notify>,
}

const SQLITE_READERS: u32 = 8;
/// Pages that a connection keeps, in kibibytes as SQLite writes them. The writer changes many at a time; each reader has its own, and
/// what it has not is in the system's cache, once for all.
const SQLITE_WRITER_CACHE: &str = "-16000";
const SQLITE_READER_CACHE: &str = "-2000";
/// How long somebody waits for a connection, and on SQLite for another program's lock.
const PATIENCE: Duration = Duration::from_secs(5);

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
        let options = PgConnectOptions::from_str(url)
            .map_err(|_| Failure::Failed("DATABASE_URL is no PostgreSQL address".into()))?
            .application_name("relais")
            .statement_cache_capacity(500)
            .disable_statement_logging();
        let lane = Lane::new(Way::Postgres(Box::new(options)), connections, PATIENCE);
        let desk = Desk { lane, backend: DbBackend::Postgres };
        let found = desk.lane.take().await.map_err(|error| Failure::Failed(format!("PostgreSQL cannot be reached: {error}")))?;
        found.give_back();
        Ok(Self::with(desk.clone(), desk, Engine::Postgres))
    }

    async fn open_sqlite(url: &str) -> Result<Self, Failure> {
        let options = SqliteConnectOptions::from_str(url)
            .map_err(|_| Failure::Failed("DATABASE_URL is no SQLite address".into()))?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(PATIENCE)
            .statement_cache_capacity(500)
            .disable_statement_logging();
        let lane = |options, connections| Desk {
            lane: Lane::new(Way::Sqlite(Box::new(options)), connections, PATIENCE),
            backend: DbBackend::Sqlite,
        };
        // What is erased leaves no trace in free space of the file.
        let write = lane(options.clone().pragma("cache_size", SQLITE_WRITER_CACHE).pragma("secure_delete", "ON"), 1);
        let read = lane(options.pragma("query_only", "ON").pragma("cache_size", SQLITE_READER_CACHE), SQLITE_READERS);
        // The writer first: it makes the file and sets its journal.
        let cannot = |error: DbErr| Failure::Failed(format!("the SQLite file cannot be opened: {error}"));
        for desk in [&write, &read] {
            desk.lane.take().await.map_err(cannot)?.give_back();
        }
        Ok(Self::with(write, read, Engine::Sqlite))
    }

    fn with(write: Desk, read: Desk, engine: Engine) -> Self {
        Self { write, read, engine, jobs: Arc::new(Notify::new()), journals: Arc::new(Notify::new()) }
    }

    /// A handle to the same database for another thread. On PostgreSQL it opens up to `connections` of its own: a connection
    /// belongs to the runtime of the thread that opened it, so it answers there without waking another thread, and ends with it.
    #[must_use]
    pub fn for_thread(&self, connections: u32) -> Self {
        match self.engine {
            Engine::Sqlite => self.clone(),
            Engine::Postgres => {
                let own = Desk { lane: self.write.lane.beside(connections), backend: DbBackend::Postgres };
                Self { write: own.clone(), read: own, ..self.clone() }
            }
        }
    }

    /// Runs what SeaORM does about migrations, on a connection of its own kind.
    async fn migrating<T>(&self, work: impl AsyncFnOnce(&DatabaseConnection) -> Result<T, DbErr>) -> Result<T, Failure> {
        let orm = match self.write.lane.way() {
            Way::Postgres(options) => {
                let pool = PgPoolOptions::new().max_connections(1).connect_lazy_with((**options).clone());
                SqlxPostgresConnector::from_sqlx_postgres_pool(pool)
            }
            Way::Sqlite(options) => {
                let pool = SqlitePoolOptions::new().max_connections(1).connect_lazy_with((**options).clone());
                SqlxSqliteConnector::from_sqlx_sqlite_pool(pool)
            }
        };
        let done = work(&orm).await;
        orm.close().await?;
        Ok(done?)
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
        let row = self.write.query_one_raw(Statement::from_string(self.write.backend, question)).await?.ok_or(Failure::Missing)?;
        match row.try_get_by_index::<String>(0) {
            Ok(text) => Ok(text),
            Err(_) => Ok(row.try_get_by_index::<i32>(0)?.to_string()),
        }
    }

    /// The engine behind this handle.
    pub const fn engine(&self) -> Engine {
        self.engine
    }

    /// The connection for questions. Never written through.
    pub(crate) const fn reader(&self) -> &Desk {
        &self.read
    }

    /// The connection for housekeeping writes outside any use case.
    pub(crate) const fn writer(&self) -> &Desk {
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

    /// Lets go of former states of pages after an erasure: on SQLite they lie in the log beside the file until it is written back.
    /// Readers who are in the way only put it off.
    ///
    /// # Errors
    /// As any write.
    pub async fn drop_former_pages(&self) -> Result<(), Failure> {
        if self.engine == Engine::Sqlite {
            self.write.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await?;
        }
        Ok(())
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
        self.migrating(async |orm| Migrator::up(orm, None).await).await
    }

    /// Takes back the last `steps` steps of the schema.
    ///
    /// # Errors
    /// [`Failure::Failed`] when a step fails.
    pub async fn migrate_down(&self, steps: u32) -> Result<(), Failure> {
        self.migrating(async |orm| Migrator::down(orm, Some(steps)).await).await
    }

    /// The names of schema steps that this program knows and the database lacks.
    ///
    /// # Errors
    /// As any read.
    pub async fn pending_migrations(&self) -> Result<Vec<String>, Failure> {
        let pending = self.migrating(async |orm| Migrator::get_pending_migrations(orm).await).await?;
        Ok(pending.iter().map(|step| step.name().to_owned()).collect())
    }

    /// Whether this is a database that this program has made: at least one of its schema steps was taken, and the file is
    /// whole (asked of SQLite only).
    ///
    /// # Errors
    /// As any read.
    pub async fn is_ours(&self) -> Result<bool, Failure> {
        let taken = self.migrating(async |orm| Migrator::get_applied_migrations(orm).await).await?;
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
        let mut held = self.read.lane.take().await?;
        let answer = held.ping().await;
        held.give_back();
        Ok(answer?)
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
        for desk in [self.read, self.write] {
            if let Err(error) = desk.lane.close().await {
                tracing::warn!(%error, "closing the database failed");
            }
        }
    }
}
