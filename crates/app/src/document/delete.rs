//! Deleting a file before it was sent.

use relais_domain::access::{Permission, Resource};
use relais_domain::document::{DocumentPurpose, blockers_to_delete};
use relais_domain::shared::Blocked;
use relais_domain::shared::ids::DocumentId;
use relais_persistence::document::write;
use relais_persistence::referral;

use super::life;
use super::read::{Seen, seen};
use crate::{App, Caller, Done, Refusal, access_journal, effect};

/// Deletes a file that no referral left with: drafts lose it. A blank form is no longer one.
///
/// # Errors
/// 404 when it is not visible; 403 when another organisation uploaded it; 409 `document_sent`; 412.
pub async fn delete(app: &App, caller: &Caller, id: DocumentId) -> Result<Done, Refusal> {
    let found = seen(app, caller, id).await?;
    let done = deleted(app, caller, &found).await;
    if matches!(&done, Err(Refusal::Forbidden(_) | Refusal::Blocked { .. })) {
        access_journal::refused(app, caller, "document", id.0).await?;
    }
    done
}

/// Deletes a file that is in sight.
async fn deleted(app: &App, caller: &Caller, found: &Seen) -> Result<Done, Refusal> {
    let id = found.file.id;
    let (resource, permission) = match found.file.purpose {
        DocumentPurpose::Referral => (Resource::Referral, Permission::ReferralsWrite),
        DocumentPurpose::BlankForm => (Resource::Service, Permission::ServicesWrite),
    };
    caller.may(resource, permission)?;
    if !found.own {
        return Err(Refusal::Forbidden(permission));
    }
    effect(app, caller, async |tx| {
        // The legs before the file, as everywhere: whoever sends one of them meanwhile comes first or is waited for.
        let mut legs: Vec<_> = write::references_to(tx, id).await?.into_iter().map(|reference| reference.referral_id).collect();
        legs.sort();
        for leg in legs {
            referral::write::lock(tx, leg).await?;
        }
        write::lock_blank_form(tx, id).await?;
        let file = write::lock(tx, id).await?;
        let holders = write::holders(tx, &file).await?;
        caller.judged(file.version, Blocked::unless_empty(blockers_to_delete(holders.sent)))?;
        for reference in write::references_to(tx, id).await? {
            write::unrefer(tx, reference).await?;
        }
        write::drop_blank_form(tx, id).await?;
        if !write::is_gone(&file) {
            life::gone(tx, &file).await?;
        }
        Ok(Done::gone(id.0))
    })
    .await
}
