//! Invitations: a mail with a key, accepted by whoever reads that mail.

use chrono::TimeDelta;
use relais_adapters::crypto;
use relais_domain::access::{Permission, Resource};
use relais_domain::identity::{AccountState, FullName, Password, SecretText};
use relais_domain::message::NoticeKind;
use relais_domain::shared::contact::{Email, Language};
use relais_domain::shared::ids::{InvitationId, MembershipId, OrganisationId, RoleId, UnitId, UserId};
use relais_domain::shared::{Blocked, Blocker};
use relais_persistence::Tx;
use relais_persistence::identity::entity::{app_user, invitation};
use relais_persistence::identity::view::InvitationView;
use relais_persistence::identity::{Invitation, Organisation, User, read, standing, write};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::assign::{self, Wish};
use super::join::{give, join, settle_request, work_in};
use super::password::hashed;
use super::place::{reaches, within};
use super::session::secret_hash;
use super::sign_in::known_user;
use super::sign_up;
use crate::message::notify::{self, AccountSubject};
use crate::setup::{self, NewUser};
use crate::{App, Caller, Done, Page, PageRequest, Refusal, effect};

/// Somebody is asked to join.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationCreate {
    /// Where the mail goes.
    pub email: Email,
    /// The name of whom it is for.
    #[serde(default)]
    pub name: Option<FullName>,
    /// The role it gives.
    pub role_id: RoleId,
    /// The unit that the role is limited to, and that the member will work in.
    #[serde(default)]
    pub unit_id: Option<UnitId>,
}

/// An invitation is accepted.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptInvitation {
    /// The token from the mail.
    pub token: SecretText,
    /// The name of a new account.
    #[serde(default)]
    pub name: Option<FullName>,
    /// The password: of the account that the address already has, or for the new one.
    #[serde(default)]
    pub password: Option<Password>,
}

/// What came of an invitation. Sign in next.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AcceptedInvitation {
    /// The account.
    pub user_id: UserId,
    /// The organisation that was joined.
    pub organisation_id: OrganisationId,
    /// The membership.
    pub membership_id: MembershipId,
}

/// How long an invitation can be accepted, in real time.
const LIFE: TimeDelta = TimeDelta::days(7);

pub(super) struct NewInvitation {
    pub(super) organisation: OrganisationId,
    pub(super) email: Email,
    pub(super) name: Option<FullName>,
    pub(super) role_id: RoleId,
    pub(super) unit_id: Option<UnitId>,
    pub(super) invited_by: UserId,
    pub(super) mailed: bool,
}

pub(super) async fn invite(app: &App, tx: &mut Tx, new: NewInvitation) -> Result<InvitationId, Refusal> {
    let ctx = tx.ctx().clone();
    let id: InvitationId = ctx.fresh();
    let row = Invitation {
        id,
        organisation_id: new.organisation,
        email: new.email.to_string(),
        name: new.name.map(|name| name.to_string()),
        role_id: new.role_id,
        unit_id: new.unit_id,
        token_hash: secret_hash(&app.keys.link_token(id.0)),
        invited_by: new.invited_by,
        expires_at: ctx.real_now + LIFE,
        accepted_at: None,
        revoked_at: None,
        created_at: ctx.now,
        version: 1,
    };
    tx.create::<invitation::Entity>(row, "invite").await?;
    if new.mailed {
        notify::account(tx, NoticeKind::Invitation, AccountSubject::Invitation(id));
    }
    Ok(id)
}

/// The invitations of an organisation, the oldest first.
///
/// # Errors
/// 404; 403 `permission_missing`.
pub async fn list_invitations(
    app: &App,
    caller: &Caller,
    organisation: OrganisationId,
    page: &PageRequest,
) -> Result<Page<InvitationView>, Refusal> {
    let (_, rule) = within(app, caller, organisation, Resource::Member, Permission::MembersRead).await?;
    let rows = read::invitations(&app.db, &rule, organisation, page.after(app, caller)?, page.limit + 1).await?;
    let count = page.count_with(async |most| read::invitations(&app.db, &rule, organisation, None, most).await).await?;
    let views = rows.into_iter().map(InvitationView::from).collect();
    Ok(page.page(app, caller, views, |view: &InvitationView| (view.created_at, view.id.0))?.counted(count))
}

/// One invitation.
///
/// # Errors
/// 404; 403 `permission_missing`.
pub async fn read_invitation(
    app: &App,
    caller: &Caller,
    organisation: OrganisationId,
    id: InvitationId,
) -> Result<InvitationView, Refusal> {
    let (_, rule) = within(app, caller, organisation, Resource::Member, Permission::MembersRead).await?;
    Ok(read::invitation(&app.db, &rule, organisation, id).await?.ok_or(Refusal::NotFound)?.into())
}

/// Invites somebody with a role. The rules of giving a role hold: [`super::assign_roles`].
///
/// # Errors
/// 404; 403 `permission_missing`, `own_assignment`, `above_ceiling`, `outside_unit`, `second_administrator_needed`; 409
/// `already_member`; 422 `unknown_reference`.
pub async fn create_invitation(app: &App, caller: &Caller, organisation: OrganisationId, body: &InvitationCreate) -> Result<Done, Refusal> {
    let (organisation, rule) = within(app, caller, organisation, Resource::Member, Permission::MembersWrite).await?;
    reaches(&rule, organisation.id, body.unit_id, Permission::MembersWrite)?;
    let invited_by = caller.user()?;
    effect(app, caller, async |tx| {
        write::lock_organisation(tx, organisation.id).await?;
        let known = write::user_with_email(tx, &body.email.folded()).await?;
        let target = known.as_ref().map_or(UserId(Uuid::nil()), |user| user.id);
        let wish = Wish { role_id: body.role_id, unit_id: body.unit_id };
        assign::judge(caller, tx, &organisation, target, &[wish], &[], |_, field| format!("/{field}")).await?;
        if let Some(user) = known
            && let Some(member) = write::lock_membership_of(tx, organisation.id, user.id).await?
            && member.valid_to.is_none_or(|to| to >= organisation.date_at(tx.ctx().now))
        {
            return Err(Refusal::Conflict("already_member"));
        }
        let (email, name) = (body.email.clone(), body.name.clone());
        let new = NewInvitation {
            organisation: organisation.id,
            email,
            name,
            role_id: body.role_id,
            unit_id: body.unit_id,
            invited_by,
            mailed: true,
        };
        Ok(Done::created(invite(app, tx, new).await?.0))
    })
    .await
}

/// Takes an invitation back.
///
/// # Errors
/// 404; 403 `permission_missing`; 409 `invitation_used`, `invitation_revoked`; 412.
pub async fn revoke_invitation(app: &App, caller: &Caller, organisation: OrganisationId, id: InvitationId) -> Result<Done, Refusal> {
    read_invitation(app, caller, organisation, id).await?;
    let (_, rule) = within(app, caller, organisation, Resource::Member, Permission::MembersWrite).await?;
    effect(app, caller, async |tx| {
        let before = write::lock_invitation(tx, id).await?.ok_or(Refusal::NotFound)?;
        reaches(&rule, organisation, before.unit_id, Permission::MembersWrite)?;
        caller.judged(before.version, Blocked::unless_empty(spent(&before)))?;
        let after = Invitation { revoked_at: Some(tx.ctx().real_now), ..before.clone() };
        tx.save::<invitation::Entity>(&before, after, "revoke").await?;
        Ok(Done::gone(id.0))
    })
    .await
}

fn spent(invitation: &Invitation) -> Vec<Blocker> {
    let used = invitation.accepted_at.map(|_| Blocker::state("invitation_used"));
    used.into_iter().chain(invitation.revoked_at.map(|_| Blocker::state("invitation_revoked"))).collect()
}

/// Accepts an invitation, and every other one of the same organisation that waits for the same address. An address that
/// has an account proves itself with its password; a new one needs name and password.
///
/// # Errors
/// 404 for a wrong token; 401 `wrong_credentials`, `account_disabled`; 409 `invitation_used`, `invitation_revoked`,
/// `invitation_expired`; 422 `required`, `password_too_weak`; 429 as sign-in.
pub async fn accept_invitation(
    app: &App,
    caller: &Caller,
    id: InvitationId,
    body: &AcceptInvitation,
) -> Result<AcceptedInvitation, Refusal> {
    let invitation = read::invitation_by_id(&app.db, id).await?;
    let given = secret_hash(body.token.as_str());
    let invitation = invitation.filter(|invitation| crypto::same(&invitation.token_hash, &given)).ok_or(Refusal::NotFound)?;
    let organisation = standing::organisation(&app.db, invitation.organisation_id).await?.ok_or(Refusal::NotFound)?;
    acceptable(&invitation, app.clock.real_now())?;
    let email: Email = invitation.email.parse().map_err(|_| Refusal::Failed("an invitation has no valid address".into()))?;
    let proven = prove(app, caller, &invitation, &email, body).await?;
    let mut ctx = app.ctx(caller);
    ctx.on_behalf_of = Some(organisation.id);
    let mut tx = app.db.write(&ctx).await?;
    write::lock_organisation(&tx, organisation.id).await?;
    let now = write::lock_invitation(&tx, id).await?.ok_or(Refusal::NotFound)?;
    acceptable(&now, ctx.real_now)?;
    let user_id = settle_account(app, &mut tx, &organisation, email.clone(), proven).await?;
    let membership_id = join(&mut tx, &organisation, user_id).await?;
    settle_request(&mut tx, &organisation, user_id).await?;
    for one in write::open_invitations(&tx, organisation.id).await? {
        if one.id != id && one.email.to_lowercase() != email.folded() {
            continue;
        }
        give(&mut tx, &organisation, membership_id, one.role_id, one.unit_id).await?;
        if let Some(unit) = one.unit_id {
            work_in(&mut tx, membership_id, unit).await?;
        }
        let after = Invitation { accepted_at: Some(ctx.real_now), ..one.clone() };
        tx.save::<invitation::Entity>(&one, after, "accept").await?;
    }
    tx.commit().await?;
    app.sessions.clear();
    Ok(AcceptedInvitation { user_id, organisation_id: organisation.id, membership_id })
}

fn acceptable(invitation: &Invitation, real_now: chrono::DateTime<chrono::Utc>) -> Result<(), Refusal> {
    let mut blockers = spent(invitation);
    blockers.extend((invitation.expires_at <= real_now).then(|| Blocker::state("invitation_expired")));
    Ok(Blocked::unless_empty(blockers)?)
}

/// Who accepts: an account with its password, an account that never had one, one that somebody signed up for without showing
/// that the address is theirs, or a new one.
enum Proven {
    Known(UserId),
    FirstPassword(UserId, String),
    Unconfirmed { id: UserId, name: Option<FullName>, hash: String },
    New { name: FullName, hash: String },
}

async fn prove(app: &App, caller: &Caller, invitation: &Invitation, email: &Email, body: &AcceptInvitation) -> Result<Proven, Refusal> {
    let known = read::user_by_email(&app.db, &email.folded()).await?;
    let password = body.password.as_ref().ok_or_else(|| Refusal::invalid("required", "/password"))?;
    match known {
        // The mail of the invitation shows whose address it is: what somebody else may have typed at sign-up counts for nothing.
        Some(User { id, state, .. }) if state == AccountState::Unconfirmed.code() => {
            let name = body.name.clone().or_else(|| invitation.name.as_ref()?.parse().ok());
            Ok(Proven::Unconfirmed { id, name, hash: hashed(app, password, email, "/password").await? })
        }
        Some(User { state, .. }) if state != AccountState::Active.code() => Err(Refusal::Unauthenticated("account_disabled")),
        Some(User { id, password_hash: None, .. }) => Ok(Proven::FirstPassword(id, hashed(app, password, email, "/password").await?)),
        Some(_) => Ok(Proven::Known(known_user(app, caller, email, password).await?.id)),
        None => {
            let name = body.name.clone().or_else(|| invitation.name.as_ref()?.parse().ok());
            let name = name.ok_or_else(|| Refusal::invalid("required", "/name"))?;
            Ok(Proven::New { name, hash: hashed(app, password, email, "/password").await? })
        }
    }
}

async fn settle_account(app: &App, tx: &mut Tx, organisation: &Organisation, email: Email, proven: Proven) -> Result<UserId, Refusal> {
    match proven {
        Proven::Known(id) => Ok(id),
        Proven::FirstPassword(id, hash) => {
            let before = write::lock_user(tx, id).await?.filter(|user| user.password_hash.is_none());
            let before = before.ok_or(Refusal::Unauthenticated("wrong_credentials"))?;
            let after = User { password_hash: Some(hash), updated_at: tx.ctx().now, ..before.clone() };
            tx.save::<app_user::Entity>(&before, after, "set_password").await?;
            Ok(id)
        }
        Proven::Unconfirmed { id, name, hash } => {
            let before = write::lock_user(tx, id).await?.filter(|user| user.state == AccountState::Unconfirmed.code());
            let before = before.ok_or(Refusal::Unauthenticated("wrong_credentials"))?;
            sign_up::confirmed(tx, before, name, hash).await?;
            Ok(id)
        }
        Proven::New { name, hash } => {
            let language = organisation.language.parse().unwrap_or(Language::En);
            setup::add_user(app, tx, NewUser { email, name: name.to_string(), language, platform_role: None }, hash).await
        }
    }
}
