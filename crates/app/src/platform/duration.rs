//! ISO 8601 durations, as far as the sandbox's clock takes them: weeks, days, hours, minutes.

use chrono::TimeDelta;

/// Reads `P31D`, `P2W`, `PT90M`, `P1DT12H`. Years, months, seconds, fractions and signs are none of them.
pub(super) fn parse(text: &str) -> Option<TimeDelta> {
    let (date, time) = match text.strip_prefix('P')?.split_once('T') {
        Some((_, "")) => return None,
        Some((date, time)) => (date, time),
        None => (text.strip_prefix('P')?, ""),
    };
    if date.is_empty() && time.is_empty() {
        return None;
    }
    let minutes = parts(date, &[('W', 7 * 24 * 60), ('D', 24 * 60)])?.checked_add(parts(time, &[('H', 60), ('M', 1)])?)?;
    TimeDelta::try_minutes(minutes)
}

/// Adds up parts such as `1D`, each unit at most once and in order.
fn parts(mut text: &str, units: &[(char, i64)]) -> Option<i64> {
    let mut total: i64 = 0;
    for (unit, minutes) in units {
        if let Some((number, rest)) = text.split_once(*unit) {
            if number.is_empty() || number.len() > 7 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            total = total.checked_add(number.parse::<i64>().ok()?.checked_mul(*minutes)?)?;
            text = rest;
        }
    }
    text.is_empty().then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_of_weeks_days_hours_minutes() {
        for (text, minutes) in [("P31D", 44_640), ("P2W", 20_160), ("PT90M", 90), ("P1DT12H", 2160), ("PT1H1M", 61), ("P1W1D", 11_520)] {
            assert_eq!(parse(text), Some(TimeDelta::minutes(minutes)), "{text}");
        }
        for text in ["", "P", "PT", "31D", "P1Y", "P1M", "PT1S", "P-1D", "P1.5D", "P1DT", "P1D1W", "PD", "P1DP1D", "P١D"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
