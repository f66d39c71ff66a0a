//! What a person agreed to, and what was disclosed of them.

use actix_web::{get, post};
use relais_app::audit::AccessView;
use relais_app::page::PageParams;
use relais_app::person::view::{ConsentView, DisclosureView};
use relais_app::{Page, person, referral};
use relais_domain::person::PersonNote;
use relais_domain::shared::ids::{ConsentId, PersonId};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::door::{ActQuery, Answer, Call, TriedAct};
use crate::server::Register;

pub(super) fn routes(config: &mut impl Register) {
    config
        .service(list_person_consents)
        .service(read_person_consent)
        .service(withdraw_person_consent)
        .service(list_person_disclosures)
        .service(list_person_accesses);
}

/// List the consents of a person
///
/// Which organisation may know what of the person, for what and until when; the newest first. Records that are linked as the same
/// person answer together, each consent names its own.
#[utoipa::path(tag = "people", params(("id" = PersonId, Path, description = "The record"), PageParams),
    responses((status = 200, description = "A page", body = Page<ConsentView>)), extensions(("x-permission" = json!("people:read"))))]
#[get("/v1/people/{id}/consents")]
async fn list_person_consents(call: Call) -> Answer {
    call.list(&person::consents(&call.app, &call.caller, call.id()?, call.page()).await?)
}

/// Read a consent of a person
///
/// One of another person is not found.
#[utoipa::path(tag = "people",
    params(("id" = PersonId, Path, description = "The record"), ("consent_id" = ConsentId, Path, description = "The consent")),
    responses((status = 200, description = "The consent", body = ConsentView)), extensions(("x-permission" = json!("people:read"))))]
#[get("/v1/people/{id}/consents/{consent_id}")]
async fn read_person_consent(call: Call) -> Answer {
    let (id, consent) = (call.id()?, call.path_id("consent_id")?);
    call.item(&person::consent_unless(&call.app, &call.caller, id, consent, |view| call.knows(view)).await?)
}

/// Why the person takes the consent back.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct ConsentWithdrawal {
    /// In words; for your organisation only.
    reason: Option<PersonNote>,
}

/// The consent as it is now; with `dry_run=true` what would have happened.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is asked for")]
enum ConsentAnswer {
    /// The consent.
    Done(Box<ConsentView>),
    /// The dry run.
    Tried(TriedAct),
}

/// Withdraw a consent of a person
///
/// At once and by every door: of each referral of the person that is addressed to that recipient it sees from now on that it exists,
/// and nothing more; so of the record that it keeps from one. Files of lists that were taken out before are not handed out any more.
/// What waits there is withdrawn at the person's wish; for what is in its charge it gets a task to end the help.
/// Mails that wait are sent without what was written. It cannot be taken back: a new referral has a consent of its own.
#[utoipa::path(tag = "people",
    params(("id" = PersonId, Path, description = "The record"), ("consent_id" = ConsentId, Path, description = "The consent"), ActQuery),
    request_body = ConsentWithdrawal,
    responses((status = 200, description = "The consent, or what a dry run found", body = ConsentAnswer)), extensions(("x-permission" = json!("people:write"))))]
#[post("/v1/people/{id}/consents/{consent_id}/withdraw")]
async fn withdraw_person_consent(call: Call<ActQuery, ConsentWithdrawal>) -> Answer {
    let (id, consent) = (call.id()?, call.path_id("consent_id")?);
    let done = referral::withdraw_consent(&call.app, &call.caller, id, consent, call.body.reason.as_ref()).await?;
    if call.caller.request.dry_run {
        return call.plain(&TriedAct::of(&call, "withdraw", done.id));
    }
    call.effect(done, &person::consent(&call.app, &call.caller, id, consent).await?)
}

/// List what was disclosed of a person
///
/// Receipts, the newest first: which organisation was told what, when, with which referral and under which consent. One is written
/// whenever an organisation is told of a referral of the person, or has one again after it had lost sight of it, when a contact that
/// was sent is changed, and when one side writes to the other.
#[utoipa::path(tag = "people", params(("id" = PersonId, Path, description = "The record"), PageParams),
    responses((status = 200, description = "A page", body = Page<DisclosureView>)), extensions(("x-permission" = json!("people:read"))))]
#[get("/v1/people/{id}/disclosures")]
async fn list_person_disclosures(call: Call) -> Answer {
    call.list(&person::disclosures(&call.app, &call.caller, call.id()?, call.page()).await?)
}

/// How much of the list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AccessesQuery {
    /// How many at most, 1–200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
    /// Where the page before ended.
    #[param(max_length = 500)]
    cursor: Option<String>,
}

/// List who read of a person
///
/// From the access journal, the newest first: who of your organisation was shown the record or one of its referrals. Readings by
/// other organisations are theirs to tell; what they were told stands among the disclosures.
#[utoipa::path(tag = "people", params(("id" = PersonId, Path, description = "The record"), AccessesQuery),
    responses((status = 200, description = "A page", body = Page<AccessView>)), extensions(("x-permission" = json!("people:read"))))]
#[get("/v1/people/{id}/accesses")]
async fn list_person_accesses(call: Call<AccessesQuery>) -> Answer {
    call.list(&person::accesses(&call.app, &call.caller, call.id()?, call.page()).await?)
}
