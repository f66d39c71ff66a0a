//! Stems of folded words in the four languages.

use std::collections::{BTreeSet, HashMap};

use relais_domain::directory::search::{SearchDocument, guess_language, words};
use relais_domain::shared::Language;
use tantivy::tokenizer::{self, RawTokenizer, Stemmer, TextAnalyzer};

/// How many stems an analyst remembers; a directory has fewer different words.
const REMEMBERED: usize = 200_000;

/// Cuts texts into words and stems, and remembers the stems.
pub struct Analyst {
    stemmers: Vec<(Language, TextAnalyzer)>,
    known: HashMap<String, String>,
}

/// The words and stems of one text.
#[derive(Debug, Default)]
pub struct Terms {
    /// The words, each once, parted by spaces.
    pub words: String,
    /// The stems, each once, behind the letter of their language.
    pub stems: String,
}

/// The words of a document, by field.
#[derive(Debug, Default)]
pub struct DocumentTerms {
    pub name: Terms,
    pub note: Terms,
    pub text: Terms,
}

impl Default for Analyst {
    fn default() -> Self {
        let stemmer = |language: &Language| {
            let algorithm = match language {
                Language::Fr => tokenizer::Language::French,
                Language::Nl => tokenizer::Language::Dutch,
                Language::De => tokenizer::Language::German,
                Language::En => tokenizer::Language::English,
            };
            (*language, TextAnalyzer::builder(RawTokenizer::default()).filter(Stemmer::new(algorithm)).build())
        };
        Self { stemmers: Language::ALL.iter().map(stemmer).collect(), known: HashMap::new() }
    }
}

impl Analyst {
    /// The stem of a folded word in a language, behind the language's first letter.
    pub fn stem(&mut self, language: Language, word: &str) -> String {
        let mark = language.code().get(..1).unwrap_or_default();
        let key = format!("{mark}{word}");
        if let Some(stem) = self.known.get(&key) {
            return stem.clone();
        }
        let mut stem = key.clone();
        if let Some((_, stemmer)) = self.stemmers.iter_mut().find(|(one, _)| *one == language) {
            let mut tokens = stemmer.token_stream(word);
            if let Some(token) = tokens.next() {
                stem = format!("{mark}{}", token.text);
            }
        }
        if self.known.len() < REMEMBERED {
            self.known.insert(key, stem.clone());
        }
        stem
    }

    /// The words and stems of a document's texts.
    ///
    /// They are stemmed in the language of the organisation and in the one that the texts seem to be in.
    pub fn document(&mut self, document: &SearchDocument) -> DocumentTerms {
        let name = words(document.name.as_str());
        let note = document.audience_note.as_ref().map_or_else(Vec::new, |note| words(note.as_str()));
        let mut text = document.summary.as_ref().map_or_else(Vec::new, |summary| words(summary.as_str()));
        text.extend(document.description.iter().flat_map(|description| words(description.as_str())));
        let guess = guess_language([&name, &note, &text].into_iter().flatten().map(String::as_str));
        let other = guess.filter(|guess| *guess != document.language);
        let languages: Vec<Language> = [Some(document.language), other].into_iter().flatten().collect();
        let mut terms = |words: Vec<String>| self.terms(words, &languages);
        DocumentTerms { name: terms(name), note: terms(note), text: terms(text) }
    }

    fn terms(&mut self, words: Vec<String>, languages: &[Language]) -> Terms {
        let words: BTreeSet<String> = words.into_iter().collect();
        let mut stems = BTreeSet::new();
        for word in &words {
            for language in languages {
                stems.insert(self.stem(*language, word));
            }
        }
        Terms { words: joined(&words), stems: joined(&stems) }
    }
}

fn joined(words: &BTreeSet<String>) -> String {
    let mut joined = String::with_capacity(words.iter().map(|word| word.len() + 1).sum());
    for word in words {
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(word);
    }
    joined
}
