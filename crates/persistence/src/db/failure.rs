//! What can go wrong in the database, as the floors above see it.

use sea_orm::{DbErr, RuntimeErr};

/// A database failure. The text of `Failed` is for logs, never for a client.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The row does not exist, or the policy hides it.
    #[error("no such row")]
    Missing,
    /// The row was changed since it was read.
    #[error("the row was changed meanwhile")]
    Stale,
    /// A unique or foreign key stands against the write. Carries the constraint's or column's name.
    #[error("conflict with {0}")]
    Conflict(String),
    /// No connection or lock in time; trying again may help.
    #[error("the database is busy")]
    Busy,
    /// Two transactions waited for each other, or the snapshot was too old; the whole transaction may be run again.
    #[error("deadlock")]
    Deadlock,
    /// Anything else.
    #[error("database failure: {0}")]
    Failed(String),
}

impl From<DbErr> for Failure {
    fn from(error: DbErr) -> Self {
        match &error {
            DbErr::RecordNotFound(_) => Self::Missing,
            DbErr::ConnectionAcquire(_) => Self::Busy,
            DbErr::Exec(RuntimeErr::SqlxError(cause))
            | DbErr::Query(RuntimeErr::SqlxError(cause))
            | DbErr::Conn(RuntimeErr::SqlxError(cause)) => from_sqlx(cause),
            _ => Self::Failed(error.to_string()),
        }
    }
}

pub(super) fn from_sqlx(error: &sqlx::Error) -> Failure {
    match error {
        sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed => Failure::Busy,
        sqlx::Error::Database(database) => {
            let code = database.code().unwrap_or_default().into_owned();
            match code.as_str() {
                // PostgreSQL: deadlock, serialization failure, lock timeout.
                "40P01" | "40001" => Failure::Deadlock,
                // PostgreSQL: no lock, cancelled, too many connections, shutting down; SQLite: BUSY, its extended forms, LOCKED.
                "55P03" | "57014" | "53300" | "57P01" | "57P02" | "57P03" | "5" | "261" | "517" | "6" => Failure::Busy,
                _ if database.is_unique_violation() || database.is_foreign_key_violation() => {
                    Failure::Conflict(database.constraint().map_or_else(|| database.message().to_owned(), ToOwned::to_owned))
                }
                _ => Failure::Failed(format!("{code}: {}", database.message())),
            }
        }
        other => Failure::Failed(other.to_string()),
    }
}
