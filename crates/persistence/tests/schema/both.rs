//! Two databases of a test's own: a SQLite file and a PostgreSQL database, removed whatever happens.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::FutureExt as _;
use relais_persistence::{Db, Engine};
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, Statement};

static NUMBER: AtomicU32 = AtomicU32::new(0);

/// One database: the handle that is tested, and a connection beside it that fills and looks.
#[derive(Clone, Debug)]
pub struct Place {
    pub engine: Engine,
    pub db: Db,
    pub raw: DatabaseConnection,
}

/// The same on both engines.
#[derive(Clone, Debug)]
pub struct Both {
    pub sqlite: Place,
    pub postgres: Place,
}

impl Both {
    pub const fn each(&self) -> [&Place; 2] {
        [&self.sqlite, &self.postgres]
    }

    /// Brings both to the newest schema.
    pub async fn migrate(&self) {
        for place in self.each() {
            place.db.migrate().await.unwrap();
        }
    }
}

impl Place {
    async fn open(engine: Engine, url: &str) -> Self {
        let db = Db::open(url, 4).await.unwrap();
        let raw = Database::connect(url).await.unwrap();
        Self { engine, db, raw }
    }

    async fn close(self) {
        self.raw.close().await.unwrap();
        self.db.close().await;
    }

    /// The rows of a plain question.
    pub async fn ask(&self, sql: &str) -> Vec<sea_orm::QueryResult> {
        self.raw.query_all_raw(Statement::from_string(self.raw.get_database_backend(), sql)).await.unwrap()
    }
}

fn server() -> String {
    std::env::var("RELAIS_TEST_POSTGRES")
        .expect("RELAIS_TEST_POSTGRES must name a PostgreSQL server whose user may create databases; `tests/postgres.sh start` starts one")
}

async fn on_server(sql: &str) {
    let administrator = Database::connect(server()).await.expect("the server of RELAIS_TEST_POSTGRES answers");
    administrator.execute_unprepared(sql).await.unwrap();
    administrator.close().await.unwrap();
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// Runs a story on two empty databases and removes them, also when the story fails.
pub async fn both<F, Told>(story: F)
where
    F: FnOnce(Both) -> Told,
    Told: Future<Output = ()>,
{
    both_with("", story).await;
}

/// As [`both`], with words for PostgreSQL's `CREATE DATABASE`.
pub async fn both_with<F, Told>(how: &str, story: F)
where
    F: FnOnce(Both) -> Told,
    Told: Future<Output = ()>,
{
    let name = format!("relais_schema_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::SeqCst));
    on_server(&format!("CREATE DATABASE {name} {how}")).await;
    std::fs::create_dir_all(folder(&name)).unwrap();
    let (head, _) =
        server().rsplit_once('/').map(|(head, tail)| (head.to_owned(), tail.to_owned())).expect("the address ends with a database");
    let both = Both {
        sqlite: Place::open(Engine::Sqlite, &format!("sqlite:{}", folder(&name).join("relais.db").display())).await,
        postgres: Place::open(Engine::Postgres, &format!("{head}/{name}")).await,
    };
    let outcome = AssertUnwindSafe(story(both.clone())).catch_unwind().await;
    both.sqlite.close().await;
    both.postgres.close().await;
    on_server(&format!("DROP DATABASE {name} WITH (FORCE)")).await;
    std::fs::remove_dir_all(folder(&name)).unwrap();
    if let Err(failed) = outcome {
        std::panic::resume_unwind(failed);
    }
}
