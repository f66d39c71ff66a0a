//! Files that people hand in: taken in, judged, read, handed on, erased.

mod check;
mod delete;
mod life;
mod link;
mod read;
mod upload;

pub(crate) use check::{CHECK_JOB, check, gave_up};
pub use delete::delete;
pub(crate) use life::{BLOB_JOB, DUE_JOB, SWEEP_JOB, draft_gone, due, erase_blob, plan, settle, sweep};
pub use life::{ended, forgotten, pass_on, reopened};
pub use link::{DownloadLink, download, link};
pub(crate) use read::open;
pub use read::{Content, content, one, one_unless, seen};
pub use relais_adapters::blobs::Piece;
pub use relais_persistence::document::view;
pub use upload::{Named, upload};
pub(crate) use upload::{keep, take_in};
