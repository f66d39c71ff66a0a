//! What is told about a person. Nothing here says who the person is; everything is optional.

use std::collections::BTreeMap;
use std::hash::Hash;

use chrono::{Datelike as _, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type, schema::SchemaType};
use utoipa::{PartialSchema, ToSchema};

use super::AgeBand;
use crate::directory::{AudienceCode, DocumentCode, IncomePeriod, Slug, ZoneCode};
use crate::shared::money::{Currency, MoneyError};
use crate::shared::{Blocker, Money};

const MOST_ENTRIES: usize = 100;
const MOST_PEOPLE: i32 = 50;
const OLDEST: i32 = 150;

crate::text! {
    /// An answer in words.
    AnswerWords, max = 500
}

/// What is known about a person, as far as a service may ask it. What is absent is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Known {
    /// The day of birth.
    pub birth_date: Option<NaiveDate>,
    /// The year of birth, when the day is not known.
    #[schema(minimum = 1900, maximum = 2100)]
    pub birth_year: Option<i32>,
    /// The age in whole years, when no birth is known.
    #[schema(minimum = 0, maximum = 150)]
    pub age: Option<i32>,
    /// The ages between which the person is, as a referral tells them.
    #[serde(skip)]
    #[schema(ignore)]
    pub age_band: Option<AgeBand>,
    /// The official code of the commune where the person lives.
    pub commune: Option<ZoneCode>,
    #[serde(flatten)]
    #[schema(inline)]
    pub facts: Facts,
}

/// What a service may ask about a person beyond age and home.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = EligibilityFacts)]
pub struct Facts {
    /// How many people live in the household, the person included.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 50)]
    pub household_size: Option<i32>,
    /// Audiences to which the person belongs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    pub audiences: Vec<AudienceCode>,
    /// Audiences to which the person does not belong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    pub not_audiences: Vec<AudienceCode>,
    /// Statuses that the person has, such as `rsa`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    pub statuses: Vec<Slug>,
    /// Statuses that the person does not have.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    pub not_statuses: Vec<Slug>,
    /// What the household lives on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub income: Option<Income>,
    /// The documents at hand, and those known to be missing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    pub documents: Vec<HeldDocument>,
    /// Answers by the id of the criterion that asks: to questions, and to criteria in words only.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = Answers)]
    pub answers: BTreeMap<Slug, Answer>,
}

/// An amount over a time. JSON: `{"amount": "1150.00", "currency": "EUR", "period": "month"}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "IncomeJson", into = "IncomeJson")]
pub struct Income {
    /// The amount.
    pub amount: Money,
    /// The time that it is for.
    pub period: IncomePeriod,
}

impl Income {
    /// The amount in minor units a year.
    pub const fn yearly(self) -> i64 {
        self.amount.minor().saturating_mul(self.period.times_a_year())
    }
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct IncomeJson {
    /// The amount as a string, exact, with at most two decimals.
    #[schema(pattern = r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,2})?$", max_length = 15, examples("1150.00"))]
    amount: String,
    currency: Currency,
    period: IncomePeriod,
}

impl TryFrom<IncomeJson> for Income {
    type Error = MoneyError;
    fn try_from(IncomeJson { amount, currency, period }: IncomeJson) -> Result<Self, MoneyError> {
        Ok(Self { amount: Money::parse(&amount, currency)?, period })
    }
}

impl From<Income> for IncomeJson {
    fn from(Income { amount, period }: Income) -> Self {
        Self { amount: amount.amount(), currency: amount.currency(), period }
    }
}

impl PartialSchema for Income {
    fn schema() -> RefOr<Schema> {
        IncomeJson::schema()
    }
}

impl ToSchema for Income {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        IncomeJson::schemas(schemas);
    }
}

/// A document of the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HeldDocument {
    /// The code of the document, as the service names it.
    pub code: DocumentCode,
    /// Whether the person has it; false says that it is known to be missing.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub at_hand: bool,
    /// The day on the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued_on: Option<NaiveDate>,
}

const fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
const fn is_yes(value: &bool) -> bool {
    *value
}

/// An answer: yes, no, or words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Answer {
    /// Yes or no.
    Is(bool),
    /// Words.
    Words(AnswerWords),
}

impl PartialSchema for Answer {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Array(vec![Type::Boolean, Type::String]))
            .description(Some("Yes, no, or the answer in words."))
            .max_length(Some(AnswerWords::MAX))
            .into()
    }
}

impl ToSchema for Answer {
    fn name() -> std::borrow::Cow<'static, str> {
        "EligibilityAnswer".into()
    }
}

/// Answers by the id of a criterion, for the schema.
struct Answers;

impl PartialSchema for Answers {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .additional_properties(Some(Answer::schema()))
            .examples([serde_json::json!({"driving-licence": true})])
            .into()
    }
}

impl ToSchema for Answers {
    fn name() -> std::borrow::Cow<'static, str> {
        "EligibilityAnswers".into()
    }
}

impl Known {
    /// What is wrong with what is told: `out_of_range`, `in_the_future`, `duplicate` (two documents of one code), `too_many`, and
    /// `contradiction` where two things cannot both be true.
    pub fn problems(&self, today: NaiveDate) -> Vec<Blocker> {
        let mut found = Vec::new();
        if self.birth_date.is_some_and(|born| born > today) {
            found.push(Blocker::content("in_the_future").at("/birth_date"));
        }
        let oldest = today.year() - OLDEST;
        if self.birth_date.is_some_and(|born| born.year() < oldest) {
            found.push(Blocker::content("out_of_range").at("/birth_date"));
        }
        between(self.birth_year, oldest, today.year(), "/birth_year", &mut found);
        between(self.age, 0, OLDEST, "/age", &mut found);
        if found.is_empty() {
            found.extend(self.contradiction(today));
        }
        found.extend(self.facts.problems(Some(today), ""));
        found
    }

    /// The birth and the age that cannot both be.
    fn contradiction(&self, today: NaiveDate) -> Option<Blocker> {
        let another_year = self.birth_date.zip(self.birth_year).is_some_and(|(born, year)| born.year() != year);
        let another_age = self.ages(today).is_some_and(|(youngest, oldest)| youngest > oldest);
        let pointer = if another_year { "/birth_year" } else { "/age" };
        (another_year || another_age).then(|| Blocker::content("contradiction").at(pointer))
    }

    /// The ages that the person may have: the youngest and the oldest. The youngest is greater when what is told is contradictory.
    pub fn ages(&self, today: NaiveDate) -> Option<(i32, i32)> {
        let born = self.birth_date.map(|born| age_on(born, today)).map(|age| (age, age));
        let year = self.birth_year.map(|year| ((today.year() - year - 1).max(0), today.year() - year));
        let told = self.age.map(|age| (age, age));
        let band = self.age_band.map(AgeBand::ages);
        [born, year, told, band].into_iter().flatten().reduce(|one, other| (one.0.max(other.0), one.1.min(other.1)))
    }
}

/// Whole years on a day. Who is born on 29 February has the birthday on 1 March in other years.
fn age_on(born: NaiveDate, today: NaiveDate) -> i32 {
    let before_birthday = (today.month(), today.day()) < (born.month(), born.day());
    today.year() - born.year() - i32::from(before_birthday)
}

impl Facts {
    /// What is wrong with the facts, which stand at `base`; see [`Known::problems`]. Without a day nothing lies in the future.
    pub fn problems(&self, today: Option<NaiveDate>, base: &str) -> Vec<Blocker> {
        let mut found = Vec::new();
        between(self.household_size, 1, MOST_PEOPLE, &format!("{base}/household_size"), &mut found);
        both(&self.audiences, &self.not_audiences, &format!("{base}/not_audiences"), &mut found);
        both(&self.statuses, &self.not_statuses, &format!("{base}/not_statuses"), &mut found);
        if self.income.is_some_and(|income| income.amount.minor() < 0) {
            found.push(Blocker::content("out_of_range").at(format!("{base}/income/amount")));
        }
        for (index, document) in self.documents.iter().enumerate() {
            if self.documents.iter().take(index).any(|earlier| earlier.code == document.code) {
                found.push(Blocker::content("duplicate").at(format!("{base}/documents/{index}/code")));
            }
            if document.issued_on.zip(today).is_some_and(|(issued, today)| issued > today) {
                found.push(Blocker::content("in_the_future").at(format!("{base}/documents/{index}/issued_on")));
            }
        }
        if self.answers.len() > MOST_ENTRIES {
            found.push(Blocker::content("too_many").at(format!("{base}/answers")).with("max", MOST_ENTRIES));
        }
        found
    }

    /// Each answer in words, with its pointer.
    pub fn words(&self) -> impl Iterator<Item = (String, &str)> {
        self.answers.iter().filter_map(|(id, answer)| match answer {
            Answer::Words(words) => Some((format!("/answers/{id}"), words.as_str())),
            Answer::Is(_) => None,
        })
    }
}

fn between(value: Option<i32>, min: i32, max: i32, pointer: &str, found: &mut Vec<Blocker>) {
    if value.is_some_and(|value| !(min..=max).contains(&value)) {
        found.push(Blocker::content("out_of_range").at(pointer).with("min", min).with("max", max));
    }
}

/// What is said to be true and not true.
fn both<T: Eq + Hash>(yes: &[T], no: &[T], pointer: &str, found: &mut Vec<Blocker>) {
    let contradicted = no.iter().enumerate().filter(|(_, entry)| yes.contains(entry));
    found.extend(contradicted.map(|(index, _)| Blocker::content("contradiction").at(format!("{pointer}/{index}"))));
}
