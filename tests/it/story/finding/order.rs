//! The order of what is found, its pages, and what the whole is made of.

use serde_json::{Value, json};

use super::{LABEL, at, found, ids, lines, offers};
use crate::story::COACHING;
use crate::world::tools::eventually;

both! {
    async fn after_every_two_on_site_stands_one_remote(world) {
        for number in 1..=5_u8 {
            offers(world, &format!("on site {number}"), at(50.6311 + 0.02 * f64::from(number), 3.0470)).await;
        }
        let mut remote = vec![];
        for number in 1..=3 {
            remote.push(offers(world, &format!("remote {number}"), json!({})).await);
        }
        let nobody = world.anybody();
        let order = found(&nobody, "commune=59350").await;
        let kinds: Vec<&str> = order.iter().map(|name| name.rsplit_once(' ').unwrap().0).collect();
        assert_eq!(kinds, ["on site", "on site", "remote", "on site", "on site", "remote", "on site", "remote"]);
        let near: Vec<&String> = order.iter().filter(|name| name.starts_with("on site")).collect();
        assert_eq!(near, ["on site 1", "on site 2", "on site 3", "on site 4", "on site 5"], "alike but for the distance: the nearest first");
        let far: Vec<Value> = lines(&nobody, "commune=59350&reception=remote").await.iter().map(|line| line["id"].clone()).collect();
        remote.sort();
        assert_eq!(far, remote, "alike in everything: by id");
    }

    async fn the_pages_together_are_the_whole(world) {
        let nobody = world.anybody();
        for question in [
            "", "commune=69381", "commune=59350&q=aide", "q=permis", "commune=69123&topic=sante&audience=seniors", "commune=69381&sort=distance",
            "sort=freshness", "commune=59350&sort=responsiveness", "bbox=2.9,50.5,3.3,50.8",
        ] {
            let whole = ids(&nobody, question).await;
            assert!(whole.len() > 1 && whole.len() == whole.iter().collect::<std::collections::BTreeSet<_>>().len(), "{question}: {whole:?}");
            for limit in [2, 7, 20] {
                let (mut paged, mut cursor) = (vec![], String::new());
                loop {
                    let page = nobody.get(&format!("/v1/services?limit={limit}&count=true&{question}{cursor}")).await.good();
                    let items = page["items"].as_array().unwrap();
                    assert!(items.len() == limit || page["next_cursor"].is_null());
                    assert_eq!(page["count"], whole.len(), "{question}");
                    paged.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
                    let Some(next) = page["next_cursor"].as_str() else { break };
                    cursor = format!("&cursor={next}");
                }
                assert_eq!(paged, whole, "{question} by {limit}");
            }
        }
    }

    async fn a_cursor_belongs_to_its_question_and_to_who_asked(world) {
        let nobody = world.anybody();
        let page = nobody.get("/v1/services?limit=2&commune=59350&q=aide").await.good();
        let cursor = page["next_cursor"].as_str().unwrap();
        nobody.get(&format!("/v1/services?limit=2&commune=59350&q=aide&cursor={cursor}")).await.good();
        for question in ["commune=59350", "commune=59512&q=aide", "commune=59350&q=aide&sort=distance", "commune=59350&q=aide&topic=sante"] {
            nobody.get(&format!("/v1/services?limit=2&{question}&cursor={cursor}")).await.refused(400, "invalid_cursor");
        }
        world.prescriber().get(&format!("/v1/services?limit=2&commune=59350&q=aide&cursor={cursor}")).await.refused(400, "invalid_cursor");
        let broken = format!("{}A", &cursor[..cursor.len() - 1]);
        for bad in ["x", "AAAA", &broken] {
            if bad != cursor {
                nobody.get(&format!("/v1/services?limit=2&commune=59350&q=aide&cursor={bad}")).await.refused(400, "invalid_cursor");
            }
        }
    }

    async fn every_order_is_kept(world) {
        let nobody = world.anybody();
        let (service, mut referrals) = (world.service(COACHING).await, vec![]);
        for name in ["Sow", "Diop", "Ba", "Ndiaye", "Fall"] {
            referrals.push(world.prescriber().refers(&service, name).await);
        }
        world.moves_on("PT12H").await;
        for referral in &referrals {
            world.operator().accepts(referral).await;
        }
        world.moves_on("P2D").await;
        eventually("how long answers take is measured", async || {
            let first = &nobody.get("/v1/services?sort=responsiveness&limit=1").await.good()["items"][0]["median_days_to_answer"];
            !first.is_null()
        })
        .await;
        let all = async |sort: &str| nobody.get(&format!("/v1/services?commune=59350&limit=200&sort={sort}")).await.good()["items"].clone();
        let mut sets = vec![];
        for (sort, field, falling) in
            [("distance", "distance_km", false), ("freshness", "fresh_on", true), ("responsiveness", "median_days_to_answer", false)]
        {
            let items = all(sort).await;
            let items = items.as_array().unwrap();
            let told: Vec<&Value> = items.iter().map(|item| &item[field]).collect();
            let first_null = told.iter().position(|value| value.is_null()).unwrap_or(told.len());
            assert!(told[first_null..].iter().all(|value| value.is_null()), "{sort}: what is not told stands last");
            let ordered = told[..first_null].windows(2).all(|pair| match (pair[0].as_f64(), pair[1].as_f64()) {
                (Some(one), Some(other)) => one <= other,
                _ => pair[0].as_str() == pair[1].as_str() || (pair[0].as_str() > pair[1].as_str()) == falling,
            });
            assert!(ordered && first_null > 0, "{sort}: {told:?}");
            let mut set: Vec<String> = items.iter().map(|item| item["id"].to_string()).collect();
            set.sort();
            sets.push(set);
        }
        let mut set: Vec<String> = all("relevance").await.as_array().unwrap().iter().map(|item| item["id"].to_string()).collect();
        set.sort();
        sets.push(set);
        assert!(sets.iter().all(|set| *set == sets[0]), "an order leaves nothing out");
    }

    async fn facets_count_what_their_filters_find(world) {
        let nobody = world.anybody();
        for question in ["commune=69381", "q=aide&commune=59350", "", "audience=jeunes&fee=free"] {
            let page = nobody.get(&format!("/v1/services?facets=true&count=true&limit=1&{question}")).await.good();
            let mut counted = 0;
            for (facet, parameter) in [
                ("topics", "topic"), ("kinds", "kind"), ("audiences", "audience"), ("fees", "fee"), ("receptions", "reception"), ("networks", "network"),
            ] {
                if question.contains(parameter) {
                    continue;
                }
                for one in page["facets"][facet].as_array().unwrap() {
                    let code = one["code"].as_str().unwrap();
                    let filtered = nobody.get(&format!("/v1/services?limit=1&count=true&{question}&{parameter}={code}")).await.good();
                    assert_eq!(filtered["count"], one["count"], "{question} {facet} {code}");
                    counted += 1;
                }
            }
            assert!(counted > 15, "{question}: {counted} codes");
        }
        assert!(nobody.get("/v1/services?limit=1").await.good().get("facets").is_none(), "only when asked");
        let none = nobody.get(&format!("/v1/services?label={LABEL}&facets=true&count=true")).await.good();
        assert_eq!((&none["count"], &none["facets"]["kinds"], none["items"].as_array().unwrap().len()), (&json!(0), &json!([]), 0));
    }
}
