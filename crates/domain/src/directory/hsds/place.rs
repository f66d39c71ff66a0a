//! Addresses and points as locations, and services at them.

use uuid::Uuid;

use super::ids::{LAST_PLACE, REMOTE_PLACE, owned, service_at_location_id};
use super::organization::PublicOrganisation;
use super::record::{Address, Location, LocationType, ServiceAtLocation};
use super::service::{contacts, phones, schedules, service_areas};
use super::{Detail, Manner, uri};
use crate::{
    directory::{codes::Reception, service::Service},
    shared::contact::{Country, GeoPoint, PostalAddress},
};

/// One place where a service is given.
struct Place<'a> {
    number: u8,
    address: Option<&'a PostalAddress>,
    point: Option<GeoPoint>,
}

/// The places of a service: its address when people come there, its other places, and none when it is given from afar.
fn places(service: &Service) -> Vec<Place<'_>> {
    let told = service.address.is_some() || service.point.is_some();
    let comes = service.reception != Some(Reception::Remote);
    let own = (told && comes).then_some(Place { number: 0, address: service.address.as_ref(), point: service.point });
    let others = service.other_places.iter().flatten().filter(|_| comes).zip(1..=LAST_PLACE);
    let others = others.map(|(place, number)| Place { number, address: Some(&place.address), point: place.point });
    let from_afar = matches!(service.reception, Some(Reception::Remote | Reception::Both));
    let remote = from_afar.then_some(Place { number: REMOTE_PLACE, address: None, point: None });
    own.into_iter().chain(others).chain(remote).collect()
}

/// A service at each of its places, in the order of their numbers.
pub fn service_at_locations(service: &Service, organisation: &PublicOrganisation, manner: Manner) -> Vec<ServiceAtLocation> {
    places(service).iter().map(|place| at(service, organisation, place, manner)).collect()
}

/// A service at one of its places, by the number of the place; `None` when it has no such place.
pub fn service_at_location(service: &Service, organisation: &PublicOrganisation, number: u8, manner: Manner) -> Option<ServiceAtLocation> {
    places(service).iter().find(|place| place.number == number).map(|place| at(service, organisation, place, manner))
}

fn at(service: &Service, organisation: &PublicOrganisation, place: &Place<'_>, manner: Manner) -> ServiceAtLocation {
    let full = manner.detail == Detail::Full;
    let location_id = owned(service.id.0, &format!("location:{}", place.number));
    let record = ServiceAtLocation {
        id: service_at_location_id(service.id, place.number),
        service_id: Some(service.id.0),
        location_id: Some(location_id),
        ..ServiceAtLocation::default()
    };
    if manner.detail == Detail::Minimal {
        return record;
    }
    let location = if place.number == REMOTE_PLACE {
        let url = service.link.as_ref().map(|link| uri(link.as_str()));
        Location { id: location_id, location_type: LocationType::Virtual, url, ..Location::default() }
    } else {
        physical(location_id, place.address.filter(|_| full), place.point)
    };
    let location = Location { organization_id: Some(organisation.id.0), name: Some(organisation.name.clone()), ..location };
    let record = ServiceAtLocation { location: Some(location), ..record };
    if !full {
        return record;
    }
    ServiceAtLocation {
        service_areas: service_areas(service, manner.language),
        contacts: contacts(service),
        phones: phones(service),
        schedules: schedules(service),
        ..record
    }
}

/// A place that people come to.
pub(super) fn physical(id: Uuid, address: Option<&PostalAddress>, point: Option<GeoPoint>) -> Location {
    Location {
        id,
        location_type: LocationType::Physical,
        latitude: point.map(GeoPoint::latitude),
        longitude: point.map(GeoPoint::longitude),
        addresses: address.map(|address| postal(id, address)).into_iter().collect(),
        ..Location::default()
    }
}

fn postal(location: Uuid, address: &PostalAddress) -> Address {
    let PostalAddress { line1, line2, postal_code, locality, commune: _, country } = address;
    Address {
        id: owned(location, "address"),
        address_1: line1.to_string(),
        city: locality.to_string(),
        state_province: province(address),
        postal_code: postal_code.to_string(),
        country: country.code().to_owned(),
        address_type: LocationType::Physical,
        address_2: line2.as_ref().map(ToString::to_string),
        location_id: Some(location),
    }
}

/// The standard asks for a state or province: the département in France, from the commune or else the postal code; elsewhere the
/// address does not tell, and the country stands for it.
fn province(address: &PostalAddress) -> String {
    if address.country != Country::Fr {
        return address.country.code().to_owned();
    }
    let code = address.commune.as_ref().map_or(address.postal_code.as_str(), |commune| commune.as_str());
    let length = if code.starts_with("97") || code.starts_with("98") { 3 } else { 2 };
    code.get(..length).unwrap_or(code).to_owned()
}
