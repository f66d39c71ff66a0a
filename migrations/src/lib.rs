//! The database schema, one frozen step after the other. A released step is never edited: it imports nothing of the
//! domain and changes one thing at a time (expand, backfill, contract).

pub use sea_orm_migration::prelude::*;

mod m0001_foundation;
mod m0002_directory;
mod m0006_booklets;
mod m0007_people;
mod permissions;
mod portable;

use portable::Plain;

/// A step that is SQL alone, from its folder.
macro_rules! plain {
    ($name:literal) => {
        Box::new(Plain { name: $name, up: include_str!(concat!($name, "/up.sql")), down: include_str!(concat!($name, "/down.sql")) })
    };
}

/// The list of steps, in order.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_foundation::Migration),
            Box::new(m0002_directory::Migration),
            // Indexes for the public lists, and for records by their id in a feed.
            plain!("m0003_public_lists"),
            // The hand-over: what a leg says of the chain it stands in, of a walk-in, a pause and a withdrawn consent.
            plain!("m0004_hand_over"),
            // Documents: what people hand in, which referrals refer to it, and the blank forms of services.
            plain!("m0005_documents"),
            Box::new(m0006_booklets::Migration),
            Box::new(m0007_people::Migration),
            // Notices: what else a notice of a hand-over is about, and what waits for a daily summary.
            plain!("m0008_notices"),
            // Clocks: what is planned for a leg, the delays that an organisation chose, and the lists of tasks.
            plain!("m0009_clocks"),
            // Reports: files that people take out, and the order in which what was received is read.
            plain!("m0010_reports"),
            // Which draft made a record of a person: only that draft keeps it in step, and takes it along when it is deleted.
            plain!("m0011_made_by"),
        ]
    }
}
