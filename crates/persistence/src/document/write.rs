//! Writing files and what refers to them.

use chrono::{DateTime, Utc};
use relais_domain::document::{DocumentPurpose, DocumentState};
use relais_domain::referral::State;
use relais_domain::shared::ids::{DocumentId, ReferralId, ServiceId};
use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QuerySelect as _};

use super::entity::{document, service_form};
use crate::db::{Failure, Tx};
use crate::referral::entity::{referral, referral_document};

pub use super::entity::document::Model as Document;
pub use super::entity::service_form::Model as ServiceForm;
pub use crate::referral::entity::referral_document::Model as Reference;

/// Keeps a new file.
///
/// # Errors
/// As any write.
pub async fn create(tx: &mut Tx, file: Document) -> Result<(), Failure> {
    tx.create::<document::Entity>(file, "upload").await
}

/// Locks a file.
///
/// # Errors
/// [`Failure::Missing`].
pub async fn lock(tx: &Tx, id: DocumentId) -> Result<Document, Failure> {
    document::Entity::find_by_id(id).lock(LockType::Update).one(tx.conn()).await?.ok_or(Failure::Missing)
}

/// Saves a file.
///
/// # Errors
/// As any write.
pub async fn save(tx: &mut Tx, before: &Document, after: Document, act: &str) -> Result<(), Failure> {
    tx.save::<document::Entity>(before, after, act).await
}

/// The references of a referral; with those that it has lost, or without.
///
/// # Errors
/// As any read.
pub async fn references_of(tx: &Tx, referral: ReferralId, with_lost: bool) -> Result<Vec<Reference>, Failure> {
    let all = referral_document::Entity::find().filter(referral_document::Column::ReferralId.eq(referral)).all(tx.conn()).await?;
    Ok(all.into_iter().filter(|reference| with_lost || reference.dropped_at.is_none()).collect())
}

/// The references to a file, with those that were lost.
///
/// # Errors
/// As any read.
pub async fn references_to(tx: &Tx, id: DocumentId) -> Result<Vec<Reference>, Failure> {
    Ok(referral_document::Entity::find().filter(referral_document::Column::DocumentId.eq(id)).all(tx.conn()).await?)
}

/// One reference.
///
/// # Errors
/// [`Failure::Missing`].
pub async fn reference(tx: &Tx, referral: ReferralId, id: DocumentId) -> Result<Reference, Failure> {
    referral_document::Entity::find_by_id((referral, id)).one(tx.conn()).await?.ok_or(Failure::Missing)
}

/// Makes a referral refer to a file.
///
/// # Errors
/// As any write.
pub async fn refer(tx: &mut Tx, reference: Reference) -> Result<(), Failure> {
    tx.create::<referral_document::Entity>(reference, "add_document").await
}

/// A referral that has ended loses a file, or has it again.
///
/// # Errors
/// As any write.
pub async fn set_dropped(tx: &mut Tx, reference: &Reference, at: Option<DateTime<Utc>>) -> Result<(), Failure> {
    let act = if at.is_some() { "drop_document" } else { "restore_document" };
    tx.save::<referral_document::Entity>(reference, Reference { dropped_at: at, ..reference.clone() }, act).await
}

/// Takes a reference away.
///
/// # Errors
/// As any write.
pub async fn unrefer(tx: &mut Tx, reference: Reference) -> Result<(), Failure> {
    tx.remove::<referral_document::Entity>(reference, "remove_document").await
}

/// What still holds a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holders {
    /// Referrals that are open, drafts among them.
    pub open: usize,
    /// When the last of those ended that keep it after their end.
    pub last_end: Option<DateTime<Utc>>,
    /// It left with a referral.
    pub sent: bool,
    /// It is the blank form of a service.
    pub blank_form: bool,
}

/// What still holds a file; references that were lost do not.
///
/// # Errors
/// As any read.
pub async fn holders(tx: &Tx, file: &Document) -> Result<Holders, Failure> {
    if file.purpose == DocumentPurpose::BlankForm {
        return Ok(Holders { blank_form: lock_blank_form(tx, file.id).await?.is_some(), ..Holders::default() });
    }
    let references = references_to(tx, file.id).await?;
    let ids: Vec<ReferralId> = references.iter().map(|reference| reference.referral_id).collect();
    let legs: Vec<(ReferralId, State, Option<DateTime<Utc>>)> = referral::Entity::find()
        .select_only()
        .columns([referral::Column::Id, referral::Column::State, referral::Column::EndedAt])
        .filter(referral::Column::Id.is_in(ids))
        .into_tuple()
        .all(tx.conn())
        .await?;
    let mut holders = Holders::default();
    for (id, state, ended_at) in legs {
        holders.sent |= state != State::Draft;
        let kept = references.iter().any(|reference| reference.referral_id == id && reference.dropped_at.is_none());
        match ended_at.filter(|_| state.has_ended()) {
            _ if !kept => {}
            None => holders.open += 1,
            Some(at) => holders.last_end = holders.last_end.max(Some(at)),
        }
    }
    Ok(holders)
}

/// The blank form that a file is, or is to become, locked. It is locked before its files, everywhere.
///
/// # Errors
/// As any read.
pub async fn lock_blank_form(tx: &Tx, id: DocumentId) -> Result<Option<ServiceForm>, Failure> {
    use service_form::Column as C;
    let of = Condition::any().add(C::DocumentId.eq(id)).add(C::WaitingId.eq(id));
    Ok(service_form::Entity::find().filter(of).lock(LockType::Update).one(tx.conn()).await?)
}

/// Makes a file the blank form of a document. One that everybody has stays until the new one is found clean ([`judge_blank_form`]). Gives
/// the file that is needed no longer. The caller holds the lock of the service.
///
/// # Errors
/// As any write.
pub async fn set_blank_form(tx: &mut Tx, service: ServiceId, code: &str, id: DocumentId) -> Result<Option<DocumentId>, Failure> {
    let before = service_form::Entity::find_by_id((service, code.to_owned())).lock(LockType::Update).one(tx.conn()).await?;
    let Some(before) = before else {
        let form = ServiceForm { service_id: service, code: code.to_owned(), document_id: id, waiting_id: None };
        return tx.create::<service_form::Entity>(form, "add_form").await.map(|()| None);
    };
    let shown = lock(tx, before.document_id).await?;
    let (after, needless) = if shown.state == DocumentState::Clean {
        (ServiceForm { waiting_id: Some(id), ..before.clone() }, before.waiting_id)
    } else {
        (ServiceForm { document_id: id, waiting_id: None, ..before.clone() }, Some(before.document_id))
    };
    tx.save::<service_form::Entity>(&before, after, "replace_form").await?;
    Ok(needless)
}

/// A file was judged that may wait for the place of a blank form: a clean one takes it, another waits no longer. Gives the file that is
/// needed no longer.
///
/// # Errors
/// As any write.
pub async fn judge_blank_form(tx: &mut Tx, id: DocumentId, clean: bool) -> Result<Option<DocumentId>, Failure> {
    let Some(before) = lock_blank_form(tx, id).await?.filter(|form| form.waiting_id == Some(id)) else { return Ok(None) };
    let (document_id, needless) = if clean { (id, Some(before.document_id)) } else { (before.document_id, None) };
    let after = ServiceForm { document_id, waiting_id: None, ..before.clone() };
    tx.save::<service_form::Entity>(&before, after, if clean { "replace_form" } else { "keep_form" }).await?;
    Ok(needless)
}

/// A file is no blank form any more, nor waits to become one. One that waits takes the place of the one that goes.
///
/// # Errors
/// As any write.
pub async fn drop_blank_form(tx: &mut Tx, id: DocumentId) -> Result<(), Failure> {
    let Some(before) = lock_blank_form(tx, id).await? else { return Ok(()) };
    let document_id = if before.waiting_id == Some(id) { Some(before.document_id) } else { before.waiting_id };
    match document_id {
        Some(document_id) => {
            let after = ServiceForm { document_id, waiting_id: None, ..before.clone() };
            tx.save::<service_form::Entity>(&before, after, "remove_form").await
        }
        None => tx.remove::<service_form::Entity>(before, "remove_form").await,
    }
}

/// Whether nothing of a file is left to read.
pub fn is_gone(file: &Document) -> bool {
    matches!(file.state, DocumentState::Erased | DocumentState::Refused)
}
