//! The names of an organisation's parts, and what keeps an organisation governable.

use crate::access::{Grant, Permission};
use crate::shared::Blocker;

crate::text! {
    /// The name of a person who signs in, as they write it.
    FullName, max = 150
}
crate::text! {
    /// The name of an organisation.
    OrganisationName, max = 150
}
crate::text! {
    /// The name of a role.
    RoleName, max = 100
}
crate::text! {
    /// The name of a unit.
    UnitName, max = 100
}

crate::text! {
    /// The name of a time zone (IANA), such as `Europe/Paris`.
    TimeZone, max = 64
}

/// Whether a role makes its holder an administrator: it gives `roles:write` and is not confined to a unit.
pub fn is_administration(grants: &[Grant]) -> bool {
    grants.iter().any(|grant| !grant.deny && grant.unit.is_none() && grant.permission == Permission::RolesWrite)
}

/// Why an administrator may not leave: `last_administrator` (409) when nobody else administers the whole organisation.
pub fn blockers_to_end_administration(administers: bool, others: usize) -> Vec<Blocker> {
    if administers && others == 0 { vec![Blocker::state("last_administrator")] } else { Vec::new() }
}
