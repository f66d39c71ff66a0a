//! Whether two forms probably speak of the same person.

use super::PersonForm;
use crate::shared::PersonName;

/// Whether two forms probably speak of the same person: same folded names, and the same phone, e-mail or employment
/// number, or none of the three known on both sides. That both are open and ask for the same service is the caller's
/// to see to.
pub fn is_probable_duplicate(a: &PersonForm, b: &PersonForm) -> bool {
    let (Some(names_a), Some(names_b)) = (folded_names(a), folded_names(b)) else { return false };
    if names_a != names_b {
        return false;
    }
    let (marks_a, marks_b) = (marks(a), marks(b));
    let none_known = |marks: &[Option<String>; 3]| marks.iter().all(Option::is_none);
    let shared = marks_a.iter().zip(&marks_b).any(|(a, b)| a.is_some() && a == b);
    shared || (none_known(&marks_a) && none_known(&marks_b))
}

fn folded_names(person: &PersonForm) -> Option<(String, String)> {
    let family = person.family_name.as_ref().map(PersonName::folded)?;
    let given = person.given_name.as_ref().map(PersonName::folded)?;
    (!family.is_empty() && !given.is_empty()).then_some((family, given))
}

fn marks(person: &PersonForm) -> [Option<String>; 3] {
    let email = person.email.as_deref().map(|email| email.trim().to_lowercase());
    let number = person.employment_number.as_deref().map(|number| number.trim().to_owned());
    let known = |text: Option<String>| text.filter(|text| !text.is_empty());
    [known(person.phone.as_deref().map(phone_key)), known(email), known(number)]
}

/// The last nine digits: a national number and the same one in international form agree on them.
fn phone_key(phone: &str) -> String {
    let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
    let skip = digits.len().saturating_sub(9);
    digits.into_iter().skip(skip).collect()
}
