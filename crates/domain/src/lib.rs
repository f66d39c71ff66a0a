//! What is true in Relais: types, rules, state machines, policy, events and texts as data.
//!
//! Everything here is synchronous and pure: no I/O, no clock, no randomness. Callers pass `now` and fresh ids in.

pub mod access;
pub mod directory;
pub mod document;
pub mod eligibility;
pub mod identity;
pub mod message;
pub mod person;
pub mod referral;
pub mod report;
pub mod shared;
pub mod task;

// What the vocabulary's macros write out in other crates.
#[doc(hidden)]
pub use {sea_orm, serde, utoipa};
