//! What the receiver answers, what the sender takes back or reports, and the end of the help.

use relais_domain::referral::{AcceptCommand, Act, Change, CompleteCommand, PathStep, RecordAnswerCommand, RefuseCommand, WithdrawCommand};
use relais_domain::shared::ids::{ReferralId, ServiceId};
use relais_domain::shared::{Blocked, Blocker};

use super::act::{Outcome, perform, perform_naming};
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
    let path = command.path.clone().unwrap_or_default();
    perform_naming(app, caller, id, Act::Accept, &services_of(&path), |leg, acting| {
        let change = leg.accept(command.clone(), acting.offer.as_ref(), &acting.ctx, acting.now);
        of_known_services(change, &path, &acting.unknown).map(Outcome::from)
    })
    .await
}

/// The receiver sets the agreed path. Code `not_accepted` (409).
///
/// # Errors
/// See the code; 422 for the steps, `unknown_reference` for a service that is neither published nor the receiver's.
pub async fn set_path(app: &App, caller: &Caller, id: ReferralId, path: Vec<PathStep>) -> Result<Done, Refusal> {
    perform_naming(app, caller, id, Act::Path, &services_of(&path), |leg, acting| {
        let change = leg.set_path(path.clone(), &acting.ctx, acting.now);
        of_known_services(change, &path, &acting.unknown).map(Outcome::from).map_err(at_steps)
    })
    .await
}

fn services_of(path: &[PathStep]) -> Vec<ServiceId> {
    let mut named: Vec<_> = path.iter().filter_map(|step| step.service_id).collect();
    named.sort_unstable();
    named.dedup();
    named
}

/// What came of a path, unless one of its steps names a service that is not known: `unknown_reference` (422) with the rest.
fn of_known_services(change: Result<Change, Blocked>, path: &[PathStep], unknown: &[ServiceId]) -> Result<Change, Blocked> {
    let strange = path.iter().enumerate().filter(|(_, step)| step.service_id.is_some_and(|service| unknown.contains(&service)));
    let strange: Vec<_> = strange.map(|(index, _)| Blocker::content("unknown_reference").at(format!("/path/{index}/service_id"))).collect();
    match change {
        Ok(change) => Blocked::unless_empty(strange).map(|()| change),
        Err(Blocked(blockers)) => Err(Blocked(blockers.into_iter().chain(strange).collect())),
    }
}

/// The path is the whole body here, under the name of its steps.
fn at_steps(Blocked(blockers): Blocked) -> Blocked {
    let placed = blockers.into_iter().map(|blocker| match blocker.pointer.as_deref().and_then(|at| at.strip_prefix("/path")) {
        Some(rest) => {
            let pointer = format!("/steps{rest}");
            blocker.at(pointer)
        }
        None => blocker,
    });
    Blocked(placed.collect())
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
