//! The lives of some referrals in which every word is planted once.

use serde_json::{Value, json};

use super::super::{COACHING, edits_service, form};
use crate::world::{Client, World, about, key_in, pdf};

/// Where to look: the ids of everything that was made, and the sessions of two access links.
pub struct Planted {
    pub legs: Vec<String>,
    pub people: Vec<String>,
    pub booklets: Vec<String>,
    pub retrievals: Vec<String>,
    pub consents: Vec<(String, String)>,
    pub file: String,
    pub need: String,
    /// A link to the leg that was handed over, which is dead, and one to the leg that lives.
    pub links: [Client; 2],
}

fn id(made: &Value) -> String {
    made["id"].as_str().unwrap().to_owned()
}

/// Everything that a sender can write.
fn full_form(service: &str) -> Value {
    let more = json!({
        "adviser": {"name": "ConseilPlante", "email": "conseilplante@example.org", "phone": "06 39 98 72 27"},
        "person": {
            "given_name": "Quetzagiv", "phone": "06 39 98 71 17", "email": "plantemail@example.org", "other_contact": "MoyenPlante",
            "contact_preferences": ["phone", "email", "other"], "language": "gsw", "commune": "99777", "birth_year": 1973,
            "employment_number": "98765432109", "statuses": ["statutplante"], "household_size": 17, "available_from": "2031-07-19"
        },
        "reason": "RaisonPlantee", "situation": "SituationPlantee", "criteria_note": "CriterePlante",
        "documents": [{"code": "cv", "at_hand": true, "reason": "PiecePlantee"}],
        "eligibility": {"income": {"amount": "1377.77", "currency": "EUR", "period": "month"}}
    });
    form(service, "Zorglubfam", more)
}

/// A referral of nobody in particular, for what is written about it.
async fn plain(world: &World, name: &str) -> String {
    world.prescriber().refers(&world.service(COACHING).await, name).await
}

async fn next_of(world: &World, leg: &str) -> String {
    world.prescriber().reads(leg).await.good()["hand_over"]["next_id"].as_str().unwrap().to_owned()
}

/// The one person: sent to two structures with a file, taken in charge by one, drawn from a booklet, handed over to a third.
async fn the_one(world: &World) -> (Vec<String>, String, String, [Client; 2], String, String) {
    let (prescriber, operator, omar) = (world.prescriber(), world.operator(), world.persona("operator_3"));
    let services = [world.service(COACHING).await, world.service_of("operator_2").await];
    edits_service(world, &services[0], json!({"documents": [{"code": "cv", "label": "CV", "obligatory": false}]})).await;
    let file = prescriber.hands_in("fichierplante.pdf", pdf("ContenuPlante")).await;
    world.moves_on("PT1M").await;
    let first = prescriber.drafts_form(full_form(&services[0])).await;
    prescriber.adds_document(&first, &file, Some("cv")).await.with_status(201);
    let command = json!({"draft_id": first, "service_ids": services, "override_reason": "DerogationPlantee"});
    let made = prescriber.post("/v1/broadcasts", command).await.with_status(201).good();
    let rival = id(made["items"].as_array().unwrap().iter().find(|leg| leg["id"] != first).unwrap());
    let mails = world.mails_arrive().await;
    let dead = world.opens(&key_in(about(&mails, &first, "sent", "receiver")[0])).await;

    operator.with("idempotency-key", "rejouer").does_with("accept", &first, json!({"message": "ReponsePlantee"})).await.good();
    let step = "0192f4e6-7a10-7000-8000-000000000001";
    let path = json!({"steps": [{"id": step, "label": "EtapePlantee", "place": "LieuPlante", "units": 2, "attended": true}]});
    let tag = operator.reads(&first).await.etag();
    operator.with("if-match", &tag).put(&format!("/v1/referrals/{first}/path"), path).await.good();
    let booklet = id(&world.issues_booklet(&operator, 5).await);
    operator.does_to_booklet("assign", &booklet, json!({"referral_id": first})).await.good();
    operator.does_to_booklet("use", &booklet, json!({"referral_id": first, "step_id": step})).await.good();
    let entries = operator.get(&format!("/v1/booklets/{booklet}/entries")).await.good();
    let drawn = entries["items"].as_array().unwrap().iter().find(|entry| entry["kind"] == "use").unwrap()["id"].clone();
    operator.does_to_booklet("reverse", &booklet, json!({"entry_id": drawn, "reason": "CarnetPlante"})).await.good();
    prescriber.writes(&first, json!({"body": "MotDuDepart", "to": ["receiver"]})).await.with_status(201);
    operator.writes(&first, json!({"body": "MotDuReceveur", "to": ["sender"]})).await.with_status(201);
    let kept = operator.post("/v1/people", json!({"referral_id": first, "given_name": "PrenomGarde"})).await.with_status(201).good();
    let contacted = json!({"by": "ContactPar", "at": world.now().await, "with": "ContactAvec"});
    let hand_over = json!({
        "organisation_id": omar.organisation(), "code": "closer_service", "note": "PassagePlante", "contacted": contacted,
        "documents": [file], "person_agreed": true
    });
    operator.does_with("redirect", &first, hand_over).await.good();
    let next = next_of(world, &first).await;
    let mails = world.mails_arrive().await;
    let alive = world.opens(&key_in(about(&mails, &next, "sent", "receiver")[0])).await;
    omar.accepts(&next).await;
    (vec![first, rival, next], file, id(&made), [dead, alive], booklet, id(&kept))
}

/// Referrals of others, each with words of what may happen to one. None of them names the one person.
async fn the_others(world: &World) -> (Vec<String>, String, Vec<String>) {
    let (prescriber, operator, lea) = (world.prescriber(), world.operator(), world.persona("operator_2"));
    let paused = plain(world, "Enpause").await;
    let until = world.now().await + chrono::TimeDelta::days(20);
    prescriber.does_with("pause-clock", &paused, json!({"reason": "PausePlantee", "until": until})).await.good();

    let refused = plain(world, "Refusee").await;
    operator.does_with("refuse", &refused, json!({"codes": ["other"], "message": "RefusPlante"})).await.good();
    operator.does_with("archive", &refused, json!({"reason": "other", "note": "ClasseReceveur"})).await.good();
    prescriber.does_with("archive", &refused, json!({"reason": "other", "note": "ClasseDepart"})).await.good();

    let helped = plain(world, "Aidee").await;
    operator.accepts(&helped).await;
    operator.does_with("complete", &helped, json!({"outcome": "partly", "text": "IssuePlantee"})).await.good();

    let reported = plain(world, "Rapportee").await;
    let today = world.now().await.date_naive();
    let said = json!({
        "decision": "refused", "codes": ["no_capacity"], "channel": "phone", "told_by": "DitParPlante", "on": today, "note": "RapportPlante"
    });
    prescriber.does_with("record-answer", &reported, said).await.good();

    let fetched = plain(world, "Retrouvable").await;
    let booklet = world.issues_booklet(&operator, 5).await;
    operator.does_to_booklet("assign", booklet["id"].as_str().unwrap(), json!({"referral_id": fetched})).await.good();
    operator.accepts(&fetched).await;
    let mut asked = json!({"family_name": "Retrouvable", "booklet_number": booklet["number"]});
    let claim = id(&lea.post("/v1/retrievals", asked.clone()).await.with_status(201).good());
    operator.post(&format!("/v1/retrievals/{claim}/object"), json!({"reason": "ObjectionPlantee"})).await.good();
    asked["urgent"] = json!({"reason": "UrgencePlantee"});
    let moved = lea.post("/v1/retrievals", asked).await.with_status(201).good();

    let closed = plain(world, "Retiree").await;
    let person = prescriber.reads(&closed).await.good()["identity"]["person_id"].as_str().unwrap().to_owned();
    let consents = prescriber.get(&format!("/v1/people/{person}/consents")).await.good();
    let withdraw = format!("/v1/people/{person}/consents/{}/withdraw", consents["items"][0]["id"].as_str().unwrap());
    prescriber.post(&withdraw, json!({"reason": "RetraitPlante"})).await.good();

    let next = moved["referral_id"].as_str().unwrap().to_owned();
    (vec![paused, refused, helped, reported, fetched, next, closed], id(&booklet), vec![claim, id(&moved)])
}

/// Plants every word.
pub async fn plant(world: &World) -> Planted {
    let prescriber = world.prescriber();
    let (mut legs, file, need, links, booklet, kept) = the_one(world).await;
    let (others, other_booklet, retrievals) = the_others(world).await;
    legs.extend(others);
    world.mails_arrive().await;
    let (mut people, mut consents) = (vec![kept], vec![]);
    for leg in &legs {
        let person = prescriber.reads(leg).await.good()["identity"]["person_id"].as_str().unwrap().to_owned();
        if !people.contains(&person) {
            let given = prescriber.get(&format!("/v1/people/{person}/consents?limit=200")).await.good();
            consents.extend(given["items"].as_array().unwrap().iter().map(|consent| (person.clone(), id(consent))));
            people.push(person);
        }
    }
    Planted { legs, people, booklets: vec![booklet, other_booklet], retrievals, consents, file, need, links }
}
