//! Who sees what: foreign structures, readers, partner platforms, the employment number, the logs.

use reqwest::Method;
use serde_json::json;

use super::export::with_role;
use super::{COACHING, complaints, form};
use crate::world::{World, about, key_in, ready_draft, short};

both! {
    async fn a_purpose_is_a_code_and_never_words(world) {
        let operator = world.operator();
        let referral = world.prescriber().refers(&world.service(COACHING).await, "Zorglub").await;
        let path = format!("/v1/referrals/{referral}");
        for words in ["entretien de Mme Zorglub", "", "Care"] {
            operator.with("x-purpose", words).get(&path).await.refused(400, "invalid_purpose");
        }
        operator.with("x-purpose", "care").get(&path).await.good();
        let grants = json!([{"permission": "audit:read", "scope": "organisation", "side": "both", "categories": []}]);
        let auditor = with_role(world, "À part", grants).await;
        let page = auditor.get("/v1/audit/accesses?limit=200").await.good();
        let told: Vec<_> = page["items"].as_array().unwrap().iter().filter(|entry| entry["purpose"] != json!(null)).collect();
        assert_eq!((told.len(), &told[0]["purpose"]), (1, &json!("care")), "{page}");
    }

    async fn a_foreign_structure_finds_nothing_by_any_door(world) {
        let (prescriber, operator, foreigner) = (world.prescriber(), world.operator(), world.persona("operator_2"));
        let service = world.service(COACHING).await;
        let (counts, listed) = (foreigner.counts().await, foreigner.lists("").await);
        let referral = prescriber.refers(&service, "Sow").await;
        let tag = operator.reads(&referral).await.etag();
        for act in [None, Some("review"), Some("accept")] {
            if let Some(act) = act {
                operator.does(act, &referral).await.good();
            }
            foreigner.finds_no_trace_of(&referral, "Sow").await;
        }
        assert_eq!((foreigner.counts().await, foreigner.lists("").await), (counts, listed));
        let path = format!("/v1/referrals/{referral}");
        foreigner.with("if-none-match", &tag).get(&path).await.refused(404, "not_found");
        foreigner.send(Method::HEAD, &path, None).await.with_status(404);
        foreigner.with("if-match", &tag).send(Method::PATCH, &path, Some(json!({"reason": "x"}))).await.refused(404, "not_found");
        foreigner.with("if-match", &tag).send(Method::DELETE, &path, None).await.refused(404, "not_found");
        foreigner.get(&format!("{path}?include=notices")).await.refused(404, "not_found");
        let counted = foreigner.get(&format!("/v1/referrals?count=true&service_id={service}&sender_id={}", prescriber.organisation())).await.good();
        assert_eq!((&counted["count"], &counted["items"]), (&json!(0), &json!([])));
        let missing = foreigner.get(&format!("/v1/referrals/{}", relais_adapters::ids::fresh())).await;
        let (mut hidden, mut absent) = (foreigner.get(&path).await.body, missing.body);
        (hidden["instance"], absent["instance"]) = (json!(0), json!(0));
        assert_eq!(hidden, absent, "hidden and absent are one answer");
        world.anybody().get(&path).await.refused(401, "sign_in_required");
        for persona in ["moderator", "platform_admin", "admin"] {
            let answer = world.persona(persona).get(&path).await;
            assert!(matches!(answer.status.as_u16(), 403 | 404), "{persona}: {}", answer.text);
        }
    }

    async fn a_reader_knows_that_it_exists_and_what_is_hidden(world) {
        let (prescriber, reader) = (world.prescriber(), world.persona("reader"));
        let form = form(&world.service(COACHING).await, "Zorglub", json!({"person": {"email": "zorglub@example.org", "employment_number": "12345678901"}}));
        let referral = prescriber.refers_form(form).await;
        let answer = reader.reads(&referral).await;
        let line = reader.line("box=to_handle", &referral).await;
        for word in ["Zorglub", "Awa", "0639981234", "06 39 98 12 34", "zorglub@", "12345678901", "Cherche un emploi", "Hébergée", "59350\",\"commune", "vérifié"] {
            assert!(!answer.text.contains(word) && !line.to_string().contains(word), "{word} in {}", answer.text);
        }
        let seen = answer.good();
        assert_eq!(seen["hidden"], json!(["identity", "identity_min", "contact", "social", "documents"]));
        for group in ["identity", "identity_min", "contact", "social", "documents"] {
            assert_eq!(seen[group], json!(null), "{group}");
        }
        assert_eq!((&seen["state"], &seen["sender"]["name"]), (&json!("sent"), &json!("Maison des solidarités de Lille-Sud")));
        assert_eq!(reader.may(&referral).await, Vec::<String>::new());
        let problem = reader.does("accept", &referral).await.refused(403, "permission_missing");
        assert_eq!(problem["errors"][0]["params"]["permission"], "referrals:handle");
        assert!(reader.counts().await["to_handle"]["count"].as_i64().unwrap() > 0);
    }

    async fn a_partner_platform_sends_for_its_organisation_and_names_an_adviser(world) {
        let (prescriber, operator, persona) = (world.prescriber(), world.operator(), world.persona("partner").persona);
        let credentials = json!({"grant_type": "client_credentials", "client_id": persona["client_id"], "client_secret": persona["client_secret"]});
        let signed_in = world.anybody().post("/v1/auth/token", credentials).await.good();
        let partner = world.anybody().with_token(signed_in["access_token"].as_str().unwrap());
        let service = world.service(COACHING).await;
        let problem = partner.post("/v1/referrals", ready_draft(&service, "Sow")).await.refused(422, "required");
        assert_eq!(complaints(&problem), [("required", "/adviser")]);
        let foreign = form(&service, "Sow", json!({"adviser": {"member_id": operator.user()}}));
        partner.post("/v1/referrals", foreign).await.refused(422, "unknown_reference");

        let named = form(&service, "Sow", json!({"adviser": {"member_id": prescriber.user()}}));
        let referral = partner.refers_form(named).await;
        let seen = operator.reads(&referral).await.good();
        assert_eq!(seen["sender"]["id"], persona["organisation_id"]);
        assert_eq!((&seen["contact"]["adviser"]["name"], &seen["contact"]["adviser"]["email"]), (&prescriber.persona["name"], &prescriber.persona["email"]));
        assert_eq!(prescriber.sees(&referral).await, "sent", "the adviser follows it");
        operator.accepts(&referral).await;
        let mails = world.mails_arrive().await;
        assert_eq!(about(&mails, &referral, "accepted", "sender")[0]["to"], "accueil.lille-sud@demo.example.org");
        assert_eq!(about(&mails, &referral, "accepted", "adviser")[0]["to"], prescriber.persona["email"]);
        partner.does("withdraw", &referral).await.refused(409, "already_decided");
        partner.does("accept", &referral).await.refused(403, "permission_missing");
    }

    async fn the_employment_number_is_shown_once_the_person_is_taken_in_charge(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let service = world.service(COACHING).await;
        let number = "12345678901";
        let with_number = |name: &str| form(&service, name, json!({"person": {"employment_number": number}}));
        let referral = prescriber.refers_form(with_number("Sow")).await;
        let mails = world.mails_arrive().await;
        let session = world.opens(&key_in(about(&mails, &referral, "sent", "receiver")[0])).await;
        for side in [&operator, &session] {
            assert!(!side.reads(&referral).await.text.contains(number));
            assert!(!side.get("/v1/referrals?limit=200").await.text.contains(number));
        }
        assert_eq!(prescriber.reads(&referral).await.good()["identity"]["employment_number"], number);
        operator.does("review", &referral).await.good();
        assert!(!operator.reads(&referral).await.text.contains(number));
        assert_eq!(operator.accepts(&referral).await["identity"]["employment_number"], number);
        assert_eq!(session.reads(&referral).await.good()["identity"]["employment_number"], number);
        assert_eq!(operator.line("box=in_charge", &referral).await["identity"]["employment_number"], number);

        let refused = prescriber.refers_form(with_number("Diop")).await;
        operator.refuses(&refused, "other").await;
        assert!(!operator.reads(&refused).await.text.contains(number));
    }

    async fn the_log_and_the_addresses_hold_nothing_personal(quiet) {
        let world = World::open_with(quiet.engine, &[("RELAIS_LOG", "info")]).await;
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let service = world.service(COACHING).await;
        let planted = json!({
            "person": {"given_name": "Quetzal", "email": "plante@example.org", "phone": "0639987654", "employment_number": "12345678901"},
            "reason": "RaisonPlantee", "situation": "SituationPlantee"
        });
        let made = prescriber.post("/v1/referrals", form(&service, "Zorglub", planted)).await.with_status(201);
        let location = made.header("location").to_owned();
        let referral = made.good()["id"].as_str().unwrap().to_owned();
        assert!(location.ends_with(&format!("/v1/referrals/{referral}")), "{location}");
        prescriber.sends(&referral).await;
        let page = operator.post("/v1/referrals/search", json!({"name": "Zorglub", "contact": "0639987654"})).await;
        assert_eq!(page.body["items"].as_array().unwrap().len(), 1);
        assert!(!page.header("link").contains("orglub"));
        operator.writes(&referral, json!({"body": "MessagePlante"})).await.with_status(201);
        operator.does_with("refuse", &referral, json!({"codes": ["zorglub"], "message": "MessagePlante"})).await.with_status(422);
        operator.post("/v1/referrals/search", json!({"name": "Zorglub", "zorglub": "Zorglub"})).await.refused(422, "unknown_field");
        operator.get("/v1/referrals/Zorglub").await.refused(404, "not_found");
        operator.get("/v1/referrals?name=Zorglub").await.refused(422, "unknown_field");
        world.anybody().post("/v1/auth/login", json!({"email": "plante@example.org", "password": "MotDePassePlante"})).await.with_status(401);
        world.moves_on("P31D").await;
        let mails = world.mails().await;
        let key = key_in(about(&mails, &referral, "sent", "receiver")[0]);
        world.anybody().post("/v1/links/exchange", json!({"token": key})).await.with_status(404);
        assert!(mails.iter().filter(|mail| mail["text"].as_str().unwrap().contains(&short(&referral))).all(|mail| {
            let links = mail["html"].as_str().unwrap().split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
            links.into_iter().all(|link| !link.contains("Zorglub") && !link.contains("plante"))
        }));

        let log = world.program.log();
        assert!(log.contains("/v1/referrals"), "requests are logged by their pattern: {log}");
        for word in [
            "orglub", "Quetzal", "plante@", "0639987654", "639987654", "12345678901", "RaisonPlantee", "SituationPlantee", "MessagePlante",
            "MotDePassePlante", "camille.prescriptrice", &key,
        ] {
            assert!(!log.contains(word), "{word} is logged");
        }
        world.close().await;
    }
}
