//! Who reads a file, until when, and what is noted of it.

use std::fs::{self, File};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::consent::{person_of, takes_back};
use super::document::{finds_no_file, sent_with_file};
use super::{COACHING, OVERRIDE};
use crate::world::{Client, World, about, key_in, pdf};

/// The path of a short link to a file.
async fn links(who: &Client, file: &str) -> String {
    let link = who.send(Method::POST, &format!("/v1/documents/{file}/link"), None).await.good();
    link["url"].as_str().unwrap().trim_start_matches("http://127.0.0.1:8080").to_owned()
}

/// What the access journal says of one request.
async fn noted(world: &World, request: &str) -> Vec<(Value, Value)> {
    let page = world.persona("platform_admin").get("/v1/audit/accesses?limit=200").await.good();
    let entries = page["items"].as_array().unwrap().iter().filter(|entry| entry["request_id"] == request);
    entries.map(|entry| (entry["outcome"].clone(), entry["object_kind"].clone())).collect()
}

/// A draft with one clean file; gives both.
async fn draft_with_file(world: &World, family_name: &str) -> (String, String) {
    let file = world.clean_file().await;
    let draft = world.prescriber().drafts(&world.service(COACHING).await, family_name).await;
    world.prescriber().adds_document(&draft, &file, None).await.with_status(201);
    (draft, file)
}

/// Two drafts that have the same file, and the file.
async fn drafts_with_one_file(world: &World) -> (String, String, String) {
    let (one, file) = draft_with_file(world, "Sow").await;
    let other = world.prescriber().drafts(&world.service(COACHING).await, "Ba").await;
    world.prescriber().adds_document(&other, &file, None).await.with_status(201);
    (one, other, file)
}

both! {
    async fn the_sender_reads_a_file_until_it_is_sent(world) {
        let (prescriber, noemie) = (world.prescriber(), world.persona("prescriber_2"));
        let (draft, file) = draft_with_file(world, "Sow").await;
        prescriber.fetches(&file).await.with_status(200);
        let link = links(&prescriber, &file).await;
        prescriber.sends(&draft).await;
        prescriber.fetches(&file).await.refused(409, "document_sent");
        prescriber.send(Method::POST, &format!("/v1/documents/{file}/link"), None).await.refused(409, "document_sent");
        world.anybody().get(&link).await.refused(404, "link_not_valid");
        let seen = prescriber.get(&format!("/v1/documents/{file}")).await.good();
        assert_eq!((&seen["state"], &seen["name"]), (&json!("clean"), &json!("cv.pdf")), "what it was stays known");
        assert_eq!(prescriber.documents_of(&draft).await.len(), 1);
        world.operator().fetches(&file).await.with_status(200);

        // What is held has not left.
        let own = noemie.hands_in("cv.pdf", pdf("Parcours")).await;
        world.judged(&noemie, &own).await;
        let held = noemie.drafts(&world.service(COACHING).await, "Zidane").await;
        noemie.adds_document(&held, &own, None).await.with_status(201);
        assert_eq!(noemie.sends(&held).await["state"], "held");
        noemie.fetches(&own).await.with_status(200);
        world.operator().fetches(&own).await.refused(404, "not_found");
    }

    async fn an_access_link_reads_the_files_of_its_leg_alone_and_until_its_end(world) {
        let (referral, file) = sent_with_file(world, "Sow").await;
        let (_, other) = sent_with_file(world, "Ba").await;
        let mails = world.mails_arrive().await;
        let session = world.opens(&key_in(about(&mails, &referral, "sent", "receiver")[0])).await;
        assert!(session.fetches(&file).await.with_status(200).text.starts_with("%PDF-"));
        assert_eq!(session.documents_of(&referral).await.len(), 1);
        finds_no_file(&session, &other).await;
        session.uploads("cv.pdf", pdf("x")).await.refused_for_want_of_right();
        world.operator().accepts(&referral).await;
        world.operator().completes(&referral).await;
        let answer = session.fetches(&file).await;
        assert!(matches!(answer.status.as_u16(), 401 | 404 | 409) && !answer.text.contains("%PDF-"), "{}", answer.text);
    }

    async fn a_withdrawn_consent_closes_the_files_at_once(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let (referral, file) = sent_with_file(world, "Zorglub").await;
        operator.accepts(&referral).await;
        operator.fetches(&file).await.with_status(200);
        let link = links(&operator, &file).await;
        world.anybody().get(&link).await.with_status(200);
        takes_back(&prescriber, &person_of(&prescriber, &referral).await).await;
        finds_no_file(&operator, &file).await;
        let list = operator.get(&format!("/v1/referrals/{referral}/documents")).await.good();
        assert_eq!(list, json!({"items": null, "hidden": ["documents"]}));
        operator.get(&format!("/v1/referrals/{referral}/documents/{file}")).await.refused(404, "not_found");
        world.anybody().get(&link).await.refused(404, "link_not_valid");
    }

    async fn a_leg_that_ends_without_help_loses_its_files(world) {
        let (prescriber, operator, noemie) = (world.prescriber(), world.operator(), world.persona("prescriber_2"));
        let (withdrawn, first) = sent_with_file(world, "Sow").await;
        prescriber.does("withdraw", &withdrawn).await.good();
        let own = noemie.hands_in("cv.pdf", pdf("Parcours")).await;
        world.judged(&noemie, &own).await;
        let blocked = noemie.drafts(&world.service(COACHING).await, "Zidane").await;
        noemie.adds_document(&blocked, &own, None).await.with_status(201);
        noemie.sends(&blocked).await;
        let block = format!("/v1/organisations/{}/block", noemie.organisation());
        world.persona("moderator").post(&block, json!({"reason": "Adresse introuvable au registre"})).await.good();
        world.moves_on("PT1M").await;
        assert_eq!(world.files_in_store(), 0, "withdrawn, and blocked");
        assert_eq!(prescriber.state_of_document_in(&withdrawn, &first).await, "erased");

        let (expired, second) = sent_with_file(world, "Ba").await;
        assert_eq!(world.files_in_store(), 1);
        world.moves_on("P31D").await;
        assert_eq!((operator.sees(&expired).await, world.files_in_store()), ("expired".to_owned(), 0));
        assert_eq!(prescriber.state_of_document_in(&expired, &second).await, "erased");
        finds_no_file(&operator, &second).await;
    }

    async fn a_file_of_two_legs_lives_as_long_as_one_of_them(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let (one, other, file) = drafts_with_one_file(world).await;
        prescriber.sends(&one).await;
        prescriber.fetches(&file).await.with_status(200);
        prescriber.deletes(&format!("/v1/documents/{file}")).await.refused(409, "document_sent");
        prescriber.sends(&other).await;
        operator.refuses(&one, "no_capacity").await;
        world.moves_on("PT1M").await;
        operator.fetches(&file).await.with_status(200);
        assert_eq!((operator.documents_of(&one).await[0]["state"].clone(), world.files_in_store()), (json!("erased"), 1));
        operator.refuses(&other, "no_capacity").await;
        world.moves_on("PT1M").await;
        assert_eq!(world.files_in_store(), 0);
    }

    async fn a_file_of_a_colleague_that_one_does_not_see_is_attached_to_nothing(world) {
        let structure = world.unjoined().await.remove(0);
        let first = world.newcomer("premiere@arrivants.example.org").await;
        first.joins(&structure).await;
        let role = first.role_from(&structure, "prescriber").await;
        let mut members = vec![];
        for email in ["une@arrivants.example.org", "autre@arrivants.example.org"] {
            let member = world.newcomer(email).await;
            let request = member.joins(&structure).await["id"].as_str().unwrap().to_owned();
            first.post(&format!("/v1/join-requests/{request}/accept"), json!({"role_id": role})).await.good();
            members.push(member);
        }
        let service = world.service(COACHING).await;
        let file = members[0].hands_in("cv.pdf", pdf("Parcours")).await;
        world.judged(&members[0], &file).await;
        let drafts = [members[0].drafts(&service, "Sow").await, members[1].drafts(&service, "Ba").await];
        members[0].adds_document(&drafts[0], &file, None).await.with_status(201);
        members[1].get(&format!("/v1/documents/{file}")).await.refused(404, "not_found");
        members[1].adds_document(&drafts[1], &file, None).await.refused(422, "unknown_reference");
        members[1].fetches(&file).await.refused(404, "not_found");
        assert_eq!(members[1].documents_of(&drafts[1]).await.len(), 0);
    }

    async fn who_is_erased_leaves_no_name_of_a_file_that_another_keeps(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let (one, other, file) = drafts_with_one_file(world).await;
        prescriber.sends(&one).await;
        prescriber.sends(&other).await;
        operator.accepts(&one).await;
        operator.completes(&one).await;
        let erase = format!("/v1/people/{}/erase", person_of(&prescriber, &one).await);
        world.persona("privacy_officer").post(&erase, json!({"reason": "person_asked"})).await.good();
        for who in [&prescriber, &operator] {
            let told = who.documents_of(&one).await;
            assert_eq!((&told[0]["name"], &told[0]["state"]), (&Value::Null, &json!("erased")), "{told:?}");
        }
        assert_eq!(operator.documents_of(&other).await[0]["name"], "cv.pdf");
        operator.fetches(&file).await.with_status(200);
    }

    async fn a_broadcast_takes_its_files_to_everybody_asked_and_leaves_them_with_one(world) {
        let (prescriber, operator, lea) = (world.prescriber(), world.operator(), world.persona("operator_2"));
        let (draft, file) = draft_with_file(world, "Camara").await;
        let services = [world.service(COACHING).await, world.service_of("operator_2").await];
        let command = json!({"draft_id": draft, "service_ids": services, "override_reason": OVERRIDE});
        let made = prescriber.post("/v1/broadcasts", command).await.with_status(201).good();
        let legs: Vec<&str> = made["items"].as_array().unwrap().iter().map(|leg| leg["id"].as_str().unwrap()).collect();
        let second = legs.into_iter().find(|leg| *leg != draft).unwrap();
        for (who, leg) in [(&operator, draft.as_str()), (&lea, second)] {
            assert_eq!(who.documents_of(leg).await[0]["id"], json!(file));
            who.fetches(&file).await.with_status(200);
        }
        finds_no_file(&world.persona("operator_3"), &file).await;
        operator.accepts(&draft).await;
        operator.fetches(&file).await.with_status(200);
        lea.fetches(&file).await.refused(409, "not_open");
        assert_eq!(world.files_in_store(), 1);
    }

    async fn a_reading_is_noted_and_so_is_a_refusal_and_what_is_known_already_is_not(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let (referral, file) = sent_with_file(world, "Sow").await;
        let (record, entry) = (format!("/v1/documents/{file}"), format!("/v1/referrals/{referral}/documents/{file}"));
        let shown = [(json!("shown"), json!("document"))];
        operator.with("x-request-id", "content").fetches(&file).await.with_status(200);
        assert_eq!(noted(world, "content").await, shown);
        for (request, path, kind) in [("record", &record, "document"), ("entry", &entry, "referral")] {
            let answer = operator.with("x-request-id", request).get(path).await.with_status(200);
            assert_eq!(noted(world, request).await, [(json!("shown"), json!(kind))]);
            let again = operator.with("if-none-match", &answer.etag()).with("x-request-id", "known").get(path).await;
            again.with_status(304);
        }
        assert!(noted(world, "known").await.is_empty(), "it was shown before");

        let refused = [(json!("refused"), json!("document"))];
        prescriber.with("x-request-id", "sent").fetches(&file).await.refused(409, "document_sent");
        let link = format!("{record}/link");
        prescriber.with("x-request-id", "link").send(Method::POST, &link, None).await.refused(409, "document_sent");
        prescriber.with("x-request-id", "delete").deletes(&record).await.refused(409, "document_sent");
        operator.with("x-request-id", "right").deletes(&record).await.refused(403, "permission_missing");
        for request in ["sent", "link"] {
            assert_eq!(noted(world, request).await, refused, "{request}");
        }
        for request in ["delete", "right"] {
            // The version is read first, under the same id.
            assert_eq!(noted(world, request).await.iter().filter(|entry| **entry == refused[0]).count(), 1, "{request}");
        }
        world.persona("operator_3").with("x-request-id", "stranger").fetches(&file).await.refused(404, "not_found");
        assert!(noted(world, "stranger").await.is_empty(), "it is not there for a stranger");
    }

    async fn a_file_without_a_row_is_swept(world) {
        let file = world.clean_file().await;
        let draft = world.prescriber().drafts(&world.service(COACHING).await, "Sow").await;
        world.prescriber().adds_document(&draft, &file, None).await.with_status(201);
        let folder = world.copy.folder.join("files/documents/AA");
        fs::create_dir_all(&folder).unwrap();
        let left = |name: &str, hours: u64| {
            let path = folder.join(name);
            fs::write(&path, "orphan").unwrap();
            let file = File::options().write(true).open(&path).unwrap();
            let written = file.metadata().unwrap().modified().unwrap();
            file.set_modified(written.checked_sub(Duration::from_hours(hours)).unwrap()).unwrap();
            path
        };
        let (old, fresh) = (left("AAold", 8), left("AAfresh", 1));
        world.moves_on("P2D").await;
        assert!(!old.exists(), "no row will ever come");
        assert!(fresh.exists(), "its row may be on its way");
        world.prescriber().fetches(&file).await.with_status(200);
    }

    async fn a_name_is_data_and_nothing_else(world) {
        let prescriber = world.prescriber();
        let name = "fiche \u{201c}n° 3\u{201d}; filename=x.exe.pdf";
        let file = prescriber.hands_in(name, pdf("x")).await;
        assert_eq!(world.judged(&prescriber, &file).await["name"], name);
        let fetched = prescriber.fetches(&file).await.with_status(200);
        let disposition = fetched.header("content-disposition");
        assert!(disposition.starts_with("attachment; filename=\"document.pdf\"; filename*=UTF-8''fiche%20"), "{disposition}");
        assert!(!disposition.contains("x.exe.pdf\"") && !disposition.contains("; filename=x"), "{disposition}");
    }
}
