//! A send, and what a moderator decides of the sending organisation at the same time: whichever came first, nothing waits for a
//! verification that has been given, and nothing goes out after a block.

use chrono::{DateTime, Utc};
use relais_domain::directory::OrganisationState;
use relais_domain::shared::ids::OrganisationId;
use relais_persistence::identity::entity::organisation;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};

use super::{SERVICE, base_of, name, posts, rounds};
use crate::world::tools::{number, patiently};
use crate::world::{Client, Program, World, ready_draft};

/// Puts an organisation back to where nobody has judged it.
async fn unjudged(world: &World, organisation: &str) {
    let (id, database) = (organisation.parse::<OrganisationId>().unwrap(), world.copy.connect().await);
    organisation::Entity::update_many()
        .col_expr(organisation::Column::State, Expr::val("active"))
        .col_expr(organisation::Column::VerifiedAt, Expr::val(None::<DateTime<Utc>>))
        .col_expr(organisation::Column::BlockReason, Expr::val(None::<String>))
        .filter(organisation::Column::Id.eq(id))
        .exec(&database)
        .await
        .unwrap();
    database.close().await.unwrap();
}

/// How many of the race's legs are in a state.
async fn in_state(world: &World, state: &str) -> i64 {
    let database = world.copy.connect().await;
    let count = number(&database, &format!("SELECT count(*) FROM referral WHERE name_folded LIKE 'course%' AND state = '{state}'")).await;
    database.close().await.unwrap();
    count
}

/// A draft of Noémie's, alone in its round. What her session knew of her organisation a moment ago may still stand.
async fn drafts(noemie: &Client, service: &str, round: usize) -> String {
    let mut made = posts(noemie, "/v1/referrals", ready_draft(service, &name(round))).await;
    let begun = std::time::Instant::now();
    while matches!(made.status.as_u16(), 400 | 403) && begun.elapsed() < std::time::Duration::from_secs(5) {
        made = posts(noemie, "/v1/referrals", ready_draft(service, &name(round))).await;
    }
    made.with_status(201).good()["id"].as_str().unwrap().to_owned()
}

/// A round: nobody has judged the sender yet, who drafts at one of the two programs.
async fn begins(world: &World, other: &Program, service: &str, round: usize) -> (Client, String) {
    let there = world.client_at(base_of(world, other, round), "prescriber_2");
    unjudged(world, there.organisation()).await;
    let draft = drafts(&there, service, round).await;
    (there, draft)
}

async fn sends(noemie: &Client, draft: &str) -> crate::world::Answer {
    posts(noemie, &format!("/v1/referrals/{draft}/send"), json!({"override_reason": "vérifié en entretien"})).await
}

async fn judges(moderator: &Client, act: &str, organisation: &str, body: Option<Value>) -> crate::world::Answer {
    let path = format!("/v1/organisations/{organisation}/{act}");
    patiently(async || moderator.send(reqwest::Method::POST, &path, body.clone()).await).await
}

both! {
    async fn what_is_sent_while_its_sender_is_verified_reaches_the_receiver(world) {
        let other = Program::start(&world.copy, &[]);
        let (service, noemie, moderator) = (world.service(SERVICE).await, world.persona("prescriber_2"), world.persona("moderator"));
        for round in 0..rounds() {
            let (there, draft) = begins(world, &other, &service, round).await;
            let (sent, verified) = tokio::join!(sends(&there, &draft), judges(&moderator, "verify", noemie.organisation(), None));
            sent.good();
            verified.good();
        }
        assert_eq!(in_state(world, "held").await, 0, "nothing waits for a verification that was given");
        assert_eq!(in_state(world, "sent").await, i64::try_from(rounds()).unwrap());
    }

    async fn what_is_sent_while_its_sender_is_shut_out_reaches_nobody(world) {
        let other = Program::start(&world.copy, &[]);
        let (service, noemie, moderator) = (world.service(SERVICE).await, world.persona("prescriber_2"), world.persona("moderator"));
        let mut sent_first = 0;
        for round in 0..rounds() {
            let (there, draft) = begins(world, &other, &service, round).await;
            let reason = json!({"reason": "Adresse introuvable au registre"});
            let (sent, blocked) = tokio::join!(sends(&there, &draft), judges(&moderator, "block", noemie.organisation(), Some(reason)));
            blocked.good();
            assert!(matches!(sent.status.as_u16(), 200 | 400 | 403 | 404 | 409), "{}", sent.text);
            if sent.status == 409 {
                sent.refused(409, "organisation_blocked");
            } else {
                sent_first += i64::from(sent.status == 200);
            }
        }
        assert_eq!((in_state(world, "held").await, in_state(world, "sent").await), (0, 0), "no leg outlives the block of its sender");
        assert_eq!(in_state(world, "blocked").await, sent_first);
    }

    async fn what_is_sent_while_its_receiver_is_shut_out_waits_with_nobody(world) {
        let other = Program::start(&world.copy, &[]);
        let (service, moderator) = (world.service(SERVICE).await, world.persona("moderator"));
        let receiver = world.operator().organisation().to_owned();
        for round in 0..rounds() {
            world.sets_state(&receiver, OrganisationState::Active).await;
            let there = world.client_at(base_of(world, &other, round), "prescriber");
            let draft = drafts(&there, &service, round).await;
            let reason = json!({"reason": "Adresse introuvable au registre"});
            let (sent, blocked) = tokio::join!(sends(&there, &draft), judges(&moderator, "block", &receiver, Some(reason)));
            blocked.good();
            assert!(matches!(sent.status.as_u16(), 200 | 409), "{}", sent.text);
        }
        world.moves_on("PT2M").await;
        assert_eq!(in_state(world, "sent").await, 0, "nobody waits for who was shut out");
        let (ended, drafts) = (in_state(world, "expired").await, in_state(world, "draft").await);
        assert_eq!(ended + drafts, i64::try_from(rounds()).unwrap(), "{ended} ended, {drafts} not sent");
    }

    async fn what_is_withdrawn_meanwhile_does_not_stand_against_a_verification(world) {
        let other = Program::start(&world.copy, &[]);
        let (service, noemie, moderator) = (world.service(SERVICE).await, world.persona("prescriber_2"), world.persona("moderator"));
        for round in 0..rounds() {
            let (there, draft) = begins(world, &other, &service, round).await;
            sends(&there, &draft).await.good();
            let withdraw = patiently(async || there.does("withdraw", &draft).await);
            let (withdrawn, verified) = tokio::join!(withdraw, judges(&moderator, "verify", noemie.organisation(), None));
            withdrawn.good();
            verified.good();
        }
        assert_eq!(in_state(world, "withdrawn").await, i64::try_from(rounds()).unwrap());
    }
}
