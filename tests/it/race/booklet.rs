//! Two at once on a booklet: units are drawn once, and never more than there are.

use super::{base_of, decided, name, rounds};
use crate::story::booklet::{carries, steps};
use crate::world::tools::{number, patiently};
use crate::world::{Client, Program};

both! {
    async fn of_two_who_draw_the_last_units_on_two_nodes_one_gets_them(world) {
        let other = Program::start(&world.copy, &[]);
        for round in 0..rounds() {
            let (here, there) = (world.operator(), world.client_at(base_of(world, &other, round), "colleague"));
            let (booklet, referral) = carries(world, &name(round), 5).await;
            here.agrees(&referral, steps(&[(1, 2, true), (2, 2, true), (3, 2, true)])).await;
            let draws = async |who: &Client, step: u8| patiently(async || who.draws(&booklet, &referral, step).await).await;

            // One step twice at once, then two steps for which there are units for one.
            let (_, won, lost) = decided(tokio::join!(draws(&here, 1), draws(&there, 1)), 409);
            assert_eq!(won.body["balance"], 3);
            lost.refused(409, "step_already_used");
            let (_, won, lost) = decided(tokio::join!(draws(&here, 2), draws(&there, 3)), 409);
            assert_eq!(won.body["balance"], 1);
            lost.refused(409, "balance_too_low");
            assert_eq!(there.get(&format!("/v1/booklets/{booklet}")).await.good()["balance"], 1);
        }
        let database = world.copy.connect().await;
        assert_eq!(number(&database, "SELECT count(*) FROM booklet_entry WHERE balance_after < 0").await, 0);
        let apart = "SELECT count(*) FROM booklet b WHERE b.balance <> (SELECT sum(e.units) FROM booklet_entry e WHERE e.booklet_id = b.id)";
        assert_eq!(number(&database, apart).await, 0, "the balance is what the entries come to");
        database.close().await.unwrap();
    }
}
