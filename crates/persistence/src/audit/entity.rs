//! Rows of the journals and of the event log. They are written with the change and never edited, except for the place
//! and seal that the sequencer adds.

/// An event of the event log.
pub mod event {
    use chrono::{DateTime, Utc};
    use relais_domain::shared::ids::OrganisationId;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "event")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub position: Option<i64>,
        pub kind: String,
        pub object_kind: String,
        pub object_id: Uuid,
        pub version: Option<i32>,
        pub organisation_id: Option<OrganisationId>,
        pub at: DateTime<Utc>,
        pub request_id: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Who changed what, when, in which request. Values lie beside it, in `mutation_value`.
pub mod mutation_entry {
    use chrono::{DateTime, Utc};
    use relais_domain::shared::ids::OrganisationId;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "mutation_entry")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub position: Option<i64>,
        pub seal: Option<String>,
        pub at: DateTime<Utc>,
        pub business_at: DateTime<Utc>,
        pub actor_kind: String,
        pub actor_id: Option<Uuid>,
        pub organisation_id: Option<OrganisationId>,
        pub request_id: String,
        pub purpose: Option<String>,
        pub object_kind: String,
        pub object_id: Uuid,
        pub act: String,
        pub reason: Option<String>,
        pub fields: Json,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The values of one changed field, under the retention of the object they belong to.
pub mod mutation_value {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "mutation_value")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub entry_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub field: String,
        pub salt: String,
        pub before: Option<Json>,
        pub after: Option<Json>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Who was shown whose content.
pub mod access_entry {
    use chrono::{DateTime, Utc};
    use relais_domain::shared::ids::OrganisationId;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "access_entry")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub position: i64,
        pub seal: String,
        pub at: DateTime<Utc>,
        pub business_at: DateTime<Utc>,
        pub actor_kind: String,
        pub actor_id: Option<Uuid>,
        pub organisation_id: Option<OrganisationId>,
        pub request_id: String,
        pub purpose: Option<String>,
        pub operation: String,
        pub outcome: String,
        pub categories: Json,
        pub object_kind: String,
        pub object_ids: Json,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The end of each sequence: the last place given and the last seal.
pub mod sequence_state {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "sequence_state")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub last_position: i64,
        pub last_seal: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
