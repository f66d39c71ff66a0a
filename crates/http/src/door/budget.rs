//! Budgets kept in memory: requests per caller and per address. Those that must hold over all nodes are counted in the
//! database by their own use cases.

use std::num::NonZeroU32;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use relais_app::{Caller, Refusal};

/// Requests a second that one caller may make for long, and at once.
const PER_SECOND: u32 = 50;
const BURST: u32 = 200;

/// The rate limiter of this node.
#[derive(Debug)]
pub struct Budgets {
    limiter: DefaultKeyedRateLimiter<String>,
    clock: DefaultClock,
}

impl Default for Budgets {
    fn default() -> Self {
        let quota = Quota::per_second(NonZeroU32::new(PER_SECOND).unwrap_or(NonZeroU32::MIN));
        let quota = quota.allow_burst(NonZeroU32::new(BURST).unwrap_or(NonZeroU32::MIN));
        Self { limiter: RateLimiter::keyed(quota), clock: DefaultClock::default() }
    }
}

impl Budgets {
    /// Takes one request from the caller's budget.
    ///
    /// # Errors
    /// [`Refusal::TooMany`].
    pub fn spend(&self, caller: &Caller) -> Result<(), Refusal> {
        let key = match caller.actor.id() {
            Some(id) => id.to_string(),
            None => caller.request.address.clone().unwrap_or_default(),
        };
        self.limiter.check_key(&key).map_err(|not_until| {
            let wait = not_until.wait_time_from(self.clock.now());
            Refusal::TooMany { retry_after: i64::try_from(wait.as_secs()).unwrap_or(0) + 1 }
        })
    }

    /// Forgets callers that have their whole budget again.
    pub fn tidy(&self) {
        self.limiter.retain_recent();
    }
}
