//! Saying where somebody lives: the form completes the name, the phone knows the point, the letter has an old address.

use serde_json::{Value, json};

use super::complaints;
use crate::world::{Client, Program, World};

async fn found(who: &Client, question: &str) -> Vec<Value> {
    who.get(&format!("/v1/places?{question}")).await.good()["items"].as_array().unwrap().clone()
}

async fn names(who: &Client, question: &str) -> Vec<String> {
    found(who, question).await.iter().map(|place| place["name"].as_str().unwrap().to_owned()).collect()
}

/// Loads a file with the command, which a running program hears of later.
fn loads(world: &World, file: &str, text: &str) -> Value {
    let path = world.copy.folder.join(file);
    std::fs::write(&path, text).unwrap();
    world.copy.tells(&["import", "places", path.to_str().unwrap(), "--json"])
}

both! {
    async fn a_name_is_completed_as_people_type_it(world) {
        let nobody = world.anybody();
        assert_eq!(names(&nobody, "q=lil").await, ["Lille"]);
        for typed in ["echirolles", "%C3%89CHIROLLES", "Echi"] {
            assert_eq!(names(&nobody, &format!("q={typed}")).await, ["Échirolles"], "{typed}");
        }
        for typed in ["saint-martin", "st martin d heres", "SAINT+MARTIN+D%27H", "martin", "heres"] {
            assert_eq!(names(&nobody, &format!("q={typed}")).await, ["Saint-Martin-d'Hères"], "{typed}");
        }
        assert_eq!(names(&nobody, "q=lyon&limit=2").await, ["Lyon", "Lyon 3e Arrondissement"], "the city, then the largest");
        assert_eq!(names(&nobody, "q=villeneuve+dascq").await, ["Villeneuve-d'Ascq"]);
        assert_eq!(names(&nobody, "q=591&country=FR").await[..2], ["Lille", "Roubaix"], "a postal code as it is typed");
        assert_eq!(names(&nobody, "q=l&country=CH").await, ["Lausanne", "Le Mont-sur-Lausanne"]);
        assert_eq!(names(&nobody, "postal_code=3511+AB").await, ["Utrecht"]);
        assert_eq!(names(&nobody, "postal_code=69003").await, ["Lyon", "Lyon 3e Arrondissement"]);
        assert_eq!(names(&nobody, "q=lyon+3&postal_code=69003").await, ["Lyon 3e Arrondissement"]);
        assert!(names(&nobody, "q=nulle+part").await.is_empty());
    }

    async fn the_nearest_places_come_with_their_distance(world) {
        let near = found(&world.anybody(), "lat=50.6887&lon=3.1842&limit=3").await;
        let told: Vec<_> = near.iter().map(|place| place["name"].as_str().unwrap()).collect();
        assert_eq!(told, ["Roubaix", "Croix", "Wattrelos"]);
        let far: Vec<f64> = near.iter().map(|place| place["distance_km"].as_f64().unwrap()).collect();
        assert!(far[0] == 0.0 && far.is_sorted() && (2.0..4.0).contains(&far[2]), "{far:?}");
        assert_eq!(names(&world.anybody(), "lat=50.6887&lon=3.1842&limit=1&country=CH").await, ["Murten"]);
        assert_eq!(found(&world.anybody(), "q=roubaix").await[0]["distance_km"], Value::Null);
    }

    async fn a_question_that_is_none_is_refused(world) {
        let nobody = world.anybody();
        for (question, code, pointer) in [
            ("", "no_question", "?q"),
            ("country=FR", "no_question", "?q"),
            ("lat=50", "lat_lon_together", "?lon"),
            ("lon=3", "lat_lon_together", "?lat"),
            ("lat=50&lon=3&q=lille", "one_question", "?q"),
        ] {
            let problem = nobody.get(&format!("/v1/places?{question}")).await.refused(422, code);
            assert_eq!(complaints(&problem), [(code, pointer)], "{question}");
        }
        for question in ["lat=91&lon=3", "lat=50&lon=-181", "q=lille&limit=0", "q=lille&limit=201", "q=", "q=lille&country=XX", "q=lille&radius=2"] {
            nobody.get(&format!("/v1/places?{question}")).await.with_status(422);
        }
    }

    async fn a_place_is_read_by_its_code_and_an_old_code_leads_to_todays(world) {
        let nobody = world.anybody();
        let lille = nobody.get("/v1/places/59350").await.with_status(200);
        let tag = lille.etag();
        assert!(lille.header("cache-control").contains("public"), "{}", lille.header("cache-control"));
        nobody.with("if-none-match", &tag).get("/v1/places/59350").await.with_status(304);
        let lille = lille.good();
        for (name, value) in [
            ("name", json!("Lille")), ("kind", json!("commune")), ("country", json!("FR")), ("parent", Value::Null), ("departement", json!("59")),
            ("departement_name", json!("Nord")), ("region", json!("32")), ("region_name", json!("Hauts-de-France")), ("epci", json!("200093201")),
            ("latitude", json!(50.6311)), ("longitude", json!(3.047)), ("population", json!(236_710)), ("distance_km", Value::Null),
        ] {
            assert_eq!(lille[name], value, "{name}");
        }
        assert_eq!(nobody.get("/v1/places/59355").await.good(), lille, "Lomme is a part of Lille now");
        assert_eq!(nobody.get("/v1/places/69383").await.good()["parent"], "69123");
        assert_eq!(nobody.get("/v1/places/GM0344").await.good()["region"], "NL-UT");
        assert_eq!(nobody.get("/v1/places/2196").await.good()["name"], "Fribourg");
        for unknown in ["00000", "lille", "59350x", "%F0%9F%98%80"] {
            nobody.get(&format!("/v1/places/{unknown}")).await.refused(404, "not_found");
        }
    }

    async fn a_later_file_moves_what_it_names_and_leaves_the_rest(world) {
        let report = loads(world, "merged.json", r#"[{"code": "59350", "nom": "Lille", "population": 300000, "anciensCodes": ["59368", "59001"],
            "centre": {"type": "Point", "coordinates": [3.05, 50.64]}, "codesPostaux": ["59000", "59110"], "codeDepartement": "59"}]"#);
        assert_eq!(report["places"], json!({"created": 1, "updated": 2, "unchanged": 0, "passed_over": 0, "refused": 0}));
        let restarted = Program::start(&world.copy, &[]);
        let nobody = world.anybody_at(&restarted.base);
        for code in ["59350", "59368", "59001"] {
            let place = nobody.get(&format!("/v1/places/{code}")).await.good();
            assert_eq!((&place["code"], &place["population"]), (&json!("59350"), &json!(300_000)), "{code}");
        }
        assert_eq!(names(&nobody, "q=la+madeleine").await, ["Lille"], "who types the old name finds the commune of today");
        assert_eq!(names(&nobody, "q=roubaix").await, ["Roubaix"]);
        restarted.stop();
    }
}
