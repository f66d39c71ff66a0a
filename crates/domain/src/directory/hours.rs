//! Opening hours as they may be written here: in the grammar of `OpenStreetMap` (its wiki, `Key:opening_hours/specification`).

use super::parts::OpeningHours;
use crate::shared::Blocker;

impl OpeningHours {
    /// `opening_hours_invalid` when the text does not follow the grammar, with the line and column of the first mistake, or with
    /// the reason when the mistake has no place.
    pub fn problem_at(&self, pointer: &str) -> Option<Blocker> {
        let error = self.as_str().parse::<opening_hours::OpeningHours>().err()?.to_string();
        let blocker = Blocker::content("opening_hours_invalid").at(pointer);
        Some(match place(&error) {
            Some((line, column)) => blocker.with("line", line).with("column", column),
            None => blocker.with("reason", error),
        })
    }
}

/// The place that the parser shows as `--> line:column`.
fn place(error: &str) -> Option<(u32, u32)> {
    let (_, rest) = error.split_once("--> ")?;
    let (line, column) = rest.split_whitespace().next()?.split_once(':')?;
    Some((line.parse().ok()?, column.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn problem(text: &str) -> Option<Blocker> {
        text.parse::<OpeningHours>().unwrap().problem_at("/opening_hours")
    }

    #[rstest]
    #[case("Mo-Fr 09:00-12:00,14:00-17:30")]
    #[case("Mo-Fr 08:30-12:00; PH off")]
    #[case("24/7")]
    #[case("Tu[1] 14:00-16:00 \"sur rendez-vous\"")]
    #[case("week 1-53/2 Fr 10:00-12:00")]
    fn good_hours(#[case] text: &str) {
        assert_eq!(problem(text), None);
    }

    #[test]
    fn a_mistake_has_a_place() {
        let found = problem("Mo-Fr 09:00-12:00; lundi matin").unwrap();
        assert_eq!((found.code, found.pointer.as_deref()), ("opening_hours_invalid", Some("/opening_hours")));
        assert_eq!(found.params["line"], 1);
        assert!(found.params["column"].as_u64().unwrap() > 17, "{found:?}");
    }

    #[test]
    fn a_mistake_without_a_place_has_a_reason() {
        let found = problem("2030-2020 Mo 09:00-12:00").unwrap();
        assert!(found.params["reason"].is_string(), "{found:?}");
    }

    #[test]
    fn a_long_text_is_read_in_time() {
        let begun = std::time::Instant::now();
        assert!(problem(&"Mo-Fr (".repeat(1_400)).is_some());
        assert_eq!(problem(&vec!["Mo 09:00-12:00"; 600].join("; ")), None);
        assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
    }
}
