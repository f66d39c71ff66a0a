//! Whether a service is open at a moment.

use chrono::NaiveDateTime;
use opening_hours::OpeningHours;

/// A text beyond this is not opening hours.
const LONGEST: usize = 1_000;

/// Whether opening hours (OpenStreetMap grammar) say "open" at a civil moment of their place. What cannot be read never does.
pub fn is_open(hours: &str, at: NaiveDateTime) -> bool {
    hours.len() <= LONGEST && hours.parse::<OpeningHours>().is_ok_and(|hours| hours.is_open(at))
}
