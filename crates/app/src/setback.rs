//! Why a job did not come through, and whether another try can help.

use chrono::TimeDelta;
use relais_adapters::ids;
use relais_adapters::mail::MailError;

use crate::Refusal;

/// A job is given up after this many tries.
pub const MOST_TRIES: i32 = 10;
/// While mail cannot leave at all, a job is tried this often: for five days, as mail servers do among themselves.
const MOST_MAIL_TRIES: i32 = 30;
/// What stands for a mail server or a mail folder that is away: the mail itself is not to blame.
const MAIL_AWAY: &[&str] = &["mail_unavailable", "mail_folder", "mail_not_configured"];
const FIRST_WAIT_SECONDS: i64 = 30;
const LONGEST_WAIT_SECONDS: i64 = 6 * 3600;

/// Why a job did not come through. The code is kept with the job; it never holds anything personal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Setback {
    /// The stable code.
    pub code: &'static str,
    /// A later try can succeed.
    pub again: bool,
}

impl Setback {
    /// It will work later, or so we hope.
    pub(crate) const fn later(code: &'static str) -> Self {
        Self { code, again: true }
    }

    /// It will never work.
    pub(crate) const fn never(code: &'static str) -> Self {
        Self { code, again: false }
    }

    /// How often a job with this setback is tried at most.
    fn most_tries(self) -> i32 {
        if MAIL_AWAY.contains(&self.code) { MOST_MAIL_TRIES } else { MOST_TRIES }
    }

    /// How long to wait before the next try, when there is one: 30 seconds, doubled each time up to six hours, and up to a
    /// quarter longer by chance, so that what failed together does not come back together.
    pub(crate) fn wait(self, tries_before: i32) -> Option<TimeDelta> {
        if !self.again || tries_before.saturating_add(1) >= self.most_tries() {
            return None;
        }
        Some(Self::pause(tries_before))
    }

    /// As [`Self::wait`], for a job that is never given up.
    pub(crate) fn wait_always(self, tries_before: i32) -> TimeDelta {
        self.wait(tries_before).unwrap_or_else(|| Self::pause(tries_before))
    }

    fn pause(tries_before: i32) -> TimeDelta {
        let doublings = u32::try_from(tries_before.clamp(0, 20)).unwrap_or(0);
        let seconds = FIRST_WAIT_SECONDS.saturating_mul(2_i64.saturating_pow(doublings)).min(LONGEST_WAIT_SECONDS);
        let [chance] = ids::random::<1>();
        TimeDelta::milliseconds(seconds * 1000 + seconds * 250 * i64::from(chance) / 255)
    }
}

impl From<Refusal> for Setback {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Busy => Self::later("busy"),
            Refusal::Warming => Self::later("search_warming"),
            Refusal::StoreAway => Self::later("store_unavailable"),
            Refusal::Deadlock => Self::later("deadlock"),
            Refusal::Conflict(code) => Self::later(code),
            Refusal::Failed(text) => {
                tracing::error!(error = text, "a job failed");
                Self::later("failed")
            }
            Refusal::NotFound => Self::never("not_found"),
            Refusal::Unauthenticated(code) | Refusal::Barred(code) | Refusal::BadRequest(code) => Self::never(code),
            Refusal::Blocked { blockers, .. } => Self::never(blockers.first().map_or("blocked", |blocker| blocker.code)),
            // The rest answers a request; a job makes none.
            _ => Self::never("refused"),
        }
    }
}

impl From<relais_persistence::Failure> for Setback {
    fn from(failure: relais_persistence::Failure) -> Self {
        Refusal::from(failure).into()
    }
}

impl From<MailError> for Setback {
    fn from(error: MailError) -> Self {
        Self { code: error.reason.code(), again: error.retryable }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All waits of a job that never comes through.
    fn waits(setback: Setback) -> Vec<TimeDelta> {
        (0..).map_while(|tries| setback.wait(tries)).collect()
    }

    #[test]
    fn a_mail_waits_five_days_for_its_server_and_is_tried_every_six_hours_at_least() {
        for code in ["mail_unavailable", "mail_folder", "mail_not_configured"] {
            let all = waits(Setback::later(code));
            let sum: TimeDelta = all.iter().sum();
            assert!(sum >= TimeDelta::days(5) && sum <= TimeDelta::days(7), "{code}: {sum}");
            assert!(all.iter().all(|wait| *wait <= TimeDelta::minutes(6 * 60 + 91)), "{code}: {all:?}");
        }
        assert!(waits(Setback::later("failed")).iter().sum::<TimeDelta>() < TimeDelta::hours(6), "what is broken is seen the same day");
    }

    #[test]
    fn a_chore_is_never_given_up() {
        for setback in [Setback::later("failed"), Setback::never("refused")] {
            for tries in [0, 9, 40, i32::MAX] {
                let wait = setback.wait_always(tries);
                assert!(wait >= TimeDelta::seconds(30) && wait <= TimeDelta::minutes(6 * 60 + 91), "{tries}: {wait}");
            }
        }
    }

    #[test]
    fn waits_grow_up_to_six_hours_and_end_after_ten_tries() {
        let setback = Setback::later("busy");
        for (tries, least) in [(0, 30), (1, 60), (2, 120), (3, 240), (7, 3840), (8, 7680)] {
            let wait = setback.wait(tries).unwrap().num_seconds();
            assert!(wait >= least && wait <= least + least / 4 + 1, "{tries}: {wait}");
        }
        assert!(setback.wait(9).is_none());
        assert!(Setback::never("mail_refused").wait(0).is_none());
    }
}
