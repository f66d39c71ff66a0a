//! A service and the commands that change it.

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    codes::{AudienceCode, CriteriaMode, Fee, OpenTo, Reception, ServiceKind, ServiceState, TopicCode, UpdateFrequency, WayIn},
    criterion::Criterion,
    draft::ServiceDraft,
    imported::SourceValues,
    parts::{
        AudienceNote, Capacity, Conditions, Contact, Coverage, Description, FeeNote, Label, LanguageTag, OpeningHours, RequiredDocument,
        ServiceName, ServicePlace, SourceKey, Summary, WayInNote,
    },
    tokens::Slug,
};
use crate::shared::{
    Blocked, Money,
    contact::{GeoPoint, PostalAddress, Url},
    ids::{OrganisationId, ServiceId, UnitId},
};

/// A service of the directory. `None` means "not told"; an empty list means "none", and for audiences "everyone".
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// The id.
    pub id: ServiceId,
    /// The organisation that offers it.
    pub organisation_id: OrganisationId,
    /// The unit that runs it.
    pub unit_id: Option<UnitId>,
    /// The name.
    pub name: ServiceName,
    /// One or two sentences for lists.
    pub summary: Option<Summary>,
    /// The long text.
    pub description: Option<Description>,
    /// What it gives.
    pub kind: Option<ServiceKind>,
    /// Its topics.
    pub topics: Option<Vec<TopicCode>>,
    /// Its audiences; empty for everyone.
    pub audiences: Option<Vec<AudienceCode>>,
    /// Who is meant, in words.
    pub audience_note: Option<AudienceNote>,
    /// The conditions to be received.
    pub criteria: Option<Vec<Criterion>>,
    /// Whether all conditions have to be met or one of them; all when not told.
    pub criteria_mode: Option<CriteriaMode>,
    /// The documents asked for.
    pub documents: Option<Vec<RequiredDocument>>,
    /// Free or paid.
    pub fee: Option<Fee>,
    /// What the fee is made of.
    pub fee_note: Option<FeeNote>,
    /// What it costs.
    pub fee_amount: Option<Money>,
    /// Where people are received.
    pub reception: Option<Reception>,
    /// The address.
    pub address: Option<PostalAddress>,
    /// The place on the map.
    pub point: Option<GeoPoint>,
    /// More places where people are received.
    pub other_places: Option<Vec<ServicePlace>>,
    /// Where the people live whom it receives.
    pub coverage: Option<Coverage>,
    /// How one gets in.
    pub ways_in: Option<Vec<WayIn>>,
    /// How a professional gets somebody in, when that differs.
    pub professional_ways_in: Option<Vec<WayIn>>,
    /// Who may turn to it.
    pub open_to: Option<Vec<OpenTo>>,
    /// How one gets in, in words.
    pub way_in_note: Option<WayInNote>,
    /// The link to follow when a link is a way in.
    pub link: Option<Url>,
    /// What the link says.
    pub link_text: Option<Label>,
    /// Whom to ask.
    pub contact: Option<Contact>,
    /// When it is open, in the grammar of `OpenStreetMap`.
    pub opening_hours: Option<OpeningHours>,
    /// Hours per week that it takes.
    pub hours_per_week: Option<i32>,
    /// Weeks that it lasts.
    pub weeks: Option<i32>,
    /// How many people it can take now.
    pub capacity: Option<Capacity>,
    /// The day from which it takes no new referrals.
    pub suspended_from: Option<NaiveDate>,
    /// How often the owner promises to look the entry over.
    pub update_frequency: Option<UpdateFrequency>,
    /// Whether referrals come in through the form.
    pub form_enabled: bool,
    /// Where it stands.
    pub state: ServiceState,
    /// The feed it came from; `None` when written here.
    pub source: Option<SourceKey>,
    /// Its id in that feed.
    pub source_id: Option<SourceKey>,
    /// When the source changed it last.
    pub source_updated_on: Option<NaiveDate>,
    /// Its page at the source.
    pub source_url: Option<Url>,
    /// What the source says in a way that the fields here cannot hold, by its own field names; an export gives it back.
    pub source_values: Option<SourceValues>,
    /// The access conditions of the feed, as they came; the criteria repeat them line by line.
    pub conditions: Option<Conditions>,
    /// The languages spoken.
    pub languages: Vec<LanguageTag>,
    /// Labels that it carries.
    pub labels: Option<Vec<Label>>,
    /// The case type to open when a referral is accepted.
    pub case_type: Option<Slug>,
    /// When its owner said last that everything is still right.
    pub last_confirmed_at: Option<DateTime<Utc>>,
    /// When it came into this directory.
    pub created_at: DateTime<Utc>,
    /// When it changed here last.
    pub updated_at: DateTime<Utc>,
    /// Counts the saves. Commands leave it alone: the save raises it.
    pub version: i32,
}

/// What happened to a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServiceEvent {
    /// It came into the directory.
    Created,
    /// Its content changed.
    Edited {
        /// The names of the changed fields.
        fields: Vec<&'static str>,
    },
    /// It became public, or takes referrals again.
    Published,
    /// It takes no new referrals for now.
    Suspended,
    /// It is kept for its referrals only.
    Archived,
    /// Its owner says that everything is still right.
    Confirmed,
}

impl ServiceEvent {
    /// The stable name of the event's type.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Created => "service.created",
            Self::Edited { .. } => "service.edited",
            Self::Published => "service.published",
            Self::Suspended => "service.suspended",
            Self::Archived => "service.archived",
            Self::Confirmed => "service.confirmed",
        }
    }
}

/// A service after a command, and what happened to it.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceChange {
    /// The service as it is now.
    pub service: Service,
    /// What happened, in order. Empty when the command changed nothing.
    pub events: Vec<ServiceEvent>,
}

/// Copies the content fields of one value into another and names those that differ. Destructuring makes a field that is
/// forgotten here a compile error.
macro_rules! move_content {
    ($draft:expr => $service:expr; $($field:ident),+ $(,)?) => {{
        let ServiceDraft { $($field),+ } = $draft;
        let mut fields: Vec<&'static str> = Vec::new();
        $(if $service.$field != $field {
            fields.push(stringify!($field));
            $service.$field = $field;
        })+
        fields
    }};
}

impl Service {
    /// A new service, as a draft.
    ///
    /// # Errors
    /// `duplicate`, `out_of_range`, `opening_hours_invalid` (422).
    pub fn create(
        id: ServiceId,
        organisation_id: OrganisationId,
        draft: ServiceDraft,
        now: DateTime<Utc>,
    ) -> Result<ServiceChange, Blocked> {
        Blocked::unless_empty(draft.blockers_after(None))?;
        let mut service = Self::empty(id, organisation_id, draft.name.clone(), now);
        service.fill(draft);
        Ok(ServiceChange { service, events: vec![ServiceEvent::Created] })
    }

    pub(super) fn empty(id: ServiceId, organisation_id: OrganisationId, name: ServiceName, now: DateTime<Utc>) -> Self {
        Self {
            id,
            organisation_id,
            unit_id: None,
            name,
            summary: None,
            description: None,
            kind: None,
            topics: None,
            audiences: None,
            audience_note: None,
            criteria: None,
            criteria_mode: None,
            documents: None,
            fee: None,
            fee_note: None,
            fee_amount: None,
            reception: None,
            address: None,
            point: None,
            other_places: None,
            coverage: None,
            ways_in: None,
            professional_ways_in: None,
            open_to: None,
            way_in_note: None,
            link: None,
            link_text: None,
            contact: None,
            opening_hours: None,
            hours_per_week: None,
            weeks: None,
            capacity: None,
            suspended_from: None,
            update_frequency: None,
            form_enabled: false,
            state: ServiceState::Draft,
            source: None,
            source_id: None,
            source_updated_on: None,
            source_url: None,
            source_values: None,
            conditions: None,
            languages: Vec::new(),
            labels: None,
            case_type: None,
            last_confirmed_at: None,
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }

    /// Replaces the content; gives the names of the fields that changed.
    pub(super) fn fill(&mut self, mut draft: ServiceDraft) -> Vec<&'static str> {
        draft.address = draft.address.map(PostalAddress::normalised);
        for place in draft.other_places.iter_mut().flatten() {
            place.address = place.address.clone().normalised();
        }
        move_content!(draft => self;
            unit_id, name, summary, description, kind, topics, audiences, audience_note, criteria, criteria_mode, documents, fee,
            fee_note, fee_amount, reception, address, point, other_places, coverage, ways_in, professional_ways_in, open_to,
            way_in_note, link, link_text, contact, opening_hours, hours_per_week, weeks, capacity, suspended_from,
            update_frequency, form_enabled, languages, labels, case_type)
    }

    /// The content as a draft, for merging a patch into it.
    pub fn draft(&self) -> ServiceDraft {
        let service = self.clone();
        ServiceDraft {
            unit_id: service.unit_id,
            name: service.name,
            summary: service.summary,
            description: service.description,
            kind: service.kind,
            topics: service.topics,
            audiences: service.audiences,
            audience_note: service.audience_note,
            criteria: service.criteria,
            criteria_mode: service.criteria_mode,
            documents: service.documents,
            fee: service.fee,
            fee_note: service.fee_note,
            fee_amount: service.fee_amount,
            reception: service.reception,
            address: service.address,
            point: service.point,
            other_places: service.other_places,
            coverage: service.coverage,
            ways_in: service.ways_in,
            professional_ways_in: service.professional_ways_in,
            open_to: service.open_to,
            way_in_note: service.way_in_note,
            link: service.link,
            link_text: service.link_text,
            contact: service.contact,
            opening_hours: service.opening_hours,
            hours_per_week: service.hours_per_week,
            weeks: service.weeks,
            capacity: service.capacity,
            suspended_from: service.suspended_from,
            update_frequency: service.update_frequency,
            form_enabled: service.form_enabled,
            languages: service.languages,
            labels: service.labels,
            case_type: service.case_type,
        }
    }

    /// Replaces the content. A public service written here keeps what publishing demanded.
    ///
    /// # Errors
    /// `archived` (409); `duplicate`, `out_of_range`, `opening_hours_invalid`, `required_to_publish` (422).
    pub fn edit(&self, draft: ServiceDraft, now: DateTime<Utc>) -> Result<ServiceChange, Blocked> {
        let mut blockers = self.blockers_to_edit();
        blockers.extend(draft.blockers_after(self.opening_hours.as_ref()));
        let mut service = self.clone();
        let fields = service.fill(draft);
        if matches!(self.state, ServiceState::Published | ServiceState::Suspended) {
            blockers.extend(service.missing_to_publish());
        }
        Blocked::unless_empty(blockers)?;
        if fields.is_empty() {
            return Ok(ServiceChange { service, events: Vec::new() });
        }
        service.updated_at = now;
        Ok(ServiceChange { service, events: vec![ServiceEvent::Edited { fields }] })
    }

    /// Makes it public, for the first time or after a suspension.
    ///
    /// # Errors
    /// `already_published`, `archived` (409); `required_to_publish` (422), once per missing field.
    pub fn publish(&self, now: DateTime<Utc>) -> Result<ServiceChange, Blocked> {
        Blocked::unless_empty(self.blockers_to_publish())?;
        Ok(self.moved(ServiceState::Published, ServiceEvent::Published, now))
    }

    /// Stops new referrals for now.
    ///
    /// # Errors
    /// `not_published`, `already_suspended`, `archived` (409).
    pub fn suspend(&self, now: DateTime<Utc>) -> Result<ServiceChange, Blocked> {
        Blocked::unless_empty(self.blockers_to_suspend())?;
        Ok(self.moved(ServiceState::Suspended, ServiceEvent::Suspended, now))
    }

    /// Takes it out of the directory for good; its referrals stay.
    ///
    /// # Errors
    /// `already_archived` (409).
    pub fn archive(&self, now: DateTime<Utc>) -> Result<ServiceChange, Blocked> {
        Blocked::unless_empty(self.blockers_to_archive())?;
        Ok(self.moved(ServiceState::Archived, ServiceEvent::Archived, now))
    }

    /// Says that everything is still right, whoever looked it over.
    ///
    /// # Errors
    /// `archived` (409).
    pub fn confirm(&self, now: DateTime<Utc>) -> Result<ServiceChange, Blocked> {
        Blocked::unless_empty(self.blockers_to_confirm())?;
        let service = Self { last_confirmed_at: Some(now), ..self.clone() };
        Ok(ServiceChange { service, events: vec![ServiceEvent::Confirmed] })
    }

    fn moved(&self, state: ServiceState, event: ServiceEvent, now: DateTime<Utc>) -> ServiceChange {
        let service = Self { state, updated_at: now, ..self.clone() };
        ServiceChange { service, events: vec![event] }
    }
}
