//! Writing exports.

use chrono::{DateTime, Utc};
use relais_domain::report::ExportState;
use relais_domain::shared::ids::{ExportId, OrganisationId};
use sea_orm::sea_query::{Expr, ExprTrait as _, LockType, Query};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};

use super::entity::{export, export_part};
use crate::db::{Failure, Tx, insert_all};
use crate::identity::entity::organisation;

pub use super::entity::export::Model as Export;

/// Notes that somebody takes a file out.
///
/// # Errors
/// [`Failure::Conflict`] when the id is taken.
pub async fn create(tx: &mut Tx, export: Export) -> Result<(), Failure> {
    tx.create::<export::Entity>(export, "create").await
}

/// Moves an export on.
///
/// # Errors
/// [`Failure::Stale`] when somebody else moved it meanwhile.
pub async fn save(tx: &mut Tx, before: &Export, after: Export, act: &str) -> Result<(), Failure> {
    tx.save::<export::Entity>(before, after, act).await
}

/// An export, locked against others.
///
/// # Errors
/// As any read.
pub async fn lock(tx: &Tx, id: ExportId) -> Result<Option<Export>, Failure> {
    Ok(export::Entity::find_by_id(id).lock(LockType::Update).one(tx.conn()).await?)
}

/// The exports of some organisations, and of those whose branches they are, whose file is kept, is being written or will be, locked in
/// their order. What was streamed is not kept.
///
/// # Errors
/// As any read.
pub async fn with_file(tx: &Tx, organisations: &[OrganisationId]) -> Result<Vec<Export>, Failure> {
    use export::Column as C;
    let kept = Condition::all().add(C::State.eq(ExportState::Done)).add(C::ExpiresAt.is_not_null());
    let above = Query::select()
        .column(organisation::Column::ParentId)
        .from(organisation::Entity)
        .and_where(Expr::col(organisation::Column::Id).is_in(organisations.iter().copied()))
        .and_where(Expr::col(organisation::Column::ParentId).is_not_null())
        .take();
    let query = export::Entity::find()
        .filter(Condition::any().add(C::OrganisationId.is_in(organisations.iter().copied())).add(C::OrganisationId.in_subquery(above)))
        .filter(Condition::any().add(kept).add(C::State.is_in([ExportState::Pending, ExportState::Running])))
        .order_by_asc(C::Id);
    Ok(query.lock(LockType::Update).all(tx.conn()).await?)
}

/// Notes how far a file on its way out has come. The journal tells of its beginning and its end.
///
/// # Errors
/// As any write.
pub async fn note_progress(tx: &Tx, id: ExportId, rows: i64, bytes: i64) -> Result<(), Failure> {
    export::Entity::update_many()
        .col_expr(export::Column::RowCount, Expr::val(rows))
        .col_expr(export::Column::ByteCount, Expr::val(bytes))
        .col_expr(export::Column::UpdatedAt, Expr::val(tx.ctx().now))
        .filter(export::Column::Id.eq(id))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Exports that are said to run although nothing was heard of them since an instant.
///
/// # Errors
/// As any read.
pub async fn silent(tx: &Tx, since: DateTime<Utc>, most: u64) -> Result<Vec<Export>, Failure> {
    let silent = export::Entity::find().filter(export::Column::State.eq(ExportState::Running)).filter(export::Column::UpdatedAt.lt(since));
    Ok(silent.order_by_asc(export::Column::Id).limit(most).all(tx.conn()).await?)
}

/// Adds a piece of the file. The journal tells of the export as a whole.
///
/// # Errors
/// [`Failure::Conflict`] when there is one with this number.
pub async fn put_part(tx: &Tx, export_id: ExportId, number: i32, bytes: Vec<u8>) -> Result<(), Failure> {
    insert_all::<export_part::Entity>(tx.conn(), vec![export_part::Model { export_id, number, bytes }]).await
}

/// Erases the file. Returns how many pieces it had.
///
/// # Errors
/// As any write.
pub async fn erase(tx: &Tx, id: ExportId) -> Result<u64, Failure> {
    let pieces = export_part::Entity::find().filter(export_part::Column::ExportId.eq(id)).count(tx.conn()).await?;
    export_part::Entity::delete_many().filter(export_part::Column::ExportId.eq(id)).exec(tx.conn()).await?;
    Ok(pieces)
}
