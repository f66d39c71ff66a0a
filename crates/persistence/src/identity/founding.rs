//! The row of an organisation that comes into being.

use chrono::{DateTime, Utc};
use relais_domain::directory::OrganisationState;
use relais_domain::shared::fold_text;
use relais_domain::shared::ids::OrganisationId;
use serde_json::json;

use super::entity::organisation::Model;

impl Model {
    /// A new organisation of which nothing is known but its name: at work and open to the form, neither verified nor given any
    /// ceiling. Country, language and time zone are left empty for whoever makes it.
    pub fn new(id: OrganisationId, name: String, now: DateTime<Utc>) -> Self {
        Self {
            id,
            parent_id: None,
            name_folded: fold_text(&name),
            name,
            description: None,
            state: OrganisationState::Active,
            identifiers: json!([]),
            email: None,
            phone: None,
            website: None,
            address: None,
            locality: None,
            latitude: None,
            longitude: None,
            country: String::new(),
            language: String::new(),
            time_zone: String::new(),
            ceiling: json!({"templates": [], "permissions": []}),
            settings: json!({}),
            clocks: None,
            verified_at: None,
            block_reason: None,
            source: None,
            source_id: None,
            source_updated_on: None,
            created_at: now,
            updated_at: now,
            version: 1,
            networks: None,
            opening_hours: None,
            accessibility: None,
            source_url: None,
            source_values: None,
            referral_form: true,
            locality_folded: None,
            commune: None,
        }
    }
}
