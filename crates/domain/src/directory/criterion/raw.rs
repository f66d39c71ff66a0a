//! Criteria as JSON: the kind stands beside the rule, and each kind takes its own fields only.

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};
use utoipa::openapi::schema::AdditionalProperties;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::{
    AgeRule, AudienceRule, CountRule, CountedCriterion, Criterion, CriterionKind, DocumentRule, IncomeRule, Proof, QuestionRule,
    QuestionText, ResidenceRule, Rule, StatusRule, Test,
};
use crate::directory::parts::CriterionLabel;
use crate::directory::tokens::Slug;

/// A condition that a person meets to be received. Without kind and rule it is words only.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = example_of_criterion)]
struct RawCriterion {
    /// The key of the criterion, unique within the service. `audience` and `coverage` are the program's own.
    id: Slug,
    /// What it looks at; absent for words only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<CriterionKind>,
    /// The rule, with the fields of its kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<CriterionRule>)]
    rule: Option<Value>,
    /// The condition in words.
    label: CriterionLabel,
    /// Whether it must be met.
    #[serde(default)]
    obligatory: bool,
    /// What to ask a person to settle it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    question: Option<QuestionText>,
    /// What shows that it is met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    proof: Option<Proof>,
}

fn example_of_criterion() -> Value {
    json!({
        "id": "age",
        "kind": "age",
        "rule": {"min": 16, "max": 25},
        "label": "Between 16 and 25 years old",
        "obligatory": true,
        "question": "How old is the person?",
        "proof": {"document": "identity-card"}
    })
}

/// One of the criteria that are counted.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = example_of_counted)]
struct RawCounted {
    /// The key, unique within the service.
    id: Slug,
    /// What it looks at: any kind but `count`; absent for words only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<CriterionKind>,
    /// The rule, with the fields of its kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<CountedRule>)]
    rule: Option<Value>,
    /// The condition in words.
    label: CriterionLabel,
    /// What to ask a person to settle it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    question: Option<QuestionText>,
    /// What shows that it is met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    proof: Option<Proof>,
}

fn example_of_counted() -> Value {
    json!({"id": "rsa", "kind": "status", "rule": {"any_of": ["rsa"]}, "label": "Receives the minimum income"})
}

/// The fields of all rules: each kind takes its own.
struct CriterionRule;

/// The same without counting.
struct CountedRule;

/// Puts the fields of several schemas side by side.
fn side_by_side(schemas: &[RefOr<Schema>], description: &str) -> RefOr<Schema> {
    let mut union = ObjectBuilder::new().schema_type(Type::Object).description(Some(description));
    for schema in schemas {
        if let RefOr::T(Schema::Object(object)) = schema {
            for (name, property) in &object.properties {
                union = union.property(name, property.clone());
            }
        }
    }
    union.additional_properties(Some(AdditionalProperties::FreeForm(false))).into()
}

fn rules_of_one_fact() -> Vec<RefOr<Schema>> {
    vec![
        AgeRule::schema(),
        ResidenceRule::schema(),
        AudienceRule::schema(),
        StatusRule::schema(),
        IncomeRule::schema(),
        DocumentRule::schema(),
        QuestionRule::schema(),
    ]
}

const FIELDS: &str = "The fields of the kind: `age` min, max · `residence` zones · `audience` and `status` any_of · `income` \
                      max_by_household, period, currency · `document` code · `question` text, and expected or one_of";

impl PartialSchema for CountedRule {
    fn schema() -> RefOr<Schema> {
        side_by_side(&rules_of_one_fact(), &format!("{FIELDS}."))
    }
}

impl ToSchema for CountedRule {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        ResidenceRule::schemas(schemas);
        AudienceRule::schemas(schemas);
        StatusRule::schemas(schemas);
        IncomeRule::schemas(schemas);
        DocumentRule::schemas(schemas);
        QuestionRule::schemas(schemas);
    }
}

impl PartialSchema for CriterionRule {
    fn schema() -> RefOr<Schema> {
        let mut all = rules_of_one_fact();
        all.push(CountRule::schema());
        side_by_side(&all, &format!("{FIELDS} · `count` at_least, of, exclusive."))
    }
}

impl ToSchema for CriterionRule {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        CountedRule::schemas(schemas);
        CountRule::schemas(schemas);
    }
}

macro_rules! schema_of {
    ($name:ident is $raw:ident) => {
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                $raw::schema()
            }
        }

        impl ToSchema for $name {
            fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
                $raw::schemas(schemas);
            }
        }
    };
}
schema_of!(Criterion is RawCriterion);
schema_of!(CountedCriterion is RawCounted);

fn read<T: DeserializeOwned>(rule: Value) -> Result<T, String> {
    serde_json::from_value(rule).map_err(|error| format!("rule: {error}"))
}

/// The rule behind a kind and its fields: both or neither are there.
fn rule_of(kind: Option<CriterionKind>, rule: Option<Value>) -> Result<Option<Rule>, String> {
    let (kind, rule) = match (kind, rule) {
        (None, None) => return Ok(None),
        (Some(kind), Some(rule)) => (kind, rule),
        _ => return Err("kind and rule stand together or not at all".to_owned()),
    };
    Ok(Some(match kind {
        CriterionKind::Age => Rule::Test(Test::Age(read(rule)?)),
        CriterionKind::Residence => Rule::Test(Test::Residence(read(rule)?)),
        CriterionKind::Audience => Rule::Test(Test::Audience(read(rule)?)),
        CriterionKind::Status => Rule::Test(Test::Status(read(rule)?)),
        CriterionKind::Income => Rule::Test(Test::Income(read(rule)?)),
        CriterionKind::Document => Rule::Test(Test::Document(read(rule)?)),
        CriterionKind::Question => Rule::Test(Test::Question(read(rule)?)),
        CriterionKind::Count => Rule::Count(read(rule)?),
    }))
}

fn value_of_test(test: &Test) -> Result<Value, serde_json::Error> {
    match test {
        Test::Age(rule) => serde_json::to_value(rule),
        Test::Residence(rule) => serde_json::to_value(rule),
        Test::Audience(rule) => serde_json::to_value(rule),
        Test::Status(rule) => serde_json::to_value(rule),
        Test::Income(rule) => serde_json::to_value(rule),
        Test::Document(rule) => serde_json::to_value(rule),
        Test::Question(rule) => serde_json::to_value(rule),
    }
}

impl<'de> Deserialize<'de> for Criterion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let RawCriterion { id, kind, rule, label, obligatory, question, proof } = RawCriterion::deserialize(deserializer)?;
        let rule = rule_of(kind, rule).map_err(D::Error::custom)?;
        Ok(Self { id, rule, label, obligatory, question, proof })
    }
}

impl Serialize for Criterion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { id, rule, label, obligatory, question, proof } = self.clone();
        let value = match &rule {
            None => None,
            Some(Rule::Test(test)) => Some(value_of_test(test)),
            Some(Rule::Count(count)) => Some(serde_json::to_value(count)),
        };
        let fields = value.transpose().map_err(serde::ser::Error::custom)?;
        let kind = rule.as_ref().map(Rule::kind);
        RawCriterion { id, kind, rule: fields, label, obligatory, question, proof }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for CountedCriterion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let RawCounted { id, kind, rule, label, question, proof } = RawCounted::deserialize(deserializer)?;
        let rule = match rule_of(kind, rule).map_err(D::Error::custom)? {
            None => None,
            Some(Rule::Test(test)) => Some(test),
            Some(Rule::Count(_)) => return Err(D::Error::custom("what is counted does not count")),
        };
        Ok(Self { id, rule, label, question, proof })
    }
}

impl Serialize for CountedCriterion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { id, rule, label, question, proof } = self.clone();
        let fields = rule.as_ref().map(value_of_test).transpose().map_err(serde::ser::Error::custom)?;
        let kind = rule.as_ref().map(Test::kind);
        RawCounted { id, kind, rule: fields, label, question, proof }.serialize(serializer)
    }
}
