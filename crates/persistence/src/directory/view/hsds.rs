//! What the façade of HSDS asks for.

use chrono::{DateTime, Utc};
use relais_domain::directory::Zone;
use relais_domain::directory::hsds::{Scheme, Term};
use relais_domain::shared::GeoPoint;
use relais_domain::shared::ids::OrganisationId;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// What is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listed {
    /// Services.
    Services,
    /// Services at each of their places.
    Places,
    /// Organisations.
    Organisations,
}

/// What must hold; all of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wanted {
    /// Words of the name of the service or of its organisation, in any order.
    pub search: Option<String>,
    /// A term that holds for the service; a category stands for its topics.
    pub term: Option<Term>,
    /// A taxonomy of which some term holds for the service.
    pub scheme: Option<Scheme>,
    /// Who offers it.
    pub organisation: Option<OrganisationId>,
    /// Changed at this instant or later.
    pub modified_from: Option<DateTime<Utc>>,
    /// Receives people who live in one of these zones.
    pub lives_in: Option<Vec<Zone>>,
    /// Given at a place at most so many metres from a point.
    pub within: Option<(GeoPoint, u32)>,
}

/// One thing of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Found {
    /// When it came into the directory.
    pub created_at: DateTime<Utc>,
    /// The id of the service or organisation.
    pub id: Uuid,
    /// The number of the place; 0 where no places are listed.
    pub number: i32,
}

/// The part of a list that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// So many after so many.
    Page {
        /// How many are left out before.
        offset: u64,
        /// How many at most.
        limit: u64,
    },
    /// So many after this one.
    After {
        /// The last one that is known; from the beginning without.
        last: Option<Found>,
        /// How many at most.
        limit: u64,
    },
}
