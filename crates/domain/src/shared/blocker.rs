//! Why an act is refused. A guard lists every blocker at once; the first kind present decides the answer's status.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

crate::choice! {
    /// The kinds of blocker, in the order in which they decide the status: 403, 409, 422.
    pub enum BlockerKind {
        /// The caller may not do this at all (403).
        Permission = "permission",
        /// The record's state forbids it now (409).
        State = "state",
        /// The content of the command or of the record is not acceptable (422).
        Content = "content",
    }
}

/// One reason why an act is refused.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Blocker {
    /// Which kind of reason: `permission` answers 403 when the act is tried, `state` 409, `content` 422.
    pub kind: BlockerKind,
    /// The stable code; `GET /errors/{code}` explains it.
    #[schema(example = "permission_missing")]
    pub code: &'static str,
    /// JSON pointer into the command's body or the record; null where no one place is at fault.
    #[schema(example = json!(null))]
    pub pointer: Option<String>,
    /// What a client needs to word its own sentence. Never another person's data.
    #[schema(value_type = Object)]
    pub params: Map<String, Value>,
}

impl Blocker {
    fn new(kind: BlockerKind, code: &'static str) -> Self {
        Self { kind, code, pointer: None, params: Map::new() }
    }

    /// The caller lacks a permission (403).
    pub fn permission(code: &'static str) -> Self {
        Self::new(BlockerKind::Permission, code)
    }

    /// The state forbids the act (409).
    pub fn state(code: &'static str) -> Self {
        Self::new(BlockerKind::State, code)
    }

    /// The content is refused (422).
    pub fn content(code: &'static str) -> Self {
        Self::new(BlockerKind::Content, code)
    }

    /// Names the place in the body.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }

    /// Adds a parameter.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.params.insert(name.to_owned(), value.into());
        self
    }
}

/// A list of blockers that refused a command. Never empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Blocked(pub Vec<Blocker>);

impl Blocked {
    /// `Ok` when nothing blocks.
    ///
    /// # Errors
    /// All the blockers, when there are any.
    pub fn unless_empty(blockers: Vec<Blocker>) -> Result<(), Self> {
        if blockers.is_empty() { Ok(()) } else { Err(Self(blockers)) }
    }

    /// The kind that decides the status.
    pub fn kind(&self) -> BlockerKind {
        self.0.iter().map(|blocker| blocker.kind).min().unwrap_or(BlockerKind::Content)
    }
}

impl From<Blocker> for Blocked {
    fn from(blocker: Blocker) -> Self {
        Self(vec![blocker])
    }
}
