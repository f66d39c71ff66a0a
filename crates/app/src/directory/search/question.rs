//! From what was asked to what the engine is asked.

use chrono::NaiveDateTime;
use relais_domain::directory::search::{BoundingBox, DEFAULT_RADIUS_KM, SearchQuery, Sort, TopicFilter};
use relais_domain::directory::{Gazetteer, Zone};
use relais_domain::shared::{Blocked, Blocker, GeoPoint};
use relais_persistence::directory::view::ServiceFilter;

use crate::directory::places;
use crate::{App, Refusal};

/// Where the person lives, and from where distances count.
#[derive(Default)]
struct Whereabouts {
    zones: Option<Vec<Zone>>,
    centre: Option<GeoPoint>,
}

/// The engine's question for a filter, today.
///
/// # Errors
/// 422: `unknown_code` for a topic, a network or a commune; `lat_lon_together`; `place_required` at `?sort` for distances from
/// nowhere, and at `?radius_km` for a radius around nothing; `invalid` for a part of the map, a moment or a label that cannot be read.
pub fn question(app: &App, filter: &ServiceFilter) -> Result<SearchQuery, Refusal> {
    let mut blockers = Vec::new();
    let gazetteer = app.places.now();
    let Whereabouts { zones, centre } = whereabouts(&gazetteer, filter, &mut blockers);
    let within = filter.bbox.as_deref().and_then(|text| told(bounding_box(text), "invalid", "?bbox", &mut blockers));
    let open_at = filter.open_at.as_deref().and_then(|text| told(moment(text), "invalid", "?open_at", &mut blockers));
    let topics = filter.topic.iter().filter_map(|code| told(code.parse::<TopicFilter>().ok(), "unknown_code", "?topic", &mut blockers));
    let topics = topics.collect();
    let known = |code: &&String| code.parse::<relais_domain::directory::NetworkCode>().is_err();
    blockers.extend(filter.network.iter().filter(known).map(|_| Blocker::content("unknown_code").at("?network")));
    let sort = filter.sort.unwrap_or(Sort::Relevance);
    if centre.is_none() && blockers.is_empty() {
        let asked = [(sort == Sort::Distance, "?sort"), (filter.radius_km.is_some(), "?radius_km")];
        blockers.extend(asked.into_iter().filter(|(asked, _)| *asked).map(|(_, at)| Blocker::content("place_required").at(at)));
    }
    Blocked::unless_empty(blockers)?;
    Ok(SearchQuery {
        q: filter.q.clone(),
        zones,
        centre,
        radius_km: filter.radius_km.unwrap_or(DEFAULT_RADIUS_KM),
        within,
        topics,
        audiences: filter.audience.clone(),
        kinds: filter.kind.clone(),
        fees: filter.fee.clone(),
        receptions: filter.reception.clone(),
        networks: filter.network.clone(),
        labels: filter.label.clone(),
        organisations: filter.organisation.clone(),
        accepts_referrals: filter.accepts_referrals,
        open_at,
        has_capacity: filter.has_capacity,
        updated_since: filter.updated_since,
        sort,
        ..SearchQuery::on(app.clock.now().date_naive())
    })
}

fn told<T>(value: Option<T>, code: &'static str, at: &'static str, blockers: &mut Vec<Blocker>) -> Option<T> {
    if value.is_none() {
        blockers.push(Blocker::content(code).at(at));
    }
    value
}

fn whereabouts(gazetteer: &Gazetteer, filter: &ServiceFilter, blockers: &mut Vec<Blocker>) -> Whereabouts {
    let point = places::point(filter.lat, filter.lon).unwrap_or_else(|problem| {
        blockers.push(problem);
        None
    });
    let place = match (&filter.commune, point) {
        (Some(code), _) => told(gazetteer.by_code(code), "unknown_code", "?commune", blockers),
        (None, Some(point)) => gazetteer.nearest(point, 1).into_iter().next().map(|(place, _)| place),
        (None, None) => None,
    };
    Whereabouts {
        zones: place.as_ref().map(|place| gazetteer.zones_of(place)),
        centre: point.or_else(|| place.and_then(|place| place.point)),
    }
}

/// West, south, east and north in degrees, divided by commas (RFC 7946 §5).
pub(super) fn bounding_box(text: &str) -> Option<BoundingBox> {
    let degrees: Vec<f64> = text.split(',').map(|part| part.trim().parse().ok()).collect::<Option<_>>()?;
    let [west, south, east, north] = degrees[..] else { return None };
    let (south_west, north_east) = (GeoPoint::new(south, west).ok()?, GeoPoint::new(north, east).ok()?);
    (south <= north).then_some(BoundingBox { south_west, north_east })
}

/// A civil moment, to the minute or to the second.
fn moment(text: &str) -> Option<NaiveDateTime> {
    let forms = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"];
    forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_the_map_is_read() {
        for good in ["2.9,50.5,3.3,50.8", "179,-20,-179,-10"] {
            assert!(bounding_box(good).is_some(), "{good}");
        }
        for bad in ["2.9,50.9,3.3,50.8", "2.9,50.5,3.3", "2.9,50.5,3.3,91", "a,b,c,d", "NaN,50.5,3.3,50.8"] {
            assert!(bounding_box(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_moment_is_civil() {
        for good in ["2026-03-02T10:30", "2026-03-02T10:30:05"] {
            assert!(moment(good).is_some(), "{good}");
        }
        for bad in ["2026-03-02T10:30:00Z", "2026-03-02", "10:30"] {
            assert!(moment(bad).is_none(), "{bad}");
        }
    }
}
