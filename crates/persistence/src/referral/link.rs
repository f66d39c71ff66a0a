//! Access links: stored as hashes, used under the clock.

use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::entity::access_link::{Column, Entity, Model};
use crate::db::{Failure, Tx};

/// Finds the link behind a token's hash, alive now, and counts the use. None when there is none.
///
/// # Errors
/// As any write.
pub async fn use_link(tx: &mut Tx, token_hash: &str) -> Result<Option<Model>, Failure> {
    let now = tx.ctx().now;
    let found = Entity::find().filter(Column::TokenHash.eq(token_hash)).one(tx.conn()).await?;
    let Some(link) = found.filter(|link| link.revoked_at.is_none() && link.expires_at > now) else { return Ok(None) };
    Entity::update_many()
        .col_expr(Column::UsedAt, Expr::val(now))
        .col_expr(Column::Uses, Expr::col(Column::Uses).add(1))
        .filter(Column::Id.eq(link.id))
        .exec(tx.conn())
        .await?;
    tx.event("access_link_used", "referral", link.referral_id.0, None);
    Ok(Some(link))
}
