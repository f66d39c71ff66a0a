//! One's own account: who I am, for whom I act, what I may do, where I am signed in.

use chrono::{DateTime, NaiveDate, Utc};
use relais_domain::access::Permission;
use relais_domain::identity::{Actor, FullName};
use relais_domain::shared::contact::{Email, Language, Phone};
use relais_domain::shared::ids::{MembershipId, OrganisationId, ReferralId, ServiceAccountId, SessionId, UserId};
use relais_persistence::identity::entity::app_user;
use relais_persistence::identity::{Session, User, read, standing, write};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::session::end;
use crate::standing::today;
use crate::{App, Caller, Done, Page, PageRequest, Refusal, effect};

/// Who I am.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeView {
    /// `user`, `service_account` or `access_link`.
    #[schema(example = "user")]
    pub kind: &'static str,
    /// My account, when I am a person.
    pub user: Option<AccountView>,
    /// The account, when I am a partner platform.
    pub service_account_id: Option<ServiceAccountId>,
    /// The referral that I may open, when I came with a link.
    pub referral_id: Option<ReferralId>,
    /// For whom I act; null with several memberships and no `X-Organisation` header.
    pub acting_for: Option<ActingForView>,
    /// The organisations that I belong to.
    pub memberships: Vec<MembershipView>,
    /// What I may do where I act; how far is told by `GET /v1/access/explain`.
    pub permissions: Vec<Permission>,
    /// How this installation runs.
    pub mode: ModeView,
    /// The version of my account.
    pub version: i32,
}

/// The account of a person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AccountView {
    /// The id.
    pub id: UserId,
    /// The e-mail address, with which one signs in.
    #[schema(value_type = Email)]
    pub email: String,
    /// The name.
    #[schema(value_type = FullName)]
    pub name: String,
    /// The phone number.
    #[schema(value_type = Option<Phone>)]
    pub phone: Option<String>,
    /// The language in which mails are written.
    #[schema(value_type = Language)]
    pub language: String,
    /// Whether mails about referrals are collected and come in one mail a day, at 08:00. What cannot wait still comes at once.
    pub digest: bool,
    /// Whether an authenticator app is asked for at sign-in.
    pub totp: bool,
    /// The role on the platform, where there is one.
    pub platform_role: Option<String>,
    /// When the account was made.
    pub created_at: DateTime<Utc>,
}

/// The organisation that a session acts for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ActingForView {
    /// Its id.
    pub organisation_id: OrganisationId,
    /// Whether a moderator has verified it.
    pub verified: bool,
    /// Its time zone.
    #[schema(example = "Europe/Paris")]
    pub time_zone: String,
}

/// A membership of mine.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MembershipView {
    /// The id of the membership.
    pub id: MembershipId,
    /// The organisation.
    pub organisation_id: OrganisationId,
    /// Its name.
    pub organisation_name: String,
    /// Whether a moderator has verified it.
    pub verified: bool,
    /// The first day.
    pub valid_from: NaiveDate,
    /// The last day.
    pub valid_to: Option<NaiveDate>,
}

/// How the installation runs.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ModeView {
    /// A sandbox: mails are kept, the clock may be moved.
    pub sandbox: bool,
    /// Business time.
    pub now: DateTime<Utc>,
}

/// A change of one's own account. What is absent stays; null clears.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MePatch {
    /// The name.
    #[serde(default)]
    #[schema(value_type = FullName, required = false)]
    pub name: Option<FullName>,
    /// The phone number.
    #[serde(default, deserialize_with = "super::patched")]
    #[schema(value_type = Option<Phone>)]
    pub phone: Option<Option<Phone>>,
    /// The language in which mails are written.
    #[serde(default)]
    #[schema(value_type = Language, required = false)]
    pub language: Option<Language>,
    /// Whether mails about referrals are collected and come in one mail a day, at 08:00.
    #[serde(default)]
    #[schema(value_type = bool, required = false)]
    pub digest: Option<bool>,
}

/// A place where I am signed in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SessionView {
    /// The id.
    pub id: SessionId,
    /// What the client calls itself.
    pub client: Option<String>,
    /// Whether this request came through it.
    pub current: bool,
    /// When it began, in real time.
    pub created_at: DateTime<Utc>,
    /// When it was last renewed, in real time.
    pub last_used_at: DateTime<Utc>,
    /// When it ends unless it is renewed, in real time.
    pub expires_at: DateTime<Utc>,
}

/// Who the caller is, for whom they act, and what they may do.
///
/// # Errors
/// As any read.
pub async fn me(app: &App, caller: &Caller) -> Result<MeView, Refusal> {
    let user = match caller.actor {
        Actor::User(id) => Some(standing::user(&app.db, id).await?.ok_or(Refusal::NotFound)?),
        _ => None,
    };
    let memberships = match &user {
        Some(user) => standing::memberships(&app.db, user.id).await?,
        None => vec![],
    };
    let acting_for = caller.acting_for.as_ref().map(|acting| ActingForView {
        organisation_id: acting.id,
        verified: acting.verified,
        time_zone: acting.time_zone.name().to_owned(),
    });
    let memberships =
        memberships.into_iter().filter(|(membership, organisation)| membership.valid_to.is_none_or(|to| today(app, organisation) <= to));
    Ok(MeView {
        kind: caller.actor.kind(),
        service_account_id: if let Actor::ServiceAccount(id) = caller.actor { Some(id) } else { None },
        referral_id: caller.link(),
        acting_for,
        memberships: memberships
            .map(|(membership, organisation)| MembershipView {
                id: membership.id,
                organisation_id: organisation.id,
                organisation_name: organisation.name,
                verified: organisation.verified_at.is_some(),
                valid_from: membership.valid_from,
                valid_to: membership.valid_to,
            })
            .collect(),
        permissions: caller.policy.permissions(),
        mode: ModeView { sandbox: app.settings.sandbox, now: app.clock.now() },
        version: user.as_ref().map_or(1, |user| user.version),
        user: user.map(account_view),
    })
}

fn account_view(user: User) -> AccountView {
    AccountView {
        id: user.id,
        email: user.email,
        name: user.name,
        phone: user.phone,
        language: user.language,
        digest: user.digest,
        totp: user.totp_confirmed_at.is_some(),
        platform_role: user.platform_role,
        created_at: user.created_at,
    }
}

/// Changes one's own account.
///
/// # Errors
/// 412 when it changed meanwhile.
pub async fn update_me(app: &App, caller: &Caller, patch: &MePatch) -> Result<Done, Refusal> {
    let id = caller.user()?;
    let done = effect(app, caller, async |tx| {
        let before = write::lock_user(tx, id).await?.ok_or(Refusal::NotFound)?;
        caller.saw(before.version)?;
        let MePatch { name, phone, language, digest } = patch;
        let mut after = User { updated_at: tx.ctx().now, ..before.clone() };
        after.name = name.as_ref().map_or(after.name, ToString::to_string);
        after.phone = phone.as_ref().map_or(after.phone, |phone| phone.as_ref().map(ToString::to_string));
        after.language = language.map_or(after.language, |language| language.code().to_owned());
        after.digest = digest.unwrap_or(after.digest);
        tx.save::<app_user::Entity>(&before, after, "update").await?;
        Ok(Done::changed(id.0))
    })
    .await?;
    app.sessions.clear();
    Ok(done)
}

/// Where the caller is signed in.
///
/// # Errors
/// `invalid_cursor` (400).
pub async fn my_sessions(app: &App, caller: &Caller, page: &PageRequest) -> Result<Page<SessionView>, Refusal> {
    let after = page.after(app, caller)?;
    let user = caller.user()?;
    let rows = read::sessions(&app.db, user, app.clock.real_now(), after, page.limit + 1).await?;
    let count = page.count_with(async |most| read::sessions(&app.db, user, app.clock.real_now(), None, most).await).await?;
    let views = rows.into_iter().map(|row| session_view(row, caller.session)).collect();
    Ok(page.page(app, caller, views, |view: &SessionView| (view.created_at, view.id.0))?.counted(count))
}

fn session_view(row: Session, current: Option<SessionId>) -> SessionView {
    SessionView {
        id: row.id,
        client: row.client,
        current: current == Some(row.id),
        created_at: row.created_at,
        last_used_at: row.last_used_at,
        expires_at: row.expires_at,
    }
}

/// Ends one of the caller's own sessions.
///
/// # Errors
/// 404 when it is nobody's or somebody else's.
pub async fn end_session(app: &App, caller: &Caller, id: SessionId) -> Result<Done, Refusal> {
    let user = caller.user()?;
    effect(app, caller, async |tx| {
        let session = write::lock_session(tx, id).await?.filter(|session| session.user_id == Some(user));
        end(app, tx, session.ok_or(Refusal::NotFound)?, "ended_by_owner").await?;
        Ok(Done::gone(id.0))
    })
    .await
}
