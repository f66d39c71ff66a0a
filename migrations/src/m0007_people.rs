//! Persons as records of their own: whose they are, what was disclosed of them to whom, which records are the same person.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::portable;

#[derive(Debug)]
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0007_people"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        portable::run(manager, UP).await?;
        portable::run(manager, on(manager, PERMISSIONS_POSTGRES, PERMISSIONS_SQLITE)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        portable::run(manager, on(manager, WITHDRAW_POSTGRES, WITHDRAW_SQLITE)).await?;
        portable::run(manager, DOWN).await
    }
}

/// The text of the engine.
fn on(manager: &SchemaManager<'_>, postgres: &'static str, sqlite: &'static str) -> &'static str {
    if manager.get_database_backend() == DbBackend::Postgres { postgres } else { sqlite }
}

const UP: &str = include_str!("m0007_people/up.sql");
const DOWN: &str = include_str!("m0007_people/down.sql");
/// Persons have permissions of their own: ceilings and the roles made from templates get them as the templates give them now.
const PERMISSIONS_SQLITE: &str = include_str!("m0007_people/permissions_sqlite.sql");
const PERMISSIONS_POSTGRES: &str = include_str!("m0007_people/permissions_postgres.sql");
const WITHDRAW_SQLITE: &str = include_str!("m0007_people/withdraw_sqlite.sql");
const WITHDRAW_POSTGRES: &str = include_str!("m0007_people/withdraw_postgres.sql");
