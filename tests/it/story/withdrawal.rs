//! A consent that is taken back closes what the receiver made of the referral as well: the record it keeps, the files it took out,
//! the booklet it gave, the documents, the links.

use reqwest::Method;
use serde_json::{Value, json};

use super::export::{WHO, gives, place_of, with_export};
use super::{COACHING, form};
use crate::world::tools::eventually;
use crate::world::{Client, World, about, key_in};

/// Words that the receiver must not find any more by any door.
const PLANTED: [&str; 6] = ["Zorglub", "zorglub@", "06 39 98 12 34", "RaisonPlantee", "MessagePlante", "parcours-zorglub"];

pub(super) async fn person_of(who: &Client, referral: &str) -> String {
    who.reads(referral).await.good()["identity"]["person_id"].as_str().unwrap().to_owned()
}

/// The first consent of a person, with the path of its withdrawal.
pub(super) async fn way_back(who: &Client, person: &str) -> String {
    let consents = who.get(&format!("/v1/people/{person}/consents")).await.good();
    format!("/v1/people/{person}/consents/{}/withdraw", consents["items"][0]["id"].as_str().unwrap())
}

async fn sent_with_file(world: &World) -> (String, String) {
    let prescriber = world.prescriber();
    let file = prescriber.hands_in("parcours-zorglub.pdf", crate::world::pdf("Parcours")).await;
    world.moves_on("PT1M").await;
    let more = json!({"reason": "RaisonPlantee", "person": {"email": "zorglub@example.org"}});
    let draft = prescriber.drafts_form(form(&world.service(COACHING).await, "Zorglub", more)).await;
    prescriber.adds_document(&draft, &file, None).await.with_status(201);
    prescriber.sends(&draft).await;
    (draft, file)
}

fn clean(what: &str, text: &str) {
    for word in PLANTED {
        assert!(!text.contains(word), "{word} in {what}: {text}");
    }
}

both! {
    async fn what_the_receiver_keeps_of_its_own_is_closed_with_the_referral(world) {
        let (prescriber, operator, lead) = (world.prescriber(), world.operator(), world.persona("colleague"));
        let (referral, file) = sent_with_file(world).await;
        let mails = world.mails_arrive().await;
        let link = world.opens(&key_in(about(&mails, &referral, "sent", "receiver")[0])).await;
        operator.accepts(&referral).await;
        let message = operator.writes(&referral, json!({"body": "MessagePlante"})).await.with_status(201).good()["id"].as_str().unwrap().to_owned();
        let booklet = world.issues_booklet(&operator, 5).await["id"].as_str().unwrap().to_owned();
        operator.does_to_booklet("assign", &booklet, json!({"referral_id": referral})).await.good();
        let keeping = operator.with("idempotency-key", "garder-zorglub");
        let kept = keeping.post("/v1/people", json!({"referral_id": referral, "birth_year": 1990})).await.with_status(201).good();
        let record = format!("/v1/people/{}", kept["id"].as_str().unwrap());
        let twin = operator.post("/v1/people", json!({"family_name": "Zorglub", "given_name": "Awa", "phone": "06 39 98 12 34"})).await;
        assert_eq!(twin.status, 403, "whom the operators did not receive they do not enter");
        let exporter = with_export(world, WHO).await;
        let asked = exporter.post("/v1/exports", json!({"kind": "referrals", "format": "csv", "filter": {"direction": "received"}})).await;
        let taken = place_of(&asked.with_status(202));
        let link_to_file = operator.send(Method::POST, &format!("/v1/documents/{file}/link"), None).await.good()["url"].as_str().unwrap().to_owned();
        let link_to_file = link_to_file.trim_start_matches("http://127.0.0.1:8080").to_owned();
        world.anybody().get(&link_to_file).await.with_status(200);
        world.moves_on("PT1M").await;
        assert!(exporter.get(&format!("{taken}/content")).await.with_status(200).text.contains("Zorglub"));
        let tag = operator.get(&record).await.etag();

        let person = person_of(&prescriber, &referral).await;
        let back = way_back(&prescriber, &person).await;
        let tried = prescriber.post(&format!("{back}?dry_run=true"), json!({"reason": "Ne veut plus."})).await.good();
        assert_eq!(tried["would"], "withdraw");
        assert!(tried["notices"].as_array().unwrap().iter().any(|notice| notice["kind"] == "consent_withdrawn"), "{tried}");
        assert_eq!(operator.get(&record).await.good()["identity"]["family_name"], "Zorglub", "a dry run closes nothing");
        prescriber.post(&back, json!({"reason": "Ne veut plus."})).await.good();

        for who in [&operator, &lead] {
            let seen = who.get(&record).await.with_status(200);
            clean("the record", &seen.text);
            let seen = seen.good();
            assert_eq!((&seen["hidden"], &seen["protected"]), (&json!(["identity", "identity_min", "contact"]), &Value::Null));
            assert!(seen["consent_withdrawn_at"].is_string() && !seen.to_string().contains("1990"));
            clean("the list", &who.get("/v1/people?limit=200").await.text);
            clean("the list of the referral", &who.get(&format!("/v1/people?referral_id={referral}")).await.text);
            for search in [json!({"name": "zorglub"}), json!({"contact": "0639981234"}), json!({"contact": "zorglub@example.org"})] {
                assert_eq!(who.post("/v1/people/search", search).await.good()["items"], json!([]));
            }
            who.get(&format!("{record}/duplicates")).await.refused(403, "permission_missing");
        }
        assert_eq!(operator.with("if-none-match", &tag).get(&record).await.status, 200, "what it kept is not what is there");
        operator.patches(&record, json!({"given_name": "Zorglubine"})).await.refused(403, "permission_missing");
        operator.patches(&record, json!({"protected": true})).await.refused(403, "permission_missing");
        lead.send(Method::POST, &format!("{record}/export"), None).await.refused(403, "permission_missing");
        let again = keeping.post("/v1/people", json!({"referral_id": referral, "birth_year": 1990})).await.with_status(201);
        assert_eq!(again.header("idempotency-replayed"), "true");
        clean("the replay", &again.text);

        exporter.get(&format!("{taken}/content")).await.refused(409, "export_expired");
        clean("the stream", &exporter.get("/v1/reports/referrals.csv?direction=received").await.with_status(200).text);
        let missing = |answer: crate::world::Answer| assert!(matches!(answer.status.as_u16(), 403 | 404 | 409), "{}: {}", answer.asked, answer.text);
        missing(operator.fetches(&file).await);
        missing(operator.get(&format!("/v1/documents/{file}")).await);
        missing(operator.send(Method::POST, &format!("/v1/documents/{file}/link"), None).await);
        missing(world.anybody().get(&link_to_file).await);
        missing(link.fetches(&file).await);
        operator.get(&format!("/v1/referrals/{referral}/messages/{message}")).await.refused(409, "consent_withdrawn");
        link.get(&format!("/v1/referrals/{referral}/messages/{message}")).await.refused(409, "consent_withdrawn");
        for door in [
            format!("/v1/referrals/{referral}"), format!("/v1/referrals/{referral}/chain"), format!("/v1/referrals/{referral}/documents"),
            format!("/v1/referrals/{referral}/actions"), format!("/v1/booklets/{booklet}"), format!("/v1/booklets/{booklet}/entries"),
            "/v1/booklets?limit=200".to_owned(), "/v1/retrievals?limit=200".to_owned(), "/v1/tasks?limit=200".to_owned(),
            "/v1/referrals?direction=received&limit=200".to_owned(), format!("/v1/tasks?referral_id={referral}"),
        ] {
            for who in [&operator, &link] {
                clean(&door, &who.get(&door).await.text);
            }
        }
    }

    async fn a_former_holder_who_still_reads_loses_what_it_had_with_the_consent(world) {
        let (prescriber, operator, lea) = (world.prescriber(), world.operator(), world.persona("operator_2"));
        let (first, _) = sent_with_file(world).await;
        operator.accepts(&first).await;
        let kept = operator.post("/v1/people", json!({"referral_id": first})).await.with_status(201).good();
        operator.hands_over(&first, &lea).await;
        assert_eq!(operator.reads(&first).await.good()["identity"]["family_name"], "Zorglub");
        let person = person_of(&prescriber, &first).await;
        let consents = prescriber.get(&format!("/v1/people/{person}/consents")).await.good();
        let his = consents["items"].as_array().unwrap().iter().find(|consent| consent["referral_id"] == json!(first)).unwrap();
        prescriber.post(&format!("/v1/people/{person}/consents/{}/withdraw", his["id"].as_str().unwrap()), json!({})).await.good();
        clean("the leg it handed over", &operator.reads(&first).await.text);
        clean("the record it kept", &operator.get(&format!("/v1/people/{}", kept["id"].as_str().unwrap())).await.text);
        let next = prescriber.reads(&first).await.good()["hand_over"]["next_id"].as_str().unwrap().to_owned();
        assert_eq!(lea.reads(&next).await.good()["identity"]["family_name"], "Zorglub", "whoever helps now is another recipient");
    }

    async fn a_file_is_for_who_reads_it_now_as_it_was_written(world) {
        let referral = world.prescriber().refers(&world.service(COACHING).await, "Zorglub").await;
        let exporter = with_export(world, WHO).await;
        let asked = exporter.post("/v1/exports", json!({"kind": "referrals", "format": "csv", "filter": {"direction": "received"}})).await;
        let place = place_of(&asked.with_status(202));
        world.moves_on("PT1M").await;
        assert!(exporter.get(&format!("{place}/content")).await.with_status(200).text.contains(&referral));
        // The right to take out stays; the names do not.
        let admin = world.persona("admin");
        let grants = json!([
            {"permission": "referrals:read", "scope": "organisation", "side": "both", "categories": ["existence"]},
            {"permission": "referrals:export", "scope": "organisation", "side": "received", "categories": []},
        ]);
        let roles = format!("/v1/organisations/{}/roles", admin.organisation());
        let modest = admin.post(&roles, json!({"name": "Sans noms", "grants": grants})).await.with_status(201).good()["id"].clone();
        gives(world, modest).await;
        eventually("the right is less", async || exporter.get(&format!("{place}/content")).await.status == 409).await;
        exporter.get(&format!("{place}/content")).await.refused(409, "export_expired");
        exporter.send(Method::HEAD, &format!("{place}/content"), None).await.with_status(409);
    }

    async fn what_is_sent_while_a_consent_is_taken_back_is_open_with_a_consent_or_closed_without(world) {
        let prescriber = world.prescriber();
        let service = world.service(COACHING).await;
        for round in 0..6 {
            let name = format!("Course{}", char::from(b'a' + round));
            let first = prescriber.refers(&service, &name).await;
            let person = person_of(&prescriber, &first).await;
            let draft = prescriber.drafts_form(form(&service, &name, json!({"person_id": person, "reason": "Un second besoin"}))).await;
            let back = way_back(&prescriber, &person).await;
            let send = format!("/v1/referrals/{draft}/send");
            let (withdrawn, sent) = tokio::join!(
                prescriber.post(&back, json!({})),
                prescriber.post(&send, json!({"override_reason": "Vu", "accept_duplicate": true})),
            );
            assert_eq!((withdrawn.status.as_u16(), sent.status.as_u16()), (200, 200), "{} {}", withdrawn.text, sent.text);
        }
        let database = world.copy.connect().await;
        let torn = "SELECT count(*) FROM consent c JOIN referral r ON r.id = c.referral_id \
                    WHERE r.name_folded LIKE 'course%' AND (c.withdrawn_at IS NULL) <> (r.consent_withdrawn_at IS NULL)";
        assert_eq!(crate::world::tools::number(&database, torn).await, 0, "a leg and its consent say the same");
        database.close().await.unwrap();
    }

    async fn a_consent_that_came_to_its_end_closes_the_leg_even_while_the_chain_lives(world) {
        let (prescriber, operator, lea) = (world.prescriber(), world.operator(), world.persona("operator_2"));
        let services = [world.service(COACHING).await, world.service_of("operator_2").await];
        let first = prescriber.refers(&services[0], "Zorglub").await;
        operator.accepts(&first).await;
        let kept = operator.post("/v1/people", json!({"referral_id": first})).await.with_status(201).good();
        operator.completes(&first).await;
        // Long before its time is over on the calendar of the rest, the consent ends: as if it had been given for less.
        let database = world.copy.connect().await;
        let ended = "UPDATE consent SET ends_on = '2020-01-01' WHERE ends_on IS NOT NULL";
        sea_orm::ConnectionTrait::execute_unprepared(&database, ended).await.unwrap();
        database.close().await.unwrap();
        let open = prescriber.refers(&services[1], "Zorglub").await;
        world.moves_on("P2D").await;
        let seen = operator.reads(&first).await;
        clean("the leg", &seen.text);
        assert_eq!((seen.body["state"].clone(), seen.body["consent_withdrawn_at"].is_string()), (json!("completed"), true));
        clean("the record", &operator.get(&format!("/v1/people/{}", kept["id"].as_str().unwrap())).await.text);
        assert_eq!(prescriber.reads(&first).await.good()["identity"]["family_name"], "Zorglub", "the sender reads on");
        assert_eq!(lea.reads(&open).await.good()["identity"]["family_name"], "Zorglub");
    }
}
