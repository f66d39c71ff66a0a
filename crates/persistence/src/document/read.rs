//! Reading files.

use std::collections::HashSet;

use relais_domain::document::{Attached, DocumentState};
use relais_domain::shared::ids::{DocumentId, ReferralId, ServiceId};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};

use super::entity::{document, service_form};
use super::view::{BlankFormView, ReferralDocumentView};
use crate::db::{Db, Failure, Tx};
use crate::referral::entity::referral_document;

pub use super::entity::document::Model as Document;

/// One file, whoever asks. Who may see it is decided by whose it is and by the referrals that refer to it.
///
/// # Errors
/// As any read; [`Failure::Missing`].
pub async fn one(db: &Db, id: DocumentId) -> Result<Document, Failure> {
    document::Entity::find_by_id(id).one(db.reader()).await?.ok_or(Failure::Missing)
}

/// Files by their ids.
async fn files(conn: &impl sea_orm::ConnectionTrait, ids: Vec<DocumentId>) -> Result<Vec<Document>, Failure> {
    Ok(document::Entity::find().filter(document::Column::Id.is_in(ids)).all(conn).await?)
}

/// The files of a referral, in the order in which they were added, with those that it has lost.
///
/// # Errors
/// As any read.
pub async fn of_referral(db: &Db, referral: ReferralId) -> Result<Vec<ReferralDocumentView>, Failure> {
    let references = referral_document::Entity::find()
        .filter(referral_document::Column::ReferralId.eq(referral))
        .order_by_asc(referral_document::Column::AddedAt)
        .order_by_asc(referral_document::Column::DocumentId)
        .all(db.reader())
        .await?;
    let mut files = files(db.reader(), references.iter().map(|reference| reference.document_id).collect()).await?;
    let with_file = references.into_iter().filter_map(|reference| {
        let at = files.iter().position(|file| file.id == reference.document_id)?;
        Some(ReferralDocumentView::of(reference, files.swap_remove(at)))
    });
    Ok(with_file.collect())
}

/// What a referral refers to now, as sending it has to know it.
///
/// # Errors
/// As any read.
pub async fn attached(tx: &Tx, referral: ReferralId) -> Result<Vec<Attached>, Failure> {
    let references = referral_document::Entity::find()
        .filter(referral_document::Column::ReferralId.eq(referral))
        .filter(referral_document::Column::DroppedAt.is_null())
        .order_by_asc(referral_document::Column::AddedAt)
        .all(tx.conn())
        .await?;
    let files = files(tx.conn(), references.iter().map(|reference| reference.document_id).collect()).await?;
    let state = |id| files.iter().find(|file| file.id == id).map_or(DocumentState::Erased, |file| file.state);
    Ok(references
        .into_iter()
        .map(|reference| Attached { id: reference.document_id, state: state(reference.document_id), code: reference.code })
        .collect())
}

/// Whether a referral refers to a file now.
///
/// # Errors
/// As any read.
pub async fn is_referred_to(db: &Db, id: DocumentId) -> Result<bool, Failure> {
    let references = referral_document::Entity::find()
        .filter(referral_document::Column::DocumentId.eq(id))
        .filter(referral_document::Column::DroppedAt.is_null());
    Ok(references.one(db.reader()).await?.is_some())
}

/// Those of some keys that belong to no file.
///
/// # Errors
/// As any read.
pub async fn without_row(db: &Db, keys: Vec<String>) -> Result<Vec<String>, Failure> {
    let known: Vec<Option<String>> = document::Entity::find()
        .select_only()
        .column(document::Column::BlobKey)
        .filter(document::Column::BlobKey.is_in(keys.iter().map(String::as_str)))
        .into_tuple()
        .all(db.reader())
        .await?;
    let known: HashSet<String> = known.into_iter().flatten().collect();
    Ok(keys.into_iter().filter(|key| !known.contains(key)).collect())
}

/// The blank forms of a service that everybody may have.
///
/// # Errors
/// As any read.
pub async fn blank_forms(db: &Db, service: ServiceId) -> Result<Vec<BlankFormView>, Failure> {
    let rows = service_form::Entity::find()
        .filter(service_form::Column::ServiceId.eq(service))
        .order_by_asc(service_form::Column::Code)
        .all(db.reader())
        .await?;
    if rows.is_empty() {
        return Ok(vec![]);
    }
    let files = files(db.reader(), rows.iter().map(|row| row.document_id).collect()).await?;
    let shown = rows.into_iter().filter_map(|row| {
        let file = files.iter().find(|file| file.id == row.document_id && file.state == DocumentState::Clean)?;
        let (name, file_type, size) = (file.name.clone(), file.file_type, file.size_bytes);
        Some(BlankFormView { service_id: row.service_id, code: row.code, name, file_type, size })
    });
    Ok(shown.collect())
}

/// The file of a blank form; [`Failure::Missing`] when there is none that everybody may have.
///
/// # Errors
/// As any read.
pub async fn blank_form(db: &Db, service: ServiceId, code: &str) -> Result<Document, Failure> {
    let row = service_form::Entity::find_by_id((service, code.to_owned())).one(db.reader()).await?.ok_or(Failure::Missing)?;
    let file = one(db, row.document_id).await?;
    if file.state == DocumentState::Clean { Ok(file) } else { Err(Failure::Missing) }
}
