//! What was measured, as one JSON line.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

/// Times of one connection, or of all of them together.
#[derive(Clone, Debug, Default)]
pub struct Timing {
    micros: Vec<u64>,
    /// Bytes of all answers together, or of all files that were sent.
    pub bytes: usize,
    /// What went wrong, and how often.
    pub errors: BTreeMap<String, u64>,
}

impl Timing {
    /// One more.
    pub fn add(&mut self, took: Duration) {
        self.micros.push(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    }

    /// One that went wrong.
    pub fn wrong(&mut self, why: String) {
        *self.errors.entry(why).or_default() += 1;
    }

    /// Those of another connection.
    pub fn join(&mut self, other: Self) {
        self.micros.extend(other.micros);
        self.bytes += other.bytes;
        for (why, times) in other.errors {
            *self.errors.entry(why).or_default() += times;
        }
    }

    fn at(&self, share: f64) -> f64 {
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank in a list")]
        let rank = (self.micros.len() as f64 * share) as usize;
        let micros = self.micros.get(rank).or(self.micros.last()).copied().unwrap_or(0);
        millis(micros)
    }

    /// The JSON line.
    pub fn line(mut self, kind: &str, op: &str, took: Duration) -> Value {
        self.micros.sort_unstable();
        #[expect(clippy::cast_precision_loss, reason = "a count of requests")]
        let per_second = self.micros.len() as f64 / took.as_secs_f64().max(0.001);
        json!({
            "kind": kind, "op": op, "requests": self.micros.len(), "per_second": per_second, "p50_ms": self.at(0.5), "p99_ms": self.at(0.99),
            "max_ms": self.micros.last().copied().map(millis), "errors": self.errors, "bytes": self.bytes / self.micros.len().max(1),
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn millis(micros: u64) -> f64 {
    micros as f64 / 1000.0
}

/// The line with one more field, or another value in it.
pub fn with(mut line: Value, name: &str, value: impl Into<Value>) -> Value {
    if let Some(fields) = line.as_object_mut() {
        fields.insert(name.to_owned(), value.into());
    }
    line
}

/// Prints a measurement with the labels that the script gave it.
pub fn print(mut line: Value, labels: &[String]) {
    for label in labels {
        if let Some((name, value)) = label.split_once('=') {
            line = with(line, name, value);
        }
    }
    println!("{line}");
}
