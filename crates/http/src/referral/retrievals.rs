//! Retrievals: files asked for by the structure to which the person came.

use crate::server::Register;
use actix_web::{get, post};
use relais_app::Page;
use relais_app::referral::view::RetrievalView;
use relais_app::referral::{self, ObjectToRetrieval, RetrievalCreate, RetrievalQuery};
use utoipa::ToSchema;

use crate::door::{ActQuery, Answer, Call, Item, NoQuery, TriedAct};

impl Item for RetrievalView {
    fn version(&self) -> i32 {
        self.version
    }

    /// Who may not read what was said has another view of it.
    fn mask(&self) -> i32 {
        i32::from(self.urgent_reason.is_some()) + 2 * i32::from(self.objection.is_some())
    }
}

pub(super) fn routes(config: &mut impl Register) {
    config.service(list_retrievals).service(retrieve_referral).service(read_retrieval).service(object_to_retrieval);
}

/// List retrievals
///
/// What my organisation asked for, and what others asked of referrals that I may read, in the order in which it was asked.
#[utoipa::path(tag = "booklets", params(RetrievalQuery), responses((status = 200, description = "A page", body = Page<RetrievalView>)),
    extensions(("x-permission" = json!("referrals:handle"))))]
#[get("/v1/retrievals")]
async fn list_retrievals(call: Call<RetrievalQuery>) -> Answer {
    call.list(&referral::list_retrievals(&call.app, &call.caller, &call.query, &call.page()).await?)
}

/// Retrieve a file
///
/// The person is at my counter with a booklet, and the file is at another structure. From one that has not taken the person in charge
/// it comes at once (`state: moved`, `referral_id` is my new referral). From one that has, it is claimed: the holder may object until
/// `due_at`, two working days later, and then it comes; `urgent` with a reason brings it at once and tells the holder's lead. Holder and
/// sender are told. Every failure is 404 `not_retrievable`, after the same time, whatever the cause. Five tries an hour for each
/// account and thirty a day for each organisation; each counts. There is no dry run.
#[utoipa::path(tag = "booklets", request_body = RetrievalCreate,
    responses((status = 201, description = "The retrieval", body = RetrievalView)), extensions(("x-permission" = json!("referrals:handle"))))]
#[post("/v1/retrievals")]
async fn retrieve_referral(call: Call<NoQuery, RetrievalCreate>) -> Answer {
    let done = referral::retrieve(&call.app, &call.caller, &call.body).await?;
    call.effect(done, &referral::read_retrieval(&call.app, &call.caller, done.id.into()).await?)
}

/// Read a retrieval
///
/// For the structure that asked, and for the holder who may read the referral.
#[utoipa::path(tag = "booklets", params(("id" = relais_domain::shared::ids::RetrievalId, Path, description = "The retrieval")),
    responses((status = 200, description = "The retrieval", body = RetrievalView)), extensions(("x-permission" = json!("referrals:handle"))))]
#[get("/v1/retrievals/{id}")]
async fn read_retrieval(call: Call) -> Answer {
    call.item(&referral::read_retrieval_unless(&call.app, &call.caller, call.id()?, |view| call.knows(view)).await?)
}

/// The retrieval as it is now; with `dry_run=true` what would have happened.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is asked for")]
enum ObjectionAnswer {
    /// The retrieval.
    Done(Box<RetrievalView>),
    /// The dry run.
    Tried(TriedAct),
}

/// Object to a retrieval
///
/// The holder keeps the person, with a reason that the structure that asked reads. Until `due_at`.
#[utoipa::path(tag = "booklets", params(("id" = relais_domain::shared::ids::RetrievalId, Path, description = "The retrieval"), ActQuery), request_body = ObjectToRetrieval,
    responses((status = 200, description = "The retrieval, or what a dry run found", body = ObjectionAnswer)), extensions(("x-permission" = json!("referrals:handle"))))]
#[post("/v1/retrievals/{id}/object")]
async fn object_to_retrieval(call: Call<ActQuery, ObjectToRetrieval>) -> Answer {
    let done = referral::object_to_retrieval(&call.app, &call.caller, call.id()?, &call.body).await?;
    if call.caller.request.dry_run {
        let notices = call.caller.request.preview.lock().map(|told| told.clone()).unwrap_or_default();
        return call.plain(&TriedAct { would: "object", id: done.id, notices });
    }
    call.effect(done, &referral::read_retrieval(&call.app, &call.caller, done.id.into()).await?)
}
