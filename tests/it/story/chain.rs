//! The chain: a person is handed over, comes back, or is taken elsewhere; each organisation sees its own leg.

use serde_json::{Value, json};

use super::COACHING;
use crate::world::{Client, World, about};

impl Client {
    /// Hands a person over to the organisation of another persona.
    pub async fn hands_over(&self, referral: &str, to: &Client) -> Value {
        let command = json!({"organisation_id": to.organisation(), "code": "closer_service", "person_agreed": true, "note": "Parle arabe"});
        self.does_with("redirect", referral, command).await.good()
    }

    /// The legs of a chain that I see, each with its state.
    pub async fn chain(&self, referral: &str) -> Vec<(String, String)> {
        let page = self.get(&format!("/v1/referrals/{referral}/chain")).await.good();
        let legs = page["items"].as_array().unwrap().iter();
        legs.map(|leg| (leg["id"].as_str().unwrap().to_owned(), leg["state"].as_str().unwrap().to_owned())).collect()
    }
}

/// Karim's structure hands the person over to Léa's; gives both legs.
async fn handed_over(world: &World, family_name: &str) -> (String, String) {
    let (prescriber, operator, lea) = (world.prescriber(), world.operator(), world.persona("operator_2"));
    let first = prescriber.refers(&world.service(COACHING).await, family_name).await;
    let redirected = operator.hands_over(&first, &lea).await;
    assert_eq!((&redirected["state"], &redirected["box"]), (&json!("redirected"), &json!("archived")));
    let next = prescriber.reads(&first).await.good()["hand_over"]["next_id"].as_str().unwrap().to_owned();
    (first, next)
}

both! {
    async fn a_hand_over_is_one_line_for_the_sender_and_a_leg_of_its_own_for_each_holder(world) {
        let (prescriber, operator, lea, omar) = (world.prescriber(), world.operator(), world.persona("operator_2"), world.persona("operator_3"));
        let board = prescriber.board().await;
        let first = prescriber.refers(&world.service(COACHING).await, "Keïta").await;
        operator.writes(&first, json!({"body": "Mot du premier détenteur"})).await.with_status(201);
        operator.does_with("accept", &first, json!({"message": "Réponse du premier détenteur"})).await.good();
        let redirected = operator.hands_over(&first, &lea).await;
        assert_eq!((&redirected["hand_over"]["to"], &redirected["hand_over"]["code"]), (&json!(lea.organisation()), &json!("closer_service")));
        assert_eq!(redirected["hand_over"]["next_id"], Value::Null, "the former holder does not find the next leg");
        let next = prescriber.reads(&first).await.good()["hand_over"]["next_id"].as_str().unwrap().to_owned();

        let seen = lea.reads(&next).await.good();
        assert_eq!((&seen["state"], &seen["kind"], &seen["box"]), (&json!("sent"), &json!("redirect"), &json!("to_handle")));
        assert_eq!(seen["handed_over_by"]["id"], operator.organisation());
        assert_eq!((&seen["arrived_with"]["note"], &seen["identity"]["family_name"]), (&json!("Parle arabe"), &json!("Keïta")));
        assert!(!seen.to_string().contains("premier détenteur"), "{seen}");
        assert_eq!(lea.thread(&next).await, Vec::<String>::new());
        lea.reads(&first).await.refused(404, "not_found");
        operator.reads(&next).await.refused(404, "not_found");
        omar.finds_no_trace_of(&next, "Keïta").await;

        let line = |state: &str, id: &str| (id.to_owned(), state.to_owned());
        assert_eq!(prescriber.chain(&next).await, [line("redirected", &first), line("sent", &next)]);
        assert_eq!(operator.chain(&first).await, [line("redirected", &first)]);
        assert_eq!(lea.chain(&next).await, [line("sent", &next)]);
        let mine = prescriber.lists("direction=sent").await;
        assert!(mine.contains(&next) && !mine.contains(&first), "one line per chain");
        let sent = |board: &std::collections::BTreeMap<String, i64>| board.get("sent").copied().unwrap_or(0);
        assert_eq!(sent(&prescriber.board().await), sent(&board) + 1);

        operator.does("accept", &first).await.refused(409, "not_open");
        operator.writes(&first, json!({"body": "Encore"})).await.refused(409, "not_open");
        prescriber.writes(&next, json!({"body": "Bonjour"})).await.with_status(201);
        lea.accepts(&next).await;
        assert_eq!(prescriber.sees(&next).await, "accepted");
        let mails = world.mails_arrive().await;
        let told: Vec<_> = mails.iter().filter(|mail| mail["to"] == "accueil@roue-des-flandres.example.org").collect();
        assert!(!told.is_empty(), "the next receiver is written to");
        assert!(told.iter().all(|mail| !mail.to_string().contains("Keïta")), "and never finds the person in a mail");
    }

    async fn what_is_refused_or_not_answered_comes_back_and_may_go_on_to_others(world) {
        let (prescriber, operator, lea, omar) = (world.prescriber(), world.operator(), world.persona("operator_2"), world.persona("operator_3"));
        let (first, second) = handed_over(world, "Bamba").await;
        operator.does_with("archive", &first, json!({"reason": "handled_elsewhere"})).await.good();
        lea.hands_over(&second, &omar).await;
        let third = prescriber.reads(&second).await.good()["hand_over"]["next_id"].as_str().unwrap().to_owned();
        let circle = json!({"organisation_id": operator.organisation(), "code": "other", "person_agreed": true});
        omar.does_with("redirect", &third, circle).await.refused(422, "redirect_in_circle");
        omar.refuses(&third, "no_capacity").await;
        assert_eq!(lea.sees(&second).await, "under_review");
        let back = lea.reads(&second).await.good();
        assert!(back["returned_at"].is_string() && back["answered_at"].is_null() && back["expire_at"].is_string());
        omar.does("unarchive", &third).await.refused(409, "not_archived");

        world.moves_on("P61D").await;
        assert_eq!(prescriber.sees(&second).await, "expired");
        let line = operator.reads(&first).await.good();
        assert_eq!((&line["state"], &line["filing"], &line["box"]), (&json!("under_review"), &Value::Null, &json!("to_handle")));
        assert!(prescriber.lists("direction=sent").await.contains(&first), "the first leg speaks for the chain again");
        operator.refuses(&first, "other").await;
        assert_eq!(prescriber.sees(&first).await, "refused");
        let mails = world.mails_arrive().await;
        assert!(!about(&mails, &first, "refused", "sender").is_empty());
    }

    async fn a_person_in_charge_comes_back_in_charge(world) {
        let (prescriber, operator, lea) = (world.prescriber(), world.operator(), world.persona("operator_2"));
        let first = prescriber.refers(&world.service(COACHING).await, "Cissé").await;
        operator.accepts(&first).await;
        operator.hands_over(&first, &lea).await;
        let next = prescriber.reads(&first).await.good()["hand_over"]["next_id"].as_str().unwrap().to_owned();
        lea.does_with("archive", &next, json!({"reason": "unreachable"})).await.good();
        assert_eq!(operator.sees(&first).await, "accepted");
        lea.does("unarchive", &next).await.refused(409, "not_reversible");
        operator.completes(&first).await;
        assert_eq!(prescriber.sees(&first).await, "completed");
    }

    async fn a_contact_corrected_meanwhile_comes_back_with_the_person(world) {
        let (prescriber, operator, lea) = (world.prescriber(), world.operator(), world.persona("operator_2"));
        let (first, next) = handed_over(world, "Joignable").await;
        prescriber.changes(&next, json!({"person": {"phone": "0639981299"}})).await.good();
        assert_eq!(operator.reads(&first).await.good()["contact"]["phone"], "06 39 98 12 34", "what is told to the next holder is not told to the former");
        lea.refuses(&next, "no_capacity").await;
        assert_eq!(operator.reads(&first).await.good()["contact"]["phone"], "0639981299");
        let mails = world.mails_arrive().await;
        assert_eq!((about(&mails, &first, "returned", "receiver").len(), about(&mails, &first, "contact_changed", "receiver").len()), (1, 1));
        let (again, then) = handed_over(world, "Inchangé").await;
        lea.refuses(&then, "no_capacity").await;
        assert!(about(&world.mails_arrive().await, &again, "contact_changed", "receiver").is_empty());
    }

    async fn a_former_holder_reads_for_thirty_days_and_then_finds_nothing(world) {
        let (prescriber, operator, lea) = (world.prescriber(), world.operator(), world.persona("operator_2"));
        let (first, next) = handed_over(world, "Ndiaye").await;
        lea.accepts(&next).await;
        world.moves_on("P29D").await;
        assert_eq!(operator.reads(&first).await.good()["identity"]["family_name"], "Ndiaye");
        world.moves_on("P2D").await;
        operator.finds_no_trace_of(&first, "Ndiaye").await;
        for door in ["chain", "actions"] {
            operator.get(&format!("/v1/referrals/{first}/{door}")).await.refused(404, "not_found");
        }
        assert_eq!(prescriber.sees(&first).await, "redirected");
        lea.does_with("archive", &next, json!({"reason": "person_stopped", "ending": "none"})).await.good();
        lea.completes(&next).await;
        operator.reads(&first).await.refused(404, "not_found");
    }

    async fn a_hand_over_that_may_not_be_leaves_everything_as_it_was(world) {
        let (prescriber, operator, lea) = (world.prescriber(), world.operator(), world.persona("operator_2"));
        let first = prescriber.refers(&world.service(COACHING).await, "Sarr").await;
        let before = operator.reads(&first).await.good();
        let to = |patch: Value| {
            let mut command = json!({"organisation_id": lea.organisation(), "code": "no_capacity", "person_agreed": true});
            super::merge(&mut command, patch);
            command
        };
        let tried = async |patch: Value, status: u16, code: &str| {
            operator.does_with("redirect", &first, to(patch)).await.refused(status, code);
        };
        tried(json!({"organisation_id": operator.organisation()}), 422, "redirect_to_self").await;
        tried(json!({"person_agreed": false}), 422, "consent_missing").await;
        tried(json!({"organisation_id": relais_adapters::ids::fresh()}), 422, "unknown_reference").await;
        tried(json!({"service_id": world.service(COACHING).await}), 422, "not_of_this_service").await;
        tried(json!({"note": "NIR 2 55 08 14 168 025 38"}), 422, "forbidden_identifier").await;
        tried(json!({"note": "{{ config }}"}), 422, "markup_not_allowed").await;
        let contacted = json!({"by": "Karim", "at": world.now().await + chrono::TimeDelta::days(1), "with": "Léa"});
        tried(json!({"contacted": contacted}), 422, "in_the_future").await;
        tried(json!({"state": "accepted"}), 422, "unknown_field").await;
        world.persona("reader").does_with("redirect", &first, to(json!({}))).await.refused(403, "permission_missing");
        prescriber.does_with("redirect", &first, to(json!({}))).await.refused(403, "permission_missing");
        lea.does_with("redirect", &first, to(json!({}))).await.refused(404, "not_found");
        let dry = operator.post(&format!("/v1/referrals/{first}/redirect?dry_run=true"), to(json!({}))).await.good();
        assert_eq!(dry["would"], "redirect");
        assert_eq!(operator.reads(&first).await.good(), before);
        assert_eq!(lea.searches(json!({"name": "Sarr"})).await, Vec::<String>::new());

        let stale = operator.with("if-match", "\"999.0.fr\"").does_with("redirect", &first, to(json!({}))).await;
        stale.refused(412, "version_changed");
        operator.hands_over(&first, &lea).await;
        operator.does_with("redirect", &first, to(json!({}))).await.refused(409, "not_open");
    }

    async fn whoever_was_handed_to_an_organisation_that_is_blocked_comes_back(world) {
        let (operator, lea) = (world.operator(), world.persona("operator_2"));
        let (first, next) = handed_over(world, "Fall").await;
        let path = format!("/v1/organisations/{}", lea.organisation());
        let moderator = world.persona("moderator");
        moderator.post(&format!("{path}/block"), json!({"reason": "Adresse introuvable"})).await.good();
        assert_eq!(operator.sees(&first).await, "under_review");
        assert_eq!(world.prescriber().sees(&next).await, "expired");
    }

    async fn the_sender_withdraws_the_open_leg_and_the_chain_has_ended(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let (first, next) = handed_over(world, "Touré").await;
        prescriber.does("withdraw", &next).await.good();
        assert_eq!(operator.sees(&first).await, "redirected", "nothing comes back");
        assert!(prescriber.lists("direction=sent&state=withdrawn").await.contains(&next));
    }
}
