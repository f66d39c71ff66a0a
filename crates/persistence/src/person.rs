//! The person room: entities and queries.

pub mod entity;
