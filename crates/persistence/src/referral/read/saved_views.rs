//! Reading saved views: a user's own, and those shared with them.

use chrono::{DateTime, Utc};
use relais_domain::referral::SharedWith;
use relais_domain::shared::ids::{OrganisationId, SavedViewId, UnitId, UserId};
use sea_orm::sea_query::ExprTrait as _;
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
};
use uuid::Uuid;

use super::super::entity::saved_view::{Column, Entity, Model};
use crate::db::{Db, Failure, Tx};

/// Who looks at saved views.
#[derive(Clone, Debug)]
pub struct ViewReader {
    /// The user.
    pub user: UserId,
    /// The organisation that they act for.
    pub organisation: OrganisationId,
    /// The units that they are a member of, and those below.
    pub units: Vec<UnitId>,
}

fn found_by(reader: &ViewReader) -> Select<Entity> {
    let in_my_unit = Condition::all().add(Column::Shared.eq(SharedWith::Unit)).add(Column::UnitId.is_in(reader.units.iter().copied()));
    let mine = Condition::any().add(Column::UserId.eq(reader.user)).add(Column::Shared.eq(SharedWith::Organisation)).add(in_my_unit);
    Entity::find().filter(Column::OrganisationId.eq(reader.organisation)).filter(mine)
}

/// Up to `most` views that a reader finds, in the order in which they were saved.
///
/// # Errors
/// As any read.
pub async fn saved_views(db: &Db, reader: &ViewReader, after: Option<(DateTime<Utc>, Uuid)>, most: u64) -> Result<Vec<Model>, Failure> {
    let mut query = found_by(reader);
    if let Some((at, id)) = after {
        let place = Expr::tuple([Column::CreatedAt.into_expr(), Column::Id.into_expr()]);
        query = query.filter(place.gt(Expr::tuple([Expr::val(at), Expr::val(id)])));
    }
    Ok(query.order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).limit(most).all(db.reader()).await?)
}

/// One view.
///
/// # Errors
/// [`Failure::Missing`] when the reader does not find it.
pub async fn saved_view(db: &Db, reader: &ViewReader, id: SavedViewId) -> Result<Model, Failure> {
    found_by(reader).filter(Column::Id.eq(id)).one(db.reader()).await?.ok_or(Failure::Missing)
}

/// As [`saved_view`], locked.
///
/// # Errors
/// As [`saved_view`].
pub async fn lock_view(tx: &Tx, reader: &ViewReader, id: SavedViewId) -> Result<Model, Failure> {
    found_by(reader).filter(Column::Id.eq(id)).lock(LockType::Update).one(tx.conn()).await?.ok_or(Failure::Missing)
}

/// How many views a user has saved for an organisation.
///
/// # Errors
/// As any read.
pub async fn kept_views(tx: &Tx, reader: &ViewReader) -> Result<u64, Failure> {
    let own = Entity::find().filter(Column::OrganisationId.eq(reader.organisation)).filter(Column::UserId.eq(reader.user));
    Ok(own.count(tx.conn()).await?)
}
