//! Two at once: for each pair of requests that contend, one order of things, whichever of them was first. Half of the rounds
//! go over two programs on one database.

mod balance;
mod booklet;
mod chain;
mod clocks;
mod retrieval;
mod sending;

use relais_domain::shared::ids::OrganisationId;
use relais_persistence::identity::entity::{membership, role_assignment};
use sea_orm::{ColumnTrait as _, DatabaseConnection, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};

use crate::world::tools::{number, patiently, size};
use crate::world::{Answer, Client, Program, World, ready_draft};
use balance::Balance;

const SERVICE: &str = "Accompagnement renforcé";

/// How many rounds each race runs.
fn rounds() -> usize {
    size(500, 20)
}

/// Names of people that no two rounds share: the same person referred twice is held back as a duplicate.
fn name(round: usize) -> String {
    let letter = |digit: usize| char::from(b'a' + u8::try_from(digit % 26).unwrap());
    format!("Course{}{}{}", letter(round / 676), letter(round / 26), letter(round))
}

/// Where the second of two requests goes: in every other round, to the other program.
fn base_of<'a>(world: &'a World, other: &'a Program, round: usize) -> &'a str {
    if round.is_multiple_of(2) { &world.program.base } else { &other.base }
}

/// The winner and the loser of two answers, by their statuses.
#[track_caller]
fn decided(answers: (Answer, Answer), lost: u16) -> (usize, Answer, Answer) {
    let (first, second) = answers;
    let statuses = (first.status.as_u16(), second.status.as_u16());
    if statuses == (200, lost) {
        (0, first, second)
    } else if statuses == (lost, 200) {
        (1, second, first)
    } else {
        panic!("neither 200 and {lost} nor the reverse: {statuses:?}\n{}\n{}", first.text, second.text)
    }
}

/// The acts that a refusal names as possible now.
fn allowed(refusal: &Value) -> Vec<&str> {
    refusal["errors"][0]["params"]["allowed_acts"].as_array().unwrap().iter().map(|act| act.as_str().unwrap()).collect()
}

async fn posts(client: &Client, path: &str, body: Value) -> Answer {
    patiently(async || client.post(path, body.clone()).await).await
}

/// A draft of the prescriber's, alone in its round.
async fn drafts(world: &World, service: &str, round: usize) -> String {
    let made = posts(&world.prescriber(), "/v1/referrals", ready_draft(service, &name(round))).await;
    made.with_status(201).good()["id"].as_str().unwrap().to_owned()
}

/// The same, sent.
async fn refers(world: &World, service: &str, round: usize) -> String {
    let referral = drafts(world, service, round).await;
    let body = json!({"override_reason": "vérifié en entretien"});
    posts(&world.prescriber(), &format!("/v1/referrals/{referral}/send"), body).await.good();
    referral
}

async fn signs_in(world: &World) -> Value {
    let who = world.copy.persona("prescriber");
    posts(&world.anybody(), "/v1/auth/login", json!({"email": who["email"], "password": who["password"]})).await.good()
}

both! {
    async fn of_two_accepts_one_is_told_that_it_came_second(world) {
        let other = Program::start(&world.copy, &[]);
        let service = world.service(SERVICE).await;
        for round in 0..rounds() {
            let (here, there) = (world.operator(), world.client_at(base_of(world, &other, round), "colleague"));
            let referral = refers(world, &service, round).await;
            let (_, won, lost) = decided(tokio::join!(patiently(async || here.does("accept", &referral).await), patiently(async || there.does("accept", &referral).await)), 409);
            assert_eq!(won.body["state"], "accepted");
            let refusal = lost.refused(409, "already_decided");
            assert!(allowed(&refusal).contains(&"complete") && !allowed(&refusal).contains(&"accept"), "{refusal}");
            let version = won.body["version"].as_i64().unwrap();
            assert_eq!(here.reads(&referral).await.good()["version"], version, "the second accept moved the leg");
        }
        let database = world.copy.connect().await;
        let accepted = "SELECT count(*) FROM mutation_entry e JOIN referral r ON r.id = e.object_id WHERE e.act = 'accept' AND r.name_folded LIKE 'course%'";
        assert_eq!(number(&database, accepted).await, i64::try_from(rounds()).unwrap());
    }

    async fn an_accept_and_a_withdrawal_do_not_both_happen(world) {
        let other = Program::start(&world.copy, &[]);
        let service = world.service(SERVICE).await;
        let mut balance = Balance::default();
        for round in 0..rounds() {
            let (receiver, sender) = (world.operator(), world.client_at(base_of(world, &other, round), "prescriber"));
            let referral = refers(world, &service, round).await;
            let accept = balance.first(patiently(async || receiver.does("accept", &referral).await));
            let withdraw = balance.second(patiently(async || sender.does("withdraw", &referral).await));
            let (winner, won, lost) = decided(tokio::join!(accept, withdraw), 409);
            balance.won_by(winner);
            let (state, code) = if winner == 0 { ("accepted", "already_decided") } else { ("withdrawn", "not_open") };
            assert_eq!(won.body["state"], state);
            lost.refused(409, code);
            assert_eq!(sender.sees(&referral).await, state);
        }
        balance.ends();
    }

    async fn an_accept_and_a_refusal_do_not_both_happen(world) {
        let other = Program::start(&world.copy, &[]);
        let service = world.service(SERVICE).await;
        for round in 0..rounds() {
            let (one, colleague) = (world.operator(), world.client_at(base_of(world, &other, round), "colleague"));
            let referral = refers(world, &service, round).await;
            let path = format!("/v1/referrals/{referral}/refuse");
            let refuse = patiently(async || colleague.post(&path, json!({"codes": ["no_capacity"]})).await);
            let (winner, won, lost) = decided(tokio::join!(patiently(async || one.does("accept", &referral).await), refuse), 409);
            let state = if winner == 0 { "accepted" } else { "refused" };
            assert_eq!(won.body["state"], state);
            let refusal = lost.refused(409, "already_decided");
            assert_eq!(allowed(&refusal).contains(&"complete"), winner == 0, "{refusal}");
            assert_eq!(one.sees(&referral).await, state);
        }
    }

    async fn two_refreshes_of_one_token_give_one_successor_and_later_reuse_ends_the_session(world) {
        let other = Program::start(&world.copy, &[]);
        for round in 0..rounds() {
            let first = signs_in(world).await;
            let (here, there) = (world.anybody(), world.anybody_at(base_of(world, &other, round)));
            let old = json!({"refresh_token": first["refresh_token"]});
            let (one, two) = tokio::join!(posts(&here, "/v1/auth/refresh", old.clone()), posts(&there, "/v1/auth/refresh", old.clone()));
            let (one, two) = (one.good(), two.good());
            assert_eq!(one["refresh_token"], two["refresh_token"], "one token has one successor");
            for pair in [&one, &two] {
                here.with_token(pair["access_token"].as_str().unwrap()).get("/v1/me").await.good();
            }

            let next = posts(&here, "/v1/auth/refresh", json!({"refresh_token": two["refresh_token"]})).await.good();
            // The grace covers the token before the current one; an older one was stolen.
            posts(&there, "/v1/auth/refresh", old).await.refused(401, "refresh_token_reused");
            let newest = json!({"refresh_token": next["refresh_token"]});
            posts(&here, "/v1/auth/refresh", newest).await.refused(401, "session_ended");
            there.with_token(next["access_token"].as_str().unwrap()).get("/v1/me").await.with_status(401);
        }
    }

    async fn one_key_twice_at_once_makes_one_referral(world) {
        let other = Program::start(&world.copy, &[]);
        let service = world.service(SERVICE).await;
        for round in 0..rounds() {
            let key = format!("race-{round}");
            let (here, there) = (world.prescriber(), world.client_at(base_of(world, &other, round), "prescriber"));
            let (here, there) = (here.with("idempotency-key", &key), there.with("idempotency-key", &key));
            let draft = ready_draft(&service, &name(round));
            let (one, two) = tokio::join!(posts(&here, "/v1/referrals", draft.clone()), posts(&there, "/v1/referrals", draft.clone()));
            let (one, two) = (one.with_status(201), two.with_status(201));
            assert_eq!(one.body["id"], two.body["id"]);
            let replays = [&one, &two].map(|answer| answer.header("idempotency-replayed") == "true");
            assert_eq!(replays.iter().filter(|replay| **replay).count(), 1, "{replays:?}");
        }
        let database = world.copy.connect().await;
        for table in ["referral", "person"] {
            let made = number(&database, &format!("SELECT count(*) FROM {table} WHERE name_folded LIKE 'course%'")).await;
            assert_eq!(made, i64::try_from(rounds()).unwrap(), "{table}");
        }
    }

    async fn of_two_sends_of_one_draft_one_goes_out(world) {
        let other = Program::start(&world.copy, &[]);
        let service = world.service(SERVICE).await;
        for round in 0..rounds() {
            let (here, there) = (world.prescriber(), world.client_at(base_of(world, &other, round), "prescriber"));
            let referral = drafts(world, &service, round).await;
            let (path, body) = (format!("/v1/referrals/{referral}/send"), json!({"override_reason": "vérifié en entretien"}));
            let (_, won, lost) = decided(tokio::join!(posts(&here, &path, body.clone()), posts(&there, &path, body.clone())), 409);
            assert_eq!(won.body["state"], "sent");
            lost.refused(409, "already_sent");
        }
        let database = world.copy.connect().await;
        let legs = "FROM referral r WHERE r.name_folded LIKE 'course%'";
        let consents = format!("SELECT count(*) FROM consent WHERE referral_id IN (SELECT r.id {legs})");
        assert_eq!(number(&database, &consents).await, i64::try_from(rounds()).unwrap());
        let notices = format!("SELECT count(*) FROM notice WHERE kind = 'sent' AND recipient = 'receiver' AND referral_id IN (SELECT r.id {legs})");
        assert_eq!(number(&database, &notices).await, i64::try_from(rounds()).unwrap());
    }

    async fn assigning_and_marking_at_once_harm_nobody(world) {
        let other = Program::start(&world.copy, &[]);
        let service = world.service(SERVICE).await;
        let members = ["operator", "colleague"].map(|name| world.copy.persona(name)["user_id"].clone());
        for round in 0..rounds() {
            let base = base_of(world, &other, round);
            let (one, lead, two) = (world.persona("colleague"), world.client_at(base, "colleague"), world.client_at(base, "operator"));
            let referral = refers(world, &service, round).await;
            let (assign, mark) = (format!("/v1/referrals/{referral}/assign"), format!("/v1/referrals/{referral}/reading-mark"));
            let before = one.reads(&referral).await.good()["version"].clone();
            let answers = tokio::join!(
                posts(&one, &assign, json!({"member_id": members[0]})),
                posts(&lead, &assign, json!({"member_id": members[1]})),
                patiently(async || one.put(&mark, json!({"read": true})).await),
                patiently(async || two.put(&mark, json!({"read": true})).await),
                patiently(async || two.put(&mark, json!({"read": true})).await),
            );
            for answer in [answers.0, answers.1, answers.2, answers.3, answers.4] {
                answer.good();
            }
            let seen = one.reads(&referral).await.good();
            assert!(members.contains(&seen["assignment"]["member_id"]), "{}", seen["assignment"]);
            assert_eq!(seen["unread"], false);
            assert_eq!(seen["version"], before, "neither moves what everybody shares");
        }
    }

    async fn of_two_changes_to_one_version_the_second_is_stale(world) {
        let other = Program::start(&world.copy, &[]);
        let service = world.service(SERVICE).await;
        for round in 0..rounds() {
            let (here, there) = (world.prescriber(), world.client_at(base_of(world, &other, round), "prescriber"));
            let referral = drafts(world, &service, round).await;
            let path = format!("/v1/referrals/{referral}");
            let tag = here.get(&path).await.etag();
            let (here, there) = (here.with("if-match", &tag), there.with("if-match", &tag));
            let change = async |who: &Client, text: &str| {
                patiently(async || who.send(reqwest::Method::PATCH, &path, Some(json!({"reason": text}))).await).await
            };
            let both = tokio::join!(change(&here, "un"), change(&there, "deux"));
            let (winner, won, lost) = decided(both, 412);
            lost.refused(412, "version_changed");
            let kept = here.get(&path).await;
            assert_eq!(kept.body["social"]["reason"], ["un", "deux"][winner]);
            assert_eq!(kept.etag(), won.etag());
        }
    }

    async fn of_two_who_come_first_one_administers_and_the_other_waits(world) {
        let other = Program::start(&world.copy, &[]);
        let (one, two) = (world.newcomer("une@arrivants.example.org").await, world.newcomer("deux@arrivants.example.org").await);
        let database = world.copy.connect().await;
        for round in 0..rounds() {
            let founded = posts(&one, "/v1/structures", json!({"name": format!("Course {}", name(round)), "country": "FR"})).await.with_status(201).good();
            let id = founded["id"].as_str().unwrap();
            empty(&database, id).await;
            let there = two.at(base_of(world, &other, round));
            let path = format!("/v1/structures/{id}/join");
            let answers = tokio::join!(posts(&one, &path, json!({})), posts(&there, &path, json!({})));
            let (here, there) = (answers.0.with_status(201).good(), answers.1.with_status(201).good());
            let mut states = [&here["state"], &there["state"]].map(|state| state.as_str().unwrap());
            states.sort_unstable();
            assert_eq!(states, ["accepted", "pending"]);
            let (winner, loser, waiting) = if here["state"] == "accepted" { (&one, &two, &there) } else { (&two, &one, &here) };
            assert!(winner.membership_of(id).await.is_some() && loser.membership_of(id).await.is_none());
            let withdraw = format!("/v1/join-requests/{}/withdraw", waiting["id"].as_str().unwrap());
            patiently(async || loser.send(reqwest::Method::POST, &withdraw, None).await).await.good();
        }
        database.close().await.unwrap();
    }
}

/// Takes every member out of an organisation, as if nobody had ever joined it.
async fn empty(database: &DatabaseConnection, organisation: &str) {
    let organisation: OrganisationId = organisation.parse().unwrap();
    let members = membership::Entity::find().filter(membership::Column::OrganisationId.eq(organisation)).all(database).await.unwrap();
    let ids: Vec<_> = members.iter().map(|member| member.id).collect();
    role_assignment::Entity::delete_many().filter(role_assignment::Column::MembershipId.is_in(ids.clone())).exec(database).await.unwrap();
    membership::Entity::delete_many().filter(membership::Column::Id.is_in(ids)).exec(database).await.unwrap();
}
