//! What an import compares a feed with.

use chrono::{DateTime, NaiveDate, Utc};
use relais_domain::directory::{OrganisationState, Service, ServiceState, SourceKey};
use relais_domain::shared::ids::{OrganisationId, ServiceId};
use sea_orm::{ColumnTrait as _, EntityTrait as _, FromQueryResult, QueryFilter as _, QueryOrder as _, QuerySelect as _};

use super::has_members;
use crate::db::{Failure, Tx};
use crate::directory::entity::service::{self, Column as S, Entity as Services};
use crate::directory::write::service_of;
use crate::identity::entity::organisation::{self, Column as O, Entity as Organisations};

/// The place of a record in the feeds: the producer, and the id at the producer.
pub type FeedKey = (SourceKey, SourceKey);

/// A service that a feed knows too.
#[derive(Clone, Debug)]
pub struct KnownService {
    /// The row.
    pub row: service::Model,
    /// The service.
    pub service: Service,
}

/// An organisation that a feed knows too.
#[derive(Clone, Debug)]
pub struct KnownStructure {
    /// The row.
    pub row: organisation::Model,
    /// Whether it has members today.
    pub has_members: bool,
}

fn both(keys: &[FeedKey]) -> (Vec<String>, Vec<String>) {
    let mut sources: Vec<String> = keys.iter().map(|(source, _)| source.to_string()).collect();
    sources.sort();
    sources.dedup();
    (sources, keys.iter().map(|(_, id)| id.to_string()).collect())
}

/// What an import has to know of a service before it looks closer.
#[derive(Clone, Debug, FromQueryResult)]
pub struct FeedService {
    /// Its id.
    pub id: ServiceId,
    /// The producer.
    pub source: Option<SourceKey>,
    /// The id at the producer.
    pub source_id: Option<SourceKey>,
    /// When the producer changed it last, as far as is known here.
    pub source_updated_on: Option<NaiveDate>,
    /// Its state.
    pub state: ServiceState,
    /// Since when its full feed lacks it.
    pub missing_since: Option<DateTime<Utc>>,
}

/// The services with these keys, and perhaps others with the same id in another of the feeds.
///
/// # Errors
/// As any read.
pub async fn feed_services(tx: &Tx, keys: &[FeedKey]) -> Result<Vec<FeedService>, Failure> {
    let (sources, ids) = both(keys);
    let query = Services::find().select_only();
    let query = query.columns([S::Id, S::Source, S::SourceId, S::SourceUpdatedOn, S::State, S::MissingSince]);
    let query = query.filter(S::Source.is_in(sources)).filter(S::SourceId.is_in(ids));
    Ok(query.into_model().all(tx.conn()).await?)
}

/// These services whole.
///
/// # Errors
/// As any read.
pub async fn known_services(tx: &Tx, ids: Vec<ServiceId>) -> Result<Vec<KnownService>, Failure> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let rows = Services::find().filter(S::Id.is_in(ids)).all(tx.conn()).await?;
    let known = |row: service::Model| Ok(KnownService { service: service_of(&row)?, row });
    rows.into_iter().map(known).collect()
}

/// The ids of the organisations with these keys, and perhaps of others with the same id in another of the feeds.
///
/// # Errors
/// As any read.
pub async fn feed_structures(tx: &Tx, keys: &[FeedKey]) -> Result<Vec<(OrganisationId, Option<String>, Option<String>)>, Failure> {
    let (sources, ids) = both(keys);
    let query = Organisations::find().select_only().columns([O::Id, O::Source, O::SourceId]);
    Ok(query.filter(O::Source.is_in(sources)).filter(O::SourceId.is_in(ids)).into_tuple().all(tx.conn()).await?)
}

/// The organisations with these keys, and perhaps others with the same id in another of the feeds.
///
/// # Errors
/// As any read.
pub async fn known_structures(tx: &Tx, keys: &[FeedKey]) -> Result<Vec<KnownStructure>, Failure> {
    let (sources, ids) = both(keys);
    let query = Organisations::find().filter(O::Source.is_in(sources)).filter(O::SourceId.is_in(ids));
    structures_of(tx, query).await
}

async fn structures_of(tx: &Tx, query: sea_orm::Select<Organisations>) -> Result<Vec<KnownStructure>, Failure> {
    let today = tx.ctx().now.date_naive();
    let joined: Vec<_> = query.clone().select_only().column(O::Id).filter(has_members(today)).into_tuple().all(tx.conn()).await?;
    let rows = query.all(tx.conn()).await?;
    Ok(rows.into_iter().map(|row| KnownStructure { has_members: joined.contains(&row.id), row }).collect())
}

/// Up to `most` published services of a source, by their id at the source from `after` on: the index that knows them by it keeps each
/// page as short as the first.
///
/// # Errors
/// As any read.
pub async fn published_of_source(tx: &Tx, source: &SourceKey, after: Option<&str>, most: u64) -> Result<Vec<FeedService>, Failure> {
    let query = Services::find().select_only();
    let mut query = query.columns([S::Id, S::Source, S::SourceId, S::SourceUpdatedOn, S::State, S::MissingSince]);
    query = query.filter(S::Source.eq(source.as_str())).filter(S::State.eq(ServiceState::Published));
    if let Some(after) = after {
        query = query.filter(S::SourceId.gt(after));
    }
    Ok(query.order_by_asc(S::SourceId).limit(most).into_model().all(tx.conn()).await?)
}

/// Up to `most` active organisations of a source that nobody has joined, by their id at the source from `after` on.
///
/// # Errors
/// As any read.
pub async fn unjoined_of_source(tx: &Tx, source: &SourceKey, after: Option<&str>, most: u64) -> Result<Vec<organisation::Model>, Failure> {
    use sea_orm::sea_query::ExprTrait as _;
    let mut query = Organisations::find().filter(O::Source.eq(source.as_str())).filter(O::State.eq(OrganisationState::Active));
    query = query.filter(has_members(tx.ctx().now.date_naive()).not());
    if let Some(after) = after {
        query = query.filter(O::SourceId.gt(after));
    }
    Ok(query.order_by_asc(O::SourceId).limit(most).all(tx.conn()).await?)
}
