//! Imports over the API: made, given their files, started, looked at, deleted.

use std::cell::RefCell;

use relais_domain::access::{Permission, Resource};
use relais_domain::directory::{ImportFormat, ImportState, SourceKey};
use relais_domain::shared::ids::ImportId;
use relais_domain::shared::{Blocked, Blocker};
use relais_persistence::NewJob;
use relais_persistence::directory::import::{self, Erased, Run as Row};
use relais_persistence::directory::view::{ImportView, Kept, RunOptions};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::keep::{REPORT, json, told};
use super::report::{ReportLine, write_csv};
use super::{IMPORT_JOB, upload};
use crate::page::MOST_COUNTED;
use crate::{App, Caller, Done, Page, PageRequest, Refusal, effect};

/// An import to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewImport)]
pub struct ImportForm {
    /// The format of the feed.
    pub format: ImportFormat,
    /// The one source that the feed may hold; any when absent.
    #[serde(default)]
    pub source: Option<SourceKey>,
    /// The feed is everything that its sources have: what it lacks is suspended.
    #[serde(default)]
    pub full: bool,
    /// Write nothing; give the same report.
    #[serde(default)]
    pub dry_run: bool,
}

/// Makes an import that awaits its files.
///
/// # Errors
/// 403 `permission_missing`.
pub async fn create(app: &App, caller: &Caller, form: &ImportForm) -> Result<(Done, ImportView), Refusal> {
    caller.may(Resource::Organisation, Permission::DirectoryImport)?;
    let ImportForm { format, source, full, dry_run } = form.clone();
    let options = json(&RunOptions { source, full, dry_run })?;
    let done = effect(app, caller, async |tx| {
        let (id, now) = (tx.ctx().fresh::<ImportId>(), tx.ctx().now);
        let row = Row {
            id,
            format,
            options: options.clone(),
            state: ImportState::AwaitingFiles,
            progress: None,
            report: None,
            created_by: caller.actor.id(),
            organisation_id: caller.acting_for.as_ref().map(|acting| acting.id),
            created_at: now,
            updated_at: now,
            version: 1,
        };
        import::create(tx, row).await?;
        Ok(Done::created(id))
    })
    .await?;
    Ok((done, read(app, caller, done.id.into()).await?))
}

/// Imports in the order in which they were made.
///
/// # Errors
/// 403 `permission_missing`; 400 `invalid_cursor`.
pub async fn list(app: &App, caller: &Caller, page: &PageRequest) -> Result<Page<ImportView>, Refusal> {
    let rule = caller.may(Resource::Organisation, Permission::DirectoryImport)?;
    let rows = import::list(&app.db, &rule, page.after(app, caller)?, page.limit + 1).await?;
    let count = if page.count { Some(import::count(&app.db, &rule, MOST_COUNTED + 1).await?) } else { None };
    Ok(page.page(app, caller, rows, |row| (row.created_at, row.id.0))?.counted(count))
}

/// One import.
///
/// # Errors
/// 403 `permission_missing`; 404.
pub async fn read(app: &App, caller: &Caller, id: ImportId) -> Result<ImportView, Refusal> {
    let rule = caller.may(Resource::Organisation, Permission::DirectoryImport)?;
    Ok(import::one(&app.db, &rule, id).await?)
}

/// What stands against starting an import, all of it.
fn blockers_to_start(row: &Row, kept: &Kept) -> Vec<Blocker> {
    let mut blockers = vec![];
    if !matches!(row.state, ImportState::AwaitingFiles | ImportState::Failed) {
        blockers.push(Blocker::state("import_started").with("state", row.state.code()));
    }
    let missing = |upload: bool, name: &str| (!upload).then(|| Blocker::content("file_missing").with("file", name));
    blockers.extend(missing(kept.structures.is_some(), "structures"));
    blockers.extend(missing(kept.services.is_some(), "services"));
    blockers
}

/// Starts an import: a worker reads its files. One that failed goes on where it was.
///
/// # Errors
/// 403 `permission_missing`; 404; 409 `import_started`; 422 `file_missing`; 412.
pub async fn start(app: &App, caller: &Caller, id: ImportId) -> Result<(Done, ImportView), Refusal> {
    let rule = caller.may(Resource::Organisation, Permission::DirectoryImport)?;
    let done = effect(app, caller, async |tx| {
        let row = import::for_act(tx, &rule, id).await?;
        let kept: Kept = row.progress.clone().map(told).transpose()?.unwrap_or_default();
        caller.judged(row.version, Blocked::unless_empty(blockers_to_start(&row, &kept)))?;
        let now = tx.ctx().now;
        tx.enqueue(NewJob {
            kind: IMPORT_JOB,
            unique_key: Some(format!("{IMPORT_JOB}-{id}-{}", row.version)),
            payload: json!({"import_id": id}),
            priority: 50,
            run_at: now,
        });
        let after = Row { state: ImportState::Running, updated_at: now, ..row.clone() };
        import::save(tx, &row, after, "start").await?;
        Ok(Done { status: 202, ..Done::changed(id) })
    })
    .await?;
    Ok((done, read(app, caller, id).await?))
}

/// Every line of an import's report, the first ten thousand.
async fn lines(app: &App, caller: &Caller, id: ImportId) -> Result<Vec<ReportLine>, Refusal> {
    read(app, caller, id).await?;
    let mut lines = vec![];
    for part in import::parts(&app.db, id, REPORT).await? {
        let more: Vec<ReportLine> = serde_json::from_slice(&part).map_err(|error| Refusal::Failed(error.to_string()))?;
        lines.extend(more);
    }
    Ok(lines)
}

/// A page of what was refused, in the order of the files.
///
/// # Errors
/// 403 `permission_missing`; 404; 400 `invalid_cursor`.
pub async fn report(app: &App, caller: &Caller, id: ImportId, page: &PageRequest) -> Result<Page<ReportLine>, Refusal> {
    let after = page.after(app, caller)?.map_or(0, |(_, number)| usize::try_from(number.as_u128()).unwrap_or(usize::MAX));
    let lines = lines(app, caller, id).await?;
    let count = page.count.then_some(lines.len() as u64);
    let limit = usize::try_from(page.limit).unwrap_or(50);
    let rows: Vec<_> = lines.into_iter().enumerate().skip(after).take(limit + 1).collect();
    let place = |(number, _): &(usize, ReportLine)| (chrono::DateTime::UNIX_EPOCH, Uuid::from_u128(*number as u128 + 1));
    let Page { items, next_cursor, .. } = page.page(app, caller, rows, place)?;
    let items = items.into_iter().map(|(_, line)| line).collect();
    Ok(Page { items, next_cursor, count: None, count_is_exact: None }.counted(count))
}

/// All of what was refused as CSV.
///
/// # Errors
/// 403 `permission_missing`; 404.
pub async fn report_csv(app: &App, caller: &Caller, id: ImportId) -> Result<Vec<u8>, Refusal> {
    let mut csv = vec![];
    write_csv(&lines(app, caller, id).await?, &mut csv).map_err(|error| Refusal::Failed(error.to_string()))?;
    Ok(csv)
}

/// Deletes an import that does not run, with its files and its report. What it brought stays.
///
/// # Errors
/// 403 `permission_missing`; 404; 409 `import_running`; 412.
pub async fn delete(app: &App, caller: &Caller, id: ImportId) -> Result<Done, Refusal> {
    let rule = caller.may(Resource::Organisation, Permission::DirectoryImport)?;
    let stands = |row: &Row| match row.state {
        ImportState::Running => Err(Blocker::state("import_running").into()),
        _ => Ok(()),
    };
    let tx = app.db.look(&app.ctx(caller)).await?;
    let row = import::for_act(&tx, &rule, id).await;
    tx.rollback().await?;
    let row = row?;
    caller.judged(row.version, stands(&row))?;
    // The large files go a few parts at a time. Who starts the import meanwhile keeps it, and is told what it lacks.
    let gone = RefCell::new(false);
    loop {
        let done = effect(app, caller, async |tx| {
            let row = import::for_act(tx, &rule, id).await?;
            caller.judged(row.version, stands(&row))?;
            let erased = import::erase_parts(tx, id, Erased::All, upload::ERASED).await?;
            if erased < upload::ERASED {
                import::remove(tx, row).await?;
                gone.replace(true);
            }
            Ok(Done::gone(id))
        })
        .await?;
        if gone.take() {
            return Ok(done);
        }
    }
}
