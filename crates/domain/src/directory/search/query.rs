//! What is asked of search.

use std::{fmt, str::FromStr};

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

use crate::choice;
use crate::directory::{AudienceCode, Fee, Reception, ServiceKind, TopicCode, Zone, lists::listed};
use crate::shared::{
    UnknownCode,
    contact::{CommuneCode, GeoPoint, PostalCode},
    ids::OrganisationId,
};

/// The radius when none is asked, in kilometres.
pub const DEFAULT_RADIUS_KM: u32 = 50;

choice! {
    /// The order of what is found.
    pub enum Sort {
        /// By how well words, distance and quality fit; remote services mixed in.
        Relevance = "relevance",
        /// Nearest first, without a distance last.
        Distance = "distance",
        /// Latest update first.
        Freshness = "freshness",
        /// Smallest median of days to a first answer first.
        Responsiveness = "responsiveness",
    }
}

/// A topic or a whole category of topics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TopicFilter {
    /// One topic.
    Topic(TopicCode),
    /// The code of a category.
    Category(&'static str),
}

impl TopicFilter {
    /// Whether a topic is the one, or of the category.
    pub fn matches(self, topic: TopicCode) -> bool {
        match self {
            Self::Topic(one) => one == topic,
            Self::Category(category) => topic.category() == category,
        }
    }
}

impl fmt::Display for TopicFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Topic(topic) => topic.code(),
            Self::Category(category) => category,
        })
    }
}

impl FromStr for TopicFilter {
    type Err = UnknownCode;
    fn from_str(code: &str) -> Result<Self, Self::Err> {
        match listed("topic-categories", code) {
            Some(category) => Ok(Self::Category(category)),
            None => code.parse().map(Self::Topic),
        }
    }
}

/// A rectangle of the map. One whose west is greater than its east crosses the date line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoundingBox {
    /// The south-west corner.
    pub south_west: GeoPoint,
    /// The north-east corner.
    pub north_east: GeoPoint,
}

impl BoundingBox {
    /// Whether a point is inside; the border is.
    pub fn contains(&self, point: GeoPoint) -> bool {
        let (south, north) = (self.south_west.latitude(), self.north_east.latitude());
        let (west, east) = (self.south_west.longitude(), self.north_east.longitude());
        let longitude = point.longitude();
        let between = if west <= east { west <= longitude && longitude <= east } else { west <= longitude || longitude <= east };
        south <= point.latitude() && point.latitude() <= north && between
    }
}

/// What is asked of search. Several values of one filter are alternatives, filters are joined by "and"; an empty filter asks
/// nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchQuery {
    /// The day on which it is asked.
    pub today: NaiveDate,
    /// Words.
    pub q: Option<String>,
    /// All zones that contain the commune where the person lives.
    pub zones: Option<Vec<Zone>>,
    /// Where the person is.
    pub centre: Option<GeoPoint>,
    /// How far a place may be from there, in kilometres.
    pub radius_km: u32,
    /// The part of the map: only services that receive at a place in it.
    pub within: Option<BoundingBox>,
    /// Topics or categories.
    pub topics: Vec<TopicFilter>,
    /// Audiences; services for everyone are for them too.
    pub audiences: Vec<AudienceCode>,
    /// Kinds.
    pub kinds: Vec<ServiceKind>,
    /// Fees.
    pub fees: Vec<Fee>,
    /// Receptions; `both` is on site and remote at once.
    pub receptions: Vec<Reception>,
    /// Codes of networks, of which the organisation is.
    pub networks: Vec<String>,
    /// Labels, as written.
    pub labels: Vec<String>,
    /// Organisations.
    pub organisations: Vec<OrganisationId>,
    /// Communes of the address.
    pub communes: Vec<CommuneCode>,
    /// Postal codes of the address.
    pub postal_codes: Vec<PostalCode>,
    /// Names of feeds; `relais` for what was written here under a structure of none.
    pub sources: Vec<String>,
    /// The least quality, from 0 to 1.
    pub least_quality: Option<f64>,
    /// Whether a referral may be sent.
    pub accepts_referrals: Option<bool>,
    /// Open at this civil moment.
    pub open_at: Option<NaiveDateTime>,
    /// Whether there is room today.
    pub has_capacity: Option<bool>,
    /// Changed here at or after.
    pub updated_since: Option<DateTime<Utc>>,
    /// The order.
    pub sort: Sort,
}

impl SearchQuery {
    /// Everything that may be found on a day, by relevance.
    pub const fn on(today: NaiveDate) -> Self {
        Self {
            today,
            q: None,
            zones: None,
            centre: None,
            radius_km: DEFAULT_RADIUS_KM,
            within: None,
            topics: Vec::new(),
            audiences: Vec::new(),
            kinds: Vec::new(),
            fees: Vec::new(),
            receptions: Vec::new(),
            networks: Vec::new(),
            labels: Vec::new(),
            organisations: Vec::new(),
            communes: Vec::new(),
            postal_codes: Vec::new(),
            sources: Vec::new(),
            least_quality: None,
            accepts_referrals: None,
            open_at: None,
            has_capacity: None,
            updated_since: None,
            sort: Sort::Relevance,
        }
    }
}
