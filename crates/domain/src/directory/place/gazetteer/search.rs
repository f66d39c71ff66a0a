//! Completing what somebody types.

use std::cmp::{Ordering, Reverse};

use super::{Gazetteer, Place, Row, Word};
use crate::directory::place::fold::{letters, meanings};
use crate::shared::contact::{Country, PostalCode};

/// Which places count.
#[derive(Clone, Debug, Default)]
pub struct Only {
    /// Those of this country.
    pub country: Option<Country>,
    /// Those with this postal code, in the form in which places keep it.
    pub postal_code: Option<PostalCode>,
}

impl Only {
    pub(super) fn allows(&self, gazetteer: &Gazetteer, row: &Row) -> bool {
        let country = self.country.is_none_or(|country| row.country == country);
        let has = |code: &PostalCode| gazetteer.text(row.postal).split(' ').any(|one| one == code.as_str());
        country && self.postal_code.as_ref().is_none_or(has)
    }
}

/// How well a place fits: nearness of the name, then population, then code.
type Fit = (u8, Reverse<u32>, u32);

/// The best so far, each row once.
struct Best {
    limit: usize,
    found: Vec<Fit>,
}

impl Best {
    fn offer(&mut self, fit: Fit) {
        let full = self.found.len() >= self.limit;
        if full && self.found.last().is_none_or(|worst| fit >= *worst) {
            return;
        }
        if let Some(at) = self.found.iter().position(|known| known.2 == fit.2) {
            if self.found.get(at).is_some_and(|known| *known <= fit) {
                return;
            }
            self.found.remove(at);
        }
        let at = self.found.partition_point(|known| *known < fit);
        self.found.insert(at, fit);
        self.found.truncate(self.limit);
    }
}

impl Gazetteer {
    /// The places that somebody may mean who has typed `q`: it begins a name, a word of a name, or a postal code. Accents, case,
    /// hyphens, apostrophes and gaps do not matter, "St" is "Saint". The whole name comes first, then names that begin so, then
    /// names of which a word begins so, then those where only the gaps differ; among equals the larger, then by code. A commune
    /// of old is found by its name and answered by the commune of today.
    pub fn complete(&self, q: &str, country: Option<Country>, limit: usize) -> Vec<Place> {
        self.complete_only(q, &Only { country, postal_code: None }, limit)
    }

    /// As [`Gazetteer::complete`], among some places.
    pub fn complete_only(&self, q: &str, only: &Only, limit: usize) -> Vec<Place> {
        let mut best = Best { limit, found: Vec::with_capacity(limit.min(200) + 1) };
        for meaning in meanings(q) {
            self.by_name(&meaning, only, &mut best);
        }
        self.by_postal_prefix(q, only, &mut best);
        best.found.into_iter().filter_map(|(_, _, row)| self.place(row)).collect()
    }

    fn by_name(&self, meaning: &str, only: &Only, best: &mut Best) {
        let key: Vec<u8> = letters(meaning).collect();
        let before = |word: &Word| letters(self.rest(*word)).cmp(key.iter().copied()) == Ordering::Less;
        let begins = |word: &&Word| letters(self.rest(**word)).take(key.len()).eq(key.iter().copied());
        let first = self.words.partition_point(before);
        for word in self.words.iter().skip(first).take_while(begins) {
            let Some(named) = self.row(word.row) else { continue };
            let rest = self.rest(*word);
            let at_start = word.start == named.folded.start;
            let nearness = match rest.starts_with(meaning) {
                _ if at_start && letters(rest).count() == key.len() => 0,
                true if at_start => 1,
                true => 2,
                false => 3,
            };
            self.offer(nearness, named.current, only, best);
        }
    }

    fn by_postal_prefix(&self, q: &str, only: &Only, best: &mut Best) {
        let mut key: String = q.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
        if !key.starts_with(|c: char| c.is_ascii_digit()) {
            return;
        }
        let mut only = only.clone();
        if key.len() > 4 && key.ends_with(|c: char| c.is_ascii_uppercase()) {
            // The letters of a Dutch postal code name a street, not a place.
            let area = super::super::postal_code_of(&key, Country::Nl);
            let Some(area) = area.filter(|_| only.country.is_none_or(|country| country == Country::Nl)) else { return };
            key = area.to_string();
            only.country = Some(Country::Nl);
        }
        let first = self.postal.partition_point(|postal| self.text(postal.code) < key.as_str());
        for postal in self.postal.iter().skip(first).take_while(|postal| self.text(postal.code).starts_with(&key)) {
            let nearness = u8::from(self.text(postal.code) != key);
            self.offer(nearness, postal.row, &only, best);
        }
    }

    fn offer(&self, nearness: u8, row: u32, only: &Only, best: &mut Best) {
        if let Some(place) = self.row(row).filter(|place| only.allows(self, place)) {
            best.offer((nearness, Reverse(place.population), row));
        }
    }

    /// Every place that counts, the largest first.
    pub fn all(&self, only: &Only, limit: usize) -> Vec<Place> {
        let mut best = Best { limit, found: vec![] };
        match &only.postal_code {
            Some(code) => self.with_postal(code.as_str()).for_each(|postal| self.offer(0, postal.row, only, &mut best)),
            None => (0_u32..).take(self.rows.len()).for_each(|row| {
                if self.row(row).is_some_and(|place| place.current == row) {
                    self.offer(0, row, only, &mut best);
                }
            }),
        }
        best.found.into_iter().filter_map(|(_, _, row)| self.place(row)).collect()
    }
}
