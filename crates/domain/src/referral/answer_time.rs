//! How long answers take.

use chrono::TimeDelta;

/// The median of spans, in days with one decimal; the mean of the two in the middle when their number is even. `None` without a
/// span. Spans below nothing count as nothing.
pub fn median_days(spans: impl Iterator<Item = TimeDelta>) -> Option<f64> {
    let mut minutes: Vec<i32> = spans.map(|span| i32::try_from(span.num_minutes().max(0)).unwrap_or(i32::MAX)).collect();
    minutes.sort_unstable();
    let upper = f64::from(*minutes.get(minutes.len() / 2)?);
    let lower = f64::from(*minutes.get(minutes.len().saturating_sub(1) / 2)?);
    Some((f64::midpoint(lower, upper) / (24.0 * 60.0) * 10.0).round() / 10.0)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(&[], None)]
    #[case(&[36], Some(1.5))]
    #[case(&[24, 240, 48], Some(2.0))]
    #[case(&[24, 48, 72, 240], Some(2.5))]
    #[case(&[-5, 1], Some(0.0))]
    fn the_median_is_that_of_the_middle(#[case] hours: &[i64], #[case] days: Option<f64>) {
        assert_eq!(median_days(hours.iter().map(|hours| TimeDelta::hours(*hours))), days);
    }
}
