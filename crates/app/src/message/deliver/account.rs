//! Mails of accounts: signing up, invitations, requests to join, password resets, alerts.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use relais_domain::identity::JoinState;
use relais_domain::message::{NoticeKind, Recipient, document_refusal};
use relais_domain::shared::ids::{InvitationId, JoinRequestId, NoticeId, OrganisationId, ReferralId, SavedSearchId, ServiceId, UserId};
use relais_persistence::message::{read, write};
use relais_persistence::platform::job::Job;
use serde::Deserialize;
use uuid::Uuid;

use super::address::Addressee;
use super::letter::Letter;
use super::{Matter, directory, facts};
use crate::message::render::{Language, NoticeFacts};
use crate::setback::Setback;
use crate::{App, claim};

#[derive(Deserialize)]
struct Payload {
    mail_id: NoticeId,
    kind: NoticeKind,
    subject: Subject,
}

#[derive(Deserialize)]
struct Subject {
    #[serde(default, rename = "user_id")]
    user: Option<UserId>,
    #[serde(default, rename = "token_id")]
    token: Option<Uuid>,
    #[serde(default, rename = "invitation_id")]
    invitation: Option<InvitationId>,
    #[serde(default, rename = "join_request_id")]
    request: Option<JoinRequestId>,
    #[serde(default, rename = "organisation_id")]
    organisation: Option<OrganisationId>,
    #[serde(default, rename = "service_id")]
    service: Option<ServiceId>,
    #[serde(default, rename = "saved_search_id")]
    search: Option<SavedSearchId>,
    #[serde(default)]
    found: u32,
    #[serde(default)]
    services: Vec<ServiceId>,
    #[serde(default, rename = "referral_id")]
    referral: Option<ReferralId>,
    #[serde(default)]
    document_refused: Option<String>,
    #[serde(default, rename = "export_id")]
    export: Option<Uuid>,
}

/// Sends one mail of an account. A key that was used, taken back or has run out meanwhile is not sent.
pub(crate) async fn account(app: &Arc<App>, job: &Job) -> Result<(), Setback> {
    let payload = Payload::deserialize(&job.payload).map_err(|_| Setback::never("payload_unreadable"))?;
    let ctx = claim::ctx(app, job);
    let Some((to, recipient, facts)) = letter_for(app, &payload, ctx.real_now).await? else {
        return Ok(claim::end_idle(app, job).await?);
    };
    let matter = Matter { kind: payload.kind, recipient };
    let letter = Letter::write(payload.mail_id, matter, to, None, &facts)?;
    if !app.settings.sandbox {
        let mailer = app.mailer.as_ref().ok_or(Setback::later("mail_not_configured"))?;
        mailer.send(&letter.mail(app)?).await?;
        return Ok(claim::end_idle(app, job).await?);
    }
    let mail = letter.kept(app, &ctx)?;
    let Some(tx) = claim::end(app, job).await? else { return Ok(()) };
    write::keep_mail(&tx, mail).await?;
    Ok(tx.commit().await?)
}

pub(super) type Parts = Option<(Addressee, Recipient, NoticeFacts)>;

async fn letter_for(app: &App, payload: &Payload, real_now: DateTime<Utc>) -> Result<Parts, Setback> {
    let Subject { user, token, invitation, request, organisation, service, search, found, services, .. } = &payload.subject;
    if let Some(user) = user
        && matches!(payload.kind, NoticeKind::DocumentRefused | NoticeKind::ExportReady)
    {
        return for_outcome(app, *user, &payload.subject).await;
    }
    if let Some(service) = service {
        return directory::for_report(app, *service, *user).await;
    }
    if let Some(search) = search {
        return directory::for_search(app, *search, *found, services).await;
    }
    match (user, token, invitation, request, organisation) {
        (Some(user), Some(token), None, None, None) if payload.kind == NoticeKind::AccountConfirmation => {
            for_newcomer(app, *user, *token, real_now).await
        }
        (Some(user), token, None, None, None) => for_user(app, *user, *token, real_now).await,
        (None, None, Some(invitation), None, None) => for_invitation(app, *invitation, real_now).await,
        (Some(user), None, None, Some(request), None) => for_request(app, payload.kind, *user, *request).await,
        (None, None, None, None, Some(organisation)) => for_organisation(app, *organisation).await,
        _ => Err(Setback::never("payload_unreadable")),
    }
}

/// Whoever signed up. The mail greets nobody: the name was typed by somebody who may not be its reader.
async fn for_newcomer(app: &App, user: UserId, token: Uuid, real_now: DateTime<Utc>) -> Result<Parts, Setback> {
    let Some(user) = read::newcomer(&app.db, user).await? else { return Ok(None) };
    let row = read::account_token(&app.db, token).await?.filter(|row| row.used_at.is_none() && row.expires_at > real_now);
    let Some(row) = row else { return Ok(None) };
    let key = app.keys.link_token(row.id);
    let facts = NoticeFacts {
        link_url: Some(facts::page(app, &format!("{}.{key}", row.purpose))),
        until: Some(row.expires_at.date_naive()),
        ..NoticeFacts::default()
    };
    Ok(Some((Addressee { name: None, ..Addressee::user(user) }, Recipient::Account, facts)))
}

/// An administrator who is asked, or whoever asked. A question that was settled meanwhile is not put any more.
async fn for_request(app: &App, kind: NoticeKind, to: UserId, id: JoinRequestId) -> Result<Parts, Setback> {
    let Some(row) = read::join_request(&app.db, id).await? else { return Ok(None) };
    if kind == NoticeKind::JoinRequested && row.state != JoinState::Pending {
        return Ok(None);
    }
    let users = read::users(&app.db, vec![to, row.user_id]).await?;
    let Some(user) = users.iter().find(|user| user.id == to).cloned() else { return Ok(None) };
    let organisation = read::organisation(&app.db, row.organisation_id).await?;
    let facts = NoticeFacts {
        recipient_name: Some(user.name.clone()),
        organisation_name: organisation.map(|organisation| organisation.name),
        message_author: users.into_iter().find(|user| user.id == row.user_id).map(|user| user.name),
        message_text: row.message,
        answer_message: row.reason,
        link_url: Some(facts::page(app, &format!("join_request.{id}"))),
        account_url: Some(app.settings.public_url.clone()),
        ..NoticeFacts::default()
    };
    Ok(Some((Addressee::user(user), Recipient::Account, facts)))
}

async fn for_user(app: &App, user: UserId, token: Option<Uuid>, real_now: DateTime<Utc>) -> Result<Parts, Setback> {
    let Some(user) = read::users(&app.db, vec![user]).await?.pop() else { return Ok(None) };
    let mut facts = NoticeFacts {
        recipient_name: Some(user.name.clone()),
        account_url: Some(app.settings.public_url.clone()),
        ..NoticeFacts::default()
    };
    if let Some(id) = token {
        let row = read::account_token(&app.db, id).await?.filter(|row| row.used_at.is_none() && row.expires_at > real_now);
        let Some(row) = row else { return Ok(None) };
        let key = app.keys.link_token(row.id);
        facts.link_url = Some(facts::page(app, &format!("{}.{key}", row.purpose)));
        facts.until = Some(row.expires_at.date_naive());
    }
    Ok(Some((Addressee::user(user), Recipient::Account, facts)))
}

/// Whoever uploaded a document that was refused, or asked for an export that is ready.
async fn for_outcome(app: &App, user: UserId, subject: &Subject) -> Result<Parts, Setback> {
    let Some(user) = read::users(&app.db, vec![user]).await?.pop() else { return Ok(None) };
    let language = Language::nearest(&user.language);
    let label = |code: &String| document_refusal(code).in_language(language).to_owned();
    let what = subject.export.map(|id| format!("export.{id}")).or_else(|| subject.referral.map(|id| format!("referral.{id}")));
    let facts = NoticeFacts {
        recipient_name: Some(user.name.clone()),
        reasons: subject.document_refused.iter().map(label).collect(),
        link_url: what.map(|what| facts::page(app, &what)),
        account_url: Some(app.settings.public_url.clone()),
        ..NoticeFacts::default()
    };
    Ok(Some((Addressee::user(user), Recipient::Account, facts)))
}

async fn for_invitation(app: &App, id: InvitationId, real_now: DateTime<Utc>) -> Result<Parts, Setback> {
    let row = read::invitation(&app.db, id).await?;
    let row = row.filter(|row| row.accepted_at.is_none() && row.revoked_at.is_none() && row.expires_at > real_now);
    let Some(row) = row else { return Ok(None) };
    let organisation = read::organisation(&app.db, row.organisation_id).await?;
    let language = Language::nearest(organisation.as_ref().map_or("en", |organisation| organisation.language.as_str()));
    let key = app.keys.link_token(row.id.0);
    let facts = NoticeFacts {
        recipient_name: row.name.clone(),
        organisation_name: organisation.map(|organisation| organisation.name),
        link_url: Some(facts::page(app, &format!("invitation.{}.{key}", row.id))),
        until: Some(row.expires_at.date_naive()),
        ..NoticeFacts::default()
    };
    Ok(Some((Addressee::desk("account", row.name, row.email, language), Recipient::Account, facts)))
}

async fn for_organisation(app: &App, id: OrganisationId) -> Result<Parts, Setback> {
    let Some(row) = read::organisation(&app.db, id).await? else { return Ok(None) };
    let Some(email) = row.email else { return Err(Setback::never("no_address")) };
    let facts = NoticeFacts { organisation_name: Some(row.name), ..NoticeFacts::default() };
    let to = Addressee::desk("organisation", None, email, Language::nearest(&row.language));
    Ok(Some((to, Recipient::AddressOnFile, facts)))
}
