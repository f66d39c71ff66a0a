//! The person room: entities and queries.

pub mod entity;
pub mod held;
pub mod read;
pub mod view;
pub mod write;
