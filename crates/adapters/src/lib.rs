//! The outside world: time, chance, secrets, passwords, tokens, mail, files and the search index. Concrete types; no adapter reads the database.

pub mod blobs;
pub mod content;
pub mod crypto;
pub mod extract;
pub mod ids;
pub mod mail;
pub mod password;
pub mod scan;
pub mod search;
pub mod time;
pub mod token;
pub mod totp;
