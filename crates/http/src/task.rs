//! Tasks.

use actix_web::{get, post};
use relais_app::Page;
use relais_app::task::view::TaskView;
use relais_app::task::{self, TaskQuery};

use crate::door::{Answer, Call, Item};
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
    call.item(&task::one(&call.app, &call.caller, call.id()?).await?)
}

/// Tick a task
///
/// It is done. A question is also answered by an act: the task is then ticked by itself.
#[utoipa::path(tag = "tasks", params(("id" = uuid::Uuid, Path, description = "The task")),
    responses((status = 200, description = "The task", body = TaskView)), extensions(("x-permission" = json!("referrals:message"))))]
#[post("/v1/tasks/{id}/done")]
async fn finish_task(call: Call) -> Answer {
    let done = task::finish(&call.app, &call.caller, call.id()?).await?;
    call.effect(done, &task::one(&call.app, &call.caller, done.id).await?)
}

/// Open a task again
///
/// It was ticked by mistake.
#[utoipa::path(tag = "tasks", params(("id" = uuid::Uuid, Path, description = "The task")),
    responses((status = 200, description = "The task", body = TaskView)), extensions(("x-permission" = json!("referrals:message"))))]
#[post("/v1/tasks/{id}/reopen")]
async fn reopen_task(call: Call) -> Answer {
    let done = task::reopen(&call.app, &call.caller, call.id()?).await?;
    call.effect(done, &task::one(&call.app, &call.caller, done.id).await?)
}
