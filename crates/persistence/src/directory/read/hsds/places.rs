//! Services at each of their places, as rows: the same places that the domain's mapping tells.

use relais_domain::directory::Reception;
use relais_domain::directory::hsds::{LAST_PLACE, REMOTE_PLACE};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, UnionType};
use sea_orm::{EntityTrait as _, QueryFilter as _, QuerySelect as _, QueryTrait as _};

use super::super::{Eyes, listed};
use super::asked;
use super::near::{self, OtherPlaces};
use crate::db::Engine;
use crate::directory::entity::service::{Column as S, Entity as Services};
use crate::directory::view::hsds::Wanted;

/// Every place of the services that are asked for: their addresses, their other places, and none for what is given from afar.
/// When a distance is asked for, only the places that lie near enough.
pub(super) fn of_services(engine: Engine, eyes: Eyes<'_>, wanted: &Wanted) -> SelectStatement {
    let services = || {
        let query = Services::find().select_only().columns([S::CreatedAt, S::Id, S::Reception, S::Latitude, S::Longitude, S::OtherPlaces]);
        let query = query.expr_as(Expr::col((Services, S::Address)).is_not_null(), "has_address");
        query.filter(listed(eyes)).filter(asked(engine, wanted)).into_query()
    };
    let reception = || Expr::col(("service", "reception"));
    let comes = || reception().is_null().or(reception().ne(Reception::Remote.code()));
    let (latitude, longitude) = (Expr::col(("service", "latitude")), Expr::col(("service", "longitude")));

    let mut places = rows(services(), Expr::val(0));
    places.and_where(comes()).and_where(Expr::col(("service", "has_address")).eq(true).or(latitude.clone().is_not_null()));

    let other = OtherPlaces::of(engine);
    let mut others = rows(services(), other.number.clone());
    others.from_function(other.rows, "place").and_where(comes()).and_where(other.number.lte(i32::from(LAST_PLACE)));

    if let Some((centre, metres)) = wanted.within {
        places.and_where(near::within(&latitude, &longitude, centre, metres));
        others.and_where(near::within(&other.latitude, &other.longitude, centre, metres));
        return places.union(UnionType::All, others).take();
    }
    let mut remote = rows(services(), Expr::val(i32::from(REMOTE_PLACE)));
    remote.and_where(reception().is_in([Reception::Remote.code(), Reception::Both.code()]));
    places.union(UnionType::All, others).union(UnionType::All, remote).take()
}

fn rows(services: SelectStatement, number: Expr) -> SelectStatement {
    let mut query = Query::select();
    query.column(("service", "created_at")).column(("service", "id")).expr_as(number, "number").from_subquery(services, "service");
    query
}
