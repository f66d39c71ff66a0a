//! Clocks that stand still: one leg's, or those of every open leg of a person.

use relais_domain::access::{Permission, Resource};
use relais_domain::referral::{Act, PauseCommand};
use relais_domain::shared::ids::{PersonId, ReferralId};
use relais_domain::shared::{Blocked, Blocker};
use relais_persistence::person::read as people;
use relais_persistence::referral::read as legs;

use super::act::perform;
use super::bulk::BulkResult;
use super::read::reader;
use crate::effect::of_many;
use crate::person::seen_group;
use crate::{App, Caller, Done, Refusal};

/// How many open legs of one person are paused, or run on, at once.
const MOST_LEGS: u64 = 200;

/// Lets the clocks of a referral stand still.
///
/// # Errors
/// `already_paused`, `no_clock_runs`, `pause_used_up`, `not_sent`, `already_decided`, `not_open` (409); `in_the_past`,
/// `pause_too_long`, `forbidden_identifier` (422).
pub async fn pause_clock(app: &App, caller: &Caller, id: ReferralId, command: PauseCommand) -> Result<Done, Refusal> {
    perform(app, caller, id, Act::PauseClock, |leg, acting| Ok(leg.pause_clock(command.clone(), &acting.ctx, acting.now)?.into())).await
}

/// Lets the clocks of a referral run on.
///
/// # Errors
/// `not_paused` (409).
pub async fn resume_clock(app: &App, caller: &Caller, id: ReferralId) -> Result<Done, Refusal> {
    perform(app, caller, id, Act::ResumeClock, |leg, acting| Ok(leg.resume_clock(&acting.ctx, acting.now)?.into())).await
}

/// Lets the clocks of every open leg of a person stand still, as far as the caller sees them; each for itself.
///
/// # Errors
/// 404 when the caller does not see the record of this person; 403 without `referrals:message`; `too_many` (422).
pub async fn pause_clocks_of_person(
    app: &App,
    caller: &Caller,
    person: PersonId,
    command: &PauseCommand,
) -> Result<(Done, Vec<BulkResult>), Refusal> {
    of_each_leg(app, caller, person, async |one, id| pause_clock(app, one, id, command.clone()).await).await
}

/// Lets the clocks of every open leg of a person run on; each for itself.
///
/// # Errors
/// As [`pause_clocks_of_person`].
pub async fn resume_clocks_of_person(app: &App, caller: &Caller, person: PersonId) -> Result<(Done, Vec<BulkResult>), Refusal> {
    of_each_leg(app, caller, person, async |one, id| resume_clock(app, one, id).await).await
}

/// One act on every open leg of a person, each with its own result under its own part of the request's key.
async fn of_each_leg(
    app: &App,
    caller: &Caller,
    person: PersonId,
    act: impl AsyncFn(&Caller, ReferralId) -> Result<Done, Refusal>,
) -> Result<(Done, Vec<BulkResult>), Refusal> {
    let legs = open_legs(app, caller, person).await?;
    let whole = of_many(app, caller).await?;
    let mut results = Vec::with_capacity(legs.len());
    for id in legs {
        let one = caller.for_item(id.0, None);
        results.push((id, act(&one, id).await));
    }
    Ok((whole, results))
}

/// The legs of a person that wait for a decision and that the caller sees, sent or received, by all records of the person that the
/// caller sees. None is left out in silence.
async fn open_legs(app: &App, caller: &Caller, person: PersonId) -> Result<Vec<ReferralId>, Refusal> {
    caller.may(Resource::Referral, Permission::ReferralsMessage)?;
    let rule = caller.policy.rule(Resource::Referral, Permission::ReferralsRead);
    people::one(&app.db, &caller.policy.rule(Resource::Person, Permission::PeopleRead), person).await?;
    let records = seen_group(app, caller, person).await?;
    let found = legs::open_of_people(&app.db, &rule, reader(caller), &records, MOST_LEGS + 1).await?;
    if found.len() as u64 > MOST_LEGS {
        return Err(Blocked(vec![Blocker::content("too_many").with("max", MOST_LEGS)]).into());
    }
    Ok(found)
}
