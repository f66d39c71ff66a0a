//! Lists of referrals.

use crate::server::Register;
use actix_web::{get, post};
use relais_app::Page;
use relais_app::referral::view::{BoardCount, InboxCounts, ReferralLine};
use relais_app::referral::{self, PersonSearch, ReferralQuery};
use relais_domain::referral::BookletNumber;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::door::{Answer, Call};

pub(super) fn routes(config: &mut impl Register) {
    config.service(list_referrals).service(search_referrals).service(read_inbox).service(read_board);
}

/// List referrals
///
/// Those of the acting organisation that you may see: what it sent (newest first) and what it received (a box: oldest
/// unanswered first).
#[utoipa::path(tag = "referrals", params(ReferralQuery), responses((status = 200, description = "A page", body = Page<ReferralLine>)),
    extensions(("x-permission" = json!("referrals:read"))))]
#[get("/v1/referrals")]
async fn list_referrals(call: Call<ReferralQuery>) -> Answer {
    let page = referral::list(&call.app, &call.caller, &call.query, PersonSearch::default(), call.page()).await?;
    call.list(&page)
}

/// What to search for. Filters are those of the list; person, contact and booklet never stand in a URL.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct SearchReferrals {
    /// The beginning of "family given": case, accents, hyphens and spaces do not count.
    #[schema(max_length = 200, min_length = 2)]
    name: Option<String>,
    /// The person's phone or e-mail, whole.
    #[schema(max_length = 254)]
    contact: Option<String>,
    /// The number of a booklet that the person carries.
    booklet_number: Option<BookletNumber>,
    /// The list's own filters.
    filter: ReferralQuery,
}

/// Search referrals
///
/// By the person's name, phone, e-mail or booklet, among referrals whose content you may read. Not idempotent: nothing changes.
#[utoipa::path(tag = "referrals", request_body = SearchReferrals, responses((status = 200, description = "A page", body = Page<ReferralLine>)),
    extensions(("x-permission" = json!("referrals:read")), ("x-no-idempotency" = json!(true))))]
#[post("/v1/referrals/search")]
async fn search_referrals(call: Call<crate::door::NoQuery, SearchReferrals>) -> Answer {
    let SearchReferrals { name, contact, booklet_number: booklet, filter } = call.body.clone();
    let mut page = call.page();
    page.limit = filter.limit.and_then(|limit| u64::try_from(limit).ok()).unwrap_or(50);
    page.cursor.clone_from(&filter.cursor);
    page.count = filter.count;
    page.question =
        format!("{name:?} {contact:?} {booklet:?} {:?}", ReferralQuery { cursor: None, limit: None, count: false, ..filter.clone() });
    let page = referral::list(&call.app, &call.caller, &filter, PersonSearch { name, contact, booklet }, page).await?;
    call.list(&page)
}

/// Count the inbox
///
/// `to_handle` and `in_charge` exactly, split by unread, overdue and mine; `archived` exactly up to 1 000.
#[utoipa::path(tag = "referrals", responses((status = 200, description = "The boxes", body = InboxCounts)),
    extensions(("x-permission" = json!("referrals:read"))))]
#[get("/v1/inbox")]
async fn read_inbox(call: Call) -> Answer {
    call.plain(&referral::inbox(&call.app, &call.caller).await?)
}

/// The sender's board.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct Board {
    /// One entry per state that occurs.
    items: Vec<BoardCount>,
}

/// Count the sender's board
///
/// One line per chain, by the state of the leg that is open or ended last; what was filed is left out.
#[utoipa::path(tag = "referrals", responses((status = 200, description = "The board", body = Board)),
    extensions(("x-permission" = json!("referrals:read"))))]
#[get("/v1/referrals/board")]
async fn read_board(call: Call) -> Answer {
    call.plain(&Board { items: referral::board(&call.app, &call.caller).await? })
}
