//! The database schema, one frozen step after the other. A released step is never edited: it imports nothing of the
//! domain and changes one thing at a time (expand, backfill, contract).

pub use sea_orm_migration::prelude::*;

mod m0001_foundation;
mod m0002_directory;
mod m0003_public_lists;
mod m0004_hand_over;
mod m0005_documents;
mod m0006_booklets;
mod m0007_people;
mod m0008_notices;
mod m0009_clocks;
mod m0010_reports;
mod m0011_made_by;
mod permissions;
mod portable;

/// The list of steps, in order.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_foundation::Migration),
            Box::new(m0002_directory::Migration),
            Box::new(m0003_public_lists::Migration),
            Box::new(m0004_hand_over::Migration),
            Box::new(m0005_documents::Migration),
            Box::new(m0006_booklets::Migration),
            Box::new(m0007_people::Migration),
            Box::new(m0008_notices::Migration),
            Box::new(m0009_clocks::Migration),
            Box::new(m0010_reports::Migration),
            Box::new(m0011_made_by::Migration),
        ]
    }
}
