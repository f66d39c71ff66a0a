//! The message room: threads, notices, tasks and the sandbox's mailbox.

pub mod entity;
pub mod read;
pub mod view;
pub mod write;
