//! The schema and the two engines behind it: what is named, migrated, decided and compared is the same on SQLite and on PostgreSQL.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod access;
mod both;
mod columns;
mod data_map;
mod entities;
mod migrations;
mod unicode;
mod upgrade;
