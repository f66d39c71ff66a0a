//! What lists are narrowed to: who has it, and what nobody has touched.

use serde_json::json;

use super::COACHING;

both! {
    async fn what_is_counted_is_listed(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let service = world.service(COACHING).await;
        let (waits, later, done) = (prescriber.refers(&service, "Berger").await, prescriber.refers(&service, "Carrel").await, prescriber.refers(&service, "Dumas").await);
        world.moves_on("P11D").await;
        operator.does("review", &later).await.good();
        operator.accepts(&done).await;
        operator.completes(&done).await;
        let counted = operator.counts().await["to_handle"]["overdue"].as_i64().unwrap();
        let overdue = operator.lists("box=to_handle&overdue=true").await;
        assert_eq!(i64::try_from(overdue.len()).unwrap(), counted);
        assert!(overdue.contains(&waits) && !overdue.contains(&done), "{overdue:?}");
        for id in &overdue {
            assert_eq!(operator.reads(id).await.good()["overdue"], true);
        }
        assert!(prescriber.lists("direction=sent&overdue=true").await.contains(&waits), "the sender sees who waits too long");

        prescriber.does_with("archive", &done, json!({"reason": "other"})).await.good();
        let (filed, open) = (prescriber.lists("direction=sent&filed=true").await, prescriber.lists("direction=sent&filed=false").await);
        assert!(filed.contains(&done) && !open.contains(&done) && open.contains(&waits));
        let on_board: i64 = prescriber.board().await.values().sum();
        assert_eq!(i64::try_from(open.len()).unwrap(), on_board, "the board counts what is not filed");
        assert!(!operator.lists("box=archived&filed=true").await.contains(&done), "each files for itself");
    }

    async fn a_lead_finds_what_nobody_has_touched_and_what_nobody_has(world) {
        let (prescriber, operator, lead, admin) = (world.prescriber(), world.operator(), world.persona("colleague"), world.persona("admin"));
        let service = world.service(COACHING).await;
        let mut ids = vec![];
        for name in ["Berger", "Carrel", "Dumas", "Esteve"] {
            ids.push(prescriber.refers(&service, name).await);
        }
        let [said, given, team, left] = &ids[..] else { panic!("four") };
        let units = format!("/v1/organisations/{}/units", admin.organisation());
        let unit = admin.post(&units, json!({"name": "Équipe emploi"})).await.with_status(201).good()["id"].as_str().unwrap().to_owned();
        world.moves_on("P9D").await;
        let since = world.now().await - chrono::TimeDelta::days(5);
        let ways = ["untouched_days=5".to_owned(), format!("untouched_since={}", since.format("%Y-%m-%dT%H:%M:%SZ"))];
        for way in &ways {
            let found = lead.lists(&format!("box=to_handle&{way}")).await;
            assert!(ids.iter().all(|id| found.contains(id)), "{way}");
        }
        prescriber.writes(said, json!({"body": "Toujours d’actualité"})).await.with_status(201);
        lead.does_with("assign", given, json!({"member_id": operator.user()})).await.good();
        lead.does_with("assign", team, json!({"unit_id": unit})).await.good();
        for way in &ways {
            let found = lead.lists(&format!("box=to_handle&{way}")).await;
            assert_eq!(ids.iter().filter(|id| found.contains(id)).collect::<Vec<_>>(), [left], "{way}");
            let sent = prescriber.lists(&format!("direction=sent&{way}")).await;
            assert!(!sent.contains(said) && sent.contains(given), "to whom it is assigned stays with the receiver");
        }
        world.moves_on("P6D").await;
        let found = lead.lists("box=to_handle&untouched_days=5").await;
        assert!(ids.iter().all(|id| found.contains(id)), "days are counted from now");
        prescriber.get("/v1/referrals?untouched_days=0").await.with_status(422);

        let nobody_has = operator.lists("box=to_handle&unassigned=true").await;
        assert!(nobody_has.contains(said) && nobody_has.contains(left) && !nobody_has.contains(given) && !nobody_has.contains(team));
        assert_eq!(operator.lists(&format!("assigned_unit={unit}")).await, std::slice::from_ref(team));
        assert_eq!(prescriber.lists("unassigned=true&direction=sent").await, Vec::<String>::new());
        assert_eq!(prescriber.lists(&format!("assigned_unit={unit}")).await, Vec::<String>::new());

        let view = json!({"name": "Oubliés", "query": {"box": "to_handle", "untouched_days": 5, "unassigned": true}});
        let saved = lead.post("/v1/saved-views", view.clone()).await.with_status(201).good();
        assert_eq!(saved["query"], view["query"], "a saved view means it anew each day");
        let path = format!("/v1/saved-views/{}", saved["id"].as_str().unwrap());
        for stranger in ["operator_2", "operator"] {
            world.persona(stranger).with("if-match", "\"1.0.fr\"").send(reqwest::Method::PATCH, &path, Some(json!({"name": "Pris"}))).await.refused(404, "not_found");
            world.persona(stranger).with("if-match", "\"1.0.fr\"").send(reqwest::Method::DELETE, &path, None).await.refused(404, "not_found");
        }
    }
}
