//! Identity links: two records of one organisation that are the same person. Reversible: a link joins what is shown.

use relais_domain::access::{Permission, Resource};
use relais_domain::person::blockers_to_link;
use relais_domain::shared::ids::{IdentityLinkId, PersonId};
use relais_domain::shared::{Blocked, Blocker};
use relais_persistence::Tx;
use relais_persistence::person::entity::identity_link;
use relais_persistence::person::view::IdentityLinkView;
use relais_persistence::person::{read, write};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{locked_with, seen};
use crate::{App, Caller, Done, Page, PageRequest, Refusal, effect};

/// The other record of the same person.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkCommand {
    /// The other record, of the same organisation.
    pub other_id: PersonId,
}

/// The links of a record, the oldest first.
///
/// # Errors
/// 404 when the record is not visible; 403 without `people:read`.
pub async fn links(app: &App, caller: &Caller, id: PersonId, page: PageRequest) -> Result<Page<IdentityLinkView>, Refusal> {
    caller.may(Resource::Person, Permission::PeopleRead)?;
    seen(app, caller, id).await?;
    let rows = read::links(&app.db, id, page.after(app, caller)?, page.limit + 1).await?;
    let count = page.count_with(async |most| read::links(&app.db, id, None, most).await).await?;
    Ok(page.page(app, caller, rows, |row| (row.created_at, row.id.0))?.counted(count))
}

/// One link of a record.
///
/// # Errors
/// As [`links`]; 404 for a link of another record.
pub async fn one_link(app: &App, caller: &Caller, id: PersonId, link: IdentityLinkId) -> Result<IdentityLinkView, Refusal> {
    caller.may(Resource::Person, Permission::PeopleRead)?;
    seen(app, caller, id).await?;
    Ok(read::link(&app.db, id, link).await?)
}

/// Says that two records are the same person.
///
/// # Errors
/// `already_linked`, `too_many_linked`, `person_erased` (409); `same_person_record`, `unknown_reference` (422) for a record that
/// the caller may not change, or of another organisation.
pub async fn create_link(app: &App, caller: &Caller, id: PersonId, command: LinkCommand) -> Result<Done, Refusal> {
    effect(app, caller, async |tx| {
        // One after the other in an organisation, before any record is locked: two links at once never close a circle.
        let organisation = caller.organisation()?;
        write::lock_links(tx, organisation).await?;
        let (row, _) = locked_with(tx, caller, id, Permission::PeopleWrite).await?;
        let other = match other_record(tx, caller, command.other_id).await {
            Err(Refusal::NotFound | Refusal::Forbidden(_)) => Err(Refusal::unknown_reference("/other_id")),
            found => found,
        }?;
        if other.organisation_id != row.organisation_id {
            return Err(Refusal::unknown_reference("/other_id"));
        }
        let links = read::links_around(tx, id, other.id).await?;
        let mut blockers = blockers_to_link(id, other.id, &links);
        if row.blanked_at.or(other.blanked_at).is_some() {
            blockers.push(Blocker::state("person_erased"));
        }
        Blocked::unless_empty(blockers)?;
        let (first, second) = if id < other.id { (id, other.id) } else { (other.id, id) };
        let link = identity_link::Model {
            id: tx.ctx().fresh(),
            organisation_id: row.organisation_id,
            person_id: first,
            other_person_id: second,
            linked_by: caller.actor.user(),
            created_at: tx.ctx().now,
            version: 1,
        };
        let made = link.id;
        tx.create::<identity_link::Entity>(link, "link").await?;
        tx.event("person_linked", "person", id.0, Some(row.organisation_id));
        Ok(Done::created(made))
    })
    .await
}

async fn other_record(tx: &Tx, caller: &Caller, id: PersonId) -> Result<relais_persistence::person::entity::person::Model, Refusal> {
    Ok(locked_with(tx, caller, id, Permission::PeopleWrite).await?.0)
}

/// Takes a link away: both records are what they were.
///
/// # Errors
/// 404 for a link of another record; `version_changed` (412).
pub async fn delete_link(app: &App, caller: &Caller, id: PersonId, link: IdentityLinkId) -> Result<Done, Refusal> {
    effect(app, caller, async |tx| {
        let organisation = caller.organisation()?;
        write::lock_links(tx, organisation).await?;
        let seen = write::find(tx, id).await?;
        if caller.policy.rule(Resource::Person, Permission::PeopleRead).decide(&seen).is_none() {
            return Err(Refusal::NotFound);
        }
        if caller.policy.rule(Resource::Person, Permission::PeopleWrite).decide(&seen).is_none() {
            return Err(Refusal::Forbidden(Permission::PeopleWrite));
        }
        let row = write::lock_link(tx, id, link).await?;
        caller.saw(row.version)?;
        tx.event("person_unlinked", "person", id.0, Some(row.organisation_id));
        tx.remove::<identity_link::Entity>(row, "unlink").await?;
        Ok(Done::gone(link))
    })
    .await
}
