//! Where the person lives and how far it is.

use serde_json::{Value, json};

use super::{at, both_of, for_zone, found, found_sorted, lines, offers};
use crate::world::World;
use crate::world::feed::{service as fed, with};
use crate::world::tools::eventually;

/// The middles of Lille, Roubaix and Grenoble.
const LILLE: (f64, f64) = (50.6311, 3.0470);
const ROUBAIX: (f64, f64) = (50.6887, 3.1843);
const GRENOBLE: (f64, f64) = (45.1842, 5.7155);

/// One remote service for each kind of zone around Lyon, named by it.
async fn zones(world: &World) {
    for (name, kind, code) in [
        ("a city", "commune", "69123"),
        ("b arrondissement", "commune", "69381"),
        ("c metropolis", "epci", "200046977"),
        ("d departement", "departement", "69"),
        ("e region", "region", "84"),
        ("f country", "country", "FR"),
        ("h Utrecht", "commune", "GM0344"),
        ("i Lomme", "commune", "59355"),
    ] {
        offers(world, name, for_zone(kind, code)).await;
    }
    offers(world, "g everywhere", json!({})).await;
}

/// A distance that a line tells.
fn km(line: &Value) -> Option<f64> {
    line["distance_km"].as_f64()
}

both! {
    async fn a_service_is_found_by_those_whom_its_zone_covers(world) {
        zones(world).await;
        let nobody = world.anybody();
        for (commune, expected) in [
            ("69123", "abcdefg"), // the city: also what covers one of its arrondissements
            ("69381", "abcdefg"), // the arrondissement: also what covers the city
            ("69382", "acdefg"),  // but not its neighbour
            ("69266", "cdefg"),
            ("38185", "efg"),
            ("59350", "fgi"), // a commune of old is part of today's
            ("59355", "fgi"),
            ("GM0344", "gh"),
            ("5586", "g"),
        ] {
            let names: String = found_sorted(&nobody, &format!("commune={commune}")).await.iter().map(|name| &name[..1]).collect();
            assert_eq!(names, expected, "{commune}");
        }
        assert_eq!(found(&nobody, "").await.len(), 9, "without a commune nobody is left out");
        let nearest: String = found_sorted(&nobody, "lat=45.7719&lon=4.8899").await.iter().map(|name| &name[..1]).collect();
        assert_eq!(nearest, "cdefg", "a point is in its nearest commune, Villeurbanne");
    }

    async fn a_zone_that_is_not_told_is_everywhere(world) {
        let untold = with(fed(1), json!({"nom": "Zéphyrine", "modes_accueil": ["a-distance"], "zone_eligibilite": null}));
        let told = with(fed(2), json!({"nom": "Zéphyrine de Lyon", "modes_accueil": ["a-distance"], "zone_eligibilite": ["69123"]}));
        world.copy.imports_services(&[untold, told], &[]);
        let names = async |question: &str| {
            let page = world.anybody().get(&format!("/v1/services?q=zephyrine&{question}")).await.good();
            page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        eventually("what a command imports is found", async || names("").await.len() == 2).await;
        assert_eq!(names("commune=59350").await, ["Zéphyrine"]);
        assert_eq!(names("commune=69384").await.len(), 2);
    }

    async fn a_person_of_24_in_a_commune_that_the_zone_does_not_cover(world) {
        let young = json!({"criteria": [{"id": "age", "kind": "age", "rule": {"min": 16, "max": 25}, "label": "De 16 à 25 ans", "obligatory": true}]});
        let here = offers(world, "Métropole de Lille", both_of(young.clone(), both_of(at(LILLE.0, LILLE.1), for_zone("epci", "200093201")))).await;
        let next = offers(world, "Partout en France", both_of(young, for_zone("country", "FR"))).await;
        let nobody = world.anybody();
        assert_eq!(found_sorted(&nobody, "commune=59512").await, ["Métropole de Lille", "Partout en France"]);
        assert_eq!(found(&nobody, "commune=38185").await, ["Partout en France"]);

        let explained = async |service: &str| {
            let known = json!({"age": 24, "commune": "38185"});
            nobody.post(&format!("/v1/services/{service}/eligibility"), known).await.with_status(200).good()
        };
        let refused = explained(&here).await;
        assert_eq!(refused["verdict"], "not_eligible", "{refused}");
        let standing: Vec<_> = refused["criteria"].as_array().unwrap().iter().map(|one| (&one["id"], &one["state"], &one["reason"]["code"])).collect();
        assert!(standing.contains(&(&json!("age"), &json!("met"), &json!("age_within"))), "{standing:?}");
        assert!(standing.contains(&(&json!("coverage"), &json!("not_met"), &json!("lives_elsewhere"))), "{standing:?}");
        let fits = explained(&next).await;
        assert_eq!(fits["verdict"], "eligible", "{fits}");
    }

    async fn on_site_is_in_range_or_not_and_remote_always_is(world) {
        let both_ways = |place: Value| both_of(place, json!({"reception": "both"}));
        offers(world, "a on site in Lille", at(LILLE.0, LILLE.1)).await;
        offers(world, "b on site in Roubaix", at(ROUBAIX.0, ROUBAIX.1)).await;
        offers(world, "c on site, who knows where", both_of(at(LILLE.0, LILLE.1), json!({"point": null}))).await;
        offers(world, "d remote", json!({})).await;
        offers(world, "e both, in Lille", both_ways(at(LILLE.0, LILLE.1))).await;
        offers(world, "f both, in Grenoble", both_ways(at(GRENOBLE.0, GRENOBLE.1))).await;
        let elsewhere = json!({"other_places": [{"point": {"latitude": ROUBAIX.0, "longitude": ROUBAIX.1},
            "address": {"line1": "2 rue des Essais", "postal_code": "59100", "locality": "Roubaix", "country": "FR", "commune": "59512"}}]});
        offers(world, "g on site in Grenoble and in Roubaix", both_of(at(GRENOBLE.0, GRENOBLE.1), elsewhere)).await;
        let nobody = world.anybody();
        let letters = async |question: &str| -> String { found_sorted(&nobody, question).await.iter().map(|name| name[..1].to_owned()).collect() };
        for (question, expected) in [
            ("", "abcdefg"), ("commune=59350", "abdefg"), ("commune=59350&radius_km=1", "adef"), ("commune=59350&radius_km=11", "adef"),
            ("commune=59350&radius_km=12", "abdefg"), ("commune=59350&lat=45.1842&lon=5.7155", "defg"), ("lat=50.6887&lon=3.1843&radius_km=1", "bdefg"),
            ("commune=59350&reception=remote", "def"), ("commune=59350&reception=on_site", "abeg"), ("commune=59350&reception=both", "ef"),
            ("reception=on_site&reception=remote", "abcdefg"),
        ] {
            assert_eq!(letters(question).await, expected, "{question}");
        }
        let mut near = lines(&nobody, "commune=59350").await;
        near.sort_by_key(|line| line["name"].to_string());
        let distances: Vec<Option<f64>> = near.iter().map(km).collect();
        let roubaix = distances[1].unwrap();
        assert!((11.5..=11.7).contains(&roubaix), "{roubaix}");
        assert_eq!(distances, [Some(0.0), Some(roubaix), None, Some(0.0), None, Some(roubaix)]);
        assert!(near.iter().filter_map(|line| line["distance_km"].as_number()).all(|km| km.to_string().split('.').nth(1).is_none_or(|rest| rest.len() == 1)));
        assert!(lines(&nobody, "").await.iter().all(|line| km(line).is_none()), "no place, no distance");
    }
}
