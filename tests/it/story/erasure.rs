//! Being forgotten: on demand and by the clock, proved by looking for planted words wherever something could be kept.

use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};
use serde_json::json;

use super::{COACHING, form};
use crate::world::tools::{number, sequenced};
use crate::world::{Engine, World};

/// Words that stand nowhere but with the one person.
const PLANTED: &[&str] = &[
    "Zorglub",
    "zorglub",
    "Quetzalina",
    "quetzalina",
    "0639987654",
    "639987654",
    "plante@example",
    "12345678901",
    "RaisonPlantee",
    "SituationPlantee",
    "MessagePlante",
    "NotePlantee",
    "IssuePlantee",
    "MotifPlante",
];

async fn texts(database: &DatabaseConnection, sql: &str) -> Vec<String> {
    let rows = database.query_all_raw(Statement::from_string(database.get_database_backend(), sql)).await.unwrap();
    rows.iter().filter_map(|row| row.try_get_by_index::<Option<String>>(0).unwrap()).collect()
}

/// Every column of every table, as text.
async fn columns(world: &World, database: &DatabaseConnection) -> Vec<(String, String)> {
    let question = match world.engine {
        Engine::Sqlite => "SELECT m.name || '/' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'",
        Engine::Postgres => "SELECT table_name || '/' || column_name FROM information_schema.columns WHERE table_schema = current_schema()",
    };
    let split = |name: String| name.split_once('/').map(|(table, column)| (table.to_owned(), column.to_owned())).unwrap();
    texts(database, question).await.into_iter().map(split).collect()
}

/// Where planted words stand in the database.
async fn found_in_rows(world: &World, database: &DatabaseConnection) -> Vec<String> {
    let mut found = vec![];
    for (table, column) in columns(world, database).await {
        for word in PLANTED {
            let sql = format!("SELECT count(*) FROM \"{table}\" WHERE CAST(\"{column}\" AS text) LIKE '%{word}%'");
            if number(database, &sql).await > 0 {
                found.push(format!("{table}.{column}: {word}"));
            }
        }
    }
    found
}

/// Where planted words stand in the files of the installation: the database's own, its log, blobs, mails.
fn found_in_files(world: &World) -> Vec<String> {
    let (mut folders, mut found) = (vec![world.copy.folder.clone()], vec![]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            let held = PLANTED.iter().filter(|word| bytes.windows(word.len()).any(|window| window == word.as_bytes()));
            found.extend(held.map(|word| format!("{}: {word}", path.display())));
        }
    }
    found
}

/// A referral with a life, planted everywhere: form, thread, filing, outcome, mails, a changed contact.
async fn planted(world: &World) -> (String, String) {
    let (prescriber, operator) = (world.prescriber(), world.operator());
    let planted = json!({
        "person": {"given_name": "Quetzalina", "email": "plante@example.org", "phone": "0639987654", "employment_number": "12345678901"},
        "reason": "RaisonPlantee", "situation": "SituationPlantee"
    });
    let draft = prescriber.drafts_form(form(&world.service(COACHING).await, "Zorglub", planted)).await;
    prescriber.changes(&draft, json!({"criteria_note": "NotePlantee"})).await.good();
    prescriber.does_with("send", &draft, json!({"override_reason": "MotifPlante"})).await.good();
    operator.accepts(&draft).await;
    operator.writes(&draft, json!({"body": "MessagePlante", "to": ["sender", "person"]})).await.with_status(201);
    world.mails_arrive().await;
    operator.does_with("complete", &draft, json!({"outcome": "partly", "text": "IssuePlantee"})).await.good();
    operator.does_with("archive", &draft, json!({"reason": "moved_away", "note": "NotePlantee"})).await.good();
    world.mails_arrive().await;
    let person = prescriber.reads(&draft).await.good()["identity"]["person_id"].as_str().unwrap().to_owned();
    (person, draft)
}

/// No trace is left, and the journals still vouch for what was done.
async fn nothing_is_left(world: &World, logged: bool) {
    let database = world.copy.connect().await;
    sequenced(&database).await;
    assert_eq!(found_in_rows(world, &database).await, Vec::<String>::new());
    database.close().await.unwrap();
    if logged {
        assert_eq!(found_in_files(world), Vec::<String>::new());
    }
    let verified = world.copy.tells(&["audit", "verify", "--json"]);
    assert_eq!(verified["ok"], true, "{verified}");
    for search in [json!({"name": "zorglub"}), json!({"contact": "0639987654"}), json!({"contact": "plante@example.org"})] {
        assert!(world.prescriber().searches(search.clone()).await.is_empty());
        assert!(world.operator().searches(search.clone()).await.is_empty());
        let people = world.prescriber().post("/v1/people/search", search).await.good();
        assert_eq!(people["items"], json!([]));
    }
    assert!(world.mails().await.iter().all(|mail| PLANTED.iter().all(|word| !mail.to_string().contains(word))));
}

both! {
    async fn who_asks_to_be_forgotten_leaves_no_trace_and_the_counts_stay(world) {
        let (prescriber, operator, officer) = (world.prescriber(), world.operator(), world.persona("privacy_officer"));
        let (person, referral) = planted(world).await;
        let database = world.copy.connect().await;
        assert!(found_in_rows(world, &database).await.len() > 20, "they are planted");
        database.close().await.unwrap();
        let board = prescriber.board().await;

        let path = format!("/v1/people/{person}/erase");
        let why = json!({"reason": "person_asked"});
        prescriber.post(&path, why.clone()).await.refused(403, "permission_missing");
        world.persona("colleague").post(&path, why.clone()).await.refused(404, "not_found");
        let another = form(&world.service(COACHING).await, "x", json!({"person_id": person, "person": {"family_name": null, "given_name": null}}));
        let draft = prescriber.drafts_form(another).await;
        let problem = officer.post(&path, why.clone()).await.refused(409, "open_referral");
        assert_eq!(problem["errors"][0]["params"]["count"], 1);
        prescriber.deletes(&format!("/v1/referrals/{draft}")).await.with_status(204);
        officer.post(&path, json!({"reason": "RaisonPlantee"})).await.with_status(422);
        let left = officer.post(&path, why.clone()).await.good();
        assert_eq!((&left["identity"]["family_name"], &left["contact"]["phone"], left["erased_at"].is_string()), (&json!(null), &json!(null), true));

        nothing_is_left(world, true).await;
        for side in [&prescriber, &operator] {
            let seen = side.reads(&referral).await.good();
            assert_eq!((&seen["state"], &seen["social"]["answer"]["outcome"], &seen["identity"]["family_name"]), (&json!("completed"), &json!("partly"), &json!(null)));
            assert_eq!(side.thread(&referral).await, [""]);
        }
        assert_eq!(prescriber.board().await, board, "the counts stay");
        let entry = world.persona("platform_admin").get(&format!("/v1/audit/mutations?object_id={person}&act=erase")).await.good();
        assert_eq!((&entry["items"][0]["reason"], &entry["items"][0]["actor_id"]), (&json!("person_asked"), &json!(officer.user())));
        officer.post(&path, why).await.refused(409, "person_erased");
        officer.get(&format!("/v1/people/{person}/disclosures")).await.good();
        prescriber.post("/v1/referrals", form(&world.service(COACHING).await, "x", json!({"person_id": person}))).await.refused(409, "person_erased");
    }

    async fn two_years_after_the_end_the_clock_forgets_what_was_told(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let (person, referral) = planted(world).await;
        let kept = world.persona("colleague").post("/v1/people", json!({"referral_id": referral})).await.with_status(201).good();
        let open = prescriber.refers(&world.service(COACHING).await, "Vivante").await;
        operator.accepts(&open).await;
        world.moves_on("P729D").await;
        assert_eq!(prescriber.reads(&referral).await.good()["identity"]["family_name"], "Zorglub", "not a day too early");
        world.moves_on("P2D").await;
        nothing_is_left(world, false).await;
        let seen = operator.reads(&referral).await.good();
        assert_eq!((&seen["state"], &seen["social"]["reason"], &seen["contact"]["phone"]), (&json!("completed"), &json!(null), &json!(null)));
        assert!(prescriber.get(&format!("/v1/people/{person}")).await.good()["erased_at"].is_string());
        assert!(world.persona("colleague").get(&format!("/v1/people/{}", kept["id"].as_str().unwrap())).await.good()["erased_at"].is_string());
        assert_eq!(operator.reads(&open).await.good()["identity"]["family_name"], "Vivante", "who is still helped is not forgotten");
    }

    async fn everything_that_is_held_on_a_person_is_theirs_to_have(world) {
        let (prescriber, officer) = (world.prescriber(), world.persona("privacy_officer"));
        let (person, referral) = planted(world).await;
        prescriber.does_with("archive", &referral, json!({"reason": "other", "note": "Notre note"})).await.good();
        prescriber.post(&format!("/v1/people/{person}/export"), json!({})).await.refused(400, "body_not_expected");
        let path = format!("/v1/people/{person}/export");
        prescriber.send(reqwest::Method::POST, &path, None).await.refused(403, "permission_missing");
        world.operator().send(reqwest::Method::POST, &path, None).await.refused(404, "not_found");
        let told = officer.send(reqwest::Method::POST, &path, None).await;
        for word in ["Zorglub", "Quetzalina", "0639987654", "plante@example.org", "12345678901", "RaisonPlantee", "SituationPlantee", "MessagePlante", "IssuePlantee", "Notre note"] {
            assert!(told.text.contains(word), "{word} is not there");
        }
        let told = told.good();
        assert_eq!((&told["complete"], &told["person_ids"]), (&json!(true), &json!([person])));
        for table in relais_domain::shared::data_map::kept_with_referrals() {
            let excused = relais_domain::shared::data_map::NOT_ABOUT_THE_PERSON.iter().any(|(name, _)| *name == table.name);
            assert_eq!(told["held"].get(table.name).is_some(), !excused, "{}", table.name);
        }
        let count = |table: &str| told["held"][table].as_array().unwrap().len();
        assert_eq!((count("person"), count("referral"), count("consent"), count("disclosure"), count("message")), (1, 1, 1, 2, 1));
        assert!(count("notice") > 0 && !told["accesses"].as_array().unwrap().is_empty());
        let notes: Vec<_> = told["held"]["referral_filing"].as_array().unwrap().iter().map(|row| row["note"].clone()).collect();
        assert_eq!(notes, [json!("Notre note")], "what the receiver noted for itself is the receiver's to give");
        assert!(!told.to_string().contains("token_hash") && !told.to_string().contains("_hash"));
        let entry = world.persona("platform_admin").get(&format!("/v1/audit/mutations?object_id={person}&act=export")).await.good();
        assert_eq!(entry["items"].as_array().unwrap().len(), 1);
        let shown = officer.get(&format!("/v1/people/{person}/accesses?limit=1")).await.good();
        assert!(shown["items"][0]["operation"].as_str().unwrap().starts_with("export_person"));
    }
}
