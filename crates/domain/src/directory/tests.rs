//! The rules of a service, by example.

use chrono::{DateTime, Utc};
use rstest::rstest;
use serde_json::{Value, json};
use utoipa::PartialSchema;
use uuid::Uuid;

use super::*;
use crate::shared::{
    Blocked, BlockerKind,
    ids::{OrganisationId, ServiceId},
};

fn at(day: u32) -> DateTime<Utc> {
    format!("2026-03-{day:02}T09:00:00Z").parse().unwrap()
}

fn draft(value: Value) -> ServiceDraft {
    serde_json::from_value(value).unwrap()
}

fn complete() -> Value {
    json!({
        "name": "Auto-école sociale",
        "summary": "Préparer le permis en petit groupe",
        "kind": "training",
        "topics": ["mobilite--preparer-un-permis"],
        "audiences": [],
        "fee": "free",
        "reception": "on_site",
        "address": {"line1": "14 rue des Sarrazins", "postal_code": "59000", "locality": "Lille", "country": "FR"},
        "coverage": {"everywhere": true},
        "ways_in": ["phone", "referral_form"],
        "contact": {"email": "accueil@roue.example.org"},
        "update_frequency": "quarterly",
        "form_enabled": true
    })
}

fn service(value: Value) -> Service {
    Service::create(ServiceId(Uuid::nil()), OrganisationId(Uuid::nil()), draft(value), at(1)).unwrap().service
}

fn published() -> Service {
    service(complete()).publish(at(2)).unwrap().service
}

fn codes(refused: Result<ServiceChange, Blocked>) -> Vec<(&'static str, String)> {
    let blockers = refused.unwrap_err().0;
    blockers.into_iter().map(|blocker| (blocker.code, blocker.pointer.unwrap_or_default())).collect()
}

#[test]
fn publishing_names_everything_that_is_missing_at_once() {
    let bare = service(json!({"name": "Aide", "form_enabled": true, "reception": "both", "ways_in": ["link"]}));
    let missing = codes(bare.publish(at(2)));
    assert!(missing.iter().all(|(code, _)| *code == "required_to_publish"));
    let pointers: Vec<&str> = missing.iter().map(|(_, pointer)| pointer.as_str()).collect();
    assert_eq!(
        pointers,
        [
            "/kind",
            "/summary",
            "/topics",
            "/coverage",
            "/update_frequency",
            "/fee_note",
            "/address",
            "/contact/email",
            "/link",
            "/link_text"
        ]
    );
    assert_eq!(bare.blockers_to_publish()[0].kind, BlockerKind::Content);
    assert_eq!(bare.gaps(), pointers);
}

#[test]
fn a_service_lives_through_its_states() {
    let service = published();
    assert_eq!(service.state, ServiceState::Published);
    assert_eq!(service.updated_at, at(2));
    assert_eq!(codes(service.publish(at(3))), [("already_published", String::new())]);
    let suspended = service.suspend(at(3)).unwrap();
    assert_eq!(suspended.events, [ServiceEvent::Suspended]);
    assert_eq!(codes(suspended.service.suspend(at(4))), [("already_suspended", String::new())]);
    assert_eq!(suspended.service.publish(at(4)).unwrap().service.state, ServiceState::Published);
    let archived = suspended.service.archive(at(5)).unwrap().service;
    assert_eq!(codes(archived.archive(at(6))), [("already_archived", String::new())]);
    assert_eq!(codes(archived.publish(at(6))), [("archived", String::new())]);
    assert_eq!(codes(archived.suspend(at(6))), [("archived", String::new())]);
    assert_eq!(codes(archived.edit(archived.draft(), at(6))), [("archived", String::new())]);
    assert_eq!(codes(self::service(complete()).suspend(at(2))), [("not_published", String::new())]);
}

#[test]
fn an_edit_names_the_changed_fields_and_keeps_a_public_service_complete() {
    let service = published();
    let patch = ServicePatch(json!({"summary": "Le code, puis la conduite", "weeks": 40}).as_object().unwrap().clone());
    let change = service.edit(patch.apply(&service.draft()).unwrap(), at(3)).unwrap();
    assert_eq!(change.events, [ServiceEvent::Edited { fields: vec!["summary", "weeks"] }]);
    assert_eq!(change.service.updated_at, at(3));
    assert!(service.edit(service.draft(), at(3)).unwrap().events.is_empty());
    let patch = ServicePatch(json!({"summary": null, "coverage": null}).as_object().unwrap().clone());
    let refused = codes(service.edit(patch.apply(&service.draft()).unwrap(), at(3)));
    assert_eq!(refused, [("required_to_publish", "/summary".to_owned()), ("required_to_publish", "/coverage".to_owned())]);
}

#[rstest]
#[case(json!({"topics": ["sante--addictions", "sante--addictions"]}), "duplicate", "/topics/1")]
#[case(json!({"criteria": [{"id": "a", "label": "x"}, {"id": "a", "label": "y"}]}), "duplicate", "/criteria/1/id")]
#[case(json!({"documents": [{"code": "d", "label": "x"}, {"code": "d", "label": "y"}]}), "duplicate", "/documents/1/code")]
#[case(json!({"hours_per_week": 169}), "out_of_range", "/hours_per_week")]
#[case(json!({"weeks": 0}), "out_of_range", "/weeks")]
#[case(
    json!({"address": {"line1": "x", "postal_code": "590", "locality": "Lille", "country": "FR"}}),
    "postal_code_invalid",
    "/address/postal_code"
)]
fn content_that_the_types_cannot_refuse_is_blocked(#[case] more: Value, #[case] code: &str, #[case] pointer: &str) {
    let mut body = json!({"name": "Aide"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let blockers = draft(body).blockers();
    assert_eq!(blockers.len(), 1);
    assert_eq!((blockers[0].code, blockers[0].pointer.as_deref()), (code, Some(pointer)));
}

#[rstest]
#[case(json!({}))]
#[case(json!({"name": " "}))]
#[case(json!({"name": "Aide", "state": "published"}))]
#[case(json!({"name": "Aide", "topics": ["mobilite--inconnu"]}))]
#[case(json!({"name": "Aide", "audiences": ["tous-publics"]}))]
#[case(json!({"name": "Aide", "coverage": {"zones": []}}))]
#[case(json!({"name": "Aide", "coverage": {}}))]
#[case(json!({"name": "Aide", "coverage": {"everywhere": true, "zones": [{"kind": "commune", "code": "59350"}]}}))]
#[case(json!({"name": "Aide", "criteria": [{"id": "A B", "label": "x"}]}))]
fn a_draft_outside_its_vocabulary_is_no_draft(#[case] body: Value) {
    assert!(serde_json::from_value::<ServiceDraft>(body).is_err());
}

#[test]
fn a_draft_survives_its_json_and_its_schema_says_what_is_required() {
    let full = draft(complete());
    assert_eq!(draft(serde_json::to_value(&full).unwrap()), full);
    let required = |schema| serde_json::to_value(schema).unwrap().get("required").cloned();
    assert_eq!(required(ServiceDraft::schema()), Some(json!(["name"])));
    assert_eq!(required(ServicePatch::schema()), None);
}

#[rstest]
#[case::open(published(), false, false, Ok(()))]
#[case::draft(service(complete()), true, true, Err("service_not_published"))]
#[case::suspended(published().suspend(at(3)).unwrap().service, true, true, Err("service_suspended"))]
#[case::form_off(Service { form_enabled: false, ..published() }, true, true, Err("form_off"))]
#[case::joined_without_email(Service { contact: None, ..published() }, true, true, Ok(()))]
#[case::unverified(Service { contact: None, ..published() }, true, false, Err("organisation_unverified"))]
#[case::nobody(Service { contact: None, ..published() }, false, false, Err("no_contact_email"))]
#[case::imported_joined(imported(), true, true, Ok(()))]
#[case::imported_unjoined(imported(), false, false, Err("form_off"))]
#[case::suspended_from_today(Service { suspended_from: Some("2026-03-09".parse().unwrap()), ..published() }, true, true, Err("service_suspended"))]
#[case::suspended_from_tomorrow(Service { suspended_from: Some("2026-03-10".parse().unwrap()), ..published() }, true, true, Ok(()))]
#[case::imported_form_on(Service { form_enabled: true, ..imported() }, false, false, Ok(()))]
fn referrals_are_accepted_only_where_someone_reads_them(
    #[case] service: Service,
    #[case] members: bool,
    #[case] verified: bool,
    #[case] expected: Result<(), &'static str>,
) {
    let organisation = Receiving { active: true, has_members: members, verified, takes_forms: true };
    assert_eq!(service.accepts_referrals(organisation, at(9).date_naive()), expected);
    assert!(service.accepts_referrals(Receiving { active: false, ..organisation }, at(9).date_naive()).is_err());
}

fn imported() -> Service {
    Service { source: Some("dora".parse().unwrap()), form_enabled: false, ..published() }
}

#[test]
fn lists_and_choices_hold_the_same_codes() {
    let list = |name: &str| reference_list(name).unwrap().iter().map(|entry| entry.code).collect::<Vec<_>>();
    assert_eq!(list("service-kinds"), ServiceKind::ALL.iter().map(|kind| kind.code()).collect::<Vec<_>>());
    assert_eq!(list("fees"), Fee::ALL.iter().map(|fee| fee.code()).collect::<Vec<_>>());
    assert_eq!(list("receptions"), Reception::ALL.iter().map(|reception| reception.code()).collect::<Vec<_>>());
    assert_eq!(list("ways-in"), WayIn::ALL.iter().map(|way| way.code()).collect::<Vec<_>>());
    assert_eq!(list("who-may-turn"), OpenTo::ALL.iter().map(|who| who.code()).collect::<Vec<_>>());
    assert_eq!(list("service-states"), ServiceState::ALL.iter().map(|state| state.code()).collect::<Vec<_>>());
    assert_eq!(list("update-frequencies"), UpdateFrequency::ALL.iter().map(|every| every.code()).collect::<Vec<_>>());
    for kind in ServiceKind::ALL {
        assert_eq!(ServiceKind::from_national(kind.national()), Some(*kind));
    }
    for way in WayIn::ALL {
        assert_eq!(way.national().and_then(WayIn::from_national), way.national().map(|_| *way));
    }
}
