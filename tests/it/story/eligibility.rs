//! Does this service fit this person? What is asked, what is missing, and what happens when it is sent all the same.

use serde_json::{Value, json};

use super::{COACHING, OVERRIDE, complaints, edits_service, form};
use crate::world::World;

/// Young, on a low income, with a recent certificate.
fn criteria() -> Value {
    json!([
        {"id": "age", "kind": "age", "rule": {"min": 16, "max": 25}, "label": "De 16 à 25 ans", "obligatory": true},
        {"id": "income", "kind": "income", "rule": {"max_by_household": {"1": "1200.00", "2": "1800.00", "per_more": "400.00"},
         "period": "month", "currency": "EUR"}, "label": "Ressources modestes", "obligatory": true,
         "proof": {"document": "attestation-caf", "valid_days": 90}},
        {"id": "licence", "kind": "question", "rule": {"text": "La personne a-t-elle déjà le permis ?", "expected": "no"},
         "label": "Sans permis de conduire", "obligatory": true},
        {"id": "motivation", "label": "Être motivé", "obligatory": false}
    ])
}

/// The coaching service with these criteria, for people of Lille.
async fn service(world: &World) -> String {
    let service = world.service(COACHING).await;
    let asked = json!({
        "criteria": criteria(), "criteria_mode": "all", "audiences": ["demandeurs-emploi"],
        "coverage": {"zones": [{"kind": "epci", "code": "200093201"}]},
        "documents": [{"code": "cv", "label": "CV", "obligatory": true}]
    });
    edits_service(world, &service, asked).await;
    service
}

/// What anybody is told about somebody nobody names.
async fn explains(world: &World, service: &str, known: Value) -> Value {
    world.anybody().with("accept-language", "fr").post(&format!("/v1/services/{service}/eligibility"), known).await.with_status(200).good()
}

fn standing<'a>(answer: &'a Value, id: &str) -> (&'a str, &'a str) {
    let one = answer["criteria"].as_array().unwrap().iter().find(|one| one["id"] == id).unwrap_or_else(|| panic!("no {id} in {answer}"));
    (one["state"].as_str().unwrap(), one["reason"]["code"].as_str().unwrap())
}

both! {
    async fn question_by_question_the_answer_explains_itself_and_takes_nothing_back(world) {
        let service = service(world).await;
        let steps = [
            (json!({"age": 24}), ("age", "met", "age_within")),
            (json!({"commune": "59350"}), ("coverage", "met", "lives_there")),
            (json!({"audiences": ["demandeurs-emploi"]}), ("audience", "met", "belongs")),
            (json!({"income": {"amount": "1500.00", "currency": "EUR", "period": "month"}}), ("income", "unknown", "household_not_told")),
            (json!({"household_size": 2}), ("income", "met", "income_within")),
            (json!({"answers": {"licence": false}}), ("licence", "met", "answered_as_expected")),
        ];
        let mut known = json!({});
        let mut before = explains(world, &service, known.clone()).await;
        assert_eq!(before["verdict"], "unknown");
        assert_eq!(before["criteria"].as_array().unwrap().len(), 6, "its own four, its audiences and its coverage");
        assert_eq!(standing(&before, "motivation"), ("unknown", "words_only"));
        for (more, (id, state, reason)) in steps {
            assert!(before["next_question"]["text"].as_str().is_some_and(|text| text.ends_with('?')), "{before}");
            known.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let after = explains(world, &service, known.clone()).await;
            assert_eq!(standing(&after, id), (state, reason), "{known}");
            for decided in before["criteria"].as_array().unwrap().iter().filter(|one| one["state"] != "unknown") {
                assert_eq!(standing(&after, decided["id"].as_str().unwrap()).0, decided["state"], "{known}");
            }
            before = after;
        }
        assert_eq!((&before["verdict"], &before["next_question"], &before["blocking"]), (&json!("eligible"), &json!(null), &json!([])));
        assert_eq!(before["documents_missing"], json!(["cv", "attestation-caf"]));
        assert_eq!(before["documents"][0]["label"], "CV");
        known["documents"] = json!([{"code": "cv"}, {"code": "attestation-caf", "issued_on": "2020-01-01"}]);
        assert_eq!(explains(world, &service, known.clone()).await["documents_missing"], json!(["attestation-caf"]), "it is too old");
    }

    async fn a_person_of_24_whose_commune_is_not_covered_is_told_why(world) {
        let service = service(world).await;
        let answer = explains(world, &service, json!({"age": 24, "commune": "38185"})).await;
        assert_eq!((&answer["verdict"], &answer["blocking"], &answer["next_question"]), (&json!("not_eligible"), &json!(["coverage"]), &json!(null)));
        assert_eq!((standing(&answer, "age").0, standing(&answer, "coverage")), ("met", ("not_met", "lives_elsewhere")));
        let coverage = &answer["criteria"][0];
        assert_eq!((&coverage["label"], &coverage["reason"]["label"]), (&json!("Habite le territoire couvert par le service"), &json!("La personne habite ailleurs")));
        assert_eq!(coverage["reason"]["params"]["zones"][0]["code"], "200093201");
        let path = format!("/v1/services/{service}/eligibility");
        let german = world.anybody().with("accept-language", "de").post(&path, json!({})).await.good();
        assert_eq!(german["criteria"][0]["reason"]["label"], "Der Wohnort ist nicht angegeben");
    }

    async fn what_cannot_be_is_refused_with_its_place(world) {
        let service = service(world).await;
        let path = format!("/v1/services/{service}/eligibility");
        let refused = world.anybody().post(&path, json!({"commune": "00000"})).await.refused(422, "unknown_code");
        assert_eq!(complaints(&refused), [("unknown_code", "/commune")]);
        let wrong = json!({"birth_date": "2000-01-01", "age": 12, "statuses": ["rsa"], "not_statuses": ["rsa"]});
        let refused = world.anybody().post(&path, wrong).await.refused(422, "validation_failed");
        assert_eq!(complaints(&refused), [("contradiction", "/age"), ("contradiction", "/not_statuses/0")]);
        let named = world.anybody().post(&path, json!({"family_name": "Sow"})).await.refused(422, "unknown_field");
        assert_eq!(complaints(&named), [("unknown_field", "/family_name")], "nobody is named");
        world.anybody().post(&format!("/v1/services/{}/eligibility", uuid::Uuid::nil()), json!({})).await.refused(404, "not_found");
        let odd = json!({"criteria": [{"id": "a", "kind": "age", "rule": {"min": 30, "max": 20}, "label": "X"}]});
        let refused = world.persona("admin").patches(&format!("/v1/services/{service}"), odd).await.refused(422, "out_of_range");
        assert_eq!(complaints(&refused), [("out_of_range", "/criteria/0/rule/max")]);
    }

    async fn who_does_not_meet_what_is_obligatory_is_sent_with_a_reason_that_the_receiver_reads(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let service = service(world).await;
        let told = json!({
            "audiences": ["demandeurs-emploi"], "criteria": ["motivation"], "documents": [{"code": "cv", "at_hand": true, "reason": "Suivra"}],
            "person": {"birth_year": 1980, "household_size": 2},
            "eligibility": {"income": {"amount": "1500.00", "currency": "EUR", "period": "month"}, "answers": {"licence": false}}
        });
        let draft = prescriber.drafts_form(form(&service, "Sow", told)).await;
        let kept = prescriber.reads(&draft).await.good();
        assert_eq!((&kept["social"]["facts"]["answers"]["licence"], &kept["social"]["eligibility"]), (&json!(false), &json!(null)));
        let problem = prescriber.does("send", &draft).await.refused(422, "criterion_not_met");
        assert_eq!(complaints(&problem), [("criterion_not_met", "/eligibility")]);
        assert_eq!(problem["errors"][0]["params"], json!({"criterion": "age", "reason": "age_above"}));
        assert_eq!(prescriber.blockers_to("send", &draft).await, ["criterion_not_met"], "the list of acts says the same");

        prescriber.sends(&draft).await;
        let seen = operator.reads(&draft).await.good();
        assert_eq!(seen["social"]["override_reason"], OVERRIDE);
        let judged = &seen["social"]["eligibility"];
        assert_eq!((&judged["verdict"], standing(judged, "age")), (&json!("not_eligible"), ("not_met", "age_above")));
        assert_eq!((standing(judged, "income").0, standing(judged, "licence").0, standing(judged, "motivation").1), ("met", "met", "said_to_be_met"));
        assert_eq!(judged["facts"]["household_size"], 2);

        edits_service(world, &service, json!({"criteria": []})).await;
        assert_eq!(operator.reads(&draft).await.good()["social"]["eligibility"], *judged, "it stays as it was at sending");
    }

    async fn who_meets_what_is_asked_needs_no_tick_and_no_reason(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let service = service(world).await;
        edits_service(world, &service, json!({"documents": []})).await;
        let year = 2026 - 20;
        let told = json!({
            "person": {"birth_year": year},
            "eligibility": {"income": {"amount": "900", "currency": "EUR", "period": "month"}, "answers": {"licence": false}, "audiences": ["demandeurs-emploi"]}
        });
        let draft = prescriber.drafts_form(form(&service, "Ndiaye", told)).await;
        prescriber.does("send", &draft).await.good();
        let seen = operator.reads(&draft).await.good();
        assert_eq!((&seen["social"]["eligibility"]["verdict"], &seen["social"]["override_reason"]), (&json!("eligible"), &json!(null)));

        let wrong = json!({"eligibility": {"household_size": 3, "statuses": ["rsa"], "not_statuses": ["rsa"]}});
        let refused = prescriber.post("/v1/referrals", form(&service, "Ba", wrong)).await.refused(422, "contradiction");
        assert_eq!(complaints(&refused), [("contradiction", "/eligibility/not_statuses/0")]);
    }
}
