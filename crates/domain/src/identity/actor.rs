//! The actor of a change, as the journals name it.

use uuid::Uuid;

use crate::shared::ids::{AccessLinkId, ServiceAccountId, UserId};

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    /// A person who signed in.
    User(UserId),
    /// A partner platform.
    ServiceAccount(ServiceAccountId),
    /// The holder of an access link that went out by mail.
    Link(AccessLinkId),
    /// A due time that came: reminders, expiry.
    Clock,
    /// The command line of the operator of this installation.
    CommandLine,
    /// Nobody signed in.
    Nobody,
}

impl Actor {
    /// The stable code of the kind of actor.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::ServiceAccount(_) => "service_account",
            Self::Link(_) => "access_link",
            Self::Clock => "clock",
            Self::CommandLine => "command_line",
            Self::Nobody => "nobody",
        }
    }

    /// The id of the account behind the actor, where there is one.
    pub const fn id(&self) -> Option<Uuid> {
        match self {
            Self::User(id) => Some(id.0),
            Self::ServiceAccount(id) => Some(id.0),
            Self::Link(id) => Some(id.0),
            Self::Clock | Self::CommandLine | Self::Nobody => None,
        }
    }

    /// The user, when the actor is one.
    pub const fn user(&self) -> Option<UserId> {
        match self {
            Self::User(id) => Some(*id),
            _ => None,
        }
    }
}
