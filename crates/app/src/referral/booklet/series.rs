//! Series of booklets: issued by the platform to organisations, each number once.

use relais_domain::access::{Permission, Resource};
use relais_domain::directory::OrganisationState;
use relais_domain::referral::{Booklet, BookletNumber, blockers_to_issue};
use relais_domain::shared::ids::{BookletSeriesId, OrganisationId};
use relais_domain::shared::{Blocked, Blocker};
use relais_persistence::Tx;
use relais_persistence::identity::write::lock_organisation;
use relais_persistence::referral::entity::{booklet, booklet_entry, booklet_series};
use relais_persistence::referral::read as rows;
use relais_persistence::referral::view::BookletSeriesView;
use relais_persistence::referral::write;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Owned, entry};
use crate::{App, Caller, Done, Page, PageRequest, Refusal, effect};

/// A series of booklets to issue.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BookletSeriesCreate {
    /// To whom.
    pub organisation_id: OrganisationId,
    /// How many booklets.
    #[schema(minimum = 1, maximum = 500)]
    pub count: i32,
    /// How many units of help each holds.
    #[schema(minimum = 1, maximum = 1000)]
    pub units: i32,
}

/// Issues a series with the next numbers, which are never given again.
///
/// # Errors
/// 403 without `booklets:issue`; `unknown_reference`, `out_of_range` (422); `organisation_blocked`, `organisation_disabled`,
/// `booklet_numbers_exhausted` (409).
pub async fn issue_booklets(app: &App, caller: &Caller, body: &BookletSeriesCreate) -> Result<Done, Refusal> {
    let rule = caller.may(Resource::Organisation, Permission::BookletsIssue)?;
    effect(app, caller, async |tx| {
        let organisation = lock_organisation(tx, body.organisation_id).await?;
        let organisation = organisation.ok_or_else(|| Refusal::unknown_reference("/organisation_id"))?;
        rule.decide(&Owned(organisation.id)).ok_or(Refusal::Forbidden(Permission::BookletsIssue))?;
        let mut blockers = match organisation.state {
            OrganisationState::Active => Vec::new(),
            OrganisationState::Suspended | OrganisationState::Closed => vec![Blocker::state("organisation_disabled")],
            OrganisationState::Blocked => vec![Blocker::state("organisation_blocked")],
        };
        blockers.extend(blockers_to_issue(body.count, body.units, write::next_number(tx).await?));
        Blocked::unless_empty(blockers)?;
        Ok(Done::created(issue(tx, body, caller).await?))
    })
    .await
}

async fn issue(tx: &mut Tx, body: &BookletSeriesCreate, caller: &Caller) -> Result<BookletSeriesId, Refusal> {
    let place = write::take_numbers(tx, body.count).await? - i64::from(body.count);
    let number = |n: i32| BookletNumber::at(place + i64::from(n)).ok_or(Refusal::Conflict("booklet_numbers_exhausted"));
    let ctx = tx.ctx().clone();
    let (id, now, organisation_id): (BookletSeriesId, _, _) = (ctx.fresh(), ctx.now, body.organisation_id);
    let series = booklet_series::Model {
        id,
        organisation_id,
        first_number: number(0)?,
        last_number: number(body.count - 1)?,
        count: body.count,
        units: body.units,
        created_at: now,
        version: 1,
    };
    let (new, movement) = Booklet::issued(body.units);
    let (mut booklets, mut entries) = (vec![], vec![]);
    for n in 0..body.count {
        let Booklet { state, units, balance, referral_id } = new;
        let row = booklet::Model {
            id: ctx.fresh(),
            series_id: id,
            organisation_id,
            number: number(n)?,
            state,
            units,
            balance,
            referral_id,
            assigned_at: None,
            created_at: now,
            updated_at: now,
            version: 1,
        };
        entries.push(entry(tx, caller, row.id, movement)?);
        booklets.push(row);
    }
    tx.create::<booklet_series::Entity>(series, "issue").await?;
    tx.create_all::<booklet::Entity>(booklets, "issue").await?;
    tx.create_all::<booklet_entry::Entity>(entries, "issue").await?;
    tx.event("booklets_issued", "booklet_series", id.0, Some(organisation_id));
    Ok(id)
}

/// The series of the platform, in the order in which they were issued.
///
/// # Errors
/// 403 without `booklets:issue`; `invalid_cursor` (400).
pub async fn list_booklet_series(app: &App, caller: &Caller, page: &PageRequest) -> Result<Page<BookletSeriesView>, Refusal> {
    caller.may(Resource::Organisation, Permission::BookletsIssue)?;
    let found = rows::series(&app.db, page.after(app, caller)?, page.limit + 1).await?;
    let count = page.count_with(async |most| rows::series(&app.db, None, most).await).await?;
    let views = found.into_iter().map(BookletSeriesView::from).collect();
    Ok(page.page(app, caller, views, |view: &BookletSeriesView| (view.created_at, view.id.0))?.counted(count))
}

/// One series.
///
/// # Errors
/// 404; 403 without `booklets:issue`.
pub async fn read_booklet_series(app: &App, caller: &Caller, id: BookletSeriesId) -> Result<BookletSeriesView, Refusal> {
    caller.may(Resource::Organisation, Permission::BookletsIssue)?;
    Ok(rows::one_series(&app.db, id).await?.into())
}
