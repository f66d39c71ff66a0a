//! One database per engine that the demo fills once per run, and a copy of it for each test.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection};
use serde_json::Value;
use tokio::sync::OnceCell;

use super::Engine;
use super::program::command;

/// A copy of the template: a folder, a database, and what the demo printed.
pub struct Copy {
    pub engine: Engine,
    pub folder: PathBuf,
    pub database_url: String,
    demo: Value,
}

static SQLITE: OnceCell<Value> = OnceCell::const_new();
static POSTGRES: OnceCell<Value> = OnceCell::const_new();
static NUMBER: AtomicU32 = AtomicU32::new(0);

fn root() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("it-{}", std::process::id()))
}

/// The PostgreSQL server of this run, as `make test` starts it.
pub fn postgres() -> String {
    std::env::var("RELAIS_TEST_POSTGRES").expect("RELAIS_TEST_POSTGRES names the PostgreSQL server of the tests; `make test` starts one")
}

/// The address of one database on that server.
fn postgres_database(name: &str) -> String {
    let server = postgres();
    let (head, _) = server.rsplit_once('/').expect("the address ends with a database");
    format!("{head}/{name}")
}

async fn administrator() -> DatabaseConnection {
    Database::connect(postgres()).await.expect("PostgreSQL answers")
}

fn template_name() -> String {
    format!("relais_template_{}", std::process::id())
}

/// Fills a database with the demo, once.
fn fill(copy: &Copy) -> Value {
    std::fs::create_dir_all(&copy.folder).unwrap();
    let output = command(copy).args(["demo", "--json"]).output().unwrap();
    assert!(output.status.success(), "the demo failed: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

async fn sqlite_template() -> Value {
    let folder = root().join("sqlite-template");
    let database_url = format!("sqlite:{}", folder.join("relais.db").display());
    fill(&Copy { engine: Engine::Sqlite, folder, database_url, demo: Value::Null })
}

async fn postgres_template() -> Value {
    let name = template_name();
    let server = administrator().await;
    server.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
    server.close().await.unwrap();
    fill(&Copy {
        engine: Engine::Postgres,
        folder: root().join("postgres-template"),
        database_url: postgres_database(&name),
        demo: Value::Null,
    })
}

impl Copy {
    /// A fresh copy.
    pub async fn make(engine: Engine) -> Self {
        let number = NUMBER.fetch_add(1, Ordering::SeqCst);
        let folder = root().join(format!("{engine:?}-{number}").to_lowercase());
        std::fs::create_dir_all(&folder).unwrap();
        match engine {
            Engine::Sqlite => {
                let demo = SQLITE.get_or_init(sqlite_template).await.clone();
                let from = root().join("sqlite-template");
                for file in ["relais.db", "master.key"] {
                    std::fs::copy(from.join(file), folder.join(file)).unwrap();
                }
                let database_url = format!("sqlite:{}", folder.join("relais.db").display());
                Self { engine, folder, database_url, demo }
            }
            Engine::Postgres => {
                let demo = POSTGRES.get_or_init(postgres_template).await.clone();
                std::fs::copy(root().join("postgres-template/master.key"), folder.join("master.key")).unwrap();
                let name = format!("relais_test_{}_{number}", std::process::id());
                let server = administrator().await;
                server.execute_unprepared(&format!("CREATE DATABASE {name} TEMPLATE {}", template_name())).await.unwrap();
                server.close().await.unwrap();
                Self { engine, folder, database_url: postgres_database(&name), demo }
            }
        }
    }

    /// An empty place, without the demo and without a schema.
    pub async fn empty(engine: Engine) -> Self {
        let number = NUMBER.fetch_add(1, Ordering::SeqCst);
        let folder = root().join(format!("{engine:?}-empty-{number}").to_lowercase());
        std::fs::create_dir_all(&folder).unwrap();
        let database_url = match engine {
            Engine::Sqlite => format!("sqlite:{}", folder.join("relais.db").display()),
            Engine::Postgres => {
                let name = format!("relais_test_{}_{number}", std::process::id());
                let server = administrator().await;
                server.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
                server.close().await.unwrap();
                postgres_database(&name)
            }
        };
        Self { engine, folder, database_url, demo: Value::Null }
    }

    /// A persona of the demo.
    pub fn persona(&self, name: &str) -> Value {
        let persona = self.demo["personas"][name].clone();
        assert!(persona.is_object(), "the demo has no {name}");
        persona
    }

    /// Runs a command of the program on this copy.
    pub fn runs(&self, arguments: &[&str]) -> std::process::Output {
        command(self).args(arguments).output().unwrap()
    }

    /// Takes the copy away.
    pub async fn drop_database(self) {
        std::fs::remove_dir_all(&self.folder).unwrap();
        if self.engine == Engine::Postgres {
            let name = self.database_url.rsplit('/').next().unwrap();
            let server = administrator().await;
            server.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
            server.close().await.unwrap();
        }
    }
}
