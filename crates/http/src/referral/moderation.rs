//! What moderators look at.

use crate::server::Register;
use actix_web::get;
use relais_app::referral::{self, view::ModeratedOrganisation};
use relais_app::{Page, PageParams};

use crate::door::{Answer, Call};

pub(super) fn routes(config: &mut impl Register) {
    config.service(list_moderated_organisations);
}

/// List organisations that wait for moderators
///
/// Those whose referrals are held back until they are verified, and those whose open referrals carry warnings (who sends seems to
/// refer to themselves, is very new, tries something out). Counts and codes only, nothing of any person; the oldest first. Then verify
/// or block the organisation: `POST /v1/organisations/{id}/verify`, `…/block`.
#[utoipa::path(tag = "organisations", params(PageParams), responses((status = 200, description = "A page", body = Page<ModeratedOrganisation>)),
    extensions(("x-permission" = json!("organisations:verify"))))]
#[get("/v1/moderation/held")]
async fn list_moderated_organisations(call: Call) -> Answer {
    call.list(&referral::list_moderated(&call.app, &call.caller, &call.page()).await?)
}
