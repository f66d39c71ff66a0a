//! Reading the journals, newest first.
//!
//! The order is that of the entries' ids: they hold the time at which they were made, the installation alone makes them,
//! and the primary key serves every page.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use relais_domain::access::{Field, Rule};
use relais_domain::shared::ids::OrganisationId;
use sea_orm::sea_query::{Expr, ExprTrait as _, LikeExpr, extension::postgres::PgBinOper};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use serde_json::json;
use uuid::Uuid;

use super::entity::{access_entry, mutation_entry};
use super::view::{AccessView, MutationView};
use crate::access::{self, Columns};
use crate::db::{Db, Engine, Failure};

/// Which entries are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JournalFilter {
    /// About this object.
    pub object_id: Option<Uuid>,
    /// By this account or link.
    pub actor_id: Option<Uuid>,
    /// These acts (mutations), these operations (accesses).
    pub acts: Vec<String>,
    /// From this instant on; business time.
    pub from: Option<DateTime<Utc>>,
    /// Before this instant; business time.
    pub to: Option<DateTime<Utc>>,
}

/// An entry belongs to the organisation that its actor acted for.
const MUTATIONS: Columns = |field| match field {
    Field::Organisation => Some(Expr::col((mutation_entry::Entity, mutation_entry::Column::OrganisationId))),
    _ => None,
};

const ACCESSES: Columns = |field| match field {
    Field::Organisation => Some(Expr::col((access_entry::Entity, access_entry::Column::OrganisationId))),
    _ => None,
};

/// The mutation journal.
///
/// # Errors
/// As any read.
pub async fn mutations(
    db: &Db,
    rule: &Rule,
    filter: &JournalFilter,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<MutationView>, Failure> {
    use mutation_entry::Column;
    let mut query = mutation_entry::Entity::find().filter(access::visible(rule, MUTATIONS));
    if let Some(object) = filter.object_id {
        query = query.filter(Column::ObjectId.eq(object));
    }
    if let Some(actor) = filter.actor_id {
        query = query.filter(Column::ActorId.eq(actor));
    }
    if !filter.acts.is_empty() {
        query = query.filter(Column::Act.is_in(&filter.acts));
    }
    if let Some(from) = filter.from {
        query = query.filter(Column::BusinessAt.gte(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(Column::BusinessAt.lt(to));
    }
    if let Some(after) = after {
        query = query.filter(Column::Id.lt(after));
    }
    let rows = query.order_by_desc(Column::Id).limit(limit).all(db.reader()).await?;
    Ok(rows.into_iter().map(MutationView::from).collect())
}

/// What was done to one object, newest first. The caller has checked that its history may be read.
///
/// # Errors
/// As any read.
pub async fn history(db: &Db, kind: &str, object: Uuid, after: Option<Uuid>, limit: u64) -> Result<Vec<MutationView>, Failure> {
    use mutation_entry::Column;
    let mut query = mutation_entry::Entity::find().filter(Column::ObjectId.eq(object)).filter(Column::ObjectKind.eq(kind));
    if let Some(after) = after {
        query = query.filter(Column::Id.lt(after));
    }
    let rows = query.order_by_desc(Column::Id).limit(limit).all(db.reader()).await?;
    Ok(rows.into_iter().map(MutationView::from).collect())
}

/// The access journal.
///
/// # Errors
/// As any read.
pub async fn accesses(db: &Db, rule: &Rule, filter: &JournalFilter, after: Option<Uuid>, limit: u64) -> Result<Vec<AccessView>, Failure> {
    use access_entry::Column;
    let mut query = access_entry::Entity::find().filter(access::visible(rule, ACCESSES));
    if let Some(object) = filter.object_id {
        query = query.filter(shows(db.engine(), object));
    }
    if let Some(actor) = filter.actor_id {
        query = query.filter(Column::ActorId.eq(actor));
    }
    if !filter.acts.is_empty() {
        query = query.filter(filter.acts.iter().fold(Condition::any(), |any, operation| any.add(by_operation(operation))));
    }
    if let Some(from) = filter.from {
        query = query.filter(Column::BusinessAt.gte(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(Column::BusinessAt.lt(to));
    }
    if let Some(after) = after {
        query = query.filter(Column::Id.lt(after));
    }
    let rows = query.order_by_desc(Column::Id).limit(limit).all(db.reader()).await?;
    Ok(rows.into_iter().map(AccessView::from).collect())
}

/// Objects of one question: SQLite nests no deeper than a thousand conditions.
const AT_ONCE: usize = 200;

/// Who of an organisation was shown some objects, or refused them, the newest first, by the instant and then the id. The caller has
/// checked that it may be told.
///
/// # Errors
/// As any read.
pub async fn accesses_to(
    db: &Db,
    organisation: OrganisationId,
    objects: &[Uuid],
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: u64,
) -> Result<Vec<AccessView>, Failure> {
    use access_entry::Column;
    let mut found = BTreeMap::new();
    for some in objects.chunks(AT_ONCE) {
        let any = some.iter().fold(Condition::any(), |any, object| any.add(shows(db.engine(), *object)));
        let mut query = access_entry::Entity::find().filter(Column::OrganisationId.eq(organisation)).filter(any);
        if let Some((at, id)) = after {
            let place = Expr::tuple([Expr::col(Column::BusinessAt), Expr::col(Column::Id)]);
            query = query.filter(place.lt(Expr::tuple([Expr::val(at), Expr::val(id)])));
        }
        let rows = query.order_by_desc(Column::BusinessAt).order_by_desc(Column::Id).limit(limit).all(db.reader()).await?;
        found.extend(rows.into_iter().map(|row| (Reverse((row.business_at, row.id)), row)));
    }
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    Ok(found.into_values().take(most).map(AccessView::from).collect())
}

/// Whether an entry was made by the operation. The entry holds its id, and after a space the ids of its path.
fn by_operation(operation: &str) -> Condition {
    let escaped = operation.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let with_ids = LikeExpr::new(format!("{escaped} %")).escape('\\');
    Condition::any().add(access_entry::Column::Operation.eq(operation)).add(access_entry::Column::Operation.like(with_ids))
}

/// Whether an entry names the object among those it shows.
fn shows(engine: Engine, object: Uuid) -> Expr {
    let column = Expr::col((access_entry::Entity, access_entry::Column::ObjectIds));
    match engine {
        Engine::Postgres => column.binary(PgBinOper::Contains, Expr::val(json!([object]))),
        Engine::Sqlite => Expr::cust_with_exprs("instr(?, ?)", [column, Expr::val(format!("\"{object}\""))]).gt(0),
    }
}
