//! The form of a referral: adviser, person, reason, what is ticked, which documents are at hand.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AdviserName, ContactPreference, NoteText, Offer, ReasonText, SituationText};
use crate::eligibility::{AgeBand, Facts};
use crate::shared::ids::UserId;
use crate::shared::{Blocker, Email, PersonName, Phone, forbidden};

/// The longest list a form takes, and the longest code in it.
const MAX_CODES: usize = 50;
const MAX_CODE: usize = 100;

/// The professional who follows the person: a member of the platform, or a desk with a name and an e-mail.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Adviser {
    /// The member; none for somebody outside the platform.
    pub member_id: Option<UserId>,
    /// The name of the person or the desk.
    pub name: Option<AdviserName>,
    /// Their e-mail.
    pub email: Option<String>,
    /// Their phone.
    pub phone: Option<String>,
}

/// The person as the form describes them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PersonForm {
    /// Family name. Needed to send.
    pub family_name: Option<PersonName>,
    /// Given name. Needed to send.
    pub given_name: Option<PersonName>,
    /// How the person wants to be reached, best first. At least one to send.
    pub contact_preferences: Vec<ContactPreference>,
    /// Phone.
    pub phone: Option<String>,
    /// E-mail. Never the adviser's.
    pub email: Option<String>,
    /// Another way to reach the person.
    pub other_contact: Option<NoteText>,
    /// The language the person speaks, as a BCP 47 tag.
    pub language: Option<String>,
    /// From when the person is available.
    pub available_from: Option<NaiveDate>,
    /// National employment number, 11 digits (France Travail).
    pub employment_number: Option<String>,
    /// Year of birth.
    pub birth_year: Option<i32>,
    /// The ages between which the person is, when the year of birth is not told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_band: Option<AgeBand>,
    /// Code of the commune where the person lives.
    pub commune: Option<String>,
    /// How many people live in the household, the person included.
    pub household_size: Option<i32>,
    /// Codes of the person's statuses.
    pub statuses: Vec<String>,
    /// Never found by retrieval.
    pub protected: bool,
}

/// What the sender says of one document that the service asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentTick {
    /// The code of the document.
    pub code: String,
    /// The person has it. That alone is no file: see `/v1/referrals/{id}/documents`.
    #[serde(default)]
    pub at_hand: bool,
    /// Why no file of it is added: an obligatory document without a file needs it.
    #[serde(default)]
    pub reason: Option<NoteText>,
}

/// What the sender writes. Everything may be empty in a draft.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, sea_orm::FromJsonQueryResult)]
#[serde(default, deny_unknown_fields)]
pub struct Form {
    /// The professional who follows the person; none means the one who sends.
    pub adviser: Option<Adviser>,
    /// The person.
    pub person: PersonForm,
    /// Why the person is referred.
    pub reason: Option<ReasonText>,
    /// The person's situation.
    pub situation: Option<SituationText>,
    /// Codes of the audiences of the service to which the person belongs.
    pub audiences: Vec<String>,
    /// Codes of the criteria of the service that the person meets.
    pub criteria: Vec<String>,
    /// What the codes do not say.
    pub criteria_note: Option<NoteText>,
    /// Which documents are at hand.
    pub documents: Vec<DocumentTick>,
    /// What else is told of what the service asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eligibility: Option<Facts>,
    /// The person agreed. Needed to send.
    pub person_agreed: bool,
    /// The person was informed of what becomes of the data. Needed to send.
    pub person_informed: bool,
}

/// The contact of the person: all that a sender may still change after sending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContactPatch {
    /// How the person wants to be reached.
    pub contact_preferences: Vec<ContactPreference>,
    /// Phone.
    pub phone: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Another way.
    pub other_contact: Option<NoteText>,
}

impl Form {
    /// What is wrong with the form already as a draft. Pointers begin at the form's own root. Without an offer (no
    /// service chosen yet) what is ticked is not compared with what is offered.
    ///
    /// Codes: `preference_needs_phone`, `preference_needs_email`, `preference_needs_text`, `email_of_adviser`,
    /// `employment_number_invalid`, `invalid_email`, `invalid_phone`, `invalid_language`, `invalid_code`,
    /// `out_of_range`, `duplicate_code`, `too_many`, `unknown_audience`, `unknown_criterion`, `unknown_document`,
    /// `duplicate`, `contradiction`,
    /// `forbidden_identifier`.
    pub fn problems(&self, offer: Option<&Offer>) -> Vec<Blocker> {
        let mut found = self.person.problems();
        self.adviser_problems(&mut found);
        check_codes(&self.audiences, "/audiences", &mut found);
        check_codes(&self.criteria, "/criteria", &mut found);
        check_codes(&self.person.statuses, "/person/statuses", &mut found);
        let documents: Vec<String> = self.documents.iter().map(|tick| tick.code.clone()).collect();
        check_codes(&documents, "/documents", &mut found);
        if let Some(facts) = &self.eligibility {
            found.extend(facts.problems(None, "/eligibility"));
        }
        if let Some(offer) = offer {
            self.not_offered(offer, &mut found);
        }
        found.extend(self.forbidden_identifiers());
        found
    }

    /// What is missing before the form can be sent: `required`, `preferences_empty`, `consent_missing`.
    pub fn missing_to_send(&self) -> Vec<Blocker> {
        let mut missing = self.missing_names();
        if self.person.contact_preferences.is_empty() {
            missing.push(Blocker::content("preferences_empty").at("/person/contact_preferences"));
        }
        if let Some(adviser) = self.adviser.as_ref().filter(|adviser| adviser.member_id.is_none()) {
            if adviser.name.is_none() {
                missing.push(Blocker::content("required").at("/adviser/name"));
            }
            if adviser.email.is_none() {
                missing.push(Blocker::content("required").at("/adviser/email"));
            }
        }
        if !self.person_agreed {
            missing.push(Blocker::content("consent_missing").at("/person_agreed"));
        }
        if !self.person_informed {
            missing.push(Blocker::content("consent_missing").at("/person_informed"));
        }
        missing
    }

    /// `required` for each of the person's names that is missing.
    pub(super) fn missing_names(&self) -> Vec<Blocker> {
        let names = [("/person/family_name", &self.person.family_name), ("/person/given_name", &self.person.given_name)];
        names.iter().filter(|(_, name)| name.is_none()).map(|(pointer, _)| Blocker::content("required").at(*pointer)).collect()
    }

    /// The contact fields.
    pub fn contact(&self) -> ContactPatch {
        let person = &self.person;
        ContactPatch {
            contact_preferences: person.contact_preferences.clone(),
            phone: person.phone.clone(),
            email: person.email.clone(),
            other_contact: person.other_contact.clone(),
        }
    }

    /// The same form with another contact.
    #[must_use]
    pub fn with_contact(mut self, contact: ContactPatch) -> Self {
        let ContactPatch { contact_preferences, phone, email, other_contact } = contact;
        self.person.contact_preferences = contact_preferences;
        self.person.phone = phone;
        self.person.email = email;
        self.person.other_contact = other_contact;
        self
    }

    /// Every free text of the form, searched for a social security number.
    fn forbidden_identifiers(&self) -> Vec<Blocker> {
        let (person, adviser) = (&self.person, self.adviser.as_ref());
        let mut found = forbidden(&[
            ("/adviser/name", adviser.and_then(|adviser| adviser.name.as_ref()).map(AdviserName::as_str)),
            ("/adviser/phone", adviser.and_then(|adviser| adviser.phone.as_deref())),
            ("/person/family_name", person.family_name.as_ref().map(PersonName::as_str)),
            ("/person/given_name", person.given_name.as_ref().map(PersonName::as_str)),
            ("/person/phone", person.phone.as_deref()),
            ("/person/email", person.email.as_deref()),
            ("/person/other_contact", person.other_contact.as_ref().map(NoteText::as_str)),
            ("/person/employment_number", person.employment_number.as_deref()),
            ("/reason", self.reason.as_ref().map(ReasonText::as_str)),
            ("/situation", self.situation.as_ref().map(SituationText::as_str)),
            ("/criteria_note", self.criteria_note.as_ref().map(NoteText::as_str)),
        ]);
        for (pointer, words) in self.eligibility.iter().flat_map(Facts::words) {
            found.extend(forbidden(&[(&format!("/eligibility{pointer}"), Some(words))]));
        }
        for (index, tick) in self.documents.iter().enumerate() {
            let pointer = format!("/documents/{index}/reason");
            found.extend(forbidden(&[(&pointer, tick.reason.as_ref().map(NoteText::as_str))]));
        }
        found
    }

    fn adviser_problems(&self, found: &mut Vec<Blocker>) {
        let Some(adviser) = &self.adviser else { return };
        if adviser.email.as_deref().is_some_and(|email| !is_email(email)) {
            found.push(Blocker::content("invalid_email").at("/adviser/email"));
        }
        if adviser.phone.as_deref().is_some_and(|phone| !is_phone(phone)) {
            found.push(Blocker::content("invalid_phone").at("/adviser/phone"));
        }
        if self.is_persons_email(adviser.email.as_deref()) {
            found.push(Blocker::content("email_of_adviser").at("/person/email"));
        }
    }

    fn is_persons_email(&self, theirs: Option<&str>) -> bool {
        let written = |email: &str| email.trim().to_lowercase();
        theirs.zip(self.person.email.as_deref()).is_some_and(|(theirs, own)| written(theirs) == written(own))
    }

    /// `email_of_adviser` when the person's e-mail is that of the adviser's account, and the form itself does not say so already.
    pub(super) fn email_of_account(&self, account: Option<&str>) -> Option<Blocker> {
        let told = self.adviser.as_ref().and_then(|adviser| adviser.email.as_deref());
        let clash = self.is_persons_email(account) && !self.is_persons_email(told);
        clash.then(|| Blocker::content("email_of_adviser").at("/person/email"))
    }

    fn not_offered(&self, offer: &Offer, found: &mut Vec<Blocker>) {
        for (index, code) in self.audiences.iter().enumerate() {
            if !offer.audiences.contains(code) {
                found.push(Blocker::content("unknown_audience").at(format!("/audiences/{index}")));
            }
        }
        for (index, code) in self.criteria.iter().enumerate() {
            if !offer.offers(code) {
                found.push(Blocker::content("unknown_criterion").at(format!("/criteria/{index}")));
            }
        }
        for (index, tick) in self.documents.iter().enumerate() {
            if !offer.documents.iter().any(|asked| asked.code == tick.code) {
                found.push(Blocker::content("unknown_document").at(format!("/documents/{index}/code")));
            }
        }
    }
}

impl PersonForm {
    fn problems(&self) -> Vec<Blocker> {
        let mut found = Vec::new();
        self.preference_problems(&mut found);
        if self.phone.as_deref().is_some_and(|phone| !is_phone(phone)) {
            found.push(Blocker::content("invalid_phone").at("/person/phone"));
        }
        if self.email.as_deref().is_some_and(|email| !is_email(email)) {
            found.push(Blocker::content("invalid_email").at("/person/email"));
        }
        if self.employment_number.as_deref().is_some_and(|number| !is_employment_number(number)) {
            found.push(Blocker::content("employment_number_invalid").at("/person/employment_number"));
        }
        if self.language.as_deref().is_some_and(|tag| !is_language(tag)) {
            found.push(Blocker::content("invalid_language").at("/person/language"));
        }
        if self.commune.as_deref().is_some_and(|code| !is_code(code)) {
            found.push(Blocker::content("invalid_code").at("/person/commune"));
        }
        if self.birth_year.is_some() && self.age_band.is_some() {
            found.push(Blocker::content("contradiction").at("/person/age_band"));
        }
        check_range(self.birth_year, 1900, 2100, "/person/birth_year", &mut found);
        check_range(self.household_size, 1, 50, "/person/household_size", &mut found);
        found
    }

    fn preference_problems(&self, found: &mut Vec<Blocker>) {
        for (index, preference) in self.contact_preferences.iter().enumerate() {
            let (missing, code, pointer) = match preference {
                ContactPreference::Phone => (self.phone.is_none(), "preference_needs_phone", "/person/phone"),
                ContactPreference::Email => (self.email.is_none(), "preference_needs_email", "/person/email"),
                ContactPreference::Other => (self.other_contact.is_none(), "preference_needs_text", "/person/other_contact"),
                ContactPreference::Adviser => continue,
            };
            if missing {
                found.push(Blocker::content(code).at(pointer));
            }
            if self.contact_preferences.iter().take(index).any(|earlier| earlier == preference) {
                found.push(Blocker::content("duplicate_code").at(format!("/person/contact_preferences/{index}")));
            }
        }
    }
}

fn check_range(value: Option<i32>, min: i32, max: i32, pointer: &str, found: &mut Vec<Blocker>) {
    if value.is_some_and(|value| !(min..=max).contains(&value)) {
        found.push(Blocker::content("out_of_range").at(pointer).with("min", min).with("max", max));
    }
}

fn check_codes(codes: &[String], pointer: &str, found: &mut Vec<Blocker>) {
    if codes.len() > MAX_CODES {
        found.push(Blocker::content("too_many").at(pointer).with("max", MAX_CODES));
        return;
    }
    for (index, code) in codes.iter().enumerate() {
        if !is_code(code) {
            found.push(Blocker::content("invalid_code").at(format!("{pointer}/{index}")));
        } else if codes.iter().take(index).any(|earlier| earlier == code) {
            found.push(Blocker::content("duplicate_code").at(format!("{pointer}/{index}")));
        }
    }
}

fn is_code(code: &str) -> bool {
    !code.trim().is_empty() && code.chars().count() <= MAX_CODE && !code.chars().any(char::is_control)
}

fn is_email(email: &str) -> bool {
    email.parse::<Email>().is_ok()
}

fn is_phone(phone: &str) -> bool {
    phone.parse::<Phone>().is_ok()
}

fn is_employment_number(number: &str) -> bool {
    number.len() == 11 && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// The outer shape of a BCP 47 tag: a language of two or three letters, then sub-tags.
fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let language = parts.next().is_some_and(|part| (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic()));
    let sub_tag = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    language && tag.len() <= 35 && parts.all(sub_tag)
}
