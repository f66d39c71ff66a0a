//! Forgetting a person on demand.

use relais_domain::access::{Permission, Resource};
use relais_domain::person::{EraseReason, blockers_to_erase};
use relais_domain::shared::Blocked;
use relais_domain::shared::ids::PersonId;
use relais_persistence::person::held::{self, Whose};
use relais_persistence::person::write;
use relais_persistence::referral::write as legs;
use serde::Deserialize;
use utoipa::ToSchema;

use super::locked_with;
use crate::{App, Caller, Done, Refusal, document, effect, reactions};

/// Why a person is erased.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EraseCommand {
    /// Why; kept with the act in the journal of changes.
    pub reason: EraseReason,
}

/// Erases what is held on a person: the record, its referrals with their threads and notes on both sides, their mails in the sandbox,
/// their values in the journal of changes, and the files that were taken out of lists in which they stood. Ids, states and instants
/// stay for the counts. A record that another organisation keeps of its own stays with it. Linked records are erased one by one.
///
/// # Errors
/// 404 when the record is not visible; 403 without `people:erase`; `open_referral`, `person_erased` (409); 412.
pub async fn erase(app: &App, caller: &Caller, id: PersonId, command: &EraseCommand) -> Result<Done, Refusal> {
    caller.may(Resource::Person, Permission::PeopleRead)?;
    let done = effect(app, caller, async |tx| {
        // Legs before the record: in the order in which every act locks them.
        let mut open = 0;
        let about = write::legs_of(tx, id).await?;
        for leg in &about {
            let locked = legs::lock(tx, *leg).await?;
            open += usize::from(!locked.leg.state.has_ended());
        }
        let (row, _) = locked_with(tx, caller, id, Permission::PeopleErase).await?;
        // From here on no leg can name the record any more. One that did meanwhile is not locked: the whole is tried once more.
        if write::legs_of(tx, id).await? != about {
            return Err(Refusal::Deadlock);
        }
        let blockers = blockers_to_erase(open, row.blanked_at.is_some());
        caller.judged(row.version, Blocked::unless_empty(blockers))?;
        let mut readers = write::told_of(tx, &about).await?;
        readers.push(row.organisation_id);
        document::forgotten(tx, &about).await?;
        held::forget(tx, Whose { people: &[id], legs: &about }, "erase", Some(command.reason.code())).await?;
        reactions::less_is_read(tx, &readers).await?;
        tx.event("person_erased", "person", id.0, Some(row.organisation_id));
        Ok(Done::changed(id.0))
    })
    .await?;
    if !caller.request.dry_run {
        app.db.drop_former_pages().await?;
    }
    Ok(done)
}
