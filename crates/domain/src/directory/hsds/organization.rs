//! Organisations.

use super::hours::weekly;
use super::ids::owned;
use super::place::physical;
use super::record::{Accessibility, Location, Organization, OrganizationIdentifier, Phone, Schedule, WebAddress};
use super::service::schedules_of;
use super::{Detail, Manner, email, uri};
use crate::{
    directory::codes::OrganisationState,
    shared::{
        contact::{Email, GeoPoint, PostalAddress},
        ids::OrganisationId,
    },
};

/// An official number of an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identifier {
    /// The kind: `siret`, `kvk`, …
    pub kind: String,
    /// The number.
    pub value: String,
}

/// What everybody may know of an organisation. `None` means "not told"; e-mail and telephone are `None` when they are not public.
#[derive(Clone, Debug, PartialEq)]
pub struct PublicOrganisation {
    /// The id.
    pub id: OrganisationId,
    /// The name.
    pub name: String,
    /// The long text.
    pub description: Option<String>,
    /// Where it stands.
    pub state: OrganisationState,
    /// The organisation of which it is a branch.
    pub parent_id: Option<OrganisationId>,
    /// Official numbers.
    pub identifiers: Vec<Identifier>,
    /// The website.
    pub website: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The telephone number.
    pub phone: Option<String>,
    /// The address.
    pub address: Option<PostalAddress>,
    /// The place on the map.
    pub point: Option<GeoPoint>,
    /// When it is open, in the grammar of `OpenStreetMap`.
    pub opening_hours: Option<String>,
    /// The page on the accessibility of its place.
    pub accessibility: Option<String>,
    /// The feed it came from.
    pub source: Option<String>,
    /// Its page at the source.
    pub source_url: Option<String>,
}

/// An organisation as a record of HSDS.
pub fn organization(organisation: &PublicOrganisation, manner: Manner) -> Organization {
    let id = organisation.id.0;
    let record = Organization {
        id,
        name: organisation.name.clone(),
        description: organisation.description.clone().unwrap_or_else(|| organisation.name.clone()),
        ..Organization::default()
    };
    if manner.detail == Detail::Minimal {
        return record;
    }
    let record = Organization {
        email: organisation.email.as_deref().and_then(|told| email(&told.parse::<Email>().ok()?)),
        website: organisation.website.as_deref().map(uri),
        parent_organization_id: organisation.parent_id.map(|parent| parent.0),
        ..record
    };
    if manner.detail == Detail::Basic {
        return record;
    }
    let page = organisation.source_url.as_deref().map(|page| WebAddress {
        id: owned(id, "url:source"),
        url: uri(page),
        label: organisation.source.clone(),
        organization_id: Some(id),
        ..WebAddress::default()
    });
    let phone = organisation.phone.as_ref().map(|number| Phone {
        id: owned(id, "phone"),
        number: number.clone(),
        organization_id: Some(id),
        ..Phone::default()
    });
    Organization {
        additional_websites: page.into_iter().collect(),
        phones: phone.into_iter().collect(),
        locations: location(organisation).into_iter().collect(),
        organization_identifiers: organisation.identifiers.iter().map(|told| identifier(organisation, told)).collect(),
        ..record
    }
}

fn identifier(organisation: &PublicOrganisation, told: &Identifier) -> OrganizationIdentifier {
    let Identifier { kind, value } = told;
    let id = organisation.id.0;
    OrganizationIdentifier {
        id: owned(id, &format!("identifier:{kind}:{value}")),
        identifier_type: kind.clone(),
        identifier: value.clone(),
        organization_id: Some(id),
    }
}

/// Where it is: told by its address, its point, its opening hours or its page on accessibility.
fn location(organisation: &PublicOrganisation) -> Option<Location> {
    let PublicOrganisation { address, point, opening_hours, accessibility, .. } = organisation;
    if address.is_none() && point.is_none() && opening_hours.is_none() && accessibility.is_none() {
        return None;
    }
    let id = owned(organisation.id.0, "location");
    let schedules = opening_hours.as_deref().map(|text| schedules_of(id, text, &weekly(text))).unwrap_or_default();
    let page =
        accessibility.as_deref().map(|page| Accessibility { id: owned(id, "accessibility"), location_id: Some(id), url: Some(uri(page)) });
    Some(Location {
        organization_id: Some(organisation.id.0),
        name: Some(organisation.name.clone()),
        accessibility: page.into_iter().collect(),
        schedules: schedules.into_iter().map(|schedule| Schedule { location_id: Some(id), ..schedule }).collect(),
        ..physical(id, address.as_ref(), *point)
    })
}
