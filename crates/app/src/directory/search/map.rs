//! The public map: where services receive people.

use relais_adapters::search::{Cluster, Pin};
use relais_domain::directory::ServiceKind;
use relais_domain::shared::GeoPoint;
use relais_domain::shared::ids::ServiceId;
use relais_persistence::directory::view::ServiceFilter;
use serde::Serialize;
use utoipa::ToSchema;

use super::question;
use crate::directory::reference::tagged;
use crate::directory::sight::Finds;
use crate::{App, Caller, Refusal};

/// How many points and clusters one answer holds.
const MOST: usize = 2_000;

/// One service on the map.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MapPoint {
    /// The service.
    pub id: ServiceId,
    /// Its name.
    pub name: String,
    /// What it gives.
    pub kind: Option<ServiceKind>,
    /// Where it receives people.
    pub point: GeoPoint,
    /// Whether referrals can be sent to it now.
    pub accepts_referrals: bool,
}

/// Several services close together.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MapCluster {
    /// Their middle.
    pub point: GeoPoint,
    /// How many there are.
    pub count: u64,
}

/// A part of the map.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ServiceMap {
    /// Services that stand alone; all of them when there are at most 2 000.
    pub points: Vec<MapPoint>,
    /// The others, by places of a grid.
    pub clusters: Vec<MapCluster>,
    /// How many services there are in all.
    pub total: u64,
}

/// What of the published directory lies on a part of the map, with the tag of the answer.
///
/// # Errors
/// 422: `required` at `?bbox`, and those of [`question`]; `search_warming`, `busy` (503).
pub async fn service_map(app: &App, caller: &Caller, filter: &ServiceFilter) -> Result<(ServiceMap, String), Refusal> {
    let query = question(app, filter)?;
    let within = query.within.ok_or_else(|| Refusal::invalid("required", "?bbox"))?;
    let sight = Finds::of(caller);
    let found = app.search.ask(move |engine| sight.through(|visible| engine.map(&query, within, MOST, visible))).await?;
    let point = |pin: Pin| {
        let Pin { id, name, kind, point, accepts_referrals } = pin;
        MapPoint { id, name, kind, point, accepts_referrals }
    };
    let cluster = |Cluster { point, count }| MapCluster { point, count };
    let map = ServiceMap {
        points: found.points.into_iter().map(point).collect(),
        clusters: found.clusters.into_iter().map(cluster).collect(),
        total: found.total,
    };
    tagged(map)
}
