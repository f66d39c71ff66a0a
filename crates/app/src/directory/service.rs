//! Services: list, read, write, and the acts that move them.

use chrono::{DateTime, Utc};
use relais_domain::access::{Permission, Resource};
use relais_domain::directory::{NewService, Service, ServiceAct, ServiceAction, ServiceChange, ServiceDraft, ServicePatch, ServiceState};
use relais_domain::eligibility::Asked;
use relais_domain::shared::ids::{OrganisationId, ServiceId, UnitId, is_own_id};
use relais_domain::shared::{Blocked, Blocker};
use relais_persistence::Tx;
use relais_persistence::directory::read;
use relais_persistence::directory::view::{ServiceContact, ServiceFilter, ServiceView};
use relais_persistence::directory::write::{self, Because};
use serde::Serialize;
use utoipa::ToSchema;

use super::blank_form::with_forms;
use super::report;
use super::search::{self, ServicePage};
use super::sight::{Seen, Sight};
use crate::page::MOST_COUNTED;
use crate::{App, Caller, Done, PageRequest, Refusal, effect};

/// What can be done to a service now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ServiceActions {
    /// Every act.
    pub actions: Vec<ServiceAction>,
}

fn may(caller: &Caller, permission: Permission, service: &Service) -> bool {
    caller.policy.rule(Resource::Service, permission).decide(&Seen::of(service)).is_some()
}

/// Checks that the caller holds a permission on a service.
///
/// # Errors
/// `permission_missing` (403).
pub(super) fn allowed(caller: &Caller, permission: Permission, service: &Service) -> Result<(), Refusal> {
    if may(caller, permission, service) { Ok(()) } else { Err(Refusal::Forbidden(permission)) }
}

/// As [`allowed`], naming besides the permission all that stands against the act, as the list of acts does.
fn permitted(caller: &Caller, act: ServiceAct, service: &Service) -> Result<(), Refusal> {
    if may(caller, act.permission(), service) {
        return Ok(());
    }
    let actions = service.actions(|permission| may(caller, permission, service));
    let blockers = actions.into_iter().filter(|action| action.act == act).flat_map(|action| action.blockers).collect();
    Err(Refusal::Blocked { blockers, allowed: possible(caller, service) })
}

/// The acts that the caller could do now, for a refusal by state.
pub(super) fn possible(caller: &Caller, service: &Service) -> Vec<&'static str> {
    let actions = service.actions(|permission| may(caller, permission, service));
    actions.into_iter().filter(|action| action.allowed).map(|action| action.act.code()).collect()
}

/// Lists services: a search of the published ones of organisations at work. When another state is asked for, those that the
/// caller may write, in the order in which they came.
///
/// # Errors
/// `invalid_cursor` (400); those of [`search::question`] (422); `search_warming` (503).
pub async fn list_services(app: &App, caller: &Caller, filter: &ServiceFilter, page: &PageRequest) -> Result<ServicePage, Refusal> {
    if !search::is_for_the_database(filter) {
        return search::search_services(app, caller, filter, page).await;
    }
    search::question(app, filter)?;
    let sight = Sight::of(app, caller);
    let after = page.after(app, caller)?;
    let rows = read::services(&app.db, sight.eyes(), filter, after, page.limit + 1).await?;
    let count = if page.count { Some(read::count_services(&app.db, sight.eyes(), filter, MOST_COUNTED + 1).await?) } else { None };
    let page = page.page(app, caller, rows, |row| (row.created_at, row.id.0))?.counted(count);
    Ok(ServicePage { page, facets: None })
}

/// Reads one service. A private contact is blank for everybody here.
///
/// # Errors
/// `not_found` (404), also for a draft or an archived service of another organisation.
pub async fn read_service(app: &App, caller: &Caller, id: ServiceId) -> Result<ServiceView, Refusal> {
    with_forms(app, read::service(&app.db, Sight::of(app, caller).eyes(), id).await?).await
}

/// What a service asks of a person, for whoever may read it.
///
/// # Errors
/// `not_found` (404).
pub async fn asked_by_service(app: &App, caller: &Caller, id: ServiceId) -> Result<Asked, Refusal> {
    let (_, service) = read::judged(&app.db, Sight::of(app, caller).eyes(), id).await?;
    Ok(Asked::from(&service))
}

/// Reads the contact of a service, private or not, for somebody who is signed in. Whoever shows it counts it:
/// [`super::count_contact_reading`].
///
/// # Errors
/// `not_found` (404).
pub async fn read_contact(app: &App, caller: &Caller, id: ServiceId) -> Result<ServiceContact, Refusal> {
    Ok(read::contact(&app.db, Sight::of(app, caller).eyes(), id).await?)
}

/// What the caller can do to a service now, and what stands against the rest, from the guards of the acts themselves.
///
/// # Errors
/// `not_found` (404).
pub async fn service_actions(app: &App, caller: &Caller, id: ServiceId) -> Result<ServiceActions, Refusal> {
    let (_, service) = read::judged(&app.db, Sight::of(app, caller).eyes(), id).await?;
    Ok(ServiceActions { actions: service.actions(|permission| may(caller, permission, &service)) })
}

/// Makes a service of the acting organisation, as a draft. The same id with the same content again is the same service.
///
/// # Errors
/// `permission_missing` (403); `id_taken` (409); `invalid_id` (422) for an own id that is no fresh UUID v7;
/// `unknown_reference` (422) for a unit of another organisation; `duplicate`, `out_of_range`, `opening_hours_invalid`,
/// `postal_code_invalid`, `commune_invalid` (422).
pub async fn create_service(app: &App, caller: &Caller, new: NewService) -> Result<(Done, ServiceView), Refusal> {
    let organisation = caller.organisation()?;
    caller.may(Resource::Service, Permission::ServicesWrite)?;
    let NewService { id: own, draft } = new;
    let id = own.unwrap_or_else(|| app.ctx(caller).fresh());
    let done = effect(app, caller, async |tx: &mut Tx| {
        let now = tx.ctx().now;
        if own.is_some()
            && let Some(known) = read::by_id(tx, id).await?
        {
            let same = known.organisation_id == organisation && known.draft() == draft && may(caller, Permission::ServicesWrite, &known);
            return if same { Ok(Done { replayed: true, ..Done::created(id) }) } else { Err(Refusal::Conflict("id_taken")) };
        }
        let own_draft = Seen { id: Some(id), organisation: Some(organisation), unit: draft.unit_id, state: ServiceState::Draft };
        if caller.policy.rule(Resource::Service, Permission::ServicesWrite).decide(&own_draft).is_none() {
            return Err(Refusal::Forbidden(Permission::ServicesWrite));
        }
        let mut blockers = draft.blockers_after(None);
        blockers.extend(own.filter(|own| !is_own_id(own.0, tx.ctx().real_now)).map(|_| Blocker::content("invalid_id").at("/id")));
        blockers.extend(foreign_unit(tx, draft.unit_id, organisation).await?);
        Blocked::unless_empty(blockers)?;
        write::create(tx, Service::create(id, organisation, draft.clone(), now)?).await?;
        Ok(Done::created(id))
    })
    .await?;
    shown(app, caller, done).await
}

/// What came of an effect, for whoever had it; search knows it from now on.
async fn shown(app: &App, caller: &Caller, done: Done) -> Result<(Done, ServiceView), Refusal> {
    let id = ServiceId::from(done.id);
    if !done.replayed && !caller.request.dry_run {
        search::feed::show(app, id).await;
    }
    let service = read::service(&app.db, Sight::of_doer(app, caller, done).eyes(), id).await?;
    Ok((done, service))
}

async fn foreign_unit(tx: &Tx, unit: Option<UnitId>, organisation: OrganisationId) -> Result<Option<Blocker>, Refusal> {
    match unit {
        Some(unit) if !read::unit_belongs(tx, unit, organisation).await? => Ok(Some(Blocker::content("unknown_reference").at("/unit_id"))),
        _ => Ok(None),
    }
}

/// Changes the content of a service by a merge patch.
///
/// # Errors
/// `not_found` (404); `permission_missing` (403); `archived` (409); `version_changed` (412); `invalid`, `required`,
/// `unknown_reference`, `duplicate`, `out_of_range`, `opening_hours_invalid`, `required_to_publish`, `postal_code_invalid`,
/// `commune_invalid` (422).
pub async fn update_service(app: &App, caller: &Caller, id: ServiceId, patch: &ServicePatch) -> Result<(Done, ServiceView), Refusal> {
    let sight = Sight::of(app, caller);
    let done = effect(app, caller, async |tx: &mut Tx| {
        let (row, service) = read::for_change(tx, sight.eyes(), id).await?;
        allowed(caller, Permission::ServicesWrite, &service)?;
        let outcome = edited(tx, &service, patch).await?;
        let change = caller.judged(row.version, outcome).map_err(|refusal| refusal.naming(possible(caller, &service)))?;
        if change.service.unit_id != service.unit_id {
            allowed(caller, Permission::ServicesWrite, &change.service)?;
        }
        write::save(tx, &row, change, "edit", Because::Told).await?;
        Ok(Done::changed(id))
    })
    .await?;
    shown(app, caller, done).await
}

/// The change that a patch makes, or everything that stands against it.
async fn edited(tx: &Tx, service: &Service, patch: &ServicePatch) -> Result<Result<ServiceChange, Blocked>, Refusal> {
    let before = service.draft();
    let draft: ServiceDraft = match patch.apply(&before) {
        Ok(draft) => draft,
        Err(error) => {
            let mut blockers = service.blockers_to_edit();
            blockers.push(Blocker::content("invalid").with("reason", error.to_string()));
            return Ok(Err(Blocked(blockers)));
        }
    };
    let changed_unit = draft.unit_id.filter(|_| draft.unit_id != before.unit_id);
    let foreign = foreign_unit(tx, changed_unit, service.organisation_id).await?;
    Ok(match (service.edit(draft, tx.ctx().now), foreign) {
        (Ok(_), Some(foreign)) => Err(foreign.into()),
        (Err(mut refused), Some(foreign)) => {
            refused.0.push(foreign);
            Err(refused)
        }
        (outcome, None) => outcome,
    })
}

/// One of the commands that move a service.
type Command = fn(&Service, DateTime<Utc>) -> Result<ServiceChange, Blocked>;

async fn moved(app: &App, caller: &Caller, id: ServiceId, act: ServiceAct, command: Command) -> Result<(Done, ServiceView), Refusal> {
    let sight = Sight::of(app, caller);
    let done = effect(app, caller, async |tx: &mut Tx| {
        let (row, service) = read::for_change(tx, sight.eyes(), id).await?;
        permitted(caller, act, &service)?;
        let outcome = command(&service, tx.ctx().now);
        let change = caller.judged(row.version, outcome).map_err(|refusal| refusal.naming(possible(caller, &service)))?;
        write::save(tx, &row, change, act.code(), Because::Told).await?;
        if act == ServiceAct::Confirm {
            report::settle_all(tx, &service).await?;
        }
        Ok(Done::changed(id))
    })
    .await?;
    shown(app, caller, done).await
}

/// Makes a service public, for the first time or after a suspension.
///
/// # Errors
/// `not_found` (404); `permission_missing` (403); `already_published`, `archived` (409); `version_changed` (412);
/// `required_to_publish` (422), once per missing field.
pub async fn publish_service(app: &App, caller: &Caller, id: ServiceId) -> Result<(Done, ServiceView), Refusal> {
    moved(app, caller, id, ServiceAct::Publish, Service::publish).await
}

/// Stops new referrals to a service for now; it stays public.
///
/// # Errors
/// `not_found` (404); `permission_missing` (403); `not_published`, `already_suspended`, `archived` (409);
/// `version_changed` (412).
pub async fn suspend_service(app: &App, caller: &Caller, id: ServiceId) -> Result<(Done, ServiceView), Refusal> {
    moved(app, caller, id, ServiceAct::Suspend, Service::suspend).await
}

/// Says that everything a service tells is still right: its open reports are settled by it.
///
/// # Errors
/// `not_found` (404); `permission_missing` (403); `archived` (409); `version_changed` (412).
pub async fn confirm_service(app: &App, caller: &Caller, id: ServiceId) -> Result<(Done, ServiceView), Refusal> {
    moved(app, caller, id, ServiceAct::Confirm, Service::confirm).await
}

/// Takes a service out of the directory for good; its referrals stay.
///
/// # Errors
/// `not_found` (404); `permission_missing` (403); `already_archived` (409); `version_changed` (412).
pub async fn archive_service(app: &App, caller: &Caller, id: ServiceId) -> Result<(Done, ServiceView), Refusal> {
    moved(app, caller, id, ServiceAct::Archive, Service::archive).await
}
