//! The order of what is found and the place of a page in it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::choice;
use crate::shared::ids::ServiceId;

choice! {
    /// The two streams that the default order mixes.
    pub enum Stream {
        /// Services that receive at a place in range, and all when no place is asked.
        OnSite = "on_site",
        /// Services that receive from afar.
        Remote = "remote",
    }
}

/// What orders services: the smaller number first, then the id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key(pub u64, pub ServiceId);

/// How many services on site stand since the last remote one; two at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rhythm(u8);

impl Rhythm {
    /// The stream that comes next, and the rhythm after it: after every two on-site ones one remote, and when one stream is
    /// empty the other goes on. `None` when both are.
    pub const fn next(self, on_site_left: bool, remote_left: bool) -> Option<(Stream, Self)> {
        match (on_site_left, remote_left) {
            (false, false) => None,
            (true, false) => Some((Stream::OnSite, Self(if self.0 < 2 { self.0 + 1 } else { 2 }))),
            (true, true) if self.0 < 2 => Some((Stream::OnSite, Self(self.0 + 1))),
            (_, true) => Some((Stream::Remote, Self(0))),
        }
    }
}

/// Where a page ends: what a cursor carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The day of the first page: scores depend on it, so later pages keep it.
    #[serde(rename = "d")]
    pub day: NaiveDate,
    /// The position in the rhythm.
    #[serde(rename = "r")]
    pub rhythm: Rhythm,
    /// The last of the first stream.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub on_site: Option<Key>,
    /// The last of the second stream.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<Key>,
}

impl Place {
    /// The beginning.
    pub fn start(day: NaiveDate) -> Self {
        Self { day, rhythm: Rhythm::default(), on_site: None, remote: None }
    }

    /// The last of a stream.
    pub const fn last(&self, stream: Stream) -> Option<Key> {
        match stream {
            Stream::OnSite => self.on_site,
            Stream::Remote => self.remote,
        }
    }
}

/// Mixes two streams, each in order, from a place on; gives the items with their streams, and the place after them.
pub fn interleave<T>(
    from: Place,
    on_site: impl IntoIterator<Item = (Key, T)>,
    remote: impl IntoIterator<Item = (Key, T)>,
    limit: usize,
) -> (Vec<(Stream, T)>, Place) {
    let (mut on_site, mut remote) = (on_site.into_iter().peekable(), remote.into_iter().peekable());
    let (mut place, mut mixed) = (from, Vec::new());
    while mixed.len() < limit {
        let Some((stream, rhythm)) = place.rhythm.next(on_site.peek().is_some(), remote.peek().is_some()) else { break };
        let next = if stream == Stream::OnSite { on_site.next() } else { remote.next() };
        let Some((key, item)) = next else { break };
        match stream {
            Stream::OnSite => place.on_site = Some(key),
            Stream::Remote => place.remote = Some(key),
        }
        place.rhythm = rhythm;
        mixed.push((stream, item));
    }
    (mixed, place)
}
