//! Rows of the person room.

/// People who are helped, as one organisation knows them.
pub mod person {
    use chrono::{DateTime, Utc};
    use relais_domain::shared::ids::{OrganisationId, PersonId, ReferralId, UnitId, UserId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "person")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: PersonId,
        pub organisation_id: OrganisationId,
        pub unit_id: Option<UnitId>,
        pub entered_by: Option<UserId>,
        pub adviser_id: Option<UserId>,
        pub kept_from: Option<ReferralId>,
        /// The draft that made it.
        pub made_by: Option<ReferralId>,
        pub family_name: Option<String>,
        pub given_name: Option<String>,
        pub name_folded: Option<String>,
        pub phone: Option<String>,
        pub email: Option<String>,
        pub birth_year: Option<i32>,
        pub commune: Option<String>,
        pub language: Option<String>,
        pub employment_number: Option<String>,
        pub contact_keys: Option<String>,
        pub protected: bool,
        pub consent_withdrawn_at: Option<DateTime<Utc>>,
        pub blanked_at: Option<DateTime<Utc>>,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "person", by id);
}

/// Consents given by a person.
pub mod consent {
    use chrono::{DateTime, NaiveDate, Utc};
    use relais_domain::person::PersonNote;
    use relais_domain::shared::ids::{ConsentId, OrganisationId, PersonId, ReferralId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "consent")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ConsentId,
        pub person_id: PersonId,
        pub referral_id: ReferralId,
        pub recipient_organisation_id: Option<OrganisationId>,
        pub purpose: String,
        pub categories: Json,
        pub given_at: DateTime<Utc>,
        pub ends_on: Option<NaiveDate>,
        pub withdrawn_at: Option<DateTime<Utc>>,
        pub withdrawal_reason: Option<PersonNote>,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "consent", by id);
}

/// Receipts: what was disclosed of a person to another organisation.
pub mod disclosure {
    use chrono::{DateTime, Utc};
    use relais_domain::shared::ids::{ConsentId, DisclosureId, OrganisationId, PersonId, ReferralId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "disclosure")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: DisclosureId,
        pub person_id: PersonId,
        pub referral_id: ReferralId,
        pub organisation_id: OrganisationId,
        pub recipient_organisation_id: OrganisationId,
        pub purpose: String,
        pub categories: Json,
        pub because: String,
        pub consent_id: Option<ConsentId>,
        pub disclosed_at: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "disclosure", by id);
}

/// Links between two records of the same person.
pub mod identity_link {
    use chrono::{DateTime, Utc};
    use relais_domain::shared::ids::{IdentityLinkId, OrganisationId, PersonId, UserId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "identity_link")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: IdentityLinkId,
        pub organisation_id: OrganisationId,
        pub person_id: PersonId,
        pub other_person_id: PersonId,
        pub linked_by: Option<UserId>,
        pub created_at: DateTime<Utc>,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "identity_link", by id);
}
