//! What a person may ask for: everything that is held on them, and to be forgotten.

use actix_web::post;
use relais_app::person::view::PersonView;
use relais_app::person::{self, EraseCommand, PersonExport};
use relais_domain::shared::ids::PersonId;
use utoipa::ToSchema;

use crate::door::{ActQuery, Answer, Call, NoBody, NoQuery, TriedAct};
use crate::server::Register;

pub(super) fn routes(config: &mut impl Register) {
    config.service(export_person).service(erase_person);
}

/// Take out everything that is held on a person
///
/// For the person: what your organisation holds on them in every table, the referrals that it sent and those that it received and
/// keeps a record from, and who of it was shown that. Counted against a budget of the account and of its organisation. Records that
/// are linked as the same person are taken out together. What other organisations hold is theirs to give. Both journals note it; not
/// idempotent: nothing changes.
#[utoipa::path(tag = "people", params(("id" = PersonId, Path, description = "The record")),
    responses((status = 200, description = "What is held", body = PersonExport)),
    extensions(("x-permission" = json!("people:export")), ("x-no-idempotency" = json!(true))))]
#[post("/v1/people/{id}/export")]
async fn export_person(call: Call<NoQuery, NoBody>) -> Answer {
    call.plain(&person::export(&call.app, &call.caller, call.id()?).await?)
}

/// What is left of the record; with `dry_run=true` what would have happened.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is asked for")]
enum ErasureAnswer {
    /// The record.
    Done(Box<PersonView>),
    /// The dry run.
    Tried(TriedAct),
}

/// Erase what is held on a person
///
/// The record, its referrals with their threads and notes on both sides, and the values in the journal of changes. Ids, states and
/// instants stay for the counts. A record of its own that a receiver keeps stays with it. Blocked while a referral is open. It cannot
/// be taken back.
#[utoipa::path(tag = "people", params(("id" = PersonId, Path, description = "The record"), ActQuery), request_body = EraseCommand,
    responses((status = 200, description = "What is left of the record, or what a dry run found", body = ErasureAnswer)),
    extensions(("x-permission" = json!("people:erase"))))]
#[post("/v1/people/{id}/erase")]
async fn erase_person(call: Call<ActQuery, EraseCommand>) -> Answer {
    let done = person::erase(&call.app, &call.caller, call.id()?, &call.body).await?;
    if call.caller.request.dry_run {
        return call.plain(&TriedAct::of(&call, "erase", done.id));
    }
    call.effect(done, &person::one(&call.app, &call.caller, done.id.into()).await?)
}
