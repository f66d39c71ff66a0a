//! Services on a part of the map: as points, or as clusters on a grid when there are too many.

use std::collections::BTreeMap;

use relais_domain::directory::ServiceKind;
use relais_domain::directory::search::BoundingBox;
use relais_domain::shared::GeoPoint;
use relais_domain::shared::ids::ServiceId;

use super::plan::Plan;

/// One service on the map.
#[derive(Clone, Debug, PartialEq)]
pub struct Pin {
    /// The service.
    pub id: ServiceId,
    /// Its name.
    pub name: String,
    /// What it gives.
    pub kind: Option<ServiceKind>,
    /// Where: the first of its points on this part of the map.
    pub point: GeoPoint,
    /// Whether a referral may be sent to it.
    pub accepts_referrals: bool,
}

/// Several services close together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cluster {
    /// Their middle.
    pub point: GeoPoint,
    /// How many.
    pub count: u64,
}

/// A part of the map; points and clusters together are no more than were asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Map {
    /// Services that stand alone, by id.
    pub points: Vec<Pin>,
    /// The others.
    pub clusters: Vec<Cluster>,
    /// How many services there are in all.
    pub total: u64,
}

/// What lies in one cell of the grid.
struct Cell {
    first: (u32, GeoPoint),
    count: u32,
    latitude: f64,
    longitude: f64,
}

impl Plan<'_> {
    /// What fits on a part of the map.
    pub fn map(&self, within: BoundingBox, most: usize) -> Map {
        let mut placed: Vec<(u32, GeoPoint)> = Vec::new();
        self.visit(|hit| {
            let points = hit.row.document().into_iter().flat_map(|document| &document.points);
            placed.extend(points.copied().find(|point| within.contains(*point)).map(|point| (hit.row.slot, point)));
        });
        let total = u64::try_from(placed.len()).unwrap_or(u64::MAX);
        let (alone, clusters) = if placed.len() <= most { (placed, Vec::new()) } else { clustered(&placed, within, most) };
        let mut points: Vec<Pin> = alone.into_iter().filter_map(|(slot, point)| self.pin(slot, point)).collect();
        points.sort_unstable_by_key(|pin| pin.id);
        Map { points, clusters, total }
    }

    fn pin(&self, slot: u32, point: GeoPoint) -> Option<Pin> {
        let shown = self.snapshot.shown(slot, None, self.today)?;
        let document = &shown.document;
        let name = document.name.as_str().to_owned();
        Some(Pin { id: document.id, name, kind: document.kind, point, accepts_referrals: shown.refusal.is_none() })
    }
}

fn clustered(placed: &[(u32, GeoPoint)], within: BoundingBox, most: usize) -> (Vec<(u32, GeoPoint)>, Vec<Cluster>) {
    let side = u32::try_from(most.isqrt().max(1)).unwrap_or(1);
    let (south, north) = (within.south_west.latitude(), within.north_east.latitude());
    let west = within.south_west.longitude();
    let width = (within.north_east.longitude() - west).rem_euclid(360.0);
    let mut cells: BTreeMap<(u32, u32), Cell> = BTreeMap::new();
    for (slot, point) in placed {
        // East of the western border, also where the part of the map crosses the date line.
        let east_by = (point.longitude() - west).rem_euclid(360.0);
        let place = (step(point.latitude() - south, north - south, side), step(east_by, width, side));
        let cell = cells.entry(place).or_insert(Cell { first: (*slot, *point), count: 0, latitude: 0.0, longitude: 0.0 });
        cell.count += 1;
        cell.latitude += point.latitude();
        cell.longitude += east_by;
    }
    let (mut alone, mut clusters) = (Vec::new(), Vec::new());
    for cell in cells.into_values() {
        let count = f64::from(cell.count);
        let longitude = (west + cell.longitude / count + 180.0).rem_euclid(360.0) - 180.0;
        match GeoPoint::new(rounded(cell.latitude / count), rounded(longitude)) {
            Ok(point) if cell.count > 1 => clusters.push(Cluster { point, count: u64::from(cell.count) }),
            _ => alone.push(cell.first),
        }
    }
    (alone, clusters)
}

/// Degrees to five decimals: a metre.
fn rounded(degrees: f64) -> f64 {
    (degrees * 1e5).round() / 1e5
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates, and the result is bounded")]
fn step(offset: f64, extent: f64, side: u32) -> u32 {
    let share = if extent > 0.0 { offset / extent } else { 0.0 };
    ((share * f64::from(side)) as u32).min(side - 1)
}
