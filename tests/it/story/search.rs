//! Finding a person's referral: by name, phone or e-mail, and never beyond what one may read.

use serde_json::json;

use super::{COACHING, form};

both! {
    async fn a_name_is_found_however_it_is_written(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let service = world.service(COACHING).await;
        let referral = prescriber.refers_form(form(&service, "Ben Saïd-Lecœur", json!({"person": {"given_name": "Éloïse"}}))).await;
        prescriber.refers(&service, "Bensimon").await;
        for name in ["ben saïd", "BENSAID", "Ben-Said Lecoeur", "bensaidlecœur elo", "Ben Saïd-Lecœur Éloïse"] {
            assert_eq!(operator.searches(json!({"name": name})).await, [referral.clone()], "{name}");
            assert_eq!(prescriber.searches(json!({"name": name})).await, [referral.clone()], "{name}");
        }
        for name in ["Saïd", "ben saïde", "--", "%%", "be_said"] {
            assert_eq!(operator.searches(json!({"name": name})).await, Vec::<String>::new(), "{name}");
        }
        assert_eq!(operator.searches(json!({"name": "Bens"})).await.len(), 2);
        operator.post("/v1/referrals/search", json!({"name": "b"})).await.with_status(422);
        operator.post("/v1/referrals/search", json!({"first_name": "Awa"})).await.refused(422, "unknown_field");
    }

    async fn a_phone_or_an_address_is_found_whole_and_as_it_is(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let service = world.service(COACHING).await;
        let person = json!({"person": {"phone": "06.39.98.77.66", "email": "Awa_Sow@Example.org", "contact_preferences": ["email", "phone"]}});
        let referral = prescriber.refers_form(form(&service, "Sow", person)).await;
        for contact in ["0639987766", "06 39 98 77 66", "+33 6 39 98 77 66", "0033639987766", "awa_sow@example.org", "AWA_SOW@EXAMPLE.ORG"] {
            assert_eq!(operator.searches(json!({"contact": contact})).await, [referral.clone()], "{contact}");
        }
        for contact in ["063998776", "39987766", "awaXsow@example.org", "awa%@example.org", "sow@example.org", "%", "awa_sow@example.or"] {
            assert_eq!(operator.searches(json!({"contact": contact})).await, Vec::<String>::new(), "{contact}");
        }
        assert_eq!(operator.searches(json!({"contact": "0639987766", "name": "sow"})).await.len(), 1);
        assert_eq!(operator.searches(json!({"contact": "0639987766", "name": "diop"})).await.len(), 0);
        assert_eq!(world.persona("operator_2").searches(json!({"contact": "0639987766"})).await.len(), 0);
    }

    async fn who_sees_existence_only_finds_nobody_by_name(world) {
        let (prescriber, reader) = (world.prescriber(), world.persona("reader"));
        let referral = prescriber.refers(&world.service(COACHING).await, "Sow").await;
        assert!(reader.lists("box=to_handle").await.contains(&referral));
        for search in [json!({"name": "sow"}), json!({"contact": "0639981234"})] {
            let problem = reader.post("/v1/referrals/search", search).await.refused(403, "permission_missing");
            assert_eq!(problem["errors"][0]["params"]["permission"], "referrals:read");
        }
        assert!(reader.searches(json!({"filter": {"box": "to_handle"}})).await.contains(&referral), "without a name it is the list");
    }

    async fn a_search_takes_the_lists_filters_and_pages(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let service = world.service(COACHING).await;
        let mut all = vec![];
        for given in ["Awa", "Binta", "Coumba"] {
            let phone = format!("06399811{:02}", all.len());
            all.push(prescriber.refers_form(form(&service, "Sow", json!({"person": {"given_name": given, "phone": phone}}))).await);
        }
        operator.refuses(&all[1], "no_capacity").await;
        let box_of = |name: &str| json!({"name": "sow", "filter": {"box": name}});
        assert_eq!(operator.searches(box_of("to_handle")).await, [all[0].clone(), all[2].clone()], "oldest first");
        assert_eq!(operator.searches(box_of("archived")).await, [all[1].clone()]);
        assert_eq!(operator.searches(json!({"name": "sow", "filter": {"state": ["refused", "accepted"]}})).await, [all[1].clone()]);
        assert_eq!(operator.searches(json!({"name": "sow", "filter": {"service_id": [relais_adapters::ids::fresh()]}})).await.len(), 0);
        assert_eq!(operator.searches(json!({"name": "sow", "filter": {"sender_id": [prescriber.organisation()]}})).await.len(), 3);

        let (mut found, mut filter) = (vec![], json!({"limit": 1, "count": true}));
        loop {
            let page = operator.post("/v1/referrals/search", json!({"name": "sow", "filter": filter})).await.good();
            assert_eq!((&page["count"], page["items"].as_array().unwrap().len()), (&json!(3), 1));
            found.push(page["items"][0]["id"].as_str().unwrap().to_owned());
            match page["next_cursor"].as_str() {
                Some(next) => filter["cursor"] = json!(next),
                None => break,
            }
        }
        found.reverse();
        assert_eq!(found, all, "each once, the newest first");
        let stolen = json!({"name": "sow", "filter": {"limit": 1, "cursor": filter["cursor"]}});
        world.persona("colleague").post("/v1/referrals/search", stolen).await.refused(400, "invalid_cursor");
        let other = json!({"name": "diop", "filter": {"limit": 1, "cursor": filter["cursor"]}});
        operator.post("/v1/referrals/search", other).await.refused(400, "invalid_cursor");
    }

    async fn no_name_and_no_contact_stands_in_an_address(world) {
        let operator = world.operator();
        for query in ["name=sow", "contact=0639981234", "family_name=sow", "phone=0639981234", "email=a%40example.org", "q=sow"] {
            operator.get(&format!("/v1/referrals?{query}")).await.refused(422, "unknown_field");
        }
    }
}
