//! Handing on: to whom one may, who comes back when nobody is left, and what the chains of one need know of each other.

use serde_json::json;

use super::reader::publishes;
use super::{COACHING, OVERRIDE, complaints, edits_service};
use crate::world::feed::{lines, service, structure, with};
use crate::world::tools::{eventually, number};
use crate::world::{Client, World, about};

/// The leg that lives on after a hand-over.
async fn next_of(sender: &Client, referral: &str) -> String {
    sender.reads(referral).await.good()["hand_over"]["next_id"].as_str().unwrap().to_owned()
}

/// A draft sent to Karim's and to Léa's service at once; gives the need and both referrals.
async fn asks_both(world: &World, family_name: &str) -> (String, String, String) {
    let services = [world.service(COACHING).await, world.service_of("operator_2").await];
    let draft = world.prescriber().drafts(&services[0], family_name).await;
    let command = json!({"draft_id": draft, "service_ids": services, "override_reason": OVERRIDE});
    let made = world.prescriber().post("/v1/broadcasts", command).await.with_status(201).good();
    let second = made["items"].as_array().unwrap().iter().find(|leg| leg["id"] != draft.as_str()).unwrap();
    (made["id"].as_str().unwrap().to_owned(), draft, second["id"].as_str().unwrap().to_owned())
}

async fn blocks(world: &World, whose: &Client) {
    let path = format!("/v1/organisations/{}/block", whose.organisation());
    world.persona("moderator").post(&path, json!({"reason": "Adresse introuvable"})).await.good();
}

both! {
    async fn nobody_is_handed_to_a_service_that_takes_nobody_and_nothing_is_sent(world) {
        let (admin, lea) = (world.persona("admin"), world.persona("operator_2"));
        let referral = world.prescriber().refers(&world.service_of("operator_2").await, "Fermé").await;
        let tried = async |service: &str, status: u16, code: &str| {
            let command = json!({"service_id": service, "code": "other", "person_agreed": true});
            let problem = lea.does_with("redirect", &referral, command).await.refused(status, code);
            assert_eq!(complaints(&problem), [(code, if status == 422 { "/service_id" } else { "" })]);
            problem
        };
        let open = publishes(world, "Atelier du mardi").await;
        edits_service(world, &open, json!({"form_enabled": true})).await;
        admin.does_to_service("suspend", &open).await.good();
        let problem = tried(&open, 409, "service_suspended").await;
        let acts = problem["errors"][0]["params"]["allowed_acts"].as_array().unwrap();
        assert!(acts.contains(&json!("accept")) && acts.contains(&json!("redirect")), "{problem}");
        tried(&world.service("Réunion d’information : demander").await, 409, "form_disabled").await;
        admin.does_to_service("archive", &open).await.good();
        tried(&open, 422, "unknown_reference").await;
        let body = json!({
            "name": "Encore un projet", "summary": "Plus tard.", "kind": "workshop", "reception": "remote", "fee": "free",
            "topics": ["choisir-un-metier--confirmer-son-choix-de-metier"], "coverage": {"everywhere": true, "zones": []},
            "update_frequency": "yearly", "contact": {"email": "atelier@tremplin-lillois.example.org", "public": false}
        });
        let draft = admin.post("/v1/services", body).await.with_status(201).good()["id"].as_str().unwrap().to_owned();
        tried(&draft, 422, "unknown_reference").await;
        let both = json!([world.service(COACHING).await, draft]);
        let mine = world.prescriber().drafts(&world.service(COACHING).await, "Ouvert").await;
        let command = json!({"draft_id": mine, "service_ids": both, "override_reason": OVERRIDE});
        let problem = world.prescriber().post("/v1/broadcasts", command).await.refused(422, "unknown_reference");
        assert_eq!(complaints(&problem), [("unknown_reference", "/service_ids/1")]);

        assert_eq!(lea.sees(&referral).await, "sent");
        let mails = world.mails_arrive().await;
        for recipient in ["sender", "receiver", "person"] {
            assert!(about(&mails, &referral, "redirected", recipient).is_empty(), "{recipient} is told of nothing");
        }
        let database = world.copy.connect().await;
        assert_eq!(number(&database, "SELECT count(*) FROM referral WHERE kind = 'redirect' AND name_folded LIKE 'ferme%'").await, 0);
        database.close().await.unwrap();
    }

    async fn who_is_no_longer_there_is_passed_over_when_the_person_comes_back(world) {
        let (prescriber, operator, lea, omar) = (world.prescriber(), world.operator(), world.persona("operator_2"), world.persona("operator_3"));
        let first = prescriber.refers(&world.service(COACHING).await, "Sidibé").await;
        operator.hands_over(&first, &lea).await;
        let second = next_of(&prescriber, &first).await;
        lea.hands_over(&second, &omar).await;
        let third = next_of(&prescriber, &second).await;
        blocks(world, &lea).await;
        assert_eq!(omar.sees(&third).await, "sent", "who has the person is not concerned");
        omar.refuses(&third, "no_capacity").await;
        assert_eq!(operator.sees(&first).await, "under_review");
        assert_eq!(prescriber.sees(&second).await, "redirected");
    }

    async fn whoever_was_taken_in_charge_where_the_house_is_blocked_comes_back_too(world) {
        let (prescriber, operator, lea) = (world.prescriber(), world.operator(), world.persona("operator_2"));
        let first = prescriber.refers(&world.service(COACHING).await, "Doumbia").await;
        operator.hands_over(&first, &lea).await;
        let next = next_of(&prescriber, &first).await;
        lea.accepts(&next).await;
        blocks(world, &lea).await;
        assert_eq!((operator.sees(&first).await, prescriber.sees(&next).await), ("under_review".into(), "expired".into()));
        assert!(!about(&world.mails_arrive().await, &first, "returned", "sender").is_empty());
    }

    async fn whoever_was_handed_to_a_house_that_its_feed_lacks_comes_back(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let writes = |numbers: &[usize]| {
            let reached = |n: &usize| with(structure(*n), json!({"courriel": format!("accueil@s{n}.example.org")}));
            let offered = |n: &usize| with(service(*n), json!({"structure_id": format!("essai--s{n}")}));
            let structures = lines(&numbers.iter().map(reached).collect::<Vec<_>>());
            let services = lines(&numbers.iter().map(offered).collect::<Vec<_>>());
            (world.copy.writes("structures.ndjson", structures), world.copy.writes("services.ndjson", services))
        };
        let (structures, services) = writes(&[1, 2]);
        world.copy.imports(&structures, &services, &["--full"]);
        let told = async || prescriber.get("/v1/services?limit=200").await.text.contains("\"Service 1\"");
        eventually("the directory tells what was imported", told).await;
        let offered = world.service("Service 1").await;
        let house = prescriber.get(&format!("/v1/services/{offered}")).await.good()["organisation"]["id"].clone();
        let first = prescriber.refers(&world.service(COACHING).await, "Kanté").await;
        operator.accepts(&first).await;
        let command = json!({"organisation_id": house, "code": "closer_service", "person_agreed": true});
        operator.does_with("redirect", &first, command).await.good();
        let next = next_of(&prescriber, &first).await;
        assert_eq!(prescriber.sees(&next).await, "sent");

        let (structures, services) = writes(&[2]);
        let dry = world.copy.imports(&structures, &services, &["--full", "--dry-run"]);
        assert_eq!(dry["structures"]["suspended"], 1, "{dry}");
        assert_eq!(prescriber.sees(&next).await, "sent", "a dry run moves nobody");
        world.copy.imports(&structures, &services, &["--full"]);
        assert_eq!((prescriber.sees(&next).await, operator.sees(&first).await), ("expired".into(), "accepted".into()));
        let mails = world.mails_arrive().await;
        assert!(!about(&mails, &first, "returned", "sender").is_empty());
        assert!(!about(&mails, &first, "returned", "receiver").is_empty());
    }

    async fn the_chains_of_one_need_do_not_know_of_each_other_and_end_together(world) {
        let (prescriber, operator, lea, omar) = (world.prescriber(), world.operator(), world.persona("operator_2"), world.persona("operator_3"));
        let (_, first, second) = asks_both(world, "Bagayoko").await;
        lea.hands_over(&second, &omar).await;
        let third = next_of(&prescriber, &second).await;
        operator.accepts(&first).await;
        assert_eq!((omar.sees(&third).await, lea.sees(&second).await), ("superseded".into(), "redirected".into()));
        let mails = world.mails_arrive().await;
        assert!(!about(&mails, &third, "superseded", "receiver").is_empty(), "who waits in vain is told");

        // That Léa was asked too is not for Karim to find out.
        let (_, first, second) = asks_both(world, "Dembélé").await;
        operator.hands_over(&first, &lea).await;
        let next = next_of(&prescriber, &first).await;
        lea.accepts(&next).await;
        assert_eq!(lea.sees(&second).await, "superseded");
    }

    async fn a_broadcast_takes_its_files_along_and_is_read_by_its_sender(world) {
        let (prescriber, operator, lea) = (world.prescriber(), world.operator(), world.persona("operator_2"));
        let service = world.service(COACHING).await;
        let draft = prescriber.drafts(&service, "Traoré").await;
        let file = world.clean_file().await;
        prescriber.adds_document(&draft, &file, None).await.with_status(201);
        let eleven: Vec<_> = (0..11).map(|_| relais_adapters::ids::fresh()).collect();
        prescriber.post("/v1/broadcasts", json!({"draft_id": draft, "service_ids": eleven})).await.with_status(422);
        let services = json!([service, world.service_of("operator_2").await]);
        let command = json!({"draft_id": draft, "service_ids": services, "override_reason": OVERRIDE});
        let made = prescriber.post("/v1/broadcasts", command).await.with_status(201).good();
        let second = made["items"].as_array().unwrap().iter().find(|leg| leg["id"] != draft.as_str()).unwrap()["id"].as_str().unwrap();
        for (who, leg) in [(&operator, draft.as_str()), (&lea, second)] {
            assert_eq!(who.documents_of(leg).await.len(), 1);
            who.fetches(&file).await.with_status(200);
        }
        let path = format!("/v1/broadcasts/{}", made["id"].as_str().unwrap());
        for stranger in ["operator", "operator_2", "operator_3", "prescriber_2"] {
            world.persona(stranger).get(&path).await.refused(404, "not_found");
        }

        let database = world.copy.connect().await;
        let shown = async || number(&database, "SELECT count(*) FROM access_entry WHERE operation LIKE 'read_broadcast %' AND outcome = 'shown'").await;
        let seen = prescriber.get(&path).await;
        assert_eq!(shown().await, 1);
        prescriber.with("if-none-match", &seen.etag()).get(&path).await.with_status(304);
        assert_eq!(shown().await, 1, "what is not shown again is not noted again");
        let journalled = "SELECT count(*) FROM mutation_entry WHERE act = 'broadcast'";
        eventually("both are in the journal", async || number(&database, journalled).await >= 2).await;
        operator.hands_over(&draft, &world.persona("operator_3")).await;
        let handed_over = "SELECT count(*) FROM mutation_entry WHERE act = 'redirect'";
        eventually("the former leg and the next are in the journal", async || number(&database, handed_over).await >= 2).await;
        database.close().await.unwrap();
    }

    async fn what_an_unverified_house_asks_of_many_reaches_nobody_until_it_is_verified(world) {
        let (noemie, operator, lea) = (world.persona("prescriber_2"), world.operator(), world.persona("operator_2"));
        let services = [world.service(COACHING).await, world.service_of("operator_2").await];
        let draft = noemie.drafts(&services[0], "Attente").await;
        let command = json!({"draft_id": draft, "service_ids": services, "override_reason": OVERRIDE});
        let made = noemie.post("/v1/broadcasts", command).await.with_status(201).good();
        let legs = made["items"].as_array().unwrap();
        assert!(legs.len() == 2 && legs.iter().all(|leg| leg["state"] == "held"), "{made}");
        let second = legs.iter().find(|leg| leg["id"] != draft.as_str()).unwrap()["id"].as_str().unwrap();
        operator.reads(&draft).await.refused(404, "not_found");
        lea.reads(second).await.refused(404, "not_found");
        let verify = format!("/v1/organisations/{}/verify", noemie.organisation());
        world.persona("moderator").send(reqwest::Method::POST, &verify, None).await.good();
        assert_eq!((operator.sees(&draft).await, lea.sees(second).await), ("sent".into(), "sent".into()));
    }
}
