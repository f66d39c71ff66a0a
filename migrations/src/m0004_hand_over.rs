//! The hand-over: what a leg says of the chain it stands in, of a walk-in, a pause and a withdrawn consent.

use sea_orm_migration::prelude::*;

use crate::portable;

#[derive(Debug)]
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0004_hand_over"
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

const UP: &str = include_str!("m0004_hand_over/up.sql");
const DOWN: &str = include_str!("m0004_hand_over/down.sql");
