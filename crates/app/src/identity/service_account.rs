//! Accounts of partner platforms: client credentials with grants of their own.

use relais_adapters::crypto;
use relais_domain::access::{Grant, Permission, Resource, Template, blockers_to_write_role, grants_of};
use relais_domain::identity::{AccountState, ClientName};
use relais_domain::shared::Blocked;
use relais_domain::shared::ids::{OrganisationId, ServiceAccountId};
use relais_persistence::Tx;
use relais_persistence::identity::entity::service_account;
use relais_persistence::identity::view::ServiceAccountView;
use relais_persistence::identity::write::SessionsOf;
use relais_persistence::identity::{Organisation, ServiceAccount, read, write};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::assign::administrators;
use super::organisation::ceiling_of;
use super::place::{reaches, within};
use super::session::secret_hash;
use crate::{App, Caller, Done, Page, PageRequest, Refusal, effect, setup};

/// A new account of a partner platform.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceAccountCreate {
    /// The name, for people.
    pub name: ClientName,
    /// What it may do; what the partner template gives when absent.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub grants: Option<Vec<Grant>>,
}

/// An account with its secret, which is shown this once.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ServiceAccountSecret {
    /// The account.
    pub service_account: ServiceAccountView,
    /// The secret. It cannot be read again, only replaced.
    pub client_secret: String,
}

const ACTIVE: &str = AccountState::Active.code();

/// The accounts of an organisation that are in use, the oldest first.
///
/// # Errors
/// 404; 403 `permission_missing`.
pub async fn list_service_accounts(
    app: &App,
    caller: &Caller,
    id: OrganisationId,
    page: &PageRequest,
) -> Result<Page<ServiceAccountView>, Refusal> {
    within(app, caller, id, Resource::Organisation, Permission::ServiceAccountsWrite).await?;
    let rows = read::service_accounts(&app.db, id, ACTIVE, page.after(app, caller)?, page.limit + 1).await?;
    let count = page.count_with(async |most| read::service_accounts(&app.db, id, ACTIVE, None, most).await).await?;
    let views = rows.into_iter().map(ServiceAccountView::from).collect();
    Ok(page.page(app, caller, views, |view: &ServiceAccountView| (view.created_at, view.id.0))?.counted(count))
}

/// One account.
///
/// # Errors
/// 404; 403 `permission_missing`.
pub async fn read_service_account(
    app: &App,
    caller: &Caller,
    organisation: OrganisationId,
    id: ServiceAccountId,
) -> Result<ServiceAccountView, Refusal> {
    within(app, caller, organisation, Resource::Organisation, Permission::ServiceAccountsWrite).await?;
    Ok(read::service_account(&app.db, organisation, ACTIVE, id).await?.ok_or(Refusal::NotFound)?.into())
}

/// Makes an account. Its grants stay within the ceiling.
///
/// # Errors
/// 404; 403 `permission_missing`, `above_ceiling`, `outside_unit`, `second_administrator_needed`; 409
/// `secret_already_shown` when the same request was done before.
pub async fn create_service_account(
    app: &App,
    caller: &Caller,
    organisation: OrganisationId,
    body: &ServiceAccountCreate,
) -> Result<(Done, ServiceAccountSecret), Refusal> {
    let (organisation, rule) = within(app, caller, organisation, Resource::Organisation, Permission::ServiceAccountsWrite).await?;
    reaches(&rule, organisation.id, None, Permission::ServiceAccountsWrite)?;
    let grants = body.grants.clone().unwrap_or_else(|| grants_of(Template::Partner));
    let shown = std::sync::Mutex::new(None);
    let done = effect(app, caller, async |tx| {
        write::lock_organisation(tx, organisation.id).await?;
        judge(caller, tx, &organisation, &grants).await?;
        let (id, _, secret) = setup::add_service_account(tx, organisation.id, body.name.as_str(), &grants).await?;
        keep(&shown, secret);
        Ok(Done::created(id.0))
    })
    .await?;
    show(app, done, &organisation, shown).await
}

fn keep(place: &std::sync::Mutex<Option<String>>, secret: String) {
    *place.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(secret);
}

/// The answer with the secret; a repeated request has none to show.
async fn show(
    app: &App,
    done: Done,
    organisation: &Organisation,
    secret: std::sync::Mutex<Option<String>>,
) -> Result<(Done, ServiceAccountSecret), Refusal> {
    let secret = secret.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner).filter(|_| !done.replayed);
    let client_secret = secret.ok_or(Refusal::Conflict("secret_already_shown"))?;
    let row = read::service_account(&app.db, organisation.id, ACTIVE, done.id.into()).await?.ok_or(Refusal::NotFound)?;
    Ok((done, ServiceAccountSecret { service_account: row.into(), client_secret }))
}

/// An account is a role of its own: nobody gives it what they could not give a colleague.
async fn judge(caller: &Caller, tx: &Tx, organisation: &Organisation, grants: &[Grant]) -> Result<(), Refusal> {
    let user = caller.actor.user();
    let others = administrators(tx, organisation).await?.into_iter().filter(|admin| Some(*admin) != user).count();
    let blockers = blockers_to_write_role(caller.policy.standing(), false, grants, &ceiling_of(organisation)?, others);
    Ok(Blocked::unless_empty(blockers)?)
}

/// Replaces the secret of an account. Its sessions end.
///
/// # Errors
/// 404; 403 `permission_missing`; 409 `secret_already_shown` when the same request was done before; 412.
pub async fn rotate_secret(
    app: &App,
    caller: &Caller,
    organisation: OrganisationId,
    id: ServiceAccountId,
) -> Result<(Done, ServiceAccountSecret), Refusal> {
    let (organisation, rule) = within(app, caller, organisation, Resource::Organisation, Permission::ServiceAccountsWrite).await?;
    reaches(&rule, organisation.id, None, Permission::ServiceAccountsWrite)?;
    let shown = std::sync::Mutex::new(None);
    let done = effect(app, caller, async |tx| {
        let before = active(tx, &organisation, id).await?;
        caller.saw(before.version)?;
        let secret = crypto::token();
        let after = ServiceAccount { secret_hash: secret_hash(&secret), updated_at: tx.ctx().now, ..before.clone() };
        tx.save::<service_account::Entity>(&before, after, "rotate_secret").await?;
        write::revoke_sessions(tx, SessionsOf::ServiceAccount(id.0), "secret_rotated").await?;
        keep(&shown, secret);
        Ok(Done::changed(id.0))
    })
    .await?;
    app.sessions.clear();
    show(app, done, &organisation, shown).await
}

async fn active(tx: &Tx, organisation: &Organisation, id: ServiceAccountId) -> Result<ServiceAccount, Refusal> {
    let found = write::lock_service_account(tx, organisation.id, id.0).await?;
    found.filter(|account| account.state == ACTIVE).ok_or(Refusal::NotFound)
}

/// Closes an account for good. Its sessions end.
///
/// # Errors
/// 404; 403 `permission_missing`; 412.
pub async fn close_service_account(
    app: &App,
    caller: &Caller,
    organisation: OrganisationId,
    id: ServiceAccountId,
) -> Result<Done, Refusal> {
    let (organisation, rule) = within(app, caller, organisation, Resource::Organisation, Permission::ServiceAccountsWrite).await?;
    reaches(&rule, organisation.id, None, Permission::ServiceAccountsWrite)?;
    let done = effect(app, caller, async |tx| {
        let before = active(tx, &organisation, id).await?;
        caller.saw(before.version)?;
        let after = ServiceAccount { state: AccountState::Disabled.code().to_owned(), updated_at: tx.ctx().now, ..before.clone() };
        tx.save::<service_account::Entity>(&before, after, "close").await?;
        write::revoke_sessions(tx, SessionsOf::ServiceAccount(id.0), "account_closed").await?;
        Ok(Done::gone(id.0))
    })
    .await?;
    app.sessions.clear();
    Ok(done)
}
