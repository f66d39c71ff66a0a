//! Background jobs as operations people see them.

use std::cell::RefCell;

use relais_domain::access::{Permission, Resource};
use relais_domain::shared::Blocker;
use relais_domain::shared::ids::JobId;
use relais_persistence::platform::oversight;
use relais_persistence::platform::view::{JobFigures, JobView};

use crate::{App, Caller, Done, Page, PageRequest, Refusal, effect};

/// Jobs in the order in which they were made; dead letters among them until somebody retries them.
///
/// # Errors
/// 403 `permission_missing`; 400 `invalid_cursor`.
pub async fn list(app: &App, caller: &Caller, states: &[String], request: &PageRequest) -> Result<Page<JobView>, Refusal> {
    let rule = caller.may(Resource::Organisation, Permission::JobsRead)?;
    let rows = oversight::list(&app.db, &rule, states, request.after(app, caller)?, request.limit + 1).await?;
    request.page(app, caller, rows, |job| (job.created_at, job.id.0))
}

/// One job.
///
/// # Errors
/// 403 `permission_missing`; 404.
pub async fn one(app: &App, caller: &Caller, id: JobId) -> Result<JobView, Refusal> {
    let rule = caller.may(Resource::Organisation, Permission::JobsRead)?;
    Ok(oversight::one(&app.db, &rule, id).await?)
}

/// Makes a dead letter ready at once, with all its tries before it.
///
/// # Errors
/// 403 `permission_missing`; 404; 409 `job_not_dead`; 412.
pub async fn retry(app: &App, caller: &Caller, id: JobId) -> Result<(Done, JobView), Refusal> {
    let readable = caller.may(Resource::Organisation, Permission::JobsRead)?;
    let revived = RefCell::new(None);
    let done = effect(app, caller, async |tx| {
        let job = oversight::for_act(tx, &readable, id).await?;
        caller.may(Resource::Organisation, Permission::JobsWrite)?;
        let dead = if job.state == "dead" { Ok(()) } else { Err(Blocker::state("job_not_dead").with("state", job.state.as_str()).into()) };
        caller.judged(job.version, dead)?;
        let shown = oversight::revive(tx, job).await?;
        revived.replace(Some(shown));
        Ok(Done::changed(id.0))
    })
    .await?;
    app.db.wake_jobs();
    match revived.take() {
        Some(shown) => Ok((done, shown)),
        None => Ok((done, one(app, caller, id).await?)),
    }
}

/// What operations people measure of the jobs.
///
/// # Errors
/// As any read.
pub async fn figures(app: &App) -> Result<JobFigures, Refusal> {
    Ok(oversight::figures(&app.db, app.clock.now()).await?)
}
