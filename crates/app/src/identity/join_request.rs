//! Joining an organisation on one's own initiative: at once as its first member, else when an administrator agrees.

use relais_domain::access::{Permission, Resource, Rule};
use relais_domain::identity::{Entrance, JoinMessage, JoinState, blockers_to_join, blockers_to_settle};
use relais_domain::message::NoticeKind;
use relais_domain::shared::ids::{JoinRequestId, OrganisationId, RoleId, UnitId, UserId};
use relais_domain::shared::{Blocked, unfit_for_mail};
use relais_persistence::Tx;
use relais_persistence::identity::entity::join_request;
use relais_persistence::identity::view::JoinRequestView;
use relais_persistence::identity::{JoinRequest, Organisation, read, write};
use serde::Deserialize;
use utoipa::ToSchema;

use super::assign::{self, Wish, administrators};
use super::branch::door;
use super::budget::Tries;
use super::join::{begin, give, join, work_in};
use super::place::{Place, reaches, within};
use crate::message::notify::{self, AccountSubject};
use crate::{App, Caller, Done, Page, PageRequest, Refusal, effect, effect_of_account};

/// Somebody asks to join.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct JoinStructure {
    /// What the administrators read: who one is, why one belongs there.
    #[schema(value_type = JoinMessage, required = false)]
    pub message: Option<JoinMessage>,
}

/// A request to join is accepted.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptJoinRequest {
    /// The role that the new member gets.
    pub role_id: RoleId,
    /// The unit that the role is limited to, and that the member will work in.
    #[serde(default)]
    pub unit_id: Option<UnitId>,
}

/// A request to join is refused.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RefuseJoinRequest {
    /// Why; whoever asked reads it.
    #[schema(value_type = JoinMessage, required = false)]
    pub reason: Option<JoinMessage>,
}

/// Joins an organisation. Where nobody is a member and nobody is expected, the caller becomes its administrator at once and it
/// awaits verification: the request that is answered is `accepted`. Else the request waits for an administrator; all are told.
///
/// # Errors
/// 404; 409 `organisation_blocked`, `organisation_disabled`, `already_member`, `join_request_pending`, `too_many_join_requests`;
/// 422 `forbidden_identifier`, `markup_not_allowed`; 429 after twenty within a quarter of an hour.
pub async fn join_structure(app: &App, caller: &Caller, id: OrganisationId, body: &JoinStructure) -> Result<Done, Refusal> {
    let user = caller.user()?;
    Tries::of(app, &app.ctx(caller), &user.to_string(), None).spend_joining().await?;
    let done = effect_of_account(app, caller, async |tx| {
        // The lock decides between two who come first.
        let organisation = write::lock_organisation(tx, id).await?.ok_or(Refusal::NotFound)?;
        let today = organisation.date_at(tx.ctx().now);
        let member = write::lock_membership_of(tx, id, user).await?;
        let is_member = member.is_some_and(|member| member.valid_to.is_none_or(|to| to >= today));
        let is_waiting = write::lock_pending_request(tx, id, user).await?.is_some();
        let elsewhere = write::count_pending(tx, user).await?;
        let mut blockers = blockers_to_join(door(&organisation), is_member, is_waiting, elsewhere);
        blockers.extend(unfit_for_mail(&[("/message", body.message.as_ref().map(JoinMessage::as_str))]));
        Blocked::unless_empty(blockers)?;
        let expected = !write::open_invitations(tx, id).await?.is_empty();
        let request = match Entrance::of(write::has_members(tx, id, today).await?, expected) {
            Entrance::FirstMember => {
                begin(tx, &organisation, user).await?;
                ask(tx, id, user, body, JoinState::Accepted).await?
            }
            Entrance::Request => {
                let request = ask(tx, id, user, body, JoinState::Pending).await?;
                for user in administrators(tx, &organisation).await? {
                    notify::account(tx, NoticeKind::JoinRequested, AccountSubject::JoinRequest { user, request });
                }
                request
            }
        };
        Ok(Done::created(request.0))
    })
    .await?;
    app.sessions.clear();
    Ok(done)
}

async fn ask(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    user_id: UserId,
    body: &JoinStructure,
    state: JoinState,
) -> Result<JoinRequestId, Refusal> {
    let (id, now): (JoinRequestId, _) = (tx.ctx().fresh(), tx.ctx().now);
    let row = JoinRequest {
        id,
        organisation_id,
        user_id,
        state,
        message: body.message.as_ref().map(ToString::to_string),
        reason: None,
        decided_by: None,
        decided_at: (state == JoinState::Accepted).then_some(now),
        created_at: now,
        updated_at: now,
        version: 1,
    };
    tx.create::<join_request::Entity>(row, "ask_to_join").await?;
    let kind = if state == JoinState::Pending { "join_request.made" } else { "join_request.accepted" };
    tx.event(kind, "join_request", id.0, Some(organisation_id));
    Ok(id)
}

/// The requests to join an organisation, the oldest first; in these states, any when there are none.
///
/// # Errors
/// 404; 403 `permission_missing`; 400 `invalid_cursor`.
pub async fn list_join_requests(
    app: &App,
    caller: &Caller,
    id: OrganisationId,
    states: &[JoinState],
    page: &PageRequest,
) -> Result<Page<JoinRequestView>, Refusal> {
    let (_, rule) = within(app, caller, id, Resource::Member, Permission::MembersRead).await?;
    let views = read::join_requests(&app.db, &rule, id, states, page.after(app, caller)?, page.limit + 1).await?;
    let count = page.count_with(async |most| read::join_requests(&app.db, &rule, id, states, None, most).await).await?;
    Ok(page.page(app, caller, views, |view: &JoinRequestView| (view.created_at, view.id.0))?.counted(count))
}

/// The caller's own requests, the oldest first.
///
/// # Errors
/// 400 `invalid_cursor`.
pub async fn my_join_requests(app: &App, caller: &Caller, page: &PageRequest) -> Result<Page<JoinRequestView>, Refusal> {
    let (user, after) = (caller.user()?, page.after(app, caller)?);
    let views = read::join_requests_of(&app.db, user, after, page.limit + 1).await?;
    let count = page.count_with(async |most| read::join_requests_of(&app.db, user, None, most).await).await?;
    Ok(page.page(app, caller, views, |view: &JoinRequestView| (view.created_at, view.id.0))?.counted(count))
}

/// One request: for whoever made it, and for those who read the members of the organisation.
///
/// # Errors
/// 404.
pub async fn read_join_request(app: &App, caller: &Caller, id: JoinRequestId) -> Result<JoinRequestView, Refusal> {
    let view = read::join_request(&app.db, id).await?.ok_or(Refusal::NotFound)?;
    let mine = caller.actor.user() == Some(view.user_id);
    if mine || reached(caller, view.organisation_id, Permission::MembersRead).is_some() { Ok(view) } else { Err(Refusal::NotFound) }
}

/// The caller's rule over members, when it reaches the whole of an organisation.
fn reached(caller: &Caller, organisation: OrganisationId, permission: Permission) -> Option<Rule> {
    let rule = caller.policy.rule(Resource::Member, permission);
    rule.decide(&Place { organisation, unit: None }).is_some().then_some(rule)
}

/// The rule of whoever decides on a request that they see.
async fn deciding(app: &App, caller: &Caller, id: JoinRequestId) -> Result<(Organisation, Rule), Refusal> {
    let view = read_join_request(app, caller, id).await?;
    let rule = caller.policy.rule(Resource::Member, Permission::MembersWrite);
    if caller.organisation()? != view.organisation_id && reached(caller, view.organisation_id, Permission::MembersWrite).is_none() {
        return Err(Refusal::Forbidden(Permission::MembersWrite));
    }
    let (organisation, _) = within(app, caller, view.organisation_id, Resource::Member, Permission::MembersWrite).await?;
    Ok((organisation, rule))
}

/// Accepts a request to join: whoever asked becomes a member with a role, and is told. The rules of giving a role hold:
/// [`super::assign_roles`].
///
/// # Errors
/// 404; 403 `permission_missing`, `own_assignment`, `above_ceiling`, `outside_unit`, `second_administrator_needed`; 409
/// `join_request_settled`; 412; 422 `unknown_reference`.
pub async fn accept_join_request(app: &App, caller: &Caller, id: JoinRequestId, body: &AcceptJoinRequest) -> Result<Done, Refusal> {
    let (organisation, rule) = deciding(app, caller, id).await?;
    reaches(&rule, organisation.id, body.unit_id, Permission::MembersWrite)?;
    let done = effect(app, caller, async |tx| {
        write::lock_organisation(tx, organisation.id).await?;
        let before = write::lock_join_request(tx, id).await?.ok_or(Refusal::NotFound)?;
        caller.judged(before.version, Blocked::unless_empty(blockers_to_settle(before.state)))?;
        let wish = Wish { role_id: body.role_id, unit_id: body.unit_id };
        assign::judge(caller, tx, &organisation, before.user_id, &[wish], &[], |_, field| format!("/{field}")).await?;
        let membership = join(tx, &organisation, before.user_id).await?;
        give(tx, &organisation, membership, body.role_id, body.unit_id).await?;
        if let Some(unit) = body.unit_id {
            work_in(tx, membership, unit).await?;
        }
        settle(tx, caller, before, JoinState::Accepted, None).await
    })
    .await?;
    app.sessions.clear();
    Ok(done)
}

/// Refuses a request to join; whoever asked is told.
///
/// # Errors
/// 404; 403 `permission_missing`; 409 `join_request_settled`; 412; 422 `forbidden_identifier`, `markup_not_allowed`.
pub async fn refuse_join_request(app: &App, caller: &Caller, id: JoinRequestId, body: &RefuseJoinRequest) -> Result<Done, Refusal> {
    let (organisation, rule) = deciding(app, caller, id).await?;
    reaches(&rule, organisation.id, None, Permission::MembersWrite)?;
    effect(app, caller, async |tx| {
        let before = write::lock_join_request(tx, id).await?.ok_or(Refusal::NotFound)?;
        let mut blockers = blockers_to_settle(before.state);
        blockers.extend(unfit_for_mail(&[("/reason", body.reason.as_ref().map(JoinMessage::as_str))]));
        caller.judged(before.version, Blocked::unless_empty(blockers))?;
        let reason = body.reason.as_ref().map(ToString::to_string);
        settle(tx, caller, before, JoinState::Refused, reason).await
    })
    .await
}

/// Takes one's own request back.
///
/// # Errors
/// 404; 403 `permission_missing` for a request of somebody else that one sees; 409 `join_request_settled`; 412.
pub async fn withdraw_join_request(app: &App, caller: &Caller, id: JoinRequestId) -> Result<Done, Refusal> {
    let view = read_join_request(app, caller, id).await?;
    if caller.user()? != view.user_id {
        return Err(Refusal::Barred("not_your_request"));
    }
    effect(app, caller, async |tx| {
        let before = write::lock_join_request(tx, id).await?.ok_or(Refusal::NotFound)?;
        caller.judged(before.version, Blocked::unless_empty(blockers_to_settle(before.state)))?;
        settle(tx, caller, before, JoinState::Withdrawn, None).await
    })
    .await
}

/// Ends a request, and tells whoever asked unless they did it themselves.
async fn settle(tx: &mut Tx, caller: &Caller, before: JoinRequest, state: JoinState, reason: Option<String>) -> Result<Done, Refusal> {
    let (id, user, now) = (before.id, before.user_id, tx.ctx().now);
    let (organisation, decided_by) = (before.organisation_id, caller.actor.user());
    let after = JoinRequest { state, reason, decided_by, decided_at: Some(now), updated_at: now, ..before.clone() };
    let (act, event, told) = match state {
        JoinState::Refused => ("refuse", "join_request.refused", Some(NoticeKind::JoinRefused)),
        JoinState::Accepted => ("accept", "join_request.accepted", Some(NoticeKind::JoinAccepted)),
        JoinState::Withdrawn | JoinState::Pending => ("withdraw", "join_request.withdrawn", None),
    };
    tx.save::<join_request::Entity>(&before, after, act).await?;
    tx.event(event, "join_request", id.0, Some(organisation));
    if let Some(kind) = told {
        notify::account(tx, kind, AccountSubject::JoinRequest { user, request: id });
    }
    Ok(Done::changed(id.0))
}
