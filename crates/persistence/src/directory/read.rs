//! Every question to the directory. Services are read through the policy: one row is a list of one.

pub mod data_inclusion;
mod export;
mod import;
mod marks;
mod offer;
mod pair;
mod place;
mod reader;
mod search;
mod structure;

pub mod hsds;

use chrono::{DateTime, NaiveDate, Utc};
use relais_domain::access::{Condition as Rights, Field, Rule};
use relais_domain::directory::{OrganisationState, Service, ServiceState};
use relais_domain::shared::fold_text;
use relais_domain::shared::ids::{OrganisationId, ServiceId, UnitId};
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait, IntoCondition as _, LikeExpr, LockType, Query, SelectStatement};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait as _, EntityTrait as _, JoinType, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    QueryTrait, RelationDef, Select,
};
use uuid::Uuid;

use super::entity::search_document;
use super::entity::service::{self, Column as S, Entity as Services};
use super::view::{ServiceContact, ServiceFilter, ServiceItem, ServiceView};
use super::write::service_of;
use crate::access::{condition, mask, visible};
use crate::db::{Db, Engine, Failure, Tx};
use crate::identity::entity::organisation::{self, Column as O};
use crate::identity::entity::{membership, unit};

use marks::{Marks, marked};

pub use export::{ExportFilter, exported_services, exported_structures};
pub use import::{
    FeedKey, FeedService, KnownService, KnownStructure, feed_services, feed_structures, known_services, known_structures,
    published_of_source, unjoined_of_source,
};
pub use offer::{offer, offer_in, organisation_offer, organisation_offer_in};
pub use place::{places, places_in};
pub use reader::{
    bookmark, bookmarks, contact_readings, kept_bookmarks, kept_searches, lock_bookmark, lock_report, lock_search, open_reports,
    published_between, report, report_exists_since, reports, saved_search, saved_searches, searches_to_tell, sees,
};
pub use search::{organisation_cards, organisation_cards_of, search_documents, search_documents_of};
pub use structure::{count_structures, structure, structures};

/// Where a page begins: the instant and id of the last row of the page before.
pub type After = Option<(DateTime<Utc>, Uuid)>;

/// Through whose eyes the directory is read.
#[derive(Clone, Copy, Debug)]
pub struct Eyes<'a> {
    /// The rule for reading services.
    pub reading: &'a Rule,
    /// The rule for writing services: it also shows drafts, archives, and what belongs to a suspended organisation.
    pub writing: &'a Rule,
    /// Today, for memberships.
    pub today: NaiveDate,
}

fn columns(field: Field) -> Option<Expr> {
    let column = match field {
        Field::Id => S::Id,
        Field::State => S::State,
        Field::Organisation => S::OrganisationId,
        Field::Unit => S::UnitId,
        _ => return None,
    };
    Some(Expr::col((Services, column)))
}

fn offered_by() -> RelationDef {
    Services::belongs_to(organisation::Entity).from(S::OrganisationId).to(O::Id).into()
}

fn documented() -> RelationDef {
    Services::belongs_to(search_document::Entity).from(S::Id).to(search_document::Column::ServiceId).into()
}

/// Whether the organisation has members on a day.
fn has_members(today: NaiveDate) -> Expr {
    let of_organisation = Expr::col((membership::Entity, membership::Column::OrganisationId)).equals((organisation::Entity, O::Id));
    let members: SelectStatement = Query::select()
        .expr(Expr::val(1))
        .from(membership::Entity)
        .and_where(of_organisation)
        .and_where(membership::Column::ValidFrom.lte(today))
        .cond_where(Condition::any().add(membership::Column::ValidTo.is_null()).add(membership::Column::ValidTo.gte(today)))
        .take();
    Expr::exists(members)
}

fn has_contact() -> Expr {
    S::ContactName.is_not_null().or(S::ContactEmail.is_not_null()).or(S::ContactPhone.is_not_null())
}

/// The columns that every answer needs, joined with the organisation.
fn joined(today: NaiveDate) -> Select<Services> {
    Services::find()
        .select_only()
        .columns([S::Id, S::Name, S::Summary, S::Kind, S::Topics, S::Audiences, S::Documents, S::Fee, S::Reception])
        .columns([S::Latitude, S::Longitude, S::FormEnabled, S::State, S::Source, S::CreatedAt, S::UpdatedAt, S::Version])
        .column(S::SuspendedFrom)
        .expr_as(S::ContactEmail.is_not_null(), "has_contact_email")
        .expr_as(has_contact(), "contact_available")
        .expr_as(O::Id.into_expr(), "organisation_id")
        .expr_as(O::Name.into_expr(), "organisation_name")
        .expr_as(O::State.into_expr(), "organisation_state")
        .expr_as(O::Version.into_expr(), "organisation_version")
        .expr_as(O::VerifiedAt.is_not_null(), "organisation_verified")
        .expr_as(O::ReferralForm.into_expr(), "organisation_takes_forms")
        .expr_as(has_members(today), "has_members")
        .join(JoinType::InnerJoin, offered_by())
}

/// Published services of active organisations. The few organisations that are not active are looked up once for all services: a
/// public list is read from its index alone.
fn published() -> Expr {
    // Named one by one, so that an index finds them; "not active" would read all.
    let others = OrganisationState::ALL.iter().copied().filter(|state| *state != OrganisationState::Active);
    let mut idle = Query::select();
    idle.expr(Expr::col(O::Id)).from(organisation::Entity).and_where(Expr::col(O::State).is_in(others));
    S::State.eq(ServiceState::Published).and(S::OrganisationId.not_in_subquery(idle))
}

/// Services that are not suspended on a day.
fn unsuspended(today: NaiveDate) -> Expr {
    S::SuspendedFrom.is_null().or(S::SuspendedFrom.gt(today))
}

/// Published services of active organisations for everybody; beyond that what the caller may write.
fn listed(eyes: Eyes<'_>) -> Condition {
    let public = visible(eyes.reading, columns).and(published());
    match eyes.writing.visible() {
        // Said rather than asked of each row, so that the database may use its indexes.
        Rights::Never => public.into_condition(),
        own => Condition::any().add(public).add(condition(&own, columns)),
    }
}

/// One service: what the policy shows, unless its organisation is shut out.
fn readable(eyes: Eyes<'_>) -> Condition {
    let own = condition(&eyes.writing.visible(), columns);
    Condition::all().add(visible(eyes.reading, columns)).add(O::State.ne(OrganisationState::Blocked).or(own))
}

/// A JSON list that holds one of `codes`.
fn holds_one_of<T: sea_orm::Iden + Copy + 'static, C: sea_orm::IdenStatic>(
    engine: Engine,
    (table, column): (T, C),
    codes: &[&str],
) -> Expr {
    match engine {
        Engine::Sqlite => {
            let marks = vec!["?"; codes.len()].join(", ");
            let (table, name) = (table.to_string(), column.as_str());
            let text = format!("EXISTS (SELECT 1 FROM json_each(\"{table}\".\"{name}\") WHERE value IN ({marks}))");
            Expr::cust_with_values(text, codes.iter().map(|code| (*code).to_owned()))
        }
        Engine::Postgres => {
            use sea_orm::sea_query::extension::postgres::PgBinOper;
            let one = |code: &&str| Expr::col((table, column)).binary(PgBinOper::Contains, Expr::val(serde_json::json!([code])));
            codes.iter().map(one).reduce(ExprTrait::or).unwrap_or_else(|| Expr::val(1).eq(0))
        }
    }
}

/// A JSON list that is told and empty.
fn is_empty_list(engine: Engine, column: S) -> Expr {
    match engine {
        Engine::Sqlite => Expr::col((Services, column)).eq("[]"),
        Engine::Postgres => Expr::col((Services, column)).eq(serde_json::json!([])),
    }
}

/// The words of a question, as folded columns hold them.
fn words_of(q: &str) -> Vec<String> {
    fold_text(q).split(' ').filter(|word| !word.is_empty()).map(ToOwned::to_owned).collect()
}

/// A folded column holds a word.
fn like_word(column: Expr, word: &str) -> Expr {
    let escaped = word.replace('!', "!!").replace('%', "!%").replace('_', "!_");
    column.like(LikeExpr::new(format!("%{escaped}%")).escape('!'))
}

/// Every word of `q` occurs in a folded column.
fn has_words(column: Expr, q: &str) -> Condition {
    words_of(q).iter().fold(Condition::all(), |all, word| all.add(like_word(column.clone(), word)))
}

/// What the domain's `Acceptance` answers, as SQL: two-valued on every row.
fn accepts(today: NaiveDate) -> Expr {
    let joined = || O::VerifiedAt.is_not_null().and(has_members(today));
    let open = unsuspended(today).and(O::ReferralForm.eq(true));
    let form = S::FormEnabled.eq(true).or(S::Source.is_not_null().and(joined()));
    let read = joined().or(S::ContactEmail.is_not_null());
    published().and(open).and(form).and(read)
}

/// What of a question the database answers: the part that needs neither a place nor words beyond the name.
fn filtered(engine: Engine, filter: &ServiceFilter, today: NaiveDate) -> Condition {
    let states: &[ServiceState] = if filter.state.is_empty() { &[ServiceState::Published] } else { &filter.state };
    let ServiceFilter { topic: topics, audience: audiences, kind: kinds, fee: fees, reception: receptions, .. } = filter;
    let marks = Marks { topics, audiences, kinds, fees, receptions };
    let labels: Vec<&str> = filter.label.iter().map(String::as_str).collect();
    let networks: Vec<&str> = filter.network.iter().map(String::as_str).collect();
    let has_room = |wanted: bool| {
        let room = S::CapacityFree.gt(0).and(S::CapacityValidUntil.gte(today));
        let room = S::CapacityFree.is_not_null().and(S::CapacityValidUntil.is_not_null()).and(room);
        if wanted { room } else { room.not() }
    };
    Condition::all()
        .add(match states {
            [one] => S::State.eq(*one),
            several => S::State.is_in(several.iter().copied()),
        })
        .add_option((!filter.organisation.is_empty()).then(|| S::OrganisationId.is_in(filter.organisation.iter().copied())))
        .add(marked(engine, &marks))
        .add_option((!labels.is_empty()).then(|| holds_one_of(engine, (Services, S::Labels), &labels)))
        .add_option((!networks.is_empty()).then(|| holds_one_of(engine, (organisation::Entity, O::Networks), &networks)))
        .add_option(filter.q.as_deref().map(|q| has_words(S::NameFolded.into_expr(), q)))
        .add_option(filter.updated_since.map(|since| S::UpdatedAt.gte(since)))
        .add_option(filter.has_capacity.map(has_room))
        .add_option(filter.accepts_referrals.map(|wanted| if wanted { accepts(today) } else { accepts(today).not() }))
}

/// How many rows a query has, counted up to `most`.
async fn bounded_count<E: sea_orm::EntityTrait>(db: &Db, query: Select<E>, most: u64) -> Result<u64, Failure> {
    let mut counted = Query::select();
    counted.expr(Expr::cust("COUNT(*)")).from_subquery(query.limit(most).into_query(), "bounded");
    let row = db.reader().query_one(&counted).await?.ok_or(Failure::Missing)?;
    Ok(u64::try_from(row.try_get_by_index::<i64>(0)?).unwrap_or(0))
}

/// Up to `most` services of a list, from `after` on, in the order of their creation.
///
/// # Errors
/// As any read.
pub async fn services(db: &Db, eyes: Eyes<'_>, filter: &ServiceFilter, after: After, most: u64) -> Result<Vec<ServiceItem>, Failure> {
    let mut query = Services::find()
        .select_only()
        .expr_as(Expr::col((search_document::Entity, search_document::Column::Document)), "document")
        .join(JoinType::InnerJoin, offered_by())
        .join(JoinType::InnerJoin, documented())
        .filter(listed(eyes))
        .filter(filtered(db.engine(), filter, eyes.today))
        .order_by_asc(S::CreatedAt)
        .order_by_asc(S::Id)
        .limit(most);
    if let Some((at, id)) = after {
        let place = Expr::tuple([S::CreatedAt.into_expr(), S::Id.into_expr()]);
        query = query.filter(place.gt(Expr::tuple([Expr::val(at), Expr::val(id)])));
    }
    let texts: Vec<String> = query.into_tuple().all(db.reader()).await?;
    search::items(db, &texts, eyes.today).await
}

/// How many services a list has, counted up to `most`.
///
/// # Errors
/// As any read.
pub async fn count_services(db: &Db, eyes: Eyes<'_>, filter: &ServiceFilter, most: u64) -> Result<u64, Failure> {
    let query = Services::find().select_only().column(S::Id).join(JoinType::InnerJoin, offered_by()).filter(listed(eyes)).filter(filtered(
        db.engine(),
        filter,
        eyes.today,
    ));
    bounded_count(db, query, most).await
}

/// Every service that a rule shows, with its mask: what random worlds compare with [`Rule::decide`].
///
/// # Errors
/// As any read.
#[doc(hidden)]
pub async fn decisions(db: &Db, rule: &Rule) -> Result<Vec<(ServiceId, i32)>, Failure> {
    let query = Services::find().select_only().column(S::Id).expr_as(mask(rule, columns), "mask").filter(visible(rule, columns));
    Ok(query.into_tuple().all(db.reader()).await?)
}

fn unless_private(column: S) -> Expr {
    Expr::expr(CaseStatement::new().case(S::ContactPublic.eq(true), column.into_expr()))
}

/// One service, its private contact blank.
///
/// # Errors
/// [`Failure::Missing`] when the caller does not see it.
pub async fn service(db: &Db, eyes: Eyes<'_>, id: ServiceId) -> Result<ServiceView, Failure> {
    let row = joined(eyes.today)
        .columns([S::UnitId, S::Description, S::AudienceNote, S::Criteria, S::FeeNote, S::Address, S::Coverage, S::WaysIn, S::Link])
        .columns([S::LinkText, S::ContactPublic, S::HoursPerWeek, S::Weeks, S::UpdateFrequency, S::Languages, S::PublishedAt])
        .columns([S::SourceId, S::SourceUrl, S::SourceUpdatedOn, S::CriteriaMode, S::Conditions, S::OtherPlaces, S::ProfessionalWaysIn])
        .columns([S::OpenTo, S::WayInNote, S::OpeningHours, S::MedianDays, S::LastConfirmedAt, S::Labels, S::CaseType])
        .columns([S::FeeAmount, S::FeeCurrency, S::CapacityTotal, S::CapacityFree, S::WaitingList, S::CapacityValidUntil])
        .expr_as(S::ContactPhone.is_not_null(), "has_contact_phone")
        .expr_as(reader::open_reports_of(eyes), "open_reports")
        .expr_as(unless_private(S::ContactName), "contact_name")
        .expr_as(unless_private(S::ContactEmail), "contact_email")
        .expr_as(unless_private(S::ContactPhone), "contact_phone")
        .filter(readable(eyes))
        .filter(S::Id.eq(id))
        .into_model::<ServiceView>()
        .one(db.reader())
        .await?;
    Ok(row.ok_or(Failure::Missing)?.completed(eyes.today))
}

/// The contact of one service, private or not.
///
/// # Errors
/// [`Failure::Missing`] when the caller does not see the service.
pub async fn contact(db: &Db, eyes: Eyes<'_>, id: ServiceId) -> Result<ServiceContact, Failure> {
    let row = Services::find()
        .select_only()
        .columns([S::Id, S::ContactName, S::ContactEmail, S::ContactPhone, S::ContactPublic, S::Version])
        .expr_as(has_contact(), "contact_available")
        .join(JoinType::InnerJoin, offered_by())
        .filter(readable(eyes))
        .filter(S::Id.eq(id))
        .into_model::<ServiceContact>()
        .one(db.reader())
        .await?;
    row.ok_or(Failure::Missing)
}

/// A service as row and as domain value, seen by the caller; for judging acts without changing it.
///
/// # Errors
/// [`Failure::Missing`] when the caller does not see it.
pub async fn judged(db: &Db, eyes: Eyes<'_>, id: ServiceId) -> Result<(service::Model, Service), Failure> {
    let row = Services::find().join(JoinType::InnerJoin, offered_by()).filter(readable(eyes)).filter(S::Id.eq(id));
    let row = row.one(db.reader()).await?.ok_or(Failure::Missing)?;
    let service = service_of(&row)?;
    Ok((row, service))
}

/// A service to be changed in this transaction, locked against others.
///
/// # Errors
/// [`Failure::Missing`] when the caller does not see it.
pub async fn for_change(tx: &Tx, eyes: Eyes<'_>, id: ServiceId) -> Result<(service::Model, Service), Failure> {
    let mut query = Services::find().join(JoinType::InnerJoin, offered_by()).filter(readable(eyes)).filter(S::Id.eq(id));
    if tx.engine() == Engine::Postgres {
        QueryTrait::query(&mut query).lock_with_tables(LockType::Update, [Services]);
    }
    let row = query.one(tx.conn()).await?.ok_or(Failure::Missing)?;
    let service = service_of(&row)?;
    Ok((row, service))
}

/// A service by its id, whoever asks; for a create that comes a second time.
///
/// # Errors
/// As any read.
pub async fn by_id(tx: &Tx, id: ServiceId) -> Result<Option<Service>, Failure> {
    Services::find_by_id(id).one(tx.conn()).await?.as_ref().map(service_of).transpose()
}

/// Whether a unit belongs to an organisation.
///
/// # Errors
/// As any read.
pub async fn unit_belongs(tx: &Tx, unit: UnitId, organisation: OrganisationId) -> Result<bool, Failure> {
    let query = unit::Entity::find_by_id(unit).filter(unit::Column::OrganisationId.eq(organisation));
    Ok(query.one(tx.conn()).await?.is_some())
}
