//! SeaORM entities and every query: the only crate that speaks SQL, besides the migrations.
//!
//! Each capability has the same four files: `entity` (the rows), `view` (what is read, as it is shown), `read`, `write`.

pub mod access;
pub mod audit;
pub mod db;
pub mod directory;
pub mod document;
pub mod identity;
pub mod message;
pub mod person;
pub mod platform;
pub mod referral;
pub mod report;
pub mod task;

pub use db::{Chance, Ctx, Db, Engine, Failure, NewJob, Record, Tx};
