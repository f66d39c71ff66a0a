//! The acts of a referral: each atomic, each answers the referral.

use crate::server::Register;
use actix_web::{post, put};
use relais_app::Done;
use relais_app::referral::view::ReferralView;
use relais_app::referral::{self, Assignment, SendCommand};
use relais_domain::referral::{
    AcceptCommand, ArchiveCommand, CompleteCommand, PathStep, RecordAnswerCommand, RefuseCommand, WithdrawCommand,
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::door::{ActQuery, Answer, Call, NoBody, TriedAct};

pub(super) fn routes(config: &mut impl Register) {
    config
        .service(send_referral)
        .service(review_referral)
        .service(waitlist_referral)
        .service(accept_referral)
        .service(refuse_referral)
        .service(withdraw_referral)
        .service(record_referral_answer)
        .service(complete_referral)
        .service(archive_referral)
        .service(unarchive_referral)
        .service(set_referral_path)
        .service(assign_referral)
        .service(set_reading_mark);
}

/// The referral as the caller may read it now; with `dry_run=true` what would have happened.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is asked for")]
pub(super) enum ActAnswer {
    /// The referral.
    Done(Box<ReferralView>),
    /// The dry run.
    Tried(TriedAct),
}

/// The answer to an act: the referral as the caller may read it now, or for a dry run what would have happened.
pub(super) async fn answer<B>(call: &Call<ActQuery, B>, done: Done, act: &'static str, notices: bool) -> Answer {
    if call.caller.request.dry_run {
        return call.plain(&TriedAct::of(call, act, done.id));
    }
    call.effect(done, &referral::one(&call.app, &call.caller, done.id.into(), notices).await?)
}

/// Send a draft
///
/// To the receiver at once, or held until your organisation is verified. `send` is blocked with every reason at once; the answer
/// says who is told how (`notices`).
#[utoipa::path(tag = "referrals", params(("id" = relais_domain::shared::ids::ReferralId, Path, description = "The referral"), ActQuery), request_body = SendCommand,
    responses((status = 200, description = "The referral, or what a dry run found", body = ActAnswer)), extensions(("x-permission" = json!("referrals:send"))))]
#[post("/v1/referrals/{id}/send")]
async fn send_referral(call: Call<ActQuery, SendCommand>) -> Answer {
    let done = referral::send(&call.app, &call.caller, call.id()?, call.body.clone()).await?;
    answer(&call, done, "send", true).await
}

/// Take a referral under review
///
/// The receiver studies it; the sender is told.
#[utoipa::path(tag = "referrals", params(("id" = relais_domain::shared::ids::ReferralId, Path, description = "The referral"), ActQuery),
    responses((status = 200, description = "The referral, or what a dry run found", body = ActAnswer)), extensions(("x-permission" = json!("referrals:handle"))))]
#[post("/v1/referrals/{id}/review")]
async fn review_referral(call: Call<ActQuery, NoBody>) -> Answer {
    let done = referral::review(&call.app, &call.caller, call.id()?).await?;
    answer(&call, done, "review", false).await
}

/// Put a referral on the waiting list
///
/// The receiver has no place yet; the sender is told.
#[utoipa::path(tag = "referrals", params(("id" = relais_domain::shared::ids::ReferralId, Path, description = "The referral"), ActQuery),
    responses((status = 200, description = "The referral, or what a dry run found", body = ActAnswer)), extensions(("x-permission" = json!("referrals:handle"))))]
#[post("/v1/referrals/{id}/waitlist")]
async fn waitlist_referral(call: Call<ActQuery, NoBody>) -> Answer {
    let done = referral::waitlist(&call.app, &call.caller, call.id()?).await?;
    answer(&call, done, "waitlist", false).await
}

/// Take the person in charge
///
/// Of two at once, one is accepted and the other answered 409 with the acts now possible. May set the agreed path at once.
#[utoipa::path(tag = "referrals", params(("id" = relais_domain::shared::ids::ReferralId, Path, description = "The referral"), ActQuery), request_body = AcceptCommand,
    responses((status = 200, description = "The referral, or what a dry run found", body = ActAnswer)), extensions(("x-permission" = json!("referrals:handle"))))]
#[post("/v1/referrals/{id}/accept")]
async fn accept_referral(call: Call<ActQuery, AcceptCommand>) -> Answer {
    let done = referral::accept(&call.app, &call.caller, call.id()?, call.body.clone()).await?;
    answer(&call, done, "accept", false).await
}

/// Refuse a referral
///
/// At least one code; without a message the sender reads the standard text of the code.
#[utoipa::path(tag = "referrals", params(("id" = relais_domain::shared::ids::ReferralId, Path, description = "The referral"), ActQuery), request_body = RefuseCommand,
    responses((status = 200, description = "The referral, or what a dry run found", body = ActAnswer)), extensions(("x-permission" = json!("referrals:handle"))))]
#[post("/v1/referrals/{id}/refuse")]
async fn refuse_referral(call: Call<ActQuery, RefuseCommand>) -> Answer {
    let done = referral::refuse(&call.app, &call.caller, call.id()?, call.body.clone()).await?;
    answer(&call, done, "refuse", false).await
}

/// Withdraw a referral
///
/// By the sender, or at the person's wish, while no decision has been made. The receiver is told.
#[utoipa::path(tag = "referrals", params(("id" = relais_domain::shared::ids::ReferralId, Path, description = "The referral"), ActQuery), request_body = WithdrawCommand,
    responses((status = 200, description = "The referral, or what a dry run found", body = ActAnswer)), extensions(("x-permission" = json!("referrals:send"))))]
#[post("/v1/referrals/{id}/withdraw")]
async fn withdraw_referral(call: Call<ActQuery, WithdrawCommand>) -> Answer {
    let done = referral::withdraw(&call.app, &call.caller, call.id()?, call.body.clone()).await?;
    answer(&call, done, "withdraw", false).await
}

/// Record the receiver's answer
///
/// The receiver answered by phone or mail: the sender records it, the receiver is told and may correct it within 30 days.
#[utoipa::path(tag = "referrals", params(("id" = relais_domain::shared::ids::ReferralId, Path, description = "The referral"), ActQuery), request_body = RecordAnswerCommand,
    responses((status = 200, description = "The referral, or what a dry run found", body = ActAnswer)), extensions(("x-permission" = json!("referrals:send"))))]
#[post("/v1/referrals/{id}/record-answer")]
async fn record_referral_answer(call: Call<ActQuery, RecordAnswerCommand>) -> Answer {
    let done = referral::record_answer(&call.app, &call.caller, call.id()?, call.body.clone()).await?;
    answer(&call, done, "record_answer", false).await
}

/// Complete a referral
///
/// The help ended, with its outcome. The sender is told. Of help outside the platform the sender itself tells the end, with
/// `referrals:send`.
#[utoipa::path(tag = "referrals", params(("id" = relais_domain::shared::ids::ReferralId, Path, description = "The referral"), ActQuery), request_body = CompleteCommand,
    responses((status = 200, description = "The referral, or what a dry run found", body = ActAnswer)), extensions(("x-permission" = json!("referrals:handle"))))]
#[post("/v1/referrals/{id}/complete")]
async fn complete_referral(call: Call<ActQuery, CompleteCommand>) -> Answer {
    let done = referral::complete(&call.app, &call.caller, call.id()?, call.body.clone()).await?;
    answer(&call, done, "complete", false).await
}

/// File a referral
///
/// For your organisation. Where it is still open there, `ending` says whether that refuses or completes it (the default) or
/// files only.
#[utoipa::path(tag = "referrals", params(("id" = relais_domain::shared::ids::ReferralId, Path, description = "The referral"), ActQuery), request_body = ArchiveCommand,
    responses((status = 200, description = "The referral, or what a dry run found", body = ActAnswer)), extensions(("x-permission" = json!("referrals:archive"))))]
#[post("/v1/referrals/{id}/archive")]
async fn archive_referral(call: Call<ActQuery, ArchiveCommand>) -> Answer {
    let done = referral::archive(&call.app, &call.caller, call.id()?, call.body.clone()).await?;
    answer(&call, done, "archive", false).await
}

/// Take a filing back
///
/// Within 30 days; with the ending when that act made it and nothing followed.
#[utoipa::path(tag = "referrals", params(("id" = relais_domain::shared::ids::ReferralId, Path, description = "The referral"), ActQuery),
    responses((status = 200, description = "The referral, or what a dry run found", body = ActAnswer)), extensions(("x-permission" = json!("referrals:archive"))))]
#[post("/v1/referrals/{id}/unarchive")]
async fn unarchive_referral(call: Call<ActQuery, NoBody>) -> Answer {
    let done = referral::unarchive(&call.app, &call.caller, call.id()?).await?;
    answer(&call, done, "unarchive", false).await
}

/// The agreed path.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AgreedPath {
    /// Its steps, in order.
    #[schema(max_items = 100)]
    steps: Vec<PathStep>,
}

/// Set the agreed path
///
/// While the person is in charge. The sender sees the number of sessions and attendance.
#[utoipa::path(tag = "referrals", params(("id" = relais_domain::shared::ids::ReferralId, Path, description = "The referral"), ActQuery), request_body = AgreedPath,
    responses((status = 200, description = "The referral, or what a dry run found", body = ActAnswer)), extensions(("x-permission" = json!("referrals:handle"))))]
#[put("/v1/referrals/{id}/path")]
async fn set_referral_path(call: Call<ActQuery, AgreedPath>) -> Answer {
    let done = referral::set_path(&call.app, &call.caller, call.id()?, call.body.steps.clone()).await?;
    answer(&call, done, "path", false).await
}

/// Assign a referral
///
/// To one member of the receiver who may read it then, or to one unit: the one that it was addressed to or one below it. Neither
/// unassigns. Only the receiver sees it; no version moves.
#[utoipa::path(tag = "referrals", params(("id" = relais_domain::shared::ids::ReferralId, Path, description = "The referral"), ActQuery), request_body = Assignment,
    responses((status = 200, description = "The referral, or what a dry run found", body = ActAnswer)), extensions(("x-permission" = json!("referrals:assign"))))]
#[post("/v1/referrals/{id}/assign")]
async fn assign_referral(call: Call<ActQuery, Assignment>) -> Answer {
    let done = referral::assign(&call.app, &call.caller, call.id()?, call.body).await?;
    answer(&call, done, "assign", false).await
}

/// Whether I have read it.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReadingMark {
    /// True when read, false when not.
    read: bool,
}

/// Mark a referral as read
///
/// Per member; never set by reading. No version moves.
#[utoipa::path(tag = "referrals", params(("id" = relais_domain::shared::ids::ReferralId, Path, description = "The referral")), request_body = ReadingMark,
    responses((status = 204, description = "Marked")), extensions(("x-permission" = json!("referrals:read")), ("x-unversioned" = json!(true))))]
#[put("/v1/referrals/{id}/reading-mark")]
async fn set_reading_mark(call: Call<crate::door::NoQuery, ReadingMark>) -> Answer {
    let done = referral::mark(&call.app, &call.caller, call.id()?, call.body.read).await?;
    call.nothing(done)
}
