//! Which topics a word means, through their search words.

use std::collections::HashMap;
use std::sync::LazyLock;

use relais_domain::directory::search::{SHORTEST_TYPO, is_stop_word, topic_words, within_one_typo, words};
use relais_domain::directory::{TopicCode, reference_list};
use relais_domain::shared::Language;

use super::stem::Analyst;

/// The topics that a word means, as bits, by how it was met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TopicMatch {
    pub exact: u128,
    pub stem: u128,
    pub typo: u128,
}

#[derive(Default)]
struct TopicIndex {
    words: HashMap<String, u128>,
    stems: HashMap<String, u128>,
}

static INDEX: LazyLock<TopicIndex> = LazyLock::new(|| {
    let (mut index, mut analyst) = (TopicIndex::default(), Analyst::default());
    for (place, topic) in reference_list(TopicCode::LIST).unwrap_or_default().iter().enumerate() {
        let bit = u32::try_from(place).ok().and_then(|place| 1_u128.checked_shl(place)).unwrap_or(0);
        for word in topic_words(topic.code).into_iter().flat_map(words).filter(|word| !is_stop_word(word)) {
            for language in Language::ALL {
                *index.stems.entry(analyst.stem(*language, &word)).or_default() |= bit;
            }
            *index.words.entry(word).or_default() |= bit;
        }
    }
    index
});

/// The topics that a folded word means. `stems` are its stems in the four languages, `prefix` says that it may be the beginning
/// of a word.
pub fn topics_of(word: &str, stems: &[String], typo: bool, prefix: bool) -> TopicMatch {
    let exact = INDEX.words.get(word).copied().unwrap_or(0);
    let stem = stems.iter().filter_map(|stem| INDEX.stems.get(stem)).fold(0, |all, bits| all | bits);
    let typo = typo && word.chars().count() >= SHORTEST_TYPO;
    let alike = |known: &str| (prefix && known.starts_with(word)) || (typo && within_one_typo(known, word));
    let typo = INDEX.words.iter().filter(|(known, _)| alike(known)).fold(0, |all, (_, bits)| all | bits);
    TopicMatch { exact, stem, typo }
}
