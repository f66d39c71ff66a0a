//! The event log, read onwards by place: what search, sync and webhooks follow.

use relais_domain::shared::ids::OrganisationId;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use uuid::Uuid;

use super::entity::{event, sequence_state};
use crate::db::{Db, Failure};

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Happened {
    /// Its place in the log.
    pub position: i64,
    /// The kind of object that it happened to.
    pub object_kind: String,
    /// The object.
    pub object_id: Uuid,
    /// The organisation that it belongs to.
    pub organisation_id: Option<OrganisationId>,
}

/// The place of the last event that has one.
///
/// # Errors
/// As any read.
pub async fn last_event(db: &Db) -> Result<i64, Failure> {
    let state = sequence_state::Entity::find_by_id("event".to_owned()).one(db.reader()).await?;
    Ok(state.ok_or(Failure::Missing)?.last_position)
}

/// Up to `most` events after a place, in order.
///
/// # Errors
/// As any read.
pub async fn events_after(db: &Db, position: i64, most: u64) -> Result<Vec<Happened>, Failure> {
    use event::Column as E;
    let query = event::Entity::find().filter(E::Position.gt(position)).order_by_asc(E::Position).limit(most);
    let rows = query.all(db.reader()).await?;
    let happened = |row: event::Model| {
        let event::Model { position, object_kind, object_id, organisation_id, .. } = row;
        Some(Happened { position: position?, object_kind, object_id, organisation_id })
    };
    Ok(rows.into_iter().filter_map(happened).collect())
}
