//! Many at once: one need at several services, one act on many referrals.

use actix_web::{get, post};
use relais_app::Done;
use relais_app::referral::view::ReferralView;
use relais_app::referral::{self, BroadcastCommand, BroadcastView, BulkCommand, BulkResult};
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
    call.item(&referral::read_broadcast_unless(&call.app, &call.caller, call.id()?, |view| call.knows(view)).await?)
}

/// What became of one of the referrals.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReferralResult)]
pub(super) struct OneResult {
    /// The referral.
    id: ReferralId,
    /// The status that the act alone would have answered.
    #[schema(example = 200)]
    status: u16,
    /// The referral as you may read it now; null when it was refused.
    resource: Option<Box<ReferralView>>,
    /// Why it was refused; null when it was done.
    problem: Option<Problem>,
}

/// What became of each.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReferralResults)]
pub(super) struct Results {
    /// One result per referral, in their order.
    items: Vec<OneResult>,
}

/// The answer to a request that did something to each of many referrals.
pub(super) async fn results<B>(call: &Call<NoQuery, B>, (whole, results): (Done, Vec<BulkResult>)) -> Answer {
    let mut items = Vec::with_capacity(results.len());
    for (id, result) in results {
        let seen = match result {
            Ok(done) => referral::one(&call.app, &call.caller, id, false).await.map(|referral| (done.status, referral)),
            Err(refusal) => Err(refusal),
        };
        items.push(match seen {
            Ok((status, referral)) => OneResult { id, status, resource: Some(Box::new(referral)), problem: None },
            Err(refusal) => {
                let Call { app, caller, .. } = call;
                let problem = problem::word(&refusal, &app.settings.public_url, &caller.request.id, caller.language);
                OneResult { id, status: problem.status, resource: None, problem: Some(problem) }
            }
        });
    }
    call.effect_plain(whole, &Results { items })
}

/// Do one act on many referrals
///
/// `accept`, `assign` or `archive`, on up to 200: each is done or refused for itself. Each needs what its act needs as well:
/// `referrals:handle`, `referrals:assign` or `referrals:archive`. What goes with an act is sent under its name, and nothing under that
/// of another.
#[utoipa::path(tag = "referrals", request_body = BulkCommand, responses((status = 200, description = "One result each", body = Results)),
    extensions(("x-permission" = json!("referrals:read"))))]
#[post("/v1/referrals/bulk")]
async fn act_on_referrals(call: Call<NoQuery, BulkCommand>) -> Answer {
    results(&call, referral::bulk(&call.app, &call.caller, &call.body).await?).await
}
