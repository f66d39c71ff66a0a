//! What is in range of a place.

use super::{order::Stream, score::metres};
use crate::directory::Reception;

/// How a service is in range of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// With which others it is ordered.
    pub stream: Stream,
    /// How far it is; none when it is remote.
    pub metres: Option<u32>,
}

/// How a service is in range of a place from which its nearest point is `nearest_km` away; `None` when it is not.
///
/// On site, and reception not told, needs a point within the radius; remote is always in range; both is remote where its points
/// are too far. A service without a point is nowhere.
pub fn in_range(reception: Option<Reception>, nearest_km: Option<f64>, radius_km: u32) -> Option<Range> {
    let near = nearest_km.filter(|km| *km <= f64::from(radius_km)).map(metres);
    let remote = Range { stream: Stream::Remote, metres: None };
    match (reception, near) {
        (Some(Reception::Remote), _) | (Some(Reception::Both), None) => Some(remote),
        (Some(Reception::OnSite | Reception::Both) | None, Some(_)) => Some(Range { stream: Stream::OnSite, metres: near }),
        (Some(Reception::OnSite) | None, None) => None,
    }
}
