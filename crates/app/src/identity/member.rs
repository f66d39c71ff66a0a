//! Members of an organisation: who they are, where they work, until when.

use chrono::NaiveDate;
use relais_domain::access::{Permission, Resource, Rule};
use relais_domain::shared::ids::{MembershipId, OrganisationId, UnitId};
use relais_domain::shared::{Blocked, Period};
use relais_persistence::Tx;
use relais_persistence::identity::entity::{membership, role_assignment};
use relais_persistence::identity::read::{self, MemberFilter};
use relais_persistence::identity::view::MemberView;
use relais_persistence::identity::{Membership, Organisation, standing, write};
use serde::Deserialize;
use utoipa::ToSchema;

use super::assign::leaves_an_administrator;
use super::place::{Place, within};
use crate::standing::today;
use crate::{App, Caller, Done, Page, PageRequest, Refusal, effect};

/// A change of a membership. What is absent stays; null clears.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MemberPatch {
    /// The last day; null for no end.
    #[serde(deserialize_with = "super::patched")]
    #[schema(value_type = Option<NaiveDate>)]
    pub valid_to: Option<Option<NaiveDate>>,
    /// All the units the member works in.
    #[schema(value_type = Vec<UnitId>, required = false, max_items = 50)]
    pub units: Option<Vec<UnitId>>,
    /// Whether mails for the organisation go to this member too.
    #[schema(value_type = bool, required = false)]
    pub notified: Option<bool>,
}

/// The members of an organisation, the oldest first; ended ones only when asked for.
///
/// # Errors
/// 404; 403 `permission_missing`; 400 `invalid_cursor`.
pub async fn list_members(
    app: &App,
    caller: &Caller,
    id: OrganisationId,
    ended: bool,
    page: &PageRequest,
) -> Result<Page<MemberView>, Refusal> {
    let (organisation, rule) = within(app, caller, id, Resource::Member, Permission::MembersRead).await?;
    let filter = MemberFilter { active_on: (!ended).then(|| today(app, &organisation)) };
    let views = read::members(&app.db, &rule, id, filter, page.after(app, caller)?, page.limit + 1).await?;
    let count = page.count_with(async |most| read::members(&app.db, &rule, id, filter, None, most).await).await?;
    Ok(page.page(app, caller, views, |view: &MemberView| (view.created_at, view.id.0))?.counted(count))
}

/// One member.
///
/// # Errors
/// 404; 403 `permission_missing`.
pub async fn read_member(app: &App, caller: &Caller, organisation: OrganisationId, id: MembershipId) -> Result<MemberView, Refusal> {
    let (_, rule) = within(app, caller, organisation, Resource::Member, Permission::MembersRead).await?;
    read::member(&app.db, &rule, organisation, id).await?.ok_or(Refusal::NotFound)
}

/// Checks that the caller sees a member (404) and may change it (403).
async fn changeable(app: &App, caller: &Caller, organisation: OrganisationId, id: MembershipId) -> Result<(Organisation, Rule), Refusal> {
    read_member(app, caller, organisation, id).await?;
    let (organisation, rule) = within(app, caller, organisation, Resource::Member, Permission::MembersWrite).await?;
    if read::is_reached(&app.db, &rule, id).await? { Ok((organisation, rule)) } else { Err(Refusal::Forbidden(Permission::MembersWrite)) }
}

/// Changes a membership.
///
/// # Errors
/// 404; 403 `permission_missing`; 409 `last_administrator`; 412; 422 `unknown_reference`, `period_reversed`.
pub async fn update_member(
    app: &App,
    caller: &Caller,
    organisation: OrganisationId,
    id: MembershipId,
    patch: &MemberPatch,
) -> Result<Done, Refusal> {
    let (organisation, rule) = changeable(app, caller, organisation, id).await?;
    let done = effect(app, caller, async |tx| {
        write::lock_organisation(tx, organisation.id).await?;
        let before = write::lock_membership(tx, organisation.id, id).await?.ok_or(Refusal::NotFound)?;
        caller.saw(before.version)?;
        let valid_to = patch.valid_to.unwrap_or(before.valid_to);
        let period = Period { from: before.valid_from, to: valid_to };
        Blocked::unless_empty(period.problems().into_iter().map(|problem| problem.at("/valid_to")).collect())?;
        if valid_to.is_some() && valid_to != before.valid_to {
            leaves_an_administrator(tx, &organisation, before.user_id).await?;
        }
        if let Some(units) = &patch.units {
            move_to(caller, tx, &organisation, &rule, id, units).await?;
        }
        let notified = patch.notified.unwrap_or(before.notified);
        let after = Membership { valid_to, notified, updated_at: tx.ctx().now, ..before.clone() };
        tx.save::<membership::Entity>(&before, after, "update").await?;
        tx.event("member.edited", "membership", id.0, Some(organisation.id));
        Ok(Done::changed(id.0))
    })
    .await?;
    app.sessions.clear();
    Ok(done)
}

/// Sets the units of a member. Nobody widens their own reach by it: a team shows its members what the team sees.
async fn move_to(
    caller: &Caller,
    tx: &mut Tx,
    organisation: &Organisation,
    rule: &Rule,
    id: MembershipId,
    units: &[UnitId],
) -> Result<(), Refusal> {
    let known = write::units_in(tx, organisation.id).await?;
    if let Some(place) = units.iter().position(|unit| !known.iter().any(|(one, _)| one == unit)) {
        return Err(Refusal::unknown_reference(format!("/units/{place}")));
    }
    let before = write::units_of(tx, id).await?;
    let moved = units.iter().filter(|unit| !before.contains(unit)).chain(before.iter().filter(|unit| !units.contains(unit)));
    let reached = |unit: &UnitId| rule.decide(&Place { organisation: organisation.id, unit: Some(*unit) }).is_some();
    if !moved.copied().collect::<Vec<_>>().iter().all(reached) {
        return Err(Refusal::Forbidden(Permission::MembersWrite));
    }
    let own = write::lock_membership(tx, organisation.id, id).await?.is_some_and(|member| caller.actor.user() == Some(member.user_id));
    if own && units.iter().any(|unit| !before.contains(unit)) {
        return Err(Blocked::from(relais_domain::shared::Blocker::permission("own_assignment")).into());
    }
    write::set_units(tx, id, units).await?;
    Ok(())
}

/// Ends a membership: its roles are taken, and the member no longer acts for the organisation.
///
/// # Errors
/// 404; 403 `permission_missing`; 409 `last_administrator`; 412.
pub async fn end_membership(app: &App, caller: &Caller, organisation: OrganisationId, id: MembershipId) -> Result<Done, Refusal> {
    let (organisation, _) = changeable(app, caller, organisation, id).await?;
    let done = effect(app, caller, async |tx| {
        write::lock_organisation(tx, organisation.id).await?;
        let before = write::lock_membership(tx, organisation.id, id).await?.ok_or(Refusal::NotFound)?;
        caller.saw(before.version)?;
        end(tx, &organisation, before, "end").await?;
        Ok(Done::gone(id.0))
    })
    .await?;
    app.sessions.clear();
    Ok(done)
}

/// Ends one's own membership, whatever organisation one acts for.
///
/// # Errors
/// 404 when it is nobody's, somebody else's or over; 409 `last_administrator`.
pub async fn leave(app: &App, caller: &Caller, id: MembershipId) -> Result<Done, Refusal> {
    let user = caller.user()?;
    let mine = standing::memberships(&app.db, user).await?.into_iter().find(|(membership, _)| membership.id == id);
    let (_, organisation) = mine.ok_or(Refusal::NotFound)?;
    let done = effect(app, caller, async |tx| {
        write::lock_organisation(tx, organisation.id).await?;
        let before = write::lock_membership(tx, organisation.id, id).await?;
        let today = organisation.date_at(tx.ctx().now);
        let before = before.filter(|before| before.user_id == user && before.valid_to.is_none_or(|to| to >= today));
        end(tx, &organisation, before.ok_or(Refusal::NotFound)?, "leave").await?;
        Ok(Done::gone(id.0))
    })
    .await?;
    app.sessions.clear();
    Ok(done)
}

/// Takes the roles and units of a member and ends the membership. The organisation must be locked.
async fn end(tx: &mut Tx, organisation: &Organisation, before: Membership, act: &str) -> Result<(), Refusal> {
    leaves_an_administrator(tx, organisation, before.user_id).await?;
    for held in write::assignments_of(tx, before.id).await? {
        tx.remove::<role_assignment::Entity>(held, "take_role").await?;
    }
    write::set_units(tx, before.id, &[]).await?;
    // Yesterday was the last day: the right is gone at once, not at midnight.
    let yesterday = organisation.date_at(tx.ctx().now).pred_opt();
    let after = Membership { valid_to: yesterday, notified: false, updated_at: tx.ctx().now, ..before.clone() };
    tx.save::<membership::Entity>(&before, after, act).await?;
    tx.event("member.left", "membership", before.id.0, Some(organisation.id));
    Ok(())
}
