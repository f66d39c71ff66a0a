//! Where in the tree of organisations a caller may do something: the frame of everything that hangs on one.

use relais_domain::access::{Facts, Field, Operand, Permission, Resource, Rule};
use relais_domain::shared::ids::{OrganisationId, UnitId};
use relais_persistence::identity::{Organisation, standing};

use crate::{App, Caller, Refusal};

/// A thing of an organisation, in a unit or in none.
pub(super) struct Place {
    pub(super) organisation: OrganisationId,
    pub(super) unit: Option<UnitId>,
}

impl Facts for Place {
    fn value(&self, field: Field) -> Option<Operand> {
        match field {
            Field::Organisation => Some(Operand::Uuid(self.organisation.0)),
            Field::Unit => self.unit.map(|unit| Operand::Uuid(unit.0)),
            _ => None,
        }
    }
}

/// The organisation of the path and the caller's rule for something that hangs on it. In one's own organisation a missing
/// permission is told; another organisation, and what hangs on it, is not there unless the permission reaches it.
///
/// # Errors
/// 404; 403 `permission_missing`.
pub(super) async fn within(
    app: &App,
    caller: &Caller,
    id: OrganisationId,
    of: Resource,
    permission: Permission,
) -> Result<(Organisation, Rule), Refusal> {
    let rule = caller.policy.rule(of, permission);
    let own = caller.organisation()? == id;
    if own && rule.is_never() {
        return Err(Refusal::Forbidden(permission));
    }
    if !own && rule.decide(&Place { organisation: id, unit: None }).is_none() {
        return Err(Refusal::NotFound);
    }
    let organisation = standing::organisation(&app.db, id).await?.ok_or(Refusal::NotFound)?;
    Ok((organisation, rule))
}

/// Checks that a rule reaches a unit of an organisation, or all of it.
///
/// # Errors
/// 403 `permission_missing`.
pub(crate) fn reaches(rule: &Rule, organisation: OrganisationId, unit: Option<UnitId>, permission: Permission) -> Result<(), Refusal> {
    rule.decide(&Place { organisation, unit }).map(|_| ()).ok_or(Refusal::Forbidden(permission))
}
