//! The receiver's answers, and the answer that the sender reports for the receiver.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::clock::after;
use super::{
    AnswerChannel, AnswerText, Change, Context, Event, NoteText, Offer, Party, PathLabel, PathPlace, Referral, RefusalCode, State, ToldBy,
};
use crate::shared::ids::ServiceId;
use crate::shared::{Blocked, Blocker, forbidden, unfit_for_mail};

/// How many steps an agreed path may have.
const MAX_STEPS: usize = 100;

/// One step of the agreed path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, sea_orm::FromJsonQueryResult)]
#[serde(deny_unknown_fields)]
pub struct PathStep {
    /// The step, unique in its path.
    pub id: Uuid,
    /// Its name.
    pub label: PathLabel,
    /// The service that gives it.
    #[serde(default)]
    pub service_id: Option<ServiceId>,
    /// When it begins.
    #[serde(default)]
    pub starts_at: Option<DateTime<Utc>>,
    /// Where.
    #[serde(default)]
    pub place: Option<PathPlace>,
    /// How many units of help it takes; never negative.
    #[serde(default)]
    #[schema(minimum = 0)]
    pub units: Option<i32>,
    /// The person came.
    #[serde(default)]
    pub attended: bool,
}

/// Who answered, how and when, as the sender reports it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, sea_orm::FromJsonQueryResult)]
#[serde(deny_unknown_fields)]
pub struct ReportedAnswer {
    /// How the answer came.
    pub channel: AnswerChannel,
    /// Who gave it.
    pub told_by: ToldBy,
    /// On which day.
    pub on: NaiveDate,
    /// What was said.
    #[serde(default)]
    pub note: Option<NoteText>,
}

/// What an acceptance says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AcceptCommand {
    /// A message for the sender and the adviser.
    pub message: Option<AnswerText>,
    /// A message for the person, mailed to them or told by the sender; nothing of `message` is.
    pub message_for_person: Option<AnswerText>,
    /// The agreed path; absent keeps what there is.
    pub path: Option<Vec<PathStep>>,
}

/// What a refusal says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RefuseCommand {
    /// At least one reason.
    pub codes: Vec<RefusalCode>,
    /// A message for the sender; none means the standard text of the first code.
    pub message: Option<AnswerText>,
}

crate::choice! {
    /// The two answers that can be reported.
    pub enum Decision {
        /// Taken in charge.
        Accepted = "accepted",
        /// Refused.
        Refused = "refused",
    }
}

/// The answer that the receiver gave by phone or mail, recorded by the sender.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordAnswerCommand {
    /// What the receiver decided.
    pub decision: Decision,
    /// Why, when it refused: at least one.
    #[serde(default)]
    pub codes: Vec<RefusalCode>,
    /// How the answer came.
    pub channel: AnswerChannel,
    /// Who gave it.
    pub told_by: ToldBy,
    /// On which day; not in the future.
    pub on: NaiveDate,
    /// What was said.
    #[serde(default)]
    pub note: Option<NoteText>,
}

impl Referral {
    /// `not_the_receiver` (403); `already_under_review` or that no decision is expected (409).
    pub fn blockers_to_review(&self, party: Party) -> Vec<Blocker> {
        self.blockers_to_move(party, State::UnderReview, "already_under_review")
    }

    /// The receiver begins to study it.
    ///
    /// # Errors
    /// Those of [`Self::blockers_to_review`].
    pub fn review(mut self, ctx: &Context<'_>, now: DateTime<Utc>) -> Result<Change, Blocked> {
        Blocked::unless_empty(self.blockers_to_review(ctx.party))?;
        self.enter(State::UnderReview, ctx.clocks, now);
        self.answered_at.get_or_insert(now);
        Ok(self.became(Event::ReferralReviewed))
    }

    /// `not_the_receiver` (403); `already_waitlisted` or that no decision is expected (409).
    pub fn blockers_to_waitlist(&self, party: Party) -> Vec<Blocker> {
        self.blockers_to_move(party, State::Waitlisted, "already_waitlisted")
    }

    /// The receiver has no place yet.
    ///
    /// # Errors
    /// Those of [`Self::blockers_to_waitlist`].
    pub fn waitlist(mut self, ctx: &Context<'_>, now: DateTime<Utc>) -> Result<Change, Blocked> {
        Blocked::unless_empty(self.blockers_to_waitlist(ctx.party))?;
        self.enter(State::Waitlisted, ctx.clocks, now);
        self.answered_at.get_or_insert(now);
        Ok(self.became(Event::ReferralWaitlisted))
    }

    /// `not_the_receiver` (403); `not_sent`, `not_open` (409). The assignment is a row of its own: there is no effect
    /// on the leg.
    pub fn blockers_to_assign(&self, party: Party) -> Vec<Blocker> {
        let mut blockers: Vec<Blocker> = self.receiver_only(party).into_iter().collect();
        match self.state {
            State::Accepted => {}
            State::Refused => blockers.push(self.state_blocker("not_open")),
            _ => blockers.extend(self.to_handle_only()),
        }
        blockers
    }

    /// `not_the_receiver` (403); `not_sent`, `already_decided`, `not_open`, `consent_withdrawn`, `taken_elsewhere` (409). An answer
    /// that the sender reported may be corrected for some days.
    pub fn blockers_to_accept(&self, ctx: &Context<'_>, now: DateTime<Utc>) -> Vec<Blocker> {
        let mut blockers = self.blockers_to_refuse(ctx, now);
        blockers.extend(self.without_consent());
        blockers.extend(self.taken_elsewhere(ctx));
        blockers
    }

    /// A person is in the care of one receiver at a time.
    fn taken_elsewhere(&self, ctx: &Context<'_>) -> Option<Blocker> {
        ctx.taken.then(|| self.state_blocker("taken_elsewhere"))
    }

    /// Takes the person in charge. Hours and weeks of the service, as `offer` gives them, are frozen in the snapshot.
    ///
    /// # Errors
    /// Those of [`Self::blockers_to_accept`]; content blockers of the path.
    pub fn accept(
        mut self,
        command: AcceptCommand,
        offer: Option<&Offer>,
        ctx: &Context<'_>,
        now: DateTime<Utc>,
    ) -> Result<Change, Blocked> {
        let AcceptCommand { message, message_for_person, path } = command;
        let mut blockers = self.blockers_to_accept(ctx, now);
        blockers.extend(path.as_deref().map(path_problems).unwrap_or_default());
        blockers.extend(unfit_for_mail(&[
            ("/message", message.as_ref().map(AnswerText::as_str)),
            ("/message_for_person", message_for_person.as_ref().map(AnswerText::as_str)),
        ]));
        Blocked::unless_empty(blockers)?;
        self.decide_accepted(offer, ctx, now);
        self.reported = None;
        self.answer_message = message;
        self.message_for_person = message_for_person;
        let mut events = vec![Event::ReferralAccepted];
        if let Some(path) = path.filter(|path| *path != self.path) {
            self.path = path;
            events.push(Event::ReferralPathChanged);
        }
        Ok(Change { referral: self, events })
    }

    /// `not_the_receiver` (403), `not_accepted` (409).
    pub fn blockers_to_path(&self, party: Party) -> Vec<Blocker> {
        let mut blockers: Vec<Blocker> = self.receiver_only(party).into_iter().collect();
        if self.state != State::Accepted {
            blockers.push(self.state_blocker("not_accepted"));
        }
        blockers
    }

    /// Replaces the agreed path. No event when nothing changed.
    ///
    /// # Errors
    /// Those of [`Self::blockers_to_path`]; `out_of_range`, `duplicate_id`, `too_many` (422).
    pub fn set_path(mut self, path: Vec<PathStep>, ctx: &Context<'_>, now: DateTime<Utc>) -> Result<Change, Blocked> {
        let mut blockers = self.blockers_to_path(ctx.party);
        blockers.extend(path_problems(&path));
        Blocked::unless_empty(blockers)?;
        if path == self.path {
            return Ok(Change { referral: self, events: Vec::new() });
        }
        self.path = path;
        self.updated_at = now;
        Ok(self.became(Event::ReferralPathChanged))
    }

    /// `not_the_receiver` (403); `not_sent`, `already_decided`, `not_open` (409).
    pub fn blockers_to_refuse(&self, ctx: &Context<'_>, now: DateTime<Utc>) -> Vec<Blocker> {
        let mut blockers: Vec<Blocker> = self.receiver_or_link_only(ctx.party).into_iter().collect();
        if !self.may_be_corrected(ctx, now) {
            blockers.extend(self.to_handle_only());
        }
        blockers
    }

    /// Refuses.
    ///
    /// # Errors
    /// Those of [`Self::blockers_to_refuse`]; `required`, `duplicate_code` (422) on `/codes`.
    pub fn refuse(mut self, command: RefuseCommand, ctx: &Context<'_>, now: DateTime<Utc>) -> Result<Change, Blocked> {
        let RefuseCommand { codes, message } = command;
        let mut blockers = self.blockers_to_refuse(ctx, now);
        blockers.extend(refusal_problems(&codes));
        blockers.extend(unfit_for_mail(&[("/message", message.as_ref().map(AnswerText::as_str))]));
        Blocked::unless_empty(blockers)?;
        self.decide_refused(codes, ctx, now);
        self.reported = None;
        self.answer_message = message;
        Ok(self.became(Event::ReferralRefused))
    }

    /// `not_the_sender` (403); `not_sent`, `already_decided`, `not_open` (409).
    pub fn blockers_to_record_answer(&self, party: Party) -> Vec<Blocker> {
        Self::sender_only(party).into_iter().chain(self.to_handle_only()).collect()
    }

    /// Records the answer that the receiver gave by phone or mail; the receiver is told and may correct it.
    ///
    /// # Errors
    /// Those of [`Self::blockers_to_record_answer`]; `required`, `duplicate_code`, `not_for_acceptance` on `/codes`,
    /// `in_the_future` on `/on` (422).
    pub fn record_answer(
        mut self,
        command: RecordAnswerCommand,
        offer: Option<&Offer>,
        ctx: &Context<'_>,
        now: DateTime<Utc>,
    ) -> Result<Change, Blocked> {
        let RecordAnswerCommand { decision, codes, channel, told_by, on, note } = command;
        let mut blockers = self.blockers_to_record_answer(ctx.party);
        if decision == Decision::Accepted && self.state.is_open() {
            blockers.extend(self.taken_elsewhere(ctx));
        }
        if decision == Decision::Refused {
            blockers.extend(refusal_problems(&codes));
        } else if !codes.is_empty() {
            blockers.push(Blocker::content("not_for_acceptance").at("/codes"));
        }
        if on > ctx.zone.local_date(now) {
            blockers.push(Blocker::content("in_the_future").at("/on"));
        }
        blockers.extend(unfit_for_mail(&[("/told_by", Some(told_by.as_str())), ("/note", note.as_ref().map(NoteText::as_str))]));
        Blocked::unless_empty(blockers)?;
        let event = match decision {
            Decision::Accepted => {
                self.decide_accepted(offer, ctx, now);
                Event::ReferralAccepted
            }
            Decision::Refused => {
                self.decide_refused(codes, ctx, now);
                Event::ReferralRefused
            }
        };
        self.reported = Some(ReportedAnswer { channel, told_by, on, note });
        Ok(Change { referral: self, events: vec![Event::ReferralAnswerRecorded, event] })
    }

    /// Ends the wait with a refusal; also what filing does.
    pub(super) fn decide_refused(&mut self, codes: Vec<RefusalCode>, ctx: &Context<'_>, now: DateTime<Utc>) {
        self.enter(State::Refused, ctx.clocks, now);
        self.answered_at.get_or_insert(now);
        self.decided_at = Some(now);
        self.refusal_codes = codes;
        self.answer_message = None;
        self.message_for_person = None;
    }

    fn decide_accepted(&mut self, offer: Option<&Offer>, ctx: &Context<'_>, now: DateTime<Utc>) {
        self.enter(State::Accepted, ctx.clocks, now);
        self.answered_at.get_or_insert(now);
        self.decided_at = Some(now);
        self.refusal_codes = Vec::new();
        self.answer_message = None;
        self.message_for_person = None;
        if let (Some(snapshot), Some(offer)) = (&mut self.snapshot, offer) {
            snapshot.hours_per_week = offer.hours_per_week;
            snapshot.weeks = offer.weeks;
        }
    }

    fn blockers_to_move(&self, party: Party, target: State, already: &'static str) -> Vec<Blocker> {
        let mut blockers: Vec<Blocker> = self.receiver_or_link_only(party).into_iter().collect();
        if self.state == target {
            blockers.push(self.state_blocker(already));
        } else {
            blockers.extend(self.to_handle_only());
        }
        blockers
    }

    /// The decision was reported by the sender not long ago, and nothing followed it.
    fn may_be_corrected(&self, ctx: &Context<'_>, now: DateTime<Utc>) -> bool {
        let in_time = |decided: DateTime<Utc>| now <= after(decided, ctx.clocks.correct_reported_days);
        self.head
            && matches!(self.state, State::Accepted | State::Refused)
            && self.reported.is_some()
            && self.decided_at.is_some_and(in_time)
    }
}

fn refusal_problems(codes: &[RefusalCode]) -> Vec<Blocker> {
    if codes.is_empty() {
        return vec![Blocker::content("required").at("/codes")];
    }
    let twice = |index: usize, code: &RefusalCode| codes.iter().take(index).any(|earlier| earlier == code);
    let repeated = codes.iter().enumerate().filter(|(index, code)| twice(*index, code));
    repeated.map(|(index, _)| Blocker::content("duplicate_code").at(format!("/codes/{index}"))).collect()
}

fn path_problems(path: &[PathStep]) -> Vec<Blocker> {
    if path.len() > MAX_STEPS {
        return vec![Blocker::content("too_many").at("/path").with("max", MAX_STEPS)];
    }
    let mut found = Vec::new();
    for (index, step) in path.iter().enumerate() {
        if step.units.is_some_and(|units| units < 0) {
            found.push(Blocker::content("out_of_range").at(format!("/path/{index}/units")).with("min", 0));
        }
        if path.iter().take(index).any(|earlier| earlier.id == step.id) {
            found.push(Blocker::content("duplicate_id").at(format!("/path/{index}/id")));
        }
        let (label, place) = (format!("/path/{index}/label"), format!("/path/{index}/place"));
        found.extend(forbidden(&[(&label, Some(step.label.as_str())), (&place, step.place.as_ref().map(PathPlace::as_str))]));
    }
    found
}
