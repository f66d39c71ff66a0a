//! Notices: who is told what. [`notify`] decides inside the transaction of an act, [`deliver`] writes and sends
//! afterwards, [`render`] puts facts into words.

pub mod deliver;
pub mod notify;
pub mod render;

pub use relais_persistence::message::read::MailboxFilter;
pub use relais_persistence::message::view::{KeptMailView, NoticeView};
