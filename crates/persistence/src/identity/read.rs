//! Questions about accounts, organisations and what hangs on them.

mod joining;
mod member;
mod organisation;

use chrono::{DateTime, Utc};
use relais_domain::shared::ids::UserId;
use sea_orm::{ColumnTrait, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use uuid::Uuid;

use super::entity::{account_token, app_user, service_account, session};
use super::{AccountToken, ServiceAccount, Session, User};
use crate::db::{Db, Failure};

pub use joining::{join_request, join_requests, join_requests_of};
pub use member::{MemberFilter, is_reached, member, members};
pub use organisation::{
    OrganisationFilter, invitation, invitation_by_id, invitations, organisation, organisations, role, roles, service_account,
    service_accounts, unit, units,
};

/// Where a page begins: the instant and id of the last row of the page before.
pub type Place = Option<(DateTime<Utc>, Uuid)>;

/// The user with an e-mail address, in its folded form.
///
/// # Errors
/// As any read.
pub async fn user_by_email(db: &Db, folded: &str) -> Result<Option<User>, Failure> {
    Ok(app_user::Entity::find().filter(app_user::Column::EmailKey.eq(folded)).one(db.reader()).await?)
}

/// The partner platform's account with a client id.
///
/// # Errors
/// As any read.
pub async fn service_account_by_client(db: &Db, client_id: &str) -> Result<Option<ServiceAccount>, Failure> {
    Ok(service_account::Entity::find().filter(service_account::Column::ClientId.eq(client_id)).one(db.reader()).await?)
}

/// The mailed token behind a hash.
///
/// # Errors
/// As any read.
pub async fn account_token(db: &Db, hash: &str) -> Result<Option<AccountToken>, Failure> {
    Ok(account_token::Entity::find().filter(account_token::Column::TokenHash.eq(hash)).one(db.reader()).await?)
}

/// The live sessions of a user, the oldest first. Session time is real.
///
/// # Errors
/// As any read.
pub async fn sessions(db: &Db, user: UserId, real_now: DateTime<Utc>, after: Place, most: u64) -> Result<Vec<Session>, Failure> {
    let query = session::Entity::find()
        .filter(session::Column::UserId.eq(user))
        .filter(session::Column::RevokedAt.is_null())
        .filter(session::Column::ExpiresAt.gt(real_now))
        .order_by_asc(session::Column::CreatedAt)
        .order_by_asc(session::Column::Id)
        .limit(most);
    let query = match after {
        None => query,
        Some((at, id)) => query.filter(later(session::Column::CreatedAt, session::Column::Id, at, id)),
    };
    Ok(query.all(db.reader()).await?)
}

/// The rows that follow a place in the order of `(created_at, id)`.
pub(crate) fn later<C: ColumnTrait>(created_at: C, own: C, at: DateTime<Utc>, id: Uuid) -> Condition {
    Condition::any().add(created_at.gt(at)).add(Condition::all().add(created_at.eq(at)).add(own.gt(id)))
}
