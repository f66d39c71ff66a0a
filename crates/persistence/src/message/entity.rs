//! Rows of the message room.

/// Messages of a thread.
pub mod message {
    use chrono::{DateTime, Utc};
    use relais_domain::shared::ids::{MessageId, OrganisationId, ReferralId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "message")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: MessageId,
        pub referral_id: ReferralId,
        pub organisation_id: OrganisationId,
        pub author_kind: String,
        pub author_id: Option<Uuid>,
        pub author_name: String,
        pub kind: String,
        pub body: String,
        pub recipients: Json,
        pub created_at: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "message", by id);
}

/// Who is told what, how, and whether it left.
pub mod notice {
    use chrono::{DateTime, Utc};
    use relais_domain::shared::ids::{MessageId, NoticeId, OrganisationId, ReferralId, UserId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "notice")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: NoticeId,
        pub kind: String,
        pub recipient: String,
        pub channel: String,
        pub organisation_id: Option<OrganisationId>,
        pub referral_id: Option<ReferralId>,
        pub message_id: Option<MessageId>,
        pub user_id: Option<UserId>,
        pub state: String,
        pub error_code: Option<String>,
        pub created_at: DateTime<Utc>,
        pub sent_at: Option<DateTime<Utc>>,
        /// Of a hand-over: the leg on the other side of it.
        pub other_referral_id: Option<ReferralId>,
        /// Of a hand-over or a claim: the organisation on the other side of it.
        pub other_organisation_id: Option<OrganisationId>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "notice", by id);
}

/// Things that a person has to do by hand.
pub mod task {
    use chrono::{DateTime, Utc};
    use relais_domain::shared::ids::{OrganisationId, ReferralId, UserId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "task")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub organisation_id: OrganisationId,
        pub referral_id: Option<ReferralId>,
        pub kind: String,
        pub notices: Json,
        pub due_at: Option<DateTime<Utc>>,
        pub done_at: Option<DateTime<Utc>>,
        pub done_by: Option<UserId>,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl crate::db::Record for Entity {
        const KIND: &'static str = "task";
        fn object_id(model: &Model) -> Uuid {
            model.id
        }
        fn version_column() -> Option<Column> {
            Some(Column::Version)
        }
    }
}

/// Notices that wait for a user's daily summary.
pub mod digest_entry {
    use chrono::{DateTime, Utc};
    use relais_domain::shared::ids::{NoticeId, UserId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "digest_entry")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub user_id: UserId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub notice_id: NoticeId,
        /// The summary that told it; none while it waits.
        pub mail_id: Option<NoticeId>,
        pub created_at: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Mails that the sandbox keeps instead of sending them.
pub mod sandbox_mail {
    use chrono::{DateTime, Utc};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "sandbox_mail")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub message_id: String,
        pub kind: String,
        pub recipient: String,
        pub address: String,
        pub reply_to: Option<String>,
        pub subject: String,
        pub text: String,
        pub html: String,
        pub created_at: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
