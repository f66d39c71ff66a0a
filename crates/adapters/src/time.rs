//! The two clocks: real time for security, business time for everything else.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, TimeDelta, Utc};

/// Business time is real time plus an offset. The offset lives in the database, so that every node agrees; this is the
/// copy that this process last read. Outside the sandbox it is always zero.
#[derive(Debug, Default)]
pub struct Clock {
    offset_micros: AtomicI64,
}

impl Clock {
    /// Real time in UTC, cut to microseconds, because that is what PostgreSQL keeps.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the machine's clock")]
    pub fn real_now(&self) -> DateTime<Utc> {
        let micros = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_micros();
        DateTime::from_timestamp_micros(i64::try_from(micros).unwrap_or(i64::MAX)).unwrap_or(DateTime::UNIX_EPOCH)
    }

    /// Business time: reminders, expiry, retention and "today" follow it.
    pub fn now(&self) -> DateTime<Utc> {
        self.real_now() + self.offset()
    }

    /// How far business time runs ahead of real time.
    pub fn offset(&self) -> TimeDelta {
        TimeDelta::microseconds(self.offset_micros.load(Ordering::Relaxed))
    }

    /// Takes over the offset that the database holds.
    pub fn set_offset(&self, offset: TimeDelta) {
        self.offset_micros.store(offset.num_microseconds().unwrap_or(0), Ordering::Relaxed);
    }
}
