//! The directory at national scale: places, services in full, search, imports, what readers keep, joining.

use sea_orm_migration::prelude::*;

use crate::portable;

#[derive(Debug)]
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0002_directory"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for text in [SERVICE, PLACE, READER, IMPORT, JOINING, ELIGIBILITY] {
            portable::run(manager, text).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        portable::drop_all(manager, TABLES).await?;
        portable::run(manager, ELIGIBILITY_DOWN).await?;
        portable::run(manager, JOINING_DOWN).await?;
        portable::run(manager, SERVICE_DOWN).await
    }
}

const TABLES: &[&str] = &[
    "search_document",
    "place",
    "bookmark",
    "saved_search",
    "service_report",
    "contact_reading",
    "import_run",
    "import_part",
    "join_request",
];

const SERVICE: &str = include_str!("m0002_directory/service.sql");
const SERVICE_DOWN: &str = include_str!("m0002_directory/service_down.sql");
const PLACE: &str = include_str!("m0002_directory/place.sql");
const READER: &str = include_str!("m0002_directory/reader.sql");
const IMPORT: &str = include_str!("m0002_directory/import.sql");
const JOINING: &str = include_str!("m0002_directory/joining.sql");
const ELIGIBILITY: &str = include_str!("m0002_directory/eligibility.sql");
const ELIGIBILITY_DOWN: &str = include_str!("m0002_directory/eligibility_down.sql");
const JOINING_DOWN: &str = include_str!("m0002_directory/joining_down.sql");
