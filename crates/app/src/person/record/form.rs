//! What somebody writes of a person: a new record, and a change of one.

use relais_domain::access::{Category, Mask};
use relais_domain::referral::PersonForm;
use relais_domain::shared::ids::{PersonId, ReferralId};
use relais_domain::shared::name::PersonName;
use serde::Deserialize;
use utoipa::ToSchema;

/// A person to be entered, or kept from a referral that my organisation accepted.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = PersonCreate)]
pub struct NewPerson {
    /// Your own id for it (UUID v7, at most 24 hours old).
    pub id: Option<PersonId>,
    /// The received referral whose person is kept; what the other fields leave out is taken from it.
    pub referral_id: Option<ReferralId>,
    /// Family name.
    pub family_name: Option<PersonName>,
    /// Given name.
    pub given_name: Option<PersonName>,
    /// Year of birth.
    pub birth_year: Option<i32>,
    /// National employment number, 11 digits (France Travail).
    #[schema(max_length = 20)]
    pub employment_number: Option<String>,
    /// Code of the commune where the person lives.
    #[schema(max_length = 100)]
    pub commune: Option<String>,
    /// Phone.
    #[schema(max_length = 50)]
    pub phone: Option<String>,
    /// E-mail.
    #[schema(max_length = 254)]
    pub email: Option<String>,
    /// The language the person speaks, as a BCP 47 tag.
    #[schema(max_length = 35)]
    pub language: Option<String>,
    /// Never found by retrieval.
    pub protected: bool,
}

impl NewPerson {
    pub(super) fn form(&self) -> PersonForm {
        PersonForm {
            family_name: self.family_name.clone(),
            given_name: self.given_name.clone(),
            birth_year: self.birth_year,
            employment_number: self.employment_number.clone(),
            commune: self.commune.clone(),
            phone: self.phone.clone(),
            email: self.email.clone(),
            language: self.language.clone(),
            protected: self.protected,
            ..PersonForm::default()
        }
    }
}

/// A change of a record (JSON Merge Patch). What is absent stays; null clears.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PersonPatch {
    /// Family name.
    #[serde(deserialize_with = "crate::patch::patched")]
    #[schema(value_type = Option<PersonName>)]
    pub family_name: Option<Option<PersonName>>,
    /// Given name.
    #[serde(deserialize_with = "crate::patch::patched")]
    #[schema(value_type = Option<PersonName>)]
    pub given_name: Option<Option<PersonName>>,
    /// Year of birth.
    #[serde(deserialize_with = "crate::patch::patched")]
    #[schema(value_type = Option<i32>)]
    pub birth_year: Option<Option<i32>>,
    /// National employment number, 11 digits.
    #[serde(deserialize_with = "crate::patch::patched")]
    #[schema(value_type = Option<String>, max_length = 20)]
    pub employment_number: Option<Option<String>>,
    /// Code of the commune where the person lives.
    #[serde(deserialize_with = "crate::patch::patched")]
    #[schema(value_type = Option<String>, max_length = 100)]
    pub commune: Option<Option<String>>,
    /// Phone.
    #[serde(deserialize_with = "crate::patch::patched")]
    #[schema(value_type = Option<String>, max_length = 50)]
    pub phone: Option<Option<String>>,
    /// E-mail.
    #[serde(deserialize_with = "crate::patch::patched")]
    #[schema(value_type = Option<String>, max_length = 254)]
    pub email: Option<Option<String>>,
    /// The language the person speaks, as a BCP 47 tag.
    #[serde(deserialize_with = "crate::patch::patched")]
    #[schema(value_type = Option<String>, max_length = 35)]
    pub language: Option<Option<String>>,
    /// Never found by retrieval.
    pub protected: Option<bool>,
}

impl PersonPatch {
    pub(super) fn applied_to(&self, form: PersonForm) -> PersonForm {
        let Self { family_name, given_name, birth_year, employment_number, commune, phone, email, language, protected } = self.clone();
        PersonForm {
            family_name: family_name.unwrap_or(form.family_name),
            given_name: given_name.unwrap_or(form.given_name),
            birth_year: birth_year.unwrap_or(form.birth_year),
            employment_number: employment_number.unwrap_or(form.employment_number),
            commune: commune.unwrap_or(form.commune),
            phone: phone.unwrap_or(form.phone),
            email: email.unwrap_or(form.email),
            language: language.unwrap_or(form.language),
            protected: protected.unwrap_or(form.protected),
            ..PersonForm::default()
        }
    }

    /// Whether it touches a group that is hidden from its author: nobody overwrites what they cannot read.
    pub(super) fn touches_hidden(&self, open: Mask) -> bool {
        let identity =
            self.family_name.is_some() || self.given_name.is_some() || self.birth_year.is_some() || self.employment_number.is_some();
        let identity = identity || self.protected.is_some();
        let contact = self.phone.is_some() || self.email.is_some() || self.language.is_some();
        let groups = [(Category::Identity, identity), (Category::IdentityMin, self.commune.is_some()), (Category::Contact, contact)];
        groups.iter().any(|(category, touched)| *touched && !open.contains(*category))
    }
}
