//! Reading retrievals, from both sides.

use relais_domain::access::{Category, Mask, Permission, Resource};
use relais_domain::referral::RetrievalState;
use relais_domain::shared::ids::{OrganisationId, RetrievalId};
use relais_persistence::referral::read::{self as rows, RetrievalFilter, RetrievalSide};
use relais_persistence::referral::view::{RetrievalRow, RetrievalView};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::super::read::reader;
use super::handles;
use crate::{App, Caller, Page, PageRequest, Refusal, access_journal};

relais_domain::choice! {
    /// From which side retrievals are looked at.
    pub enum RetrievalPart {
        /// What my organisation asked for.
        Claimant = "claimant",
        /// What others asked of my organisation.
        Holder = "holder",
    }
}

/// What a list of retrievals is narrowed to.
#[derive(Clone, Debug, Default, Deserialize, Serialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RetrievalQuery {
    /// Where they stand; repeat for several.
    #[param(max_items = 10)]
    pub state: Vec<RetrievalState>,
    /// `claimant` or `holder`; both when absent.
    #[param(inline)]
    pub part: Option<RetrievalPart>,
    /// How many at most, 1–200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i64>,
    /// Where the page before ended.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Also count, exactly up to 10 000.
    pub count: bool,
}

/// What my organisation asked for, and what others asked of legs that I may read.
///
/// # Errors
/// 403 without `referrals:handle`, `organisation_unverified`; `invalid_cursor` (400).
pub async fn list_retrievals(
    app: &App,
    caller: &Caller,
    query: &RetrievalQuery,
    page: &PageRequest,
) -> Result<Page<RetrievalView>, Refusal> {
    let me = handles(caller)?;
    let rule = caller.policy.rule(Resource::Referral, Permission::ReferralsRead);
    let side = query.part.map(|part| match part {
        RetrievalPart::Claimant => RetrievalSide::Claimant,
        RetrievalPart::Holder => RetrievalSide::Holder,
    });
    let filter = RetrievalFilter { states: query.state.clone(), side };
    let who = reader(caller);
    let found = rows::retrievals(&app.db, &rule, who, &filter, page.after(app, caller)?, page.limit + 1).await?;
    let count = page.count_with(async |most| rows::retrievals(&app.db, &rule, who, &filter, None, most).await).await?;
    let cut = page.page(app, caller, found, RetrievalRow::place)?;
    let items = shown(app, caller, me, cut.items, |_| false).await?;
    Ok(Page { items, next_cursor: cut.next_cursor, count: None, count_is_exact: None }.counted(count))
}

/// One retrieval, for the structure that asked and for the holder.
///
/// # Errors
/// 404; as [`list_retrievals`].
pub async fn read_retrieval(app: &App, caller: &Caller, id: RetrievalId) -> Result<RetrievalView, Refusal> {
    read_retrieval_unless(app, caller, id, |_| false).await
}

/// As [`read_retrieval`]. Nothing is noted when the caller has this very view already.
///
/// # Errors
/// As [`read_retrieval`].
pub async fn read_retrieval_unless(
    app: &App,
    caller: &Caller,
    id: RetrievalId,
    known: impl Fn(&RetrievalView) -> bool,
) -> Result<RetrievalView, Refusal> {
    let me = handles(caller)?;
    let rule = caller.policy.rule(Resource::Referral, Permission::ReferralsRead);
    let row = rows::retrieval(&app.db, &rule, reader(caller), id).await?;
    shown(app, caller, me, vec![row], known).await?.pop().ok_or(Refusal::NotFound)
}

/// Rows as views, as far as the legs show what was said; noted in the access journal before they leave.
async fn shown(
    app: &App,
    caller: &Caller,
    me: OrganisationId,
    rows: Vec<RetrievalRow>,
    known: impl Fn(&RetrievalView) -> bool,
) -> Result<Vec<RetrievalView>, Refusal> {
    let rule = caller.policy.rule(Resource::Referral, Permission::ReferralsRead);
    let at_all = if rule.narrowed_to(Category::Social).is_never() { Mask::default() } else { Mask::of(&[Category::Social]) };
    let masks = rows::masks(&app.db, &rule, reader(caller), rows.iter().filter_map(|row| row.leg_of(me)).collect()).await?;
    let open = |row: &RetrievalRow| row.leg_of(me).map_or(at_all, |leg| masks.get(&leg).copied().unwrap_or_default());
    let views: Vec<RetrievalView> = rows
        .into_iter()
        .map(|row| {
            let open = open(&row);
            row.view(me, open)
        })
        .collect();
    let said = |view: &&RetrievalView| (view.urgent_reason.is_some() || view.objection.is_some()) && !known(view);
    let ids = views.iter().filter(said).map(|view| view.id.0).collect();
    access_journal::shown(app, caller, "retrieval", ids, Mask::of(&[Category::Social])).await?;
    Ok(views)
}
