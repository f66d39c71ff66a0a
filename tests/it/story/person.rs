//! Records of persons: whose they are, how they are found, kept from a referral, named by a draft, linked, and who reads them.

use serde_json::{Value, json};

use super::{COACHING, complaints, form, merge};
use crate::world::{Client, World, ready_draft};

async fn enters(who: &Client, family_name: &str, more: Value) -> String {
    let mut person = json!({"family_name": family_name, "given_name": "Awa"});
    merge(&mut person, more);
    who.post("/v1/people", person).await.with_status(201).good()["id"].as_str().unwrap().to_owned()
}

/// The record that the sender keeps of the person of a referral.
async fn record_of(who: &Client, referral: &str) -> String {
    who.reads(referral).await.good()["identity"]["person_id"].as_str().unwrap().to_owned()
}

async fn finds(who: &Client, search: Value) -> Vec<String> {
    let page = who.post("/v1/people/search", search).await.good();
    page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

async fn accepted(world: &World, family_name: &str) -> String {
    let referral = world.prescriber().refers(&world.service(COACHING).await, family_name).await;
    world.operator().accepts(&referral).await;
    referral
}

both! {
    async fn a_record_is_its_organisation_s_and_found_by_name_and_contact_in_a_body_only(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let id = enters(&prescriber, "Ben Saïd", json!({"phone": "06 39 98 77 01", "email": "Awa.BenSaid@example.org", "birth_year": 1998})).await;
        for search in [json!({"name": "bensaid a"}), json!({"name": "BEN-SAID"}), json!({"contact": "+33639987701"}), json!({"contact": "awa.bensaid@EXAMPLE.org"})] {
            assert_eq!(finds(&prescriber, search.clone()).await, [id.clone()], "{search}");
            assert!(finds(&operator, search).await.is_empty(), "another organisation finds nothing");
        }
        assert!(finds(&prescriber, json!({"name": "awa bensaid"})).await.is_empty());
        assert!(finds(&prescriber, json!({"name": "- -"})).await.is_empty(), "nothing is not everything");
        prescriber.get("/v1/people?name=Ben").await.refused(422, "unknown_field");
        operator.get(&format!("/v1/people/{id}")).await.refused(404, "not_found");
        let hidden = operator.with("if-match", "\"1.0.fr\"").send(reqwest::Method::PATCH, &format!("/v1/people/{id}"), Some(json!({"commune": "1"}))).await;
        hidden.refused(404, "not_found");
        for door in ["consents", "disclosures", "accesses", "duplicates", "identity-links"] {
            operator.get(&format!("/v1/people/{id}/{door}")).await.refused(404, "not_found");
        }
        let read = prescriber.get(&format!("/v1/people/{id}")).await;
        let tag = read.etag();
        let seen = read.good();
        assert_eq!((&seen["identity"]["family_name"], &seen["contact"]["phone"], &seen["hidden"]), (&json!("Ben Saïd"), &json!("06 39 98 77 01"), &json!([])));

        let path = format!("/v1/people/{id}");
        let changed = prescriber.patches(&path, json!({"phone": null, "commune": "59350"})).await.good();
        assert_eq!((&changed["contact"]["phone"], &changed["identity_min"]["commune"], &changed["version"]), (&json!(null), &json!("59350"), &json!(2)));
        prescriber.with("if-match", &tag).send(reqwest::Method::PATCH, &path, Some(json!({"commune": "1"}))).await.refused(412, "version_changed");
        let wrong = json!({"family_name": null, "given_name": null, "email": "no", "birth_year": 3});
        let problem = prescriber.patches(&path, wrong).await.refused(422, "validation_failed");
        assert_eq!(complaints(&problem).iter().map(|(_, pointer)| *pointer).collect::<Vec<_>>(), ["/email", "/birth_year", "/family_name"]);
        assert!(finds(&prescriber, json!({"contact": "06 39 98 77 01"})).await.is_empty(), "what was cleared is not found");

        // A partner that may see that records exist sees no name, and neither finds nor overwrites one.
        let admin = world.persona("admin");
        let own = world.persona("colleague");
        let kept = own.post("/v1/people", json!({"referral_id": accepted(world, "Traoré").await})).await.with_status(201).good();
        let grant = |permission: &str| json!({"permission": permission, "scope": "organisation", "side": "both", "categories": ["existence"]});
        let account = json!({"name": "Aveugle", "grants": [grant("people:read"), grant("people:write")]});
        let made = admin.post(&format!("/v1/organisations/{}/service-accounts", admin.organisation()), account).await.with_status(201).good();
        let login = json!({"grant_type": "client_credentials", "client_id": made["service_account"]["client_id"], "client_secret": made["client_secret"]});
        let token = world.anybody().post("/v1/auth/token", login).await.good();
        let blind = world.anybody().with_token(token["access_token"].as_str().unwrap());
        let path = format!("/v1/people/{}", kept["id"].as_str().unwrap());
        let answer = blind.get(&path).await;
        assert!(!answer.text.contains("Traor") && !answer.text.contains("06 39"), "{}", answer.text);
        assert_eq!(answer.good()["hidden"], json!(["identity", "identity_min", "contact"]));
        blind.post("/v1/people/search", json!({"name": "traore"})).await.refused(403, "permission_missing");
        blind.patches(&path, json!({"family_name": "Autre"})).await.refused(403, "permission_missing");
        blind.get(&format!("{path}/duplicates")).await.refused(403, "permission_missing");
        assert_eq!(own.get(&path).await.good()["identity"]["family_name"], "Traoré");
    }

    async fn a_receiver_keeps_a_record_of_whom_it_took_in_charge(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let referral = prescriber.refers(&world.service(COACHING).await, "Keïta").await;
        operator.post("/v1/people", json!({"referral_id": referral})).await.refused(409, "not_accepted");
        operator.accepts(&referral).await;
        let kept = operator.post("/v1/people", json!({"referral_id": referral, "commune": "59009"})).await.with_status(201).good();
        assert_eq!((&kept["kept_from"], &kept["identity"]["family_name"], &kept["identity_min"]["commune"]), (&json!(referral), &json!("Keïta"), &json!("59009")));
        assert_eq!(kept["organisation_id"], operator.organisation());
        let problem = operator.post("/v1/people", json!({"referral_id": referral})).await.refused(409, "already_kept");
        assert_eq!(problem["errors"][0]["params"]["person_id"], kept["id"]);
        world.persona("operator_2").post("/v1/people", json!({"referral_id": referral})).await.refused(422, "unknown_reference");
        prescriber.post("/v1/people", json!({"referral_id": referral})).await.refused(403, "not_the_receiver");

        // Two records of two organisations: neither sees or moves the other's.
        let own = record_of(&prescriber, &referral).await;
        assert_ne!(own, kept["id"]);
        let path = format!("/v1/people/{}", kept["id"].as_str().unwrap());
        prescriber.get(&path).await.refused(404, "not_found");
        operator.patches(&path, json!({"given_name": "Aïssata"})).await.good();
        assert_eq!(prescriber.get(&format!("/v1/people/{own}")).await.good()["identity"]["given_name"], "Awa");
        assert_eq!(operator.reads(&referral).await.good()["identity"]["given_name"], "Awa", "what was sent stays");
        for (who, record) in [(&prescriber, &own), (&operator, &kept["id"].as_str().unwrap().to_owned())] {
            let page = who.get(&format!("/v1/people?referral_id={referral}")).await.good();
            assert_eq!((page["items"].as_array().unwrap().len(), &page["items"][0]["id"]), (1, &json!(record)));
        }
    }

    async fn a_draft_names_a_record_and_leaves_it_as_it_is(world) {
        let prescriber = world.prescriber();
        let service = world.service(COACHING).await;
        let id = enters(&prescriber, "Cissé", json!({"phone": "0639987702", "language": "bm"})).await;
        let mut draft = ready_draft(&service, "x");
        draft["person"] = json!({"contact_preferences": ["phone"], "given_name": "Aminata"});
        draft["person_id"] = json!(id);
        let first = prescriber.drafts_form(draft.clone()).await;
        let seen = prescriber.reads(&first).await.good();
        assert_eq!((&seen["identity"]["person_id"], &seen["identity"]["family_name"], &seen["identity"]["given_name"]), (&json!(id), &json!("Cissé"), &json!("Aminata")));
        assert_eq!((&seen["contact"]["phone"], &seen["contact"]["language"]), (&json!("0639987702"), &json!("bm")));
        prescriber.changes(&first, json!({"person": {"phone": "0639980000"}})).await.good();
        let record = prescriber.get(&format!("/v1/people/{id}")).await.good();
        assert_eq!((&record["identity"]["given_name"], &record["contact"]["phone"], &record["version"]), (&json!("Awa"), &json!("0639987702"), &json!(1)));

        // Another organisation's record, or none, is one answer.
        let stranger = world.persona("prescriber_2");
        draft["service_id"] = json!(service);
        let (foreign, absent) = (stranger.post("/v1/referrals", draft.clone()).await, {
            let mut other = draft.clone();
            other["person_id"] = json!(relais_adapters::ids::fresh());
            stranger.post("/v1/referrals", other).await
        });
        let strip = |answer: crate::world::Answer| { let mut problem = answer.refused(422, "unknown_reference"); problem["instance"] = json!(0); problem };
        assert_eq!(strip(foreign), strip(absent));

        // A draft that made its own record lets it go when it names another.
        let second = prescriber.drafts_form(form(&service, "Provisoire", json!({}))).await;
        let own = record_of(&prescriber, &second).await;
        prescriber.changes(&second, json!({"person_id": id})).await.good();
        assert_eq!(record_of(&prescriber, &second).await, id);
        prescriber.get(&format!("/v1/people/{own}")).await.refused(404, "not_found");
        prescriber.sends(&second).await;
        let other = enters(&prescriber, "Autre", json!({})).await;
        let problem = prescriber.changes(&second, json!({"person_id": other})).await.refused(409, "already_sent");
        assert_eq!(complaints(&problem), [("already_sent", "/person_id")]);
    }

    async fn a_record_that_was_entered_by_itself_outlives_the_draft_that_names_it(world) {
        let (prescriber, service) = (world.prescriber(), world.service(COACHING).await);
        let draft = prescriber.drafts(&service, "Provisoire").await;
        let entered = enters(&prescriber, "Durable", json!({"phone": "0639987702"})).await;
        prescriber.changes(&draft, json!({"person_id": entered})).await.good();
        prescriber.changes(&draft, json!({"person": {"given_name": "Mina", "phone": "0639980000"}})).await.good();
        let record = format!("/v1/people/{entered}");
        let kept = prescriber.get(&record).await.good();
        assert_eq!((&kept["identity"]["given_name"], &kept["contact"]["phone"], &kept["version"]), (&json!("Awa"), &json!("0639987702"), &json!(1)));
        prescriber.deletes(&format!("/v1/referrals/{draft}")).await.with_status(204);
        assert_eq!(prescriber.get(&record).await.good()["version"], 1, "entered after the draft, it is not the draft's all the same");

        // What a draft made goes with it, unless somebody wrote in it by hand.
        for (name, corrected) in [("Passager", false), ("Corrigé", true)] {
            let draft = prescriber.drafts(&service, name).await;
            let record = format!("/v1/people/{}", record_of(&prescriber, &draft).await);
            if corrected {
                prescriber.patches(&record, json!({"commune": "59512"})).await.good();
            }
            prescriber.deletes(&format!("/v1/referrals/{draft}")).await.with_status(204);
            assert_eq!(prescriber.get(&record).await.status.as_u16(), if corrected { 200 } else { 404 }, "{name}");
        }
    }

    async fn a_later_word_on_the_phone_undoes_nothing_that_stands_in_the_record(world) {
        let (prescriber, operator, lea) = (world.prescriber(), world.operator(), world.persona("operator_2"));
        let referral = prescriber.refers(&world.service(COACHING).await, "Kanté").await;
        let record = format!("/v1/people/{}", record_of(&prescriber, &referral).await);
        prescriber.patches(&record, json!({"protected": true, "family_name": "Kanté-Diop", "email": "awa@example.org"})).await.good();
        let stands = async |phone: &str| {
            let kept = prescriber.get(&record).await.good();
            let seen = (&kept["protected"], &kept["identity"]["family_name"], &kept["contact"]["email"], &kept["contact"]["phone"]);
            assert_eq!(seen, (&json!(true), &json!("Kanté-Diop"), &json!("awa@example.org"), &json!(phone)));
        };
        prescriber.changes(&referral, json!({"person": {"phone": "0639981299"}})).await.good();
        stands("0639981299").await;
        prescriber.changes(&referral, json!({})).await.good();
        stands("0639981299").await;
        operator.hands_over(&referral, &lea).await;
        let next = prescriber.reads(&referral).await.good()["hand_over"]["next_id"].as_str().unwrap().to_owned();
        prescriber.changes(&next, json!({"person": {"phone": "0639981277"}})).await.good();
        stands("0639981277").await;
    }

    async fn duplicates_are_hints_in_one_s_own_house_only(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let service = world.service(COACHING).await;
        let one = enters(&prescriber, "Kowalski", json!({"phone": "0639987703", "birth_year": 1990})).await;
        let near = enters(&prescriber, "KOWLASKI", json!({"phone": "+33 6 39 98 77 03", "birth_year": 1990})).await;
        let homonym = enters(&prescriber, "Kowalski", json!({"phone": "0639980001", "birth_year": 1950})).await;
        let found = prescriber.get(&format!("/v1/people/{one}/duplicates")).await.good();
        let items = found["items"].as_array().unwrap();
        assert_eq!(items.iter().map(|item| item["person_id"].as_str().unwrap()).collect::<Vec<_>>(), [near.as_str()], "{homonym} is somebody else: {found}");
        assert_eq!(items[0]["reasons"], json!(["near_name", "same_phone", "same_birth_year"]));
        assert!(items[0]["score"].as_i64().unwrap() >= 60 && items[0]["linked"] == false);

        // Across senders, the receiver alone is told, of its own inbox.
        let stranger = world.persona("prescriber_2");
        let verify = format!("/v1/organisations/{}/verify", stranger.organisation());
        world.persona("moderator").send(reqwest::Method::POST, &verify, None).await.good();
        let mine = prescriber.refers(&service, "Ben Saïd").await;
        let theirs = stranger.refers_form(form(&service, "BEN SAID", json!({"reason": "Autre"}))).await;
        let hints = operator.get(&format!("/v1/referrals/{mine}/duplicates")).await.good();
        assert_eq!((hints["items"].as_array().unwrap().len(), &hints["items"][0]["referral_id"]), (1, &json!(theirs)));
        prescriber.get(&format!("/v1/referrals/{mine}/duplicates")).await.refused(403, "not_the_receiver");
        world.persona("operator_2").get(&format!("/v1/referrals/{mine}/duplicates")).await.refused(404, "not_found");
        world.persona("reader").get(&format!("/v1/referrals/{mine}/duplicates")).await.refused(403, "permission_missing");
        operator.refuses(&theirs, "duplicate").await;
        assert_eq!(operator.get(&format!("/v1/referrals/{mine}/duplicates")).await.good()["items"], json!([]), "what ended is no duplicate");
    }

    async fn a_link_joins_two_records_and_unlinking_gives_both_back_exactly(world) {
        let prescriber = world.prescriber();
        let service = world.service(COACHING).await;
        let (one, other, third) = (record_of(&prescriber, &prescriber.refers(&service, "Diallo").await).await, enters(&prescriber, "Dialo", json!({})).await, enters(&prescriber, "Diallo-Sy", json!({})).await);
        let path = |id: &str| format!("/v1/people/{id}");
        let looks = async |id: &str| (prescriber.get(&path(id)).await.good(), prescriber.get(&format!("{}/consents", path(id))).await.good());
        let before = [looks(&one).await, looks(&other).await, looks(&third).await];
        let tag = prescriber.get(&path(&one)).await.etag();
        let links = |id: &str| format!("/v1/people/{id}/identity-links");
        let first = prescriber.post(&links(&one), json!({"other_id": other})).await.with_status(201).good();
        let second = prescriber.post(&links(&third), json!({"other_id": other})).await.with_status(201).good();
        prescriber.post(&links(&other), json!({"other_id": one})).await.refused(409, "already_linked");
        prescriber.post(&links(&one), json!({"other_id": third})).await.refused(409, "already_linked");
        prescriber.post(&links(&one), json!({"other_id": one})).await.refused(422, "same_person_record");
        prescriber.post(&links(&one), json!({"other_id": relais_adapters::ids::fresh()})).await.refused(422, "unknown_reference");
        world.operator().post(&links(&one), json!({"other_id": other})).await.refused(404, "not_found");
        let joined = prescriber.with("if-none-match", &tag).get(&path(&one)).await.with_status(200).good();
        let linked: Vec<_> = joined["linked"].as_array().unwrap().iter().map(|record| record["person_id"].as_str().unwrap()).collect();
        assert!(linked.len() == 2 && linked.contains(&other.as_str()) && linked.contains(&third.as_str()));
        let consents = prescriber.get(&format!("{}/consents", path(&third))).await.good();
        assert_eq!(consents["items"][0]["person_id"], json!(one), "joined over another, they answer together");
        for (id, link) in [(&third, &second), (&one, &first)] {
            prescriber.deletes(&format!("{}/{}", links(id), link["id"].as_str().unwrap())).await.with_status(204);
        }
        assert_eq!([looks(&one).await, looks(&other).await, looks(&third).await], before);
        assert_eq!(prescriber.get(&path(&one)).await.etag(), tag);

        // Of many at once, one link is made: no circle, no second link.
        let tries = [(&one, &other), (&other, &one), (&other, &third), (&third, &one), (&one, &third), (&third, &other)];
        let mut running = vec![];
        for (from, to) in tries {
            let (who, at, body) = (prescriber.clone(), links(from), json!({"other_id": to}));
            running.push(tokio::spawn(async move { who.insists(at, body).await.status.as_u16() }));
        }
        let mut made = 0;
        for one_try in running {
            let status = one_try.await.unwrap();
            assert!(matches!(status, 201 | 409), "{status}");
            made += usize::from(status == 201);
        }
        assert_eq!(made, 2, "three records are joined by two links");
    }
}
