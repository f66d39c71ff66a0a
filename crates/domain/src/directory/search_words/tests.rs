//! Every topic is found by words that people type.

use std::collections::HashSet;

use rstest::rstest;

use super::*;
use crate::directory::lists::codes;

#[test]
fn every_topic_and_category_has_words_in_each_language() {
    let file: Synonyms = serde_json::from_str(FILE).unwrap();
    let listed: HashSet<_> = codes("topics").into_iter().chain(codes("topic-categories")).collect();
    let told: HashSet<_> = file.entries.iter().map(|entry| entry.code).collect();
    assert_eq!((told.len(), &told), (file.entries.len(), &listed));
    for Synonym { code, words } in &file.entries {
        let all = [&words.fr, &words.nl, &words.de, &words.en];
        assert!(all.iter().all(|words| !words.is_empty()), "{code}");
        assert!((4..=12).contains(&all.iter().map(|words| words.len()).sum::<usize>()), "{code}");
        for words in all {
            assert_eq!(words.iter().collect::<HashSet<_>>().len(), words.len(), "{code}");
            assert!(words.iter().all(|word| word.chars().count() >= 2 && word.trim() == *word && word.split(' ').count() <= 6), "{code}");
        }
    }
}

#[rstest]
#[case("mobilite--preparer-un-permis", &["permis de conduire", "auto-école", "rijbewijs", "Führerschein", "driving licence", "Préparer un permis", "Mobilität"])]
#[case("difficultes-financieres--situation-dendettement-surendettement", &["surendettement", "dettes", "schulden", "Schulden", "debt"])]
#[case("famille--garde-denfants", &["crèche", "Garde d’enfants", "Kinderopvang", "Kita", "nursery", "Familie"])]
#[case("mobilite", &["Mobilité", "transport", "vervoer"])]
fn a_topic_is_found_by_its_labels_those_of_its_category_and_everyday_words(#[case] code: &str, #[case] expected: &[&str]) {
    let words = search_words(code);
    for word in expected {
        assert!(words.contains(word), "{word} in {words:?}");
    }
}

#[test]
fn a_word_stands_once_and_stays_with_its_topic() {
    for code in codes("topics").into_iter().chain(codes("topic-categories")) {
        let words = search_words(code);
        assert_eq!(words.iter().collect::<HashSet<_>>().len(), words.len(), "{code}");
        assert!(words.len() >= 8, "{code}");
    }
    assert!(!search_words("mobilite").contains(&"rijbewijs"));
    assert!(!search_words("mobilite--acceder-a-un-vehicule").contains(&"rijbewijs"));
    assert!(search_words("colours").is_empty());
}
