//! Writes of the identity room that are more than one row saved: locks, one-time uses, revocations.

mod joining;
mod membership;

use relais_domain::shared::ids::{OrganisationId, SessionId, UserId};
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use uuid::Uuid;

use super::entity::{account_token, app_user, organisation, service_account, session};
use super::{AccountToken, Organisation, ServiceAccount, Session, User};
use crate::db::{Failure, Tx};

pub use joining::{count_pending, has_members, height, lineage, lock_join_request, lock_pending_request, organisation_in, with_identifier};
pub use membership::{
    assignments_of, held_everywhere, lock_invitation, lock_membership, lock_membership_of, lock_role, lock_unit, open_invitations,
    roles_in, set_units, units_in, units_of, user_with_email,
};

/// Locks a session and reads it.
///
/// # Errors
/// As any read.
pub async fn lock_session(tx: &Tx, id: SessionId) -> Result<Option<Session>, Failure> {
    Ok(session::Entity::find_by_id(id).lock(LockType::Update).one(tx.conn()).await?)
}

/// Locks a user and reads it.
///
/// # Errors
/// As any read.
pub async fn lock_user(tx: &Tx, id: UserId) -> Result<Option<User>, Failure> {
    Ok(app_user::Entity::find_by_id(id).lock(LockType::Update).one(tx.conn()).await?)
}

/// A user as this transaction sees it.
///
/// # Errors
/// As any read.
pub async fn user_in(tx: &Tx, id: UserId) -> Result<Option<User>, Failure> {
    Ok(app_user::Entity::find_by_id(id).one(tx.conn()).await?)
}

/// Locks an organisation: changes of who administers it go one after the other. Rows that refer to it may come meanwhile, so that who
/// holds a leg and tells the organisation of it is not waited for in a circle.
///
/// # Errors
/// As any read.
pub async fn lock_organisation(tx: &Tx, id: OrganisationId) -> Result<Option<Organisation>, Failure> {
    Ok(organisation::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx.conn()).await?)
}

/// An organisation that stays as it is until this transaction ends: whoever verifies it or shuts it out waits.
///
/// # Errors
/// As any read.
pub async fn hold_organisation(tx: &Tx, id: OrganisationId) -> Result<Option<Organisation>, Failure> {
    Ok(organisation::Entity::find_by_id(id).lock(LockType::Share).one(tx.conn()).await?)
}

/// Locks a partner platform's account of an organisation.
///
/// # Errors
/// As any read.
pub async fn lock_service_account(tx: &Tx, organisation: OrganisationId, id: Uuid) -> Result<Option<ServiceAccount>, Failure> {
    let query = service_account::Entity::find().filter(service_account::Column::Id.eq(id));
    Ok(query.filter(service_account::Column::OrganisationId.eq(organisation)).lock(LockType::Update).one(tx.conn()).await?)
}

/// Takes a step of the one-time codes, once. False when this step or a later one was taken before.
///
/// The user's row does not move: the step is nothing that its readers share.
///
/// # Errors
/// As any write.
pub async fn take_totp_step(tx: &Tx, user: UserId, step: i64) -> Result<bool, Failure> {
    let earlier = Condition::any().add(app_user::Column::TotpLastStep.is_null()).add(app_user::Column::TotpLastStep.lt(step));
    let done = app_user::Entity::update_many()
        .col_expr(app_user::Column::TotpLastStep, Expr::val(step))
        .filter(app_user::Column::Id.eq(user))
        .filter(earlier)
        .exec(tx.conn())
        .await?;
    Ok(done.rows_affected == 1)
}

/// The one-time token behind a hash, locked.
///
/// # Errors
/// As any read.
pub async fn account_token_in(tx: &Tx, hash: &str) -> Result<Option<AccountToken>, Failure> {
    let query = account_token::Entity::find().filter(account_token::Column::TokenHash.eq(hash));
    Ok(query.lock(LockType::Update).one(tx.conn()).await?)
}

/// Uses a mailed token, once. False when it was used before.
///
/// # Errors
/// As any write.
pub async fn use_account_token(tx: &Tx, id: Uuid) -> Result<bool, Failure> {
    let done = account_token::Entity::update_many()
        .col_expr(account_token::Column::UsedAt, Expr::val(tx.ctx().real_now))
        .filter(account_token::Column::Id.eq(id))
        .filter(account_token::Column::UsedAt.is_null())
        .exec(tx.conn())
        .await?;
    Ok(done.rows_affected == 1)
}

/// Uses up every token of a user for a purpose: none of the mails that went out before opens anything any more.
///
/// # Errors
/// As any write.
pub async fn use_account_tokens(tx: &Tx, user: UserId, purpose: &str) -> Result<(), Failure> {
    account_token::Entity::update_many()
        .col_expr(account_token::Column::UsedAt, Expr::val(tx.ctx().real_now))
        .filter(account_token::Column::UserId.eq(user))
        .filter(account_token::Column::Purpose.eq(purpose))
        .filter(account_token::Column::UsedAt.is_null())
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Whose sessions to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionsOf {
    /// A user's, but for the one that may stay.
    User(UserId, Option<SessionId>),
    /// A partner platform's.
    ServiceAccount(Uuid),
}

/// Ends sessions, each with its journal entry. Returns which.
///
/// # Errors
/// As any write.
pub async fn revoke_sessions(tx: &mut Tx, whose: SessionsOf, because: &str) -> Result<Vec<SessionId>, Failure> {
    let query = session::Entity::find().filter(session::Column::RevokedAt.is_null());
    let query = match whose {
        SessionsOf::User(user, kept) => {
            let query = query.filter(session::Column::UserId.eq(user));
            if let Some(kept) = kept { query.filter(session::Column::Id.ne(kept)) } else { query }
        }
        SessionsOf::ServiceAccount(account) => query.filter(session::Column::ServiceAccountId.eq(account)),
    };
    let live = query.filter(session::Column::ExpiresAt.gt(tx.ctx().real_now)).lock(LockType::Update).all(tx.conn()).await?;
    let mut ended = Vec::with_capacity(live.len());
    for session in live {
        ended.push(session.id);
        revoke_session(tx, session, because).await?;
    }
    Ok(ended)
}

/// Ends one session.
///
/// # Errors
/// As any write.
pub async fn revoke_session(tx: &mut Tx, session: Session, because: &str) -> Result<(), Failure> {
    let after = Session { revoked_at: Some(tx.ctx().real_now), revoked_because: Some(because.to_owned()), ..session.clone() };
    tx.save_because::<session::Entity>(&session, after, "revoke", Some(because)).await
}
