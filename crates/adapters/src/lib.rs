//! The outside world: time, chance, secrets, passwords, tokens, mail and the search index. Concrete types; no adapter reads the database.

pub mod crypto;
pub mod ids;
pub mod mail;
pub mod password;
pub mod search;
pub mod time;
pub mod token;
pub mod totp;
