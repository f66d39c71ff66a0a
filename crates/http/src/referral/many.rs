//! Many at once: one need at several services, one act on many referrals.

use actix_web::{get, post};
use relais_app::referral::view::ReferralView;
use relais_app::referral::{self, BroadcastCommand, BroadcastView, BulkCommand};
use relais_domain::shared::ids::{NeedId, ReferralId};
use serde::Serialize;
use utoipa::ToSchema;

use super::digest;
use crate::door::{Answer, Call, Item, NoQuery};
use crate::problem::{self, Problem};
use crate::server::Register;

pub(super) fn routes(config: &mut impl Register) {
    config.service(create_broadcast).service(read_broadcast).service(act_on_referrals);
}

impl Item for BroadcastView {
    fn version(&self) -> i32 {
        self.version
    }

    fn mask(&self) -> i32 {
        digest(&self.items)
    }
}

/// Send a draft to several services
///
/// One referral each, at most ten; all are sent or none is. The first acceptance ends the others, whose receivers are told.
#[utoipa::path(tag = "referrals", request_body = BroadcastCommand, responses((status = 201, description = "The referrals", body = BroadcastView)),
    extensions(("x-permission" = json!("referrals:send"))))]
#[post("/v1/broadcasts")]
async fn create_broadcast(call: Call<NoQuery, BroadcastCommand>) -> Answer {
    let done = referral::broadcast(&call.app, &call.caller, call.body.clone()).await?;
    call.effect(done, &referral::read_broadcast(&call.app, &call.caller, done.id.into()).await?)
}

/// Read a broadcast
///
/// The referral of each service that speaks for its chain.
#[utoipa::path(tag = "referrals", params(("id" = NeedId, Path, description = "The need that the referrals share")),
    responses((status = 200, description = "The referrals", body = BroadcastView)), extensions(("x-permission" = json!("referrals:read"))))]
#[get("/v1/broadcasts/{id}")]
async fn read_broadcast(call: Call) -> Answer {
    call.item(&referral::read_broadcast(&call.app, &call.caller, call.id()?).await?)
}

/// What became of one of the referrals.
#[derive(Debug, Serialize, ToSchema)]
struct BulkResult {
    /// The referral.
    id: ReferralId,
    /// The status that the act alone would have answered.
    #[schema(example = 200)]
    status: u16,
    /// The referral as you may read it now; null when it was refused.
    referral: Option<Box<ReferralView>>,
    /// Why it was refused; null when it was done.
    problem: Option<Problem>,
}

/// What became of each.
#[derive(Debug, Serialize, ToSchema)]
struct BulkResults {
    /// One result per item, in their order.
    items: Vec<BulkResult>,
}

/// Do one act on many referrals
///
/// `accept`, `assign` or `archive`, on up to 200: each is done or refused for itself.
#[utoipa::path(tag = "referrals", request_body = BulkCommand, responses((status = 200, description = "One result each", body = BulkResults)),
    extensions(("x-permission" = json!("referrals:read"))))]
#[post("/v1/referrals/bulk")]
async fn act_on_referrals(call: Call<NoQuery, BulkCommand>) -> Answer {
    let (whole, results) = referral::bulk(&call.app, &call.caller, &call.body).await?;
    let mut items = Vec::with_capacity(results.len());
    for (id, result) in results {
        let seen = match result {
            Ok(done) => referral::one(&call.app, &call.caller, id, false).await.map(|referral| (done.status, referral)),
            Err(refusal) => Err(refusal),
        };
        items.push(match seen {
            Ok((status, referral)) => BulkResult { id, status, referral: Some(Box::new(referral)), problem: None },
            Err(refusal) => {
                let request = &call.caller.request;
                let problem = problem::word(&refusal, &call.app.settings.public_url, &request.id, call.caller.language);
                BulkResult { id, status: problem.status, referral: None, problem: Some(problem) }
            }
        });
    }
    call.effect_plain(whole, &BulkResults { items })
}
