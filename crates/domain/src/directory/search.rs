//! The rules of search: what is found, in which order, and how words meet texts.
//!
//! The engine that holds the documents is an adapter; it asks these functions, so that every node answers alike.

mod document;
mod of_service;
mod opening;
mod order;
mod query;
mod reach;
mod score;
mod text;
mod topics;

pub use document::{OrganisationCard, SearchDocument};
pub use opening::is_open;
pub use order::{Key, Place, Rhythm, Stream, interleave};
pub use query::{BoundingBox, DEFAULT_RADIUS_KM, SearchQuery, Sort, TopicFilter};
pub use reach::{Range, in_range};
pub use score::{MatchKind, NO_TEXT, TextField, distance_factor, kilometres, match_points, metres, quality_factor, score};
pub use text::{MOST_WORDS, SHORTEST_TYPO, guess_language, is_stop_word, query_words, within_one_typo, words};
pub use topics::{topic_bit, topic_words};

#[cfg(test)]
mod tests;
