//! The HTTP layer: extract, call one function of `app`, answer. The OpenAPI document is generated here.

pub mod door;
pub mod health;
pub mod openapi;
pub mod problem;
pub mod server;

mod audit;
mod directory;
mod document;
mod eligibility;
mod explorer;
mod identity;
mod person;
mod platform;
mod referral;
mod report;
mod task;

pub use server::{Options, document, serve};
