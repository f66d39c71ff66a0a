//! Tasks: what has to be done by hand, who sees it, what to say to a person without an address, and what answers a question.

use serde_json::{Value, json};

use super::{COACHING, form};
use crate::world::tools::number;
use crate::world::{Answer, Client, ready_draft};

async fn tasks(who: &Client, query: &str) -> Vec<Value> {
    who.get(&format!("/v1/tasks?limit=200&{query}")).await.good()["items"].as_array().unwrap().clone()
}

async fn task_of(who: &Client, referral: &str, kind: &str) -> Value {
    let found = tasks(who, &format!("referral_id={referral}&kind={kind}")).await;
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].clone()
}

fn path(task: &Value) -> String {
    format!("/v1/tasks/{}", task["id"].as_str().unwrap())
}

async fn does(who: &Client, verb: &str, task: &Value) -> Answer {
    who.send(reqwest::Method::POST, &format!("{}/{verb}", path(task)), None).await
}

both! {
    async fn a_person_without_an_address_is_told_by_the_sender_in_the_words_of_the_mail(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let referral = prescriber.refers(&world.service(COACHING).await, "Sow").await;
        let told = prescriber.reads(&referral).await;
        let tag = told.etag();
        let told = told.good()["tell_the_person"].clone();
        assert_eq!(told["say"].as_array().unwrap().len(), 1);
        assert!(told["say"][0]["text"].as_str().unwrap().contains("Accompagnement renforcé"), "{told}");
        assert_eq!(operator.reads(&referral).await.good()["tell_the_person"], json!(null), "the sender's task");
        operator.accepts(&referral).await;
        assert_eq!(prescriber.with("if-none-match", &tag).reads(&referral).await.status, 200);
        let say = prescriber.reads(&referral).await.good()["tell_the_person"]["say"].clone();
        let kinds: Vec<&str> = say.as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["sent_to_person", "accepted"], "one task, two things to say");

        let task = task_of(&prescriber, &referral, "tell_the_person").await;
        assert_eq!((&task["state"], &task["late"], &task["say"]), (&json!("open"), &json!(false), &json!(null)), "a list says nothing of the person");
        let read = prescriber.get(&path(&task)).await.with_status(200);
        assert_eq!(read.body["say"], say);
        operator.get(&path(&task)).await.refused(404, "not_found");
        world.persona("prescriber_2").get(&path(&task)).await.refused(404, "not_found");
        does(&operator, "done", &task).await.refused(404, "not_found");
        assert!(tasks(&operator, &format!("referral_id={referral}")).await.is_empty());

        world.moves_on("P4D").await;
        assert_eq!(prescriber.get(&path(&task)).await.good()["late"], true);
        assert_eq!(prescriber.line("direction=sent", &referral).await["overdue"], true);
        assert_eq!(operator.line("box=in_charge", &referral).await["overdue"], false, "late at the sender's");
        let done = |version: &str| prescriber.with("if-match", version);
        does(&done("\"99.0.fr\""), "done", &task).await.refused(412, "version_changed");
        let ticked = does(&prescriber, "done", &task).await.good();
        assert_eq!((&ticked["state"], &ticked["done_by"], &ticked["say"]), (&json!("done"), &json!(prescriber.user()), &json!(null)));
        does(&prescriber, "done", &task).await.refused(409, "task_done_already");
        let seen = prescriber.reads(&referral).await.good();
        assert_eq!((&seen["tell_the_person"], &seen["overdue"]), (&json!(null), &json!(false)));
        does(&prescriber, "reopen", &task).await.good();
        does(&prescriber, "reopen", &task).await.refused(409, "task_not_done");
        does(&prescriber, "done", &task).await.good();
        operator.completes(&referral).await;
    }

    async fn a_task_is_opened_again_by_its_own_and_while_no_other_of_its_kind_is_open(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let referral = prescriber.refers(&world.service(COACHING).await, "Sow").await;
        operator.does("waitlist", &referral).await.good();
        world.moves_on("P61D").await;
        let first = task_of(&prescriber, &referral, "waitlist_question").await;
        let tried = prescriber.send(reqwest::Method::POST, &format!("{}/done?dry_run=true", path(&first)), None).await.good();
        assert_eq!((&tried["would"], &tried["id"]), (&json!("finish"), &first["id"]));
        assert_eq!(prescriber.get(&path(&first)).await.good()["state"], "open", "a dry run changes nothing");
        does(&prescriber, "done", &first).await.good();
        does(&prescriber, "done?dry_run=true", &first).await.refused(409, "task_done_already");
        for stranger in [&operator, &world.persona("operator_3"), &world.persona("prescriber_2"), &world.persona("platform_admin")] {
            does(stranger, "reopen", &first).await.refused(404, "not_found");
        }
        assert_eq!(prescriber.get(&path(&first)).await.good()["state"], "done");
        assert_eq!(does(&prescriber, "reopen?dry_run=true", &first).await.good()["would"], "reopen");
        world.moves_on("P60D").await;
        let open = tasks(&prescriber, &format!("referral_id={referral}&kind=waitlist_question&state=open")).await;
        assert!(open.len() == 1 && open[0]["id"] != first["id"], "it was asked again");
        does(&prescriber, "reopen", &first).await.refused(409, "another_task_open");
        does(&prescriber, "done", &open[0]).await.good();
        does(&prescriber, "reopen", &first).await.good();
    }

    async fn words_that_the_reader_has_already_are_not_noted_again(world) {
        let prescriber = world.prescriber();
        let referral = prescriber.refers(&world.service(COACHING).await, "Sow").await;
        let task = task_of(&prescriber, &referral, "tell_the_person").await;
        let database = world.copy.connect().await;
        let noted = async || number(&database, "SELECT count(*) FROM access_entry WHERE operation LIKE 'read_task %'").await;
        let read = prescriber.get(&path(&task)).await.with_status(200);
        assert_eq!(noted().await, 1);
        prescriber.with("if-none-match", &read.etag()).get(&path(&task)).await.with_status(304);
        assert_eq!(noted().await, 1, "nothing was shown");
        prescriber.get(&path(&task)).await.with_status(200);
        assert_eq!(noted().await, 2);
        database.close().await.unwrap();
    }

    async fn a_wish_to_stop_is_a_task_of_the_receiver_and_makes_its_box_overdue(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let service = world.service(COACHING).await;
        let referral = prescriber.refers(&service, "Sow").await;
        operator.accepts(&referral).await;
        let before = operator.counts().await["in_charge"]["overdue"].as_i64().unwrap();
        prescriber.writes(&referral, json!({"kind": "person_wishes_to_stop", "body": "Elle préfère arrêter."})).await.with_status(201);
        let task = task_of(&operator, &referral, "person_wishes_to_stop").await;
        assert!(tasks(&operator, "mine=true").await.iter().all(|one| one["id"] != task["id"]), "nobody handles it yet");
        world.persona("colleague").does_with("assign", &referral, json!({"member_id": operator.user()})).await.good();
        assert!(tasks(&operator, "mine=true&state=open").await.iter().any(|one| one["id"] == task["id"]));
        let reader = world.persona("reader");
        assert_eq!(reader.get(&path(&task)).await.good()["kind"], "person_wishes_to_stop", "who reads the referral sees its tasks");
        does(&reader, "done", &task).await.refused(403, "permission_missing");

        world.moves_on("P4D").await;
        assert_eq!(operator.counts().await["in_charge"]["overdue"].as_i64().unwrap(), before + 1);
        assert_eq!(operator.line("box=in_charge", &referral).await["overdue"], true);
        assert!(tasks(&operator, &format!("due_to={}&state=open", world.now().await.format("%Y-%m-%dT%H:%M:%SZ"))).await.iter().any(|one| one["id"] == task["id"]));
        operator.completes(&referral).await;
        let answered = operator.get(&path(&task)).await.good();
        assert_eq!((&answered["state"], &answered["done_by"]), (&json!("done"), &json!(null)), "ending the help is the answer");
        assert_eq!(operator.counts().await["in_charge"]["overdue"].as_i64().unwrap(), before);
    }

    async fn questions_are_answered_by_ticking_or_by_an_act(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let service = world.service(COACHING).await;
        let (one, other) = (prescriber.refers(&service, "Sow").await, prescriber.refers(&service, "Diop").await);
        for referral in [&one, &other] {
            operator.does("waitlist", referral).await.good();
        }
        let outside = prescriber.post("/v1/referrals/outside", ready_draft(&service, "Kaba")).await.with_status(201).good();
        let outside = outside["id"].as_str().unwrap();
        world.moves_on("P61D").await;
        let asked = task_of(&prescriber, &one, "waitlist_question").await;
        does(&prescriber, "done", &asked).await.good();
        let asked = task_of(&prescriber, &other, "waitlist_question").await;
        prescriber.does("withdraw", &other).await.good();
        assert_eq!(prescriber.get(&path(&asked)).await.good()["state"], "done", "it was withdrawn: no question is left");
        let asked = task_of(&prescriber, outside, "outside_question").await;
        let today = world.now().await.date_naive().to_string();
        prescriber.does_with("record-answer", outside, json!({"decision": "accepted", "channel": "phone", "told_by": "Mme Roux", "on": today})).await.good();
        assert_eq!(prescriber.get(&path(&asked)).await.good()["state"], "done");
        world.moves_on("P60D").await;
        let twice = tasks(&prescriber, &format!("referral_id={one}&kind=waitlist_question&state=open")).await;
        assert_eq!(twice.len(), 1, "asked again at a hundred and twenty days");
    }

    async fn a_list_of_tasks_is_read_page_by_page(world) {
        let prescriber = world.prescriber();
        let service = world.service(COACHING).await;
        let mut referrals = vec![];
        for name in ["Un", "Deux", "Trois"] {
            referrals.push(prescriber.refers_form(form(&service, name, json!({}))).await);
        }
        let mut walked = vec![];
        let mut next = Some(String::new());
        while let Some(cursor) = next {
            let page = prescriber.get(&format!("/v1/tasks?kind=tell_the_person&state=open&mine=true&limit=1&count=true{cursor}")).await.good();
            assert!(page["count"].as_i64().unwrap() >= 3);
            walked.extend(page["items"].as_array().unwrap().iter().map(|task| task["referral_id"].as_str().unwrap().to_owned()));
            next = page["next_cursor"].as_str().map(|cursor| format!("&cursor={cursor}"));
        }
        walked.retain(|id| referrals.contains(id));
        assert_eq!(walked, referrals, "the oldest first");
    }
}
