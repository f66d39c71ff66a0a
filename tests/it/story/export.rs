//! Taking referrals out: as a stream and as a file, by whoever may, and nothing that the list does not show.

mod broken;

use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};

use super::{COACHING, form};
use crate::world::tools::eventually;
use crate::world::{Client, World};

/// What of a referral a role shows.
pub const WHO: &[&str] = &["existence", "identity_min", "identity"];

/// The reader of the operators' structure, with a role of their own: to read these categories, and to take out.
pub async fn with_export(world: &World, categories: &[&str]) -> Client {
    let grants = json!([
        {"permission": "referrals:read", "scope": "organisation", "side": "both", "categories": categories},
        {"permission": "referrals:export", "scope": "organisation", "side": "received", "categories": []},
        {"permission": "audit:read", "scope": "organisation", "side": "both", "categories": []},
    ]);
    with_role(world, "Exports", grants).await
}

/// The reader of the operators' structure, with a role of their own.
pub(super) async fn with_role(world: &World, name: &str, grants: Value) -> Client {
    let admin = world.persona("admin");
    let roles = format!("/v1/organisations/{}/roles", admin.organisation());
    let role = admin.post(&roles, json!({"name": name, "grants": grants})).await.with_status(201).good()["id"].clone();
    gives(world, role).await
}

pub(super) async fn gives(world: &World, role: Value) -> Client {
    let (admin, reader) = (world.persona("admin"), world.persona("reader"));
    let own = format!("/v1/organisations/{}", admin.organisation());
    let members = admin.get(&format!("{own}/members?limit=200")).await.good();
    let member = members["items"].as_array().unwrap().iter().find(|member| member["user_id"] == reader.user()).unwrap()["id"].clone();
    let member = format!("{own}/members/{}", member.as_str().unwrap());
    let tag = admin.get(&member).await.etag();
    admin.with("if-match", &tag).put(&format!("{member}/roles"), json!({"roles": [{"role_id": role}]})).await.good();
    reader
}

/// Where an export that was asked for is read.
pub(super) fn place_of(asked: &crate::world::Answer) -> String {
    asked.header("location").trim_start_matches("http://127.0.0.1:8080").to_owned()
}

/// A CSV as rows of cells; no cell of these stories has a line end.
fn rows(text: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| {
        let (mut cells, mut quoted) = (vec![String::new()], false);
        for c in line.chars() {
            match c {
                '"' => quoted = !quoted,
                ',' if !quoted => cells.push(String::new()),
                c => cells.last_mut().unwrap().push(c),
            }
        }
        cells
    };
    text.lines().map(cells).collect()
}

/// The cell of a referral's row in a column.
fn cell<'a>(table: &'a [Vec<String>], referral: &str, column: &str) -> &'a str {
    let place = table[0].iter().position(|name| name == column).unwrap_or_else(|| panic!("no column {column}"));
    &table.iter().find(|row| row[0] == referral).unwrap_or_else(|| panic!("no row of {referral}"))[place]
}

async fn exports_in(world: &World) -> Vec<(String, i64, Option<String>)> {
    let database = world.copy.connect().await;
    let question = "SELECT state, row_count, failed_because FROM export ORDER BY created_at, id";
    let found = database.query_all_raw(Statement::from_string(database.get_database_backend(), question)).await.unwrap();
    database.close().await.unwrap();
    found.iter().map(|row| (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap(), row.try_get_by_index(2).unwrap())).collect()
}

both! {
    async fn a_list_is_taken_out_as_the_list_shows_it(world) {
        let service = world.service(COACHING).await;
        let formula = world.prescriber().refers_form(form(&service, "=HYPERLINK(1)", json!({"person": {"given_name": "Awa, \"la grande\""}}))).await;
        let plain = world.prescriber().refers(&service, "Sow").await;
        let draft = world.prescriber().drafts(&service, "Brouillon").await;
        let exporter = with_export(world, WHO).await;
        let answer = exporter.get("/v1/reports/referrals.csv?direction=received").await.with_status(200);
        assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
        assert_eq!(answer.header("content-disposition"), "attachment; filename=\"referrals.csv\"");
        assert_eq!((answer.header("content-length"), answer.header("cache-control")), ("", "no-store"), "it is sent while it is read");
        let table = rows(&answer.text);
        assert_eq!(cell(&table, &formula, "family_name"), "'=HYPERLINK(1)");
        assert_eq!(cell(&table, &formula, "given_name"), "Awa, la grande");
        assert_eq!((cell(&table, &plain, "family_name"), cell(&table, &plain, "state")), ("Sow", "sent"));
        assert!(!answer.text.contains(&draft) && !answer.text.contains("06 39"), "nothing that the list does not show");

        // The same rows in the same order as the list, for every filter.
        for filter in ["direction=received", "box=to_handle", "box=archived", "direction=received&state=accepted&state=refused", &format!("direction=received&service_id={service}")] {
            let listed = exporter.lists(filter).await;
            let taken = rows(&exporter.get(&format!("/v1/reports/referrals.csv?{filter}")).await.with_status(200).text);
            assert_eq!(taken[1..].iter().map(|row| row[0].clone()).collect::<Vec<_>>(), listed, "{filter}");
        }
        let sent = rows(&exporter.get("/v1/reports/referrals.csv?direction=sent").await.with_status(200).text);
        assert_eq!(sent.len(), 1, "the right is for what was received");
        for paging in ["limit=1", "cursor=x", "count=true", "name=Sow"] {
            exporter.get(&format!("/v1/reports/referrals.csv?{paging}")).await.refused(422, "unknown_field");
        }

        // Who sees less takes out less.
        let modest = with_export(world, &["existence"]).await;
        let masked = eventually_masked(&modest).await;
        let table = rows(&masked);
        assert!(!masked.contains("Sow") && !masked.contains("HYPERLINK"));
        assert_eq!((cell(&table, &plain, "state"), cell(&table, &plain, "family_name")), ("sent", ""));
        assert!(cell(&table, &plain, "hidden").contains("identity"));
    }

    async fn an_export_has_its_own_right_and_leaves_its_traces(world) {
        let referral = world.prescriber().refers(&world.service(COACHING).await, "Sow").await;
        for persona in ["operator", "colleague", "prescriber", "platform_admin", "admin"] {
            let who = world.persona(persona);
            who.get("/v1/reports/referrals.csv").await.refused(403, "permission_missing");
            who.post("/v1/exports", json!({"kind": "referrals", "format": "xlsx"})).await.refused(403, "permission_missing");
        }
        assert_eq!(exports_in(world).await, []);
        let exporter = with_export(world, WHO).await;
        let taken = rows(&exporter.get("/v1/reports/referrals.csv?direction=received").await.with_status(200).text);
        let count = i64::try_from(taken.len()).unwrap() - 1;
        eventually("the end is noted", async || exports_in(world).await == [("done".to_owned(), count, None)]).await;

        let readings = exporter.get(&format!("/v1/audit/accesses?object_id={referral}")).await.good();
        let reading = &readings["items"].as_array().unwrap().iter().find(|entry| entry["operation"] == "export_referrals_csv").unwrap();
        assert_eq!(reading["outcome"], "shown");
        eventually("the sequencer has placed them", async || {
            let changes = exporter.get("/v1/audit/mutations?limit=50").await.good();
            let acts = changes["items"].as_array().unwrap().iter().filter(|entry| entry["object_kind"] == "export");
            acts.map(|entry| entry["act"].as_str().unwrap().to_owned()).collect::<Vec<_>>() == ["end", "create"]
        })
        .await;
        exporter.send(reqwest::Method::HEAD, "/v1/reports/referrals.csv", None).await.with_status(200);
        assert_eq!(exports_in(world).await.len(), 1, "who only asks for the head takes nothing out");
    }

    async fn a_workbook_is_written_kept_for_a_day_and_given_to_nobody_else(world) {
        let referral = world.prescriber().refers(&world.service(COACHING).await, "Sow").await;
        let exporter = with_export(world, WHO).await;
        let listed = exporter.lists("direction=received").await.len();
        for (format, media_type) in [("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), ("csv", "text/csv; charset=utf-8")] {
            let asked = exporter.post("/v1/exports", json!({"kind": "referrals", "format": format, "filter": {"direction": "received"}})).await.with_status(202);
            let place = asked.header("location").trim_start_matches("http://127.0.0.1:8080").to_owned();
            world.moves_on("PT1M").await;
            let done = exporter.get(&place).await.good();
            assert_eq!((&done["state"], &done["row_count"]), (&json!("done"), &json!(listed)), "{done}");
            let file = exporter.get(&format!("{place}/content")).await.with_status(200);
            assert_eq!(file.header("content-type"), media_type);
            if format == "csv" {
                assert_eq!(cell(&rows(&file.text), &referral, "family_name"), "Sow");
                assert_eq!(i64::try_from(file.text.len()).unwrap(), done["byte_count"].as_i64().unwrap());
            } else {
                assert!(file.text.starts_with("PK"), "a packed workbook");
            }
            for other in ["operator", "colleague", "admin", "platform_admin", "operator_2"] {
                world.persona(other).get(&place).await.refused(404, "not_found");
                world.persona(other).get(&format!("{place}/content")).await.refused(404, "not_found");
            }
            world.moves_on("P1D").await;
            assert_eq!(exporter.get(&place).await.good()["state"], "expired");
            exporter.get(&format!("{place}/content")).await.refused(409, "export_expired");
        }
        let told = world.mails_arrive().await.into_iter().filter(|mail| mail["kind"] == "export_ready").collect::<Vec<_>>();
        assert_eq!((told.len(), &told[0]["to"]), (2, &exporter.persona["email"]), "who asked is told, once for each");
        assert!(!told[0].to_string().contains("Sow"));
        let database = world.copy.connect().await;
        assert_eq!(crate::world::tools::number(&database, "SELECT count(*) FROM export_part").await, 0);
        database.close().await.unwrap();
    }

    async fn what_a_former_holder_took_out_ends_with_its_thirty_days(world) {
        let exporter = with_export(world, WHO).await;
        let referral = world.prescriber().refers(&world.service(COACHING).await, "Passée").await;
        let lea = world.persona("operator_2");
        world.operator().hands_over(&referral, &lea).await;
        for next in lea.box_of("to_handle").await {
            lea.does("accept", &next).await;
        }
        world.moves_on("P29DT20H").await;
        let asked = exporter.post("/v1/exports", json!({"kind": "referrals", "format": "csv", "filter": {"direction": "received"}})).await.with_status(202);
        let place = asked.header("location").trim_start_matches("http://127.0.0.1:8080").to_owned();
        world.moves_on("PT1M").await;
        assert_eq!(cell(&rows(&exporter.get(&format!("{place}/content")).await.with_status(200).text), &referral, "family_name"), "Passée");
        world.moves_on("PT5H").await;
        exporter.reads(&referral).await.refused(404, "not_found");
        exporter.get(&format!("{place}/content")).await.refused(409, "export_expired");
    }

    async fn a_right_that_is_taken_away_ends_what_was_asked_for(world) {
        let exporter = with_export(world, WHO).await;
        let asked = exporter.post("/v1/exports", json!({"kind": "referrals", "format": "csv"})).await.with_status(202);
        let place = asked.header("location").trim_start_matches("http://127.0.0.1:8080").to_owned();
        world.moves_on("PT1M").await;
        let admin = world.persona("admin");
        let roles = admin.get(&format!("/v1/organisations/{}/roles?limit=200", admin.organisation())).await.good();
        let modest = roles["items"].as_array().unwrap().iter().find(|role| role["template"] == "reader").unwrap()["id"].clone();
        gives(world, modest).await;
        eventually("the right is gone", async || exporter.get(&place).await.status == 403).await;
        exporter.get(&format!("{place}/content")).await.refused(403, "permission_missing");
        exporter.get("/v1/reports/referrals.csv").await.refused(403, "permission_missing");
    }

    async fn exports_are_counted_in_the_database(quiet) {
        let world = World::open_with(quiet.engine, &[("RELAIS_LIMITS", "on")]).await;
        let exporter = with_export(&world, WHO).await;
        let hour = async || world.now().await.timestamp() / 3600;
        let (begun, mut taken) = (hour().await, 1);
        exporter.post("/v1/exports", json!({"kind": "referrals", "format": "csv"})).await.with_status(202);
        let late = loop {
            let answer = exporter.get("/v1/reports/referrals.csv?box=to_handle").await;
            if answer.status == 429 {
                break answer;
            }
            answer.with_status(200);
            taken += 1;
            assert!(taken <= 20, "ten an hour");
        };
        // When a new hour has begun meanwhile, there are more.
        assert!(taken == 10 || (taken > 10 && hour().await > begun), "{taken} exports");
        assert!(late.header("retry-after").parse::<i64>().unwrap() > 0);
        late.refused(429, "too_many_requests");
        let asked = exporter.post("/v1/exports", json!({"kind": "referrals", "format": "csv"})).await;
        assert!(asked.status == 429 || hour().await > begun, "{}", asked.text);
        world.close().await;
    }
}

/// What somebody takes out whose rights have just become less: they are read again within a second.
async fn eventually_masked(who: &Client) -> String {
    eventually("the new role is read", async || !who.get("/v1/reports/referrals.csv?direction=received").await.text.contains("Sow")).await;
    who.get("/v1/reports/referrals.csv?direction=received").await.with_status(200).text
}
