//! What the installation itself keeps: its clock, secrets, jobs, idempotency rows and budgets.

pub mod budget;
pub mod entity;
pub mod housekeeping;
pub mod idempotency;
pub mod instance;
pub mod job;
pub mod oversight;
pub mod secret;
pub mod view;
