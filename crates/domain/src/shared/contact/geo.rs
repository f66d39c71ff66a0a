//! Points on the Earth.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The IUGG mean radius of the Earth in metres.
pub const EARTH_RADIUS: f64 = 6_371_008.8;

/// A latitude or longitude out of range, or not a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the latitude or longitude is out of range")]
pub struct GeoPointError;

/// A point in WGS 84, in decimal degrees.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "GeoPointJson", deny_unknown_fields)]
pub struct GeoPoint {
    /// Degrees north, −90 to 90.
    #[schema(minimum = -90, maximum = 90)]
    latitude: f64,
    /// Degrees east, −180 to 180.
    #[schema(minimum = -180, maximum = 180)]
    longitude: f64,
}

/// What is read before the range is checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GeoPointJson {
    latitude: f64,
    longitude: f64,
}

impl TryFrom<GeoPointJson> for GeoPoint {
    type Error = GeoPointError;
    fn try_from(json: GeoPointJson) -> Result<Self, GeoPointError> {
        Self::new(json.latitude, json.longitude)
    }
}

impl GeoPoint {
    /// A point from its degrees.
    ///
    /// # Errors
    /// Out of range, or not a number.
    pub fn new(latitude: f64, longitude: f64) -> Result<Self, GeoPointError> {
        if (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude) {
            Ok(Self { latitude, longitude })
        } else {
            Err(GeoPointError)
        }
    }

    /// Degrees north.
    pub const fn latitude(self) -> f64 {
        self.latitude
    }

    /// Degrees east.
    pub const fn longitude(self) -> f64 {
        self.longitude
    }

    /// The distance along the surface in kilometres, by the haversine formula on a sphere of 6371.0088 km (IUGG mean radius);
    /// within 0.5 % of the distance on the ellipsoid.
    pub fn distance_km(self, other: Self) -> f64 {
        let (from, to) = (self.latitude.to_radians(), other.latitude.to_radians());
        let half_chord = |angle: f64| (angle / 2.0).sin().powi(2);
        let longitudes = half_chord((other.longitude - self.longitude).to_radians());
        let a = half_chord(to - from) + from.cos() * to.cos() * longitudes;
        2.0 * (EARTH_RADIUS / 1_000.0) * a.clamp(0.0, 1.0).sqrt().asin()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case::paris_lyon((48.8566, 2.3522), (45.7640, 4.8357), 391.5)]
    #[case::geneva_zurich((46.2044, 6.1432), (47.3769, 8.5417), 224.4)]
    #[case::across_the_date_line((0.0, 179.5), (0.0, -179.5), 111.2)]
    #[case::poles((90.0, 0.0), (-90.0, 0.0), 20_015.1)]
    #[case::antipodes((0.0, 0.0), (0.0, 180.0), 20_015.1)]
    #[case::same((48.0, 2.0), (48.0, 2.0), 0.0)]
    fn distances(#[case] from: (f64, f64), #[case] to: (f64, f64), #[case] expected: f64) {
        let distance = GeoPoint::new(from.0, from.1).and_then(|a| GeoPoint::new(to.0, to.1).map(|b| a.distance_km(b)));
        assert!(distance.is_ok_and(|distance| (distance - expected).abs() < 0.5), "{distance:?}");
    }

    #[rstest]
    #[case(90.1, 0.0)]
    #[case(0.0, -180.1)]
    #[case(f64::NAN, 0.0)]
    #[case(0.0, f64::INFINITY)]
    fn out_of_range(#[case] latitude: f64, #[case] longitude: f64) {
        assert_eq!(GeoPoint::new(latitude, longitude), Err(GeoPointError));
    }

    #[test]
    fn json_is_strict() {
        let read = |text| serde_json::from_str::<GeoPoint>(text).ok();
        assert_eq!(read(r#"{"latitude": 48.5, "longitude": 2}"#), GeoPoint::new(48.5, 2.0).ok());
        assert_eq!(read(r#"{"latitude": 91, "longitude": 2}"#), None);
        assert_eq!(read(r#"{"latitude": 48, "longitude": 2, "altitude": 3}"#), None);
        let schema = serde_json::json!(<GeoPoint as utoipa::PartialSchema>::schema());
        assert_eq!(schema.pointer("/additionalProperties"), Some(&false.into()));
        assert_eq!(schema.pointer("/properties/latitude/maximum").and_then(serde_json::Value::as_f64), Some(90.0));
    }

    proptest! {
        #[test]
        fn distance_has_no_direction(a in (-90.0..90.0, -180.0..180.0), b in (-90.0..90.0, -180.0..180.0)) {
            let points = GeoPoint::new(a.0, a.1).and_then(|a| GeoPoint::new(b.0, b.1).map(|b| (a, b)));
            prop_assert!(points.is_ok_and(|(a, b)| (a.distance_km(b) - b.distance_km(a)).abs() < 1e-6 && a.distance_km(b) < 20_016.0));
        }
    }
}
