//! Removing what has had its time, and emptying a sandbox.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, QueryFilter as _};

use crate::db::{Failure, Tx};
use crate::identity::entity::{account_token, session};

/// Forgets sessions and one-time keys that ended before `before` (real time).
///
/// # Errors
/// As any write.
pub async fn forget_ended_sign_ins(tx: &Tx, before: DateTime<Utc>) -> Result<u64, Failure> {
    let sessions = session::Entity::delete_many().filter(session::Column::ExpiresAt.lt(before)).exec(tx.conn()).await?;
    let tokens = account_token::Entity::delete_many().filter(account_token::Column::ExpiresAt.lt(before)).exec(tx.conn()).await?;
    Ok(sessions.rows_affected + tokens.rows_affected)
}

/// Every table with content, children before parents. The installation's row, its keys and the schema's own table stay.
const CONTENT: &[&str] = &[
    "access_entry",
    "mutation_value",
    "mutation_entry",
    "event",
    "sandbox_mail",
    "task",
    "notice",
    "message",
    "access_link",
    "reading_mark",
    "referral_filing",
    "referral_assignment",
    "consent",
    "referral",
    "person",
    "need",
    "bookmark",
    "saved_search",
    "service_report",
    "contact_reading",
    "search_document",
    "service",
    "account_token",
    "invitation",
    "session",
    "service_account",
    "role_assignment",
    "role",
    "membership_unit",
    "membership",
    "unit",
    "app_user",
    "organisation",
    "budget",
    "job",
    "idempotency",
];

/// Empties the database but for its keys, and sets business time back to real time. For sandboxes only.
///
/// # Errors
/// As any write.
pub async fn empty(tx: &Tx) -> Result<(), Failure> {
    for table in CONTENT {
        tx.conn().execute_unprepared(&format!("DELETE FROM {table}")).await?;
    }
    tx.conn().execute_unprepared("UPDATE sequence_state SET last_position = 0, last_seal = ''").await?;
    tx.conn().execute_unprepared("UPDATE instance SET offset_micros = 0, seeded_at = NULL, demo = NULL").await?;
    Ok(())
}
