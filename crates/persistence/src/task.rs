//! The task room: queries on the rows that notices and messages leave to be done by hand.

pub mod read;
pub mod view;
pub mod write;
