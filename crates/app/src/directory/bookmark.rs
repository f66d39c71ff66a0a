//! Bookmarks: services that a user has marked to find them again. They are the user's own, for whomever they act.

use relais_domain::directory::{BookmarkNote, blockers_to_bookmark};
use relais_domain::shared::ids::{BookmarkId, ServiceId};
use relais_domain::shared::{Blocked, Blocker};
use relais_persistence::directory::entity::bookmark;
use relais_persistence::directory::read;
use relais_persistence::directory::view::BookmarkView;
use relais_persistence::identity::write::lock_user;
use serde::Deserialize;
use utoipa::ToSchema;

use super::sight::Sight;
use crate::{App, Caller, Done, Page, PageRequest, Refusal, effect};

/// A service to mark.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BookmarkCreate {
    /// The service.
    pub service_id: ServiceId,
    /// What I note beside it; only I read it.
    #[serde(default)]
    pub note: Option<BookmarkNote>,
}

/// A change of a bookmark. What is absent stays; null clears.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BookmarkPatch {
    /// What I note beside it.
    #[serde(deserialize_with = "crate::patch::patched")]
    #[schema(value_type = Option<BookmarkNote>)]
    pub note: Option<Option<BookmarkNote>>,
}

/// The caller's bookmarks, in the order in which they were made. What was marked stays in the list whatever becomes of it.
///
/// # Errors
/// `not_a_user` (403) for an account of a partner platform; `invalid_cursor` (400).
pub async fn list_bookmarks(app: &App, caller: &Caller, page: &PageRequest) -> Result<Page<BookmarkView>, Refusal> {
    let user = caller.user()?;
    let rows = read::bookmarks(&app.db, user, page.after(app, caller)?, page.limit + 1).await?;
    let count = page.count_with(async |most| read::bookmarks(&app.db, user, None, most).await).await?;
    Ok(page.page(app, caller, rows, |row| (row.created_at, row.id.0))?.counted(count))
}

/// One of the caller's bookmarks.
///
/// # Errors
/// `not_found` (404), also for somebody else's; `not_a_user` (403).
pub async fn read_bookmark(app: &App, caller: &Caller, id: BookmarkId) -> Result<BookmarkView, Refusal> {
    Ok(read::bookmark(&app.db, caller.user()?, id).await?)
}

/// Marks a service that the caller sees.
///
/// # Errors
/// `already_bookmarked`, `too_many_bookmarks` (409); `unknown_reference` (422) for a service that the caller does not see;
/// `not_a_user` (403).
pub async fn create_bookmark(app: &App, caller: &Caller, body: &BookmarkCreate) -> Result<Done, Refusal> {
    let user = caller.user()?;
    let sight = Sight::of(app, caller);
    effect(app, caller, async |tx| {
        // One after the other for each user: what is counted is what is there.
        lock_user(tx, user).await?.ok_or(Refusal::NotFound)?;
        let (known, kept) = read::kept_bookmarks(tx, user, body.service_id).await?;
        let mut blockers = blockers_to_bookmark(known, kept);
        if !read::sees(tx, sight.eyes(), body.service_id).await? {
            blockers.push(Blocker::content("unknown_reference").at("/service_id"));
        }
        Blocked::unless_empty(blockers)?;
        let row = bookmark::Model {
            id: tx.ctx().fresh(),
            user_id: user,
            service_id: body.service_id,
            note: body.note.clone(),
            created_at: tx.ctx().now,
            version: 1,
        };
        let id = row.id;
        tx.create::<bookmark::Entity>(row, "create").await?;
        Ok(Done::created(id))
    })
    .await
}

/// Changes the note of a bookmark.
///
/// # Errors
/// `not_found` (404); `version_changed` (412); `not_a_user` (403).
pub async fn update_bookmark(app: &App, caller: &Caller, id: BookmarkId, patch: &BookmarkPatch) -> Result<Done, Refusal> {
    let user = caller.user()?;
    effect(app, caller, async |tx| {
        let before = read::lock_bookmark(tx, user, id).await?;
        caller.saw(before.version)?;
        let note = patch.note.clone().unwrap_or_else(|| before.note.clone());
        tx.save::<bookmark::Entity>(&before, bookmark::Model { note, ..before.clone() }, "update").await?;
        Ok(Done::changed(id))
    })
    .await
}

/// Takes a mark away.
///
/// # Errors
/// `not_found` (404); `version_changed` (412); `not_a_user` (403).
pub async fn delete_bookmark(app: &App, caller: &Caller, id: BookmarkId) -> Result<Done, Refusal> {
    let user = caller.user()?;
    effect(app, caller, async |tx| {
        let row = read::lock_bookmark(tx, user, id).await?;
        caller.saw(row.version)?;
        tx.remove::<bookmark::Entity>(row, "delete").await?;
        Ok(Done::gone(id))
    })
    .await
}
