//! Rows of booklets, of retrievals by them, and of saved views.

/// The place of the next number that was never given.
pub mod booklet_counter {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "booklet_counter")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub next: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Series of booklets, issued to one organisation each.
pub mod booklet_series {
    use chrono::{DateTime, Utc};
    use relais_domain::referral::BookletNumber;
    use relais_domain::shared::ids::{BookletSeriesId, OrganisationId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "booklet_series")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: BookletSeriesId,
        pub organisation_id: OrganisationId,
        pub first_number: BookletNumber,
        pub last_number: BookletNumber,
        pub count: i32,
        pub units: i32,
        pub created_at: DateTime<Utc>,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "booklet_series", by id);
}

/// Booklets.
pub mod booklet {
    use chrono::{DateTime, Utc};
    use relais_domain::referral::{BookletNumber, BookletState};
    use relais_domain::shared::ids::{BookletId, BookletSeriesId, OrganisationId, ReferralId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "booklet")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: BookletId,
        pub series_id: BookletSeriesId,
        pub organisation_id: OrganisationId,
        pub number: BookletNumber,
        pub state: BookletState,
        pub units: i32,
        pub balance: i32,
        /// The leg by which the person got it; that person carries it.
        pub referral_id: Option<ReferralId>,
        pub assigned_at: Option<DateTime<Utc>>,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "booklet", by id);
}

/// The ledger of a booklet. An entry is written once; later only the id of what took it back is added.
pub mod booklet_entry {
    use chrono::{DateTime, Utc};
    use relais_domain::referral::{EntryKind, NoteText};
    use relais_domain::shared::ids::{BookletEntryId, BookletId, OrganisationId, ReferralId, UserId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "booklet_entry")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: BookletEntryId,
        pub booklet_id: BookletId,
        pub kind: EntryKind,
        pub units: i32,
        pub balance_after: i32,
        pub referral_id: Option<ReferralId>,
        pub step_id: Option<Uuid>,
        pub reverses: Option<BookletEntryId>,
        pub reversed_by: Option<BookletEntryId>,
        pub reason: Option<NoteText>,
        /// Who made the entry.
        pub organisation_id: OrganisationId,
        pub user_id: Option<UserId>,
        pub created_at: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "booklet_entry", by id);
}

/// Retrievals: files asked for by the structure to which the person came.
pub mod retrieval {
    use chrono::{DateTime, Utc};
    use relais_domain::referral::{RetrievalReason, RetrievalState};
    use relais_domain::shared::ids::{BookletId, OrganisationId, ReferralId, RetrievalId, ServiceId, UserId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "retrieval")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: RetrievalId,
        pub booklet_id: BookletId,
        /// The holder's leg.
        pub referral_id: ReferralId,
        /// The claimant's leg, once the file has moved.
        pub next_referral_id: Option<ReferralId>,
        pub holder_organisation_id: OrganisationId,
        pub claimant_organisation_id: OrganisationId,
        pub claimed_by: Option<UserId>,
        pub service_id: Option<ServiceId>,
        pub take_in_charge: bool,
        pub state: RetrievalState,
        pub urgent_reason: Option<RetrievalReason>,
        pub objection: Option<RetrievalReason>,
        /// When it moves unless the holder objects; only of a claim.
        pub due_at: Option<DateTime<Utc>>,
        pub decided_at: Option<DateTime<Utc>>,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "retrieval", by id);
}

/// Filters of the lists of referrals that users have named.
pub mod saved_view {
    use chrono::{DateTime, Utc};
    use relais_domain::referral::{SharedWith, ViewName};
    use relais_domain::shared::ids::{OrganisationId, SavedViewId, UnitId, UserId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "saved_view")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: SavedViewId,
        pub user_id: UserId,
        pub organisation_id: OrganisationId,
        /// The unit that it is shared with.
        pub unit_id: Option<UnitId>,
        pub name: ViewName,
        /// The parameters of the list of referrals.
        pub query: Json,
        pub shared: SharedWith,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "saved_view", by id);
}
