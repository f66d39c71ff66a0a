//! How a criterion stands, and why.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::choice;

choice! {
    /// How a criterion stands.
    pub enum CriterionState {
        /// It is met.
        Met = "met",
        /// It is not met.
        NotMet = "not_met",
        /// What is told does not decide it.
        Unknown = "unknown",
    }
}

choice! {
    /// Why a criterion stands as it does.
    pub enum ReasonCode {
        /// The age lies within the bounds.
        AgeWithin = "age_within",
        /// The person is too young.
        AgeBelow = "age_below",
        /// The person is too old.
        AgeAbove = "age_above",
        /// The age is not told, or not exactly enough.
        AgeNotTold = "age_not_told",
        /// The person lives in one of the zones.
        LivesThere = "lives_there",
        /// The person lives elsewhere.
        LivesElsewhere = "lives_elsewhere",
        /// The commune is not told.
        HomeNotTold = "home_not_told",
        /// It is not known whether the commune lies in the zones.
        ZoneNotKnown = "zone_not_known",
        /// The person belongs to one of these audiences or statuses.
        Belongs = "belongs",
        /// The person belongs to none of them.
        BelongsToNone = "belongs_to_none",
        /// It is not told of all of them.
        NotTold = "not_told",
        /// The income is within the limit.
        IncomeWithin = "income_within",
        /// The income is above the limit.
        IncomeAbove = "income_above",
        /// The income is not told.
        IncomeNotTold = "income_not_told",
        /// The limit depends on the size of the household, which is not told.
        HouseholdNotTold = "household_not_told",
        /// The income is told in another currency.
        CurrencyDiffers = "currency_differs",
        /// The document is at hand.
        DocumentAtHand = "document_at_hand",
        /// The document is not at hand.
        DocumentNotAtHand = "document_not_at_hand",
        /// The document is too old.
        DocumentExpired = "document_expired",
        /// It is not told whether the document is at hand.
        DocumentNotTold = "document_not_told",
        /// The day on the document is not told.
        DocumentDateNotTold = "document_date_not_told",
        /// The answer is as expected.
        AnsweredAsExpected = "answered_as_expected",
        /// The answer is another one.
        AnsweredOtherwise = "answered_otherwise",
        /// The question is not answered.
        NotAnswered = "not_answered",
        /// The answer is of another kind than the question.
        AnswerNotUnderstood = "answer_not_understood",
        /// Somebody says that it is met.
        SaidToBeMet = "said_to_be_met",
        /// Somebody says that it is not met.
        SaidNotToBeMet = "said_not_to_be_met",
        /// It is in words only, and nobody has answered.
        WordsOnly = "words_only",
        /// Enough of the counted criteria are met.
        EnoughMet = "enough_met",
        /// Too few of the counted criteria can still be met.
        TooFewLeft = "too_few_left",
        /// More of the counted criteria have to be met.
        MoreNeeded = "more_needed",
    }
}

/// A reason with its parameters: what the rule says, never what the person is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reason {
    /// The code.
    pub code: ReasonCode,
    /// What the rule says.
    #[schema(value_type = Object)]
    pub params: Map<String, Value>,
}

impl Reason {
    /// A reason without parameters.
    pub fn of(code: ReasonCode) -> Self {
        Self { code, params: Map::new() }
    }

    /// Adds a parameter, when there is one.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        if let Ok(value) = serde_json::to_value(value)
            && !value.is_null()
        {
            self.params.insert(name.to_owned(), value);
        }
        self
    }
}
