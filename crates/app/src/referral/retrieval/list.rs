//! Reading retrievals, from both sides.

use relais_domain::access::{Permission, Resource};
use relais_domain::referral::RetrievalState;
use relais_domain::shared::ids::RetrievalId;
use relais_persistence::referral::read::{self as rows, RetrievalFilter, RetrievalSide};
use relais_persistence::referral::view::RetrievalView;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::super::read::reader;
use super::handles;
use crate::{App, Caller, Page, PageRequest, Refusal};

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
    let views = found.into_iter().map(|row| row.view(Some(me))).collect();
    Ok(page.page(app, caller, views, |view: &RetrievalView| (view.created_at, view.id.0))?.counted(count))
}

/// One retrieval, for the structure that asked and for the holder.
///
/// # Errors
/// 404; as [`list_retrievals`].
pub async fn read_retrieval(app: &App, caller: &Caller, id: RetrievalId) -> Result<RetrievalView, Refusal> {
    let me = handles(caller)?;
    let rule = caller.policy.rule(Resource::Referral, Permission::ReferralsRead);
    Ok(rows::retrieval(&app.db, &rule, reader(caller), id).await?.view(Some(me)))
}
