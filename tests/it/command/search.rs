//! Why search answers as it does, told on the command line.

use serde_json::{Value, json};

use super::errors;
use crate::world::Copy;

/// What the command tells about a service and a question.
fn explains(copy: &Copy, service: &str, question: &[&str]) -> Value {
    copy.tells(&[&["search", "explain", "--service", service, "--json"], question].concat())
}

fn failed(explanation: &Value) -> Vec<&str> {
    let filters = explanation["filters"].as_array().unwrap().iter();
    filters.filter(|check| check["passed"] == false).map(|check| check["filter"].as_str().unwrap()).collect()
}

both! {
    async fn why_a_service_stands_where_it_does(world) {
        let service = world.service("Auto-école sociale").await;
        let near = explains(&world.copy, &service, &["--q", "permis prepaarer", "--commune", "59350", "--topic", "mobilite", "--radius-km", "20"]);
        assert_eq!((&near["found"], &near["id"], failed(&near).len()), (&json!(true), &json!(service), 0), "{near}");
        let words: Vec<_> = near["words"].as_array().unwrap().iter().map(|word| (&word["word"], &word["field"], &word["kind"])).collect();
        assert_eq!(words[0], (&json!("permis"), &json!("name"), &json!("exact")), "{near}");
        assert_eq!((words.len(), words[1].2), (2, &json!("typo")), "{near}");
        let asked: Vec<_> = near["filters"].as_array().unwrap().iter().map(|check| check["filter"].as_str().unwrap()).collect();
        assert!(["topic", "commune", "q", "radius_km", "published"].iter().all(|name| asked.contains(name)) && !asked.contains(&"fee"), "{asked:?}");
        let part = |name: &str| near["factors"][name].as_u64().unwrap();
        assert_eq!(near["score"].as_u64(), Some(part("text") * part("distance") * part("quality")));

        // The place that it tells is the one that people see.
        let question = "q=permis+prepaarer&commune=59350&topic=mobilite&radius_km=20&reception=on_site";
        let page = world.anybody().get(&format!("/v1/services?limit=200&{question}")).await.good();
        let listed = page["items"].as_array().unwrap();
        let place = listed.iter().position(|item| item["id"] == json!(service)).unwrap();
        assert_eq!((near["rank"].as_u64(), &near["stream"]), (Some(place as u64 + 1), &json!("on_site")), "{near}");
        assert_eq!(near["distance_km"], listed[place]["distance_km"]);

        let far = explains(&world.copy, &service, &["--commune", "38185", "--fee", "free", "--q", "plomberie", "--lat=-45.5", "--lon", "5.7"]);
        assert_eq!(failed(&far), ["fee", "commune", "q", "radius_km"], "{far}");
        assert_eq!((&far["found"], &far["score"], &far["rank"], &far["words"][0]["field"]), (&json!(false), &Value::Null, &Value::Null, &Value::Null));
    }

    async fn people_read_it_and_a_bad_question_is_refused(world) {
        let service = world.service("Auto-école sociale").await;
        let text = |question: &[&str]| {
            let output = world.copy.runs(&[&["search", "explain", "--service", &service], question].concat());
            assert_eq!(output.status.code(), Some(0), "{}", errors(&output));
            String::from_utf8(output.stdout).unwrap()
        };
        let found = text(&["-q", "permis", "--lat", "50.63", "--lon", "3.05"]);
        for part in ["Auto-école sociale", &service, "found, place 1 among on_site", "permis", "name (exact) 8.0", "distance ", " km", "score "] {
            assert!(found.contains(part), "{part}: {found}");
        }
        let missed = text(&["-q", "zzyzx", "--audience", "seniors"]);
        assert!(missed.contains("not found") && missed.contains("nowhere") && missed.contains("FAILED") && !missed.contains("score"), "{missed}");

        let nobody = relais_adapters::ids::fresh().to_string();
        for (question, code, word) in [
            (&["--service", &service, "--topic", "nulle-part"][..], 2, "unknown_code at ?topic"),
            (&["--service", &service, "--lat", "50"], 2, "lat_lon_together at ?lon"),
            (&["--service", &service, "--radius-km", "1000", "--commune", "59350"], 2, "1000"),
            (&["--service", &service, "--audience", "nulle-part"], 2, "nulle-part"),
            (&["--service", &nobody], 1, "not found"),
            (&["--service", "x"], 2, "x"),
        ] {
            let output = world.copy.runs(&[&["search", "explain"], question].concat());
            assert_eq!(output.status.code(), Some(code), "{question:?}: {}", errors(&output));
            assert!(errors(&output).contains(word) && output.stdout.is_empty(), "{question:?}: {}", errors(&output));
        }
    }
}
