//! The everyday words under which people look for a topic, in the four languages.

use std::{collections::HashMap, sync::LazyLock};

use serde::Deserialize;

use super::lists::{Entry, reference_list};

/// The file of synonyms. Like the reference lists it holds no escapes.
pub(super) const FILE: &str = include_str!("../../data/search-words.json");

#[derive(Default, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub(super) struct Synonyms {
    pub(super) entries: Vec<Synonym>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Synonym {
    /// A topic or a category.
    pub(super) code: &'static str,
    pub(super) words: Words,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    #[serde(borrow)]
    pub(super) fr: Vec<&'static str>,
    #[serde(borrow)]
    pub(super) nl: Vec<&'static str>,
    #[serde(borrow)]
    pub(super) de: Vec<&'static str>,
    #[serde(borrow)]
    pub(super) en: Vec<&'static str>,
}

static WORDS: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let synonyms: Synonyms = serde_json::from_str(FILE).unwrap_or_default();
    let own: HashMap<&str, Vec<&str>> = synonyms
        .entries
        .into_iter()
        .map(|entry| (entry.code, [entry.words.fr, entry.words.nl, entry.words.de, entry.words.en].concat()))
        .collect();
    let told = |entry: &Entry| {
        let synonyms = own.get(entry.code).into_iter().flatten().copied();
        entry.labels.all().into_iter().chain(synonyms).collect::<Vec<_>>()
    };
    let list = |name| reference_list(name).unwrap_or_default();
    let mut words: HashMap<_, _> = list("topic-categories").iter().map(|entry| (entry.code, unique(told(entry)))).collect();
    for topic in list("topics") {
        let category = topic.code.split_once("--").and_then(|(category, _)| words.get(category)).cloned().unwrap_or_default();
        let all = told(topic).into_iter().chain(category).collect();
        words.insert(topic.code, unique(all));
    }
    words
});

fn unique(words: Vec<&'static str>) -> Vec<&'static str> {
    let mut kept: Vec<&str> = Vec::with_capacity(words.len());
    for word in words {
        if !kept.contains(&word) {
            kept.push(word);
        }
    }
    kept
}

/// The words and phrases under which a topic or a category is found: its labels in four languages and its synonyms, then those
/// of the category it belongs to. Each once, as people write them (neither folded nor stemmed); empty for an unknown code.
pub fn search_words(code: &str) -> Vec<&'static str> {
    WORDS.get(code).cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests;
