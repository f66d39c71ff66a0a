//! Where the words of a question are met.

use relais_domain::directory::search::{MatchKind, SHORTEST_TYPO, TextField, match_points, query_words};
use relais_domain::shared::Language;
use tantivy::postings::SegmentPostings;
use tantivy::query::FuzzyTermQuery;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, InvertedIndexReader, SegmentReader, TERMINATED, TantivyError, Term};

use super::fulltext::{TextFields, Texts};
use super::stem::Analyst;
use super::topic_index::{TopicMatch, topics_of};

/// The last word may be the beginning of a longer one from so many letters on.
const SHORTEST_PREFIX: usize = 3;

/// The ways to meet a word, the best last. A slot keeps the number of its best, from 1.
const MEETINGS: [(TextField, MatchKind); 12] = [
    (TextField::Description, MatchKind::Typo),
    (TextField::Description, MatchKind::Stem),
    (TextField::Description, MatchKind::Exact),
    (TextField::AudienceNote, MatchKind::Typo),
    (TextField::Topics, MatchKind::Typo),
    (TextField::AudienceNote, MatchKind::Stem),
    (TextField::AudienceNote, MatchKind::Exact),
    (TextField::Topics, MatchKind::Stem),
    (TextField::Topics, MatchKind::Exact),
    (TextField::Name, MatchKind::Typo),
    (TextField::Name, MatchKind::Stem),
    (TextField::Name, MatchKind::Exact),
];

/// The number of a meeting.
fn rank(field: TextField, kind: MatchKind) -> u8 {
    let place = MEETINGS.iter().position(|meeting| *meeting == (field, kind));
    place.and_then(|place| u8::try_from(place + 1).ok()).unwrap_or(0)
}

/// One word of a question and where it is met.
pub struct AskedWord {
    /// The word, folded.
    pub word: String,
    /// The best meeting in the texts of each slot; 0 for none.
    best: Vec<u8>,
    topics: TopicMatch,
    topic_ranks: [u8; 3],
}

impl AskedWord {
    /// The best meeting of the word with a service; 0 for none.
    fn best_of(&self, slot: u32, topics: u128) -> u8 {
        let in_texts = self.best.get(slot as usize).copied().unwrap_or(0);
        let [exact, stem, typo] = self.topic_ranks;
        let in_topics = match topics {
            topics if topics & self.topics.exact != 0 => exact,
            topics if topics & self.topics.stem != 0 => stem,
            topics if topics & self.topics.typo != 0 => typo,
            _ => 0,
        };
        in_texts.max(in_topics)
    }

    /// How the word is met in a service.
    pub fn met(&self, slot: u32, topics: u128) -> Option<(TextField, MatchKind)> {
        let best = self.best_of(slot, topics);
        MEETINGS.get(usize::from(best).checked_sub(1)?).copied()
    }
}

/// The words of a question.
pub struct AskedWords {
    pub words: Vec<AskedWord>,
    points: [u8; 13],
}

impl AskedWords {
    /// Looks the words of a question up; `None` when it has none.
    pub fn ask(question: &str, texts: &Texts, slots: usize) -> Result<Option<Self>, TantivyError> {
        let asked = query_words(question);
        if asked.is_empty() {
            return Ok(None);
        }
        let mut analyst = Analyst::default();
        let last = asked.len() - 1;
        let mut words = Vec::with_capacity(asked.len());
        for (place, word) in asked.into_iter().enumerate() {
            let stems: Vec<String> = Language::ALL.iter().map(|language| analyst.stem(*language, &word)).collect();
            let prefix = place == last && word.chars().count() >= SHORTEST_PREFIX;
            let topics = topics_of(&word, &stems, true, prefix);
            let mut lookup = Lookup { texts, word: &word, stems: &stems, prefix, best: vec![0; slots] };
            lookup.run()?;
            let best = lookup.best;
            let topic_ranks = [MatchKind::Exact, MatchKind::Stem, MatchKind::Typo].map(|kind| rank(TextField::Topics, kind));
            words.push(AskedWord { word, best, topics, topic_ranks });
        }
        let mut points = [0; 13];
        for (points, (field, kind)) in points.iter_mut().skip(1).zip(MEETINGS) {
            *points = match_points(field, kind);
        }
        Ok(Some(Self { words, points }))
    }

    /// What the words earn in a service; `None` when one of them is met nowhere.
    pub fn points(&self, slot: u32, topics: u128) -> Option<u32> {
        let mut sum = 0;
        for word in &self.words {
            match self.points.get(usize::from(word.best_of(slot, topics))) {
                Some(points) if *points > 0 => sum += u32::from(*points),
                _ => return None,
            }
        }
        Some(sum)
    }
}

/// One word on its way through the index.
struct Lookup<'a> {
    texts: &'a Texts,
    word: &'a str,
    stems: &'a [String],
    prefix: bool,
    best: Vec<u8>,
}

impl Lookup<'_> {
    fn run(&mut self) -> Result<(), TantivyError> {
        let (fields, searcher) = (self.texts.fields, self.texts.searcher.clone());
        let fields = [(TextField::Description, fields.text), (TextField::AudienceNote, fields.note), (TextField::Name, fields.name)];
        for (segment, slots) in searcher.segment_readers().iter().zip(&self.texts.slots) {
            for (field, terms) in fields {
                self.exact_and_alike(segment, slots, field, terms)?;
                let stems = segment.inverted_index(terms.stems)?;
                for stem in self.stems {
                    let postings = stems.read_postings(&Term::from_field_text(terms.stems, stem), IndexRecordOption::Basic)?;
                    mark(&mut self.best, segment, slots, postings, rank(field, MatchKind::Stem));
                }
            }
        }
        Ok(())
    }

    fn exact_and_alike(&mut self, segment: &SegmentReader, slots: &[u32], field: TextField, terms: TextFields) -> Result<(), TantivyError> {
        let index = segment.inverted_index(terms.words)?;
        let term = Term::from_field_text(terms.words, self.word);
        let postings = index.read_postings(&term, IndexRecordOption::Basic)?;
        mark(&mut self.best, segment, slots, postings, rank(field, MatchKind::Exact));
        let typo = rank(field, MatchKind::Typo);
        if self.word.chars().count() >= SHORTEST_TYPO {
            let automaton = FuzzyTermQuery::new(term, 1, true).automaton()?;
            let mut alike = index.terms().search(automaton).into_stream()?;
            while alike.advance() {
                let postings = index.read_postings_from_terminfo(alike.value(), IndexRecordOption::Basic)?;
                mark(&mut self.best, segment, slots, Some(postings), typo);
            }
        }
        if self.prefix && field == TextField::Name {
            self.longer(&index, segment, slots, typo)?;
        }
        Ok(())
    }

    fn longer(&mut self, index: &InvertedIndexReader, segment: &SegmentReader, slots: &[u32], typo: u8) -> Result<(), TantivyError> {
        let mut longer = index.terms().range().ge(self.word.as_bytes()).into_stream()?;
        while longer.advance() && longer.key().starts_with(self.word.as_bytes()) {
            let postings = index.read_postings_from_terminfo(longer.value(), IndexRecordOption::Basic)?;
            mark(&mut self.best, segment, slots, Some(postings), typo);
        }
        Ok(())
    }
}

/// Notes a meeting for every living document of a list.
fn mark(best: &mut [u8], segment: &SegmentReader, slots: &[u32], postings: Option<SegmentPostings>, rank: u8) {
    let Some(mut postings) = postings else { return };
    let alive = segment.alive_bitset();
    let mut doc = postings.doc();
    while doc != TERMINATED {
        if alive.is_none_or(|alive| alive.is_alive(doc))
            && let Some(slot) = slots.get(doc as usize)
            && let Some(known) = best.get_mut(*slot as usize)
        {
            *known = (*known).max(rank);
        }
        doc = postings.advance();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ways_to_meet_a_word_are_all_there_and_in_order() {
        let points: Vec<u8> = MEETINGS.iter().map(|(field, kind)| match_points(*field, *kind)).collect();
        assert!(points.is_sorted(), "{points:?}");
        for field in TextField::ALL {
            for kind in MatchKind::ALL {
                assert!(rank(*field, *kind) > 0);
            }
        }
    }
}
