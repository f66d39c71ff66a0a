//! What is read of the directory, as it is shown.

mod filter;
mod import;
mod item;
mod reader;
mod service;
mod structure;

pub mod data_inclusion;
pub mod hsds;

use chrono::NaiveDate;
use relais_domain::directory::search::OrganisationCard;
use relais_domain::directory::{Acceptance, OrganisationState, Receiving, ServiceState, SourceKey};
use relais_domain::shared::ids::OrganisationId;
use sea_orm::FromQueryResult;
use serde::Serialize;
use utoipa::ToSchema;

pub use filter::ServiceFilter;
pub use import::{ImportView, Kept, Progress, RunOptions, Tallies, Tally, Upload};
pub use item::ServiceItem;
pub use reader::{BookmarkView, ContactReadings, SavedQuery, SavedSearchView, ServiceReportView, ServiceShort};
pub use service::{CapacityView, ContactView, ServiceContact, ServiceView};
pub(crate) use structure::contact_is_public;
pub use structure::{StructureFilter, StructureView};

/// Who offers a service.
#[derive(Clone, Debug, Serialize, ToSchema, FromQueryResult)]
pub struct OfferedBy {
    /// The organisation.
    #[sea_orm(from_alias = "organisation_id")]
    pub id: OrganisationId,
    /// Its name.
    #[sea_orm(from_alias = "organisation_name")]
    pub name: String,
    /// Where it stands.
    #[sea_orm(from_alias = "organisation_state")]
    pub state: OrganisationState,
    /// Whether a moderator has verified it.
    #[sea_orm(from_alias = "organisation_verified")]
    pub verified: bool,
    #[serde(skip)]
    #[sea_orm(from_alias = "organisation_version")]
    version: i32,
}

impl OfferedBy {
    /// As search knows it.
    pub(crate) fn of(card: &OrganisationCard) -> Self {
        Self { id: card.id, name: card.name.clone(), state: card.state, verified: card.verified, version: card.version }
    }
}

/// What decides whether referrals can be sent, as columns.
#[derive(Clone, Debug, FromQueryResult)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own in the database")]
pub struct AcceptanceRow {
    state: ServiceState,
    form_enabled: bool,
    source: Option<SourceKey>,
    has_contact_email: bool,
    organisation_state: OrganisationState,
    organisation_verified: bool,
    organisation_takes_forms: bool,
    has_members: bool,
    suspended_from: Option<NaiveDate>,
}

impl AcceptanceRow {
    /// The facts as the domain takes them.
    pub fn facts(&self, today: NaiveDate) -> Acceptance {
        Acceptance {
            state: self.state.on(self.suspended_from, today),
            form_enabled: self.form_enabled,
            imported: self.source.is_some(),
            has_contact_email: self.has_contact_email,
            organisation: Receiving {
                active: self.organisation_state == OrganisationState::Active,
                has_members: self.has_members,
                verified: self.organisation_verified,
                takes_forms: self.organisation_takes_forms,
            },
        }
    }

    /// What of an answer can change without the service's own version, in one number.
    fn tag(&self, organisation_version: i32, today: NaiveDate) -> i32 {
        let reason = self.facts(today).refusal().map_or(0, |code| code.bytes().fold(0_i32, |sum, byte| sum + i32::from(byte)));
        organisation_version.wrapping_mul(4096).wrapping_add(reason)
    }
}
