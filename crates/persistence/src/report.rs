//! The report room: what is counted of referrals, and the files that people take out.

pub mod entity;
pub mod read;
pub mod view;
pub mod write;
