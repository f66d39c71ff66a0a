//! What the receiver answers, what the sender takes back or reports, and the end of the help.

use relais_domain::referral::{AcceptCommand, Act, CompleteCommand, PathStep, RecordAnswerCommand, RefuseCommand, WithdrawCommand};
use relais_domain::shared::ids::ReferralId;

use super::act::{Outcome, perform};
use crate::{App, Caller, Done, Refusal};

/// The receiver studies it. Codes: `already_under_review`, `already_decided`, `not_open` (409).
///
/// # Errors
/// See the codes; 403 `not_the_receiver`.
pub async fn review(app: &App, caller: &Caller, id: ReferralId) -> Result<Done, Refusal> {
    perform(app, caller, id, Act::Review, |leg, acting| leg.review(&acting.ctx, acting.now).map(Outcome::from)).await
}

/// The receiver has no place yet. Codes as [`review`], `already_waitlisted`.
///
/// # Errors
/// See the codes.
pub async fn waitlist(app: &App, caller: &Caller, id: ReferralId) -> Result<Done, Refusal> {
    perform(app, caller, id, Act::Waitlist, |leg, acting| leg.waitlist(&acting.ctx, acting.now).map(Outcome::from)).await
}

/// The receiver takes the person in charge, and may set the agreed path at once. Of two at once, one is told
/// `already_decided` (409) with the acts now possible.
///
/// # Errors
/// See the codes; 422 for the path.
pub async fn accept(app: &App, caller: &Caller, id: ReferralId, command: AcceptCommand) -> Result<Done, Refusal> {
    perform(app, caller, id, Act::Accept, |leg, acting| {
        leg.accept(command.clone(), acting.offer.as_ref(), &acting.ctx, acting.now).map(Outcome::from)
    })
    .await
}

/// The receiver sets the agreed path. Code `not_accepted` (409).
///
/// # Errors
/// See the code; 422 for the steps.
pub async fn set_path(app: &App, caller: &Caller, id: ReferralId, path: Vec<PathStep>) -> Result<Done, Refusal> {
    perform(app, caller, id, Act::Path, |leg, acting| leg.set_path(path.clone(), &acting.ctx, acting.now).map(Outcome::from)).await
}

/// The receiver refuses, with at least one code. The first code is the journal's reason.
///
/// # Errors
/// `already_decided`, `not_open` (409), `required` (422).
pub async fn refuse(app: &App, caller: &Caller, id: ReferralId, command: RefuseCommand) -> Result<Done, Refusal> {
    perform(app, caller, id, Act::Refuse, |leg, acting| {
        let reason = command.codes.first().map(|code| code.code().to_owned());
        let change = leg.refuse(command.clone(), &acting.ctx, acting.now)?;
        Ok(Outcome { reason, ..Outcome::from(change) })
    })
    .await
}

/// The sender takes the referral back while it waits for a decision.
///
/// # Errors
/// `already_decided`, `not_open` (409), `not_the_sender` (403).
pub async fn withdraw(app: &App, caller: &Caller, id: ReferralId, command: WithdrawCommand) -> Result<Done, Refusal> {
    perform(app, caller, id, Act::Withdraw, |leg, acting| leg.withdraw(command.clone(), &acting.ctx, acting.now).map(Outcome::from)).await
}

/// The sender records an answer that came by phone or mail; the receiver is told and may correct it within 30 days.
///
/// # Errors
/// `already_decided` (409), `required`, `not_for_acceptance`, `in_the_future` (422).
pub async fn record_answer(app: &App, caller: &Caller, id: ReferralId, command: RecordAnswerCommand) -> Result<Done, Refusal> {
    perform(app, caller, id, Act::RecordAnswer, |leg, acting| {
        leg.record_answer(command.clone(), acting.offer.as_ref(), &acting.ctx, acting.now).map(Outcome::from)
    })
    .await
}

/// The help ended.
///
/// # Errors
/// `not_accepted` (409).
pub async fn complete(app: &App, caller: &Caller, id: ReferralId, command: CompleteCommand) -> Result<Done, Refusal> {
    perform(app, caller, id, Act::Complete, |leg, acting| leg.complete(command.clone(), &acting.ctx, acting.now).map(Outcome::from)).await
}
