//! The filters, one by one, and questions that are none.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{at, both_of, found, found_sorted, lines, offers};
use crate::story::{complaints, edits_service};

both! {
    async fn an_audience_finds_what_is_for_everyone_too(world) {
        offers(world, "a young", json!({"audiences": ["jeunes"]})).await;
        offers(world, "b everyone", json!({"audiences": []})).await;
        offers(world, "c not told", json!({})).await;
        offers(world, "d families", json!({"audiences": ["familles", "seniors"]})).await;
        let nobody = world.anybody();
        assert_eq!(found_sorted(&nobody, "audience=jeunes").await, ["a young", "b everyone", "c not told"]);
        assert_eq!(found_sorted(&nobody, "audience=jeunes&audience=seniors").await.len(), 4);
        assert_eq!(found_sorted(&nobody, "audience=etudiants").await, ["b everyone", "c not told"]);
    }

    async fn codes_that_nobody_knows_are_refused_and_named(world) {
        let nobody = world.anybody();
        for (question, code, pointer) in [
            ("topic=nulle-part", "unknown_code", "?topic"), ("topic=sante--nulle-part", "unknown_code", "?topic"),
            ("commune=00000", "unknown_code", "?commune"), ("network=nulle-part", "unknown_code", "?network"),
            ("lat=50", "lat_lon_together", "?lon"), ("lon=3", "lat_lon_together", "?lat"), ("sort=distance", "place_required", "?sort"),
            ("radius_km=5", "place_required", "?radius_km"), ("bbox=1,2,3", "invalid", "?bbox"), ("open_at=demain", "invalid", "?open_at"),
        ] {
            for path in ["/v1/services", "/v1/services/map"] {
                let around = if path.ends_with("map") && !question.contains("bbox") { "bbox=2,50,4,51&" } else { "" };
                let problem = nobody.get(&format!("{path}?{around}{question}")).await.refused(422, code);
                assert_eq!(complaints(&problem), [(code, pointer)], "{path} {question}");
            }
        }
        for question in [
            "audience=tout-le-monde", "kind=nulle-part", "fee=cher", "reception=ici", "sort=hasard", "limit=0", "limit=201", "limit=x",
            "commune=59350&radius_km=0", "commune=59350&radius_km=1000", "commune=59350&radius_km=-1", "commune=59350&radius_km=1.5",
            "lat=91&lon=3", "lat=50&lon=181", "lat=NaN&lon=3", "updated_since=hier", "has_capacity=peut-etre", "near=lille",
        ] {
            let problem = nobody.get(&format!("/v1/services?{question}")).await.with_status(422).body;
            let name = question.rsplit('&').next().unwrap().split('=').next().unwrap();
            let pointer = problem["errors"][0]["pointer"].as_str().unwrap_or_default();
            assert!(pointer == format!("?{name}") || question.starts_with("lat="), "{question}: {problem}");
        }
        let several = nobody.get("/v1/services?topic=x&network=y&lat=50").await.with_status(422).body;
        assert_eq!(complaints(&several).len(), 3, "all at once: {several}");
    }

    async fn what_is_open_and_what_has_room(world) {
        offers(world, "a mornings", json!({"opening_hours": "Mo-Fr 09:00-12:00"})).await;
        offers(world, "b weekends", json!({"opening_hours": "Sa-Su 10:00-18:00; PH off"})).await;
        offers(world, "c who knows", json!({})).await;
        let until = (world.now().await + chrono::TimeDelta::days(3)).date_naive().to_string();
        let room = |free: i32| json!({"capacity": {"total": 8, "free": free, "valid_until": until}});
        offers(world, "d room", room(2)).await;
        offers(world, "e full", room(0)).await;
        let nobody = world.anybody();
        for (moment, expected) in [
            ("2026-03-02T10:30", vec!["a mornings"]), ("2026-03-02T12:30", vec![]), ("2026-03-07T10:30", vec!["b weekends"]),
            ("2026-03-08T09:59:59", vec![]), ("2026-03-08T10:00:00", vec!["b weekends"]),
        ] {
            assert_eq!(found(&nobody, &format!("open_at={moment}")).await, expected, "{moment}");
        }
        assert_eq!(found(&nobody, "has_capacity=true").await, ["d room"]);
        assert_eq!(found(&nobody, "has_capacity=false").await.len(), 4);
        world.moves_on("P3D").await;
        assert_eq!(found(&nobody, "has_capacity=true").await, ["d room"], "the last day counts");
        world.moves_on("P1D").await;
        assert_eq!(found(&nobody, "has_capacity=true").await, Vec::<String>::new(), "nobody knows any more");
        assert_eq!(found(&nobody, "has_capacity=false").await.len(), 5);
    }

    async fn what_changed_since_is_found_once_it_changes(world) {
        let old = offers(world, "a old", json!({})).await;
        world.moves_on("PT1H").await;
        let since = world.now().await.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string();
        world.moves_on("PT1H").await;
        offers(world, "b new", json!({})).await;
        let nobody = world.anybody();
        assert_eq!(found(&nobody, &format!("updated_since={since}")).await, ["b new"]);
        edits_service(world, &old, json!({"summary": "Tous les lundis."})).await;
        assert_eq!(found_sorted(&nobody, &format!("updated_since={since}")).await, ["a old", "b new"]);
    }

    async fn labels_organisations_and_networks(world) {
        offers(world, "a plain", json!({})).await;
        offers(world, "b labelled", json!({"labels": ["essai", "Qualité 2026"]})).await;
        let nobody = world.anybody();
        let labelled = nobody.get("/v1/services?label=Qualit%C3%A9%202026").await.good();
        assert_eq!((labelled["items"].as_array().unwrap().len(), &labelled["items"][0]["name"]), (1, &json!("b labelled")));
        assert_eq!(nobody.get("/v1/services?label=Qualit%C3%A9").await.good()["items"], json!([]), "as written");
        let admin = world.persona("admin");
        assert_eq!(found(&nobody, &format!("organisation={}", admin.organisation())).await.len(), 2);
        assert_eq!(found(&nobody, &format!("organisation={}", world.prescriber().organisation())).await.len(), 0);
        assert_eq!(found(&nobody, "network=plie").await.len(), 2, "the structure is of that network");
        assert_eq!(found(&nobody, "network=mobin").await.len(), 0);
        let of_network = nobody.get("/v1/services?network=plie&limit=200").await.good();
        for item in of_network["items"].as_array().unwrap() {
            let structure = nobody.get(&format!("/v1/structures/{}", item["organisation"]["id"].as_str().unwrap())).await.good();
            assert!(structure["networks"].as_array().unwrap().contains(&json!("plie")), "{structure}");
        }
    }

    async fn each_line_tells_what_a_sender_must_know(world) {
        let documents = json!([{"code": "cv", "label": "CV", "obligatory": true}, {"code": "id", "label": "Pièce d’identité", "obligatory": false}]);
        let until = (world.now().await + chrono::TimeDelta::days(3)).date_naive().to_string();
        let told = json!({"form_enabled": true, "documents": documents, "capacity": {"total": 8, "free": 2, "valid_until": until}});
        let open = offers(world, "a form", told).await;
        offers(world, "b no form", json!({})).await;
        let nobody = world.anybody();
        assert_eq!(found(&nobody, "accepts_referrals=true").await, ["a form"]);
        assert_eq!(found(&nobody, "accepts_referrals=false").await, ["b no form"]);
        let line = &lines(&nobody, "accepts_referrals=true").await[0];
        let refused = &lines(&nobody, "accepts_referrals=false").await[0];
        assert_eq!((&line["not_accepting_because"], &refused["not_accepting_because"]), (&Value::Null, &json!("form_off")));
        assert_eq!((&line["documents_asked"], &refused["documents_asked"], &line["capacity"]["free"]), (&json!(2), &Value::Null, &json!(2)));
        assert_eq!((&line["topics"], line["freshness"].is_string()), (&json!(["sante--addictions"]), true));
        let page = nobody.get(&format!("/v1/services/{open}")).await.good();
        for field in ["name", "summary", "accepts_referrals", "fee", "reception", "quality", "version", "updated_at", "freshness"] {
            assert_eq!(line[field], page[field], "{field}");
        }
        edits_service(world, &open, json!({"suspended_from": (world.now().await + chrono::TimeDelta::days(2)).date_naive()})).await;
        assert_eq!(found(&nobody, "accepts_referrals=true").await, ["a form"]);
        world.moves_on("P2D").await;
        assert_eq!(found(&nobody, "").await, ["b no form"], "suspended from today on");
    }

    async fn a_part_of_the_map(world) {
        offers(world, "a here", at(50.6311, 3.0470)).await;
        offers(world, "b there", at(45.1842, 5.7155)).await;
        offers(world, "c remote", both_of(at(50.6311, 3.0470), json!({"reception": "remote"}))).await;
        offers(world, "d both", both_of(at(50.64, 3.05), json!({"reception": "both"}))).await;
        let nobody = world.anybody();
        let part = "bbox=2.9,50.5,3.3,50.8";
        assert_eq!(found_sorted(&nobody, part).await, ["a here", "d both"]);
        assert_eq!(found_sorted(&nobody, "bbox=-180,-90,180,90").await, ["a here", "b there", "d both"]);
        assert_eq!(found_sorted(&nobody, "bbox=3.047,50.6311,3.047,50.6311").await, ["a here"], "the border is inside");

        nobody.get("/v1/services/map").await.refused(422, "required");
        let answer = nobody.get(&format!("/v1/services/map?{part}")).await.with_status(200);
        assert!(answer.header("cache-control").contains("public"), "{}", answer.header("cache-control"));
        nobody.with("if-none-match", &answer.etag()).get(&format!("/v1/services/map?{part}")).await.with_status(304);
        let map = answer.good();
        let listed = nobody.get(&format!("/v1/services?limit=200&{part}")).await.good();
        let told = |list: &Value| -> BTreeSet<String> {
            list.as_array().unwrap().iter().map(|one| format!("{} {} {} {}", one["id"], one["name"], one["kind"], one["accepts_referrals"])).collect()
        };
        assert_eq!(told(&map["points"]), told(&listed["items"]), "the map shows what the list finds");
        assert_eq!((&map["clusters"], map["total"].as_u64()), (&json!([]), Some(listed["items"].as_array().unwrap().len() as u64)));
        let here = map["points"].as_array().unwrap().iter().find(|point| point["name"] == "a here").unwrap();
        assert_eq!(here["point"], json!({"latitude": 50.6311, "longitude": 3.047}));
        let young = nobody.get(&format!("/v1/services/map?{part}&label=essai&q=both")).await.good();
        assert_eq!((young["total"].as_u64(), &young["points"][0]["name"]), (Some(1), &json!("d both")));
    }
}
