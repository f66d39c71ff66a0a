//! The words by which topics are found.

use crate::directory::{TopicCode, lists::codes};

/// The place of a topic in the list of topics, as the number of a bit.
pub fn topic_bit(topic: TopicCode) -> Option<u32> {
    codes("topics").iter().position(|code| *code == topic.code()).and_then(|place| u32::try_from(place).ok())
}

/// The words by which a topic is found: its names and those of its category in every language, and what people say for it.
pub fn topic_words(topic: &str) -> Vec<&'static str> {
    crate::directory::search_words(topic)
}
