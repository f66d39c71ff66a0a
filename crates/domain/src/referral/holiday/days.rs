//! The holidays as data: by which rule each falls, in which country, and in which of its parts.

use chrono::{Datelike as _, Duration, NaiveDate, Weekday};

use super::CalendarCountry::{self, Be, Ch, De, Fr, Lu, Nl};
use super::easter;
use super::words as w;
use crate::shared::Labels;

/// How a holiday finds its day.
#[derive(Clone, Copy, Debug)]
pub(super) enum Falls {
    /// On a day of a month.
    On(u32, u32),
    /// So many days after Easter Sunday.
    Easter(i64),
    /// So many days after the n-th such weekday of a month.
    Nth(u8, Weekday, u32, i64),
    /// On the last such weekday before a day of a month.
    Before(Weekday, u32, u32),
    /// On a day of a month, or the day before when that is a Sunday.
    NotOnSunday(u32, u32),
    /// On a day of a month, only when that is a Monday.
    OnlyMonday(u32, u32),
    /// On a day of a month, unless it stands alone beside a Sunday and a holiday: on Tuesday or Saturday.
    Joined(u32, u32),
    /// On the first Thursday of April; a week later when that is in Holy Week.
    Naefels,
}

/// One holiday of one country.
#[derive(Clone, Copy, Debug)]
pub(super) struct Day {
    pub(super) country: CalendarCountry,
    falls: Falls,
    /// The parts of the country in which it holds; everywhere when empty.
    pub(super) parts: &'static [&'static str],
    /// The years in which it holds.
    years: (i32, i32),
    pub(super) labels: Labels,
}

const EVER: (i32, i32) = (i32::MIN, i32::MAX);

const fn day(country: CalendarCountry, falls: Falls, labels: Labels) -> Day {
    Day { country, falls, parts: &[], years: EVER, labels }
}

impl Day {
    const fn only_in(self, parts: &'static [&'static str]) -> Self {
        Self { parts, ..self }
    }

    const fn from(self, year: i32) -> Self {
        Self { years: (year, i32::MAX), ..self }
    }

    const fn once(self, year: i32) -> Self {
        Self { years: (year, year), ..self }
    }

    pub(super) fn holds_in(&self, part: Option<&str>) -> bool {
        self.parts.is_empty() || part.is_some_and(|part| self.parts.contains(&part))
    }

    pub(super) fn in_year(&self, year: i32) -> Option<NaiveDate> {
        let (first, last) = self.years;
        if year < first || year > last {
            return None;
        }
        let on = |month, day| NaiveDate::from_ymd_opt(year, month, day);
        match self.falls {
            Falls::On(month, day) => on(month, day),
            Falls::Easter(days) => Some(easter(year)? + Duration::days(days)),
            Falls::Nth(n, weekday, month, days) => {
                Some(NaiveDate::from_weekday_of_month_opt(year, month, weekday, n)? + Duration::days(days))
            }
            Falls::Before(weekday, month, day) => {
                let day = on(month, day)?.pred_opt()?;
                let back = day.weekday().days_since(weekday);
                Some(day - Duration::days(i64::from(back)))
            }
            Falls::NotOnSunday(month, day) => {
                let day = on(month, day)?;
                if day.weekday() == Weekday::Sun { day.pred_opt() } else { Some(day) }
            }
            Falls::OnlyMonday(month, day) => on(month, day).filter(|day| day.weekday() == Weekday::Mon),
            Falls::Joined(month, day) => on(month, day).filter(|day| !matches!(day.weekday(), Weekday::Tue | Weekday::Sat)),
            Falls::Naefels => {
                let first = NaiveDate::from_weekday_of_month_opt(year, 4, Weekday::Thu, 1)?;
                let holy = first == easter(year)? - Duration::days(3);
                Some(if holy { first + Duration::days(7) } else { first })
            }
        }
    }
}

/// Moselle and the two départements of Alsace, and the overseas départements.
pub(super) const FR_PARTS: &[&str] = &["FR-57", "FR-67", "FR-68", "FR-971", "FR-972", "FR-973", "FR-974", "FR-976"];

/// The cantons.
pub(super) const CH_CANTONS: &[&str] = &[
    "CH-AG", "CH-AI", "CH-AR", "CH-BE", "CH-BL", "CH-BS", "CH-FR", "CH-GE", "CH-GL", "CH-GR", "CH-JU", "CH-LU", "CH-NE", "CH-NW", "CH-OW",
    "CH-SG", "CH-SH", "CH-SO", "CH-SZ", "CH-TG", "CH-TI", "CH-UR", "CH-VD", "CH-VS", "CH-ZG", "CH-ZH",
];

/// The Länder.
pub(super) const DE_LAENDER: &[&str] = &[
    "DE-BB", "DE-BE", "DE-BW", "DE-BY", "DE-HB", "DE-HE", "DE-HH", "DE-MV", "DE-NI", "DE-NW", "DE-RP", "DE-SH", "DE-SL", "DE-SN", "DE-ST",
    "DE-TH",
];

const ALSACE_MOSELLE: &[&str] = &["FR-57", "FR-67", "FR-68"];

/// Cantons whose offices rest on the days of the Catholic calendar. In Fribourg, Solothurn and Aargau some districts do not:
/// whoever waits for an answer there waits a day longer, and nobody is reminded on a day of rest.
const CH_CATHOLIC: &[&str] =
    &["CH-AG", "CH-AI", "CH-FR", "CH-JU", "CH-LU", "CH-NW", "CH-OW", "CH-SO", "CH-SZ", "CH-TI", "CH-UR", "CH-VS", "CH-ZG"];

/// Every holiday. Sources: France, code du travail, art. L3133-1, L3134-13 (Alsace-Moselle) and L3422-2 (overseas).
/// Switzerland, Federal Constitution art. 110 and Labour Act art. 20a, and the list of the cantons' holidays that the Federal
/// Office of Justice keeps for the terms of civil procedure, customary days of rest included. Belgium, royal decree of 18 April
/// 1974. Netherlands, Algemene termijnenwet art. 3, which counts Good Friday and 5 May. Germany, unification treaty art. 2 and
/// the holiday acts of the Länder; days that hold in single municipalities only are left out. Luxembourg, code du travail,
/// art. L.232-2.
pub(super) const DAYS: &[Day] = &[
    day(Fr, Falls::On(1, 1), w::NEW_YEAR),
    day(Fr, Falls::Easter(-2), w::GOOD_FRIDAY).only_in(ALSACE_MOSELLE),
    day(Fr, Falls::Easter(1), w::EASTER_MONDAY),
    day(Fr, Falls::On(4, 27), w::ABOLITION).only_in(&["FR-976"]),
    day(Fr, Falls::On(5, 1), w::LABOUR),
    day(Fr, Falls::On(5, 8), w::VICTORY),
    day(Fr, Falls::On(5, 22), w::ABOLITION).only_in(&["FR-972"]),
    day(Fr, Falls::On(5, 27), w::ABOLITION).only_in(&["FR-971"]),
    day(Fr, Falls::Easter(39), w::ASCENSION),
    day(Fr, Falls::Easter(50), w::WHIT_MONDAY),
    day(Fr, Falls::On(6, 10), w::ABOLITION).only_in(&["FR-973"]),
    day(Fr, Falls::On(7, 14), w::NATIONAL),
    day(Fr, Falls::On(8, 15), w::ASSUMPTION),
    day(Fr, Falls::On(11, 1), w::ALL_SAINTS),
    day(Fr, Falls::On(11, 11), w::ARMISTICE),
    day(Fr, Falls::On(12, 20), w::ABOLITION).only_in(&["FR-974"]),
    day(Fr, Falls::On(12, 25), w::CHRISTMAS),
    day(Fr, Falls::On(12, 26), w::STEPHEN).only_in(ALSACE_MOSELLE),
    // Switzerland.
    day(Ch, Falls::On(1, 1), w::NEW_YEAR),
    day(Ch, Falls::On(1, 2), w::BERCHTOLD).only_in(&[
        "CH-AG", "CH-BE", "CH-FR", "CH-GL", "CH-JU", "CH-LU", "CH-NW", "CH-OW", "CH-SG", "CH-SH", "CH-SO", "CH-TG", "CH-VD", "CH-VS",
        "CH-ZG", "CH-ZH",
    ]),
    day(Ch, Falls::OnlyMonday(1, 2), w::BERCHTOLD).only_in(&["CH-NE"]),
    day(Ch, Falls::On(1, 6), w::EPIPHANY).only_in(&["CH-SZ", "CH-TI", "CH-UR"]),
    day(Ch, Falls::On(3, 1), w::REPUBLIC_NE).only_in(&["CH-NE"]),
    day(Ch, Falls::On(3, 19), w::JOSEPH).only_in(&["CH-NW", "CH-SZ", "CH-TI", "CH-UR", "CH-VS"]),
    day(Ch, Falls::Naefels, w::NAEFELS).only_in(&["CH-GL"]),
    day(Ch, Falls::Easter(-2), w::GOOD_FRIDAY).only_in(&[
        "CH-AG", "CH-AI", "CH-AR", "CH-BE", "CH-BL", "CH-BS", "CH-FR", "CH-GE", "CH-GL", "CH-GR", "CH-JU", "CH-LU", "CH-NE", "CH-NW",
        "CH-OW", "CH-SG", "CH-SH", "CH-SO", "CH-SZ", "CH-TG", "CH-UR", "CH-VD", "CH-ZG", "CH-ZH",
    ]),
    day(Ch, Falls::Easter(1), w::EASTER_MONDAY).only_in(CH_MONDAYS),
    day(Ch, Falls::On(5, 1), w::LABOUR).only_in(&["CH-AG", "CH-BL", "CH-BS", "CH-JU", "CH-NE", "CH-SH", "CH-TG", "CH-TI", "CH-ZH"]),
    day(Ch, Falls::Easter(39), w::ASCENSION),
    day(Ch, Falls::Easter(50), w::WHIT_MONDAY).only_in(CH_MONDAYS),
    day(Ch, Falls::Easter(60), w::CORPUS_CHRISTI).only_in(CH_CATHOLIC),
    day(Ch, Falls::On(6, 23), w::INDEPENDENCE_JU).only_in(&["CH-JU"]),
    day(Ch, Falls::On(6, 29), w::PETER_PAUL).only_in(&["CH-TI"]),
    day(Ch, Falls::On(8, 1), w::NATIONAL),
    day(Ch, Falls::On(8, 15), w::ASSUMPTION).only_in(CH_CATHOLIC),
    day(Ch, Falls::Nth(1, Weekday::Sun, 9, 4), w::GENEVA_FAST).only_in(&["CH-GE"]),
    day(Ch, Falls::Nth(3, Weekday::Sun, 9, 1), w::FAST_MONDAY).only_in(&["CH-VD"]),
    day(Ch, Falls::On(9, 25), w::BROTHER_KLAUS).only_in(&["CH-OW"]),
    day(Ch, Falls::On(11, 1), w::ALL_SAINTS).only_in(&[
        "CH-AG", "CH-AI", "CH-FR", "CH-GL", "CH-JU", "CH-LU", "CH-NW", "CH-OW", "CH-SG", "CH-SO", "CH-SZ", "CH-TI", "CH-UR", "CH-VS",
        "CH-ZG",
    ]),
    day(Ch, Falls::On(12, 8), w::IMMACULATE)
        .only_in(&["CH-AG", "CH-AI", "CH-FR", "CH-LU", "CH-NW", "CH-OW", "CH-SZ", "CH-TI", "CH-UR", "CH-VS", "CH-ZG"]),
    day(Ch, Falls::On(12, 25), w::CHRISTMAS),
    day(Ch, Falls::On(12, 26), w::STEPHEN).only_in(&[
        "CH-AG", "CH-BE", "CH-BL", "CH-BS", "CH-FR", "CH-GL", "CH-GR", "CH-LU", "CH-NW", "CH-OW", "CH-SG", "CH-SH", "CH-SO", "CH-SZ",
        "CH-TG", "CH-TI", "CH-VS", "CH-ZG", "CH-ZH",
    ]),
    day(Ch, Falls::Joined(12, 26), w::STEPHEN).only_in(&["CH-AI", "CH-AR", "CH-UR"]),
    day(Ch, Falls::OnlyMonday(12, 26), w::STEPHEN).only_in(&["CH-NE"]),
    day(Ch, Falls::On(12, 31), w::RESTORATION).only_in(&["CH-GE"]),
    // Belgium.
    day(Be, Falls::On(1, 1), w::NEW_YEAR),
    day(Be, Falls::Easter(1), w::EASTER_MONDAY),
    day(Be, Falls::On(5, 1), w::LABOUR),
    day(Be, Falls::Easter(39), w::ASCENSION),
    day(Be, Falls::Easter(50), w::WHIT_MONDAY),
    day(Be, Falls::On(7, 21), w::NATIONAL),
    day(Be, Falls::On(8, 15), w::ASSUMPTION),
    day(Be, Falls::On(11, 1), w::ALL_SAINTS),
    day(Be, Falls::On(11, 11), w::ARMISTICE),
    day(Be, Falls::On(12, 25), w::CHRISTMAS),
    // Netherlands.
    day(Nl, Falls::On(1, 1), w::NEW_YEAR),
    day(Nl, Falls::Easter(-2), w::GOOD_FRIDAY),
    day(Nl, Falls::Easter(0), w::EASTER),
    day(Nl, Falls::Easter(1), w::EASTER_MONDAY),
    // The birthday of a king: since 2014, that of Willem-Alexander.
    day(Nl, Falls::NotOnSunday(4, 27), w::KING).from(2014),
    day(Nl, Falls::On(5, 5), w::LIBERATION),
    day(Nl, Falls::Easter(39), w::ASCENSION),
    day(Nl, Falls::Easter(49), w::WHIT_SUNDAY),
    day(Nl, Falls::Easter(50), w::WHIT_MONDAY),
    day(Nl, Falls::On(12, 25), w::CHRISTMAS),
    day(Nl, Falls::On(12, 26), w::STEPHEN),
    // Germany.
    day(De, Falls::On(1, 1), w::NEW_YEAR),
    day(De, Falls::On(1, 6), w::EPIPHANY).only_in(&["DE-BW", "DE-BY", "DE-ST"]),
    day(De, Falls::On(3, 8), w::WOMEN).only_in(&["DE-BE"]).from(2019),
    day(De, Falls::On(3, 8), w::WOMEN).only_in(&["DE-MV"]).from(2023),
    day(De, Falls::Easter(-2), w::GOOD_FRIDAY),
    day(De, Falls::Easter(0), w::EASTER).only_in(&["DE-BB"]),
    day(De, Falls::Easter(1), w::EASTER_MONDAY),
    day(De, Falls::On(5, 1), w::LABOUR),
    day(De, Falls::On(5, 8), w::LIBERATION).only_in(&["DE-BE"]).once(2020),
    day(De, Falls::On(5, 8), w::LIBERATION).only_in(&["DE-BE"]).once(2025),
    day(De, Falls::Easter(39), w::ASCENSION),
    day(De, Falls::Easter(49), w::WHIT_SUNDAY).only_in(&["DE-BB"]),
    day(De, Falls::Easter(50), w::WHIT_MONDAY),
    day(De, Falls::Easter(60), w::CORPUS_CHRISTI).only_in(&["DE-BW", "DE-BY", "DE-HE", "DE-NW", "DE-RP", "DE-SL"]),
    day(De, Falls::On(8, 15), w::ASSUMPTION).only_in(&["DE-SL"]),
    day(De, Falls::On(9, 20), w::CHILDREN).only_in(&["DE-TH"]).from(2019),
    day(De, Falls::On(10, 3), w::UNITY),
    day(De, Falls::On(10, 31), w::REFORMATION).only_in(&["DE-BB", "DE-MV", "DE-SN", "DE-ST", "DE-TH"]),
    day(De, Falls::On(10, 31), w::REFORMATION).only_in(&["DE-HB", "DE-HH", "DE-NI", "DE-SH"]).from(2018),
    day(De, Falls::On(11, 1), w::ALL_SAINTS).only_in(&["DE-BW", "DE-BY", "DE-NW", "DE-RP", "DE-SL"]),
    day(De, Falls::Before(Weekday::Wed, 11, 23), w::REPENTANCE).only_in(&["DE-SN"]),
    day(De, Falls::On(12, 25), w::CHRISTMAS),
    day(De, Falls::On(12, 26), w::STEPHEN),
    // Luxembourg.
    day(Lu, Falls::On(1, 1), w::NEW_YEAR),
    day(Lu, Falls::Easter(1), w::EASTER_MONDAY),
    day(Lu, Falls::On(5, 1), w::LABOUR),
    day(Lu, Falls::On(5, 9), w::EUROPE).from(2019),
    day(Lu, Falls::Easter(39), w::ASCENSION),
    day(Lu, Falls::Easter(50), w::WHIT_MONDAY),
    day(Lu, Falls::On(6, 23), w::NATIONAL),
    day(Lu, Falls::On(8, 15), w::ASSUMPTION),
    day(Lu, Falls::On(11, 1), w::ALL_SAINTS),
    day(Lu, Falls::On(12, 25), w::CHRISTMAS),
    day(Lu, Falls::On(12, 26), w::STEPHEN),
];

/// Cantons that rest on the Mondays of Easter and Pentecost, by law or by custom: all but Neuchâtel.
const CH_MONDAYS: &[&str] = &[
    "CH-AG", "CH-AI", "CH-AR", "CH-BE", "CH-BL", "CH-BS", "CH-FR", "CH-GE", "CH-GL", "CH-GR", "CH-JU", "CH-LU", "CH-NW", "CH-OW", "CH-SG",
    "CH-SH", "CH-SO", "CH-SZ", "CH-TG", "CH-TI", "CH-UR", "CH-VD", "CH-VS", "CH-ZG", "CH-ZH",
];
