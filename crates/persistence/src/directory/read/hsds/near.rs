//! Zones and distances.

use relais_domain::directory::{Reception, Zone};
use relais_domain::shared::{EARTH_RADIUS, GeoPoint};
use sea_orm::sea_query::extension::postgres::PgBinOper;
use sea_orm::sea_query::{Expr, ExprTrait, Func, FunctionCall, Query};
use serde_json::json;

use crate::db::Engine;
use crate::directory::entity::service::{Column as S, Entity as Services};
use crate::directory::view::hsds::Wanted;

/// Whether a service receives people who live in one of these zones: it says so, says everywhere, or has not told.
pub(super) fn receives(engine: Engine, zones: &[Zone]) -> Expr {
    let coverage = || Expr::col((Services, S::Coverage));
    let told = match engine {
        Engine::Sqlite => {
            let keys: Vec<String> = zones.iter().map(|Zone { kind, code }| format!("{kind}:{code}")).collect();
            let marks = vec!["?"; keys.len()].join(", ");
            let zone = r"json_extract(zone.value, '$.kind') || ':' || json_extract(zone.value, '$.code')";
            let text = format!(
                r#"(json_extract("service"."coverage", '$.everywhere') = 1 OR EXISTS (SELECT 1 FROM json_each("service"."coverage", '$.zones') AS zone WHERE {zone} IN ({marks})))"#
            );
            Expr::cust_with_values(text, keys)
        }
        Engine::Postgres => {
            let holds = |part: serde_json::Value| coverage().binary(PgBinOper::Contains, Expr::val(part));
            let one = |Zone { kind, code }: &Zone| holds(json!({"zones": [{"kind": kind.code(), "code": code.as_str()}]}));
            zones.iter().map(one).fold(holds(json!({"everywhere": true})), ExprTrait::or)
        }
    };
    coverage().is_null().or(told)
}

/// Whether one of the places of a service lies near enough; true when no distance is asked for.
pub(super) fn somewhere(engine: Engine, wanted: &Wanted) -> Expr {
    let Some((centre, metres)) = wanted.within else { return Expr::val(1).eq(1) };
    let own = within(&Expr::col((Services, S::Latitude)), &Expr::col((Services, S::Longitude)), centre, metres);
    let OtherPlaces { rows, latitude, longitude, number: _ } = OtherPlaces::of(engine);
    let mut other = Query::select();
    other.expr(Expr::val(1)).from_function(rows, "place").and_where(within(&latitude, &longitude, centre, metres));
    let reception = || Expr::col((Services, S::Reception));
    let comes = reception().is_null().or(reception().ne(Reception::Remote.code()));
    comes.and(own.or(Expr::exists(other)))
}

/// The other places of the services in the table or subquery `service`, as rows called `place`.
pub(super) struct OtherPlaces {
    /// What makes the rows.
    pub rows: FunctionCall,
    /// The number of the place, from 1.
    pub number: Expr,
    /// Degrees north.
    pub latitude: Expr,
    /// Degrees east.
    pub longitude: Expr,
}

impl OtherPlaces {
    pub(super) fn of(engine: Engine) -> Self {
        let list = || Expr::col(("service", "other_places"));
        match engine {
            Engine::Sqlite => {
                let degrees = |name: &str| Expr::cust(format!(r#"json_extract("place"."value", '$.point.{name}')"#));
                let (latitude, longitude) = (degrees("latitude"), degrees("longitude"));
                Self { rows: Func::cust("json_each").arg(list()), number: Expr::cust(r#""place"."key" + 1"#), latitude, longitude }
            }
            Engine::Postgres => {
                let element = r#"("service"."other_places" -> ("place"."place" - 1))"#;
                let degrees = |name: &str| Expr::cust(format!("({element} #>> '{{point,{name}}}')::double precision"));
                let rows = Func::cust("generate_series").arg(Expr::val(1)).arg(Func::cust("jsonb_array_length").arg(list()));
                let (latitude, longitude) = (degrees("latitude"), degrees("longitude"));
                Self { rows, number: Expr::cust(r#""place"."place""#), latitude, longitude }
            }
        }
    }
}

/// Whether a point lies at most so many metres from another. The haversine formula, with sines and cosines as polynomials around
/// the centre, because not every database has them; up to 100 km the error is below a metre.
pub(super) fn within(latitude: &Expr, longitude: &Expr, centre: GeoPoint, metres: u32) -> Expr {
    let (phi, metres) = (centre.latitude().to_radians(), f64::from(metres));
    let (sine, cosine) = phi.sin_cos();
    let north = || latitude.clone().sub(centre.latitude()).mul(1_f64.to_radians());
    let east = || longitude.clone().sub(centre.longitude()).mul(1_f64.to_radians());
    // sin²(x/2) = x²/4 - x⁴/48 + …
    let half_chord = |square: &dyn Fn() -> Expr| square().div(4.0).sub(square().mul(square()).div(48.0));
    let (north_2, east_2) = (|| north().mul(north()), || east().mul(east()));
    // cos(φ + x) = cos φ - x sin φ - x²/2 cos φ + x³/6 sin φ - …
    let cube = north_2().mul(north()).mul(sine / 6.0);
    let cosine_there = Expr::val(cosine).sub(north().mul(sine)).sub(north_2().mul(cosine / 2.0)).add(cube);
    let there = half_chord(&north_2).add(cosine_there.mul(cosine).mul(half_chord(&east_2)));
    let least = (metres / (2.0 * EARTH_RADIUS)).sin().powi(2);
    let height = (metres / EARTH_RADIUS).to_degrees() * 1.01;
    let width = height / (phi.abs() + height.to_radians()).min(1.5).cos();
    let (south, west) = (centre.latitude() - height, centre.longitude() - width);
    let near = latitude.clone().between(south, centre.latitude() + height).and(longitude.clone().between(west, centre.longitude() + width));
    near.and(there.lte(least))
}
