//! How an entry of the directory is kept: by its service's fields and by its organisation's public face.

use serde_json::{Value, json};

use super::reader::publishes;
use super::{COACHING, complaints, edits_service};

both! {
    async fn a_capacity_is_unknown_after_the_day_it_holds(world) {
        let service = world.service(COACHING).await;
        let path = format!("/v1/services/{service}");
        let last = (world.now().await + chrono::TimeDelta::days(5)).date_naive();
        edits_service(world, &service, json!({"capacity": {"total": 12, "free": 3, "waiting_list": 0, "valid_until": last}})).await;
        let known = world.anybody().get(&path).await;
        let tag = known.etag();
        assert_eq!(known.good()["capacity"], json!({"known": true, "total": 12, "free": 3, "waiting_list": 0, "valid_until": last}));
        world.moves_on("P5D").await;
        assert_eq!(world.anybody().get(&path).await.good()["capacity"]["known"], true, "the last day counts");
        world.moves_on("P1D").await;
        let unknown = world.anybody().with("if-none-match", &tag).get(&path).await.with_status(200);
        assert_eq!(unknown.good()["capacity"], json!({"known": false, "total": null, "free": null, "waiting_list": null, "valid_until": last}));
        let admin = world.persona("admin");
        let more = admin.patches(&path, json!({"capacity": {"total": 2, "free": 3, "valid_until": last}})).await.with_status(422).body;
        assert_eq!(complaints(&more), [("more_free_than_total", "/capacity/free")]);
    }

    async fn a_suspension_comes_on_its_day(world) {
        let service = world.service(COACHING).await;
        let path = format!("/v1/services/{service}");
        let from = (world.now().await + chrono::TimeDelta::days(3)).date_naive();
        edits_service(world, &service, json!({"suspended_from": from})).await;
        let page = world.prescriber().get(&path).await.good();
        assert_eq!((&page["accepts_referrals"], &page["suspended_from"]), (&json!(true), &json!(from)));
        world.moves_on("P3D").await;
        let page = world.prescriber().get(&path).await.good();
        assert_eq!((&page["accepts_referrals"], &page["not_accepting_because"]), (&json!(false), &json!("service_suspended")));
        let draft = world.prescriber().drafts(&service, "Sow").await;
        world.prescriber().does_with("send", &draft, json!({"override_reason": "Vu"})).await.refused(409, "service_suspended");
        edits_service(world, &service, json!({"suspended_from": null})).await;
        world.prescriber().does_with("send", &draft, json!({"override_reason": "Vu"})).await.good();
    }

    async fn all_that_publishing_lacks_is_named_at_once(world) {
        let admin = world.persona("admin");
        let fresh = admin.post("/v1/services", json!({"name": "Atelier nu", "fee": "paid", "form_enabled": true, "ways_in": ["link"]})).await.with_status(201).good();
        let path = format!("/v1/services/{}", fresh["id"].as_str().unwrap());
        let refused = admin.send(reqwest::Method::POST, &format!("{path}/publish"), None).await.with_status(422).body;
        let named: Vec<_> = complaints(&refused).into_iter().map(|(code, pointer)| { assert_eq!(code, "required_to_publish"); pointer }).collect();
        assert_eq!(named, ["/contact/email", "/coverage", "/fee_note", "/kind", "/link", "/link_text", "/reception", "/summary", "/topics", "/update_frequency"]);
        let mut gaps: Vec<_> = admin.get(&path).await.good()["gaps"].as_array().unwrap().iter().map(|gap| gap.as_str().unwrap().to_owned()).collect();
        gaps.sort();
        assert_eq!(gaps, named);
    }

    async fn every_field_of_a_service_is_patched_and_read_again(world) {
        let service = publishes(world, "Atelier complet").await;
        let path = format!("/v1/services/{service}");
        let place = json!({"address": {"line1": "2 place du Marché", "postal_code": "59100", "locality": "Roubaix", "country": "FR", "commune": "59512"}, "point": {"latitude": 50.69, "longitude": 3.17}});
        let told = json!({
            "fee": "paid", "fee_note": "Selon le quotient familial", "fee_amount": {"amount": "12.50", "currency": "EUR"},
            "open_to": ["professional"], "labels": ["Label Emplitude"], "professional_ways_in": ["email"], "way_in_note": "Le matin.",
            "opening_hours": "Mo-Fr 09:00-12:00; PH off", "criteria_mode": "any", "case_type": "emploi", "languages": ["fr", "ar"]
        });
        edits_service(world, &service, told.clone()).await;
        edits_service(world, &service, json!({"other_places": [place]})).await;
        let page = world.anybody().get(&path).await.good();
        for (field, value) in told.as_object().unwrap() {
            assert_eq!(&page[field], value, "{field}");
        }
        assert_eq!(page["other_places"][0]["address"]["locality"], "Roubaix");
        let admin = world.persona("admin");
        let refused = admin.patches(&path, json!({"opening_hours": "Mo-Fr 09:00-12:00; lundi matin"})).await.with_status(422).body;
        assert_eq!(complaints(&refused), [("opening_hours_invalid", "/opening_hours")]);
        let place = &refused["errors"][0]["params"];
        assert!(place["line"] == 1 && place["column"].as_u64().unwrap() > 17, "{refused}");
        edits_service(world, &service, json!({"labels": null, "fee_amount": null, "opening_hours": null})).await;
        let page = world.anybody().get(&path).await.good();
        assert_eq!((&page["labels"], &page["fee_amount"], &page["opening_hours"]), (&Value::Null, &Value::Null, &Value::Null));
    }

    async fn an_organisation_changes_its_public_face_and_is_found_by_it(world) {
        let admin = world.persona("admin");
        let (own, face) = (format!("/v1/organisations/{}", admin.organisation()), format!("/v1/structures/{}", admin.organisation()));
        let patch = json!({
            "description": "Une équipe près du canal.", "website": "https://www.example.org/", "opening_hours": "Mo-Fr 09:00-17:00",
            "accessibility": "https://acceslibre.example.org/x", "networks": ["mission-locale"], "referral_form": false,
            "address": {"line1": "3 quai de l’Écluse", "postal_code": "59100", "locality": "Roubaix", "country": "FR", "commune": "59512"},
            "point": {"latitude": 50.69, "longitude": 3.17}, "email": "accueil@face.example.org", "settings": {"contact_public": true},
            "identifiers": [{"kind": "siret", "value": "732 829 320 00074"}, {"kind": "rna", "value": "W751212517"}]
        });
        let before = world.anybody().get(&face).await.etag();
        let changed = admin.patches(&own, patch).await.good();
        assert_eq!((&changed["opening_hours"], &changed["referral_form"], &changed["latitude"]), (&json!("Mo-Fr 09:00-17:00"), &json!(false), &json!(50.69)));
        let shown = world.anybody().with("if-none-match", &before).get(&face).await.with_status(200).good();
        assert_eq!((&shown["networks"], &shown["email"], &shown["longitude"]), (&json!(["mission-locale"]), &json!("accueil@face.example.org"), &json!(3.17)));
        assert_eq!(shown["identifiers"][0], json!({"kind": "siret", "value": "73282932000074"}));
        assert_eq!(shown["accessibility"], "https://acceslibre.example.org/x");
        for (question, found) in [
            ("locality=ROUBAIX", true), ("locality=Lens", false), ("commune=59512", true), ("commune=59350", false),
            ("network=mission-locale", true), ("network=mjc", false), ("verified=true", true), ("verified=false", false),
            ("locality=roubaix&network=mission-locale&verified=true", true),
        ] {
            let page = world.anybody().get(&format!("/v1/structures?limit=200&{question}")).await.good();
            let there = page["items"].as_array().unwrap().iter().any(|item| item["id"] == admin.organisation());
            assert_eq!(there, found, "{question}");
        }
        // A new address without a point takes the former point away.
        let moved = json!({"address": {"line1": "1 rue Neuve", "postal_code": "59000", "locality": "Lille", "country": "FR", "commune": "59350"}});
        admin.patches(&own, moved).await.good();
        assert_eq!(world.anybody().get(&face).await.good()["latitude"], Value::Null);
        assert_eq!(world.anybody().get("/v1/structures?locality=Roubaix&network=mission-locale").await.good()["items"], json!([]));
        admin.patches(&own, json!({"networks": null, "opening_hours": null})).await.good();
        assert_eq!(world.anybody().get(&face).await.good()["networks"], Value::Null);
    }

    async fn what_is_wrong_with_a_public_face_is_named_at_once(world) {
        let admin = world.persona("admin");
        let own = format!("/v1/organisations/{}", admin.organisation());
        let refused = admin.patches(&own, json!({
            "opening_hours": "tous les jours", "networks": ["mjc", "mjc"],
            "identifiers": [{"kind": "siret", "value": "73282932000074"}, {"kind": "siret", "value": "732 829 320 00074"}, {"kind": "siret", "value": "73282932000075"}]
        })).await.with_status(422).body;
        assert_eq!(complaints(&refused), [
            ("duplicate", "/identifiers/1"), ("duplicate", "/networks/1"), ("identifier_check_digit", "/identifiers/2/value"),
            ("opening_hours_invalid", "/opening_hours"),
        ]);
        let other = format!("/v1/organisations/{}", world.prescriber().organisation());
        let tag = admin.get(&other).await.etag();
        admin.with("if-match", &tag).send(reqwest::Method::PATCH, &other, Some(json!({"referral_form": false}))).await.refused(403, "permission_missing");
    }
}
