//! What a service must say to be public, and when it takes referrals.

use chrono::NaiveDate;

use super::{
    codes::{Fee, Reception, ServiceState, WayIn},
    service::Service,
};
use crate::shared::Blocker;

impl Service {
    /// Why it may not be published: `already_published`, `archived` (409), and `required_to_publish` (422) for every
    /// missing field of a service that was written here.
    pub fn blockers_to_publish(&self) -> Vec<Blocker> {
        let mut blockers = match self.state {
            ServiceState::Draft | ServiceState::Suspended => Vec::new(),
            ServiceState::Published => vec![Blocker::state("already_published")],
            ServiceState::Archived => vec![Blocker::state("archived")],
        };
        blockers.extend(self.missing_to_publish());
        blockers
    }

    /// Publishing demands bind services written here; imported ones are published as they come.
    pub(super) fn missing_to_publish(&self) -> Vec<Blocker> {
        if self.source.is_some() {
            return Vec::new();
        }
        self.gaps().into_iter().map(|pointer| Blocker::content("required_to_publish").at(pointer)).collect()
    }

    /// JSON pointers to what the publishing demands ask for and the service does not tell.
    pub fn gaps(&self) -> Vec<&'static str> {
        let told = Told {
            kind: self.kind.is_some(),
            summary: self.summary.is_some(),
            topics: self.topics.as_ref().is_some_and(|topics| !topics.is_empty()),
            reception: self.reception,
            coverage: self.coverage.is_some(),
            update_frequency: self.update_frequency.is_some(),
            fee: self.fee,
            fee_note: self.fee_note.is_some(),
            address: self.address.is_some(),
            by_form: self.takes_form(),
            contact_email: self.contact.as_ref().is_some_and(|contact| contact.email.is_some()),
            by_link: self.has_way_in(WayIn::Link),
            link: self.link.is_some(),
            link_text: self.link_text.is_some(),
        };
        told.gaps()
    }

    /// Whether this is one of the ways in.
    pub fn has_way_in(&self, way: WayIn) -> bool {
        self.ways_in.as_ref().is_some_and(|ways| ways.contains(&way))
    }

    fn takes_form(&self) -> bool {
        self.form_enabled || self.has_way_in(WayIn::ReferralForm)
    }

    /// Whether a referral may be sent to it now; see [`Acceptance::refusal`].
    ///
    /// # Errors
    /// The reason's code.
    pub fn accepts_referrals(&self, organisation: Receiving, today: NaiveDate) -> Result<(), &'static str> {
        let acceptance = Acceptance {
            state: self.state.on(self.suspended_from, today),
            form_enabled: self.form_enabled,
            imported: self.source.is_some(),
            has_contact_email: self.contact.as_ref().is_some_and(|contact| contact.email.is_some()),
            organisation,
        };
        acceptance.refusal().map_or(Ok(()), Err)
    }
}

/// What a service tells, as far as publishing demands it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one demand")]
pub struct Told {
    /// The kind.
    pub kind: bool,
    /// The summary.
    pub summary: bool,
    /// At least one topic.
    pub topics: bool,
    /// Where people are received.
    pub reception: Option<Reception>,
    /// The coverage.
    pub coverage: bool,
    /// How often the entry is looked over.
    pub update_frequency: bool,
    /// Free or paid.
    pub fee: Option<Fee>,
    /// What the fee is made of.
    pub fee_note: bool,
    /// The address.
    pub address: bool,
    /// Referrals come in through the form.
    pub by_form: bool,
    /// The contact's e-mail address.
    pub contact_email: bool,
    /// A link is a way in.
    pub by_link: bool,
    /// The link.
    pub link: bool,
    /// What the link says.
    pub link_text: bool,
}

impl Told {
    /// JSON pointers to what the publishing demands ask for and is not told.
    pub fn gaps(&self) -> Vec<&'static str> {
        let on_site = self.reception.is_some_and(Reception::is_on_site);
        [
            ("/kind", !self.kind),
            ("/summary", !self.summary),
            ("/topics", !self.topics),
            ("/reception", self.reception.is_none()),
            ("/coverage", !self.coverage),
            ("/update_frequency", !self.update_frequency),
            ("/fee_note", self.fee != Some(Fee::Free) && !self.fee_note),
            ("/address", on_site && !self.address),
            ("/contact/email", self.by_form && !self.contact_email),
            ("/link", self.by_link && !self.link),
            ("/link_text", self.by_link && !self.link_text),
        ]
        .into_iter()
        .filter_map(|(pointer, missing)| missing.then_some(pointer))
        .collect()
    }
}

/// What of its organisation decides whether a service takes referrals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Receiving {
    /// It is at work: neither suspended nor closed nor blocked.
    pub active: bool,
    /// It has members today.
    pub has_members: bool,
    /// A moderator verified it.
    pub verified: bool,
    /// It takes referrals by the form at all.
    pub takes_forms: bool,
}

impl Receiving {
    /// Somebody reads what arrives: it has members, and they may read.
    pub const fn is_joined(self) -> bool {
        self.has_members && self.verified
    }
}

/// The facts that decide whether a service takes referrals: all that a list has to read of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acceptance {
    /// Where the service stands.
    pub state: ServiceState,
    /// Referrals come in through the form.
    pub form_enabled: bool,
    /// It came from a feed.
    pub imported: bool,
    /// Its contact has an e-mail address.
    pub has_contact_email: bool,
    /// Its organisation.
    pub organisation: Receiving,
}

impl Acceptance {
    /// Whether the form is open. A feed cannot tell, so an imported service has it once its organisation is joined.
    pub const fn has_form(&self) -> bool {
        self.organisation.takes_forms && (self.form_enabled || (self.imported && self.organisation.is_joined()))
    }

    /// Why no referral may be sent now: `service_not_published`, `service_suspended`, `organisation_inactive`, `form_off`,
    /// `organisation_unverified` (there are members, but nobody may read yet, and no e-mail), `no_contact_email`.
    /// `None` when nothing speaks against it.
    pub const fn refusal(&self) -> Option<&'static str> {
        match self.state {
            ServiceState::Draft | ServiceState::Archived => return Some("service_not_published"),
            ServiceState::Suspended => return Some("service_suspended"),
            ServiceState::Published => {}
        }
        if !self.organisation.active {
            return Some("organisation_inactive");
        }
        if !self.has_form() {
            return Some("form_off");
        }
        match (self.organisation.is_joined() || self.has_contact_email, self.organisation.has_members) {
            (true, _) => None,
            (false, true) => Some("organisation_unverified"),
            (false, false) => Some("no_contact_email"),
        }
    }
}
