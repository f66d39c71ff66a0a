//! The public holidays by which working days are counted.

use relais_domain::referral::{CalendarCountry, HOLIDAY_YEARS, Holiday, WorkCalendar};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Refusal, directory};

/// The public holidays of a year.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Holidays {
    /// The country.
    pub country: CalendarCountry,
    /// The part of it; null when only what holds everywhere is told.
    #[schema(example = "CH-VD")]
    pub subdivision: Option<String>,
    /// The year.
    pub year: i32,
    /// The days, in order. Two holidays may fall on one day.
    pub items: Vec<Holiday>,
    /// The parts of the country that can be asked for, by their ISO 3166-2 codes: those with holidays of their own.
    #[schema(value_type = Vec<String>)]
    pub subdivisions: &'static [&'static str],
}

/// The public holidays of a country, or of a part of it, and the tag of the answer.
///
/// # Errors
/// `unknown_subdivision`, `out_of_range` (422).
pub fn holidays(country: CalendarCountry, subdivision: Option<&str>, year: i32) -> Result<(Holidays, String), Refusal> {
    let calendar = WorkCalendar { country, subdivision: subdivision.map(ToOwned::to_owned) };
    relais_domain::shared::Blocked::unless_empty(calendar.problems("?subdivision"))?;
    if !HOLIDAY_YEARS.contains(&year) {
        return Err(Refusal::invalid("out_of_range", "?year"));
    }
    let items = calendar.holidays(year);
    let found = Holidays { country, subdivision: calendar.subdivision, year, items, subdivisions: country.subdivisions() };
    directory::tagged(found)
}
