//! Writing notices, tasks, access links and kept mails. Everything runs in the caller's transaction.

use chrono::{DateTime, Utc};
use relais_domain::identity::AccountState;
use relais_domain::message::Notice;
use relais_domain::referral::Referral;
use relais_domain::shared::ids::{AccessLinkId, MessageId, NoticeId, OrganisationId, ReferralId, UserId};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _, QueryOrder as _};
use serde_json::json;
use uuid::Uuid;

pub use super::entity::notice::Model as NoticeRow;
pub use super::entity::sandbox_mail::Model as KeptMail;
use super::entity::{digest_entry, notice, sandbox_mail, task};
use crate::db::{Failure, Tx};
use crate::directory::entity::service;
use crate::identity::entity::{app_user, membership, organisation};
use crate::identity::names::holds_today;
use crate::referral::entity::{access_link, referral};

/// What a notice is tied to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoticeTies {
    /// The organisation that is told, or whose member is.
    pub organisation: Option<OrganisationId>,
    /// The leg.
    pub referral: Option<ReferralId>,
    /// The message of the thread.
    pub message: Option<MessageId>,
    /// The one user who is told.
    pub user: Option<UserId>,
    /// Of a hand-over: the leg on the other side of it.
    pub other_referral: Option<ReferralId>,
    /// Of a hand-over or a claim: the organisation on the other side of it.
    pub other_organisation: Option<OrganisationId>,
}

/// Adds a notice. `state` is `pending` for one that has to leave, `shown` for one that stays inside.
pub fn add_notice(tx: &mut Tx, told: Notice, ties: NoticeTies, state: &str) -> NoticeId {
    let id: NoticeId = tx.ctx().fresh();
    let row = notice::Model {
        id,
        kind: told.kind.code().to_owned(),
        recipient: told.recipient.code().to_owned(),
        channel: told.channel.code().to_owned(),
        organisation_id: ties.organisation,
        referral_id: ties.referral,
        message_id: ties.message,
        user_id: ties.user,
        state: state.to_owned(),
        error_code: None,
        created_at: tx.ctx().now,
        sent_at: None,
        other_referral_id: ties.other_referral,
        other_organisation_id: ties.other_organisation,
    };
    tx.create_last::<notice::Entity>(row, "create");
    id
}

/// What became of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate<'a> {
    /// It left.
    Sent,
    /// It waits for the daily summaries of all whom it is for.
    Collected,
    /// It never will; the code says why.
    Failed(&'a str),
    /// It lost its meaning before it left; the code says why.
    Dropped(&'a str),
}

/// Marks what became of a notice, and gives it when that is news. One that left stays so: of two workers with the same job, the
/// first decides. One that came back stays so too, also when it comes back before the others of the notice have left.
///
/// # Errors
/// As any write.
pub async fn mark_notice(tx: &mut Tx, id: NoticeId, fate: Fate<'_>) -> Result<Option<notice::Model>, Failure> {
    let Some(before) = notice::Entity::find_by_id(id).one(tx.conn()).await? else { return Ok(None) };
    if before.state == "sent" || before.error_code.as_deref() == Some(BOUNCED) {
        return Ok(None);
    }
    let (state, act, code) = match fate {
        Fate::Sent => ("sent", "send", None),
        Fate::Collected => ("collected", "collect", None),
        Fate::Failed(code) => ("failed", "fail", Some(code)),
        Fate::Dropped(code) => ("dropped", "drop", Some(code)),
    };
    let after = notice::Model {
        state: state.to_owned(),
        error_code: code.map(ToOwned::to_owned),
        sent_at: (fate == Fate::Sent).then_some(tx.ctx().now),
        ..before.clone()
    };
    if after == before {
        return Ok(None);
    }
    tx.save::<notice::Entity>(&before, after.clone(), act).await?;
    Ok(Some(after))
}

/// Why a notice failed that a mail system sent back.
const BOUNCED: &str = "bounced";

/// Marks a notice as sent back by the recipient's mail system, and gives it. Nothing when it never left, or was sent back
/// already.
///
/// # Errors
/// As any write.
pub async fn bounce(tx: &mut Tx, id: NoticeId) -> Result<Option<notice::Model>, Failure> {
    let query = notice::Entity::find_by_id(id).filter(notice::Column::State.is_in(["sent", "pending"]));
    let Some(before) = query.filter(notice::Column::Channel.eq("mail")).one(tx.conn()).await? else { return Ok(None) };
    let after = notice::Model { state: "failed".to_owned(), error_code: Some(BOUNCED.to_owned()), ..before.clone() };
    tx.save::<notice::Entity>(&before, after.clone(), "bounce").await?;
    Ok(Some(after))
}

/// Who sent a leg, inside the transaction.
///
/// # Errors
/// As any read.
pub async fn sender_of(tx: &Tx, referral: ReferralId) -> Result<Option<OrganisationId>, Failure> {
    let row = referral::Entity::find_by_id(referral).one(tx.conn()).await?;
    Ok(row.map(|row| row.sender_organisation_id))
}

/// Keeps a notice for a user's daily summary. Kept twice, it is there once.
///
/// # Errors
/// As any write.
pub async fn collect(tx: &Tx, user: UserId, notice: NoticeId) -> Result<(), Failure> {
    let row = digest_entry::Model { user_id: user, notice_id: notice, mail_id: None, created_at: tx.ctx().now };
    let ignore = OnConflict::new().do_nothing().to_owned();
    digest_entry::Entity::insert(row.into_active_model().reset_all()).on_conflict(ignore).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Takes notices out of a user's summary: it has left in this mail, or there was nothing to say. What left is remembered for a
/// while, because the mail may come back.
///
/// # Errors
/// As any write.
pub async fn digested(tx: &Tx, user: UserId, notices: &[NoticeId], mail: NoticeId) -> Result<(), Failure> {
    digest_entry::Entity::update_many()
        .col_expr(digest_entry::Column::MailId, Expr::val(mail.0))
        .filter(digest_entry::Column::UserId.eq(user))
        .filter(digest_entry::Column::NoticeId.is_in(notices.iter().copied()))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// The notices that a summary told, by the id of its mail.
///
/// # Errors
/// As any read.
pub async fn told_in(tx: &Tx, mail: NoticeId) -> Result<Vec<NoticeId>, Failure> {
    let rows = digest_entry::Entity::find().filter(digest_entry::Column::MailId.eq(mail)).order_by_asc(digest_entry::Column::NoticeId);
    Ok(rows.all(tx.conn()).await?.into_iter().map(|row| row.notice_id).collect())
}

/// Forgets what summaries told that were set aside before an instant.
///
/// # Errors
/// As any write.
pub async fn forget_digested(tx: &Tx, before: DateTime<Utc>) -> Result<(), Failure> {
    let told = digest_entry::Entity::delete_many().filter(digest_entry::Column::MailId.is_not_null());
    told.filter(digest_entry::Column::CreatedAt.lt(before)).exec(tx.conn()).await?;
    Ok(())
}

/// Makes the one open task of this kind, to be done by `due_at`, or adds the notice to it. Returns the task's id.
///
/// # Errors
/// As any write.
pub async fn open_task(
    tx: &mut Tx,
    organisation: OrganisationId,
    referral: ReferralId,
    (kind, due_at): (&str, Option<DateTime<Utc>>),
    told: Option<(NoticeId, Notice)>,
) -> Result<Uuid, Failure> {
    let now = tx.ctx().now;
    let entry = told.map(|(id, told)| json!({"notice_id": id, "kind": told.kind, "recipient": told.recipient, "at": now}));
    let open = task::Entity::find()
        .filter(task::Column::ReferralId.eq(referral))
        .filter(task::Column::OrganisationId.eq(organisation))
        .filter(task::Column::Kind.eq(kind))
        .filter(task::Column::DoneAt.is_null());
    if let Some(before) = open.one(tx.conn()).await? {
        let id = before.id;
        let mut after = before.clone();
        if let (Some(list), Some(entry)) = (after.notices.as_array_mut(), entry) {
            list.push(entry);
        }
        after.updated_at = now;
        tx.save::<task::Entity>(&before, after, "extend").await?;
        return Ok(id);
    }
    let id = (tx.ctx().chance.id)();
    let row = task::Model {
        id,
        organisation_id: organisation,
        referral_id: Some(referral),
        kind: kind.to_owned(),
        notices: entry.into_iter().collect::<Vec<_>>().into(),
        due_at,
        done_at: None,
        done_by: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    tx.create::<task::Entity>(row, "create").await?;
    Ok(id)
}

/// Keeps a mail in the sandbox's mailbox. The same mail kept twice is one row.
///
/// # Errors
/// As any write.
pub async fn keep_mail(tx: &Tx, mail: KeptMail) -> Result<(), Failure> {
    let ignore = OnConflict::new().do_nothing().to_owned();
    sandbox_mail::Entity::insert(mail.into_active_model().reset_all()).on_conflict(ignore).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Empties the sandbox's mailbox. Returns how many mails were in it.
///
/// # Errors
/// As any write.
pub async fn empty_mailbox(tx: &Tx) -> Result<u64, Failure> {
    Ok(sandbox_mail::Entity::delete_many().exec(tx.conn()).await?.rows_affected)
}

/// An access link as it goes out.
#[derive(Clone, Debug)]
pub struct NewLink {
    /// Its id; the token is a MAC of it.
    pub id: AccessLinkId,
    /// The leg that it opens.
    pub referral: ReferralId,
    /// The address that it goes to.
    pub recipient: String,
    /// SHA-256 of the token.
    pub token_hash: String,
    /// Business time.
    pub expires_at: DateTime<Utc>,
    /// Earlier links of this leg stop working, to whatever address they went.
    pub replaces: bool,
}

/// Adds an access link, revoking earlier ones when it replaces them.
///
/// # Errors
/// As any write.
pub async fn add_link(tx: &mut Tx, link: NewLink) -> Result<(), Failure> {
    let now = tx.ctx().now;
    if link.replaces {
        let earlier = access_link::Entity::find()
            .filter(access_link::Column::ReferralId.eq(link.referral))
            .filter(access_link::Column::RevokedAt.is_null());
        for before in earlier.all(tx.conn()).await? {
            let after = access_link::Model { revoked_at: Some(now), ..before.clone() };
            tx.save::<access_link::Entity>(&before, after, "revoke").await?;
        }
    }
    let row = access_link::Model {
        id: link.id,
        referral_id: link.referral,
        recipient: link.recipient,
        token_hash: link.token_hash,
        created_at: now,
        expires_at: link.expires_at,
        revoked_at: None,
        used_at: None,
        uses: 0,
    };
    tx.create::<access_link::Entity>(row, "create").await
}

/// Which addresses the sides of a leg have today, for the table of notices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    /// Of the member who sent it; of its organisation once that member has left, or when nobody is named.
    pub sender: Option<String>,
    /// Of the adviser, as a member of the sending organisation.
    pub adviser: Option<String>,
    /// Of the receiver: of its service, of its service at sending, or its own.
    pub receiver: Option<String>,
}

/// Reads the addresses of a leg's sides, inside the transaction of the act. `adviser` is a member of the sending organisation.
///
/// # Errors
/// As any read.
pub async fn addresses(tx: &Tx, leg: &Referral, adviser: Option<UserId>) -> Result<Addresses, Failure> {
    let sender = match email_of_member(tx, leg.sender_organisation_id, leg.sent_by).await? {
        Some(email) => Some(email),
        None => email_of(tx, leg.sender_organisation_id).await?,
    };
    let adviser = email_of_member(tx, leg.sender_organisation_id, adviser).await?;
    let service = match leg.service_id {
        Some(id) => service::Entity::find_by_id(id).one(tx.conn()).await?,
        None => None,
    };
    let own = service.filter(|service| Some(service.organisation_id) == leg.receiver_organisation_id);
    let now = own.and_then(|service| service.contact_email).map(|email| email.to_string());
    let receiver = match (now.or_else(|| leg.snapshot.as_ref()?.contact_email.clone()), leg.receiver_organisation_id) {
        (None, Some(receiver)) => email_of(tx, receiver).await?,
        (known, _) => known,
    };
    Ok(Addresses { sender, adviser, receiver })
}

async fn email_of(tx: &Tx, organisation: OrganisationId) -> Result<Option<String>, Failure> {
    Ok(organisation::Entity::find_by_id(organisation).one(tx.conn()).await?.and_then(|row| row.email))
}

/// The address of a user, if they are a member of the organisation today and may be written to.
async fn email_of_member(tx: &Tx, organisation: OrganisationId, user: Option<UserId>) -> Result<Option<String>, Failure> {
    let Some(user) = user else { return Ok(None) };
    let member = membership::Entity::find().filter(membership::Column::OrganisationId.eq(organisation));
    match member.filter(membership::Column::UserId.eq(user)).one(tx.conn()).await? {
        Some(member) if holds_today(tx, &member).await? => {}
        _ => return Ok(None),
    }
    let found = app_user::Entity::find_by_id(user).filter(app_user::Column::State.eq(AccountState::Active.code()));
    Ok(found.one(tx.conn()).await?.map(|user| user.email))
}

/// The settings of an organisation, inside the transaction of the act.
///
/// # Errors
/// As any read.
pub async fn settings_of(tx: &Tx, organisation: OrganisationId) -> Result<serde_json::Value, Failure> {
    let row = organisation::Entity::find_by_id(organisation).one(tx.conn()).await?;
    Ok(row.map(|row| row.settings).unwrap_or_default())
}
