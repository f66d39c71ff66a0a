//! Persons as records of their own: whose they are, what was disclosed of them to whom, which records are the same person.

use sea_orm_migration::prelude::*;

use crate::permissions::{self, CASE, CeilingGain, Gain, WHOLE};
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
        permissions::give(manager, GAINS, CEILINGS).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        permissions::take_back(manager, "people:", GAINS, &["privacy_officer"]).await?;
        portable::run(manager, DOWN).await
    }
}

const UP: &str = include_str!("m0007_people/up.sql");
const DOWN: &str = include_str!("m0007_people/down.sql");

const PEOPLE: &[&str] = &["people:read", "people:write"];
/// Persons have permissions of their own: whoever reads a referral by a template reads the person as the template gives it now.
const GAINS: &[Gain] = &[
    Gain { template: "prescriber", rows: &[(PEOPLE, "own", "sent", WHOLE), (PEOPLE, "team", "sent", WHOLE)] },
    Gain { template: "operator", rows: &[(PEOPLE, "organisation", "received", CASE)] },
    Gain { template: "operator_lead", rows: &[(PEOPLE, "organisation", "received", CASE)] },
    Gain { template: "team_lead", rows: &[(PEOPLE, "own", "sent", WHOLE), (PEOPLE, "organisation", "both", CASE)] },
    Gain { template: "partner", rows: &[(PEOPLE, "organisation", "sent", CASE)] },
];
const CEILINGS: &[CeilingGain] = &[CeilingGain {
    holding: "referrals:read",
    with_any: &["prescriber", "operator", "operator_lead", "team_lead", "partner"],
    permissions: &["people:read", "people:write", "people:export", "people:erase"],
    templates: &["privacy_officer"],
}];
