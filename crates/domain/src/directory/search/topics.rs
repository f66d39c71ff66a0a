//! The words by which topics are found.

use crate::directory::{TopicCode, lists::codes, lists::reference_list};

/// The place of a topic in the list of topics, as the number of a bit.
pub fn topic_bit(topic: TopicCode) -> Option<u32> {
    codes("topics").iter().position(|code| *code == topic.code()).and_then(|place| u32::try_from(place).ok())
}

/// The words by which a topic is found: its names and those of its category, in every language.
pub fn topic_words(topic: &str) -> Vec<&'static str> {
    let category = topic.split_once("--").map_or(topic, |(category, _)| category);
    let named = |list: &str, code: &str| reference_list(list).unwrap_or_default().iter().find(|entry| entry.code == code);
    let labels = [named("topics", topic), named("topic-categories", category)].into_iter().flatten().map(|entry| entry.labels);
    labels.flat_map(|labels| [Some(labels.fr), Some(labels.en), labels.nl, labels.de].into_iter().flatten()).collect()
}
