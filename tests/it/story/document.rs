//! Files: handed in, judged, handed over, read by whom they are for, and erased.

use reqwest::Method;
use serde_json::json;

use super::{COACHING, complaints, edits_service};
use crate::world::{Client, Engine, World, docx, named, pdf, png, xlsx, zip};

/// A social security number of nobody, with the right key.
pub(super) const NIR: &str = "1 85 05 78 006 084 91";
/// The same, as a sheet keeps it.
const NIR_OF_SHEETS: &str = "1.85057800608491E+14";

/// A draft for a service that must have a CV.
async fn draft_that_needs_a_cv(world: &World) -> String {
    let service = world.service(COACHING).await;
    edits_service(world, &service, json!({"documents": [{"code": "cv", "label": "CV", "obligatory": true}]})).await;
    world.prescriber().drafts(&service, "Sow").await
}

/// A referral that left with one clean file; gives both.
pub(super) async fn sent_with_file(world: &World, family_name: &str) -> (String, String) {
    let file = world.clean_file().await;
    let draft = world.prescriber().drafts(&world.service(COACHING).await, family_name).await;
    world.prescriber().adds_document(&draft, &file, None).await.with_status(201);
    world.prescriber().sends(&draft).await;
    (draft, file)
}

/// While the scanner is away, a file stays in quarantine: nobody reads it, nothing leaves with it, and its time runs out.
async fn quarantine(engine: Engine) {
    let world = World::open_with(engine, &[("RELAIS_CLAMD", "unix:/nonexistent/clamd.sock")]).await;
    let prescriber = world.prescriber();
    let draft = prescriber.drafts(&world.service(COACHING).await, "Sow").await;
    let file = prescriber.hands_in("cv.pdf", pdf("Parcours")).await;
    world.moves_on("PT1H").await;
    assert_eq!(prescriber.state_of_document(&file).await, "pending");
    prescriber.adds_document(&draft, &file, None).await.refused(409, "document_pending");
    prescriber.fetches(&file).await.refused(409, "document_pending");
    prescriber.send(Method::POST, &format!("/v1/documents/{file}/link"), None).await.refused(409, "document_pending");
    world.moves_on("PT3H").await;
    assert_eq!((prescriber.state_of_document(&file).await.as_str(), world.files_in_store()), ("erased", 0));
    world.close().await;
}

mod what_nobody_has_judged_stays_in_quarantine {
    use super::{Engine, quarantine};

    #[tokio::test]
    async fn sqlite() {
        quarantine(Engine::Sqlite).await;
    }

    #[tokio::test]
    async fn postgres() {
        quarantine(Engine::Postgres).await;
    }
}

/// Asserts that a file is behind no door of this person.
pub(super) async fn finds_no_file(who: &Client, file: &str) {
    who.get(&format!("/v1/documents/{file}")).await.refused(404, "not_found");
    who.fetches(file).await.refused(404, "not_found");
    who.send(Method::POST, &format!("/v1/documents/{file}/link"), None).await.refused(404, "not_found");
    who.with("if-match", "\"1.0.fr\"").send(Method::DELETE, &format!("/v1/documents/{file}"), None).await.refused(404, "not_found");
}

both! {
    async fn a_file_goes_from_the_sender_to_the_receiver_and_lets_the_referral_leave(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let draft = draft_that_needs_a_cv(world).await;
        assert_eq!(prescriber.blockers_to("send", &draft).await, ["criteria_not_met", "required_document_missing"]);

        let taken = prescriber.uploads("Curriculum vitæ (2026).pdf", pdf("Parcours et competences")).await.with_status(202);
        assert_eq!((taken.body["name"].as_str(), taken.body["state"].as_str()), (Some("Curriculum vitæ (2026).pdf"), Some("pending")));
        assert!(taken.header("location").ends_with(&format!("/v1/documents/{}", taken.body["id"].as_str().unwrap())));
        let file = taken.body["id"].as_str().unwrap().to_owned();
        let judged = world.judged(&prescriber, &file).await;
        assert_eq!(judged["checks"], json!({"malware": "not_configured", "text": "searched"}));

        prescriber.adds_document(&draft, &file, Some("photo")).await.refused(422, "unknown_document");
        prescriber.adds_document(&draft, &file, Some("cv")).await.with_status(201);
        prescriber.adds_document(&draft, &file, Some("cv")).await.refused(409, "already_attached");
        assert_eq!(prescriber.blockers_to("send", &draft).await, ["criteria_not_met"]);
        finds_no_file(&operator, &file).await;

        prescriber.sends(&draft).await;
        let seen = operator.documents_of(&draft).await;
        assert_eq!((seen.len(), &seen[0]["code"], &seen[0]["state"]), (1, &json!("cv"), &json!("clean")));
        let fetched = operator.fetches(&file).await.with_status(200);
        assert_eq!(fetched.header("content-type"), "application/pdf");
        assert_eq!(fetched.header("x-content-type-options"), "nosniff");
        assert!(fetched.header("content-security-policy").starts_with("sandbox"));
        let disposition = fetched.header("content-disposition").to_owned();
        assert!(disposition.starts_with("attachment;") && disposition.contains("filename*=UTF-8''Curriculum%20vit%C3%A6"), "{disposition}");
        assert!(fetched.text.contains("Parcours et competences"));

        let late = world.clean_file().await;
        prescriber.adds_document(&draft, &late, None).await.refused(409, "already_sent");
        let path = format!("/v1/referrals/{draft}/documents/{file}");
        prescriber.deletes(&path).await.refused(409, "already_sent");
        prescriber.deletes(&format!("/v1/documents/{file}")).await.refused(409, "document_sent");
    }

    async fn what_is_not_taken_is_told_at_once_and_nothing_is_stored(world) {
        let prescriber = world.prescriber();
        let before = world.files_in_store();
        let bomb = zip(&[("[Content_Types].xml", "<Types/>"), ("word/document.xml", "<w/>"), ("../../evil.xml", "<w/>")]);
        let macros = zip(&[("[Content_Types].xml", "<Types/>"), ("word/document.xml", "<w/>"), ("word/vbaProject.bin", "x")]);
        let two_in_one = [png(&[]), zip(&[("run.sh", "echo")])].concat();
        let scripted = [pdf("x"), b"<script>alert(1)</script>".to_vec()].concat();
        let huge = [&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], &[0xff; 8], &[8, 0, 0, 0, 0, 0, 0, 0, 0]].concat();
        let refused: &[(&str, Vec<u8>, &str)] = &[
            ("cv", pdf("x"), "extension_missing"),
            ("cv.exe", pdf("x"), "extension_forbidden"),
            (&format!("{}.pdf", "a".repeat(61)), pdf("x"), "file_name_too_long"),
            ("../cv.pdf", pdf("x"), "file_name_invalid"),
            (&format!("{NIR}.png"), png(&[]), "forbidden_identifier"),
            ("cv.pdf", png(&[]), "content_mismatch"),
            ("cv.pdf", [b" ", &pdf("x")[..]].concat(), "content_mismatch"),
            ("cv.pdf", scripted, "content_mismatch"),
            ("photo.png", two_in_one, "content_mismatch"),
            ("photo.png", huge, "unpacked_too_big"),
            ("lettre.docx", bomb, "content_mismatch"),
            ("lettre.docx", macros, "active_content"),
            ("lettre.odt", docx("x"), "content_mismatch"),
            ("cv.pdf", vec![b'x'; 6 * 1024 * 1024 + 1], "file_too_big"),
            ("cv.pdf", vec![], "file_empty"),
        ];
        for (name, bytes, code) in refused {
            let problem = prescriber.uploads(name, bytes.clone()).await.refused(422, code);
            assert!(!problem.to_string().contains("185057800608491") && !problem.to_string().contains(NIR), "the number is not echoed");
        }
        let problem = prescriber.uploads("185057800608491", vec![b'x'; 6 * 1024 * 1024 + 1]).await.refused(422, "validation_failed");
        assert_eq!(complaints(&problem), [("extension_missing", "/name"), ("file_too_big", "/content"), ("forbidden_identifier", "/name")]);
        prescriber.send_bytes(Method::POST, "/v1/uploads", b"{}".to_vec(), "application/json").await.refused(415, "unsupported_media_type");
        world.operator().uploads("cv.pdf", pdf("x")).await.refused(403, "permission_missing");
        world.anybody().uploads("cv.pdf", pdf("x")).await.refused(401, "sign_in_required");
        assert_eq!(world.files_in_store(), before);
    }

    async fn what_no_file_may_hold_is_found_and_only_the_code_is_kept(world) {
        let prescriber = world.prescriber();
        let draft = prescriber.drafts(&world.service(COACHING).await, "Sow").await;
        let files = [
            ("carte.pdf", pdf(&format!("Assuree : {NIR}."))),
            ("lettre.docx", docx(&format!("Mon numero est le {NIR}, merci."))),
            ("tableau.xlsx", xlsx(NIR_OF_SHEETS)),
        ];
        for (name, bytes) in files {
            let file = prescriber.hands_in(name, bytes).await;
            let seen = world.judged(&prescriber, &file).await;
            assert_eq!((&seen["state"], &seen["refusal"]), (&json!("refused"), &json!("forbidden_identifier")), "{name}");
            assert_eq!((&seen["name"], &seen["checksum"]), (&json!(null), &json!(null)));
            prescriber.adds_document(&draft, &file, None).await.refused(422, "document_refused");
            prescriber.fetches(&file).await.refused(409, "document_refused");
        }
        assert_eq!(world.files_in_store(), 0, "what was refused is erased");
        let broken = prescriber.hands_in("cv.pdf", b"%PDF-1.7\nnothing that a reader knows\n%%EOF".to_vec()).await;
        assert_eq!(world.judged(&prescriber, &broken).await["refusal"], "document_unreadable");
    }

    async fn a_picture_loses_what_tells_of_its_maker(world) {
        let prescriber = world.prescriber();
        let picture = png(&[(b"tEXt", b"Author\0Awa Sow"), (b"eXIf", b"II*\0 48.8566 2.3522")]);
        let file = prescriber.hands_in("photo.png", picture.clone()).await;
        world.judged(&prescriber, &file).await;
        let fetched = prescriber.fetches(&file).await.with_status(200);
        assert!(!fetched.text.contains("Awa Sow") && !fetched.text.contains("48.8566"));
        let seen = prescriber.get(&format!("/v1/documents/{file}")).await.good();
        assert!(seen["size"].as_u64().unwrap() < picture.len() as u64);
        assert_eq!(seen["checks"]["text"], "image");
    }

    async fn no_other_organisation_and_no_role_of_the_platform_reaches_a_file(world) {
        let (referral, file) = sent_with_file(world, "Sow").await;
        for persona in ["operator_2", "operator_3", "prescriber_2", "moderator", "platform_admin"] {
            let stranger = world.persona(persona);
            finds_no_file(&stranger, &file).await;
        }
        let foreign = world.persona("prescriber_2").hands_in("cv.pdf", pdf("x")).await;
        world.judged(&world.persona("prescriber_2"), &foreign).await;
        let draft = world.prescriber().drafts(&world.service(COACHING).await, "Ba").await;
        world.prescriber().adds_document(&draft, &foreign, None).await.refused(422, "unknown_reference");
        // Whoever sees a referral without its files is told that they are hidden.
        let list = world.persona("reader").get(&format!("/v1/referrals/{referral}/documents")).await.good();
        assert_eq!(list, json!({"items": null, "hidden": ["documents"]}));
        finds_no_file(&world.persona("reader"), &file).await;
    }

    async fn the_receiver_reads_while_the_leg_is_open_and_its_end_erases_the_file(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let (refused, lost) = sent_with_file(world, "Sow").await;
        let (helped, kept) = sent_with_file(world, "Ba").await;
        assert_eq!(world.files_in_store(), 2);

        operator.refuses(&refused, "no_capacity").await;
        world.moves_on("PT1M").await;
        assert_eq!(world.files_in_store(), 1, "nothing refers to it any more");
        finds_no_file(&operator, &lost).await;
        let named = prescriber.documents_of(&refused).await;
        assert_eq!((&named[0]["state"], &named[0]["name"]), (&json!("erased"), &json!(null)));

        operator.accepts(&helped).await;
        operator.fetches(&kept).await.with_status(200);
        operator.completes(&helped).await;
        operator.fetches(&kept).await.refused(409, "not_open");
        prescriber.fetches(&kept).await.refused(409, "document_sent");
        world.moves_on("P150D").await;
        assert_eq!(world.files_in_store(), 1);
        world.moves_on("P60D").await;
        assert_eq!(world.files_in_store(), 0, "six months after the end");
        prescriber.fetches(&kept).await.refused(409, "document_erased");
    }

    async fn an_erased_file_stays_erased_when_the_referral_comes_back(world) {
        let operator = world.operator();
        let (referral, file) = sent_with_file(world, "Sow").await;
        operator.does_with("archive", &referral, json!({"reason": "unreachable"})).await.good();
        world.moves_on("PT1M").await;
        assert_eq!(world.files_in_store(), 0);
        operator.does("unarchive", &referral).await.good();
        let named = operator.documents_of(&referral).await;
        assert_eq!((&named[0]["id"], &named[0]["state"]), (&json!(file), &json!("erased")));
    }

    async fn what_nothing_refers_to_is_erased_after_three_hours(world) {
        let prescriber = world.prescriber();
        let (free, draft) = (world.clean_file().await, prescriber.drafts(&world.service(COACHING).await, "Sow").await);
        let used = world.clean_file().await;
        prescriber.adds_document(&draft, &used, None).await.with_status(201);
        world.moves_on("PT4H").await;
        assert_eq!((prescriber.state_of_document(&free).await, prescriber.state_of_document(&used).await), ("erased".into(), "clean".into()));
        assert_eq!(world.files_in_store(), 1);
        prescriber.deletes(&format!("/v1/referrals/{draft}/documents/{used}")).await.with_status(204);
        prescriber.deletes(&format!("/v1/documents/{used}")).await.with_status(204);
        world.moves_on("PT1M").await;
        assert_eq!(world.files_in_store(), 0, "deleted at once");
    }

    async fn a_file_that_is_added_while_the_referral_leaves_is_with_it_or_is_refused(world) {
        let prescriber = world.prescriber();
        let service = world.service(COACHING).await;
        for name in ["Sow", "Ba", "Diallo", "Petit"] {
            let (draft, file) = (prescriber.drafts(&service, name).await, world.clean_file().await);
            let (added, _) = tokio::join!(prescriber.adds_document(&draft, &file, None), prescriber.sends(&draft));
            let there = world.operator().documents_of(&draft).await.len();
            match added.status.as_u16() {
                201 => assert_eq!(there, 1, "it left with the file"),
                _ => assert_eq!((added.body["code"].as_str(), there), (Some("already_sent"), 0)),
            }
        }
    }

    async fn files_go_along_with_a_redirect_and_the_former_holder_keeps_sight_for_a_while(world) {
        let (operator, next) = (world.operator(), world.persona("operator_2"));
        let file = world.clean_file().await;
        let kept_back = world.clean_file().await;
        let draft = world.prescriber().drafts(&world.service(COACHING).await, "Sow").await;
        for one in [&file, &kept_back] {
            world.prescriber().adds_document(&draft, one, None).await.with_status(201);
        }
        world.prescriber().sends(&draft).await;
        let command = json!({"organisation_id": next.organisation(), "code": "language", "documents": [file], "person_agreed": true});
        let foreign = json!({"organisation_id": next.organisation(), "code": "language", "documents": [draft], "person_agreed": true});
        operator.does_with("redirect", &draft, foreign).await.refused(422, "unknown_reference");
        operator.does_with("redirect", &draft, command).await.good();
        next.fetches(&file).await.with_status(200);
        finds_no_file(&next, &kept_back).await;
        operator.fetches(&kept_back).await.with_status(200);
        for leg in next.box_of("to_handle").await {
            if !next.documents_of(&leg).await.is_empty() {
                next.accepts(&leg).await;
            }
        }
        world.moves_on("P31D").await;
        finds_no_file(&operator, &kept_back).await;
    }

    async fn a_short_link_opens_one_file_for_its_maker_and_ends(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let (referral, file) = sent_with_file(world, "Sow").await;
        let link = operator.send(Method::POST, &format!("/v1/documents/{file}/link"), None).await.good();
        let path = link["url"].as_str().unwrap().trim_start_matches("http://127.0.0.1:8080").to_owned();
        assert!(!path.contains(&file) && !path.contains(&referral));
        let fetched = world.anybody().get(&path).await.with_status(200);
        assert!(fetched.text.starts_with("%PDF-"));
        world.anybody().get(&format!("{path}x")).await.refused(404, "link_not_valid");
        operator.refuses(&referral, "no_capacity").await;
        world.anybody().get(&path).await.refused(404, "link_not_valid");
        prescriber.with("content-disposition", &named("x")).get("/v1/downloads/abc").await.refused(404, "link_not_valid");
    }
}
