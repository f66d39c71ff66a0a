//! Rows of the directory room.

/// Services of the directory. JSON NULL never occurs: what is not told is SQL NULL.
pub mod service {
    use chrono::{DateTime, NaiveDate, Utc};
    use relais_domain::directory::{
        AudienceNote, Conditions, ContactName, CriteriaMode, Description, Fee, FeeNote, Label, OpeningHours, Reception, ServiceKind,
        ServiceName, ServiceState, Slug, SourceKey, Summary, UpdateFrequency, WayInNote,
    };
    use relais_domain::shared::ids::{OrganisationId, ServiceId, UnitId};
    use relais_domain::shared::{Currency, Email, Phone, Url};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "service")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ServiceId,
        pub organisation_id: OrganisationId,
        pub unit_id: Option<UnitId>,
        pub name: ServiceName,
        pub name_folded: String,
        pub summary: Option<Summary>,
        pub description: Option<Description>,
        pub kind: Option<ServiceKind>,
        pub topics: Option<Json>,
        pub audiences: Option<Json>,
        pub audience_note: Option<AudienceNote>,
        pub criteria: Option<Json>,
        pub documents: Option<Json>,
        pub fee: Option<Fee>,
        pub fee_note: Option<FeeNote>,
        pub reception: Option<Reception>,
        pub address: Option<Json>,
        pub locality: Option<String>,
        pub locality_folded: Option<String>,
        pub commune: Option<String>,
        pub postal_code: Option<String>,
        pub latitude: Option<f64>,
        pub longitude: Option<f64>,
        pub coverage: Option<Json>,
        pub ways_in: Option<Json>,
        pub link: Option<Url>,
        pub link_text: Option<Label>,
        pub contact_name: Option<ContactName>,
        pub contact_email: Option<Email>,
        pub contact_phone: Option<Phone>,
        pub contact_public: bool,
        pub hours_per_week: Option<i32>,
        pub weeks: Option<i32>,
        pub update_frequency: Option<UpdateFrequency>,
        pub form_enabled: bool,
        pub languages: Json,
        pub state: ServiceState,
        pub published_at: Option<DateTime<Utc>>,
        /// Since when its full feed lacks it; it was suspended then.
        pub missing_since: Option<DateTime<Utc>>,
        pub source: Option<SourceKey>,
        pub source_id: Option<SourceKey>,
        pub source_updated_on: Option<NaiveDate>,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
        pub version: i32,
        pub labels: Option<Json>,
        pub criteria_mode: Option<CriteriaMode>,
        pub fee_amount: Option<i64>,
        pub fee_currency: Option<Currency>,
        pub opening_hours: Option<OpeningHours>,
        pub open_to: Option<Json>,
        pub way_in_note: Option<WayInNote>,
        pub professional_ways_in: Option<Json>,
        pub conditions: Option<Conditions>,
        pub source_url: Option<Url>,
        pub source_values: Option<Json>,
        pub capacity_total: Option<i32>,
        pub capacity_free: Option<i32>,
        pub waiting_list: Option<i32>,
        /// The last day on which the three numbers hold.
        pub capacity_valid_until: Option<NaiveDate>,
        pub suspended_from: Option<NaiveDate>,
        pub other_places: Option<Json>,
        pub last_confirmed_at: Option<DateTime<Utc>>,
        pub case_type: Option<Slug>,
        /// Median days from sending to answer, of the last half year.
        pub median_days: Option<f64>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "service", by id);
}

/// What search knows of a service: one JSON document, written with the service.
pub mod search_document {
    use relais_domain::shared::ids::ServiceId;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "search_document")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub service_id: ServiceId,
        #[sea_orm(column_type = "Text")]
        pub document: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Communes, arrondissements and communes of old. Reference data: loaded whole, without a version of their own.
pub mod place {
    use relais_domain::directory::PlaceKind;
    use relais_domain::shared::Country;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "place")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub code: String,
        pub kind: PlaceKind,
        pub country: Country,
        pub name: String,
        pub parent: Option<String>,
        pub departement: Option<String>,
        pub region: Option<String>,
        pub epci: Option<String>,
        pub latitude: Option<f64>,
        pub longitude: Option<f64>,
        pub population: i32,
        pub postal_codes: Json,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Services that users have marked.
pub mod bookmark {
    use chrono::{DateTime, Utc};
    use relais_domain::directory::BookmarkNote;
    use relais_domain::shared::ids::{BookmarkId, ServiceId, UserId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "bookmark")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: BookmarkId,
        pub user_id: UserId,
        pub service_id: ServiceId,
        pub note: Option<BookmarkNote>,
        pub created_at: DateTime<Utc>,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "bookmark", by id);
}

/// Questions to the directory that users ask again and again.
pub mod saved_search {
    use chrono::{DateTime, Utc};
    use relais_domain::directory::{Alert, SearchName};
    use relais_domain::shared::ids::{SavedSearchId, UserId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "saved_search")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: SavedSearchId,
        pub user_id: UserId,
        pub name: SearchName,
        /// The parameters of the list of services.
        pub query: Json,
        pub alert: Alert,
        /// Up to when alerts have told what is new.
        pub alerted_at: Option<DateTime<Utc>>,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "saved_search", by id);
}

/// What readers say of entries that are out of date.
pub mod service_report {
    use chrono::{DateTime, Utc};
    use relais_domain::directory::{ReportNote, ReportReason, ReportState};
    use relais_domain::shared::ids::{OrganisationId, ServiceId, ServiceReportId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "service_report")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ServiceReportId,
        pub service_id: ServiceId,
        pub organisation_id: OrganisationId,
        pub reason: ReportReason,
        pub note: Option<ReportNote>,
        /// The account behind it, when somebody was signed in.
        pub reported_by: Option<Uuid>,
        pub state: ReportState,
        pub created_at: DateTime<Utc>,
        pub settled_at: Option<DateTime<Utc>>,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "service_report", by id);
}

/// How often the contact of a service was read on a day.
pub mod contact_reading {
    use chrono::NaiveDate;
    use relais_domain::shared::ids::ServiceId;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "contact_reading")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub service_id: ServiceId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub day: NaiveDate,
        pub readings: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Imports over the API: what was asked, how far it is, what it did.
pub mod import_run {
    use chrono::{DateTime, Utc};
    use relais_domain::directory::{ImportFormat, ImportState};
    use relais_domain::shared::ids::{ImportId, OrganisationId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "import_run")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ImportId,
        pub format: ImportFormat,
        pub options: Json,
        pub state: ImportState,
        /// The files, and the place at which a worker goes on.
        pub progress: Option<Json>,
        /// The tallies.
        pub report: Option<Json>,
        pub created_by: Option<Uuid>,
        pub organisation_id: Option<OrganisationId>,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
    crate::record!(Entity, "import", by id);
}

/// Pieces of what belongs to an import: its files as they were uploaded, the keys it has seen, the lines of its report.
pub mod import_part {
    use relais_domain::shared::ids::ImportId;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "import_part")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub import_id: ImportId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub file: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        pub bytes: Vec<u8>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
