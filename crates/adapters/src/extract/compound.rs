//! What older office files say: whatever looks like text, and the numbers of their sheets, which are not written in digits.

use std::ops::RangeInclusive;

use super::raw_texts;

/// Numbers of fifteen digits.
const LONG: RangeInclusive<f64> = 1e14..=999_999_999_999_999.0;
/// The head of a record that holds one number: kind and length (`Number` of MS-XLS); row, column and format follow.
const NUMBER: &[u8] = &[0x03, 0x02, 0x0e, 0x00];
/// The head of a record that holds a formula and the number that came of it (`Formula`); its length, row, column and format follow.
const FORMULA: &[u8] = &[0x06, 0x00];
/// A number within a formula (`PtgNum`).
const IN_FORMULA: &[u8] = &[0x1f];

/// One text for each way to read it, and one for each long number.
pub fn texts(bytes: &[u8]) -> Vec<String> {
    let mut found = raw_texts(bytes);
    found.extend(bytes.windows(8).enumerate().filter_map(|(at, eight)| {
        let number = f64::from_le_bytes(eight.try_into().ok()?);
        let long = LONG.contains(&number) && number.fract() == 0.0;
        let before = bytes.get(..at)?;
        let headed = |head: &[u8], gap: usize| {
            before.len().checked_sub(gap).and_then(|end| before.get(..end)).is_some_and(|before| before.ends_with(head))
        };
        (long && (headed(NUMBER, 6) || headed(FORMULA, 8) || headed(IN_FORMULA, 0))).then(|| format!("{number:.0}"))
    }));
    found
}
