//! Why a service is found, or not, and why it stands where it does.

use relais_domain::directory::search::{Key, MatchKind, Stream, TextField, kilometres, match_points, score};
use relais_domain::shared::ids::ServiceId;
use serde::Serialize;

use super::filter::Filter;
use super::plan::{Hit, Plan};

/// One filter that the question uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Its name: that of the parameter where there is one.
    pub filter: &'static str,
    /// Whether the service passes it.
    pub passed: bool,
}

/// One word of the question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MetWord {
    /// The word, folded.
    pub word: String,
    /// Where it was met best; none when nowhere.
    pub field: Option<TextField>,
    /// How.
    pub kind: Option<MatchKind>,
    /// What it earns, in tenths.
    pub points: u8,
}

/// What a score is the product of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Factors {
    /// The words' part, in tenths.
    pub text: u32,
    /// The distance's part, in thousandths.
    pub distance: u32,
    /// The quality's part, in thousandths.
    pub quality: u32,
}

/// Why a service stands where it does.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// The service.
    pub id: ServiceId,
    /// Its name.
    pub name: String,
    /// Whether it is found.
    pub found: bool,
    /// Every filter that the question uses.
    pub filters: Vec<Check>,
    /// Every word of the question.
    pub words: Vec<MetWord>,
    /// How far its nearest place in range is.
    pub distance_km: Option<f64>,
    /// The stream in which it stands; none when it is not found.
    pub stream: Option<Stream>,
    /// What its score is made of; none when it is not found.
    pub factors: Option<Factors>,
    /// The score; none when it is not found.
    pub score: Option<u64>,
    /// Its place in its stream, from 1; none when it is not found.
    pub rank: Option<u64>,
}

impl Plan<'_> {
    /// Explains one service; none when it is not held.
    pub fn explain(&self, id: ServiceId) -> Option<Explanation> {
        let row = self.snapshot.row(self.snapshot.slot_of(id)?)?;
        let used = Filter::ALL.into_iter().filter(|filter| self.uses(*filter));
        let mut filters: Vec<Check> = used.map(|filter| Check { filter: filter.name(), passed: self.passes(filter, &row) }).collect();
        let range = self.range(&row);
        if self.query.centre.is_some() {
            filters.push(Check { filter: "radius_km", passed: range.is_some() });
        }
        let found = filters.iter().all(|check| check.passed);
        let hit = range.zip(self.text(&row)).filter(|_| found).map(|(range, text)| Hit { row, range, text });
        let factors = hit.map(|hit| self.factors(&hit)).map(|(text, distance, quality)| Factors { text, distance, quality });
        Some(Explanation {
            id,
            name: row.document()?.name.as_str().to_owned(),
            found,
            filters,
            words: self.met_words(&row),
            distance_km: range.and_then(|range| range.metres).map(kilometres),
            stream: hit.map(|hit| self.stream_of(&hit)),
            factors,
            score: factors.map(|factors| score(factors.text, factors.distance, factors.quality)),
            rank: hit.map(|hit| self.rank_of(&hit)),
        })
    }

    fn met_words(&self, row: &super::snapshot::Row) -> Vec<MetWord> {
        let words = self.words.as_ref().map_or(&[][..], |words| &words.words);
        let met = |word: &super::words::AskedWord| {
            let met = word.met(row.slot, row.topics);
            let points = met.map_or(0, |(field, kind)| match_points(field, kind));
            MetWord { word: word.word.clone(), field: met.map(|(field, _)| field), kind: met.map(|(_, kind)| kind), points }
        };
        words.iter().map(met).collect()
    }

    fn stream_of(&self, hit: &Hit) -> Stream {
        if self.is_mixed() { hit.range.stream } else { Stream::OnSite }
    }

    fn rank_of(&self, hit: &Hit) -> u64 {
        let (Key(order, id), stream) = (self.key(hit), self.stream_of(hit));
        let mut rank = 1;
        self.visit(|other| rank += u64::from(self.stream_of(&other) == stream && self.key(&other) < Key(order, id)));
        rank
    }
}
