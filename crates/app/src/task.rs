//! Tasks: what an organisation has to do by hand for its referrals. Who may read a referral there sees its tasks.

use chrono::{DateTime, Utc};
use relais_domain::access::{Mask, Permission, Resource};
use relais_domain::shared::ids::ReferralId;
use relais_domain::shared::{Blocked, Blocker};
use relais_domain::task::{TaskKind, TaskState, blockers_to_do, blockers_to_reopen};
use relais_persistence::message::view::{Saying, told};
use relais_persistence::task::read::{self, Filter, TaskRow};
use relais_persistence::task::view::TaskView;
use relais_persistence::task::write;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::message::deliver;
use crate::referral::reader;
use crate::{App, Caller, Done, Page, PageRequest, Refusal, access_journal, effect, page};

pub use relais_persistence::task::view;

/// What a list of tasks is narrowed to.
#[derive(Clone, Debug, Default, Deserialize, Serialize, IntoParams, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TaskQuery {
    /// Only those of referrals that are assigned to me, that I sent, or on which I advise.
    pub mine: bool,
    /// What is to be done; repeat for several.
    #[param(max_items = 10)]
    #[schema(max_items = 10)]
    pub kind: Vec<TaskKind>,
    /// Open or done; both when absent.
    pub state: Option<TaskState>,
    /// Of this referral.
    pub referral_id: Option<ReferralId>,
    /// Due at or after.
    pub due_from: Option<DateTime<Utc>>,
    /// Due before.
    pub due_to: Option<DateTime<Utc>>,
    /// How many at most, 1–200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    #[schema(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i64>,
    /// Where the page before ended.
    #[param(max_length = 500)]
    #[schema(max_length = 500)]
    pub cursor: Option<String>,
    /// Also count, exactly up to 10 000.
    pub count: bool,
}

/// The tasks of the acting organisation, the oldest first.
///
/// # Errors
/// 403 without `referrals:read`.
pub async fn list(app: &App, caller: &Caller, query: &TaskQuery, page: PageRequest) -> Result<Page<TaskView>, Refusal> {
    let rule = caller.may(Resource::Referral, Permission::ReferralsRead)?;
    let TaskQuery { mine, kind, state, referral_id, due_from, due_to, limit: _, cursor: _, count: _ } = query.clone();
    let filter = Filter { mine, kinds: kind, state, due_from, due_to, referral: referral_id };
    let (me, now) = (reader(caller), app.clock.now());
    let rows = read::page(&app.db, &rule, me, &filter, page.after(app, caller)?, page.limit).await?;
    let count = if page.count { Some(read::count(&app.db, &rule, me, &filter, page::MOST_COUNTED).await?) } else { None };
    let views = rows.into_iter().map(|row| TaskView::of(row, now)).collect();
    Ok(page.page(app, caller, views, |view: &TaskView| (view.created_at, view.id))?.counted(count))
}

/// One task, with the words for the person where it asks to tell her something.
///
/// # Errors
/// 404 when its referral is not visible, or when it is another organisation's.
pub async fn one(app: &App, caller: &Caller, id: Uuid) -> Result<TaskView, Refusal> {
    one_unless(app, caller, id, |_| false).await
}

/// As [`one`]. Nothing is noted when the caller has this very view already.
///
/// # Errors
/// As [`one`].
pub async fn one_unless(app: &App, caller: &Caller, id: Uuid, known: impl Fn(&TaskView) -> bool) -> Result<TaskView, Refusal> {
    let rule = caller.policy.rule(Resource::Referral, Permission::ReferralsRead);
    let (row, open) = read::one(&app.db, &rule, reader(caller), id).await?;
    let (say, referral) = (words(app, caller, &row, open).await?, row.referral_id);
    let view = TaskView { say, ..TaskView::of(row, app.clock.now()) };
    if let (Some(_), Some(referral), false) = (&view.say, referral, known(&view)) {
        access_journal::shown(app, caller, "referral", vec![referral.0], open).await?;
    }
    Ok(view)
}

/// What a task asks to be told to the person; none for who may not know who she is and how to reach her.
///
/// # Errors
/// As any read.
async fn words(app: &App, caller: &Caller, row: &TaskRow, open: Mask) -> Result<Option<Vec<Saying>>, Refusal> {
    if row.kind != TaskKind::TellThePerson.code() || row.done_at.is_some() || !open.tells_who() {
        return Ok(None);
    }
    Ok(Some(deliver::to_say(app, caller, &told(row)).await?))
}

/// Ticks a task.
///
/// # Errors
/// 404; 403; `task_done_already` (409); 412.
pub async fn finish(app: &App, caller: &Caller, id: Uuid) -> Result<Done, Refusal> {
    tick(app, caller, id, true).await
}

/// Opens a task again.
///
/// # Errors
/// 404; 403; `task_not_done`, `another_task_open` (409); 412.
pub async fn reopen(app: &App, caller: &Caller, id: Uuid) -> Result<Done, Refusal> {
    tick(app, caller, id, false).await
}

async fn tick(app: &App, caller: &Caller, id: Uuid, done: bool) -> Result<Done, Refusal> {
    effect(app, caller, async |tx| {
        let found = write::find(tx, id).await?.ok_or(Refusal::NotFound)?;
        let referral = found.referral_id.ok_or(Refusal::NotFound)?;
        if caller.acting_for.as_ref().is_none_or(|acting| acting.id != found.organisation_id) {
            return Err(Refusal::NotFound);
        }
        // The referral first, then what hangs on it: in this order everywhere.
        let locked = crate::referral::visible(tx, caller, referral).await?;
        let permission = Permission::ReferralsMessage;
        if caller.policy.rule(Resource::Referral, permission).decide(&locked).is_none() {
            let missing = Blocker::permission("permission_missing").with("permission", permission.code());
            return Err(Blocked(vec![missing]).into());
        }
        let before = write::lock(tx, id).await?;
        let is_done = before.done_at.is_some();
        let blockers = if done { blockers_to_do(is_done) } else { blockers_to_reopen(is_done, write::another_open(tx, &before).await?) };
        caller.judged(before.version, Blocked::unless_empty(blockers))?;
        write::tick(tx, &before, caller.actor.user(), done).await?;
        Ok(Done::changed(id))
    })
    .await
}
