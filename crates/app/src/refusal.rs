//! Why a use case did not happen, as every door tells it.
//!
//! Which to use where: what the caller cannot see is `NotFound`; what it sees but may not do is `Forbidden` (a
//! permission) or a blocker of kind `permission`; what the state forbids is a blocker; a stale version is `Stale`; bad
//! content is a blocker of kind `content`. `Failed` is ours alone: it is logged, and its text never leaves the process.

use relais_adapters::blobs::BlobError;
use relais_domain::access::Permission;
use relais_domain::shared::{Blocked, Blocker};
use relais_persistence::Failure;

/// Why a use case did not happen.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// The row does not exist for this caller (404).
    #[error("not found")]
    NotFound,
    /// The same for things that have a code of their own (404). Carries the code.
    #[error("missing: {0}")]
    Missing(&'static str),
    /// Nobody is signed in, or the token is not good (401). Carries the code.
    #[error("unauthenticated: {0}")]
    Unauthenticated(&'static str),
    /// A permission is missing (403).
    #[error("the permission {0} is missing")]
    Forbidden(Permission),
    /// The caller may not act here for another reason (403). Carries the code.
    #[error("forbidden: {0}")]
    Barred(&'static str),
    /// The request cannot be understood (400). Carries the code.
    #[error("bad request: {0}")]
    BadRequest(&'static str),
    /// Guards forbid the act (403, 409 or 422 by the first kind present). `allowed` names the acts now possible.
    #[error("blocked")]
    Blocked {
        /// Every reason.
        blockers: Vec<Blocker>,
        /// The acts that the caller could do instead.
        allowed: Vec<&'static str>,
    },
    /// The caller's version is not the current one (412).
    #[error("stale")]
    Stale {
        /// The current version.
        version: i32,
    },
    /// The precondition that this method needs is missing (428).
    #[error("precondition required")]
    PreconditionRequired,
    /// Something stands against it (409). Carries the code.
    #[error("conflict: {0}")]
    Conflict(&'static str),
    /// Too many tries (429).
    #[error("too many requests")]
    TooMany {
        /// Seconds to wait.
        retry_after: i64,
    },
    /// The database is busy (503).
    #[error("busy")]
    Busy,
    /// The store of files cannot be reached (503).
    #[error("the store is away")]
    StoreAway,
    /// The search index is being built (503).
    #[error("search is warming up")]
    Warming,
    /// Two transactions waited for each other; [`crate::effect`] runs the whole once more.
    #[error("deadlock")]
    Deadlock,
    /// Something broke (500). For the log only.
    #[error("failed: {0}")]
    Failed(String),
}

impl Refusal {
    /// One content blocker (422).
    pub fn invalid(code: &'static str, pointer: impl Into<String>) -> Self {
        Self::Blocked { blockers: vec![Blocker::content(code).at(pointer)], allowed: vec![] }
    }

    /// A reference in a body to something that the caller cannot see, in the words of one that does not exist (422).
    pub fn unknown_reference(pointer: impl Into<String>) -> Self {
        Self::invalid("unknown_reference", pointer)
    }

    /// Adds the acts that are possible now to a refusal by state.
    #[must_use]
    pub fn naming(self, acts: Vec<&'static str>) -> Self {
        match self {
            Self::Blocked { blockers, .. } => Self::Blocked { blockers, allowed: acts },
            other => other,
        }
    }

    /// The same for those who try a batch again by what the database said.
    pub(crate) fn into_failure(self) -> Failure {
        match self {
            Self::Conflict("changed_meanwhile") => Failure::Stale,
            Self::NotFound => Failure::Missing,
            Self::Busy => Failure::Busy,
            Self::Deadlock => Failure::Deadlock,
            other => Failure::Failed(other.to_string()),
        }
    }
}

impl From<Blocked> for Refusal {
    fn from(blocked: Blocked) -> Self {
        Self::Blocked { blockers: blocked.0, allowed: vec![] }
    }
}

/// Whether a key is a table's own id: `referral_pkey` on PostgreSQL, `referral.id` on SQLite.
fn is_primary(key: &str) -> bool {
    key.contains("_pkey") || key.rsplit('.').next().is_some_and(|column| column == "id")
}

impl From<BlobError> for Refusal {
    fn from(error: BlobError) -> Self {
        tracing::warn!(%error, "the store of files");
        Self::StoreAway
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Missing => Self::NotFound,
            Failure::Stale => Self::Conflict("changed_meanwhile"),
            Failure::Conflict(key) if is_primary(&key) => Self::Conflict("id_taken"),
            Failure::Conflict(constraint) => Self::Failed(format!("unexpected conflict: {constraint}")),
            Failure::Busy => Self::Busy,
            Failure::Deadlock => Self::Deadlock,
            Failure::Failed(text) => Self::Failed(text),
        }
    }
}
