//! The public face of an organisation as its administrators change it: where it is, when it is open, to what it belongs.

use std::collections::HashSet;

use relais_domain::directory::{PlaceNames, Slug, reference_list};
use relais_domain::shared::contact::PostalAddress;
use relais_domain::shared::{Blocker, GeoPoint, fold_text};
use relais_persistence::identity::Organisation;

use super::OrganisationPatch;

/// Sets what a patch says of the face; gives what stands against it: `postal_code_invalid`, `commune_invalid`,
/// `opening_hours_invalid`, `duplicate`, `unknown_code` (422).
pub(super) fn set(after: &mut Organisation, patch: &OrganisationPatch) -> Vec<Blocker> {
    let mut blockers = vec![];
    let OrganisationPatch { address, point, opening_hours, accessibility, networks, referral_form, .. } = patch;
    if let Some(address) = address {
        blockers.extend(address.iter().flat_map(|address| address.problems_at("/address")));
        move_to(after, address.clone().map(PostalAddress::normalised));
    }
    if let Some(point) = point {
        after.latitude = point.map(GeoPoint::latitude);
        after.longitude = point.map(GeoPoint::longitude);
    }
    if let Some(hours) = opening_hours {
        let told = hours.as_ref().map(ToString::to_string);
        // What a feed brought is kept as it came.
        blockers.extend(hours.as_ref().filter(|_| told != after.opening_hours).and_then(|hours| hours.problem_at("/opening_hours")));
        after.opening_hours = told;
    }
    if let Some(page) = accessibility {
        after.accessibility = page.as_ref().map(ToString::to_string);
    }
    if let Some(networks) = networks {
        blockers.extend(problems_of(networks.as_deref().unwrap_or_default()));
        after.networks = networks.as_ref().and_then(|networks| serde_json::to_value(networks).ok());
    }
    after.referral_form = referral_form.unwrap_or(after.referral_form);
    blockers
}

fn move_to(after: &mut Organisation, address: Option<PostalAddress>) {
    let place = PlaceNames::of(address.as_ref(), None);
    after.locality_folded = place.locality.as_deref().map(fold_text);
    after.locality = place.locality;
    after.commune = place.commune;
    after.address = address.and_then(|address| serde_json::to_value(address).ok());
    // The point belonged to the address before.
    (after.latitude, after.longitude) = (None, None);
}

/// Networks that are named twice, or that the reference list lacks where this installation has one.
fn problems_of(networks: &[Slug]) -> Vec<Blocker> {
    let known = reference_list("networks");
    let mut seen = HashSet::new();
    let mut blockers = vec![];
    for (place, network) in networks.iter().enumerate() {
        let pointer = format!("/networks/{place}");
        if !seen.insert(network) {
            blockers.push(Blocker::content("duplicate").at(&pointer));
        }
        if known.is_some_and(|known| known.iter().all(|entry| entry.code != network.as_str())) {
            blockers.push(Blocker::content("unknown_code").at(pointer));
        }
    }
    blockers
}
