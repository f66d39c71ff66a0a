//! Budgets that are counted in the database, over all nodes.

use chrono::TimeDelta;
use relais_persistence::Ctx;
use relais_persistence::platform::budget;

use crate::{App, Caller, Refusal};

/// One budget: its name, whose it is, how much there is of it, and in which time.
pub(crate) type Budget = (&'static str, String, i32, TimeDelta);

/// Takes one from each of some budgets, up to the first that is used up.
///
/// # Errors
/// [`Refusal::TooMany`]; nothing is counted where the sandbox has no limits.
pub(crate) async fn spend(app: &App, caller: &Caller, budgets: impl IntoIterator<Item = Budget>) -> Result<(), Refusal> {
    if !app.settings.limits {
        return Ok(());
    }
    let ctx = app.ctx(caller);
    for (name, subject, most, period) in budgets {
        if budget::spend(&app.db, &ctx, name, &subject, period).await? > most {
            return Err(used_up(&ctx, period));
        }
    }
    Ok(())
}

/// Takes one from what an account has in an hour, and from what its organisation has in a day.
///
/// # Errors
/// As [`spend`]; `organisation_required` (400).
pub(crate) async fn spend_of_both(
    app: &App,
    caller: &Caller,
    (account, per_hour): (&'static str, i32),
    (organisation, per_day): (&'static str, i32),
) -> Result<(), Refusal> {
    let budgets = [
        (account, caller.account_key(), per_hour, TimeDelta::hours(1)),
        (organisation, caller.organisation()?.to_string(), per_day, TimeDelta::days(1)),
    ];
    spend(app, caller, budgets).await
}

/// The refusal of a budget that is used up, until its period ends.
pub(crate) fn used_up(ctx: &Ctx, period: TimeDelta) -> Refusal {
    let left = budget::period_end(ctx.real_now, period) - ctx.real_now;
    Refusal::TooMany { retry_after: left.num_seconds().max(0) + 1 }
}
