//! What is held on a person is theirs to have: from whoever holds it, whole, and nothing that is another's to give.

use reqwest::Method;
use serde_json::{Value, json};

use super::{COACHING, form};
use crate::world::tools::eventually;
use crate::world::{Answer, Client, World};

async fn takes_out(who: &Client, person: &str) -> Answer {
    who.send(Method::POST, &format!("/v1/people/{person}/export"), None).await
}

/// A role of their own for the lead of the operators, who answers persons there.
async fn answers_with(world: &World, grants: Value) -> Client {
    let (admin, lead) = (world.persona("admin"), world.persona("colleague"));
    let own = format!("/v1/organisations/{}", admin.organisation());
    let role =
        admin.post(&format!("{own}/roles"), json!({"name": "Réponses", "grants": grants})).await.with_status(201).good()["id"].clone();
    let members = admin.get(&format!("{own}/members?limit=200")).await.good();
    let member = members["items"].as_array().unwrap().iter().find(|member| member["user_id"] == lead.user()).unwrap()["id"].clone();
    let member = format!("{own}/members/{}", member.as_str().unwrap());
    let tag = admin.get(&member).await.etag();
    admin.with("if-match", &tag).put(&format!("{member}/roles"), json!({"roles": [{"role_id": role}]})).await.good();
    lead
}

fn texts(rows: &Value, column: &str) -> Vec<Value> {
    rows.as_array().unwrap().iter().map(|row| row[column].clone()).collect()
}

both! {
    async fn a_receiver_gives_the_person_what_it_received_and_what_it_made_of_it(world) {
        let (prescriber, operator, lea, lead) = (world.prescriber(), world.operator(), world.persona("operator_2"), world.persona("colleague"));
        let file = world.clean_file().await;
        let draft = prescriber.drafts_form(form(&world.service(COACHING).await, "Zorglub", json!({"reason": "RaisonRecue"}))).await;
        prescriber.adds_document(&draft, &file, None).await.with_status(201);
        prescriber.sends(&draft).await;
        operator.accepts(&draft).await;
        operator.agrees(&draft, json!({"steps": [{"id": "0192f4e6-7a10-7000-8000-000000000001", "label": "AtelierChoisi", "place": "SalleDuFond", "attended": true}]})).await;
        prescriber.writes(&draft, json!({"body": "MotDuDepart"})).await.with_status(201);
        operator.writes(&draft, json!({"body": "MotEnRetour"})).await.with_status(201);
        let booklet = world.issues_booklet(&operator, 5).await;
        operator.does_to_booklet("assign", booklet["id"].as_str().unwrap(), json!({"referral_id": draft})).await.good();
        let claim = json!({"family_name": "Zorglub", "booklet_number": booklet["number"], "urgent": null});
        let claim = lea.post("/v1/retrievals", claim).await.with_status(201).good();
        let objection = json!({"reason": "ObjectionDuDetenteur"});
        operator.post(&format!("/v1/retrievals/{}/object", claim["id"].as_str().unwrap()), objection).await.good();
        prescriber.does_with("archive", &draft, json!({"reason": "other", "ending": "none", "note": "NoteDuDepart"})).await.with_status(200);
        operator.does_with("archive", &draft, json!({"reason": "other", "ending": "none", "note": "NoteDuReceveur"})).await.good();
        let kept = operator.post("/v1/people", json!({"referral_id": draft})).await.with_status(201).good()["id"].as_str().unwrap().to_owned();
        let own = prescriber.reads(&draft).await.good()["identity"]["person_id"].as_str().unwrap().to_owned();

        let told = takes_out(&lead, &kept).await.with_status(200);
        for word in ["Zorglub", "RaisonRecue", "MotDuDepart", "MotEnRetour", "NoteDuReceveur", "cv.pdf", "ObjectionDuDetenteur", "AtelierChoisi", "SalleDuFond", booklet["number"].as_str().unwrap()] {
            assert!(told.text.contains(word), "{word} is not there: {}", told.text);
        }
        assert!(!told.text.contains("NoteDuDepart"), "what the sender noted for itself is the sender's to give");
        let told = told.good();
        assert_eq!((&told["complete"], &told["person_ids"], &told["organisation_id"]), (&json!(true), &json!([kept]), &json!(operator.organisation())));
        let held = &told["held"];
        let count = |table: &str| held[table].as_array().unwrap().len();
        assert_eq!((count("person"), count("referral"), count("message"), count("booklet"), count("document")), (1, 1, 2, 1, 1));
        assert_eq!((count("consent"), texts(&held["person"], "kept_from")), (1, vec![json!(draft)]));
        assert!(told["accesses"].as_array().unwrap().iter().any(|entry| entry["operation"].as_str().unwrap().starts_with("read_referral") || entry["operation"].as_str().unwrap().starts_with("accept_referral")), "{told}");

        // The sender's officer gives the sender's part: not the words of the other structures.
        let given = takes_out(&world.persona("privacy_officer"), &own).await.with_status(200).text;
        for word in ["Zorglub", "RaisonRecue", "MotDuDepart", "MotEnRetour", "NoteDuDepart"] {
            assert!(given.contains(word), "{word} is not there: {given}");
        }
        for word in ["NoteDuReceveur", "ObjectionDuDetenteur", "AtelierChoisi", "SalleDuFond"] {
            assert!(!given.contains(word), "{word}: {given}");
        }
        let given: Value = serde_json::from_str(&given).unwrap();
        let leg = &given["held"]["referral"][0];
        assert_eq!(leg["path"][0]["attended"], true, "how often and whether the person came is told");
        assert!(["warnings", "plan"].iter().all(|column| leg.get(column).is_none()), "{leg}");
    }

    async fn records_that_are_one_person_are_given_with_what_joins_them(world) {
        let (prescriber, officer) = (world.prescriber(), world.persona("privacy_officer"));
        let referral = prescriber.refers(&world.service(COACHING).await, "Diallo").await;
        let one = prescriber.reads(&referral).await.good()["identity"]["person_id"].as_str().unwrap().to_owned();
        let other = prescriber.post("/v1/people", json!({"family_name": "Dialo", "given_name": "Awa"})).await.with_status(201).good()["id"].clone();
        let link = prescriber.post(&format!("/v1/people/{one}/identity-links"), json!({"other_id": other})).await.with_status(201).good();
        let told = takes_out(&officer, other.as_str().unwrap()).await.good();
        assert_eq!((texts(&told["held"]["identity_link"], "id"), told["person_ids"].as_array().unwrap().len()), (vec![link["id"].clone()], 2));
        assert_eq!(texts(&told["held"]["referral"], "id"), [json!(referral)]);
    }

    async fn everything_is_for_who_may_see_everything(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let referral = prescriber.refers(&world.service(COACHING).await, "Zorglub").await;
        operator.accepts(&referral).await;
        let kept = operator.post("/v1/people", json!({"referral_id": referral})).await.with_status(201).good()["id"].as_str().unwrap().to_owned();
        let grant = |permission: &str, categories: Value| json!({"permission": permission, "scope": "organisation", "side": "both", "categories": categories});
        let who = json!(["existence", "identity_min", "contact", "identity"]);
        let all = json!(["existence", "identity_min", "contact", "identity", "social", "documents"]);
        takes_out(&world.persona("colleague"), &kept).await.with_status(200);
        let lead = answers_with(world, json!([grant("people:read", all.clone()), grant("people:export", who)])).await;
        eventually("the right is less", async || takes_out(&lead, &kept).await.status == 403).await;
        takes_out(&lead, &kept).await.refused(403, "permission_missing");
        // Whoever is kept from the referral takes it out as little as they read it.
        let mut deny = grant("referrals:read", json!([]));
        deny["deny"] = json!(true);
        let lead = answers_with(world, json!([grant("people:read", all.clone()), grant("people:export", all), deny])).await;
        eventually("the right is back", async || takes_out(&lead, &kept).await.status == 200).await;
        let told = takes_out(&lead, &kept).await.good();
        assert_eq!((&told["held"]["referral"], &told["complete"]), (&json!([]), &json!(false)), "{told}");
    }

    async fn taking_out_is_counted_in_the_database(quiet) {
        let world = World::open_with(quiet.engine, &[("RELAIS_LIMITS", "on")]).await;
        let (prescriber, officer) = (world.prescriber(), world.persona("privacy_officer"));
        let person = prescriber.post("/v1/people", json!({"family_name": "Sow", "given_name": "Awa"})).await.with_status(201).good()["id"].as_str().unwrap().to_owned();
        for _ in 0..20 {
            takes_out(&officer, &person).await.with_status(200);
        }
        let late = takes_out(&officer, &person).await;
        assert!(late.header("retry-after").parse::<i64>().unwrap() > 0);
        late.refused(429, "too_many_requests");
        world.close().await;
    }

    async fn clocks_of_a_person_whom_one_does_not_see_are_not_there(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let referral = prescriber.refers(&world.service(COACHING).await, "Zorglub").await;
        operator.accepts(&referral).await;
        let command = json!({"reason": "Hospitalisé", "until": world.now().await + chrono::TimeDelta::days(10)});
        let own = prescriber.reads(&referral).await.good()["identity"]["person_id"].as_str().unwrap().to_owned();
        let kept = operator.post("/v1/people", json!({"referral_id": referral})).await.with_status(201).good()["id"].as_str().unwrap().to_owned();
        prescriber.post(&format!("/v1/people/{own}/pause-clocks"), command.clone()).await.with_status(200);
        operator.post(&format!("/v1/people/{kept}/pause-clocks"), command.clone()).await.with_status(200);
        let absent = json!(relais_adapters::ids::fresh());
        let strip = |answer: Answer| { let mut problem = answer.refused(404, "not_found"); problem["instance"] = json!(0); problem };
        let missing = strip(operator.post(&format!("/v1/people/{}/pause-clocks", absent.as_str().unwrap()), command.clone()).await);
        assert_eq!(strip(operator.post(&format!("/v1/people/{own}/pause-clocks"), command.clone()).await), missing);
        // A partner of the house that writes messages and reads no persons does not learn which records there are.
        let admin = world.persona("admin");
        let grant = |permission: &str| json!({"permission": permission, "scope": "organisation", "side": "received", "categories": ["existence"]});
        let account = json!({"name": "Aveugle", "grants": [grant("referrals:read"), grant("referrals:message")]});
        let made = admin.post(&format!("/v1/organisations/{}/service-accounts", admin.organisation()), account).await.with_status(201).good();
        let login = json!({"grant_type": "client_credentials", "client_id": made["service_account"]["client_id"], "client_secret": made["client_secret"]});
        let token = world.anybody().post("/v1/auth/token", login).await.good();
        let blind = world.anybody().with_token(token["access_token"].as_str().unwrap());
        assert_eq!(strip(blind.post(&format!("/v1/people/{kept}/pause-clocks"), command).await), missing);
        // Nor does it read or write what is written there of the person.
        operator.writes(&referral, json!({"body": "MotDuReceveur"})).await.with_status(201);
        blind.get(&format!("/v1/referrals/{referral}/messages")).await.refused(403, "permission_missing");
        blind.writes(&referral, json!({"body": "Bonjour"})).await.refused(403, "permission_missing");
        assert!(!blind.may(&referral).await.contains(&"message".to_owned()));
    }

    async fn who_read_is_told_page_by_page_and_what_was_not_shown_again_is_not_noted(world) {
        let prescriber = world.prescriber();
        let referral = prescriber.refers(&world.service(COACHING).await, "Sow").await;
        let person = prescriber.reads(&referral).await.good()["identity"]["person_id"].as_str().unwrap().to_owned();
        for _ in 0..3 {
            prescriber.get(&format!("/v1/people/{person}")).await.good();
        }
        let consents = prescriber.get(&format!("/v1/people/{person}/consents")).await.good();
        let one = format!("/v1/people/{person}/consents/{}", consents["items"][0]["id"].as_str().unwrap());
        let tag = prescriber.get(&one).await.etag();
        let all = async || prescriber.get(&format!("/v1/people/{person}/accesses?limit=200")).await.good()["items"].as_array().unwrap().clone();
        let before = all().await;
        prescriber.with("if-none-match", &tag).get(&one).await.with_status(304);
        assert_eq!(all().await, before, "what the caller has already is not shown again");
        let (mut paged, mut cursor) = (vec![], String::new());
        loop {
            let page = prescriber.get(&format!("/v1/people/{person}/accesses?limit=2{cursor}")).await.good();
            paged.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(paged, before, "every entry once, in one order");
        assert!(before.len() > 4);
    }

    async fn a_consent_is_taken_back_for_records_that_are_linked_as_one(world) {
        let prescriber = world.prescriber();
        let service = world.service(COACHING).await;
        let one = prescriber.refers(&service, "Diallo").await;
        let record = async |referral: &str| prescriber.reads(referral).await.good()["identity"]["person_id"].as_str().unwrap().to_owned();
        let first = record(&one).await;
        let two = prescriber.refers_form(form(&service, "Diallo", json!({"person": {"phone": "06 39 98 99 99"}, "reason": "Autre"}))).await;
        let second = record(&two).await;
        prescriber.post(&format!("/v1/people/{first}/identity-links"), json!({"other_id": second})).await.with_status(201);
        let consents = prescriber.get(&format!("/v1/people/{first}/consents")).await.good();
        let of = |referral: &str| consents["items"].as_array().unwrap().iter().find(|consent| consent["referral_id"] == json!(referral)).unwrap()["id"].as_str().unwrap().to_owned();
        prescriber.post(&format!("/v1/people/{first}/consents/{}/withdraw", of(&one)), json!({})).await.good();
        for referral in [&one, &two] {
            assert_eq!(world.operator().reads(referral).await.good()["identity"], Value::Null, "they count as one");
        }
    }
}
