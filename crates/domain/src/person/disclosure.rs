//! What a leg tells its receiver of the person.

use crate::access::Category;
use crate::referral::{Form, Referral};

impl Referral {
    /// The categories of content that the receiver is given with the leg, and with files when there are some.
    pub fn told_categories(&self, with_files: bool) -> Vec<Category> {
        let Form { adviser: _, person, reason, situation, criteria, criteria_note, audiences, eligibility, .. } = &self.form;
        let contact = person.phone.is_some() || person.email.is_some() || person.other_contact.is_some() || person.language.is_some();
        let lists = !criteria.is_empty() || !audiences.is_empty() || !person.statuses.is_empty();
        let words = reason.is_some() || situation.is_some() || criteria_note.is_some() || eligibility.is_some();
        let social = lists || words || person.household_size.is_some() || person.available_from.is_some();
        let held = [
            (Category::IdentityMin, person.birth_year.is_some() || person.age_band.is_some() || person.commune.is_some()),
            (Category::Contact, contact),
            (Category::Identity, person.family_name.is_some() || person.given_name.is_some()),
            (Category::Social, social),
            (Category::Documents, with_files),
        ];
        held.into_iter().filter(|(_, held)| *held).map(|(category, _)| category).collect()
    }
}
