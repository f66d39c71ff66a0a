//! Removing what has had its time, and emptying a sandbox.

use chrono::{DateTime, Utc};
use relais_domain::identity::AccountState;
use relais_domain::shared::ids::UserId;
use sea_orm::{ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _, QueryTrait as _};

use crate::db::{Failure, Tx};
use crate::identity::entity::{account_token, app_user, session};

/// Forgets sessions and one-time keys that ended before `before` (real time).
///
/// # Errors
/// As any write.
pub async fn forget_ended_sign_ins(tx: &Tx, before: DateTime<Utc>) -> Result<u64, Failure> {
    let sessions = session::Entity::delete_many().filter(session::Column::ExpiresAt.lt(before)).exec(tx.conn()).await?;
    let tokens = account_token::Entity::delete_many().filter(account_token::Column::ExpiresAt.lt(before)).exec(tx.conn()).await?;
    Ok(sessions.rows_affected + tokens.rows_affected)
}

/// Forgets accounts that were never confirmed and whose last mailed key is forgotten too. Says whose.
///
/// # Errors
/// As any write.
pub async fn forget_unconfirmed(tx: &Tx) -> Result<Vec<UserId>, Failure> {
    let with_key = account_token::Entity::find().select_only().column(account_token::Column::UserId).into_query();
    let unconfirmed = app_user::Column::State.eq(AccountState::Unconfirmed.code());
    let gone: Vec<UserId> = app_user::Entity::find()
        .select_only()
        .column(app_user::Column::Id)
        .filter(unconfirmed)
        .filter(app_user::Column::Id.not_in_subquery(with_key))
        .limit(MOST_FORGOTTEN)
        .into_tuple()
        .all(tx.conn())
        .await?;
    app_user::Entity::delete_many().filter(app_user::Column::Id.is_in(gone.iter().copied())).exec(tx.conn()).await?;
    Ok(gone)
}

/// How many accounts one pass forgets; the rest waits for the next day.
const MOST_FORGOTTEN: u64 = 5_000;

/// Every table with content, children before parents. The installation's row, its keys, the places and the schema's
/// own table stay.
const CONTENT: &[&str] = &[
    "export_part",
    "export",
    "access_entry",
    "mutation_value",
    "mutation_entry",
    "event",
    "sandbox_mail",
    "digest_entry",
    "task",
    "notice",
    "message",
    "access_link",
    "reading_mark",
    "saved_view",
    "retrieval",
    "booklet_entry",
    "booklet",
    "booklet_series",
    "booklet_counter",
    "referral_filing",
    "referral_assignment",
    "referral_document",
    "service_form",
    "document",
    "disclosure",
    "identity_link",
    "consent",
    "referral",
    "person",
    "need",
    "import_part",
    "import_run",
    "contact_reading",
    "service_report",
    "saved_search",
    "bookmark",
    "search_document",
    "service",
    "account_token",
    "join_request",
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
    // Whoever follows the event log goes on from its place: places of events are never given twice.
    let journals = "UPDATE sequence_state SET last_position = 0, last_seal = '' WHERE name <> 'event'";
    tx.conn().execute_unprepared(journals).await?;
    tx.conn().execute_unprepared("UPDATE instance SET offset_micros = 0, seeded_at = NULL, demo = NULL").await?;
    Ok(())
}
