//! One schema text for both engines. Type words in braces become the engine's own types.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// The column types of each engine: SQLite keeps instants and JSON as text, which sorts and compares as PostgreSQL does
/// because every instant is written in UTC. Folded text is compared byte by byte on both, whatever the database's collation.
fn types(engine: DbBackend) -> [(&'static str, &'static str); 6] {
    match engine {
        DbBackend::Postgres => [
            ("{uuid}", "uuid"),
            ("{instant}", "timestamptz"),
            ("{json}", "jsonb"),
            ("{date}", "date"),
            ("{folded}", "text COLLATE \"C\""),
            ("{bytes}", "bytea"),
        ],
        _ => [("{uuid}", "blob"), ("{instant}", "text"), ("{json}", "text"), ("{date}", "text"), ("{folded}", "text"), ("{bytes}", "blob")],
    }
}

/// Runs the statements of `text`, separated by semicolons at the end of a line.
pub async fn run(manager: &SchemaManager<'_>, text: &str) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let mut sql = text.to_owned();
    for (word, engine_type) in types(manager.get_database_backend()) {
        sql = sql.replace(word, engine_type);
    }
    for statement in sql.split(";\n").map(str::trim).filter(|statement| !statement.is_empty()) {
        connection.execute_unprepared(statement).await?;
    }
    Ok(())
}

/// Drops tables, the last made first.
pub async fn drop_all(manager: &SchemaManager<'_>, tables: &[&str]) -> Result<(), DbErr> {
    for table in tables.iter().rev() {
        manager.get_connection().execute_unprepared(&format!("DROP TABLE {table}")).await?;
    }
    Ok(())
}

/// A step that is SQL alone.
#[derive(Debug)]
pub struct Plain {
    /// Its name in the database.
    pub name: &'static str,
    /// What it does.
    pub up: &'static str,
    /// What undoes it.
    pub down: &'static str,
}

impl MigrationName for Plain {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Plain {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, self.up).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, self.down).await
    }
}
