//! How long things took, as a histogram: percentiles in memory that does not grow with the number of cases.

use std::collections::BTreeMap;

/// Tenths of a day, and how often each occurred.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spans(BTreeMap<i64, u64>);

impl Spans {
    /// Adds so many spans of so many tenths of a day. Spans below nothing count as nothing.
    pub fn add(&mut self, tenths: i64, how_many: u64) {
        *self.0.entry(tenths.max(0)).or_default() += how_many;
    }

    /// Adds another histogram.
    pub fn merge(&mut self, other: &Self) {
        for (tenths, how_many) in &other.0 {
            self.add(*tenths, *how_many);
        }
    }

    /// How many spans there are.
    pub fn count(&self) -> u64 {
        self.0.values().sum()
    }

    /// The median in days; the mean of the two in the middle when their number is even.
    pub fn median(&self) -> Option<f64> {
        let count = self.count();
        let (low, high) = (self.nth(count.checked_sub(1)? / 2)?, self.nth(count / 2)?);
        Some(rounded(f64::midpoint(low, high)))
    }

    /// The 90th percentile in days, by nearest rank: nine of ten took no longer.
    pub fn ninetieth(&self) -> Option<f64> {
        let rank = (self.count() * 9).div_ceil(10);
        self.nth(rank.checked_sub(1)?).map(rounded)
    }

    /// The span at a place of the order, from 0, in tenths.
    fn nth(&self, place: u64) -> Option<f64> {
        let mut passed = 0;
        let found = self.0.iter().find(|(_, how_many)| {
            passed += **how_many;
            passed > place
        });
        found.map(|(tenths, _)| f64::from(i32::try_from(*tenths).unwrap_or(i32::MAX)))
    }
}

/// Tenths as days with one decimal.
fn rounded(tenths: f64) -> f64 {
    tenths.round() / 10.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn spans(tenths: &[i64]) -> Spans {
        let mut spans = Spans::default();
        for one in tenths {
            spans.add(*one, 1);
        }
        spans
    }

    #[rstest]
    #[case(&[], None, None)]
    #[case(&[15], Some(1.5), Some(1.5))]
    #[case(&[10, 100, 20], Some(2.0), Some(10.0))]
    #[case(&[10, 20, 30, 100], Some(2.5), Some(10.0))]
    #[case(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], Some(0.6), Some(0.9))]
    #[case(&[-3], Some(0.0), Some(0.0))]
    fn percentiles_are_those_of_the_order(#[case] tenths: &[i64], #[case] median: Option<f64>, #[case] ninetieth: Option<f64>) {
        let spans = spans(tenths);
        assert_eq!((spans.median(), spans.ninetieth()), (median, ninetieth));
    }

    proptest! {
        #[test]
        fn a_histogram_says_what_the_sorted_list_says(mut tenths in prop::collection::vec(0_i64..4000, 1..200)) {
            let spans = spans(&tenths);
            tenths.sort_unstable();
            let at = |place: usize| f64::from(i32::try_from(tenths[place]).unwrap());
            let median = f64::midpoint(at((tenths.len() - 1) / 2), at(tenths.len() / 2));
            prop_assert_eq!(spans.median(), Some(median.round() / 10.0));
            let rank = (tenths.len() * 9).div_ceil(10);
            prop_assert_eq!(spans.ninetieth(), Some(at(rank - 1) / 10.0));
            prop_assert_eq!(spans.count(), tenths.len() as u64);
        }
    }
}
