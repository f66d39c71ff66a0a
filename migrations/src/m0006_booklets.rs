//! Booklets and their ledger, retrievals, saved views of the lists of referrals, and what moderators count by.

use sea_orm_migration::prelude::*;

use crate::permissions::{self, CASE, CeilingGain, Gain, NOTHING_MORE, Row};
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
        portable::run(manager, UP).await?;
        permissions::give(manager, GAINS, CEILINGS).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        permissions::take_back(manager, "booklets:", GAINS, &[]).await?;
        portable::run(manager, DOWN).await
    }
}

const UP: &str = include_str!("m0006_booklets/up.sql");
const DOWN: &str = include_str!("m0006_booklets/down.sql");

const BOOKLETS: Row = (&["booklets:read", "booklets:write"], "organisation", "both", NOTHING_MORE);
/// Whoever came to the counter and is handed over has the structure as sender: who entered them follows them.
const FOLLOWING: Row = (&["referrals:read", "referrals:send", "referrals:message", "referrals:archive"], "own", "sent", CASE);
/// What templates gave more from this step on.
const GAINS: &[Gain] = &[
    Gain { template: "operator", rows: &[FOLLOWING, BOOKLETS] },
    Gain { template: "operator_lead", rows: &[FOLLOWING, BOOKLETS] },
    Gain { template: "team_lead", rows: &[BOOKLETS] },
    Gain { template: "platform_admin", rows: &[(&["booklets:issue"], "platform", "both", NOTHING_MORE)] },
];
const CEILINGS: &[CeilingGain] = &[
    CeilingGain {
        holding: "referrals:read",
        with_any: &["operator", "operator_lead", "team_lead"],
        permissions: &["booklets:read", "booklets:write"],
        templates: &[],
    },
    CeilingGain { holding: "directory:import", with_any: &["platform_admin"], permissions: &["booklets:issue"], templates: &[] },
];
