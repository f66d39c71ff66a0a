//! The directory room: services and the public face of organisations.

pub mod entity;
pub mod import;
pub mod names;
pub mod read;
pub mod view;
pub mod write;
