//! What searchers ask, different every time.

use std::fmt::Write as _;
use std::path::Path;

use super::places::Towns;
use super::words::{self, Subject, folded};
use crate::Fault;
use crate::chance::Chance;
use crate::load::Op;

/// Services on a page of HSDS.
const PAGE: u64 = 50;

/// Where questions come from.
#[derive(Debug)]
pub struct Questions {
    towns: Towns,
    services: u64,
}

/// A value as it stands in a query.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'-' {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// One letter is missing, twice there, or in its neighbour's place; never the first one.
fn mistyped(word: &str, chance: &mut Chance) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let at = 1 + usize::try_from(chance.below(letters.len().saturating_sub(2).max(1) as u64)).unwrap_or(0);
    match (chance.below(3), letters.get(at).copied()) {
        (0, Some(letter)) => letters.insert(at, letter),
        (1, Some(_)) if at + 1 < letters.len() && letters.get(at) != letters.get(at + 1) => letters.swap(at, at + 1),
        (_, Some(_)) => drop(letters.remove(at)),
        (_, None) => {}
    }
    letters.into_iter().collect()
}

/// The longest word is mistyped.
fn with_a_typo(text: &str, chance: &mut Chance) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let longest = words.iter().max_by_key(|word| word.len()).copied().unwrap_or_default();
    let typo = mistyped(longest, chance);
    words.iter().map(|word| if *word == longest { typo.as_str() } else { word }).collect::<Vec<_>>().join(" ")
}

impl Questions {
    /// Around these communes, to a directory of so many services.
    pub fn new(places: &Path, services: u64) -> Result<Self, Fault> {
        Ok(Self { towns: Towns::read(places)?, services })
    }

    /// The path and query of one question; none for what is not asked of the directory.
    pub fn one(&self, op: Op, chance: &mut Chance) -> Result<Option<String>, Fault> {
        let town = self.towns.any(chance)?;
        let Subject { topic, asked, .. } = words::any(chance, words::SUBJECTS).ok_or("no subjects")?;
        Ok(Some(match op {
            Op::SearchNear => format!("/v1/services?commune={}&topic={topic}&limit=20", town.code),
            Op::SearchFacets => format!("/v1/services?commune={}&topic={topic}&limit=20&facets=true", town.code),
            Op::SearchTypo => format!("/v1/services?q={}&commune={}&limit=20", encoded(&with_a_typo(asked, chance)), town.code),
            Op::SearchText => {
                let asked = if chance.below(2) == 0 { (*asked).to_owned() } else { format!("{asked} {}", folded(&town.name)) };
                format!("/v1/services?q={}&limit=20", encoded(&asked))
            }
            Op::HsdsPage => format!("/hsds/services?page={}&per_page={PAGE}", 1 + chance.below((self.services / PAGE).max(1))),
            Op::PlaceComplete => {
                let typed: String = town.name.chars().take(3 + usize::try_from(chance.below(4))?).collect();
                format!("/v1/places?q={}", encoded(typed.trim_end()))
            }
            _ => return Ok(None),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_is_one_slip() {
        let mut chance = Chance::new(5);
        for _ in 0..200 {
            let typo = with_a_typo("garage solidaire", &mut chance);
            let (first, second) = typo.split_once(' ').unwrap();
            assert_eq!(first, "garage");
            assert_ne!(second, "solidaire");
            assert!(second.starts_with('s') && (8..=10).contains(&second.len()), "{second}");
        }
    }

    #[test]
    fn queries_are_encoded() {
        assert_eq!(encoded("l’é a"), "l%E2%80%99%C3%A9%20a");
    }
}
