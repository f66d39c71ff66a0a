//! Sessions read within the last second of real time, so that a burst of requests reads its rights once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use relais_domain::shared::ids::{OrganisationId, SessionId};

use super::standing::Known;

type Key = (SessionId, Option<OrganisationId>);

/// The longest that a removed right, session or user still works.
const FRESH: Duration = Duration::from_millis(900);
const MOST: usize = 4096;

/// What is known of the sessions of the last second.
#[derive(Debug, Default)]
pub struct SessionCache {
    known: Mutex<HashMap<Key, (Instant, Arc<Known>)>>,
}

impl SessionCache {
    pub(super) fn get(&self, key: &Key) -> Option<Arc<Known>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(key).filter(|(read, _)| read.elapsed() < FRESH).map(|(_, known)| Arc::clone(known))
    }

    /// Keeps what was read from `begun` on: its age counts from before the first query.
    pub(super) fn put(&self, key: Key, begun: Instant, value: Arc<Known>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.retain(|_, (read, _)| read.elapsed() < FRESH);
            if known.len() >= MOST {
                known.clear();
            }
        }
        known.insert(key, (begun, value));
    }

    /// Forgets a session that has just ended on this node.
    pub(super) fn forget(&self, session: SessionId) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).retain(|(known, _), _| *known != session);
    }

    /// Forgets everything: rights changed on this node.
    pub(crate) fn clear(&self) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
