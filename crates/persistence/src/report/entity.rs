//! Rows of the report room.

/// A file that somebody takes out: who, what, how far it is.
pub mod export {
    use chrono::{DateTime, Utc};
    use relais_domain::referral::Direction;
    use relais_domain::report::{ExportFormat, ExportKind, ExportState};
    use relais_domain::shared::ids::{ExportId, OrganisationId, SessionId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "export")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ExportId,
        pub kind: ExportKind,
        pub format: ExportFormat,
        pub direction: Option<Direction>,
        pub filter: Json,
        pub rights: Option<String>,
        pub state: ExportState,
        pub row_count: i64,
        pub byte_count: i64,
        pub failed_because: Option<String>,
        pub organisation_id: OrganisationId,
        pub created_by: Option<Uuid>,
        pub session_id: Option<SessionId>,
        pub created_at: DateTime<Utc>,
        pub finished_at: Option<DateTime<Utc>>,
        pub expires_at: Option<DateTime<Utc>>,
        pub updated_at: DateTime<Utc>,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "export", by id);
}

/// A piece of such a file.
pub mod export_part {
    use relais_domain::shared::ids::ExportId;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "export_part")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub export_id: ExportId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        pub bytes: Vec<u8>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
