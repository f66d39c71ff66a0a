//! The thread of a referral.

use actix_web::{get, post};
use relais_app::Page;
use relais_app::referral::view::MessageView;
use relais_app::referral::{self, NewMessage};
use relais_domain::shared::ids::ReferralId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::door::{Answer, Call, NoQuery};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_referral_messages).service(write_referral_message);
}

/// A page of a thread.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the door reads the page out of the validated query; the fields are its contract")]
struct ThreadQuery {
    /// How many at most, 1–200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
    /// Where the page before ended.
    #[param(max_length = 500)]
    cursor: Option<String>,
}

/// List the messages of a referral
///
/// Oldest first. Both sides see the thread.
#[utoipa::path(tag = "referrals", params(("id" = ReferralId, Path, description = "The referral"), ThreadQuery),
    responses((status = 200, description = "A page", body = Page<MessageView>)), extensions(("x-permission" = json!("referrals:message"))))]
#[get("/v1/referrals/{id}/messages")]
async fn list_referral_messages(call: Call<ThreadQuery>) -> Answer {
    let page = referral::messages(&call.app, &call.caller, call.id()?, call.page()).await?;
    call.list(&page)
}

/// A message that was written.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct WrittenMessage {
    /// Its id.
    id: uuid::Uuid,
}

/// Write a message
///
/// Kept as a thread; copies leave by mail to those you name, by default the other side. `person_wishes_to_stop` on an
/// accepted referral makes a task for the receiver.
#[utoipa::path(tag = "referrals", params(("id" = ReferralId, Path, description = "The referral")), request_body = NewMessage,
    responses((status = 201, description = "The message", body = WrittenMessage)), extensions(("x-permission" = json!("referrals:message"))))]
#[post("/v1/referrals/{id}/messages")]
async fn write_referral_message(call: Call<NoQuery, NewMessage>) -> Answer {
    let done = referral::write_message(&call.app, &call.caller, call.id()?, call.body.clone()).await?;
    call.effect_plain(done, &WrittenMessage { id: done.id })
}
