//! Calendar months: the smallest step of time that a report distinguishes.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike as _, NaiveDate};

/// A calendar month, written `YYYY-MM`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    /// Months since the beginning of year 0.
    number: i32,
}

/// The text is no month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a month as YYYY-MM")]
pub struct MonthError;

impl Month {
    /// The month of a date.
    pub fn of(date: NaiveDate) -> Self {
        Self { number: date.year() * 12 + i32::try_from(date.month0()).unwrap_or(0) }
    }

    /// So many months later; earlier when negative.
    #[must_use]
    pub const fn plus(self, months: i32) -> Self {
        Self { number: self.number + months }
    }

    /// How many months lie from this one to the other, both included.
    pub const fn until(self, last: Self) -> i32 {
        last.number - self.number + 1
    }

    /// The year.
    pub const fn year(self) -> i32 {
        self.number.div_euclid(12)
    }

    /// The month of the year, from 1.
    pub const fn of_year(self) -> i32 {
        self.number.rem_euclid(12) + 1
    }

    /// Its quarter, written `YYYY-QN`.
    pub fn quarter(self) -> String {
        format!("{:04}-Q{}", self.year(), (self.of_year() - 1) / 3 + 1)
    }

    /// Its first day.
    pub fn first_day(self) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(self.year(), u32::try_from(self.of_year()).ok()?, 1)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.of_year())
    }
}

impl FromStr for Month {
    type Err = MonthError;

    fn from_str(text: &str) -> Result<Self, MonthError> {
        let (year, month) = text.split_once('-').filter(|(year, month)| year.len() == 4 && month.len() == 2).ok_or(MonthError)?;
        let year = year.parse().ok().filter(|year| (1900..=2200).contains(year)).ok_or(MonthError)?;
        let month = month.parse().map_err(|_| MonthError)?;
        NaiveDate::from_ymd_opt(year, month, 1).map(Self::of).ok_or(MonthError)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("2026-01", Some("2025-12"))]
    #[case("2026-12", Some("2026-11"))]
    #[case("2026-13", None)]
    #[case("2026-1", None)]
    #[case("26-01", None)]
    #[case("2026-01-01", None)]
    #[case("", None)]
    fn a_month_knows_the_one_before(#[case] text: &str, #[case] before: Option<&str>) {
        assert_eq!(text.parse::<Month>().ok().map(|month| month.plus(-1).to_string()).as_deref(), before);
    }

    #[test]
    fn months_are_counted_both_ends_included() {
        let (first, last): (Month, Month) = ("2025-11".parse().unwrap(), "2026-02".parse().unwrap());
        assert_eq!((first.until(last), first.until(first), last.until(first)), (4, 1, -2));
        assert_eq!((first.quarter(), last.quarter(), last.year()), ("2025-Q4".to_owned(), "2026-Q1".to_owned(), 2026));
    }
}
