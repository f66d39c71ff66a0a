//! Budgets kept in memory: requests per caller and per address. Those that must hold over all nodes are counted in the
//! database by their own use cases.

use std::num::NonZeroU32;

use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use relais_app::{Caller, Refusal};

/// Requests a second that one caller may make for long, and at once.
const PER_SECOND: u32 = 50;
const BURST: u32 = 200;

/// What is announced with each answer: so many requests in so many seconds.
pub const POLICY: &str = "\"requests\";q=200;w=4";

type Limiter = RateLimiter<String, DefaultKeyedStateStore<String>, DefaultClock, StateInformationMiddleware>;

/// The rate limiter of this node.
#[derive(Debug)]
pub struct Budgets {
    limiter: Limiter,
    clock: DefaultClock,
}

/// How many requests the caller has left; travels to the outermost layer, which writes the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left(pub u32);

impl Default for Budgets {
    fn default() -> Self {
        let quota = Quota::per_second(NonZeroU32::new(PER_SECOND).unwrap_or(NonZeroU32::MIN));
        let quota = quota.allow_burst(NonZeroU32::new(BURST).unwrap_or(NonZeroU32::MIN));
        Self { limiter: RateLimiter::keyed(quota).with_middleware(), clock: DefaultClock::default() }
    }
}

impl Budgets {
    /// Takes one request from the caller's budget and says what is left.
    ///
    /// # Errors
    /// [`Refusal::TooMany`].
    pub fn spend(&self, caller: &Caller) -> Result<Left, Refusal> {
        let key = match caller.actor.id() {
            Some(id) => id.to_string(),
            None => caller.request.address.clone().unwrap_or_default(),
        };
        if self.limiter.len() > 100_000 {
            self.limiter.retain_recent();
        }
        match self.limiter.check_key(&key) {
            Ok(state) => Ok(Left(state.remaining_burst_capacity())),
            Err(not_until) => {
                let wait = not_until.wait_time_from(self.clock.now());
                Err(Refusal::TooMany { retry_after: i64::try_from(wait.as_secs()).unwrap_or(0) + 1 })
            }
        }
    }
}
