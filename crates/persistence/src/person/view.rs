//! Persons, their consents, disclosures and links, as they are shown.

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use relais_domain::access::{Category, Mask};
use relais_domain::person::{DuplicateReason, PersonNote};
use relais_domain::referral::{PersonForm, State};
use relais_domain::shared::ids::{ConsentId, DisclosureId, IdentityLinkId, OrganisationId, PersonId, ReferralId, UserId};
use relais_domain::shared::name::PersonName;
use sea_orm::FromQueryResult;
use sea_orm::prelude::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::entity::person;

/// The groups of a person's record that a reader may lack the right to.
pub const GROUPS: &[Category] = &[Category::Identity, Category::IdentityMin, Category::Contact];

/// Who the person is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PersonIdentity {
    /// Family name.
    pub family_name: Option<String>,
    /// Given name.
    pub given_name: Option<String>,
    /// Year of birth.
    pub birth_year: Option<i32>,
    /// National employment number.
    pub employment_number: Option<String>,
}

/// What may be known without knowing who it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PersonIdentityMin {
    /// Age in bands of ten years, such as `20-29`.
    pub age_band: Option<String>,
    /// The commune where the person lives.
    pub commune: Option<String>,
}

/// How to reach the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PersonContact {
    /// Phone.
    pub phone: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// The language the person speaks.
    pub language: Option<String>,
}

/// Another record of the same person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LinkedRecord {
    /// The record.
    pub person_id: PersonId,
    /// The link that joins it directly; null when it is joined over others.
    pub link_id: Option<IdentityLinkId>,
}

/// A person, as one organisation knows them.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Person)]
pub struct PersonView {
    /// Its id.
    pub id: PersonId,
    /// Its version.
    pub version: i32,
    /// The organisation whose record it is.
    pub organisation_id: OrganisationId,
    /// The received referral from which the organisation keeps it; null where it entered the person itself.
    pub kept_from: Option<ReferralId>,
    /// Never found by retrieval; null for whoever may not know who it is.
    pub protected: Option<bool>,
    /// Other records of the same person, joined by identity links; those that you may see. In the single record only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linked: Option<Vec<LinkedRecord>>,
    /// Who the person is.
    pub identity: Option<PersonIdentity>,
    /// What may be known without knowing who it is.
    pub identity_min: Option<PersonIdentityMin>,
    /// How to reach the person.
    pub contact: Option<PersonContact>,
    /// The groups that you lack the right to.
    pub hidden: Vec<Category>,
    /// When the person withdrew the consent for the referral from which the record is kept: since then only that it exists is shown.
    pub consent_withdrawn_at: Option<DateTime<Utc>>,
    /// When what was held on the person was erased.
    pub erased_at: Option<DateTime<Utc>>,
    /// When the record was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    #[serde(skip)]
    #[schema(ignore)]
    pub mask: Mask,
}

/// A row with what of it is open to its reader.
#[derive(Clone, Debug, FromQueryResult)]
pub struct PersonRow {
    #[sea_orm(nested)]
    pub row: person::Model,
    pub mask: i32,
}

impl PersonRow {
    /// The row as its reader sees it.
    pub fn view(self, linked: Option<Vec<LinkedRecord>>, today: NaiveDate) -> PersonView {
        let open = Mask::from_bits(self.mask);
        let row = self.row;
        let band = |year: i32| {
            let low = (today.year() - year).max(0) / 10 * 10;
            format!("{low}-{}", low + 9)
        };
        PersonView {
            id: row.id,
            version: row.version,
            organisation_id: row.organisation_id,
            kept_from: row.kept_from,
            protected: open.contains(Category::Identity).then_some(row.protected),
            consent_withdrawn_at: row.consent_withdrawn_at,
            linked,
            identity_min: open
                .contains(Category::IdentityMin)
                .then(|| PersonIdentityMin { age_band: row.birth_year.map(band), commune: row.commune.clone() }),
            identity: open.contains(Category::Identity).then_some(PersonIdentity {
                family_name: row.family_name,
                given_name: row.given_name,
                birth_year: row.birth_year,
                employment_number: row.employment_number,
            }),
            contact: open.contains(Category::Contact).then_some(PersonContact {
                phone: row.phone,
                email: row.email,
                language: row.language,
            }),
            hidden: open.hidden_from(GROUPS),
            erased_at: row.blanked_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
            mask: open,
        }
    }
}

/// What a record holds, in the words of a referral's form.
pub fn form_of(row: &person::Model) -> PersonForm {
    let name = |text: &Option<String>| text.as_deref().and_then(|text| text.parse().ok());
    PersonForm {
        family_name: name(&row.family_name),
        given_name: name(&row.given_name),
        phone: row.phone.clone(),
        email: row.email.clone(),
        language: row.language.clone(),
        employment_number: row.employment_number.clone(),
        birth_year: row.birth_year,
        commune: row.commune.clone(),
        protected: row.protected,
        ..PersonForm::default()
    }
}

/// The row of a record: what stands there already, with this form.
pub fn with_form(before: person::Model, form: &PersonForm) -> person::Model {
    let text = |name: &Option<PersonName>| name.as_ref().map(|name| name.as_str().to_owned());
    person::Model {
        family_name: text(&form.family_name),
        given_name: text(&form.given_name),
        name_folded: form.name_key(),
        phone: form.phone.clone(),
        email: form.email.clone(),
        birth_year: form.birth_year,
        commune: form.commune.clone(),
        language: form.language.clone(),
        employment_number: form.employment_number.clone(),
        contact_keys: form.contact_key(),
        protected: form.protected,
        ..before
    }
}

/// A consent: which organisation may know what of the person, for what, until when.
#[derive(Clone, Debug, Serialize, ToSchema, FromQueryResult)]
#[schema(as = Consent)]
pub struct ConsentView {
    /// Its id.
    pub id: ConsentId,
    /// Its version.
    pub version: i32,
    /// The record of the person who gave it.
    pub person_id: PersonId,
    /// The referral for which it was given.
    pub referral_id: ReferralId,
    /// The organisation that may know.
    pub recipient_organisation_id: Option<OrganisationId>,
    /// Its name.
    pub recipient_name: Option<String>,
    /// For what.
    #[schema(value_type = relais_domain::person::ConsentPurpose)]
    pub purpose: String,
    /// What of the person.
    #[schema(value_type = Vec<Category>)]
    pub categories: Json,
    /// When it was given.
    pub given_at: DateTime<Utc>,
    /// Its last day; null while the referral is open.
    pub ends_on: Option<NaiveDate>,
    /// When the person withdrew it.
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// Why, in words; null as well for whoever may not read the person's situation.
    pub withdrawal_reason: Option<PersonNote>,
}

/// A receipt: what was disclosed to another organisation.
#[derive(Clone, Debug, Serialize, ToSchema, FromQueryResult)]
#[schema(as = Disclosure)]
pub struct DisclosureView {
    /// Its id.
    pub id: DisclosureId,
    /// The record of the person.
    pub person_id: PersonId,
    /// The referral with which it was disclosed.
    pub referral_id: ReferralId,
    /// The organisation that disclosed it.
    pub organisation_id: OrganisationId,
    /// Its name.
    pub organisation_name: String,
    /// The organisation to which it was disclosed.
    pub recipient_organisation_id: OrganisationId,
    /// Its name.
    pub recipient_name: String,
    /// For what.
    #[schema(value_type = relais_domain::person::ConsentPurpose)]
    pub purpose: String,
    /// What of the person.
    #[schema(value_type = Vec<Category>)]
    pub categories: Json,
    /// The event with which it was disclosed.
    #[schema(example = "referral_sent")]
    pub because: String,
    /// The consent under which it was disclosed.
    pub consent_id: Option<ConsentId>,
    /// When.
    pub disclosed_at: DateTime<Utc>,
}

/// A record that may be of the same person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DuplicatePerson {
    /// The other record.
    pub person_id: PersonId,
    /// How probable it is, from 0 to 100.
    #[schema(minimum = 0, maximum = 100)]
    pub score: i32,
    /// Why.
    pub reasons: Vec<DuplicateReason>,
    /// They are linked as one person already.
    pub linked: bool,
    /// Who the other is.
    pub identity: PersonIdentity,
}

/// A received referral that may be about the same person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DuplicateReferral {
    /// The other referral.
    pub referral_id: ReferralId,
    /// Where it stands.
    pub state: State,
    /// The organisation that sent it.
    pub sender_organisation_id: OrganisationId,
    /// How probable it is, from 0 to 100.
    #[schema(minimum = 0, maximum = 100)]
    pub score: i32,
    /// Why.
    pub reasons: Vec<DuplicateReason>,
}

/// A link between two records of the same person.
#[derive(Clone, Debug, Serialize, ToSchema, FromQueryResult)]
#[schema(as = IdentityLink)]
pub struct IdentityLinkView {
    /// Its id.
    pub id: IdentityLinkId,
    /// Its version.
    pub version: i32,
    /// One record.
    pub person_id: PersonId,
    /// The other record.
    pub other_person_id: PersonId,
    /// Who linked them.
    pub linked_by: Option<UserId>,
    /// When.
    pub created_at: DateTime<Utc>,
}
