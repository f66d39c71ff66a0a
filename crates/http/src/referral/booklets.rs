//! Booklets: series, lists, acts, the ledger.

use crate::server::Register;
use actix_web::{get, post};
use relais_app::referral::view::{BookletEntryView, BookletSeriesView, BookletView};
use relais_app::referral::{self, AssignBooklet, BookletQuery, BookletSeriesCreate, ReverseBooklet, UseBooklet};
use relais_app::{Done, Page, PageParams};
use relais_domain::referral::BookletNumber;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::door::{ActQuery, Answer, Call, Item, NoQuery, TriedAct};

impl Item for BookletSeriesView {
    fn version(&self) -> i32 {
        self.version
    }
}

impl Item for BookletView {
    fn version(&self) -> i32 {
        self.version
    }

    fn mask(&self) -> i32 {
        i32::from(self.referral_id.is_some())
    }
}

pub(super) fn routes(config: &mut impl Register) {
    config
        .service(list_booklet_series)
        .service(issue_booklets)
        .service(read_booklet_series)
        .service(list_booklets)
        .service(search_booklets)
        .service(read_booklet)
        .service(list_booklet_entries)
        .service(assign_booklet)
        .service(use_booklet)
        .service(reverse_booklet_entry);
}

/// List the series of booklets
///
/// Of all organisations, in the order in which they were issued.
#[utoipa::path(tag = "booklets", params(PageParams), responses((status = 200, description = "A page", body = Page<BookletSeriesView>)),
    extensions(("x-permission" = json!("booklets:issue"))))]
#[get("/v1/booklets/series")]
async fn list_booklet_series(call: Call) -> Answer {
    call.list(&referral::list_booklet_series(&call.app, &call.caller, &call.page()).await?)
}

/// Issue a series of booklets
///
/// To one organisation, with the next numbers: each is given once and never again. Its members find them in `GET /v1/booklets`.
#[utoipa::path(tag = "booklets", request_body = BookletSeriesCreate,
    responses((status = 201, description = "The series", body = BookletSeriesView)), extensions(("x-permission" = json!("booklets:issue"))))]
#[post("/v1/booklets/series")]
async fn issue_booklets(call: Call<NoQuery, BookletSeriesCreate>) -> Answer {
    let done = referral::issue_booklets(&call.app, &call.caller, &call.body).await?;
    call.effect(done, &referral::read_booklet_series(&call.app, &call.caller, done.id.into()).await?)
}

/// Read a series of booklets
#[utoipa::path(tag = "booklets", params(("id" = relais_domain::shared::ids::BookletSeriesId, Path, description = "The series")),
    responses((status = 200, description = "The series", body = BookletSeriesView)), extensions(("x-permission" = json!("booklets:issue"))))]
#[get("/v1/booklets/series/{id}")]
async fn read_booklet_series(call: Call) -> Answer {
    call.item(&referral::read_booklet_series(&call.app, &call.caller, call.id()?).await?)
}

/// List booklets
///
/// Those of the acting organisation, in the order in which they were issued; with `referral_id` those that the person of that
/// referral carries, to whomever they were issued.
#[utoipa::path(tag = "booklets", params(BookletQuery), responses((status = 200, description = "A page", body = Page<BookletView>)),
    extensions(("x-permission" = json!("booklets:read"))))]
#[get("/v1/booklets")]
async fn list_booklets(call: Call<BookletQuery>) -> Answer {
    call.list(&referral::list_booklets(&call.app, &call.caller, &call.query, &call.page()).await?)
}

/// Which booklet to look for. Its number never stands in a URL.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SearchBooklets {
    /// The number that stands on it; the case of its letters does not matter.
    number: BookletNumber,
}

/// Find a booklet by its number
///
/// Among those of the acting organisation: one item, or none. Who carries a booklet of another organisation is found by `POST
/// /v1/referrals/search`. Not idempotent: nothing changes.
#[utoipa::path(tag = "booklets", request_body = SearchBooklets, responses((status = 200, description = "A page", body = Page<BookletView>)),
    extensions(("x-permission" = json!("booklets:read")), ("x-no-idempotency" = json!(true))))]
#[post("/v1/booklets/search")]
async fn search_booklets(call: Call<NoQuery, SearchBooklets>) -> Answer {
    call.list(&referral::search_booklets(&call.app, &call.caller, call.body.number.clone(), &call.page()).await?)
}

/// Read a booklet
///
/// One of the acting organisation's, or one that the person of a referral carries whose person you may know.
#[utoipa::path(tag = "booklets", params(("id" = relais_domain::shared::ids::BookletId, Path, description = "The booklet")),
    responses((status = 200, description = "The booklet", body = BookletView)), extensions(("x-permission" = json!("booklets:read"))))]
#[get("/v1/booklets/{id}")]
async fn read_booklet(call: Call) -> Answer {
    call.item(&referral::read_booklet(&call.app, &call.caller, call.id()?).await?)
}

/// List the entries of a booklet
///
/// Its ledger from its issue on. What names a referral that you do not read is null.
#[utoipa::path(tag = "booklets", params(("id" = relais_domain::shared::ids::BookletId, Path, description = "The booklet"), PageParams),
    responses((status = 200, description = "A page", body = Page<BookletEntryView>)), extensions(("x-permission" = json!("booklets:read"))))]
#[get("/v1/booklets/{id}/entries")]
async fn list_booklet_entries(call: Call) -> Answer {
    call.list(&referral::list_booklet_entries(&call.app, &call.caller, call.id()?, &call.page()).await?)
}

/// The booklet as it is now; with `dry_run=true` what would have happened.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is asked for")]
enum BookletAnswer {
    /// The booklet.
    Done(Box<BookletView>),
    /// The dry run.
    Tried(TriedAct),
}

/// The answer to an act: the booklet as it is now, or for a dry run what would have happened.
async fn answer<B>(call: &Call<ActQuery, B>, done: Done, act: &'static str) -> Answer {
    if call.caller.request.dry_run {
        return call.plain(&TriedAct { would: act, id: done.id, notices: vec![] });
    }
    call.effect(done, &referral::read_booklet(&call.app, &call.caller, done.id.into()).await?)
}

/// Give a booklet to a person
///
/// To the person of a referral that your organisation sent or received. The person then carries it to whatever structure.
#[utoipa::path(tag = "booklets", params(("id" = relais_domain::shared::ids::BookletId, Path, description = "The booklet"), ActQuery), request_body = AssignBooklet,
    responses((status = 200, description = "The booklet, or what a dry run found", body = BookletAnswer)), extensions(("x-permission" = json!("booklets:write"))))]
#[post("/v1/booklets/{id}/assign")]
async fn assign_booklet(call: Call<ActQuery, AssignBooklet>) -> Answer {
    let done = referral::assign_booklet(&call.app, &call.caller, call.id()?, call.body).await?;
    answer(&call, done, "assign").await
}

/// Draw units from a booklet
///
/// For an attended step of the agreed path of a referral that your organisation has in charge, once for each step. The balance is
/// never negative: of two at once that ask for the last units, one is told `balance_too_low`.
#[utoipa::path(tag = "booklets", params(("id" = relais_domain::shared::ids::BookletId, Path, description = "The booklet"), ActQuery), request_body = UseBooklet,
    responses((status = 200, description = "The booklet, or what a dry run found", body = BookletAnswer)), extensions(("x-permission" = json!("booklets:write"))))]
#[post("/v1/booklets/{id}/use")]
async fn use_booklet(call: Call<ActQuery, UseBooklet>) -> Answer {
    let done = referral::use_booklet(&call.app, &call.caller, call.id()?, call.body).await?;
    answer(&call, done, "use").await
}

/// Take an entry of a booklet back
///
/// Drawn units return; or nobody carries the booklet any more, when the entry is an assignment under which nothing was drawn.
#[utoipa::path(tag = "booklets", params(("id" = relais_domain::shared::ids::BookletId, Path, description = "The booklet"), ActQuery), request_body = ReverseBooklet,
    responses((status = 200, description = "The booklet, or what a dry run found", body = BookletAnswer)), extensions(("x-permission" = json!("booklets:write"))))]
#[post("/v1/booklets/{id}/reverse")]
async fn reverse_booklet_entry(call: Call<ActQuery, ReverseBooklet>) -> Answer {
    let done = referral::reverse_booklet_entry(&call.app, &call.caller, call.id()?, &call.body).await?;
    answer(&call, done, "reverse").await
}
