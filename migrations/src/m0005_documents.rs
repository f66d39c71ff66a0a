//! Documents: what people hand in, which referrals refer to it, and the blank forms of services.

use sea_orm_migration::prelude::*;

use crate::portable;

#[derive(Debug)]
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0005_documents"
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

const UP: &str = include_str!("m0005_documents/up.sql");
const DOWN: &str = include_str!("m0005_documents/down.sql");
