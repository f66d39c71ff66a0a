//! Spans of days.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Blocker;

/// A span of days. Both ends belong to it; without an end it is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// The first day.
    pub from: NaiveDate,
    /// The last day, included; none while the end is open.
    #[serde(default)]
    pub to: Option<NaiveDate>,
}

impl Period {
    /// Whether a day belongs to the period.
    pub fn contains(&self, day: NaiveDate) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }

    /// Whether two periods share a day. A period that ends before it begins shares none.
    pub fn overlaps(&self, other: &Self) -> bool {
        let from = self.from.max(other.from);
        self.contains(from) && other.contains(from)
    }

    /// What is wrong with the period: `period_reversed` at `/to`.
    pub fn problems(&self) -> Vec<Blocker> {
        self.problems_at("")
    }

    /// [`Period::problems`], with pointers under the place of the period in its body.
    pub fn problems_at(&self, place: &str) -> Vec<Blocker> {
        match self.to {
            Some(to) if to < self.from => vec![Blocker::content("period_reversed").at(format!("{place}/to"))],
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn day(number: i32) -> NaiveDate {
        NaiveDate::from_num_days_from_ce_opt(739_000 + number).unwrap_or_default()
    }

    fn period(from: i32, to: Option<i32>) -> Period {
        Period { from: day(from), to: to.map(day) }
    }

    #[rstest]
    #[case::touching((1, Some(5)), (5, Some(9)), true)]
    #[case::neighbours((1, Some(4)), (5, Some(9)), false)]
    #[case::inside((1, Some(9)), (3, Some(4)), true)]
    #[case::open((1, None), (300, Some(301)), true)]
    #[case::both_open((1, None), (300, None), true)]
    #[case::before_an_open_one((1, Some(299)), (300, None), false)]
    #[case::reversed((9, Some(1)), (1, Some(9)), false)]
    fn overlaps(#[case] a: (i32, Option<i32>), #[case] b: (i32, Option<i32>), #[case] expected: bool) {
        let (a, b) = (period(a.0, a.1), period(b.0, b.1));
        assert_eq!((a.overlaps(&b), b.overlaps(&a)), (expected, expected));
    }

    #[test]
    fn a_reversed_period_is_a_problem() {
        let problems = period(5, Some(4)).problems_at("/absence");
        assert_eq!(problems, vec![Blocker::content("period_reversed").at("/absence/to")]);
        assert!(period(5, Some(5)).problems().is_empty());
        assert!(period(5, None).problems().is_empty());
    }

    #[test]
    fn an_end_may_be_left_out_but_nothing_added() {
        let read = |text| serde_json::from_str::<Period>(text).ok();
        let open = NaiveDate::from_ymd_opt(2026, 2, 1).map(|from| Period { from, to: None });
        assert_eq!(read(r#"{"from": "2026-02-01"}"#), open);
        assert_eq!(read(r#"{"from": "2026-02-01", "to": null}"#), open);
        assert_eq!(read(r#"{"from": "2026-02-01", "until": null}"#), None);
        assert_eq!(read(r#"{"from": "2026-02-30"}"#), None);
    }

    proptest! {
        #[test]
        fn periods_overlap_when_they_share_a_day(
            a in (0_i32..20, prop::option::of(0_i32..20)),
            b in (0_i32..20, prop::option::of(0_i32..20)),
        ) {
            let (a, b) = (period(a.0, a.1), period(b.0, b.1));
            let shared = (0..40).map(day).any(|day| a.contains(day) && b.contains(day));
            prop_assert_eq!(a.overlaps(&b), shared);
        }
    }
}
