//! Pages by `(created_at, id)` come in the same order on both engines, with no row twice and none left out.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use relais_domain::directory::ServiceState;
use relais_domain::shared::ids::{OrganisationId, ServiceId};
use relais_persistence::directory::entity::service;
use relais_persistence::directory::read::{self as directory, Eyes};
use relais_persistence::directory::view::{ServiceFilter, StructureFilter};
use relais_persistence::directory::write::complete_search_documents;
use relais_persistence::identity::entity::organisation;
use relais_persistence::identity::read::{OrganisationFilter, organisations};
use relais_persistence::referral::entity::referral;
use relais_persistence::referral::read::{Filter, Place as LegPlace, Reader, page, place_of};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _};
use serde_json::json;
use uuid::Uuid;

use super::searches::{an_organisation, everything};
use crate::access::rows;
use crate::access::world::{Chance, an_instant, id, legs};
use crate::both::{Place, both};

type Key = (DateTime<Utc>, Uuid);

/// Instants that differ by a second, a millisecond, a microsecond or nothing, and ids that differ in the first and the last byte.
fn keys() -> Vec<Key> {
    let micros = [
        0,
        1,
        10,
        999,
        1_000,
        1_001,
        100_000,
        120_000,
        123_000,
        123_456,
        500_000,
        999_999,
        1_000_000,
        1_000_001,
        60_000_000,
        3_600_000_000,
    ];
    let instants = micros.map(|micros| an_instant(0) + TimeDelta::microseconds(micros));
    let numbers: [u128; 5] = [0x0100_0000_0000_0000_0000_0000_0000_00ff, 0x7f << 120, 0x80 << 120, 0xff << 120, 0x0a61];
    let mut keys = vec![];
    for (turn, at) in (0u128..).zip(instants) {
        keys.extend(numbers.iter().map(|number| (at, Uuid::from_u128(number + (((turn * 7) % 16) << 8)))));
    }
    keys
}

async fn fill(place: &Place, keys: &[Key]) {
    for (at, own) in keys {
        let row = organisation::Model { id: OrganisationId(*own), created_at: *at, ..an_organisation(1, "Même nom", json!({})) };
        organisation::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(&place.raw).await.unwrap();
    }
    let offered = service::Entity::find().one(&place.raw).await.unwrap().unwrap();
    for (at, own) in keys {
        let row = service::Model { id: ServiceId(*own), created_at: *at, ..offered.clone() };
        service::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(&place.raw).await.unwrap();
    }
    complete_search_documents(&place.db, &super::context(offered.created_at)).await.unwrap();
}

/// Walks a list in pages of three.
async fn walk<F: AsyncFn(Option<Key>) -> Vec<Key>>(list: F) -> Vec<Key> {
    let mut whole: Vec<Key> = vec![];
    loop {
        let page = list(whole.last().copied()).await;
        if page.is_empty() {
            return whole;
        }
        whole.extend(page.into_iter().take(3));
        assert!(whole.len() < 1_000, "the pages never end");
    }
}

#[tokio::test]
async fn pages_come_in_one_order() {
    both(async |both| {
        both.migrate().await;
        rows::settle(&both).await;
        rows::offer(&both, &[(1, None, ServiceState::Published)]).await;
        let mut chance = Chance::new(1);
        let random: Vec<_> = (0..50).map(|_| chance.draw(legs())).collect();
        let random = rows::refer(&both, &random).await;
        let mut sorted = keys();
        sorted.sort();
        for place in both.each() {
            fill(place, &keys()).await;
            let (db, rule) = (&place.db, everything());
            let eyes = Eyes { reading: &rule, writing: &rule, today: NaiveDate::default() };
            let ours = |walked: Vec<Key>| walked.into_iter().filter(|key| sorted.contains(key)).collect::<Vec<_>>();
            let walked = walk(async |after| {
                let rows = directory::services(db, eyes, &ServiceFilter::default(), after, 3).await.unwrap();
                rows.iter().map(|row| (row.created_at, row.id.0)).collect()
            });
            assert_eq!(ours(walked.await), sorted, "{:?}: services", place.engine);
            let walked = walk(async |after| {
                let rows = directory::structures(db, &StructureFilter::default(), after, 3).await.unwrap();
                rows.iter().map(|row| (row.created_at, row.id.0)).collect()
            });
            assert_eq!(ours(walked.await), sorted, "{:?}: structures", place.engine);
            let walked = walk(async |after| {
                let rows = organisations(db, &rule, &OrganisationFilter::default(), after, 3).await.unwrap();
                rows.iter().map(|row| (row.created_at, row.id.0)).collect()
            });
            assert_eq!(ours(walked.await), sorted, "{:?}: organisations", place.engine);

            // Legs, newest first; their instants differ by microseconds too.
            for (turn, leg) in (0i64..).zip(&random) {
                let at = leg.row.created_at + TimeDelta::microseconds([0, 1, 1_000, 120_000][usize::try_from(turn % 4).unwrap()]);
                let change = referral::Entity::update_many().col_expr(referral::Column::CreatedAt, Expr::val(at));
                change.filter(referral::Column::Id.eq(leg.row.id)).exec(&place.raw).await.unwrap();
            }
            let walked = walk(async |after| {
                let rows =
                    page(db, &rule, Reader::default(), &Filter::default(), after.map(|(at, id)| LegPlace { paused: false, at, id }), 3)
                        .await
                        .unwrap();
                let places = rows.iter().map(|row| place_of(row, &Filter::default()));
                places.map(|place| (place.at, place.id)).collect()
            });
            let walked = walked.await;
            assert_eq!(walked.len(), random.len());
            assert!(walked.windows(2).all(|pair| pair[0] > pair[1]), "{:?}: newest first", place.engine);
            assert!(walked.iter().any(|(_, own)| *own == id::<Uuid>(3_000)));
        }
    })
    .await;
}
