//! Which draft made a record of a person: only that draft keeps it in step, and takes it along when it is deleted.

use sea_orm_migration::prelude::*;

use crate::portable;

#[derive(Debug)]
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0011_made_by"
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

const UP: &str = include_str!("m0011_made_by/up.sql");
const DOWN: &str = include_str!("m0011_made_by/down.sql");
