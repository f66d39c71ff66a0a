//! The journals: sound after a story, broken by whoever touches them, open about who was shown what.

use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::tools::{errors, number, sequenced};
use crate::world::{Client, World};

const SERVICE: &str = "Accompagnement renforcé";

/// A referral with a life, so that both journals have something to say.
async fn story(world: &World) -> String {
    let service = world.service(SERVICE).await;
    let referral = world.prescriber().refers(&service, "Journal").await;
    world.operator().accepts(&referral).await;
    world.operator().completes(&referral).await;
    world.mails_arrive().await;
    referral
}

async fn id_at(database: &DatabaseConnection, table: &str, position: i64) -> Uuid {
    let sql = format!("SELECT id FROM {table} WHERE position = {position}");
    let statement = Statement::from_string(database.get_database_backend(), sql);
    database.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}

/// Runs the check; it must find nothing.
#[track_caller]
fn sound(world: &World) -> Value {
    let verified = world.copy.tells(&["audit", "verify", "--json"]);
    assert_eq!(verified["ok"], true, "{verified}");
    verified
}

/// Runs the check; it must find something.
#[track_caller]
fn broken(world: &World) -> Value {
    let output = world.copy.runs(&["audit", "verify", "--json"]);
    assert_eq!(output.status.code(), Some(2), "{}", errors(&output));
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["ok"], false);
    assert!(errors(&output).contains(&format!("position {}", found["position"])), "{}", errors(&output));
    found
}

/// What the access journal says of one request.
async fn accesses(world: &World, request: &str) -> Vec<Value> {
    let page = world.persona("platform_admin").get("/v1/audit/accesses?limit=200").await.good();
    let of_request = |entry: &&Value| entry["request_id"] == request;
    page["items"].as_array().unwrap().iter().filter(of_request).cloned().collect()
}

fn named(client: &Client, request: &str) -> Client {
    client.with("x-request-id", request)
}

/// The same kind of tampering in each place of a journal: column by column, then the row itself.
async fn tampered(world: &World, database: &DatabaseConnection, table: &str, journal: &str, columns: &[&str]) {
    let places = number(database, &format!("SELECT max(position) FROM {table}")).await;
    for (step, column) in columns.iter().enumerate() {
        let position = 1 + (places - 1) * i64::try_from(step).unwrap() / i64::try_from(columns.len()).unwrap();
        let id = id_at(database, table, position).await;
        let changes = [format!("{column} = {column} || 'x'"), format!("{column} = substr({column}, 1, length({column}) - 1)")];
        let set = async |change: &str| {
            let done = database.execute_unprepared(&format!("UPDATE {table} SET {change} WHERE position = {position}")).await.unwrap();
            assert_eq!(done.rows_affected(), 1);
        };
        set(&changes[0]).await;
        let found = broken(world);
        assert_eq!((&found["journal"], &found["position"], &found["id"]), (&json!(journal), &json!(position), &json!(id)), "{column}");
        set(&changes[1]).await;
    }
    sound(world);
}

both! {
    async fn both_journals_are_sound_after_a_story(world) {
        let referral = story(world).await;
        let database = world.copy.connect().await;
        sequenced(&database).await;
        let verified = sound(world);
        assert_eq!(verified["mutations"], number(&database, "SELECT count(*) FROM mutation_entry").await);
        assert_eq!(verified["accesses"], number(&database, "SELECT count(*) FROM access_entry").await);

        let page = world.persona("platform_admin").get(&format!("/v1/audit/mutations?object_id={referral}")).await.good();
        let acts: Vec<_> = page["items"].as_array().unwrap().iter().map(|entry| entry["act"].as_str().unwrap()).collect();
        assert_eq!(acts, ["complete", "accept", "send", "created"]);
        assert!(!page.to_string().contains("Journal"), "the journal's list shows a value");
    }

    async fn a_changed_row_is_named(world) {
        story(world).await;
        let database = world.copy.connect().await;
        sequenced(&database).await;
        sound(world);
        tampered(world, &database, "mutation_entry", "mutation", &["seal", "request_id", "object_kind", "act", "actor_kind"]).await;
        tampered(world, &database, "access_entry", "access", &["seal", "request_id", "operation", "outcome", "object_kind", "actor_kind"]).await;

        let kept = "SELECT max(e.position) FROM mutation_entry e JOIN mutation_value v ON v.entry_id = e.id WHERE v.field = 'state' AND e.object_kind = 'referral'";
        let position = number(&database, kept).await;
        let of_entry = format!("entry_id = (SELECT id FROM mutation_entry WHERE position = {position}) AND field = 'state'");
        for (change, back) in [
            ("after = '\"refused\"'", "after = '\"completed\"'"),
            ("before = '\"sent\"'", "before = '\"accepted\"'"),
            ("salt = salt || '0'", "salt = substr(salt, 1, length(salt) - 1)"),
            ("field = 'other'", ""),
        ] {
            let done = database.execute_unprepared(&format!("UPDATE mutation_value SET {change} WHERE {of_entry}")).await.unwrap();
            assert_eq!(done.rows_affected(), 1, "{change}");
            let found = broken(world);
            let id = id_at(&database, "mutation_entry", position).await;
            assert_eq!((&found["journal"], &found["position"], &found["id"]), (&json!("mutation"), &json!(position), &json!(id)), "{change}");
            if !back.is_empty() {
                database.execute_unprepared(&format!("UPDATE mutation_value SET {back} WHERE {of_entry}")).await.unwrap();
                sound(world);
            }
        }
    }

    async fn a_row_that_was_taken_out_or_put_in_is_missed(world) {
        story(world).await;
        let database = world.copy.connect().await;
        sequenced(&database).await;
        let last = number(&database, "SELECT max(position) FROM access_entry").await;
        for position in [last, 1] {
            database.execute_unprepared(&format!("DELETE FROM access_entry WHERE position = {position}")).await.unwrap();
            let found = broken(world);
            assert_eq!((&found["journal"], &found["position"]), (&json!("access"), &json!(position)));
        }
        let end = number(&database, "SELECT last_position FROM sequence_state WHERE name = 'mutation'").await;
        database.execute_unprepared("UPDATE sequence_state SET last_position = last_position - 1 WHERE name = 'mutation'").await.unwrap();
        let found = broken(world);
        assert_eq!((&found["journal"], &found["position"]), (&json!("mutation"), &json!(end - 1)));
    }

    async fn erased_values_do_not_break_the_chain(world) {
        let referral = story(world).await;
        let database = world.copy.connect().await;
        sequenced(&database).await;
        let before = sound(world);
        let erase = "DELETE FROM mutation_value WHERE entry_id IN (SELECT id FROM mutation_entry WHERE object_kind IN ('person', 'referral', 'consent'))";
        let erased = database.execute_unprepared(erase).await.unwrap().rows_affected();
        assert!(erased > 50, "{erased}");
        assert_eq!(sound(world)["mutations"], before["mutations"]);
        let page = world.persona("platform_admin").get(&format!("/v1/audit/mutations?object_id={referral}")).await.good();
        assert!(page["items"][0]["fields"].as_array().unwrap().contains(&json!("state")), "the names of fields stay");
    }

    async fn who_was_shown_what_is_written_before_the_answer(world) {
        let service = world.service(SERVICE).await;
        let referral = world.prescriber().refers(&service, "Regard").await;
        let path = format!("/v1/referrals/{referral}");

        let read = named(&world.operator(), "detail-1").get(&path).await;
        let entries = accesses(world, "detail-1").await;
        assert_eq!(entries.len(), 1, "{entries:?}");
        let entry = &entries[0];
        assert_eq!((&entry["outcome"], &entry["operation"], &entry["object_kind"]), (&json!("shown"), &json!("read_referral"), &json!("referral")));
        assert_eq!(entry["object_ids"], json!([referral]));
        assert_eq!(entry["actor_id"], world.copy.persona("operator")["user_id"]);
        assert_eq!(entry["organisation_id"], world.copy.persona("operator")["organisation_id"]);
        for category in ["identity", "contact", "social"] {
            assert!(entry["categories"].as_array().unwrap().contains(&json!(category)), "{entry}");
        }

        let unchanged = named(&world.operator(), "unchanged-1").with("if-none-match", &read.etag()).get(&path).await;
        assert_eq!(unchanged.status, 304);
        assert_eq!(accesses(world, "unchanged-1").await, Vec::<Value>::new(), "a 304 shows nothing");

        let list = named(&world.operator(), "list-1").get("/v1/referrals?box=to_handle&limit=200").await.good();
        let entries = accesses(world, "list-1").await;
        assert_eq!(entries.len(), 1, "{entries:?}");
        let shown: Vec<_> = list["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect();
        assert!(shown.contains(&json!(referral)));
        assert_eq!(entries[0]["object_ids"], json!(shown));
        assert!(entries[0]["categories"].as_array().unwrap().contains(&json!("identity")), "{entries:?}");

        for (request, path) in [("counts-1", "/v1/inbox"), ("counts-2", "/v1/referrals/board")] {
            named(&world.operator(), request).get(path).await.good();
            assert_eq!(accesses(world, request).await, Vec::<Value>::new(), "{path}");
        }
        named(&world.persona("operator_2"), "foreign-1").get(&path).await.refused(404, "not_found");
        assert_eq!(accesses(world, "foreign-1").await, Vec::<Value>::new(), "nothing was there for them");
    }

    async fn a_refusal_on_an_existing_row_is_written_once(world) {
        let service = world.service(SERVICE).await;
        let referral = world.prescriber().refers(&service, "Refus").await;
        for (request, act) in [("refused-1", "accept"), ("refused-2", "assign"), ("refused-3", "archive"), ("refused-4", "refuse")] {
            let body = match act {
                "refuse" => json!({"codes": ["no_capacity"]}),
                "archive" => json!({"reason": "other"}),
                _ => json!({}),
            };
            let reader = named(&world.persona("reader"), request);
            reader.post(&format!("/v1/referrals/{referral}/{act}"), body).await.refused(403, "permission_missing");
            let entries = accesses(world, request).await;
            assert_eq!(entries.len(), 1, "{act}: {entries:?}");
            assert_eq!((&entries[0]["outcome"], &entries[0]["object_ids"]), (&json!("refused"), &json!([referral])), "{act}");
            assert_eq!(entries[0]["categories"], json!([]), "{act}");
        }
    }
}
