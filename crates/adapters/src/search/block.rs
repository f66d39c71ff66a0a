//! Blocks of services that lie close together: what filters look at first, in columns.

use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use relais_domain::directory::search::{SearchDocument, topic_bit};
use relais_domain::directory::{AudienceCode, Capacity, Fee, Quality, Reception, ServiceKind, ServiceState, reference_list};
use relais_domain::shared::GeoPoint;
use uuid::Uuid;

/// How many services a block holds at most.
pub const SIZE: usize = 256;

/// The published services of live rows; an empty row has no bit at all.
pub const PUBLISHED: u64 = 1;
/// It receives on site.
pub const ON_SITE: u64 = 1 << 10;
/// It receives remotely.
pub const REMOTE: u64 = 1 << 11;
/// It is for everyone, as far as told.
pub const EVERYONE: u64 = 1 << 63;
/// It has more than one point.
const MANY_POINTS: u64 = 1 << 62;
/// The first audience.
pub const AUDIENCES: u32 = 16;
/// The bit that says both receptions at once, for questions.
pub const BOTH: u64 = 1 << 12;

/// A day that never comes.
pub const NEVER: i32 = i32::MAX;
/// A longitude or latitude that is none.
const NOWHERE: i32 = i32::MAX;

/// What a filter or a score needs of a service.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    pub id: Uuid,
    pub updated_at: i64,
    pub bits: u64,
    latitude: i32,
    longitude: i32,
    pub organisation: u32,
    pub coverage: u32,
    pub suspended_from: i32,
    pub room_until: i32,
    pub fresh_on: i32,
    pub median: u32,
    pub quality: Quality,
}

impl Facts {
    /// The row of nobody.
    pub const EMPTY: Self = Self {
        id: Uuid::nil(),
        updated_at: 0,
        bits: 0,
        latitude: NOWHERE,
        longitude: NOWHERE,
        organisation: 0,
        coverage: 0,
        suspended_from: 0,
        room_until: i32::MIN,
        fresh_on: 0,
        median: u32::MAX,
        quality: Quality { halves: 0, criteria: 0 },
    };

    /// The facts of a document, with the numbers under which its organisation and coverage are kept.
    pub fn of(document: &SearchDocument, organisation: u32, coverage: u32) -> Self {
        let (latitude, longitude) = document.points.first().map_or((NOWHERE, NOWHERE), |point| fixed(*point));
        Self {
            id: document.id.0,
            updated_at: document.updated_at.timestamp_micros(),
            bits: bits_of(document),
            latitude,
            longitude,
            organisation,
            coverage,
            suspended_from: document.suspended_from.map_or(NEVER, |from| from.num_days_from_ce()),
            room_until: document.capacity.as_ref().and_then(Capacity::room_until).map_or(i32::MIN, |until| until.num_days_from_ce()),
            fresh_on: document.fresh_on.num_days_from_ce(),
            median: document.median_days.map_or(u32::MAX, thousandths),
            quality: document.quality(),
        }
    }

    /// The day on which it was last known to be right.
    pub fn fresh_day(&self) -> NaiveDate {
        NaiveDate::from_num_days_from_ce_opt(self.fresh_on).unwrap_or_default()
    }

    /// Where it receives, as told.
    pub const fn reception(&self) -> Option<Reception> {
        match (self.bits & ON_SITE != 0, self.bits & REMOTE != 0) {
            (true, true) => Some(Reception::Both),
            (true, false) => Some(Reception::OnSite),
            (false, true) => Some(Reception::Remote),
            (false, false) => None,
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates, and what is kept is never negative")]
fn thousandths(value: f64) -> u32 {
    (value * 1000.0).round() as u32
}

/// Degrees in ten-millionths: a hand's breadth.
#[expect(clippy::cast_possible_truncation, reason = "180 degrees are 1 800 000 000")]
pub fn fixed(point: GeoPoint) -> (i32, i32) {
    ((point.latitude() * 1e7).round() as i32, (point.longitude() * 1e7).round() as i32)
}

fn bits_of(document: &SearchDocument) -> u64 {
    let everyone = document.audiences.as_ref().is_none_or(Vec::is_empty);
    let audiences = document.audiences.iter().flatten().copied().map(audience_bit).fold(0, |all, bit| all | bit);
    let reception = match document.reception {
        None => 0,
        Some(Reception::OnSite) => ON_SITE,
        Some(Reception::Remote) => REMOTE,
        Some(Reception::Both) => ON_SITE | REMOTE | BOTH,
    };
    let flag = |set: bool, bit: u64| if set { bit } else { 0 };
    flag(document.state == ServiceState::Published, PUBLISHED)
        | document.kind.map_or(0, kind_bit)
        | document.fee.map_or(0, fee_bit)
        | reception
        | audiences
        | flag(everyone, EVERYONE)
        | flag(document.points.len() > 1, MANY_POINTS)
}

/// The bit of a kind.
pub const fn kind_bit(kind: ServiceKind) -> u64 {
    1 << (1 + kind as u32)
}

/// The bit of a fee.
pub const fn fee_bit(fee: Fee) -> u64 {
    1 << (8 + fee as u32)
}

/// The bits of which a service of a reception has one: whoever receives both ways receives in each.
pub const fn reception_bits(reception: Reception) -> u64 {
    match reception {
        Reception::OnSite => ON_SITE,
        Reception::Remote => REMOTE,
        Reception::Both => BOTH,
    }
}

/// The bit of an audience.
pub fn audience_bit(audience: AudienceCode) -> u64 {
    let list = reference_list(AudienceCode::LIST).unwrap_or_default();
    let place = list.iter().position(|entry| entry.code == audience.code()).and_then(|place| u32::try_from(place).ok());
    place.and_then(|place| 1_u64.checked_shl(AUDIENCES + place)).unwrap_or(0)
}

/// The topics of a document as bits.
pub fn topic_bits(document: &SearchDocument) -> u128 {
    let bits = document.topics.iter().flatten().filter_map(|topic| topic_bit(*topic));
    bits.fold(0, |all, bit| all | 1_u128.checked_shl(bit).unwrap_or(0))
}

/// A rectangle in ten-millionths of a degree.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    pub south: i32,
    pub north: i32,
    pub west: i32,
    pub east: i32,
}

impl Bounds {
    /// Around nothing.
    pub const NONE: Self = Self { south: i32::MAX, north: i32::MIN, west: i32::MAX, east: i32::MIN };

    fn around(&mut self, point: GeoPoint) {
        let (latitude, longitude) = fixed(point);
        self.south = self.south.min(latitude);
        self.north = self.north.max(latitude);
        self.west = self.west.min(longitude);
        self.east = self.east.max(longitude);
    }

    /// Whether two rectangles share a point.
    pub const fn meets(&self, other: &Self) -> bool {
        self.south <= other.north && other.south <= self.north && self.west <= other.east && other.west <= self.east
    }

    const fn holds(&self, latitude: i32, longitude: i32) -> bool {
        self.south <= latitude && latitude <= self.north && self.west <= longitude && longitude <= self.east
    }
}

/// Which services share blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Group {
    /// Remote or both: in range from everywhere.
    Anywhere,
    /// On site, without a point.
    Nowhere,
    /// On site at several places.
    Wide,
    /// On site, in a cell of half a degree.
    Cell(i16, i16),
}

impl Group {
    /// The group of a document.
    pub fn of(document: &SearchDocument) -> Self {
        match (document.reception, document.points.as_slice()) {
            (Some(Reception::Remote | Reception::Both), _) => Self::Anywhere,
            (_, []) => Self::Nowhere,
            (_, [point]) => {
                let (latitude, longitude) = fixed(*point);
                let cell = |degrees: i32| i16::try_from(degrees.div_euclid(5_000_000)).unwrap_or(0);
                Self::Cell(cell(latitude), cell(longitude))
            }
            _ => Self::Wide,
        }
    }
}

/// A block: rows of one group.
#[derive(Clone, Debug)]
pub struct Block {
    pub group: Group,
    pub bounds: Bounds,
    pub topics: Vec<u128>,
    pub facts: Vec<Facts>,
    pub documents: Vec<Option<Arc<SearchDocument>>>,
}

impl Block {
    /// An empty block.
    pub const fn new(group: Group) -> Self {
        Self { group, bounds: Bounds::NONE, topics: Vec::new(), facts: Vec::new(), documents: Vec::new() }
    }

    /// Puts a document into a row, growing the columns up to it.
    pub fn put(&mut self, row: usize, document: Arc<SearchDocument>, facts: Facts) {
        if self.facts.len() <= row {
            self.topics.resize(row + 1, 0);
            self.facts.resize(row + 1, Facts::EMPTY);
            self.documents.resize(row + 1, None);
        }
        for point in &document.points {
            self.bounds.around(*point);
        }
        let topics = topic_bits(&document);
        set(&mut self.topics, row, topics);
        set(&mut self.facts, row, facts);
        set(&mut self.documents, row, Some(document));
    }

    /// Empties a row.
    pub fn clear(&mut self, row: usize) {
        set(&mut self.topics, row, 0);
        set(&mut self.facts, row, Facts::EMPTY);
        set(&mut self.documents, row, None);
    }

    /// The distance in kilometres from a centre to the nearest point of a row, when one is within `circle`.
    pub fn nearest_km(&self, row: usize, centre: GeoPoint, circle: &Bounds) -> Option<f64> {
        let facts = self.facts.get(row)?;
        if facts.bits & MANY_POINTS != 0 {
            let document = self.documents.get(row)?.as_ref()?;
            return document.points.iter().map(|point| centre.distance_km(*point)).min_by(f64::total_cmp);
        }
        if facts.latitude == NOWHERE || !circle.holds(facts.latitude, facts.longitude) {
            return None;
        }
        let point = GeoPoint::new(f64::from(facts.latitude) / 1e7, f64::from(facts.longitude) / 1e7).ok()?;
        Some(centre.distance_km(point))
    }
}

fn set<T>(column: &mut [T], row: usize, value: T) {
    if let Some(place) = column.get_mut(row) {
        *place = value;
    }
}
