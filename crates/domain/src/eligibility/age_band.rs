//! Ages told as a band: who refers a person need not know the year of birth.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type, schema::SchemaType};
use utoipa::{PartialSchema, ToSchema};

/// The greatest age that a band reaches.
const OLDEST: i32 = 150;

/// The ages between which a person is, both included: `25-34`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AgeBand {
    youngest: i32,
    oldest: i32,
}

/// The text is no age band.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an age band is two ages from 0 to 150, the younger first: 25-34")]
pub struct NotAnAgeBand;

impl AgeBand {
    /// The youngest and the oldest age, in whole years.
    pub const fn ages(self) -> (i32, i32) {
        (self.youngest, self.oldest)
    }
}

impl FromStr for AgeBand {
    type Err = NotAnAgeBand;

    fn from_str(text: &str) -> Result<Self, NotAnAgeBand> {
        let age = |part: &str| {
            let digits = (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse().ok().filter(|age| digits && (0..=OLDEST).contains(age))
        };
        let (youngest, oldest) = text.split_once('-').ok_or(NotAnAgeBand)?;
        let (youngest, oldest) = age(youngest).zip(age(oldest)).ok_or(NotAnAgeBand)?;
        if youngest <= oldest { Ok(Self { youngest, oldest }) } else { Err(NotAnAgeBand) }
    }
}

impl TryFrom<String> for AgeBand {
    type Error = NotAnAgeBand;

    fn try_from(text: String) -> Result<Self, NotAnAgeBand> {
        text.parse()
    }
}

impl std::fmt::Display for AgeBand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.youngest, self.oldest)
    }
}

impl From<AgeBand> for String {
    fn from(band: AgeBand) -> Self {
        band.to_string()
    }
}

impl PartialSchema for AgeBand {
    fn schema() -> RefOr<Schema> {
        let text =
            ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).pattern(Some("^[0-9]{1,3}-[0-9]{1,3}$")).max_length(Some(7));
        let text = text.description(Some("The ages between which a person is, both included, the younger first.")).examples(["25-34"]);
        RefOr::T(Schema::Object(text.build()))
    }
}

impl ToSchema for AgeBand {
    fn name() -> std::borrow::Cow<'static, str> {
        "AgeBand".into()
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("25-34", Some((25, 34)))]
    #[case("7-7", Some((7, 7)))]
    #[case("0-150", Some((0, 150)))]
    #[case("34-25", None)]
    #[case("0-151", None)]
    #[case("25", None)]
    #[case("25-", None)]
    #[case("+5-34", None)]
    #[case("25-34-40", None)]
    fn a_band_is_two_ages_the_younger_first(#[case] text: &str, #[case] ages: Option<(i32, i32)>) {
        let band = text.parse::<AgeBand>().ok();
        assert_eq!(band.map(AgeBand::ages), ages);
        assert_eq!(band.map(|band| band.to_string()), ages.map(|_| text.to_owned()));
    }
}
