//! Tasks.

use actix_web::{get, post};
use relais_app::task::view::TaskView;
use relais_app::task::{self, TaskQuery};
use relais_app::{Done, Page};
use utoipa::ToSchema;

use crate::door::{ActQuery, Answer, Call, Item, NoBody, TriedAct};
use crate::server::Register;

impl Item for TaskView {
    fn version(&self) -> i32 {
        self.version
    }

    /// The words and whether it is late move without the task.
    fn mask(&self) -> i32 {
        let shown = serde_json::to_vec(&(&self.say, self.late)).unwrap_or_default();
        shown.iter().fold(17_i32, |digest, byte| digest.wrapping_mul(31).wrapping_add(i32::from(*byte))) & i32::MAX
    }
}

/// Registers the room's operations.
pub fn routes(config: &mut impl Register) {
    config.service(list_tasks).service(read_task).service(finish_task).service(reopen_task);
}

/// List tasks
///
/// What your organisation has to do by hand for referrals that you may see, the oldest first.
#[utoipa::path(tag = "tasks", params(TaskQuery), responses((status = 200, description = "A page", body = Page<TaskView>)),
    extensions(("x-permission" = json!("referrals:read"))))]
#[get("/v1/tasks")]
async fn list_tasks(call: Call<TaskQuery>) -> Answer {
    call.list(&task::list(&call.app, &call.caller, &call.query, call.page()).await?)
}

/// Read a task
///
/// `tell_the_person` says what to tell the person, in the words that a mail would have had, for who may know how to reach her.
#[utoipa::path(tag = "tasks", params(("id" = uuid::Uuid, Path, description = "The task")),
    responses((status = 200, description = "The task", body = TaskView)), extensions(("x-permission" = json!("referrals:read"))))]
#[get("/v1/tasks/{id}")]
async fn read_task(call: Call) -> Answer {
    call.item(&task::one_unless(&call.app, &call.caller, call.id()?, |view| call.knows(view)).await?)
}

/// The task as it is now; with `dry_run=true` what would have happened.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is asked for")]
enum TaskAnswer {
    /// The task.
    Done(Box<TaskView>),
    /// The dry run.
    Tried(TriedAct),
}

/// The answer to an act: the task as it is now, or for a dry run what would have happened. Nobody is told of a task.
async fn answer(call: &Call<ActQuery, NoBody>, done: Done, act: &'static str) -> Answer {
    if call.caller.request.dry_run {
        return call.plain(&TriedAct { would: act, id: done.id, notices: vec![] });
    }
    call.effect(done, &task::one(&call.app, &call.caller, done.id).await?)
}

/// Tick a task
///
/// It is done. A question is also answered by an act: the task is then ticked by itself.
#[utoipa::path(tag = "tasks", params(("id" = uuid::Uuid, Path, description = "The task"), ActQuery),
    responses((status = 200, description = "The task, or what a dry run found", body = TaskAnswer)), extensions(("x-permission" = json!("referrals:message"))))]
#[post("/v1/tasks/{id}/done")]
async fn finish_task(call: Call<ActQuery, NoBody>) -> Answer {
    let done = task::finish(&call.app, &call.caller, call.id()?).await?;
    answer(&call, done, "finish").await
}

/// Open a task again
///
/// It was ticked by mistake.
#[utoipa::path(tag = "tasks", params(("id" = uuid::Uuid, Path, description = "The task"), ActQuery),
    responses((status = 200, description = "The task, or what a dry run found", body = TaskAnswer)), extensions(("x-permission" = json!("referrals:message"))))]
#[post("/v1/tasks/{id}/reopen")]
async fn reopen_task(call: Call<ActQuery, NoBody>) -> Answer {
    let done = task::reopen(&call.app, &call.caller, call.id()?).await?;
    answer(&call, done, "reopen").await
}
