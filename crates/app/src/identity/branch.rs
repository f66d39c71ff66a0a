//! Organisations as branches of others.

use relais_domain::access::{Permission, Resource};
use relais_domain::directory::OrganisationState;
use relais_domain::identity::{Door, blockers_to_place_under};
use relais_domain::shared::Blocked;
use relais_domain::shared::ids::OrganisationId;
use relais_persistence::Tx;
use relais_persistence::identity::{Organisation, write};
use relais_persistence::platform::instance;

use super::assign::administrators;
use super::organisation::OrganisationPatch;
use super::place::Place;
use crate::{Caller, Refusal};

/// Keeps others from moving organisations meanwhile, when this moves one. Call it before any organisation is locked.
///
/// # Errors
/// As any write.
pub(super) async fn hold(tx: &Tx, patch: &OrganisationPatch) -> Result<(), Refusal> {
    if patch.parent_id.is_some() { Ok(instance::one_at_a_time(tx).await?) } else { Ok(()) }
}

/// Checks that an organisation, or a new one when there is none yet, may hang where a patch puts it. Both sides have to agree:
/// whoever moves it administers the other one too.
///
/// # Errors
/// 403 `permission_missing`; 422 `unknown_reference`. Inside: 409 `organisation_blocked`, `organisation_disabled`; 422
/// `branch_circle`, `branch_too_deep`.
pub(super) async fn judge(
    caller: &Caller,
    tx: &Tx,
    own: Option<OrganisationId>,
    patch: &OrganisationPatch,
) -> Result<Result<(), Blocked>, Refusal> {
    let Some(Some(parent)) = patch.parent_id else { return Ok(Ok(())) };
    let found = write::organisation_in(tx, parent).await?.ok_or_else(|| Refusal::unknown_reference("/parent_id"))?;
    let rule = caller.policy.rule(Resource::Organisation, Permission::OrganisationsWrite);
    if rule.decide(&Place { organisation: parent, unit: None }).is_none() {
        let administrators = administrators(tx, &found).await?;
        if !caller.actor.user().is_some_and(|user| administrators.contains(&user)) {
            return Err(Refusal::Forbidden(Permission::OrganisationsWrite));
        }
    }
    let line = write::lineage(tx, parent).await?;
    let below = match own {
        Some(own) => write::height(tx, own).await?,
        None => 1,
    };
    let circle = own.is_some_and(|own| line.contains(&own));
    Ok(Blocked::unless_empty(blockers_to_place_under(door(&found), circle, line.len(), below)))
}

/// Whether an organisation takes part.
pub(super) const fn door(organisation: &Organisation) -> Door {
    match organisation.state {
        OrganisationState::Active | OrganisationState::Suspended => Door::Open,
        OrganisationState::Closed => Door::Closed,
        OrganisationState::Blocked => Door::Blocked,
    }
}

/// Two outcomes as one: every reason of both.
pub(super) fn with<T>(placed: Result<(), Blocked>, outcome: Result<T, Blocked>) -> Result<T, Blocked> {
    match (placed, outcome) {
        (Ok(()), outcome) => outcome,
        (Err(blocked), Ok(_)) => Err(blocked),
        (Err(Blocked(mut all)), Err(Blocked(more))) => {
            all.extend(more);
            Err(Blocked(all))
        }
    }
}
