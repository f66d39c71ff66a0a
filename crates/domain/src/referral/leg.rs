//! One leg: the aggregate, who acts on it, and what every guard asks first.

use chrono::{DateTime, Utc};

use super::{
    AnswerText, Clocks, Event, Form, HandOver, Kind, NoteText, Origin, Outcome, OutcomeText, OverrideReason, PathStep, Pause, Plan,
    ReferralEligibility, RefusalCode, ReportedAnswer, Snapshot, State, Warning, Zone,
};
use crate::shared::Blocker;
use crate::shared::ids::{NeedId, OrganisationId, PersonId, ReferralId, ServiceId, UnitId, UserId};

/// One leg of a referral: one sender, one receiver. Legs of one story share `root_id` and `need_id`.
#[derive(Clone, Debug, PartialEq)]
pub struct Referral {
    /// This leg.
    pub id: ReferralId,
    /// What the legs of one chain or one broadcast share.
    pub need_id: NeedId,
    /// The first leg of the chain; its own id for a first leg.
    pub root_id: ReferralId,
    /// The leg before.
    pub parent_id: Option<ReferralId>,
    /// How the leg came about.
    pub kind: Kind,
    /// Where the chain came from.
    pub origin: Origin,
    /// Where the leg stands.
    pub state: State,
    /// The organisation that refers.
    pub sender_organisation_id: OrganisationId,
    /// Its unit.
    pub sender_unit_id: Option<UnitId>,
    /// Who made the referral; none for a service account.
    pub sent_by: Option<UserId>,
    /// The adviser, when a member of the platform.
    pub adviser_id: Option<UserId>,
    /// The organisation that receives. None while a draft has no target, or when it is outside the platform.
    pub receiver_organisation_id: Option<OrganisationId>,
    /// Its unit.
    pub receiver_unit_id: Option<UnitId>,
    /// The service asked for; none when the organisation itself is asked.
    pub service_id: Option<ServiceId>,
    /// The person, as the sending organisation keeps them.
    pub person_id: Option<PersonId>,
    /// What the sender wrote.
    pub form: Form,
    /// The service as it was at sending.
    pub snapshot: Option<Snapshot>,
    /// Whether the person met what the service asked at sending.
    pub eligibility: Option<ReferralEligibility>,
    /// Why it was sent although no criterion was met, or an obligatory one was not.
    pub override_reason: Option<OverrideReason>,
    /// When the sender sent it.
    pub sent_at: Option<DateTime<Utc>>,
    /// When the receiver was told; from then on a receiver exists.
    pub told_at: Option<DateTime<Utc>>,
    /// The first answer of any kind.
    pub answered_at: Option<DateTime<Utc>>,
    /// The first answer of all, when the leg came back since: `answered_at` is then the one given after its return.
    pub first_answered_at: Option<DateTime<Utc>>,
    /// When it was accepted or refused.
    pub decided_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// Since when it is in this state.
    pub state_since: DateTime<Utc>,
    /// The next reminder to the receiver; only while `sent`.
    pub remind_at: Option<DateTime<Utc>>,
    /// Reminders sent since the leg entered the last state that has reminders.
    pub reminders_sent: i32,
    /// When the clock ends it: expiry, deletion of a draft, withdrawal of a held one.
    pub expire_at: Option<DateTime<Utc>>,
    /// What else the clock has planned in this state; none for a leg that is older than plans.
    pub plan: Option<Plan>,
    /// Why it was refused.
    pub refusal_codes: Vec<RefusalCode>,
    /// What was said with the decision or the withdrawal; for a refusal, none means the standard text of its code.
    pub answer_message: Option<AnswerText>,
    /// What the receiver told the person with the acceptance.
    pub message_for_person: Option<AnswerText>,
    /// What became of the help.
    pub outcome: Option<Outcome>,
    /// The same in words.
    pub outcome_text: Option<OutcomeText>,
    /// Set when the decision was reported by the sender and not corrected by the receiver.
    pub reported: Option<ReportedAnswer>,
    /// The agreed path.
    pub path: Vec<PathStep>,
    /// Why moderation refused the sender.
    pub blocked_reason: Option<NoteText>,
    /// Whether it speaks for its chain: it is open, or ended last.
    pub head: bool,
    /// The organisation that handed the person over to this leg's receiver; none for a first leg.
    pub handed_over_by: Option<OrganisationId>,
    /// How its receiver handed it over, or had it fetched; only while `redirected`.
    pub hand_over: Option<HandOver>,
    /// When it last came back to its receiver: its time to answer counts from there.
    pub returned_at: Option<DateTime<Utc>>,
    /// When the former holder lost sight of it; only while `redirected`.
    pub receiver_left_at: Option<DateTime<Utc>>,
    /// When the person withdrew the consent for this receiver: from then on it sees that the leg exists, and nothing more.
    pub consent_withdrawn_at: Option<DateTime<Utc>>,
    /// For a walk-in: when the person was informed of what becomes of the data.
    pub informed_at: Option<DateTime<Utc>>,
    /// Set while its clocks stand still.
    pub pause: Option<Pause>,
    /// For how long its clocks stood still in all, in seconds; a pause that runs not counted.
    pub paused_seconds: i64,
    /// What a moderator should look at.
    pub warnings: Vec<Warning>,
    /// When its contents were erased at the end of their retention.
    pub blanked_at: Option<DateTime<Utc>>,
    /// When the leg was made.
    pub created_at: DateTime<Utc>,
    /// When somebody last touched it. Reminders do not touch it.
    pub updated_at: DateTime<Utc>,
    /// The version of the row. Never changed here: saving raises it by one.
    pub version: i32,
}

/// In which part somebody acts on a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Party {
    /// A member of the sending organisation.
    Sender,
    /// A member of the receiving organisation.
    Receiver,
    /// Somebody at the receiver who came by an access link: review, waitlist, accept, refuse, complete, message.
    Link,
    /// A moderator of the platform.
    Moderator,
    /// The clock.
    Clock,
    /// Somebody on neither side, such as a parent of one of them: it reads what its roles reach and does nothing in another's name.
    Stranger,
}

impl Party {
    /// Every party.
    pub const ALL: &'static [Self] = &[Self::Sender, Self::Receiver, Self::Link, Self::Moderator, Self::Clock, Self::Stranger];
}

/// What every guard and command is told besides the command itself.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// In which part the caller acts.
    pub party: Party,
    /// The delays that hold for this leg.
    pub clocks: &'a Clocks,
    /// The receiver's zone.
    pub zone: &'a dyn Zone,
    /// Another leg of the same need is in charge.
    pub taken: bool,
}

/// What a command made of a leg. Save the leg, then let the reactions follow the events.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The leg as it is now, its version untouched.
    pub referral: Referral,
    /// What happened, in order.
    pub events: Vec<Event>,
}

/// What a sender decides about a draft, besides its own identity.
#[derive(Clone, Debug, PartialEq)]
pub struct DraftContent {
    /// The sender's unit.
    pub sender_unit_id: Option<UnitId>,
    /// The adviser, when a member of the platform.
    pub adviser_id: Option<UserId>,
    /// The receiving organisation: the one that runs the service, or the one asked without a service.
    pub receiver_organisation_id: Option<OrganisationId>,
    /// Its unit.
    pub receiver_unit_id: Option<UnitId>,
    /// The service asked for.
    pub service_id: Option<ServiceId>,
    /// The person, as the sending organisation keeps them.
    pub person_id: Option<PersonId>,
    /// The address of the adviser's account, to compare with the person's: it is not kept.
    pub adviser_email: Option<String>,
    /// The form.
    pub form: Form,
}

/// A referral to be made: ids are given by the caller.
#[derive(Clone, Debug, PartialEq)]
pub struct NewReferral {
    /// Its id.
    pub id: ReferralId,
    /// Its need.
    pub need_id: NeedId,
    /// The organisation that refers.
    pub sender_organisation_id: OrganisationId,
    /// Who makes it; none for a service account.
    pub sent_by: Option<UserId>,
    /// Everything else.
    pub content: DraftContent,
}

impl Referral {
    /// A first leg in `draft`, with nothing in it but what is given.
    pub(super) fn first_leg(new: NewReferral, kind: Kind, origin: Origin, now: DateTime<Utc>) -> Self {
        let NewReferral { id, need_id, sender_organisation_id, sent_by, content } = new;
        let DraftContent { sender_unit_id, adviser_id, receiver_organisation_id, receiver_unit_id, service_id, person_id, form, .. } =
            content;
        Self {
            id,
            need_id,
            root_id: id,
            parent_id: None,
            kind,
            origin,
            state: State::Draft,
            sender_organisation_id,
            sender_unit_id,
            sent_by,
            adviser_id,
            receiver_organisation_id,
            receiver_unit_id,
            service_id,
            person_id,
            form,
            snapshot: None,
            eligibility: None,
            override_reason: None,
            sent_at: None,
            told_at: None,
            answered_at: None,
            first_answered_at: None,
            decided_at: None,
            ended_at: None,
            state_since: now,
            remind_at: None,
            reminders_sent: 0,
            expire_at: None,
            plan: None,
            refusal_codes: Vec::new(),
            answer_message: None,
            message_for_person: None,
            outcome: None,
            outcome_text: None,
            reported: None,
            path: Vec::new(),
            blocked_reason: None,
            head: true,
            handed_over_by: None,
            hand_over: None,
            returned_at: None,
            receiver_left_at: None,
            consent_withdrawn_at: None,
            informed_at: None,
            pause: None,
            paused_seconds: 0,
            warnings: Vec::new(),
            blanked_at: None,
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }

    /// The draft after a change beside it, such as of its files: whoever works on it keeps it.
    #[must_use]
    pub fn touched(mut self, clocks: &Clocks, now: DateTime<Utc>) -> Self {
        self.updated_at = now;
        self.expire_at = clocks.end_of(State::Draft, now);
        self
    }

    /// Whether a receiver exists: it was told.
    pub const fn has_receiver(&self) -> bool {
        self.told_at.is_some()
    }

    /// Refuses everybody but the sender.
    pub(super) fn sender_only(party: Party) -> Option<Blocker> {
        (party != Party::Sender).then(|| Blocker::permission("not_the_sender"))
    }

    /// Refuses everybody but members of a receiver that was told.
    pub(super) fn receiver_only(&self, party: Party) -> Option<Blocker> {
        let may = party == Party::Receiver && self.has_receiver();
        (!may).then(|| Blocker::permission("not_the_receiver"))
    }

    /// Refuses everybody but a receiver that was told, signed in or by access link.
    pub(super) fn receiver_or_link_only(&self, party: Party) -> Option<Blocker> {
        let may = matches!(party, Party::Receiver | Party::Link) && self.has_receiver();
        (!may).then(|| Blocker::permission("not_the_receiver"))
    }

    /// A state blocker that names the state.
    pub(super) fn state_blocker(&self, code: &'static str) -> Blocker {
        Blocker::state(code).with("state", self.state.code())
    }

    /// Refuses unless a decision is expected: `not_sent`, `already_decided` or `not_open`.
    pub(super) fn to_handle_only(&self) -> Option<Blocker> {
        let code = match self.state {
            State::Sent | State::UnderReview | State::Waitlisted => return None,
            State::Draft | State::Held => "not_sent",
            State::Accepted | State::Refused => "already_decided",
            State::Blocked | State::Completed | State::Expired | State::Withdrawn | State::Redirected | State::Superseded => "not_open",
        };
        Some(self.state_blocker(code))
    }

    /// Moves to a state and starts that state's clocks. A pause ends, unless a decision is still expected: then the new clocks stand
    /// still from their first instant. The reminder of `sent` is set by its caller, who knows the zone.
    pub(super) fn enter(&mut self, state: State, clocks: &Clocks, now: DateTime<Utc>) {
        let pause = self.pause_beyond(state, now);
        self.state = state;
        self.state_since = now;
        self.updated_at = now;
        self.remind_at = None;
        // Whoever came to the counter waits for nobody's answer by mail.
        self.expire_at = if self.kind == Kind::WalkIn { None } else { clocks.end_of(state, now) };
        self.ended_at = state.has_ended().then_some(now);
        if self.expire_at.is_some() {
            self.reminders_sent = 0;
        }
        self.plan_anew(clocks);
        if let Some(pause) = pause {
            self.pause = Some(Pause { stood_from: Some(now), remind_at: None, expire_at: self.expire_at.take(), ..pause });
        }
    }

    /// Wraps the leg and the one thing that happened.
    pub(super) fn became(self, event: Event) -> Change {
        Change { referral: self, events: vec![event] }
    }
}
