//! Notices: what else a notice of a hand-over is about, and what waits for a daily summary.

use sea_orm_migration::prelude::*;

use crate::portable;

#[derive(Debug)]
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0008_notices"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        portable::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        portable::run(manager, DOWN).await
    }
}

const UP: &str = include_str!("m0008_notices/up.sql");
const DOWN: &str = include_str!("m0008_notices/down.sql");
