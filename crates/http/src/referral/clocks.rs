//! The clocks of referrals: pause, resume, the delays of an organisation, holidays.

use actix_web::{get, post, put};
use relais_app::referral::{self, Holidays, OrganisationClocksView};
use relais_domain::referral::{CalendarCountry, OrganisationClocks, PauseCommand};
use relais_domain::shared::ids::ReferralId;
use serde::Deserialize;
use utoipa::IntoParams;

use super::acts::{ActAnswer, answer};
use super::many::{Results, results};
use crate::door::{ActQuery, Answer, Call, Item, NoBody, NoQuery};
use crate::server::Register;

pub(super) fn routes(config: &mut impl Register) {
    config
        .service(pause_referral_clock)
        .service(resume_referral_clock)
        .service(pause_person_clocks)
        .service(resume_person_clocks)
        .service(get_organisation_clocks)
        .service(set_organisation_clocks)
        .service(list_holidays);
}

/// What is sent to let clocks stand still. An example cannot move with the clock, so it says that it does not.
const UNTIL: &str = "Why, and until when. The instant of the example is past and would be refused: send one that lies ahead, by at most \
60 days.";

impl Item for OrganisationClocksView {
    fn version(&self) -> i32 {
        self.version
    }

    /// The platform's own delays may change under it.
    fn mask(&self) -> i32 {
        let shown = serde_json::to_vec(&self.effective).unwrap_or_default();
        shown.iter().fold(17_i32, |digest, byte| digest.wrapping_mul(31).wrapping_add(i32::from(*byte))) & i32::MAX
    }
}

/// Let the clocks of a referral stand still
///
/// By the sender or the receiver, while a decision is expected. Until `until`, at most 60 days and 120 in all: no reminder, no
/// question, no expiry; `remind_at` and `expire_at` are null. Links, documents and retention go on. A decision or a hand-over ends the
/// pause; `review` and `waitlist` do not: the clocks of the new state begin after it.
#[utoipa::path(tag = "referrals", params(("id" = ReferralId, Path, description = "The referral"), ActQuery), request_body(content = PauseCommand, description = UNTIL),
    responses((status = 200, description = "The referral, or what a dry run found", body = ActAnswer)), extensions(("x-permission" = json!("referrals:message"))))]
#[post("/v1/referrals/{id}/pause-clock")]
async fn pause_referral_clock(call: Call<ActQuery, PauseCommand>) -> Answer {
    let done = referral::pause_clock(&call.app, &call.caller, call.id()?, call.body.clone()).await?;
    answer(&call, done, "pause_clock", false).await
}

/// Let the clocks of a referral run on
///
/// Everything that lay ahead comes later by the time that they stood still. At the end of a pause they run on by themselves.
#[utoipa::path(tag = "referrals", params(("id" = ReferralId, Path, description = "The referral"), ActQuery),
    responses((status = 200, description = "The referral, or what a dry run found", body = ActAnswer)), extensions(("x-permission" = json!("referrals:message"))))]
#[post("/v1/referrals/{id}/resume-clock")]
async fn resume_referral_clock(call: Call<ActQuery, NoBody>) -> Answer {
    let done = referral::resume_clock(&call.app, &call.caller, call.id()?).await?;
    answer(&call, done, "resume_clock", false).await
}

/// Let the clocks of a person's referrals stand still
///
/// Every referral of this person that waits for a decision and that you may see, sent or received, by this record and those joined
/// with it; each for itself: one result each. More than 200 are refused as a whole. Needs `people:read` as well: without it the person
/// is not found. A request that is repeated under its key goes on with what waits then, and does nothing twice.
#[utoipa::path(tag = "referrals", params(("id" = relais_domain::shared::ids::PersonId, Path, description = "The person")), request_body(content = PauseCommand, description = UNTIL),
    responses((status = 200, description = "One result per referral", body = Results)), extensions(("x-permission" = json!("referrals:message"))))]
#[post("/v1/people/{id}/pause-clocks")]
async fn pause_person_clocks(call: Call<NoQuery, PauseCommand>) -> Answer {
    results(&call, referral::pause_clocks_of_person(&call.app, &call.caller, call.id()?, &call.body).await?).await
}

/// Let the clocks of a person's referrals run on
///
/// The same referrals, each for itself: one result each. Whoever of both sides let them stand still, both may let them run on. Needs
/// `people:read` as well: without it the person is not found.
#[utoipa::path(tag = "referrals", params(("id" = relais_domain::shared::ids::PersonId, Path, description = "The person")),
    responses((status = 200, description = "One result per referral", body = Results)), extensions(("x-permission" = json!("referrals:message"))))]
#[post("/v1/people/{id}/resume-clocks")]
async fn resume_person_clocks(call: Call) -> Answer {
    results(&call, referral::resume_clocks_of_person(&call.app, &call.caller, call.id()?).await?).await
}

/// Read the delays of an organisation
///
/// For what it receives: what it decided, and what holds with the delays of the platform under it.
#[utoipa::path(tag = "organisations", params(("id" = uuid::Uuid, Path, description = "The organisation")),
    responses((status = 200, description = "The delays", body = OrganisationClocksView)), extensions(("x-permission" = json!("organisations:read"))))]
#[get("/v1/organisations/{id}/clocks")]
async fn get_organisation_clocks(call: Call) -> Answer {
    call.item(&referral::organisation_clocks(&call.app, &call.caller, call.id()?).await?)
}

/// Set the delays of an organisation
///
/// In calendar days or in working days of a calendar; what is null follows the platform. They hold for what enters a state from
/// now on: what was planned before stays planned. The version is that of the organisation.
#[utoipa::path(tag = "organisations", params(("id" = uuid::Uuid, Path, description = "The organisation")), request_body = OrganisationClocks,
    responses((status = 200, description = "The delays as they are now", body = OrganisationClocksView)), extensions(("x-permission" = json!("organisations:write"))))]
#[put("/v1/organisations/{id}/clocks")]
async fn set_organisation_clocks(call: Call<NoQuery, OrganisationClocks>) -> Answer {
    let done = referral::set_organisation_clocks(&call.app, &call.caller, call.id()?, &call.body).await?;
    call.effect(done, &referral::organisation_clocks(&call.app, &call.caller, done.id.into()).await?)
}

/// Which holidays.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct HolidayQuery {
    /// The country.
    country: CalendarCountry,
    /// The canton, Land or département, by its ISO 3166-2 code; without one, only what holds in the whole country.
    #[serde(default)]
    #[param(required = false, value_type = String, max_length = 10, example = "CH-VD")]
    subdivision: Option<String>,
    /// The year.
    #[param(minimum = 2000, maximum = 2100, example = 2026)]
    year: i32,
}

/// List public holidays
///
/// Those by which working days are counted, computed by today's rules, with labels in French, Dutch, German and English. Cacheable;
/// the tag changes with the content.
#[utoipa::path(tag = "referrals", params(HolidayQuery),
    responses((status = 200, description = "The holidays", body = Holidays), (status = 304, description = "The reader has them")),
    extensions(("x-permission" = json!("public"))))]
#[get("/v1/holidays")]
async fn list_holidays(call: Call<HolidayQuery>) -> Answer {
    let HolidayQuery { country, subdivision, year } = &call.query;
    call.cacheable(&referral::holidays(*country, subdivision.as_deref(), *year)?)
}
