//! The proof of disclosure: a word is planted in each field that says something about a person, and for each recipient, mailbox, link,
//! file, event and log only those words are found that this one may see. The table stands in `disclosure/table.rs`.

mod doors;
mod plant;
mod table;
mod traces;
mod words;

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use self::doors::{Found, everywhere};
use self::plant::{Planted, plant};
use self::table::{MAILBOXES, RECIPIENTS, Row};
use self::words::{WORDS, found_in};
use super::export::{place_of, with_role};
use crate::world::{Client, World, whole};

/// What somebody found and may not, with the door; and what they should find and do not.
fn differences(who: &str, allowed: &[&[&str]], found: &Found) -> Vec<String> {
    let allowed: BTreeSet<&str> = allowed.iter().flat_map(|group| group.iter().copied()).collect();
    assert!(allowed.iter().all(|name| WORDS.iter().any(|word| word.0 == *name)), "{allowed:?} has a word that is not planted");
    let leaked = found.iter().filter(|(word, _)| !allowed.contains(*word)).map(|(word, door)| format!("{who} finds {word} at {door}"));
    let missing = allowed.iter().filter(|word| !found.contains_key(**word)).map(|word| format!("{who} does not find {word}"));
    leaked.chain(missing).collect()
}

async fn partner(world: &World) -> Client {
    let persona = world.persona("partner").persona;
    let login = json!({"grant_type": "client_credentials", "client_id": persona["client_id"], "client_secret": persona["client_secret"]});
    let token = world.anybody().post("/v1/auth/token", login).await.good();
    world.anybody().with_token(token["access_token"].as_str().unwrap())
}

/// Somebody of the table. The roles that the demo has nobody for are given to its reader, who is asked before.
async fn recipient(world: &World, name: &str, planted: &Planted) -> Client {
    let grant = |permission: &str, categories: Value| json!({"permission": permission, "scope": "organisation", "side": "both", "categories": categories});
    let is_given = async |who: &Client, door: &str| {
        crate::world::tools::eventually("the role is read", async || who.get(door).await.status == 200).await;
    };
    match name {
        "anybody" => world.anybody(),
        "partner" => partner(world).await,
        "dead_link" => planted.links[0].clone(),
        "link" => planted.links[1].clone(),
        "auditor" => {
            let who = with_role(world, "Journaux", json!([grant("audit:read", json!(["existence", "contact"]))])).await;
            is_given(&who, "/v1/audit/accesses?limit=1").await;
            who
        }
        "reception" => {
            let seen = json!(["existence", "identity_min", "contact", "identity"]);
            let grants = json!([grant("referrals:read", seen), grant("people:read", json!(["existence"]))]);
            let who = with_role(world, "Accueil", grants).await;
            is_given(&who, "/v1/people?limit=1").await;
            who
        }
        persona => world.persona(persona),
    }
}

/// The words of each mailbox.
async fn mailboxes(world: &World) -> Vec<String> {
    let mut boxes: std::collections::BTreeMap<String, Found> = std::collections::BTreeMap::new();
    for mail in world.mails().await {
        let found = boxes.entry(mail["to"].as_str().unwrap().to_owned()).or_default();
        for word in found_in(&format!("{}\n{}", whole(&mail), mail["reply_to"])) {
            found.entry(word).or_insert_with(|| format!("{} to {}", mail["kind"], mail["recipient"]));
        }
    }
    for Row(address, _) in MAILBOXES {
        boxes.entry((*address).to_owned()).or_default();
    }
    let allowed = |address: &str| MAILBOXES.iter().find(|row| row.0 == address).map(|row| row.1).unwrap_or_default();
    boxes.iter().flat_map(|(address, found)| differences(address, allowed(address), found)).collect()
}

/// What is refused is not said back: a form that is wrong all over, an act that cannot be, a person who is there twice.
async fn refusals(world: &World, planted: &Planted) -> Vec<String> {
    let all: Vec<String> = WORDS.iter().map(|word| word.1[0].trim_matches('"').to_owned()).collect();
    let wrong = json!({
        "person": {"family_name": all.join(" "), "phone": all.join(" "), "email": all.join(" "), "language": all.join(" "), "commune": all.join(" "),
                   "employment_number": all.join(" "), "statuses": all, "birth_year": "1973", "household_size": "17"},
        "reason": all, "situation": {"text": all}, "criteria": all, "criteria_note": all, "inconnu": all
    });
    let (prescriber, operator) = (world.prescriber(), world.operator());
    let first = &planted.legs[0];
    let answers = [
        prescriber.post("/v1/referrals", wrong.clone()).await,
        prescriber.changes(first, json!({"reason": "RaisonPlantee Zorglubfam"})).await,
        prescriber.post("/v1/people", wrong["person"].clone()).await,
        operator.does_with("refuse", first, json!({"codes": all, "message": "{{ RaisonPlantee }}"})).await,
        operator.does_with("archive", first, json!({"reason": "RaisonPlantee", "note": all})).await,
        operator.post("/v1/retrievals", json!({"family_name": "Zorglubfam", "booklet_number": "RaisonPlantee"})).await,
        world.persona("operator_2").post("/v1/retrievals", json!({"family_name": "Zorglubfam", "booklet_number": "999zzz"})).await,
        operator.get("/v1/referrals?name=Zorglubfam").await,
        operator.get("/v1/referrals/Zorglubfam").await,
    ];
    let mut told = vec![];
    for answer in answers {
        assert!(answer.status.is_client_error(), "{}: {}", answer.asked, answer.status);
        // The name of a parameter or field is said back, and the path: neither is a place for a word about a person.
        let text = answer.text.replace("/v1/referrals/Zorglubfam", "");
        told.extend(found_in(&text).map(|word| format!("a refusal says {word}: {} {}", answer.path, answer.text)));
    }
    told
}

/// The files that somebody takes out of lists: the pieces as they lie in the database, unpacked.
async fn files(world: &World) -> Vec<String> {
    let grant = |permission: &str, categories: Value| json!({"permission": permission, "scope": "organisation", "side": "both", "categories": categories});
    let mut wrong = vec![];
    let all = json!(["existence", "identity_min", "contact", "identity", "social", "documents"]);
    let cases: [(&str, Value, &[&str]); 2] = [
        (
            "a file of who reads all",
            all,
            &["family_name", "given_name", "birth_year", "age_band", "commune", "pause_reason", "receiver_filing"],
        ),
        ("a file of who reads existence", json!(["existence"]), &[]),
    ];
    for (what, seen, allowed) in cases {
        let who = with_role(world, what, json!([grant("referrals:read", seen.clone()), grant("referrals:export", seen)])).await;
        let masked = allowed.is_empty();
        crate::world::tools::eventually("the role is read", async || {
            let answer = who.get("/v1/reports/referrals.csv?direction=received").await;
            answer.status == 200 && answer.text.contains("Zorglubfam") != masked
        })
        .await;
        for format in ["csv", "xlsx"] {
            let asked = who.post("/v1/exports", json!({"kind": "referrals", "format": format, "filter": {"direction": "received"}})).await;
            let place = place_of(&asked.with_status(202));
            world.moves_on("PT1M").await;
            who.get(&format!("{place}/content")).await.with_status(200);
            let text = traces::file_of(world, place.rsplit('/').next().unwrap()).await;
            // A sheet has no commas between its cells.
            let text = if format == "xlsx" { text.replace(">1973<", ",1973,") } else { text };
            let found: Found = found_in(&text).map(|word| (word, format.to_owned())).collect();
            wrong.extend(differences(what, &[allowed], &found));
        }
    }
    wrong
}

both! {
    async fn each_recipient_finds_the_words_that_are_theirs_and_no_other(world) {
        let planted = plant(world).await;
        let mut wrong = vec![];
        for Row(name, allowed) in RECIPIENTS {
            let who = recipient(world, name, &planted).await;
            wrong.extend(differences(name, allowed, &everywhere(&who, &planted).await));
        }
        wrong.extend(mailboxes(world).await);
        wrong.extend(refusals(world, &planted).await);
        wrong.extend(files(world).await);
        wrong.extend(traces::outside_their_columns(world).await);
        wrong.extend(found_in(&world.program.log()).map(|word| format!("the log says {word}")));
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    async fn who_is_erased_leaves_no_word_anywhere(world) {
        let planted = plant(world).await;
        let (operator, officer, omar) = (world.operator(), world.persona("privacy_officer"), world.persona("operator_3"));
        assert!(traces::in_rows(world).await.len() > 30, "they are planted");
        assert!(traces::in_files(world).contains("file_content"), "and so is the file");
        operator.send(Method::GET, &format!("/v1/people/{}", planted.people[0]), None).await.good();
        omar.completes(&planted.legs[2]).await;
        for leg in &planted.legs {
            let (open, moved) = (world.prescriber().sees(leg).await, world.persona("operator_2"));
            match open.as_str() {
                "sent" | "under_review" | "waitlisted" => drop(world.prescriber().does("withdraw", leg).await.good()),
                "accepted" => drop(moved.completes(leg).await),
                _ => {}
            }
        }
        // Each structure forgets whom it knows: the sender's records one by one, and the receiver what it kept.
        for person in &planted.people[1..] {
            officer.post(&format!("/v1/people/{person}/erase"), json!({"reason": "person_asked"})).await.good();
        }
        world.persona("colleague").post(&format!("/v1/people/{}/erase", planted.people[0]), json!({"reason": "person_asked"})).await.good();
        world.moves_on("PT1H").await;
        let left = traces::in_rows(world).await;
        assert!(left.is_empty(), "{}", left.join("\n"));
        let left = traces::in_files(world);
        assert!(left.is_empty(), "{left:?}");
        assert_eq!(found_in(&world.program.log()).count(), 0);
        let mails = world.mails().await;
        assert_eq!(mails.iter().flat_map(|mail| found_in(&mail.to_string()).collect::<Vec<_>>()).collect::<Vec<_>>(), Vec::<&str>::new());
        for name in ["prescriber", "operator", "colleague", "operator_2", "operator_3", "privacy_officer"] {
            let found = everywhere(&world.persona(name), &planted).await;
            assert!(found.is_empty(), "{name}: {found:?}");
        }
    }
}
