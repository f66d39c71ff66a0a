//! The chain of a referral, and the hand-over that makes its next leg.

use actix_web::{get, post};
use relais_app::referral::view::{ReferralLine, ReferralView};
use relais_app::referral::{self, RedirectCommand, WalkInForm};
use relais_app::{Page, PageParams};

use super::acts::{ActAnswer, answer};
use crate::door::{ActQuery, Answer, Call, NoQuery};
use crate::server::Register;

pub(super) fn routes(config: &mut impl Register) {
    config.service(enter_walk_in).service(read_referral_chain).service(redirect_referral);
}

/// Enter a walk-in
///
/// A person who came to the counter of your structure without a sender: in charge at once, or still to handle. No reminder, no
/// expiry; the person was informed, and is asked for the consent to a transfer only when handed over.
#[utoipa::path(tag = "referrals", request_body = WalkInForm, responses((status = 201, description = "The referral", body = ReferralView)),
    extensions(("x-permission" = json!("referrals:handle"))))]
#[post("/v1/referrals/walk-in")]
async fn enter_walk_in(call: Call<NoQuery, WalkInForm>) -> Answer {
    let done = referral::walk_in(&call.app, &call.caller, call.body.clone()).await?;
    call.effect_in("/v1/referrals", done, &referral::one(&call.app, &call.caller, done.id.into(), false).await?)
}

/// List the legs of a chain
///
/// From the first to the last, those that you may see: all of them for the sender, your own for a holder.
#[utoipa::path(tag = "referrals", params(("id" = relais_domain::shared::ids::ReferralId, Path, description = "A leg of the chain"), PageParams),
    responses((status = 200, description = "A page of legs", body = Page<ReferralLine>)), extensions(("x-permission" = json!("referrals:read"))))]
#[get("/v1/referrals/{id}/chain")]
async fn read_referral_chain(call: Call<serde_json::Value>) -> Answer {
    call.list(&referral::legs_of_chain(&call.app, &call.caller, call.id()?, call.page()).await?)
}

/// Hand a person over
///
/// To another service or organisation, with the person's agreement: yours becomes `redirected` and is read for 30 days more, the
/// next leg waits at the next receiver. When that one refuses, does not answer or is gone, the person comes back to you. Never to
/// yourself, to who holds an open leg of the need, or to who handed the person over.
#[utoipa::path(tag = "referrals", params(("id" = relais_domain::shared::ids::ReferralId, Path, description = "The referral"), ActQuery), request_body = RedirectCommand,
    responses((status = 200, description = "The referral that was handed over, or what a dry run found", body = ActAnswer)), extensions(("x-permission" = json!("referrals:handle"))))]
#[post("/v1/referrals/{id}/redirect")]
async fn redirect_referral(call: Call<ActQuery, RedirectCommand>) -> Answer {
    let done = referral::redirect(&call.app, &call.caller, call.id()?, call.body.clone()).await?;
    answer(&call, done, "redirect", false).await
}
