//! Saved views: filters of the lists of referrals under a name, for oneself, for a unit, or for the whole organisation.

use relais_domain::access::{Permission, Resource};
use relais_domain::referral::{SharedWith, ViewName, blockers_to_save_view, blockers_to_share_view};
use relais_domain::shared::ids::{SavedViewId, UnitId};
use relais_domain::shared::{Blocked, Blocker};
use relais_persistence::identity::write::lock_user;
use relais_persistence::referral::entity::saved_view::{Entity, Model};
use relais_persistence::referral::read::{self as rows, ViewReader};
use relais_persistence::referral::view::SavedViewView;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::openapi::schema::AdditionalProperties;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};
use utoipa::{IntoParams as _, PartialSchema, ToSchema};

use super::ReferralQuery;
use crate::{App, Caller, Done, Page, PageRequest, Refusal, effect};

/// The parameters of the list of referrals that say what it shows, as an object: where a page begins and how long it is are not
/// among them, and nothing personal ever was.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct ViewQuery(Map<String, Value>);

/// Parameters of the list that belong to a page, not to a view.
const OF_A_PAGE: [&str; 3] = ["limit", "cursor", "count"];

impl<'de> Deserialize<'de> for ViewQuery {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let query = Map::deserialize(deserializer)?;
        if let Some(name) = OF_A_PAGE.iter().find(|name| query.contains_key(**name)) {
            return Err(serde::de::Error::custom(format!("unknown field `{name}`")));
        }
        ReferralQuery::deserialize(Value::Object(query.clone())).map_err(serde::de::Error::custom)?;
        Ok(Self(query))
    }
}

/// One property for each parameter of the list, so that the two cannot drift apart.
impl PartialSchema for ViewQuery {
    fn schema() -> RefOr<Schema> {
        let object = ObjectBuilder::new()
            .description(Some("The parameters of `GET /v1/referrals` without those of a page; lists for those that may be repeated."))
            .additional_properties(Some(AdditionalProperties::FreeForm(false)));
        let parameters = ReferralQuery::into_params(|| None).into_iter();
        let kept = parameters.filter(|parameter| !OF_A_PAGE.contains(&parameter.name.as_str()));
        let told = kept.filter_map(|parameter| Some((parameter.name, parameter.schema?)));
        told.fold(object, |object, (name, schema)| object.property(name, schema)).into()
    }
}

impl ToSchema for ViewQuery {}

/// A view to save.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SavedViewCreate {
    /// Its name.
    pub name: ViewName,
    /// What the list is narrowed to.
    pub query: ViewQuery,
    /// Who finds it; nobody else unless said.
    #[serde(default)]
    #[schema(value_type = SharedWith, required = false)]
    pub shared: Option<SharedWith>,
    /// The unit that it is shared with.
    #[serde(default)]
    pub unit_id: Option<UnitId>,
}

/// A change of a saved view. What is absent stays; the query is replaced whole, and so is with whom it is shared.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SavedViewPatch {
    /// Its name.
    #[schema(value_type = ViewName, required = false)]
    pub name: Option<ViewName>,
    /// What the list is narrowed to.
    #[schema(value_type = ViewQuery, required = false)]
    pub query: Option<ViewQuery>,
    /// Who finds it.
    #[schema(value_type = SharedWith, required = false)]
    pub shared: Option<SharedWith>,
    /// The unit that it is shared with; goes with `shared`.
    pub unit_id: Option<UnitId>,
}

/// Who looks at views: a user of the acting organisation who may read referrals.
fn looks(caller: &Caller) -> Result<ViewReader, Refusal> {
    caller.may(Resource::Referral, Permission::ReferralsRead)?;
    let standing = caller.policy.standing();
    Ok(ViewReader { user: caller.user()?, organisation: caller.organisation()?, units: standing.departments.clone() })
}

/// Checks that the caller may share like this. Only who gives referrals to others decides what others look at.
fn shareable(caller: &Caller, shared: SharedWith, unit: Option<UnitId>) -> Result<(), Blocked> {
    let may_assign = !caller.policy.rule(Resource::Referral, Permission::ReferralsAssign).is_never();
    let mut blockers = blockers_to_share_view(shared, unit.is_some(), may_assign);
    let known = |unit: UnitId| caller.policy.standing().unit_tree.iter().any(|(known, _)| *known == unit);
    if shared == SharedWith::Unit && unit.is_some_and(|unit| !known(unit)) {
        blockers.push(Blocker::content("unknown_reference").at("/unit_id"));
    }
    Blocked::unless_empty(blockers)
}

/// The views that the caller saved for this organisation or that are shared with them, in the order in which they were saved.
///
/// # Errors
/// 403 without `referrals:read`; `not_a_user` (403) for an account of a partner platform; `invalid_cursor` (400).
pub async fn list_saved_views(app: &App, caller: &Caller, page: &PageRequest) -> Result<Page<SavedViewView>, Refusal> {
    let me = looks(caller)?;
    let found = rows::saved_views(&app.db, &me, page.after(app, caller)?, page.limit + 1).await?;
    let count = page.count_with(async |most| rows::saved_views(&app.db, &me, None, most).await).await?;
    let views = found.into_iter().map(|row| SavedViewView::of(row, me.user)).collect();
    Ok(page.page(app, caller, views, |view: &SavedViewView| (view.created_at, view.id.0))?.counted(count))
}

/// One view.
///
/// # Errors
/// 404, also for one that is not shared with the caller; as [`list_saved_views`].
pub async fn read_saved_view(app: &App, caller: &Caller, id: SavedViewId) -> Result<SavedViewView, Refusal> {
    let me = looks(caller)?;
    Ok(SavedViewView::of(rows::saved_view(&app.db, &me, id).await?, me.user))
}

/// Saves a view.
///
/// # Errors
/// `permission_missing` (403) to share without `referrals:assign`; `too_many_saved_views` (409); `required`, `unit_not_expected`,
/// `unknown_reference` on `/unit_id` (422).
pub async fn create_saved_view(app: &App, caller: &Caller, body: &SavedViewCreate) -> Result<Done, Refusal> {
    let me = looks(caller)?;
    let shared = body.shared.unwrap_or(SharedWith::Nobody);
    effect(app, caller, async |tx| {
        shareable(caller, shared, body.unit_id)?;
        // One after the other for each user: what is counted is what is there.
        lock_user(tx, me.user).await?.ok_or(Refusal::NotFound)?;
        Blocked::unless_empty(blockers_to_save_view(rows::kept_views(tx, &me).await?))?;
        let now = tx.ctx().now;
        let row = Model {
            id: tx.ctx().fresh(),
            user_id: me.user,
            organisation_id: me.organisation,
            unit_id: body.unit_id,
            name: body.name.clone(),
            query: Value::Object(body.query.0.clone()),
            shared,
            created_at: now,
            updated_at: now,
            version: 1,
        };
        let id = row.id;
        tx.create::<Entity>(row, "create").await?;
        Ok(Done::created(id))
    })
    .await
}

/// A view that the caller saved, locked.
async fn own(tx: &relais_persistence::Tx, me: &ViewReader, id: SavedViewId) -> Result<Model, Refusal> {
    let row = rows::lock_view(tx, me, id).await?;
    if row.user_id != me.user {
        return Err(Blocked::from(Blocker::permission("not_your_view")).into());
    }
    Ok(row)
}

/// Changes a view; only who saved it.
///
/// # Errors
/// 404; `not_your_view` (403); 412; as [`create_saved_view`].
pub async fn update_saved_view(app: &App, caller: &Caller, id: SavedViewId, patch: &SavedViewPatch) -> Result<Done, Refusal> {
    let me = looks(caller)?;
    effect(app, caller, async |tx| {
        let before = own(tx, &me, id).await?;
        let SavedViewPatch { name, query, shared, unit_id } = patch.clone();
        let mut after = before.clone();
        let sharing = if shared.is_some() || unit_id.is_some() {
            after.shared = shared.unwrap_or(before.shared);
            after.unit_id = unit_id;
            shareable(caller, after.shared, after.unit_id)
        } else {
            Ok(())
        };
        caller.judged(before.version, sharing)?;
        after.name = name.unwrap_or(after.name);
        after.query = query.map_or(after.query, |query| Value::Object(query.0));
        if after != before {
            let now = tx.ctx().now;
            tx.save::<Entity>(&before, Model { updated_at: now, ..after }, "update").await?;
        }
        Ok(Done::changed(id))
    })
    .await
}

/// Forgets a view; only who saved it.
///
/// # Errors
/// 404; `not_your_view` (403); 412.
pub async fn delete_saved_view(app: &App, caller: &Caller, id: SavedViewId) -> Result<Done, Refusal> {
    let me = looks(caller)?;
    effect(app, caller, async |tx| {
        let row = own(tx, &me, id).await?;
        caller.saw(row.version)?;
        tx.remove::<Entity>(row, "delete").await?;
        Ok(Done::gone(id))
    })
    .await
}
