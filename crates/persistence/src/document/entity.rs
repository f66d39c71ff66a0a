//! Rows of the document room. Which referrals refer to a file is kept by the referral room.

/// Files that were uploaded. The bytes lie in a store, under `blob_key`.
pub mod document {
    use chrono::{DateTime, Utc};
    use relais_domain::document::{Checks, DocumentPurpose, DocumentRefusal, DocumentState, FileName, FileType};
    use relais_domain::shared::ids::{DocumentId, OrganisationId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "document")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: DocumentId,
        pub organisation_id: OrganisationId,
        pub uploaded_by: Option<Uuid>,
        pub purpose: DocumentPurpose,
        pub name: Option<FileName>,
        pub file_type: FileType,
        pub size_bytes: i64,
        pub checksum: Option<String>,
        pub state: DocumentState,
        pub refusal: Option<DocumentRefusal>,
        pub checks: Checks,
        pub blob_key: Option<String>,
        pub erase_at: Option<DateTime<Utc>>,
        pub created_at: DateTime<Utc>,
        pub checked_at: Option<DateTime<Utc>>,
        pub erased_at: Option<DateTime<Utc>>,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "document", by id);
}

/// The blank form of a document that a service asks for.
pub mod service_form {
    use relais_domain::shared::ids::{DocumentId, ServiceId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "service_form")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub service_id: ServiceId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub code: String,
        pub document_id: DocumentId,
        /// Takes the place of the other once it is found clean.
        pub waiting_id: Option<DocumentId>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "service_form", by service_id);
}
