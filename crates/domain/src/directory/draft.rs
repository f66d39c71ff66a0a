//! What may be written of a service: the body of its creation and of its change.

use std::{collections::HashSet, hash::Hash};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};

use super::{
    codes::{AudienceCode, CriteriaMode, Fee, OpenTo, Reception, ServiceKind, TopicCode, UpdateFrequency, WayIn},
    criterion::{Criterion, criteria_problems},
    parts::{
        AudienceNote, Capacity, Contact, Coverage, Description, FeeNote, Label, LanguageTag, OpeningHours, RequiredDocument, ServiceName,
        ServicePlace, Summary, WayInNote,
    },
    tokens::Slug,
};
use crate::shared::{
    Blocker, Money,
    contact::{GeoPoint, PostalAddress, Url},
    ids::{ServiceId, UnitId},
    merge_patch,
};

/// How many places a service may name beside its address.
pub(super) const MOST_PLACES: usize = 50;

/// The content of a service. Absent or null means "not told"; an empty list means "none", and for audiences "everyone".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceDraft {
    /// The unit that runs the service.
    #[serde(default)]
    pub unit_id: Option<UnitId>,
    /// The name.
    pub name: ServiceName,
    /// One or two sentences for lists.
    #[serde(default)]
    pub summary: Option<Summary>,
    /// The long text.
    #[serde(default)]
    pub description: Option<Description>,
    /// What the service gives.
    #[serde(default)]
    pub kind: Option<ServiceKind>,
    /// Its topics.
    #[serde(default)]
    pub topics: Option<Vec<TopicCode>>,
    /// Its audiences; empty for everyone.
    #[serde(default)]
    pub audiences: Option<Vec<AudienceCode>>,
    /// Who is meant, in words.
    #[serde(default)]
    pub audience_note: Option<AudienceNote>,
    /// The conditions to be received.
    #[serde(default)]
    pub criteria: Option<Vec<Criterion>>,
    /// Whether all conditions have to be met or one of them; all when not told.
    #[serde(default)]
    pub criteria_mode: Option<CriteriaMode>,
    /// The documents asked for.
    #[serde(default)]
    pub documents: Option<Vec<RequiredDocument>>,
    /// Free or paid.
    #[serde(default)]
    pub fee: Option<Fee>,
    /// What the fee is made of.
    #[serde(default)]
    pub fee_note: Option<FeeNote>,
    /// What it costs.
    #[serde(default)]
    pub fee_amount: Option<Money>,
    /// Where people are received.
    #[serde(default)]
    pub reception: Option<Reception>,
    /// The address.
    #[serde(default)]
    pub address: Option<PostalAddress>,
    /// The place on the map.
    #[serde(default)]
    pub point: Option<GeoPoint>,
    /// More places where people are received.
    #[serde(default)]
    pub other_places: Option<Vec<ServicePlace>>,
    /// Where the people live whom the service receives.
    #[serde(default)]
    pub coverage: Option<Coverage>,
    /// How one gets in.
    #[serde(default)]
    pub ways_in: Option<Vec<WayIn>>,
    /// How a professional gets somebody in, when that differs.
    #[serde(default)]
    pub professional_ways_in: Option<Vec<WayIn>>,
    /// Who may turn to the service.
    #[serde(default)]
    pub open_to: Option<Vec<OpenTo>>,
    /// How one gets in, in words.
    #[serde(default)]
    pub way_in_note: Option<WayInNote>,
    /// The link to follow when a link is a way in.
    #[serde(default)]
    pub link: Option<Url>,
    /// What the link says.
    #[serde(default)]
    pub link_text: Option<Label>,
    /// Whom to ask.
    #[serde(default)]
    pub contact: Option<Contact>,
    /// When it is open, in the grammar of `OpenStreetMap`.
    #[serde(default)]
    pub opening_hours: Option<OpeningHours>,
    /// Hours per week that the service takes.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 168)]
    pub hours_per_week: Option<i32>,
    /// Weeks that the service lasts.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 520)]
    pub weeks: Option<i32>,
    /// How many people it can take now.
    #[serde(default)]
    pub capacity: Option<Capacity>,
    /// The day from which it takes no new referrals.
    #[serde(default)]
    pub suspended_from: Option<NaiveDate>,
    /// How often the owner promises to look the entry over.
    #[serde(default)]
    pub update_frequency: Option<UpdateFrequency>,
    /// Whether referrals come in through the form.
    #[serde(default)]
    pub form_enabled: bool,
    /// The languages spoken.
    #[serde(default)]
    pub languages: Vec<LanguageTag>,
    /// Labels that it carries.
    #[serde(default)]
    pub labels: Option<Vec<Label>>,
    /// The case type to open when a referral is accepted.
    #[serde(default)]
    pub case_type: Option<Slug>,
}

impl ServiceDraft {
    /// A draft with a name and nothing told.
    pub fn named(name: ServiceName) -> Self {
        Self {
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
            languages: Vec::new(),
            labels: None,
            case_type: None,
        }
    }

    /// What the types alone cannot refuse: repeated entries (`duplicate`), numbers out of bounds
    /// (`out_of_range`), criteria at odds with themselves (see [`criteria_problems`]), and an address that does not fit its country
    /// (`postal_code_invalid`, `commune_invalid`).
    pub fn blockers(&self) -> Vec<Blocker> {
        let mut blockers = Vec::new();
        repeated(&mut blockers, "/topics", "", self.topics.as_deref(), |topic| *topic);
        repeated(&mut blockers, "/audiences", "", self.audiences.as_deref(), |audience| *audience);
        blockers.extend(criteria_problems(self.criteria.as_deref().unwrap_or_default(), "/criteria"));
        repeated(&mut blockers, "/documents", "/code", self.documents.as_deref(), |document| &document.code);
        repeated(&mut blockers, "/ways_in", "", self.ways_in.as_deref(), |way| *way);
        repeated(&mut blockers, "/professional_ways_in", "", self.professional_ways_in.as_deref(), |way| *way);
        repeated(&mut blockers, "/open_to", "", self.open_to.as_deref(), |who| *who);
        repeated(&mut blockers, "/languages", "", Some(&self.languages), |language| language);
        repeated(&mut blockers, "/labels", "", self.labels.as_deref(), |label| label);
        if let Some(coverage) = &self.coverage {
            repeated(&mut blockers, "/coverage/zones", "", Some(coverage.zones()), |zone| zone);
        }
        if let Some(address) = &self.address {
            blockers.extend(address.problems_at("/address"));
        }
        for (index, place) in self.other_places.iter().flatten().enumerate() {
            blockers.extend(place.address.problems_at(&format!("/other_places/{index}/address")));
        }
        if self.other_places.as_ref().is_some_and(|places| places.len() > MOST_PLACES) {
            blockers.push(Blocker::content("out_of_range").at("/other_places").with("min", 0).with("max", MOST_PLACES));
        }
        if self.fee_amount.is_some_and(|amount| amount.minor() < 0) {
            blockers.push(Blocker::content("out_of_range").at("/fee_amount/amount").with("min", 0));
        }
        blockers.extend(self.capacity.iter().flat_map(Capacity::problems));
        bounded(&mut blockers, "/hours_per_week", self.hours_per_week, 0, 168);
        bounded(&mut blockers, "/weeks", self.weeks, 1, 520);
        blockers
    }

    /// As [`Self::blockers`], and `opening_hours_invalid` for opening hours that are not those of before: what a feed brought is
    /// kept as it came.
    pub fn blockers_after(&self, hours: Option<&OpeningHours>) -> Vec<Blocker> {
        let mut blockers = self.blockers();
        let changed = self.opening_hours.as_ref().filter(|told| Some(*told) != hours);
        blockers.extend(changed.and_then(|told| told.problem_at("/opening_hours")));
        blockers
    }
}

fn repeated<'a, T, K: Eq + Hash>(
    blockers: &mut Vec<Blocker>,
    list: &str,
    key_pointer: &str,
    items: Option<&'a [T]>,
    key: impl Fn(&'a T) -> K,
) {
    let mut seen = HashSet::new();
    for (index, item) in items.unwrap_or_default().iter().enumerate() {
        if !seen.insert(key(item)) {
            blockers.push(Blocker::content("duplicate").at(format!("{list}/{index}{key_pointer}")));
        }
    }
}

impl Capacity {
    /// Numbers out of bounds (`out_of_range`), and more free places than there are (`more_free_than_total`).
    fn problems(&self) -> Vec<Blocker> {
        let Self { total, free, waiting_list, valid_until: _ } = self;
        let mut blockers = Vec::new();
        for (pointer, value) in [("/capacity/total", total), ("/capacity/free", free), ("/capacity/waiting_list", waiting_list)] {
            bounded(&mut blockers, pointer, *value, 0, 100_000);
        }
        if free.zip(*total).is_some_and(|(free, total)| free > total) {
            blockers.push(Blocker::content("more_free_than_total").at("/capacity/free"));
        }
        blockers
    }
}

fn bounded(blockers: &mut Vec<Blocker>, pointer: &str, value: Option<i32>, min: i32, max: i32) {
    if value.is_some_and(|value| !(min..=max).contains(&value)) {
        blockers.push(Blocker::content("out_of_range").at(pointer).with("min", min).with("max", max));
    }
}

/// The body that makes a service: its content, and, where the caller wants to choose it, its id.
#[derive(Clone, Debug, PartialEq)]
pub struct NewService {
    /// The caller's own id, a fresh UUID v7.
    pub id: Option<ServiceId>,
    /// The content.
    pub draft: ServiceDraft,
}

impl<'de> Deserialize<'de> for NewService {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Map::deserialize(deserializer)?;
        let id = fields.remove("id").map(serde_json::from_value::<Option<ServiceId>>).transpose();
        let draft = serde_json::from_value(Value::Object(fields)).map_err(serde::de::Error::custom)?;
        Ok(Self { id: id.map_err(serde::de::Error::custom)?.flatten(), draft })
    }
}

impl PartialSchema for NewService {
    fn schema() -> RefOr<Schema> {
        let mut schema = ServiceDraft::schema();
        if let RefOr::T(Schema::Object(object)) = &mut schema {
            object.properties.insert("id".to_owned(), ServiceId::schema());
        }
        schema
    }
}

impl ToSchema for NewService {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        ServiceDraft::schemas(schemas);
    }
}

/// A change of a service as a JSON merge patch (RFC 7396): absent keeps, null clears, lists are replaced whole.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ServicePatch(pub Map<String, Value>);

impl ServicePatch {
    /// The content after the patch.
    ///
    /// # Errors
    /// What is wrong with the merged content, when it is no [`ServiceDraft`].
    pub fn apply(&self, before: &ServiceDraft) -> Result<ServiceDraft, serde_json::Error> {
        let mut merged = serde_json::to_value(before)?;
        merge_patch(&mut merged, &Value::Object(self.0.clone()));
        serde_json::from_value(merged)
    }
}

impl PartialSchema for ServicePatch {
    fn schema() -> RefOr<Schema> {
        let mut schema = ServiceDraft::schema();
        if let RefOr::T(Schema::Object(object)) = &mut schema {
            object.required.clear();
        }
        schema
    }
}

impl ToSchema for ServicePatch {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        ServiceDraft::schemas(schemas);
    }
}
