//! Records of persons, and which may be of the same person.

use actix_web::{get, patch, post};
use relais_app::Page;
use relais_app::person::view::{DuplicatePerson, DuplicateReferral, PersonView};
use relais_app::person::{self, NewPerson, PersonFilter, PersonPatch};
use relais_domain::shared::ids::{PersonId, ReferralId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::door::{Answer, Call, NoQuery};
use crate::server::Register;

pub(super) fn routes(config: &mut impl Register) {
    config
        .service(list_people)
        .service(create_person)
        .service(search_people)
        .service(read_person)
        .service(update_person)
        .service(list_person_duplicates)
        .service(list_referral_duplicates);
}

/// What a list of records is narrowed to. Nothing personal: names and contacts go by `POST …/search`.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PeopleQuery {
    /// The person of this referral: the record that its sender named, or that its receiver keeps.
    referral_id: Option<ReferralId>,
    /// How many at most, 1–200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
    /// Where the page before ended.
    #[param(max_length = 500)]
    cursor: Option<String>,
    /// Also count, exactly up to 10 000.
    count: bool,
}

/// List persons
///
/// The records of your organisation that you may see, the newest first: those it entered, and those it keeps of persons whom it
/// received. Groups that you lack the right to are null and named in `hidden`.
#[utoipa::path(tag = "people", params(PeopleQuery), responses((status = 200, description = "A page", body = Page<PersonView>)),
    extensions(("x-permission" = json!("people:read"))))]
#[get("/v1/people")]
async fn list_people(call: Call<PeopleQuery>) -> Answer {
    let filter = PersonFilter { referral: call.query.referral_id, ..PersonFilter::default() };
    call.list(&person::list(&call.app, &call.caller, filter, call.page()).await?)
}

/// Enter a person, or keep a record of one
///
/// By hand, for referrals to come: a draft names it as `person_id`. Or, with `referral_id`, from a referral that your organisation
/// accepted: what the other fields leave out is taken from it. One record a referral.
#[utoipa::path(tag = "people", request_body = NewPerson, responses((status = 201, description = "The record", body = PersonView)),
    extensions(("x-permission" = json!("people:write"))))]
#[post("/v1/people")]
async fn create_person(call: Call<NoQuery, NewPerson>) -> Answer {
    let done = person::create(&call.app, &call.caller, &call.body).await?;
    call.effect(done, &person::one(&call.app, &call.caller, done.id.into()).await?)
}

/// What to search for. Nothing of it ever stands in a URL.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct SearchPeople {
    /// The beginning of "family given": case, accents, hyphens and spaces do not count.
    #[schema(max_length = 200, min_length = 2)]
    name: Option<String>,
    /// The person's phone or e-mail, whole.
    #[schema(max_length = 254)]
    contact: Option<String>,
    /// How many at most, 1–200.
    #[schema(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
    /// Where the page before ended.
    #[schema(max_length = 500)]
    cursor: Option<String>,
    /// Also count, exactly up to 10 000.
    count: bool,
}

/// Search persons
///
/// By name, phone or e-mail, among records whose names or contacts you may read. Not idempotent: nothing changes.
#[utoipa::path(tag = "people", request_body = SearchPeople, responses((status = 200, description = "A page", body = Page<PersonView>)),
    extensions(("x-permission" = json!("people:read")), ("x-no-idempotency" = json!(true))))]
#[post("/v1/people/search")]
async fn search_people(call: Call<NoQuery, SearchPeople>) -> Answer {
    let SearchPeople { name, contact, limit, cursor, count } = call.body.clone();
    let mut page = call.page();
    page.limit = limit.and_then(|limit| u64::try_from(limit).ok()).unwrap_or(50);
    (page.cursor, page.count) = (cursor, count);
    page.question = format!("{name:?} {contact:?}");
    call.list(&person::list(&call.app, &call.caller, PersonFilter { name, contact, referral: None }, page).await?)
}

/// Read a person
///
/// Grouped by category; groups that you lack the right to are null and named in `hidden`. `linked` names other records of the same
/// person. The reading is journalled before the answer leaves.
#[utoipa::path(tag = "people", params(("id" = PersonId, Path, description = "The record")),
    responses((status = 200, description = "The record", body = PersonView)), extensions(("x-permission" = json!("people:read"))))]
#[get("/v1/people/{id}")]
async fn read_person(call: Call) -> Answer {
    call.item(&person::one_unless(&call.app, &call.caller, call.id()?, |view| call.knows(view)).await?)
}

/// Change a person
///
/// JSON Merge Patch: null clears, absent keeps. What was sent with a referral stays as it was sent: change its contact there.
#[utoipa::path(tag = "people", params(("id" = PersonId, Path, description = "The record")), request_body = PersonPatch,
    responses((status = 200, description = "The record", body = PersonView)), extensions(("x-permission" = json!("people:write"))))]
#[patch("/v1/people/{id}")]
async fn update_person(call: Call<NoQuery, PersonPatch>) -> Answer {
    let done = person::patch(&call.app, &call.caller, call.id()?, &call.body).await?;
    call.effect(done, &person::one(&call.app, &call.caller, done.id.into()).await?)
}

/// Records that may be of the same person.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct DuplicatePeople {
    /// The most probable first; twenty at most.
    items: Vec<DuplicatePerson>,
}

/// List possible duplicates of a person
///
/// Records of your organisation with a score and its reasons, among those whose names and contacts you may read. Whether they are
/// one person is yours to say: link them.
#[utoipa::path(tag = "people", params(("id" = PersonId, Path, description = "The record")),
    responses((status = 200, description = "The candidates", body = DuplicatePeople)), extensions(("x-permission" = json!("people:read"))))]
#[get("/v1/people/{id}/duplicates")]
async fn list_person_duplicates(call: Call) -> Answer {
    call.plain(&DuplicatePeople { items: person::duplicates(&call.app, &call.caller, call.id()?).await? })
}

/// Referrals that may be about the same person.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct DuplicateReferrals {
    /// The most probable first; twenty at most.
    items: Vec<DuplicateReferral>,
}

/// List possible duplicates of a received referral
///
/// Open referrals in your own inbox that are probably about the same person, whoever sent them; for the receiver alone.
#[utoipa::path(tag = "referrals", params(("id" = ReferralId, Path, description = "The referral")),
    responses((status = 200, description = "The candidates", body = DuplicateReferrals)), extensions(("x-permission" = json!("referrals:read"))))]
#[get("/v1/referrals/{id}/duplicates")]
async fn list_referral_duplicates(call: Call) -> Answer {
    call.plain(&DuplicateReferrals { items: person::referral_duplicates(&call.app, &call.caller, call.id()?).await? })
}
