//! Eligibility.

use crate::server::Register;
use actix_web::post;
use relais_app::eligibility;
use relais_domain::eligibility::{EligibilityView, Known};

use crate::door::{Answer, Call, NoQuery};

/// The operations of the room.
pub fn routes(config: &mut impl Register) {
    config.service(evaluate_eligibility);
}

/// Ask whether a person meets what a service asks
///
/// Send whatever is known; nothing is stored, and nobody is named. Each criterion comes with its reason, then the verdict, the
/// question that can decide most, and the documents that are missing. Telling more never turns a decided criterion back.
#[utoipa::path(
    tag = "directory",
    params(("id" = uuid::Uuid, Path, description = "The id of the service")),
    request_body = Known,
    responses((status = 200, description = "The criteria with their reasons, and what follows from them", body = EligibilityView)),
    extensions(("x-permission" = json!("public")), ("x-no-idempotency" = json!(true)))
)]
#[post("/v1/services/{id}/eligibility")]
pub async fn evaluate_eligibility(call: Call<NoQuery, Known>) -> Answer {
    call.plain(&eligibility::evaluate(&call.app, &call.caller, call.id()?, &call.body).await?)
}
