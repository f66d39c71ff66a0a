//! The job that does an import of the API, a few seconds at a time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use relais_domain::directory::ImportState;
use relais_domain::identity::Actor;
use relais_domain::shared::ids::ImportId;
use relais_persistence::directory::import::{self, Erased, Run as Row};
use relais_persistence::directory::view::Kept;
use relais_persistence::platform::job::{self, Job};
use relais_persistence::{Ctx, Tx};
use tokio::time::sleep;

use super::keep::{REPORT, json, told};
use super::upload::erase;
use super::{Run, keep};
use crate::setback::Setback;
use crate::{App, Refusal, claim};

/// The kind of job.
pub(crate) const IMPORT_JOB: &str = "import";
/// So long an import is worked at before other jobs have their turn.
const SLICE: Duration = Duration::from_secs(3);
/// While several people wait for their changes, each batch is followed by a rest of at most this.
const MOST_ROOM: Duration = Duration::from_millis(100);

fn import_of(job: &Job) -> Option<ImportId> {
    job.payload.get("import_id")?.as_str()?.parse::<uuid::Uuid>().ok().map(ImportId)
}

/// Works at an import for a few seconds. When there is more to do, the job is put back as one that is due now.
pub(crate) async fn work(app: &Arc<App>, job: &Job) -> Result<(), Setback> {
    let id = import_of(job).ok_or(Setback::never("unknown_import"))?;
    if !claim::hold(app, job).await? {
        return Ok(());
    }
    let ctx = app.system_ctx(Actor::Clock, &format!("import-{id}"));
    let tx = app.db.look(&ctx).await?;
    let row = import::by_id(&tx, id).await?;
    tx.rollback().await?;
    let Some(row) = row.filter(|row| row.state == ImportState::Running) else { return Ok(claim::end_idle(app, job).await?) };
    let mut run = Run::resume(app, ctx.clone(), row).await?;
    let begun = Instant::now();
    while run.place.phase != keep::Phase::Done {
        let batch = Instant::now();
        run.step().await?;
        if app.pulse.is_crowded() {
            sleep(batch.elapsed().min(MOST_ROOM)).await;
        }
        if begun.elapsed() > SLICE {
            let tx = app.db.write(&ctx).await?;
            job::again(&tx, job.id).await?;
            return Ok(tx.commit().await?);
        }
    }
    Ok(finish(app, &ctx, job, id).await?)
}

/// The files go first: whoever takes over from a worker that dies here finds nothing to read and nothing left to do.
async fn finish(app: &App, ctx: &Ctx, job: &Job, id: ImportId) -> Result<(), Refusal> {
    erase(app, ctx, id, Erased::AllBut(REPORT)).await?;
    let Some(mut tx) = claim::end(app, job).await? else { return Ok(()) };
    if let Some(row) = import::by_id(&tx, id).await? {
        let after = Row { state: ImportState::Done, updated_at: ctx.now, ..row.clone() };
        import::save(&mut tx, &row, after, "finish").await?;
    }
    Ok(tx.commit().await?)
}

/// The job is given up: the import has failed, and what it wrote stays.
pub(crate) async fn gave_up(tx: &mut Tx, job: &Job, code: &str) -> Result<(), Refusal> {
    let Some(id) = import_of(job) else { return Ok(()) };
    let Some(row) = import::by_id(tx, id).await?.filter(|row| row.state == ImportState::Running) else { return Ok(()) };
    let mut kept: Kept = row.progress.clone().map(told).transpose()?.unwrap_or_default();
    kept.failed_because = Some(code.to_owned());
    let after = Row { state: ImportState::Failed, progress: Some(json(&kept)?), updated_at: tx.ctx().now, ..row.clone() };
    Ok(import::save(tx, &row, after, "give_up").await?)
}
