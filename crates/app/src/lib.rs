//! Use cases, one function each: load, ask the domain, save, in one transaction. HTTP, jobs and the command line call
//! the same functions.

pub mod access_journal;
pub mod audit;
mod budget;
pub mod caller;
pub mod claim;
pub mod directory;
pub mod document;
pub mod effect;
pub mod eligibility;
pub mod identity;
pub mod keys;
pub mod message;
pub mod page;
mod patch;
pub mod person;
pub mod platform;
pub mod reactions;
pub mod referral;
pub mod refusal;
pub mod report;
mod setback;
pub mod setup;
mod standing;
pub mod state;
pub mod task;

pub use caller::{ActingFor, Caller, Request};
pub use effect::{Done, effect, effect_of_account};
pub use page::{Page, PageParams, PageRequest};
pub use refusal::Refusal;
pub use state::{App, Settings};

/// SHA-256 over parts, for comparing what was given before with what is given now.
pub fn fingerprint(parts: &[&[u8]]) -> String {
    relais_adapters::crypto::sha256(parts)
}
