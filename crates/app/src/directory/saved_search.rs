//! Saved searches: questions to the directory that a user asks again and again. They are the user's own, for whomever they act.

use relais_domain::directory::{Alert, SearchName, blockers_to_save_search};
use relais_domain::shared::ids::SavedSearchId;
use relais_domain::shared::{Blocked, Blocker};
use relais_persistence::directory::entity::saved_search::{Entity, Model};
use relais_persistence::directory::read;
use relais_persistence::directory::view::{SavedQuery, SavedSearchView};
use relais_persistence::identity::write::lock_user;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::search::question;
use crate::{App, Caller, Done, Page, PageRequest, Refusal, effect};

/// A search to save.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SavedSearchCreate {
    /// The name that I give it.
    pub name: SearchName,
    /// What is asked.
    pub query: SavedQuery,
    /// How often I am told of what is new; never unless asked for.
    #[serde(default)]
    #[schema(value_type = Alert, required = false)]
    pub alert: Option<Alert>,
}

/// A change of a saved search. What is absent stays; the query is replaced whole.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SavedSearchPatch {
    /// The name that I give it.
    #[schema(value_type = SearchName, required = false)]
    pub name: Option<SearchName>,
    /// What is asked.
    #[schema(value_type = SavedQuery, required = false)]
    pub query: Option<SavedQuery>,
    /// How often I am told of what is new.
    #[schema(value_type = Alert, required = false)]
    pub alert: Option<Alert>,
}

/// A query that the list of services would take, as it is stored.
fn checked(app: &App, query: &SavedQuery) -> Result<Value, Refusal> {
    let filter = query.filter().map_err(|error| Refusal::Failed(error.to_string()))?;
    match question(app, &filter) {
        Ok(_) => Ok(Value::Object(query.0.clone())),
        Err(Refusal::Blocked { blockers, allowed }) => {
            Err(Refusal::Blocked { blockers: blockers.into_iter().map(in_body).collect(), allowed })
        }
        Err(other) => Err(other),
    }
}

/// A blocker of a parameter, at its place in the body.
fn in_body(blocker: Blocker) -> Blocker {
    match blocker.pointer.as_deref().and_then(|at| at.strip_prefix('?')) {
        Some(name) => Blocker { pointer: Some(format!("/query/{name}")), ..blocker },
        None => blocker,
    }
}

/// The caller's saved searches, in the order in which they were saved.
///
/// # Errors
/// `not_a_user` (403) for an account of a partner platform; `invalid_cursor` (400).
pub async fn list_saved_searches(app: &App, caller: &Caller, page: &PageRequest) -> Result<Page<SavedSearchView>, Refusal> {
    let user = caller.user()?;
    let rows = read::saved_searches(&app.db, user, page.after(app, caller)?, page.limit + 1).await?;
    let count = page.count_with(async |most| read::saved_searches(&app.db, user, None, most).await).await?;
    let views = rows.into_iter().map(SavedSearchView::from).collect();
    Ok(page.page(app, caller, views, |view: &SavedSearchView| (view.created_at, view.id.0))?.counted(count))
}

/// One of the caller's saved searches.
///
/// # Errors
/// `not_found` (404), also for somebody else's; `not_a_user` (403).
pub async fn read_saved_search(app: &App, caller: &Caller, id: SavedSearchId) -> Result<SavedSearchView, Refusal> {
    Ok(read::saved_search(&app.db, caller.user()?, id).await?.into())
}

/// Saves a search.
///
/// # Errors
/// `too_many_saved_searches` (409); `unknown_code` (422) for a topic; `not_a_user` (403).
pub async fn create_saved_search(app: &App, caller: &Caller, body: &SavedSearchCreate) -> Result<Done, Refusal> {
    let user = caller.user()?;
    effect(app, caller, async |tx| {
        // One after the other for each user: what is counted is what is there.
        lock_user(tx, user).await?.ok_or(Refusal::NotFound)?;
        Blocked::unless_empty(blockers_to_save_search(read::kept_searches(tx, user).await?))?;
        let now = tx.ctx().now;
        let alert = body.alert.unwrap_or(Alert::Off);
        let row = Model {
            id: tx.ctx().fresh(),
            user_id: user,
            name: body.name.clone(),
            query: checked(app, &body.query)?,
            alert,
            alerted_at: (alert != Alert::Off).then_some(now),
            created_at: now,
            updated_at: now,
            version: 1,
        };
        let id = row.id;
        tx.create::<Entity>(row, "create").await?;
        Ok(Done::created(id))
    })
    .await
}

/// Changes a saved search. Who asks for mails is told of what is new from now on; so is who asks another question.
///
/// # Errors
/// `not_found` (404); `version_changed` (412); `unknown_code` (422) for a topic; `not_a_user` (403).
pub async fn update_saved_search(app: &App, caller: &Caller, id: SavedSearchId, patch: &SavedSearchPatch) -> Result<Done, Refusal> {
    let user = caller.user()?;
    effect(app, caller, async |tx| {
        let before = read::lock_search(tx, Some(user), id).await?;
        caller.saw(before.version)?;
        let now = tx.ctx().now;
        let SavedSearchPatch { name, query, alert } = patch.clone();
        let mut after = before.clone();
        after.name = name.unwrap_or(after.name);
        after.alert = alert.unwrap_or(after.alert);
        if let Some(query) = &query {
            after.query = checked(app, query)?;
        }
        let asked_anew = before.alert == Alert::Off || after.query != before.query;
        after.alerted_at = if after.alert == Alert::Off {
            None
        } else if asked_anew {
            Some(now)
        } else {
            before.alerted_at
        };
        if after != before {
            tx.save::<Entity>(&before, Model { updated_at: now, ..after }, "update").await?;
        }
        Ok(Done::changed(id))
    })
    .await
}

/// Forgets a saved search.
///
/// # Errors
/// `not_found` (404); `version_changed` (412); `not_a_user` (403).
pub async fn delete_saved_search(app: &App, caller: &Caller, id: SavedSearchId) -> Result<Done, Refusal> {
    let user = caller.user()?;
    effect(app, caller, async |tx| {
        let row = read::lock_search(tx, Some(user), id).await?;
        caller.saw(row.version)?;
        tx.remove::<Entity>(row, "delete").await?;
        Ok(Done::gone(id))
    })
    .await
}
