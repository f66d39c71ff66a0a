//! What a whole result is made of.

use std::collections::BTreeMap;

use relais_domain::directory::{AudienceCode, Fee, Reception, ServiceKind, TopicCode, reference_list};
use serde::Serialize;

use super::block::{EVERYONE, audience_bit, fee_bit, kind_bit, reception_bits};
use super::plan::Hit;
use super::snapshot::Snapshot;

/// How many of a whole result each code would leave if it were asked too: so a service for everyone counts for each audience, and one
/// that receives both ways counts for each. Codes that would leave none are left out; sorted by code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Facets {
    /// By category of topics.
    pub topics: BTreeMap<&'static str, u64>,
    /// By kind.
    pub kinds: BTreeMap<&'static str, u64>,
    /// By audience.
    pub audiences: BTreeMap<&'static str, u64>,
    /// By fee.
    pub fees: BTreeMap<&'static str, u64>,
    /// By reception.
    pub receptions: BTreeMap<&'static str, u64>,
    /// By network.
    pub networks: BTreeMap<String, u64>,
}

/// Counts while a result is visited.
pub struct Counter<'a> {
    snapshot: &'a Snapshot,
    bits: [u64; 64],
    /// By the number of the category of each topic's bit.
    categories: Vec<u64>,
    category_of: Vec<u32>,
    networks: Vec<u64>,
}

fn categories() -> impl Iterator<Item = &'static str> {
    reference_list("topic-categories").unwrap_or_default().iter().map(|entry| entry.code)
}

impl<'a> Counter<'a> {
    /// Nothing counted.
    pub fn new(snapshot: &'a Snapshot) -> Self {
        let number = |topic: TopicCode| categories().position(|category| category == topic.category());
        let topics = reference_list(TopicCode::LIST).unwrap_or_default().iter();
        let number = |code: &str| code.parse().ok().and_then(number).and_then(|number| u32::try_from(number).ok()).unwrap_or(63);
        Self {
            snapshot,
            bits: [0; 64],
            categories: vec![0; 64],
            category_of: topics.map(|entry| number(entry.code)).collect(),
            networks: vec![0; snapshot.networks.len()],
        }
    }

    /// Counts one service.
    pub fn count(&mut self, hit: &Hit) {
        for bit in Ones(u128::from(hit.row.facts.bits)) {
            add(&mut self.bits, bit);
        }
        let mut met: u64 = 0;
        for bit in Ones(hit.row.topics) {
            met |= self.category_of.get(bit).map_or(0, |category| 1 << (category % 64));
        }
        for category in Ones(u128::from(met)) {
            add(&mut self.categories, category);
        }
        if let Some(organisation) = self.snapshot.organisation(hit.row.facts) {
            for network in organisation.networks.iter() {
                add(&mut self.networks, usize::from(*network));
            }
        }
    }

    /// The counts by code.
    pub fn finish(self) -> Facets {
        let of_bit = |bit: u64| self.bits.get(bit.trailing_zeros() as usize).copied().unwrap_or(0);
        let everyone = of_bit(EVERYONE);
        let audiences = reference_list(AudienceCode::LIST).unwrap_or_default().iter().filter_map(|entry| entry.code.parse().ok());
        Facets {
            topics: some(categories().zip(self.categories.iter().copied())),
            kinds: some(ServiceKind::ALL.iter().map(|kind| (kind.code(), of_bit(kind_bit(*kind))))),
            audiences: some(audiences.map(|one: AudienceCode| (one.code(), of_bit(audience_bit(one)) + everyone))),
            fees: some(Fee::ALL.iter().map(|fee| (fee.code(), of_bit(fee_bit(*fee))))),
            receptions: some(Reception::ALL.iter().map(|one| (one.code(), of_bit(reception_bits(*one))))),
            networks: some(self.snapshot.networks.iter().cloned().zip(self.networks.iter().copied())),
        }
    }
}

fn some<T: Ord>(counts: impl Iterator<Item = (T, u64)>) -> BTreeMap<T, u64> {
    counts.filter(|(_, count)| *count > 0).collect()
}

fn add(counts: &mut [u64], place: usize) {
    if let Some(count) = counts.get_mut(place) {
        *count += 1;
    }
}

/// The places of the bits that are set.
struct Ones(u128);

impl Iterator for Ones {
    type Item = usize;
    fn next(&mut self) -> Option<usize> {
        if self.0 == 0 {
            return None;
        }
        let place = self.0.trailing_zeros() as usize;
        self.0 &= self.0 - 1;
        Some(place)
    }
}
