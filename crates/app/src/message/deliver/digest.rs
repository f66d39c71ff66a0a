//! The daily summary: what a user would have been told of one by one, in one mail at eight in the morning.
//!
//! A notice for somebody who chose it is set aside instead of being sent, in the transaction that ends its job; the job of
//! the next morning takes everything that was set aside, in the transaction that ends it, and remembers for a while which mail told
//! what: it may come back. A job that found something leaves another for the morning after, so that what was set aside while it
//! ran is not forgotten.

use std::sync::Arc;

use chrono::{DateTime, Days, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Tz;
use relais_domain::message::{NoticeKind, Recipient};
use relais_domain::shared::ids::{NoticeId, UserId};
use relais_persistence::message::read::{self, Story};
use relais_persistence::message::write::{self, Fate};
use relais_persistence::platform::job::Job;
use relais_persistence::{Ctx, NewJob, Tx};
use serde::Deserialize;
use serde_json::json;

use super::address::Addressee;
use super::letter::Letter;
use super::{Brief, Matter, address, facts, settle};
use crate::message::notify::DIGEST_JOB;
use crate::message::render::{NoticeFacts, ServiceLine, render};
use crate::setback::Setback;
use crate::{App, Refusal, claim};

/// A summary names this many at most, and says how many there are.
const MOST_LINES: usize = 50;
const PRIORITY: i32 = 10;
const MORNING_HOUR: u32 = 8;

#[derive(Deserialize)]
struct Payload {
    user_id: UserId,
    mail_id: NoticeId,
    zone: String,
}

/// Sets a notice aside for a user's next summary.
pub(super) async fn collect(tx: &mut Tx, story: &Story, matter: Matter, user: UserId) -> Result<(), Refusal> {
    write::collect(tx, user, story.notice.id).await?;
    schedule(tx, user, facts::zone_of(story, matter.recipient));
    Ok(())
}

/// The job of the next morning; there is one for each user and morning.
fn schedule(tx: &mut Tx, user: UserId, zone: Tz) {
    let run_at = next_morning(tx.ctx().now, zone);
    // The mail's id is fixed here: every try of the job sends the same message.
    let mail: NoticeId = tx.ctx().fresh();
    let payload = json!({"user_id": user, "mail_id": mail, "zone": zone.name()});
    let unique_key = Some(format!("digest:{user}:{}", run_at.timestamp()));
    tx.enqueue(NewJob { kind: DIGEST_JOB, unique_key, payload, priority: PRIORITY, run_at });
}

/// The next 08:00 of a zone after an instant.
fn next_morning(now: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
    let today = now.with_timezone(&zone).date_naive();
    let eight = NaiveTime::from_hms_opt(MORNING_HOUR, 0, 0).unwrap_or_default();
    [0, 1, 2]
        .into_iter()
        .filter_map(|days| zone.from_local_datetime(&today.checked_add_days(Days::new(days))?.and_time(eight)).earliest())
        .map(|at| at.with_timezone(&Utc))
        .find(|at| *at > now)
        .unwrap_or(now)
}

/// Writes and sends one user's summary.
pub(crate) async fn digest(app: &Arc<App>, job: &Job) -> Result<(), Setback> {
    let payload = Payload::deserialize(&job.payload).map_err(|_| Setback::never("payload_unreadable"))?;
    let ctx = claim::ctx(app, job);
    let waiting = read::digest_entries(&app.db, payload.user_id, job.run_at).await?;
    let user = read::users(&app.db, vec![payload.user_id]).await?.pop();
    let (mut lines, mut fates) = (vec![], vec![]);
    for id in &waiting {
        let said = match &user {
            Some(user) => line(app, &ctx, *id, &Addressee::user(user.clone())).await?,
            None => Err(Fate::Failed("no_address")),
        };
        let fate = match said {
            Ok(line) => {
                lines.push(line);
                Fate::Sent
            }
            Err(fate) => fate,
        };
        fates.push((*id, fate));
    }
    let letter = match user.filter(|_| !lines.is_empty()) {
        Some(user) => {
            let facts = NoticeFacts {
                recipient_name: Some(user.name.clone()),
                found: u32::try_from(lines.len()).ok(),
                services: lines.into_iter().take(MOST_LINES).collect(),
                account_url: Some(app.settings.public_url.clone()),
                ..NoticeFacts::default()
            };
            let matter = Matter { kind: NoticeKind::Digest, recipient: Recipient::Account };
            Some(Letter::write(payload.mail_id, matter, Addressee::user(user), None, &facts)?)
        }
        None => None,
    };
    if !app.settings.sandbox
        && let Some(letter) = &letter
    {
        if !claim::hold(app, job).await? {
            return Ok(());
        }
        let mailer = app.mailer.as_ref().ok_or(Setback::later("mail_not_configured"))?;
        mailer.send(&letter.mail(app)?).await?;
    }
    let kept = letter.filter(|_| app.settings.sandbox).map(|letter| letter.kept(app, &ctx)).transpose()?;
    let Some(mut tx) = claim::end(app, job).await? else { return Ok(()) };
    if let Some(mail) = kept {
        write::keep_mail(&tx, mail).await?;
    }
    write::digested(&tx, payload.user_id, &waiting, payload.mail_id).await?;
    for (id, fate) in fates {
        settle(&mut tx, id, fate).await?;
    }
    if !waiting.is_empty() {
        schedule(&mut tx, payload.user_id, payload.zone.parse().unwrap_or(Tz::UTC));
    }
    Ok(tx.commit().await?)
}

/// Notes on what waited for a summary that it did not leave. It goes on waiting: the next summary tells it, if there is one.
pub(super) async fn gave_up(app: &App, tx: &mut Tx, job: &Job, code: &str) -> Result<(), Refusal> {
    let Ok(payload) = Payload::deserialize(&job.payload) else { return Ok(()) };
    for id in read::digest_entries(&app.db, payload.user_id, job.run_at).await? {
        settle(tx, id, Fate::Failed(code)).await?;
    }
    Ok(())
}

/// The line of one notice: its subject, which never names the person, and where to read on. What became of it when there is none:
/// it lost its meaning, its reader would not be told any more, or it cannot be written.
async fn line(app: &App, ctx: &Ctx, id: NoticeId, to: &Addressee) -> Result<Result<ServiceLine, Fate<'static>>, Setback> {
    let Some(story) = read::story(&app.db, id, None).await? else { return Ok(Err(Fate::Dropped("referral_gone"))) };
    let matter = Matter::of(&story)?;
    if let Some(why) = matter.lost_its_meaning(&story) {
        return Ok(Err(Fate::Dropped(why)));
    }
    let still = address::addressees(app, &story, matter).await?.into_iter().any(|one| one.key == to.key);
    if !still {
        // Others of the receiver were told besides; the sender's side has this one reader, and must not miss an outcome.
        let only_reader = matches!(matter.recipient, Recipient::Sender | Recipient::Adviser);
        return Ok(Err(if only_reader { Fate::Failed("no_address") } else { Fate::Dropped("no_longer_needed") }));
    }
    let brief = Brief { app, ctx, voice: address::voice(app, &story).await?, story: &story, matter };
    let facts = facts::of_leg(&brief, to, None);
    let url = facts.link_url.clone().unwrap_or_else(|| app.settings.public_url.clone());
    let said = render(matter.kind, matter.recipient, to.language, &facts).map_err(|_| Fate::Failed("mail_unbuildable"));
    Ok(said.map(|said| ServiceLine { name: said.subject, town: None, url }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_morning_is_that_of_the_zone() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let paris = Tz::Europe__Paris;
        assert_eq!(next_morning(at("2026-03-02T06:59:59Z"), paris), at("2026-03-02T07:00:00Z"));
        assert_eq!(next_morning(at("2026-03-02T07:00:00Z"), paris), at("2026-03-03T07:00:00Z"));
        assert_eq!(next_morning(at("2026-03-28T12:00:00Z"), paris), at("2026-03-29T06:00:00Z"), "summer time");
    }
}
