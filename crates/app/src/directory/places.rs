//! Places: asked of the gazetteer in memory, loaded from the official files.

mod import;
mod view;

use std::sync::{Arc, PoisonError, RwLock};

use relais_domain::directory::{Gazetteer, Only, postal_code_of};
use relais_domain::shared::{Blocked, Blocker, Country, GeoPoint, PostalCode};
use relais_persistence::directory::read;

use super::reference::tagged;
use crate::{App, Refusal};

pub use import::{PlaceLine, PlaceTally, PlacesReport, import_places};
pub use view::{PlaceList, PlaceQuery, PlaceView};

/// The gazetteer of this process. Whoever asks keeps the one that was there; a new one takes its place at once.
#[derive(Debug, Default)]
pub struct Shelf(RwLock<Arc<Gazetteer>>);

impl Shelf {
    /// The places as they were loaded last.
    pub fn now(&self) -> Arc<Gazetteer> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn put(&self, gazetteer: Gazetteer) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(gazetteer);
    }
}

/// Reads all places from the database again: at the start, and after the event `places.imported`.
///
/// # Errors
/// As any read; the places that were there stay.
pub async fn reload(app: &App) -> Result<(), Refusal> {
    let places = read::places(&app.db).await?;
    app.places.put(Gazetteer::new(places));
    Ok(())
}

/// How many places are listed when nothing is asked about it.
const LIMIT: u64 = 20;

/// Answers a question for places: by what was typed, by a point, or by a postal code; with the tag of the answer.
///
/// # Errors
/// 422: `lat_lon_together` at `?lat` or `?lon`, `one_question` at `?q` when both a text and a point are given, `no_question` at
/// `?q` when nothing is asked.
pub fn list_places(app: &App, query: &PlaceQuery) -> Result<(PlaceList, String), Refusal> {
    let PlaceQuery { q, lat: _, lon: _, country, postal_code, limit } = query;
    let near = asked_point(query).map_err(Blocked::from)?;
    let limit = usize::try_from(limit.unwrap_or(LIMIT)).unwrap_or(usize::MAX);
    let gazetteer = app.places.now();
    let items = match postal_code.as_deref().map(|code| areas(code, *country)) {
        None => ask(&gazetteer, q.as_deref(), near, &Only { country: *country, postal_code: None }, limit),
        Some(areas) => {
            let mut only = areas.into_iter().map(|(country, code)| Only { country: Some(country), postal_code: Some(code) });
            // A postal code has the form of one country or of several: the first that has it is meant.
            only.find_map(|only| Some(ask(&gazetteer, q.as_deref(), near, &only, limit)).filter(|found| !found.is_empty()))
                .unwrap_or_default()
        }
    };
    tagged(PlaceList { items })
}

/// The point that a latitude and a longitude name together, in degrees.
///
/// # Errors
/// 422: `lat_lon_together` at the one that is missing, `out_of_range` at `?lat`.
pub(super) fn point(lat: Option<f64>, lon: Option<f64>) -> Result<Option<GeoPoint>, Blocker> {
    match (lat, lon) {
        (Some(lat), Some(lon)) => GeoPoint::new(lat, lon).map(Some).map_err(|_| Blocker::content("out_of_range").at("?lat")),
        (None, None) => Ok(None),
        (Some(_), None) => Err(Blocker::content("lat_lon_together").at("?lon")),
        (None, Some(_)) => Err(Blocker::content("lat_lon_together").at("?lat")),
    }
}

/// The point that a question for places names, if it is one question.
fn asked_point(query: &PlaceQuery) -> Result<Option<GeoPoint>, Blocker> {
    let near = point(query.lat, query.lon)?;
    if near.is_some() && query.q.is_some() {
        return Err(Blocker::content("one_question").at("?q"));
    }
    if near.is_none() && query.q.is_none() && query.postal_code.is_none() {
        return Err(Blocker::content("no_question").at("?q"));
    }
    Ok(near)
}

/// The countries in which a postal code may be one, France first, with its form there.
fn areas(code: &str, country: Option<Country>) -> Vec<(Country, PostalCode)> {
    let countries = Country::ALL.iter().copied().filter(|one| country.is_none_or(|only| only == *one));
    countries.filter_map(|country| Some((country, postal_code_of(code, country)?))).collect()
}

fn ask(gazetteer: &Gazetteer, q: Option<&str>, near: Option<GeoPoint>, only: &Only, limit: usize) -> Vec<PlaceView> {
    match (q, near) {
        (_, Some(point)) => {
            let found = gazetteer.nearest_only(point, only, limit).into_iter();
            found.map(|(place, km)| PlaceView { distance_km: Some((km * 10.0).round() / 10.0), ..PlaceView::of(place) }).collect()
        }
        (Some(q), None) => gazetteer.complete_only(q, only, limit).into_iter().map(PlaceView::of).collect(),
        (None, None) => gazetteer.all(only, limit).into_iter().map(PlaceView::of).collect(),
    }
}

/// Reads one place by its official code, with the tag of the answer; a code of old answers the commune of today.
///
/// # Errors
/// `not_found` (404).
pub fn read_place(app: &App, code: &str) -> Result<(PlaceView, String), Refusal> {
    tagged(PlaceView::of(app.places.now().by_code(code).ok_or(Refusal::NotFound)?))
}

#[cfg(test)]
mod tests;
