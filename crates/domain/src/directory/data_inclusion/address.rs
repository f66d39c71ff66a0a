//! The address and the point of a record.

use super::fields::Fields;
use crate::shared::{
    contact::{CommuneCode, Country, GeoPoint, Locality, PostalAddress, PostalCode},
    identifier::insee_commune,
};

/// The address, when the street, the postal code and the town are told. A feed often knows the town alone; that is no
/// postal address, and the point tells the place.
pub(super) fn address(fields: &mut Fields<'_>) -> Option<PostalAddress> {
    let line1 = fields.bounded("adresse");
    let town = fields.bounded("commune");
    let french = fields.raw("code_postal");
    let complement = fields.raw("complement_adresse");
    let commune = fields.raw("code_insee").and_then(|code| commune(fields, code));
    if french.is_none()
        && let Some((country, postal_code, locality)) = complement.and_then(abroad)
    {
        let locality = town.or(locality)?;
        return Some(PostalAddress { line1: line1?, line2: None, postal_code, locality, commune: None, country });
    }
    let line2 = fields.bounded("complement_adresse");
    let postal_code = PostalCode::parse(french?, Country::Fr).ok();
    if postal_code.is_none() {
        fields.refuse("code_postal", "invalid", "expected a French postal code of 5 digits");
    }
    Some(PostalAddress { line1: line1?, line2, postal_code: postal_code?, locality: town?, commune, country: Country::Fr })
}

fn commune(fields: &mut Fields<'_>, code: &str) -> Option<CommuneCode> {
    let commune = insee_commune(code).ok().and_then(|code| code.parse().ok());
    if commune.is_none() {
        fields.refuse("code_insee", "invalid", "expected the INSEE code of a commune");
    }
    commune
}

/// Reads `CH-1003 Lausanne` or `NL-3512 JC Utrecht`.
fn abroad(complement: &str) -> Option<(Country, PostalCode, Option<Locality>)> {
    let (prefix, rest) = complement.trim().split_once('-')?;
    let country: Country = prefix.parse().ok()?;
    let words: Vec<&str> = rest.split_whitespace().collect();
    // A Dutch postal code has a space in it.
    [2, 1].into_iter().find_map(|count| {
        let (code, town) = words.split_at_checked(count)?;
        let code = PostalCode::parse(&code.join(" "), country).ok()?;
        Some((country, code, town.join(" ").parse().ok()))
    })
}

pub(super) fn point(fields: &mut Fields<'_>) -> Option<GeoPoint> {
    match (fields.number("latitude"), fields.number("longitude")) {
        (Some(latitude), Some(longitude)) => {
            let point = GeoPoint::new(latitude, longitude).ok();
            if point.is_none() {
                fields.refuse("latitude", "out_of_range", "expected degrees: -90 to 90 north, -180 to 180 east");
            }
            point
        }
        (Some(_), None) => {
            fields.refuse("longitude", "incomplete", "latitude and longitude go together");
            None
        }
        (None, Some(_)) => {
            fields.refuse("latitude", "incomplete", "latitude and longitude go together");
            None
        }
        (None, None) => None,
    }
}
