//! What a person meets to be received, as data: criteria with rules that the program can judge, or in words only.
//!
//! In JSON a criterion names its kind beside its rule: `{"id": "age", "kind": "age", "rule": {"min": 16, "max": 25},
//! "label": "…", "obligatory": true}`. Without kind and rule it is words only, as all criteria of feeds are.

mod income;
mod problems;
mod raw;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::codes::AudienceCode;
use super::parts::{CriterionLabel, DocumentCode, Zone};
use super::tokens::Slug;
use crate::{choice, text};

pub use income::{IncomePeriod, IncomeRule};
pub use problems::{AUDIENCE_ID, COVERAGE_ID, MOST_CRITERIA, criteria_problems};

text! {
    /// A question that settles a criterion.
    QuestionText, max = 500
}
text! {
    /// An answer to a question that is neither yes nor no.
    AnswerChoice, max = 200
}

choice! {
    /// What a criterion looks at.
    pub enum CriterionKind {
        /// The age in whole years.
        Age = "age",
        /// Where the person lives.
        Residence = "residence",
        /// The audiences to which the person belongs.
        Audience = "audience",
        /// The person's statuses: codes that the field agrees on, such as `rsa`.
        Status = "status",
        /// What the household lives on.
        Income = "income",
        /// A document at hand.
        Document = "document",
        /// The answer to a question.
        Question = "question",
        /// How many of several criteria are met.
        Count = "count",
    }
}

choice! {
    /// The answer that a question of yes or no asks for.
    pub enum ExpectedAnswer {
        /// Yes.
        Yes = "yes",
        /// No.
        No = "no",
    }
}

/// A condition that a person meets to be received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Criterion {
    /// The key of the criterion, unique within the service, parts included.
    pub id: Slug,
    /// What the program can judge; none for words only.
    pub rule: Option<Rule>,
    /// The condition in words.
    pub label: CriterionLabel,
    /// Whether it must be met.
    pub obligatory: bool,
    /// What to ask a person to settle it; none for the standard question of its kind.
    pub question: Option<QuestionText>,
    /// What shows that it is met.
    pub proof: Option<Proof>,
}

/// What is judged of a criterion that stands by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// One fact.
    Test(Test),
    /// How many of several.
    Count(CountRule),
}

/// What is judged of one fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// The age.
    Age(AgeRule),
    /// Where the person lives.
    Residence(ResidenceRule),
    /// The audiences.
    Audience(AudienceRule),
    /// The statuses.
    Status(StatusRule),
    /// What the household lives on.
    Income(IncomeRule),
    /// A document.
    Document(DocumentRule),
    /// An answer.
    Question(QuestionRule),
}

/// One of the criteria that a [`CountRule`] counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedCriterion {
    /// The key, unique within the service.
    pub id: Slug,
    /// What the program can judge; none for words only.
    pub rule: Option<Test>,
    /// The condition in words.
    pub label: CriterionLabel,
    /// What to ask a person to settle it.
    pub question: Option<QuestionText>,
    /// What shows that it is met.
    pub proof: Option<Proof>,
}

/// Whole years, both bounds within. At least one bound.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgeRule {
    /// The youngest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 150)]
    pub min: Option<i32>,
    /// The oldest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 150)]
    pub max: Option<i32>,
}

/// The person lives in one of these zones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResidenceRule {
    /// The zones.
    pub zones: Vec<Zone>,
}

/// The person belongs to one of these audiences.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AudienceRule {
    /// The audiences.
    pub any_of: Vec<AudienceCode>,
}

/// The person has one of these statuses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatusRule {
    /// The codes of the statuses.
    pub any_of: Vec<Slug>,
}

/// The document is at hand, and no older than the criterion's proof says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentRule {
    /// The code of the document.
    pub code: DocumentCode,
}

/// A question: with an expected yes or no, or with the answers that count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuestionRule {
    /// The question.
    pub text: QuestionText,
    /// The answer asked for; not together with `one_of`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<ExpectedAnswer>,
    /// The answers that meet it, when it is not a question of yes or no. Case and accents do not count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
    pub one_of: Vec<AnswerChoice>,
}

/// At least so many of several criteria.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CountRule {
    /// How many must be met.
    #[schema(minimum = 1, maximum = 50)]
    pub at_least: i32,
    /// Which are counted.
    #[schema(max_items = 50)]
    pub of: Vec<CountedCriterion>,
    /// Groups of their ids that count once together. Each id stands in one group at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 25)]
    pub exclusive: Vec<Vec<Slug>>,
}

/// What shows that a criterion is met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// The code of the document.
    pub document: DocumentCode,
    /// For how many days after its date it counts; for good when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 3650)]
    pub valid_days: Option<i32>,
}

impl Criterion {
    /// A criterion in words only.
    pub const fn words(id: Slug, label: CriterionLabel, obligatory: bool) -> Self {
        Self { id, rule: None, label, obligatory, question: None, proof: None }
    }
}

impl Rule {
    /// What it looks at.
    pub const fn kind(&self) -> CriterionKind {
        match self {
            Self::Test(test) => test.kind(),
            Self::Count(_) => CriterionKind::Count,
        }
    }
}

impl Test {
    /// What it looks at.
    pub const fn kind(&self) -> CriterionKind {
        match self {
            Self::Age(_) => CriterionKind::Age,
            Self::Residence(_) => CriterionKind::Residence,
            Self::Audience(_) => CriterionKind::Audience,
            Self::Status(_) => CriterionKind::Status,
            Self::Income(_) => CriterionKind::Income,
            Self::Document(_) => CriterionKind::Document,
            Self::Question(_) => CriterionKind::Question,
        }
    }
}

impl CountRule {
    /// The group of those that count once together to which an id belongs, by its place in the list.
    pub fn group_of(&self, id: &Slug) -> Option<usize> {
        self.exclusive.iter().position(|group| group.contains(id))
    }

    /// How many of these count: each by itself, those of one group once together.
    pub fn counted<'a>(&self, ids: impl IntoIterator<Item = &'a Slug>) -> usize {
        let mut groups = std::collections::HashSet::new();
        ids.into_iter().filter(|id| self.group_of(id).is_none_or(|group| groups.insert(group))).count()
    }
}
