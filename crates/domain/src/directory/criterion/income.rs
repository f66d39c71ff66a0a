//! Limits of income by the size of the household.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type, schema::AdditionalProperties};
use utoipa::{PartialSchema, ToSchema};

use crate::choice;
use crate::shared::money::{Currency, Money, MoneyError};

/// The most sizes that a rule names one by one.
const MOST_SIZES: usize = 20;
/// The key of what is added for each person beyond the largest size named.
const PER_MORE: &str = "per_more";
const AMOUNT: &str = r"^-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,2})?$";

choice! {
    /// The time over which an income is counted.
    pub enum IncomePeriod {
        /// A month.
        Month = "month",
        /// A year: twelve months.
        Year = "year",
    }
}

impl IncomePeriod {
    /// How often it fits into a year.
    pub const fn times_a_year(self) -> i64 {
        match self {
            Self::Month => 12,
            Self::Year => 1,
        }
    }
}

/// The household lives on no more than this. JSON: `{"max_by_household": {"1": "1200.00", "2": "1800.00", "per_more": "400.00"},
/// "period": "month", "currency": "EUR"}`. Sizes begin at 1 and leave no gap; without `per_more` the last holds for larger ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "IncomeJson", into = "IncomeJson")]
pub struct IncomeRule {
    pub(super) limits: Vec<Money>,
    pub(super) per_more: Option<Money>,
    /// The time that the amounts are for.
    pub period: IncomePeriod,
    /// The currency of the amounts.
    pub currency: Currency,
}

impl IncomeRule {
    /// The limit for a household of `size` persons, in minor units a year; none for a household of nobody.
    pub fn yearly_limit(&self, size: i32) -> Option<i64> {
        let size = usize::try_from(size).ok().filter(|size| *size > 0)?;
        let named = self.limits.get(size - 1).or(self.limits.last())?;
        let more = i64::try_from(size.saturating_sub(self.limits.len())).ok()?;
        let added = self.per_more.map_or(0, Money::minor).checked_mul(more)?;
        named.minor().checked_add(added)?.checked_mul(self.period.times_a_year())
    }

    /// The limit that holds for every household, in minor units a year: that of one person.
    pub fn least_yearly_limit(&self) -> Option<i64> {
        self.yearly_limit(1)
    }

    /// The limit beyond which no household is, in minor units a year; none when it grows with each person.
    pub fn greatest_yearly_limit(&self) -> Option<i64> {
        if self.per_more.is_some_and(|more| more.minor() > 0) {
            return None;
        }
        self.yearly_limit(i32::try_from(self.limits.len()).ok()?)
    }
}

/// Why the limits by household are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum BadLimits {
    /// The keys are not 1, 2, 3 … and `per_more`.
    #[error("the limits are named 1, 2, 3 … without a gap, 20 at most, and per_more")]
    Sizes,
    /// An amount is none.
    #[error(transparent)]
    Amount(#[from] MoneyError),
}

#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct IncomeJson {
    /// The limit by the number of people in the household: `1`, `2`, `3` … and `per_more` for each one beyond.
    max_by_household: Limits,
    period: IncomePeriod,
    currency: Currency,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
struct Limits(BTreeMap<String, String>);

impl PartialSchema for Limits {
    fn schema() -> RefOr<Schema> {
        let amount = ObjectBuilder::new().schema_type(Type::String).pattern(Some(AMOUNT)).max_length(Some(16)).build();
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .additional_properties(Some(AdditionalProperties::RefOr(RefOr::T(Schema::Object(amount)))))
            .examples([serde_json::json!({"1": "1200.00", "2": "1800.00", "per_more": "400.00"})])
            .into()
    }
}

impl ToSchema for Limits {
    fn name() -> std::borrow::Cow<'static, str> {
        "IncomeLimits".into()
    }
}

impl TryFrom<IncomeJson> for IncomeRule {
    type Error = BadLimits;

    fn try_from(json: IncomeJson) -> Result<Self, BadLimits> {
        let IncomeJson { max_by_household: Limits(mut named), period, currency } = json;
        let per_more = named.remove(PER_MORE).map(|amount| Money::parse(&amount, currency)).transpose()?;
        let mut limits = Vec::new();
        while let Some(amount) = named.remove(&(limits.len() + 1).to_string()) {
            limits.push(Money::parse(&amount, currency)?);
        }
        if limits.is_empty() || limits.len() > MOST_SIZES || !named.is_empty() {
            return Err(BadLimits::Sizes);
        }
        Ok(Self { limits, per_more, period, currency })
    }
}

impl From<IncomeRule> for IncomeJson {
    fn from(rule: IncomeRule) -> Self {
        let named = rule.limits.iter().enumerate().map(|(index, limit)| ((index + 1).to_string(), limit.amount()));
        let more = rule.per_more.map(|more| (PER_MORE.to_owned(), more.amount()));
        Self { max_by_household: Limits(named.chain(more).collect()), period: rule.period, currency: rule.currency }
    }
}

impl PartialSchema for IncomeRule {
    fn schema() -> RefOr<Schema> {
        IncomeJson::schema()
    }
}

impl ToSchema for IncomeRule {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        IncomeJson::schemas(schemas);
    }
}
