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
