//! Reports of readers that an entry is out of date, and what becomes of them.

use chrono::{NaiveTime, TimeDelta};
use relais_adapters::crypto;
use relais_domain::access::Permission;
use relais_domain::directory::{ReportNote, ReportReason, ReportState, Service};
use relais_domain::message::NoticeKind;
use relais_domain::shared::Blocked;
use relais_domain::shared::ids::{ServiceId, ServiceReportId};
use relais_persistence::Tx;
use relais_persistence::directory::entity::service_report::{Entity, Model};
use relais_persistence::directory::read;
use relais_persistence::directory::view::ServiceReportView;
use relais_persistence::identity::names::notified_members;
use relais_persistence::platform::budget;
use serde::Deserialize;
use utoipa::ToSchema;

use super::service::{allowed, possible};
use super::sight::Sight;
use crate::message::notify::{self, AccountSubject};
use crate::{App, Caller, Done, Page, PageRequest, Refusal, effect};

/// What is wrong with an entry.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportCreate {
    /// What is wrong.
    pub reason: ReportReason,
    /// More about it, for the owner. Nobody is asked who they are: please name no person.
    #[serde(default)]
    pub note: Option<ReportNote>,
}

const PERIOD: TimeDelta = TimeDelta::days(1);
const PER_SERVICE: i32 = 3;
const PER_ADDRESS: i32 = 50;

/// Takes one report from the budgets of whoever calls: an account, else an address. Subjects are hashes: no address is kept.
async fn spend(app: &App, caller: &Caller, service: ServiceId) -> Result<(), Refusal> {
    if !app.settings.limits {
        return Ok(());
    }
    let ctx = app.ctx(caller);
    let who = caller.actor.id().map(|id| id.to_string()).or_else(|| caller.request.address.clone()).unwrap_or_default();
    let subject = |about: &str| crypto::sha256(&[b"budget\n", who.as_bytes(), b"\n", about.as_bytes()]);
    let here = budget::spend(&app.db, &ctx, "service_report", &subject(&service.to_string()), PERIOD).await?;
    let in_all = budget::spend(&app.db, &ctx, "service_report_address", &subject(""), PERIOD).await?;
    if here <= PER_SERVICE && in_all <= PER_ADDRESS {
        return Ok(());
    }
    Err(crate::budget::used_up(&ctx, PERIOD))
}

/// Says that an entry is out of date. Its organisation is told by mail, once a day for each service.
///
/// # Errors
/// [`Refusal::TooMany`]; `not_found` (404); `not_published`, `archived` (409).
pub async fn report_service(app: &App, caller: &Caller, id: ServiceId, body: &ReportCreate) -> Result<Done, Refusal> {
    spend(app, caller, id).await?;
    let sight = Sight::of(app, caller);
    effect(app, caller, async |tx| {
        // Locked: of two reports at the same time, one is the first of the day.
        let (_, service) = read::for_change(tx, sight.eyes(), id).await?;
        let outcome = Blocked::unless_empty(service.blockers_to_report());
        outcome.map_err(|blocked| Refusal::from(blocked).naming(possible(caller, &service)))?;
        let now = tx.ctx().now;
        let told_today = read::report_exists_since(tx, id, now.date_naive().and_time(NaiveTime::MIN).and_utc()).await?;
        let row = Model {
            id: tx.ctx().fresh(),
            service_id: id,
            organisation_id: service.organisation_id,
            reason: body.reason,
            note: body.note.clone(),
            reported_by: caller.actor.id(),
            state: ReportState::Open,
            created_at: now,
            settled_at: None,
            version: 1,
        };
        let report = row.id;
        tx.create::<Entity>(row, "create").await?;
        tx.event("service.reported", "service", id.0, Some(service.organisation_id));
        if !told_today {
            tell_owner(tx, &service).await?;
        }
        Ok(Done { status: 204, ..Done::created(report) })
    })
    .await
}

/// Tells the members who chose to be told of what comes in; when there are none among its members, the address on file. An
/// organisation that nobody has joined is not written to: its entry is kept by its feed.
async fn tell_owner(tx: &mut Tx, service: &Service) -> Result<(), Refusal> {
    let Some(told) = notified_members(tx, service.organisation_id).await? else { return Ok(()) };
    let nobody = told.is_empty().then_some(None);
    for user in told.into_iter().map(Some).chain(nobody) {
        notify::account(tx, NoticeKind::ServiceReported, AccountSubject::Service { service: service.id, user });
    }
    Ok(())
}

/// What readers have said of a service of one's own, in the order in which it came.
///
/// # Errors
/// `not_found` (404); `permission_missing` (403); `invalid_cursor` (400).
pub async fn list_reports(
    app: &App,
    caller: &Caller,
    id: ServiceId,
    states: &[ReportState],
    page: &PageRequest,
) -> Result<Page<ServiceReportView>, Refusal> {
    let (_, service) = read::judged(&app.db, Sight::of(app, caller).eyes(), id).await?;
    allowed(caller, Permission::ServicesWrite, &service)?;
    let rows = read::reports(&app.db, id, states, page.after(app, caller)?, page.limit + 1).await?;
    let count = page.count_with(async |most| read::reports(&app.db, id, states, None, most).await).await?;
    let views = rows.into_iter().map(ServiceReportView::from).collect();
    Ok(page.page(app, caller, views, |view: &ServiceReportView| (view.created_at, view.id.0))?.counted(count))
}

/// Marks a report as looked at, whatever came of it.
///
/// # Errors
/// `not_found` (404); `permission_missing` (403); `already_settled` (409); `version_changed` (412).
pub async fn settle_report(
    app: &App,
    caller: &Caller,
    id: ServiceId,
    report: ServiceReportId,
) -> Result<(Done, ServiceReportView), Refusal> {
    let sight = Sight::of(app, caller);
    let done = effect(app, caller, async |tx| {
        let (_, service) = read::for_change(tx, sight.eyes(), id).await?;
        allowed(caller, Permission::ServicesWrite, &service)?;
        let before = read::lock_report(tx, id, report).await?;
        caller.judged(before.version, Blocked::unless_empty(before.state.blockers_to_settle()))?;
        settle(tx, before, None).await?;
        tx.event("service.report_settled", "service", id.0, Some(service.organisation_id));
        Ok(Done::changed(report))
    })
    .await?;
    let (_, service) = read::judged(&app.db, sight.eyes(), id).await?;
    allowed(caller, Permission::ServicesWrite, &service)?;
    Ok((done, read::report(&app.db, id, report).await?.into()))
}

/// Settles every open report of a service, because its owner says that everything is right.
///
/// # Errors
/// As any write.
pub(super) async fn settle_all(tx: &mut Tx, service: &Service) -> Result<(), Refusal> {
    for before in read::open_reports(tx, service.id).await? {
        settle(tx, before, Some("confirmed")).await?;
        tx.event("service.report_settled", "service", service.id.0, Some(service.organisation_id));
    }
    Ok(())
}

async fn settle(tx: &mut Tx, before: Model, reason: Option<&str>) -> Result<(), Refusal> {
    let after = Model { state: ReportState::Settled, settled_at: Some(tx.ctx().now), ..before.clone() };
    Ok(tx.save_because::<Entity>(&before, after, "settle", reason).await?)
}
