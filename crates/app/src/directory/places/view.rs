//! Places as they are shown and asked for.

use relais_domain::directory::{Place, PlaceKind, ZoneCode, departement_name, region_name};
use relais_domain::shared::contact::Locality;
use relais_domain::shared::{Country, GeoPoint, PostalCode};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A question for places.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PlaceQuery {
    /// What was typed so far: the beginning of a name, of a word of it, or of a postal code. Accents, case, hyphens and
    /// apostrophes do not matter.
    #[param(required = false, value_type = String, min_length = 1, max_length = 100)]
    pub q: Option<String>,
    /// Degrees north: the nearest places come first. With `lon`, without `q`.
    #[param(required = false, value_type = f64, minimum = -90, maximum = 90)]
    pub lat: Option<f64>,
    /// Degrees east. With `lat`.
    #[param(required = false, value_type = f64, minimum = -180, maximum = 180)]
    pub lon: Option<f64>,
    /// Only places of this country.
    #[param(required = false, value_type = Country)]
    pub country: Option<Country>,
    /// Only places with this postal code.
    #[param(required = false, value_type = String, min_length = 1, max_length = 10)]
    pub postal_code: Option<String>,
    /// How many at most.
    #[param(required = false, value_type = u64, minimum = 1, maximum = 200, default = 20)]
    pub limit: Option<u64>,
}

/// A place.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlaceView {
    /// Its official code: INSEE (FR), BFS (CH), `GM` and the CBS number (NL), NIS (BE), AGS (DE).
    #[schema(example = "59350")]
    pub code: ZoneCode,
    /// Its name.
    #[schema(example = "Lille")]
    pub name: Locality,
    /// What it is.
    pub kind: PlaceKind,
    /// Its country.
    pub country: Country,
    /// The city of an arrondissement.
    #[schema(example = json!(null))]
    pub parent: Option<ZoneCode>,
    /// The code of its département.
    #[schema(example = "59")]
    pub departement: Option<ZoneCode>,
    /// The name of its département.
    #[schema(example = "Nord")]
    pub departement_name: Option<&'static str>,
    /// The code of its region, canton or province.
    #[schema(example = "32")]
    pub region: Option<ZoneCode>,
    /// The name of its French region.
    #[schema(example = "Hauts-de-France")]
    pub region_name: Option<&'static str>,
    /// Its group of communes: a SIREN number.
    #[schema(example = "200093201")]
    pub epci: Option<ZoneCode>,
    /// Its postal codes; of a Dutch commune the four digits.
    #[schema(example = json!(["59000", "59160", "59800"]))]
    pub postal_codes: Vec<PostalCode>,
    /// Degrees north of its centre.
    #[schema(example = 50.6311)]
    pub latitude: Option<f64>,
    /// Degrees east of its centre.
    #[schema(example = 3.047)]
    pub longitude: Option<f64>,
    /// How many people live there; null when it is not told.
    #[schema(example = 236_710)]
    pub population: Option<u32>,
    /// How far it is from the point of the question, in kilometres; null when none was given.
    #[schema(example = json!(null))]
    pub distance_km: Option<f64>,
}

/// Places, best first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlaceList {
    /// The places.
    pub items: Vec<PlaceView>,
}

impl PlaceView {
    pub(super) fn of(place: Place) -> Self {
        let Place { code, kind, country, name, parent, departement, region, epci, point, population, postal_codes } = place;
        let french = |code: &Option<ZoneCode>| code.clone().filter(|_| country == Country::Fr);
        Self {
            departement_name: french(&departement).and_then(|code| departement_name(code.as_str())),
            region_name: french(&region).and_then(|code| region_name(code.as_str())),
            code,
            name,
            kind,
            country,
            parent,
            departement,
            region,
            epci,
            postal_codes,
            latitude: point.map(GeoPoint::latitude),
            longitude: point.map(GeoPoint::longitude),
            population: (population > 0).then_some(population),
            distance_km: None,
        }
    }
}
