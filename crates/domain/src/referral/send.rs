//! From the first word of a draft to the moment the receiver is told.

use chrono::{DateTime, Utc};

use super::{
    Change, Clocks, ContactPatch, Context, DraftContent, Event, Kind, NewReferral, NoteText, Offer, Origin, OverrideReason, Party,
    Referral, ReferralEligibility, State, Zone,
};
use crate::document::{Attached, DocumentState};
use crate::shared::{Blocked, Blocker};

/// What sending has to know beyond the leg.
#[derive(Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is one answer of the caller, with a blocker of its own")]
pub struct SendContext<'a> {
    /// The service, or the organisation itself, as it is offered now.
    pub offer: Option<&'a Offer>,
    /// The sending organisation is verified; if not, the leg is held.
    pub sender_verified: bool,
    /// The sending organisation is neither disabled nor blocked.
    pub sender_active: bool,
    /// Whether the person meets what the service asks; none without a service.
    pub eligibility: Option<&'a ReferralEligibility>,
    /// Why it is sent although nothing is ticked, or an obligatory criterion is not met.
    pub override_reason: Option<OverrideReason>,
    /// The sender knows of the probable duplicate.
    pub accept_duplicate: bool,
    /// There is one among the open referrals that the caller may read.
    pub probable_duplicate: bool,
    /// The files that the leg refers to.
    pub documents: &'a [Attached],
    /// The receiver's zone.
    pub zone: &'a dyn Zone,
    /// The delays that hold for this leg.
    pub clocks: &'a Clocks,
}

impl Referral {
    /// A new draft. `offer` is the chosen service, if any.
    ///
    /// # Errors
    /// The content blockers of [`DraftContent::problems`].
    pub fn draft(new: NewReferral, offer: Option<&Offer>, clocks: &Clocks, now: DateTime<Utc>) -> Result<Change, Blocked> {
        Blocked::unless_empty(new.content.problems(offer))?;
        let mut leg = Self::first_leg(new, Kind::Sent, Origin::Platform, now);
        leg.enter(State::Draft, clocks, now);
        Ok(leg.became(Event::ReferralCreated))
    }

    /// Records a referral that was made by phone or mail: on the sender's board, nobody is told, no clock but the
    /// question what became of it.
    ///
    /// # Errors
    /// The content blockers of [`DraftContent::problems`]; `required` for the person's names.
    pub fn outside(new: NewReferral, offer: Option<&Offer>, clocks: &Clocks, now: DateTime<Utc>) -> Result<Change, Blocked> {
        let mut blockers = new.content.problems(offer);
        blockers.extend(new.content.form.missing_names());
        Blocked::unless_empty(blockers)?;
        let mut leg = Self::first_leg(new, Kind::Outside, Origin::Outside, now);
        leg.enter(State::Sent, clocks, now);
        leg.expire_at = None;
        leg.sent_at = Some(now);
        leg.snapshot = offer.map(|offer| offer.snapshot(now));
        Ok(leg.became(Event::ReferralOutsideRecorded))
    }

    /// `not_the_sender` (403); `not_open` (409) once ended. After sending only the contact can be changed.
    pub fn blockers_to_patch(&self, party: Party) -> Vec<Blocker> {
        let mut blockers: Vec<Blocker> = Self::sender_only(party).into_iter().collect();
        if self.state.has_ended() {
            blockers.push(self.state_blocker("not_open"));
        }
        blockers
    }

    /// Replaces the content of a draft, or, after sending, the person's contact. `content` is the whole content after
    /// the merge.
    ///
    /// # Errors
    /// Those of [`Self::blockers_to_patch`]; `already_sent` (409) for each part but the contact; content blockers.
    pub fn patch(mut self, content: DraftContent, offer: Option<&Offer>, ctx: &Context<'_>, now: DateTime<Utc>) -> Result<Change, Blocked> {
        let mut blockers = self.blockers_to_patch(ctx.party);
        if self.state != State::Draft {
            if self.state.is_open() {
                blockers.extend(self.more_than_contact(&content));
            }
            Blocked::unless_empty(blockers)?;
            return self.patch_contact(content.form.contact(), content.adviser_email.as_deref(), ctx, now);
        }
        blockers.extend(content.problems(offer));
        Blocked::unless_empty(blockers)?;
        let DraftContent { sender_unit_id, adviser_id, receiver_organisation_id, receiver_unit_id, service_id, person_id, form, .. } =
            content;
        self.sender_unit_id = sender_unit_id;
        self.adviser_id = adviser_id;
        self.receiver_organisation_id = receiver_organisation_id;
        self.receiver_unit_id = receiver_unit_id;
        self.service_id = service_id;
        self.person_id = person_id;
        self.form = form;
        Ok(Change { referral: self.touched(ctx.clocks, now), events: Vec::new() })
    }

    /// Changes the person's contact after sending; the receiver is told. No event when nothing changed. `adviser_email` is the
    /// address of the adviser's account.
    ///
    /// # Errors
    /// Those of [`Self::blockers_to_patch`]; `not_sent` (409) for a draft; content blockers on the contact.
    pub fn patch_contact(
        mut self,
        contact: ContactPatch,
        adviser_email: Option<&str>,
        ctx: &Context<'_>,
        now: DateTime<Utc>,
    ) -> Result<Change, Blocked> {
        let mut blockers = self.blockers_to_patch(ctx.party);
        if self.state == State::Draft {
            blockers.push(self.state_blocker("not_sent"));
        }
        let form = self.form.clone().with_contact(contact);
        blockers.extend(form.problems(None));
        blockers.extend(form.email_of_account(adviser_email));
        if form.person.contact_preferences.is_empty() && !self.form.person.contact_preferences.is_empty() {
            blockers.push(Blocker::content("preferences_empty").at("/person/contact_preferences"));
        }
        Blocked::unless_empty(blockers)?;
        if form == self.form {
            return Ok(Change { referral: self, events: Vec::new() });
        }
        self.form = form;
        self.updated_at = now;
        Ok(self.became(Event::ReferralContactChanged))
    }

    /// `not_the_sender` (403), `not_draft` (409).
    pub fn blockers_to_delete(&self, party: Party) -> Vec<Blocker> {
        let mut blockers: Vec<Blocker> = Self::sender_only(party).into_iter().collect();
        if self.state != State::Draft {
            blockers.push(self.state_blocker("not_draft"));
        }
        blockers
    }

    /// Deletes a draft: on `draft_deleted` the row goes.
    ///
    /// # Errors
    /// Those of [`Self::blockers_to_delete`].
    pub fn delete(self, party: Party) -> Result<Change, Blocked> {
        Blocked::unless_empty(self.blockers_to_delete(party))?;
        Ok(self.became(Event::DraftDeleted))
    }

    /// `not_the_sender` (403), `already_sent` (409): what forbids sending whatever the form says.
    pub fn blockers_to_send_at_all(&self, party: Party) -> Vec<Blocker> {
        let mut blockers: Vec<Blocker> = Self::sender_only(party).into_iter().collect();
        if self.state != State::Draft {
            blockers.push(self.state_blocker("already_sent"));
        }
        blockers
    }

    /// Everything that forbids sending, at once. State: `already_sent`, `organisation_blocked`,
    /// `organisation_disabled`, `service_not_published`, `service_suspended`, `form_disabled`, `no_contact_email`,
    /// `probable_duplicate`, `document_pending`. Content: `document_refused`, `document_erased`, `required`, `preferences_empty`, `consent_missing`, `criteria_not_met`,
    /// `criterion_not_met` (once for each obligatory one), `required_document_missing`, and those of a draft.
    pub fn blockers_to_send(&self, party: Party, ctx: &SendContext<'_>) -> Vec<Blocker> {
        let mut blockers = self.blockers_to_send_at_all(party);
        if self.state != State::Draft {
            return blockers;
        }
        if !ctx.sender_active {
            blockers.push(Blocker::state("organisation_blocked"));
        }
        match ctx.offer {
            Some(offer) => blockers.extend(closed_doors(offer)),
            None if self.service_id.is_some() => blockers.push(Blocker::state("service_not_published")),
            None if self.receiver_organisation_id.is_some() => blockers.push(Blocker::state("no_contact_email")),
            None => blockers.push(Blocker::content("required").at("/service_id")),
        }
        if ctx.probable_duplicate && !ctx.accept_duplicate {
            blockers.push(Blocker::state("probable_duplicate"));
        }
        blockers.extend(self.form.missing_to_send());
        blockers.extend(self.form.problems(ctx.offer));
        if let Some(offer) = ctx.offer {
            if ctx.override_reason.is_none() {
                if self.meets_nothing(offer) && !ctx.eligibility.is_some_and(ReferralEligibility::speaks_for_the_person) {
                    blockers.push(Blocker::content("criteria_not_met").at("/criteria"));
                }
                blockers.extend(ctx.eligibility.map(ReferralEligibility::blockers).unwrap_or_default());
            }
            blockers.extend(self.missing_documents(offer, ctx.documents));
        }
        blockers.extend(unfit_documents(ctx.documents));
        blockers
    }

    /// Sends the draft: to the receiver, whose clocks start, or, when the sending organisation is not verified, to be
    /// held until it is.
    ///
    /// # Errors
    /// Those of [`Self::blockers_to_send`].
    pub fn send(mut self, party: Party, ctx: &SendContext<'_>, now: DateTime<Utc>) -> Result<Change, Blocked> {
        Blocked::unless_empty(self.blockers_to_send(party, ctx))?;
        self.sent_at = Some(now);
        self.override_reason.clone_from(&ctx.override_reason);
        self.eligibility = ctx.eligibility.cloned();
        if let Some(offer) = ctx.offer {
            self.receiver_organisation_id = Some(offer.organisation_id);
            self.receiver_unit_id = offer.unit_id;
            self.snapshot = Some(offer.snapshot(now));
        }
        if ctx.sender_verified {
            self.tell(ctx.clocks, ctx.zone, now);
            return Ok(self.became(Event::ReferralSent));
        }
        self.enter(State::Held, ctx.clocks, now);
        Ok(self.became(Event::ReferralHeld))
    }

    /// `not_the_sender` (403), `already_sent` (409): what forbids adding a file or taking one away.
    pub fn blockers_to_change_documents(&self, party: Party) -> Vec<Blocker> {
        self.blockers_to_send_at_all(party)
    }

    /// `not_held` (409).
    pub fn blockers_to_release(&self) -> Vec<Blocker> {
        if self.state == State::Held { Vec::new() } else { vec![self.state_blocker("not_held")] }
    }

    /// The sending organisation is verified: the receiver is told now, and the clocks start now.
    ///
    /// # Errors
    /// `not_held`.
    pub fn release(mut self, clocks: &Clocks, zone: &dyn Zone, now: DateTime<Utc>) -> Result<Change, Blocked> {
        Blocked::unless_empty(self.blockers_to_release())?;
        self.tell(clocks, zone, now);
        Ok(self.became(Event::ReferralSent))
    }

    /// The sending organisation is verified, and the receiver was shut out meanwhile: the leg ends untold, and its sender learns
    /// of it.
    ///
    /// # Errors
    /// `not_held`.
    pub fn turn_back(mut self, clocks: &Clocks, now: DateTime<Utc>) -> Result<Change, Blocked> {
        Blocked::unless_empty(self.blockers_to_release())?;
        self.enter(State::Withdrawn, clocks, now);
        Ok(self.became(Event::ReferralWithdrawn))
    }

    /// `not_held` (409).
    pub fn blockers_to_block(&self) -> Vec<Blocker> {
        self.blockers_to_release()
    }

    /// Moderation refused the sending organisation: nobody was told, nobody will be.
    ///
    /// # Errors
    /// `not_held`.
    pub fn block(mut self, reason: NoteText, clocks: &Clocks, now: DateTime<Utc>) -> Result<Change, Blocked> {
        Blocked::unless_empty(self.blockers_to_block())?;
        self.enter(State::Blocked, clocks, now);
        self.blocked_reason = Some(reason);
        Ok(self.became(Event::ReferralBlocked))
    }

    /// The receiver is told now.
    pub(super) fn tell(&mut self, clocks: &Clocks, zone: &dyn Zone, now: DateTime<Utc>) {
        self.enter(State::Sent, clocks, now);
        self.told_at = Some(now);
        self.set_reminder(clocks, zone, now);
    }

    fn meets_nothing(&self, offer: &Offer) -> bool {
        let asks = !offer.audiences.is_empty() || !offer.criteria.is_empty();
        asks && !offer.for_everyone && self.form.audiences.is_empty() && self.form.criteria.is_empty()
    }

    /// An obligatory document is there as a file, or the sender says why it is not.
    fn missing_documents(&self, offer: &Offer, files: &[Attached]) -> Vec<Blocker> {
        let settled = |code: &str| {
            let declared = self.form.documents.iter().any(|tick| tick.code == code && tick.reason.is_some());
            // One that is not judged yet has a blocker of its own.
            declared || files.iter().any(|file| file.code.as_deref() == Some(code) && file.state != DocumentState::Erased)
        };
        let missing = offer.documents.iter().filter(|asked| asked.obligatory && !settled(&asked.code));
        missing
            .map(|asked| {
                Blocker::content("required_document_missing")
                    .at("/documents")
                    .with("document", asked.code.as_str())
                    .with("label", asked.label.as_str())
            })
            .collect()
    }

    /// One `already_sent` per part that differs and is not the contact.
    fn more_than_contact(&self, content: &DraftContent) -> Vec<Blocker> {
        let DraftContent { sender_unit_id, adviser_id, receiver_organisation_id, receiver_unit_id, service_id, person_id, form, .. } =
            content;
        let (new, old) = (form, self.form.clone().with_contact(form.contact()));
        let parts = [
            ("/sender_unit_id", *sender_unit_id == self.sender_unit_id),
            ("/adviser_id", *adviser_id == self.adviser_id),
            ("/receiver_organisation_id", *receiver_organisation_id == self.receiver_organisation_id),
            ("/receiver_unit_id", *receiver_unit_id == self.receiver_unit_id),
            ("/service_id", *service_id == self.service_id),
            ("/person_id", *person_id == self.person_id),
            ("/adviser", new.adviser == old.adviser),
            ("/person", new.person == old.person),
            ("/reason", new.reason == old.reason),
            ("/situation", new.situation == old.situation),
            ("/audiences", new.audiences == old.audiences),
            ("/criteria", new.criteria == old.criteria),
            ("/criteria_note", new.criteria_note == old.criteria_note),
            ("/documents", new.documents == old.documents),
            ("/eligibility", new.eligibility == old.eligibility),
            ("/person_agreed", new.person_agreed == old.person_agreed),
            ("/person_informed", new.person_informed == old.person_informed),
        ];
        let changed = parts.into_iter().filter(|(_, same)| !same);
        changed.map(|(pointer, _)| self.state_blocker("already_sent").at(pointer)).collect()
    }
}

impl DraftContent {
    /// What is wrong with the form already as a draft; see [`super::Form::problems`]. The person's e-mail is not that of the
    /// adviser's account either (`email_of_adviser`).
    pub fn problems(&self, offer: Option<&Offer>) -> Vec<Blocker> {
        let mut found = self.form.problems(offer);
        found.extend(self.form.email_of_account(self.adviser_email.as_deref()));
        found
    }
}

/// What stands against the files of a leg: none leaves that nobody has judged.
fn unfit_documents(files: &[Attached]) -> Vec<Blocker> {
    let unfit = files.iter().filter_map(|file| match file.state {
        DocumentState::Clean => None,
        DocumentState::Pending => Some((Blocker::state("document_pending"), file)),
        DocumentState::Refused => Some((Blocker::content("document_refused"), file)),
        DocumentState::Erased => Some((Blocker::content("document_erased"), file)),
    });
    unfit.map(|(blocker, file)| blocker.at("/documents").with("document_id", file.id.to_string())).collect()
}

/// Why the directory takes no referral for this offer now.
pub(super) fn closed_doors(offer: &Offer) -> Vec<Blocker> {
    let mut blockers = Vec::new();
    if !offer.organisation_active {
        blockers.push(Blocker::state("organisation_disabled"));
    }
    if !offer.published {
        blockers.push(Blocker::state("service_not_published"));
    }
    if offer.suspended {
        blockers.push(Blocker::state("service_suspended"));
    }
    if !offer.form_enabled {
        blockers.push(Blocker::state("form_disabled"));
    }
    if offer.contact_email.as_deref().is_none_or(|email| email.trim().is_empty()) {
        blockers.push(Blocker::state("no_contact_email"));
    }
    blockers
}
