//! What a mail system reports.

use actix_web::post;
use relais_app::message::deliver::{self, BounceReport};

use crate::door::{Answer, Call, NoQuery};

/// Report a mail that came back
///
/// For the mail system of the installation: names the mail by its `Message-ID`. The notice is marked as failed (`bounced`), the
/// referral shows it to its sender, who gets a task. A message id that is not known changes nothing and answers the same.
#[utoipa::path(
    tag = "jobs",
    request_body = BounceReport,
    responses((status = 204, description = "Noted")),
    extensions(("x-permission" = json!("jobs:write")))
)]
#[post("/v1/notices/bounces")]
pub async fn report_bounce(call: Call<NoQuery, BounceReport>) -> Answer {
    call.nothing(deliver::bounced(&call.app, &call.caller, &call.body).await?)
}
