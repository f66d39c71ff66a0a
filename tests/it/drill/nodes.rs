//! Two nodes on one database: one clock, one standing of each session, one order of what happened.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::story::export::{WHO, with_export};
use crate::story::retrieval::Carrier;
use crate::world::tools::{number, patiently, sequenced, until};
use crate::world::{Client, Program, World, about, ready_draft};

/// What was taken away on one node no longer works on another after this long.
const SOON: Duration = Duration::from_secs(1);

const SERVICE: &str = "Accompagnement renforcé";

async fn signs_in(world: &World, persona: &str) -> Value {
    let who = world.copy.persona(persona);
    world.anybody().post("/v1/auth/login", json!({"email": who["email"], "password": who["password"]})).await.good()
}

/// Asks until the answer is no longer a success. The last request that was still let in began within a second of the revocation;
/// when the first refusal comes says only how busy the machine is.
async fn ends_soon(client: &Client, revoked: Instant) -> u16 {
    loop {
        let asked = Instant::now();
        let answer = client.get("/v1/referrals?limit=1").await;
        if !answer.status.is_success() {
            return answer.status.as_u16();
        }
        assert!(asked - revoked < SOON, "still let in after {:?}", asked - revoked);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Two nodes move the clock at once. Whoever comes second is told that it is moving, unless the first was done.
async fn both_move(here: &Client, there: &Client, by: &str) {
    let moves = async |who: &Client| patiently(async || who.post("/v1/sandbox/clock", json!({"advance": by})).await).await;
    let (one, other) = tokio::join!(moves(here), moves(there));
    assert!(one.status == 200 || other.status == 200, "{} {}", one.text, other.text);
    assert!([&one, &other].iter().all(|answer| answer.status == 200 || answer.body["code"] == "clock_is_moving"));
}

both! {
    async fn a_clock_that_is_moved_on_one_node_is_seen_by_the_other(world) {
        let service = world.service(SERVICE).await;
        for settings in [&[("RELAIS_WORKER", "true")], &[("RELAIS_WORKER", "false")]] {
            let other = Program::start(&world.copy, settings);
            let there = world.client_at(&other.base, "prescriber");
            world.moves_on("P3D").await;
            let moved: chrono::DateTime<chrono::Utc> = world.now().await;
            // Drafts and not the clock's own page: reading that page would itself take the clock over.
            until("the other node's acts follow the clock", Duration::from_secs(30), async || {
                let draft = there.post("/v1/referrals", ready_draft(&service, "Horloge")).await.good();
                let made: chrono::DateTime<chrono::Utc> = draft["created_at"].as_str().unwrap().parse().unwrap();
                made >= moved
            })
            .await;
            let seen = there.get("/v1/sandbox/clock").await.good()["now"].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
            assert!(seen >= moved);
        }
    }

    async fn a_session_that_ends_on_one_node_ends_on_the_other(world) {
        let other = Program::start(&world.copy, &[]);
        for how in ["logout", "delete"] {
            let pair = signs_in(world, "operator").await;
            let token = pair["access_token"].as_str().unwrap();
            let (here, there) = (world.anybody().with_token(token), world.anybody_at(&other.base).with_token(token));
            let survivor = world.client_at(&other.base, "operator");
            there.get("/v1/referrals?limit=1").await.good();
            if how == "logout" {
                here.send(reqwest::Method::POST, "/v1/auth/logout", None).await.with_status(204);
            } else {
                let sessions = here.get("/v1/me/sessions?limit=200").await.good();
                let own = sessions["items"].as_array().unwrap().iter().find(|session| session["current"] == true).unwrap().clone();
                let path = format!("/v1/me/sessions/{}", own["id"].as_str().unwrap());
                here.send(reqwest::Method::DELETE, &path, None).await.with_status(204);
            }
            let revoked = Instant::now();
            assert_eq!(ends_soon(&there, revoked).await, 401, "{how}");
            here.get("/v1/me").await.with_status(401);
            let refresh = json!({"refresh_token": pair["refresh_token"]});
            world.anybody_at(&other.base).post("/v1/auth/refresh", refresh).await.refused(401, "session_ended");
            survivor.get("/v1/referrals?limit=1").await.good();
        }
    }

    async fn a_member_who_is_removed_on_one_node_is_out_on_the_other(world) {
        let other = Program::start(&world.copy, &[]);
        let (admin, there) = (world.persona("admin"), world.client_at(&other.base, "operator"));
        let organisation = admin.persona["organisation_id"].as_str().unwrap().to_owned();
        let members = admin.get(&format!("/v1/organisations/{organisation}/members?limit=200")).await.good();
        let operator = world.copy.persona("operator")["user_id"].clone();
        let member = members["items"].as_array().unwrap().iter().find(|member| member["user_id"] == operator).unwrap();
        let path = format!("/v1/organisations/{organisation}/members/{}", member["id"].as_str().unwrap());
        there.get("/v1/referrals?limit=1").await.good();
        admin.deletes(&path).await.with_status(204);
        let status = ends_soon(&there, Instant::now()).await;
        assert!([400, 403].contains(&status), "{status}");
        there.get("/v1/me").await.good();
    }

    async fn what_the_clock_does_happens_once_when_two_nodes_move_it(world) {
        let other = Program::start(&world.copy, &[]);
        let service = world.service(SERVICE).await;
        let (here, there) = (world.prescriber(), world.client_at(&other.base, "prescriber"));
        let mut referrals = vec![];
        for name in ["Un", "Deux", "Trois", "Quatre", "Cinq", "Six"] {
            referrals.push(here.refers(&service, name).await);
        }
        let paused = referrals.split_off(4);
        let until = world.now().await + chrono::Duration::days(12);
        for referral in &paused {
            here.does_with("pause-clock", referral, json!({"reason": "En congé", "until": until})).await.good();
        }
        for _ in 0..6 {
            both_move(&here, &there, "P9D").await;
        }
        for referral in referrals.iter().chain(&paused) {
            let notices = here.get(&format!("/v1/referrals/{referral}?include=notices")).await.good();
            let told = |kind: &str, recipient: &str| {
                notices["notices"].as_array().unwrap().iter().filter(|one| one["kind"] == kind && one["recipient"] == recipient).count()
            };
            let times = (told("reminder", "receiver"), told("escalated", "lead"), told("expired", "sender"));
            assert_eq!(times, (2, 1, 1), "{referral}: {notices}");
        }
        let database = world.copy.connect().await;
        for kind in ["referral_expired", "referral_clock_resumed", "referral_escalated"] {
            let twice = format!("SELECT count(*) FROM (SELECT object_id FROM event WHERE kind = '{kind}' GROUP BY object_id HAVING count(*) > 1) AS twice");
            assert_eq!(number(&database, &twice).await, 0, "{kind} happened twice");
        }
        assert!(number(&database, "SELECT count(*) FROM event WHERE kind = 'referral_clock_resumed'").await == 2);
    }

    async fn a_claim_that_is_due_moves_once_when_two_nodes_move_the_clock(world) {
        let other = Program::start(&world.copy, &[]);
        let (operator, lea) = (world.operator(), world.persona("operator_2"));
        let mut claims = vec![];
        for name in ["Un", "Deux", "Trois", "Quatre"] {
            let person = Carrier::of(world, name).await;
            operator.accepts(&person.referral).await;
            claims.push((person.comes_to(&lea, json!({})).await.with_status(201).good()["id"].as_str().unwrap().to_owned(), person.referral));
        }
        both_move(&world.prescriber(), &world.client_at(&other.base, "prescriber"), "P10D").await;
        world.moves_on("PT1M").await;
        let mails = world.mails().await;
        for (claim, referral) in &claims {
            let moved = lea.get(&format!("/v1/retrievals/{claim}")).await.good();
            assert_eq!((moved["state"].as_str(), lea.sees(moved["referral_id"].as_str().unwrap()).await.as_str()), (Some("moved"), "sent"));
            assert_eq!(about(&mails, referral, "retrieved", "receiver").len(), 1, "the holder is told once");
        }
        let database = world.copy.connect().await;
        assert_eq!(number(&database, "SELECT count(*) FROM referral WHERE kind = 'retrieval'").await, 4, "each moved once");
        assert_eq!(number(&database, "SELECT count(*) FROM event WHERE kind = 'retrieval_moved'").await, 4);
        database.close().await.unwrap();
    }

    async fn a_list_that_was_asked_for_is_written_once_when_two_nodes_work(world) {
        let other = Program::start(&world.copy, &[]);
        let exporter = with_export(world, WHO).await;
        let mut places = vec![];
        for turn in 0..4 {
            let there = if turn % 2 == 0 { exporter.clone() } else { exporter.at(&other.base) };
            let asked = patiently(async || there.post("/v1/exports", json!({"kind": "referrals", "format": "csv"})).await).await.with_status(202);
            places.push(asked.header("location").trim_start_matches("http://127.0.0.1:8080").to_owned());
        }
        both_move(&world.prescriber(), &world.client_at(&other.base, "prescriber"), "PT1M").await;
        world.moves_on("PT1M").await;
        for place in &places {
            assert_eq!(exporter.get(place).await.good()["state"], "done");
            exporter.at(&other.base).get(&format!("{place}/content")).await.with_status(200);
        }
        assert_eq!(world.mails().await.iter().filter(|mail| mail["kind"] == "export_ready").count(), 4, "who asked is told once of each");
        let database = world.copy.connect().await;
        let ends = "SELECT count(*) FROM mutation_entry WHERE object_kind = 'export' AND act = 'end'";
        assert_eq!(number(&database, ends).await, 4, "each ended once");
        database.close().await.unwrap();
    }

    async fn places_are_gapless_and_unique_when_two_nodes_write(world) {
        let other = Program::start(&world.copy, &[]);
        let service = world.service(SERVICE).await;
        let works = async |who: Client, name: &str| {
            for number in 0..15_u8 {
                let draft = ready_draft(&service, &format!("{name}{}", char::from(b'a' + number)));
                let made = patiently(async || who.post("/v1/referrals", draft.clone()).await).await.good();
                let path = format!("/v1/referrals/{}", made["id"].as_str().unwrap());
                let send = json!({"override_reason": "vérifié en entretien"});
                patiently(async || who.post(&format!("{path}/send"), send.clone()).await).await.good();
                patiently(async || who.get(&path).await).await.good();
            }
        };
        let (here, there) = (world.prescriber(), world.client_at(&other.base, "prescriber"));
        tokio::join!(works(here.clone(), "Ici"), works(there.clone(), "Làbas"), works(here, "Aussi"), works(there, "Encore"));
        world.mails_arrive().await;
        let database = world.copy.connect().await;
        sequenced(&database).await;
        for table in ["event", "mutation_entry", "access_entry"] {
            let count = number(&database, &format!("SELECT count(*) FROM {table}")).await;
            assert!(count > 60, "{table}: {count}");
            let doubled = format!("SELECT count(position) - count(DISTINCT position) FROM {table}");
            assert_eq!(number(&database, &doubled).await, 0, "{table}: places are unique");
            let left_out = format!("SELECT max(position) - min(position) + 1 - count(position) FROM {table}");
            assert_eq!(number(&database, &left_out).await, 0, "{table}: places have no gap");
            assert_eq!(number(&database, &format!("SELECT min(position) FROM {table}")).await, 1, "{table}");
        }
        let verified = world.copy.tells(&["audit", "verify", "--json"]);
        assert_eq!(verified["ok"], true, "{verified}");
    }
}
