//! Files that people take out: who may, how often, and what is noted of it.

use chrono::TimeDelta;
use relais_adapters::crypto;
use relais_domain::access::{Category, Mask, Permission, Resource, Rule};
use relais_domain::report::{ExportFormat, ExportKind, ExportState};
use relais_domain::shared::ids::{ExportId, OrganisationId};
use relais_persistence::platform::job::{self, Job};
use relais_persistence::report::view::ExportView;
use relais_persistence::report::write::Export;
use relais_persistence::report::{read as exports, write};
use relais_persistence::{NewJob, Tx};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::rows::Scan;
use crate::referral::ReferralFilter;
use crate::{App, Caller, Done, Refusal, access_journal, budget, claim, effect};

/// The kind of job that writes a file.
pub(crate) const EXPORT_JOB: &str = "export";
/// The kind of job that erases one.
pub(crate) const ERASE_JOB: &str = "erase_export";
/// How long a file is kept.
pub(super) const KEPT: TimeDelta = TimeDelta::hours(24);

const AN_HOUR: TimeDelta = TimeDelta::hours(1);
const A_DAY: TimeDelta = TimeDelta::days(1);
const PER_ACCOUNT: i32 = 10;
const PER_ORGANISATION: i32 = 50;
const URGENCY: i32 = 60;
/// How many that were broken off one pass notes; the rest waits for the next.
const MOST_SWEPT: u64 = 500;

/// What to take out.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportRequest {
    /// What.
    pub kind: ExportKind,
    /// How the file is written.
    pub format: ExportFormat,
    /// Which of them: the filters of the list.
    #[serde(default)]
    pub filter: ReferralFilter,
}

/// The rule of what the caller may take out.
pub(super) fn export_rule(caller: &Caller) -> Result<Rule, Refusal> {
    caller.may(Resource::Referral, Permission::ReferralsExport)
}

/// Takes one export from the budgets of the account and of its organisation, counted over all nodes.
pub(super) async fn spend(app: &App, caller: &Caller) -> Result<(), Refusal> {
    let subject = |about: String| crypto::sha256(&[b"export\n", about.as_bytes()]);
    let of_organisation = subject(caller.organisation()?.to_string());
    let budgets = [
        ("export", subject(caller.account_key()), PER_ACCOUNT, AN_HOUR),
        ("export_organisation", of_organisation, PER_ORGANISATION, A_DAY),
    ];
    budget::spend(app, caller, budgets).await
}

/// The note of an export that begins now.
pub(super) fn begun(tx: &Tx, caller: &Caller, format: ExportFormat, filter: &ReferralFilter) -> Result<Export, Refusal> {
    let now = tx.ctx().now;
    Ok(Export {
        id: tx.ctx().fresh(),
        kind: ExportKind::Referrals,
        format,
        direction: filter.direction,
        filter: serde_json::to_value(filter).map_err(|error| Refusal::Failed(error.to_string()))?,
        rights: None,
        state: ExportState::Pending,
        row_count: 0,
        byte_count: 0,
        failed_because: None,
        organisation_id: caller.organisation()?,
        created_by: caller.actor.id(),
        session_id: caller.session,
        created_at: now,
        finished_at: None,
        expires_at: None,
        updated_at: now,
        version: 1,
    })
}

/// Has a file written in the background.
///
/// # Errors
/// 403 without `referrals:export`, or as the list; [`Refusal::TooMany`].
pub async fn create(app: &App, caller: &Caller, request: &ExportRequest) -> Result<Done, Refusal> {
    let ExportRequest { kind: ExportKind::Referrals, format, filter } = request;
    Scan::of(app, caller, &filter.clone().into(), &export_rule(caller)?)?;
    spend(app, caller).await?;
    effect(app, caller, async |tx| {
        let export = begun(tx, caller, *format, filter)?;
        let (id, now) = (export.id, tx.ctx().now);
        tx.event("export.requested", "export", id.0, Some(export.organisation_id));
        write::create(tx, export).await?;
        let payload = json!({"export_id": id});
        tx.enqueue(NewJob { kind: EXPORT_JOB, unique_key: Some(job_key(id)), payload, priority: URGENCY, run_at: now });
        Ok(Done { status: 202, ..Done::changed(id) })
    })
    .await
}

fn job_key(id: ExportId) -> String {
    format!("{EXPORT_JOB}:{id}")
}

/// What some organisations may read became less, or what is held on a person was erased: no file that was written before is handed
/// out any more, and one that is being written begins anew.
///
/// # Errors
/// As any write.
pub(crate) async fn outdated(tx: &mut Tx, organisations: &[OrganisationId]) -> Result<(), Refusal> {
    for export in write::with_file(tx, organisations).await? {
        let running = export.state == ExportState::Running;
        // One that was not begun reads after this transaction. What is streamed has no job: it reads page by page, as each then is.
        if export.state == ExportState::Pending || (running && !job::is_planned(tx, &job_key(export.id)).await?) {
            continue;
        }
        write::erase(tx, export.id).await?;
        let (state, act) = if running { (ExportState::Pending, "begin_anew") } else { (ExportState::Expired, "expire") };
        write::save(tx, &export, Export { state, updated_at: tx.ctx().now, ..export.clone() }, act).await?;
    }
    Ok(())
}

async fn mine(app: &App, caller: &Caller, id: ExportId) -> Result<Export, Refusal> {
    let account = caller.actor.id().ok_or(Refusal::NotFound)?;
    let export = exports::export_of(&app.db, id, caller.organisation()?, account).await?;
    export_rule(caller)?;
    Ok(export)
}

/// Where an export stands. Only whoever asked for it sees it.
///
/// # Errors
/// 404; 403 when the right was taken away since.
pub async fn read(app: &App, caller: &Caller, id: ExportId) -> Result<ExportView, Refusal> {
    Ok(mine(app, caller, id).await?.into())
}

/// The file of an export, piece by piece.
#[derive(Debug)]
pub struct FilePieces {
    id: ExportId,
    next: i32,
    /// How it is written.
    pub format: ExportFormat,
    /// How long it is.
    pub bytes: i64,
}

impl FilePieces {
    /// The next piece; none after the last.
    ///
    /// # Errors
    /// As any read.
    pub async fn next(&mut self, app: &App) -> Result<Option<Vec<u8>>, Refusal> {
        let piece = exports::part(&app.db, self.id, self.next).await?;
        self.next += 1;
        Ok(piece)
    }
}

/// Opens the file of an export. Fetching it is noted in the access journal; so were the referrals in it, when they were written.
///
/// # Errors
/// As [`read`]; `export_not_ready` (409) before it is written, or when it failed; `export_expired` (409) after a day, and when the
/// caller may not read any more, or not in the same way, what was written.
pub async fn content(app: &App, caller: &Caller, id: ExportId, only_looks: bool) -> Result<FilePieces, Refusal> {
    let export = mine(app, caller, id).await?;
    match (export.state, export.expires_at) {
        (ExportState::Done, Some(expires_at)) if expires_at > app.clock.now() => {}
        // One that was streamed is not kept.
        (ExportState::Done | ExportState::Expired, _) => return Err(Refusal::Conflict("export_expired")),
        _ => return Err(Refusal::Conflict("export_not_ready")),
    }
    let filter: ReferralFilter = serde_json::from_value(export.filter).map_err(|error| Refusal::Failed(error.to_string()))?;
    if export.rights != Some(Scan::of(app, caller, &filter.into(), &export_rule(caller)?)?.rights()) {
        return Err(Refusal::Conflict("export_expired"));
    }
    if !only_looks {
        let categories = Mask::of(&[Category::Existence, Category::IdentityMin, Category::Identity]);
        access_journal::shown(app, caller, "export", vec![id.0], categories).await?;
    }
    Ok(FilePieces { id, next: 0, format: export.format, bytes: export.byte_count })
}

/// The export that a job is about.
pub(super) fn export_of(job: &Job) -> Option<ExportId> {
    job.payload.get("export_id")?.as_str()?.parse::<Uuid>().ok().map(ExportId)
}

/// Notes as broken off what nothing was heard of for an hour and no worker is to go on with: the process that sent it died. The rows that
/// had left by then are noted already.
///
/// # Errors
/// As any write.
pub(crate) async fn sweep(tx: &mut Tx) -> Result<(), Refusal> {
    let now = tx.ctx().now;
    for before in write::silent(tx, now - AN_HOUR, MOST_SWEPT).await? {
        if job::is_planned(tx, &job_key(before.id)).await? {
            continue;
        }
        fail(tx, &before, "interrupted").await?;
    }
    Ok(())
}

/// It has failed, for this reason, and nothing of it is kept.
pub(super) async fn fail(tx: &mut Tx, before: &Export, because: &str) -> Result<(), Refusal> {
    write::erase(tx, before.id).await?;
    let now = tx.ctx().now;
    let after = Export {
        state: ExportState::Failed,
        failed_because: Some(because.to_owned()),
        finished_at: Some(now),
        updated_at: now,
        ..before.clone()
    };
    tx.event("export.ended", "export", before.id.0, Some(before.organisation_id));
    Ok(write::save(tx, before, after, "give_up").await?)
}

/// Erases the file of an export whose day is over.
///
/// # Errors
/// As any write.
pub(crate) async fn erase(app: &App, job: &Job) -> Result<(), Refusal> {
    let Some(mut tx) = claim::end(app, job).await? else { return Ok(()) };
    if let Some(id) = export_of(job)
        && let Some(export) = write::lock(&tx, id).await?.filter(|export| export.state == ExportState::Done)
    {
        write::erase(&tx, id).await?;
        let after = Export { state: ExportState::Expired, updated_at: tx.ctx().now, ..export.clone() };
        write::save(&mut tx, &export, after, "expire").await?;
    }
    Ok(tx.commit().await?)
}
