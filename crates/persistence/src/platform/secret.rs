//! Keys of the installation. What is stored is sealed with the master key; this module never sees a plain one.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _, QueryOrder as _};

pub use super::entity::secret::Model as Secret;
use super::entity::secret::{Column, Entity};
use crate::db::{Db, Failure, Tx};

/// All secrets for one purpose, newest first.
///
/// # Errors
/// As any read.
pub async fn of_purpose(db: &Db, purpose: &str) -> Result<Vec<Secret>, Failure> {
    Ok(Entity::find().filter(Column::Purpose.eq(purpose)).order_by_desc(Column::CreatedAt).all(db.reader()).await?)
}

/// Adds a secret; when another node was first, its secret stays.
///
/// # Errors
/// As any write.
pub async fn add(tx: &Tx, secret: Secret) -> Result<(), Failure> {
    let ignore = OnConflict::new().do_nothing().to_owned();
    Entity::insert(secret.into_active_model().reset_all()).on_conflict(ignore).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Drops secrets whose overlap is over.
///
/// # Errors
/// As any write.
pub async fn drop_retired(tx: &Tx, purpose: &str) -> Result<(), Failure> {
    Entity::delete_many().filter(Column::Purpose.eq(purpose)).filter(Column::RetiresAt.lt(tx.ctx().real_now)).exec(tx.conn()).await?;
    Ok(())
}

/// Says when the secrets of a purpose that have no end yet retire.
///
/// # Errors
/// As any write.
pub async fn retire(tx: &Tx, purpose: &str, at: chrono::DateTime<chrono::Utc>) -> Result<(), Failure> {
    Entity::update_many()
        .col_expr(Column::RetiresAt, sea_orm::sea_query::Expr::val(at))
        .filter(Column::Purpose.eq(purpose))
        .filter(Column::RetiresAt.is_null())
        .exec(tx.conn())
        .await?;
    Ok(())
}
