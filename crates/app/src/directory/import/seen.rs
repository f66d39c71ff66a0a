//! Which records of one kind a feed holds, small enough for whole countries: eight bytes a record.

use std::collections::{BTreeSet, HashMap};

use relais_domain::directory::{RecordKind, SourceKey};
use relais_persistence::directory::read::FeedKey;
use serde_json::Value;

/// The bytes of a record's key and whether it is good, as they are kept.
const KEPT: usize = 9;

/// Which records of one kind a feed holds.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// A hash of source and id: the good ones true, the bad ones false.
    records: HashMap<u64, bool>,
    /// What came since it was last kept.
    fresh: Vec<(u64, bool)>,
    /// The sources of the good ones.
    pub sources: BTreeSet<SourceKey>,
    /// There was a record without an id that can be read.
    pub nameless: bool,
}

fn key(source: &str, id: &str) -> u64 {
    let hash = crate::fingerprint(&[source.as_bytes(), b"\n", id.as_bytes()]);
    // Eleven digits of six bits: what is beyond 64 bits falls off at the top.
    let digits = hash.bytes().take(11).map(|digit| match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'-' => 62,
        _ => 63,
    });
    digits.fold(0, |number, digit| (number << 6) | u64::from(digit))
}

impl Seen {
    fn note(&mut self, key: u64, good: bool) {
        self.records.insert(key, good);
        self.fresh.push((key, good));
    }

    /// Whether the feed has a record, good or bad.
    pub(super) fn holds(&self, source: Option<&str>, id: Option<&str>) -> bool {
        source.zip(id).is_some_and(|(source, id)| self.records.contains_key(&key(source, id)))
    }

    /// Whether the feed has a good record.
    pub(super) fn has_good(&self, (source, id): &FeedKey) -> bool {
        self.records.get(&key(source.as_str(), id.as_str())) == Some(&true)
    }

    /// Notes that a record is there, whatever it is worth.
    pub(super) fn has(&mut self, record: &Value) {
        let text = |name: &str| record.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
        match text("source").zip(text("id")) {
            None => self.nameless = true,
            Some((source, id)) => {
                let key = key(source, id);
                if !self.records.contains_key(&key) {
                    self.note(key, false);
                }
            }
        }
    }

    /// Notes a good record; false when there was one before.
    pub(super) fn takes(&mut self, (source, id): &FeedKey) -> bool {
        if !self.sources.contains(source) {
            self.sources.insert(source.clone());
        }
        let key = key(source.as_str(), id.as_str());
        let first = self.records.get(&key) != Some(&true);
        if first {
            self.note(key, true);
        }
        first
    }

    /// What came since it was last asked, as bytes.
    pub(super) fn fresh(&mut self) -> Vec<u8> {
        let fresh = std::mem::take(&mut self.fresh);
        fresh.into_iter().flat_map(|(key, good)| key.to_be_bytes().into_iter().chain([u8::from(good)])).collect()
    }

    /// Takes back what was kept.
    pub(super) fn recalls(&mut self, kept: &[u8]) {
        for record in kept.chunks_exact(KEPT) {
            if let Some((good, key)) = record.split_last() {
                let key = key.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte));
                self.records.insert(key, *good == 1);
            }
        }
    }
}

/// What a feed holds, of both kinds.
#[derive(Debug, Default)]
pub(super) struct SeenOfBoth {
    pub structures: Seen,
    pub services: Seen,
}

impl SeenOfBoth {
    pub(super) const fn of(&mut self, kind: RecordKind) -> &mut Seen {
        match kind {
            RecordKind::Structure => &mut self.structures,
            RecordKind::Service => &mut self.services,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_kept_is_recalled() {
        let of = |id: &str| -> FeedKey { ("dora".parse().unwrap(), id.parse().unwrap()) };
        let mut seen = Seen::default();
        seen.has(&json!({"source": " dora ", "id": "a"}));
        assert!(!seen.nameless && !seen.has_good(&of("a")) && seen.holds(Some("dora"), Some("a")));
        assert!(seen.takes(&of("a")) && !seen.takes(&of("a")));
        seen.has(&json!({"source": "dora", "id": "b"}));
        let kept = seen.fresh();
        assert_eq!((kept.len() % KEPT, seen.fresh().len()), (0, 0));
        let mut again = Seen::default();
        again.recalls(&kept);
        assert!(again.has_good(&of("a")) && !again.has_good(&of("b")) && again.holds(Some("dora"), Some("b")));
        assert!(!again.holds(Some("dora"), Some("c")));
        again.has(&json!({"source": "dora"}));
        assert!(again.nameless);
    }
}
