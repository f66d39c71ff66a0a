//! Writing files and what refers to them.

use chrono::{DateTime, Utc};
use relais_domain::document::{DocumentPurpose, DocumentState};
use relais_domain::referral::State;
use relais_domain::shared::ids::{DocumentId, ReferralId};
use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _};

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
        let form = service_form::Entity::find().filter(service_form::Column::DocumentId.eq(file.id)).one(tx.conn()).await?;
        return Ok(Holders { blank_form: form.is_some(), ..Holders::default() });
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

/// Makes a file the blank form of a document; gives the file that was it before.
///
/// # Errors
/// As any write.
pub async fn set_blank_form(tx: &mut Tx, form: ServiceForm) -> Result<Option<DocumentId>, Failure> {
    let before = service_form::Entity::find_by_id((form.service_id, form.code.clone())).one(tx.conn()).await?;
    match before {
        Some(before) => {
            let replaced = before.document_id;
            tx.save::<service_form::Entity>(&before, form, "replace_form").await?;
            Ok(Some(replaced))
        }
        None => tx.create::<service_form::Entity>(form, "add_form").await.map(|()| None),
    }
}

/// A file is no blank form any more.
///
/// # Errors
/// As any write.
pub async fn drop_blank_form(tx: &mut Tx, id: DocumentId) -> Result<(), Failure> {
    match service_form::Entity::find().filter(service_form::Column::DocumentId.eq(id)).one(tx.conn()).await? {
        Some(form) => tx.remove::<service_form::Entity>(form, "remove_form").await,
        None => Ok(()),
    }
}

/// Whether nothing of a file is left to read.
pub fn is_gone(file: &Document) -> bool {
    matches!(file.state, DocumentState::Erased | DocumentState::Refused)
}
