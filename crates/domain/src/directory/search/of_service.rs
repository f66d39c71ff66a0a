//! What search knows of a service.

use super::document::SearchDocument;
use crate::directory::{Home, PlaceNames, Service};
use crate::shared::contact::{Country, GeoPoint};

impl Service {
    /// Its document for the search. `median_days` is what its answers say.
    pub fn search_document(&self, median_days: Option<f64>) -> SearchDocument {
        let names = PlaceNames::of(self.address.as_ref(), self.source_values.as_ref());
        let country = self.address.as_ref().map_or(Country::Fr, |address| address.country);
        let more = self.other_places.iter().flatten().filter_map(|place| place.point);
        let points: Vec<GeoPoint> = self.point.into_iter().chain(more).collect();
        let quality = self.quality_facts().quality();
        let contact = self.contact.as_ref();
        SearchDocument {
            id: self.id,
            organisation_id: self.organisation_id,
            unit_id: self.unit_id,
            language: Home::of(country).language,
            name: self.name.clone(),
            summary: self.summary.clone(),
            description: self.description.clone(),
            audience_note: self.audience_note.clone(),
            kind: self.kind,
            topics: self.topics.clone(),
            audiences: self.audiences.clone(),
            labels: self.labels.clone().unwrap_or_default(),
            fee: self.fee,
            fee_note: self.fee_note.clone(),
            reception: self.reception,
            points,
            locality: names.locality.and_then(|name| name.parse().ok()),
            postal_code: names.postal_code.and_then(|code| code.parse().ok()),
            commune: names.commune.and_then(|code| code.parse().ok()),
            coverage: self.coverage.clone(),
            languages: self.languages.clone(),
            opening_hours: self.opening_hours.as_ref().map(ToString::to_string),
            ways_in: self.ways_in.clone(),
            form_enabled: self.form_enabled,
            imported: self.source.is_some(),
            has_contact_email: contact.is_some_and(|contact| contact.email.is_some()),
            contact_available: contact.is_some_and(|contact| contact.name.is_some() || contact.is_reachable()),
            documents_asked: self.documents.as_ref().map(|asked| u32::try_from(asked.len()).unwrap_or(u32::MAX)),
            capacity: self.capacity.clone(),
            suspended_from: self.suspended_from,
            median_days,
            quality: quality.mean(),
            quality_parts: quality.criteria,
            fresh_on: self.fresh_on(),
            update_frequency: self.update_frequency,
            source: self.source.clone(),
            state: self.state,
            created_at: self.created_at,
            updated_at: self.updated_at,
            version: self.version,
        }
    }
}
