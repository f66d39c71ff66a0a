//! Tools that speak HSDS read the directory, as everybody may.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use super::{COACHING, edits_service};
use crate::world::tools::eventually;
use crate::world::{Client, Document, World};

const TOPIC: &str = "trouver-un-emploi--maintien-dans-lemploi";

/// A page that is what the document promises.
async fn page(who: &Client, document: &Document, path: &str) -> Value {
    let page = who.get(path).await.with_status(200).fits(document).body;
    assert_eq!(page["size"], page["contents"].as_array().unwrap().len());
    assert_eq!(page["empty"], page["size"] == 0);
    page
}

fn ids(page: &Value) -> Vec<String> {
    page["contents"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

/// The ids of everything that a question finds.
async fn all(who: &Client, document: &Document, path: &str) -> Vec<String> {
    ids(&page(who, document, &format!("{path}{}per_page=200", if path.contains('?') { "&" } else { "?" })).await)
}

/// The id of the term with a code.
async fn term(who: &Client, document: &Document, code: &str) -> String {
    let terms = page(who, document, "/hsds/taxonomy_terms?per_page=200").await;
    let found = terms["contents"].as_array().unwrap().iter().find(|term| term["code"] == code);
    found.unwrap_or_else(|| panic!("no term {code}"))["id"].as_str().unwrap().to_owned()
}

/// Whether nothing is null, and no text, list or object empty.
fn is_told(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty() && items.iter().all(is_told),
        Value::Object(fields) => !fields.is_empty() && fields.values().all(is_told),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

/// Loads two communes with the command, and waits until the running program has heard of them.
async fn knows_places(world: &World) {
    let table = "code,nom,departement,region,epci,latitude,longitude,population,codes_postaux\n\
        59350,Lille,59,32,200093201,50.6292,3.0573,236234,59000 59800\n\
        75056,Paris,75,11,200054781,48.8566,2.3522,2133111,75001\n";
    let file = world.copy.writes("communes.csv", table);
    let report = world.copy.tells(&["import", "places", file.to_str().unwrap(), "--json"]);
    assert_eq!((&report["places"]["created"], &report["places"]["updated"]), (&json!(1), &json!(1)), "{report}");
    let anybody = world.anybody();
    eventually("the communes are known", async || anybody.get("/v1/places/75056").await.status == 200).await;
}

both! {
    async fn a_tool_is_told_what_is_spoken_and_may_be_a_page_of_anybody(world) {
        let (anybody, document) = (world.anybody(), world.document().await);
        let meta = anybody.get("/hsds/").await.fits(&document).good();
        assert_eq!(meta["version"], "3.1");
        let foreign = anybody.with("origin", "https://elsewhere.example.org");
        for path in ["/hsds/", "/hsds/services", "/hsds/services/unknown", "/hsds/services?page=0"] {
            let answer = foreign.get(path).await.fits(&document);
            assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
            assert_eq!(answer.header("cross-origin-resource-policy"), "cross-origin", "{path}");
        }
        let preflight = foreign.with("access-control-request-method", "GET").with("access-control-request-headers", "x-request-id");
        let preflight = preflight.send(Method::OPTIONS, "/hsds/services", None).await;
        assert!(preflight.status.is_success() && preflight.header("access-control-allow-origin") == "*", "{}", preflight.text);
        assert_eq!(foreign.get("/v1/services").await.header("access-control-allow-origin"), "");
    }

    async fn pages_hold_everything_once(world) {
        let (anybody, document) = (world.anybody(), world.document().await);
        for list in ["services", "organizations", "service_at_locations", "taxonomies", "taxonomy_terms"] {
            let path = format!("/hsds/{list}");
            let first = page(&anybody, &document, &format!("{path}?per_page=2")).await;
            let (total, pages) = (first["total_items"].as_u64().unwrap(), first["total_pages"].as_u64().unwrap());
            assert!(total > 2 && pages == total.div_ceil(2), "{list}: {total} in {pages}");
            assert_eq!((&first["page_number"], &first["first_page"], &first["last_page"]), (&json!(1), &json!(true), &json!(false)));
            let mut found = vec![];
            for number in 1..=pages {
                let answer = page(&anybody, &document, &format!("{path}?perPage=2&page={number}")).await;
                assert_eq!((&answer["page_number"], &answer["last_page"]), (&json!(number), &json!(number == pages)));
                found.extend(ids(&answer));
            }
            assert_eq!(found.len() as u64, total, "{list}");
            assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), found.len(), "{list}: something stands in two pages");
            let beyond = page(&anybody, &document, &format!("{path}?page={}&per_page=2", pages + 1)).await;
            assert_eq!((&beyond["empty"], &beyond["last_page"]), (&json!(true), &json!(true)));

            let lines = anybody.get(&format!("{path}?format=ndjson&per_page=2")).await.fits(&document);
            assert_eq!(lines.header("content-type"), "application/x-ndjson");
            let line_ids: Vec<String> = lines.text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned()).collect();
            assert_eq!(line_ids, found, "{list}: ndjson is all of it, in one order");

            for refused in ["page=0", "per_page=0", "per_page=201", "page=x", "format=xml", "colour=red", "page=1&page=2"] {
                let answer = anybody.get(&format!("{path}?{refused}")).await.fits(&document);
                assert_eq!(answer.status, 422, "{list} {refused}: {}", answer.text);
            }
        }
    }

    async fn every_record_is_found_by_its_id_and_no_other_is(world) {
        let (anybody, document) = (world.anybody(), world.document().await);
        for list in ["services", "organizations", "service_at_locations", "taxonomies", "taxonomy_terms"] {
            for id in all(&anybody, &document, &format!("/hsds/{list}")).await.iter().take(60) {
                let record = anybody.get(&format!("/hsds/{list}/{id}")).await.fits(&document).good();
                assert_eq!(record["id"], id.as_str());
                assert!(is_told(&record), "{record}");
            }
            for id in ["0192f4e6-0000-7000-8000-00000000dead", "0192f4e6-0000-8000-8000-00000000dead", "not-an-id"] {
                anybody.get(&format!("/hsds/{list}/{id}")).await.fits(&document).refused(404, "not_found");
            }
        }
    }

    async fn little_one_of_each_or_everything_is_told(world) {
        let (anybody, document) = (world.anybody(), world.document().await);
        let service = world.service(COACHING).await;
        let told = async |query: &str| {
            let page = page(&anybody, &document, &format!("/hsds/services?per_page=200{query}")).await;
            page["contents"].as_array().unwrap().iter().find(|one| one["id"] == service.as_str()).unwrap().clone()
        };
        let minimal = told("&minimal=true").await;
        let fields: BTreeSet<&str> = minimal.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(fields, BTreeSet::from(["id", "name", "status", "last_modified"]));
        assert_eq!(told("&minimal=true&full=true").await, minimal);
        let basic = told("").await;
        assert!(basic["organization"]["name"].is_string() && basic.as_object().unwrap().values().all(|value| !value.is_array()), "{basic}");
        let full = told("&full=true").await;
        assert!(full["attributes"].is_array() && full["service_at_locations"].is_array(), "{full}");
        assert_eq!(anybody.get(&format!("/hsds/services/{service}")).await.good(), full, "one service is told in full");
        for record in [&minimal, &basic, &full] {
            assert!(is_told(record), "{record}");
        }
        let place = full["service_at_locations"][0]["id"].as_str().unwrap();
        let place = anybody.get(&format!("/hsds/service_at_locations/{place}")).await.fits(&document).good();
        assert_eq!((&place["service_id"], &place), (&json!(service), &full["service_at_locations"][0]));
    }

    async fn conditions_add_up(world) {
        let (anybody, document) = (world.anybody(), world.document().await);
        let service = world.service(COACHING).await;
        let own = anybody.get(&format!("/hsds/services/{service}")).await.good();
        let organisation = own["organization_id"].as_str().unwrap().to_owned();
        let everything = all(&anybody, &document, "/hsds/services").await;
        let topic = term(&anybody, &document, TOPIC).await;
        let category = term(&anybody, &document, "trouver-un-emploi").await;
        let other = term(&anybody, &document, "sante--addictions").await;
        let taxonomy = ids(&page(&anybody, &document, "/hsds/taxonomies?search=thematiques").await)[0].clone();
        let audiences = ids(&page(&anybody, &document, "/hsds/taxonomies?search=publics").await)[0].clone();

        for list in ["services", "service_at_locations"] {
            let mine = async |query: &str| {
                let found = page(&anybody, &document, &format!("/hsds/{list}?per_page=200&{query}")).await;
                let key = if list == "services" { "id" } else { "service_id" };
                found["contents"].as_array().unwrap().iter().filter(|one| one[key].is_string()).map(|one| one[key].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>()
            };
            let holds = async |query: &str| mine(query).await.contains(&service);
            for query in [format!("taxonomy_term_id={topic}"), format!("taxonomy_term_id={category}"), format!("taxonomy_id={taxonomy}"), format!("organization_id={organisation}"), "search=ACCOMPAGNEMENT%20renforce".to_owned()] {
                assert!(holds(&query).await, "{list}?{query}");
            }
            assert!(holds(&format!("search=accompagnement&organization_id={organisation}&taxonomy_term_id={topic}&taxonomy_id={taxonomy}")).await);
            for query in [
                format!("taxonomy_term_id={other}&organization_id={organisation}"),
                format!("taxonomy_term_id={topic}&search=nowhere"),
                "taxonomy_term_id=0192f4e6-0000-7000-8000-00000000dead".to_owned(),
                "taxonomy_id=0192f4e6-0000-7000-8000-00000000dead".to_owned(),
                "organization_id=0192f4e6-0000-7000-8000-00000000dead".to_owned(),
            ] {
                assert!(!holds(&query).await, "{list}?{query}");
            }
            assert!(mine(&format!("taxonomy_id={audiences}")).await.is_subset(&everything.iter().cloned().collect()));
        }
        let offering = all(&anybody, &document, &format!("/hsds/organizations?taxonomy_term_id={topic}")).await;
        assert!(offering.contains(&organisation));
        assert!(!all(&anybody, &document, &format!("/hsds/organizations?taxonomy_term_id={other}&search=tremplin")).await.contains(&organisation));
        let children = page(&anybody, &document, &format!("/hsds/taxonomy_terms?parent_id={category}&taxonomy_id={taxonomy}")).await;
        assert!(ids(&children).contains(&topic) && children["contents"].as_array().unwrap().iter().all(|term| term["parent_id"] == category.as_str()));
        assert_eq!(all(&anybody, &document, &format!("/hsds/taxonomy_terms?top_only=true&taxonomy_id={taxonomy}")).await.len(), 16);
        anybody.get("/hsds/services?taxonomy_id=thematiques").await.fits(&document).with_status(422);
    }

    async fn what_changed_since_then_is_listed(world) {
        let (anybody, document) = (world.anybody(), world.document().await);
        let service = world.service(COACHING).await;
        world.moves_on("P1D").await;
        edits_service(world, &service, json!({"summary": "Nouveau"})).await;
        let changed = anybody.get(&format!("/hsds/services/{service}")).await.good()["last_modified"].as_str().unwrap().to_owned();
        assert_eq!(all(&anybody, &document, &format!("/hsds/services?modified_after={changed}")).await, [service.clone()]);
        let day = &changed[..10];
        assert!(all(&anybody, &document, &format!("/hsds/services?modified_after={day}")).await.contains(&service));
        assert!(all(&anybody, &document, "/hsds/services?modified_after=2099-01-01T00:00:00Z").await.is_empty());
        anybody.get("/hsds/services?modified_after=yesterday").await.fits(&document).refused(422, "invalid_format");
    }

    async fn only_the_public_directory_is_told_whoever_asks(world) {
        let (admin, anybody, document) = (world.persona("admin"), world.anybody(), world.document().await);
        let draft = admin.post("/v1/services", json!({"name": "Atelier en préparation"})).await.with_status(201).good();
        let draft = draft["id"].as_str().unwrap();
        for who in [&admin, &anybody] {
            assert!(!all(who, &document, "/hsds/services").await.contains(&draft.to_owned()));
            who.get(&format!("/hsds/services/{draft}")).await.refused(404, "not_found");
        }
        let service = world.service(COACHING).await;
        let private = json!({"contact": {"name": "Ligne privée", "email": "prive@tremplin-lillois.example.org", "phone": "0320999999", "public": false}});
        edits_service(world, &service, private).await;
        for path in [format!("/hsds/services/{service}"), "/hsds/services?full=true&per_page=200".to_owned(), "/hsds/services?full=true&format=ndjson".to_owned(), "/hsds/service_at_locations?full=true&per_page=200".to_owned()] {
            for who in [&admin, &anybody] {
                let answer = who.get(&path).await.fits(&document);
                assert!(!answer.text.contains("prive@") && !answer.text.contains("Ligne privée") && !answer.text.contains("0320999999"), "{path}");
            }
        }
        admin.does_to_service("suspend", &service).await.good();
        assert!(!all(&anybody, &document, "/hsds/services").await.contains(&service));
        assert_eq!(anybody.get(&format!("/hsds/services/{service}")).await.good()["status"], "temporarily closed");
    }

    async fn a_postcode_finds_who_receives_from_there_and_a_proximity_what_is_near(world) {
        knows_places(world).await;
        let (anybody, document) = (world.anybody(), world.document().await);
        let service = world.service(COACHING).await;
        let address = json!({"line1": "1 place du Théâtre", "postal_code": "59000", "locality": "Lille", "commune": "59350", "country": "FR"});
        let second = json!({"address": {"line1": "1 rue de Rivoli", "postal_code": "75001", "locality": "Paris", "commune": "75056", "country": "FR"}, "point": {"latitude": 48.857, "longitude": 2.353}});
        let lille = json!({"latitude": 50.6372, "longitude": 3.0633});
        let patch = json!({"reception": "both", "address": address, "point": lille, "other_places": [second], "coverage": {"everywhere": false, "zones": [{"kind": "departement", "code": "59"}]}});
        edits_service(world, &service, patch).await;
        let found = async |query: &str| all(&anybody, &document, &format!("/hsds/services?{query}")).await.contains(&service);
        let places = async |query: &str| {
            let page = page(&anybody, &document, &format!("/hsds/service_at_locations?full=true&per_page=200&{query}")).await;
            let own = page["contents"].as_array().unwrap().iter().filter(|one| one["service_id"] == service.as_str());
            own.map(|one| one.pointer("/location/addresses/0/city").and_then(Value::as_str).unwrap_or("virtual").to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(places("").await, ["Lille", "Paris", "virtual"]);
        assert!(found("postcode=59000").await && found("postcode=59800").await);
        assert!(!found("postcode=75001").await, "people of Paris are not received");
        assert!(!found("postcode=01234").await, "nobody lives there");
        // The address lies 985 m from the middle of the commune.
        assert!(found("postcode=59000&proximity=1100").await && !found("postcode=59000&proximity=900").await);
        assert_eq!(places("postcode=59000&proximity=1100").await, ["Lille"]);

        edits_service(world, &service, json!({"coverage": {"everywhere": true, "zones": []}})).await;
        assert!(found("postcode=75001").await);
        assert!(found("postcode=75001&proximity=200").await, "its other place is there");
        assert_eq!(places("postcode=75001&proximity=200").await, ["Paris"]);
        assert!(!found("postcode=75001&proximity=50").await);
        edits_service(world, &service, json!({"coverage": {"everywhere": false, "zones": [{"kind": "commune", "code": "75056"}]}})).await;
        assert!(found("postcode=75001").await && !found("postcode=59000").await);

        let problem = anybody.get("/hsds/services?proximity=100").await.fits(&document).refused(422, "required");
        assert_eq!((&problem["errors"][0]["code"], &problem["errors"][0]["pointer"]), (&json!("required"), &json!("?postcode")));
        for proximity in ["0", "100001", "x"] {
            anybody.get(&format!("/hsds/services?postcode=59000&proximity={proximity}")).await.fits(&document).with_status(422);
        }
    }
}
