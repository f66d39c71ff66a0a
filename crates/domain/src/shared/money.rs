//! Amounts of money: whole minor units and a currency, never a floating number.

use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::ToSchema;

crate::choice! {
    /// A currency (ISO 4217). Each has two decimals.
    pub enum Currency {
        /// Euro.
        Eur = "EUR",
        /// Swiss franc.
        Chf = "CHF",
    }
}

/// Why an amount was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not a decimal number with at most two decimals, such as `123.45`.
    #[error("the amount is not a decimal number with at most two decimals")]
    Malformed,
    /// Beyond [`Money::MAX_MINOR`].
    #[error("the amount is out of bounds")]
    OutOfBounds,
    /// The two amounts are in different currencies.
    #[error("the currencies differ")]
    CurrencyMismatch,
}

/// An amount in a currency, exact to the cent. JSON: `{"amount": "123.45", "currency": "EUR"}`.
///
/// In the database it is two columns: [`Money::minor`] and [`Money::currency`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "MoneyJson", into = "MoneyJson")]
pub struct Money {
    minor: i64,
    currency: Currency,
}

impl Money {
    /// The greatest amount, and with a minus sign the least: 999 999 999 999.99. Every amount stays exact in a client that reads
    /// numbers as double-precision floats.
    pub const MAX_MINOR: i64 = 99_999_999_999_999;

    /// An amount from its minor units (cents, centimes).
    ///
    /// # Errors
    /// [`MoneyError::OutOfBounds`].
    pub const fn from_minor(minor: i64, currency: Currency) -> Result<Self, MoneyError> {
        if minor < -Self::MAX_MINOR || minor > Self::MAX_MINOR {
            return Err(MoneyError::OutOfBounds);
        }
        Ok(Self { minor, currency })
    }

    /// Nothing, in a currency.
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// Reads an amount: an optional minus sign, digits without superfluous zeros, at most two decimals after a dot.
    ///
    /// # Errors
    /// [`MoneyError::Malformed`] or [`MoneyError::OutOfBounds`].
    pub fn parse(amount: &str, currency: Currency) -> Result<Self, MoneyError> {
        let (negative, unsigned) = amount.strip_prefix('-').map_or((false, amount), |rest| (true, rest));
        let (whole, decimals) = match unsigned.split_once('.') {
            Some((whole, decimals)) if matches!(decimals.len(), 1 | 2) => (whole, decimals),
            None => (unsigned, ""),
            Some(_) => return Err(MoneyError::Malformed),
        };
        let superfluous_zero = whole.len() > 1 && whole.starts_with('0');
        if whole.is_empty() || superfluous_zero || !whole.bytes().chain(decimals.bytes()).all(|b| b.is_ascii_digit()) {
            return Err(MoneyError::Malformed);
        }
        let minor: i64 = format!("{whole}{decimals:0<2}").parse().map_err(|_| MoneyError::OutOfBounds)?;
        Self::from_minor(if negative { -minor } else { minor }, currency)
    }

    /// The minor units (cents, centimes).
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// The amount alone, always with two decimals: `123.45`.
    pub fn amount(self) -> String {
        let sign = if self.minor < 0 { "-" } else { "" };
        let minor = self.minor.unsigned_abs();
        format!("{sign}{}.{:02}", minor / 100, minor % 100)
    }

    /// The sum.
    ///
    /// # Errors
    /// [`MoneyError::CurrencyMismatch`] or [`MoneyError::OutOfBounds`].
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.combine(other, i64::checked_add)
    }

    /// The difference.
    ///
    /// # Errors
    /// [`MoneyError::CurrencyMismatch`] or [`MoneyError::OutOfBounds`].
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.combine(other, i64::checked_sub)
    }

    fn combine(self, other: Self, operation: fn(i64, i64) -> Option<i64>) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrencyMismatch);
        }
        let minor = operation(self.minor, other.minor).ok_or(MoneyError::OutOfBounds)?;
        Self::from_minor(minor, self.currency)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount(), self.currency)
    }
}

/// The JSON form of [`Money`].
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MoneyJson {
    /// The amount as a string, exact, with at most two decimals.
    #[schema(pattern = r"^-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,2})?$", examples("123.45"))]
    amount: String,
    currency: Currency,
}

impl TryFrom<MoneyJson> for Money {
    type Error = MoneyError;
    fn try_from(json: MoneyJson) -> Result<Self, MoneyError> {
        Self::parse(&json.amount, json.currency)
    }
}

impl From<Money> for MoneyJson {
    fn from(money: Money) -> Self {
        Self { amount: money.amount(), currency: money.currency }
    }
}

impl utoipa::PartialSchema for Money {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        MoneyJson::schema()
    }
}

impl ToSchema for Money {
    fn schemas(schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>)>) {
        MoneyJson::schemas(schemas);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case("123.45", Ok(12_345))]
    #[case("0", Ok(0))]
    #[case("12", Ok(1_200))]
    #[case("12.5", Ok(1_250))]
    #[case("0.05", Ok(5))]
    #[case("-0.05", Ok(-5))]
    #[case("-0", Ok(0))]
    #[case("999999999999.99", Ok(Money::MAX_MINOR))]
    #[case("-999999999999.99", Ok(-Money::MAX_MINOR))]
    #[case("1000000000000", Err(MoneyError::OutOfBounds))]
    #[case("99999999999999999999999999", Err(MoneyError::OutOfBounds))]
    #[case("", Err(MoneyError::Malformed))]
    #[case("-", Err(MoneyError::Malformed))]
    #[case("+1", Err(MoneyError::Malformed))]
    #[case("--1", Err(MoneyError::Malformed))]
    #[case("1.", Err(MoneyError::Malformed))]
    #[case(".5", Err(MoneyError::Malformed))]
    #[case("1.234", Err(MoneyError::Malformed))]
    #[case("1.2.3", Err(MoneyError::Malformed))]
    #[case("1,50", Err(MoneyError::Malformed))]
    #[case("01.50", Err(MoneyError::Malformed))]
    #[case(" 1", Err(MoneyError::Malformed))]
    #[case("1e3", Err(MoneyError::Malformed))]
    #[case("1 000", Err(MoneyError::Malformed))]
    #[case("١", Err(MoneyError::Malformed))]
    fn amounts(#[case] amount: &str, #[case] expected: Result<i64, MoneyError>) {
        assert_eq!(Money::parse(amount, Currency::Eur).map(Money::minor), expected);
    }

    #[test]
    fn json_is_exact_and_strict() {
        let money: Result<Money, _> = serde_json::from_value(json!({"amount": "12.5", "currency": "CHF"}));
        assert_eq!(money.ok(), Money::from_minor(1_250, Currency::Chf).ok());
        let written = Money::from_minor(-5, Currency::Eur).map(|money| json!(money));
        assert_eq!(written, Ok(json!({"amount": "-0.05", "currency": "EUR"})));
        for refused in [
            json!({"amount": 12.5, "currency": "EUR"}),
            json!({"amount": "12.5"}),
            json!({"amount": "12.5", "currency": "USD"}),
            json!({"amount": "12.5", "currency": "EUR", "minor": 1}),
        ] {
            assert!(serde_json::from_value::<Money>(refused).is_err());
        }
    }

    #[test]
    fn schema_is_closed_and_bounded() {
        let schema = json!(<Money as utoipa::PartialSchema>::schema());
        assert_eq!(schema.pointer("/additionalProperties"), Some(&json!(false)));
        assert_eq!(schema.pointer("/required"), Some(&json!(["amount", "currency"])));
        assert_eq!(schema.pointer("/properties/amount/type"), Some(&json!("string")));
        assert_eq!(<Money as ToSchema>::name(), "Money");
        let mut schemas = Vec::new();
        <Money as ToSchema>::schemas(&mut schemas);
        assert!(schemas.iter().any(|(name, _)| name == "Currency"));
    }

    #[test]
    fn sums_stay_in_bounds_and_in_one_currency() {
        let euros = |minor| Money::from_minor(minor, Currency::Eur);
        let franc = Money::from_minor(100, Currency::Chf);
        let sum = |a: Result<Money, _>, b: Result<Money, _>| a.and_then(|a| b.and_then(|b| a.checked_add(b)));
        assert_eq!(sum(euros(150), euros(-200)), euros(-50));
        assert_eq!(sum(euros(100), franc), Err(MoneyError::CurrencyMismatch));
        assert_eq!(sum(euros(Money::MAX_MINOR), euros(1)), Err(MoneyError::OutOfBounds));
        assert_eq!(euros(i64::MIN), Err(MoneyError::OutOfBounds));
        assert_eq!(Money::zero(Currency::Eur).to_string(), "0.00 EUR");
    }

    proptest! {
        #[test]
        fn an_amount_reads_back(minor in -Money::MAX_MINOR..=Money::MAX_MINOR) {
            let money = Money::from_minor(minor, Currency::Eur);
            prop_assert_eq!(money.and_then(|money| Money::parse(&money.amount(), Currency::Eur)), money);
        }

        #[test]
        fn what_was_added_can_be_taken_away(a in -1_000_000_i64..1_000_000, b in -1_000_000_i64..1_000_000) {
            let (a, b) = (Money::from_minor(a, Currency::Eur), Money::from_minor(b, Currency::Eur));
            let back = a.and_then(|a| b.and_then(|b| a.checked_add(b)?.checked_sub(b)));
            prop_assert_eq!(back, a);
        }
    }
}
