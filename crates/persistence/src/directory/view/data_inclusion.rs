//! What the façade of data·inclusion asks for, and what it is given.

use relais_domain::directory::{AudienceCode, Fee, ImportedService, ImportedStructure, Reception, Service, ServiceKind};
use relais_domain::shared::ids::{OrganisationId, ServiceId};

/// Where something must be. Several values are alternatives; nothing asks nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whereabouts {
    /// Codes of communes.
    pub communes: Option<Vec<String>>,
    /// Codes of départements.
    pub departements: Option<Vec<String>>,
}

/// What must hold of a structure; all of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StructuresWanted {
    /// One of these feeds tells it.
    pub sources: Vec<String>,
    /// It belongs to one of these networks.
    pub networks: Vec<String>,
    /// Where its address is.
    pub at: Whereabouts,
}

/// What must hold of a service; all of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServicesWanted {
    /// One of these feeds tells it.
    pub sources: Vec<String>,
    /// It has one of these topics, or a topic of one of these categories.
    pub topics: Vec<String>,
    /// It is for one of these audiences, or for everyone.
    pub audiences: Vec<AudienceCode>,
    /// What it gives.
    pub kinds: Vec<ServiceKind>,
    /// What it costs.
    pub fees: Vec<Fee>,
    /// Where it receives; who does both is found by either.
    pub receptions: Vec<Reception>,
    /// Where its address is.
    pub at: Whereabouts,
}

/// A structure with its record.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedStructure {
    /// Its id here.
    pub id: OrganisationId,
    /// The record.
    pub record: ImportedStructure,
}

/// A service with its record and that of its structure.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedService {
    /// Its id here.
    pub id: ServiceId,
    /// The service itself.
    pub service: Service,
    /// The record.
    pub record: ImportedService,
    /// The record of the structure that offers it.
    pub structure: ImportedStructure,
}
