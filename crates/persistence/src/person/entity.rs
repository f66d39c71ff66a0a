//! Rows of the person room.

/// People who are helped, as one organisation knows them.
pub mod person {
    use chrono::{DateTime, Utc};
    use relais_domain::shared::ids::{OrganisationId, PersonId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "person")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: PersonId,
        pub organisation_id: OrganisationId,
        pub family_name: Option<String>,
        pub given_name: Option<String>,
        pub name_folded: Option<String>,
        pub phone: Option<String>,
        pub email: Option<String>,
        pub birth_year: Option<i32>,
        pub commune: Option<String>,
        pub language: Option<String>,
        pub employment_number: Option<String>,
        pub protected: bool,
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
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "consent", by id);
}
