//! Retrieval: a person comes to another counter with a booklet. The file comes, or one answer says that it does not.

use serde_json::{Value, json};

use super::{COACHING, form};
use crate::world::tools::number;
use crate::world::{Answer, Client, Program, World, about, whole};

/// A person with a booklet whose file is at the operators'.
#[derive(Clone)]
pub struct Carrier {
    /// The referral.
    pub referral: String,
    /// The number on the booklet.
    pub number: String,
    name: String,
}

impl Carrier {
    /// Somebody of this name.
    pub async fn of(world: &World, family_name: &str) -> Self {
        Self::with(world, form(&world.service(COACHING).await, family_name, json!({}))).await
    }

    /// Somebody for whom this form was sent.
    pub async fn with(world: &World, form: Value) -> Self {
        let name = form["person"]["family_name"].as_str().unwrap().to_owned();
        let referral = world.prescriber().refers_form(form).await;
        let booklet = world.issues_booklet(&world.operator(), 5).await;
        world.operator().does_to_booklet("assign", booklet["id"].as_str().unwrap(), json!({"referral_id": referral})).await.good();
        Self { referral, number: booklet["number"].as_str().unwrap().to_owned(), name }
    }

    /// What a structure asks to which they come.
    pub fn asked(&self) -> Value {
        json!({"family_name": self.name, "booklet_number": self.number})
    }

    /// They come to somebody's counter.
    pub async fn comes_to(&self, who: &Client, more: Value) -> Answer {
        let mut asked = self.asked();
        super::merge(&mut asked, more);
        who.post("/v1/retrievals", asked).await
    }
}

/// The one answer of every failure, without the id of its request.
pub fn one_answer(answer: &Answer) -> Value {
    let mut problem = answer.clone().refused(404, "not_retrievable");
    problem["instance"] = Value::Null;
    problem
}

both! {
    async fn from_a_structure_that_has_not_decided_the_file_comes_at_once(world) {
        let (operator, lea, prescriber) = (world.operator(), world.persona("operator_2"), world.prescriber());
        let person = Carrier::of(world, "N’Guyên-Étoile").await;
        let asked = json!({"family_name": " nguyen  ETOILE ", "booklet_number": person.number.to_uppercase()});
        let moved = lea.post("/v1/retrievals", asked).await.with_status(201).good();
        assert_eq!((&moved["state"], &moved["holder"]["id"], &moved["due_at"]), (&json!("moved"), &json!(operator.organisation()), &json!(null)));
        let mine = moved["referral_id"].as_str().unwrap();
        let seen = lea.reads(mine).await.good();
        assert_eq!((&seen["state"], &seen["box"], &seen["kind"]), (&json!("sent"), &json!("to_handle"), &json!("retrieval")));
        assert_eq!(seen["identity"]["family_name"], "N’Guyên-Étoile");
        assert_eq!((operator.sees(&person.referral).await, prescriber.sees(mine).await), ("redirected".into(), "sent".into()));
        lea.reads(&person.referral).await.refused(404, "not_found");
        operator.reads(mine).await.refused(404, "not_found");
        let his = operator.get("/v1/retrievals?part=holder").await.good();
        assert_eq!((&his["items"][0]["id"], &his["items"][0]["referral_id"]), (&moved["id"], &json!(person.referral)));
        assert_eq!(operator.get("/v1/retrievals?part=claimant").await.good()["items"], json!([]));
        world.persona("operator_3").get(&format!("/v1/retrievals/{}", moved["id"].as_str().unwrap())).await.refused(404, "not_found");

        let mails = world.mails_arrive().await;
        for recipient in ["receiver", "sender", "claimant"] {
            let told = mails.iter().filter(|mail| mail["kind"] == "retrieved" && mail["recipient"] == recipient).count();
            assert!(told >= 1, "{recipient} is told");
        }
        assert!(mails.iter().filter(|mail| mail["kind"] == "retrieved").all(|mail| !whole(mail).contains(&person.number)), "the number stays on the booklet");
        let database = world.copy.connect().await;
        assert_eq!(number(&database, "SELECT count(*) FROM consent WHERE recipient_organisation_id IN (SELECT claimant_organisation_id FROM retrieval)").await, 1);
        database.close().await.unwrap();
        assert_eq!(one_answer(&person.comes_to(&operator, json!({})).await)["code"], "not_retrievable", "who handed over does not fetch it back");

        let other = Carrier::of(world, "Konaté").await;
        let taken = other.comes_to(&lea, json!({"take_in_charge": true})).await.with_status(201).good();
        assert_eq!(lea.sees(taken["referral_id"].as_str().unwrap()).await, "accepted");
    }

    async fn from_a_structure_that_has_the_person_in_charge_it_is_a_claim(world) {
        let (operator, lea, omar, reader) = (world.operator(), world.persona("operator_2"), world.persona("operator_3"), world.persona("reader"));
        let person = Carrier::of(world, "Diop").await;
        operator.accepts(&person.referral).await;
        let claim = person.comes_to(&lea, json!({})).await.with_status(201).good();
        assert_eq!((&claim["state"], &claim["referral_id"]), (&json!("claimed"), &json!(null)));
        let path = format!("/v1/retrievals/{}", claim["id"].as_str().unwrap());
        assert_eq!(operator.sees(&person.referral).await, "accepted");
        one_answer(&person.comes_to(&lea, json!({})).await);
        one_answer(&person.comes_to(&omar, json!({})).await);
        let mails = world.mails_arrive().await;
        assert!(!about(&mails, &person.referral, "claimed", "receiver").is_empty());
        assert_eq!(about(&mails, &person.referral, "claimed", "sender").len(), 1);

        let reason = json!({"reason": "Entretien prévu demain"});
        lea.post(&format!("{path}/object"), reason.clone()).await.refused(403, "not_the_receiver");
        reader.post(&format!("{path}/object"), reason.clone()).await.refused(403, "permission_missing");
        omar.post(&format!("{path}/object"), reason.clone()).await.refused(404, "not_found");
        let tried = operator.post(&format!("{path}/object?dry_run=true"), reason.clone()).await.good();
        assert_eq!((&tried["would"], tried["notices"].as_array().unwrap().is_empty()), (&json!("object"), false), "{tried}");
        assert_eq!(operator.get(&path).await.good()["state"], "claimed", "a dry run changes nothing");
        let objected = operator.post(&format!("{path}/object"), reason.clone()).await.good();
        assert_eq!((&objected["state"], &objected["referral_id"]), (&json!("objected"), &json!(person.referral)));
        operator.post(&format!("{path}/object"), reason).await.refused(409, "claim_closed");
        assert_eq!(lea.get(&path).await.good()["objection"], "Entretien prévu demain");
        world.moves_on("P10D").await;
        assert_eq!(operator.sees(&person.referral).await, "accepted", "who objected keeps the person");
        assert!(world.mails().await.iter().any(|mail| mail["kind"] == "claim_objected" && mail["to"] != operator.persona["email"]));

        let second = person.comes_to(&lea, json!({"take_in_charge": true})).await.with_status(201).good();
        let due: chrono::DateTime<chrono::Utc> = second["due_at"].as_str().unwrap().parse().unwrap();
        let waits = due - world.now().await;
        assert!((1..=9).contains(&waits.num_days()), "two working days, and what lies between: {waits}");
        world.moves_to(due - chrono::TimeDelta::minutes(5)).await;
        assert_eq!(operator.sees(&person.referral).await, "accepted");
        // Not onto the instant itself: what the move itself leaves to do comes due a moment later.
        world.moves_to(due + chrono::TimeDelta::minutes(1)).await;
        let moved = lea.get(&format!("/v1/retrievals/{}", second["id"].as_str().unwrap())).await.good();
        assert_eq!(moved["state"], "moved");
        assert_eq!(lea.sees(moved["referral_id"].as_str().unwrap()).await, "accepted");
        assert_eq!(operator.sees(&person.referral).await, "redirected");
    }

    async fn what_cannot_wait_comes_at_once_and_the_lead_is_told(world) {
        let (operator, lea, omar) = (world.operator(), world.persona("operator_2"), world.persona("operator_3"));
        let person = Carrier::of(world, "Ba").await;
        operator.accepts(&person.referral).await;
        let claim = person.comes_to(&omar, json!({})).await.with_status(201).good();
        person.comes_to(&lea, json!({"urgent": {"reason": "{{ piège }}"}})).await.refused(422, "markup_not_allowed");
        let urgent = person.comes_to(&lea, json!({"urgent": {"reason": "Sans abri ce soir"}})).await.with_status(201).good();
        assert_eq!((&urgent["state"], &urgent["urgent_reason"]), (&json!("moved"), &json!("Sans abri ce soir")));
        assert_eq!(lea.sees(urgent["referral_id"].as_str().unwrap()).await, "sent");
        let lapsed = omar.get(&format!("/v1/retrievals/{}", claim["id"].as_str().unwrap())).await.good();
        assert_eq!(lapsed["state"], "lapsed");
        let mails = world.mails_arrive().await;
        let to_lead = about(&mails, &person.referral, "retrieved", "lead");
        assert!(to_lead.iter().any(|mail| mail["to"] == world.persona("colleague").persona["email"]), "the lead of the holder");

        let ended = Carrier::of(world, "Fall").await;
        operator.accepts(&ended.referral).await;
        let claim = ended.comes_to(&lea, json!({})).await.with_status(201).good();
        operator.completes(&ended.referral).await;
        world.moves_on("P10D").await;
        assert_eq!(lea.get(&format!("/v1/retrievals/{}", claim["id"].as_str().unwrap())).await.good()["state"], "lapsed");
        assert_eq!(operator.sees(&ended.referral).await, "completed");
    }

    async fn a_refused_retrieval_is_journalled_and_what_stands_before_it_is_said(world) {
        let lea = world.persona("operator_2");
        let service = world.service(COACHING).await;
        let known = Carrier::of(world, "Camara").await;
        let wrong_name = json!({"family_name": "Camarade", "booklet_number": known.number});
        one_answer(&lea.post("/v1/retrievals", wrong_name).await);
        lea.post("/v1/retrievals?dry_run=true", known.asked()).await.refused(422, "unknown_field");
        world.persona("prescriber_2").post("/v1/retrievals", known.asked()).await.refused(403, "organisation_unverified");
        lea.post("/v1/retrievals", json!({"family_name": "Camara", "booklet_number": known.number, "service_id": service})).await.refused(422, "not_own_service");
        let database = world.copy.connect().await;
        let noted = "SELECT count(*) FROM access_entry WHERE outcome = 'refused' AND operation = 'retrieve_referral'";
        assert_eq!(number(&database, noted).await, 1, "tries on files that are there are journalled");
        database.close().await.unwrap();
        assert_eq!(known.comes_to(&lea, json!({})).await.with_status(201).good()["state"], "moved");
    }

    async fn tries_are_counted_over_all_nodes(quiet) {
        let world = World::open_with(quiet.engine, &[("RELAIS_LIMITS", "on")]).await;
        let other = Program::start(&world.copy, &[("RELAIS_LIMITS", "on")]);
        let lea = world.persona("operator_2");
        let asked = json!({"family_name": "Personne", "booklet_number": "999zzz"});
        let hour = async || world.now().await.timestamp() / 3600;
        let (begun, mut tries) = (hour().await, 0);
        let refused = loop {
            let who = if tries % 2 == 0 { lea.clone() } else { lea.at(&other.base) };
            let answer = who.post("/v1/retrievals", asked.clone()).await;
            if answer.status == 429 {
                break answer;
            }
            answer.refused(404, "not_retrievable");
            tries += 1;
            assert!(tries <= 10, "five an hour, over both programs");
        };
        let wait: i64 = refused.header("retry-after").parse().unwrap();
        assert!((1..=3601).contains(&wait), "{wait}");
        // When a new hour has begun meanwhile, there are more.
        assert!(tries == 5 || (tries > 5 && hour().await > begun), "{tries} tries");
        drop(other);
        world.close().await;
    }
}
