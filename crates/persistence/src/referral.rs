//! The referral room: legs, their filing, assignment and reading marks, and the links that open them.

pub mod entity;
pub mod link;
pub mod read;
pub mod view;
pub mod write;
