//! The facts that a text may use.

use chrono::NaiveDate;
use minijinja::{Value, context};
use relais_domain::message::Detail;

use super::{Language, RenderError};

/// Everything that a text may mention. Whatever is unknown stays empty: each text reads well without it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoticeFacts {
    /// How the recipient is greeted.
    pub recipient_name: Option<String>,
    /// The platform's own name; `Relais` when empty.
    pub platform_name: Option<String>,
    /// An organisation that an account or a moderation notice is about.
    pub organisation_name: Option<String>,
    /// Who refers.
    pub sending_organisation: Option<String>,
    /// Who receives; after a hand-over, who has the referral now.
    pub receiving_organisation: Option<String>,
    /// Whoever receives was shut out: it did not fail to answer, it may not.
    pub receiver_gone: bool,
    /// Who had the referral before it changed hands.
    pub former_holder: Option<String>,
    /// Who claims the referral.
    pub claiming_organisation: Option<String>,
    /// The adviser.
    pub adviser_name: Option<String>,
    /// The adviser's e-mail address.
    pub adviser_email: Option<String>,
    /// The service.
    pub service_name: Option<String>,
    /// Where the service is.
    pub service_address: Option<String>,
    /// Whom to ask for at the service.
    pub service_contact_name: Option<String>,
    /// The service's e-mail address.
    pub service_contact_email: Option<String>,
    /// The service's phone number.
    pub service_contact_phone: Option<String>,
    /// The person's name.
    pub person_name: Option<String>,
    /// The person's phone or e-mail address. No notice has a right to it today.
    pub person_contact: Option<String>,
    /// The link to the record, or the key of an account mail.
    pub link_url: Option<String>,
    /// Where one signs in.
    pub account_url: Option<String>,
    /// Where the person reads about her data.
    pub data_notice_url: Option<String>,
    /// The message of an answer, or the text of an outcome.
    pub answer_message: Option<String>,
    /// The labels of reasons.
    pub reasons: Vec<String>,
    /// The label of an outcome or of a recorded answer.
    pub outcome_label: Option<String>,
    /// A message of the thread.
    pub message_text: Option<String>,
    /// Who wrote that message.
    pub message_author: Option<String>,
    /// A short reference that both sides can quote.
    pub referral_short_id: Option<String>,
    /// Whole days since the clock of this notice started.
    pub days_elapsed: Option<u32>,
    /// For how many days a draft was kept, or a former holder still reads what it handed over.
    pub days_kept: Option<u32>,
    /// When the referral left.
    pub sent_on: Option<NaiveDate>,
    /// When it ends without an answer.
    pub expires_on: Option<NaiveDate>,
    /// When the receiver is reminded.
    pub remind_on: Option<NaiveDate>,
    /// Until when a link, an invitation, a wait or a correction is possible.
    pub until: Option<NaiveDate>,
    /// The name that a user gave to a saved search.
    pub search_name: Option<String>,
    /// How many services it found new.
    pub found: Option<u32>,
    /// The first of them.
    pub services: Vec<ServiceLine>,
}

/// A service in a list of a mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceLine {
    /// Its name.
    pub name: String,
    /// Its town.
    pub town: Option<String>,
    /// Where it is read.
    pub url: String,
}

impl ServiceLine {
    fn limited(self) -> Self {
        Self { name: super::single_line(&self.name), town: line(self.town, true), url: self.url }
    }
}

impl NoticeFacts {
    /// Blanks what the recipient has no right to, and what is blank anyway.
    pub(super) fn limited_to(self, detail: Detail) -> Self {
        let Self {
            recipient_name,
            platform_name,
            organisation_name,
            sending_organisation,
            receiving_organisation,
            receiver_gone,
            former_holder,
            claiming_organisation,
            adviser_name,
            adviser_email,
            service_name,
            service_address,
            service_contact_name,
            service_contact_email,
            service_contact_phone,
            person_name,
            person_contact,
            link_url,
            account_url,
            data_notice_url,
            answer_message,
            reasons,
            outcome_label,
            message_text,
            message_author,
            referral_short_id,
            days_elapsed,
            days_kept,
            sent_on,
            expires_on,
            remind_on,
            until,
            search_name,
            found,
            services,
        } = self;
        Self {
            recipient_name: line(recipient_name, true),
            platform_name: line(platform_name, true),
            organisation_name: line(organisation_name, true),
            sending_organisation: line(sending_organisation, true),
            receiving_organisation: line(receiving_organisation, true),
            receiver_gone,
            former_holder: line(former_holder, true),
            claiming_organisation: line(claiming_organisation, true),
            adviser_name: line(adviser_name, true),
            adviser_email: line(adviser_email, true),
            service_name: line(service_name, detail.service),
            service_address: line(service_address, detail.service),
            service_contact_name: line(service_contact_name, detail.service),
            service_contact_email: line(service_contact_email, detail.service),
            service_contact_phone: line(service_contact_phone, detail.service),
            person_name: line(person_name, detail.person_identity),
            person_contact: line(person_contact, detail.person_contact),
            link_url: line(link_url, detail.link),
            account_url: line(account_url, true),
            data_notice_url: line(data_notice_url, true),
            answer_message: text(answer_message, detail.message),
            reasons: reasons.into_iter().filter_map(|reason| line(Some(reason), detail.reasons)).collect(),
            outcome_label: line(outcome_label, detail.outcome),
            message_text: text(message_text, detail.message),
            message_author: line(message_author, detail.message),
            referral_short_id: line(referral_short_id, true),
            days_elapsed,
            days_kept,
            sent_on,
            expires_on,
            remind_on,
            until,
            search_name: line(search_name, true),
            found,
            services: services.into_iter().filter(|_| detail.service).map(ServiceLine::limited).collect(),
        }
    }

    /// The web addresses among the facts, by name.
    const fn links(&self) -> [(&'static str, Option<&String>); 3] {
        [
            ("link_url", self.link_url.as_ref()),
            ("account_url", self.account_url.as_ref()),
            ("data_notice_url", self.data_notice_url.as_ref()),
        ]
    }

    /// The web address of that name.
    pub(super) fn link(&self, name: &str) -> Option<&str> {
        self.links().into_iter().find(|(fact, _)| *fact == name).and_then(|(_, url)| url).map(String::as_str)
    }

    /// Every link must be a plain web address: a button never runs a script.
    pub(super) fn check_links(&self) -> Result<(), RenderError> {
        let good = |url: &str| {
            (url.starts_with("https://") || url.starts_with("http://"))
                && !url.chars().any(|c| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '\\'))
        };
        match self.links().into_iter().find(|(_, url)| url.is_some_and(|url| !good(url))) {
            Some((fact, _)) => Err(RenderError::BadLink { fact }),
            None if !self.services.iter().all(|service| good(&service.url)) => Err(RenderError::BadLink { fact: "services" }),
            None => Ok(()),
        }
    }

    /// What the texts see, dates in words. `person_contact` is not among it, nor are the links: they become buttons.
    pub(super) fn values(&self, language: Language) -> Value {
        let date = |day: Option<NaiveDate>| day.map(|day| super::date_in(language, day));
        context! {
            recipient_name => &self.recipient_name,
            platform_name => &self.platform_name,
            organisation_name => &self.organisation_name,
            sending_organisation => &self.sending_organisation,
            receiving_organisation => &self.receiving_organisation,
            receiver_gone => self.receiver_gone,
            former_holder => &self.former_holder,
            claiming_organisation => &self.claiming_organisation,
            adviser_name => &self.adviser_name,
            adviser_email => &self.adviser_email,
            service_name => &self.service_name,
            service_address => &self.service_address,
            service_contact_name => &self.service_contact_name,
            service_contact_email => &self.service_contact_email,
            service_contact_phone => &self.service_contact_phone,
            person_name => &self.person_name,
            answer_message => &self.answer_message,
            reasons => self.reasons.iter().collect::<Value>(),
            outcome_label => &self.outcome_label,
            message_text => &self.message_text,
            message_author => &self.message_author,
            referral_short_id => &self.referral_short_id,
            days_elapsed => self.days_elapsed,
            days_kept => self.days_kept,
            sent_on => date(self.sent_on),
            expires_on => date(self.expires_on),
            remind_on => date(self.remind_on),
            until => date(self.until),
            search_name => &self.search_name,
            found => self.found,
            named => self.services.len(),
        }
    }
}

/// A fact of one line, when it is allowed and not blank.
fn line(raw: Option<String>, allowed: bool) -> Option<String> {
    raw.filter(|_| allowed).map(|raw| super::single_line(&raw)).filter(|text| !text.is_empty())
}

/// A fact of several lines: line breaks stay, other control characters go.
fn text(raw: Option<String>, allowed: bool) -> Option<String> {
    raw.filter(|_| allowed)
        .map(|raw| raw.chars().filter(|c| *c == '\n' || *c == '\t' || !c.is_control()).collect::<String>())
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}
