//! Reads one place in the shapes of the official files: a record of `geo.api.gouv.fr/communes`, a line of a table with the
//! columns of INSEE.

mod record;
mod table;

pub use record::{parse_place, place_code};
pub use table::PlaceColumns;

use std::str::FromStr;

use super::{Place, PlaceKind, city_of, place_code_of, postal_code_of};
use crate::directory::data_inclusion::ImportError;
use crate::directory::tokens::ZoneCode;
use crate::shared::TextError;
use crate::shared::contact::{Country, GeoPoint, Locality, PostalCode};

/// What a row tells, before it is checked. An empty text is "not told".
#[derive(Debug, Default)]
struct Told {
    country: Option<String>,
    code: Option<String>,
    name: Option<String>,
    kind: Option<String>,
    parent: Option<String>,
    departement: Option<String>,
    region: Option<String>,
    epci: Option<String>,
    latitude: Option<String>,
    longitude: Option<String>,
    population: Option<String>,
    postal_codes: Vec<String>,
}

/// How the file calls its fields.
#[derive(Clone, Copy, Debug)]
struct Names {
    country: &'static str,
    code: &'static str,
    name: &'static str,
    kind: &'static str,
    parent: &'static str,
    departement: &'static str,
    region: &'static str,
    epci: &'static str,
    latitude: &'static str,
    longitude: &'static str,
    population: &'static str,
    postal_codes: &'static str,
}

/// What is wrong with a row so far.
#[derive(Debug, Default)]
struct Wrong(Vec<ImportError>);

impl Wrong {
    fn at(&mut self, field: impl Into<String>, code: &'static str, detail: impl Into<String>) {
        self.0.push(ImportError { field: field.into(), code, detail: detail.into() });
    }

    /// The value when it is told; one that `read` refuses is an error.
    fn checked<T>(&mut self, field: &str, told: Option<&String>, expected: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let value = read(told?.trim());
        if value.is_none() {
            self.at(field, "invalid", format!("expected {expected}"));
        }
        value
    }

    fn required<'a>(&mut self, field: &str, told: Option<&'a String>) -> Option<&'a String> {
        if told.is_none() {
            self.at(field, "missing", "the field is required");
        }
        told
    }

    fn named(&mut self, field: &str, told: Option<&String>) -> Option<Locality> {
        match Locality::from_str(self.required(field, told)?) {
            Ok(name) => Some(name),
            Err(error) => {
                let code = match error {
                    TextError::Empty => "empty",
                    TextError::TooLong { .. } => "too_long",
                    TextError::ControlCharacter => "control_character",
                };
                self.at(field, code, error.to_string());
                None
            }
        }
    }

    fn point(&mut self, names: &Names, told: &Told) -> Option<GeoPoint> {
        let degrees = |text: &str| text.parse::<f64>().ok();
        let latitude = self.checked(names.latitude, told.latitude.as_ref(), "degrees north", degrees);
        let longitude = self.checked(names.longitude, told.longitude.as_ref(), "degrees east", degrees);
        match (&told.latitude, &told.longitude) {
            (Some(_), None) => self.at(names.longitude, "incomplete", "latitude and longitude go together"),
            (None, Some(_)) => self.at(names.latitude, "incomplete", "latitude and longitude go together"),
            _ => {}
        }
        let point = GeoPoint::new(latitude?, longitude?);
        if point.is_err() {
            self.at(names.latitude, "out_of_range", "expected degrees from -90 to 90 north and from -180 to 180 east");
        }
        point.ok()
    }

    fn postal_codes(&mut self, field: &str, told: &[String], country: Country) -> Vec<PostalCode> {
        let mut codes = Vec::with_capacity(told.len());
        for (index, raw) in told.iter().enumerate() {
            match postal_code_of(raw, country) {
                Some(code) => codes.push(code),
                None => self.at(format!("{field}/{index}"), "postal_code_invalid", format!("expected a postal code of {country}")),
            }
        }
        codes.sort();
        codes.dedup();
        codes
    }
}

/// No group of communes, as INSEE writes it.
const NO_EPCI: &str = "ZZZZZZZZZ";

/// The place, when nothing is wrong with the row. A row of old that bears the code of its own commune is `None`: it says
/// nothing that the commune's row does not.
fn place(told: &Told, names: &Names, mut wrong: Wrong) -> Result<Option<Place>, Vec<ImportError>> {
    let zone = |text: &str| text.parse::<ZoneCode>().ok();
    let country = match &told.country {
        None => Some(Country::Fr),
        some => wrong.checked(names.country, some.as_ref(), "one of FR, CH, NL, BE, DE", |text| text.to_ascii_uppercase().parse().ok()),
    };
    let form = |text: &str| country.map_or_else(|| zone(text), |country| place_code_of(text, country));
    let code = wrong.required(names.code, told.code.as_ref());
    let code = wrong.checked(names.code, code, "the official code of a commune of its country", form);
    let name = wrong.named(names.name, told.name.as_ref());
    let parent = wrong.checked(names.parent, told.parent.as_ref(), "the official code of a commune", form);
    let kind = kind(told, names, code.as_ref(), parent.is_some(), &mut wrong);
    let parent = match kind {
        Some(PlaceKind::Commune) => None,
        _ => parent.or_else(|| city_of(code.as_ref()?.as_str())?.parse().ok()),
    };
    if country == Some(Country::Fr) && told.epci.as_ref().is_some_and(|code| code != NO_EPCI && !is_siren(code)) {
        wrong.at(names.epci, "invalid", "expected the nine digits of a SIREN number");
    }
    let departement = wrong.checked(names.departement, told.departement.as_ref(), "the code of a département", zone);
    let region = wrong.checked(names.region, told.region.as_ref(), "the code of a region", zone);
    let epci = wrong.checked(names.epci, told.epci.as_ref().filter(|code| *code != NO_EPCI), "the code of a group of communes", zone);
    let point = wrong.point(names, told);
    let population = wrong.checked(names.population, told.population.as_ref(), "a whole number of people", |text| {
        text.parse::<u32>().ok().filter(|people| i32::try_from(*people).is_ok())
    });
    let postal_codes = country.map(|country| wrong.postal_codes(names.postal_codes, &told.postal_codes, country)).unwrap_or_default();
    let (true, Some(code), Some(kind), Some(country), Some(name)) = (wrong.0.is_empty(), code, kind, country, name) else {
        return Err(wrong.0);
    };
    if kind == PlaceKind::Former && parent.as_ref() == Some(&code) {
        return Ok(None);
    }
    let population = population.unwrap_or(0);
    Ok(Some(Place { code, kind, country, name, parent, departement, region, epci, point, population, postal_codes }))
}

fn is_siren(code: &str) -> bool {
    code.len() == 9 && code.bytes().all(|byte| byte.is_ascii_digit())
}

/// What the row is: by its own word, else by its code. What belongs to a commune must say to which.
fn kind(told: &Told, names: &Names, code: Option<&ZoneCode>, has_parent: bool, wrong: &mut Wrong) -> Option<PlaceKind> {
    let by_rule = code.is_some_and(|code| city_of(code.as_str()).is_some());
    let kind = match told.kind.as_deref().map(str::trim) {
        None if by_rule => PlaceKind::Arrondissement,
        None | Some("COM" | "commune-actuelle") => PlaceKind::Commune,
        Some("ARM" | "arrondissement-municipal") => PlaceKind::Arrondissement,
        Some("COMD" | "COMA" | "commune-deleguee" | "commune-associee") => PlaceKind::Former,
        Some(_) => {
            wrong.at(names.kind, "unknown_code", "expected COM, ARM, COMD or COMA");
            return None;
        }
    };
    let told_parent = has_parent || told.parent.is_some();
    if !told_parent && (kind == PlaceKind::Former || (kind == PlaceKind::Arrondissement && !by_rule && code.is_some())) {
        wrong.at(names.parent, "missing", "it belongs to a commune: which?");
    }
    Some(kind)
}
