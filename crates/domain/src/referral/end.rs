//! How a leg ends by an act of sender or receiver, and what may be said while it is open.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AnswerText, Change, Context, Event, Kind, MessageBody, MessageKind, Origin, Outcome, OutcomeText, Party, Referral, State};
use crate::shared::{Blocked, Blocker, unfit_for_mail};

/// What a withdrawal says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WithdrawCommand {
    /// A message for the receiver.
    pub message: Option<AnswerText>,
}

/// What became of the help.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompleteCommand {
    /// What became of it.
    pub outcome: Outcome,
    /// The same in words.
    #[serde(default)]
    pub text: Option<OutcomeText>,
}

/// A message for the thread.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MessageCommand {
    /// What it means.
    pub kind: MessageKind,
    /// What it says.
    pub body: MessageBody,
}

impl Referral {
    /// `not_the_sender` (403); `not_sent`, `already_decided`, `not_open` (409). An accepted leg is not withdrawn: the
    /// sender writes a message of kind `person_wishes_to_stop`.
    pub fn blockers_to_withdraw(&self, party: Party) -> Vec<Blocker> {
        let mut blockers: Vec<Blocker> = Self::sender_only(party).into_iter().collect();
        if self.state != State::Held {
            blockers.extend(self.to_handle_only());
        }
        blockers
    }

    /// Takes the leg back. While it was held, no receiver ever learns of it.
    ///
    /// # Errors
    /// Those of [`Self::blockers_to_withdraw`]; `forbidden_identifier`, `markup_not_allowed` (422).
    pub fn withdraw(mut self, command: WithdrawCommand, ctx: &Context<'_>, now: DateTime<Utc>) -> Result<Change, Blocked> {
        let mut blockers = self.blockers_to_withdraw(ctx.party);
        blockers.extend(unfit_for_mail(&[("/message", command.message.as_ref().map(AnswerText::as_str))]));
        Blocked::unless_empty(blockers)?;
        self.enter(State::Withdrawn, ctx.clocks, now);
        self.answer_message = command.message;
        Ok(self.became(Event::ReferralWithdrawn))
    }

    /// `not_the_receiver` (403; `not_the_sender` where help goes on outside the platform and only the sender can tell of its end),
    /// `not_accepted` (409).
    pub fn blockers_to_complete(&self, party: Party) -> Vec<Blocker> {
        let outside = self.kind == Kind::Outside;
        let by_another = if outside { Self::sender_only(party) } else { self.receiver_or_link_only(party) };
        let mut blockers: Vec<Blocker> = by_another.into_iter().collect();
        if self.state != State::Accepted {
            blockers.push(self.state_blocker("not_accepted"));
        }
        blockers
    }

    /// Ends the help.
    ///
    /// # Errors
    /// Those of [`Self::blockers_to_complete`]; `forbidden_identifier`, `markup_not_allowed` (422).
    pub fn complete(mut self, command: CompleteCommand, ctx: &Context<'_>, now: DateTime<Utc>) -> Result<Change, Blocked> {
        let mut blockers = self.blockers_to_complete(ctx.party);
        blockers.extend(unfit_for_mail(&[("/text", command.text.as_ref().map(OutcomeText::as_str))]));
        Blocked::unless_empty(blockers)?;
        self.end_help(command, ctx, now);
        Ok(self.became(Event::ReferralCompleted))
    }

    /// `not_the_sender` or `not_the_receiver` (403), `no_receiver`, `not_sent`, `not_open`, `consent_withdrawn` (409). For a wish to stop
    /// besides: only the sender, only an accepted leg (`not_accepted`).
    pub fn blockers_to_message(&self, kind: MessageKind, party: Party) -> Vec<Blocker> {
        let mut blockers: Vec<Blocker> = Vec::new();
        if kind == MessageKind::PersonWishesToStop {
            blockers.extend(Self::sender_only(party));
        } else if party != Party::Sender {
            blockers.extend(self.receiver_or_link_only(party));
        }
        if matches!(self.state, State::Draft | State::Held) {
            blockers.push(self.state_blocker("not_sent"));
        } else if !self.state.is_open() {
            blockers.push(self.state_blocker("not_open"));
        } else if self.origin == Origin::Outside {
            blockers.push(self.state_blocker("no_receiver"));
        } else if kind == MessageKind::PersonWishesToStop && self.state != State::Accepted {
            blockers.push(self.state_blocker("not_accepted"));
        } else {
            blockers.extend(self.without_consent());
        }
        blockers
    }

    /// Writes in the thread. The message is a row of its own; the leg stays as it is.
    ///
    /// # Errors
    /// Those of [`Self::blockers_to_message`]; `forbidden_identifier`, `markup_not_allowed` (422).
    pub fn message(self, command: &MessageCommand, party: Party) -> Result<Change, Blocked> {
        let mut blockers = self.blockers_to_message(command.kind, party);
        blockers.extend(unfit_for_mail(&[("/body", Some(command.body.as_str()))]));
        Blocked::unless_empty(blockers)?;
        Ok(self.became(Event::ReferralMessageSent))
    }

    /// Ends the help; also what filing does.
    pub(super) fn end_help(&mut self, command: CompleteCommand, ctx: &Context<'_>, now: DateTime<Utc>) {
        let CompleteCommand { outcome, text } = command;
        self.enter(State::Completed, ctx.clocks, now);
        self.outcome = Some(outcome);
        self.outcome_text = text;
    }
}
