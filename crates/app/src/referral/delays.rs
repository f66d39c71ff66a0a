//! The delays that an organisation chooses for what it receives.

use relais_domain::access::{Permission, Resource};
use relais_domain::referral::{Clocks, OrganisationClocks};
use relais_domain::shared::Blocked;
use relais_domain::shared::ids::OrganisationId;
use relais_persistence::identity::entity::organisation;
use relais_persistence::identity::read;
use relais_persistence::identity::write;
use serde::Serialize;
use utoipa::ToSchema;

use super::terms::over_platform;
use crate::identity::reaches;
use crate::{App, Caller, Done, Refusal, effect};

/// The delays of the referrals that an organisation receives.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OrganisationClocksState)]
pub struct OrganisationClocksView {
    /// What it decided; null where it follows the platform.
    pub own: OrganisationClocks,
    /// What holds.
    pub effective: Clocks,
    /// The version of the organisation.
    pub version: i32,
}

/// The delays of an organisation.
///
/// # Errors
/// 404; 403 `permission_missing`.
pub async fn organisation_clocks(app: &App, caller: &Caller, id: OrganisationId) -> Result<OrganisationClocksView, Refusal> {
    let rule = caller.may(Resource::Organisation, Permission::OrganisationsRead)?;
    let row = read::organisation(&app.db, &rule, id).await?.ok_or(Refusal::NotFound)?;
    let own = row.clocks.unwrap_or_default();
    let effective = over_platform(app, &own, &row.country);
    Ok(OrganisationClocksView { own, effective, version: row.version })
}

/// Replaces the delays of an organisation. They hold for what enters a state from now on: what is planned stays planned.
///
/// # Errors
/// 404; 403 `permission_missing`; 412; 422 `out_of_range`, `unknown_subdivision`, `reminder_after_expiry`, `not_in_order`.
pub async fn set_organisation_clocks(app: &App, caller: &Caller, id: OrganisationId, own: &OrganisationClocks) -> Result<Done, Refusal> {
    effect(app, caller, async |tx| {
        let before = write::lock_organisation(tx, id).await?.ok_or(Refusal::NotFound)?;
        let rule = caller.policy.rule(Resource::Organisation, Permission::OrganisationsWrite);
        reaches(&rule, id, None, Permission::OrganisationsWrite)?;
        caller.judged(before.version, Blocked::unless_empty(own.problems(&app.settings.clocks)))?;
        let clocks = Some(own.clone()).filter(|own| *own != OrganisationClocks::default());
        let after = organisation::Model { clocks, updated_at: tx.ctx().now, ..before.clone() };
        tx.save::<organisation::Entity>(&before, after, "set_clocks").await?;
        tx.event("organisation.edited", "organisation", id.0, Some(id));
        Ok(Done::changed(id.0))
    })
    .await
}
