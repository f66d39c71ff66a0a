//! The record that one organisation keeps of a person.

use super::contact_keys;
use crate::referral::{Form, PersonForm};
use crate::shared::{Blocker, PersonName};

impl PersonForm {
    /// What is wrong with it as a record of its own, with pointers at the record's root. Codes as those of a referral's form;
    /// `required` when it names nobody.
    pub fn problems_of_record(&self) -> Vec<Blocker> {
        let form = Form { person: self.clone(), ..Form::default() };
        let mut found = form.problems(None);
        for blocker in &mut found {
            blocker.pointer = blocker.pointer.take().map(|pointer| pointer.replacen("/person", "", 1));
        }
        if self.family_name.is_none() && self.given_name.is_none() {
            found.push(Blocker::content("required").at("/family_name"));
        }
        found
    }

    /// What this form leaves out, from another.
    #[must_use]
    pub fn completed_by(self, other: Self) -> Self {
        Self {
            family_name: self.family_name.or(other.family_name),
            given_name: self.given_name.or(other.given_name),
            phone: self.phone.or(other.phone),
            email: self.email.or(other.email),
            language: self.language.or(other.language),
            employment_number: self.employment_number.or(other.employment_number),
            // Who tells a band keeps the year to themselves.
            birth_year: self.birth_year.or_else(|| other.birth_year.filter(|_| self.age_band.is_none())),
            commune: self.commune.or(other.commune),
            protected: self.protected || other.protected,
            ..self
        }
    }

    /// This record after a change of the form that made it, `was` before and `is` now: what changed there changes here, and what was
    /// corrected here stays. So a later word on the phone takes no protection off.
    #[must_use]
    pub fn in_step(self, was: &Self, is: &Self) -> Self {
        fn step<T: PartialEq + Clone>(here: T, was: &T, is: &T) -> T {
            if was == is { here } else { is.clone() }
        }
        Self {
            family_name: step(self.family_name, &was.family_name, &is.family_name),
            given_name: step(self.given_name, &was.given_name, &is.given_name),
            phone: step(self.phone, &was.phone, &is.phone),
            email: step(self.email, &was.email, &is.email),
            language: step(self.language, &was.language, &is.language),
            employment_number: step(self.employment_number, &was.employment_number, &is.employment_number),
            birth_year: step(self.birth_year, &was.birth_year, &is.birth_year),
            commune: step(self.commune, &was.commune, &is.commune),
            protected: step(self.protected, &was.protected, &is.protected),
            ..self
        }
    }

    /// "family given", folded: what a search by the beginning of the name compares with. None without a name.
    pub fn name_key(&self) -> Option<String> {
        let folded = |name: &Option<PersonName>| name.as_ref().map(PersonName::folded).unwrap_or_default();
        Some(folded(&self.family_name) + &folded(&self.given_name)).filter(|key| !key.is_empty())
    }

    /// Phone and e-mail as search keys; see [`contact_keys`].
    pub fn contact_key(&self) -> Option<String> {
        contact_keys(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(family: &str, phone: &str, protected: bool) -> PersonForm {
        PersonForm { family_name: Some(family.parse().unwrap()), phone: Some(phone.into()), protected, ..PersonForm::default() }
    }

    #[test]
    fn what_changed_there_changes_here_and_what_was_corrected_here_stays() {
        let (was, is) = (named("Kante", "0639980001", false), named("Kante", "0639980002", false));
        let corrected = named("Kanté", "0639980003", true);
        assert_eq!(corrected.clone().in_step(&was, &was), corrected, "nothing changed");
        let after = corrected.clone().in_step(&was, &is);
        assert_eq!(after, PersonForm { phone: is.phone.clone(), ..corrected });
        assert_eq!(was.clone().in_step(&was, &is), is, "as long as nobody corrected it, it is the form's");
        assert!(
            !named("Kante", "0639980001", true).in_step(&named("Kante", "0639980001", true), &is).protected,
            "taken off there on purpose"
        );
    }
}
