//! What is never found by those who may not see it, and who sees less.

use serde_json::{Value, json};

use super::super::edits_service;
use super::{LABEL, at, both_of, drafts, found, found_sorted, ids, offers};
use crate::world::World;
use crate::world::tools::eventually;

/// Everything that search, facets and map answer to somebody about these stories' services.
async fn told(who: &crate::world::Client, question: &str) -> String {
    let list = who.get(&format!("/v1/services?label={LABEL}&limit=200&facets=true&count=true&{question}")).await.with_status(200).text;
    let map = who.get(&format!("/v1/services/map?label={LABEL}&bbox=-180,-90,180,90&{question}")).await.with_status(200).text;
    format!("{list}\n{map}")
}

/// A member of the operators' structure who holds only a role with these grants.
async fn with_only(world: &World, grants: Value) -> crate::world::Client {
    let admin = world.persona("admin");
    let own = format!("/v1/organisations/{}", admin.organisation());
    let role = admin.post(&format!("{own}/roles"), json!({"name": "À part", "grants": grants})).await.with_status(201).good()["id"].clone();
    let members = admin.get(&format!("{own}/members?limit=200")).await.good();
    let reader = world.persona("reader");
    let member = members["items"].as_array().unwrap().iter().find(|member| member["user_id"] == reader.user()).unwrap()["id"].clone();
    let member = format!("{own}/members/{}", member.as_str().unwrap());
    let tag = admin.get(&member).await.etag();
    let roles = json!({"roles": [{"role_id": role}]});
    admin.with("if-match", &tag).put(&format!("{member}/roles"), roles).await.good();
    reader
}

both! {
    async fn what_is_not_published_is_found_by_nobody(world) {
        let admin = world.persona("admin");
        drafts(world, "a draft", at(50.63, 3.05)).await;
        let suspended = offers(world, "b suspended", at(50.63, 3.05)).await;
        let archived = offers(world, "c archived", at(50.63, 3.05)).await;
        offers(world, "d published", at(50.63, 3.05)).await;
        assert_eq!(found(&world.anybody(), "").await.len(), 3);
        admin.does_to_service("suspend", &suspended).await.good();
        assert_eq!(found_sorted(&world.anybody(), "").await, ["c archived", "d published"], "at once");
        admin.does_to_service("archive", &archived).await.good();
        for who in [world.anybody(), world.prescriber(), world.operator(), world.persona("operator_2"), admin.clone(), world.persona("platform_admin")] {
            for question in ["", "commune=59350", "q=draft", "q=suspended", "q=archived", "updated_since=2020-01-01T00:00:00Z"] {
                let told = told(&who, question).await;
                assert!(!["a draft", "b suspended", "c archived"].iter().any(|name| told.contains(name)), "{question}: {told}");
            }
            assert_eq!(found(&who, "").await, ["d published"]);
        }
        for state in ["draft", "suspended", "archived"] {
            let listed = async |who: &crate::world::Client| {
                let page = who.get(&format!("/v1/services?limit=200&state={state}")).await.good();
                page["items"].as_array().unwrap().iter().filter(|item| item["labels"] == json!([LABEL])).count()
            };
            assert_eq!(listed(&admin).await, 1, "{state}: its own house");
            for other in [world.anybody(), world.prescriber(), world.persona("operator_2")] {
                assert_eq!(listed(&other).await, 0, "{state}");
            }
        }
        admin.does_to_service("publish", &suspended).await.good();
        assert_eq!(found_sorted(&world.anybody(), "").await, ["b suspended", "d published"], "and back at once");
        edits_service(world, &suspended, json!({"name": "b renamed"})).await;
        assert_eq!(found(&world.anybody(), "q=renamed").await, ["b renamed"]);
        assert_eq!(found(&world.anybody(), "q=suspended").await, Vec::<String>::new(), "the old words are gone");
    }

    async fn a_private_contact_is_in_no_answer_and_no_word_of_it_is_found(world) {
        let contact = json!({"name": "Quetzal Zorglub", "email": "quetzal@tremplin-lillois.example.org", "phone": "+33639987799", "public": false});
        offers(world, "Discret", both_of(at(50.63, 3.05), json!({"contact": contact, "form_enabled": true}))).await;
        let public = world.anybody();
        for who in [public.clone(), world.prescriber(), world.operator()] {
            let told = told(&who, "").await;
            assert!(told.contains("Discret"));
            for word in ["Quetzal", "quetzal", "Zorglub", "639987799", "39 98 77 99"] {
                assert!(!told.contains(word), "{word}: {told}");
            }
            for word in ["Quetzal", "Zorglub", "quetzal%40tremplin-lillois.example.org", "%2B33639987799", "0639987799"] {
                assert_eq!(found(&who, &format!("q={word}")).await, Vec::<String>::new(), "{word}");
            }
        }
        let line = public.get(&format!("/v1/services?label={LABEL}")).await.good()["items"][0].clone();
        assert_eq!((&line["contact_available"], &line["accepts_referrals"]), (&json!(true), &json!(true)));
    }

    async fn search_finds_what_its_reader_may_read_and_nothing_else(world) {
        let grant = |permission: &str| json!({"permission": permission, "scope": "organisation", "side": "both", "categories": ["existence"]});
        offers(world, "Le nôtre", at(50.63, 3.05)).await;
        let everything = ids(&world.anybody(), "").await;
        let own = ids(&world.anybody(), &format!("organisation={}", world.persona("admin").organisation())).await;
        assert!(!own.is_empty() && own.len() < everything.len());
        for grants in [json!([grant("services:write")]), json!([grant("directory:read")]), json!([grant("members:read")])] {
            let who = with_only(world, grants.clone()).await;
            let foreign = everything.iter().find(|id| !own.contains(id)).unwrap();
            let mut readable = vec![];
            eventually("the new role counts", async || {
                let me = who.get("/v1/me").await.good();
                me["permissions"].as_array().unwrap().contains(&grants[0]["permission"])
            })
            .await;
            for id in [foreign, &own[0]] {
                if who.get(&format!("/v1/services/{id}")).await.status == 200 {
                    readable.push(id.clone());
                }
            }
            let seen = ids(&who, "").await;
            assert_eq!(seen.contains(foreign), readable.contains(foreign), "{grants}: search and page agree on a foreign one");
            assert!(seen.contains(&own[0]) && readable.contains(&own[0]), "{grants}");
            let page = who.get("/v1/services?limit=1&count=true&facets=true").await.good();
            assert_eq!(page["count"], seen.len(), "{grants}");
            let map = who.get("/v1/services/map?bbox=-180,-90,180,90").await.good();
            let points: Vec<&str> = map["points"].as_array().unwrap().iter().map(|point| point["id"].as_str().unwrap()).collect();
            assert!(points.iter().all(|point| seen.iter().any(|id| id == point)), "{grants}");
        }
    }

    async fn what_becomes_of_an_organisation_is_seen_within_a_second(world) {
        let offered = async |question: &str| {
            let page = world.anybody().get(&format!("/v1/services?limit=200&{question}")).await.good();
            page["items"].as_array().unwrap().clone()
        };
        let refused_for = async |structure: &str| -> Vec<Value> {
            offered(&format!("organisation={structure}")).await.iter().map(|item| item["not_accepting_because"].clone()).collect()
        };
        let mut brought = None;
        for structure in world.unjoined().await {
            let reasons = refused_for(&structure).await;
            if !reasons.is_empty() && brought.is_none() {
                brought = Some((structure, reasons));
            }
        }
        let (structure, before) = brought.expect("an organisation that nobody joined and that offers something");
        let newcomer = world.newcomer("arrivee@example.org").await;
        newcomer.joins(&structure).await;
        world.persona("moderator").send(reqwest::Method::POST, &format!("/v1/organisations/{structure}/verify"), None).await.good();
        eventually("search knows that it is verified", async || {
            let line = &offered(&format!("organisation={structure}")).await[0];
            let page = world.anybody().get(&format!("/v1/services/{}", line["id"].as_str().unwrap())).await.good();
            line["not_accepting_because"] == page["not_accepting_because"] && line["organisation"] == page["organisation"] && line["organisation"]["verified"] == true
        })
        .await;
        assert_eq!(refused_for(&structure).await.len(), before.len());
    }
}
