//! Clocks that stand still: one leg's, or those of every open leg of a person.

use relais_domain::access::{Permission, Resource};
use relais_domain::referral::{Act, PauseCommand};
use relais_domain::shared::ids::{PersonId, ReferralId};
use relais_persistence::person::read as people;
use relais_persistence::referral::read as legs;

use super::act::perform;
use super::bulk::BulkResult;
use super::read::reader;
use crate::effect::of_many;
use crate::{App, Caller, Done, Refusal};

/// How many open legs of one person are paused at once.
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
/// 404 when the caller does not see the record of this person; 403 without `referrals:message`.
pub async fn pause_clocks_of_person(
    app: &App,
    caller: &Caller,
    person: PersonId,
    command: &PauseCommand,
) -> Result<(Done, Vec<BulkResult>), Refusal> {
    caller.may(Resource::Referral, Permission::ReferralsMessage)?;
    let rule = caller.policy.rule(Resource::Referral, Permission::ReferralsRead);
    people::one(&app.db, &caller.policy.rule(Resource::Person, Permission::PeopleRead), person).await?;
    let whole = of_many(app, caller).await?;
    let mut results = Vec::new();
    for id in legs::open_of_person(&app.db, &rule, reader(caller), person, MOST_LEGS).await? {
        let one = caller.for_item(id.0, None);
        results.push((id, pause_clock(app, &one, id, command.clone()).await));
    }
    Ok((whole, results))
}
