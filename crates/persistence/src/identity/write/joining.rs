//! Joining and founding as a change sees them, inside its own transaction.

use chrono::NaiveDate;
use relais_domain::identity::{JoinState, MOST_LEVELS, OrganisationIdentifier};
use relais_domain::shared::IdentifierKind;
use relais_domain::shared::ids::{JoinRequestId, OrganisationId, UserId};
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, LockType};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};

use crate::db::{Failure, Tx};
use crate::identity::entity::{join_request, membership, organisation};
use crate::identity::{JoinRequest, Organisation};

/// An organisation as this transaction sees it.
///
/// # Errors
/// As any read.
pub async fn organisation_in(tx: &Tx, id: OrganisationId) -> Result<Option<Organisation>, Failure> {
    Ok(organisation::Entity::find_by_id(id).one(tx.conn()).await?)
}

/// Whether anybody is a member of an organisation on a day, or will be later.
///
/// # Errors
/// As any read.
pub async fn has_members(tx: &Tx, organisation: OrganisationId, day: NaiveDate) -> Result<bool, Failure> {
    let running = Condition::any().add(membership::Column::ValidTo.is_null()).add(membership::Column::ValidTo.gte(day));
    let query = membership::Entity::find().filter(membership::Column::OrganisationId.eq(organisation)).filter(running);
    Ok(query.one(tx.conn()).await?.is_some())
}

/// Locks a request to join.
///
/// # Errors
/// As any read.
pub async fn lock_join_request(tx: &Tx, id: JoinRequestId) -> Result<Option<JoinRequest>, Failure> {
    Ok(join_request::Entity::find_by_id(id).lock(LockType::Update).one(tx.conn()).await?)
}

/// Locks the request of a user that waits for an answer of an organisation.
///
/// # Errors
/// As any read.
pub async fn lock_pending_request(tx: &Tx, organisation: OrganisationId, user: UserId) -> Result<Option<JoinRequest>, Failure> {
    use join_request::Column as C;
    let query = join_request::Entity::find().filter(C::OrganisationId.eq(organisation)).filter(C::UserId.eq(user));
    Ok(query.filter(C::State.eq(JoinState::Pending)).lock(LockType::Update).one(tx.conn()).await?)
}

/// How many requests of a user wait for an answer.
///
/// # Errors
/// As any read.
pub async fn count_pending(tx: &Tx, user: UserId) -> Result<usize, Failure> {
    use join_request::Column as C;
    let query = join_request::Entity::find().filter(C::UserId.eq(user)).filter(C::State.eq(JoinState::Pending));
    Ok(usize::try_from(query.count(tx.conn()).await?).unwrap_or(usize::MAX))
}

/// The oldest organisation that has an identifier, in its stored form. Founding one is rare, so this looks at every row.
///
/// # Errors
/// As any read.
pub async fn with_identifier(tx: &Tx, kind: IdentifierKind, value: &str) -> Result<Option<OrganisationId>, Failure> {
    // A stored identifier of a register has letters and digits only: nothing to escape. JSON is spaced differently by the engines.
    let as_text = Expr::col(organisation::Column::Identifiers).cast_as(Alias::new("text"));
    let found: Vec<(OrganisationId, serde_json::Value)> = organisation::Entity::find()
        .select_only()
        .columns([organisation::Column::Id, organisation::Column::Identifiers])
        .filter(as_text.like(format!("%\"{value}\"%")))
        .order_by_asc(organisation::Column::CreatedAt)
        .order_by_asc(organisation::Column::Id)
        .into_tuple()
        .all(tx.conn())
        .await?;
    let has = |stored: &serde_json::Value| {
        let listed: Vec<OrganisationIdentifier> = serde_json::from_value(stored.clone()).unwrap_or_default();
        listed.iter().any(|one| one.kind == kind && one.value == value)
    };
    Ok(found.into_iter().find(|(_, stored)| has(stored)).map(|(id, _)| id))
}

/// An organisation and those above it, the nearest first.
///
/// # Errors
/// As any read.
pub async fn lineage(tx: &Tx, id: OrganisationId) -> Result<Vec<OrganisationId>, Failure> {
    let mut line = vec![id];
    let mut next = organisation_in(tx, id).await?.and_then(|row| row.parent_id);
    // One level more than a tree may have is enough to refuse; what is stored has no circle, and a bound costs nothing.
    while let Some(above) = next.filter(|above| line.len() <= MOST_LEVELS && !line.contains(above)) {
        line.push(above);
        next = organisation_in(tx, above).await?.and_then(|row| row.parent_id);
    }
    Ok(line)
}

/// How many levels hang on an organisation, its own included.
///
/// # Errors
/// As any read.
pub async fn height(tx: &Tx, id: OrganisationId) -> Result<usize, Failure> {
    let mut level = vec![id];
    let mut levels = 0;
    while !level.is_empty() && levels <= MOST_LEVELS {
        levels += 1;
        let below = organisation::Entity::find().select_only().column(organisation::Column::Id);
        level = below.filter(organisation::Column::ParentId.is_in(level)).into_tuple().all(tx.conn()).await?;
    }
    Ok(levels)
}
