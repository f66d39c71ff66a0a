//! Access links.

use crate::server::Register;
use actix_web::{HttpResponse, post};
use relais_app::referral::{self, ExchangedLink};
use relais_domain::shared::ids::ReferralId;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::door::{Answer, Call, NoQuery};

pub(super) fn routes(config: &mut impl Register) {
    config.service(exchange_link).service(renew_link);
}

/// A link's token, as it stood in the mail.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LinkToken {
    /// The part of the mail's address after `#`.
    #[schema(max_length = 200)]
    token: String,
}

/// Exchange a link for a session
///
/// 30 minutes over exactly one referral; any number of times in the link's life of 8 days, each logged. A token that is
/// unknown, expired or revoked is one 404.
#[utoipa::path(tag = "links", request_body = LinkToken, responses((status = 200, description = "The session", body = ExchangedLink),
    (status = 404, description = "The token is unknown, expired or revoked", body = crate::problem::Problem, content_type = "application/problem+json")),
    extensions(("x-permission" = json!("public")), ("x-no-idempotency" = json!(true))))]
#[post("/v1/links/exchange")]
async fn exchange_link(call: Call<NoQuery, LinkToken>) -> Answer {
    call.plain(&referral::exchange(&call.app, &call.caller, &call.body.token).await?)
}

/// Whose link to renew.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Renewal {
    /// The referral.
    referral_id: ReferralId,
}

/// Ask for a fresh link
///
/// Always 202. A mail leaves, to the service's own address only, when the referral is open and fewer than three left today.
#[utoipa::path(tag = "links", request_body = Renewal, responses((status = 202, description = "Heard")),
    extensions(("x-permission" = json!("public")), ("x-no-idempotency" = json!(true))))]
#[post("/v1/links/renew")]
async fn renew_link(call: Call<NoQuery, Renewal>) -> Answer {
    referral::renew(&call.app, &call.caller, call.body.referral_id).await?;
    Ok(HttpResponse::Accepted().finish())
}
