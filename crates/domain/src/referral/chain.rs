//! The chain: how a leg is handed over, how it comes back, and which leg speaks for the chain.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::clock::after;
use super::send::closed_doors;
use super::{
    Before, Change, Clocks, ContactPatch, Context, Event, Form, Kind, NoteText, Offer, Party, RedirectCode, Referral, ReferralEligibility,
    State, ToldBy, Zone,
};
use crate::shared::ids::{OrganisationId, ReferralId};
use crate::shared::{Blocked, Blocker, forbidden, unfit_for_mail};

/// Who spoke with the next receiver before the hand-over, when, and with whom.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Contacted {
    /// Who called or wrote.
    pub by: ToldBy,
    /// When.
    pub at: DateTime<Utc>,
    /// Who answered.
    pub with: ToldBy,
}

/// How a leg was handed over, kept with the leg that was. Kept as JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, sea_orm::FromJsonQueryResult)]
pub struct HandOver {
    /// The leg that lives on.
    pub next_id: ReferralId,
    /// Who received it.
    pub to: OrganisationId,
    /// Why; none for a retrieval.
    pub code: Option<RedirectCode>,
    /// A word to the next receiver.
    pub note: Option<NoteText>,
    /// Who was spoken with before.
    pub contacted: Option<Contacted>,
    /// The documents passed on.
    pub documents: Vec<Uuid>,
    /// The leg as it was, to come back to.
    pub before: Before,
    /// Until when the former holder reads what it handed over: fixed at the hand-over, whatever becomes of the delays.
    pub leaves_at: DateTime<Utc>,
}

/// Another leg of the same need: who has or had it, and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The organisation that received it.
    pub organisation: OrganisationId,
    /// The first leg of its chain.
    pub root: ReferralId,
    /// Where it stands.
    pub state: State,
}

/// Everything that a hand-over needs besides the leg.
#[derive(Clone)]
pub struct Passing<'a> {
    /// A redirect or a retrieval.
    pub kind: Kind,
    /// The id of the leg to be made.
    pub next_id: ReferralId,
    /// What the next receiver offers.
    pub offer: &'a Offer,
    /// Where in the body the next receiver was named.
    pub pointer: &'static str,
    /// Whether the person meets what it asks; none without a service.
    pub eligibility: Option<ReferralEligibility>,
    /// Why; none for a retrieval.
    pub code: Option<RedirectCode>,
    /// A word to the next receiver.
    pub note: Option<NoteText>,
    /// Who was spoken with before.
    pub contacted: Option<Contacted>,
    /// The documents passed on.
    pub documents: Vec<Uuid>,
    /// The person agreed to this hand-over.
    pub person_agreed: bool,
    /// The other legs of the need.
    pub holders: &'a [Holder],
    /// The next receiver's delays.
    pub clocks: &'a Clocks,
    /// The next receiver's zone.
    pub zone: &'a dyn Zone,
}

/// What a hand-over made of two legs.
#[derive(Clone, Debug, PartialEq)]
pub struct HandedOver {
    /// The leg that was handed over.
    pub former: Change,
    /// The leg that lives on.
    pub next: Change,
}

impl Referral {
    /// `not_the_receiver` (403); `not_sent`, `already_decided`, `not_open`, `consent_withdrawn` (409). A person in charge may be
    /// handed over too.
    pub fn blockers_to_redirect(&self, party: Party) -> Vec<Blocker> {
        let mut blockers: Vec<Blocker> = self.receiver_only(party).into_iter().collect();
        if self.state != State::Accepted {
            blockers.extend(self.to_handle_only());
        }
        // Whoever may no longer know the person does not choose who is next.
        blockers.extend(self.without_consent());
        blockers
    }

    /// Hands the person over by the will of the holder: the next leg of the chain is told to the next receiver at once.
    ///
    /// # Errors
    /// Those of [`Self::blockers_to_redirect`]; `organisation_disabled`, `service_not_published`, `service_suspended`,
    /// `form_disabled`, `no_contact_email` (409); `consent_missing`, `redirect_to_self`, `redirect_in_circle`, `holds_open_leg`,
    /// `in_the_future`, `forbidden_identifier`, `markup_not_allowed` (422).
    pub fn redirect(self, passing: Passing<'_>, ctx: &Context<'_>, now: DateTime<Utc>) -> Result<HandedOver, Blocked> {
        let mut blockers = self.blockers_to_redirect(ctx.party);
        blockers.extend(self.unfit_to_pass(&passing, now));
        Blocked::unless_empty(blockers)?;
        Ok(self.pass(passing, ctx.clocks, Event::ReferralRedirected, now))
    }

    /// Hands the person over to the structure where the person is: a retrieval, at once or after the holder's time to object.
    ///
    /// # Errors
    /// `not_open` (409) when it is neither to handle nor in charge; what forbids a hand-over to that receiver, as for
    /// [`Self::redirect`].
    pub fn retrieve(self, passing: Passing<'_>, clocks: &Clocks, now: DateTime<Utc>) -> Result<HandedOver, Blocked> {
        let mut blockers = Vec::new();
        if !(self.has_receiver() && (self.state.is_to_handle() || self.state == State::Accepted)) {
            blockers.push(self.state_blocker("not_open"));
        }
        blockers.extend(self.unfit_to_pass(&passing, now));
        Blocked::unless_empty(blockers)?;
        Ok(self.pass(passing, clocks, Event::ReferralRetrieved, now))
    }

    /// `not_redirected` (409): only a leg that was handed over comes back; `consent_withdrawn` (409): not to whom the person no
    /// longer wants.
    pub fn blockers_to_return(&self) -> Vec<Blocker> {
        let waits = self.state == State::Redirected && self.hand_over.is_some() && !self.head;
        if waits { self.without_consent().into_iter().collect() } else { vec![self.state_blocker("not_redirected")] }
    }

    /// The next leg was refused, expired, or its organisation is gone: the former holder has the person again, in charge as before
    /// or under review, with fresh clocks. A new answer is awaited from now on. `contact` is how the person is reached by now: the
    /// sender may have corrected it on the leg that ended.
    ///
    /// # Errors
    /// Those of [`Self::blockers_to_return`].
    pub fn come_back(mut self, contact: ContactPatch, clocks: &Clocks, now: DateTime<Utc>) -> Result<Change, Blocked> {
        Blocked::unless_empty(self.blockers_to_return())?;
        let before = self.hand_over.take().map(|hand_over| hand_over.before);
        let accepted = before.filter(|before| before.state == State::Accepted);
        self.enter(accepted.map_or(State::UnderReview, |before| before.state), clocks, now);
        // The sender's wait ended with the first answer that anybody gave; the holder's begins anew.
        self.first_answered_at = self.first_answered_at.or(self.answered_at);
        self.answered_at = accepted.and_then(|before| before.answered_at);
        self.decided_at = accepted.and_then(|before| before.decided_at);
        self.head = true;
        self.receiver_left_at = None;
        self.returned_at = Some(now);
        let mut events = vec![Event::ReferralReturned];
        if self.form.contact() != contact {
            self.form = self.form.with_contact(contact);
            events.push(Event::ReferralContactChanged);
        }
        Ok(Change { referral: self, events })
    }

    /// Whether the leg before takes the person back: the receiver refused, or nobody answered.
    pub const fn goes_back(&self) -> bool {
        self.parent_id.is_some() && self.head && matches!(self.state, State::Refused | State::Expired)
    }

    /// Another leg speaks for the chain from now on.
    pub fn step_down(&mut self) {
        self.head = false;
    }

    /// The organisation that has it is disabled or blocked: nobody answers any more.
    ///
    /// # Errors
    /// `not_open` (409) when it is over.
    pub fn forsake(mut self, clocks: &Clocks, now: DateTime<Utc>) -> Result<Change, Blocked> {
        if !self.state.is_open() || !self.has_receiver() {
            return Err(self.state_blocker("not_open").into());
        }
        self.enter(State::Expired, clocks, now);
        Ok(self.became(Event::ReferralExpired))
    }

    /// Another leg of the same need, of another chain, was accepted first.
    ///
    /// # Errors
    /// `not_open` (409) when it is over, or accepted itself.
    pub fn supersede(mut self, clocks: &Clocks, now: DateTime<Utc>) -> Result<Change, Blocked> {
        if !self.state.is_open() || self.state == State::Accepted {
            return Err(self.state_blocker("not_open").into());
        }
        self.enter(State::Superseded, clocks, now);
        Ok(self.became(Event::ReferralSuperseded))
    }

    /// When a former holder loses sight of a leg that was handed over.
    pub(super) fn holder_leaves_at(&self) -> Option<DateTime<Utc>> {
        let left = self.state != State::Redirected || self.receiver_left_at.is_some();
        self.hand_over.as_ref().filter(|_| !left).map(|hand_over| hand_over.leaves_at)
    }

    /// What forbids passing it on to that receiver, in that way.
    fn unfit_to_pass(&self, passing: &Passing<'_>, now: DateTime<Utc>) -> Vec<Blocker> {
        let target = passing.offer.organisation_id;
        let mut blockers = closed_doors(passing.offer);
        let at = |code| Blocker::content(code).at(passing.pointer);
        // Of the other chains of the need nothing is said: whom else the sender asked is not the holder's to know.
        let elsewhere = || passing.holders.iter().filter(|holder| holder.organisation == target && holder.root == self.root_id);
        if self.receiver_organisation_id == Some(target) {
            blockers.push(at("redirect_to_self"));
        } else if elsewhere().any(|holder| holder.state.is_open()) {
            blockers.push(at("holds_open_leg"));
        } else if elsewhere().any(|holder| holder.state == State::Redirected) {
            blockers.push(at("redirect_in_circle"));
        }
        if !passing.person_agreed {
            blockers.push(Blocker::content("consent_missing").at("/person_agreed"));
        }
        if let Some(contacted) = &passing.contacted {
            if contacted.at > now {
                blockers.push(Blocker::content("in_the_future").at("/contacted/at"));
            }
            blockers
                .extend(forbidden(&[("/contacted/by", Some(contacted.by.as_str())), ("/contacted/with", Some(contacted.with.as_str()))]));
        }
        blockers.extend(unfit_for_mail(&[("/note", passing.note.as_ref().map(NoteText::as_str))]));
        blockers
    }

    fn pass(mut self, passing: Passing<'_>, clocks: &Clocks, event: Event, now: DateTime<Utc>) -> HandedOver {
        let Passing { kind, next_id, offer, pointer: _, eligibility, code, note, contacted, documents, .. } = passing;
        let mut next = self.another_leg(next_id, offer, now);
        next.parent_id = Some(self.id);
        next.root_id = self.root_id;
        next.kind = kind;
        next.eligibility = eligibility;
        next.handed_over_by = self.receiver_organisation_id;
        next.tell(passing.clocks, passing.zone, now);
        let before = Before { state: self.state, answered_at: self.answered_at, decided_at: self.decided_at };
        self.enter(State::Redirected, clocks, now);
        self.decided_at = None;
        let leaves_at = after(now, clocks.former_holder_days);
        self.hand_over = Some(HandOver { next_id, to: offer.organisation_id, code, note, contacted, documents, before, leaves_at });
        self.step_down();
        HandedOver { former: self.became(event), next: next.became(Event::ReferralArrived) }
    }

    /// A leg of the same need for another receiver: what the sender wrote, as far as it speaks of what this one asks.
    pub(super) fn another_leg(&self, id: ReferralId, offer: &Offer, now: DateTime<Utc>) -> Self {
        let mut leg = self.clone();
        leg.id = id;
        leg.root_id = id;
        leg.parent_id = None;
        leg.receiver_organisation_id = Some(offer.organisation_id);
        leg.receiver_unit_id = offer.unit_id;
        leg.service_id = offer.service_id;
        leg.form = self.form.clone().limited_to(offer);
        leg.snapshot = Some(offer.snapshot(now));
        leg.sent_at = Some(now);
        leg.created_at = now;
        leg.version = 1;
        leg.forget_the_answer();
        leg
    }

    /// Everything that happened to a leg after it was written: none of it belongs to another leg.
    fn forget_the_answer(&mut self) {
        self.override_reason = None;
        self.eligibility = None;
        self.told_at = None;
        self.answered_at = None;
        self.first_answered_at = None;
        self.decided_at = None;
        self.ended_at = None;
        self.returned_at = None;
        self.refusal_codes = Vec::new();
        self.answer_message = None;
        self.message_for_person = None;
        self.outcome = None;
        self.outcome_text = None;
        self.reported = None;
        self.path = Vec::new();
        self.blocked_reason = None;
        self.head = true;
        self.handed_over_by = None;
        self.hand_over = None;
        self.receiver_left_at = None;
        self.consent_withdrawn_at = None;
        self.informed_at = None;
        self.plan = None;
        self.pause = None;
        self.paused_seconds = 0;
        self.warnings = Vec::new();
        self.blanked_at = None;
    }
}

impl Form {
    /// The same form, as far as what is ticked is offered.
    #[must_use]
    pub fn limited_to(mut self, offer: &Offer) -> Self {
        self.audiences.retain(|code| offer.audiences.contains(code));
        self.criteria.retain(|code| offer.offers(code));
        self.documents.retain(|tick| offer.documents.iter().any(|asked| asked.code == tick.code));
        self
    }
}
