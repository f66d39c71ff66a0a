//! Requests to join, with the names of both sides.

use relais_domain::access::{Field, Rule};
use relais_domain::identity::JoinState;
use relais_domain::shared::ids::{JoinRequestId, OrganisationId, UserId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select};

use super::{Place, later};
use crate::access;
use crate::db::{Db, Failure};
use crate::identity::JoinRequest;
use crate::identity::entity::join_request::{Column as C, Entity};
use crate::identity::entity::{app_user, organisation};
use crate::identity::view::JoinRequestView;

fn columns(field: Field) -> Option<Expr> {
    match field {
        Field::Id => Some(Expr::col((Entity, C::Id))),
        Field::Organisation => Some(Expr::col((Entity, C::OrganisationId))),
        // A request asks for the organisation, not for a unit of it: a right over one unit does not show it.
        _ => None,
    }
}

/// The requests to join an organisation that the rule shows, the oldest first; in these states, any when there are none.
///
/// # Errors
/// As any read.
pub async fn join_requests(
    db: &Db,
    rule: &Rule,
    organisation: OrganisationId,
    states: &[JoinState],
    after: Place,
    most: u64,
) -> Result<Vec<JoinRequestView>, Failure> {
    let mut query = Entity::find().filter(C::OrganisationId.eq(organisation)).filter(access::visible(rule, columns));
    if !states.is_empty() {
        query = query.filter(C::State.is_in(states.iter().copied()));
    }
    page(db, query, after, most).await
}

/// The requests of a user, the oldest first.
///
/// # Errors
/// As any read.
pub async fn join_requests_of(db: &Db, user: UserId, after: Place, most: u64) -> Result<Vec<JoinRequestView>, Failure> {
    page(db, Entity::find().filter(C::UserId.eq(user)), after, most).await
}

/// One request, whoever asks.
///
/// # Errors
/// As any read.
pub async fn join_request(db: &Db, id: JoinRequestId) -> Result<Option<JoinRequestView>, Failure> {
    let Some(row) = Entity::find_by_id(id).one(db.reader()).await? else { return Ok(None) };
    Ok(whole(db, vec![row]).await?.pop())
}

async fn page(db: &Db, query: Select<Entity>, after: Place, most: u64) -> Result<Vec<JoinRequestView>, Failure> {
    let query = match after {
        None => query,
        Some((at, id)) => query.filter(later(C::CreatedAt, C::Id, at, id)),
    };
    whole(db, query.order_by_asc(C::CreatedAt).order_by_asc(C::Id).limit(most).all(db.reader()).await?).await
}

/// Adds the names: one query each.
async fn whole(db: &Db, rows: Vec<JoinRequest>) -> Result<Vec<JoinRequestView>, Failure> {
    if rows.is_empty() {
        return Ok(vec![]);
    }
    let users = app_user::Entity::find().filter(app_user::Column::Id.is_in(rows.iter().map(|row| row.user_id))).all(db.reader()).await?;
    let organisations: Vec<(OrganisationId, String)> = organisation::Entity::find()
        .select_only()
        .columns([organisation::Column::Id, organisation::Column::Name])
        .filter(organisation::Column::Id.is_in(rows.iter().map(|row| row.organisation_id)))
        .into_tuple()
        .all(db.reader())
        .await?;
    let views = rows.into_iter().filter_map(|row| {
        let user = users.iter().find(|user| user.id == row.user_id)?.clone();
        let (_, organisation) = organisations.iter().find(|(id, _)| *id == row.organisation_id)?.clone();
        Some(JoinRequestView::of(row, organisation, user))
    });
    Ok(views.collect())
}
