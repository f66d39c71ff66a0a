//! Files as they are shown.

use chrono::{DateTime, Utc};
use relais_domain::document::{Checks, DocumentPurpose, DocumentRefusal, DocumentState, FileName, FileType};
use relais_domain::shared::ids::{DocumentId, ServiceId};
use serde::Serialize;
use utoipa::ToSchema;

use super::entity::document;
use crate::referral::entity::referral_document;

/// One file: what it is and where it stands, not what it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DocumentView {
    /// The file.
    pub id: DocumentId,
    /// What it is for.
    pub purpose: DocumentPurpose,
    /// Its name; none once it is erased.
    pub name: Option<FileName>,
    /// Its type.
    pub file_type: FileType,
    /// Its media type.
    pub media_type: &'static str,
    /// Its size in bytes, as it is kept.
    #[schema(minimum = 0)]
    pub size: i64,
    /// SHA-256 of what is kept, base64url; none once it is erased.
    pub checksum: Option<String>,
    /// Where it stands.
    pub state: DocumentState,
    /// Why it was refused.
    pub refusal: Option<DocumentRefusal>,
    /// What was checked.
    pub checks: Checks,
    /// When it will be erased, as things stand.
    pub erase_at: Option<DateTime<Utc>>,
    /// When it was uploaded.
    pub created_at: DateTime<Utc>,
    /// When it was judged.
    pub checked_at: Option<DateTime<Utc>>,
    /// When it was erased.
    pub erased_at: Option<DateTime<Utc>>,
    /// The version of the row.
    pub version: i32,
}

impl From<document::Model> for DocumentView {
    fn from(row: document::Model) -> Self {
        let document::Model {
            id,
            organisation_id: _,
            uploaded_by: _,
            purpose,
            name,
            file_type,
            size_bytes,
            checksum,
            state,
            refusal,
            checks,
            blob_key: _,
            erase_at,
            created_at,
            checked_at,
            erased_at,
            version,
        } = row;
        let media_type = file_type.media_type();
        Self {
            id,
            purpose,
            name,
            file_type,
            media_type,
            size: size_bytes,
            checksum,
            state,
            refusal,
            checks,
            erase_at,
            created_at,
            checked_at,
            erased_at,
            version,
        }
    }
}

/// One file of a referral.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReferralDocumentView {
    /// The file.
    pub id: DocumentId,
    /// Which of the documents that the service asks for it is.
    pub code: Option<String>,
    /// Its name; none once it is erased, or once this referral has lost it.
    pub name: Option<FileName>,
    /// Its type.
    pub file_type: FileType,
    /// Its size in bytes, as it is kept.
    #[schema(minimum = 0)]
    pub size: i64,
    /// Where it stands; `erased` once this referral has lost it.
    pub state: DocumentState,
    /// Why it was refused.
    pub refusal: Option<DocumentRefusal>,
    /// When it was added.
    pub added_at: DateTime<Utc>,
    /// When this referral lost it, because it had ended.
    pub dropped_at: Option<DateTime<Utc>>,
    /// The version of the reference.
    pub version: i32,
}

impl ReferralDocumentView {
    /// A reference and its file.
    pub fn of(reference: referral_document::Model, file: document::Model) -> Self {
        let held = reference.dropped_at.is_none();
        Self {
            id: reference.document_id,
            code: reference.code,
            name: file.name.filter(|_| held),
            file_type: file.file_type,
            size: file.size_bytes,
            state: if held { file.state } else { DocumentState::Erased },
            refusal: file.refusal,
            added_at: reference.added_at,
            dropped_at: reference.dropped_at,
            version: reference.version,
        }
    }
}

/// The blank form of a document that a service asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct BlankFormView {
    /// The service.
    pub service_id: ServiceId,
    /// The code of the document.
    pub code: String,
    /// Its name.
    pub name: Option<FileName>,
    /// Its type.
    pub file_type: FileType,
    /// Its size in bytes.
    #[schema(minimum = 0)]
    pub size: i64,
}
