//! Putting the gazetteer together.

use std::collections::HashMap;

use super::{Gazetteer, NONE, Place, PlaceKind, Postal, Row, Span, Word};
use crate::directory::place::fold::{fold_place, letters};
use crate::directory::tokens::ZoneCode;

/// A commune of old leads to one of today over at most so many others.
const MOST_MERGERS: usize = 8;

impl Gazetteer {
    /// Puts places together, in whatever order they come. Of two with one code the later counts.
    pub fn new(places: Vec<Place>) -> Self {
        let mut last: HashMap<ZoneCode, Place> = HashMap::with_capacity(places.len());
        for place in places {
            last.insert(place.code.clone(), place);
        }
        let mut places: Vec<Place> = last.into_values().collect();
        places.sort_unstable_by(|left, right| left.code.cmp(&right.code));
        let mut built = Self { rows: Vec::with_capacity(places.len()), ..Self::default() };
        let mut known: HashMap<ZoneCode, u32> = HashMap::new();
        for place in places {
            built.add(place, &mut known);
        }
        built.lead_to_today();
        built.index();
        built
    }

    fn add(&mut self, place: Place, known: &mut HashMap<ZoneCode, u32>) {
        let Place { code, kind, country, name, parent, departement, region, epci, point, population, postal_codes } = place;
        let mut zone = |code: Option<ZoneCode>| {
            code.map_or(NONE, |code| {
                let zones = &mut self.zones;
                *known.entry(code).or_insert_with_key(|code| {
                    zones.push(code.clone());
                    index(zones.len() - 1)
                })
            })
        };
        let (parent, departement, region, epci) = (zone(parent), zone(departement), zone(region), zone(epci));
        let postal = postal_codes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let row = Row {
            code: self.write(code.as_str()),
            name: self.write(name.as_str()),
            folded: self.write(&fold_place(name.as_str())),
            postal: self.write(&postal),
            point,
            parent,
            departement,
            region,
            epci,
            population,
            current: NONE,
            kind,
            country,
        };
        self.rows.push(row);
    }

    fn write(&mut self, text: &str) -> Span {
        let span = Span { start: index(self.texts.len()), length: index(text.len()) };
        self.texts.push_str(text);
        span
    }

    /// Every commune of old learns which commune stands for it now.
    fn lead_to_today(&mut self) {
        for number in 0..self.rows.len() {
            let mut at = index(number);
            for _ in 0..MOST_MERGERS {
                let Some(row) = self.row(at) else { break };
                if row.kind != PlaceKind::Former {
                    break;
                }
                at = self.zones.get(row.parent as usize).and_then(|code| self.find(code.as_str())).unwrap_or(NONE);
            }
            let leads = self.row(at).is_some_and(|row| row.kind != PlaceKind::Former);
            if let Some(row) = self.rows.get_mut(number) {
                row.current = if leads { at } else { NONE };
            }
        }
    }

    fn index(&mut self) {
        let (mut words, mut postal, mut parts, mut latitudes) = (vec![], vec![], vec![], vec![]);
        for (number, row) in self.rows.iter().enumerate() {
            let number = index(number);
            if row.current == NONE {
                continue;
            }
            words.extend(self.words_of(row).map(|start| Word { start, row: number }));
            let codes = self.pieces(row.postal).map(|code| Postal { code, row: row.current });
            postal.extend(codes);
            let whole = match row.kind {
                PlaceKind::Commune => None,
                PlaceKind::Former => Some(row.current),
                PlaceKind::Arrondissement => self.zones.get(row.parent as usize).and_then(|code| self.find(code.as_str())),
            };
            parts.extend(whole.map(|whole| (whole, number)));
            if row.kind != PlaceKind::Former {
                latitudes.extend(row.point.map(|point| (point.latitude(), number)));
            }
        }
        words.sort_unstable_by(|left, right| letters(self.rest(*left)).cmp(letters(self.rest(*right))).then(left.start.cmp(&right.start)));
        postal.sort_unstable_by(|left, right| self.text(left.code).cmp(self.text(right.code)).then(left.row.cmp(&right.row)));
        postal.dedup_by(|left, right| left.row == right.row && self.text(left.code) == self.text(right.code));
        parts.sort_unstable();
        latitudes.sort_unstable_by(|left, right| left.0.total_cmp(&right.0).then(left.1.cmp(&right.1)));
        let boxed = (words.into_boxed_slice(), postal.into_boxed_slice(), parts.into_boxed_slice(), latitudes.into_boxed_slice());
        (self.words, self.postal, self.parts, self.latitudes) = (boxed.0.into(), boxed.1.into(), boxed.2.into(), boxed.3.into());
        self.texts.shrink_to_fit();
        self.zones.shrink_to_fit();
    }

    /// Where the words of a folded name begin.
    fn words_of(&self, row: &Row) -> impl Iterator<Item = u32> + '_ {
        self.pieces(row.folded).map(|word| word.start)
    }

    /// The words of a piece of text.
    fn pieces(&self, span: Span) -> impl Iterator<Item = Span> + '_ {
        let mut start = span.start;
        self.text(span).split(' ').filter_map(move |word| {
            let piece = Span { start, length: index(word.len()) };
            start += piece.length + 1;
            (piece.length > 0).then_some(piece)
        })
    }

    /// A folded name from one of its words on.
    pub(super) fn rest(&self, word: Word) -> &str {
        let end = self.row(word.row).map_or(0, |row| row.folded.start + row.folded.length);
        self.texts.get(word.start as usize..end as usize).unwrap_or_default()
    }
}

/// An index as it is kept. The texts of all the world's places fit in four gigabytes.
fn index(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(NONE)
}
