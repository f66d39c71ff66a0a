//! The document room: files that were uploaded, and the blank forms of services.

pub mod entity;
pub mod read;
pub mod view;
pub mod write;
