//! The foundation: identity, directory, referrals, messages, journals, jobs.

use sea_orm_migration::prelude::*;

use crate::portable;

#[derive(Debug)]
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0001_foundation"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for text in [PLATFORM, IDENTITY, DIRECTORY, REFERRAL, MESSAGE, JOURNAL] {
            portable::run(manager, text).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        portable::drop_all(manager, TABLES).await
    }
}

const TABLES: &[&str] = &[
    "instance",
    "secret",
    "idempotency",
    "job",
    "budget",
    "organisation",
    "app_user",
    "unit",
    "membership",
    "membership_unit",
    "role",
    "role_assignment",
    "service_account",
    "session",
    "invitation",
    "account_token",
    "service",
    "need",
    "person",
    "referral",
    "consent",
    "referral_assignment",
    "referral_filing",
    "reading_mark",
    "access_link",
    "message",
    "notice",
    "task",
    "sandbox_mail",
    "event",
    "mutation_entry",
    "mutation_value",
    "access_entry",
    "sequence_state",
];

const PLATFORM: &str = include_str!("m0001_foundation/platform.sql");
const IDENTITY: &str = include_str!("m0001_foundation/identity.sql");
const DIRECTORY: &str = include_str!("m0001_foundation/directory.sql");
const REFERRAL: &str = include_str!("m0001_foundation/referral.sql");
const MESSAGE: &str = include_str!("m0001_foundation/message.sql");
const JOURNAL: &str = include_str!("m0001_foundation/journal.sql");
