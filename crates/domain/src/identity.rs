//! Who acts: the people, accounts, links and clocks behind every request and job.

mod account;
mod actor;
mod joining;
mod membership;
mod organisation;
mod password;

pub use account::{AccountState, ClientName, OneTimeCode, SecretText};
pub use actor::Actor;
pub use joining::{
    Door, Entrance, JoinMessage, JoinState, MOST_LEVELS, MOST_PENDING, blockers_to_join, blockers_to_place_under, blockers_to_settle,
};
pub use membership::{FullName, OrganisationName, RoleName, TimeZone, UnitName, blockers_to_end_administration, is_administration};
pub use organisation::{OrganisationIdentifier, OrganisationSettings, blockers_to_block, blockers_to_verify, checked_identifiers};
pub use password::{Password, password_problems};
