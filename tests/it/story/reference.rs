//! The lists of codes, as a front end reads them once and keeps them.

use serde_json::{Value, json};

const OPEN_LICENCE: &str = "data·inclusion, Licence Ouverte 2.0";

fn entry<'a>(list: &'a Value, code: &str) -> &'a Value {
    list["items"].as_array().unwrap().iter().find(|entry| entry["code"] == code).unwrap_or_else(|| panic!("no {code} in {}", list["name"]))
}

both! {
    async fn anybody_reads_every_list_with_its_version_and_labels_in_four_languages(world) {
        let anybody = world.anybody();
        let lists = anybody.get("/v1/reference").await.good();
        let lists = lists["items"].as_array().unwrap();
        let sizes = [("topic-categories", 16), ("topics", 69), ("audiences", 13), ("networks", 108), ("who-may-turn", 2), ("referral-states", 13)];
        for (name, count) in sizes {
            assert!(lists.iter().any(|list| list["name"] == name && list["count"] == count), "{name}");
        }
        for summary in lists {
            let name = summary["name"].as_str().unwrap();
            let list = anybody.get(&format!("/v1/reference/{name}")).await.good();
            let items = list["items"].as_array().unwrap();
            assert_eq!((&list["name"], &list["version"], items.len()), (&summary["name"], &summary["version"], usize::try_from(summary["count"].as_u64().unwrap()).unwrap()));
            for labels in items.iter().map(|entry| entry["labels"].as_object().unwrap()) {
                assert!(["fr", "nl", "de", "en"].iter().all(|language| labels[*language].as_str().is_some_and(|label| !label.is_empty())), "{name}: {labels:?}");
            }
        }
        anybody.get("/v1/reference/colours").await.refused(404, "not_found");
    }

    async fn a_published_list_names_its_publisher_and_ours_nobody(world) {
        let anybody = world.anybody();
        for name in ["topics", "topic-categories", "audiences", "service-kinds", "fees", "receptions", "ways-in", "networks", "who-may-turn"] {
            let list = anybody.get(&format!("/v1/reference/{name}")).await.good();
            assert_eq!((&list["version"], &list["attribution"]), (&json!("1.0.10"), &json!(OPEN_LICENCE)), "{name}");
        }
        for name in ["update-frequencies", "service-states", "referral-states", "refusal-codes", "redirect-codes", "archive-reasons", "outcomes"] {
            let list = anybody.get(&format!("/v1/reference/{name}")).await.good();
            assert_eq!((&list["version"], &list["attribution"]), (&json!("1"), &Value::Null), "{name}");
        }
        let topics = anybody.get("/v1/reference/topics").await.good();
        let licence = entry(&topics, "mobilite--preparer-un-permis");
        assert_eq!(licence["labels"], json!({"fr": "Préparer un permis", "nl": "Een rijbewijs voorbereiden", "de": "Sich auf einen Führerschein vorbereiten", "en": "Prepare for a driving licence"}));
        assert!(licence.get("description").is_none());
        let kinds = anybody.get("/v1/reference/service-kinds").await.good();
        assert_eq!(entry(&kinds, "information")["description"]["en"], "A first answer from professionals of the field");
    }

    async fn a_list_is_kept_until_it_changes(world) {
        let anybody = world.anybody();
        for path in ["/v1/reference", "/v1/reference/networks"] {
            let first = anybody.get(path).await;
            assert!(first.status.is_success() && first.header("cache-control").contains("max-age"), "{}", first.text);
            let again = anybody.with("if-none-match", &first.etag()).get(path).await.with_status(304);
            assert_eq!((again.etag(), again.text.as_str()), (first.etag(), ""));
            anybody.with("if-none-match", "\"another\"").get(path).await.good();
        }
    }
}
