//! The directory: feeds of invented services, copies of them with counted ids, questions of searchers, and what is printed of it.

pub mod copies;
pub mod feed;
pub mod places;
pub mod questions;
pub mod runs;
pub mod table;
mod words;
