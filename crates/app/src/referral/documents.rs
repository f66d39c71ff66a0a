//! The files of a referral: added and taken away by the sender while it is a draft.

use relais_domain::access::{Category, Mask, Permission, Resource};
use relais_domain::document::{DocumentPurpose, blockers_to_attach};
use relais_domain::referral::{Act, Change, Offer};
use relais_domain::shared::ids::{DocumentId, ReferralId};
use relais_domain::shared::{Blocked, Blocker};
use relais_persistence::document::view::ReferralDocumentView;
use relais_persistence::document::write::{self, Reference};
use relais_persistence::referral::{self as legs, write::Locked};
use relais_persistence::{Failure, Tx, document};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::act::{missing_permission, note_refusal, offer_of, party_of, possible, visible};
use super::reactions;
use super::read::reader;
use super::terms::Terms;
use crate::{App, Caller, Done, Refusal, access_journal, document as files, effect};

/// A file to add to a referral.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReferralDocument {
    /// A file that this organisation uploaded.
    pub document_id: DocumentId,
    /// Which of the documents that the service asks for it is; none for one that was not asked for.
    #[serde(default)]
    #[schema(max_length = 100)]
    pub code: Option<String>,
}

/// The files of a referral.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReferralDocuments {
    /// The files, in the order in which they were added; null to who may not see them.
    #[schema(max_items = 100)]
    pub items: Option<Vec<ReferralDocumentView>>,
    /// `documents` when they are withheld.
    pub hidden: Vec<Category>,
}

/// The files of a leg, as far as the caller sees them; none when the caller sees the leg without its files.
async fn found(app: &App, caller: &Caller, id: ReferralId) -> Result<Option<Vec<ReferralDocumentView>>, Refusal> {
    let rule = caller.policy.rule(Resource::Referral, Permission::ReferralsRead);
    let open = legs::read::mask(&app.db, &rule, reader(caller), id).await?;
    if !open.contains(Category::Documents) {
        return Ok(None);
    }
    Ok(Some(document::read::of_referral(&app.db, id).await?))
}

/// The caller is shown files of a leg: it is noted before the answer leaves.
async fn note_shown(app: &App, caller: &Caller, id: ReferralId) -> Result<(), Refusal> {
    access_journal::shown(app, caller, "referral", vec![id.0], Mask::of(&[Category::Documents])).await
}

/// Lists the files of a referral.
///
/// # Errors
/// 404 when the referral is not visible.
pub async fn documents(app: &App, caller: &Caller, id: ReferralId) -> Result<ReferralDocuments, Refusal> {
    let items = found(app, caller, id).await?;
    if items.as_ref().is_some_and(|items| !items.is_empty()) {
        note_shown(app, caller, id).await?;
    }
    let hidden = if items.is_none() { vec![Category::Documents] } else { vec![] };
    Ok(ReferralDocuments { items, hidden })
}

/// One file of a referral.
///
/// # Errors
/// 404 when the referral or its files are not visible, or it does not refer to this one.
pub async fn document(app: &App, caller: &Caller, id: ReferralId, document: DocumentId) -> Result<ReferralDocumentView, Refusal> {
    document_unless(app, caller, id, document, |_| false).await
}

/// As [`document`]. Nothing is noted when the caller has this very view already: then it is not shown again.
///
/// # Errors
/// As [`document`].
pub async fn document_unless(
    app: &App,
    caller: &Caller,
    id: ReferralId,
    document: DocumentId,
    known: impl Fn(&ReferralDocumentView) -> bool,
) -> Result<ReferralDocumentView, Refusal> {
    let items = found(app, caller, id).await?.ok_or(Refusal::NotFound)?;
    let view = items.into_iter().find(|item| item.id == document).ok_or(Refusal::NotFound)?;
    if !known(&view) {
        note_shown(app, caller, id).await?;
    }
    Ok(view)
}

/// Checks what comes before the file itself: the leg in sight, the permission, the draft.
async fn changeable(tx: &Tx, app: &App, caller: &Caller, id: ReferralId) -> Result<Locked, Refusal> {
    let locked = visible(tx, caller, id).await?;
    let mut blockers: Vec<Blocker> = missing_permission(caller, &locked, Act::Patch).into_iter().collect();
    if blockers.is_empty() {
        blockers = locked.leg.blockers_to_change_documents(party_of(caller, &locked.leg, Act::Patch));
    }
    if blockers.is_empty() {
        return Ok(locked);
    }
    Err(Refusal::Blocked { blockers, allowed: possible(tx, app, caller, &locked).await? })
}

/// Whoever works on the files of a draft works on the draft: it is kept as long as after any other change.
async fn touch(app: &App, tx: &mut Tx, locked: &Locked) -> Result<(), Refusal> {
    let terms = Terms::of_leg(app, tx, &locked.leg).await?;
    let referral = locked.leg.clone().touched(&terms.clocks, tx.ctx().now);
    legs::write::touch(tx, &referral).await?;
    reactions::follow(app, tx, Some(&locked.leg), &Change { referral, events: vec![] }).await
}

fn unasked(code: Option<&str>, offer: Option<&Offer>) -> Option<Blocker> {
    let code = code?;
    let asked = offer.is_some_and(|offer| offer.documents.iter().any(|asked| asked.code == code));
    (!asked).then(|| Blocker::content("unknown_document").at("/code"))
}

/// Adds a file to a draft.
///
/// # Errors
/// 404; 403; 409 `already_sent`, `already_attached`, `document_pending`; 422 `unknown_reference` for a file of nobody or of another
/// organisation, `document_refused`, `document_erased`, `unknown_document`, `too_many_documents`.
pub async fn add_document(app: &App, caller: &Caller, id: ReferralId, new: NewReferralDocument) -> Result<Done, Refusal> {
    // Read before the transaction, which keeps the only connection that it needs. A colleague's file that the caller does not see is none.
    let unseen = match files::seen(app, caller, new.document_id).await {
        Err(Refusal::NotFound) => true,
        found => found.map(|_| false)?,
    };
    let done = effect(app, caller, async |tx| {
        let locked = changeable(tx, app, caller, id).await?;
        let file = match write::lock(tx, new.document_id).await {
            Err(Failure::Missing) => None,
            other => Some(other?),
        };
        let ours =
            |file: &write::Document| file.organisation_id == locked.leg.sender_organisation_id && file.purpose == DocumentPurpose::Referral;
        let file = file.filter(|file| !unseen && ours(file)).ok_or_else(|| Refusal::unknown_reference("/document_id"))?;
        let references = write::references_of(tx, id, true).await?;
        let mut blockers = vec![];
        if references.iter().any(|reference| reference.document_id == file.id) {
            blockers.push(Blocker::state("already_attached").at("/document_id"));
        }
        blockers.extend(blockers_to_attach(file.state, references.len()));
        let offer = offer_of(tx, &locked.leg).await?;
        blockers.extend(unasked(new.code.as_deref(), offer.as_ref()));
        Blocked::unless_empty(blockers)?;
        let added_at = tx.ctx().now;
        let code = new.code.clone();
        let reference = Reference { referral_id: id, document_id: file.id, code, added_at, dropped_at: None, version: 1 };
        write::refer(tx, reference).await?;
        touch(app, tx, &locked).await?;
        files::settle(tx, file.id).await?;
        tx.event("referral_document_added", "referral", id.0, Some(locked.leg.sender_organisation_id));
        Ok(Done::created(file.id.0))
    })
    .await;
    note_refusal(app, caller, id, &done).await?;
    done
}

/// Takes a file away from a draft. The file itself stays for three hours, or as long as another referral refers to it.
///
/// # Errors
/// 404; 403; 409 `already_sent`; 412.
pub async fn remove_document(app: &App, caller: &Caller, id: ReferralId, document: DocumentId) -> Result<Done, Refusal> {
    let done = effect(app, caller, async |tx| {
        let locked = changeable(tx, app, caller, id).await?;
        let reference = write::reference(tx, id, document).await?;
        caller.saw(reference.version)?;
        write::unrefer(tx, reference).await?;
        touch(app, tx, &locked).await?;
        files::settle(tx, document).await?;
        tx.event("referral_document_removed", "referral", id.0, Some(locked.leg.sender_organisation_id));
        Ok(Done::gone(document.0))
    })
    .await;
    note_refusal(app, caller, id, &done).await?;
    done
}
