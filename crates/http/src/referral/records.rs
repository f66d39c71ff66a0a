//! Single referrals.

use crate::server::Register;
use actix_web::{delete, get, patch, post};
use relais_app::referral::view::ReferralView;
use relais_app::referral::{self, ReferralDraft};
use relais_domain::referral::Action;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::door::{Answer, Call, NoQuery};

pub(super) fn routes(config: &mut impl Register) {
    config
        .service(create_referral)
        .service(record_outside_referral)
        .service(read_referral)
        .service(update_referral)
        .service(delete_referral)
        .service(list_referral_actions);
}

/// Make a draft
///
/// Only the sender sees it. It is deleted after 30 untouched days.
#[utoipa::path(tag = "referrals", request_body = ReferralDraft, responses((status = 201, description = "The draft", body = ReferralView)),
    extensions(("x-permission" = json!("referrals:write"))))]
#[post("/v1/referrals")]
async fn create_referral(call: Call<NoQuery, ReferralDraft>) -> Answer {
    let done = referral::create(&call.app, &call.caller, call.body.clone()).await?;
    call.effect(done, &referral::one(&call.app, &call.caller, done.id.into(), false).await?)
}

/// Record a referral made by phone or mail
///
/// On the sender's board; nobody is told. After 10 days a task asks what became of it.
#[utoipa::path(tag = "referrals", request_body = ReferralDraft, responses((status = 201, description = "The referral", body = ReferralView)),
    extensions(("x-permission" = json!("referrals:write"))))]
#[post("/v1/referrals/outside")]
async fn record_outside_referral(call: Call<NoQuery, ReferralDraft>) -> Answer {
    let done = referral::outside(&call.app, &call.caller, call.body.clone()).await?;
    call.effect_in("/v1/referrals", done, &referral::one(&call.app, &call.caller, done.id.into(), false).await?)
}

/// What to include.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ReadReferralQuery {
    /// `notices`: who is told, how, and whether it left; for the sender.
    #[param(max_length = 50, pattern = "^notices$")]
    include: Option<String>,
}

/// Read a referral
///
/// Parts that you lack the right to are null and named in `hidden`. The reading is journalled before the answer leaves.
#[utoipa::path(tag = "referrals", params(("id" = relais_domain::shared::ids::ReferralId, Path, description = "The referral"), ReadReferralQuery),
    responses((status = 200, description = "The referral", body = ReferralView)), extensions(("x-permission" = json!("referrals:read"))))]
#[get("/v1/referrals/{id}")]
async fn read_referral(call: Call<ReadReferralQuery>) -> Answer {
    let with_notices = call.query.include.is_some();
    call.item(&referral::one_unless(&call.app, &call.caller, call.id()?, with_notices, |view| call.knows(view)).await?)
}

/// Change a draft, or the person's contact after sending
///
/// JSON Merge Patch: null clears, absent keeps. After sending, only the contact fields of the person may change; the
/// receiver is told. Of a walk-in it needs `referrals:handle` instead: its receiver wrote it.
#[utoipa::path(tag = "referrals", params(("id" = relais_domain::shared::ids::ReferralId, Path, description = "The referral")), request_body = ReferralDraft,
    responses((status = 200, description = "The referral", body = ReferralView)), extensions(("x-permission" = json!("referrals:write"))))]
#[patch("/v1/referrals/{id}")]
async fn update_referral(call: Call<NoQuery, Value>) -> Answer {
    let done = referral::patch(&call.app, &call.caller, call.id()?, call.body.clone()).await?;
    call.effect(done, &referral::one(&call.app, &call.caller, done.id.into(), false).await?)
}

/// Delete a draft
///
/// Only a draft; what was sent is withdrawn instead.
#[utoipa::path(tag = "referrals", params(("id" = relais_domain::shared::ids::ReferralId, Path, description = "The referral")),
    responses((status = 204, description = "Deleted")), extensions(("x-permission" = json!("referrals:write"))))]
#[delete("/v1/referrals/{id}")]
async fn delete_referral(call: Call) -> Answer {
    let done = referral::delete(&call.app, &call.caller, call.id()?).await?;
    call.nothing(done)
}

/// The acts of a referral.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct ReferralActions {
    /// Every act, allowed or not.
    items: Vec<Action>,
}

/// List what can be done with a referral now
///
/// Each act with `allowed` and `blockers[]`, from the same guards that the act itself calls.
#[utoipa::path(tag = "referrals", params(("id" = relais_domain::shared::ids::ReferralId, Path, description = "The referral")),
    responses((status = 200, description = "The acts", body = ReferralActions)), extensions(("x-permission" = json!("referrals:read"))))]
#[get("/v1/referrals/{id}/actions")]
async fn list_referral_actions(call: Call) -> Answer {
    call.plain(&ReferralActions { items: referral::actions(&call.app, &call.caller, call.id()?).await? })
}
