//! Whether two records are probably of the same person: a score with its reasons, for somebody to decide.

use serde::Serialize;
use utoipa::ToSchema;

use super::contact_key;
use crate::referral::PersonForm;
use crate::shared::PersonName;

crate::choice! {
    /// Why two records may be of one person.
    pub enum DuplicateReason {
        /// The same names, without case, accents, hyphens and spaces; given and family name may have changed places.
        SameName = "same_name",
        /// Names that differ by a letter or two.
        NearName = "near_name",
        /// The same phone, however it is written.
        SamePhone = "same_phone",
        /// The same e-mail.
        SameEmail = "same_email",
        /// The same national employment number.
        SameEmploymentNumber = "same_employment_number",
        /// The same year of birth.
        SameBirthYear = "same_birth_year",
        /// The same commune.
        SameCommune = "same_commune",
        /// Another year of birth: speaks against it.
        OtherBirthYear = "other_birth_year",
        /// Another employment number: speaks against it.
        OtherEmploymentNumber = "other_employment_number",
    }
}

impl DuplicateReason {
    /// What it weighs, in points of a hundred; below nothing when it speaks against.
    const fn weight(self) -> i32 {
        match self {
            Self::SameEmploymentNumber => 60,
            Self::SameName => 40,
            Self::SameEmail => 35,
            Self::SamePhone => 30,
            Self::NearName => 25,
            Self::SameBirthYear => 15,
            Self::SameCommune => 5,
            Self::OtherBirthYear => -25,
            Self::OtherEmploymentNumber => -60,
        }
    }
}

/// How probably two records are of one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Likeness {
    /// From 0 to 100.
    #[schema(minimum = 0, maximum = 100)]
    pub score: i32,
    /// Why.
    pub reasons: Vec<DuplicateReason>,
}

/// From this score on, two records are shown as a possible duplicate: a name alone is not enough where something speaks against it.
pub const SHOWN_FROM: i32 = 40;

/// Compares two records. It does not matter which is the first.
pub fn likeness(a: &PersonForm, b: &PersonForm) -> Likeness {
    let mut reasons: Vec<DuplicateReason> = name_reason(a, b).into_iter().collect();
    let key = |text: &Option<String>| text.as_deref().map(contact_key).filter(|key| !key.is_empty());
    let same = |a: Option<String>, b: Option<String>| a.is_some() && a == b;
    let number = |person: &PersonForm| person.employment_number.as_deref().map(|number| number.trim().to_owned());
    let commune = |person: &PersonForm| person.commune.as_deref().map(|code| code.trim().to_lowercase());
    if same(key(&a.phone), key(&b.phone)) {
        reasons.push(DuplicateReason::SamePhone);
    }
    if same(key(&a.email), key(&b.email)) {
        reasons.push(DuplicateReason::SameEmail);
    }
    match (number(a), number(b)) {
        (Some(a), Some(b)) if a == b => reasons.push(DuplicateReason::SameEmploymentNumber),
        (Some(_), Some(_)) => reasons.push(DuplicateReason::OtherEmploymentNumber),
        _ => {}
    }
    match (a.birth_year, b.birth_year) {
        (Some(a), Some(b)) if a == b => reasons.push(DuplicateReason::SameBirthYear),
        (Some(_), Some(_)) => reasons.push(DuplicateReason::OtherBirthYear),
        _ => {}
    }
    if same(commune(a), commune(b)) {
        reasons.push(DuplicateReason::SameCommune);
    }
    let score = reasons.iter().map(|reason| reason.weight()).sum::<i32>().clamp(0, 100);
    Likeness { score, reasons }
}

fn name_reason(a: &PersonForm, b: &PersonForm) -> Option<DuplicateReason> {
    let names = |person: &PersonForm| {
        let part = |name: &Option<PersonName>| name.as_ref().map(PersonName::folded).filter(|name| !name.is_empty());
        let mut names = [part(&person.family_name)?, part(&person.given_name)?];
        names.sort();
        Some(names)
    };
    let ([a1, a2], [b1, b2]) = (names(a)?, names(b)?);
    let pairs = [[(&a1, &b1), (&a2, &b2)], [(&a1, &b2), (&a2, &b1)]];
    if pairs.iter().any(|pair| pair.iter().all(|(a, b)| a == b)) {
        return Some(DuplicateReason::SameName);
    }
    pairs.iter().any(|pair| pair.iter().all(|(a, b)| is_near(a, b))).then_some(DuplicateReason::NearName)
}

/// Whether two folded names differ by what a hand writes wrongly: one letter, two in a long name, none in a very short one.
fn is_near(a: &str, b: &str) -> bool {
    let shorter = a.chars().count().min(b.chars().count());
    let allowed = match shorter {
        0..=2 => 0,
        3..=7 => 1,
        _ => 2,
    };
    distance(a, b) <= allowed
}

/// How many letters are to be put in, taken out, replaced or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before_last: Vec<usize> = vec![];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (row, letter) in a.iter().enumerate() {
        let mut here = vec![row + 1];
        for (column, other) in b.iter().enumerate() {
            let at = |line: &[usize], place: usize| line.get(place).copied().unwrap_or(usize::MAX - 1);
            let replaced = at(&last, column) + usize::from(letter != other);
            let mut best = replaced.min(at(&last, column + 1) + 1).min(at(&here, column) + 1);
            let swapped = row > 0 && column > 0 && a.get(row - 1) == Some(other) && b.get(column - 1) == Some(letter);
            if swapped {
                best = best.min(at(&before_last, column - 1) + 1);
            }
            here.push(best);
        }
        before_last = std::mem::replace(&mut last, here);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn named(family: &str, given: &str) -> PersonForm {
        PersonForm { family_name: family.parse().ok(), given_name: given.parse().ok(), ..PersonForm::default() }
    }

    #[rstest]
    #[case("Ben Saïd", "Awa", "BEN-SAID", "awa", Some(DuplicateReason::SameName))]
    #[case("Awa", "Ben Saïd", "Ben Said", "Awa", Some(DuplicateReason::SameName))]
    #[case("Lefèvre", "Anne", "Lefebvre", "Anne", Some(DuplicateReason::NearName))]
    #[case("Kowalski", "Piotr", "Kowlaski", "Piotr", Some(DuplicateReason::NearName))]
    #[case("Sow", "Awa", "Sall", "Awa", None)]
    #[case("Li", "An", "Lu", "An", None)]
    #[case("Sow", "Awa", "Diop", "Moussa", None)]
    fn names(
        #[case] family: &str,
        #[case] given: &str,
        #[case] other: &str,
        #[case] theirs: &str,
        #[case] reason: Option<DuplicateReason>,
    ) {
        assert_eq!(name_reason(&named(family, given), &named(other, theirs)), reason);
    }

    #[test]
    fn what_speaks_against_it_counts() {
        let born = |year| PersonForm { birth_year: Some(year), ..named("Sow", "Awa") };
        assert!(likeness(&born(1998), &born(1998)).score > likeness(&named("Sow", "Awa"), &named("Sow", "Awa")).score);
        assert!(likeness(&born(1998), &born(1962)).score < SHOWN_FROM);
        let numbered = |number: &str| PersonForm { employment_number: Some(number.to_owned()), ..named("Sow", "Awa") };
        assert!(likeness(&numbered("12345678901"), &numbered("12345678901")).score >= 90);
        assert_eq!(likeness(&numbered("12345678901"), &numbered("12345678902")).score, 0);
        let phone = |written: &str| PersonForm { phone: Some(written.to_owned()), ..named("Sow", "Awa") };
        assert!(likeness(&phone("06 39 98 12 34"), &phone("+33639981234")).reasons.contains(&DuplicateReason::SamePhone));
    }

    fn people() -> impl Strategy<Value = PersonForm> {
        let name = || proptest::option::weighted(0.8, "[A-Za-zéèï '-]{1,10}");
        let some = |known: &'static [&'static str]| proptest::option::of(proptest::sample::select(known).prop_map(ToOwned::to_owned));
        (
            name(),
            name(),
            some(&["0639981234", "+33639981234", "0639980000"]),
            some(&["a@example.org", "A@example.org"]),
            proptest::option::of(1990..1992),
        )
            .prop_map(|(family, given, phone, email, birth_year)| PersonForm {
                family_name: family.and_then(|name| name.parse().ok()),
                given_name: given.and_then(|name| name.parse().ok()),
                phone,
                email,
                birth_year,
                ..PersonForm::default()
            })
    }

    proptest! {
        #[test]
        fn it_does_not_matter_which_is_first(a in people(), b in people()) {
            prop_assert_eq!(likeness(&a, &b), likeness(&b, &a));
        }

        #[test]
        fn nobody_is_more_alike_than_oneself(a in people(), b in people()) {
            let (with_other, with_self) = (likeness(&a, &b), likeness(&a, &a));
            prop_assert!(with_other.score <= with_self.score && (0..=100).contains(&with_other.score));
            prop_assert!(!with_self.reasons.iter().any(|reason| reason.weight() < 0));
        }

        #[test]
        fn the_distance_is_one(a in "[a-c]{0,6}", b in "[a-c]{0,6}") {
            let (there, back) = (distance(&a, &b), distance(&b, &a));
            prop_assert_eq!(there, back);
            prop_assert_eq!(there == 0, a == b);
            prop_assert!(there <= a.len().max(b.len()) && there >= a.len().abs_diff(b.len()));
        }
    }
}
