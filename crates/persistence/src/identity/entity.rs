//! Rows of the identity room.

/// Organisations; their public face is the structure.
pub mod organisation {
    use chrono::{DateTime, NaiveDate, Utc};
    use chrono_tz::Tz;
    use relais_domain::shared::ids::OrganisationId;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "organisation")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: OrganisationId,
        pub parent_id: Option<OrganisationId>,
        pub name: String,
        pub name_folded: String,
        pub description: Option<String>,
        pub state: relais_domain::directory::OrganisationState,
        pub identifiers: Json,
        pub email: Option<String>,
        pub phone: Option<String>,
        pub website: Option<String>,
        pub address: Option<Json>,
        pub locality: Option<String>,
        pub latitude: Option<f64>,
        pub longitude: Option<f64>,
        pub country: String,
        pub language: String,
        pub time_zone: String,
        pub ceiling: Json,
        pub settings: Json,
        /// The delays that it chose for what it receives.
        pub clocks: Option<relais_domain::referral::OrganisationClocks>,
        pub verified_at: Option<DateTime<Utc>>,
        pub block_reason: Option<String>,
        pub source: Option<String>,
        pub source_id: Option<String>,
        pub source_updated_on: Option<NaiveDate>,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
        pub version: i32,
        pub networks: Option<Json>,
        pub opening_hours: Option<String>,
        pub accessibility: Option<String>,
        pub source_url: Option<String>,
        pub source_values: Option<Json>,
        /// Referrals may come in through the form; the services say so each for itself.
        pub referral_form: bool,
        /// The town, for finding it; with the commune it follows from the address.
        pub locality_folded: Option<String>,
        pub commune: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl Model {
        /// Its zone; UTC when it has none that is known.
        pub fn zone(&self) -> Tz {
            self.time_zone.parse().unwrap_or(Tz::UTC)
        }

        /// The date of an instant in its zone: by it memberships and roles begin and end.
        pub fn date_at(&self, at: DateTime<Utc>) -> NaiveDate {
            at.with_timezone(&self.zone()).date_naive()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "organisation", by id);
}

/// People who sign in.
pub mod app_user {
    use chrono::{DateTime, Utc};
    use relais_domain::shared::ids::UserId;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "app_user")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: UserId,
        pub email: String,
        pub email_key: String,
        pub name: String,
        pub phone: Option<String>,
        pub language: String,
        pub password_hash: Option<String>,
        pub totp_sealed: Option<String>,
        pub totp_confirmed_at: Option<DateTime<Utc>>,
        pub totp_last_step: Option<i64>,
        pub platform_role: Option<String>,
        pub state: String,
        /// Notices are collected and come in one mail a day.
        pub digest: bool,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "user", by id);
}

/// Units inside an organisation.
pub mod unit {
    use chrono::{DateTime, Utc};
    use relais_domain::shared::ids::{OrganisationId, UnitId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "unit")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: UnitId,
        pub organisation_id: OrganisationId,
        pub parent_id: Option<UnitId>,
        pub name: String,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "unit", by id);
}

/// Who belongs to which organisation, from when to when.
pub mod membership {
    use chrono::{DateTime, NaiveDate, Utc};
    use relais_domain::shared::Period;
    use relais_domain::shared::ids::{MembershipId, OrganisationId, UserId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "membership")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: MembershipId,
        pub organisation_id: OrganisationId,
        pub user_id: UserId,
        pub valid_from: NaiveDate,
        pub valid_to: Option<NaiveDate>,
        pub notified: bool,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl Model {
        /// From when until when it holds.
        pub const fn period(&self) -> Period {
            Period { from: self.valid_from, to: self.valid_to }
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "membership", by id);
}

/// The units a member works in.
pub mod membership_unit {
    use relais_domain::shared::ids::{MembershipId, UnitId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "membership_unit")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub membership_id: MembershipId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub unit_id: UnitId,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "membership_unit", by membership_id);
}

/// Named sets of grants of one organisation.
pub mod role {
    use chrono::{DateTime, Utc};
    use relais_domain::shared::ids::{OrganisationId, RoleId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "role")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: RoleId,
        pub organisation_id: OrganisationId,
        pub name: String,
        pub template: Option<String>,
        pub grants: Json,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "role", by id);
}

/// Which member holds which role, where and for how long.
pub mod role_assignment {
    use chrono::{DateTime, NaiveDate, Utc};
    use relais_domain::shared::ids::{MembershipId, RoleId, UnitId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "role_assignment")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub membership_id: MembershipId,
        pub role_id: RoleId,
        pub unit_id: Option<UnitId>,
        pub valid_from: NaiveDate,
        pub valid_to: Option<NaiveDate>,
        pub created_at: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "role_assignment", by membership_id);
}

/// Accounts of partner platforms.
pub mod service_account {
    use chrono::{DateTime, Utc};
    use relais_domain::shared::ids::{OrganisationId, ServiceAccountId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "service_account")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ServiceAccountId,
        pub organisation_id: OrganisationId,
        pub name: String,
        pub client_id: String,
        pub secret_hash: String,
        pub grants: Json,
        pub state: String,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "service_account", by id);
}

/// Sign-in sessions of users, service accounts and link holders.
pub mod session {
    use chrono::{DateTime, Utc};
    use relais_domain::shared::ids::{AccessLinkId, ServiceAccountId, SessionId, UserId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "session")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: SessionId,
        pub user_id: Option<UserId>,
        pub service_account_id: Option<ServiceAccountId>,
        pub access_link_id: Option<AccessLinkId>,
        pub refresh_hash: Option<String>,
        pub previous_hash: Option<String>,
        pub rotated_at: Option<DateTime<Utc>>,
        pub client: Option<String>,
        pub scope: Option<String>,
        pub created_at: DateTime<Utc>,
        pub last_used_at: DateTime<Utc>,
        pub expires_at: DateTime<Utc>,
        pub revoked_at: Option<DateTime<Utc>>,
        pub revoked_because: Option<String>,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "session", by id);
}

/// Invitations to join an organisation.
pub mod invitation {
    use chrono::{DateTime, Utc};
    use relais_domain::shared::ids::{InvitationId, OrganisationId, RoleId, UnitId, UserId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "invitation")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: InvitationId,
        pub organisation_id: OrganisationId,
        pub email: String,
        pub name: Option<String>,
        pub role_id: RoleId,
        pub unit_id: Option<UnitId>,
        pub token_hash: String,
        pub invited_by: UserId,
        pub expires_at: DateTime<Utc>,
        pub accepted_at: Option<DateTime<Utc>>,
        pub revoked_at: Option<DateTime<Utc>>,
        pub created_at: DateTime<Utc>,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "invitation", by id);
}

/// One-time keys that go out by mail: password reset, confirmation of an address.
pub mod account_token {
    use chrono::{DateTime, Utc};
    use relais_domain::shared::ids::UserId;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "account_token")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub user_id: UserId,
        pub purpose: String,
        pub token_hash: String,
        pub expires_at: DateTime<Utc>,
        pub used_at: Option<DateTime<Utc>>,
        pub created_at: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "account_token", by user_id);
}

/// Requests to join an organisation.
pub mod join_request {
    use chrono::{DateTime, Utc};
    use relais_domain::identity::JoinState;
    use relais_domain::shared::ids::{JoinRequestId, OrganisationId, UserId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "join_request")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: JoinRequestId,
        pub organisation_id: OrganisationId,
        pub user_id: UserId,
        pub state: JoinState,
        pub message: Option<String>,
        pub reason: Option<String>,
        pub decided_by: Option<UserId>,
        pub decided_at: Option<DateTime<Utc>>,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "join_request", by id);
}
