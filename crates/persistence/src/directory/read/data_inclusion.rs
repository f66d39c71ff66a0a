//! Reading for the façade of data·inclusion: records in numbered pages, by their own ids, and behind what a search found.

use std::collections::BTreeSet;

use relais_domain::directory::OrganisationState;
use relais_domain::directory::data_inclusion::HERE;
use relais_domain::directory::search::SearchDocument;
use relais_domain::shared::ids::{OrganisationId, ServiceId};
use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, JoinType, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select};
use uuid::Uuid;

use super::export::{record_of, structure_of};
use super::marks::{Marks, marked};
use super::pair::{Pair, pair, pairs, pairs_by_id};
use super::{Eyes, bounded_count, documented, holds_one_of, listed, offered_by, unsuspended};
use crate::db::{Db, Engine, Failure};
use crate::directory::entity::search_document::{self, Column as D};
use crate::directory::entity::service::{Column as S, Entity as Services};
use crate::directory::view::data_inclusion::{RecordedService, RecordedStructure, ServicesWanted, StructuresWanted, Whereabouts};
use crate::directory::write::service_of;
use crate::identity::entity::organisation::{self, Column as O, Entity as Organisations};

/// A part of a list by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// How many are left out before.
    pub offset: u64,
    /// How many at most.
    pub limit: u64,
}

/// The feed that tells a structure.
fn structure_source() -> Expr {
    Func::coalesce([O::Source.into_expr(), Expr::val(HERE)]).into()
}

/// The feed that tells a service: its own, else that of its structure.
fn service_source() -> Expr {
    Func::coalesce([S::Source.into_expr(), O::Source.into_expr(), Expr::val(HERE)]).into()
}

/// A code of a commune that lies in one of these départements begins with its code.
fn at(commune: &Expr, whereabouts: &Whereabouts) -> Condition {
    let Whereabouts { communes, departements } = whereabouts;
    let begins = |codes: &Vec<String>| {
        codes.iter().fold(Condition::any().add(Expr::val(1).eq(0)), |any, code| any.add(commune.clone().like(format!("{code}%"))))
    };
    Condition::all()
        .add_option(communes.as_ref().map(|codes| commune.clone().is_in(codes.iter().map(String::as_str))))
        .add_option(departements.as_ref().map(begins))
}

/// The commune of a structure stands in its address, or in what its feed told besides.
fn structure_commune(engine: Engine) -> Expr {
    let text = |column: &str, name: &str| match engine {
        Engine::Sqlite => Expr::cust(format!("json_extract(\"organisation\".\"{column}\", '$.{name}')")),
        Engine::Postgres => Expr::cust(format!("\"organisation\".\"{column}\" ->> '{name}'")),
    };
    Func::coalesce([text("address", "commune"), text("source_values", "code_insee")]).into()
}

/// The structures of the public directory that are asked for.
fn structures_asked(engine: Engine, wanted: &StructuresWanted) -> Select<Organisations> {
    let StructuresWanted { sources, networks, at: whereabouts } = wanted;
    let networks: Vec<&str> = networks.iter().map(String::as_str).collect();
    let conditions = Condition::all()
        .add(O::State.eq(OrganisationState::Active))
        .add_option((!sources.is_empty()).then(|| structure_source().is_in(sources.iter().map(String::as_str))))
        .add_option((!networks.is_empty()).then(|| holds_one_of(engine, (Organisations, O::Networks), &networks)))
        .add(at(&structure_commune(engine), whereabouts));
    Organisations::find().filter(conditions)
}

/// Published services of active organisations that take referrals today.
fn open(eyes: Eyes<'_>) -> Condition {
    Condition::all().add(listed(eyes)).add(unsuspended(eyes.today))
}

/// The services of the public directory that are asked for.
fn services_asked(engine: Engine, eyes: Eyes<'_>, wanted: &ServicesWanted) -> Select<Services> {
    let ServicesWanted { sources, topics, audiences, kinds, fees, receptions, at: whereabouts } = wanted;
    let conditions = Condition::all()
        .add(open(eyes))
        .add_option((!sources.is_empty()).then(|| service_source().is_in(sources.iter().map(String::as_str))))
        .add(marked(engine, &Marks { topics, audiences, kinds, fees, receptions }))
        .add(at(&Expr::col((Services, S::Commune)), whereabouts));
    Services::find().join(JoinType::InnerJoin, offered_by()).filter(conditions)
}

fn recorded_structure(row: organisation::Model) -> Result<RecordedStructure, Failure> {
    Ok(RecordedStructure { id: row.id, record: structure_of(row)? })
}

fn recorded_service((row, structure): Pair) -> Result<RecordedService, Failure> {
    let service = service_of(&row)?;
    Ok(RecordedService { id: row.id, record: record_of(&service, &structure)?, structure: structure_of(structure)?, service })
}

/// The structures of one part of a list, in the order of their ids.
///
/// # Errors
/// As any read.
pub async fn structures(db: &Db, wanted: &StructuresWanted, part: Part) -> Result<Vec<RecordedStructure>, Failure> {
    let query = structures_asked(db.engine(), wanted).order_by_asc(O::Id).offset(part.offset).limit(part.limit);
    query.all(db.reader()).await?.into_iter().map(recorded_structure).collect()
}

/// How many structures a list holds.
///
/// # Errors
/// As any read.
pub async fn count_structures(db: &Db, wanted: &StructuresWanted) -> Result<u64, Failure> {
    bounded_count(db, structures_asked(db.engine(), wanted).select_only().column(O::Id), u64::from(u32::MAX)).await
}

/// The services of one part of a list, in the order of their ids.
///
/// # Errors
/// As any read.
pub async fn services(db: &Db, eyes: Eyes<'_>, wanted: &ServicesWanted, part: Part) -> Result<Vec<RecordedService>, Failure> {
    let query = services_asked(db.engine(), eyes, wanted).order_by_asc(S::Id).offset(part.offset).limit(part.limit);
    pairs(db, query).await?.into_iter().map(recorded_service).collect()
}

/// How many services a list holds.
///
/// # Errors
/// As any read.
pub async fn count_services(db: &Db, eyes: Eyes<'_>, wanted: &ServicesWanted) -> Result<u64, Failure> {
    bounded_count(db, services_asked(db.engine(), eyes, wanted).select_only().column(S::Id), u64::from(u32::MAX)).await
}

/// The id here that the id of a record names when it was written here.
fn own_id(id: &str) -> Option<Uuid> {
    let text = id.strip_prefix(HERE)?.strip_prefix("--")?;
    Uuid::try_parse(text).ok().filter(|id| id.to_string() == text)
}

/// One structure by the id of its record.
///
/// # Errors
/// [`Failure::Missing`] when the public directory does not hold it.
pub async fn structure(db: &Db, id: &str) -> Result<RecordedStructure, Failure> {
    let own = own_id(id).map(|own| O::Id.eq(own).and(O::SourceId.is_null()));
    let query = Organisations::find().filter(Condition::any().add(O::SourceId.eq(id)).add_option(own));
    let row = query.filter(O::State.eq(OrganisationState::Active)).order_by_asc(O::Source).one(db.reader()).await?;
    recorded_structure(row.ok_or(Failure::Missing)?)
}

/// One service by the id of its record.
///
/// # Errors
/// [`Failure::Missing`] when the public directory does not hold it.
pub async fn service(db: &Db, eyes: Eyes<'_>, id: &str) -> Result<RecordedService, Failure> {
    let own = own_id(id).map(|own| S::Id.eq(own).and(S::SourceId.is_null()));
    let query = Services::find().join(JoinType::InnerJoin, offered_by()).filter(open(eyes));
    let query = query.filter(Condition::any().add(S::SourceId.eq(id)).add_option(own)).order_by_asc(S::Source);
    recorded_service(pair(db, query).await?)
}

/// The services of one structure, in the order of their ids.
///
/// # Errors
/// As any read.
pub async fn services_of_structure(db: &Db, eyes: Eyes<'_>, id: OrganisationId) -> Result<Vec<RecordedService>, Failure> {
    let query = Services::find().join(JoinType::InnerJoin, offered_by()).filter(open(eyes)).filter(S::OrganisationId.eq(id));
    pairs(db, query.order_by_asc(S::Id)).await?.into_iter().map(recorded_service).collect()
}

/// These services, as far as the public directory holds them, in the order of the ids.
///
/// # Errors
/// As any read.
pub async fn services_by_id(db: &Db, eyes: Eyes<'_>, ids: &[ServiceId]) -> Result<Vec<RecordedService>, Failure> {
    pairs_by_id(db, open(eyes), ids).await?.into_iter().map(recorded_service).collect()
}

/// What search knows of the services that these structures offer to the public.
///
/// # Errors
/// As any read.
pub async fn offered_documents(db: &Db, eyes: Eyes<'_>, ids: &[OrganisationId]) -> Result<Vec<SearchDocument>, Failure> {
    let query = Services::find().select_only().expr_as(Expr::col((search_document::Entity, D::Document)), "document");
    let query = query.join(JoinType::InnerJoin, offered_by()).join(JoinType::InnerJoin, documented()).filter(open(eyes));
    let texts: Vec<String> = query.filter(S::OrganisationId.is_in(ids.iter().copied())).into_tuple().all(db.reader()).await?;
    texts.iter().map(|text| super::search::parsed(text)).collect()
}

/// The feeds of which the public directory holds anything.
///
/// # Errors
/// As any read.
pub async fn sources(db: &Db, eyes: Eyes<'_>) -> Result<BTreeSet<String>, Failure> {
    let structures = structures_asked(db.engine(), &StructuresWanted::default()).select_only().expr_as(structure_source(), "source");
    let services = services_asked(db.engine(), eyes, &ServicesWanted::default()).select_only().expr_as(service_source(), "source");
    let mut found: Vec<String> = structures.distinct().into_tuple().all(db.reader()).await?;
    found.extend(services.distinct().into_tuple::<String>().all(db.reader()).await?);
    Ok(found.into_iter().collect())
}
