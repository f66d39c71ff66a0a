//! Reading for the façade of HSDS: which things a list holds and how many, and apart from that the things themselves.

mod near;
mod places;

use relais_domain::directory::hsds::{Identifier, PublicOrganisation, Scheme, Term};
use relais_domain::directory::{Fee, OrganisationState, Reception, Service, ServiceKind, ServiceState};
use relais_domain::shared::PostalAddress;
use relais_domain::shared::ids::{OrganisationId, ServiceId};
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait as _, EntityTrait as _, FromQueryResult as _, JoinType, QueryFilter as _,
    QuerySelect as _, QueryTrait as _,
};
use serde_json::Value as Json;

use super::marks::topics_of;
use super::pair::{Pair, in_order, pair, pairs_by_id};
use super::{Eyes, holds_one_of, is_empty_list, like_word, listed, offered_by, readable, words_of};
use crate::db::{Db, Engine, Failure};
use crate::directory::entity::service::{Column as S, Entity as Services};
use crate::directory::view::contact_is_public;
use crate::directory::view::hsds::{Found, Listed, Wanted, Window};
use crate::directory::write::{point, service_of, told};
use crate::identity::entity::organisation::{self, Column as O, Entity as Organisations};

/// The things of one part of a list, in the order in which they came into the directory.
///
/// # Errors
/// As any read.
pub async fn found(db: &Db, eyes: Eyes<'_>, list: Listed, wanted: &Wanted, window: Window) -> Result<Vec<Found>, Failure> {
    let mut query = Query::select();
    query.columns(["created_at", "id", "number"]).from_subquery(whole(db.engine(), eyes, list, wanted), "found");
    for column in ["created_at", "id", "number"] {
        query.order_by(column, Order::Asc);
    }
    match window {
        Window::Page { offset, limit } => query.offset(offset).limit(limit),
        Window::After { last, limit } => {
            if let Some(Found { created_at, id, number }) = last {
                let place = Expr::tuple(["created_at", "id", "number"].map(Expr::col));
                query.and_where(place.gt(Expr::tuple([Expr::val(created_at), Expr::val(id), Expr::val(number)])));
            }
            query.limit(limit)
        }
    };
    let rows = db.reader().query_all(&query).await?;
    Ok(rows.iter().map(|row| Found::from_query_result(row, "")).collect::<Result<_, _>>()?)
}

/// How many things a list holds.
///
/// # Errors
/// As any read.
pub async fn count(db: &Db, eyes: Eyes<'_>, list: Listed, wanted: &Wanted) -> Result<u64, Failure> {
    let mut query = Query::select();
    query.expr(Expr::cust("COUNT(*)")).from_subquery(whole(db.engine(), eyes, list, wanted), "found");
    let row = db.reader().query_one(&query).await?.ok_or(Failure::Missing)?;
    Ok(u64::try_from(row.try_get_by_index::<i64>(0)?).unwrap_or(0))
}

/// A whole list, without an order.
fn whole(engine: Engine, eyes: Eyes<'_>, list: Listed, wanted: &Wanted) -> SelectStatement {
    let number = || Expr::val(0);
    match list {
        Listed::Services => {
            let query = Services::find().select_only().columns([S::CreatedAt, S::Id]).expr_as(number(), "number");
            let query = query.filter(listed(eyes));
            query.filter(asked(engine, wanted)).filter(near::somewhere(engine, wanted)).into_query()
        }
        Listed::Places => places::of_services(engine, eyes, wanted),
        Listed::Organisations => {
            let query = Organisations::find().select_only().columns([O::CreatedAt, O::Id]).expr_as(number(), "number");
            query.filter(asked_of_organisation(engine, wanted)).into_query()
        }
    }
}

/// What is asked of a service, but for its place.
fn asked(engine: Engine, wanted: &Wanted) -> Condition {
    let Wanted { search, term, scheme, organisation, modified_from, lives_in, within: _ } = wanted;
    let words = search.as_deref().map(words_of).unwrap_or_default();
    let mut all = Condition::all();
    for word in words {
        let mut offering = Query::select();
        let name = Expr::col((Organisations, O::NameFolded));
        offering.expr(Expr::col((Organisations, O::Id))).from(Organisations).and_where(like_word(name, &word));
        let own = like_word(Expr::col((Services, S::NameFolded)), &word);
        all = all.add(own.or(S::OrganisationId.in_subquery(offering)));
    }
    all.add_option(term.map(|term| has_term(engine, &term)))
        .add_option(scheme.map(|scheme| has_scheme(engine, scheme)))
        .add_option(organisation.map(|id| S::OrganisationId.eq(id)))
        .add_option(modified_from.map(|at| S::UpdatedAt.gte(at)))
        .add_option(lives_in.as_deref().map(|zones| near::receives(engine, zones)))
}

fn has_term(engine: Engine, term: &Term) -> Expr {
    let nothing = || Expr::val(1).eq(0);
    match term.scheme {
        Scheme::Topics => holds_one_of(engine, (Services, S::Topics), &topics_of(&[term.code.to_owned()])),
        Scheme::Audiences => holds_one_of(engine, (Services, S::Audiences), &[term.code]),
        Scheme::Kinds => ServiceKind::from_national(term.code).map_or_else(nothing, |kind| S::Kind.eq(kind)),
        Scheme::Fees => Fee::from_national(term.code).map_or_else(nothing, |fee| S::Fee.eq(fee)),
        Scheme::Receptions => Reception::from_national(term.code).map_or_else(nothing, |mode| S::Reception.is_in([mode, Reception::Both])),
    }
}

fn has_scheme(engine: Engine, scheme: Scheme) -> Expr {
    let filled = |column: S| column.is_not_null().and(is_empty_list(engine, column).not());
    match scheme {
        Scheme::Topics => filled(S::Topics),
        Scheme::Audiences => filled(S::Audiences),
        Scheme::Kinds => S::Kind.is_not_null(),
        Scheme::Fees => S::Fee.is_not_null(),
        Scheme::Receptions => S::Reception.is_not_null(),
    }
}

/// What is asked of an organisation: a term or taxonomy holds for one of its published services.
fn asked_of_organisation(engine: Engine, wanted: &Wanted) -> Condition {
    let Wanted { search, term, scheme, organisation, modified_from, lives_in: _, within: _ } = wanted;
    let mut all = Condition::all().add(O::State.eq(OrganisationState::Active));
    for word in search.as_deref().map(words_of).unwrap_or_default() {
        all = all.add(like_word(Expr::col((Organisations, O::NameFolded)), &word));
    }
    let offers = |what: Expr| {
        let mut services = Query::select();
        services.expr(Expr::val(1)).from(Services).and_where(Expr::col((Services, S::OrganisationId)).equals((Organisations, O::Id)));
        services.and_where(Expr::col((Services, S::State)).eq(ServiceState::Published)).and_where(what);
        Expr::exists(services)
    };
    all.add_option(organisation.map(|id| O::Id.eq(id)))
        .add_option(modified_from.map(|at| O::UpdatedAt.gte(at)))
        .add_option(term.map(|term| offers(has_term(engine, &term))))
        .add_option(scheme.map(|scheme| offers(has_scheme(engine, scheme))))
}

/// A service with the public face of who offers it.
pub type Offered = (Service, PublicOrganisation);

/// These services, as far as they are listed, in the order of the ids.
///
/// # Errors
/// As any read.
pub async fn offered(db: &Db, eyes: Eyes<'_>, ids: &[ServiceId]) -> Result<Vec<Offered>, Failure> {
    pairs_by_id(db, listed(eyes), ids).await?.into_iter().map(both).collect()
}

/// One of these services, the first that the public may read: published or suspended.
///
/// # Errors
/// [`Failure::Missing`] when there is none.
pub async fn offered_one(db: &Db, eyes: Eyes<'_>, ids: &[ServiceId]) -> Result<Offered, Failure> {
    let query = Services::find().join(JoinType::InnerJoin, offered_by());
    both(pair(db, query.filter(S::Id.is_in(ids.iter().copied())).filter(readable(eyes))).await?)
}

fn both((service, organisation): Pair) -> Result<Offered, Failure> {
    Ok((service_of(&service)?, public_face(organisation)?))
}

/// The public faces of these organisations, as far as they are at work, in the order of the ids.
///
/// # Errors
/// As any read.
pub async fn public_faces(db: &Db, ids: &[OrganisationId]) -> Result<Vec<PublicOrganisation>, Failure> {
    let query = Organisations::find().filter(O::Id.is_in(ids.iter().copied())).filter(O::State.eq(OrganisationState::Active));
    in_order(query.all(db.reader()).await?, ids, |row| row.id).into_iter().map(public_face).collect()
}

/// The public face of one organisation, unless the platform has shut it out.
///
/// # Errors
/// [`Failure::Missing`].
pub async fn public_face_of(db: &Db, id: OrganisationId) -> Result<PublicOrganisation, Failure> {
    let query = Organisations::find_by_id(id).filter(O::State.ne(OrganisationState::Blocked));
    public_face(query.one(db.reader()).await?.ok_or(Failure::Missing)?)
}

fn public_face(row: organisation::Model) -> Result<PublicOrganisation, Failure> {
    let public = contact_is_public(&row.settings, row.source.is_some());
    Ok(PublicOrganisation {
        id: row.id,
        name: row.name,
        description: row.description,
        state: row.state,
        parent_id: row.parent_id,
        identifiers: identifiers(&row.identifiers),
        website: row.website,
        email: row.email.filter(|_| public),
        phone: row.phone.filter(|_| public),
        address: told::<PostalAddress>(row.address)?,
        point: point(row.latitude, row.longitude)?,
        opening_hours: row.opening_hours,
        accessibility: row.accessibility,
        source: row.source,
        source_url: row.source_url,
    })
}

fn identifiers(column: &Json) -> Vec<Identifier> {
    let text = |one: &Json, name: &str| Some(one.get(name)?.as_str().filter(|text| !text.is_empty())?.to_owned());
    let told = column.as_array().into_iter().flatten();
    told.filter_map(|one| Some(Identifier { kind: text(one, "kind")?, value: text(one, "value")? })).collect()
}
