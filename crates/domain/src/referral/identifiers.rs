//! What no text of a referral may hold.

use crate::shared::{Blocker, contains_nir};

/// One `forbidden_identifier` (422) per text that holds a French social security number. The number is never echoed.
pub(super) fn forbidden(texts: &[(&str, Option<&str>)]) -> Vec<Blocker> {
    let held = texts.iter().filter(|(_, text)| text.is_some_and(contains_nir));
    held.map(|(pointer, _)| Blocker::content("forbidden_identifier").at(*pointer)).collect()
}
