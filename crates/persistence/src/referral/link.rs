//! Access links: stored as hashes, used under the clock.

use relais_domain::shared::ids::ReferralId;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};

use super::entity::access_link::{Column, Entity, Model};
use super::entity::referral;
use crate::db::{Failure, Tx};
use crate::identity::entity::organisation;

/// The receiver of a leg, when a key to the leg opens anything: the leg was told and is open, and its receiver was not shut out.
pub(crate) async fn receiver_with_key(conn: &impl ConnectionTrait, id: ReferralId) -> Result<Option<organisation::Model>, Failure> {
    let leg = referral::Entity::find_by_id(id).one(conn).await?.filter(|leg| leg.told_at.is_some() && leg.state.is_open());
    let Some(receiver) = leg.and_then(|leg| leg.receiver_organisation_id) else { return Ok(None) };
    let receiver = organisation::Entity::find_by_id(receiver).one(conn).await?;
    Ok(receiver.filter(|receiver| !receiver.state.is_gone()))
}

/// Whether a key to a leg would open anything now.
///
/// # Errors
/// As any read.
pub async fn takes_keys(tx: &Tx, id: ReferralId) -> Result<bool, Failure> {
    Ok(receiver_with_key(tx.conn(), id).await?.is_some())
}

/// Finds the link behind a token's hash, alive now, and counts the use. None when there is none, when its leg has ended, or when
/// its receiver was shut out.
///
/// # Errors
/// As any write.
pub async fn use_link(tx: &mut Tx, token_hash: &str) -> Result<Option<Model>, Failure> {
    let now = tx.ctx().now;
    let found = Entity::find().filter(Column::TokenHash.eq(token_hash)).one(tx.conn()).await?;
    let Some(link) = found.filter(|link| link.revoked_at.is_none() && link.expires_at > now) else { return Ok(None) };
    if !takes_keys(tx, link.referral_id).await? {
        return Ok(None);
    }
    Entity::update_many()
        .col_expr(Column::UsedAt, Expr::val(now))
        .col_expr(Column::Uses, Expr::col(Column::Uses).add(1))
        .filter(Column::Id.eq(link.id))
        .exec(tx.conn())
        .await?;
    tx.event("access_link_used", "referral", link.referral_id.0, None);
    Ok(Some(link))
}
