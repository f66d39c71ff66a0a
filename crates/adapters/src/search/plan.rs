//! A question made ready for a snapshot: codes as bits, names as numbers, words looked up.

use std::cell::RefCell;
use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use relais_domain::directory::search::{
    Key, NO_TEXT, Range, SearchQuery, Sort, Stream, TopicFilter, distance_factor, in_range, quality_factor, score, topic_bit,
};
use relais_domain::directory::{Reception, TopicCode, reference_list};
use relais_domain::shared::GeoPoint;
use relais_domain::shared::ids::ServiceId;

use super::block::{self, Bounds, EVERYONE, Group, PUBLISHED, fixed};
use super::filter::Filter;
use super::snapshot::{Row, Snapshot};
use super::words::AskedWords;
use super::{SearchError, Visible};

/// The surroundings of a centre.
struct Circle {
    centre: GeoPoint,
    bounds: Bounds,
}

/// A service that fits.
#[derive(Clone, Copy)]
pub struct Hit<'a> {
    pub row: Row<'a>,
    pub range: Range,
    pub text: u32,
}

/// A question made ready.
pub struct Plan<'a> {
    pub snapshot: &'a Snapshot,
    pub query: &'a SearchQuery,
    pub today: NaiveDate,
    pub(super) day: i32,
    pub(super) topics: u128,
    pub(super) kinds: u64,
    pub(super) fees: u64,
    pub(super) receptions: u64,
    pub(super) audiences: u64,
    pub(super) organisations: Vec<u32>,
    pub(super) coverages: Vec<u64>,
    circle: Option<Circle>,
    pub words: Option<AskedWords>,
    pub(super) visible: Option<Visible<'a>>,
    /// The filters that the question uses, beyond those that columns answer.
    used: Vec<Filter>,
    pub(super) open: RefCell<HashMap<&'a str, bool>>,
}

impl<'a> Plan<'a> {
    /// Makes a question ready.
    pub fn new(
        snapshot: &'a Snapshot,
        query: &'a SearchQuery,
        today: NaiveDate,
        visible: Option<Visible<'a>>,
    ) -> Result<Self, SearchError> {
        let words = match &query.q {
            Some(q) => AskedWords::ask(q, &snapshot.texts, snapshot.slot_count())?,
            None => None,
        };
        let numbers = &snapshot.organisation_numbers;
        let mut plan = Self {
            snapshot,
            query,
            today,
            day: today.num_days_from_ce(),
            topics: topic_mask(&query.topics),
            kinds: any(query.kinds.iter().map(|kind| block::kind_bit(*kind))),
            fees: any(query.fees.iter().map(|fee| block::fee_bit(*fee))),
            receptions: any(query.receptions.iter().map(|reception| block::reception_bits(*reception))),
            audiences: any(query.audiences.iter().map(|audience| block::audience_bit(*audience) | EVERYONE)),
            organisations: query.organisations.iter().filter_map(|id| numbers.get(&id.0).copied()).collect(),
            coverages: query.zones.as_ref().map_or_else(Vec::new, |zones| coverage_bits(snapshot, zones)),
            circle: query.centre.map(|centre| Circle { centre, bounds: around(centre, query.radius_km) }),
            words,
            visible,
            used: Vec::new(),
            open: RefCell::default(),
        };
        plan.used = Filter::ALL.into_iter().skip_while(|filter| *filter != Filter::NotSuspended).filter(|f| plan.uses(*f)).collect();
        Ok(plan)
    }

    /// What the words earn in a service; `None` when one is met nowhere.
    pub fn text(&self, row: &Row) -> Option<u32> {
        self.words.as_ref().map_or(Some(NO_TEXT), |words| words.points(row.slot, row.topics))
    }

    /// How a service is in range.
    pub fn range(&self, row: &Row) -> Option<Range> {
        let Some(circle) = &self.circle else { return Some(Range { stream: Stream::OnSite, metres: None }) };
        let nearest = match row.facts.reception() {
            Some(Reception::Remote) => None,
            _ => row.block.nearest_km(row.nth, circle.centre, &circle.bounds),
        };
        in_range(row.facts.reception(), nearest, self.query.radius_km)
    }

    /// Visits every service that fits.
    pub fn visit(&self, mut found: impl FnMut(Hit<'a>)) {
        let topics = if self.query.topics.is_empty() { None } else { Some(self.topics) };
        for (number, block) in self.snapshot.blocks.iter().enumerate() {
            if !self.may_hold(block.group, &block.bounds) {
                continue;
            }
            let first = u32::try_from(number * block::SIZE).unwrap_or(u32::MAX);
            for (nth, ((bits, facts), slot)) in block.topics.iter().zip(&block.facts).zip(first..).enumerate() {
                if topics.is_some_and(|topics| topics & bits == 0) || !self.passes_columns(facts.bits) {
                    continue;
                }
                let row = Row { block, nth, slot, topics: *bits, facts };
                if let Some(hit) = self.hit(row) {
                    found(hit);
                }
            }
        }
    }

    const fn passes_columns(&self, bits: u64) -> bool {
        const fn one_of(bits: u64, asked: u64) -> bool {
            asked == 0 || bits & asked != 0
        }
        bits & PUBLISHED != 0
            && one_of(bits, self.kinds)
            && one_of(bits, self.fees)
            && one_of(bits, self.receptions)
            && one_of(bits, self.audiences)
    }

    fn hit(&self, row: Row<'a>) -> Option<Hit<'a>> {
        if !self.used.iter().all(|filter| self.passes(*filter, &row)) {
            return None;
        }
        Some(Hit { range: self.range(&row)?, text: self.text(&row)?, row })
    }

    /// Whether a service in range can be in a block.
    fn may_hold(&self, group: Group, bounds: &Bounds) -> bool {
        match (&self.circle, group) {
            (None, _) | (_, Group::Anywhere) => true,
            (Some(_), Group::Nowhere) => false,
            (Some(circle), Group::Wide | Group::Cell(..)) => circle.bounds.meets(bounds),
        }
    }

    /// The three parts of a score: words, distance, quality.
    pub fn factors(&self, hit: &Hit) -> (u32, u32, u32) {
        let facts = hit.row.facts;
        let quality = facts.quality.thousandths(facts.fresh_day(), self.today);
        (hit.text, distance_factor(hit.range.metres, self.query.radius_km), quality_factor(quality))
    }

    /// What orders a service.
    pub fn key(&self, hit: &Hit) -> Key {
        let facts = hit.row.facts;
        let last_if_none = |value: Option<u32>| value.map_or(u64::MAX, u64::from);
        let order = match self.query.sort {
            Sort::Relevance => {
                let (text, distance, quality) = self.factors(hit);
                u64::MAX - score(text, distance, quality)
            }
            Sort::Distance => last_if_none(hit.range.metres),
            Sort::Freshness => u64::from(i32::MAX.abs_diff(facts.fresh_on)),
            Sort::Responsiveness => last_if_none(Some(facts.median).filter(|median| *median != u32::MAX)),
        };
        Key(order, ServiceId(facts.id))
    }

    /// Whether remote services are mixed in.
    pub fn is_mixed(&self) -> bool {
        self.query.sort == Sort::Relevance && self.circle.is_some()
    }
}

fn any(bits: impl Iterator<Item = u64>) -> u64 {
    bits.fold(0, |all, bit| all | bit)
}

/// The bits of topics, of which a service has at least one.
pub fn topic_mask(filters: &[TopicFilter]) -> u128 {
    let listed = reference_list(TopicCode::LIST).unwrap_or_default();
    let topics = listed.iter().filter_map(|entry| entry.code.parse::<TopicCode>().ok());
    let asked = topics.filter(|topic| filters.iter().any(|filter| filter.matches(*topic)));
    asked.filter_map(topic_bit).fold(0, |all, bit| all | 1_u128.checked_shl(bit).unwrap_or(0))
}

/// The coverages that contain one of these zones, as bits; the first is everywhere.
fn coverage_bits(snapshot: &Snapshot, zones: &[relais_domain::directory::Zone]) -> Vec<u64> {
    let mut bits = vec![0; snapshot.coverage_count as usize / 64 + 1];
    let named = zones.iter().filter_map(|zone| snapshot.coverages.get(zone)).flatten().copied();
    for number in std::iter::once(0).chain(named) {
        if let Some(word) = bits.get_mut(number as usize / 64) {
            *word |= 1_u64 << (number % 64);
        }
    }
    bits
}

/// A rectangle that holds every point within a radius; somewhat larger than that. Around a pole or over the date line it takes in all
/// longitudes.
fn around(centre: GeoPoint, radius_km: u32) -> Bounds {
    const KM_PER_DEGREE: f64 = 111.0;
    let angle = (f64::from(radius_km) + 1.0) / KM_PER_DEGREE;
    let (south, north) = (centre.latitude() - angle, centre.latitude() + angle);
    let widest = south.abs().max(north.abs());
    let sideways = angle / widest.to_radians().cos().max(1e-6);
    let (west, east) = (centre.longitude() - sideways, centre.longitude() + sideways);
    let corner = |latitude: f64, longitude: f64| GeoPoint::new(latitude.clamp(-90.0, 90.0), longitude).ok().map(fixed);
    let around_it = widest >= 90.0 || west < -180.0 || east > 180.0;
    let (west, east) = if around_it { (-180.0, 180.0) } else { (west, east) };
    match (corner(south, west), corner(north, east)) {
        (Some((south, west)), Some((north, east))) => Bounds { south, north, west, east },
        _ => Bounds { south: i32::MIN, north: i32::MAX, west: i32::MIN, east: i32::MAX },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_within_the_radius_is_within_the_rectangle() {
        for (latitude, longitude) in [(0.0, 0.0), (50.6, 3.1), (-33.9, 18.4), (64.1, -21.9), (89.9, 10.0), (10.0, 179.9), (-60.0, -179.99)]
        {
            let centre = GeoPoint::new(latitude, longitude).unwrap();
            for radius in [1, 50, 100] {
                let bounds = around(centre, radius);
                for step in 0..360 {
                    let angle = f64::from(step).to_radians();
                    let reach = f64::from(radius) * 0.999 / 111.195;
                    let north = latitude + reach * angle.cos();
                    let east = longitude + reach * angle.sin() / north.to_radians().cos().max(1e-3);
                    let Ok(point) = GeoPoint::new(north, (east + 540.0).rem_euclid(360.0) - 180.0) else { continue };
                    if centre.distance_km(point) <= f64::from(radius) {
                        let (latitude, longitude) = fixed(point);
                        let inside = (bounds.south..=bounds.north).contains(&latitude) && (bounds.west..=bounds.east).contains(&longitude);
                        assert!(inside, "{centre:?} {radius} {point:?}");
                    }
                }
            }
        }
    }
}
