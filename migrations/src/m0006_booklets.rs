//! Booklets and their ledger, retrievals, saved views of the lists of referrals, and what moderators count by.

use sea_orm_migration::prelude::*;

use crate::portable;

#[derive(Debug)]
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0006_booklets"
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

const UP: &str = include_str!("m0006_booklets/up.sql");
const DOWN: &str = include_str!("m0006_booklets/down.sql");
