//! At the counter: who came without a sender and goes on elsewhere, and files that come with a booklet; what each side learns of it.

use serde_json::{Value, json};

use super::export::with_role;
use super::form;
use crate::world::tools::number;
use crate::world::{Client, World};

/// A person with a booklet whose file is at the structure of a persona; gives the referral and the number.
async fn carrier(world: &World, holder: &str, family_name: &str, more: Value) -> (String, String) {
    let service = world.service_of(holder).await;
    let referral = world.prescriber().refers_form(form(&service, family_name, more)).await;
    (referral.clone(), booklet_for(world, holder, &referral).await)
}

/// A booklet for the person of a referral that a structure has; gives its number.
async fn booklet_for(world: &World, holder: &str, referral: &str) -> String {
    let holder = world.persona(holder);
    let booklet = world.issues_booklet(&holder, 5).await;
    holder.does_to_booklet("assign", booklet["id"].as_str().unwrap(), json!({"referral_id": referral})).await.good();
    booklet["number"].as_str().unwrap().to_owned()
}

fn asked(family_name: &str, number: &str) -> Value {
    json!({"family_name": family_name, "booklet_number": number})
}

async fn walks_in(world: &World, who: &Client, family_name: &str, start: &str) -> String {
    let person = json!({"family_name": family_name, "given_name": "Awa", "phone": "0639980199"});
    let body = json!({"start": start, "informed_at": world.now().await, "person": person});
    who.post("/v1/referrals/walk-in", body).await.with_status(201).good()["id"].as_str().unwrap().to_owned()
}

both! {
    async fn who_entered_a_person_at_the_counter_follows_them_where_they_go(world) {
        let (operator, colleague, lea) = (world.operator(), world.persona("colleague"), world.persona("operator_2"));
        let counter = walks_in(world, &operator, "Comptoir", "to_handle").await;
        operator.hands_over(&counter, &lea).await;
        let next = operator.reads(&counter).await.good()["hand_over"]["next_id"].as_str().unwrap().to_owned();
        let seen = operator.reads(&next).await.good();
        assert_eq!((&seen["state"], &seen["identity"]["family_name"]), (&json!("sent"), &json!("Comptoir")));
        assert!(operator.lists("direction=sent").await.contains(&next), "it stands on the sender's board");
        colleague.reads(&next).await.refused(404, "not_found");
        operator.does("accept", &next).await.refused(403, "permission_missing");
        operator.post("/v1/referrals", form(&world.service_of("operator_2").await, "Autre", json!({}))).await.refused(403, "permission_missing");

        operator.writes(&next, json!({"body": "Elle préfère le matin"})).await.with_status(201);
        assert_eq!(lea.thread(&next).await, ["Elle préfère le matin"]);
        operator.does_with("archive", &next, json!({"reason": "handled_elsewhere"})).await.good();
        operator.does("unarchive", &next).await.good();
        operator.does("withdraw", &next).await.good();
        assert_eq!((lea.sees(&next).await, operator.sees(&next).await), ("withdrawn".into(), "withdrawn".into()));
        assert_eq!(operator.sees(&counter).await, "redirected");
    }

    async fn whoever_came_to_one_counter_may_be_fetched_by_another(world) {
        let (operator, lea) = (world.operator(), world.persona("operator_2"));
        let counter = walks_in(world, &operator, "Passante", "to_handle").await;
        let number = booklet_for(world, "operator", &counter).await;
        let moved = lea.post("/v1/retrievals", asked("Passante", &number)).await.with_status(201).good();
        let hers = moved["referral_id"].as_str().unwrap();
        assert_eq!((&moved["state"], &lea.reads(hers).await.good()["kind"]), (&json!("moved"), &json!("retrieval")));
        assert_eq!((operator.sees(&counter).await, operator.sees(hers).await), ("redirected".into(), "sent".into()));
        lea.refuses(hers, "other").await;
        assert_eq!(operator.sees(&counter).await, "under_review");
    }

    async fn files_come_along_and_stay_with_the_former_holder_for_a_month(world) {
        let (prescriber, operator, lea) = (world.prescriber(), world.operator(), world.persona("operator_2"));
        let draft = prescriber.drafts(&world.service_of("operator_2").await, "Dossier").await;
        let file = world.clean_file().await;
        prescriber.adds_document(&draft, &file, None).await.with_status(201);
        prescriber.sends(&draft).await;
        let number = booklet_for(world, "operator_2", &draft).await;
        operator.fetches(&file).await.refused(404, "not_found");
        let mut fetched = asked("Dossier", &number);
        fetched["take_in_charge"] = json!(true);
        let moved = operator.post("/v1/retrievals", fetched).await.with_status(201).good();
        let mine = moved["referral_id"].as_str().unwrap();
        assert_eq!(operator.documents_of(mine).await.len(), 1);
        operator.fetches(&file).await.with_status(200);
        world.moves_on("P29D").await;
        lea.fetches(&file).await.with_status(200);
        world.moves_on("P2D").await;
        lea.fetches(&file).await.refused(404, "not_found");
    }

    async fn who_is_protected_in_any_record_is_never_found(world) {
        let (prescriber, operator, lea, omar) = (world.prescriber(), world.operator(), world.persona("operator_2"), world.persona("operator_3"));
        let protects = async |who: &Client, record: &str, protected: bool| {
            who.patches(&format!("/v1/people/{record}"), json!({"protected": protected})).await.good();
        };
        let tries = async |family: &str, number: &str| omar.post("/v1/retrievals", asked(family, number)).await.refused(404, "not_retrievable");

        // In the record of the sender, of the holder, of a former holder, and in one that is linked.
        let (referral, number) = carrier(world, "operator_2", "Abritée", json!({})).await;
        let of_sender = prescriber.reads(&referral).await.good()["identity"]["person_id"].as_str().unwrap().to_owned();
        protects(&prescriber, &of_sender, true).await;
        tries("Abritée", &number).await;
        protects(&prescriber, &of_sender, false).await;

        lea.accepts(&referral).await;
        let kept = lea.post("/v1/people", json!({"referral_id": referral})).await.with_status(201).good()["id"].as_str().unwrap().to_owned();
        protects(&lea, &kept, true).await;
        tries("Abritée", &number).await;
        lea.hands_over(&referral, &operator).await;
        tries("Abritée", &number).await;
        protects(&lea, &kept, false).await;

        let other = json!({"family_name": "Abritee", "given_name": "Awa", "protected": true});
        let other = prescriber.post("/v1/people", other).await.with_status(201).good()["id"].as_str().unwrap().to_owned();
        prescriber.post(&format!("/v1/people/{of_sender}/identity-links"), json!({"other_id": other})).await.with_status(201);
        tries("Abritée", &number).await;
        protects(&prescriber, &other, false).await;
        assert_eq!(omar.post("/v1/retrievals", asked("Abritée", &number)).await.with_status(201).good()["state"], "moved");
    }

    async fn the_claimant_s_own_journal_does_not_tell_why_it_failed(world) {
        let (operator, lea) = (world.operator(), world.persona("operator_2"));
        let audit = json!([
            {"permission": "audit:read", "scope": "organisation", "side": "both", "categories": []},
            {"permission": "referrals:read", "scope": "organisation", "side": "both", "categories": []},
        ]);
        let auditor = with_role(world, "À part", audit).await;
        let (_, known) = carrier(world, "operator_2", "Connue", json!({})).await;
        let (_, hidden) = carrier(world, "operator_2", "Cachée", json!({"person": {"protected": true}})).await;
        let (over, ended) = carrier(world, "operator_2", "Finie", json!({})).await;
        lea.refuses(&over, "no_capacity").await;
        let (_, own) = carrier(world, "operator", "Nôtre", json!({})).await;
        let tries = [("Inconnue", "999zzz"), ("Autrement", &known), ("Cachée", &hidden), ("Finie", &ended), ("Nôtre", &own)];
        for (family, number) in tries {
            operator.post("/v1/retrievals", asked(family, number)).await.refused(404, "not_retrievable");
            let page = auditor.get("/v1/audit/accesses?limit=200").await.good();
            let told = page["items"].as_array().unwrap().iter().filter(|entry| entry["operation"] == "retrieve_referral").count();
            assert_eq!(told, 0, "{family}: no failure is told from another by the claimant's own journal");
        }
        let database = world.copy.connect().await;
        let at_holder = "SELECT count(*) FROM access_entry WHERE outcome = 'refused' AND operation = 'retrieve_referral'
            AND organisation_id IN (SELECT receiver_organisation_id FROM referral WHERE name_folded LIKE 'connue%')";
        assert_eq!(number(&database, at_holder).await, 2, "the holder's journal says who tried");
        database.close().await.unwrap();
    }

    async fn a_claimant_learns_who_holds_the_file_when_it_comes_and_reasons_are_for_who_may_read_them(world) {
        let (operator, lea) = (world.operator(), world.persona("operator_2"));
        let (referral, booklet) = carrier(world, "operator", "Discrète", json!({})).await;
        operator.accepts(&referral).await;
        let claim = lea.post("/v1/retrievals", asked("Discrète", &booklet)).await.with_status(201).good();
        assert_eq!((&claim["holder"], &claim["referral_id"]), (&Value::Null, &Value::Null));
        let path = format!("/v1/retrievals/{}", claim["id"].as_str().unwrap());
        assert_eq!(operator.get(&path).await.good()["holder"]["id"], operator.organisation());
        operator.post(&format!("{path}/object"), json!({"reason": "Suivi en cours depuis mars"})).await.good();
        let objected = lea.get(&path).await.good();
        assert_eq!((&objected["holder"], &objected["objection"]), (&Value::Null, &json!("Suivi en cours depuis mars")));
        assert!(!lea.get("/v1/retrievals").await.text.contains(operator.organisation()));

        let grant = |permission: &str| json!({"permission": permission, "scope": "organisation", "side": "both", "categories": []});
        let blind = with_role(world, "À part", json!([grant("referrals:read"), grant("referrals:handle")])).await;
        assert_eq!(blind.get(&path).await.good()["objection"], Value::Null);
        let mut urgent = asked("Discrète", &booklet);
        urgent["urgent"] = json!({"reason": "Sans abri ce soir"});
        let moved = lea.post("/v1/retrievals", urgent).await.with_status(201).good();
        assert_eq!((&moved["holder"]["id"], &moved["urgent_reason"]), (&json!(operator.organisation()), &json!("Sans abri ce soir")));
        let page = blind.get("/v1/retrievals?part=holder").await.good();
        assert!(page["items"].as_array().unwrap().iter().all(|one| one["urgent_reason"].is_null() && one["objection"].is_null()), "{page}");
        assert!(operator.get("/v1/retrievals?part=holder").await.text.contains("Sans abri ce soir"));

        let database = world.copy.connect().await;
        let shown = async || number(&database, "SELECT count(*) FROM access_entry WHERE object_kind = 'retrieval' AND outcome = 'shown'").await;
        let before = shown().await;
        assert!(before > 0, "what was said of the person is journalled when it is shown");
        blind.get("/v1/retrievals").await.with_status(200);
        assert_eq!(shown().await, before);
        let seen = lea.get(&path).await;
        assert_eq!(shown().await, before + 1);
        lea.with("if-none-match", &seen.etag()).get(&path).await.with_status(304);
        assert_eq!(shown().await, before + 1);
        database.close().await.unwrap();
    }
}
