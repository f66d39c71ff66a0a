//! Units of an organisation: a tree of teams and departments.

use relais_domain::access::{Permission, Resource, unit_and_below};
use relais_domain::identity::UnitName;
use relais_domain::shared::ids::{OrganisationId, UnitId};
use relais_persistence::Failure;
use relais_persistence::identity::entity::unit;
use relais_persistence::identity::view::UnitView;
use relais_persistence::identity::{Unit, read, write};
use serde::Deserialize;
use utoipa::ToSchema;

use super::place::{reaches, within};
use crate::{App, Caller, Done, Page, PageRequest, Refusal, effect};

/// A new unit.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitCreate {
    /// The name.
    pub name: UnitName,
    /// The unit above; directly under the organisation when absent.
    #[serde(default)]
    pub parent_id: Option<UnitId>,
}

/// A change of a unit. What is absent stays; null clears.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct UnitPatch {
    /// The name.
    #[schema(value_type = UnitName, required = false)]
    pub name: Option<UnitName>,
    /// The unit above; null for directly under the organisation.
    #[serde(deserialize_with = "super::patched")]
    #[schema(value_type = Option<UnitId>)]
    pub parent_id: Option<Option<UnitId>>,
}

/// An organisation is read whole at each sign-in, so its tree is bounded.
const MOST: usize = 500;

/// The units of an organisation, the oldest first.
///
/// # Errors
/// 404; 403 `permission_missing`.
pub async fn list_units(app: &App, caller: &Caller, id: OrganisationId, page: &PageRequest) -> Result<Page<UnitView>, Refusal> {
    within(app, caller, id, Resource::Member, Permission::MembersRead).await?;
    let rows = read::units(&app.db, id, page.after(app, caller)?, page.limit + 1).await?;
    let count = page.count_with(async |most| read::units(&app.db, id, None, most).await).await?;
    Ok(page
        .page(app, caller, rows.into_iter().map(UnitView::from).collect(), |view: &UnitView| (view.created_at, view.id.0))?
        .counted(count))
}

/// One unit.
///
/// # Errors
/// 404; 403 `permission_missing`.
pub async fn read_unit(app: &App, caller: &Caller, organisation: OrganisationId, id: UnitId) -> Result<UnitView, Refusal> {
    within(app, caller, organisation, Resource::Member, Permission::MembersRead).await?;
    Ok(read::unit(&app.db, organisation, id).await?.ok_or(Refusal::NotFound)?.into())
}

/// Makes a unit.
///
/// # Errors
/// 404; 403 `permission_missing`; 409 `too_many_units`; 422 `unknown_reference`.
pub async fn create_unit(app: &App, caller: &Caller, organisation: OrganisationId, body: &UnitCreate) -> Result<Done, Refusal> {
    let (organisation, rule) = within(app, caller, organisation, Resource::Organisation, Permission::UnitsWrite).await?;
    let done = effect(app, caller, async |tx| {
        write::lock_organisation(tx, organisation.id).await?;
        let tree = write::units_in(tx, organisation.id).await?;
        if body.parent_id.is_some_and(|parent| !tree.iter().any(|(known, _)| *known == parent)) {
            return Err(Refusal::unknown_reference("/parent_id"));
        }
        reaches(&rule, organisation.id, body.parent_id, Permission::UnitsWrite)?;
        if tree.len() >= MOST {
            return Err(Refusal::Conflict("too_many_units"));
        }
        let ctx = tx.ctx().clone();
        let id: UnitId = ctx.fresh();
        let (organisation_id, parent_id, name) = (organisation.id, body.parent_id, body.name.to_string());
        tx.create::<unit::Entity>(
            Unit { id, organisation_id, parent_id, name, created_at: ctx.now, updated_at: ctx.now, version: 1 },
            "create",
        )
        .await?;
        Ok(Done::created(id.0))
    })
    .await?;
    app.sessions.clear();
    Ok(done)
}

/// Changes a unit, or moves it with all below it.
///
/// # Errors
/// 404; 403 `permission_missing`; 412; 422 `unknown_reference`, `unit_circle`.
pub async fn update_unit(app: &App, caller: &Caller, organisation: OrganisationId, id: UnitId, patch: &UnitPatch) -> Result<Done, Refusal> {
    read_unit(app, caller, organisation, id).await?;
    let (organisation, rule) = within(app, caller, organisation, Resource::Organisation, Permission::UnitsWrite).await?;
    let done = effect(app, caller, async |tx| {
        write::lock_organisation(tx, organisation.id).await?;
        let before = write::lock_unit(tx, organisation.id, id).await?.ok_or(Refusal::NotFound)?;
        reaches(&rule, organisation.id, Some(id), Permission::UnitsWrite)?;
        caller.saw(before.version)?;
        let parent_id = patch.parent_id.unwrap_or(before.parent_id);
        if parent_id != before.parent_id {
            let tree = write::units_in(tx, organisation.id).await?;
            if parent_id.is_some_and(|parent| !tree.iter().any(|(known, _)| *known == parent)) {
                return Err(Refusal::unknown_reference("/parent_id"));
            }
            reaches(&rule, organisation.id, parent_id, Permission::UnitsWrite)?;
            if parent_id.is_some_and(|parent| unit_and_below(id, &tree).contains(&parent)) {
                return Err(Refusal::invalid("unit_circle", "/parent_id"));
            }
        }
        let name = patch.name.as_ref().map_or(before.name.clone(), ToString::to_string);
        let after = Unit { name, parent_id, updated_at: tx.ctx().now, ..before.clone() };
        tx.save::<unit::Entity>(&before, after, "update").await?;
        Ok(Done::changed(id.0))
    })
    .await?;
    app.sessions.clear();
    Ok(done)
}

/// Removes a unit that nothing refers to.
///
/// # Errors
/// 404; 403 `permission_missing`; 409 `unit_in_use`; 412.
pub async fn delete_unit(app: &App, caller: &Caller, organisation: OrganisationId, id: UnitId) -> Result<Done, Refusal> {
    read_unit(app, caller, organisation, id).await?;
    let (organisation, rule) = within(app, caller, organisation, Resource::Organisation, Permission::UnitsWrite).await?;
    let done = effect(app, caller, async |tx| {
        let before = write::lock_unit(tx, organisation.id, id).await?.ok_or(Refusal::NotFound)?;
        reaches(&rule, organisation.id, Some(id), Permission::UnitsWrite)?;
        caller.saw(before.version)?;
        match tx.remove::<unit::Entity>(before, "delete").await {
            Err(Failure::Conflict(_)) => Err(Refusal::Conflict("unit_in_use")),
            other => Ok(other.map(|()| Done::gone(id.0))?),
        }
    })
    .await?;
    app.sessions.clear();
    Ok(done)
}
