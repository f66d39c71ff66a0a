//! The nearest places.

use super::{Gazetteer, Only, Place};
use crate::shared::contact::GeoPoint;

/// Kilometres of one degree of latitude on the sphere by which distances are measured, rounded down: no place is nearer than its
/// latitude says.
const KM_PER_DEGREE: f64 = 111.194;

impl Gazetteer {
    /// The nearest places with their distance in kilometres; at the same distance by code.
    pub fn nearest(&self, point: GeoPoint, limit: usize) -> Vec<(Place, f64)> {
        self.nearest_only(point, &Only::default(), limit)
    }

    /// As [`Gazetteer::nearest`], among some places.
    pub fn nearest_only(&self, point: GeoPoint, only: &Only, limit: usize) -> Vec<(Place, f64)> {
        let mut found: Vec<(f64, u32)> = Vec::with_capacity(limit.min(200) + 1);
        let here = self.latitudes.partition_point(|(latitude, _)| *latitude < point.latitude());
        let (south, north) = self.latitudes.split_at_checked(here).unwrap_or_default();
        let (mut south, mut north) = (south.iter().rev().peekable(), north.iter().peekable());
        let degrees = |candidate: &(f64, u32)| (candidate.0 - point.latitude()).abs();
        loop {
            let southern = match (south.peek(), north.peek()) {
                (None, None) => break,
                (Some(_), None) => true,
                (None, Some(_)) => false,
                (Some(one), Some(other)) => degrees(one) <= degrees(other),
            };
            let Some(candidate) = (if southern { south.next() } else { north.next() }) else { break };
            let full = found.len() >= limit;
            // What comes now lies at least as far off in latitude.
            if full && found.last().is_none_or(|(worst, _)| degrees(candidate) * KM_PER_DEGREE > *worst) {
                break;
            }
            let Some(row) = self.row(candidate.1).filter(|row| only.allows(self, row)) else { continue };
            let Some(km) = row.point.map(|there| point.distance_km(there)) else { continue };
            let at = found.partition_point(|(known, row)| known.total_cmp(&km).then(row.cmp(&candidate.1)).is_lt());
            if at < limit {
                found.insert(at, (km, candidate.1));
                found.truncate(limit);
            }
        }
        found.into_iter().filter_map(|(km, row)| Some((self.place(row)?, km))).collect()
    }
}
