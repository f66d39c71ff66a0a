//! Places: communes, the arrondissements of three French cities, and communes of old.

mod fold;
mod gazetteer;
mod names;
mod read;

pub use gazetteer::{Gazetteer, Only};
pub use names::{departement_name, departements_of, region_name};
pub use read::{PlaceColumns, parse_place, place_code};

use super::tokens::ZoneCode;
use crate::shared::contact::{Country, GeoPoint, Locality, PostalCode};
use crate::shared::identifier::{all_digits, compact, insee_commune};

crate::choice! {
    /// What a place is.
    pub enum PlaceKind {
        /// A commune of today.
        Commune = "commune",
        /// A municipal arrondissement of Paris, Lyon or Marseille.
        Arrondissement = "arrondissement",
        /// A commune of old that another one has taken in: its code leads there.
        Former = "former",
    }
}

/// A place.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// Its official code: INSEE (FR), BFS (CH), `GM` and the CBS number (NL), NIS (BE), AGS (DE). No two places share one.
    pub code: ZoneCode,
    /// What it is.
    pub kind: PlaceKind,
    /// Its country.
    pub country: Country,
    /// Its name.
    pub name: Locality,
    /// The city of an arrondissement; the commune that took in a commune of old.
    pub parent: Option<ZoneCode>,
    /// Its département.
    pub departement: Option<ZoneCode>,
    /// Its region, canton or province.
    pub region: Option<ZoneCode>,
    /// Its group of communes: a SIREN number.
    pub epci: Option<ZoneCode>,
    /// Its centre.
    pub point: Option<GeoPoint>,
    /// How many people live there; 0 when it is not told.
    pub population: u32,
    /// Its postal codes, sorted. A Dutch commune names the four digits only.
    pub postal_codes: Vec<PostalCode>,
}

/// The city of a municipal arrondissement: Paris, Lyon, Marseille (INSEE, Code officiel géographique).
pub fn city_of(arrondissement: &str) -> Option<&'static str> {
    match arrondissement {
        code if ("75101"..="75120").contains(&code) && code.len() == 5 => Some("75056"),
        code if ("69381"..="69389").contains(&code) && code.len() == 5 => Some("69123"),
        code if ("13201"..="13216").contains(&code) && code.len() == 5 => Some("13055"),
        _ => None,
    }
}

/// The code of a commune in the form in which places keep it; `None` when it has not the form of its country.
pub fn place_code_of(raw: &str, country: Country) -> Option<ZoneCode> {
    let code = compact(raw, &[]);
    let numbered = |text: &str, lengths: std::ops::RangeInclusive<usize>| lengths.contains(&text.len()) && all_digits(text);
    let code = match country {
        Country::Fr => insee_commune(&code).ok()?,
        Country::Ch => numbered(&code, 1..=4).then_some(code)?,
        Country::Nl => {
            let number = code.strip_prefix("GM").unwrap_or(&code);
            numbered(number, 4..=4).then(|| format!("GM{number}"))?
        }
        Country::Be => numbered(&code, 5..=5).then_some(code)?,
        Country::De => numbered(&code, 8..=8).then_some(code)?,
    };
    code.parse().ok()
}

/// A postal code in the form in which places keep it: of a Dutch one the four digits of its area.
pub fn postal_code_of(raw: &str, country: Country) -> Option<PostalCode> {
    if country != Country::Nl {
        return PostalCode::parse(raw, country).ok();
    }
    let code = compact(raw, &[]);
    let (area, letters) = code.split_at_checked(4)?;
    let formed = all_digits(area) && !area.starts_with('0') && letters.len() <= 2 && letters.bytes().all(|byte| byte.is_ascii_uppercase());
    if formed { area.parse().ok() } else { None }
}

#[cfg(test)]
mod tests;
