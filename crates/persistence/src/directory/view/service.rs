//! A service with everything that it tells.

use chrono::{DateTime, NaiveDate, Utc};
use relais_domain::directory::{
    AudienceCode, AudienceNote, Capacity, Conditions, ContactName, Coverage, CriteriaMode, Criterion, Description, Fee, FeeNote, Freshness,
    Label, LanguageTag, OpenTo, OpeningHours, QualityFacts, Reception, RequiredDocument, ServiceKind, ServiceName, ServicePlace,
    ServiceState, Slug, SourceKey, Summary, Told, TopicCode, UpdateFrequency, WayIn, WayInNote, fresh_on,
};
use relais_domain::shared::ids::{ServiceId, UnitId};
use relais_domain::shared::{Currency, Email, Money, Phone, PostalAddress, Url};
use sea_orm::FromQueryResult;
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::{AcceptanceRow, OfferedBy};

/// Whom to ask. All fields of a private contact are null, except in `GET …/contact`.
#[derive(Clone, Debug, Serialize, ToSchema, FromQueryResult)]
pub struct ContactView {
    /// The person or the desk.
    #[sea_orm(from_alias = "contact_name")]
    pub name: Option<ContactName>,
    /// The e-mail address.
    #[sea_orm(from_alias = "contact_email")]
    pub email: Option<Email>,
    /// The telephone number.
    #[sea_orm(from_alias = "contact_phone")]
    pub phone: Option<Phone>,
    /// Whether everyone may see it.
    #[sea_orm(from_alias = "contact_public")]
    pub public: bool,
}

/// The contact of a service.
#[derive(Clone, Debug, Serialize, ToSchema, FromQueryResult)]
pub struct ServiceContact {
    /// The service.
    pub id: ServiceId,
    /// Whom to ask.
    #[sea_orm(nested)]
    pub contact: ContactView,
    /// Whether there is any.
    pub contact_available: bool,
    /// The version of the service.
    pub version: i32,
}

/// A service with everything that it tells. Null means "not told"; an empty list means "none", and for audiences "everyone".
#[derive(Clone, Debug, Serialize, ToSchema, FromQueryResult)]
pub struct ServiceView {
    /// The id.
    pub id: ServiceId,
    /// Who offers it.
    #[sea_orm(nested)]
    pub organisation: OfferedBy,
    /// The unit that runs it.
    pub unit_id: Option<UnitId>,
    /// The name.
    pub name: ServiceName,
    /// One or two sentences.
    pub summary: Option<Summary>,
    /// The long text.
    pub description: Option<Description>,
    /// What it gives.
    pub kind: Option<ServiceKind>,
    /// Its topics.
    #[schema(value_type = Option<Vec<TopicCode>>)]
    pub topics: Option<Json>,
    /// Its audiences; empty for everyone.
    #[schema(value_type = Option<Vec<AudienceCode>>)]
    pub audiences: Option<Json>,
    /// Who is meant, in words.
    pub audience_note: Option<AudienceNote>,
    /// The conditions to be received.
    #[schema(value_type = Option<Vec<Criterion>>)]
    pub criteria: Option<Json>,
    /// Whether all conditions have to be met or one of them; all when not told.
    pub criteria_mode: Option<CriteriaMode>,
    /// The access conditions of the feed, as they came.
    pub conditions: Option<Conditions>,
    /// The documents asked for.
    #[schema(value_type = Option<Vec<RequiredDocument>>)]
    pub documents: Option<Json>,
    /// How many documents it asks for; null when it has not told.
    #[sea_orm(skip)]
    pub documents_asked: Option<usize>,
    /// Free or paid.
    pub fee: Option<Fee>,
    /// What the fee is made of.
    pub fee_note: Option<FeeNote>,
    /// What it costs.
    #[sea_orm(skip)]
    pub fee_amount: Option<Money>,
    /// Where people are received.
    pub reception: Option<Reception>,
    /// The address.
    #[schema(value_type = Option<PostalAddress>)]
    pub address: Option<Json>,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
    /// More places where people are received.
    #[schema(value_type = Option<Vec<ServicePlace>>)]
    pub other_places: Option<Json>,
    /// Where the people live whom it receives.
    #[schema(value_type = Option<Coverage>)]
    pub coverage: Option<Json>,
    /// How one gets in.
    #[schema(value_type = Option<Vec<WayIn>>)]
    pub ways_in: Option<Json>,
    /// How a professional gets somebody in, when that differs.
    #[schema(value_type = Option<Vec<WayIn>>)]
    pub professional_ways_in: Option<Json>,
    /// Who may turn to it.
    #[schema(value_type = Option<Vec<OpenTo>>)]
    pub open_to: Option<Json>,
    /// How one gets in, in words.
    pub way_in_note: Option<WayInNote>,
    /// The link to follow when a link is a way in.
    pub link: Option<Url>,
    /// What the link says.
    pub link_text: Option<Label>,
    /// Whom to ask; blank when private.
    #[sea_orm(nested)]
    pub contact: ContactView,
    /// Whether it has a contact; a private one is read by `GET …/contact`.
    pub contact_available: bool,
    /// When it is open, in the grammar of `OpenStreetMap`; what does not follow it is shown as it came.
    pub opening_hours: Option<OpeningHours>,
    /// Hours per week that it takes.
    pub hours_per_week: Option<i32>,
    /// Weeks that it lasts.
    pub weeks: Option<i32>,
    /// How many people it can take.
    #[sea_orm(skip)]
    pub capacity: CapacityView,
    /// The day from which it takes no new referrals.
    pub suspended_from: Option<NaiveDate>,
    /// Median days from a referral's sending to its answer, over the last half year; null without answers.
    #[sea_orm(from_alias = "median_days")]
    pub median_days_to_answer: Option<f64>,
    /// How often the owner promises to look the entry over.
    pub update_frequency: Option<UpdateFrequency>,
    /// Whether referrals come in through the form.
    pub form_enabled: bool,
    /// Whether referrals can be sent to it now.
    #[sea_orm(skip)]
    pub accepts_referrals: bool,
    /// Why not, as a code: `service_not_published`, `service_suspended`, `organisation_inactive`, `form_off`,
    /// `organisation_unverified`, `no_contact_email`.
    #[sea_orm(skip)]
    pub not_accepting_because: Option<&'static str>,
    /// JSON pointers to what publishing demands and the service does not tell.
    #[sea_orm(skip)]
    pub gaps: Vec<&'static str>,
    /// How good the entry is, from 0 to 1.
    #[sea_orm(skip)]
    pub quality: f64,
    /// How the entry stands against the promise to look it over.
    #[sea_orm(skip)]
    pub freshness: Option<Freshness>,
    /// When somebody looked it over last: the source's own date, or the last change or confirmation here.
    #[sea_orm(skip)]
    pub fresh_on: NaiveDate,
    /// When its owner said last that everything is still right.
    pub last_confirmed_at: Option<DateTime<Utc>>,
    /// The languages spoken.
    #[schema(value_type = Vec<LanguageTag>)]
    pub languages: Json,
    /// Labels that it carries.
    #[schema(value_type = Option<Vec<Label>>)]
    pub labels: Option<Json>,
    /// The case type to open when a referral is accepted.
    pub case_type: Option<Slug>,
    /// How many reports of readers its owner has not settled; null for others.
    pub open_reports: Option<i64>,
    /// Where it stands.
    pub state: ServiceState,
    /// When it was made public last.
    pub published_at: Option<DateTime<Utc>>,
    /// The feed it came from; null when written here.
    pub source: Option<SourceKey>,
    /// Its id in that feed.
    pub source_id: Option<SourceKey>,
    /// Its page at the source.
    pub source_url: Option<Url>,
    /// When the source changed it last.
    pub source_updated_on: Option<NaiveDate>,
    /// When it came into this directory.
    pub created_at: DateTime<Utc>,
    /// When it changed here last.
    pub updated_at: DateTime<Utc>,
    /// Counts the changes.
    pub version: i32,
    #[serde(skip)]
    #[sea_orm(nested)]
    acceptance: AcceptanceRow,
    #[serde(skip)]
    #[sea_orm(nested)]
    more: MoreColumns,
    /// The day of reading, for what a day changes.
    #[serde(skip)]
    #[sea_orm(skip)]
    today: NaiveDate,
}

/// Columns that become something else in the answer.
#[derive(Clone, Debug, FromQueryResult)]
struct MoreColumns {
    #[sea_orm(from_alias = "fee_amount")]
    fee_minor: Option<i64>,
    fee_currency: Option<Currency>,
    capacity_total: Option<i32>,
    capacity_free: Option<i32>,
    waiting_list: Option<i32>,
    capacity_valid_until: Option<NaiveDate>,
    has_contact_phone: bool,
}

impl MoreColumns {
    fn capacity(&self) -> Option<Capacity> {
        let (total, free, waiting_list) = (self.capacity_total, self.capacity_free, self.waiting_list);
        self.capacity_valid_until.map(|valid_until| Capacity { total, free, waiting_list, valid_until })
    }
}

/// How many people a service can take. After the day until which its numbers hold it is unknown, and they are null.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct CapacityView {
    /// Whether it is known today.
    pub known: bool,
    /// Places in all.
    pub total: Option<i32>,
    /// Places that are free.
    pub free: Option<i32>,
    /// People on the waiting list.
    pub waiting_list: Option<i32>,
    /// The last day on which the numbers hold, or held.
    pub valid_until: Option<NaiveDate>,
}

impl CapacityView {
    /// What of a capacity can be said on a day.
    pub fn on(told: Option<&Capacity>, today: NaiveDate) -> Self {
        match told {
            None => Self::default(),
            Some(told) if !told.holds_on(today) => Self { valid_until: Some(told.valid_until), ..Self::default() },
            Some(Capacity { total, free, waiting_list, valid_until }) => {
                Self { known: true, total: *total, free: *free, waiting_list: *waiting_list, valid_until: Some(*valid_until) }
            }
        }
    }
}

impl ServiceView {
    /// Fills what is not a column.
    pub(crate) fn completed(mut self, today: NaiveDate) -> Self {
        self.today = today;
        self.not_accepting_because = self.acceptance.facts(today).refusal();
        self.accepts_referrals = self.not_accepting_because.is_none();
        self.documents_asked = self.documents.as_ref().and_then(Json::as_array).map(Vec::len);
        self.gaps = self.told().gaps();
        self.capacity = CapacityView::on(self.more.capacity().as_ref(), today);
        let both = self.more.fee_minor.zip(self.more.fee_currency);
        self.fee_amount = both.and_then(|(minor, currency)| Money::from_minor(minor, currency).ok());
        self.fresh_on = fresh_on(self.source_updated_on, self.updated_at, self.last_confirmed_at);
        self.freshness = Some(Freshness::of(self.update_frequency, self.fresh_on, today));
        self.quality = self.quality_facts().quality().score(self.fresh_on, today);
        self
    }

    fn quality_facts(&self) -> QualityFacts {
        QualityFacts {
            on_site: self.reception.is_some_and(Reception::is_on_site),
            address: self.address.is_some(),
            by_phone: self.has_way_in(WayIn::Phone),
            phone: self.more.has_contact_phone,
            by_email: self.has_way_in(WayIn::Email),
            email: self.acceptance.has_contact_email,
            ways_in: self.ways_in.is_some(),
            open_to: self.open_to.is_some(),
            topics: self.has_topics(),
            audiences: self.audiences.is_some(),
            contact: self.contact_available,
            description: self.description.as_ref().map_or(0, |text| text.as_str().chars().count()),
            fee: self.fee,
            fee_note: self.fee_note.is_some(),
        }
    }

    fn has_topics(&self) -> bool {
        self.topics.as_ref().and_then(Json::as_array).is_some_and(|topics| !topics.is_empty())
    }

    fn has_way_in(&self, way: WayIn) -> bool {
        let ways = self.ways_in.as_ref().and_then(Json::as_array);
        ways.is_some_and(|ways| ways.iter().any(|told| told.as_str() == Some(way.code())))
    }

    fn told(&self) -> Told {
        Told {
            kind: self.kind.is_some(),
            summary: self.summary.is_some(),
            topics: self.has_topics(),
            reception: self.reception,
            coverage: self.coverage.is_some(),
            update_frequency: self.update_frequency.is_some(),
            fee: self.fee,
            fee_note: self.fee_note.is_some(),
            address: self.address.is_some(),
            by_form: self.form_enabled || self.has_way_in(WayIn::ReferralForm),
            contact_email: self.acceptance.has_contact_email,
            by_link: self.has_way_in(WayIn::Link),
            link: self.link.is_some(),
            link_text: self.link_text.is_some(),
        }
    }

    /// What of the answer can change without the version, for its tag.
    pub fn derived(&self) -> i32 {
        // What the day changes: quality, freshness, whether the capacity is known.
        let quality: i32 = format!("{:.0}", self.quality * 100.0).parse().unwrap_or(0);
        let state = self.freshness.map_or(0, |freshness| 1 + freshness as i32) * 2 + i32::from(self.capacity.known);
        let answers: i32 = self.median_days_to_answer.and_then(|days| format!("{:.0}", days * 10.0).parse().ok()).unwrap_or(-1);
        let days = (quality * 8 + state).wrapping_mul(31).wrapping_add(answers.wrapping_mul(7));
        let reports = self.open_reports.and_then(|open| i32::try_from(open + 1).ok()).unwrap_or(0).wrapping_mul(127);
        self.acceptance.tag(self.organisation.version, self.today).wrapping_add(days).wrapping_add(reports)
    }
}
