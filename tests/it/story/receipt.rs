//! Receipts and consents: each says what was told to whom, why, and for what, however the referral came there.

use serde_json::{Value, json};

use super::{COACHING, OVERRIDE, form};
use crate::world::{Client, World};

async fn person_of(who: &Client, referral: &str) -> String {
    who.reads(referral).await.good()["identity"]["person_id"].as_str().unwrap().to_owned()
}

async fn items(who: &Client, person: &str, list: &str) -> Vec<Value> {
    who.get(&format!("/v1/people/{person}/{list}?limit=200")).await.good()["items"].as_array().unwrap().clone()
}

/// The receipts about one leg, oldest first: why, from whom to whom, what.
async fn receipts(who: &Client, person: &str, leg: &str) -> Vec<(String, Value, Value, Value)> {
    let mut found = items(who, person, "disclosures").await;
    found.retain(|receipt| receipt["referral_id"] == json!(leg));
    found.reverse();
    let told = |receipt: Value| {
        let because = receipt["because"].as_str().unwrap().to_owned();
        (because, receipt["organisation_id"].clone(), receipt["recipient_organisation_id"].clone(), receipt["categories"].clone())
    };
    found.into_iter().map(told).collect()
}

/// The only consent to a leg.
async fn consent(who: &Client, person: &str, leg: &str) -> Value {
    let found: Vec<_> = items(who, person, "consents").await.into_iter().filter(|consent| consent["referral_id"] == json!(leg)).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].clone()
}

async fn next_leg(world: &World, first: &str) -> String {
    world.prescriber().reads(first).await.good()["hand_over"]["next_id"].as_str().unwrap().to_owned()
}

const WITHOUT_FILES: [&str; 4] = ["identity_min", "contact", "identity", "social"];
const WITH_FILES: [&str; 5] = ["identity_min", "contact", "identity", "social", "documents"];

both! {
    async fn a_hand_over_and_a_return_are_each_told_and_agreed_to(world) {
        let (prescriber, operator, lea) = (world.prescriber(), world.operator(), world.persona("operator_2"));
        let [sender, holder, next] = [&prescriber, &operator, &lea].map(|who| json!(who.organisation()));
        let first = prescriber.refers(&world.service(COACHING).await, "Sow").await;
        let person = person_of(&prescriber, &first).await;
        operator.accepts(&first).await;
        operator.hands_over(&first, &lea).await;
        let second = next_leg(world, &first).await;
        let told = receipts(&prescriber, &person, &second).await;
        assert_eq!(told, [("referral_arrived".to_owned(), holder.clone(), next.clone(), json!(WITHOUT_FILES))]);
        let agreed = consent(&prescriber, &person, &second).await;
        assert_eq!((&agreed["purpose"], &agreed["recipient_organisation_id"], &agreed["categories"]), (&json!("redirect"), &next, &json!(WITHOUT_FILES)));

        // Both write: each to the other, and nobody to themselves.
        prescriber.writes(&second, json!({"body": "Bonjour"})).await.with_status(201);
        lea.writes(&second, json!({"body": "Bien reçu"})).await.with_status(201);
        let told = receipts(&prescriber, &person, &second).await;
        let message = |from: &Value, to: &Value| ("referral_message_sent".to_owned(), from.clone(), to.clone(), json!(["social"]));
        assert_eq!(told[1..], [message(&sender, &next), message(&next, &sender)]);

        // The former holder reads on for thirty days: what comes back within them tells it nothing new, what comes later does.
        let before = receipts(&prescriber, &person, &first).await.len();
        lea.accepts(&second).await;
        world.moves_on("P31D").await;
        operator.reads(&first).await.refused(404, "not_found");
        let omar = world.persona("operator_3");
        lea.hands_over(&second, &omar).await;
        world.persona("moderator").post(&format!("/v1/organisations/{}/block", lea.organisation()), json!({"reason": "Adresse introuvable"})).await.good();
        let third = next_leg(world, &second).await;
        omar.refuses(&third, "no_capacity").await;
        assert_eq!(operator.sees(&first).await, "accepted", "past whom is shut out, it comes back to who was before");
        let told = receipts(&prescriber, &person, &first).await;
        assert_eq!(told.len(), before + 1);
        assert_eq!(told.last().unwrap(), &("referral_returned".to_owned(), sender, holder, json!(WITHOUT_FILES)));
    }

    async fn a_return_to_who_still_reads_is_no_new_disclosure(world) {
        let (prescriber, operator, lea) = (world.prescriber(), world.operator(), world.persona("operator_2"));
        let first = prescriber.refers(&world.service(COACHING).await, "Sow").await;
        let person = person_of(&prescriber, &first).await;
        operator.hands_over(&first, &lea).await;
        lea.refuses(&next_leg(world, &first).await, "no_capacity").await;
        assert_eq!(operator.sees(&first).await, "under_review");
        let told = receipts(&prescriber, &person, &first).await;
        assert_eq!(told.iter().map(|receipt| receipt.0.as_str()).collect::<Vec<_>>(), ["referral_sent"]);
    }

    async fn files_are_told_when_there_are_files_and_not_when_they_were_announced(world) {
        let prescriber = world.prescriber();
        let service = world.service(COACHING).await;
        super::edits_service(world, &service, json!({"documents": [{"code": "cv", "label": "CV", "obligatory": false}]})).await;
        let announced = prescriber.drafts_form(form(&service, "Annonce", json!({"documents": [{"code": "cv", "at_hand": true}]}))).await;
        prescriber.sends(&announced).await;
        let file = world.clean_file().await;
        let added = prescriber.drafts_form(form(&service, "Ajout", json!({}))).await;
        prescriber.adds_document(&added, &file, None).await.with_status(201);
        prescriber.sends(&added).await;
        for (leg, told) in [(&announced, json!(WITHOUT_FILES)), (&added, json!(WITH_FILES))] {
            let person = person_of(&prescriber, leg).await;
            assert_eq!(receipts(&prescriber, &person, leg).await[0].3, told);
            assert_eq!(consent(&prescriber, &person, leg).await["categories"], told, "it was agreed to as it is told");
        }

        // A file that is not passed on is not told to the next.
        let (operator, lea) = (world.operator(), world.persona("operator_2"));
        operator.hands_over(&added, &lea).await;
        let next = next_leg(world, &added).await;
        let person = person_of(&prescriber, &added).await;
        assert_eq!(receipts(&prescriber, &person, &next).await[0].3, json!(WITHOUT_FILES));
    }

    async fn each_service_of_a_broadcast_is_told_and_agreed_to_for_itself(world) {
        let prescriber = world.prescriber();
        let services = [world.service(COACHING).await, world.service_of("operator_2").await];
        let draft = prescriber.drafts(&services[0], "Sow").await;
        let person = person_of(&prescriber, &draft).await;
        let command = json!({"draft_id": draft, "service_ids": services, "override_reason": OVERRIDE});
        let made = prescriber.post("/v1/broadcasts", command).await.with_status(201).good();
        for (leg, receiver) in made["items"].as_array().unwrap().iter().map(|leg| (leg["id"].as_str().unwrap(), &leg["receiver"]["id"])) {
            let told = receipts(&prescriber, &person, leg).await;
            assert_eq!(told, [("referral_sent".to_owned(), json!(prescriber.organisation()), receiver.clone(), json!(WITHOUT_FILES))]);
            let agreed = consent(&prescriber, &person, leg).await;
            assert_eq!((&agreed["purpose"], &agreed["recipient_organisation_id"]), (&json!("broadcast"), receiver));
        }
    }

    async fn a_file_that_is_fetched_is_told_to_who_fetched_it(world) {
        let (prescriber, operator, lea) = (world.prescriber(), world.operator(), world.persona("operator_2"));
        let first = prescriber.refers(&world.service(COACHING).await, "Diop").await;
        let person = person_of(&prescriber, &first).await;
        let booklet = world.issues_booklet(&operator, 5).await;
        operator.does_to_booklet("assign", booklet["id"].as_str().unwrap(), json!({"referral_id": first})).await.good();
        let asked = json!({"family_name": "Diop", "booklet_number": booklet["number"]});
        let moved = lea.post("/v1/retrievals", asked).await.with_status(201).good();
        let next = moved["referral_id"].as_str().unwrap();
        let told = receipts(&prescriber, &person, next).await;
        assert_eq!(told, [("referral_arrived".to_owned(), json!(operator.organisation()), json!(lea.organisation()), json!(WITHOUT_FILES))]);
        let agreed = consent(&prescriber, &person, next).await;
        assert_eq!((&agreed["purpose"], &agreed["recipient_organisation_id"]), (&json!("retrieval"), &json!(lea.organisation())));
    }
}
