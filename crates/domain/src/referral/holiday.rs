//! Working days: which days of a country, a canton, a Land or a département are public holidays, as rules.

mod days;
#[cfg(test)]
mod tests;
mod words;

use chrono::{DateTime, Datelike as _, Days, NaiveDate, Utc, Weekday};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Zone;
use crate::shared::{Blocker, Labels};
use days::DAYS;

crate::choice! {
    /// A country whose public holidays are known.
    pub enum CalendarCountry {
        /// France.
        Fr = "FR",
        /// Switzerland.
        Ch = "CH",
        /// Belgium.
        Be = "BE",
        /// Netherlands.
        Nl = "NL",
        /// Germany.
        De = "DE",
        /// Luxembourg.
        Lu = "LU",
    }
}

/// The years whose holidays are told: the rules are those of today, so they say little of other times.
pub const HOLIDAY_YEARS: std::ops::RangeInclusive<i32> = 2000..=2100;

impl CalendarCountry {
    /// The parts of the country with holidays of their own, by their ISO 3166-2 codes.
    pub const fn subdivisions(self) -> &'static [&'static str] {
        match self {
            Self::Fr => days::FR_PARTS,
            Self::Ch => days::CH_CANTONS,
            Self::De => days::DE_LAENDER,
            Self::Be | Self::Nl | Self::Lu => &[],
        }
    }
}

/// By which public holidays days are counted: those of a country, and of one of its parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkCalendar {
    /// The country.
    pub country: CalendarCountry,
    /// The canton, Land or département, by its ISO 3166-2 code; without one, only what holds everywhere in the country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 10, example = "CH-VD")]
    pub subdivision: Option<String>,
}

/// One public holiday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Holiday {
    /// The day.
    pub date: NaiveDate,
    /// What it is called.
    pub labels: Labels,
    /// It holds in the whole country.
    pub nationwide: bool,
}

impl WorkCalendar {
    /// The calendar of a whole country.
    pub const fn of(country: CalendarCountry) -> Self {
        Self { country, subdivision: None }
    }

    /// `unknown_subdivision` (422) at `pointer` for a part that the country does not have, or that has no holidays of its own.
    pub fn problems(&self, pointer: &str) -> Vec<Blocker> {
        let Some(part) = &self.subdivision else { return Vec::new() };
        let known = self.country.subdivisions();
        if known.contains(&part.as_str()) {
            return Vec::new();
        }
        vec![Blocker::content("unknown_subdivision").at(pointer).with("country", self.country.code()).with("known", known)]
    }

    /// The public holidays of a year, in order.
    pub fn holidays(&self, year: i32) -> Vec<Holiday> {
        let here = DAYS.iter().filter(|day| day.country == self.country && day.holds_in(self.subdivision.as_deref()));
        let found = here.filter_map(|day| Some(Holiday { date: day.in_year(year)?, labels: day.labels, nationwide: day.parts.is_empty() }));
        let mut found: Vec<Holiday> = found.collect();
        found.sort_by_key(|holiday| holiday.date);
        found
    }

    /// Neither a weekend nor a public holiday.
    pub fn is_working(&self, date: NaiveDate) -> bool {
        let weekend = matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
        !weekend && !self.holidays(date.year()).iter().any(|holiday| holiday.date == date)
    }

    /// The day itself when it is a working day, else the next one.
    pub fn working_from(&self, date: NaiveDate) -> NaiveDate {
        let mut day = date;
        while !self.is_working(day) {
            let Some(next) = day.checked_add_days(Days::new(1)) else { return day };
            day = next;
        }
        day
    }

    /// The working day that comes `n` working days after a working day; a day that is none counts as the next one.
    pub fn working_days_after(&self, date: NaiveDate, n: u32) -> NaiveDate {
        let mut day = self.working_from(date);
        for _ in 0..n {
            let Some(next) = day.checked_add_days(Days::new(1)) else { return day };
            day = self.working_from(next);
        }
        day
    }
}

/// The instant `n` working days after another: at the same time of the day, or, when counting began on a day that is none, at
/// the beginning of the day after the last. Days are civil days of `zone`.
pub fn after_working_days(from: DateTime<Utc>, n: u32, calendar: &WorkCalendar, zone: &dyn Zone) -> DateTime<Utc> {
    let day = zone.local_date(from);
    let target = calendar.working_days_after(day, n);
    if !calendar.is_working(day) {
        return zone.at_local(target, 0);
    }
    let at = from + (target - day);
    // A change of summer time in between may push it over midnight.
    match zone.local_date(at).cmp(&target) {
        std::cmp::Ordering::Equal => at,
        std::cmp::Ordering::Less => zone.at_local(target, 0),
        std::cmp::Ordering::Greater => zone.at_local(target, 23),
    }
}

/// Easter Sunday of a year of the Gregorian calendar, by the anonymous algorithm that J.-M. Oudin gave its usual form.
pub fn easter(year: i32) -> Option<NaiveDate> {
    let (golden, century) = (year % 19, year / 100);
    let moon = (century - century / 4 - (8 * century + 13) / 25 + 19 * golden + 15) % 30;
    let corrected = moon - (moon / 28) * (1 - (29 / (moon + 1)) * ((21 - golden) / 11));
    let weekday = (year + year / 4 + corrected + 2 - century + century / 4) % 7;
    let from_march = corrected - weekday;
    let month = 3 + (from_march + 40) / 44;
    let day = from_march + 28 - 31 * (month / 4);
    NaiveDate::from_ymd_opt(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?)
}
