//! Rows of the referral room.

mod booklets;

pub use booklets::{booklet, booklet_counter, booklet_entry, booklet_series, retrieval, saved_view};

/// What the legs of one chain or broadcast share; the row that is locked first.
pub mod need {
    use chrono::{DateTime, Utc};
    use relais_domain::shared::ids::NeedId;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "need")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: NeedId,
        pub created_at: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "need", by id);
}

/// Referrals: one leg each.
pub mod referral {
    use chrono::{DateTime, Utc};
    use relais_domain::referral::{
        AnswerText, Form, HandOver, InboxBox, Kind, NoteText, Origin, Outcome, OutcomeText, OverrideReason, Pause, Plan,
        ReferralEligibility, ReportedAnswer, Snapshot, State,
    };
    use relais_domain::shared::ids::{NeedId, OrganisationId, PersonId, ReferralId, ServiceId, UnitId, UserId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "referral")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ReferralId,
        pub need_id: NeedId,
        pub root_id: ReferralId,
        pub parent_id: Option<ReferralId>,
        pub kind: Kind,
        pub origin: Origin,
        pub state: State,
        pub sender_organisation_id: OrganisationId,
        pub sender_unit_id: Option<UnitId>,
        pub sent_by: Option<UserId>,
        pub adviser_id: Option<UserId>,
        pub receiver_organisation_id: Option<OrganisationId>,
        pub receiver_unit_id: Option<UnitId>,
        pub service_id: Option<ServiceId>,
        pub person_id: Option<PersonId>,
        pub name_folded: Option<String>,
        pub contact_keys: Option<String>,
        pub form: Form,
        pub snapshot: Option<Snapshot>,
        pub eligibility: Option<ReferralEligibility>,
        pub override_reason: Option<OverrideReason>,
        pub sent_at: Option<DateTime<Utc>>,
        pub told_at: Option<DateTime<Utc>>,
        pub inbox_box: Option<InboxBox>,
        pub answered_at: Option<DateTime<Utc>>,
        pub first_answered_at: Option<DateTime<Utc>>,
        pub decided_at: Option<DateTime<Utc>>,
        pub ended_at: Option<DateTime<Utc>>,
        pub state_since: DateTime<Utc>,
        pub remind_at: Option<DateTime<Utc>>,
        pub reminders_sent: i32,
        pub expire_at: Option<DateTime<Utc>>,
        pub plan: Option<Plan>,
        pub refusal_codes: Json,
        pub answer_message: Option<AnswerText>,
        pub message_for_person: Option<AnswerText>,
        pub outcome: Option<Outcome>,
        pub outcome_text: Option<OutcomeText>,
        pub reported: Option<ReportedAnswer>,
        pub path: Json,
        pub blocked_reason: Option<NoteText>,
        pub head: bool,
        pub handed_over_by: Option<OrganisationId>,
        pub hand_over: Option<HandOver>,
        pub returned_at: Option<DateTime<Utc>>,
        pub receiver_left_at: Option<DateTime<Utc>>,
        pub consent_withdrawn_at: Option<DateTime<Utc>>,
        pub informed_at: Option<DateTime<Utc>>,
        pub pause: Option<Pause>,
        pub paused_seconds: i64,
        pub paused: bool,
        pub warnings: Json,
        pub blanked_at: Option<DateTime<Utc>>,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "referral", by id);
}

/// Who at the receiver handles a leg.
pub mod referral_assignment {
    use chrono::{DateTime, Utc};
    use relais_domain::shared::ids::{ReferralId, UnitId, UserId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "referral_assignment")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub referral_id: ReferralId,
        pub member_id: Option<UserId>,
        pub unit_id: Option<UnitId>,
        pub assigned_at: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "referral_assignment", by referral_id);
}

/// How an organisation filed a leg.
pub mod referral_filing {
    use chrono::{DateTime, Utc};
    use relais_domain::referral::{ArchiveReason, Before, NoteText};
    use relais_domain::shared::ids::{OrganisationId, ReferralId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "referral_filing")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub referral_id: ReferralId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub organisation_id: OrganisationId,
        pub reason: ArchiveReason,
        pub note: Option<NoteText>,
        pub before: Option<Before>,
        pub version_after: Option<i32>,
        pub filed_at: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "referral_filing", by referral_id);
}

/// Who has read a leg.
pub mod reading_mark {
    use chrono::{DateTime, Utc};
    use relais_domain::shared::ids::{ReferralId, UserId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "reading_mark")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub referral_id: ReferralId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub user_id: UserId,
        pub read_at: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Files that a leg refers to.
pub mod referral_document {
    use chrono::{DateTime, Utc};
    use relais_domain::shared::ids::{DocumentId, ReferralId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "referral_document")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub referral_id: ReferralId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub document_id: DocumentId,
        pub code: Option<String>,
        pub added_at: DateTime<Utc>,
        pub dropped_at: Option<DateTime<Utc>>,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "referral_document", by referral_id);
}

/// Keys by mail that open one leg.
pub mod access_link {
    use chrono::{DateTime, Utc};
    use relais_domain::shared::ids::{AccessLinkId, ReferralId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "access_link")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: AccessLinkId,
        pub referral_id: ReferralId,
        pub recipient: String,
        pub token_hash: String,
        pub created_at: DateTime<Utc>,
        pub expires_at: DateTime<Utc>,
        pub revoked_at: Option<DateTime<Utc>>,
        pub used_at: Option<DateTime<Utc>>,
        pub uses: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "access_link", by id);
}
