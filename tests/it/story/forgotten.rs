//! What was erased breaks nothing: whoever listed it lists it still, without what it told; and no file that was taken out before
//! outlives it.

use serde_json::{Value, json};

use super::export::{WHO, place_of, with_export};
use super::{COACHING, OVERRIDE, form};
use crate::world::{Client, World};

/// One need at two services, with a name, a message and a file; Karim's structure helped, and filed it.
struct Story {
    person: String,
    helped: String,
    asked: String,
    need: String,
}

impl Story {
    async fn of(world: &World, family_name: &str) -> Self {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let services = [world.service(COACHING).await, world.service_of("operator_2").await];
        let file = world.clean_file().await;
        let draft = prescriber.drafts_form(form(&services[0], family_name, json!({"reason": "RaisonOubliee"}))).await;
        prescriber.adds_document(&draft, &file, None).await.with_status(201);
        let command = json!({"draft_id": draft, "service_ids": services, "override_reason": OVERRIDE});
        let made = prescriber.post("/v1/broadcasts", command).await.with_status(201).good();
        let other = made["items"].as_array().unwrap().iter().find(|leg| leg["id"] != draft).unwrap()["id"].as_str().unwrap();
        operator.accepts(&draft).await;
        operator.writes(&draft, json!({"body": "MotOublie"})).await.with_status(201);
        operator.completes(&draft).await;
        operator.does_with("archive", &draft, json!({"reason": "moved_away", "note": "NoteOubliee"})).await.good();
        let person = prescriber.reads(&draft).await.good()["identity"]["person_id"].as_str().unwrap().to_owned();
        Self { person, asked: other.to_owned(), need: made["id"].as_str().unwrap().to_owned(), helped: draft }
    }
}

/// The words of a page or a file, which must be there, and none of which tells of the person.
fn tells_nothing(what: &str, text: &str, name: &str) {
    for word in [name, "RaisonOubliee", "MotOublie", "NoteOubliee", "06 39 98 12 34"] {
        assert!(!text.contains(word), "{word} in {what}: {text}");
    }
}

/// Every list, chain, broadcast, box, search, statistic and file in which the legs of a story stand.
async fn every_list_stands(world: &World, exporter: &Client, story: &Story, name: &str) {
    let (prescriber, operator, lea) = (world.prescriber(), world.operator(), world.persona("operator_2"));
    let Story { person, helped, asked, need } = story;
    let doors: [(&Client, String, &str); 10] = [
        (&prescriber, "/v1/referrals?direction=sent&limit=200".into(), helped),
        (&prescriber, format!("/v1/referrals/{helped}/chain"), helped),
        (&prescriber, format!("/v1/broadcasts/{need}"), helped),
        (&prescriber, format!("/v1/referrals/{helped}"), helped),
        (&operator, "/v1/referrals?box=archived&limit=200".into(), helped),
        (&operator, format!("/v1/referrals/{helped}/chain"), helped),
        (&operator, "/v1/referrals?direction=received&limit=200&count=true".into(), helped),
        (&operator, format!("/v1/referrals/{helped}"), helped),
        (&lea, "/v1/referrals?box=archived&limit=200".into(), asked),
        (&lea, format!("/v1/referrals/{asked}"), asked),
    ];
    for (who, door, leg) in doors {
        let answer = who.get(&door).await.with_status(200);
        assert!(answer.text.contains(leg), "{door}: {}", answer.text);
        tells_nothing(&door, &answer.text, name);
    }
    for who in [&prescriber, &operator, &lea] {
        assert!(who.searches(json!({"name": name})).await.is_empty());
    }
    prescriber.board().await;
    operator.counts().await;
    world.persona("colleague").get("/v1/reports/referrals?direction=received").await.with_status(200);
    tells_nothing("the record", &prescriber.get(&format!("/v1/people/{person}")).await.with_status(200).text, name);
    let csv = exporter.get("/v1/reports/referrals.csv?direction=received").await.with_status(200).text;
    assert!(csv.contains(helped.as_str()), "{csv}");
    tells_nothing("the stream", &csv, name);
    let asked = exporter.post("/v1/exports", json!({"kind": "referrals", "format": "csv", "filter": {"direction": "received"}})).await;
    let place = place_of(&asked.with_status(202));
    world.moves_on("PT1M").await;
    let file = exporter.get(&format!("{place}/content")).await.with_status(200).text;
    assert!(file.contains(helped.as_str()), "{file}");
    tells_nothing("the file", &file, name);
    let asked = exporter.post("/v1/exports", json!({"kind": "referrals", "format": "xlsx", "filter": {"direction": "received"}})).await;
    let place = place_of(&asked.with_status(202));
    world.moves_on("PT1M").await;
    assert_eq!(exporter.get(&place).await.good()["state"], "done");
}

/// A file of the receiver's list, as it is now.
async fn takes_out(world: &World, exporter: &Client) -> String {
    let asked = exporter.post("/v1/exports", json!({"kind": "referrals", "format": "csv", "filter": {"direction": "received"}})).await;
    let place = place_of(&asked.with_status(202));
    world.moves_on("PT1M").await;
    place
}

async fn pieces(world: &World) -> i64 {
    let database = world.copy.connect().await;
    let left = crate::world::tools::number(&database, "SELECT count(*) FROM export_part").await;
    database.close().await.unwrap();
    left
}

both! {
    async fn who_was_erased_stands_in_every_list_without_a_word(world) {
        let story = Story::of(world, "Oubliette").await;
        let exporter = with_export(world, WHO).await;
        let before = takes_out(world, &exporter).await;
        assert!(exporter.get(&format!("{before}/content")).await.with_status(200).text.contains("Oubliette"));
        let officer = world.persona("privacy_officer");
        let path = format!("/v1/people/{}/erase", story.person);
        let tried = officer.post(&format!("{path}?dry_run=true"), json!({"reason": "person_asked"})).await.good();
        assert_eq!((&tried["would"], &tried["id"]), (&json!("erase"), &json!(story.person)));
        assert!(exporter.get(&format!("{before}/content")).await.with_status(200).text.contains("Oubliette"), "a dry run erases nothing");
        officer.post(&path, json!({"reason": "person_asked"})).await.good();
        exporter.get(&format!("{before}/content")).await.refused(409, "export_expired");
        assert_eq!((exporter.get(&before).await.good()["state"].clone(), pieces(world).await), (json!("expired"), 0));
        every_list_stands(world, &exporter, &story, "Oubliette").await;
    }

    async fn what_the_clock_forgot_stands_in_every_list_without_a_word(world) {
        let story = Story::of(world, "Oubliette").await;
        let exporter = with_export(world, WHO).await;
        world.moves_on("P729D").await;
        let mut forgotten = false;
        for _ in 0..100 {
            let before = takes_out(world, &exporter).await;
            assert!(exporter.get(&format!("{before}/content")).await.with_status(200).text.contains("Oubliette"));
            world.moves_on("PT12H").await;
            let seen = world.operator().reads(&story.helped).await.good();
            if seen["identity"]["family_name"] == Value::Null {
                exporter.get(&format!("{before}/content")).await.refused(409, "export_expired");
                forgotten = true;
                break;
            }
        }
        assert!(forgotten, "the clock forgets in its time");
        every_list_stands(world, &exporter, &story, "Oubliette").await;
    }

    async fn a_draft_never_names_who_is_erased_at_this_moment(world) {
        let (prescriber, officer) = (world.prescriber(), world.persona("privacy_officer"));
        let service = world.service(COACHING).await;
        for round in 0..6 {
            let made = prescriber.post("/v1/people", json!({"family_name": format!("Course{}", char::from(b'a' + round)), "given_name": "Awa"})).await;
            let person = made.with_status(201).good()["id"].as_str().unwrap().to_owned();
            let mut draft = form(&service, "x", json!({"person_id": person}));
            draft["person"] = json!({"contact_preferences": ["other"], "other_contact": "au foyer"});
            let path = format!("/v1/people/{person}/erase");
            let (gone, named) = tokio::join!(
                officer.post(&path, json!({"reason": "person_asked"})),
                prescriber.post("/v1/referrals", draft),
            );
            let record = prescriber.get(&format!("/v1/people/{person}")).await.good();
            if named.status == 201 {
                gone.refused(409, "open_referral");
                assert!(record["erased_at"].is_null(), "who is still to be helped is not erased");
            } else {
                named.refused(409, "person_erased");
                gone.with_status(200);
                assert!(record["erased_at"].is_string());
            }
        }
    }
}
