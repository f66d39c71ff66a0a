//! Writing and sending, after the act: each notice and each mail of an account is one job. What a mail says is read when
//! it is written; its body is not kept, except in the sandbox, where it stays in the mailbox instead of leaving.

mod account;
mod address;
mod bounce;
mod digest;
mod directory;
mod facts;
mod letter;
mod right;
mod spoken;

use std::sync::Arc;

use chrono::TimeDelta;
use relais_adapters::crypto;
use relais_domain::message::{NoticeKind, Recipient};
use relais_domain::referral::State;
use relais_domain::shared::ids::{AccessLinkId, NoticeId, ServiceId};
use relais_persistence::message::read::{self, Story};
use relais_persistence::message::write::{self, Fate, NewLink};
use relais_persistence::platform::job::{self, Job};
use relais_persistence::{Ctx, Tx};
use serde::Deserialize;
use serde_json::Value;

use crate::claim;
use crate::message::notify::DIGEST_JOB;
use crate::setback::Setback;
use crate::{App, Refusal};

pub(crate) use account::account;
use address::{Addressee, LinkTo, Voice};
pub use bounce::{BounceReport, bounced};
pub(crate) use digest::digest;
use letter::Letter;
pub(crate) use spoken::to_say;

#[derive(Deserialize)]
struct Payload {
    notice_id: NoticeId,
    #[serde(default)]
    service_id: Option<ServiceId>,
    /// The addressees whose mail has left in an earlier try.
    #[serde(default)]
    done: Vec<String>,
}

fn read_payload(job: &Job) -> Result<Payload, Setback> {
    Payload::deserialize(&job.payload).map_err(|_| Setback::never("payload_unreadable"))
}

/// Delivers one notice to everybody whom it is for.
pub(crate) async fn notice(app: &Arc<App>, job: &Job) -> Result<(), Setback> {
    let payload = read_payload(job)?;
    let ctx = claim::ctx(app, job);
    let story = read::story(&app.db, payload.notice_id, payload.service_id).await?;
    let Some(story) = story.filter(|story| !matches!(story.notice.state.as_str(), "sent" | "collected")) else {
        return Ok(claim::end_idle(app, job).await?);
    };
    let matter = Matter::of(&story)?;
    if let Some(why) = matter.lost_its_meaning(&story) {
        return Ok(finish(app, job, payload.notice_id, Fate::Dropped(why)).await?);
    }
    let addressees = address::addressees(app, &story, matter).await?;
    if addressees.is_empty() {
        return Ok(finish(app, job, payload.notice_id, Fate::Failed("no_address")).await?);
    }
    let brief = Brief { app, ctx: &ctx, voice: address::voice(app, &story).await?, story: &story, matter };
    if app.settings.sandbox { keep(&brief, job, payload.done, addressees).await } else { send(&brief, job, payload.done, addressees).await }
}

/// What the mails of one notice have in common.
struct Brief<'a> {
    app: &'a App,
    ctx: &'a Ctx,
    story: &'a Story,
    matter: Matter,
    voice: Voice,
}

/// What a notice is about, and for whom.
#[derive(Clone, Copy)]
struct Matter {
    kind: NoticeKind,
    recipient: Recipient,
}

impl Matter {
    fn of(story: &Story) -> Result<Self, Setback> {
        let unreadable = |_| Setback::never("notice_unreadable");
        let (kind, recipient) = (story.notice.kind.parse().map_err(unreadable)?, story.notice.recipient.parse().map_err(unreadable)?);
        Ok(Self { kind, recipient })
    }

    /// Reminders and links that waited for the mail server while the leg moved on are not sent any more.
    fn lost_its_meaning(self, story: &Story) -> Option<&'static str> {
        let Some(leg) = &story.leg else {
            // Neither is about one leg: a draft that is gone, an organisation that was shut out.
            let of_none = matches!(self.kind, NoticeKind::DraftDeleted | NoticeKind::Blocked);
            return (!of_none).then_some("referral_gone");
        };
        // Once the person took the consent back, the receiver is told of that and of the end, and of nothing that was written before.
        let of_before = matches!(
            self.kind,
            NoticeKind::Accepted
                | NoticeKind::ContactChanged
                | NoticeKind::HolderReminder
                | NoticeKind::Message
                | NoticeKind::Reminder
                | NoticeKind::Sent
        );
        if leg.consent_withdrawn_at.is_some() && self.recipient == Recipient::Receiver && of_before {
            return Some("consent_withdrawn");
        }
        // Nobody acts for an organisation that was shut out: it gets no key, and hears nothing more.
        let (addressed, code) = match self.recipient {
            Recipient::Receiver | Recipient::Lead => (&story.receiver, "receiver_gone"),
            Recipient::Sender | Recipient::Adviser => (&story.sender, "sender_gone"),
            Recipient::Claimant => (&story.other, "claimant_gone"),
            _ => (&None, ""),
        };
        if addressed.as_ref().is_some_and(|organisation| organisation.state.is_gone()) {
            return Some(code);
        }
        let still = match self.kind {
            NoticeKind::Reminder => leg.state == State::Sent,
            NoticeKind::HolderReminder => matches!(leg.state, State::UnderReview | State::Waitlisted),
            NoticeKind::WaitlistQuestion => leg.state == State::Waitlisted,
            NoticeKind::HeldReminder => leg.state == State::Held,
            NoticeKind::AccessLink | NoticeKind::Escalated => leg.state.is_open(),
            NoticeKind::Claimed => leg.state == State::Accepted,
            _ => true,
        };
        (!still).then_some("no_longer_needed")
    }
}

/// Ends the job, marking the notice with what became of it.
async fn finish(app: &App, job: &Job, id: NoticeId, fate: Fate<'_>) -> Result<(), Refusal> {
    let Some(mut tx) = claim::end(app, job).await? else { return Ok(()) };
    settle(&mut tx, id, fate).await?;
    Ok(tx.commit().await?)
}

/// Marks what became of a notice. The sender has something to do when it did not reach everybody whom it was for.
async fn settle(tx: &mut Tx, id: NoticeId, fate: Fate<'_>) -> Result<(), Refusal> {
    if let Some(row) = write::mark_notice(tx, id, fate).await?.filter(|row| row.state == "failed") {
        bounce::undelivered(tx, &row).await?;
    }
    Ok(())
}

/// In the sandbox: links, mails, the mark and the end of the job become true at once. A mail that cannot be written does not
/// keep the others; the job is then given up as it would be outside.
async fn keep(brief: &Brief<'_>, job: &Job, mut done: Vec<String>, addressees: Vec<Addressee>) -> Result<(), Setback> {
    let Brief { app, ctx, story, matter, .. } = *brief;
    let (mut letters, mut collected, mut never) = (vec![], vec![], None);
    let fate = if addressees.iter().all(|to| to.digest_of.is_some()) { Fate::Collected } else { Fate::Sent };
    for to in addressees.into_iter().filter(|to| !done.contains(&to.key)).collect::<Vec<_>>() {
        let key = to.key.clone();
        if let Some(user) = to.digest_of {
            collected.push(user);
        } else {
            match compose(brief, to).and_then(|(letter, link)| Ok((letter.kept(app, ctx)?, link))) {
                Ok(letter) => letters.push(letter),
                Err(setback) => {
                    never = Some(setback);
                    continue;
                }
            }
        }
        done.push(key);
    }
    let tx = if never.is_some() { Some(app.db.write(ctx).await?) } else { claim::end(app, job).await? };
    let Some(mut tx) = tx else { return Ok(()) };
    for user in collected {
        digest::collect(&mut tx, story, matter, user).await?;
    }
    for (mail, link) in letters {
        if let Some(link) = link {
            write::add_link(&mut tx, link).await?;
        }
        write::keep_mail(&tx, mail).await?;
    }
    let Some(setback) = never else {
        write::mark_notice(&mut tx, story.notice.id, fate).await?;
        return Ok(tx.commit().await?);
    };
    progress(&tx, job, &done).await?;
    tx.commit().await?;
    Err(setback)
}

/// Outside the sandbox: one mail after the other, each noted when it has left. One that cannot leave does not keep the
/// others; one that never will is told as a failure of the notice, whoever else was reached.
async fn send(brief: &Brief<'_>, job: &Job, mut done: Vec<String>, addressees: Vec<Addressee>) -> Result<(), Setback> {
    let (mut later, mut never) = (None, None);
    let fate = if addressees.iter().all(|to| to.digest_of.is_some()) { Fate::Collected } else { Fate::Sent };
    for to in addressees {
        if done.contains(&to.key) {
            continue;
        }
        if !claim::hold(brief.app, job).await? {
            return Ok(());
        }
        let key = to.key.clone();
        match send_one(brief, to).await {
            Ok(()) => {
                done.push(key);
                note(brief, job, &done).await?;
            }
            Err(setback) if setback.again => later = Some(setback),
            Err(setback) => never = Some(setback),
        }
    }
    match later.or(never) {
        Some(setback) => Err(setback),
        None => Ok(finish(brief.app, job, brief.story.notice.id, fate).await?),
    }
}

async fn send_one(brief: &Brief<'_>, to: Addressee) -> Result<(), Setback> {
    if let Some(user) = to.digest_of {
        let mut tx = brief.app.db.write(brief.ctx).await?;
        digest::collect(&mut tx, brief.story, brief.matter, user).await?;
        return Ok(tx.commit().await?);
    }
    let (letter, link) = compose(brief, to)?;
    let mail = letter.mail(brief.app)?;
    let mailer = brief.app.mailer.as_ref().ok_or(Setback::later("mail_not_configured"))?;
    if let Some(link) = link {
        // Before the mail, so that the link works when it is read.
        let mut tx = brief.app.db.write(brief.ctx).await?;
        write::add_link(&mut tx, link).await?;
        tx.commit().await?;
    }
    Ok(mailer.send(&mail).await?)
}

async fn note(brief: &Brief<'_>, job: &Job, done: &[String]) -> Result<(), Refusal> {
    let tx = brief.app.db.write(brief.ctx).await?;
    progress(&tx, job, done).await?;
    Ok(tx.commit().await?)
}

/// Writes down whose mail has left, so that another try does not repeat it.
async fn progress(tx: &Tx, job: &Job, done: &[String]) -> Result<(), Refusal> {
    let mut payload = job.payload.clone();
    if let Some(fields) = payload.as_object_mut() {
        fields.insert("done".to_owned(), Value::from(done));
    }
    Ok(job::progress(tx, job.id, payload).await?)
}

/// Writes the mail for one addressee, with a key of its own where it gets one.
fn compose(brief: &Brief<'_>, to: Addressee) -> Result<(Letter, Option<NewLink>), Setback> {
    let Brief { app, ctx, story, matter, .. } = *brief;
    let link = story.leg.as_ref().filter(|_| to.link == LinkTo::Key).map(|leg| {
        let id: AccessLinkId = ctx.fresh();
        let token = app.keys.link_token(id.0);
        let expires_at = ctx.now + TimeDelta::days(i64::from(app.settings.clocks.link_days));
        let token_hash = crypto::sha256(&[token.as_bytes()]);
        let replaces = matter.kind == NoticeKind::AccessLink;
        (token, NewLink { id, referral: leg.id, recipient: to.email.clone(), token_hash, expires_at, replaces })
    });
    let (token, link) = link.unzip();
    let key = token.as_deref().zip(link.as_ref().map(|link| link.expires_at));
    let facts = facts::of_leg(brief, &to, key);
    let reply_to = address::reply_to(brief, &to);
    Ok((Letter::write(story.notice.id, matter, to, reply_to, &facts)?, link))
}

/// Notes on the notice, or on those of a summary, that its job was given up.
pub(crate) async fn gave_up(app: &App, tx: &mut Tx, job: &Job, code: &str) -> Result<(), Refusal> {
    if job.kind == DIGEST_JOB {
        return digest::gave_up(app, tx, job, code).await;
    }
    let Ok(payload) = read_payload(job) else { return Ok(()) };
    settle(tx, payload.notice_id, Fate::Failed(code)).await
}
