//! What is handed in: refused at once with its reason, or taken in, judged, and erased when something is found.

use serde_json::{Value, json};

use super::COACHING;
use super::document::NIR;
use crate::world::{Engine, MALWARE, World, clamd, compound, docx, jpeg, odt, pdf, png, whole, xlsx, zip};

const SIX_MEGABYTES: usize = 6 * 1024 * 1024;
/// The number without its spaces.
const PLAIN: &str = "185057800608491";

/// A packed letter with one more entry.
fn letter_with(name: &str, body: &str) -> Vec<u8> {
    zip(&[("[Content_Types].xml", "<Types/>"), ("word/document.xml", "<w/>"), (name, body)])
}

/// A packed letter whose last entry claims to hold this many bytes.
fn letter_claiming(bytes: u32) -> Vec<u8> {
    let mut file = letter_with("word/media/a.bin", "x");
    let at = file.windows(4).rposition(|four| four == b"PK\x01\x02").unwrap();
    file[at + 24..at + 28].copy_from_slice(&bytes.to_le_bytes());
    file
}

/// A PDF with this in its catalogue.
fn pdf_with(more: &str) -> Vec<u8> {
    String::from_utf8(pdf("x")).unwrap().replace("/Type /Catalog", &format!("/Type /Catalog {more}")).into_bytes()
}

/// What the program said, and the mails so far: neither tells the number.
#[track_caller]
fn is_silent(world: &World, mails: &[Value]) {
    let log = world.program.log();
    for words in [NIR, PLAIN] {
        assert!(!log.contains(words), "the number is logged");
        assert!(mails.iter().all(|mail| !whole(mail).contains(words)), "the number is mailed");
    }
}

/// A scanner finds malware in a file, and in another none.
async fn malware(engine: Engine) {
    let address = clamd().await;
    let world = World::open_with(engine, &[("RELAIS_CLAMD", &address)]).await;
    let prescriber = world.prescriber();
    let draft = prescriber.drafts(&world.service(COACHING).await, "Sow").await;
    let bad = prescriber.hands_in("facture urgente.pdf", pdf(MALWARE)).await;
    let seen = world.judged(&prescriber, &bad).await;
    assert_eq!(
        (&seen["state"], &seen["refusal"], &seen["checks"]["malware"]),
        (&json!("refused"), &json!("malware_found"), &json!("found"))
    );
    assert_eq!((&seen["name"], &seen["checksum"]), (&json!(null), &json!(null)));
    prescriber.adds_document(&draft, &bad, None).await.refused(422, "document_refused");
    prescriber.fetches(&bad).await.refused(409, "document_refused");
    let mails = world.mails_arrive().await;
    let told: Vec<&Value> = mails.iter().filter(|mail| mail["kind"] == "document_refused").collect();
    assert_eq!((told.len(), &told[0]["to"]), (1, &prescriber.persona["email"]));
    assert!(whole(told[0]).contains("malveillant") && !whole(told[0]).contains("facture"), "{}", whole(told[0]));
    assert_eq!(world.files_in_store(), 0, "it is erased");

    let good = prescriber.hands_in("cv.pdf", pdf("Parcours")).await;
    assert_eq!(world.judged(&prescriber, &good).await["checks"], json!({"malware": "clean", "text": "searched"}));
    prescriber.adds_document(&draft, &good, None).await.with_status(201);
    world.close().await;
}

mod what_a_scanner_finds_is_erased_and_whoever_handed_it_in_is_told {
    use super::{Engine, malware};

    #[tokio::test]
    async fn sqlite() {
        malware(Engine::Sqlite).await;
    }

    #[tokio::test]
    async fn postgres() {
        malware(Engine::Postgres).await;
    }
}

both! {
    async fn a_hostile_file_is_told_what_is_wrong_and_leaves_nothing_behind(world) {
        let prescriber = world.prescriber();
        let before = world.mails_arrive().await.len();
        let enabled = "<Types>application/vnd.ms-word.document.macroEnabled.main+xml</Types>";
        let packed = docx("Bonjour");
        let hostile: &[(&str, Vec<u8>, &str)] = &[
            ("cv.pdf", [&b"MZ\x90\0"[..], &[0; 512]].concat(), "content_mismatch"),
            ("photo.jpg", [&b"\x7fELF\x02\x01"[..], &[0; 512]].concat(), "content_mismatch"),
            ("cv.pdf", compound(&["WordDocument"], b""), "content_mismatch"),
            ("tableau.xls", compound(&["WordDocument"], b""), "content_mismatch"),
            ("lettre.docx", zip(&[("[Content_Types].xml", enabled), ("word/document.xml", "<w/>")]), "active_content"),
            ("lettre.docm", docx("x"), "extension_forbidden"),
            ("lettre.doc", compound(&["WordDocument", "_VBA_PROJECT"], b""), "active_content"),
            ("tableau.xls", compound(&["Workbook", "MBD0"], b""), "active_content"),
            ("lettre.docx", letter_with("word/embeddings/tableau.xlsx", "x"), "active_content"),
            ("lettre.docx", letter_with("word/afchunk.rtf", "x"), "active_content"),
            ("cv.pdf", pdf_with("/OpenAction << /S /Launch /F (x.exe) >>"), "active_content"),
            ("cv.pdf", pdf_with("/OpenAction << /S /L#61unch /F (x.exe) >>"), "active_content"),
            ("cv.pdf", pdf_with("/Names << /EmbeddedFiles << >> >>"), "active_content"),
            ("photo.jpg", [&jpeg(&[])[..], &packed].concat(), "content_mismatch"),
            ("photo.jpeg", [&jpeg(&[])[..], b"<?php system('id');"].concat(), "content_mismatch"),
            ("cv.pdf", [&pdf("x")[..], &packed].concat(), "content_mismatch"),
            ("lettre.docx", letter_claiming(70 * 1024 * 1024), "unpacked_too_big"),
            ("photo.jpg", jpeg(&[(0xc0, &[8, 0xff, 0xff, 0xff, 0xff, 1, 1, 0x11, 0])]), "unpacked_too_big"),
            ("../../etc/cv.pdf", pdf("x"), "file_name_invalid"),
            ("C:\\cv.pdf", pdf("x"), "file_name_invalid"),
            ("cv\u{202e}fdp.pdf", pdf("x"), "file_name_invalid"),
            (&format!("photo {NIR}.jpg"), jpeg(&[]), "forbidden_identifier"),
            (&format!("{}.xlsx", NIR.replace(' ', "_")), xlsx("12"), "forbidden_identifier"),
        ];
        for (name, bytes, code) in hostile {
            let answer = prescriber.uploads(name, bytes.clone()).await;
            assert!(!answer.text.contains(NIR) && !answer.text.contains(PLAIN), "the number is echoed");
            answer.refused(422, code);
        }
        assert_eq!(world.files_in_store(), 0);
        let mails = world.mails_arrive().await;
        assert_eq!(mails.len(), before, "nobody is written to");
        is_silent(world, &mails);
    }

    async fn a_number_that_no_file_may_hold_is_found_wherever_it_stands(world) {
        let prescriber = world.prescriber();
        let wide: Vec<u8> = NIR.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let number = [&[0x03, 0x02, 0x0e, 0, 0, 0, 1, 0, 15, 0][..], &185_057_800_608_491.0_f64.to_le_bytes()].concat();
        let cell = format!("<table:table-cell office:value-type=\"float\" office:value=\"{PLAIN}\"><text:p>1,85E+14</text:p></table:table-cell>");
        let field = format!("<w:document><w:p><w:default w:val=\"{NIR}\"/></w:p></w:document>");
        let files = [
            ("lettre.odt", odt(&format!("Mon numero : {NIR}."))),
            ("tableau.xlsx", xlsx(PLAIN)),
            ("tableau.ods", zip(&[("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", &cell)])),
            ("tableau.xls", compound(&["Workbook"], &number)),
            ("lettre.doc", compound(&["WordDocument"], &wide)),
            ("lettre.docx", letter_with("word/note.txt", NIR)),
            ("formulaire.docx", zip(&[("[Content_Types].xml", "<Types/>"), ("word/document.xml", &field)])),
        ];
        let count = files.len();
        for (name, bytes) in files {
            let file = prescriber.hands_in(name, bytes).await;
            let seen = world.judged(&prescriber, &file).await;
            assert_eq!((&seen["state"], &seen["refusal"]), (&json!("refused"), &json!("forbidden_identifier")), "{name}");
        }
        let mails = world.mails_arrive().await;
        assert_eq!(mails.iter().filter(|mail| mail["kind"] == "document_refused").count(), count, "whoever handed them in is told");
        assert_eq!(world.files_in_store(), 0);
        is_silent(world, &mails);
    }

    async fn a_number_that_no_text_may_hold_is_refused_by_every_form(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let referral = prescriber.refers(&world.service(COACHING).await, "Sow").await;
        let structures = world.persona("operator_3").get("/v1/structures?limit=1").await.good();
        let join = format!("/v1/structures/{}/join", structures["items"][0]["id"].as_str().unwrap());
        let tries = [
            (&operator, format!("/v1/referrals/{referral}/archive"), json!({"reason": "other", "note": NIR}), "/note"),
            (&operator, format!("/v1/referrals/{referral}/messages"), json!({"body": format!("Son numero : {NIR}.")}), "/body"),
            (&prescriber, join, json!({"message": NIR}), "/message"),
            (&operator, "/v1/people".to_owned(), json!({"family_name": "Sow", "given_name": PLAIN}), "/given_name"),
        ];
        for (who, path, body, pointer) in tries {
            let answer = who.post(&path, body).await;
            assert!(!answer.text.contains(NIR) && !answer.text.contains(PLAIN), "the number is echoed");
            let problem = answer.refused(422, "forbidden_identifier");
            assert_eq!(super::complaints(&problem), [("forbidden_identifier", pointer)], "{path}");
        }
        assert_eq!((operator.sees(&referral).await.as_str(), operator.thread(&referral).await.len()), ("sent", 0));
        is_silent(world, &world.mails_arrive().await);
    }

    async fn a_file_has_six_megabytes_at_most(world) {
        let prescriber = world.prescriber();
        let padded = |size: usize| png(&[(b"tEXt", &vec![b'a'; size - png(&[(b"tEXt", b"")]).len()])]);
        assert_eq!(padded(SIX_MEGABYTES).len(), SIX_MEGABYTES);
        let file = prescriber.hands_in("photo.png", padded(SIX_MEGABYTES)).await;
        assert_eq!(world.judged(&prescriber, &file).await["state"], "clean");
        let problem = prescriber.uploads("photo.png", padded(SIX_MEGABYTES + 1)).await.refused(422, "file_too_big");
        assert_eq!(problem["errors"][0]["params"]["max"], SIX_MEGABYTES);
        assert_eq!(world.files_in_store(), 1);
    }

    async fn a_referral_has_twenty_files_at_most(world) {
        let prescriber = world.prescriber();
        let draft = prescriber.drafts(&world.service(COACHING).await, "Sow").await;
        let mut files = vec![];
        for number in 1..=21 {
            files.push(prescriber.hands_in(&format!("photo {number}.png"), png(&[])).await);
        }
        for file in &files {
            assert_eq!(world.judged(&prescriber, file).await["state"], "clean");
        }
        for file in &files[..20] {
            prescriber.adds_document(&draft, file, None).await.with_status(201);
        }
        let problem = prescriber.adds_document(&draft, &files[20], None).await.refused(422, "too_many_documents");
        assert_eq!(problem["errors"][0]["params"]["max"], 20);
        prescriber.sends(&draft).await;
        assert_eq!(world.operator().documents_of(&draft).await.len(), 20);
    }

    async fn a_photograph_loses_where_and_by_whom_it_was_taken(world) {
        let prescriber = world.prescriber();
        let exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0GPS 48.8566 2.3522";
        let picture = jpeg(&[(0xe1, exif), (0xed, b"Photoshop 3.0\0Awa Sow"), (0xfe, b"Camera of Awa Sow")]);
        let file = prescriber.hands_in("piece.jpg", picture).await;
        assert_eq!(world.judged(&prescriber, &file).await["checks"]["text"], "image");
        let fetched = prescriber.fetches(&file).await.with_status(200);
        assert_eq!(fetched.header("content-type"), "image/jpeg");
        for gone in ["GPS", "48.8566", "Photoshop", "Awa Sow"] {
            assert!(!fetched.text.contains(gone), "{gone} is kept");
        }
        assert!(fetched.text.contains("Exif"), "which side is up is kept");
    }
}
