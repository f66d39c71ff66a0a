//! The thread of a referral.

use crate::server::Register;
use actix_web::{get, post};
use relais_app::Page;
use relais_app::page::PageParams;
use relais_app::referral::view::MessageView;
use relais_app::referral::{self, NewMessage};
use relais_domain::shared::ids::{MessageId, ReferralId};

use crate::door::{Answer, Call, NoQuery};

pub(super) fn routes(config: &mut impl Register) {
    config.service(list_referral_messages).service(write_referral_message).service(read_referral_message);
}

/// List the messages of a referral
///
/// Oldest first. Both sides see the thread.
#[utoipa::path(tag = "referrals", params(("id" = ReferralId, Path, description = "The referral"), PageParams),
    responses((status = 200, description = "A page", body = Page<MessageView>),
        (status = 409, description = "The person took the consent back")), extensions(("x-permission" = json!("referrals:message"))))]
#[get("/v1/referrals/{id}/messages")]
async fn list_referral_messages(call: Call) -> Answer {
    let page = referral::messages(&call.app, &call.caller, call.id()?, call.page()).await?;
    call.list(&page)
}

/// Write a message
///
/// Kept as a thread; copies leave by mail to those you name, by default the other side. `person_wishes_to_stop` on an
/// accepted referral makes a task for the receiver.
#[utoipa::path(tag = "referrals", params(("id" = ReferralId, Path, description = "The referral")), request_body = NewMessage,
    responses((status = 201, description = "The message", body = MessageView)), extensions(("x-permission" = json!("referrals:message"))))]
#[post("/v1/referrals/{id}/messages")]
async fn write_referral_message(call: Call<NoQuery, NewMessage>) -> Answer {
    let done = referral::write_message(&call.app, &call.caller, call.id()?, call.body.clone()).await?;
    let written = referral::message(&call.app, &call.caller, call.id()?, done.id.into()).await?;
    call.effect_plain(done, &written)
}

/// Read a message of a referral
///
/// Messages are never changed. One of another referral is not found.
#[utoipa::path(tag = "referrals", params(("id" = ReferralId, Path, description = "The referral"), ("message_id" = MessageId, Path, description = "The message")),
    responses((status = 200, description = "The message", body = MessageView), (status = 409, description = "The person took the consent back")),
    extensions(("x-permission" = json!("referrals:message"))))]
#[get("/v1/referrals/{id}/messages/{message_id}")]
async fn read_referral_message(call: Call) -> Answer {
    let message = referral::message(&call.app, &call.caller, call.id()?, call.path_id("message_id")?).await?;
    call.plain(&message)
}
