use chrono::{Duration, NaiveDate};
use proptest::prelude::*;
use rstest::rstest;

use super::super::tests::{Paris, utc};
use super::*;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn calendar(country: CalendarCountry, part: Option<&str>) -> WorkCalendar {
    WorkCalendar { country, subdivision: part.map(ToOwned::to_owned) }
}

#[rstest]
#[case("2000-04-23")]
#[case("2008-03-23")]
#[case("2011-04-24")]
#[case("2019-04-21")]
#[case("2024-03-31")]
#[case("2025-04-20")]
#[case("2026-04-05")]
#[case("2027-03-28")]
#[case("2038-04-25")]
#[case("2049-04-18")]
#[case("2076-04-19")]
#[case("2100-03-28")]
fn easter_falls_as_the_tables_say(#[case] day: &str) {
    assert_eq!(easter(date(day).year()), Some(date(day)));
}

#[rstest]
#[case(CalendarCountry::Fr, None, &["01-01", "04-06", "05-01", "05-08", "05-14", "05-25", "07-14", "08-15", "11-01", "11-11", "12-25"])]
#[case(CalendarCountry::Fr, Some("FR-67"), &["01-01", "04-03", "04-06", "05-01", "05-08", "05-14", "05-25", "07-14", "08-15", "11-01", "11-11", "12-25", "12-26"])]
#[case(CalendarCountry::Ch, None, &["01-01", "05-14", "08-01", "12-25"])]
#[case(CalendarCountry::Ch, Some("CH-VD"), &["01-01", "01-02", "04-03", "04-06", "05-14", "05-25", "08-01", "09-21", "12-25"])]
#[case(CalendarCountry::Ch, Some("CH-GE"), &["01-01", "04-03", "04-06", "05-14", "05-25", "08-01", "09-10", "12-25", "12-31"])]
#[case(CalendarCountry::Ch, Some("CH-NE"), &["01-01", "03-01", "04-03", "05-01", "05-14", "08-01", "12-25"])]
#[case(CalendarCountry::Ch, Some("CH-ZH"), &["01-01", "01-02", "04-03", "04-06", "05-01", "05-14", "05-25", "08-01", "12-25", "12-26"])]
#[case(CalendarCountry::Ch, Some("CH-JU"), &["01-01", "01-02", "04-03", "04-06", "05-01", "05-14", "05-25", "06-04", "06-23", "08-01", "08-15", "11-01", "12-25"])]
#[case(CalendarCountry::Be, None, &["01-01", "04-06", "05-01", "05-14", "05-25", "07-21", "08-15", "11-01", "11-11", "12-25"])]
#[case(CalendarCountry::Nl, None, &["01-01", "04-03", "04-05", "04-06", "04-27", "05-05", "05-14", "05-24", "05-25", "12-25", "12-26"])]
#[case(CalendarCountry::De, Some("DE-SN"), &["01-01", "04-03", "04-06", "05-01", "05-14", "05-25", "10-03", "10-31", "11-18", "12-25", "12-26"])]
#[case(CalendarCountry::De, Some("DE-BY"), &["01-01", "01-06", "04-03", "04-06", "05-01", "05-14", "05-25", "06-04", "10-03", "11-01", "12-25", "12-26"])]
#[case(CalendarCountry::Lu, None, &["01-01", "04-06", "05-01", "05-09", "05-14", "05-25", "06-23", "08-15", "11-01", "12-25", "12-26"])]
fn the_holidays_of_2026(#[case] country: CalendarCountry, #[case] part: Option<&str>, #[case] days: &[&str]) {
    let found: Vec<String> = calendar(country, part).holidays(2026).iter().map(|day| day.date.format("%m-%d").to_string()).collect();
    assert_eq!(found, days);
}

#[test]
fn days_that_move_by_a_rule_of_their_own() {
    let has = |country, part, day: &str| calendar(country, Some(part)).holidays(date(day).year()).iter().any(|one| one.date == date(day));
    assert!(has(CalendarCountry::Ch, "CH-NE", "2023-01-02") && has(CalendarCountry::Ch, "CH-NE", "2022-12-26"));
    assert!(!has(CalendarCountry::Ch, "CH-NE", "2024-01-02") && !has(CalendarCountry::Ch, "CH-NE", "2025-12-26"));
    assert!(has(CalendarCountry::Ch, "CH-GL", "2025-04-03") && has(CalendarCountry::Ch, "CH-GL", "2026-04-09"), "not in Holy Week");
    assert!(has(CalendarCountry::De, "DE-BE", "2025-05-08") && !has(CalendarCountry::De, "DE-BE", "2026-05-08"));
    assert!(!has(CalendarCountry::De, "DE-NI", "2016-10-31") && has(CalendarCountry::De, "DE-NI", "2018-10-31"));
    let king = calendar(CalendarCountry::Nl, None).holidays(2025);
    assert!(king.iter().any(|day| day.date == date("2025-04-26")) && king.iter().all(|day| day.date != date("2025-04-27")));
}

#[test]
fn every_part_is_one_of_its_country_and_every_day_has_a_name() {
    for day in DAYS {
        for part in day.parts {
            assert!(day.country.subdivisions().contains(part), "{part}");
            assert!(part.starts_with(day.country.code()));
        }
        assert!(day.labels.all().iter().all(|label| !label.trim().is_empty()));
    }
    assert_eq!(calendar(CalendarCountry::Be, Some("BE-VLG")).problems("/subdivision").len(), 1);
    assert!(calendar(CalendarCountry::Ch, Some("CH-VS")).problems("/subdivision").is_empty());
}

#[test]
fn two_working_days_pass_over_weekends_and_holidays() {
    let france = WorkCalendar::of(CalendarCountry::Fr);
    let after = |from| after_working_days(from, 2, &france, &Paris);
    assert_eq!(after(utc(2026, 6, 3, 13)), utc(2026, 6, 5, 13), "from Wednesday to Friday");
    assert_eq!(after(utc(2026, 6, 5, 13)), utc(2026, 6, 9, 13), "from Friday to Tuesday");
    assert_eq!(after(utc(2026, 5, 7, 13)), utc(2026, 5, 12, 13), "8 May and the weekend do not count");
    assert_eq!(after(utc(2026, 6, 6, 13)), utc(2026, 6, 9, 22), "from Saturday: Monday and Tuesday, whole");
    // Good Friday and Easter Monday at Strasbourg.
    let strasbourg = calendar(CalendarCountry::Fr, Some("FR-67"));
    assert_eq!(after_working_days(utc(2026, 4, 2, 13), 1, &strasbourg, &Paris), utc(2026, 4, 7, 13));
}

fn calendars() -> impl Strategy<Value = WorkCalendar> {
    let all = CalendarCountry::ALL.iter().flat_map(|country| {
        let parts = country.subdivisions().iter().map(|part| Some(*part)).chain([None]);
        parts.map(|part| calendar(*country, part)).collect::<Vec<_>>()
    });
    prop::sample::select(all.collect::<Vec<_>>())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn working_days_go_forward_one_by_one(calendar in calendars(), hours in 0_i64..24 * 365 * 8, minutes in 0_i64..60, n in 0_u32..30, later in 0_i64..24 * 60 * 9) {
        let from = utc(2024, 1, 1, 0) + Duration::hours(hours) + Duration::minutes(minutes);
        let at = after_working_days(from, n, &calendar, &Paris);
        prop_assert!(at >= from);
        prop_assert!(calendar.is_working(Paris.local_date(at)));
        prop_assert!(after_working_days(from + Duration::minutes(later), n, &calendar, &Paris) >= at, "monotone in time");
        prop_assert!(after_working_days(from, n + 1, &calendar, &Paris) > at, "monotone in days");
        let between = Paris.local_date(from).iter_days().skip(1).take_while(|day| *day <= Paris.local_date(at));
        let passed = between.filter(|day| calendar.is_working(*day)).count();
        let begun_on_rest = !calendar.is_working(Paris.local_date(from));
        prop_assert_eq!(passed, usize::try_from(n).unwrap() + usize::from(begun_on_rest));
    }
}
