//! Tools that speak data·inclusion read the directory, as everybody may.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{COACHING, edits_service};
use crate::world::feed::told;
use crate::world::tools::until;
use crate::world::{Client, Document, World};

const BASE: &str = "/data-inclusion/v1";

/// The records that the demo imported.
fn imported(kind: &str) -> Vec<Value> {
    let text = match kind {
        "structures" => include_str!("../../../demo/structures.json"),
        _ => include_str!("../../../demo/services.json"),
    };
    serde_json::from_str(text).unwrap()
}

/// The texts of a list of codes; none when it is not told.
fn codes<'a>(record: &'a Value, field: &str) -> Vec<&'a str> {
    record[field].as_array().into_iter().flatten().map(|code| code.as_str().unwrap()).collect()
}

fn id_of(record: &Value) -> String {
    record["id"].as_str().unwrap().to_owned()
}

/// What is told of a record, without what this API adds.
fn as_imported(record: &Value) -> Map<String, Value> {
    let mut told = told(record);
    for added in ["score_qualite", "doublons", "services", "structure"] {
        told.remove(added);
    }
    told
}

/// A page that is what the document promises.
async fn page(who: &Client, document: &Document, path: &str) -> Value {
    who.get(&format!("{BASE}/{path}")).await.with_status(200).fits(document).body
}

/// All records that a question finds.
async fn all(who: &Client, document: &Document, path: &str) -> Vec<Value> {
    let page = page(who, document, &format!("{path}{}size=1000", if path.contains('?') { "&" } else { "?" })).await;
    let items = page["items"].as_array().unwrap().clone();
    assert_eq!((&page["total"], page["pages"].as_u64().unwrap()), (&json!(items.len()), u64::from(!items.is_empty())), "{path}");
    items
}

/// The ids of records of the demo.
fn of_demo(records: &[Value]) -> BTreeSet<String> {
    records.iter().filter(|record| record["source"] == "relais-demo").map(id_of).collect()
}

/// A world whose search is ready.
async fn searching(world: &World) -> (Client, Document) {
    let (anybody, document) = (world.anybody(), world.document().await);
    until("search is ready", Duration::from_mins(1), async || anybody.get(&format!("{BASE}/search/services?size=1")).await.status == 200)
        .await;
    (anybody, document)
}

/// Kilometres between two points on a sphere.
fn kilometres(from: (f64, f64), to: (f64, f64)) -> f64 {
    let half = |a: f64, b: f64| ((b - a).to_radians() / 2.0).sin().powi(2);
    let sine = half(from.0, to.0) + from.0.to_radians().cos() * to.0.to_radians().cos() * half(from.1, to.1);
    2.0 * 6371.0 * sine.sqrt().asin()
}

/// Who is wanted, by the words of records.
type Wanted = (&'static str, fn(&Value) -> bool);

const SERVICES: &[Wanted] = &[
    ("thematiques=mobilite--preparer-un-permis", |one| codes(one, "thematiques").contains(&"mobilite--preparer-un-permis")),
    ("thematiques=mobilite&thematiques=sante--addictions", |one| {
        codes(one, "thematiques").iter().any(|code| code.starts_with("mobilite--") || *code == "sante--addictions")
    }),
    ("publics=jeunes", |one| codes(one, "publics").iter().any(|code| ["jeunes", "tous-publics"].contains(code))),
    ("publics=tous-publics", |_| true),
    ("frais=payant", |one| one["frais"] == "payant"),
    ("modes_accueil=a-distance", |one| codes(one, "modes_accueil").contains(&"a-distance")),
    ("modes_accueil=en-presentiel&frais=gratuit", |one| {
        codes(one, "modes_accueil").contains(&"en-presentiel") && one["frais"] == "gratuit"
    }),
    ("types=atelier&types=formation", |one| one["type"] == "atelier" || one["type"] == "formation"),
    ("sources=relais-demo", |_| true),
    ("sources=dora", |_| false),
    ("code_commune=59350", |one| one["code_insee"] == "59350"),
    ("code_departement=38", |one| one["code_insee"].as_str().is_some_and(|code| code.starts_with("38"))),
    ("code_region=32&types=atelier", |one| {
        one["code_insee"].as_str().is_some_and(|code| code.starts_with("59")) && one["type"] == "atelier"
    }),
    ("code_region=32&code_departement=38", |_| false),
];

const STRUCTURES: &[Wanted] = &[
    ("reseaux_porteurs=mobin", |one| codes(one, "reseaux_porteurs").contains(&"mobin")),
    ("reseaux_porteurs=mobin&reseaux_porteurs=plie", |one| {
        codes(one, "reseaux_porteurs").iter().any(|code| ["mobin", "plie"].contains(code))
    }),
    ("code_departement=69", |one| one["code_insee"].as_str().is_some_and(|code| code.starts_with("69"))),
    ("code_region=84&code_departement=38", |one| one["code_insee"].as_str().is_some_and(|code| code.starts_with("38"))),
    ("code_commune=59350", |one| one["code_insee"] == "59350"),
    ("sources=relais-demo", |_| true),
];

both! {
    async fn records_are_told_as_they_were_imported(world) {
        let (anybody, document) = (world.anybody(), world.document().await);
        for kind in ["structures", "services"] {
            let told = all(&anybody, &document, kind).await;
            let keys = |record: &Value| record.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
            for record in &told {
                assert_eq!(keys(record), keys(&told[0]), "every key is always there");
            }
            for record in imported(kind) {
                let found = told.iter().find(|one| one["id"] == record["id"]).unwrap_or_else(|| panic!("no {}", record["id"]));
                assert_eq!(as_imported(found), crate::world::feed::told(&record));
            }
        }
        for service in imported("services").iter().take(20) {
            let read = page(&anybody, &document, &format!("services/{}", id_of(service))).await;
            assert_eq!((as_imported(&read), &read["structure"]["id"]), (crate::world::feed::told(service), &service["structure_id"]));
        }
        for structure in imported("structures").iter().take(20) {
            let read = page(&anybody, &document, &format!("structures/{}", id_of(structure))).await;
            let mine = imported("services").into_iter().filter(|service| service["structure_id"] == structure["id"]);
            assert_eq!(as_imported(&read), crate::world::feed::told(structure));
            assert_eq!(of_demo(read["services"].as_array().unwrap()), of_demo(&mine.collect::<Vec<_>>()));
        }
        for nothing in ["services/unknown--1", "structures/unknown--1", "services/relais--0192f4e6-0000-7000-8000-00000000dead", "doc/topics"] {
            anybody.get(&format!("{BASE}/{nothing}")).await.fits(&document).refused(404, "not_found");
        }
    }

    async fn pages_have_numbers(world) {
        let (anybody, document) = searching(world).await;
        for list in ["structures", "services", "search/services"] {
            let first = page(&anybody, &document, &format!("{list}?size=20")).await;
            let (total, pages) = (first["total"].as_u64().unwrap(), first["pages"].as_u64().unwrap());
            assert!(total > 40 && pages == total.div_ceil(20), "{list}: {total} in {pages}");
            let mut found = vec![];
            for number in 1..=pages {
                let page = page(&anybody, &document, &format!("{list}?size=20&page={number}")).await;
                assert_eq!((&page["page"], &page["size"], &page["total"]), (&json!(number), &json!(20), &json!(total)));
                found.extend(page["items"].as_array().unwrap().iter().map(|one| id_of(one.get("service").unwrap_or(one))));
            }
            assert_eq!((found.len() as u64, found.iter().collect::<BTreeSet<_>>().len()), (total, found.len()), "{list}: each once");
            let beyond = page(&anybody, &document, &format!("{list}?size=20&page={}", pages + 1)).await;
            assert_eq!((&beyond["items"], &beyond["total"]), (&json!([]), &json!(total)));
            assert_eq!(page(&anybody, &document, list).await["size"], 100);
            for refused in ["page=0", "size=0", "size=1001", "page=x", "limit=5", "exclure_doublons=true", "page=1&page=2"] {
                let answer = anybody.get(&format!("{BASE}/{list}?{refused}")).await.fits(&document);
                assert_eq!(answer.status, 422, "{list} {refused}: {}", answer.text);
            }
        }
    }

    async fn filters_ask_in_national_codes(world) {
        let (anybody, document) = searching(world).await;
        for (kind, wanted) in [("services", SERVICES), ("structures", STRUCTURES)] {
            for (question, fits) in wanted {
                let expected: Vec<Value> = imported(kind).into_iter().filter(fits).collect();
                let found = all(&anybody, &document, &format!("{kind}?{question}")).await;
                assert_eq!(of_demo(&found), of_demo(&expected), "{kind}?{question}");
            }
        }
        for (question, fits) in SERVICES.iter().filter(|(question, _)| !question.starts_with("code_")) {
            let found = all(&anybody, &document, &format!("search/services?{question}")).await;
            let found: Vec<Value> = found.into_iter().map(|one| one["service"].clone()).collect();
            let expected: Vec<Value> = imported("services").into_iter().filter(fits).collect();
            // Search also finds for an audience what tells none.
            let silent: Vec<Value> = imported("services").into_iter().filter(|one| one["publics"].is_null() && question.starts_with("publics")).collect();
            assert_eq!(of_demo(&found), of_demo(&[expected, silent].concat()), "search {question}");
        }
        let city: Vec<Value> = imported("services").into_iter().filter(|one| one["code_insee"].as_str().is_some_and(|code| code.starts_with("6938"))).collect();
        assert_eq!(of_demo(&all(&anybody, &document, "services?code_commune=69123").await), of_demo(&city), "a city is its arrondissements");
        for unknown in ["thematiques=jardin", "publics=everyone", "frais=free", "modes_accueil=both", "types=support", "code_region=99", "code_departement=20"] {
            anybody.get(&format!("{BASE}/services?{unknown}")).await.fits(&document).refused(422, "unknown_code");
        }
        anybody.get(&format!("{BASE}/structures?reseaux_porteurs=nobody")).await.with_status(422);
    }

    async fn a_search_finds_the_nearest_first(world) {
        let (anybody, document) = searching(world).await;
        let here = (50.6292, 3.0573);
        let near = all(&anybody, &document, &format!("search/services?code_commune=59350&lat={}&lon={}", here.0, here.1)).await;
        let distances: Vec<Option<u64>> = near.iter().map(|one| one["distance"].as_u64()).collect();
        let told = distances.iter().take_while(|distance| distance.is_some()).count();
        assert!(told > 10 && told < distances.len() && distances[told..].iter().all(Option::is_none), "{distances:?}");
        assert!(distances[..told].is_sorted() && distances[..told].iter().all(|km| km.unwrap() <= 50), "{distances:?}");
        for one in &near[..told] {
            let service = &one["service"];
            let km = kilometres(here, (service["latitude"].as_f64().unwrap(), service["longitude"].as_f64().unwrap()));
            let whole = one["distance"].as_f64().unwrap();
            assert!((km - whole).abs() < 0.51, "{}: {km} is no {whole}", service["id"]);
        }
        for one in &near[told..] {
            assert!(codes(&one["service"], "modes_accueil").contains(&"a-distance"), "{one}");
        }
        assert_eq!(near[0]["service"]["structure"]["id"], near[0]["service"]["structure_id"]);
        let everywhere = all(&anybody, &document, "search/services").await;
        assert!(everywhere.len() > near.len() && everywhere.iter().all(|one| one["distance"].is_null()));
        let good = all(&anybody, &document, "search/services?score_qualite_minimum=0.8").await;
        let score = |one: &Value| one["service"]["score_qualite"].as_f64().unwrap();
        assert_eq!(good.len(), everywhere.iter().filter(|one| score(one) >= 0.8).count());
        assert!(!good.is_empty() && good.len() < everywhere.len() && good.iter().all(|one| score(one) >= 0.8));
        for (refused, code) in [("lat=50.6", "lat_lon_together"), ("lon=3.1", "lat_lon_together"), ("code_commune=99999", "unknown_code")] {
            anybody.get(&format!("{BASE}/search/services?{refused}")).await.fits(&document).refused(422, code);
        }
    }

    async fn what_is_written_here_has_an_id_of_here_and_nothing_private_is_told(world) {
        let (anybody, document) = searching(world).await;
        let id = world.service(COACHING).await;
        let record = all(&anybody, &document, "services").await.into_iter().find(|one| one["nom"].as_str().unwrap().starts_with(COACHING)).unwrap();
        assert!(record["courriel"].is_string());
        edits_service(world, &id, json!({"contact": {"name": "Ligne privée", "email": "prive@tremplin-lillois.example.org", "phone": "0320999999", "public": false}})).await;
        let admin = world.persona("admin");
        let whole = json!({
            "name": "Atelier du jeudi", "kind": "workshop", "summary": "Tous les jeudis.", "reception": "remote", "fee": "free",
            "topics": ["numerique--acquerir-un-equipement"], "coverage": {"everywhere": true, "zones": []}, "update_frequency": "yearly",
            "contact": {"name": "Ligne privée", "email": "prive@tremplin-lillois.example.org", "public": false}
        });
        let made = admin.post("/v1/services", whole).await.with_status(201).good()["id"].as_str().unwrap().to_owned();
        anybody.get(&format!("{BASE}/services/relais--{made}")).await.refused(404, "not_found");
        admin.does_to_service("publish", &made).await.good();
        let own = page(&anybody, &document, &format!("services/relais--{made}")).await;
        assert_eq!((&own["id"], &own["description"], &own["structure_id"]), (&json!(format!("relais--{made}")), &json!("Tous les jeudis."), &own["structure"]["id"]));
        assert_eq!((&own["source"], &own["zone_eligibilite"]), (&own["structure"]["source"], &json!(["france"])));
        let structure = page(&anybody, &document, &format!("structures/{}", id_of(&own["structure"]))).await;
        assert!(structure["services"].as_array().unwrap().iter().any(|one| one["id"] == own["id"]));
        let questions = ["services?size=1000", "search/services?size=1000", &format!("services/{}", id_of(&record)), &format!("structures/{}", id_of(&own["structure"]))];
        for question in questions {
            let text = anybody.get(&format!("{BASE}/{question}")).await.fits(&document).with_status(200).text;
            assert!(!text.contains("Ligne privée") && !text.contains("prive@") && !text.contains("0320999999") && !text.contains("320999999"), "{question}");
        }
        let blank = page(&anybody, &document, &format!("services/{}", id_of(&record))).await;
        assert_eq!(["contact_nom_prenom", "courriel", "telephone"].map(|field| &blank[field]), [&Value::Null; 3]);
        admin.does_to_service("suspend", &made).await.good();
        anybody.get(&format!("{BASE}/services/relais--{made}")).await.refused(404, "not_found");
        assert!(!of_all(&all(&anybody, &document, "search/services").await).contains(&id_of(&own)));
    }

    async fn sources_and_codes_are_told(world) {
        let (anybody, document) = (world.anybody(), world.document().await);
        let sources = page(&anybody, &document, "sources").await;
        let slugs: Vec<&str> = sources.as_array().unwrap().iter().map(|source| source["slug"].as_str().unwrap()).collect();
        assert!(slugs.contains(&"relais-demo") && slugs.is_sorted(), "{slugs:?}");
        for slug in &slugs {
            assert!(!all(&anybody, &document, &format!("structures?sources={slug}")).await.is_empty(), "{slug}");
        }
        let lists = [
            ("thematiques", "mobilite--preparer-un-permis"), ("categories", "mobilite"), ("publics", "tous-publics"), ("types-services", "aide-financiere"),
            ("frais", "gratuit"), ("modes-accueil", "a-distance"), ("modes-mobilisation", "se-presenter"), ("personnes-mobilisatrices", "usagers"),
            ("reseaux-porteurs", "ccas-cias"),
        ];
        for (list, value) in lists {
            let answer = anybody.get(&format!("{BASE}/doc/{list}")).await.with_status(200).fits(&document);
            let entries = answer.body.as_array().unwrap();
            assert!(entries.iter().any(|entry| entry["value"] == value), "{list}: {entries:?}");
            assert!(entries.iter().all(|entry| entry["label"].is_string() && entry.get("description").is_some()), "{list}");
            anybody.with("if-none-match", &answer.etag()).get(&format!("{BASE}/doc/{list}")).await.with_status(304);
        }
        let foreign = anybody.with("origin", "https://elsewhere.example.org");
        assert_eq!(foreign.get(&format!("{BASE}/doc/frais")).await.header("access-control-allow-origin"), "*");
        let free = page(&anybody, &document, "doc/frais").await[0].clone();
        assert_eq!((&free["value"], &free["label"]), (&json!("gratuit"), &json!("Gratuit")));
    }
}

/// The ids of what a search found.
fn of_all(found: &[Value]) -> BTreeSet<String> {
    found.iter().map(|one| id_of(&one["service"])).collect()
}
